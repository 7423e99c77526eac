/* SPDX-License-Identifier: Apache-2.0 */
/* view: pixels read through crops, flips and padding into the net's input.
 *
 * A view is an affine map from its pixels to elements of an array (a start and three strides, which
 * a flip makes negative) and the rectangle within which the map is meant; outside there is black.
 */
#include "augment.h"

#include <string.h>

/* All of it is inside, nothing is padded. */
static void whole(RtView *v, int height, int width)
{
    v->at = 0;
    v->height = v->bottom = height;
    v->width = v->right = width;
    v->top = v->left = 0;
}

/* Channels first, as sets in memory are. */
void rt_view_planes(RtView *v, int channels, int height, int width)
{
    *v = (RtView){ .col = 1, .row = width, .plane = (ptrdiff_t)height * width,
                   .channels = channels };
    whole(v, height, width);
}

/* Channels last, as decoders and the resampler have them. */
void rt_view_image(RtView *v, const RtImage *m)
{
    *v = (RtView){ .u8 = m->rgb, .col = 3, .row = (ptrdiff_t)m->width * 3, .plane = 1,
                   .channels = 3 };
    whole(v, m->height, m->width);
}

/* A byte has 256 values, so the arithmetic of a channel is a table. */
void rt_normalise(RtNormalise *m, const RtSteps *s, int channels)
{
    m->channels = channels;
    m->scale = (float)s->scale;
    for (int c = 0; c < 3; c++) {
        m->mean[c] = (float)s->mean[c];
        m->std[c] = (float)s->std[c];
        for (int x = 0; x < 256; x++)          /* as ToTensor and Normalize round it */
            m->table[c][x] = ((float)(x * s->scale) - m->mean[c]) / m->std[c];
    }
}

/* The same rounding as the table: one operation at a time, in float. */
static float of_float(const RtNormalise *m, int c, float x)
{
    return (x * m->scale - m->mean[c]) / m->std[c];
}

/* ITU-R 601-2, in Pillow's fixed point for bytes. */
static unsigned grey(unsigned r, unsigned g, unsigned b)
{
    return (r * 19595U + g * 38470U + b * 7471U + 0x8000) >> 16;
}

/* y is row i of the output, at is where its pixel 0 would be: an index, because there may be none;
 * elements are read within [left,right) only. */
static void bytes_row(const RtView *v, const RtNormalise *m, int c, ptrdiff_t at, float *y)
{
    const float *table = m->table[c];

    at += v->channels == 3 ? c * v->plane : 0;
    for (int x = v->left; x < v->right; x++)
        y[x] = table[v->u8[at + x * v->col]];
}

/* As bytes_row. */
static void floats_row(const RtView *v, const RtNormalise *m, int c, ptrdiff_t at, float *y)
{
    at += v->channels == 3 ? c * v->plane : 0;
    for (int x = v->left; x < v->right; x++)
        y[x] = of_float(m, c, v->f32[at + x * v->col]);
}

/* Floats have the weights themselves. */
static void grey_row(const RtView *v, const RtNormalise *m, ptrdiff_t at, float *y)
{
    for (int x = v->left; x < v->right; x++) {
        ptrdiff_t r = at + x * v->col, g = r + v->plane, b = g + v->plane;
        y[x] = v->u8 ? m->table[0][grey(v->u8[r], v->u8[g], v->u8[b])]
                     : of_float(m, 0, .299f * v->f32[r] + .587f * v->f32[g] + .114f * v->f32[b]);
    }
}

/* Row i of channel c, between its borders of black; black goes through the table as any value, so
 * padding is what a black pixel would be. */
static void write_row(const RtView *v, const RtNormalise *m, int c, int i, float *y)
{
    float black = m->table[c][0];
    ptrdiff_t at = v->at + i * v->row;
    bool inside = i >= v->top && i < v->bottom;

    if (!inside || v->left > 0 || v->right < v->width)
        for (int x = 0; x < v->width; x++)
            y[x] = black;
    if (!inside)
        return;
    if (v->channels == 3 && m->channels == 1)
        grey_row(v, m, at, y);
    else if (v->u8)
        bytes_row(v, m, c, at, y);
    else
        floats_row(v, m, c, at, y);
}

/* Planes, row by row: y is written once, in order. */
void rt_view_write(const RtView *v, const RtNormalise *m, float *y)
{
    for (int c = 0; c < m->channels; c++)
        for (int i = 0; i < v->height; i++, y += v->width)
            write_row(v, m, c, i, y);
}
