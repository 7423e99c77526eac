/* SPDX-License-Identifier: Apache-2.0 */
/* ref_grad: gradients of convolutions' weights, of pooling, of softmax.  Every sum is one double
 * per result element, in the order of the definition. */
#include "ref/ref_impl.h"

#include <math.h>
#include <string.h>

/* ---- conv_grad ---- */

/* The sum over the outputs whose tap k lies inside the plane of x at x0, of one image. */
static double tap_sum(const RefArgs *r, const RefWindow *w, const int64_t tap[3],
                      const int64_t at[2])
{
    const int64_t *in = w->in, *out = w->out;
    int64_t lo[3], hi[3];
    double sum = 0;

    for (int d = 0; d < 3; d++)
        ref_tap_range(w, d, tap[d], &lo[d], &hi[d]);
    for (int64_t z = lo[0]; z < hi[0]; z++)
        for (int64_t y = lo[1]; y < hi[1]; y++)
            for (int64_t x = lo[2]; x < hi[2]; x++) {
                int64_t i[3] = { z, y, x };
                for (int d = 0; d < 3; d++)
                    i[d] = i[d] * w->stride[d] - w->begin[d] + tap[d] * w->dilation[d];
                sum += ref_f(&r->in[0], at[0] + (i[0] * in[1] + i[1]) * in[2] + i[2])
                     * ref_f(&r->in[1], at[1] + (z * out[1] + y) * out[2] + x);
            }
    return sum;
}

/* dw[k][c][tap] = sum over images and outputs of dy[k][o] x[c][o stride - pad + tap dilation] */
bool ref_conv_grad(const RefArgs *r)
{
    const Shape *x = &r->in[0].shape, *y = &r->in[1].shape, *s = &r->out->shape;
    int64_t group = ir_int(r->n, A_group), kg = s->dim[0] / group, at = 0;
    RefWindow w;
    int64_t image, plane;

    ref_window(r->n, x, y, s->dim + 2, &w);
    image = w.in[0] * w.in[1] * w.in[2];
    plane = w.out[0] * w.out[1] * w.out[2];
    for (int64_t k = 0; k < s->dim[0]; k++)
        for (int64_t c = 0; c < s->dim[1]; c++)
            for (int64_t t = 0; t < w.kernel[0] * w.kernel[1] * w.kernel[2]; t++) {
                int64_t tap[3] = { t / w.kernel[2] / w.kernel[1],
                                   t / w.kernel[2] % w.kernel[1], t % w.kernel[2] };
                double sum = 0;
                for (int64_t n = 0; n < x->dim[0]; n++)
                    sum += tap_sum(r, &w, tap, (int64_t[]){
                        (n * x->dim[1] + k / kg * s->dim[1] + c) * image,
                        (n * s->dim[0] + k) * plane });
                ref_set_f(r->out, at++, sum);
            }
    return true;
}

/* ---- pooling ---- */

/* Element number of the window's tap t at output o in a plane; -1: outside. */
static int64_t tap_element(const RefWindow *w, const int64_t o[3], int64_t t)
{
    int64_t tap[3] = { t / w->kernel[2] / w->kernel[1], t / w->kernel[2] % w->kernel[1],
                       t % w->kernel[2] }, at = 0;

    for (int d = 0; d < 3; d++) {
        int64_t i = o[d] * w->stride[d] - w->begin[d] + tap[d] * w->dilation[d];
        if (i < 0 || i >= w->in[d])
            return -1;
        at = at * w->in[d] + i;
    }
    return at;
}

/* Taps that a mean divides by: inside the image, or inside its pads as well. */
static int64_t divisor(const RefArgs *r, const RefWindow *w, const int64_t o[3])
{
    bool pads = ir_int(r->n, A_count_pad) != 0;
    int64_t n = 1;

    for (int d = 0; d < 3; d++) {
        int64_t k = 0;
        for (int64_t t = 0; t < w->kernel[d]; t++) {
            int64_t i = o[d] * w->stride[d] - w->begin[d] + t * w->dilation[d];
            k += pads ? i < w->in[d] + w->end[d] : i >= 0 && i < w->in[d];
        }
        n *= k;
    }
    return n;
}

