/* SPDX-License-Identifier: Apache-2.0 */
/* ref_resize: resizing by the nearest element or by linear interpolation in every dimension. */
#include "ref/ref_impl.h"
#include "ir/shape.h"

#include <math.h>
#include <string.h>

/* One dimension of n elements becomes one of size.  When scale is given, the formulas mean scale n,
 * a fraction, where they speak of the resized length (onnx.reference does, and the data of its
 * node tests; ONNX Runtime takes the whole number instead). */
typedef struct Axis {
    double n, size, length;
    double scale;                  /* 0: not given */
} Axis;

/* x / scale, where scale is size / n unless it was given: then the one rounding is at the end, so
 * that a place right between two elements is found to be so. */
static double unscale(const Axis *a, double x)
{
    return a->scale > 0 ? x / a->scale : x * a->n / a->size;
}

/* The place of result i between the elements of x, by the formulas of ONNX Resize. */
static double coordinate(const char *how, const Axis *a, double i)
{
    if (!strcmp(how, "asymmetric"))
        return unscale(a, i);
    if (!strcmp(how, "align_corners"))
        return a->length != 1 ? i * (a->n - 1) / (a->length - 1) : 0;
    if (!strcmp(how, "pytorch_half_pixel") && a->size <= 1)
        return 0;
    if (!strcmp(how, "half_pixel_symmetric"))
        return a->n / 2 * (1 - a->size / a->length) + unscale(a, i + 0.5) - 0.5;
    return unscale(a, i + 0.5) - 0.5;
}

/* Whole numbers are their own nearest, in all four ways; halves are what the ways differ in. */
static double nearest(const char *how, double x)
{
    if (!strcmp(how, "floor"))
        return floor(x);
    if (!strcmp(how, "ceil"))
        return ceil(x);
    return !strcmp(how, "round_prefer_ceil") ? floor(x + 0.5) : ceil(x - 0.5);
}

/* What is outside is the element at the border. */
static int64_t inside(double x, double n)
{
    return (int64_t)(x < 0 ? 0 : x > n - 1 ? n - 1 : x);
}

void ref_resize_axis(const Graph *g, const Node *n, uint32_t d, Arena *a, RefResize *out)
{
    const Value *x = ir_val(g, n->in[0]), *scales = ir_val(g, ir_in(n, 1));
    int64_t size = ir_ints(n, A_size, NULL)[d];
    Axis axis = { (double)x->shape.dim[d], (double)size, (double)size, 0 };
    bool linear = !strcmp(ir_word(n, A_mode), "linear");

    if (ir_in(n, 1).id) {
        axis.scale = ir_element(scales, d);
        axis.length = axis.scale * axis.n;
    }
    out->lo = arena_new_n(a, int64_t, (size_t)size);
    out->hi = arena_new_n(a, int64_t, (size_t)size);
    out->w = arena_new_n(a, double, (size_t)size);
    for (int64_t i = 0; i < size; i++) {
        double at = coordinate(ir_word(n, A_coord), &axis, (double)i);
        double lo = linear ? floor(at) : nearest(ir_word(n, A_nearest), at);
        out->lo[i] = inside(lo, axis.n);
        out->hi[i] = linear ? inside(lo + 1, axis.n) : out->lo[i];
        out->w[i] = out->lo[i] == out->hi[i] ? 0 : at - lo;
    }
}

/* ---- the op ---- */

typedef struct Resize {
    const RefTensor *x;
    RefResize axis[IR_MAX_RANK];
    int64_t stride[IR_MAX_RANK];
    int64_t at[IR_MAX_RANK];             /* the result's index */
} Resize;

/* Interpolates in the dimensions from d on; base is the place in x that those before it chose. */
static double interpolate(const Resize *z, uint32_t d, int64_t base)
{
    const RefResize *axis = &z->axis[d];
    int64_t i, lo, hi;

    if (d == z->x->shape.rank)
        return ref_f(z->x, base);
    i = z->at[d];
    lo = base + axis->lo[i] * z->stride[d];
    hi = base + axis->hi[i] * z->stride[d];
    if (axis->w[i] == 0)
        return interpolate(z, d + 1, lo);
    return (1 - axis->w[i]) * interpolate(z, d + 1, lo) + axis->w[i] * interpolate(z, d + 1, hi);
}

/* Nearest elements are taken as they are, integers too. */
static void take(const Resize *z, RefTensor *y, int64_t at)
{
    int64_t from = 0;

    for (uint32_t d = 0; d < z->x->shape.rank; d++)
        from += z->axis[d].lo[z->at[d]] * z->stride[d];
    memcpy(ref_at(y, at), ref_at(z->x, from), dtype_info[y->dtype].size);
}

/* Every dimension is resized, those that keep their size by a factor of 1; so channels and images
 * need no case of their own. */
bool ref_resize(const RefArgs *r)
{
    bool linear = !strcmp(ir_word(r->n, A_mode), "linear");
    Resize z = { .x = r->in };
    int64_t at = 0;
    RefRows w;

    shape_strides(&r->in->shape, z.stride);
    ref_rows(&w, &r->out->shape);
    for (uint32_t d = 0; d < w.s.rank; d++)
        ref_resize_axis(r->g, r->n, d, r->scratch, &z.axis[d]);
    while (ref_next_row(&w)) {
        memcpy(z.at, w.at, sizeof z.at);
        for (int64_t i = 0; i < w.length; i++, at++) {
            if (w.s.rank)
                z.at[w.s.rank - 1] = i;
            if (linear)
                ref_set_f(r->out, at, interpolate(&z, 0, 0));
            else
                take(&z, r->out, at);
        }
    }
    return true;
}
