/* SPDX-License-Identifier: Apache-2.0 */
/* npz: numpy's zip file of .npy members, each named by its array.
 *
 * Only the central directory at the end of the file is believed, and only after these checks: all
 * offsets lie inside the file; a member is not larger than deflate can make it (1032 times); all
 * members together take no more compressed bytes than the file has, so that overlapping members
 * (zip bombs) are refused; the CRC is right.  No zip64 sizes, no encryption (PKWARE APPNOTE 6.3).
 */
#include "tensor.h"

#include <string.h>
#define ZLIB_CONST          /* next_in points to const */
#include <zlib.h>

enum {
    LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50,      /* signatures */
    LOCAL_BYTES = 30, CENTRAL_BYTES = 46, END_BYTES = 22,
    STORED = 0, DEFLATED = 8, UTF8 = 1 << 11, ENCRYPTED = 1,
    MAX_RATIO = 1032
};

typedef struct Member {
    const char *name;          /* with .npy */
    size_t name_n, at;         /* at: of the local header */
    uint32_t packed, size, crc;
    unsigned method, flags;
} Member;

/* All numbers of a zip file are little endian, and none is aligned. */
static uint32_t get16(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const unsigned char *p)
{
    return get16(p) | get16(p + 2) << 16;
}

/* An archive begins with a member, or, when it is empty, with the end record. */
bool rt_is_npz(Bytes file)
{
    return file.n >= END_BYTES && (get32(file.p) == LOCAL || get32(file.p) == END);
}

/* What is wrong with the archive as a whole, or with one member of it. */
static bool damaged(Diag *d, const char *path, const char *what)
{
    Pos pos = { .file = path };

    diag_error(d, pos, "is not a .npz file that can be read: %s", what);
    return false;
}

static bool bad_member(Arena *a, Diag *d, const char *path, const Member *m, const char *what)
{
    Pos pos = { .file = path };

    diag_error(d, pos, "member '%s' %s", diag_quote(a, arena_strndup(a, m->name, m->name_n)), what);
    return false;
}

/* The end record stands last, but for a comment of up to 64 KB. */
static const unsigned char *find_end(Bytes file)
{
    size_t most = file.n < END_BYTES + 65535 ? file.n : END_BYTES + 65535;

    for (size_t back = END_BYTES; back <= most; back++) {
        const unsigned char *p = file.p + file.n - back;
        if (get32(p) == END && get16(p + 20) == back - END_BYTES)
            return p;
    }
    return NULL;
}

/* Reads one record of the central directory at *at and moves on; false when it is cut short. */
static bool next_member(Bytes file, size_t *at, Member *m)
{
    const unsigned char *p = file.p + *at;
    size_t tail;

    if (file.n - *at < CENTRAL_BYTES || get32(p) != CENTRAL)
        return false;
    m->flags = get16(p + 8);
    m->method = get16(p + 10);
    m->crc = get32(p + 16);
    m->packed = get32(p + 20);
    m->size = get32(p + 24);
    m->at = get32(p + 42);
    m->name = (const char *)p + CENTRAL_BYTES;
    m->name_n = get16(p + 28);
    tail = m->name_n + get16(p + 30) + get16(p + 32);
    if (file.n - *at - CENTRAL_BYTES < tail)
        return false;
    *at += CENTRAL_BYTES + tail;
    return true;
}

/* The member's packed bytes, or NULL: the local header's name and extra field may differ in
 * length from the directory's. */
static const unsigned char *packed_data(Bytes file, const Member *m)
{
    const unsigned char *p = file.p + m->at;
    size_t head;

    if (m->at > file.n || file.n - m->at < LOCAL_BYTES || get32(p) != LOCAL)
        return NULL;
    head = LOCAL_BYTES + get16(p + 26) + get16(p + 28);
    if (file.n - m->at < head || file.n - m->at - head < m->packed)
        return NULL;
    return p + head;
}

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

/* True when the stream ends exactly where the directory says: out has m->size bytes. */
static bool inflate_all(Arena *a, const unsigned char *in, const Member *m, unsigned char *out)
{
    z_stream z = { .next_in = in, .avail_in = m->packed, .next_out = out, .avail_out = m->size,
                   .zalloc = zalloc, .zfree = zfree, .opaque = a };
    int rc;

    if (inflateInit2(&z, -MAX_WBITS) != Z_OK)          /* negative: no zlib header */
        arena_out_of_memory(a);
    rc = inflate(&z, Z_FINISH);
    return rc == Z_STREAM_END && z.avail_out == 0;
}

/* One member's bytes, after all checks that need no decompression. */
static bool unpack(Arena *a, const char *path, Bytes file, const Member *m, Bytes *out, Diag *d)
{
    const unsigned char *in = packed_data(file, m);
    unsigned char *p;

    if (!in)
        return bad_member(a, d, path, m, "lies outside the file");
    if (m->flags & ENCRYPTED)
        return bad_member(a, d, path, m, "is encrypted");
    if (m->method != STORED && m->method != DEFLATED)
        return bad_member(a, d, path, m, "is compressed by a method other than deflate");
    if (m->method == STORED ? m->size != m->packed
                            : m->size / MAX_RATIO > m->packed)
        return bad_member(a, d, path, m, "lies about its size");
    p = arena_alloc(a, (size_t)m->size + 1);
    if (m->method == STORED)
        memcpy(p, in, m->size);
    else if (!inflate_all(a, in, m, p))
        return bad_member(a, d, path, m, "is damaged");
    if (crc32(crc32(0, NULL, 0), p, m->size) != m->crc)
        return bad_member(a, d, path, m, "is damaged: its checksum is wrong");
    out->p = p;
    out->n = m->size;
    return true;
}

