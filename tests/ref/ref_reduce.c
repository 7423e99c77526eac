/* SPDX-License-Identifier: Apache-2.0 */
/* ref_reduce: reductions.  A walk over x goes along with the result, whose strides are 0 in the
 * reduced dimensions. */
#include "ref/ref_impl.h"
#include "ir/shape.h"

#include <string.h>

/* Strides of the result by the dimensions of x. */
static void walk(const RefArgs *r, RefRows *w)
{
    const Shape *x = &r->in->shape;
    Shape kept = *x;
    int64_t stride[IR_MAX_RANK];
    uint32_t n;
    const int64_t *axes = ir_ints(r->n, A_axes, &n);

    for (uint32_t i = 0; i < n; i++)
        kept.dim[axes[i]] = 1;
    shape_strides(&kept, stride);
    for (uint32_t i = 0; i < n; i++)
        stride[axes[i]] = 0;
    ref_rows(w, x);
    ref_rows_strided(w, stride);
}

/* ---- sums and products ---- */

typedef void SumFloat(double *acc, double x);
typedef void SumInt(RefInt *acc, RefInt x);

static void add_float(double *acc, double x) { *acc += x; }
static void mul_float(double *acc, double x) { *acc *= x; }
static void add_int(RefInt *acc, RefInt x) { *acc += x; }
static void mul_int(RefInt *acc, RefInt x) { *acc = (RefInt)((uint64_t)*acc * (uint64_t)x); }

/* The accumulators start at start and are divided by divisor; integers towards zero. */
static bool sum_float(const RefArgs *r, SumFloat *fn, double start, int64_t divisor)
{
    int64_t n = shape_count(&r->out->shape), at = 0;
    double *acc = arena_new_n(r->scratch, double, (size_t)n);
    RefRows w;

    for (int64_t i = 0; i < n; i++)
        acc[i] = start;
    walk(r, &w);
    while (ref_next_row(&w))
        for (int64_t i = 0; i < w.length; i++)
            fn(&acc[w.off[0] + i * w.step[0]], ref_f(r->in, at++));
    for (int64_t i = 0; i < n; i++)
        ref_set_f(r->out, i, acc[i] / (double)divisor);
    return true;
}

static bool sum_int(const RefArgs *r, SumInt *fn, RefInt start, int64_t divisor)
{
    int64_t n = shape_count(&r->out->shape), at = 0;
    RefInt *acc = arena_new_n(r->scratch, RefInt, (size_t)n);
    RefRows w;

    for (int64_t i = 0; i < n; i++)
        acc[i] = start;
    walk(r, &w);
    while (ref_next_row(&w))
        for (int64_t i = 0; i < w.length; i++)
            fn(&acc[w.off[0] + i * w.step[0]], ref_i(r->in, at++));
    for (int64_t i = 0; i < n; i++)
        ref_set_i(r->out, i, divisor ? acc[i] / divisor : 0);
    return true;
}

/* The sum of no elements is 0, */
bool ref_reduce_sum(const RefArgs *r)
{
    return ref_is_float(r->in->dtype) ? sum_float(r, add_float, 0, 1) : sum_int(r, add_int, 0, 1);
}

/* and their product is 1. */
bool ref_reduce_prod(const RefArgs *r)
{
    return ref_is_float(r->in->dtype) ? sum_float(r, mul_float, 1, 1) : sum_int(r, mul_int, 1, 1);
}

/* Elements of x for each of the result; the mean of none is NaN, as 0 / 0. */
bool ref_reduce_mean(const RefArgs *r)
{
    int64_t n = 1;
    uint32_t n_axes;
    const int64_t *axes = ir_ints(r->n, A_axes, &n_axes);

    for (uint32_t i = 0; i < n_axes; i++)
        n *= r->in->shape.dim[axes[i]];
    return ref_is_float(r->in->dtype) ? sum_float(r, add_float, 0, n) : sum_int(r, add_int, 0, n);
}

/* ---- extremes: which element it is, then that element itself ---- */

/* Of no elements the result is what any element would beat. */
static bool extreme(const RefArgs *r, int sign)
{
    int64_t n = shape_count(&r->out->shape), at = 0;
    int64_t *best = arena_new_n(r->scratch, int64_t, (size_t)n);       /* element number + 1 */
    RefRows w;

    walk(r, &w);
    while (ref_next_row(&w))
        for (int64_t i = 0; i < w.length; i++, at++) {
            int64_t *b = &best[w.off[0] + i * w.step[0]];
            if (!*b || ref_beats(r->in, at, *b - 1, sign))
                *b = at + 1;
        }
    for (int64_t i = 0; i < n; i++)
        if (best[i])
            memcpy(ref_at(r->out, i), ref_at(r->in, best[i] - 1),
                   dtype_info[r->out->dtype].size);
        else
            ref_set_worst(r->out, i, sign);
    return true;
}

bool ref_reduce_max(const RefArgs *r)
{
    return extreme(r, 1);
}

bool ref_reduce_min(const RefArgs *r)
{
    return extreme(r, -1);
}

/* ---- argmax: the first of equal elements, or with last=1 the last ---- */

/* The place, along the line of n elements from element at by steps, of its extreme. */
static int64_t arg_line(const RefArgs *r, int64_t at, int64_t n, int64_t step, int sign)
{
    bool last = ir_int(r->n, A_last);
    int64_t best = 0;

    for (int64_t i = 1; i < n; i++) {
        int64_t x = at + i * step, y = at + best * step;
        if (ref_beats(r->in, x, y, sign) || (last && !ref_beats(r->in, y, x, sign)))
            best = i;
    }
    return best;
}

/* Lines follow each other in row-major order of the result, with or without the dimension of 1. */
static bool arg(const RefArgs *r, int sign)
{
    const Shape *x = &r->in->shape;
    int64_t axis = ir_int(r->n, A_axis), n = x->dim[axis], inner = 1, at = 0;
    int64_t count = shape_count(x);

    for (uint32_t d = (uint32_t)axis + 1; d < x->rank; d++)
        inner *= x->dim[d];
    for (int64_t outer = 0; outer < count; outer += n * inner)
        for (int64_t i = 0; i < inner; i++)
            ref_set_i(r->out, at++, arg_line(r, outer + i, n, inner, sign));
    return true;
}

bool ref_argmax(const RefArgs *r)
{
    return arg(r, 1);
}

bool ref_argmin(const RefArgs *r)
{
    return arg(r, -1);
}
