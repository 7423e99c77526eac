/* SPDX-License-Identifier: Apache-2.0 */
/* ref_unary: elementwise ops of one operand, each with its formula from the ONNX specification, for
 * floats and, where ONNX allows them, for integers.  a and b are the op's float attributes. */
#include "ref/ref_impl.h"

#include <math.h>

#define PI 3.14159265358979323846

/* Names what a function does not need. */
#define UNUSED (void)x, (void)a, (void)b

/* ---- the functions: double NAME_f(double x, double a, double b), RefInt NAME_i(...) ---- */

#define FLOAT(name, expr) \
    static double name##_f(double x, double a, double b) { UNUSED; return expr; }
#define INTEGER(name, expr) \
    static RefInt name##_i(RefInt x, double a, double b) { UNUSED; return expr; }

/* min(b, max(a, x)): when the bounds cross, the upper one wins.  NaN stays. */
static double clip_f(double x, double a, double b)
{
    x = x < a ? a : x;
    return x > b ? b : x;
}

FLOAT(relu, x < 0 ? 0 : x)
INTEGER(relu, x < 0 ? 0 : x)
/* the same above 0, and below it a line, an exponential (expm1: exact near 0), or nothing */
FLOAT(leaky_relu, x < 0 ? a * x : x)
FLOAT(thresholded_relu, x > a ? x : 0)
FLOAT(elu, x < 0 ? a * expm1(x) : x)
FLOAT(selu, b * (x > 0 ? x : a * expm1(x)))
FLOAT(celu, x < 0 ? a * expm1(x / a) : x)
/* steps and what they multiply; exp(-x) may overflow to infinity, where 1 / (1 + it) is right */
FLOAT(sigmoid, 1 / (1 + exp(-x)))
FLOAT(hard_sigmoid, clip_f(a * x + b, 0, 1))
FLOAT(hard_swish, x * clip_f(x / 6 + 0.5, 0, 1))
FLOAT(silu, x / (1 + exp(-x)))
FLOAT(tanh, tanh(x))
FLOAT(gelu, 0.5 * x * erfc(-x / sqrt(2)))     /* 1 + erf(z) = erfc(-z), without its cancelling */
FLOAT(gelu_tanh, 0.5 * x * (1 + tanh(sqrt(2 / PI) * (x + 0.044715 * x * x * x))))
/* log(1 + e^x), without a large e^x */
FLOAT(softplus, x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)))
FLOAT(mish, x * tanh(softplus_f(x, 0, 0)))
FLOAT(softsign, x / (1 + fabs(x)))
/* the mathematical functions as they are */
FLOAT(erf, erf(x))
FLOAT(sqrt, sqrt(x))
FLOAT(exp, exp(x))
FLOAT(log, log(x))
FLOAT(neg, -x)
INTEGER(neg, -x)
FLOAT(abs, fabs(x))
INTEGER(abs, x < 0 ? -x : x)
FLOAT(reciprocal, 1 / x)
FLOAT(floor, floor(x))
FLOAT(ceil, ceil(x))
FLOAT(round, nearbyint(x))                  /* halves to even: the default rounding mode */
FLOAT(sign, isnan(x) ? x : (x > 0) - (x < 0))
INTEGER(sign, (x > 0) - (x < 0))
FLOAT(sin, sin(x))
FLOAT(cos, cos(x))
INTEGER(not, !x)

/* The bounds become the integers inside them. */
static RefInt clip_i(RefInt x, double a, double b)
{
    const double most = 1.9e19;             /* beyond all 64-bit integers */

    a = ceil(a);
    b = floor(b);
    if (a > -most)
        x = a >= most ? (RefInt)most : x < (RefInt)a ? (RefInt)a : x;
    if (b < most)
        x = b <= -most ? -(RefInt)most : x > (RefInt)b ? (RefInt)b : x;
    return x;
}

/* ---- the tables, which fused activations use too ---- */

#define F(name) [OP_##name] = name##_f,
static RefScalar *const scalar[OP_COUNT] = {
    F(relu) F(clip) F(leaky_relu) F(elu) F(selu) F(celu) F(sigmoid) F(hard_sigmoid) F(hard_swish)
    F(silu) F(tanh) F(gelu) F(mish) F(softplus) F(softsign) F(thresholded_relu) F(erf) F(sqrt)
    F(exp) F(log) F(neg) F(abs) F(reciprocal) F(floor) F(ceil) F(round) F(sign) F(sin) F(cos)
};
#undef F

#define I(name) [OP_##name] = name##_i,
static RefIntScalar *const int_scalar[OP_COUNT] = {
    I(relu) I(clip) I(neg) I(abs) I(sign) I(not)
};
#undef I

RefScalar *ref_scalar(Op op)
{
    return scalar[op];
}

RefIntScalar *ref_int_scalar(Op op)
{
    return int_scalar[op];
}

/* ---- the ops ---- */

/* All functions get two parameters; those that an op has not are 0. */
static double float_attr(const Node *n, int k)
{
    return n->attr[k].type == ATTR_FLOAT ? n->attr[k].u.f : 0;
}

/* Shapes of x and y are the same, whatever they are. */
static bool map_float(const RefArgs *r, RefScalar *fn)
{
    int64_t n = shape_count(&r->out->shape);
    double a = float_attr(r->n, 0), b = float_attr(r->n, 1);

    for (int64_t i = 0; i < n; i++)
        ref_set_f(r->out, i, fn(ref_f(r->in, i), a, b));
    return true;
}

/* Floats by one table, integers and bools by the other; an op that is in neither has a function of
 * its own below. */
static bool map(const RefArgs *r)
{
    int64_t n = shape_count(&r->out->shape);
    double a = float_attr(r->n, 0), b = float_attr(r->n, 1);
    RefIntScalar *fn = int_scalar[r->n->op];

    if (ref_is_float(r->in->dtype))
        return map_float(r, scalar[r->n->op]);
    if (!fn)
        return false;
    for (int64_t i = 0; i < n; i++)
        ref_set_i(r->out, i, fn(ref_i(r->in, i), a, b));
    return true;
}

#define OP_MAP(name) bool ref_##name(const RefArgs *r) { return map(r); }
OP_MAP(relu)
OP_MAP(clip)
OP_MAP(leaky_relu)
OP_MAP(elu)
OP_MAP(selu)
OP_MAP(celu)
OP_MAP(sigmoid)
OP_MAP(hard_sigmoid)
OP_MAP(hard_swish)
OP_MAP(silu)
OP_MAP(tanh)
OP_MAP(mish)
OP_MAP(softplus)
OP_MAP(softsign)
OP_MAP(thresholded_relu)
OP_MAP(erf)
OP_MAP(sqrt)
OP_MAP(exp)
OP_MAP(log)
OP_MAP(neg)
OP_MAP(abs)
OP_MAP(reciprocal)
OP_MAP(floor)
OP_MAP(ceil)
OP_MAP(round)
OP_MAP(sign)
OP_MAP(sin)
OP_MAP(cos)
OP_MAP(not)

/* approximate is "tanh" or "none". */
bool ref_gelu(const RefArgs *r)
{
    return map_float(r, ir_word(r->n, A_approximate)[0] == 't' ? gelu_tanh_f : gelu_f);
}

/* Integers to integers keep their low bits; all else is rounded once. */
bool ref_cast(const RefArgs *r)
{
    int64_t n = shape_count(&r->out->shape);

    for (int64_t i = 0; i < n; i++)
        if (ref_is_float(r->in->dtype))
            ref_set_f(r->out, i, ref_f(r->in, i));
        else
            ref_set_i(r->out, i, ref_i(r->in, i));
    return true;
}
