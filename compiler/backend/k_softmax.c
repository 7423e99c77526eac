/* SPDX-License-Identifier: Apache-2.0 */
/* k_softmax: softmax and its logarithm along one axis: e^(x - max) / sum, x - max - log(sum).
 *
 * The result has the shape of x, but not its place: the exponentials wait there until their sum is
 * known.  Where the axis itself lies side by side, lanes run along it; where another dimension
 * does, lanes are independent results; else, and at -O0, one number after the other. */
#include "backend/kernels.h"

#include <string.h>

/* Where both are possible the axis wins: a row is read once from end to end. */
static const char *mode(const Emit *e, DType t, const Nest *nest, const Axis *a)
{
    uint32_t last = nest->rank - 1;

    if (t != DT_F32 || e->plain)
        return "each";
    if (a->x == 1 && a->y == 1)
        return "row";
    return nest->step[0][last] == 1 && nest->step[1][last] == 1 ? "lanes" : "each";
}

/* EXP is for single numbers: one lane of the vector function, so that all modes give the same
 * bits; at -O0 the library's. */
bool emit_softmax(Emit *e, const Node *n)
{
    DType t = ir_val(e->g, n->in[0])->dtype;
    TmplVars *v = tmpl_vars(e->arena);
    Nest nest;
    Axis a = emit_axis_nest(e, n, (uint32_t)ir_int(n, A_axis), &nest);
    const char *fn, *how = mode(e, t, &nest, &a);
    const IntVar vars[] = {
        { "LOG", n->op == OP_log_softmax }, { "COUNT", a.count }, { "XA", a.x }, { "YA", a.y },
        { "VW", e->target->width },
    };

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    nest_vars(&nest, v, (const char *[]){ "Y", "X" });
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "MODE", how);
    tmpl_word(v, "EXP", t == DT_F64 ? "exp" : !strcmp(how, "each") && !e->plain
              ? emit_one_lane(e, "v_exp") : "expf");
    tmpl_word(v, "LOGF", t == DT_F64 ? "log" : "logf");
    fn = emit_function(e, "softmax.c.t", op_info[n->op].name, v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_out(e, n->out[0]) }, 2);
    return fn != NULL;
}
