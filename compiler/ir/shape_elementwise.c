/* SPDX-License-Identifier: Apache-2.0 */
/* shape_elementwise: rules of ops that compute each element alone, with numpy's broadcasting, and
 * of the normalisations, whose result has the shape of x. */
#include "ir/rules.h"

static bool like_x(RuleArgs *r, const TypeSet *set)
{
    return rule_types(r, 0, set) && rule_result(r, rule_shape(r, 0));
}

/* Ops that ONNX defines for integers too: relu, clip, neg, abs, sign. */
bool rule_unary(RuleArgs *r)
{
    return like_x(r, &types_number);
}

/* Ops whose result is a fraction for most operands. */
bool rule_unary_float(RuleArgs *r)
{
    return like_x(r, &types_float);
}

/* x Phi(x), or its approximation by tanh. */
bool rule_gelu(RuleArgs *r)
{
    static const char *const kinds[] = { "none", "tanh", NULL };

    return like_x(r, &types_float) && rule_word(r, A_approximate, kinds);
}

bool rule_not(RuleArgs *r)
{
    return like_x(r, &types_bool);
}

/* Moves data, so also what nothing computes with. */
bool rule_identity(RuleArgs *r)
{
    return like_x(r, &types_any);
}

/* From any type to any; the only op, with the movement of data, that takes f16. */
bool rule_cast(RuleArgs *r)
{
    const char *word = ir_word(r->n, A_to);

    if (!like_x(r, &types_any))
        return false;
    r->dtype[0] = dtype_by_name(word);
    if (!r->dtype[0])
        return RULE_FAIL(r, "there is no type '%s'", diag_quote(r->g->arena, word));
    return true;
}

/* ---- two and three operands ---- */

/* Result 0 has the shape to which all operands broadcast. */
static bool broadcast_all(RuleArgs *r)
{
    Shape s = *rule_shape(r, 0);

    for (uint32_t i = 1; i < r->n->n_in; i++)
        if (!shape_broadcast(&s, rule_shape(r, i), &s))
            return RULE_FAIL(r, "%s has the shape %s, which does not broadcast with %s of %s",
                             rule_name(r, i), rule_text(r, i), shape_text(r->g->arena, &s),
                             rule_name(r, 0));
    return rule_result(r, &s);
}

/* Operands of one type, which is the result's: frontends add the casts that they mean. */
bool rule_binary(RuleArgs *r)
{
    return rule_types(r, 0, &types_number) && rule_same_type(r, 0, 1) && broadcast_all(r);
}

/* The exponent may have another type; the result has the base's. */
bool rule_pow(RuleArgs *r)
{
    return rule_types(r, 0, &types_number) && rule_types(r, 1, &types_number) && broadcast_all(r);
}

/* ONNX: with fmod=0 the sign is the divisor's, and floats are not allowed. */
bool rule_mod(RuleArgs *r)
{
    if (!rule_binary(r) || !rule_flag(r, A_fmod))
        return false;
    if (!ir_int(r->n, A_fmod) && (types_float.mask >> r->dtype[0] & 1))
        return RULE_FAIL(r, "mod of %s needs fmod=1", dtype_info[r->dtype[0]].name);
    return true;
}

/* x if x >= 0 else slope x: the slope may be smaller than x, but not larger. */
bool rule_prelu(RuleArgs *r)
{
    return rule_types(r, 0, &types_number) && rule_same_type(r, 0, 1)
        && rule_fits(r, 1, rule_shape(r, 0)) && rule_result(r, rule_shape(r, 0));
}

/* A bool for each pair of elements. */
static bool truth(RuleArgs *r, const TypeSet *set)
{
    if (!rule_types(r, 0, set) || !rule_same_type(r, 0, 1) || !broadcast_all(r))
        return false;
    r->dtype[0] = DT_BOOL;
    return true;
}

/* Order: bools have none. */
bool rule_compare(RuleArgs *r)
{
    return truth(r, &types_number);
}

bool rule_equal(RuleArgs *r)
{
    return truth(r, &types_equality);
}

bool rule_logic(RuleArgs *r)
{
    return truth(r, &types_bool);
}

/* The condition is a bool, the two others share the result's type; all three broadcast. */
bool rule_where(RuleArgs *r)
{
    if (!rule_types(r, 0, &types_bool) || !rule_types(r, 1, &types_any)
        || !rule_same_type(r, 1, 2) || !broadcast_all(r))
        return false;
    r->dtype[0] = rule_in(r, 1)->dtype;
    return true;
}

/* ---- normalisation ---- */

/* x (N,C,...) and vectors of C elements for each channel. */
static bool channel_norm(RuleArgs *r, uint32_t least_rank)
{
    static const char *const what[] = { "", "scale", "bias", "mean", "variance" };

    if (!like_x(r, &types_float) || !rule_rank(r, 0, least_rank, IR_MAX_RANK))
        return false;
    for (uint32_t i = 1; i < r->n->n_in; i++)
        if (!rule_vector(r, i, rule_shape(r, 0)->dim[1], what[i]))
            return false;
    return true;
}

/* x (N,C,...), scale, bias, mean and variance (C); in ONNX (N) alone would do, but has no use. */
bool rule_batch_norm(RuleArgs *r)
{
    return channel_norm(r, 2);
}

/* x (N,C,D1...), scale and bias (C): without a D there would be no variance. */
bool rule_instance_norm(RuleArgs *r)
{
    return channel_norm(r, 3);
}

/* Scale and bias broadcast to the dimensions from axis on. */
bool rule_layer_norm(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0);
    Shape tail = { 0 };
    uint32_t axis;

    if (!like_x(r, &types_float) || !rule_axis(r, x->rank, &axis))
        return false;
    for (uint32_t d = axis; d < x->rank; d++)
        tail.dim[tail.rank++] = x->dim[d];
    for (uint32_t i = 1; i < r->n->n_in; i++)
        if (!rule_same_type(r, 0, i) || !rule_fits(r, i, &tail))
            return false;
    return true;
}

/* x (N,C,...): the sum runs over size channels around each one. */
bool rule_lrn(RuleArgs *r)
{
    int64_t size = ir_int(r->n, A_size);

    if (size < 1 || size > RULE_MOST)
        return RULE_FAIL(r, "lrn over %" PRId64 " channels: size must be at least 1", size);
    return like_x(r, &types_float) && rule_rank(r, 0, 2, IR_MAX_RANK);
}

/* Over one axis; what ONNX before opset 13 meant by an axis is a reshape around this op. */
bool rule_softmax(RuleArgs *r)
{
    uint32_t axis;

    return like_x(r, &types_float) && rule_axis(r, rule_shape(r, 0)->rank, &axis);
}
