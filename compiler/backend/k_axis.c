/* SPDX-License-Identifier: Apache-2.0 */
/* k_axis: ops along one dimension: where its largest or smallest element is.
 *
 * The loops over the other dimensions are a nest; the axis is the loop inside, in the kernel. */
#include "backend/kernels.h"

/* The result has dimension axis too, or as 1, or not at all. */
Axis emit_axis_nest(const Emit *e, const Node *n, uint32_t axis, Nest *nest)
{
    const int64_t *xs = emit_place(e, n->in[0])->stride, *ys = emit_place(e, n->out[0])->stride;
    const Shape *x = emit_shape(e, n->in[0]);
    bool dropped = emit_shape(e, n->out[0])->rank < x->rank;

    nest_init(nest, 2);
    for (uint32_t d = 0; d < x->rank; d++)
        if (d != axis)
            nest_add(nest, x->dim[d], (int64_t[]){ ys[d - (dropped && d > axis)], xs[d] });
    nest_simplify(nest);
    return (Axis){ x->dim[axis], xs[axis], dropped ? 0 : ys[axis] };
}

/* (..., n, ...) -> (..., 1, ...) or without the axis, i64.  Bound by loads: no lanes. */
bool emit_arg(Emit *e, const Node *n)
{
    DType t = ir_val(e->g, n->in[0])->dtype;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;
    Nest nest;
    Axis a = emit_axis_nest(e, n, (uint32_t)ir_int(n, A_axis), &nest);

    nest_vars(&nest, v, (const char *[]){ "Y", "X" });
    tmpl_int(v, "COUNT", a.count);
    tmpl_int(v, "XA", a.x);
    tmpl_int(v, "LAST", ir_int(n, A_last));
    tmpl_int(v, "REAL", t == DT_F32 || t == DT_F64);
    tmpl_word(v, "OP", n->op == OP_argmax ? "max" : "min");
    tmpl_word(v, "T", dtype_info[t].c);
    fn = emit_function(e, "arg.c.t", op_info[n->op].name, v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_out(e, n->out[0]) }, 2);
    return fn != NULL;
}
