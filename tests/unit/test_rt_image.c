/* SPDX-License-Identifier: Apache-2.0 */
/* Images: the same bits as Pillow, upright, and no crash on damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "image.h"
#include "image_pattern.h"

#include <png.h>
#include <turbojpeg.h>
#include <zlib.h>

/* The hashes are those of Pillow 13's resize of the same pattern. */
static void resizes_as_pillow(void **state)
{
    static const struct { const char *filter; int width, height; uint64_t hash; } want[] = {
        { "bilinear", 32, 20, 0xe14d84ad0455ef08 },
        { "bilinear", 100, 77, 0xe900daa1263a3bce },
        { "bilinear", 67, 10, 0xe8b3e4c26299eeab },
        { "bilinear", 7, 41, 0x697a17d6425d7894 },
        { "bilinear", 1, 1, 0x2fbd371ae17f7f16 },
        { "bicubic", 32, 20, 0xf228cc241899720c },
        { "bicubic", 100, 77, 0xf9b6f584f291f7de },
        { "bicubic", 67, 10, 0x15167d3659e85a23 },
        { "bicubic", 7, 41, 0x0c9191ff9c02e9b4 },
        { "bicubic", 1, 1, 0xa2b034196ea4c42f },
        { "lanczos", 32, 20, 0xaa0bbd4ab2df0faa },
        { "lanczos", 100, 77, 0x18dddce9df70f09b },
        { "lanczos", 67, 10, 0x2b0aaeb0d2c312e0 },
        { "box", 32, 20, 0x0649dc67092b11e3 },
        { "box", 100, 77, 0x838dfe339e527abf },
        { "box", 7, 41, 0x364e525e865da41a },
    };
    Job *j = *state;
    RtImage m = pattern(j, 67, 41), r;

    assert_true(fnv(m.rgb, 67 * 41 * 3) == 0xc399e29cc2a5daf4);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        rt_image_resize(&j->a, &m, rt_filter(want[i].filter), want[i].width, want[i].height, &r);
        if (fnv(r.rgb, (size_t)(r.width * r.height * 3)) != want[i].hash)
            fail_msg("%s to %dx%d differs", want[i].filter, want[i].width, want[i].height);
    }
}

static void on_write(png_structp png, png_bytep p, size_t n)
{
    buf_put(png_get_io_ptr(png), p, n);
}

static void on_flush(png_structp png)
{
    (void)png;
}

/* A PNG of the given kind; its rows are handed over as they are. */
typedef struct PngSpec {
    int width, height, depth, kind, interlace;
    const unsigned char *rows;
    size_t stride;
    const unsigned char *exif;
    size_t exif_n;
} PngSpec;

static Bytes make_png(Job *j, const PngSpec *s)
{
    static const png_color palette[2] = { { 10, 20, 30 }, { 200, 100, 50 } };
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_byte alpha[2] = { 0, 128 };
    Buf b;

    buf_init(&b, &j->a);
    png_set_write_fn(png, &b, on_write, on_flush);
    png_set_IHDR(png, info, (png_uint_32)s->width, (png_uint_32)s->height, s->depth, s->kind,
                 s->interlace, 0, 0);
    if (s->kind == PNG_COLOR_TYPE_PALETTE) {
        png_set_PLTE(png, info, palette, 2);
        png_set_tRNS(png, info, alpha, 2, NULL);
    }
    if (s->exif)
        png_set_eXIf_1(png, info, (png_uint_32)s->exif_n, (png_bytep)(uintptr_t)s->exif);
    png_write_info(png, info);
    for (int pass = png_set_interlace_handling(png); pass > 0; pass--)
        for (int y = 0; y < s->height; y++)
            png_write_row(png, s->rows + (size_t)y * s->stride);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return (Bytes){ (const unsigned char *)b.p, b.n };
}

