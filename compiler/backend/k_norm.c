/* SPDX-License-Identifier: Apache-2.0 */
/* k_norm: normalisation by the mean and variance of the operand itself: instance_norm over the
 * pixels of each channel, layer_norm over the last dimensions.
 *
 * Two nests, as in k_reduce: the results, and the elements that belong to one; operands y, x,
 * scale, bias in both.  Where the results lie side by side (channels last), lanes are results;
 * where the elements do, lanes run along them, with 16 sums whatever the vector length; else, and
 * at -O0, one number after the other in double. */
#include "backend/kernels.h"

/* count: elements of one mean. */
typedef struct Norm { Nest outer, inner; int64_t count; bool bias; } Norm;

/* Steps of y, x, scale, bias along dimension d of x.  The vectors of instance_norm belong to
 * dimension 1; those of layer_norm broadcast to the dimensions from axis on. */
static void steps_of(const Emit *e, const Node *n, uint32_t d, int64_t steps[4])
{
    steps[0] = emit_place(e, n->out[0])->stride[d];
    steps[1] = emit_place(e, n->in[0])->stride[d];
    for (uint32_t i = 1; i <= 2; i++) {
        const Shape *s = emit_shape(e, ir_in(n, i));
        uint32_t skip = emit_shape(e, n->in[0])->rank - s->rank;
        bool norm = n->op == OP_layer_norm, there = ir_in(n, i).id != 0;

        steps[i + 1] = 0;
        if (there && norm && d >= skip && s->dim[d - skip] > 1)
            steps[i + 1] = emit_place(e, n->in[i])->stride[d - skip];
        if (there && !norm && d == 1)
            steps[i + 1] = emit_place(e, n->in[i])->stride[0];
    }
}

/* Dimensions before `first` choose the result, those from it on are averaged over. */
static void find_nests(const Emit *e, const Node *n, Norm *m)
{
    const Shape *x = emit_shape(e, n->in[0]);
    uint32_t first = n->op == OP_layer_norm ? (uint32_t)ir_int(n, A_axis) : 2;

    nest_init(&m->outer, 4);
    nest_init(&m->inner, 4);
    m->count = 1;
    m->bias = ir_in(n, 2).id != 0;
    for (uint32_t d = 0; d < x->rank; d++) {
        int64_t steps[4];
        steps_of(e, n, d, steps);
        nest_add(d < first ? &m->outer : &m->inner, x->dim[d], steps);
        m->count *= d < first ? 1 : x->dim[d];
    }
    nest_simplify(&m->outer);
    nest_simplify(&m->inner);
}

/* Do x and y lie side by side in the innermost loop? */
static bool side_by_side(const Nest *nest)
{
    return nest_is_vector(nest) && nest->step[1][nest->rank - 1] == 1;
}

/* "row" needs one loop, whose elements lie side by side; "lanes" does not care how many there
 * are. */
static const char *mode(const Emit *e, DType t, const Norm *m)
{
    if (t != DT_F32 || e->plain)
        return "each";
    if (m->inner.rank == 1 && side_by_side(&m->inner))
        return "row";
    return side_by_side(&m->outer) ? "lanes" : "each";
}

/* The result has the shape of x; scale and bias are given per channel (C), or broadcast to what is
 * normalised. */
bool emit_norm(Emit *e, const Node *n)
{
    DType t = ir_val(e->g, n->in[0])->dtype;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *args[4];
    uint32_t k = 0;
    Norm m;

    find_nests(e, n, &m);
    nest_vars(&m.outer, v, (const char *[]){ "Y", "X", "S", "B" });
    tmpl_int(v, "INNER", m.inner.rank);
    tmpl_ints(v, "LOOP", m.inner.dim, m.inner.rank);
    for (uint32_t i = 0; i < 4; i++)
        tmpl_ints(v, (const char *[]){ "YR", "XR", "SR", "BR" }[i], m.inner.step[i], m.inner.rank);
    tmpl_int(v, "COUNT", m.count);
    tmpl_int(v, "BIAS", m.bias);
    tmpl_int(v, "VW", e->target->width);
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "EPS", emit_float(e, ir_float(n, A_eps), t));
    tmpl_word(v, "MODE", mode(e, t, &m));
    fn = emit_function(e, "norm.c.t", op_info[n->op].name, v);
    for (uint32_t i = 0; i < 3; i++)
        if (ir_in(n, i).id)
            args[k++] = emit_in(e, n->in[i]);
    args[k++] = emit_out(e, n->out[0]);
    if (fn)
        emit_call_parts(e, fn, args, k);
    return fn != NULL;
}
