/* SPDX-License-Identifier: Apache-2.0 */
/* k_map: elementwise ops.
 *
 * f32 goes by the vector functions of act.c.t; every other type by a scalar C expression. */
#include "backend/kernels.h"

#include <math.h>
#include <string.h>

/* ---- one operand ---- */

static bool is_float(DType t)
{
    return t == DT_F32 || t == DT_F64;
}

/* From floats to integers what is out of range becomes the nearest that there is, and NaN 0. */
static const char *cast_expr(Emit *e, DType x, DType y)
{
    static const char *const limits[DT_COUNT] = {
        [DT_I8] = "INT8", [DT_I16] = "INT16", [DT_I32] = "INT32", [DT_I64] = "INT64",
        [DT_U8] = "UINT8", [DT_U16] = "UINT16", [DT_U32] = "UINT32", [DT_U64] = "UINT64",
    };
    const char *least = dtype_is_unsigned(y) ? "0" : arena_printf(e->arena, "%s_MIN", limits[y]);

    if (y == DT_BOOL || x == DT_BOOL)
        return "x != 0";
    if (!is_float(x) || is_float(y))
        return "x";
    return arena_printf(e->arena, "x != x ? 0 : x <= (%s)%s ? %s : x >= (%s)%s_MAX ? %s_MAX"
                        " : (%s)x", dtype_info[x].c, least, least, dtype_info[x].c, limits[y],
                        limits[y], dtype_info[y].c);
}

/* By lanes where there is an act and the loops allow it; else expr, in x, element by element. */
const char *emit_map_function(Emit *e, const Map *m)
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

/* The call of fn with x; NULL when there is no function, with a message said already. */
static const char *call_expr(Emit *e, const char *fn)
{
    return fn ? arena_printf(e->arena, "%s(x)", fn) : NULL;
}

/* Also where types differ: cast. */
bool emit_map(Emit *e, const Node *n)
{
    DType x = ir_val(e->g, n->in[0])->dtype, y = ir_val(e->g, n->out[0])->dtype;
    const char *fn;
    Nest nest;
    Map m = { .nest = &nest, .x = x, .y = y };

    nest_elementwise(e, &nest, n->out[0], n->in, 1);
    if (x == DT_F32 && y == DT_F32 && nest_is_vector(&nest))
        m.act = emit_unary_act(e, n);
    else if (n->op == OP_cast)
        m.expr = cast_expr(e, x, y);
    else
        m.expr = call_expr(e, emit_scalar_unary(e, n, x));
    if (!m.act && !m.expr)
        return false;
    fn = emit_map_function(e, &m);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_out(e, n->out[0]) }, 2);
    return fn != NULL;
}

/* ---- two operands ---- */

typedef struct Binary { Op op; const char *vector, *real, *whole, *natural; } Binary;

/* Expressions in a and b: vector for f32 by lanes; real for floats; whole for signed integers,
 * which come as int64_t, and natural for unsigned ones, as uint64_t.  Integers wrap around, and a
 * division by 0 gives 0. */
static const Binary binary[] = {
    { OP_add, "v_add", "a + b", "(uint64_t)a + (uint64_t)b", "a + b" },
    { OP_sub, "v_sub", "a - b", "(uint64_t)a - (uint64_t)b", "a - b" },
    { OP_mul, "v_mul", "a * b", "(uint64_t)a * (uint64_t)b", "a * b" },
    { OP_div, "v_div", "a / b", "b == -1 ? (int64_t)(0 - (uint64_t)a) : b ? a / b : 0",
      "b ? a / b : 0" },
    { OP_min, "v_least", "a < b || a != a ? a : b", "a < b ? a : b", "a < b ? a : b" },
    { OP_max, "v_most", "a > b || a != a ? a : b", "a > b ? a : b", "a > b ? a : b" },
    { OP_pow, NULL, "pow((double)a, (double)b)", NULL, NULL },
    { OP_mod, NULL, "fmod((double)a, (double)b)",
      "!b || b == -1 ? 0 : a % b && (a < 0) != (b < 0) ? a % b + b : a % b", "b ? a % b : 0" },
    { OP_prelu, "v_prelu", "a < 0 ? a * b : a", "a < 0 ? (int64_t)((uint64_t)a * (uint64_t)b) : a",
      "a" },
    { OP_equal, NULL, "a == b", "a == b", "a == b" },
    { OP_less, NULL, "a < b", "a < b", "a < b" },
    { OP_less_equal, NULL, "a <= b", "a <= b", "a <= b" },
    { OP_greater, NULL, "a > b", "a > b", "a > b" },
    { OP_greater_equal, NULL, "a >= b", "a >= b", "a >= b" },
    { OP_and, NULL, NULL, NULL, "a && b" }, { OP_or, NULL, NULL, NULL, "a || b" },
    { OP_xor, NULL, NULL, NULL, "!a != !b" },
};

