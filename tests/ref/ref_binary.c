/* SPDX-License-Identifier: Apache-2.0 */
/* ref_binary: elementwise ops of two and three operands, which broadcast as numpy's do. */
#include "ref/ref_impl.h"

#include <math.h>
#include <string.h>

typedef double FloatFn(double x, double y);
typedef RefInt IntFn(RefInt x, RefInt y);
typedef bool FloatTest(double x, double y);
typedef bool IntTest(RefInt x, RefInt y);

/* Rows of the result with the operands' beside it: tensor k of the walk is operand k. */
static void walk(const RefArgs *r, RefRows *w)
{
    ref_rows(w, &r->out->shape);
    for (uint32_t k = 0; k < r->n->n_in; k++)
        ref_rows_with(w, &r->in[k].shape);
}

/* y = f(a, b), a and b read at the place that belongs to y's; fi is f for integers. */
static bool combine(const RefArgs *r, FloatFn *f, IntFn *fi)
{
    bool is_float = ref_is_float(r->in->dtype);
    int64_t at = 0;
    RefRows w;

    walk(r, &w);
    while (ref_next_row(&w))
        for (int64_t i = 0; i < w.length; i++, at++) {
            int64_t x = w.off[0] + i * w.step[0], y = w.off[1] + i * w.step[1];
            if (is_float)
                ref_set_f(r->out, at, f(ref_f(&r->in[0], x), ref_f(&r->in[1], y)));
            else
                ref_set_i(r->out, at, fi(ref_i(&r->in[0], x), ref_i(&r->in[1], y)));
        }
    return true;
}

/* As combine, but y is a bool of what the operands are not. */
static bool compare(const RefArgs *r, FloatTest *f, IntTest *fi)
{
    bool is_float = ref_is_float(r->in->dtype);
    int64_t at = 0;
    RefRows w;

    walk(r, &w);
    while (ref_next_row(&w))
        for (int64_t i = 0; i < w.length; i++, at++) {
            int64_t x = w.off[0] + i * w.step[0], y = w.off[1] + i * w.step[1];
            ref_set_i(r->out, at, is_float ? f(ref_f(&r->in[0], x), ref_f(&r->in[1], y))
                                           : fi(ref_i(&r->in[0], x), ref_i(&r->in[1], y)));
        }
    return true;
}

/* ---- arithmetic ---- */

/* Products wrap around: only the low 64 bits are ever stored. */
static RefInt wrap_mul(RefInt x, RefInt y)
{
    return (RefInt)((uint64_t)x * (uint64_t)y);
}

/* The sign is the dividend's, as in C.  ONNX leaves division by zero open: here it gives 0. */
static RefInt mod_trunc(RefInt x, RefInt y)
{
    return y ? x % y : 0;
}

/* The sign is the divisor's. */
static RefInt mod_floor(RefInt x, RefInt y)
{
    RefInt m = mod_trunc(x, y);

    return m && (m < 0) != (y < 0) ? m + y : m;
}

/* As numpy's: NaN wins. */
static double least(double x, double y)
{
    return isnan(x) || x < y ? x : y;
}

static double largest(double x, double y)
{
    return isnan(x) || x > y ? x : y;
}

#define OP_BOTH(name, float_expr, int_expr) \
    static double name##_f(double x, double y) { return float_expr; } \
    static RefInt name##_i(RefInt x, RefInt y) { return int_expr; } \
    bool ref_##name(const RefArgs *r) { return combine(r, name##_f, name##_i); }

OP_BOTH(add, x + y, x + y)
OP_BOTH(sub, x - y, x - y)
OP_BOTH(mul, x * y, wrap_mul(x, y))
OP_BOTH(div, x / y, y ? x / y : 0)          /* integers: towards zero; by 0 gives 0 */
OP_BOTH(min, least(x, y), x < y ? x : y)
OP_BOTH(max, largest(x, y), x > y ? x : y)
OP_BOTH(prelu, x < 0 ? x * y : x, x < 0 ? wrap_mul(x, y) : x)

/* Floats always as C's fmod: the rule has seen to that. */
bool ref_mod(const RefArgs *r)
{
    return combine(r, fmod, ir_int(r->n, A_fmod) ? mod_trunc : mod_floor);
}

/* x^n mod 2^64, by squaring. */
static RefInt int_pow(RefInt x, RefInt n)
{
    RefInt y = 1;

    for (; n > 0; n >>= 1) {
        if (n & 1)
            y = wrap_mul(y, x);
        x = wrap_mul(x, x);
    }
    return y;
}

/* Base and exponent have types of their own; integers to a natural power are exact. */
bool ref_pow(const RefArgs *r)
{
    const RefTensor *base = &r->in[0], *power = &r->in[1];
    bool exact = !ref_is_float(base->dtype) && !ref_is_float(power->dtype);
    int64_t at = 0;
    RefRows w;

    walk(r, &w);
    while (ref_next_row(&w))
        for (int64_t i = 0; i < w.length; i++, at++) {
            int64_t x = w.off[0] + i * w.step[0], y = w.off[1] + i * w.step[1];
            if (exact && ref_i(power, y) >= 0)
                ref_set_i(r->out, at, int_pow(ref_i(base, x), ref_i(power, y)));
            else
                ref_set_f(r->out, at, pow(ref_f(base, x), ref_f(power, y)));
        }
    return true;
}

/* ---- truth ---- */

#define OP_TEST(name, expr) \
    static bool name##_f(double x, double y) { return expr; } \
    static bool name##_i(RefInt x, RefInt y) { return expr; } \
    bool ref_##name(const RefArgs *r) { return compare(r, name##_f, name##_i); }

/* NaN is equal to nothing and in no order, as C has it. */
OP_TEST(equal, x == y)
OP_TEST(less, x < y)
OP_TEST(less_equal, x <= y)
OP_TEST(greater, x > y)
OP_TEST(greater_equal, x >= y)

/* bool operands are integers, 0 or 1. */
OP_TEST(and, x != 0 && y != 0)
OP_TEST(or, x != 0 || y != 0)
OP_TEST(xor, x != y)

/* The chosen element is copied, so any type will do. */
bool ref_where(const RefArgs *r)
{
    size_t size = dtype_info[r->out->dtype].size;
    int64_t at = 0;
    RefRows w;

    walk(r, &w);
    while (ref_next_row(&w))
        for (int64_t i = 0; i < w.length; i++, at++) {
            uint32_t k = ref_i(&r->in[0], w.off[0] + i * w.step[0]) ? 1 : 2;
            memcpy(ref_at(r->out, at), ref_at(&r->in[k], w.off[k] + i * w.step[k]), size);
        }
    return true;
}
