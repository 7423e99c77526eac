/* SPDX-License-Identifier: Apache-2.0 */
/* image: which decoder, how large, and which way up. */
#include "image.h"

#include <string.h>

/* SOI, then the first byte of any marker. */
static bool is_jpeg(Bytes f)
{
    return f.n >= 3 && f.p[0] == 0xff && f.p[1] == 0xd8 && f.p[2] == 0xff;
}

/* The eight bytes that survive no text conversion (PNG, 5.2). */
static bool is_png(Bytes f)
{
    static const unsigned char magic[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

    return f.n >= sizeof magic && !memcmp(f.p, magic, sizeof magic);
}

bool rt_is_image(Bytes file)
{
    return is_jpeg(file) || is_png(file);
}

/* A header may claim any size; this is the one place where pixels are allocated for it. */
bool rt_image_alloc(Arena *a, const char *path, int64_t width, int64_t height, RtImage *out,
                    Diag *d)
{
    Pos pos = { .file = path };

    if (width < 1 || height < 1 || width > RT_MAX_SIDE || height > RT_MAX_SIDE
        || width * height > RT_MAX_PIXELS) {
        diag_error(d, pos, "is an image of %lldx%lld pixels, more than %d altogether",
                   (long long)width, (long long)height, RT_MAX_PIXELS);
        return false;
    }
    out->width = (int)width;
    out->height = (int)height;
    out->rgb = arena_array(a, (size_t)(width * height), 3);
    return true;
}

/* A TIFF structure, of either byte order (EXIF 2.32, section 4.5). */
typedef struct Tiff {
    Bytes b;
    bool big;
} Tiff;

/* n bytes at at, which lie inside. */
static uint32_t tiff_get(const Tiff *t, size_t at, int n)
{
    uint32_t x = 0;

    for (int i = 0; i < n; i++)
        x = x << 8 | t->b.p[at + (size_t)(t->big ? i : n - 1 - i)];
    return x;
}

/* IFD 0: a count, then entries of tag, type, count and value, of 12 bytes each.  The orientation is
 * one SHORT, which stands in the first two bytes of the value. */
int rt_exif_orientation(Bytes tiff)
{
    enum { ENTRY = 12, ORIENTATION = 0x112, SHORT = 3 };
    Tiff t = { tiff, tiff.n && tiff.p[0] == 'M' };
    size_t at, n;

    if (tiff.n < 8 || (memcmp(tiff.p, "MM\0*", 4) && memcmp(tiff.p, "II*\0", 4)))
        return 1;
    at = tiff_get(&t, 4, 4);
    if (at > tiff.n - 2)
        return 1;
    n = tiff_get(&t, at, 2);
    for (at += 2; n > 0 && at + ENTRY <= tiff.n; n--, at += ENTRY)
        if (tiff_get(&t, at, 2) == ORIENTATION && tiff_get(&t, at + 2, 2) == SHORT) {
            uint32_t o = tiff_get(&t, at + 8, 2);
            return o >= 1 && o <= 8 ? (int)o : 1;
        }
    return 1;
}

/* Where the upright image's first pixel comes from, and the steps in the stored image that one
 * column and one row of the upright image make. */
static void turn(Arena *a, int orientation, RtImage *m)
{
    /* 1 upright, 2 mirrored, 3 half turn, 4 upside down mirror, 5 to 8 the same transposed */
    static const struct { bool swap, flip_x, flip_y; } how[9] = {
        [2] = { 0, 1, 0 }, [3] = { 0, 1, 1 }, [4] = { 0, 0, 1 }, [5] = { 1, 0, 0 },
        [6] = { 1, 0, 1 }, [7] = { 1, 1, 1 }, [8] = { 1, 1, 0 },
    };
    bool swap = how[orientation].swap;
    RtImage out = { swap ? m->height : m->width, swap ? m->width : m->height, NULL };
    ptrdiff_t dx = how[orientation].flip_x ? -3 : 3, dy = (ptrdiff_t)m->width * 3;
    const unsigned char *first = m->rgb;
    unsigned char *y;

    if (how[orientation].flip_x)
        first += ((size_t)m->width - 1) * 3;
    if (how[orientation].flip_y) {
        first += ((size_t)m->height - 1) * (size_t)m->width * 3;
        dy = -dy;
    }
    y = out.rgb = arena_array(a, (size_t)out.width * (size_t)out.height, 3);
    for (int row = 0; row < out.height; row++) {
        const unsigned char *p = first + row * (swap ? dx : dy);
        for (int col = 0; col < out.width; col++, y += 3, p += swap ? dy : dx)
            memcpy(y, p, 3);
    }
    *m = out;
}

/* The orientation is applied to the pixels, so that all who come later can forget about it. */
bool rt_image_decode(Arena *a, const char *path, Bytes file, RtImage *out, Diag *d)
{
    Pos pos = { .file = path };
    Bytes exif = { NULL, 0 };
    int orientation;

    if (is_jpeg(file)) {
        exif = rt_jpeg_exif(file);
        if (!rt_jpeg_decode(a, path, file, out, d))
            return false;
    } else if (is_png(file)) {
        if (!rt_png_decode(a, path, file, out, &exif, d))
            return false;
    } else {
        diag_error(d, pos, "is neither a JPEG nor a PNG image");
        return false;
    }
    orientation = rt_exif_orientation(exif);
    if (orientation > 1)
        turn(a, orientation, out);
    return true;
}
