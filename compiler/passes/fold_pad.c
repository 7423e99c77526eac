/* SPDX-License-Identifier: Apache-2.0 */
/* fold_pad: a pad of the spatial dimensions becomes the pads of the windows that slide over it.
 *
 *   conv(pad(x, 0))      ->  conv with the pads added: what lies outside counts as 0
 *   avg_pool(pad(x, 0))  ->  the same, with the padding counted in the divisor
 *   max_pool(pad(x, v))  ->  the same, for v = -inf, or v = 0 and x >= 0: what lies outside never
 *                            wins over the element that each window has inside
 *
 * Only when all readers of the pad can, else it would be there all the same.  needs SORTED, LIVE;
 * breaks SORTED (leaves gaps).
 */
#include "passes/pass.h"
#include "passes/rewrite.h"

#include <math.h>
#include <string.h>

/* The pads of the pad node in the order of a window's: spatial dimensions only. */
typedef struct Pads {
    uint32_t n;            /* spatial dimensions */
    int64_t v[2 * IR_MAX_RANK];
} Pads;

/* False when the node crops, or pads the batch or the channels, or not with a constant. */
static bool spatial_pads(const Node *pad, Pads *p)
{
    uint32_t n;
    const int64_t *v = ir_ints(pad, A_pad, &n);
    const uint32_t rank = n / 2;

    if (strcmp(ir_word(pad, A_mode), "constant") || rank < 3
        || v[0] || v[1] || v[rank] || v[rank + 1])
        return false;
    p->n = rank - 2;
    for (uint32_t i = 0; i < p->n; i++) {
        p->v[i] = v[2 + i];
        p->v[p->n + i] = v[rank + 2 + i];
        if (v[2 + i] < 0 || v[rank + 2 + i] < 0)
            return false;
    }
    return true;
}

/* The op alone tells that x >= 0 everywhere. */
static bool never_negative(const Graph *g, ValueId x)
{
    const Node *p = ir_producer(g, x);

    if (!p)
        return false;
    switch (p->act.op ? p->act.op : p->op) {
    case OP_relu: case OP_sigmoid: case OP_hard_sigmoid: case OP_exp: case OP_abs: case OP_softplus:
    case OP_softmax:
        return true;
    case OP_clip:
        return (p->act.op ? (double)p->act.a : ir_float(p, A_min)) >= 0;
    default:
        return false;
    }
}

/* The padding is narrower than the window, which has no holes: so each window has an element.
 * Shape rules allow no other padding of a pool. */
static bool windows_have_element(const Node *pool, const Pads *p)
{
    const int64_t *kernel = ir_ints(pool, A_kernel, NULL), *pad = ir_ints(pool, A_pad, NULL);

    for (uint32_t i = 0; i < 2 * p->n; i++)
        if (pad[i] + p->v[i] >= kernel[i % p->n])
            return false;
    return pass_list_is(pool, A_dilation, 1) && !ir_int(pool, A_ceil);
}

/* The sum stays in the range that the shape rules allow. */
static bool moderate(const Node *n, const Pads *p)
{
    const int64_t *pad = ir_ints(n, A_pad, NULL), most = 1 << 24;

    for (uint32_t i = 0; i < 2 * p->n; i++)
        if (pad[i] > most || p->v[i] > most)
            return false;
    return true;
}

/* Whether window op n gives the same when it slides over the unpadded tensor with these pads. */
static bool accepts(const Graph *g, const Node *n, const Node *pad, const Pads *p)
{
    const double value = ir_float(pad, A_value);

    switch (n->op) {
    case OP_conv:
        return value == 0 && moderate(n, p);
    case OP_avg_pool:
        return value == 0 && windows_have_element(n, p)
            && (ir_int(n, A_count_pad) || pass_list_is(n, A_pad, 0));
    case OP_max_pool:
        return windows_have_element(n, p) && pass_is_f32(g, n->in[0])
            && ((isinf(value) && value < 0) || (value == 0 && never_negative(g, pad->in[0])));
    default:
        return false;
    }
}

/* refused, by value id: the result of a pad that some reader needs as it is. */
static bool *find_refused(const Graph *g)
{
    bool *refused = arena_new_n(g->arena, bool, g->n_value);
    Pads p;

    for (uint32_t i = 0; i < g->n_output; i++)
        refused[g->output[i].id] = true;
    for (uint32_t i = 1; i < g->n_node; i++) {
        const Node *n = ir_node(g, (NodeId){ i });
        for (uint32_t k = 0; n->op && k < n->n_in; k++) {
            const Node *pad = ir_producer(g, n->in[k]);
            if (pad && pad->op == OP_pad
                && (k || !spatial_pads(pad, &p) || !accepts(g, n, pad, &p)))
                refused[n->in[k].id] = true;
        }
    }
    return refused;
}

/* Pads add up: the outer one of the window, the inner one of the node. */
static void take_pad(Graph *g, Node *n, const Node *pad)
{
    uint32_t count;
    const int64_t *old = ir_ints(n, A_pad, &count);
    Pads p;

    spatial_pads(pad, &p);
    for (uint32_t i = 0; i < count; i++)
        p.v[i] += old[i];
    pass_set_list(g, n, A_pad, p.v, count);
    if (n->op == OP_avg_pool)
        ir_set_attr(g, n, attr_int(A_count_pad, 1));
    n->in[0] = pad->in[0];
}

bool pass_fold_pad(Job *job)
{
    Graph *g = job->g;
    const bool *refused = find_refused(g);

    for (uint32_t i = 1; i < g->n_node; i++) {
        Node *n = ir_node(g, (NodeId){ i });
        const Node *pad = n->op ? ir_producer(g, ir_in(n, 0)) : NULL;

        if (pad && pad->op == OP_pad && !refused[n->in[0].id])
            take_pad(g, n, pad);
    }
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op == OP_pad && !refused[g->node[i].out[0].id])
            ir_delete(g, (NodeId){ i });
    return true;
}
