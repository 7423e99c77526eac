/* SPDX-License-Identifier: Apache-2.0 */
/* autodiff: reverse-mode differentiation (Griewank and Walther, Evaluating Derivatives, 2008),
 * node by node from the loss backwards.
 *
 * in: a graph with a cross_entropy.  out: for every parameter in the state a gradient, and the node
 * that updates the parameter by it, right after the last node that reads either; with
 * keep_gradients the gradients go into slots instead, where other ranks' are added to them, and
 * another graph updates.  Only what leads
 * to a parameter is differentiated: a frozen beginning costs nothing.
 *
 * needs SORTED, LIVE; breaks SORTED, LIVE. */
#include "passes/grad.h"

#include <string.h>

/* ---- building ---- */

ValueId grad_node(Autodiff *ad, Op op, ValueId v, const ValueId *in,
                  const Attr *attr, uint32_t n_attr)
{
    const char *name = arena_printf(ad->g->arena, "%s.delta", ir_val(ad->g, v)->name);
    NodeSpec spec = { .op = op, .in = in, .n_in = op_info[op].min_in, .attr = attr,
                      .n_attr = n_attr,
                      .pos = ir_val(ad->g, v)->pos };

    return ir_add1(ad->g, name, &spec, ad->job->d);
}

void grad_add(Autodiff *ad, ValueId v, ValueId dv)
{
    ValueId *sum = &ad->grad[v.id];

    *sum = sum->id ? grad_node(ad, OP_add, v, (ValueId[]){ *sum, dv }, NULL, 0) : dv;
}

/* ---- what has to be differentiated ---- */

static bool is_trained(const Autodiff *ad, ValueId v)
{
    const State *s = ad->job->state;
    const Value *val = ir_val(ad->g, v);
    uint32_t i;

    if (val->kind != VAL_STATE)
        return false;
    i = state_find(s, val->name);
    return i < s->n && s->slot[i].kind == STATE_PARAM;
}

/* Statistics follow from x, and bn_apply's gradient accounts for that: they count as their own. */
static void find_needed(Autodiff *ad)
{
    Graph *g = ad->g;

    for (uint32_t i = 1; i < g->n_value; i++)
        ad->need[i] = is_trained(ad, (ValueId){ i });
    for (uint32_t i = 1; i < g->n_node; i++) {
        const Node *n = &g->node[i];
        bool any = false;

        for (uint32_t k = 0; n->op && k < n->n_in; k++) {
            any = any || ad->need[n->in[k].id];
            if (!ad->first[n->in[k].id])
                ad->first[n->in[k].id] = i;
        }
        for (uint32_t k = 0; n->op && k < n->n_out; k++)
            ad->need[n->out[k].id] = any && !(op_info[n->op].flags & UPDATES);
    }
}

/* ---- updates ---- */

/* A tensor like w in a slot of its own, called NAME.what.  A net may have that name for something
 * else. */
static ValueId beside(Autodiff *ad, ValueId w, const char *what, StateKind kind)
{
    Value like = *ir_val(ad->g, w);
    const char *name = arena_printf(ad->g->arena, "%s.%s", like.name, what);
    ValueId v = ir_value(ad->g, name, VAL_STATE, like.dtype, &like.shape, like.pos);

    state_add(ad->job->state, name, kind, &like);
    if (strcmp(ir_val(ad->g, v)->name, name))
        diag_error(ad->job->d, like.pos, "the name '%s' is needed for training",
                   diag_quote(ad->job->d->arena, name));
    return v;
}

static const struct Optimizer { const char *name; Op op; AttrName attr; int on; } optimizers[] = {
    { "sgd", OP_sgd, A_none, 0 },
    { "momentum", OP_sgd_momentum, A_nesterov, 0 }, { "nesterov", OP_sgd_momentum, A_nesterov, 1 },
    { "adam", OP_adam, A_decoupled, 0 }, { "adamw", OP_adam, A_decoupled, 1 },
};

/* options->train was checked by who took it. */
static const struct Optimizer *optimizer(const Autodiff *ad)
{
    const char *name = train_optimizer(ad->job->options->train);
    const struct Optimizer *o = optimizers;

    while (strcmp(o->name, name))
        o++;
    return o;
}

/* w moves by its gradient dw; factor: what gradients are multiplied by first, or 0.  The average
 * follows it. */
static void update(Autodiff *ad, ValueId w, ValueId dw, ValueId factor)
{
    const struct Optimizer *o = optimizer(ad);
    const char *name = ir_val(ad->g, w)->name, *names[3];
    ValueId in[5] = { w }, average[2];
    Attr attr = attr_int(o->attr, o->on);
    NodeSpec spec = { .op = o->op, .in = in, .n_in = op_info[o->op].n_out, .out = names,
                      .n_out = op_info[o->op].n_out, .attr = &attr, .n_attr = o->attr != A_none };
    NodeId id;

    for (uint32_t i = 0; i < 3; i++)
        names[i] = arena_printf(ad->g->arena, "%s.new%u", name, i);
    for (uint32_t i = 1; i < spec.n_in; i++)
        in[i] = beside(ad, w, o->op == OP_adam ? i == 1 ? "m" : "v" : "momentum",
                       STATE_MOMENT);
    in[spec.n_in++] = dw;
    in[spec.n_in] = factor;
    spec.n_in += factor.id != 0;
    id = ir_add(ad->g, &spec, ad->job->d);
    if (!id.id || !ad->job->options->train->average)
        return;
    average[0] = beside(ad, w, "average", STATE_AVERAGE);
    average[1] = ir_node(ad->g, id)->out[0];
    spec = (NodeSpec){ .op = OP_average, .in = average, .n_in = 2 };
    ir_add1(ad->g, arena_printf(ad->g->arena, "%s.new_average", name), &spec, ad->job->d);
}

