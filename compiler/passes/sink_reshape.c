/* SPDX-License-Identifier: Apache-2.0 */
/* sink_reshape: an elementwise op is done before the reshape whose result it reads.
 *
 *   f(reshape(x))     ->  reshape(f(x))
 *   reshape(x) op c   ->  reshape(x op c),   c of one element, or one per last dimension, if x has
 *                                            the same last dimension
 *
 * So f meets the dense layer that computes x, to be fused into it, and reshapes meet each other.
 * Chains sink in one sweep.  needs SORTED, LIVE: the reshape has no other reader; breaks SIMPLE.
 */
#include "passes/pass.h"
#include "passes/rewrite.h"

#include <string.h>

/* A scalar counts as one row of one. */
static int64_t last_dim(const Shape *s)
{
    return s->rank ? s->dim[s->rank - 1] : 1;
}

/* Constant c does to x what it does to y, which is x in another shape. */
static bool same_for(const Graph *g, ValueId c, const Shape *x, const Shape *y)
{
    const Shape *s = &ir_val(g, c)->shape;

    if (!ir_is_const(g, c) || s->rank > x->rank)
        return false;
    return shape_count(s) == 1
        || (s->rank == 1 && s->dim[0] == last_dim(x) && last_dim(x) == last_dim(y));
}

/* The operand of n that is a reshape with no other reader, and may be done after n. */
static bool can_sink(const Graph *g, const Uses *u, const Node *n, uint32_t k)
{
    const ValueId v = n->in[k];
    const Node *p = ir_producer(g, v);
    const Shape *x;

    if (!p || p->op != OP_reshape || u->count[v.id] != 1
        || !shape_equal(&ir_val(g, v)->shape, &ir_val(g, n->out[0])->shape))
        return false;
    x = &ir_val(g, p->in[0])->shape;
    return n->op == OP_prelu ? k == 0 && same_for(g, n->in[1], x, &ir_val(g, v)->shape)
        : n->n_in == 1 || same_for(g, n->in[1 - k], x, &ir_val(g, v)->shape);
}

/* Node p, the reshape, and n, its reader by operand k, change their roles where they stand. */
static void swap_nodes(Graph *g, Node *p, Node *n, uint32_t k)
{
    const ValueId x = p->in[0], middle = p->out[0];
    const Shape *from = &ir_val(g, x)->shape, *to = &ir_val(g, n->out[0])->shape;

    n->in[k] = x;
    p->op = n->op;
    p->act = n->act;
    p->in = n->in;
    p->n_in = n->n_in;
    memcpy(p->attr, n->attr, sizeof p->attr);
    ir_val(g, middle)->shape = *from;
    ir_val(g, middle)->dtype = ir_val(g, n->out[0])->dtype;
    pass_become(g, n, OP_reshape, &middle, 1);
    pass_set_list(g, n, A_shape, to->dim, to->rank);
}

bool pass_sink_reshape(Job *job)
{
    Graph *g = job->g;
    Uses u = pass_uses(g);

    for (uint32_t i = 1; i < g->n_node; i++) {
        Node *n = ir_node(g, (NodeId){ i });

        if (!(op_info[n->op].flags & (UNARY | BINARY)))
            continue;
        for (uint32_t k = 0; k < n->n_in; k++)
            if (can_sink(g, &u, n, k)) {
                swap_nodes(g, ir_producer(g, n->in[k]), n, k);
                break;
            }
    }
    return true;
}
