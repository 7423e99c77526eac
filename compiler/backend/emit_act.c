/* SPDX-License-Identifier: Apache-2.0 */
/* emit_act: functions of one number, for unary ops and fused activations.
 *
 * in: a unary node, or the activation fused into another node, and a type.  out: the name of a C
 * function that is in the file by then.  f32 has vector functions (act.c.t), and where lanes cannot
 * be used those of one lane, so that both give the same bits; f64 (act64.c.t) and the integers
 * (act_int.c.t) have functions of their own.
 *
 * Not for: cast, which is between two types (k_map.c). */
#include "backend/emit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* An op with its first two float attributes, as in Act. */
typedef struct Unary {
    Op op;
    double a, b;
    bool tanh;             /* gelu approximated by it */
} Unary;

/* What is meant by Act.a depends on the op: for gelu, whether tanh approximates it. */
static Unary of_act(const Act *act)
{
    return (Unary){ act->op, (double)act->a, (double)act->b, act->a != 0 };
}

/* The float attributes of all ops stand in the order in which the formulas name them. */
static Unary of_node(const Node *n)
{
    Unary u = { .op = n->op };
    double *p[] = { &u.a, &u.b };

    for (int k = 0, i = 0; k < IR_MAX_ATTR && n->attr[k].name && i < 2; k++)
        if (n->attr[k].type == ATTR_FLOAT)
            *p[i++] = n->attr[k].u.f;
    u.tanh = n->op == OP_gelu && !strcmp(ir_word(n, A_approximate), "tanh");
    return u;
}

/* A cast that comes here is one to the same type. */
static bool changes_nothing(const Unary *u)
{
    return u->op == OP_none || u->op == OP_cast || op_info[u->op].flags & VIEW;
}

/* file: act.c.t or act64.c.t. */
static const char *float_function(Emit *e, const Unary *u, const char *file, DType t)
{
    TmplVars *v = tmpl_vars(e->arena);

    tmpl_word(v, "OP", u->op == OP_gelu && u->tanh ? "gelu_tanh" : op_info[u->op].name);
    tmpl_word(v, "A", emit_float(e, u->a, t));
    tmpl_word(v, "B", emit_float(e, u->b, t));
    return emit_function(e, file, op_info[u->op].name, v);
}

/* NULL: the template has a mistake, which has been said. */
static const char *vector_function(Emit *e, const Unary *u)
{
    return changes_nothing(u) ? "v_same" : float_function(e, u, "act.c.t", DT_F32);
}

/* The name of a function from vectors to vectors, fit for the tiles of any kernel. */
const char *emit_act(Emit *e, const Act *act)
{
    Unary u = of_act(act);

    return vector_function(e, &u);
}

/* As emit_act, for a node of its own. */
const char *emit_unary_act(Emit *e, const Node *n)
{
    Unary u = of_node(n);

    return vector_function(e, &u);
}

/* The vector function on a vector of equal lanes; its first lane. */
const char *emit_one_lane(Emit *e, const char *vector)
{
    TmplVars *v = tmpl_vars(e->arena);

    tmpl_word(v, "ACT", vector);
    return emit_function(e, "lane.c.t", "lane", v);
}

/* ---- integers ---- */

/* 2^64 - 1 and 2^63 - 1 are no doubles: most is then 1 too large, which comparisons by < bear. */
typedef struct Range { double least, most; } Range;

/* Two's complement; both ends belong to it. */
static Range range_of(DType t)
{
    int bits = (int)dtype_info[t].size * 8;

    if (dtype_is_unsigned(t))
        return (Range){ 0, ldexp(1, bits) - 1 };
    return (Range){ -ldexp(1, bits - 1), ldexp(1, bits - 1) - 1 };
}

/* A whole number inside the range of t as a literal; x may lie outside of it, and NaN becomes 0. */
static const char *whole(Emit *e, double x, DType t)
{
    Range r = range_of(t);

    if (t == DT_I64 && x <= r.least)
        return "INT64_MIN";
    x = isnan(x) ? 0 : x < r.least ? r.least : x;
    if (dtype_is_unsigned(t))
        return arena_printf(e->arena, "%" PRIu64 "u", x < r.most ? (uint64_t)x : UINT64_MAX >> (
                            64 - 8 * dtype_info[t].size));
    return arena_printf(e->arena, "%" PRId64, x < r.most ? (int64_t)x : INT64_MAX >> (
                        64 - 8 * dtype_info[t].size));
}

/* bool has two numbers only: everything but 0 is 1. */
const char *emit_number(Emit *e, double x, DType t)
{
    if (t == DT_F32 || t == DT_F64)
        return emit_float(e, x, t);
    return t == DT_BOOL ? (x != 0 ? "1" : "0") : whole(e, x, t);
}

/* Bounds of a clip that the type cannot exceed are left out: compilers warn of such comparisons. */
static const char *integer_function(Emit *e, const Unary *u, DType t)
{
    TmplVars *v = tmpl_vars(e->arena);
    Range r = range_of(t);
    double low = ceil(u->a), high = floor(u->b);
    bool clip = u->op == OP_clip;

    tmpl_word(v, "OP", op_info[u->op].name);
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_int(v, "SIGNED", !dtype_is_unsigned(t));
    tmpl_int(v, "HAS_LOW", clip && low > r.least);
    tmpl_int(v, "HAS_HIGH", clip && high < r.most);
    tmpl_word(v, "LOW", clip ? whole(e, low, t) : "");
    tmpl_word(v, "HIGH", clip ? whole(e, high, t) : "");
    return emit_function(e, "act_int.c.t", op_info[u->op].name, v);
}

/* ---- one number of any type ---- */

/* "" where nothing is to be done: a call of it is then just brackets around its argument. */
static const char *scalar_function(Emit *e, const Unary *u, DType t)
{
    const char *vector;

    if (changes_nothing(u))
        return "";
    if (t == DT_F64)
        return float_function(e, u, "act64.c.t", t);
    if (t != DT_F32)
        return integer_function(e, u, t);
    vector = vector_function(e, u);
    return vector ? emit_one_lane(e, vector) : NULL;
}

/* For f32 the same bits as emit_act gives. */
const char *emit_scalar_act(Emit *e, const Act *act, DType t)
{
    Unary u = of_act(act);

    return scalar_function(e, &u, t);
}

/* As emit_scalar_act, for a node of its own. */
const char *emit_scalar_unary(Emit *e, const Node *n, DType t)
{
    Unary u = of_node(n);

    return scalar_function(e, &u, t);
}
