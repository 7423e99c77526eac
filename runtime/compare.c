/* SPDX-License-Identifier: Apache-2.0 */
/* compare: one pass over both tensors; every figure is a maximum over the elements. */
#include "compare.h"

#include <math.h>
#include <string.h>

/* Floats as integers in the order of their values, so that neighbours differ by 1: a negative
 * number's bits count downwards from 0. */
static double ordered(const RtTensor *t, int64_t i)
{
    const char *p = t->data;
    int16_t h;
    int32_t s;
    int64_t d;

    switch (t->dtype) {
    case RT_FLOAT16:
        memcpy(&h, p + i * 2, sizeof h);
        return h < 0 ? -(double)(h & INT16_MAX) : h;
    case RT_FLOAT32:
        memcpy(&s, p + i * 4, sizeof s);
        return s < 0 ? -(double)(s & INT32_MAX) : s;
    case RT_FLOAT64:
        memcpy(&d, p + i * 8, sizeof d);
        return d < 0 ? -(double)(d & INT64_MAX) : (double)d;
    default:
        return 0;
    }
}

/* 64-bit integers do not all fit in a double, so equality is asked of the bytes. */
static bool same_bytes(const RtTensor *a, const RtTensor *b, int64_t i)
{
    size_t size = rt_type(a->dtype)->size;

    return !memcmp((const char *)a->data + (size_t)i * size,
                   (const char *)b->data + (size_t)i * size, size);
}

/* Equal infinities differ by NaN, so equality comes first. */
static double distance(double got, double want)
{
    if (got == want || (isnan(got) && isnan(want)))
        return 0;
    return isfinite(got) && isfinite(want) ? fabs(got - want) : INFINITY;
}

/* The scale of a tensor: its largest finite magnitude. */
static double largest(const RtTensor *t)
{
    double most = 0;

    for (int64_t i = 0, n = rt_count(t); i < n; i++) {
        double x = fabs(rt_element(t, i));
        if (isfinite(x) && x > most)
            most = x;
    }
    return most;
}

/* 1e-7 for a tensor of zeros, whose scale says nothing. */
static void set_tolerance(const RtTensor *want, RtTolerance t, RtDiff *out)
{
    bool given = t.atol >= 0 || t.rtol >= 0;
    double scale;

    out->atol = t.atol > 0 ? t.atol : 0;
    out->rtol = t.rtol > 0 ? t.rtol : 0;
    if (given || rt_type(want->dtype)->kind != 'f')
        return;
    scale = largest(want);
    out->atol = scale > 0 ? 1e-4 * scale : 1e-7;
}

/* share: how much of its tolerance an element uses; that finds the worst one across magnitudes. */
void rt_compare(const RtTensor *got, const RtTensor *want, RtTolerance tolerance, RtDiff *out)
{
    bool is_float = rt_type(want->dtype)->kind == 'f';
    double worst = -1;

    memset(out, 0, sizeof *out);
    out->at = -1;
    set_tolerance(want, tolerance, out);
    for (int64_t i = 0, n = rt_count(want); i < n; i++) {
        double a = rt_element(got, i), b = rt_element(want, i), d = distance(a, b), allowed, share;
        if (!is_float && d == 0 && !same_bytes(got, want, i))
            d = 1;
        allowed = out->atol + (isfinite(b) ? out->rtol * fabs(b) : 0);
        share = d == 0 ? 0 : d / allowed;              /* 1 and more: outside; inf for allowed 0 */
        out->n_bad += d > allowed;
        if (share > worst) {
            worst = share;
            out->at = i;
            out->got = a;
            out->want = b;
        }
        out->abs = fmax(out->abs, d);
        if (b != 0)
            out->rel = fmax(out->rel, isfinite(b) ? d / fabs(b) : d);
        if (is_float && d > 0 && isfinite(d))
            out->ulp = fmax(out->ulp, fabs(ordered(got, i) - ordered(want, i)));
        else if (is_float)
            out->ulp = fmax(out->ulp, d);
    }
}
