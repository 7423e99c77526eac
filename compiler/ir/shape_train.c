/* SPDX-License-Identifier: Apache-2.0 */
/* shape_train: rules of the ops that the passes make for training.
 *
 * Only our own passes and dumps of them get here, but a dump is a file like any other: everything
 * is checked.  C is dimension 1 of x. */
#include "ir/rules.h"

#include <string.h>

/* x has channels, and there are pixels. */
static bool has_channels(RuleArgs *r)
{
    return rule_types(r, 0, &types_float) && rule_rank(r, 0, 2, IR_MAX_RANK);
}

static int64_t channels(const RuleArgs *r)
{
    return rule_shape(r, 0)->dim[1];
}

/* Operands from .. to are (n). */
static bool vectors(RuleArgs *r, uint32_t from, uint32_t to, int64_t n)
{
    for (uint32_t i = from; i <= to; i++)
        if (!rule_vector(r, i, n, "operand"))
            return false;
    return true;
}

/* Operands a and b have one shape and type. */
static bool alike(RuleArgs *r, uint32_t a, uint32_t b)
{
    if (!rule_same_type(r, a, b))
        return false;
    if (shape_equal(rule_shape(r, a), rule_shape(r, b)))
        return true;
    return RULE_FAIL(r, "%s has the shape %s, %s has %s", rule_name(r, a), rule_text(r, a),
                     rule_name(r, b), rule_text(r, b));
}

/* All results get operand 0's type, and the shape (n). */
static bool vector_results(RuleArgs *r, int64_t n)
{
    for (uint32_t i = 0; i < r->n->n_out; i++) {
        r->shape[i] = (Shape){ 1, { n } };
        r->dtype[i] = rule_in(r, 0)->dtype;
    }
    return true;
}

/* How many processes share the batch. */
static bool several_ranks(RuleArgs *r)
{
    int64_t ranks = ir_int(r->n, A_ranks);

    return (ranks >= 1 && ranks <= INT32_MAX)
        || RULE_FAIL(r, "%" PRId64 " ranks are impossible", ranks);
}

/* ---- batch normalisation ---- */

static bool partial_sums(RuleArgs *r)
{
    int64_t parts = ir_int(r->n, A_parts);

    if (parts < 1 || parts > 4096)
        return RULE_FAIL(r, "parts is %" PRId64 ", 1 to 4096 are possible", parts);
    return rule_result(r, &(Shape){ 3, { parts, 2, channels(r) } });
}

bool rule_bn_stats(RuleArgs *r)
{
    return has_channels(r) && partial_sums(r);
}

/* Operand 0 is (P,2,C), and count pixels went into it. */
static bool from_parts(RuleArgs *r)
{
    const Shape *s = rule_shape(r, 0);

    if (!rule_types(r, 0, &types_float) || !rule_rank(r, 0, 3, 3))
        return false;
    if (s->dim[1] != 2 || ir_int(r->n, A_count) < 1)
        return RULE_FAIL(r, "%s of %s is no sum over %" PRId64 " pixels", rule_text(r, 0),
                         rule_name(r, 0), ir_int(r->n, A_count));
    return vector_results(r, s->dim[2]);
}

bool rule_bn_merge(RuleArgs *r)
{
    return from_parts(r);
}

bool rule_bn_total(RuleArgs *r)
{
    const Shape *s = rule_shape(r, 0);

    if (!rule_types(r, 0, &types_float) || !rule_rank(r, 0, 3, 3) || !several_ranks(r))
        return false;
    if (s->dim[1] != 2 || ir_int(r->n, A_count) < 0)
        return RULE_FAIL(r, "%s of %s is no sum over %" PRId64 " pixels", rule_text(r, 0),
                         rule_name(r, 0), ir_int(r->n, A_count));
    r->shape[0] = r->shape[1] = (Shape){ 3, { 1, 2, s->dim[2] } };
    r->dtype[0] = rule_in(r, 0)->dtype;
    r->dtype[1] = DT_F64;
    return true;
}

