/* SPDX-License-Identifier: Apache-2.0 */
/* shape_move: rules of ops that move data and do not compute: any element type. */
#include "ir/rules.h"

#include <string.h>

/* The list attribute as a shape, of a size that shape_count can be asked for. */
static bool shape_attr(RuleArgs *r, AttrName name, Shape *s)
{
    uint32_t n;
    const int64_t *v = ir_ints(r->n, name, &n);

    if (n > IR_MAX_RANK)
        return RULE_FAIL(r, "%u dimensions are too many", n);
    s->rank = n;
    for (uint32_t i = 0; i < n; i++) {
        if (v[i] < 0)
            return RULE_FAIL(r, "the dimension %" PRId64 " is negative", v[i]);
        s->dim[i] = v[i];
    }
    if (!shape_ok(s))
        return RULE_FAIL(r, "the shape %s is too large", shape_text(r->g->arena, s));
    return true;
}

/* The same elements in row-major order.  Frontends resolve ONNX's 0 and -1. */
bool rule_reshape(RuleArgs *r)
{
    Shape y;

    if (!shape_attr(r, A_shape, &y))
        return false;
    if (shape_count(&y) != shape_count(rule_shape(r, 0)))
        return RULE_FAIL(r, "%s of shape %s cannot be given the shape %s", rule_name(r, 0),
                         rule_text(r, 0), shape_text(r->g->arena, &y));
    return rule_result(r, &y);
}

/* ONNX lets the wanted shape have 1 where x has more; the attribute becomes the whole result. */
bool rule_expand(RuleArgs *r)
{
    Shape want, y;

    if (!shape_attr(r, A_shape, &want))
        return false;
    if (!shape_broadcast(rule_shape(r, 0), &want, &y))
        return RULE_FAIL(r, "%s of shape %s does not broadcast with %s", rule_name(r, 0),
                         rule_text(r, 0), shape_text(r->g->arena, &want));
    rule_set_list(r, A_shape, y.dim, y.rank);
    return rule_result(r, &y);
}

/* Result dimension i is dimension perm[i] of x; perm left out reverses the dimensions. */
bool rule_transpose(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0);
    uint32_t n;
    const int64_t *perm = ir_ints(r->n, A_perm, &n);
    int64_t reverse[IR_MAX_RANK];
    unsigned seen = 0;
    Shape y = *x;

    for (uint32_t i = 0; i < x->rank; i++)
        reverse[i] = x->rank - 1 - i;
    if (n == 0)
        rule_set_list(r, A_perm, reverse, x->rank);
    else if (n != x->rank)
        return RULE_FAIL(r, "perm has %u numbers for the %u dimensions of %s", n, x->rank,
                         rule_name(r, 0));
    perm = ir_ints(r->n, A_perm, NULL);
    for (uint32_t i = 0; i < x->rank; i++) {
        if (perm[i] < 0 || perm[i] >= x->rank || (seen >> perm[i] & 1))
            return RULE_FAIL(r, "perm is no permutation of 0 to %u: %" PRId64 " is %s", x->rank - 1,
                             perm[i], perm[i] < 0 || perm[i] >= x->rank ? "outside" : "repeated");
        seen |= 1u << perm[i];
        y.dim[i] = x->dim[perm[i]];
    }
    return rule_result(r, &y);
}

/* How many elements there are from start on by steps; steps out of the dimension give none. */
static int64_t room(int64_t dim, int64_t start, int64_t step)
{
    int64_t n = step > 0 ? dim - start : start < dim ? start + 1 : 0, by = step > 0 ? step : -step;

    return n > 0 ? (n + by - 1) / by : 0;
}

/* size left out: as many as there are.  The step of a single element does not matter and becomes 1,
 * so that start + (size - 1) step stays in the dimension and so does each product with it. */
static bool complete_slice(RuleArgs *r, const Shape *x)
{
    const int64_t *start = ir_ints(r->n, A_start, NULL), *step = ir_ints(r->n, A_step, NULL), *size;
    int64_t v[IR_MAX_RANK];
    uint32_t n;

    for (uint32_t i = 0; i < x->rank; i++) {
        if (step[i] == 0)
            return RULE_FAIL(r, "a slice by steps of 0");
        v[i] = room(x->dim[i], start[i], step[i]);
    }
    ir_ints(r->n, A_size, &n);
    if (!n)
        rule_set_list(r, A_size, v, x->rank);
    if (!rule_list(r, (ListSpec){ A_size, x->rank, 0, 0, INT64_MAX / 64 }))
        return false;
    size = ir_ints(r->n, A_size, NULL);
    for (uint32_t i = 0; i < x->rank; i++)
        v[i] = size[i] > 1 ? step[i] : 1;
    rule_set_list(r, A_step, v, x->rank);
    return true;
}

