/* SPDX-License-Identifier: Apache-2.0 */
/* recompute: what the forward part of a step computes and the backward part reads is computed
 * again there, instead of being kept in between (Chen et al., Training deep nets with sublinear
 * memory cost, 2016).
 *
 * in: a step as autodiff left it, and how far to go (Job.again).  out: the same step, with copies
 * of nodes: a copy computes the same of the same, so not a bit changes.  A batch norm of a tensor
 * that is kept anyway costs one pass over it and halves what is kept; a depthwise convolution comes
 * next, then others.  The cheapest bytes are given up first.  A copy may read copies, but chains
 * stay short: one computed at once from the beginning would be as large as what was kept.
 *
 * needs SORTED, LIVE; breaks SORTED, and the sort puts each copy before its first reader. */
#include "ir/count.h"
#include "passes/pass.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 32, SMALL = 16 };     /* nodes in a chain; a part of the result that counts not */
enum { ELEMENT = 8 };                  /* multiply-adds in the time of one element to memory */

/* A node whose result may be computed again. */
typedef struct Candidate { uint32_t node; double price; } Candidate;

typedef struct Again {
    Job *job;
    Graph *g;
    uint32_t n_node, n_value;  /* before the copies */
    bool *late;                /* by node: of the backward part */
    bool *wanted;              /* by value: the backward part reads it, or something made of it */
    bool *read_late;           /* by value: by a late node itself */
    uint8_t *chosen;           /* by value */
    uint8_t *links, *nodes;    /* by value: of the longest chain of copies that ends with it */
    ValueId *copy;             /* by value: its second, 0: none yet */
} Again;

/* ---- what comes late ---- */

/* Behind the loss, or for nothing else than what is. */
static void find_late(Again *a)
{
    const Graph *g = a->g;
    bool *behind = arena_new_n(g->arena, bool, a->n_value);
    bool *early = arena_new_n(g->arena, bool, a->n_value);

    for (uint32_t i = 1; i < a->n_node; i++) {
        const Node *n = &g->node[i];
        for (uint32_t k = 0; k < n->n_in; k++)
            a->late[i] = a->late[i] || behind[n->in[k].id];
        for (uint32_t k = 0; k < n->n_out; k++)
            behind[n->out[k].id] = a->late[i] || n->op == OP_cross_entropy;
    }
    for (uint32_t i = 0; i < g->n_output; i++)
        early[g->output[i].id] = true;
    for (uint32_t i = a->n_node; i-- > 1;) {
        const Node *n = &g->node[i];
        bool any = n->op == OP_cross_entropy || op_info[n->op].flags & UPDATES;
        for (uint32_t k = 0; k < n->n_out; k++)
            any = any || early[n->out[k].id];
        a->late[i] = a->late[i] || !any;
        for (uint32_t k = 0; k < n->n_in; k++) {
            early[n->in[k].id] = early[n->in[k].id] || !a->late[i];
            a->read_late[n->in[k].id] = a->read_late[n->in[k].id] || a->late[i];
        }
    }
}

/* ---- what could be computed again ---- */

static bool is_cheap(const Node *n)
{
    return op_info[n->op].flags & (UNARY | VIEW) || n->op == OP_bn_apply
        || n->op == OP_batch_norm;
}

static bool can_repeat(const Node *n)
{
    return is_cheap(n) || op_info[n->op].flags & BINARY || n->op == OP_conv || n->op == OP_dense
        || n->op == OP_max_pool || n->op == OP_avg_pool;
}

/* From the end, because what is read late makes its operands worth a copy. */
static uint32_t find_candidates(Again *a, Candidate *list)
{
    const Graph *g = a->g;
    uint32_t n = 0;

    for (uint32_t i = a->n_node; i-- > 1;) {
        const Node *node = &g->node[i];
        ValueId y = node->out[0];
        if (a->late[i] || node->n_out != 1 || !can_repeat(node)
            || !(a->read_late[y.id] || a->wanted[y.id]))
            continue;
        for (uint32_t k = 0; k < node->n_in; k++)
            a->wanted[node->in[k].id] = true;
        list[n].node = i;
        list[n++].price = op_info[node->op].flags & VIEW ? 0
                        : (double)count_work(g, node) / (double)(plan_size(g, y) + 1);
    }
    return n;
}

static int by_price(const void *x, const void *y)
{
    const Candidate *a = x, *b = y;

    if (a->price < b->price || a->price > b->price)
        return a->price < b->price ? -1 : 1;
    return a->node < b->node ? -1 : a->node > b->node;
}

/* ---- what is ---- */

