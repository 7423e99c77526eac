/* SPDX-License-Identifier: Apache-2.0 */
/* sink_transpose: transpositions between channels last and channels first that cancel out.
 *
 * Converters from channels-last frameworks put an op that they do not know between two inverse
 * transpositions, or leave such pairs at a distance:
 *
 *   T'(f(T(x), c))  ->  f(x, T'(c)),   T' the inverse of T
 *
 * for f any tree of elementwise ops, concat, pad, slice, softmax and reductions with keep, all
 * read once, whose leaves are transpositions inverse to the one at the root, or constants.  Axes
 * and pads of f change with the shape.  Also: a reduction right after a transposition reduces the
 * untransposed value, since what it leaves is smaller.
 *
 * needs SORTED, LIVE, SIMPLE (so that T' T is gone already); breaks SORTED, LIVE, FOLDED, SIMPLE.
 */
#include "passes/pass.h"
#include "passes/rewrite.h"

#include <string.h>

enum { DEPTH = 32 };       /* of f; the recursion ends there */

typedef struct Sink {
    Graph *g;
    const Uses *u;
    const int64_t *perm;   /* of the root: result dimension i is dimension perm[i] */
    uint32_t rank;
    Diag *d;
} Sink;

static uint32_t rank_of(const Graph *g, ValueId v)
{
    return ir_val(g, v)->shape.rank;
}

/* ---- may it be done ---- */

/* Node t undoes the permutation: what it computes, transposed, is its operand. */
static bool is_inverse(const Sink *s, const Node *t)
{
    uint32_t rank;
    const int64_t *q = ir_ints(t, A_perm, &rank);

    for (uint32_t i = 0; i < rank; i++)
        if (q[s->perm[i]] != i)
            return false;
    return true;
}

/* Ops that can be done on permuted operands as well. */
static bool permutes(const Node *n)
{
    if (n->act.op || n->n_out != 1)
        return false;
    if (op_info[n->op].flags & (UNARY | BINARY))
        return true;
    if (op_info[n->op].flags & REDUCE)
        return ir_int(n, A_keep);
    return n->op == OP_concat || n->op == OP_pad || n->op == OP_slice || n->op == OP_softmax
        || n->op == OP_log_softmax;
}

/* Value v can be had transposed at no cost: it is a constant, undoes it, or is computed by ops that
 * can as well and that nobody else reads. */
static bool can_pull(const Sink *s, ValueId v, int depth)
{
    const Node *n = ir_producer(s->g, v);

    if (ir_is_const(s->g, v))
        return rank_of(s->g, v) <= s->rank && pass_may_copy(s->g, s->u, v);
    if (!n || rank_of(s->g, v) != s->rank)
        return false;
    if (n->op == OP_transpose)
        return is_inverse(s, n);
    if (depth == DEPTH || s->u->count[v.id] != 1 || !permutes(n))
        return false;
    for (uint32_t k = 0; k < n->n_in; k++)
        if (!can_pull(s, n->in[k], depth + 1))
            return false;
    return true;
}

/* ---- doing it ---- */

static int64_t new_axis(const Sink *s, int64_t axis)
{
    int64_t i = 0;

    while (s->perm[i] != axis)
        i++;
    return i;
}

/* A list of one or several numbers per dimension follows the dimensions. */
static void permute_list(const Sink *s, Node *n, AttrName name)
{
    uint32_t count;
    const int64_t *v = ir_ints(n, name, &count);
    int64_t to[2 * IR_MAX_RANK];

    for (uint32_t i = 0; i < count; i++)
        to[i] = v[i / s->rank * s->rank + (uint32_t)s->perm[i % s->rank]];
    pass_set_list(s->g, n, name, to, count);
}

/* Ascending again, as the shape rule has them. */
static void permute_axes(const Sink *s, Node *n)
{
    uint32_t count, n_to = 0;
    const int64_t *axes = ir_ints(n, A_axes, &count);
    int64_t to[IR_MAX_RANK];

    for (uint32_t i = 0; i < s->rank; i++)
        for (uint32_t k = 0; k < count; k++)
            if (axes[k] == s->perm[i])
                to[n_to++] = i;
    pass_set_list(s->g, n, A_axes, to, n_to);
}

/* Whatever of the attributes goes by dimension. */
static void permute_attrs(const Sink *s, Node *n)
{
    static const AttrName per_dim[] = { A_pad, A_start, A_size, A_step };

    if (ir_attr(n, A_axis))
        ir_set_attr(s->g, n, attr_int(A_axis, new_axis(s, ir_int(n, A_axis))));
    if (op_info[n->op].flags & REDUCE)
        permute_axes(s, n);
    for (size_t i = 0; i < sizeof per_dim / sizeof per_dim[0]; i++)
        if (ir_attr(n, per_dim[i]))
            permute_list(s, n, per_dim[i]);
}

