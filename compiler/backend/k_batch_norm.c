/* SPDX-License-Identifier: Apache-2.0 */
/* k_batch_norm: x (N,C,...) -> the same shape, per channel a factor and a summand.
 *
 * With constant parameters both are computed here, in double, and rounded once; lanes are channels
 * or pixels, whichever lie side by side.  What is left of batch_norm when it gets here could not be
 * folded into a convolution: it follows an addition or a concat (DenseNet, ResNet V2).  In place
 * if the plan says so: each element is read before it is written. */
#include "backend/kernels.h"

#include <math.h>

enum { PARAMS = 4 };           /* scale, bias, mean, variance: operands 1 to 4 */

/* Are all four parameters known now? */
static bool is_fixed(const Emit *e, const Node *n)
{
    for (uint32_t i = 1; i <= PARAMS; i++)
        if (!ir_is_const(e->g, n->in[i]))
            return false;
    return true;
}

/* The result's loops; channel[i] is the step of vector i, which only dimension 1 moves along. */
static void find_nest(const Emit *e, const Node *n, const int64_t *channel, uint32_t count,
                      Nest *nest)
{
    const Shape *x = emit_shape(e, n->in[0]);

    nest_init(nest, 2 + count);
    for (uint32_t d = 0; d < x->rank; d++) {
        int64_t steps[NEST_OPERANDS] = { emit_place(e, n->out[0])->stride[d],
                                         emit_place(e, n->in[0])->stride[d] };
        for (uint32_t i = 0; i < count; i++)
            steps[2 + i] = d == 1 ? channel[i] : 0;
        nest_add(nest, x->dim[d], steps);
    }
    nest_simplify(nest);
}

/* y = (x - mean) s + bias = x s + (bias - mean s),  s = scale / sqrt(variance + eps) */
static void fold(const Emit *e, const Node *n, double *s, double *t)
{
    const Value *p[1 + PARAMS];
    int64_t channels = emit_shape(e, n->in[1])->dim[0];

    for (uint32_t i = 1; i <= PARAMS; i++)
        p[i] = ir_val(e->g, n->in[i]);
    for (int64_t c = 0; c < channels; c++) {
        s[c] = ir_element(p[1], c) / sqrt(ir_element(p[4], c) + ir_float(n, A_eps));
        t[c] = ir_element(p[2], c) - ir_element(p[3], c) * s[c];
    }
}

/* The numbers of all channels, rounded once, as weights of type t; a C pointer expression. */
static const char *put(Emit *e, const Node *n, DType t, const double *v, const char *what)
{
    int64_t count = emit_shape(e, n->in[1])->dim[0];
    void *data = arena_array(e->arena, (size_t)count, dtype_info[t].size);

    for (int64_t i = 0; i < count; i++)
        if (t == DT_F64)
            ((double *)data)[i] = v[i];
        else
            ((float *)data)[i] = (float)v[i];
    what = arena_printf(e->arena, "%s of %s", what,
                        c_comment(e->arena, ir_val(e->g, n->out[0])->name));
    return emit_weights(e, t, data, count, what);
}

/* One fused multiply-add for each element. */
static bool emit_fixed(Emit *e, const Node *n, DType t)
{
    size_t channels = (size_t)emit_shape(e, n->in[1])->dim[0];
    double *s = arena_new_n(e->arena, double, channels);
    double *shift = arena_new_n(e->arena, double, channels);
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *act;
    bool vector;
    Nest nest;

    fold(e, n, s, shift);
    find_nest(e, n, (int64_t[]){ 1 }, 1, &nest);
    nest_vars(&nest, v, (const char *[]){ "Y", "X", "S" });
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "FMA", t == DT_F64 ? "d_fma" : "s_fma");
    vector = t == DT_F32 && !e->plain && nest_is_vector(&nest)
          && nest.step[1][nest.rank - 1] == 1;
    act = vector ? emit_act(e, &n->act) : emit_scalar_act(e, &n->act, t);
    if (!act)
        return false;
    tmpl_int(v, "VECTOR", vector);
    tmpl_word(v, "ACT", act);
    fn = emit_function(e, "batch_norm.c.t", "batch_norm", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), put(e, n, t, s, "scale"),
                                           put(e, n, t, shift, "shift"),
                                           emit_out(e, n->out[0]) }, 4);
    return fn != NULL;
}

/* Parameters that are computed: a division and a root for each element, and nobody minds. */
static bool emit_any(Emit *e, const Node *n, DType t)
{
    TmplVars *v = tmpl_vars(e->arena);
    int64_t channel[PARAMS];
    const char *fn, *args[2 + PARAMS], *one = emit_scalar_act(e, &n->act, t);
    Nest nest;

    for (uint32_t i = 0; i < PARAMS; i++)
        channel[i] = emit_place(e, n->in[1 + i])->stride[0];
    find_nest(e, n, channel, PARAMS, &nest);
    nest_vars(&nest, v, (const char *[]){ "Y", "X", "S", "B", "M", "R" });
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "SQRT", t == DT_F64 ? "sqrt" : "sqrtf");
    tmpl_word(v, "EPS", emit_float(e, ir_float(n, A_eps), t));
    if (!one)
        return false;
    tmpl_word(v, "ONE", one);
    fn = emit_function(e, "batch_norm_any.c.t", "batch_norm", v);
    for (uint32_t i = 0; i <= PARAMS; i++)
        args[i] = emit_in(e, n->in[i]);
    args[1 + PARAMS] = emit_out(e, n->out[0]);
    if (fn)
        emit_call_parts(e, fn, args, 2 + PARAMS);
    return fn != NULL;
}

/* scale is (C), and so are the other three: the shape rule has seen to it. */
bool emit_batch_norm(Emit *e, const Node *n)
{
    DType t = ir_val(e->g, n->in[0])->dtype;

    return is_fixed(e, n) ? emit_fixed(e, n, t) : emit_any(e, n, t);
}