/* Can the backward part read operand x as it is, without keeping more than it does anyway? */
static bool is_kept(const Again *a, ValueId x, int64_t bytes)
{
    return !ir_producer(a->g, x) || a->read_late[x.id] || plan_size(a->g, x) * SMALL <= bytes;
}

/* In the order of nodes, so that operands are decided before their readers. */
static void decide(Again *a, uint32_t i)
{
    const Node *n = &a->g->node[i];
    ValueId y = n->out[0];
    uint8_t links = 0, nodes = 0;

    for (uint32_t k = 0; k < n->n_in; k++) {
        ValueId x = n->in[k];
        if (!x.id)
            continue;
        if (!a->chosen[x.id] && !is_kept(a, x, plan_size(a->g, y)))
            a->chosen[y.id] = 0;
        links = a->links[x.id] > links ? a->links[x.id] : links;
        nodes = a->nodes[x.id] > nodes ? a->nodes[x.id] : nodes;
    }
    links = (uint8_t)(links + !is_cheap(n));
    if (links > a->job->again.links || nodes == LONGEST)
        a->chosen[y.id] = 0;
    if (a->chosen[y.id]) {
        a->links[y.id] = links;
        a->nodes[y.id] = (uint8_t)(nodes + 1);
    }
}

static void choose(Again *a)
{
    Candidate *list = arena_new_n(a->g->arena, Candidate, a->n_node);
    uint32_t n = find_candidates(a, list), most = a->job->again.most;

    a->job->again.candidates = n;
    if (n)
        qsort(list, n, sizeof *list, by_price);
    for (uint32_t i = 0; i < n && i < most; i++)
        a->chosen[a->g->node[list[i].node].out[0].id] = 1;
    for (uint32_t i = 1; i < a->n_node; i++)
        if (a->g->node[i].n_out == 1 && a->chosen[a->g->node[i].out[0].id])
            decide(a, i);
}

/* ---- copies ---- */

static void count(const Graph *g, const Node *n, double *work, double *time)
{
    double steps = (double)count_work(g, n), macs = (double)count_macs(g, n);

    *work += steps;
    *time += macs + ELEMENT * (steps - macs);
}

/* What is to be read instead of v.  Recursion is as deep as chains are long. */
static ValueId again(Again *a, ValueId v)
{
    Graph *g = a->g;
    NodeSpec spec;
    ValueId *in;
    Node n;

    if (v.id >= a->n_value || !a->chosen[v.id] || a->copy[v.id].id)
        return v.id < a->n_value && a->copy[v.id].id ? a->copy[v.id] : v;
    n = *ir_producer(g, v);
    in = arena_new_n(g->arena, ValueId, n.n_in);
    for (uint32_t k = 0; k < n.n_in; k++)
        in[k] = again(a, n.in[k]);
    spec = (NodeSpec){ .op = n.op, .in = in, .n_in = n.n_in, .attr = n.attr, .act = n.act,
                       .pos = n.pos };
    while (spec.n_attr < IR_MAX_ATTR && n.attr[spec.n_attr].name)
        spec.n_attr++;
    a->copy[v.id] = ir_add1(g, arena_printf(g->arena, "%s.again", ir_val(g, v)->name), &spec,
                            a->job->d);
    a->job->again.copies++;
    count(g, &n, &a->job->again.work, &a->job->again.time);
    return a->copy[v.id];
}

static void rewire(Again *a)
{
    for (uint32_t i = 1; i < a->n_node; i++) {
        Node n = a->g->node[i];
        count(a->g, &n, &a->job->again.all_work, &a->job->again.all_time);
        for (uint32_t k = 0; a->late[i] && k < n.n_in; k++)
            n.in[k] = again(a, n.in[k]);
    }
}

bool pass_recompute(Job *job)
{
    Graph *g = job->g;
    Again a = { .job = job, .g = g, .n_node = g->n_node, .n_value = g->n_value };

    job->again.copies = 0;
    job->again.work = job->again.all_work = job->again.time = job->again.all_time = 0;
    if (!job->backward || !job->again.most)
        return true;
    a.late = arena_new_n(g->arena, bool, a.n_node);
    a.wanted = arena_new_n(g->arena, bool, a.n_value);
    a.read_late = arena_new_n(g->arena, bool, a.n_value);
    a.chosen = arena_new_n(g->arena, uint8_t, a.n_value);
    a.links = arena_new_n(g->arena, uint8_t, a.n_value);
    a.nodes = arena_new_n(g->arena, uint8_t, a.n_value);
    a.copy = arena_new_n(g->arena, ValueId, a.n_value);
    find_late(&a);
    choose(&a);
    rewire(&a);
    return !job->d->n_error;
}
