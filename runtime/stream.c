/* SPDX-License-Identifier: Apache-2.0 */
/* stream: a file's bytes in order, through zlib where gzip has packed them.
 *
 * What comes out is checked by gzip's CRC-32 at its end only, so who needs to be sure reads up to
 * there.  What has been read may be used before: readers bound what they do with it.
 */
#include "archive.h"

#include <string.h>
#define ZLIB_CONST          /* next_in points to const */
#include <zlib.h>

static const uInt feed_most = 1u << 30;    /* bytes at a time: zlib counts in 32 bits */

/* zlib's memory comes from the arena, so that nothing is lost when there is none left. */
static void *zalloc(void *arena, unsigned n, unsigned size)
{
    return arena_array(arena, n, size);
}

static void zfree(void *arena, void *p)
{
    (void)arena;
    (void)p;
}

/* RFC 1952, 2.3.1: the two bytes that identify it. */
static bool is_gzip(Bytes f)
{
    return f.n >= 2 && f.p[0] == 0x1f && f.p[1] == 0x8b;
}

/* No header is looked at yet: what is damaged shows when it is read. */
void rt_stream_open(Arena *a, RtStream *s, const char *path, Bytes file, Diag *d)
{
    *s = (RtStream){ .d = d, .path = path, .file = file };
    if (!is_gzip(file))
        return;
    s->z = arena_new(a, z_stream);
    *s->z = (z_stream){ .next_in = file.p, .zalloc = zalloc, .zfree = zfree, .opaque = a };
    if (inflateInit2(s->z, MAX_WBITS + 16) != Z_OK)        /* 16: with a gzip header */
        arena_out_of_memory(a);
}

/* How much of the file zlib has not been shown yet, or has not used. */
static size_t left(const RtStream *s)
{
    return s->file.n - (size_t)(s->z->next_in - s->file.p);
}

/* The byte is that of the packed file, up to which zlib has read. */
static bool damaged(RtStream *s, const char *what)
{
    diag_error(s->d, (Pos){ .file = s->path }, "its gzip data is damaged: %s at byte %zu", what,
               s->file.n - left(s));
    return false;
}

/* Several packed files in a row are one (RFC 1952, 2.2); what else follows is no data. */
static bool next_part(RtStream *s)
{
    Bytes rest = { s->z->next_in, left(s) };

    return is_gzip(rest) && inflateReset(s->z) == Z_OK;
}

/* One call of inflate: *end when nothing more can come.  A file that stops in the middle shows as
 * no progress, or as all input used with room left: zlib itself waits for more. */
static bool step(RtStream *s, bool *end)
{
    int rc;

    s->z->avail_in = left(s) < feed_most ? (uInt)left(s) : feed_most;
    rc = inflate(s->z, Z_NO_FLUSH);
    if (rc == Z_STREAM_END)
        *end = !next_part(s);
    else if (rc == Z_BUF_ERROR || (rc == Z_OK && !left(s) && s->z->avail_out))
        return damaged(s, "it ends too early");
    else if (rc != Z_OK)
        return damaged(s, s->z->msg ? s->z->msg : "it does not unpack");
    return true;
}

/* The stream may have reached its end before: inflate then gives nothing more. */
static bool unpack(RtStream *s, unsigned char *p, size_t n, size_t *got)
{
    bool end = false;

    *got = 0;
    while (*got < n && !end) {
        uInt room = n - *got < feed_most ? (uInt)(n - *got) : feed_most;
        s->z->next_out = p + *got;
        s->z->avail_out = room;
        if (!step(s, &end))
            return false;
        *got += room - s->z->avail_out;
    }
    return true;
}

/* Plain files: a copy; a stream never points into the file, so both kinds are used alike. */
bool rt_stream_some(RtStream *s, void *p, size_t n, size_t *got)
{
    if (s->z) {
        if (!unpack(s, p, n, got))
            return false;
    } else {
        *got = s->file.n - s->at < n ? (size_t)(s->file.n - s->at) : n;
        memcpy(p, s->file.p + s->at, *got);
    }
    s->at += *got;
    return true;
}

/* A short file is no format of its own, so the message is made here for all. */
bool rt_stream_read(RtStream *s, void *p, size_t n, const char *what)
{
    size_t got;

    if (!rt_stream_some(s, p, n, &got))
        return false;
    if (got == n)
        return true;
    diag_error(s->d, (Pos){ .file = s->path }, "is cut short: %s would take %zu bytes from byte "
               "%llu on, and %zu are there", what, n, (unsigned long long)(s->at - got), got);
    return false;
}

/* Invariant: at bytes are read, cap are allocated, at <= cap <= n; the room doubles. */
unsigned char *rt_stream_take(Arena *a, RtStream *s, uint64_t n, const char *what)
{
    enum { FIRST = 1 << 20 };
    size_t cap = n < FIRST ? (size_t)n : FIRST, at = 0;
    unsigned char *p;

    if (n > PTRDIFF_MAX)
        arena_out_of_memory(a);
    for (p = arena_alloc(a, cap);; cap = cap * 2 < n ? cap * 2 : (size_t)n) {
        p = arena_resize(a, p, at, cap);
        if (!rt_stream_read(s, p + at, cap - at, what))
            return NULL;
        at = cap;
        if (at == n)
            return p;
    }
}
