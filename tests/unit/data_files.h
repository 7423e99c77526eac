/* SPDX-License-Identifier: Apache-2.0 */
/* data_files: makes small data sets in the formats of the real ones, in a folder that goes away.
 *
 * Include after rt_job.h.  A pickle is written opcode by opcode, as Python 2 wrote CIFAR's and as
 * Python 3 writes them today, so that no Python is needed.
 */
#ifndef MNC_TEST_DATA_FILES_H
#define MNC_TEST_DATA_FILES_H

#include "data.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* ---- a folder ---- */

static inline int remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
    (void)st, (void)flag, (void)f;
    return remove(path);
}

static inline void remove_folder(void *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Goes when the job's arena does. */
static inline const char *new_folder(Job *j)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = arena_printf(&j->a, "%s/mnc_dataXXXXXX", tmp ? tmp : "/tmp");

    assert_non_null(mkdtemp(dir));
    arena_defer(&j->a, remove_folder, dir);
    return dir;
}

static inline const char *in(Job *j, const char *dir, const char *name)
{
    return arena_printf(&j->a, "%s/%s", dir, name);
}

static inline void make_folder(Job *j, const char *dir, const char *name)
{
    assert_int_equal(mkdir(in(j, dir, name), 0777), 0);
}

static inline void write_file(Job *j, const char *dir, const char *name, Bytes b)
{
    FILE *f = fopen(in(j, dir, name), "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(b.p, 1, b.n, f), b.n);
    assert_int_equal(fclose(f), 0);
}

static inline Bytes bytes_of(const Buf *b)
{
    return (Bytes){ (const unsigned char *)b->p, b->n };
}

static inline Bytes gzip(Job *j, Bytes b)
{
    size_t room = b.n + b.n / 100 + 64;
    unsigned char *p = arena_alloc(&j->a, room);
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)b.p, .avail_in = (uInt)b.n,
                   .next_out = p, .avail_out = (uInt)room };

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return (Bytes){ p, z.total_out };
}

/* ---- tar ---- */

static inline void tar_add(Buf *tar, const char *name, char type, Bytes b)
{
    unsigned char head[512] = { 0 };
    unsigned sum = 0;

    snprintf((char *)head, 100, "%s", name);
    memcpy(head + 100, "0000644", 8);
    snprintf((char *)head + 124, 12, "%011zo", b.n);
    memcpy(head + 136, "00000000000", 12);
    head[156] = (unsigned char)type;
    memcpy(head + 257, "ustar\00000", 8);
    memset(head + 148, ' ', 8);
    for (int i = 0; i < 512; i++)
        sum += head[i];
    snprintf((char *)head + 148, 8, "%06o", sum);
    buf_put(tar, head, sizeof head);
    buf_put(tar, b.p, b.n);
    while (tar->n % 512)
        buf_char(tar, 0);
}

static inline void tar_end(Buf *tar)
{
    for (int i = 0; i < 1024; i++)
        buf_char(tar, 0);
}

/* ---- pickle ---- */

static inline void put_little(Buf *b, uint64_t x, int n)
{
    for (; n > 0; n--, x >>= 8)
        buf_char(b, (char)(x & 255));
}

/* Python 2: a str is SHORT_BINSTRING or BINSTRING. */
static inline void put_text(Buf *b, const void *p, size_t n)
{
    buf_char(b, n < 256 ? 'U' : 'T');
    put_little(b, n, n < 256 ? 1 : 4);
    buf_put(b, p, n);
}

static inline void put_word(Buf *b, const char *s)
{
    put_text(b, s, strlen(s));
}

static inline void put_int(Buf *b, int64_t x)
{
    buf_char(b, x >= 0 && x < 256 ? 'K' : x >= 0 && x < 65536 ? 'M' : 'J');
    put_little(b, (uint64_t)x, x >= 0 && x < 256 ? 1 : x >= 0 && x < 65536 ? 2 : 4);
}

/* (n,columns) of uint8, as numpy 1 had it in protocol 2. */
static inline void put_array(Buf *b, int64_t n, int64_t columns, const void *p)
{
    buf_str(b, "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n");
    buf_put(b, "K\0\x85U\1b\x87R(K\1", 11);
    put_int(b, n);
    put_int(b, columns);
    buf_str(b, "\x86" "cnumpy\ndtype\n");
    buf_put(b, "U\2u1K\0K\1\x87R(K\3U\1|NNNJ\377\377\377\377J\377\377\377\377K\0tb\x89", 34);
    put_text(b, p, (size_t)(n * columns));
    buf_str(b, "tb");
}

/* {labels_key: [...], 'data': array}, with the memo's puts that cPickle makes. */
static inline void put_batch(Buf *b, const char *labels_key, const unsigned char *label,
                             int64_t n, const void *pixels)
{
    buf_put(b, "\x80\2}q\1(", 6);
    put_word(b, labels_key);
    buf_put(b, "q\2]q\3(", 6);
    for (int64_t i = 0; i < n; i++)
        put_int(b, label[i]);
    buf_str(b, "e");
    put_word(b, "data");
    put_array(b, n, 3072, pixels);
    buf_str(b, "u.");
}

/* {key: [names]} */
static inline void put_names(Buf *b, const char *key, int n)
{
    char name[16];

    buf_put(b, "\x80\2}", 3);
    put_word(b, key);
    buf_str(b, "](");
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof name, "class %d", i);
        put_word(b, name);
    }
    buf_str(b, "es.");
}

/* ---- numbers to tell samples apart ---- */

static inline unsigned char pixel(int64_t sample, int64_t i)
{
    return (unsigned char)(sample * 7 + i * 13 + i / 32 * 5);
}

static inline unsigned char *pixels(Job *j, int64_t first, int64_t n, int64_t size)
{
    unsigned char *p = arena_alloc(&j->a, (size_t)(n * size));

    for (int64_t i = 0; i < n * size; i++)
        p[i] = pixel(first + i / size, i % size);
    return p;
}

#endif
