/* SPDX-License-Identifier: Apache-2.0 */
/* ref: computes a node, a whole graph, or the constant nodes of a graph. */
#include "ref/ref.h"
#include "ir/count.h"
#include "ir/state.h"
#include "ref/ref_impl.h"

#include <string.h>

#define OP(name, ...) [OP_##name] = ref_##name,
static RefFn *const table[OP_COUNT] = {
#include "ir/ops.def"
};
#undef OP

/* ---- one node ---- */

enum { MOST_IN = 7 };              /* operands of an op that takes a fixed number */

/* The fourth operand of conv and dense is a residual.
 * Adds the residual to y and applies the fused activation, in y's own precision. */
static void finish(const RefArgs *r, RefTensor *y)
{
    const Node *n = r->n;
    const RefTensor *residual = op_info[n->op].flags & LINEAR && n->n_in > 3 ? &r->in[3] : NULL;
    int64_t count = shape_count(&y->shape);

    for (int64_t i = 0; residual && i < count; i++)
        ref_set_f(y, i, ref_f(y, i) + ref_f(residual, i));
    for (int64_t i = 0; n->act.op && i < count; i++)
        if (ref_is_float(y->dtype))
            ref_set_f(y, i, ref_scalar(n->act.op)(ref_f(y, i), (double)n->act.a,
                                                  (double)n->act.b));
        else
            ref_set_i(y, i, ref_int_scalar(n->act.op)(ref_i(y, i), (double)n->act.a,
                                                      (double)n->act.b));
}

/* A float result that something is fused to is kept as doubles until that is done, so that it is
 * rounded once. */
static bool compute(RefArgs *r)
{
    RefTensor *out = r->out, wide = *out;
    int64_t count = shape_count(&out->shape);

    if (!r->n->act.op && !(op_info[r->n->op].flags & LINEAR && r->n->n_in > 3))
        return table[r->n->op](r);
    if (ref_is_float(out->dtype)) {
        wide.dtype = DT_F64;
        wide.data = arena_new_n(r->scratch, double, (size_t)count);
    }
    r->out = &wide;
    if (!table[r->n->op](r))
        return false;
    finish(r, &wide);
    for (int64_t i = 0; wide.data != out->data && i < count; i++)
        ref_set_f(out, i, ref_f(&wide, i));
    return true;
}

/* Operands that were left out read as NULL; ops with any number of operands have none left out.
 * Results without elements need no computing, whatever the operands are. */
bool ref_node(const Graph *g, const Node *n, const RefTensor *in, RefTensor *out, Arena *scratch)
{
    RefTensor padded[MOST_IN] = { { .data = NULL } };
    RefArgs r = { .g = g, .n = n, .in = in, .out = out, .scratch = scratch };
    bool empty = true;

    if (n->n_in <= MOST_IN) {
        memcpy(padded, in, n->n_in * sizeof *in);
        r.in = padded;
    }
    for (uint32_t i = 0; i < n->n_out; i++)
        empty = empty && !shape_count(&out[i].shape);
    return empty || compute(&r);
}

/* ---- many nodes ---- */

/* An arena inside another's limits, emptied after each node; the outer one's end is its end too. */
static void destroy(void *arena)
{
    arena_destroy(arena);
}

static Arena *scratch_arena(Arena *outer)
{
    Arena *inner = arena_new(outer, Arena);

    arena_init(inner, outer->fn, outer->user, outer->limit - outer->total, outer->oom);
    arena_defer(outer, destroy, inner);
    return inner;
}

/* Operands are never written to, so their const may go. */
static RefTensor tensor_of(const Value *v, const void *data)
{
    RefTensor t = { .dtype = v->dtype, .shape = v->shape, .data = (void *)(uintptr_t)data };

    return t;
}

static RefTensor new_tensor(const Value *v, Arena *a)
{
    return tensor_of(v, arena_array(a, (size_t)shape_count(&v->shape), dtype_info[v->dtype].size));
}

