/* SPDX-License-Identifier: Apache-2.0 */
/* fold_bn: a batch_norm after a linear op goes into that op's weights, and so does every other
 * multiplication and addition by constants per channel.
 *
 *   (W x + b) s + t  =  (W s) x + (b s + t)          W s: each output channel of W by its s
 *
 *   batch_norm   s = gamma / sqrt(var + eps), t = beta - mean s
 *   y * c, y / c, y + c, y - c, c - y, -y            c: one element, or one per channel
 *
 * A chain of them is composed in double and rounded once.  Inference only: training needs the
 * batch's own statistics.  needs SORTED, LIVE: the op and all links but the last have one reader;
 * breaks SORTED.  A batch_norm that follows no linear op stays what it is.
 */
#include "passes/pass.h"
#include "passes/rewrite.h"

#include <math.h>

/* y s[k] + t[k] for output channel k of n. */
typedef struct Affine {
    double *s, *t;
    int64_t n;
    bool scales, shifts;   /* some s is not 1, some t not 0 */
} Affine;

/* ---- reading a link of the chain ---- */

/* A constant as one number per channel. */
typedef struct Channel {
    const Value *v;
    bool each;             /* else one for all */
} Channel;

/* The constant's number for channel k. */
static double at(const Channel *c, int64_t k)
{
    return ir_element(c->v, c->each ? k : 0);
}

/* Constant c broadcast to shape x varies along dimension 1 only; aligned at the right, as numpy. */
static bool per_channel(const Graph *g, ValueId c, const Shape *x, Channel *out)
{
    const Shape *s = &ir_val(g, c)->shape;

    if (!ir_is_const(g, c) || s->rank > x->rank)
        return false;
    *out = (Channel){ ir_val(g, c), false };
    for (uint32_t i = 0; i < s->rank; i++) {
        if (s->dim[i] == 1)
            continue;
        if (i + x->rank - s->rank != 1 || s->dim[i] != x->dim[1])
            return false;
        out->each = true;
    }
    return true;
}

/* Channel k becomes (y s + t) * scale + shift; false when that is no number. */
static bool compose(Affine *a, int64_t k, double scale, double shift)
{
    a->scales = a->scales || scale != 1;
    a->shifts = a->shifts || shift != 0;
    a->s[k] *= scale;
    a->t[k] = a->t[k] * scale + shift;
    return isfinite(a->s[k]) && isfinite(a->t[k]);
}

/* gamma, beta, mean, var: (C) each, in the order of the operands. */
static bool compose_bn(const Graph *g, const Node *n, Affine *a)
{
    const Value *p[5];
    bool ok = true;

    for (uint32_t i = 1; i < 5; i++) {
        p[i] = ir_val(g, n->in[i]);
        if (!p[i]->data)
            return false;
    }
    for (int64_t k = 0; k < a->n; k++) {
        double scale = ir_element(p[1], k) / sqrt(ir_element(p[4], k) + ir_float(n, A_eps));
        ok = compose(a, k, scale, ir_element(p[2], k) - ir_element(p[3], k) * scale) && ok;
    }
    return ok;
}

/* left: the chain is the left operand, c the right one. */
static bool compose_one(Affine *a, int64_t k, Op op, double c, bool left)
{
    switch (op) {
    case OP_add: return compose(a, k, 1, c);
    case OP_mul: return compose(a, k, c, 0);
    case OP_sub: return left ? compose(a, k, 1, -c) : compose(a, k, -1, c);
    case OP_div: return left && compose(a, k, 1 / c, 0);
    default: return false;
    }
}

/* The operand that is not the chain must be a constant per channel. */
static bool compose_binary(const Graph *g, const Node *n, ValueId y, Affine *a)
{
    bool left = n->in[0].id == y.id, ok = true;
    Channel c;

    if (!per_channel(g, n->in[left], &ir_val(g, n->out[0])->shape, &c))
        return false;
    for (int64_t k = 0; k < a->n; k++)
        ok = compose_one(a, k, n->op, at(&c, k), left) && ok;
    return ok;
}

static bool compose_neg(Affine *a)
{
    for (int64_t k = 0; k < a->n; k++)
        compose(a, k, -1, 0);
    return true;
}

/* Node n as a function of its operand y, composed with a; a is spoilt when there is no such. */
static bool compose_node(const Graph *g, const Node *n, ValueId y, Affine *a)
{
    if (n->act.op || !shape_equal(&ir_val(g, y)->shape, &ir_val(g, n->out[0])->shape))
        return false;
    switch (n->op) {
    case OP_batch_norm: return compose_bn(g, n, a);
    case OP_add: case OP_sub: case OP_mul: case OP_div: return compose_binary(g, n, y, a);
    case OP_neg: return compose_neg(a);
    default: return false;
    }
}

