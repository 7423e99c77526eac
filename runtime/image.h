/* SPDX-License-Identifier: Apache-2.0 */
/* image: JPEG and PNG files become 8-bit RGB; RGB images become other sizes.
 *
 * Everything here gives the same bits as Pillow: Image.open, ImageOps.exif_transpose,
 * convert("RGB"), resize.  Networks were trained on what Pillow gave them.
 */
#ifndef MNC_RT_IMAGE_H
#define MNC_RT_IMAGE_H

#include "base/file.h"

#include <stdbool.h>

/* An image has at most that many pixels: 256 MB decoded, where Pillow warns of a bomb. */
enum { RT_MAX_PIXELS = 89478485, RT_MAX_SIDE = 65535 };

typedef struct RtImage {
    int width, height;
    unsigned char *rgb;        /* (height, width, 3) */
} RtImage;

bool rt_is_image(Bytes file);      /* begins as a JPEG or a PNG */

/* Decodes and turns upright as the EXIF orientation says (JPEG's APP1, PNG's eXIf).  Alpha is
 * dropped, 16 bits keep their upper 8, CMYK is taken to RGB as Pillow does.  Damage that leaves
 * pixels missing is an error; what the decoder only warns of becomes a note. */
bool rt_image_decode(Arena *a, const char *path, Bytes file, RtImage *out, Diag *d);

/* Parts of it, for rt_image_decode. */
bool rt_jpeg_decode(Arena *a, const char *path, Bytes file, RtImage *out, Diag *d);
bool rt_png_decode(Arena *a, const char *path, Bytes file, RtImage *out, Bytes *exif, Diag *d);
Bytes rt_jpeg_exif(Bytes file);            /* the TIFF structure inside; n 0: there is none */
int rt_exif_orientation(Bytes tiff);       /* 1 to 8; 1 (upright) when it does not say */
bool rt_image_alloc(Arena *a, const char *path, int64_t width, int64_t height, RtImage *out,
                    Diag *d);

/* A PNG file of 8-bit RGB, appended to out.  False when libpng refuses. */
bool rt_png_encode(Arena *a, const RtImage *m, Buf *out);

/* A resampling filter: its weight at distance x, 0 beyond support. */
typedef struct RtFilter {
    const char *name;
    double (*weight)(double x);
    double support;
} RtFilter;

extern const RtFilter rt_filters[];        /* ends with a name of NULL */
const RtFilter *rt_filter(const char *name);

/* Pillow's Image.resize((width, height), filter): antialiased, 8-bit fixed point.  width and
 * height are at least 1. */
void rt_image_resize(Arena *a, const RtImage *in, const RtFilter *f, int width, int height,
                     RtImage *out);

#endif
