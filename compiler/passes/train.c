/* SPDX-License-Identifier: Apache-2.0 */
/* train: a net as it was read becomes one that can be trained.
 *
 *   parameters that are not frozen      lie in the state, no longer constants
 *   batch_norm with such parameters     for a step: bn_stats, bn_merge, bn_factor, bn_apply, and
 *                                       bn_track for the running statistics; after training:
 *                                       bn_factor, bn_apply; of several ranks bn_total joins the
 *                                       statistics of each, so that they are the whole batch's
 *   the net's output                    scores, and the loss of them by labels, a new input
 *
 * What is frozen stays as it is, and is optimised as in any net.  Comes first, so that no later
 * pass takes what is trained for a constant.  breaks SORTED. */
#include "base/glob.h"
#include "ir/shape.h"
#include "passes/pass.h"

#include <string.h>

static bool is_frozen(const Job *job, const char *name)
{
    return glob_matches_any(job->options->train->freeze, name);
}

/* ---- parameters ---- */

/* v becomes state; its numbers are what init sets. */
static void to_state(Job *job, ValueId v, StateKind kind)
{
    Value *val = ir_val(job->g, v);
    uint32_t slot = state_add(job->state, val->name, kind, val);

    if (val->data)
        job->state->slot[slot].initial = val->data;
    val->kind = VAL_STATE;
    val->data = NULL;
}

static bool is_state(const Graph *g, ValueId v)
{
    return v.id && ir_val(g, v)->kind == VAL_STATE;
}

/* A batch norm is frozen with its scale. */
static void take_batch_norm(Job *job, const Node *n)
{
    const Value *scale = ir_val(job->g, n->in[1]);

    if (scale->kind != VAL_PARAM || scale->dtype != DT_F32 || is_frozen(job, scale->name))
        return;
    for (uint32_t i = 1; i < 5; i++)
        if (ir_is_const(job->g, n->in[i]))
            to_state(job, n->in[i], i < 3 ? STATE_PARAM : STATE_STATISTIC);
}

static void take_params(Job *job)
{
    Graph *g = job->g;

    for (uint32_t i = 1; i < g->n_node; i++) {
        const Node *n = &g->node[i];
        if (n->op == OP_batch_norm) {
            take_batch_norm(job, n);
            continue;
        }
        for (uint32_t k = 0; n->op && k < n->n_in; k++) {
            const Value *v = ir_val(g, n->in[k]);
            if (v->kind == VAL_PARAM && v->dtype == DT_F32 && !is_frozen(job, v->name))
                to_state(job, n->in[k], STATE_PARAM);
        }
    }
}

/* ---- batch normalisation ---- */

static NodeId add(Job *job, Op op, const ValueId *in, uint32_t n_in, const char *const *names,
                  const Attr *attr)
{
    NodeSpec spec = { .op = op, .in = in, .n_in = n_in, .out = names, .n_out = op_info[op].n_out,
                      .attr = attr, .n_attr = attr != NULL };

    return ir_add(job->g, &spec, job->d);
}

static Attr ranks_of(const Job *job)
{
    return attr_int(A_ranks, train_ranks(job->options->train));
}

/* name.suffix, for what belongs to the layer of that name */
static const char *sub(Job *job, const char *name, const char *suffix)
{
    return arena_printf(job->g->arena, "%s.%s", name, suffix);
}

/* The parts of all ranks as one, where there are several; count: pixels of this one. */
static ValueId all_parts(Job *job, const char *name, ValueId parts, int64_t count)
{
    const char *names[2] = { sub(job, name, "total"), sub(job, name, "exchange") };
    Attr attr = attr_int(A_count, count);
    NodeId id;

    if (train_ranks(job->options->train) == 1)
        return parts;
    id = add(job, OP_bn_total, &parts, 1, names, &attr);
    ir_set_attr(job->g, ir_node(job->g, id), ranks_of(job));
    return ir_node(job->g, id)->out[0];
}

/* Means and variances over the batch, and the running ones moved towards them. */
static void batch_statistics(Job *job, const Node *n, const char *name, ValueId stat[2])
{
    Graph *g = job->g;
    const Shape *x = &ir_val(g, n->in[0])->shape;
    int64_t own = shape_count(x) / x->dim[1];
    Attr count = attr_int(A_count, own * train_ranks(job->options->train));
    const char *names[2] = { sub(job, name, "mean"), sub(job, name, "variance") };
    const char *track[2] = { sub(job, name, "new_mean"), sub(job, name, "new_variance") };
    ValueId running[4] = { n->in[3], n->in[4] }, parts;
    NodeId id = add(job, OP_bn_stats, n->in, 1, (const char *[]){ sub(job, name, "parts") }, NULL);

    parts = all_parts(job, name, ir_node(g, id)->out[0], own);
    id = add(job, OP_bn_merge, &parts, 1, names, &count);
    memcpy(stat, ir_node(g, id)->out, 2 * sizeof *stat);
    memcpy(running + 2, stat, 2 * sizeof *stat);
    id = add(job, OP_bn_track, running, 4, track, &count);
    ir_set_attr(g, ir_node(g, id), *ir_attr(n, A_momentum));
}