static void every_png_kind_becomes_rgb(void **state)
{
    static const unsigned char bits[1] = { 0x40 }, rgba16[8] = { 1, 99, 2, 99, 3, 99, 0, 0 };
    static const unsigned char grey_alpha[4] = { 7, 255, 9, 0 };
    static const struct { PngSpec s; unsigned char want[6]; } cases[] = {
        { { 2, 1, 1, PNG_COLOR_TYPE_GRAY, 0, bits, 1, NULL, 0 }, { 0, 0, 0, 255, 255, 255 } },
        { { 2, 1, 1, PNG_COLOR_TYPE_PALETTE, 0, bits, 1, NULL, 0 }, { 10, 20, 30, 200, 100, 50 } },
        { { 1, 1, 16, PNG_COLOR_TYPE_RGB_ALPHA, 0, rgba16, 8, NULL, 0 }, { 1, 2, 3 } },
        { { 2, 1, 8, PNG_COLOR_TYPE_GRAY_ALPHA, 0, grey_alpha, 4, NULL, 0 },
          { 7, 7, 7, 9, 9, 9 } },
    };
    Job *j = *state;
    RtImage m;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Bytes f = make_png(j, &cases[i].s);
        assert_true(rt_is_image(f));
        assert_true(rt_image_decode(&j->a, "x.png", f, &m, &j->d));
        assert_int_equal(m.width, cases[i].s.width);
        assert_memory_equal(m.rgb, cases[i].want, (size_t)m.width * 3);
    }
}

static void interlacing_changes_nothing(void **state)
{
    Job *j = *state;
    RtImage m = pattern(j, 21, 13), back;
    PngSpec s = { 21, 13, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_ADAM7, m.rgb, 63, NULL, 0 };

    assert_true(rt_image_decode(&j->a, "x.png", make_png(j, &s), &back, &j->d));
    assert_memory_equal(m.rgb, back.rgb, 21 * 13 * 3);
}

/* Both byte orders, the tag behind another one. */
static void exif(unsigned char out[38], bool big, int orientation)
{
    static const uint16_t entry[] = { 0x0100, 3, 0, 1, 5, 0, 0x0112, 3, 0, 1, 0, 0 };
    unsigned char *p = out + 8;

    memset(out, 0, 38);
    memcpy(out, big ? "MM\0*\0\0\0\x8" : "II*\0\x8\0\0\0", 8);
    *(big ? p + 1 : p) = 2;
    for (int i = 0; i < 12; i++) {
        int x = i == 10 ? orientation : entry[i];
        /* a count of 1 is 4 bytes: its low half comes first when little endian */
        int at = !big && (i % 6 == 2 || i % 6 == 3) ? i ^ 1 : i;
        p[2 + 2 * at + (big ? 1 : 0)] = (unsigned char)(x & 255);
        p[2 + 2 * at + (big ? 0 : 1)] = (unsigned char)(x >> 8);
    }
}

/* The stored image is a b / c d / e f (3 rows of 2); what an upright viewer shall see. */
static void turns_upright(void **state)
{
    static const char *const want[9] = {
        NULL, "abcdef", "badcfe", "fedcba", "efcdab", "acebdf", "ecafdb", "fdbeca", "bdface"
    };
    Job *j = *state;
    unsigned char rows[18], tiff[38];
    RtImage m;

    for (int i = 0; i < 18; i++)
        rows[i] = (unsigned char)("abcdef"[i / 3]);
    for (int o = 1; o <= 8; o++) {
        PngSpec s = { 2, 3, 8, PNG_COLOR_TYPE_RGB, 0, rows, 6, tiff, sizeof tiff };
        exif(tiff, o & 1, o);
        assert_true(rt_image_decode(&j->a, "x.png", make_png(j, &s), &m, &j->d));
        assert_int_equal(m.width, o < 5 ? 2 : 3);
        for (int i = 0; i < 6; i++)
            if (m.rgb[3 * i] != want[o][i])
                fail_msg("orientation %d: pixel %d is %c", o, i, m.rgb[3 * i]);
    }
}

static Bytes make_jpeg(Job *j, const RtImage *m)
{
    tjhandle h = tjInitCompress();
    unsigned char *out = NULL, *copy;
    unsigned long n = 0;

    assert_int_equal(tjCompress2(h, m->rgb, m->width, 0, m->height, TJPF_RGB, &out, &n, TJSAMP_420,
                                 90, 0), 0);
    copy = arena_alloc(&j->a, n);
    memcpy(copy, out, n);
    tjFree(out);
    tjDestroy(h);
    return (Bytes){ copy, n };
}

