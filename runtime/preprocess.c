/* SPDX-License-Identifier: Apache-2.0 */
/* preprocess: resize, crop and normalise one image into one place of an input tensor.
 *
 * A pixel has 256 values, so the arithmetic of a channel is a table: in float32, in the order that
 * torchvision's ToTensor and Normalize have, (float(v * scale) - mean) / std.
 */
#include "preprocess.h"

#include <math.h>
#include <string.h>

/* Part of an image. */
typedef struct Window {
    const RtImage *image;
    int64_t top, left, height, width;
} Window;

/* The axis with 1 or 3 entries is the channels'; both may be, and then only the user knows. */
static RtLayout guess_layout(const int64_t *dim)
{
    bool first = dim[1] == 3 || dim[1] == 1, last = dim[3] == 3 || dim[3] == 1;

    return first == last ? RT_ANY_LAYOUT : first ? RT_NCHW : RT_NHWC;
}

/* Pixels stay what they are. */
static bool is_identity(const RtPreprocess *p)
{
    for (int c = 0; c < 3; c++)
        if (p->mean[c] != 0 || p->std[c] != 1)
            return false;
    return p->scale == 1;
}

/* One message for all reasons, with the setting that would help where one would. */
bool rt_image_input(Arena *a, const RtTensor *shape, const RtPreprocess *p, RtImageInput *out,
                    Diag *d)
{
    Pos pos = { .file = NULL };
    RtLayout layout = p->layout;
    const int64_t *dim = shape->dim;

    if (shape->dtype == RT_UINT8 && !is_identity(p)) {
        diag_error(d, pos, "input '%s' takes uint8 pixels as they are, so mean, std and scale must "
                   "stay 0, 1 and 1", shape->name);
        return false;
    }
    if (shape->rank == 4 && layout == RT_ANY_LAYOUT)
        layout = guess_layout(dim);
    if (shape->rank == 4 && layout != RT_ANY_LAYOUT) {
        bool first = layout == RT_NCHW;
        *out = (RtImageInput){ dim[0], dim[first ? 1 : 3], dim[first ? 2 : 1], dim[first ? 3 : 2],
                               layout, shape->dtype };
        if (out->channels == (p->order == RT_GRAY ? 1 : 3) && out->batch > 0
            && (out->dtype == RT_FLOAT32 || out->dtype == RT_UINT8))
            return true;
    }
    diag_error(d, pos, "input '%s', %s of shape %s, does not take %s images%s", shape->name,
               rt_type_name(shape->dtype), rt_shape_text(a, shape->rank, dim),
               p->order == RT_GRAY ? "grey" : "colour",
               shape->rank == 4 && layout == RT_ANY_LAYOUT ? ": say layout=NCHW or layout=NHWC"
               : shape->rank == 4 && p->order != RT_GRAY && dim[layout == RT_NCHW ? 1 : 3] == 1
               ? ": say order=GRAY" : "");
    return false;
}

/* A quotient of integers below 2^53 is never rounded across an integer, so cutting it is exact. */
static int64_t long_side(const RtPreprocess *p, int64_t side, int64_t longer, int64_t shorter)
{
    double x = (double)(side * longer) / (double)shorter;

    return (int64_t)(p->rounding == RT_NEAREST ? rint(x) : x);
}

/* The image in the wanted size, or one of width 0 when that would have more than most pixels. */
static RtImage resize(Arena *a, const RtImage *image, const RtPreprocess *p, int64_t most)
{
    int64_t h = p->resize[0], w = p->resize[1], H = image->height, W = image->width;
    RtImage out = *image;

    if (h && !w) {
        int64_t side = h, other = long_side(p, side, H <= W ? W : H, H <= W ? H : W);
        h = H <= W ? side : other;
        w = H <= W ? other : side;
    }
    if (h && h * w <= most)
        rt_image_resize(a, image, p->filter, (int)w, (int)h, &out);
    else if (h)
        out.width = out.height = 0;          /* a strip of 1 x 65535 pixels, say */
    return out;
}

