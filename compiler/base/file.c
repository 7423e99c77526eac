/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Once only: a number that was closed may already be another file's. */
static void close_fd(void *arg)
{
    int *fd = arg;

    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* With errno's text; so it must be called before anything else sets errno. */
static bool fail(Diag *d, const char *path, const char *what)
{
    Pos pos = { .file = path };

    diag_error(d, pos, "%s: %s", what, strerror(errno));
    return false;
}

/* pread, so that nothing depends on where another read has left the file. */
static bool read_fd(int fd, unsigned char *p, size_t n, uint64_t offset)
{
    size_t done = 0;

    while (done < n) {
        ssize_t k = pread(fd, p + done, n - done, (off_t)(offset + done));
        if (k < 0 && errno == EINTR)
            continue;
        if (k == 0)
            errno = EIO;               /* it has become shorter meanwhile */
        if (k <= 0)
            return false;
        done += (size_t)k;
    }
    return true;
}

/* n SIZE_MAX: to the end.  The descriptor is closed by the arena when memory runs out on the
 * way.  64 zero bytes follow the data, so that a reader of words may look beyond the end. */
bool file_read_part(Arena *a, const char *path, uint64_t offset, size_t n, Bytes *out, Diag *d)
{
    int *fd = arena_new(a, int);
    Pos pos = { .file = path };
    struct stat st;
    unsigned char *p;

    *fd = -1;
    d->n_file++;
    arena_defer(a, close_fd, fd);
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);     /* a pipe must not make us wait */
    if (*fd < 0 || fstat(*fd, &st))
        return fail(d, path, "cannot read");
    if (!S_ISREG(st.st_mode)) {
        diag_error(d, pos, "is not a regular file");
        return false;
    }
    if (offset > (uint64_t)st.st_size || (n != SIZE_MAX && n > (uint64_t)st.st_size - offset)) {
        diag_error(d, pos, "has %lld bytes, too few for %zu at offset %llu",
                   (long long)st.st_size, n, (unsigned long long)offset);
        return false;
    }
    if (n == SIZE_MAX)
        n = (size_t)((uint64_t)st.st_size - offset);
    p = arena_alloc(a, n + 64);
    if (!read_fd(*fd, p, n, offset))
        return fail(d, path, "cannot read");
    close_fd(fd);
    out->p = p;
    out->n = n;
    return true;
}

/* A model is read as a whole: its parts point into it. */
bool file_read(Arena *a, const char *path, Bytes *out, Diag *d)
{
    return file_read_part(a, path, 0, SIZE_MAX, out, d);
}

struct OutFile {
    Arena *arena;
    const char *said;         /* the path as the caller gave it, for messages */
    const char *path;         /* what is replaced in the end */
    const char *temp;         /* the name until it is whole; NULL: none yet, or written directly */
    bool nameless;            /* it gets its first name from file_commit */
    int fd;                   /* -1: closed */
    int error;                /* errno of the first write that failed */
    Buf buf;
};

/* For a file that was not committed: nothing of it stays.  Does nothing after a commit. */
static void abandon(void *arg)
{
    OutFile *f = arg;

    if (f->fd < 0 || (!f->temp && !f->nameless))
        return;
    close(f->fd);
    if (f->temp)
        unlink(f->temp);
    f->fd = -1;
}

/* The Buf's sink.  A write may take less than it was given; errno is kept, because others come
 * before it is reported. */
static bool write_some(void *user, const char *p, size_t n)
{
    OutFile *f = user;

    while (n) {
        ssize_t k = write(f->fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0) {
            f->error = errno;
            return false;
        }
        p += k;
        n -= (size_t)k;
    }
    return true;
}

/* Process numbers come again, so a name may be taken: by a process that was killed, or by another
 * thread that writes to the same path. */
static const char *temp_name(OutFile *f, int i)
{
    return arena_printf(f->arena, "%s.tmp%ld.%d", f->path, (long)getpid(), i);
}

/* linkat wants a name for a file that has none (open(2), O_TMPFILE). */
static const char *name_of_fd(OutFile *f)
{
    return arena_printf(f->arena, "/proc/self/fd/%d", f->fd);
}

