/* SPDX-License-Identifier: Apache-2.0 */
#include "ir/count.h"

/* Saturates: a count that does not fit is as large as can be.  a, b >= 0. */
static int64_t product(int64_t a, int64_t b)
{
    int64_t c;

    return __builtin_mul_overflow(a, b, &c) ? INT64_MAX : c;
}

/* Multiplications with an addition each; what is next to nothing beside them (pooling,
 * activations) counts 0, as papers count. */
int64_t count_macs(const Graph *g, const Node *n)
{
    const Shape *x, *w, *y;

    if (n->op != OP_conv && n->op != OP_conv_transpose && n->op != OP_dense && n->op != OP_matmul)
        return 0;
    x = &ir_val(g, n->in[0])->shape;
    w = &ir_val(g, n->in[1])->shape;
    y = &ir_val(g, n->out[0])->shape;
    switch (n->op) {
    case OP_conv:              /* each output element: one filter, (C/group) x kernel */
        return w->dim[0] ? product(shape_count(y), shape_count(w) / w->dim[0]) : 0;
    case OP_conv_transpose:    /* each input element meets (K/group) x kernel weights */
        return w->dim[0] ? product(shape_count(x), shape_count(w) / w->dim[0]) : 0;
    case OP_dense:
        return product(shape_count(y), w->dim[1]);
    default:
        return product(shape_count(y), x->dim[x->rank - 1]);
    }
}

/* INT64_MAX when the sum does not fit. */
int64_t count_graph_macs(const Graph *g)
{
    int64_t sum = 0;

    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op && __builtin_add_overflow(sum, count_macs(g, &g->node[i]), &sum))
            return INT64_MAX;
    return sum;
}

/* Elements of a pooling window. */
static int64_t window(const Node *n)
{
    uint32_t rank;
    const int64_t *kernel = ir_ints(n, A_kernel, &rank);
    int64_t k = 1;

    for (uint32_t i = 0; i < rank; i++)
        k = product(k, kernel[i]);
    return k;
}

/* Elementary steps: every element read, every one written as often as a window has elements,
 * and the multiply-adds.  For deciding whether something is too much work, not for people. */
int64_t count_work(const Graph *g, const Node *n)
{
    int64_t work = count_macs(g, n), each = 1;

    if (n->op == OP_max_pool || n->op == OP_avg_pool)
        each = window(n);
    else if (n->op == OP_lrn)
        each = ir_int(n, A_size);
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].id && __builtin_add_overflow(work, shape_count(&ir_val(g, n->in[i])->shape),
                                                  &work))
            return INT64_MAX;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (__builtin_add_overflow(work, product(each, shape_count(&ir_val(g, n->out[i])->shape)),
                                   &work))
            return INT64_MAX;
    return work;
}

/* Is operand k of n a running mean or variance? */
static bool is_statistic(const Node *n, uint32_t k)
{
    return n->op == OP_batch_norm && k >= 3;
}

/* They are operands 1 and 2 of what has them. */
bool count_is_weight(const Node *n, uint32_t k)
{
    return (op_info[n->op].flags & LINEAR || n->op == OP_batch_norm) && (k == 1 || k == 2);
}

/* seen, by value: shared weights count with the first node that reads them.  Other constants,
 * such as the numbers of a decomposed activation, are no parameters. */
ParamCount count_node_params(const Graph *g, const Node *n, uint8_t *seen)
{
    ParamCount c = { 0, 0, 0 };

    for (uint32_t k = 0; k < n->n_in; k++) {
        const Value *v = ir_val(g, n->in[k]);
        int64_t elements = shape_count(&v->shape);

        if (!v->data || seen[n->in[k].id])
            continue;
        seen[n->in[k].id] = 1;
        if (is_statistic(n, k))
            c.statistics += elements;
        else if (v->kind == VAL_PARAM)
            c.trainable += elements;
        else if (count_is_weight(n, k))
            c.frozen += elements;
    }
    return c;
}

/* In the order of the nodes. */
ParamCount count_all_params(const Graph *g)
{
    uint8_t *seen = arena_new_n(g->arena, uint8_t, g->n_value);
    ParamCount sum = { 0, 0, 0 };

    for (uint32_t i = 1; i < g->n_node; i++) {
        ParamCount c = { 0, 0, 0 };
        if (g->node[i].op)
            c = count_node_params(g, &g->node[i], seen);
        sum.trainable += c.trainable;
        sum.frozen += c.frozen;
        sum.statistics += c.statistics;
    }
    return sum;
}

/* As frameworks count: what training would change. */
int64_t count_params(const Graph *g)
{
    return count_all_params(g).trainable;
}
