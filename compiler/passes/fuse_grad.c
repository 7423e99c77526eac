/* SPDX-License-Identifier: Apache-2.0 */
/* fuse_grad: the gradient of an activation right behind a batch norm becomes part of the batch
 * norm's.
 *
 *   g = act_grad(y, dy), y = act(bn_apply(x, mean, s, bias))
 *   bn_grad_sums(x, mean, s, bias, g), bn_grad(x, mean, s, bias, p, q, g)  ->  the same of dy,
 * with act
 *
 * They apply the norm once more, in the same way, and so need neither y nor a pass over it.
 * needs SORTED; breaks SORTED, LIVE. */
#include "passes/pass.h"

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

bool pass_fuse_grad(Job *job)
{
    Graph *g = job->g;

    for (uint32_t i = 1; i < g->n_node; i++) {
        Node *n = &g->node[i];
        uint32_t last = n->op == OP_bn_grad_sums ? 4 : n->op == OP_bn_grad ? 6 : 0;
        const Node *p = last ? ir_producer(g, n->in[last]) : NULL;
        Op act = p && p->op == OP_act_grad ? op_by_name(ir_word(p, A_act)) : OP_none;

        if (!act || !by_operand(act) || *ir_word(n, A_act) || !follows(g, p->in[0], n, act))
            continue;
        ir_set_attr(g, n, *ir_attr(p, A_act));
        ir_set_attr(g, n, *ir_attr(p, A_alpha));
        ir_set_attr(g, n, *ir_attr(p, A_beta));
        n->in[last] = p->in[1];
    }
    return true;
}