/* rint rounds halves to even, as Python's round does. */
static int64_t crop_begin(const RtPreprocess *p, int64_t size, int64_t crop)
{
    return p->rounding == RT_NEAREST ? (size - crop) / 2
                                     : (int64_t)rint((double)(size - crop) / 2);
}

/* The net's input decides how large the crop must be; crop only has to agree. */
static bool place_window(const char *path, const RtImage *m, const RtPreprocess *p,
                         const RtImageInput *in, Window *w, Diag *d)
{
    Pos pos = { .file = path };

    w->image = m;
    w->height = p->crop[0] ? p->crop[0] : in->height;
    w->width = p->crop[0] ? p->crop[1] : in->width;
    if (w->height != in->height || w->width != in->width) {
        diag_error(d, pos, "a crop of %lldx%lld does not fit the net's input of %lldx%lld "
                   "(height x width)", (long long)w->height, (long long)w->width,
                   (long long)in->height, (long long)in->width);
        return false;
    }
    if (w->height > m->height || w->width > m->width) {
        diag_error(d, pos, "has %dx%d pixels (height x width) where %lldx%lld are cropped",
                   m->height, m->width, (long long)w->height, (long long)w->width);
        diag_hint(d, "resize=%lld would make it large enough",
                  (long long)(w->height > w->width ? w->height : w->width));
        return false;
    }
    w->top = crop_begin(p, m->height, w->height);
    w->left = crop_begin(p, m->width, w->width);
    return true;
}

/* Channel c of a pixel in the net's order; grey as ITU-R 601-2 in Pillow's 16-bit fixed point. */
static unsigned char channel(const unsigned char *rgb, RtOrder order, int c)
{
    if (order == RT_GRAY)
        return (unsigned char)((rgb[0] * 19595U + rgb[1] * 38470U + rgb[2] * 7471U + 0x8000) >> 16);
    return rgb[order == RT_BGR ? 2 - c : c];
}

/* The plane of channel c: planar, or every in->channels-th element. */
static void fill_plane(const Window *w, const RtPreprocess *p, int c, const RtImageTarget *to)
{
    const RtImageInput *in = to->in;
    size_t stride = (size_t)w->image->width * 3, pixels = (size_t)(in->height * in->width);
    size_t step = in->layout == RT_NCHW ? 1 : (size_t)in->channels;
    size_t at = (size_t)(to->i * in->channels) * pixels
              + (size_t)c * (in->layout == RT_NCHW ? pixels : 1);
    float table[256];

    for (int v = 0; v < 256; v++)
        table[v] = ((float)(v * p->scale) - (float)p->mean[c]) / (float)p->std[c];
    for (int64_t y = 0; y < w->height; y++) {
        const unsigned char *rgb = w->image->rgb + (size_t)(w->top + y) * stride
                                   + (size_t)w->left * 3;
        for (int64_t x = 0; x < w->width; x++, rgb += 3, at += step) {
            unsigned char v = channel(rgb, p->order, c);
            if (in->dtype == RT_UINT8)
                ((uint8_t *)to->data)[at] = v;
            else
                ((float *)to->data)[at] = table[v];
        }
    }
}

bool rt_preprocess(Arena *a, const char *path, const RtImage *image, const RtPreprocess *p,
                   const RtImageTarget *to, Diag *d)
{
    RtImage m = resize(a, image, p, RT_MAX_PIXELS);
    Window w;

    if (!m.width) {
        diag_error(d, (Pos){ .file = path }, "would have too many pixels after resizing");
        return false;
    }
    if (!place_window(path, &m, p, to->in, &w, d))
        return false;
    for (int c = 0; c < (int)to->in->channels; c++)
        fill_plane(&w, p, c, to);
    return true;
}