/* The gradient of w is complete. */
static void use_gradient(Autodiff *ad, ValueId w)
{
    ValueId in[2] = { { 0 }, ad->grad[w.id] };
    NodeSpec spec = { .op = OP_assign, .in = in, .n_in = 2 };
    const char *name;

    if (!train_keeps_gradients(ad->job->options->train)) {
        update(ad, w, ad->grad[w.id], (ValueId){ 0 });
        return;
    }
    in[0] = beside(ad, w, "grad", STATE_GRADIENT);
    name = ir_val(ad->g, in[0])->name;
    in[0] = ir_add1(ad->g, arena_printf(ad->g->arena, "%s.new", name), &spec, ad->job->d);
    spec = (NodeSpec){ .op = OP_all_reduce, .in = in, .n_in = 1 };
    if (train_ranks(ad->job->options->train) > 1)
        ir_add1(ad->g, arena_printf(ad->g->arena, "%s.all", name), &spec, ad->job->d);
}

/* ---- the walk ---- */

static bool any_gradient(const Autodiff *ad, const Node *n)
{
    for (uint32_t k = 0; k < n->n_out; k++)
        if (ad->grad[n->out[k].id].id)
            return true;
    return false;
}

static bool differentiate(Autodiff *ad, uint32_t i)
{
    Node n = ad->g->node[i];
    GradFn *fn = grad_of(n.op);

    if (!n.op || n.op == OP_cross_entropy || !ad->need[n.out[0].id] || !any_gradient(ad, &n))
        return true;
    if (!fn) {
        diag_error(ad->job->d, n.pos, "'%s': %s has no gradient",
                   diag_quote(ad->job->d->arena, ir_val(ad->g, n.out[0])->name),
                   op_info[n.op].name);
        return false;
    }
    return fn(ad, &n);
}

/* Parameters whose first reader has just been passed on the way back: nobody is left to add to
 * their gradients, or to read them. */
static void finish_params(Autodiff *ad, uint32_t i)
{
    const Node n = ad->g->node[i];

    for (uint32_t k = 0; n.op && k < n.n_in; k++)
        if (n.in[k].id && ad->first[n.in[k].id] == i && is_trained(ad, n.in[k])
            && ad->grad[n.in[k].id].id) {
            use_gradient(ad, n.in[k]);
            ad->grad[n.in[k].id].id = 0;
        }
}

bool pass_autodiff(Job *job)
{
    Autodiff ad = { .job = job, .g = job->g, .cap = job->g->n_value };
    bool ok = true;

    if (!job->backward)
        return true;
    ad.grad = arena_new_n(job->g->arena, ValueId, ad.cap);
    ad.need = arena_new_n(job->g->arena, bool, ad.cap);
    ad.first = arena_new_n(job->g->arena, uint32_t, ad.cap);
    find_needed(&ad);
    for (uint32_t i = job->g->n_node; i-- > 1;) {
        const Node *n = &job->g->node[i];
        if (n->op == OP_cross_entropy)
            ad.grad[n->in[0].id] = n->out[1];
        ok = differentiate(&ad, i) && ok;
        finish_params(&ad, i);
    }
    return ok;
}

/* ---- the graph of updates ---- */

/* The parameter whose gradient has that slot.  One that nothing depends on has none, and stays as
 * it is, without decay, as in PyTorch. */
static ValueId param_of(Job *job, const StateSlot *gradient)
{
    size_t n = strlen(gradient->name) - strlen(".grad");
    const char *name = arena_strndup(job->g->arena, gradient->name, n);
    StateSlot s = job->state->slot[state_find(job->state, name)];

    return ir_value(job->g, s.name, VAL_STATE, s.dtype, &s.shape, (Pos){ 0 });
}

/* From gradients in their slots to new parameters, in the order in which one graph would do it, so
 * that the optimiser's slots have the same order; clipped by the norm of all of them. */
bool pass_updates(Job *job)
{
    Autodiff ad = { .job = job, .g = job->g };
    const mnc_train_options *o = job->options->train;
    ValueId *w = arena_new_n(job->g->arena, ValueId, job->state->n), factor = { 0 };
    ValueId *dw = arena_new_n(job->g->arena, ValueId, job->state->n);
    uint32_t n = 0;

    for (uint32_t i = 0, all = job->state->n; i < all; i++) {
        if (job->state->slot[i].kind != STATE_GRADIENT)
            continue;
        w[n] = param_of(job, &job->state->slot[i]);
        dw[n] = beside(&ad, w[n], "grad", STATE_GRADIENT);
        n++;
    }
    if (o->clip && n) {
        NodeSpec spec = { .op = OP_clip_factor, .in = dw, .n_in = n };
        factor = ir_add1(job->g, "clip", &spec, job->d);
    }
    for (uint32_t i = 0; i < n; i++)
        update(&ad, w[i], dw[i], factor);
    return !job->d->n_error;
}