/* The planes of the result are filled one after the other by this, for each window: at[0] is where
 * the plane begins, at[1] the number of the output. */
typedef void WindowFn(const RefArgs *r, const RefWindow *w, const int64_t o[3],
                      const int64_t at[2], double *dx);

static void max_window(const RefArgs *r, const RefWindow *w, const int64_t o[3],
                       const int64_t at[2], double *dx)
{
    int64_t taps = w->kernel[0] * w->kernel[1] * w->kernel[2], best = -1;

    for (int64_t t = 0; t < taps; t++) {
        int64_t i = tap_element(w, o, t);
        if (i >= 0 && (best < 0 || ref_beats(r->in, at[0] + i, at[0] + best, 1)))
            best = i;
    }
    if (best >= 0)
        dx[best] += ref_through(r, ref_f(&r->in[1], at[1]), ref_f(r->in, at[0] + best));
}

static void avg_window(const RefArgs *r, const RefWindow *w, const int64_t o[3],
                       const int64_t at[2], double *dx)
{
    int64_t taps = w->kernel[0] * w->kernel[1] * w->kernel[2];
    double share = ref_f(&r->in[0], at[1]) / (double)divisor(r, w, o);

    for (int64_t t = 0; t < taps; t++) {
        int64_t i = tap_element(w, o, t);
        if (i >= 0)
            dx[i] += share;
    }
}

static bool pool_grad(const RefArgs *r, const Shape *y, WindowFn *fn)
{
    const Shape *x = &r->out->shape;
    RefWindow w;
    int64_t image, at = 0, planes = x->dim[0] * x->dim[1];
    double *dx;

    ref_window(r->n, x, y, ir_ints(r->n, A_kernel, NULL), &w);
    image = w.in[0] * w.in[1] * w.in[2];
    dx = arena_new_n(r->scratch, double, (size_t)image);
    for (int64_t c = 0; c < planes; c++) {
        memset(dx, 0, (size_t)image * sizeof *dx);
        for (int64_t a = 0; a < w.out[0]; a++)
            for (int64_t b = 0; b < w.out[1]; b++)
                for (int64_t i = 0; i < w.out[2]; i++)
                    fn(r, &w, (int64_t[]){ a, b, i }, (int64_t[]){ c * image, at++ }, dx);
        for (int64_t i = 0; i < image; i++)
            ref_set_f(r->out, c * image + i, dx[i]);
    }
    return true;
}

bool ref_max_pool_grad(const RefArgs *r)
{
    return pool_grad(r, &r->in[1].shape, max_window);
}

bool ref_avg_pool_grad(const RefArgs *r)
{
    return pool_grad(r, &r->in[0].shape, avg_window);
}

/* ---- softmax ---- */

bool ref_softmax_grad(const RefArgs *r)
{
    const Shape *s = &r->in->shape;
    int64_t axis = ir_int(r->n, A_axis), n = s->dim[axis], step = 1;

    for (uint32_t d = (uint32_t)axis + 1; d < s->rank; d++)
        step *= s->dim[d];
    for (int64_t i = 0; n && i < shape_count(s) / n; i++) {
        int64_t at = i / step * step * n + i % step;
        double dot = 0;

        for (int64_t k = 0; k < n; k++)
            dot += ref_f(&r->in[0], at + k * step) * ref_f(&r->in[1], at + k * step);
        for (int64_t k = 0; k < n; k++)
            ref_set_f(r->out, at + k * step, ref_f(&r->in[0], at + k * step)
                                             * (ref_f(&r->in[1], at + k * step) - dot));
    }
    return true;
}
