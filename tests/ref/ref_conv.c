/* SPDX-License-Identifier: Apache-2.0 */
/* ref_conv: convolutions.  x (N,C,D1..Dn), w (K,C/group,R1..Rn), bias (K); n = 1 to 3.
 *
 *   y[k][o] = b[k] + sum over c, r of w[k][c][r] x[c][o stride - pad + r dilation]
 *
 * Outputs are computed by rows, in a buffer of doubles: the innermost loop runs along the row, over
 * exactly those outputs for which the tap lies inside the input, so that nothing is tested in it.
 */
#include "ref/ref_impl.h"

#include <string.h>

enum { ROW = 512 };               /* outputs at a time: 4 KB, to stay in the L1 cache */

typedef struct Conv {
    RefWindow w;
    const RefTensor *x, *weight;
    int64_t *lo, *hi;             /* [kernel[2]] outputs for which each tap of a row is inside */
    int64_t channels;             /* input channels of a group */
    int64_t x0, w0;               /* where the group's image and channel k's weights begin */
} Conv;

/* acc[i] += w x[i stride], n times */
static void row_f32(double *acc, const float *x, int64_t stride, double w, int64_t n)
{
    if (stride == 1)
        for (int64_t i = 0; i < n; i++)
            acc[i] += w * (double)x[i];
    else
        for (int64_t i = 0; i < n; i++)
            acc[i] += w * (double)x[i * stride];
}

/* f64 is rare: nothing is done for its speed. */
static void row_f64(double *acc, const double *x, int64_t stride, double w, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        acc[i] += w * x[i * stride];
}

/* One row of taps over outputs [from, to) of a row; at: where the input's row and the row of taps
 * begin. */
static void add_taps(const Conv *c, double *acc, int64_t from, int64_t to, const int64_t at[2])
{
    const RefWindow *w = &c->w;

    for (int64_t r = 0; r < w->kernel[2]; r++) {
        int64_t lo = c->lo[r] > from ? c->lo[r] : from, hi = c->hi[r] < to ? c->hi[r] : to;
        int64_t x = at[0] + lo * w->stride[2] - w->begin[2] + r * w->dilation[2];
        double tap = ref_f(c->weight, at[1] + r);
        if (lo >= hi)
            continue;
        if (c->x->dtype == DT_F32)
            row_f32(acc + (lo - from), (const float *)c->x->data + x, w->stride[2], tap, hi - lo);
        else
            row_f64(acc + (lo - from), (const double *)c->x->data + x, w->stride[2], tap, hi - lo);
    }
}

/* Output row (z, y), its elements [from, to), of one output channel. */
static void conv_row(const Conv *c, double *acc, const int64_t o[2], int64_t from, int64_t to)
{
    const RefWindow *w = &c->w;
    const int64_t *in = w->in, *k = w->kernel;

    for (int64_t ch = 0; ch < c->channels; ch++)
        for (int64_t rz = 0; rz < k[0]; rz++) {
            int64_t z = o[0] * w->stride[0] - w->begin[0] + rz * w->dilation[0];
            if (z < 0 || z >= in[0])
                continue;
            for (int64_t ry = 0; ry < k[1]; ry++) {
                int64_t y = o[1] * w->stride[1] - w->begin[1] + ry * w->dilation[1];
                int64_t at[2] = { c->x0 + ((ch * in[0] + z) * in[1] + y) * in[2],
                                  c->w0 + ((ch * k[0] + rz) * k[1] + ry) * k[2] };
                if (y >= 0 && y < in[1])
                    add_taps(c, acc, from, to, at);
            }
        }
}

/* A pointwise convolution sees one long row instead of an image. */
static void flatten(RefWindow *w)
{
    int64_t n = w->in[0] * w->in[1] * w->in[2];

    for (int d = 0; d < 3; d++)
        if (w->kernel[d] != 1 || w->stride[d] != 1 || w->begin[d] || w->end[d])
            return;
    w->in[0] = w->in[1] = w->out[0] = w->out[1] = 1;
    w->in[2] = w->out[2] = n;
}

/* All rows of one output channel; at is its first element in y. */
static void conv_plane(const Conv *c, RefTensor *y, int64_t at, double bias)
{
    const int64_t *out = c->w.out;
    double acc[ROW];

    for (int64_t oz = 0; oz < out[0]; oz++)
        for (int64_t oy = 0; oy < out[1]; oy++)
            for (int64_t from = 0; from < out[2]; from += ROW) {
                int64_t to = from + ROW < out[2] ? from + ROW : out[2];
                for (int64_t i = 0; i < to - from; i++)
                    acc[i] = bias;
                conv_row(c, acc, (int64_t[]){ oz, oy }, from, to);
                for (int64_t i = 0; i < to - from; i++)
                    ref_set_f(y, at++, acc[i]);
            }
}

