/* SPDX-License-Identifier: Apache-2.0 */
/* fold_const: what depends on constants alone is computed now, by the reference of each op.
 *
 * What would blow up the program is left to run time: a result that is large in itself and much
 * larger than what it is made of (a constant expanded to an image), and, over all, results of more
 * than BUDGET or more than WORK steps, so that no input can keep the compiler busy.  An output of
 * the graph stays computed: by an identity of the constant.
 *
 * needs SORTED, so that a chain (Shape, Gather, Concat, Reshape ...) folds in one sweep; breaks
 * SORTED; makes FOLDED.
 */
#include "ir/count.h"
#include "passes/pass.h"
#include "ref/ref.h"

enum { LARGE = 1 << 20, GROWTH = 16 };                            /* bytes, times the operands */
static const double BUDGET = 1 << 30, WORK = 1e9;                /* bytes, steps */

/* Whether all operands are constant; adds up their bytes. */
static bool all_const(const Graph *g, const Node *n, double *bytes)
{
    *bytes = 0;
    for (uint32_t k = 0; k < n->n_in; k++) {
        const Value *v = ir_val(g, n->in[k]);
        if (n->in[k].id && !v->data)
            return false;
        *bytes += (double)shape_count(&v->shape) * (double)dtype_info[v->dtype].size;
    }
    return n->n_in > 0;
}

/* In double, as all sums here: a few large tensors overflow nothing then. */
static double result_bytes(const Graph *g, const Node *n)
{
    double bytes = 0;

    for (uint32_t k = 0; k < n->n_out; k++) {
        const Value *v = ir_val(g, n->out[k]);
        bytes += (double)shape_count(&v->shape) * (double)dtype_info[v->dtype].size;
    }
    return bytes;
}

/* Result k of the node, an output of the graph, becomes a value of its own, and an identity of it
 * the output. */
static bool part_from_output(Graph *g, NodeId id, uint32_t k, Diag *d)
{
    ValueId out = ir_node(g, id)->out[k], v;
    const char *name = ir_val(g, out)->name;
    NodeSpec spec = { .op = OP_identity, .in = &v, .n_in = 1, .out = &name, .n_out = 1,
                      .pos = ir_node(g, id)->pos };
    Shape shape = ir_val(g, out)->shape;
    NodeId copy;

    v = ir_value(g, name, VAL_TEMP, ir_val(g, out)->dtype, &shape, spec.pos);
    ir_val(g, v)->producer = id;
    ir_node(g, id)->out[k] = v;
    copy = ir_add(g, &spec, d);
    if (!copy.id)
        return false;
    ir_node(g, copy)->out[0] = out;
    ir_val(g, out)->producer = copy;
    return true;
}

/* Afterwards no result of the node is an output, and all of them may become constants. */
static bool part_from_outputs(Graph *g, NodeId id, const bool *output, Diag *d)
{
    for (uint32_t k = 0; k < ir_node(g, id)->n_out; k++)
        if (output[ir_node(g, id)->out[k].id] && !part_from_output(g, id, k, d))
            return false;
    return true;
}

/* from, to: bytes of the operands and of the results.  The identity that computes an output is what
 * part_from_output has left: it stays. */
static bool worth_it(const Node *n, const bool *output, double from, double to)
{
    if (n->op == OP_identity && output[n->out[0].id])
        return false;
    return to <= LARGE || to <= GROWTH * from;
}

/* The results of node id, which are constants now, are learnt if anything they were made of was. */
static void keep_kind(Graph *g, NodeId id)
{
    const Node *n = ir_node(g, id);
    bool learnt = false;

    for (uint32_t k = 0; k < n->n_in; k++)
        learnt = learnt || (n->in[k].id && ir_val(g, n->in[k])->kind == VAL_PARAM);
    for (uint32_t k = 0; learnt && k < n->n_out; k++)
        ir_val(g, n->out[k])->kind = VAL_PARAM;
}

bool pass_fold_const(Job *job)
{
    Graph *g = job->g;
    bool *output = arena_new_n(g->arena, bool, g->n_value);
    double bytes = 0, work = 0;
    const uint32_t n_node = g->n_node;

    for (uint32_t i = 0; i < g->n_output; i++)
        output[g->output[i].id] = true;
    for (uint32_t i = 1; i < n_node; i++) {
        const NodeId id = { i };
        const Node *n = ir_node(g, id);
        double from, to, ops;

        if (!n->op || !all_const(g, n, &from))
            continue;
        to = result_bytes(g, n);
        ops = (double)count_work(g, n);
        if (!worth_it(n, output, from, to) || bytes + to > BUDGET || work + ops > WORK)
            continue;
        if (!part_from_outputs(g, id, output, job->d))
            return false;
        if (ref_fold(g, id, INT64_MAX)) {
            keep_kind(g, id);
            bytes += to;
            work += ops;
        }
    }
    return true;
}
