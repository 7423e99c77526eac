/* SPDX-License-Identifier: Apache-2.0 */
/* k_map: elementwise ops, and copies, which are elementwise too.
 *
 * f32 goes by the vector functions of act.c.t; every other type by a scalar C expression. */
#include "backend/kernels.h"

#include <string.h>

/* ---- one operand ---- */

typedef struct Scalar { Op op; const char *expr; } Scalar;

/* Expressions in x, for types other than f32.  They are cast to the result's type. */
static const Scalar unary[] = {
    { OP_identity, "x" }, { OP_cast, "x" }, { OP_neg, "-x" }, { OP_not, "!x" },
    { OP_abs, "x < 0 ? -x : x" }, { OP_sign, "(x > 0) - (x < 0)" }, { OP_relu, "x < 0 ? 0 : x" },
    { OP_sqrt, "sqrt((double)x)" }, { OP_exp, "exp((double)x)" }, { OP_log, "log((double)x)" },
    { OP_erf, "erf((double)x)" }, { OP_tanh, "tanh((double)x)" },
    { OP_sigmoid, "1 / (1 + exp(-(double)x))" }, { OP_reciprocal, "1 / x" },
    { OP_floor, "floor((double)x)" }, { OP_ceil, "ceil((double)x)" },
    { OP_round, "rint((double)x)" }, { OP_sin, "sin((double)x)" }, { OP_cos, "cos((double)x)" },
    { OP_softplus, "log1p(exp(-fabs((double)x))) + (x > 0 ? x : 0)" },
    { OP_softsign, "x / (1 + fabs((double)x))" },
};

static bool is_unsigned(DType t)
{
    return t == DT_U8 || t == DT_U16 || t == DT_U32 || t == DT_U64 || t == DT_BOOL;
}

/* -INFINITY and INFINITY are no limits. */
static const char *clip_expr(Emit *e, const Node *n, DType t)
{
    double lo = ir_float(n, A_min), hi = ir_float(n, A_max);
    const char *c = dtype_info[t].c;
    const char *low = lo > -1e300 ? emit_float(e, lo, DT_F64) : NULL;
    const char *high = hi < 1e300 ? emit_float(e, hi, DT_F64) : NULL;
    const char *x = "x";

    if (low)
        x = arena_printf(e->arena, "((double)x < %s ? (%s)%s : x)", low, c, low);
    if (high)
        x = arena_printf(e->arena, "(double)x > %s ? (%s)%s : %s", high, c, high, x);
    return x;
}

static const char *unary_expr(Emit *e, const Node *n, DType x, DType y)
{
    if (n->op == OP_cast && y == DT_BOOL)
        return "x != 0";
    if (n->op == OP_cast && x == DT_BOOL)
        return "x != 0";
    if (n->op == OP_clip)
        return clip_expr(e, n, x);
    if (is_unsigned(x) && (n->op == OP_abs || n->op == OP_relu))
        return "x";
    if (is_unsigned(x) && n->op == OP_sign)
        return "x > 0";
    for (size_t i = 0; i < sizeof unary / sizeof unary[0]; i++)
        if (unary[i].op == n->op)
            return unary[i].expr;
    return NULL;
}

typedef struct Map { const Nest *nest; DType x, y; const char *act, *expr; } Map;

static const char *map_function(Emit *e, const Map *m)
{
    TmplVars *v = tmpl_vars(e->arena);
    bool vector = m->act && nest_is_vector(m->nest);

    nest_vars(m->nest, v, (const char *[]){ "Y", "X" });
    tmpl_word(v, "TX", dtype_info[m->x].c);
    tmpl_word(v, "TY", dtype_info[m->y].c);
    tmpl_word(v, "ACT", vector ? m->act : "");
    tmpl_word(v, "EXPR", vector ? "" : m->expr);
    tmpl_int(v, "VECTOR", vector);
    return emit_function(e, "map.c.t", "map", v);
}

/* An f32 function has no scalar form; where lanes cannot be used it is applied to one. */
static const char *one_lane(Emit *e, const char *act)
{
    TmplVars *v = tmpl_vars(e->arena);

    tmpl_word(v, "ACT", act);
    return emit_function(e, "lane.c.t", "lane", v);
}

bool emit_map(Emit *e, const Node *n)
{
    DType x = ir_val(e->g, n->in[0])->dtype, y = ir_val(e->g, n->out[0])->dtype;
    const char *fn;
    Nest nest;
    Map m = { .nest = &nest, .x = x, .y = y };

    nest_elementwise(e, &nest, n->out[0], n->in, 1);
    if (x == DT_F32 && y == DT_F32) {
        m.act = n->op == OP_cast ? "v_same" : emit_unary_act(e, n);
        if (!m.act)
            return false;
        m.expr = "x";
        if (!nest_is_vector(&nest) && strcmp(m.act, "v_same"))
            m.expr = arena_printf(e->arena, "%s(x)", one_lane(e, m.act));
    } else {
        m.expr = unary_expr(e, n, x, y);
    }
    if (!m.expr) {
        diag_error(e->d, n->pos, "%s of %s has no kernel", op_info[n->op].name,
                   dtype_info[x].name);
        return false;
    }
    fn = map_function(e, &m);
    if (fn)
        emit_call(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_out(e, n->out[0]) }, 2);
    return fn != NULL;
}

/* ---- copies ---- */

