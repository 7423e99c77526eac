/* SPDX-License-Identifier: Apache-2.0 */
/* shape_rules: the table of rules, made from ops.def, and the checks that rules share. */
#include "ir/rules.h"

#include <string.h>

#define OP(name, onnx, min, max, n_out, flags, rule, ...) [OP_##name] = rule_##rule,
static ShapeRule *const rule_table[OP_COUNT] = {
#include "ir/ops.def"
};
#undef OP

/* f16 stands in weight files only: a cast is the one thing to do with it. */
#define T(t) (1u << DT_##t)
#define FLOATS (T(F32) | T(F64))
#define INTEGERS (T(I8) | T(U8) | T(I16) | T(U16) | T(I32) | T(U32) | T(I64) | T(U64))
const TypeSet types_any = { FLOATS | INTEGERS | T(F16) | T(BOOL), "any type" };
const TypeSet types_number = { FLOATS | INTEGERS, "numbers other than f16" };
const TypeSet types_float = { FLOATS, "f32 or f64" };
const TypeSet types_bool = { T(BOOL), "bool" };
const TypeSet types_equality = { FLOATS | INTEGERS | T(BOOL), "numbers other than f16, or bool" };
const TypeSet types_index = { T(I32) | T(I64), "i32 or i64" };
#undef T

/* An activation works on what its op takes alone: all of them on floats, these two on integers. */
static bool check_act(RuleArgs *r)
{
    Op op = r->n->op, act = r->n->act.op;

    if (!act)
        return true;
    if (act >= OP_COUNT || !(op_info[act].flags & ACT))
        return RULE_FAIL(r, "%s is not an activation", act < OP_COUNT ? op_info[act].name : "?");
    if (!(op_info[op].flags & FUSES_ACT))
        return RULE_FAIL(r, "%s takes no activation", op_info[op].name);
    if (r->dtype[0] != DT_F32 && r->dtype[0] != DT_F64 && act != OP_relu && act != OP_clip)
        return RULE_FAIL(r, "the activation %s needs f32 or f64, not %s", op_info[act].name,
                         dtype_info[r->dtype[0]].name);
    return true;
}

/* The rule first: the activation is judged by the result's type. */
bool shape_infer(Op op, RuleArgs *r)
{
    return rule_table[op](r) && check_act(r);
}

/* Quoted and escaped: names may be anything. */
const char *rule_name(const RuleArgs *r, uint32_t i)
{
    return arena_printf(r->g->arena, "'%s'", diag_quote(r->g->arena, rule_in(r, i)->name));
}

/* The shape of operand i, for messages. */
const char *rule_text(const RuleArgs *r, uint32_t i)
{
    return shape_text(r->g->arena, rule_shape(r, i));
}

/* One result of shape s with the type of operand 0, as most ops have it. */
bool rule_result(RuleArgs *r, const Shape *s)
{
    r->shape[0] = *s;
    r->dtype[0] = rule_in(r, 0)->dtype;
    return true;
}

/* Is operand i of a type in the set? A bit per DType. */
bool rule_types(RuleArgs *r, uint32_t i, const TypeSet *set)
{
    DType t = rule_in(r, i)->dtype;

    if (set->mask >> t & 1)
        return true;
    return RULE_FAIL(r, "%s is %s, %s takes %s", rule_name(r, i), dtype_info[t].name,
                     op_info[r->n->op].name, set->text);
}

/* There are no conversions between types but cast. */
bool rule_same_type(RuleArgs *r, uint32_t i, uint32_t j)
{
    DType a = rule_in(r, i)->dtype, b = rule_in(r, j)->dtype;

    if (a == b)
        return true;
    return RULE_FAIL(r, "%s is %s, %s is %s: the types must be the same", rule_name(r, i),
                     dtype_info[a].name, rule_name(r, j), dtype_info[b].name);
}

/* Has operand i least to most dimensions? */
bool rule_rank(RuleArgs *r, uint32_t i, uint32_t least, uint32_t most)
{
    uint32_t rank = rule_shape(r, i)->rank;

    if (rank >= least && rank <= most)
        return true;
    if (least == most)
        return RULE_FAIL(r, "%s has the shape %s, %s takes %u dimensions", rule_name(r, i),
                         rule_text(r, i), op_info[r->n->op].name, least);
    if (most == IR_MAX_RANK)
        return RULE_FAIL(r, "%s has the shape %s, %s takes %u dimensions or more", rule_name(r, i),
                         rule_text(r, i), op_info[r->n->op].name, least);
    return RULE_FAIL(r, "%s has the shape %s, %s takes %u to %u dimensions", rule_name(r, i),
                     rule_text(r, i), op_info[r->n->op].name, least, most);
}

