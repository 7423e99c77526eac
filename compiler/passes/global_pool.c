/* SPDX-License-Identifier: Apache-2.0 */
/* global_pool: a pooling over the whole image, in all its spellings, becomes one reduction.
 *
 *   avg_pool, max_pool, kernel = image, no pads     reduce_mean, reduce_max over the image
 *   reduce(reduce(x, axes), axes) of one kind       one reduce: groups of equal size
 *   reshape(reduce(x)) that adds or drops the 1s    reduce with the other keep
 *
 * needs SORTED, LIVE: what is merged has no other reader; breaks SORTED.
 */
#include "passes/pass.h"
#include "passes/rewrite.h"

/* One window without pads, as large as the image: all spatial results are 1, and the kernel is
 * the image.  Strides do not matter then. */
static bool covers_image(const Graph *g, const Node *n)
{
    const Shape *x = &ir_val(g, n->in[0])->shape;
    const int64_t *kernel = ir_ints(n, A_kernel, NULL);

    for (uint32_t i = 2; i < x->rank; i++)
        if (kernel[i - 2] != x->dim[i] || ir_val(g, n->out[0])->shape.dim[i] != 1)
            return false;
    return pass_list_is(n, A_pad, 0) && pass_list_is(n, A_dilation, 1);
}

/* (N,C,H,W ...) -> (N,C,1,1 ...): the reduction keeps the dimensions, as the pool did. */
static void pool_to_reduce(Graph *g, Node *n)
{
    const uint32_t rank = ir_val(g, n->in[0])->shape.rank;
    int64_t axes[IR_MAX_RANK];
    ValueId x = n->in[0];

    if (!covers_image(g, n))
        return;
    for (uint32_t i = 2; i < rank; i++)
        axes[i - 2] = i;
    pass_become(g, n, n->op == OP_avg_pool ? OP_reduce_mean : OP_reduce_max, &x, 1);
    pass_set_list(g, n, A_axes, axes, rank - 2);
}

/* Axes as bits.  The shape rule has made the list complete, ascending and non-negative. */
static unsigned axes_mask(const Node *n)
{
    uint32_t count;
    const int64_t *axes = ir_ints(n, A_axes, &count);
    unsigned mask = 0;

    for (uint32_t i = 0; i < count; i++)
        mask |= 1U << axes[i];
    return mask;
}

/* The axes of n, which reduces what p leaves, as axes of p's operand: without keep, axis j is the
 * j-th that p has left. */
static unsigned outer_mask(const Node *n, const Node *p, uint32_t rank)
{
    unsigned inner = axes_mask(p), outer = axes_mask(n), mask = 0;
    uint32_t j = 0;

    for (uint32_t i = 0; i < rank; i++)
        if (ir_int(p, A_keep) || !(inner >> i & 1))
            mask |= (outer >> j++ & 1) << i;
    return mask;
}

/* Sums, products, maxima, minima and, all groups being of equal size, means of means. */
static void merge_reduce(Graph *g, const Uses *u, Node *n)
{
    const NodeId id = ir_val(g, n->in[0])->producer;
    const Node *p = ir_producer(g, n->in[0]);
    int64_t axes[IR_MAX_RANK];
    uint32_t count = 0, rank;
    unsigned mask;

    if (!p || p->op != n->op || u->count[n->in[0].id] != 1
        || ir_int(p, A_keep) != ir_int(n, A_keep))
        return;
    rank = ir_val(g, p->in[0])->shape.rank;
    mask = axes_mask(p) | outer_mask(n, p, rank);
    for (uint32_t i = 0; i < rank; i++)
        if (mask >> i & 1)
            axes[count++] = i;
    pass_set_list(g, n, A_axes, axes, count);
    n->in[0] = p->in[0];
    ir_delete(g, id);
}

/* The shape that the reduction p would give with the other keep. */
static Shape other_shape(const Graph *g, const Node *p)
{
    const Shape *x = &ir_val(g, p->in[0])->shape;
    const unsigned mask = axes_mask(p);
    Shape s = { 0 };

    for (uint32_t i = 0; i < x->rank; i++) {
        if (!(mask >> i & 1))
            s.dim[s.rank++] = x->dim[i];
        else if (!ir_int(p, A_keep))
            s.dim[s.rank++] = 1;
    }
    return s;
}

/* reshape(reduce(x)): the reduction itself can leave or drop the dimensions of 1. */
static void merge_reshape(Graph *g, const Uses *u, NodeId id)
{
    const Node *n = ir_node(g, id);
    Node *p = ir_producer(g, n->in[0]);
    Shape s;

    if (!p || !(op_info[p->op].flags & REDUCE) || u->count[n->in[0].id] != 1)
        return;
    s = other_shape(g, p);
    if (!shape_equal(&s, &ir_val(g, n->out[0])->shape))
        return;
    ir_set_attr(g, p, attr_int(A_keep, !ir_int(p, A_keep)));
    ir_take_output(g, ir_val(g, n->in[0])->producer, id);
}

bool pass_global_pool(Job *job)
{
    Graph *g = job->g;
    Uses u = pass_uses(g);

    for (uint32_t i = 1; i < g->n_node; i++) {
        Node *n = ir_node(g, (NodeId){ i });

        if (n->op == OP_avg_pool || n->op == OP_max_pool)
            pool_to_reduce(g, n);
        if (op_info[n->op].flags & REDUCE)
            merge_reduce(g, &u, n);
        else if (n->op == OP_reshape)
            merge_reshape(g, &u, (NodeId){ i });
    }
    return true;
}
