/* SPDX-License-Identifier: Apache-2.0 */
/* fuse_act: an activation right after a node that can apply it becomes part of that node.
 *
 *   relu(conv(x, w, b))  ->  conv(x, w, b) act relu
 *
 * The result is the same bit for bit: the kernel applies the activation to the value it would
 * have stored.  Only what has no other reader can go.  The node takes over its reader's result, and
 * no reader of that comes between them.  needs SORTED, LIVE; breaks SORTED (leaves gaps).
 */
#include "passes/pass.h"
#include "passes/rewrite.h"

#include <string.h>

/* The parameters of an activation, in the order of struct Act. */
static Act act_of(const Node *n)
{
    Act act = { .op = n->op };
    float *const slot[2] = { &act.a, &act.b };

    for (int k = 0; k < 2 && n->attr[k].type == ATTR_FLOAT; k++)
        *slot[k] = (float)n->attr[k].u.f;
    return act;
}

static bool is_activation(const Graph *g, const Node *n)
{
    if (!(op_info[n->op].flags & ACT) || !pass_is_f32(g, n->in[0]))
        return false;
    return n->op != OP_gelu || !strcmp(ir_word(n, A_approximate), "none");
}

bool pass_fuse_act(Job *job)
{
    Graph *g = job->g;
    Uses u = pass_uses(g);

    for (uint32_t i = 1; i < g->n_node; i++) {
        Node *n = ir_node(g, (NodeId){ i }), *p;

        if (!is_activation(g, n))
            continue;
        p = ir_producer(g, n->in[0]);
        if (!p || !(op_info[p->op].flags & FUSES_ACT) || p->act.op || u.count[n->in[0].id] != 1)
            continue;
        p->act = act_of(n);
        ir_take_output(g, ir_val(g, n->in[0])->producer, (NodeId){ i });
    }
    return true;
}
