/* SPDX-License-Identifier: Apache-2.0 */
/* k_pool: largest element or mean of windows, x (N,C,D1..Dn) -> (N,C,O1..On), n = 1 to 3.
 *
 * Lanes are channels where these lie side by side; else, and at -O0, one number after the other,
 * means of f32 summed in double.  A window is cut to the image before the loops over it; one
 * that covers nothing (its dilation steps over the image) gives the least number there is, or 0. */
#include "backend/kernels.h"

#include <math.h>

/* The lists with one number per spatial dimension, of a pooling of x to y or its gradient. */
static void set_window(const Node *n, const Shape *x, const Shape *y, TmplVars *v)
{
    const int64_t *pad = ir_ints(n, A_pad, NULL);
    uint32_t sp = x->rank - 2;

    tmpl_int(v, "SP", sp);
    tmpl_int(v, "N", x->dim[0]);
    tmpl_int(v, "C", x->dim[1]);
    tmpl_ints(v, "IN", x->dim + 2, sp);
    tmpl_ints(v, "OUT", y->dim + 2, sp);
    tmpl_ints(v, "KERNEL", ir_ints(n, A_kernel, NULL), sp);
    tmpl_ints(v, "STRIDE", ir_ints(n, A_stride, NULL), sp);
    tmpl_ints(v, "DIL", ir_ints(n, A_dilation, NULL), sp);
    tmpl_ints(v, "PAD", pad, sp);
    tmpl_ints(v, "END_PAD", pad + sp, sp);
    tmpl_int(v, "COUNT_PAD", ir_attr(n, A_count_pad) && ir_int(n, A_count_pad));
}

/* START makes way for any element. */
bool emit_pool(Emit *e, const Node *n)
{
    const int64_t *x = emit_place(e, n->in[0])->stride, *y = emit_place(e, n->out[0])->stride;
    DType t = ir_val(e->g, n->in[0])->dtype;
    uint32_t sp = emit_shape(e, n->in[0])->rank - 2;
    bool vector = t == DT_F32 && !e->plain && x[1] == 1 && y[1] == 1, max = n->op == OP_max_pool;
    const IntVar vars[] = {
        { "XN", x[0] }, { "XC", x[1] }, { "YN", y[0] }, { "YC", y[1] }, { "VECTOR", vector },
        { "VW", e->target->width }, { "REAL", t == DT_F32 || t == DT_F64 },
    };
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;

    set_window(n, emit_shape(e, n->in[0]), emit_shape(e, n->out[0]), v);
    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    tmpl_ints(v, "X", x + 2, sp);
    tmpl_ints(v, "Y", y + 2, sp);
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "OP", max ? "max" : "avg");
    tmpl_word(v, "ACC", max || vector ? dtype_info[t].c : "double");
    tmpl_word(v, "START", emit_number(e, max ? (double)-INFINITY : 0, t));
    fn = emit_function(e, "pool.c.t", op_info[n->op].name, v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_out(e, n->out[0]) }, 2);
    return fn != NULL;
}

/* ---- gradients ---- */

/* Is each element of x in one window? */
static bool is_whole(const Node *n, const Shape *x, const Shape *y)
{
    const int64_t *kernel = ir_ints(n, A_kernel, NULL), *stride = ir_ints(n, A_stride, NULL);
    const int64_t *pad = ir_ints(n, A_pad, NULL);
    uint32_t sp = x->rank - 2;

    for (uint32_t d = 0; d < sp; d++)
        if (kernel[d] != stride[d] || ir_ints(n, A_dilation, NULL)[d] != 1 || pad[d] || pad[sp + d]
            || x->dim[2 + d] != y->dim[2 + d] * stride[d])
            return false;
    return true;
}

/* Steps of x, dy and dx; by lanes those of channels are 1. */
static void set_steps(const Emit *e, const ValueId of[3], bool lanes, TmplVars *v)
{
    static const char *const name[3][3] = {
        { "XN", "XC", "X" }, { "YN", "YC", "Y" }, { "DN", "DC", "D" } };

    for (int i = 0; i < 3; i++) {
        const int64_t *step = emit_place(e, of[i])->stride;
        if (!lanes)
            tmpl_int(v, name[i][1], step[1]);
        tmpl_int(v, name[i][0], step[0]);
        tmpl_ints(v, name[i][2], step + 2, emit_shape(e, of[i])->rank - 2);
    }
}

static const char *grad_function(Emit *e, const Node *n, ValueId x, ValueId dy)
{
    const ValueId of[3] = { x, dy, n->out[0] };
    const Shape *image = emit_shape(e, n->out[0]);
    DType t = ir_val(e->g, dy)->dtype;
    bool max = n->op == OP_max_pool_grad, lanes = t == DT_F32 && !e->plain;
    TmplVars *v = tmpl_vars(e->arena);
    const char *act;

    for (int i = 0; i < 3; i++)
        lanes = lanes && emit_place(e, of[i])->stride[1] == 1;
    act = max ? emit_derivative(e, n, t, lanes) : "none";
    if (!act)
        return NULL;
    set_window(n, image, emit_shape(e, dy), v);
    set_steps(e, of, lanes, v);
    tmpl_word(v, "OP", max ? "max" : "avg");
    tmpl_word(v, "ACT", act);
    if (lanes) {
        tmpl_int(v, "VW", e->target->width);
        tmpl_int(v, "WHOLE", is_whole(n, image, emit_shape(e, dy)));
    } else {
        tmpl_word(v, "T", emit_type(e, dy));
    }
    return emit_function(e, lanes ? "pool_grad_lanes.c.t" : "pool_grad.c.t", op_info[n->op].name,
                         v);
}

/* max_pool_grad of x and dy, avg_pool_grad of dy */
bool emit_pool_grad(Emit *e, const Node *n)
{
    bool max = n->op == OP_max_pool_grad;
    ValueId dy = n->in[max];
    const char *fn = grad_function(e, n, max ? n->in[0] : n->out[0], dy), *args[3];
    uint32_t k = 0;

    if (max)
        args[k++] = emit_in(e, n->in[0]);
    args[k++] = emit_in(e, dy);
    args[k++] = emit_out(e, n->out[0]);
    if (fn)
        emit_call_parts(e, fn, args, k);
    return fn != NULL;
}
