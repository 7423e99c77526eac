/* SPDX-License-Identifier: Apache-2.0 */
/* png: PNG files by libpng.  All kinds become RGB with 8 bits; gamma and colour profiles are left
 * alone, as Pillow leaves them.
 *
 * libpng allocates from the arena, so its way out (longjmp) leaves nothing behind.
 */
#include "image.h"
#include "png_arena.h"

#include <png.h>
#include <string.h>

/* Where libpng reads, and what it said when it gave up. */
typedef struct Reader {
    Bytes file;
    size_t at;
    const char *error;
    Arena *arena;
} Reader;

/* text lives in libpng's stack frame, so it is copied before the jump. */
static void on_error(png_structp png, png_const_charp text)
{
    Reader *r = png_get_error_ptr(png);

    r->error = arena_strdup(r->arena, text);
    png_longjmp(png, 1);
}

/* libpng asks for exactly what it needs; fewer bytes are the end of the image. */
static void on_read(png_structp png, png_bytep p, size_t n)
{
    Reader *r = png_get_io_ptr(png);

    if (n > r->file.n - r->at)
        png_error(png, "it ends too early");
    memcpy(p, r->file.p + r->at, n);
    r->at += n;
}

/* Limits: the size of an image, and what a compressed text or profile may swell to. */
static png_structp open_png(Reader *r)
{
    png_structp png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, r, on_error, png_no_warning,
                                               r->arena, png_arena_malloc, png_arena_free);
    if (!png)
        arena_out_of_memory(r->arena);
    png_set_read_fn(png, r, on_read);
    png_set_user_limits(png, RT_MAX_SIDE, RT_MAX_SIDE);
    png_set_chunk_malloc_max(png, 8 << 20);
    return png;
}

/* The order in which libpng applies these is its own; any combination ends in RGB, 8 bits. */
static void to_rgb8(png_structp png)
{
    png_set_expand(png);               /* palettes, fewer than 8 bits, transparent colours */
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_gray_to_rgb(png);
}

/* An interlaced image is read in 7 passes over the same rows, each filling in more pixels. */
static bool read_pixels(png_structp png, png_infop info, const char *path, RtImage *out, Diag *d)
{
    Reader *r = png_get_io_ptr(png);
    size_t stride;
    int passes;

    png_read_info(png, info);
    to_rgb8(png);
    passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    if (!rt_image_alloc(r->arena, path, png_get_image_width(png, info),
                        png_get_image_height(png, info), out, d))
        return false;
    stride = (size_t)out->width * 3;
    for (; passes > 0; passes--)
        for (int y = 0; y < out->height; y++)
            png_read_row(png, out->rgb + (size_t)y * stride, NULL);
    png_read_end(png, info);
    return true;
}

/* Between setjmp and its return no variable changes that is read afterwards. */
bool rt_png_decode(Arena *a, const char *path, Bytes file, RtImage *out, Bytes *exif, Diag *d)
{
    Reader r = { .file = file, .arena = a };
    png_structp png = open_png(&r);
    png_infop info = png_create_info_struct(png);
    Pos pos = { .file = path };
    png_uint_32 n = 0;
    png_bytep tiff = NULL;

    if (!info)
        arena_out_of_memory(a);
    if (setjmp(png_jmpbuf(png))) {
        diag_error(d, pos, "is not a PNG file that can be read: %s", r.error);
        return false;
    }
    if (!read_pixels(png, info, path, out, d))
        return false;
    if (png_get_eXIf_1(png, info, &n, &tiff)) {
        exif->p = tiff;
        exif->n = n;
    }
    return true;
}