/* Channel k belongs to group k / (K / group), which sees C / group channels of x. */
bool ref_conv(const RefArgs *r)
{
    const Shape *x = &r->in[0].shape, *w = &r->in[1].shape;
    RefTensor *y = r->out;
    int64_t group = ir_int(r->n, A_group), k_count = w->dim[0], image, taps, plane, at = 0;
    Conv c = { .x = &r->in[0], .weight = &r->in[1], .channels = w->dim[1] };

    ref_window(r->n, x, &y->shape, w->dim + 2, &c.w);
    flatten(&c.w);
    c.lo = arena_new_n(r->scratch, int64_t, (size_t)c.w.kernel[2]);
    c.hi = arena_new_n(r->scratch, int64_t, (size_t)c.w.kernel[2]);
    for (int64_t i = 0; i < c.w.kernel[2]; i++)
        ref_tap_range(&c.w, 2, i, &c.lo[i], &c.hi[i]);
    image = c.w.in[0] * c.w.in[1] * c.w.in[2];
    taps = c.channels * c.w.kernel[0] * c.w.kernel[1] * c.w.kernel[2];
    plane = c.w.out[0] * c.w.out[1] * c.w.out[2];
    for (int64_t n = 0; n < x->dim[0]; n++)
        for (int64_t k = 0; k < k_count; k++, at += plane) {
            c.x0 = (n * x->dim[1] + k / (k_count / group) * c.channels) * image;
            c.w0 = k * taps;
            conv_plane(&c, y, at, r->in[2].data ? ref_f(&r->in[2], k) : 0);
        }
    return true;
}

/* ---- transposed: x (N,C,D1..Dn), w (C,K/group,R1..Rn) ----
 *
 * Each input element adds its kernel to the output:
 *   y[k][i stride - pad + r dilation] += w[c][k][r] x[c][i]
 * In the window, the roles of input and output are therefore swapped. */

/* One tap: adds the whole input plane, times w, to the output plane. */
static void scatter(const RefWindow *w, const int64_t r[3], const RefTensor *x, int64_t x0,
                    double tap, double *plane)
{
    int64_t lo[3], hi[3];

    /* inputs whose target lies inside the output: pads cut the others off */
    for (int d = 0; d < 3; d++)
        ref_tap_range(w, d, r[d], &lo[d], &hi[d]);
    for (int64_t z = lo[0]; z < hi[0]; z++)
        for (int64_t y = lo[1]; y < hi[1]; y++) {
            int64_t oz = z * w->stride[0] - w->begin[0] + r[0] * w->dilation[0];
            int64_t oy = y * w->stride[1] - w->begin[1] + r[1] * w->dilation[1];
            double *row = plane + (oz * w->in[1] + oy) * w->in[2];
            int64_t from = x0 + (z * w->out[1] + y) * w->out[2];
            for (int64_t i = lo[2]; i < hi[2]; i++)
                row[i * w->stride[2] - w->begin[2] + r[2] * w->dilation[2]]
                    += tap * ref_f(x, from + i);
        }
}

/* All taps of one pair of channels; w0 is the first of them. */
static void scatter_kernel(const RefWindow *w, const RefArgs *r, int64_t x0, int64_t w0,
                           double *plane)
{
    const int64_t *k = w->kernel;

    for (int64_t rz = 0; rz < k[0]; rz++)
        for (int64_t ry = 0; ry < k[1]; ry++)
            for (int64_t rx = 0; rx < k[2]; rx++)
                scatter(w, (int64_t[]){ rz, ry, rx }, &r->in[0], x0, ref_f(&r->in[1], w0++),
                        plane);
}

/* Group by group: input channels c of group c / (C / group) meet that group's output channels. */
bool ref_conv_transpose(const RefArgs *r)
{
    const Shape *x = &r->in[0].shape, *w = &r->in[1].shape, *y = &r->out->shape;
    int64_t k_group = w->dim[1], c_group = x->dim[1] / ir_int(r->n, A_group), at = 0;
    int64_t n_x, n_y, taps;
    RefWindow win;
    double *plane;

    ref_window(r->n, y, x, w->dim + 2, &win);
    n_x = win.out[0] * win.out[1] * win.out[2];
    n_y = win.in[0] * win.in[1] * win.in[2];
    taps = win.kernel[0] * win.kernel[1] * win.kernel[2];
    plane = arena_new_n(r->scratch, double, (size_t)n_y);
    for (int64_t n = 0; n < y->dim[0]; n++)
        for (int64_t k = 0; k < y->dim[1]; k++) {
            int64_t first = k / k_group * c_group;
            for (int64_t i = 0; i < n_y; i++)
                plane[i] = r->in[2].data ? ref_f(&r->in[2], k) : 0;
            for (int64_t c = first; c < first + c_group; c++)
                scatter_kernel(&win, r, (n * x->dim[1] + c) * n_x,
                               (c * k_group + k % k_group) * taps, plane);
            for (int64_t i = 0; i < n_y; i++)
                ref_set_f(r->out, at++, plane[i]);
        }
    return true;
}
