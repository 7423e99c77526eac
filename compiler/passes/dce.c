/* SPDX-License-Identifier: Apache-2.0 */
/* dce: nodes that no output needs are dropped.
 *
 * One sweep from the last node to the first: a node is needed when it computes an output or what a
 * needed node reads, and all its readers come after it.  The values of dropped nodes stay in the
 * table, unread.  Inputs of the graph stay, read or not: they belong to the model's interface.
 *
 * needs SORTED; breaks SORTED (leaves gaps); makes LIVE.
 */
#include "passes/pass.h"

static bool any_needed(const Node *n, const bool *need)
{
    if (op_info[n->op].flags & UPDATES)
        return true;
    for (uint32_t k = 0; k < n->n_out; k++)
        if (need[n->out[k].id])
            return true;
    return false;
}

bool pass_dce(Job *job)
{
    Graph *g = job->g;
    bool *need = arena_new_n(g->arena, bool, g->n_value);

    for (uint32_t i = 0; i < g->n_output; i++)
        need[g->output[i].id] = true;
    for (uint32_t i = g->n_node; i-- > 1;) {
        Node *n = &g->node[i];
        if (n->op && !any_needed(n, need))
            ir_delete(g, (NodeId){ i });
        for (uint32_t k = 0; n->op && k < n->n_in; k++)
            need[n->in[k].id] = true;
    }
    return true;
}