bool rule_bn_factor(RuleArgs *r)
{
    if (!rule_types(r, 0, &types_float) || !rule_rank(r, 0, 1, 1))
        return false;
    return vectors(r, 1, 1, rule_shape(r, 0)->dim[0])
        && vector_results(r, rule_shape(r, 0)->dim[0]);
}

bool rule_bn_apply(RuleArgs *r)
{
    return has_channels(r) && vectors(r, 1, 3, channels(r)) && rule_result(r, rule_shape(r, 0));
}

/* The word is an activation, or nothing. */
static bool names_act(RuleArgs *r, bool needed)
{
    const char *word = ir_word(r->n, A_act);
    Op op = op_by_name(word);

    if ((!*word && !needed) || (op && op_info[op].flags & ACT))
        return true;
    return RULE_FAIL(r, "'%s' is not an activation", diag_quote(r->g->arena, word));
}

bool rule_bn_grad_sums(RuleArgs *r)
{
    return has_channels(r) && vectors(r, 1, 3, channels(r)) && alike(r, 0, 4)
        && names_act(r, false) && partial_sums(r);
}

bool rule_bn_grad_fold(RuleArgs *r)
{
    return from_parts(r) && vectors(r, 1, 2, rule_shape(r, 0)->dim[2]) && several_ranks(r);
}

bool rule_bn_grad(RuleArgs *r)
{
    return has_channels(r) && vectors(r, 1, 5, channels(r)) && alike(r, 0, 6)
        && names_act(r, false) && rule_result(r, rule_shape(r, 0));
}

/* ---- other gradients ---- */

bool rule_act_grad(RuleArgs *r)
{
    return rule_types(r, 0, &types_float) && alike(r, 0, 1) && names_act(r, true)
        && rule_result(r, rule_shape(r, 0));
}

/* Operand dy has the shape that op gives x by the rule that already exists: the node is taken for
 * that op, with the same attributes. */
static bool is_result_of(RuleArgs *r, uint32_t dy, const Shape *y)
{
    if (shape_equal(rule_shape(r, dy), y))
        return rule_same_type(r, 0, dy);
    return RULE_FAIL(r, "%s has the shape %s, the result of %s is %s", rule_name(r, dy),
                     rule_text(r, dy), rule_name(r, 0), shape_text(r->g->arena, y));
}

/* Output elements along spatial dimension d of a convolution. */
static int64_t slid(const RuleArgs *r, const Shape *x, const Shape *w, uint32_t d)
{
    const int64_t *pad = ir_ints(r->n, A_pad, NULL);
    const Slide s = { x->dim[2 + d], pad[d], pad[x->rank - 2 + d], w->dim[2 + d],
                      ir_ints(r->n, A_dilation, NULL)[d], ir_ints(r->n, A_stride, NULL)[d],
                      false };

    return shape_window(&s);
}

/* x (N,C,D1..), dy (N,K,O1..), shape (K,C/group,R1..) */
bool rule_conv_grad(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0);
    Shape w = { .rank = x->rank }, y = *x;
    uint32_t count;
    const int64_t *shape = ir_ints(r->n, A_shape, &count);
    int64_t group = ir_int(r->n, A_group);

    if (!rule_types(r, 0, &types_float) || !rule_rank(r, 0, 2, 5)
        || !rule_window(r, x->rank - 2))
        return false;
    for (uint32_t i = 0; i < count && i < IR_MAX_RANK; i++)
        w.dim[i] = shape[i];
    if (count != x->rank || !shape_ok(&w) || group < 1 || w.dim[0] < 1 || w.dim[1] < 1
        || w.dim[0] % group || x->dim[1] % group || x->dim[1] / group != w.dim[1])
        return RULE_FAIL(r, "%s, %s is no pair of operand and weights (group %" PRId64 ")",
                         rule_text(r, 0), shape_text(r->g->arena, &w), group);
    y.dim[1] = w.dim[0];
    for (uint32_t d = 0; d + 2 < x->rank; d++)
        if (w.dim[2 + d] < 1 || (y.dim[2 + d] = slid(r, x, &w, d)) < 0)
            return RULE_FAIL(r, "the kernel does not fit %s", rule_name(r, 0));
    return is_result_of(r, 1, &y) && rule_result(r, &w);
}