static void split_batch_norm(Job *job, NodeId id)
{
    Graph *g = job->g;
    Node n = *ir_node(g, id);
    const char *name = ir_val(g, n.out[0])->name;
    ValueId stat[2] = { n.in[3], n.in[4] }, in[4];
    Attr eps = attr_float(A_eps, ir_float(&n, A_eps));
    NodeId s, y;

    if (job->backward)
        batch_statistics(job, &n, name, stat);
    s = add(job, OP_bn_factor, (ValueId[]){ n.in[1], stat[1] }, 2,
            (const char *[]){ sub(job, name, "factor") }, &eps);
    in[0] = n.in[0];
    in[1] = stat[0];
    in[2] = ir_node(g, s)->out[0];
    in[3] = n.in[2];
    y = add(job, OP_bn_apply, in, 4, (const char *[]){ name }, NULL);
    ir_node(g, y)->pos = n.pos;
    ir_take_output(g, y, id);
}

static void split_batch_norms(Job *job)
{
    for (uint32_t i = 1, n = job->g->n_node; i < n; i++) {
        const Node *node = &job->g->node[i];
        if (node->op == OP_batch_norm && is_state(job->g, node->in[1]))
            split_batch_norm(job, (NodeId){ i });
    }
}

/* ---- the loss ---- */

/* What the cross-entropy is computed of: (N,K).  id 0, with a message, when there is none. */
static ValueId logits(Job *job)
{
    Graph *g = job->g;
    const char *loss = job->options->train->loss;
    const Node *p = ir_producer(g, g->output[0]);
    const Value *v = ir_val(g, g->output[0]);
    ValueId scores = g->output[0];

    if (loss && !strcmp(loss, "probabilities")) {
        if (!p || p->op != OP_softmax) {
            diag_error(job->d, v->pos, "the output '%s' is no softmax: the loss cannot be of "
                       "probabilities", diag_quote(job->d->arena, v->name));
            return (ValueId){ 0 };
        }
        scores = p->in[0];
        v = ir_val(g, scores);
    }
    if (v->shape.rank != 2 || v->dtype != DT_F32) {
        diag_error(job->d, v->pos, "training needs an output of (batch, classes), f32: '%s' is %s "
                   "%s", diag_quote(job->d->arena, v->name), dtype_info[v->dtype].name,
                   shape_text(job->d->arena, &v->shape));
        return (ValueId){ 0 };
    }
    return scores;
}

/* The outputs become the loss and the scores. */
static bool add_loss(Job *job)
{
    static const char *const names[2] = { "loss", "loss.grad" };
    Graph *g = job->g;
    ValueId scores = g->output[0], in[2] = { logits(job) }, inputs[2] = { g->input[0] };
    Shape s = { .rank = 1 };
    Attr ranks = job->backward ? ranks_of(job) : attr_int(A_ranks, 1);
    NodeId loss;

    if (!in[0].id)
        return false;
    s.dim[0] = ir_val(g, in[0])->shape.dim[0];
    in[1] = inputs[1] = ir_value(g, "labels", VAL_INPUT, DT_I32, &s, (Pos){ 0 });
    ir_set_inputs(g, inputs, 2);
    loss = add(job, OP_cross_entropy, in, 2, names, &ranks);
    if (!loss.id)
        return false;
    ir_set_outputs(g, (ValueId[]){ ir_node(g, loss)->out[0], scores }, 2);
    return true;
}

/* One image in, one row of scores out. */
static bool fits(Job *job)
{
    const Graph *g = job->g;

    if (g->n_input == 1 && g->n_output == 1 && ir_val(g, g->input[0])->dtype == DT_F32)
        return true;
    diag_error(job->d, (Pos){ 0 }, "training needs a net of one f32 input and one output, not of %u"
               " and %u", g->n_input, g->n_output);
    return false;
}

/* A state that already has slots belongs to another graph of the same net. */
static bool has_params(Job *job)
{
    for (uint32_t i = 0; i < job->state->n; i++)
        if (job->state->slot[i].kind == STATE_PARAM)
            return true;
    diag_error(job->d, (Pos){ 0 }, "there is nothing to train: all parameters are frozen");
    return false;
}

bool pass_train(Job *job)
{
    if (!fits(job))
        return false;
    take_params(job);
    split_batch_norms(job);
    return has_params(job) && add_loss(job);
}
