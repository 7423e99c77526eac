/* SPDX-License-Identifier: Apache-2.0 */
/* resample: separable resizing with antialiasing, bit for bit as Pillow's Resample.c does it.
 *
 * Each output pixel is a weighted sum of the input pixels around its centre.  When the image gets
 * smaller the filter is stretched by the scale, so that every input pixel counts.  The weights are
 * computed in double, normalised to sum 1 and rounded to integers of PRECISION bits; the sum starts
 * at one half and is cut to 0..255.  Horizontally first, then vertically, with 8 bits between, as
 * all Pillows before 13 have it; 13 turns the order round where the height shrinks much more than
 * the width, which moves some pixels by one.
 */
#include "image.h"

#include <math.h>
#include <string.h>

enum { PRECISION = 32 - 8 - 2 };     /* 8 bits of pixel, 2 of room for sums beyond 1 and the sign */

/* Linear interpolation. */
static double triangle(double x)
{
    x = fabs(x);
    return x < 1 ? 1 - x : 0;
}

/* Keys' cubic with a = -1/2. */
static double cubic(double x)
{
    const double a = -0.5;

    x = fabs(x);
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

static double sinc(double x)
{
    const double pi = 3.14159265358979323846;

    return x == 0 ? 1 : sin(x * pi) / (x * pi);
}

/* The sinc, windowed by a wider one: 3 lobes. */
static double lanczos(double x)
{
    return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

/* The mean of the pixels below; half open, so that a pixel on the border counts once. */
static double box(double x)
{
    return -0.5 < x && x <= 0.5 ? 1 : 0;
}

const RtFilter rt_filters[] = {
    { "bilinear", triangle, 1 },
    { "bicubic", cubic, 2 },
    { "lanczos", lanczos, 3 },
    { "box", box, 0.5 },
    { NULL, NULL, 0 },
};

const RtFilter *rt_filter(const char *name)
{
    for (const RtFilter *f = rt_filters; f->name; f++)
        if (!strcmp(f->name, name))
            return f;
    return NULL;
}

/* The weights of one axis: output i is the sum over k < n[i] of weight[i * most + k] times the
 * input at first[i] + k. */
typedef struct Axis {
    int most;
    int *first, *n;
    int32_t *weight;
} Axis;

/* Rounded away from zero at the half, as Pillow does. */
static int32_t to_fixed(double w)
{
    return (int32_t)(w * (1 << PRECISION) + (w < 0 ? -0.5 : 0.5));
}

/* The weights of output i; w is scratch of x->most numbers.  A sum of 0 is left as it is. */
static void weigh(const Axis *x, int i, const RtFilter *f, double scale, double *w)
{
    double stretch = scale < 1 ? 1 : scale, center = (i + 0.5) * scale, sum = 0;

    for (int k = 0; k < x->n[i]; k++) {
        w[k] = f->weight((k + x->first[i] - center + 0.5) * (1 / stretch));
        sum += w[k];
    }
    for (int k = 0; k < x->n[i]; k++)
        x->weight[(size_t)i * (size_t)x->most + (size_t)k] =
            to_fixed(sum != 0 ? w[k] / sum : w[k]);
}

/* From in to out pixels.  The input pixels that touch (center - support, center + support) count,
 * a pixel being at its middle, hence the 0.5. */
static Axis axis_weights(Arena *a, const RtFilter *f, int in, int out)
{
    double scale = (double)in / out, support = f->support * (scale < 1 ? 1 : scale);
    Axis x = { .most = (int)ceil(support) * 2 + 1 };
    double *w = arena_new_n(a, double, (size_t)x.most);

    x.first = arena_new_n(a, int, (size_t)out);
    x.n = arena_new_n(a, int, (size_t)out);
    x.weight = arena_array(a, (size_t)out * (size_t)x.most, sizeof *x.weight);
    for (int i = 0; i < out; i++) {
        double center = (i + 0.5) * scale;
        int first = (int)(center - support + 0.5), end = (int)(center + support + 0.5);
        x.first[i] = first < 0 ? 0 : first;
        x.n[i] = (end > in ? in : end) - x.first[i];
        weigh(&x, i, f, scale, w);
    }
    return x;
}

/* One output pixel: n input pixels, stride bytes apart. */
static void convolve(unsigned char *y, const unsigned char *x, size_t stride, const int32_t *w,
                     int n)
{
    int32_t r = 1 << (PRECISION - 1), g = r, b = r;
    int32_t sum[3];

    for (int k = 0; k < n; k++, x += stride) {
        r += x[0] * w[k];
        g += x[1] * w[k];
        b += x[2] * w[k];
    }
    sum[0] = r >> PRECISION;
    sum[1] = g >> PRECISION;
    sum[2] = b >> PRECISION;
    for (int c = 0; c < 3; c++)
        y[c] = (unsigned char)(sum[c] < 0 ? 0 : sum[c] > 255 ? 255 : sum[c]);
}

static RtImage blank(Arena *a, int width, int height)
{
    RtImage m = { width, height, arena_array(a, (size_t)width * (size_t)height, 3) };

    return m;
}

/* (H, W, 3) -> (H, width, 3) */
static RtImage resize_width(Arena *a, const RtImage *in, const RtFilter *f, int width)
{
    Axis x = axis_weights(a, f, in->width, width);
    RtImage out = blank(a, width, in->height);
    unsigned char *y = out.rgb;

    for (int row = 0; row < in->height; row++) {
        const unsigned char *p = in->rgb + (size_t)row * (size_t)in->width * 3;
        for (int i = 0; i < width; i++, y += 3)
            convolve(y, p + (size_t)x.first[i] * 3, 3, x.weight + (size_t)i * (size_t)x.most,
                     x.n[i]);
    }
    return out;
}

/* (H, W, 3) -> (height, W, 3) */
static RtImage resize_height(Arena *a, const RtImage *in, const RtFilter *f, int height)
{
    Axis x = axis_weights(a, f, in->height, height);
    RtImage out = blank(a, in->width, height);
    size_t stride = (size_t)in->width * 3;
    unsigned char *y = out.rgb;

    for (int i = 0; i < height; i++) {
        const unsigned char *p = in->rgb + (size_t)x.first[i] * stride;
        for (int col = 0; col < in->width; col++, y += 3)
            convolve(y, p + (size_t)col * 3, stride, x.weight + (size_t)i * (size_t)x.most, x.n[i]);
    }
    return out;
}

/* An axis that keeps its size is not touched, as in Pillow: its weights would be 1 and 0, but the
 * rounding of two passes is saved. */
void rt_image_resize(Arena *a, const RtImage *in, const RtFilter *f, int width, int height,
                     RtImage *out)
{
    RtImage m = *in;

    if (width != m.width)
        m = resize_width(a, &m, f, width);
    if (height != m.height)
        m = resize_height(a, &m, f, height);
    *out = m;
}
