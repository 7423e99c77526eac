/* SPDX-License-Identifier: Apache-2.0 */
/* cache: compiled nets on disk, KEY.so or KEY.o, where KEY is a hash of all that went into it.
 *
 * Each file ends in a seal, its size and its hash, behind what the loader looks at.  A file that
 * was cut short, or that a dying disk has changed, has no valid seal; it is removed and made again.
 * Files come in by rename, so that two processes at once, or one that is killed, leave only whole
 * ones; temporary names of killed processes are swept after an hour.
 */
#include "build.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

enum { HOUR = 3600 };                                  /* seconds */
static const off_t most_bytes = (off_t)2 << 30;        /* the least recently used go first */

typedef struct Seal {
    char magic[8];
    uint64_t size;                    /* bytes before the seal */
    XXH128_canonical_t hash;          /* of those bytes */
} Seal;

static const char seal_magic[8] = { 'm', 'n', 'c', 's', 'e', 'a', 'l', '1' };

static void destroy(void *arena)
{
    arena_destroy(arena);
}

Arena *rt_scratch(Arena *parent)
{
    Arena *a = arena_new(parent, Arena);

    arena_init(a, parent->fn, parent->user, parent->limit, parent->oom);
    arena_defer(parent, destroy, a);
    return a;
}

/* The canonical form of the hash is the same on machines of either byte order. */
static Seal seal_of(const void *p, size_t n)
{
    Seal s = { .size = n };

    memcpy(s.magic, seal_magic, sizeof s.magic);
    XXH128_canonicalFromHash(&s.hash, XXH3_128bits(p, n));
    return s;
}

/* For arena_defer. */
static void free_state(void *state)
{
    XXH3_freeState(state);
}

/* Ours alone: loading from a folder that others can write to would run their code. */
static bool private_dir(const char *dir)
{
    struct stat st;

    return !stat(dir, &st) && S_ISDIR(st.st_mode) && st.st_uid == geteuid()
        && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* mkdir -p, with what XDG's base directory specification says about the mode. */
static void make_dirs(Arena *a, const char *dir)
{
    char *path = arena_strdup(a, dir);

    for (char *p = path + 1; *p; p++)
        if (*p == '/') {
            *p = 0;
            mkdir(path, 0700);
            *p = '/';
        }
    mkdir(path, 0700);
}

/* A folder that cannot be made, read or trusted is none: the caller then goes without. */
const char *rt_cache_dir(Arena *a, const char *dir)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

    if (!dir && xdg && *xdg == '/')                    /* XDG: relative paths are to be ignored */
        dir = arena_printf(a, "%s/mnc", xdg);
    else if (!dir && home && *home)
        dir = arena_printf(a, "%s/.cache/mnc", home);
    if (!dir || !*dir)
        return NULL;
    make_dirs(a, dir);
    return private_dir(dir) && !access(dir, R_OK | X_OK) ? dir : NULL;
}

/* Reads the whole file: a changed byte in the middle would crash us later. */
static bool sealed(Arena *a, const char *path)
{
    Arena *scratch = rt_scratch(a);
    Seal seal, right;
    bool ok = false;
    Bytes b;
    Diag d;

    diag_init(&d, scratch);
    if (file_read(scratch, path, &b, &d) && b.n > sizeof seal) {
        memcpy(&seal, b.p + b.n - sizeof seal, sizeof seal);
        right = seal_of(b.p, b.n - sizeof seal);
        ok = !memcmp(&seal, &right, sizeof seal);
    }
    arena_destroy(scratch);
    return ok;
}

/* A damaged file is removed, so that the next one comes in under its name. */
bool rt_cache_find(Arena *a, const char *dir, const char *name, const char **path_out)
{
    const char *path = arena_printf(a, "%s/%s", dir, name);
    struct stat st;

    if (stat(path, &st))
        return false;
    if (!sealed(a, path)) {
        unlink(path);
        return false;
    }
    utimensat(AT_FDCWD, path, NULL, 0);                /* used now: rt_cache_put sweeps by age */
    *path_out = path;
    return true;
}

/* For arena_defer. */
static void unmap(void *arg)
{
    Bytes *b = arg;

    munmap((void *)(uintptr_t)b->p, b->n);
}

/* Pages come as the seal is checked, and are the page cache's own: no copy. */
static bool map(Arena *a, const char *path, Bytes *out)
{
    Bytes *all = arena_new(a, Bytes);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    void *p = MAP_FAILED;

    if (fd < 0)
        return false;
    if (!fstat(fd, &st) && st.st_size > (off_t)sizeof(Seal))
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return false;
    *all = (Bytes){ p, (size_t)st.st_size };
    arena_defer(a, unmap, all);
    *out = (Bytes){ p, all->n - sizeof(Seal) };
    return true;
}