/* The file with an APP1 segment put in after its first two bytes. */
static Bytes with_exif(Job *j, Bytes f, int orientation)
{
    unsigned char tiff[38];
    Buf b;

    exif(tiff, true, orientation);
    buf_init(&b, &j->a);
    buf_put(&b, f.p, 2);
    buf_put(&b, "\xff\xe1\0\x2e" "Exif\0", 10);
    buf_put(&b, tiff, sizeof tiff);
    buf_put(&b, f.p + 2, f.n - 2);
    return (Bytes){ (const unsigned char *)b.p, b.n };
}

static void reads_jpeg_and_its_orientation(void **state)
{
    Job *j = *state;
    RtImage m, back, turned;
    Bytes f;

    assert_true(rt_image_alloc(&j->a, "x", 40, 24, &m, &j->d));
    memset(m.rgb, 90, 40 * 24 * 3);
    memset(m.rgb, 200, 40 * 8 * 3);                   /* the upper third is bright */
    f = make_jpeg(j, &m);
    assert_true(rt_image_decode(&j->a, "x.jpg", f, &back, &j->d));
    assert_in_range(back.rgb[3 * 40 * 2], 195, 205);
    assert_in_range(back.rgb[3 * 40 * 20], 85, 95);
    assert_true(rt_image_decode(&j->a, "x.jpg", with_exif(j, f, 6), &turned, &j->d));
    assert_int_equal(turned.width, 24);
    assert_int_equal(turned.height, 40);
    assert_in_range(turned.rgb[3 * 21], 195, 205);    /* a quarter turn: bright on the right */
    assert_in_range(turned.rgb[3 * 4], 85, 95);
}

static bool read_image(Job *j, Bytes f)
{
    RtImage m;

    return rt_image_decode(&j->a, "x", f, &m, &j->d);
}

static void damage_never_crashes(void **state)
{
    Job *j = *state;
    RtImage m = pattern(j, 19, 11);
    unsigned char tiff[38];
    PngSpec s = { 19, 11, 8, PNG_COLOR_TYPE_RGB, 1, m.rgb, 57, tiff, sizeof tiff };

    exif(tiff, false, 3);
    assert_int_equal(job_torture(read_image, make_png(j, &s), 1), 0);
    /* the last byte belongs to the end marker, behind all pixels */
    assert_in_range(job_torture(read_image, with_exif(j, make_jpeg(j, &m), 7), 1), 0, 1);
}

static void sizes_are_bounded(void **state)
{
    static const unsigned char row[1] = { 0 };
    Job *j = *state;
    PngSpec s = { 1, 1, 8, PNG_COLOR_TYPE_GRAY, 0, row, 1, NULL, 0 };
    Bytes f = make_png(j, &s);
    unsigned char *p = arena_alloc(&j->a, f.n);
    uLong crc;
    RtImage m;

    memcpy(p, f.p, f.n);
    memcpy(p + 16, "\0\0\xff\0\0\0\xff\0", 8);        /* 65280 x 65280 */
    crc = crc32(crc32(0, NULL, 0), p + 12, 17);
    for (int i = 0; i < 4; i++)
        p[29 + i] = (unsigned char)(crc >> (24 - 8 * i));
    assert_false(rt_image_decode(&j->a, "x.png", (Bytes){ p, f.n }, &m, &j->d));
    assert_string_equal(job_messages(j), "x.png: error: is an image of 65280x65280 pixels, more "
                                         "than 89478485 altogether\n");
    assert_false(rt_image_decode(&j->a, "x.png", (Bytes){ p, 3 }, &m, &j->d));
    assert_string_equal(job_messages(j), "x.png: error: is neither a JPEG nor a PNG image\n");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)
    static const struct CMUnitTest tests[] = {
        T(resizes_as_pillow), T(every_png_kind_becomes_rgb), T(interlacing_changes_nothing),
        T(turns_upright), T(reads_jpeg_and_its_orientation), T(damage_never_crashes),
        T(sizes_are_bounded),
    };

    return cmocka_run_group_tests_name("rt_image", tests, NULL, NULL);
}
