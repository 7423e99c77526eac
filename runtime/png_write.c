/* SPDX-License-Identifier: Apache-2.0 */
/* png_write: RGB images as PNG files, for pictures of what a program has done.
 *
 * The same image gives the same bytes: no time, no text, libpng's default filters and level.
 */
#include "image.h"
#include "png_arena.h"

#include <png.h>

/* text is on libpng's stack, and what it could say is no memory, or a size that was checked. */
static void on_error(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void on_write(png_structp png, png_bytep p, size_t n)
{
    buf_put(png_get_io_ptr(png), p, n);
}

/* There is nothing to flush: who owns the buffer writes it. */
static void on_flush(png_structp png)
{
    (void)png;
}

/* No variable changes between setjmp and its return that is read afterwards. */
bool rt_png_encode(Arena *a, const RtImage *m, Buf *out)
{
    png_structp png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, NULL, on_error,
                                                png_no_warning, a, png_arena_malloc,
                                                png_arena_free);
    png_infop info = png ? png_create_info_struct(png) : NULL;

    if (!info)
        arena_out_of_memory(a);
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_set_write_fn(png, out, on_write, on_flush);
    png_set_IHDR(png, info, (png_uint_32)m->width, (png_uint_32)m->height, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int y = 0; y < m->height; y++)
        png_write_row(png, m->rgb + (size_t)y * (size_t)m->width * 3);
    png_write_end(png, NULL);
    return true;
}