bool rt_cache_map(Arena *a, const char *dir, const char *name, Bytes *out)
{
    const char *path = arena_printf(a, "%s/%s", dir, name);
    Seal right;

    if (access(path, F_OK))
        return false;
    if (map(a, path, out)) {
        right = seal_of(out->p, out->n);
        if (!memcmp(out->p + out->n, &right, sizeof right)) {
            utimensat(AT_FDCWD, path, NULL, 0);
            return true;
        }
    }
    unlink(path);
    return false;
}

/* ---- sweeping ---- */

typedef struct Entry {
    const char *path;
    struct stat st;
} Entry;

typedef struct Entries {
    Entry *e;
    size_t n;
    off_t bytes;
} Entries;

/* Least recently used first. */
static int by_age(const void *x, const void *y)
{
    time_t a = ((const Entry *)x)->st.st_mtime, b = ((const Entry *)y)->st.st_mtime;

    return (a > b) - (a < b);
}

/* For arena_defer: reading the folder may run out of memory. */
static void close_dir(void *arg)
{
    DIR **h = arg;

    if (*h)
        closedir(*h);
    *h = NULL;
}

/* The name is 32 digits and what it is; a temporary one goes on with ".tmp". */
static bool ours(const char *name)
{
    enum { DIGITS = 32 };
    const char *suffix = name + DIGITS;

    return strspn(name, "0123456789abcdef") == DIGITS
        && (!strcmp(suffix, ".so") || !strcmp(suffix, ".o") || !strcmp(suffix, ".start"));
}

static bool temporary(const char *name)
{
    return strstr(name, ".so.tmp") || strstr(name, ".o.tmp") || strstr(name, ".start.tmp");
}

/* Our regular files; temporary ones are removed when they are old. */
static Entries list(Arena *a, const char *dir)
{
    enum { MOST = 4096 };
    Entries out = { .e = arena_new_n(a, Entry, MOST) };
    DIR **h = arena_new(a, DIR *);
    const struct dirent *file;

    arena_defer(a, close_dir, h);
    *h = opendir(dir);
    while (*h && (file = readdir(*h)) && out.n < MOST) {
        Entry *e = &out.e[out.n];
        e->path = arena_printf(a, "%s/%s", dir, file->d_name);
        if (lstat(e->path, &e->st) || !S_ISREG(e->st.st_mode))
            continue;
        if (ours(file->d_name)) {
            out.bytes += e->st.st_size;
            out.n++;
        } else if (temporary(file->d_name) && time(NULL) - e->st.st_mtime > HOUR) {
            unlink(e->path);
        }
    }
    close_dir(h);
    return out;
}

/* Before a file comes in, so that the newest is never the one to go. */
static void sweep(Arena *a, const char *dir)
{
    Entries all = list(a, dir);

    qsort(all.e, all.n, sizeof *all.e, by_age);
    for (size_t i = 0; i < all.n && all.bytes > most_bytes; i++) {
        unlink(all.e[i].path);
        all.bytes -= all.e[i].st.st_size;
    }
}

/* The reasons of a failure concern nobody: things work without the cache. */
static bool put_sealed(Arena *a, const char *to, const Bytes *part, size_t n)
{
    enum { PIECE = 1 << 20 };            /* what goes on at once is not kept twice in memory */
    XXH3_state_t *h = XXH3_createState();
    Seal seal = { .size = 0 };
    OutFile *f;
    Diag d;

    diag_init(&d, a);
    if (!h)
        return false;
    arena_defer(a, free_state, h);
    XXH3_128bits_reset(h);
    if (!(f = file_create(a, to, &d)))
        return false;
    memcpy(seal.magic, seal_magic, sizeof seal.magic);
    for (size_t i = 0; i < n; i++) {
        XXH3_128bits_update(h, part[i].p, part[i].n);
        seal.size += part[i].n;
        for (size_t at = 0; at < part[i].n; at += PIECE)
            buf_put(file_buf(f), part[i].p + at, part[i].n - at < PIECE ? part[i].n - at : PIECE);
    }
    XXH128_canonicalFromHash(&seal.hash, XXH3_128bits_digest(h));
    buf_put(file_buf(f), &seal, sizeof seal);
    return file_commit(f, &d);
}

bool rt_cache_put_parts(Arena *a, const char *dir, const char *name, const Bytes *part, size_t n)
{
    Arena *scratch = rt_scratch(a);
    bool ok;

    sweep(scratch, dir);
    ok = put_sealed(scratch, arena_printf(scratch, "%s/%s", dir, name), part, n);
    arena_destroy(scratch);                            /* removes what a failure has left */
    return ok;
}

bool rt_cache_put(Arena *a, const char *dir, const char *name, const char *from,
                  const char **cached)
{
    Arena *scratch = rt_scratch(a);
    Bytes b;
    Diag d;
    bool ok;

    *cached = arena_printf(a, "%s/%s", dir, name);
    diag_init(&d, scratch);
    ok = file_read(scratch, from, &b, &d) && rt_cache_put_parts(scratch, dir, name, &b, 1);
    arena_destroy(scratch);
    return ok;
}
