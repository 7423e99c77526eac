/* SPDX-License-Identifier: Apache-2.0 */
/* k_conv_any: what the tiled convolutions do not take, in plain loops: everything at -O0, weights
 * that are no constants, three spatial dimensions, f64.
 *
 * x (N,C,D1..Dn), w (K,C/group,R1..Rn), bias (K), residual and result (N,K,O1..On), n = 0 to 3: a
 * dense layer has no spatial dimension.  Any layout of any operand.  The order of each sum is that
 * of the tiled kernels (bias, then the kernel's elements, then channels, the residual last), so
 * that f32 results have the same bits. */
#include "backend/kernels.h"

/* The name of the product and sum in type t. */
static const char *fma_of(DType t)
{
    return t == DT_F64 ? "d_fma" : "s_fma";
}

void emit_step_vars(const Emit *e, ValueId v, const char *const names[3], TmplVars *vars)
{
    static const int64_t none[IR_MAX_RANK];
    uint32_t rank = v.id ? emit_shape(e, v)->rank : 2;
    const int64_t *stride = v.id ? emit_place(e, v)->stride : none;

    tmpl_int(vars, names[0], stride[0]);
    tmpl_int(vars, names[1], stride[1]);
    tmpl_ints(vars, names[2], stride + 2, rank - 2);
}

/* The lists with one number per spatial dimension; those that dense has not are empty. */
static void set_window(const Emit *e, const Node *n, TmplVars *v)
{
    const Shape *x = emit_shape(e, n->in[0]), *y = emit_shape(e, n->out[0]);
    uint32_t sp = x->rank - 2;
    const int64_t *none = x->dim;         /* of a list that has no elements */
    bool dense = n->op == OP_dense;

    tmpl_int(v, "SP", sp);
    tmpl_ints(v, "IN", x->dim + 2, sp);
    tmpl_ints(v, "OUT", y->dim + 2, sp);
    tmpl_ints(v, "KERNEL", emit_shape(e, n->in[1])->dim + 2, sp);
    tmpl_ints(v, "STRIDE", dense ? none : ir_ints(n, A_stride, NULL), sp);
    tmpl_ints(v, "PAD", dense ? none : ir_ints(n, A_pad, NULL), sp);
    tmpl_ints(v, "DIL", dense ? none : ir_ints(n, A_dilation, NULL), sp);
}

/* K and C are those of one group. */
static void set_channels(const Emit *e, const Node *n, TmplVars *v)
{
    int64_t groups = n->op == OP_dense ? 1 : ir_int(n, A_group);

    tmpl_int(v, "N", emit_shape(e, n->in[0])->dim[0]);
    tmpl_int(v, "GROUPS", groups);
    tmpl_int(v, "K", emit_shape(e, n->out[0])->dim[1] / groups);
    tmpl_int(v, "C", emit_shape(e, n->in[1])->dim[1]);
}

/* Panels are for the kernels that know them: what they were made of lies by strides. */
static ValueId unpacked(const Emit *e, ValueId w)
{
    return emit_place(e, w)->format == FORMAT_PANELS ? ir_producer(e->g, w)->in[0] : w;
}

/* Operands in the node's order, without those that are left out; then the result. */
bool emit_conv_any(Emit *e, const Node *n)
{
    DType t = ir_val(e->g, n->in[0])->dtype;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *act = emit_scalar_act(e, &n->act, t), *args[5];
    uint32_t k = 0;

    if (!act)
        return false;
    set_window(e, n, v);
    set_channels(e, n, v);
    emit_step_vars(e, n->in[0], (const char *[]){ "XN", "XC", "X" }, v);
    emit_step_vars(e, unpacked(e, n->in[1]), (const char *[]){ "WK", "WC", "W" }, v);
    emit_step_vars(e, n->out[0], (const char *[]){ "YN", "YC", "Y" }, v);
    emit_step_vars(e, ir_in(n, 3), (const char *[]){ "SN", "SC", "S" }, v);
    tmpl_int(v, "BIAS", ir_in(n, 2).id != 0);
    tmpl_int(v, "BK", ir_in(n, 2).id ? emit_place(e, n->in[2])->stride[0] : 0);
    tmpl_int(v, "ADD", ir_in(n, 3).id != 0);
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "FMA", fma_of(t));
    tmpl_word(v, "ACT", act);
    fn = emit_function(e, "conv_any.c.t", op_info[n->op].name, v);
    for (uint32_t i = 0; i < 4; i++)
        if (ir_in(n, i).id)
            args[k++] = emit_in(e, i == 1 ? unpacked(e, n->in[i]) : n->in[i]);
    args[k++] = emit_out(e, n->out[0]);
    if (fn)
        emit_call_parts(e, fn, args, k);
    return fn != NULL;
}
