/* SPDX-License-Identifier: Apache-2.0 */
/* k_update: what a step does with its gradients: optimisers, averages, clipping, storing them.
 *
 * The numbers that steer them (rate, decay ...) stand in the head of the state, which the run
 * function knows as s. */
#include "backend/kernels.h"

#include <string.h>

static const char HEAD[] = "AT(const mnc_head, s, 0)";

/* The gradient's place among the operands: behind what is updated. */
static uint32_t gradient_of(const Node *n)
{
    return op_info[n->op].n_out;
}

/* vector: by V, else number by number. */
static const char *run_function(Emit *e, const Node *n, const Nest *nest, bool vector)
{
    DType t = ir_val(e->g, n->in[0])->dtype;
    TmplVars *v = tmpl_vars(e->arena);
    const char *p = vector ? "v" : t == DT_F64 ? "d" : "s";

    tmpl_word(v, "P", p);
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "VT", vector ? "v_f32" : dtype_info[t].c);
    tmpl_word(v, "OP", op_info[n->op].name);
    emit_int_vars(v, (const IntVar[]){
        { "STEP", vector ? e->target->width : 1 }, { "GS", nest->step[1][nest->rank - 1] },
        { "FACTOR", n->n_in > gradient_of(n) + 1 },
        { "NESTEROV", n->op == OP_sgd_momentum && ir_int(n, A_nesterov) },
        { "DECOUPLED", n->op == OP_adam && ir_int(n, A_decoupled) } }, 5);
    return emit_function(e, "update_run.c.t", op_info[n->op].name, v);
}

bool emit_update(Emit *e, const Node *n)
{
    uint32_t g = gradient_of(n), k = 0, last;
    ValueId in[2] = { n->in[0], n->in[g] };
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *run = "none", *rest, *args[8];
    bool vector;
    Nest nest;

    nest_elementwise(e, &nest, n->in[0], in + 1, 1);
    last = nest.rank - 1;
    vector = ir_val(e->g, n->in[0])->dtype == DT_F32 && !e->plain && nest.step[0][last] == 1
          && nest.step[1][last] == 1 && nest.dim[last] >= e->target->width;
    if (vector)
        run = run_function(e, n, &nest, true);
    rest = run_function(e, n, &nest, false);
    if (!run || !rest)
        return false;
    nest_vars(&nest, v, (const char *[]){ "W", "G" });
    tmpl_word(v, "T", emit_type(e, n->in[0]));
    tmpl_word(v, "RUN", run);
    tmpl_word(v, "REST", rest);
    tmpl_int(v, "MOMENTS", n->op == OP_average ? 0 : g - 1);
    tmpl_int(v, "FACTOR", n->n_in > g + 1);
    fn = emit_function(e, "update.c.t", "update", v);
    for (uint32_t i = 0; i < n->n_out; i++)
        args[k++] = emit_out(e, n->out[i]);
    for (uint32_t i = g; i < n->n_in; i++)
        args[k++] = emit_in(e, n->in[i]);
    args[k++] = HEAD;
    if (fn)
        emit_call_parts(e, fn, args, k);
    return fn != NULL;
}

/* A value into its slot. */
bool emit_assign(Emit *e, const Node *n)
{
    Copy c = { .shape = emit_shape(e, n->in[0]), .dtype = ir_val(e->g, n->in[0])->dtype,
               .from = emit_in(e, n->in[1]), .to = emit_out(e, n->out[0]),
               .from_stride = emit_place(e, n->in[1])->stride,
               .to_stride = emit_place(e, n->out[0])->stride };

    return emit_strided_copy(e, &c);
}

/* One gradient after the other: the sum so far is in the result. */
bool emit_clip_factor(Emit *e, const Node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++) {
        TmplVars *v = tmpl_vars(e->arena);
        const char *fn;

        tmpl_word(v, "T", emit_type(e, n->in[i]));
        tmpl_int(v, "COUNT", shape_count(emit_shape(e, n->in[i])));
        tmpl_int(v, "FIRST", i == 0);
        tmpl_int(v, "LAST", i + 1 == n->n_in);
        fn = emit_function(e, "clip_factor.c.t", "clip_factor", v);
        if (!fn)
            return false;
        emit_call(e, fn, (const char *[]){ emit_in(e, n->in[i]), HEAD, emit_out(e, n->out[0]) },
                  3);
    }
    return true;
}

/* ---- the loss, and the gradient of softmax ---- */

bool emit_cross_entropy(Emit *e, const Node *n)
{
    const Shape *x = emit_shape(e, n->in[0]);
    const int64_t *xs = emit_place(e, n->in[0])->stride, *ys = emit_place(e, n->out[1])->stride;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *args[5];
    uint32_t k = 0;

    emit_int_vars(v, (const IntVar[]){
        { "N", x->dim[0] }, { "K", x->dim[1] }, { "XN", xs[0] }, { "XC", xs[1] }, { "YN", ys[0] },
        { "YC", ys[1] }, { "LN", emit_place(e, n->in[1])->stride[0] },
        { "SMOOTH", e->state != NULL }, { "ALL", x->dim[0] * ir_int(n, A_ranks) } }, 9);
    tmpl_word(v, "T", emit_type(e, n->in[0]));
    fn = emit_function(e, "cross_entropy.c.t", "cross_entropy", v);
    args[k++] = emit_in(e, n->in[0]);
    args[k++] = emit_in(e, n->in[1]);
    if (e->state)
        args[k++] = HEAD;
    args[k++] = emit_out(e, n->out[0]);
    args[k++] = emit_out(e, n->out[1]);
    if (fn)
        emit_call(e, fn, args, k);
    return fn != NULL;
}

bool emit_softmax_grad(Emit *e, const Node *n)
{
    const Shape *s = emit_shape(e, n->in[0]);
    uint32_t axis = (uint32_t)ir_int(n, A_axis);
    const int64_t *y = emit_place(e, n->out[0])->stride, *a = emit_place(e, n->in[0])->stride;
    const int64_t *b = emit_place(e, n->in[1])->stride;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;
    Nest nest;

    nest_init(&nest, 3);
    for (uint32_t d = 0; d < s->rank; d++)
        if (d != axis)
            nest_add(&nest, s->dim[d], (int64_t[NEST_OPERANDS]){ y[d], a[d], b[d] });
    nest_simplify(&nest);
    nest_vars(&nest, v, (const char *[]){ "Y", "A", "B" });
    emit_int_vars(v, (const IntVar[]){ { "N", s->dim[axis] }, { "YS", y[axis] },
                                       { "AS", a[axis] }, { "BS", b[axis] } }, 4);
    tmpl_word(v, "T", emit_type(e, n->in[0]));
    fn = emit_function(e, "softmax_grad.c.t", "softmax_grad", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_in(e, n->in[1]),
                                                 emit_out(e, n->out[0]) }, 3);
    return fn != NULL;
}
