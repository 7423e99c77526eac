/* SPDX-License-Identifier: Apache-2.0 */
/* shape_linear: rules of convolutions, pooling and matrix products.
 *
 * Images are (N,C,D1..Dn) with n = 1, 2 or 3 spatial dimensions, weights (K,C/group,R1..Rn);
 * transposed convolutions have weights (C,K/group,R1..Rn).
 */
#include "ir/rules.h"

/* The spatial part of result 0, for a window whose attributes are complete.  ceil: rounded up. */
static bool slide(RuleArgs *r, const int64_t *kernel, bool ceil, Shape *out)
{
    const Shape *x = rule_shape(r, 0);
    uint32_t n = x->rank - 2;
    const int64_t *stride = ir_ints(r->n, A_stride, NULL), *pad = ir_ints(r->n, A_pad, NULL);
    const int64_t *dilation = ir_ints(r->n, A_dilation, NULL);

    for (uint32_t i = 0; i < n; i++) {
        const Slide w = { x->dim[2 + i], pad[i], pad[n + i], kernel[i], dilation[i], stride[i],
                           ceil };
        out->dim[2 + i] = shape_window(&w);
        if (out->dim[2 + i] < 0 || x->dim[2 + i] < 1)
            return RULE_FAIL(r, "a kernel of %" PRId64 " (dilation %" PRId64 ") is larger than "
                             "the %" PRId64 "+%" PRId64 "+%" PRId64 " elements of %s with its pads",
                             kernel[i], dilation[i], pad[i], x->dim[2 + i], pad[n + i],
                             rule_name(r, 0));
    }
    return true;
}

/* x and w have the same type and rank, and w has an element. */
static bool images_and_weights(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0), *w = rule_shape(r, 1);

    if (!rule_types(r, 0, &types_float) || !rule_same_type(r, 0, 1)
        || !rule_rank(r, 0, 3, 5) || !rule_rank(r, 1, x->rank, x->rank))
        return false;
    for (uint32_t i = 0; i < w->rank; i++)
        if (w->dim[i] < 1 || w->dim[i] > RULE_MOST)
            return RULE_FAIL(r, "%s has the shape %s, which is none of weights",
                             rule_name(r, 1), rule_text(r, 1));
    return rule_window(r, x->rank - 2);
}

/* The group attribute divides n, which counts what is said by the words. */
static bool group_divides(RuleArgs *r, int64_t n, const char *what)
{
    int64_t group = ir_int(r->n, A_group);

    if (group < 1)
        return RULE_FAIL(r, "group %" PRId64 " is less than 1", group);
    if (n % group)
        return RULE_FAIL(r, "%" PRId64 " %s cannot be divided into %" PRId64 " groups", n, what,
                         group);
    return true;
}

/* The residual has the shape and type of the result. */
static bool check_residual(RuleArgs *r)
{
    if (!ir_in(r->n, 3).id)
        return true;
    if (!shape_equal(rule_shape(r, 3), &r->shape[0]))
        return RULE_FAIL(r, "the residual %s has the shape %s, the result %s", rule_name(r, 3),
                         rule_text(r, 3), shape_text(r->g->arena, &r->shape[0]));
    return rule_same_type(r, 0, 3);
}

/* x (N,C,D1..Dn), w (K,C/group,R1..Rn), bias (K), residual as the result -> (N,K,O1..On) */
bool rule_conv(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0), *w = rule_shape(r, 1);
    Shape y = *x;
    int64_t group;

    if (!images_and_weights(r) || !group_divides(r, x->dim[1], "input channels")
        || !group_divides(r, w->dim[0], "output channels"))
        return false;
    group = ir_int(r->n, A_group);
    if (x->dim[1] / group != w->dim[1])
        return RULE_FAIL(r, "%s has %" PRId64 " channels, %s expects %" PRId64 " (group %" PRId64
                         ")", rule_name(r, 0), x->dim[1], rule_name(r, 1),
                         group > RULE_MOST ? w->dim[1] : group * w->dim[1], group);
    y.dim[1] = w->dim[0];
    if (ir_in(r->n, 2).id && !rule_vector(r, 2, y.dim[1], "bias"))
        return false;
    return slide(r, w->dim + 2, false, &y) && rule_result(r, &y) && check_residual(r);
}

/* One spatial dimension of a transposed convolution:
 *   out = stride (in - 1) + out_pad + dilation (kernel - 1) + 1 - pads */
static bool unslide(RuleArgs *r, uint32_t i, int64_t *out)
{
    const Shape *x = rule_shape(r, 0);
    uint32_t n = x->rank - 2;
    const int64_t *pad = ir_ints(r->n, A_pad, NULL);
    int64_t kernel = rule_shape(r, 1)->dim[2 + i], y;

    if (__builtin_mul_overflow(x->dim[2 + i] - 1, ir_ints(r->n, A_stride, NULL)[i], &y)
        || __builtin_add_overflow(y, (kernel - 1) * ir_ints(r->n, A_dilation, NULL)[i] + 1, &y)
        || __builtin_add_overflow(y, ir_ints(r->n, A_out_pad, NULL)[i], &y))
        return RULE_FAIL(r, "the result would be too large");
    *out = y - pad[i] - pad[n + i];
    if (x->dim[2 + i] < 1 || *out < 1)
        return RULE_FAIL(r, "nothing is left: %" PRId64 " elements of %s become %" PRId64
                         " less pads of %" PRId64 " and %" PRId64, x->dim[2 + i], rule_name(r, 0),
                         y, pad[i], pad[n + i]);
    return true;
}

