/* SPDX-License-Identifier: Apache-2.0 */
/* fuse_grad: the gradient of an activation becomes part of what it stands beside.  Behind a batch
 * norm, of the batch norm's:
 *
 *   g = act_grad(y, dy), y = act(bn_apply(x, mean, s, bias))
 *   bn_grad_sums(x, mean, s, bias, g), bn_grad(x, mean, s, bias, p, q, g)  ->  the same of dy,
 * with act
 *
 * They apply the norm once more, in the same way, and so need neither y nor a pass over it.
 * Between an activation and a pooling, of the pooling's:
 *
 *   act_grad(y, max_pool_grad(y, dy))  ->  max_pool_grad(y, dy), with act
 *
 * needs SORTED; breaks SORTED, LIVE. */
#include "passes/pass.h"
#include "passes/rewrite.h"

#include <string.h>

/* Those that find the same from the activation's operand as from its result. */
static bool by_operand(Op op)
{
    return op == OP_relu || op == OP_clip || op == OP_leaky_relu || op == OP_hard_sigmoid
        || op == OP_hard_swish || op == OP_silu;
}

/* Is z the result of the batch norm that n belongs to, or the activation of it? */
static bool follows(const Graph *g, ValueId z, const Node *n, Op act)
{
    const Node *p = ir_producer(g, z);

    if (p && p->op == act)
        p = ir_producer(g, p->in[0]);
    return p && p->op == OP_bn_apply && p->in[0].id == n->in[0].id && p->in[1].id == n->in[1].id
        && p->in[2].id == n->in[2].id && p->in[3].id == n->in[3].id;
}

static void take_act(Graph *g, Node *n, const Node *act)
{
    ir_set_attr(g, n, *ir_attr(act, A_act));
    ir_set_attr(g, n, *ir_attr(act, A_alpha));
    ir_set_attr(g, n, *ir_attr(act, A_beta));
}

static void into_batch_norm(Graph *g, Node *n)
{
    uint32_t last = n->op == OP_bn_grad_sums ? 4 : n->op == OP_bn_grad ? 6 : 0;
    const Node *p = last ? ir_producer(g, n->in[last]) : NULL;
    Op act = p && p->op == OP_act_grad ? op_by_name(ir_word(p, A_act)) : OP_none;

    if (!act || !by_operand(act) || *ir_word(n, A_act) || !follows(g, p->in[0], n, act))
        return;
    take_act(g, n, p);
    n->in[last] = p->in[1];
}

/* The pooling's gradient, which nobody else reads, takes the place of the activation's. */
static void into_pool(Graph *g, const Uses *uses, Node *n)
{
    const Node *p = n->op == OP_act_grad ? ir_producer(g, n->in[1]) : NULL;
    Node act = *n;
    uint32_t count = 0;

    if (!p || p->op != OP_max_pool_grad || *ir_word(p, A_act) || p->in[0].id != n->in[0].id
        || !pass_only_reader(g, uses, n->in[1]))
        return;
    pass_become(g, n, OP_max_pool_grad, p->in, 2);
    while (count < IR_MAX_ATTR && p->attr[count].name) {
        ir_set_attr(g, n, p->attr[count]);
        count++;
    }
    take_act(g, n, &act);
}

bool pass_fuse_grad(Job *job)
{
    Graph *g = job->g;
    Uses uses = pass_uses(g);

    for (uint32_t i = 1; i < g->n_node; i++) {
        into_batch_norm(g, &g->node[i]);
        into_pool(g, &uses, &g->node[i]);
    }
    return true;
}
