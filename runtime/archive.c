/* SPDX-License-Identifier: Apache-2.0 */
/* archive: folders and tar files as lists of files.
 *
 * A tar file is blocks of 512 bytes: a header, then the member's bytes filled up with zeros; two
 * blocks of zeros end it.  It is read in one pass, so that a packed one is unpacked once.
 */
#include "archive.h"

#include "build.h"

#include <string.h>
#include <sys/stat.h>

enum { BLOCK = 512 };

/* Fields of a ustar header: where they begin, how long they are. */
enum { NAME = 0, NAME_N = 100, SIZE = 124, SIZE_N = 12, SUM = 148, SUM_N = 8, TYPE = 156 };

/* The stream stands behind head, at the member's bytes; who takes or skips them takes or skips the
 * zeros behind them, too.  Nothing of the member's header is kept but head itself. */
typedef struct Tar {
    RtStream s;
    unsigned char head[BLOCK];
    uint64_t size;               /* of the member */
} Tar;

/* Also for a link to one. */
bool rt_is_folder(const char *path)
{
    struct stat st;

    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* at: of the header that was read last, in the unpacked file. */
static bool damaged(const Tar *t, const char *what)
{
    diag_error(t->s.d, (Pos){ .file = t->s.path }, "is not a tar file that can be read: %s at "
               "byte %llu of it", what, (unsigned long long)(t->s.at - BLOCK));
    return false;
}

/* Octal digits after blanks, up to a blank or a zero byte.  Sizes from 8 GB on, which are binary,
 * are refused with all else that is no digit. */
static bool octal(const unsigned char *p, size_t n, uint64_t *out)
{
    size_t i = 0;

    *out = 0;
    while (i < n && p[i] == ' ')
        i++;
    if (i == n)
        return false;
    for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
        *out = *out * 8 + (uint64_t)(p[i] - '0');
    return i == n || p[i] == ' ' || p[i] == 0;
}

/* The sum of the header's bytes, unsigned, with blanks where the sum itself stands (POSIX.1-1988;
 * some old tars summed signed bytes, which only matters for names beyond ASCII). */
static uint64_t checksum(const unsigned char *head)
{
    uint64_t sum = ' ' * SUM_N;

    for (int i = 0; i < BLOCK; i++)
        sum += i < SUM || i >= SUM + SUM_N ? head[i] : 0;
    return sum;
}

/* The next header; *end: there is none.  A tar file may also end without its zeros. */
static bool next_head(Tar *t, bool *end)
{
    static const unsigned char zeros[BLOCK];
    uint64_t sum;
    size_t got;

    if (!rt_stream_some(&t->s, t->head, BLOCK, &got))
        return false;
    *end = got == 0 || (got == BLOCK && !memcmp(t->head, zeros, BLOCK));
    if (*end)
        return true;
    if (got < BLOCK)
        return damaged(t, "a header is cut short");
    if (!octal(t->head + SUM, SUM_N, &sum) || sum != checksum(t->head))
        return damaged(t, "a header's checksum is wrong");
    if (!octal(t->head + SIZE, SIZE_N, &t->size))
        return damaged(t, "a size is no number");
    return true;
}

/* n bytes that nobody wants.  They are unpacked all the same: gzip has no index. */
static bool skip(Tar *t, uint64_t n)
{
    unsigned char sink[16 * BLOCK];

    for (size_t k; n; n -= k) {
        k = n < sizeof sink ? (size_t)n : sizeof sink;
        if (!rt_stream_read(&t->s, sink, k, "a member of the tar file"))
            return false;
    }
    return true;
}

/* Which of the wanted files has that name; f->n: none.  A handful of names: a search per member
 * costs nothing beside the unpacking of it. */
static size_t find(const RtFiles *f, const char *name)
{
    size_t i = 0;

    while (i < f->n && strcmp(f->wanted[i].name, name)
           && (!f->wanted[i].other || strcmp(f->wanted[i].other, name)))
        i++;
    return i;
}

/* A regular file's name without its folders, a null-terminated copy; NULL: it is no such file. */
static const char *member_name(Arena *a, const Tar *t)
{
    char type = (char)t->head[TYPE];

    if (type != '0' && type != 0)              /* 0: tars from before POSIX */
        return NULL;
    return path_base(arena_strndup(a, (const char *)t->head + NAME,
                                   strnlen((const char *)t->head + NAME, NAME_N)));
}

/* The member's bytes live in an arena of their own until they have been taken. */
static bool take_member(Arena *a, Tar *t, const RtFiles *f, size_t i)
{
    Arena *scratch = rt_scratch(a);
    const char *path = arena_printf(t->s.d->arena, "%s:%s", t->s.path,
                                    diag_quote(a, member_name(scratch, t)));
    unsigned char *p;
    bool ok;

    if (t->size > f->most)
        return damaged(t, "a member is larger than any such file");
    p = rt_stream_take(scratch, &t->s, t->size, path);
    ok = p && f->take(f->user, i, path, (Bytes){ p, (size_t)t->size });
    arena_destroy(scratch);
    return ok;
}

/* To the end of a packed file, where its checksum stands: without it the data might be damaged. */
static bool drain(RtStream *s)
{
    unsigned char sink[16 * BLOCK];
    size_t got;

    do
        if (!rt_stream_some(s, sink, sizeof sink, &got))
            return false;
    while (got == sizeof sink);
    return true;
}

/* Takes the members that are wanted, as they come. */
bool rt_each_member(Arena *a, const char *path, const RtFiles *f, Bytes file, Diag *d)
{
    bool *seen = arena_new_n(a, bool, f->n + 1), end, ok = true;
    Tar *t = arena_new(a, Tar);

    rt_stream_open(a, &t->s, path, file, d);
    while ((ok = ok && next_head(t, &end)) && !end) {
        const char *name = member_name(a, t);
        size_t i = name ? find(f, name) : f->n;
        if (i < f->n && seen[i])
            return damaged(t, "a file is there twice");
        seen[i] = true;                        /* seen[n]: all that nobody wants */
        ok = (i < f->n ? take_member(a, t, f, i) : skip(t, t->size))
             && skip(t, (BLOCK - t->size % BLOCK) % BLOCK);
    }
    return ok && drain(&t->s);
}

/* Not a folder of that name: CIFAR-100 has files called train and test. */
static bool is_file(const char *path)
{
    struct stat st;

    return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* PATH/NAME, then PATH/SUB/NAME, each under its two names; NULL: in none of them. */
static const char *find_in_folder(Arena *a, const char *path, const RtFiles *f, size_t i)
{
    const char *name[2] = { f->wanted[i].name, f->wanted[i].other };
    const char *at;

    for (int k = 0; k < 2; k++) {
        if (!name[k])
            continue;
        at = arena_printf(a, "%s/%s", path, name[k]);
        if (is_file(at))
            return at;
        for (int s = 0; f->sub[s]; s++)
            if (is_file(at = arena_printf(a, "%s/%s/%s", path, f->sub[s], name[k])))
                return at;
    }
    return NULL;
}

/* In the order of the list; each file's bytes are gone before the next is read. */
static bool each_in_folder(Arena *a, const char *path, const RtFiles *f, Diag *d)
{
    for (size_t i = 0; i < f->n; i++) {
        const char *at = find_in_folder(a, path, f, i);
        Arena *scratch = rt_scratch(a);
        Bytes file;
        bool ok = !at || (file_read(scratch, at, &file, d) && f->take(f->user, i, at, file));
        arena_destroy(scratch);
        if (!ok)
            return false;
    }
    return true;
}

/* The whole archive is in memory, as it is on disk: it is unpacked in one pass. */
bool rt_each_file(Arena *a, const char *path, const RtFiles *f, Diag *d)
{
    Arena *scratch;
    Bytes file;
    bool ok;

    if (rt_is_folder(path))
        return each_in_folder(a, path, f, d);
    scratch = rt_scratch(a);
    ok = file_read(scratch, path, &file, d) && rt_each_member(scratch, path, f, file, d);
    arena_destroy(scratch);
    return ok;
}
