/* SPDX-License-Identifier: Apache-2.0 */
/* ref_norm: normalisations and softmax.  All means and variances are double. */
#include "ref/ref_impl.h"
#include "ir/shape.h"

#include <math.h>

/* Elements behind dimension axis: the size of a step along it. */
static int64_t inner_count(const Shape *s, uint32_t axis)
{
    int64_t n = 1;

    for (uint32_t d = axis + 1; d < s->rank; d++)
        n *= s->dim[d];
    return n;
}

/* y = (x - mean) / sqrt(var + eps) * scale + bias; x (N,C,...), all others (C) */
bool ref_batch_norm(const RefArgs *r)
{
    const Shape *x = &r->in->shape;
    int64_t inner = inner_count(x, 1), n = shape_count(x);
    double eps = ir_float(r->n, A_eps);

    for (int64_t i = 0; i < n; i++) {
        int64_t c = i / inner % x->dim[1];
        double norm = (ref_f(r->in, i) - ref_f(&r->in[3], c))
                    / sqrt(ref_f(&r->in[4], c) + eps);
        ref_set_f(r->out, i, norm * ref_f(&r->in[1], c) + ref_f(&r->in[2], c));
    }
    return true;
}

/* Mean and 1 / sqrt(variance + eps) of n elements from element at. */
static void moments(const RefTensor *x, int64_t at, int64_t n, double eps, double out[2])
{
    double mean = 0, var = 0;

    for (int64_t i = 0; i < n; i++)
        mean += ref_f(x, at + i);
    mean /= (double)n;
    for (int64_t i = 0; i < n; i++) {
        double d = ref_f(x, at + i) - mean;
        var += d * d;
    }
    out[0] = mean;
    out[1] = 1 / sqrt(var / (double)n + eps);
}

/* As batch_norm, with mean and variance of each image and channel; x (N,C,D1...). */
bool ref_instance_norm(const RefArgs *r)
{
    const Shape *x = &r->in->shape;
    int64_t inner = inner_count(x, 1), n = shape_count(x);
    double m[2];

    for (int64_t at = 0; at < n; at += inner) {
        int64_t c = at / inner % x->dim[1];
        moments(r->in, at, inner, ir_float(r->n, A_eps), m);
        for (int64_t i = 0; i < inner; i++)
            ref_set_f(r->out, at + i, (ref_f(r->in, at + i) - m[0]) * m[1] * ref_f(&r->in[1], c)
                                      + ref_f(&r->in[2], c));
    }
    return true;
}

/* Mean and variance over the dimensions from axis on; scale and bias broadcast to these. */
bool ref_layer_norm(const RefArgs *r)
{
    const Shape *x = &r->in->shape;
    uint32_t axis = (uint32_t)ir_int(r->n, A_axis);
    int64_t inner = inner_count(x, axis) * x->dim[axis], n = shape_count(x);
    bool bias = r->in[2].data != NULL;
    Shape tail = { 0 };
    double m[2];

    for (uint32_t d = axis; d < x->rank; d++)
        tail.dim[tail.rank++] = x->dim[d];
    for (int64_t at = 0; at < n; ) {
        RefRows w;
        moments(r->in, at, inner, ir_float(r->n, A_eps), m);
        ref_rows(&w, &tail);
        ref_rows_with(&w, &r->in[1].shape);
        ref_rows_with(&w, bias ? &r->in[2].shape : &r->in[1].shape);
        while (ref_next_row(&w))
            for (int64_t i = 0; i < w.length; i++, at++) {
                double y = (ref_f(r->in, at) - m[0]) * m[1]
                         * ref_f(&r->in[1], w.off[0] + i * w.step[0]);
                ref_set_f(r->out, at,
                          y + (bias ? ref_f(&r->in[2], w.off[1] + i * w.step[1]) : 0));
            }
    }
    return true;
}

/* y = x / (bias + alpha / size * (sum of x^2 over size channels around this one)) ^ beta; of an
 * even size the larger half is behind it. */
bool ref_lrn(const RefArgs *r)
{
    const Shape *x = &r->in->shape;
    int64_t size = ir_int(r->n, A_size), inner = inner_count(x, 1), n = shape_count(x);
    double alpha = ir_float(r->n, A_alpha) / (double)size;

    for (int64_t i = 0; i < n; i++) {
        int64_t c = i / inner % x->dim[1];
        int64_t lo = c - (size - 1) / 2, hi = c + size / 2;
        double sum = 0, v;
        lo = lo < 0 ? 0 : lo;
        hi = hi >= x->dim[1] ? x->dim[1] - 1 : hi;
        for (int64_t k = lo; k <= hi; k++) {
            v = ref_f(r->in, i + (k - c) * inner);
            sum += v * v;
        }
        ref_set_f(r->out, i, ref_f(r->in, i)
                             / pow(ir_float(r->n, A_bias) + alpha * sum, ir_float(r->n, A_beta)));
    }
    return true;
}

/* ---- softmax ----
 * exp(x - max) / sum, where max keeps exp from overflowing; log_softmax: x - max - log(sum) */

/* NaN in a line makes all of it NaN: fmax lets it pass, exp does not.
 * One line along axis: n elements from element at by steps. */
static void softmax_line(const RefArgs *r, int64_t at, int64_t n, int64_t step)
{
    bool is_log = r->n->op == OP_log_softmax;
    double max = -(double)INFINITY, sum = 0;

    for (int64_t i = 0; i < n; i++)
        max = fmax(max, ref_f(r->in, at + i * step));
    for (int64_t i = 0; i < n; i++)
        sum += exp(ref_f(r->in, at + i * step) - max);
    for (int64_t i = 0; i < n; i++) {
        double x = ref_f(r->in, at + i * step) - max;
        ref_set_f(r->out, at + i * step, is_log ? x - log(sum) : exp(x) / sum);
    }
}

/* Lines along axis begin at every element of the dimensions before and after it. */
bool ref_softmax(const RefArgs *r)
{
    uint32_t axis = (uint32_t)ir_int(r->n, A_axis);
    const Shape *x = &r->in->shape;
    int64_t inner = inner_count(x, axis), n = x->dim[axis], count = shape_count(x);

    for (int64_t at = 0; at < count; at += n * inner)
        for (int64_t i = 0; i < inner; i++)
            softmax_line(r, at + i, n, inner);
    return true;
}

bool ref_log_softmax(const RefArgs *r)
{
    return ref_softmax(r);
}
