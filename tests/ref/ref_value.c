/* SPDX-License-Identifier: Apache-2.0 */
/* ref_value: elements of all types, read and written exactly, and walks over tensors. */
#include "ref/ref_impl.h"
#include "ir/shape.h"

#include <math.h>
#include <string.h>

/* The range of each integer type, for conversions from floats. */
static const struct { RefInt least, most; } range[DT_COUNT] = {
    [DT_I8] = { INT8_MIN, INT8_MAX },       [DT_U8] = { 0, UINT8_MAX },
    [DT_I16] = { INT16_MIN, INT16_MAX },    [DT_U16] = { 0, UINT16_MAX },
    [DT_I32] = { INT32_MIN, INT32_MAX },    [DT_U32] = { 0, UINT32_MAX },
    [DT_I64] = { INT64_MIN, INT64_MAX },    [DT_U64] = { 0, UINT64_MAX },
    [DT_BOOL] = { 0, 1 },
};

bool ref_is_float(DType t)
{
    return t == DT_F32 || t == DT_F64 || t == DT_F16;
}

double ref_any_f(const RefTensor *t, int64_t i)
{
    return ir_element(&(Value){ .dtype = t->dtype, .data = t->data }, i);
}

/* Exact for both signs of 64 bits, which double and int64_t are not. */
RefInt ref_i(const RefTensor *t, int64_t i)
{
    switch (t->dtype) {
    case DT_I8: return ((const int8_t *)t->data)[i];
    case DT_U8: return ((const uint8_t *)t->data)[i];
    case DT_I16: return ((const int16_t *)t->data)[i];
    case DT_U16: return ((const uint16_t *)t->data)[i];
    case DT_I32: return ((const int32_t *)t->data)[i];
    case DT_U32: return ((const uint32_t *)t->data)[i];
    case DT_I64: return ((const int64_t *)t->data)[i];
    case DT_U64: return ((const uint64_t *)t->data)[i];
    case DT_BOOL: return ((const uint8_t *)t->data)[i] != 0;
    case DT_F32: case DT_F64: case DT_F16: case DT_NONE: case DT_COUNT: break;
    }
    return 0;
}

/* A double holds 53 bits, so multiples of a half's unit in the last place are exact in it: dividing
 * by that unit (a power of two), rounding to an integer, is the one rounding there is. */
uint16_t ref_half_bits(double x)
{
    unsigned sign = signbit(x) ? 0x8000u : 0, bits;
    double size = fabs(x), units;
    int exp;

    if (isnan(x))
        return (uint16_t)(sign | 0x7e00u);
    if (size >= 65520)                      /* halfway from the largest half to the next power */
        return (uint16_t)(sign | 0x7c00u);
    frexp(size, &exp);                      /* 2^(exp-1) <= size < 2^exp */
    if (size < 0x1p-14)                     /* subnormals all have the same unit, 2^-24 */
        exp = -13;
    units = nearbyint(ldexp(size, 11 - exp));
    /* units is at most 2^11; its bit 10 counts as one in the exponent field, and so do carries */
    bits = (unsigned)(exp + 13) * 1024 + (unsigned)units;
    return (uint16_t)(sign | bits);
}

/* C and ONNX leave a float outside the integer's range undefined: the nearest end of the range. */
static RefInt truncate_to(DType t, double x)
{
    if (isnan(x))
        return 0;
    if (x <= (double)range[t].least)
        return range[t].least;
    return x >= (double)range[t].most ? range[t].most : (RefInt)x;
}

/* One rounding, from double to the type. */
void ref_set_any_f(RefTensor *t, int64_t i, double x)
{
    switch (t->dtype) {
    case DT_F32: ((float *)t->data)[i] = (float)x; break;
    case DT_F64: ((double *)t->data)[i] = x; break;
    case DT_F16: ((uint16_t *)t->data)[i] = ref_half_bits(x); break;
    case DT_BOOL: ((uint8_t *)t->data)[i] = x != 0; break;
    default: ref_set_i(t, i, truncate_to(t->dtype, x)); break;
    }
}

/* One rounding for floats too: from 128 bits, not by way of double. */
void ref_set_i(RefTensor *t, int64_t i, RefInt x)
{
    switch (t->dtype) {
    case DT_F32: ((float *)t->data)[i] = (float)x; break;
    case DT_F64: ((double *)t->data)[i] = (double)x; break;
    case DT_F16: ((uint16_t *)t->data)[i] = ref_half_bits((double)x); break;
    case DT_I8: case DT_U8: ((uint8_t *)t->data)[i] = (uint8_t)x; break;
    case DT_I16: case DT_U16: ((uint16_t *)t->data)[i] = (uint16_t)x; break;
    case DT_I32: case DT_U32: ((uint32_t *)t->data)[i] = (uint32_t)x; break;
    case DT_I64: case DT_U64: ((uint64_t *)t->data)[i] = (uint64_t)x; break;
    case DT_BOOL: ((uint8_t *)t->data)[i] = x != 0; break;
    case DT_NONE: case DT_COUNT: break;
    }
}