/* A file without a name is gone when the process ends, whatever ends it: Ctrl-C leaves nothing. */
static bool open_nameless(OutFile *f)
{
    const char *dir = path_dir(f->arena, f->path);

    f->fd = open(*dir ? dir : ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (f->fd < 0)
        return false;
    if (!access(name_of_fd(f), F_OK)) {
        f->nameless = true;
        return true;
    }
    close(f->fd);              /* no /proc to give it a name by */
    f->fd = -1;
    return false;
}

/* File systems without nameless files. */
static void open_named(OutFile *f)
{
    for (int i = 0; i < 100 && f->fd < 0; i++) {
        const char *name = temp_name(f, i);
        f->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (f->fd >= 0)
            f->temp = name;
        else if (errno != EEXIST)
            return;
    }
}

/* A whole file gets a name, which the next step renames. */
static bool give_name(OutFile *f)
{
    for (int i = 0; f->nameless && !f->temp && i < 100; i++) {
        const char *name = temp_name(f, i);
        if (!linkat(AT_FDCWD, name_of_fd(f), AT_FDCWD, name, AT_SYMLINK_FOLLOW))
            f->temp = name;
        else if (errno != EEXIST)
            return false;
    }
    return f->temp != NULL;
}

/* A link stays, and what it points to is replaced. */
static const char *behind_links(Arena *a, const char *path)
{
    char real[PATH_MAX];

    return arena_strdup(a, realpath(path, real) ? real : path);
}

/* Until file_commit the path keeps its old contents: nobody ever sees half a file.  NULL, with
 * a message, when it cannot be written. */
OutFile *file_create(Arena *a, const char *path, Diag *d)
{
    OutFile *f = arena_new(a, OutFile);

    f->arena = a;
    f->said = arena_strdup(a, path);
    buf_init_sink(&f->buf, a, write_some, f);
    if (!strcmp(path, "-")) {
        f->fd = STDOUT_FILENO;
        return f;
    }
    if (path_is_special(path)) {            /* nothing to rename over, so written to directly */
        f->fd = open(path, O_WRONLY | O_CLOEXEC);
        if (f->fd < 0)
            return fail(d, path, "cannot write"), NULL;
        return f;
    }
    f->fd = -1;
    f->path = behind_links(a, path);
    arena_defer(a, abandon, f);
    if (!open_nameless(f))
        open_named(f);
    if (f->fd < 0) {
        fail(d, path, "cannot write");
        return NULL;
    }
    return f;
}

Buf *file_buf(OutFile *f)
{
    return &f->buf;
}

/* Whole, on the disk, then renamed: in this order, or a loss of power could leave an empty file
 * under the name (rename(2) is atomic, not durable). */
bool file_commit(OutFile *f, Diag *d)
{
    bool ok = buf_flush(&f->buf);

    if (!ok)
        errno = f->error;
    if (!f->temp && !f->nameless)
        return ok ? true : fail(d, !strcmp(f->said, "-") ? "standard output" : f->said,
                                "cannot write");
    if (ok && fsync(f->fd))
        ok = false;
    if (ok && (!give_name(f) || rename(f->temp, f->path)))
        ok = false;
    if (!ok) {
        fail(d, f->said, "cannot write");
        abandon(f);
        return false;
    }
    close(f->fd);
    f->fd = -1;
    return true;
}

/* Standard output, or something that is there and is no regular file: it has no files beside it.
 * /dev/stdout is special even where it leads to a regular file: replacing that would lose what
 * others write to it. */
bool path_is_special(const char *path)
{
    static const char *const always[] = { "/dev/std", "/dev/fd/", "/proc/" };
    struct stat st;

    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (!strncmp(path, always[i], strlen(always[i])))
            return true;
    return !strcmp(path, "-") || (!stat(path, &st) && !S_ISREG(st.st_mode));
}

/* All behind the last slash; empty for a path that ends with one. */
const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* With its slash, so that a name can be put behind it; empty for the current folder. */
const char *path_dir(Arena *a, const char *path)
{
    return arena_strndup(a, path, (size_t)(path_base(path) - path));
}

/* Without its last suffix; a name that begins with its only dot has none. */
const char *path_stem(Arena *a, const char *path)
{
    const char *base = path_base(path), *dot = strrchr(base, '.');

    return dot && dot != base ? arena_strndup(a, base, (size_t)(dot - base)) : base;
}

/* Case counts, as it does for file names. */
bool path_has_suffix(const char *path, const char *suffix)
{
    size_t n = strlen(path), k = strlen(suffix);

    return n >= k && !strcmp(path + n - k, suffix);
}
