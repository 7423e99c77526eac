/* SPDX-License-Identifier: Apache-2.0 */
/* shape_reduce: rules of reductions over one or several dimensions. */
#include "ir/rules.h"

/* Drops, or makes 1, the dimensions whose bit is set in mask. */
static Shape reduced(const Shape *x, unsigned mask, bool keep)
{
    Shape y = { 0 };

    for (uint32_t i = 0; i < x->rank; i++)
        if (keep || !(mask >> i & 1))
            y.dim[y.rank++] = mask >> i & 1 ? 1 : x->dim[i];
    return y;
}

/* The axes as bits; none given means all.  The attribute becomes sorted and non-negative. */
static bool reduce_axes(RuleArgs *r, uint32_t rank, unsigned *mask)
{
    int64_t sorted[IR_MAX_RANK];
    uint32_t n, axis, n_sorted = 0;
    const int64_t *axes = ir_ints(r->n, A_axes, &n);

    *mask = n ? 0 : (1u << rank) - 1;
    for (uint32_t i = 0; i < n; i++) {
        if (!shape_axis(axes[i], rank, &axis))
            return RULE_FAIL(r, "axis %" PRId64 " is outside the %u dimensions of %s", axes[i],
                             rank, rule_name(r, 0));
        if (*mask >> axis & 1)
            return RULE_FAIL(r, "axis %u is given twice", axis);
        *mask |= 1u << axis;
    }
    for (uint32_t i = 0; i < rank; i++)
        if (*mask >> i & 1)
            sorted[n_sorted++] = i;
    rule_set_list(r, A_axes, sorted, n_sorted);
    return true;
}

/* Integers are allowed: their mean is rounded towards zero. */
bool rule_reduce(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0);
    unsigned mask;
    Shape y;

    if (!rule_types(r, 0, &types_number) || !rule_flag(r, A_keep)
        || !reduce_axes(r, x->rank, &mask))
        return false;
    y = reduced(x, mask, ir_int(r->n, A_keep));
    return rule_result(r, &y);
}

/* The index of an extreme along one axis, as i64.  There must be an element to point at. */
bool rule_arg(RuleArgs *r)
{
    const Shape *x = rule_shape(r, 0);
    uint32_t axis;

    if (!rule_types(r, 0, &types_number) || !rule_flag(r, A_keep) || !rule_flag(r, A_last)
        || !rule_axis(r, x->rank, &axis))
        return false;
    if (x->dim[axis] < 1)
        return RULE_FAIL(r, "%s of %s over no elements", op_info[r->n->op].name, rule_text(r, 0));
    r->shape[0] = reduced(x, 1u << axis, ir_int(r->n, A_keep));
    r->dtype[0] = DT_I64;
    return true;
}
