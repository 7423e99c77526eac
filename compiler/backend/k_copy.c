/* SPDX-License-Identifier: Apache-2.0 */
/* k_copy: the same elements in other places: views that could not be views, concat.
 *
 * A copy is elementwise (map.c.t), but for one kind: where the result's elements lie side by side
 * in one loop and the operand's in another (planar to channels last and back), the two are walked
 * in blocks, so that what a cache line holds is used while it is there. */
#include "backend/kernels.h"

enum { BLOCK = 16, FEW = 8 };      /* a cache line of floats; loops too short for blocks */

/* The loop, other than the last, in which the operand's elements lie side by side; or rank. */
static uint32_t crossing_loop(const Nest *nest)
{
    uint32_t last = nest->rank - 1, j = 0;

    while (j < last && (nest->step[1][j] != 1 || nest->dim[j] < FEW))
        j++;
    return j < last && nest->step[0][last] == 1 && nest->step[1][last] > 1
        && nest->dim[last] >= FEW ? j : nest->rank;
}

/* Loop j and the last one in blocks of BLOCK x BLOCK, the others around them in their order. */
static const char *transpose_function(Emit *e, const Nest *nest, uint32_t j, DType t)
{
    uint32_t last = nest->rank - 1;
    TmplVars *v = tmpl_vars(e->arena);
    const IntVar vars[] = {
        { "I", nest->dim[last] }, { "XI", nest->step[1][last] }, { "J", nest->dim[j] },
        { "YJ", nest->step[0][j] }, { "BLOCK", BLOCK },
    };
    Nest outer;

    nest_init(&outer, 2);
    for (uint32_t d = 0; d < last; d++)
        if (d != j)
            nest_add(&outer, nest->dim[d], (int64_t[]){ nest->step[0][d], nest->step[1][d] });
    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    nest_vars(&outer, v, (const char *[]){ "Y", "X" });
    tmpl_word(v, "T", dtype_info[t].c);
    return emit_function(e, "transpose.c.t", "transpose", v);
}

/* Operand 0 of nest is to, operand 1 from.  f32 goes by lanes where it can; other types by "x". */
bool emit_nest_copy(Emit *e, const Nest *nest, DType t, const char *from, const char *to)
{
    Map m = { .nest = nest, .x = t, .y = t, .act = t == DT_F32 ? "v_same" : NULL, .expr = "x" };
    uint32_t j = crossing_loop(nest);
    const char *fn = j < nest->rank && !e->plain ? transpose_function(e, nest, j, t)
                                                 : emit_map_function(e, &m);

    if (fn)
        emit_call_parts(e, fn, (const char *[]){ from, to }, 2);
    return fn != NULL;
}

/* Both have c->shape; strides in elements.  Empty shapes are the caller's to leave out. */
bool emit_strided_copy(Emit *e, const Copy *c)
{
    Nest nest;

    nest_init(&nest, 2);
    for (uint32_t d = 0; d < c->shape->rank; d++)
        nest_add(&nest, c->shape->dim[d], (int64_t[]){ c->to_stride[d], c->from_stride[d] });
    nest_simplify(&nest);
    return emit_nest_copy(e, &nest, c->dtype, c->from, c->to);
}

/* Weights (K,C,R,S), or of fewer dimensions, into the panels of the convolution kernels. */
static bool emit_pack(Emit *e, const Node *n)
{
    const Shape *w = emit_shape(e, n->in[0]);
    const int64_t *step = emit_place(e, n->in[0])->stride;
    uint32_t last = w->rank - 1;
    const IntVar vars[] = {
        { "K", w->dim[0] }, { "C", w->dim[1] },
        { "R", w->rank > 3 ? w->dim[2] : 1 }, { "S", w->rank > 2 ? w->dim[last] : 1 },
        { "WK", step[0] }, { "WC", step[1] }, { "WR", w->rank > 3 ? step[2] : 0 },
        { "WS", w->rank > 2 ? step[last] : 0 }, { "PANEL", PANEL_WIDTH },
        { "ROUND", PANEL_ROUND },
    };
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    fn = emit_function(e, "pack.c.t", "pack", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_out(e, n->out[0]) }, 2);
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

    if (emit_place(e, n->out[0])->format == FORMAT_PANELS)
        return emit_pack(e, n);
    if (n->op == OP_reshape) {
        plan_row_major(x, dense);
        c.to_stride = dense;
    }
    return emit_strided_copy(e, &c);
}

/* The operands that were not computed in place move there now; one that comes twice was computed in
 * the first of its places alone. */
bool emit_concat(Emit *e, const Node *n)
{
    const Place *y = emit_place(e, n->out[0]);
    int64_t axis = ir_int(n, A_axis), at = 0;
    bool ok = true;

    for (uint32_t i = 0; i < n->n_in; i++) {
        const Shape *x = emit_shape(e, n->in[i]);
        const Place *p = emit_place(e, n->in[i]);
        Copy c = { .shape = x, .dtype = ir_val(e->g, n->in[i])->dtype,
                   .from = emit_in(e, n->in[i]),
                   .to = emit_out_at(e, n->out[0], at * y->stride[axis]),
                   .from_stride = p->stride, .to_stride = y->stride };
        bool moved = p->owner.id == y->owner.id
                  && p->offset == y->offset + at * y->stride[axis];

        if (!moved && shape_count(x))
            ok = emit_strided_copy(e, &c) && ok;
        at += x->dim[axis];
    }
    return ok;
}