/* Element i of dimension d is element start[d] + i step[d] of x, i < size[d]; a step may be
 * negative.  What ONNX leaves to clamping has been clamped by the frontend. */
bool rule_slice(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0);
    const int64_t *start, *size, *step;
    Shape y;

    if (!rule_list(r, (ListSpec){ A_start, x->rank, 0, 0, INT64_MAX / 64 })
        || !rule_list(r, (ListSpec){ A_step, x->rank, 1, -INT64_MAX / 64, INT64_MAX / 64 })
        || !complete_slice(r, x) || !shape_attr(r, A_size, &y))
        return false;
    start = ir_ints(r->n, A_start, NULL);
    size = ir_ints(r->n, A_size, NULL);
    step = ir_ints(r->n, A_step, NULL);
    for (uint32_t i = 0; i < x->rank; i++)
        if (start[i] > x->dim[i] || size[i] > room(x->dim[i], start[i], step[i]))
            return RULE_FAIL(r, "a slice from %" PRId64 " of %" PRId64 " elements by steps of %"
                             PRId64 " leaves dimension %u of %s %s", start[i], size[i], step[i], i,
                             rule_name(r, 0), rule_text(r, 0));
    return rule_result(r, &y);
}

/* The result number i has sizes[i] of x's elements along axis; sizes left out: equal parts. */
bool rule_split(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0);
    uint32_t axis, n = r->n->n_out, n_sizes;
    const int64_t *sizes = ir_ints(r->n, A_sizes, &n_sizes);
    int64_t sum = 0;

    if (!rule_axis(r, x->rank, &axis))
        return false;
    if (n_sizes && n_sizes != n)
        return RULE_FAIL(r, "%u sizes for %u results", n_sizes, n);
    if (!n_sizes && x->dim[axis] % n)
        return RULE_FAIL(r, "dimension %u of %s %s cannot be split into %u equal parts", axis,
                         rule_name(r, 0), rule_text(r, 0), n);
    if (!n_sizes) {
        int64_t *equal = arena_new_n(r->g->arena, int64_t, n);
        for (uint32_t i = 0; i < n; i++)
            equal[i] = x->dim[axis] / n;
        rule_set_list(r, A_sizes, equal, n);
        sizes = equal;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (sizes[i] < 0 || __builtin_add_overflow(sum, sizes[i], &sum))
            return RULE_FAIL(r, "the size %" PRId64 " is out of range", sizes[i]);
        r->shape[i] = *x;
        r->shape[i].dim[axis] = sizes[i];
        r->dtype[i] = rule_in(r, 0)->dtype;
    }
    if (sum != x->dim[axis])
        return RULE_FAIL(r, "the sizes add up to %" PRId64 ", dimension %u of %s %s has %" PRId64,
                         sum, axis, rule_name(r, 0), rule_text(r, 0), x->dim[axis]);
    return true;
}

/* The operands side by side along axis; elsewhere they have the same dimensions. */
bool rule_concat(RuleArgs *r)
{
    Shape y = *rule_shape(r, 0);
    uint32_t axis;

    if (!rule_axis(r, y.rank, &axis))
        return false;
    for (uint32_t i = 1; i < r->n->n_in; i++) {
        Shape s = *rule_shape(r, i);
        int64_t add = s.rank > axis ? s.dim[axis] : 0;
        s.dim[axis] = y.dim[axis];
        if (!rule_same_type(r, 0, i))
            return false;
        if (!shape_equal(&s, &y))
            return RULE_FAIL(r, "%s %s does not continue %s %s along axis %u", rule_name(r, i),
                             rule_text(r, i), rule_name(r, 0), rule_text(r, 0), axis);
        if (__builtin_add_overflow(y.dim[axis], add, &y.dim[axis]))
            return RULE_FAIL(r, "the result would be too large");
    }
    return rule_result(r, &y);
}

/* Dimension d is repeats[d] times x's. */
bool rule_tile(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0);
    Shape y = *x;

    if (!rule_list(r, (ListSpec){ A_repeats, x->rank, 1, 0, RULE_MOST }))
        return false;
    for (uint32_t i = 0; i < x->rank; i++)
        if (__builtin_mul_overflow(x->dim[i], ir_ints(r->n, A_repeats, NULL)[i], &y.dim[i]))
            return RULE_FAIL(r, "the result would be too large");
    return rule_result(r, &y);
}