/* ---- changing the linear op ---- */

/* The output channel that element i of the weights belongs to: (K,C/g,...), but (C,K/g,...) for a
 * transposed convolution. */
static int64_t channel_of(const Node *lin, const Shape *w, int64_t i)
{
    int64_t inner = shape_count(w) / w->dim[0], per, group_in;

    if (lin->op != OP_conv_transpose)
        return i / inner;
    per = inner / w->dim[1];
    group_in = w->dim[0] / ir_int(lin, A_group);
    return i / inner / group_in * w->dim[1] + i / per % w->dim[1];
}

/* W s: computed in double from the float weights, rounded once. */
static void scale_weights(Graph *g, const Uses *u, Node *lin, const Affine *a)
{
    const Value from = *ir_val(g, lin->in[1]);
    float *to = pass_new_data(g, u, &lin->in[1], &from.shape);

    for (int64_t i = 0; i < shape_count(&from.shape); i++)
        to[i] = (float)(ir_element(&from, i) * a->s[channel_of(lin, &from.shape, i)]);
}

/* An op without a bias gets one, called after its result. */
static float *new_bias(Graph *g, Node *lin, int64_t n)
{
    const Shape shape = { 1, { n } };
    const char *name = arena_printf(g->arena, "%s.bias", ir_val(g, lin->out[0])->name);
    float *data = arena_new_n(g->arena, float, (size_t)n);

    ir_set_in(g, lin, 2, ir_const(g, name, VAL_PARAM, DT_F32, &shape, data));
    return data;
}

/* b s + t */
static void change_bias(Graph *g, const Uses *u, Node *lin, const Affine *a)
{
    const bool had = ir_in(lin, 2).id;
    const Value from = *ir_val(g, ir_in(lin, 2));
    float *to = had ? pass_new_data(g, u, &lin->in[2], &from.shape) : new_bias(g, lin, a->n);

    for (int64_t k = 0; k < a->n; k++)
        to[k] = (float)((had ? ir_element(&from, k) : 0) * a->s[k] + a->t[k]);
}

/* An activation or a residual comes after the linear part, and what follows it does not commute. */
static bool foldable(const Graph *g, const Uses *u, const Node *n)
{
    return (op_info[n->op].flags & LINEAR) && !n->act.op && !ir_in(n, 3).id
        && ir_is_const(g, n->in[1]) && pass_is_f32(g, n->in[1])
        && (!ir_in(n, 2).id || ir_is_const(g, n->in[2])) && pass_may_copy(g, u, n->in[1]);
}

/* y 1 + 0 for each output channel; images and rows have channels as dimension 1. */
static Affine unit(const Graph *g, const Node *lin)
{
    int64_t n = ir_val(g, lin->out[0])->shape.dim[1];
    Affine a = { arena_new_n(g->arena, double, (size_t)n), arena_new_n(g->arena, double, (size_t)n),
                 n, false, false };

    for (int64_t k = 0; k < n; k++)
        a.s[k] = 1;
    return a;
}

static void copy_affine(Affine *to, const Affine *from)
{
    for (int64_t k = 0; k < to->n; k++) {
        to->s[k] = from->s[k];
        to->t[k] = from->t[k];
    }
    to->scales = from->scales;
    to->shifts = from->shifts;
}

/* Composes as many links as there are; the last one's result is then the linear op's.  next is one
 * link ahead of a, since a link that turns out not to fit leaves it half changed. */
static void fold_chain(Graph *g, const Uses *u, NodeId id)
{
    Node *lin = ir_node(g, id), *link, *last = NULL;
    Affine a, next;

    if (!pass_only_reader(g, u, lin->out[0]))
        return;
    a = unit(g, lin);
    next = unit(g, lin);
    for (ValueId y = lin->out[0]; (link = pass_only_reader(g, u, y)); y = link->out[0]) {
        if (!compose_node(g, link, y, &next))
            break;
        copy_affine(&a, &next);
        if (last)
            ir_delete(g, ir_val(g, last->out[0])->producer);
        last = link;
    }
    if (!last)
        return;
    if (a.scales)
        scale_weights(g, u, lin, &a);
    if (a.shifts || ir_in(lin, 2).id)
        change_bias(g, u, lin, &a);
    ir_take_output(g, id, ir_val(g, last->out[0])->producer);
}

bool pass_fold_bn(Job *job)
{
    Graph *g = job->g;
    Uses u = pass_uses(g);

    for (uint32_t i = 1; i < g->n_node; i++)
        if (foldable(g, &u, ir_node(g, (NodeId){ i })))
            fold_chain(g, &u, (NodeId){ i });
    return true;
}
