/* SPDX-License-Identifier: Apache-2.0 */
/* sweep: the vector functions over all floats, or over each STEP-th, against libm in double.
 *
 * sweep NAME STEP; net.c beside it computes y = NAME(x) of COUNT floats, with prefix net.  An error
 * is counted in units in the last place of the right result, for functions that cancel in those of
 * what they are given or of 1; the smallest unit is that of the denormals, 2^-149.  NaN must give
 * NaN, and what overflows or is infinite must do so in the result.  Prints the worst error and its
 * argument; exit code 1 above the function's bound.
 */
#include "net.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 65536 };

typedef double Fn(double x);

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double silu(double x) { return x / (1 + exp(-x)); }
static double clamp(double x) { return x < 0 ? 0 : x > 1 ? 1 : x; }
static double hard_swish(double x) { return x * clamp(x / 6 + 0.5); }
/* the 0.2 that a net has is a float */
static double hard_sigmoid(double x) { return clamp((double)0.2f * x + 0.5); }
static double gelu(double x) { return 0.5 * x * erfc(-x / sqrt(2)); }
static double elu(double x) { return x < 0 ? expm1(x) : x; }
static double softplus(double x) { return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)); }
static double gelu_tanh(double x)
{
    return 0.5 * x * (1 + tanh(0.79788456080286535588 * (x + 0.044715 * x * x * x)));
}

/* In units of what: the result, the argument where that is larger, or at least of 1. */
typedef enum Unit { RESULT, ARGUMENT, ONE } Unit;

typedef struct Function { const char *name; Fn *fn; double bound; Unit unit; } Function;

/* The bounds are those that templates/v_math.c.t and act.c.t state. */
static const Function functions[] = {
    { "exp", exp, 1.25, RESULT },
    { "sigmoid", sigmoid, 2.5, RESULT },
    { "silu", silu, 3, RESULT },
    { "tanh", tanh, 1.7, RESULT },
    { "erf", erf, 1.5, RESULT },
    { "hard_swish", hard_swish, 2.75, RESULT },
    { "hard_sigmoid", hard_sigmoid, 1, ONE },
    { "gelu", gelu, 2, ARGUMENT },
    { "gelu_tanh", gelu_tanh, 2, ARGUMENT },
    { "elu", elu, 1.1, ONE },
    { "softplus", softplus, 2, ONE },
};

/* The distance from one float to the next at x, in double. */
static double ulp(double x)
{
    int exponent;

    x = fabs(x);
    if (x < (double)FLT_MIN)
        return 0x1p-149;
    frexp(x, &exponent);
    return ldexp(1, (exponent > 128 ? 128 : exponent) - FLT_MANT_DIG);
}

/* Infinity where an infinity or NaN is wrong. */
static double error(const Function *f, float x, float got)
{
    double want = f->fn((double)x), size = fabs(want), limit = (double)FLT_MAX * (1 + 0x1p-25);

    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got) ? 0 : (double)INFINITY;
    if (size >= limit || isinf(got))
        return size * (1 + 0x1p-22) >= limit && (isinf(got) || fabsf(got) >= FLT_MAX)
               && (got < 0) == (want < 0) ? 0 : (double)INFINITY;
    size = f->unit == ONE && size < 1 ? 1 : f->unit == ARGUMENT && size < fabs((double)x)
         ? fabs((double)x) : size;
    return fabs((double)got - want) / ulp(size);
}

static float of_bits(uint32_t u)
{
    float x;

    memcpy(&x, &u, sizeof x);
    return x;
}

/* COUNT patterns from first on; the largest error and its argument. */
static void sweep(const Function *f, uint64_t first, uint64_t step, double *worst, float *where)
{
    static float x[COUNT], y[COUNT];
    const void *in[] = { x };
    void *out[] = { y };
    static union { double align; char bytes[4096]; } arena;
    char *a = arena.bytes + (64 - (uintptr_t)arena.bytes % 64) % 64;

    for (int i = 0; i < COUNT; i++)
        x[i] = of_bits((uint32_t)(first + (uint64_t)i * step));
    if (net_describe()->run(in, out, NULL, a) != MNC_NET_OK)
        exit((fprintf(stderr, "the net does not run\n"), 1));
    for (int i = 0; i < COUNT; i++) {
        double e = error(f, x[i], y[i]);
        if (!(e <= *worst)) {
            *worst = e;
            *where = x[i];
        }
    }
}

int main(int argc, char **argv)
{
    const Function *f = functions, *end = f + sizeof functions / sizeof *f;
    uint64_t step = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    double worst = 0;
    float where = 0;

    while (f < end && (argc < 2 || strcmp(f->name, argv[1])))
        f++;
    if (f == end || step == 0 || net_describe()->arena_bytes > 4032)
        return fprintf(stderr, "usage: sweep FUNCTION STEP\n"), 2;
    for (uint64_t u = 0; u < (uint64_t)1 << 32; u += COUNT * step)
        sweep(f, u, step, &worst, &where);
    printf("%s on %s: %.4f ulp at %.9g (%a), bound %g\n", f->name, net_describe()->target(), worst,
           (double)where, (double)where, f->bound);
    return !(worst <= f->bound);
}