/* A negative pad crops.  The other modes repeat what is there, so there must be something. */
bool rule_pad(RuleArgs *r)
{
    static const char *const modes[] = { "constant", "edge", "reflect", "wrap", NULL };
    const Shape *x = rule_shape(r, 0);
    const int64_t *pad;
    Shape y = *x;

    if (!rule_list(r, (ListSpec){ A_pad, 2 * x->rank, 0, -RULE_MOST, RULE_MOST })
        || !rule_word(r, A_mode, modes))
        return false;
    pad = ir_ints(r->n, A_pad, NULL);
    for (uint32_t i = 0; i < x->rank; i++) {
        int64_t begin = pad[i], end = pad[x->rank + i];
        y.dim[i] = x->dim[i] + begin + end;
        if (y.dim[i] < 0)
            return RULE_FAIL(r, "pads of %" PRId64 " and %" PRId64 " leave less than nothing of "
                             "dimension %u of %s %s", begin, end, i, rule_name(r, 0),
                             rule_text(r, 0));
        if (!x->dim[i] && y.dim[i] && strcmp(ir_word(r->n, A_mode), "constant"))
            return RULE_FAIL(r, "dimension %u of %s %s has nothing to pad with", i,
                             rule_name(r, 0), rule_text(r, 0));
    }
    return rule_result(r, &y);
}

/* Constant indices must be in [-n, n); others are checked by nobody before run time. */
static bool indices_inside(RuleArgs *r, int64_t n)
{
    const Value *v = rule_in(r, 1);
    int64_t count = v->data ? shape_count(&v->shape) : 0;

    for (int64_t i = 0; i < count; i++) {
        int64_t k = v->dtype == DT_I64 ? ((const int64_t *)v->data)[i]
                                       : ((const int32_t *)v->data)[i];
        if (k < -n || k >= n)
            return RULE_FAIL(r, "the index %" PRId64 " in %s is outside %" PRId64 " elements", k,
                             rule_name(r, 1), n);
    }
    return true;
}

/* The dimension axis of x is replaced by those of the indices. */
bool rule_gather(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0), *k = rule_shape(r, 1);
    Shape y = { 0 };
    uint32_t axis;

    if (!rule_types(r, 1, &types_index) || !rule_axis(r, x->rank, &axis))
        return false;
    if (x->rank - 1 + k->rank > IR_MAX_RANK)
        return RULE_FAIL(r, "the result would have %u dimensions", x->rank - 1 + k->rank);
    for (uint32_t i = 0; i < axis; i++)
        y.dim[y.rank++] = x->dim[i];
    for (uint32_t i = 0; i < k->rank; i++)
        y.dim[y.rank++] = k->dim[i];
    for (uint32_t i = axis + 1; i < x->rank; i++)
        y.dim[y.rank++] = x->dim[i];
    return indices_inside(r, x->dim[axis]) && rule_result(r, &y);
}

/* Operand 1, the scales, must be constant: coordinates are computed at compile time. */
static bool check_scales(RuleArgs *r, uint32_t rank)
{
    const Value *v = rule_in(r, 1);

    if (!ir_in(r->n, 1).id)
        return true;
    if (v->dtype != DT_F32 || v->shape.rank != 1 || v->shape.dim[0] != rank || !v->data)
        return RULE_FAIL(r, "the scales %s must be a constant of %u f32", rule_name(r, 1), rank);
    for (uint32_t i = 0; i < rank; i++)
        if (!(((const float *)v->data)[i] > 0 && ((const float *)v->data)[i] < 1e9F))
            return RULE_FAIL(r, "a scale of %g in %s", (double)((const float *)v->data)[i],
                             rule_name(r, 1));
    return true;
}

/* Each dimension of x becomes size's; nothing comes from nothing.  Between integers there is
 * nothing to interpolate, so linear takes floats. */
bool rule_resize(RuleArgs *r)
{
    static const char *const modes[] = { "nearest", "linear", NULL };
    static const char *const coords[] = { "half_pixel", "asymmetric", "align_corners",
                                          "pytorch_half_pixel", "half_pixel_symmetric", NULL };
    static const char *const nearest[] = { "round_prefer_floor", "round_prefer_ceil", "floor",
                                           "ceil", NULL };
    const Shape *x = rule_shape(r, 0);
    Shape y;

    if (!rule_types(r, 0, &types_number) || !rule_word(r, A_mode, modes)
        || !rule_word(r, A_coord, coords) || !rule_word(r, A_nearest, nearest)
        || !check_scales(r, x->rank) || !shape_attr(r, A_size, &y))
        return false;
    if (y.rank != x->rank)
        return RULE_FAIL(r, "size has %u numbers for the %u dimensions of %s", y.rank, x->rank,
                         rule_name(r, 0));
    for (uint32_t i = 0; i < x->rank; i++)
        if (x->dim[i] < 1 || y.dim[i] < 1)
            return RULE_FAIL(r, "%s of shape %s cannot be resized to %s", rule_name(r, 0),
                             rule_text(r, 0), shape_text(r->g->arena, &y));
    if (!strcmp(ir_word(r->n, A_mode), "linear") && !rule_types(r, 0, &types_float))
        return false;
    return rule_result(r, &y);
}
