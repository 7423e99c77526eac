/* SPDX-License-Identifier: Apache-2.0 */
/* shape: shapes as such.  The rules of the ops are in shape_*.c. */
#include "ir/shape.h"

#include <string.h>

/* For shapes that shape_ok has passed: the product fits.  Rank 0 has one element. */
int64_t shape_count(const Shape *s)
{
    int64_t n = 1;

    for (uint32_t i = 0; i < s->rank; i++)
        n *= s->dim[i];
    return n;
}

/* The product of the dimensions other than 0 must fit in 31 bits, so that with another
 * dimension in place of a 0 the steps still fit. */
bool shape_ok(const Shape *s)
{
    int64_t n = 1;

    if (s->rank > IR_MAX_RANK)
        return false;
    for (uint32_t i = 0; i < s->rank; i++)
        if (s->dim[i] < 0
            || __builtin_mul_overflow(n, s->dim[i] ? s->dim[i] : 1, &n) || n > INT32_MAX)
            return false;
    return true;
}

/* Dimensions beyond the rank do not count. */
bool shape_equal(const Shape *a, const Shape *b)
{
    return a->rank == b->rank && !memcmp(a->dim, b->dim, a->rank * sizeof a->dim[0]);
}

/* (1,3,224,224), and () for a scalar. */
const char *shape_text(Arena *a, const Shape *s)
{
    Buf b;

    buf_init(&b, a);
    buf_char(&b, '(');
    for (uint32_t i = 0; i < s->rank; i++)
        buf_printf(&b, "%s%lld", i ? "," : "", (long long)s->dim[i]);
    buf_char(&b, ')');
    return b.p;
}

/* numpy's rule: aligned at the last dimension, and 1 goes with anything.  Copies first: out may
 * be a or b. */
bool shape_broadcast(const Shape *a, const Shape *b, Shape *out)
{
    const Shape lo = a->rank < b->rank ? *a : *b, hi = a->rank < b->rank ? *b : *a;
    uint32_t skip = hi.rank - lo.rank;

    *out = hi;
    for (uint32_t i = 0; i < lo.rank; i++) {
        int64_t x = lo.dim[i], *y = &out->dim[skip + i];
        if (x != *y && x != 1 && *y != 1)
            return false;
        if (*y == 1)
            *y = x;
    }
    return true;
}

/* A negative axis counts from the end: -1 is the last. */
bool shape_axis(int64_t axis, uint32_t rank, uint32_t *out)
{
    if (axis < -(int64_t)rank || axis >= (int64_t)rank)
        return false;
    *out = (uint32_t)(axis < 0 ? axis + rank : axis);
    return true;
}

/* Row-major, in elements: the last dimension's step is 1. */
void shape_strides(const Shape *s, int64_t stride[IR_MAX_RANK])
{
    int64_t n = 1;

    for (uint32_t i = s->rank; i-- > 0;) {
        stride[i] = n;
        n *= s->dim[i];
    }
}

/* Positions of a window: floor((in + pads - (dilation (kernel - 1) + 1)) / stride) + 1, or -1
 * when it does not fit at all. */
int64_t shape_window(const Slide *w)
{
    int64_t room = w->in + w->pad_begin + w->pad_end - ((w->kernel - 1) * w->dilation + 1), n;

    if (w->stride < 1 || room <= -w->stride || (room < 0 && !w->ceil))
        return -1;
    n = room / w->stride + 1;
    /* rounded up, but a last window must begin inside the input or its begin padding */
    if (w->ceil && room > 0 && room % w->stride && n * w->stride < w->in + w->pad_begin)
        n++;
    return n;
}