/* op has the BINARY flag, and each of those has its row. */
static const Binary *binary_of(Op op)
{
    size_t i = 0;

    while (binary[i].op != op)
        i++;
    return &binary[i];
}

/* In what type an element is computed with. */
static const char *wide(DType t)
{
    return is_float(t) ? dtype_info[t].c : dtype_is_unsigned(t) ? "uint64_t" : "int64_t";
}

/* Integers to an integer power are exact; the power's type may be another. */
static bool pow_expr(Emit *e, Zip *z)
{
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;

    if (is_float(z->a) || is_float(z->b)) {
        z->expr = binary_of(OP_pow)->real;
        z->type = "double";
        z->post = cast_expr(e, DT_F64, z->y);
        return true;
    }
    tmpl_int(v, "SIGNED", !dtype_is_unsigned(z->b));
    tmpl_word(v, "TB", wide(z->b));
    tmpl_word(v, "MOST", emit_number(e, INFINITY, z->y));
    fn = emit_function(e, "ipow.c.t", "ipow", v);
    z->expr = fn ? arena_printf(e->arena, "%s((uint64_t)a, b)", fn) : NULL;
    return fn != NULL;
}

/* Without lanes.  fmod=1 is C's %, fmod=0 has the divisor's sign. */
static bool zip_expr(Emit *e, const Node *n, Zip *z)
{
    const Binary *b = binary_of(n->op);

    z->type = dtype_info[z->y].c;
    z->post = call_expr(e, emit_scalar_act(e, &n->act, z->y));
    if (n->op == OP_pow)
        return pow_expr(e, z);
    z->expr = is_float(z->a) ? b->real : dtype_is_unsigned(z->a) ? b->natural : b->whole;
    if (n->op == OP_mod && ir_int(n, A_fmod) && !is_float(z->a) && !dtype_is_unsigned(z->a))
        z->expr = "!b || b == -1 ? 0 : a % b";
    return z->post != NULL;
}

bool emit_zip_call(Emit *e, const Node *n, const Nest *nest, const Zip *z)
{
    TmplVars *v = tmpl_vars(e->arena);
    bool vector = z->vector != NULL;
    const char *fn;

    nest_vars(nest, v, (const char *[]){ "Y", "A", "B" });
    tmpl_word(v, "TA", dtype_info[z->a].c);
    tmpl_word(v, "TB", dtype_info[z->b].c);
    tmpl_word(v, "TY", dtype_info[z->y].c);
    tmpl_word(v, "WA", vector ? "" : wide(z->a));
    tmpl_word(v, "WB", vector ? "" : wide(z->b));
    tmpl_word(v, "TR", vector ? "" : z->type);
    tmpl_word(v, "OP", vector ? z->vector : "");
    tmpl_word(v, "ACT", vector ? z->act : "");
    tmpl_word(v, "EXPR", vector ? "" : z->expr);
    tmpl_word(v, "POST", vector ? "" : z->post);
    tmpl_int(v, "VECTOR", vector);
    fn = emit_function(e, "zip.c.t", "zip", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_in(e, n->in[1]),
                                           emit_out(e, n->out[0]) }, 3);
    return fn != NULL;
}

/* Broadcast as numpy does; a fused activation follows. */
bool emit_zip(Emit *e, const Node *n)
{
    Zip z = { .a = ir_val(e->g, n->in[0])->dtype, .b = ir_val(e->g, n->in[1])->dtype,
              .y = ir_val(e->g, n->out[0])->dtype };
    Nest nest;

    nest_elementwise(e, &nest, n->out[0], n->in, 2);
    if (z.a == DT_F32 && nest_is_vector(&nest))
        z.vector = binary_of(n->op)->vector;
    z.act = z.vector ? emit_act(e, &n->act) : "";
    return z.act && (z.vector || zip_expr(e, n, &z)) && emit_zip_call(e, n, &nest, &z);
}