/* The value stays, with its name, and is another tensor from now on: all its readers are in f. */
static void permute_shape(const Sink *s, ValueId v)
{
    Shape *shape = &ir_val(s->g, v)->shape;
    const Shape old = *shape;

    for (uint32_t i = 0; i < s->rank; i++)
        shape->dim[i] = old.dim[s->perm[i]];
}

/* A constant gets leading dimensions of 1, as broadcasting would, and is transposed by nodes that
 * fold_const computes. */
static ValueId pull_const(const Sink *s, ValueId v)
{
    const Shape shape = ir_val(s->g, v)->shape;
    int64_t full[IR_MAX_RANK];
    ValueId x = v;

    for (uint32_t i = 0; i < s->rank; i++)
        full[i] = i + shape.rank < s->rank ? 1 : shape.dim[i + shape.rank - s->rank];
    if (shape.rank < s->rank)
        x = pass_insert(s->g, OP_reshape, v, attr_ints(A_shape, full, s->rank), v, s->d);
    return pass_insert(s->g, OP_transpose, x, attr_ints(A_perm, s->perm, s->rank), v, s->d);
}

/* The value that is v transposed; what can_pull has allowed. */
static ValueId pull(const Sink *s, ValueId v)
{
    const NodeId id = ir_val(s->g, v)->producer;
    const Node *n = ir_producer(s->g, v);

    if (ir_is_const(s->g, v))
        return shape_count(&ir_val(s->g, v)->shape) == 1 ? v : pull_const(s, v);
    if (n->op == OP_transpose)
        return n->in[0];
    for (uint32_t k = 0; k < ir_node(s->g, id)->n_in; k++) {
        ValueId x = pull(s, ir_node(s->g, id)->in[k]);     /* may move the nodes */
        ir_node(s->g, id)->in[k] = x;
    }
    permute_attrs(s, ir_node(s->g, id));
    permute_shape(s, v);
    return v;
}

static void cancel(Graph *g, const Uses *u, NodeId root, Diag *d)
{
    const Node *n = ir_node(g, root);
    const ValueId v = n->in[0];
    Sink s = { .g = g, .u = u, .d = d };

    s.perm = ir_ints(n, A_perm, &s.rank);
    if (!ir_producer(g, v) || ir_producer(g, v)->op == OP_transpose || !can_pull(&s, v, 0))
        return;
    pull(&s, v);
    ir_take_output(g, ir_val(g, v)->producer, root);
}

/* ---- reductions ---- */

/* Without keep, the dimensions that are left must come in the same order. */
static bool keeps_order(const Node *reduce, const int64_t *perm, uint32_t rank)
{
    uint32_t count, next = 0;
    const int64_t *axes = ir_ints(reduce, A_axes, &count);
    int64_t last = -1;

    for (uint32_t i = 0; i < rank; i++) {
        if (next < count && axes[next] == i) {
            next++;
            continue;
        }
        if (perm[i] < last)
            return false;
        last = perm[i];
    }
    return true;
}

/* reduce(T(x), axes) is reduce(x, the axes T takes them from), then, with keep, T. */
static bool reduce_before(Graph *g, NodeId id, Diag *d)
{
    Node *n = ir_node(g, id);
    const Node *t = ir_producer(g, n->in[0]);
    uint32_t rank, count;
    const int64_t *perm = ir_ints(t, A_perm, &rank), *axes = ir_ints(n, A_axes, &count);
    int64_t from[IR_MAX_RANK];
    ValueId y;

    for (uint32_t i = 0, m = 0; i < rank; i++)     /* ascending */
        for (uint32_t k = 0; k < count; k++)
            if (perm[axes[k]] == i)
                from[m++] = i;
    if (!ir_int(n, A_keep)) {
        if (keeps_order(n, perm, rank)) {
            n->in[0] = t->in[0];
            pass_set_list(g, n, A_axes, from, count);
        }
        return true;
    }
    y = pass_insert(g, n->op, t->in[0], attr_ints(A_axes, from, count), n->out[0], d);
    if (!y.id)
        return false;
    pass_become(g, ir_node(g, id), OP_transpose, &y, 1);
    pass_set_list(g, ir_node(g, id), A_perm, perm, rank);
    return true;
}

bool pass_sink_transpose(Job *job)
{
    Graph *g = job->g;
    const uint32_t n_node = g->n_node;
    Uses u = pass_uses(g);

    for (uint32_t i = 1; i < n_node; i++) {
        const NodeId id = { i };
        const Node *n = ir_node(g, id);
        const Node *p = n->op ? ir_producer(g, ir_in(n, 0)) : NULL;

        if (n->op == OP_transpose)
            cancel(g, &u, id, job->d);
        else if (p && p->op == OP_transpose && op_info[n->op].flags & REDUCE
                 && !reduce_before(g, id, job->d))
            return false;
    }
    return true;
}