bool emit_strided_copy(Emit *e, const Copy *c)
{
    const char *fn;
    Nest nest;
    Map m = { .nest = &nest, .x = c->dtype, .y = c->dtype,
              .act = c->dtype == DT_F32 ? "v_same" : NULL, .expr = "x" };

    nest_init(&nest, 2);
    for (uint32_t d = 0; d < c->shape->rank; d++)
        nest_add(&nest, c->shape->dim[d], (int64_t[]){ c->to_stride[d], c->from_stride[d] });
    nest_simplify(&nest);
    fn = map_function(e, &m);
    if (fn)
        emit_call(e, fn, (const char *[]){ c->from, c->to }, 2);
    return fn != NULL;
}

/* A view op that could not be a view: its elements move, in the operand's row-major order for a
 * reshape, index by index for the others. */
bool emit_copy(Emit *e, const Node *n)
{
    const Shape *x = emit_shape(e, n->in[0]);
    int64_t dense[IR_MAX_RANK] = { 0 };
    Copy c = { .shape = x, .dtype = ir_val(e->g, n->in[0])->dtype,
               .from = emit_in(e, n->in[0]), .to = emit_out(e, n->out[0]),
               .from_stride = emit_place(e, n->in[0])->stride,
               .to_stride = emit_place(e, n->out[0])->stride };

    if (n->op == OP_reshape) {
        plan_row_major(x, dense);
        c.to_stride = dense;
    }
    return emit_strided_copy(e, &c);
}

/* The operands that were not computed in place move there now. */
bool emit_concat(Emit *e, const Node *n)
{
    const Place *y = emit_place(e, n->out[0]);
    int64_t axis = ir_int(n, A_axis), at = 0;
    bool ok = true;

    for (uint32_t i = 0; i < n->n_in; i++) {
        const Shape *x = emit_shape(e, n->in[i]);
        Copy c = { .shape = x, .dtype = ir_val(e->g, n->in[i])->dtype,
                   .from = emit_in(e, n->in[i]),
                   .to = emit_out_at(e, n->out[0], at * y->stride[axis]),
                   .from_stride = emit_place(e, n->in[i])->stride, .to_stride = y->stride };
        bool moved = emit_place(e, n->in[i])->owner.id == y->owner.id;

        if (!moved && shape_count(x))
            ok = emit_strided_copy(e, &c) && ok;
        at += x->dim[axis];
    }
    return ok;
}

/* ---- two operands ---- */

typedef struct Binary { Op op; const char *vector, *expr, *integer; } Binary;

/* vector: for f32; expr: any type; integer: where integers differ. */
static const Binary binary[] = {
    { OP_add, "v_add", "a + b", NULL }, { OP_sub, "v_sub", "a - b", NULL },
    { OP_mul, "v_mul", "a * b", NULL }, { OP_div, "v_div", "a / b", "b ? a / b : 0" },
    { OP_min, "v_min", "a < b || a != a ? a : b", "a < b ? a : b" },
    { OP_max, "v_max", "a > b || a != a ? a : b", "a > b ? a : b" },
    { OP_pow, NULL, "pow((double)a, (double)b)", NULL },
    { OP_mod, NULL, "fmod((double)a, (double)b)", "!b ? 0 : a % b && (a < 0) != (b < 0) ? a % b + b : a % b" },
    { OP_prelu, "v_prelu", "a < 0 ? a * b : a", NULL },
    { OP_equal, NULL, "a == b", NULL }, { OP_less, NULL, "a < b", NULL },
    { OP_less_equal, NULL, "a <= b", NULL }, { OP_greater, NULL, "a > b", NULL },
    { OP_greater_equal, NULL, "a >= b", NULL }, { OP_and, NULL, "a && b", NULL },
    { OP_or, NULL, "a || b", NULL }, { OP_xor, NULL, "!a != !b", NULL },
};

static const Binary *binary_of(Op op)
{
    size_t i = 0;

    while (binary[i].op != op)
        i++;
    return &binary[i];
}

static const char *binary_expr(Emit *e, const Node *n, DType t)
{
    const Binary *b = binary_of(n->op);
    bool whole = t != DT_F32 && t != DT_F64;

    (void)e;
    if (n->op == OP_mod && whole && ir_int(n, A_fmod))
        return "b ? a % b : 0";
    if (n->op == OP_mod && is_unsigned(t))
        return "b ? a % b : 0";
    return whole && b->integer ? b->integer : b->expr;
}

bool emit_zip(Emit *e, const Node *n)
{
    DType x = ir_val(e->g, n->in[0])->dtype, y = ir_val(e->g, n->out[0])->dtype;
    const Binary *b = binary_of(n->op);
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *act;
    bool vector;
    Nest nest;

    nest_elementwise(e, &nest, n->out[0], n->in, 2);
    vector = b->vector && x == DT_F32 && nest_is_vector(&nest);
    act = emit_act(e, &n->act);
    if (!act)
        return false;
    nest_vars(&nest, v, (const char *[]){ "Y", "A", "B" });
    tmpl_word(v, "TX", dtype_info[x].c);
    tmpl_word(v, "TY", dtype_info[y].c);
    tmpl_word(v, "OP", vector ? b->vector : "");
    tmpl_word(v, "ACT", vector ? act : "");
    tmpl_word(v, "EXPR", vector ? "" : !n->act.op ? binary_expr(e, n, x)
        : arena_printf(e->arena, "%s(%s)", one_lane(e, act), binary_expr(e, n, x)));
    tmpl_int(v, "VECTOR", vector);
    fn = emit_function(e, "zip.c.t", "zip", v);
    if (fn)
        emit_call(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_in(e, n->in[1]),
                                           emit_out(e, n->out[0]) }, 3);
    return fn != NULL;
}