/* Operand i is (n), of the type of operand 0; what names it in the message. */
bool rule_vector(RuleArgs *r, uint32_t i, int64_t n, const char *what)
{
    const Shape *s = rule_shape(r, i);

    if (s->rank != 1 || s->dim[0] != n)
        return RULE_FAIL(r, "the %s %s has the shape %s, (%" PRId64 ") is needed", what,
                         rule_name(r, i), rule_text(r, i), n);
    return rule_same_type(r, 0, i);
}

/* Does operand i broadcast to s, without making it larger? */
bool rule_fits(RuleArgs *r, uint32_t i, const Shape *s)
{
    Shape both;

    if (shape_broadcast(s, rule_shape(r, i), &both) && shape_equal(s, &both))
        return true;
    return RULE_FAIL(r, "%s has the shape %s, which does not broadcast to %s", rule_name(r, i),
                     rule_text(r, i), shape_text(r->g->arena, s));
}

/* spec.n numbers, each in min .. max; a list left out becomes spec.fill throughout. */
bool rule_list(RuleArgs *r, ListSpec spec)
{
    uint32_t n;
    const int64_t *v = ir_ints(r->n, spec.name, &n);
    const char *name = attr_name[spec.name];

    /* a list that should have numbers and has none was left out */
    if (n == 0 && spec.n) {
        int64_t fill[2 * IR_MAX_RANK];
        for (uint32_t i = 0; i < spec.n; i++)
            fill[i] = spec.fill;
        rule_set_list(r, spec.name, fill, spec.n);
        v = ir_ints(r->n, spec.name, &n);
    }
    if (n != spec.n)
        return RULE_FAIL(r, "%s has %u numbers, %u are needed", name, n, spec.n);
    for (uint32_t i = 0; i < n; i++) {
        if (v[i] < spec.min)
            return RULE_FAIL(r, "%s %" PRId64 " is less than %" PRId64, name, v[i], spec.min);
        if (v[i] > spec.max)
            return RULE_FAIL(r, "%s %" PRId64 " is more than %" PRId64, name, v[i], spec.max);
    }
    return true;
}

/* Rules run again in every ir_check, where nothing should be allocated for what is complete. */
void rule_set_list(RuleArgs *r, AttrName name, const int64_t *v, uint32_t n)
{
    uint32_t old_n;
    const int64_t *old = ir_ints(r->n, name, &old_n);

    if (old_n != n || (n && memcmp(old, v, n * sizeof *v)))
        ir_set_attr(r->g, r->n, attr_ints(name, v, n));
}

/* The attribute becomes non-negative, so that nobody after the rule has to ask. */
bool rule_axis(RuleArgs *r, uint32_t rank, uint32_t *axis)
{
    int64_t a = ir_int(r->n, A_axis);

    if (!shape_axis(a, rank, axis))
        return RULE_FAIL(r, "axis %" PRId64 " is outside %u dimensions", a, rank);
    ir_set_attr(r->g, r->n, attr_int(A_axis, *axis));
    return true;
}

/* Attributes that are switches: 0 or 1. */
bool rule_flag(RuleArgs *r, AttrName name)
{
    int64_t x = ir_int(r->n, name);

    if (x == 0 || x == 1)
        return true;
    return RULE_FAIL(r, "%s is %" PRId64 ", it must be 0 or 1", attr_name[name], x);
}

/* The lists are short and in no order: a search costs nothing. */
bool rule_word(RuleArgs *r, AttrName name, const char *const *list)
{
    const char *word = ir_word(r->n, name), *near;
    size_t n = 0;

    for (; list[n]; n++)
        if (!strcmp(word, list[n]))
            return true;
    diag_error(r->d, r->n->pos, "%s has no %s '%s'", op_info[r->n->op].name, attr_name[name],
               diag_quote(r->g->arena, word));
    near = diag_nearest(word, list, n);
    if (near)
        diag_hint(r->d, "did you mean '%s'?", near);
    return false;
}

/* A negative pad would crop x, which ONNX leaves to Pad. */
bool rule_window(RuleArgs *r, uint32_t n)
{
    return rule_list(r, (ListSpec){ A_stride, n, 1, 1, RULE_MOST })
        && rule_list(r, (ListSpec){ A_dilation, n, 1, 1, RULE_MOST })
        && rule_list(r, (ListSpec){ A_pad, 2 * n, 0, 0, RULE_MOST });
}