/* Of two NaN the first stays. */
bool ref_beats(const RefTensor *t, int64_t i, int64_t best, int sign)
{
    double x, y;

    if (!ref_is_float(t->dtype))
        return sign > 0 ? ref_i(t, i) > ref_i(t, best) : ref_i(t, i) < ref_i(t, best);
    x = ref_f(t, i);
    y = ref_f(t, best);
    if (isnan(x) || isnan(y))
        return isnan(x) && !isnan(y);
    return sign > 0 ? x > y : x < y;
}

void ref_set_worst(RefTensor *t, int64_t i, int sign)
{
    if (ref_is_float(t->dtype))
        ref_set_f(t, i, sign > 0 ? -(double)INFINITY : (double)INFINITY);
    else
        ref_set_i(t, i, sign > 0 ? range[t->dtype].least : range[t->dtype].most);
}

/* ---- walking ---- */

/* A scalar is one row of one element. */
void ref_rows(RefRows *w, const Shape *s)
{
    memset(w, 0, sizeof *w);
    w->s = *s;
    w->length = s->rank ? s->dim[s->rank - 1] : 1;
}

void ref_rows_strided(RefRows *w, const int64_t *stride)
{
    if (w->s.rank) {
        memcpy(w->stride[w->n], stride, w->s.rank * sizeof *stride);
        w->step[w->n] = stride[w->s.rank - 1];
    }
    w->n++;
}

/* numpy's broadcasting: dimensions are aligned at the end, and those of 1 stand still. */
void ref_rows_with(RefRows *w, const Shape *operand)
{
    int64_t own[IR_MAX_RANK], stride[IR_MAX_RANK] = { 0 };
    uint32_t skip = w->s.rank - operand->rank;

    shape_strides(operand, own);
    for (uint32_t i = 0; i < operand->rank; i++)
        stride[skip + i] = operand->dim[i] == 1 ? 0 : own[i];
    ref_rows_strided(w, stride);
}

/* An odometer over all dimensions but the last; offsets are kept up to date as it turns. */
bool ref_next_row(RefRows *w)
{
    if (!w->begun) {
        w->begun = true;
        return shape_count(&w->s) != 0;
    }
    for (uint32_t d = w->s.rank > 1 ? w->s.rank - 1 : 0; d-- > 0;) {
        bool carry = ++w->at[d] == w->s.dim[d];
        for (uint32_t k = 0; k < w->n; k++)
            w->off[k] += carry ? -(w->s.dim[d] - 1) * w->stride[k][d] : w->stride[k][d];
        if (!carry)
            return true;
        w->at[d] = 0;
    }
    return false;
}

/* ---- windows ---- */

/* The spatial part of a list with one number per spatial dimension, after missing dimensions. */
static void spread(int64_t to[3], const int64_t *from, uint32_t n, int64_t missing)
{
    for (uint32_t d = 0; d < 3; d++)
        to[d] = d + n < 3 ? missing : from[d + n - 3];
}

void ref_window(const Node *n, const Shape *x, const Shape *y, const int64_t *kernel,
                RefWindow *w)
{
    uint32_t rank = x->rank - 2;
    const int64_t *pad = ir_ints(n, A_pad, NULL);

    spread(w->in, x->dim + 2, rank, 1);
    spread(w->out, y->dim + 2, rank, 1);
    spread(w->kernel, kernel, rank, 1);
    spread(w->stride, ir_ints(n, A_stride, NULL), rank, 1);
    spread(w->dilation, ir_ints(n, A_dilation, NULL), rank, 1);
    spread(w->begin, pad, rank, 0);
    spread(w->end, pad + rank, rank, 0);
}

void ref_tap_range(const RefWindow *w, int d, int64_t r, int64_t *lo, int64_t *hi)
{
    int64_t first = w->begin[d] - r * w->dilation[d];      /* 0 <= o * stride - first < in */
    int64_t last = w->in[d] - 1 + first;

    *lo = first <= 0 ? 0 : (first - 1) / w->stride[d] + 1;
    *hi = last < 0 ? 0 : last / w->stride[d] + 1;
    if (*hi > w->out[d])
        *hi = w->out[d];
}
