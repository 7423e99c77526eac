/* SPDX-License-Identifier: Apache-2.0 */
/* ref_impl: what the references of the ops share.  Only tests/ref includes this.
 *
 * Floats are read as double and results are rounded once.  Integers are read into 128 bits, where
 * everything that 64-bit operands of either sign can give has room; what is stored wraps around.
 */
#ifndef MNC_REF_IMPL_H
#define MNC_REF_IMPL_H

#include "ref/ref.h"

#define OP(name, ...) RefFn ref_##name;
#include "ir/ops.def"
#undef OP

__extension__ typedef __int128 RefInt;

/* ---- elements ---- */

bool ref_is_float(DType t);                         /* f32, f64, f16 */

double ref_any_f(const RefTensor *t, int64_t i);    /* element i, of any type */
RefInt ref_i(const RefTensor *t, int64_t i);        /* of an integer type or bool */

/* Rounds to the nearest, halves to even; to integers towards zero, and what is outside the type
 * becomes its least or largest value, NaN 0. */
void ref_set_any_f(RefTensor *t, int64_t i, double x);
void ref_set_i(RefTensor *t, int64_t i, RefInt x);

static inline double ref_f(const RefTensor *t, int64_t i)
{
    return t->dtype == DT_F32 ? (double)((const float *)t->data)[i] : ref_any_f(t, i);
}

static inline void ref_set_f(RefTensor *t, int64_t i, double x)
{
    if (t->dtype == DT_F32)
        ((float *)t->data)[i] = (float)x;
    else
        ref_set_any_f(t, i, x);
}

/* IEEE 754 half precision, rounded once, halves to even. */
uint16_t ref_half_bits(double x);

/* Does element i of t come before element best when the largest (sign 1) or smallest (sign -1) is
 * sought?  A NaN comes before all numbers, as in numpy. */
bool ref_beats(const RefTensor *t, int64_t i, int64_t best, int sign);

/* The element that loses against all others: minus infinity or the least integer for sign 1. */
void ref_set_worst(RefTensor *t, int64_t i, int sign);

static inline void *ref_at(const RefTensor *t, int64_t i)
{
    return (char *)t->data + (size_t)i * dtype_info[t->dtype].size;
}

/* dy act'(z), or dy without one.  The node's word act names the activation (ref_train.c). */
double ref_through(const RefArgs *r, double dy, double z);

/* ---- walking ---- */

/* The rows (along the last dimension) of a shape, and where each begins in up to four tensors
 * that are walked along with it. */
typedef struct RefRows {
    Shape s;
    uint32_t n;                             /* tensors */
    int64_t stride[4][IR_MAX_RANK];
    int64_t at[IR_MAX_RANK];                /* the row's index; [rank - 1] is not used */
    int64_t off[4];                         /* of the row's first element */
    int64_t length, step[4];                /* elements in a row, and from one to the next */
    bool begun;
} RefRows;

void ref_rows(RefRows *w, const Shape *s);

/* Walks along a tensor that broadcasts to the shape; or one with strides of its own. */
void ref_rows_with(RefRows *w, const Shape *operand);
void ref_rows_strided(RefRows *w, const int64_t *stride);

/* The next row, the first at first; false when there is none. */
bool ref_next_row(RefRows *w);

/* ---- scalar functions, for the elementwise ops and the fused activations alike ---- */

/* a, b: the op's first two float attributes, as in Act. */
typedef double RefScalar(double x, double a, double b);
typedef RefInt RefIntScalar(RefInt x, double a, double b);
RefScalar *ref_scalar(Op op);
RefIntScalar *ref_int_scalar(Op op);        /* NULL: for floats only */

/* ---- windows ---- */

/* A window over three spatial dimensions; missing ones are put in front, with one element. */
typedef struct RefWindow {
    int64_t in[3], out[3], kernel[3], stride[3], dilation[3], begin[3], end[3];
} RefWindow;

/* x and y are images of which y is computed from x (in a transposed convolution too). */
void ref_window(const Node *n, const Shape *x, const Shape *y, const int64_t *kernel,
                RefWindow *w);

/* The outputs [*lo, *hi) for which tap r of dimension d lies inside the input. */
void ref_tap_range(const RefWindow *w, int d, int64_t r, int64_t *lo, int64_t *hi);

#endif