/* Allocates the results in a and computes them; all is indexed by value id. */
static bool run_node(const Graph *g, const Node *n, RefTensor *all, Arena *a, Arena *scratch)
{
    RefTensor *in = arena_new_n(scratch, RefTensor, n->n_in);
    RefTensor *out = arena_new_n(scratch, RefTensor, n->n_out);

    for (uint32_t k = 0; k < n->n_in; k++)
        in[k] = all[n->in[k].id];
    for (uint32_t k = 0; k < n->n_out; k++) {
        out[k] = new_tensor(ir_val(g, n->out[k]), a);
        all[n->out[k].id] = out[k];
    }
    return ref_node(g, n, in, out, scratch);
}

/* Everything that is computed stays, for the reports by layer; temporaries go after each node. */
bool ref_run(const Graph *g, const void *const *input, Arena *a, RefTensor **all, Diag *d)
{
    Arena *scratch = scratch_arena(a);

    *all = arena_new_n(a, RefTensor, g->n_value);
    for (uint32_t i = 1; i < g->n_value; i++) {
        if (g->value[i].kind == VAL_STATE && !g->value[i].data)
            state_check(NULL, &g->value[i], d);
        (*all)[i] = tensor_of(&g->value[i], g->value[i].data);
    }
    if (d->n_error)
        return false;
    for (uint32_t i = 0; i < g->n_input; i++)
        (*all)[g->input[i].id].data = (void *)(uintptr_t)input[i];
    for (uint32_t i = 1; i < g->n_node; i++) {
        const Node *n = &g->node[i];
        if (!n->op)
            continue;
        if (!run_node(g, n, *all, a, scratch)) {
            diag_error(d, n->pos, "'%s' cannot be computed from these operands",
                       diag_quote(d->arena, ir_val(g, n->out[0])->name));
            return false;
        }
        arena_destroy(scratch);
        arena_init(scratch, a->fn, a->user, a->limit - a->total, a->oom);
    }
    return true;
}

/* ---- folding ---- */

/* At most this many steps are spent on one constant, a second or so: a hostile graph could keep us
 * busy for years. */
enum { MOST_WORK = 1 << 30 };

/* All operands are known, and the results are small enough to be worth storing. */
static bool foldable(const Graph *g, const Node *n, int64_t max_count)
{
    for (uint32_t k = 0; k < n->n_in; k++)
        if (n->in[k].id && !ir_is_const(g, n->in[k]))
            return false;
    for (uint32_t k = 0; k < n->n_out; k++)
        if (shape_count(&ir_val(g, n->out[k])->shape) > max_count)
            return false;
    return count_work(g, n) <= MOST_WORK;
}

/* On failure the values stay what they were; only memory is lost. */
bool ref_fold(Graph *g, NodeId id, int64_t max_count)
{
    Node *n = ir_node(g, id);
    Arena *scratch;
    RefTensor *in, *out;
    bool ok;

    if (!n->op || !foldable(g, n, max_count))
        return false;
    scratch = scratch_arena(g->arena);
    in = arena_new_n(scratch, RefTensor, n->n_in);
    out = arena_new_n(scratch, RefTensor, n->n_out);
    for (uint32_t k = 0; k < n->n_in; k++)
        in[k] = tensor_of(ir_val(g, n->in[k]), ir_val(g, n->in[k])->data);
    for (uint32_t k = 0; k < n->n_out; k++)
        out[k] = new_tensor(ir_val(g, n->out[k]), g->arena);
    ok = ref_node(g, n, in, out, scratch);
    for (uint32_t k = 0; ok && k < n->n_out; k++) {
        Value *v = ir_val(g, n->out[k]);
        v->kind = VAL_CONST;
        v->data = out[k].data;
        v->producer.id = 0;
    }
    arena_destroy(scratch);
    if (ok)
        ir_delete(g, id);
    return ok;
}
