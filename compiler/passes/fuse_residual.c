/* SPDX-License-Identifier: Apache-2.0 */
/* fuse_residual: an addition to what a conv or dense computes becomes part of it.
 *
 *   conv(x, w, b) + r  ->  conv(x, w, b, r)
 *
 * Of two that could take it the one computed later does: the other's result is then ready.  The
 * residual cannot depend on the conv, whose only reader is the addition; but it may be computed
 * after it.  needs SORTED, LIVE; breaks SORTED.  A constant stays an operand of the addition: a
 * residual is read in the layout that the kernel writes.
 */
#include "passes/pass.h"
#include "passes/rewrite.h"

typedef struct Fuse {
    Graph *g;
    const Uses *u;
} Fuse;

/* The conv or dense that computes v and can take a residual like it; 0: none. */
static NodeId taker(const Fuse *f, ValueId v)
{
    const Node *p = ir_producer(f->g, v);

    if (!p || (p->op != OP_conv && p->op != OP_dense) || ir_in(p, 3).id || p->act.op
        || f->u->count[v.id] != 1 || !pass_is_f32(f->g, v))
        return (NodeId){ 0 };
    return ir_val(f->g, v)->producer;
}

static void fuse(Fuse *f, NodeId add)
{
    Node *n = ir_node(f->g, add);
    NodeId left = taker(f, n->in[0]), right = taker(f, n->in[1]);
    bool take_right = right.id > left.id;
    NodeId into = take_right ? right : left;
    ValueId residual = n->in[take_right ? 0 : 1];

    if (!into.id || ir_is_const(f->g, residual)
        || !shape_equal(&ir_val(f->g, n->in[0])->shape, &ir_val(f->g, n->in[1])->shape))
        return;
    ir_set_in(f->g, ir_node(f->g, into), 3, residual);
    ir_node(f->g, into)->act = n->act;
    ir_take_output(f->g, into, add);
}

bool pass_fuse_residual(Job *job)
{
    Uses u = pass_uses(job->g);
    Fuse f = { job->g, &u };

    for (uint32_t i = 1; i < job->g->n_node; i++)
        if (job->g->node[i].op == OP_add)
            fuse(&f, (NodeId){ i });
    return true;
}