bool rule_max_pool_grad(RuleArgs *r)
{
    Shape y = { .rank = 0 };
    DType t;
    RuleArgs pool = *r;

    pool.shape = &y;
    pool.dtype = &t;
    return rule_types(r, 0, &types_float) && rule_max_pool(&pool) && names_act(r, false)
        && is_result_of(r, 1, &y) && rule_result(r, rule_shape(r, 0));
}

/* The result's shape is the attribute's; that it fits dy is for the pass that made it to see to. */
bool rule_avg_pool_grad(RuleArgs *r)
{
    const Shape *dy = rule_shape(r, 0);
    Shape x = { .rank = dy->rank };
    uint32_t count, kernel;
    const int64_t *shape = ir_ints(r->n, A_shape, &count);

    ir_ints(r->n, A_kernel, &kernel);
    if (!rule_types(r, 0, &types_float) || !rule_rank(r, 0, 3, 5)
        || !rule_window(r, dy->rank - 2) || !rule_flag(r, A_ceil) || !rule_flag(r, A_count_pad))
        return false;
    for (uint32_t i = 0; i < count && i < IR_MAX_RANK; i++)
        x.dim[i] = shape[i];
    if (count != dy->rank || kernel != dy->rank - 2 || !shape_ok(&x) || x.dim[0] != dy->dim[0]
        || x.dim[1] != dy->dim[1])
        return RULE_FAIL(r, "%s is no pooling of %s", rule_text(r, 0),
                         shape_text(r->g->arena, &x));
    return rule_result(r, &x);
}

bool rule_softmax_grad(RuleArgs *r)
{
    uint32_t axis;

    return rule_types(r, 0, &types_float) && alike(r, 0, 1)
        && rule_axis(r, rule_shape(r, 0)->rank, &axis) && rule_result(r, rule_shape(r, 0));
}

bool rule_cross_entropy(RuleArgs *r)
{
    const Shape *s = rule_shape(r, 0), *labels = rule_shape(r, 1);

    if (!rule_types(r, 0, &types_float) || !rule_rank(r, 0, 2, 2) || !rule_rank(r, 1, 1, 1)
        || !several_ranks(r))
        return false;
    if (rule_in(r, 1)->dtype != DT_I32 || labels->dim[0] != s->dim[0] || s->dim[1] < 1)
        return RULE_FAIL(r, "%s is no i32 label for each row of %s", rule_name(r, 1),
                         rule_name(r, 0));
    r->shape[0] = (Shape){ .rank = 0 };
    r->shape[1] = *s;
    r->dtype[0] = r->dtype[1] = rule_in(r, 0)->dtype;
    return true;
}

/* ---- updates ---- */

/* Result i is operand i anew.  All operands have the shape of the first but batch norm's, which are
 * two vectors of each kind, and the last one of an optimiser, which may be a factor. */
bool rule_update(RuleArgs *r)
{
    uint32_t least = op_info[r->n->op].min_in;

    if (!rule_types(r, 0, &types_float))
        return false;
    for (uint32_t i = 1; i < least; i++)
        if (!alike(r, 0, i))
            return false;
    if (r->n->n_in > least && (rule_shape(r, least)->rank || !rule_same_type(r, 0, least)))
        return RULE_FAIL(r, "the factor %s is no scalar", rule_name(r, least));
    for (uint32_t i = 0; i < r->n->n_out; i++) {
        r->shape[i] = *rule_shape(r, 0);
        r->dtype[i] = rule_in(r, 0)->dtype;
    }
    return true;
}

bool rule_clip_factor(RuleArgs *r)
{
    for (uint32_t i = 0; i < r->n->n_in; i++)
        if (!rule_types(r, i, &types_float) || !rule_same_type(r, 0, i))
            return false;
    return rule_result(r, &(Shape){ .rank = 0 });
}