/* x (N,C,D1..Dn), w (C,K/group,R1..Rn), bias (K) -> (N,K,O1..On).  A pad takes away from the
 * result; out_pad adds to its end, which a stride leaves open. */
bool rule_conv_transpose(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0), *w = rule_shape(r, 1);
    Shape y = *x;

    if (!images_and_weights(r) || !group_divides(r, x->dim[1], "input channels")
        || !rule_list(r, (ListSpec){ A_out_pad, x->rank - 2, 0, 0, RULE_MOST }))
        return false;
    if (x->dim[1] != w->dim[0])
        return RULE_FAIL(r, "%s has %" PRId64 " channels, %s expects %" PRId64, rule_name(r, 0),
                         x->dim[1], rule_name(r, 1), w->dim[0]);
    if (__builtin_mul_overflow(w->dim[1], ir_int(r->n, A_group), &y.dim[1]))
        return RULE_FAIL(r, "the result would be too large");
    if (ir_in(r->n, 2).id && !rule_vector(r, 2, y.dim[1], "bias"))
        return false;
    for (uint32_t i = 0; i < x->rank - 2; i++)
        if (!unslide(r, i, &y.dim[2 + i]))
            return false;
    return rule_result(r, &y);
}

/* x (N,C) times the transposed w (K,C), plus bias (K) and residual (N,K). */
bool rule_dense(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0), *w = rule_shape(r, 1);

    if (!rule_types(r, 0, &types_float) || !rule_same_type(r, 0, 1) || !rule_rank(r, 0, 2, 2)
        || !rule_rank(r, 1, 2, 2))
        return false;
    if (x->dim[1] != w->dim[1])
        return RULE_FAIL(r, "%s has %" PRId64 " columns, %s expects %" PRId64, rule_name(r, 0),
                         x->dim[1], rule_name(r, 1), w->dim[1]);
    if (ir_in(r->n, 2).id && !rule_vector(r, 2, w->dim[0], "bias"))
        return false;
    return rule_result(r, &(Shape){ 2, { x->dim[0], w->dim[0] } }) && check_residual(r);
}

/* As numpy.matmul: (...,M,N) by (...,N,K) -> (...,M,K).  A vector is a row on the left and a column
 * on the right, and its dimension of 1 is dropped from the result; the stacks broadcast. */
bool rule_matmul(RuleArgs *r)
{
    const Shape *a = rule_shape(r, 0), *b = rule_shape(r, 1);
    Shape lead_a = *a, lead_b = *b, y;

    if (!rule_types(r, 0, &types_number) || !rule_same_type(r, 0, 1)
        || !rule_rank(r, 0, 1, IR_MAX_RANK) || !rule_rank(r, 1, 1, IR_MAX_RANK))
        return false;
    lead_a.rank = a->rank > 2 ? a->rank - 2 : 0;
    lead_b.rank = b->rank > 2 ? b->rank - 2 : 0;
    if (a->dim[a->rank - 1] != b->dim[b->rank > 1 ? b->rank - 2 : 0]
        || !shape_broadcast(&lead_a, &lead_b, &y))
        return RULE_FAIL(r, "%s %s and %s %s cannot be multiplied", rule_name(r, 0),
                         rule_text(r, 0), rule_name(r, 1), rule_text(r, 1));
    if (a->rank > 1)
        y.dim[y.rank++] = a->dim[a->rank - 2];
    if (b->rank > 1)
        y.dim[y.rank++] = b->dim[b->rank - 1];
    return rule_result(r, &y);
}

/* ---- pooling ---- */

/* Pads smaller than the window: each window then covers an element of the input, or steps over it
 * by its dilation. */
static bool pads_fit(RuleArgs *r, uint32_t n)
{
    const int64_t *kernel = ir_ints(r->n, A_kernel, NULL), *pad = ir_ints(r->n, A_pad, NULL);
    const int64_t *dilation = ir_ints(r->n, A_dilation, NULL);

    for (uint32_t i = 0; i < 2 * n; i++)
        if (pad[i] > (kernel[i % n] - 1) * dilation[i % n])
            return RULE_FAIL(r, "a pad of %" PRId64 " holds a whole kernel of %" PRId64
                             " (dilation %" PRId64 ")", pad[i], kernel[i % n], dilation[i % n]);
    return true;
}

/* x (N,C,D1..Dn) -> (N,C,O1..On) */
static bool pool(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0);
    Shape y = *x;
    uint32_t n_kernel;

    if (!rule_rank(r, 0, 3, 5))
        return false;
    ir_ints(r->n, A_kernel, &n_kernel);
    if (!n_kernel)
        return RULE_FAIL(r, "%s needs a kernel", op_info[r->n->op].name);
    return rule_list(r, (ListSpec){ A_kernel, x->rank - 2, 1, 1, RULE_MOST })
        && rule_window(r, x->rank - 2) && pads_fit(r, x->rank - 2) && rule_flag(r, A_ceil)
        && slide(r, ir_ints(r->n, A_kernel, NULL), ir_int(r->n, A_ceil), &y)
        && rule_result(r, &y);
}

bool rule_max_pool(RuleArgs *r)
{
    return rule_types(r, 0, &types_number) && pool(r);
}

bool rule_avg_pool(RuleArgs *r)
{
    return rule_types(r, 0, &types_float) && rule_flag(r, A_count_pad) && pool(r);
}