/* Others, such as a README that somebody has added, are passed over. */
static bool is_array(const Member *m)
{
    return m->name_n > 4 && !memcmp(m->name + m->name_n - 4, ".npy", 4);
}

/* The name of an array is its member's without .npy. */
static bool add_member(Arena *a, const char *path, Bytes file, const Member *m, RtTensors *out,
                       Diag *d)
{
    char *name = arena_strndup(a, m->name, m->name_n - 4);
    RtTensor *t = &out->t[out->n];
    Bytes npy;

    for (size_t i = 0; i < out->n; i++)
        if (!strcmp(out->t[i].name, name))
            return bad_member(a, d, path, m, "is there twice");
    if (!unpack(a, path, file, m, &npy, d))
        return false;
    if (!rt_read_npy(a, arena_printf(a, "%s:%s", path, diag_quote(a, name)), npy, t, d))
        return false;
    t->name = name;
    out->n++;
    return true;
}

/* Stops at the first member that is wrong: what follows a lie is not worth reading. */
bool rt_read_npz(Arena *a, const char *path, Bytes file, RtTensors *out, Diag *d)
{
    const unsigned char *end = find_end(file);
    size_t at, n, packed = 0;
    Member m;

    if (!end)
        return damaged(d, path, "its directory is missing");
    n = get16(end + 10);
    at = get32(end + 16);
    if (at == UINT32_MAX || n == 65535)
        return damaged(d, path, "zip64 archives are not read");
    if (at > file.n)
        return damaged(d, path, "its directory lies outside the file");
    out->t = arena_new_n(a, RtTensor, n);
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (!next_member(file, &at, &m))
            return damaged(d, path, "its directory is cut short");
        packed += m.packed;
        if (packed > file.n)
            return damaged(d, path, "its members overlap");
        if (is_array(&m) && !add_member(a, path, file, &m, out, d))
            return false;
    }
    return true;
}

/* ---- writing ---- */

/* Little endian, whatever the machine is. */
static void put16(Buf *b, size_t x)
{
    buf_char(b, (char)(x & 255));
    buf_char(b, (char)(x >> 8 & 255));
}

static void put32(Buf *b, size_t x)
{
    put16(b, x & 65535);
    put16(b, x >> 16);
}

/* The fields that local and central headers share: version 2.0, stored, 1980-01-01 00:00. */
static void put_common(Buf *b, const Member *m)
{
    put16(b, 20);
    put16(b, UTF8);
    put16(b, STORED);
    put16(b, 0);
    put16(b, 1 << 5 | 1);
    put32(b, m->crc);
    put32(b, m->size);
    put32(b, m->size);
    put16(b, m->name_n);
    put16(b, 0);
}

/* Before each member's data: the fields, then the name. */
static void put_local(Buf *out, const Member *m)
{
    put32(out, LOCAL);
    put_common(out, m);
    buf_put(out, m->name, m->name_n);
}

/* One record of the directory, which repeats them and adds where the member begins. */
static void put_central(Buf *out, const Member *m)
{
    put32(out, CENTRAL);
    put16(out, 20);
    put_common(out, m);
    put16(out, 0);
    put32(out, 0);
    put32(out, 0);
    put32(out, m->at);
    buf_put(out, m->name, m->name_n);
}

/* Where the directory is and how many records it has; one disk, no comment. */
static void put_end(Buf *out, size_t n, size_t directory_bytes, size_t at)
{
    put32(out, END);
    put32(out, 0);
    put16(out, n);
    put16(out, n);
    put32(out, directory_bytes);
    put32(out, at);
    put16(out, 0);
}

/* Each member is made in memory first: its checksum stands before its data. */
bool rt_write_npz(Arena *a, Buf *out, const RtTensor *t, size_t n, const char *path, Diag *d)
{
    Pos pos = { .file = path };
    size_t at = 0;
    Buf directory, npy;

    buf_init(&directory, a);
    for (size_t i = 0; i < n; i++) {
        Member m = { .at = at, .name = arena_printf(a, "%s.npy", t[i].name) };
        m.name_n = strlen(m.name);
        buf_init(&npy, a);
        rt_write_npy(&npy, &t[i]);
        if (n >= 65535 || m.name_n > 65535 || npy.n > UINT32_MAX - 65536 - at - m.name_n) {
            diag_error(d, pos, "a .npz file cannot hold 4 GB or 65535 arrays");
            return false;
        }
        m.size = (uint32_t)npy.n;
        m.crc = (uint32_t)crc32(crc32(0, NULL, 0), (const unsigned char *)npy.p, m.size);
        put_local(out, &m);
        buf_put(out, npy.p, npy.n);
        put_central(&directory, &m);
        at += LOCAL_BYTES + m.name_n + npy.n;
    }
    buf_put(out, directory.p, directory.n);
    put_end(out, n, directory.n, at);
    return true;
}
