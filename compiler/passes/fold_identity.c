/* SPDX-License-Identifier: Apache-2.0 */
/* fold_identity: what does nothing goes, and what two in a row do one does.
 *
 *   x + 0, x - 0, x * 1, x / 1, x ^ 1         x          (when the constant does not broadcast x)
 *   identity, cast to the same type           x
 *   pad by 0, slice of all, expand or resize to the same shape, tile once, concat or split of
 *   one, pooling over a window of one         x
 *   a reduction over dimensions of 1          reshape
 *   reshape of reshape                        reshape
 *   transpose of transpose                    transpose
 *   a transpose of dimensions of 1 only       reshape
 *   clip of clip, of relu; relu of clip       clip, relu
 *   an expand that a binary op would do       x
 *
 * A rule gives the value that the node's result equals (0: none) or changes the node where it
 * stands.  needs SORTED; breaks SORTED, LIVE; makes SIMPLE.
 */
#include "passes/pass.h"
#include "passes/rewrite.h"
#include "ir/shape.h"

#include <math.h>
#include <string.h>

typedef ValueId Simplify(Graph *g, Node *n);

static const ValueId none = { 0 };

/* x has the type and the shape of the node's result. */
static bool like_result(const Graph *g, const Node *n, ValueId x)
{
    const Value *a = ir_val(g, x), *b = ir_val(g, n->out[0]);

    return a->dtype == b->dtype && shape_equal(&a->shape, &b->shape);
}

/* What most rules come to: the operand itself, if it is the same and looks it. */
static ValueId operand_if(const Graph *g, const Node *n, bool same)
{
    return same && like_result(g, n, n->in[0]) ? n->in[0] : none;
}

/* Node n, which only gives x another shape, says so. */
static void become_reshape(Graph *g, Node *n, ValueId x)
{
    const Shape *s = &ir_val(g, n->out[0])->shape;

    pass_become(g, n, OP_reshape, &x, 1);
    pass_set_list(g, n, A_shape, s->dim, s->rank);
}

/* The node that computes operand 0 of n, if it is of this op. */
static const Node *inner(const Graph *g, const Node *n, Op op)
{
    const Node *p = ir_producer(g, n->in[0]);

    return p && p->op == op ? p : NULL;
}

/* ---- arithmetic with a neutral constant ---- */

static bool neutral(const Graph *g, ValueId c, double x)
{
    enum { LOOK = 1 << 16 };     /* elements: a constant may be large and have many readers */

    return ir_is_const(g, c) && shape_count(&ir_val(g, c)->shape) <= LOOK && pass_all_are(g, c, x);
}

/* An operand that the op would broadcast by itself need not be expanded before. */
static void skip_expand(Graph *g, Node *n)
{
    for (uint32_t k = 0; k < 2; k++) {
        const Node *e = ir_producer(g, n->in[k]);
        Shape s;

        if (e && e->op == OP_expand
            && shape_broadcast(&ir_val(g, e->in[0])->shape, &ir_val(g, n->in[1 - k])->shape, &s)
            && shape_equal(&s, &ir_val(g, n->out[0])->shape))
            n->in[k] = e->in[0];
    }
}

static ValueId simplify_binary(Graph *g, Node *n)
{
    skip_expand(g, n);
    return none;
}

/* Operand 1 is neutral on the right; operand 0, in an op that commutes, on the left. */
static ValueId drop_neutral(Graph *g, Node *n, double x)
{
    skip_expand(g, n);
    if (n->act.op)
        return none;
    if (neutral(g, n->in[1], x) && like_result(g, n, n->in[0]))
        return n->in[0];
    if (op_info[n->op].flags & COMMUTES && neutral(g, n->in[0], x) && like_result(g, n, n->in[1]))
        return n->in[1];
    return none;
}

/* For additions: what they add. */
static ValueId drop_0(Graph *g, Node *n)
{
    return drop_neutral(g, n, 0);
}

/* For products and powers. */
static ValueId drop_1(Graph *g, Node *n)
{
    return drop_neutral(g, n, 1);
}

/* ---- clips ---- */

/* What the node clips to; false when it does not clip. */
static bool clip_range(const Node *n, double *lo, double *hi)
{
    *lo = n->op == OP_clip ? ir_float(n, A_min) : 0;
    *hi = n->op == OP_clip ? ir_float(n, A_max) : (double)INFINITY;
    return n->op == OP_clip || n->op == OP_relu;
}

/* As ONNX has it: the upper bound counts when they contradict. */
static double clipped(double x, double lo, double hi)
{
    return fmin(fmax(x, lo), hi);
}

/* A clip does not decrease, so two in a row are the clip to what they make of -inf and +inf. */
bool pass_merge_clip(Graph *g, Node *n)
{
    const Node *p = ir_producer(g, n->in[0]);
    double lo, hi, lo_in, hi_in;

    if (!p || !clip_range(n, &lo, &hi) || !clip_range(p, &lo_in, &hi_in))
        return false;
    pass_become(g, n, OP_clip, p->in, 1);
    ir_set_attr(g, n, attr_float(A_min, clipped(clipped((double)-INFINITY, lo_in, hi_in), lo, hi)));
    ir_set_attr(g, n, attr_float(A_max, clipped(clipped((double)INFINITY, lo_in, hi_in), lo, hi)));
    return true;
}

/* A clip to [0, inf] is a relu, in its canonical spelling; a clip to everything does nothing. */
static ValueId simplify_clip(Graph *g, Node *n)
{
    double lo, hi;

    pass_merge_clip(g, n);
    clip_range(n, &lo, &hi);
    if (n->op == OP_clip && lo == 0 && isinf(hi) && hi > 0 && pass_is_f32(g, n->in[0])) {
        ValueId x = n->in[0];
        pass_become(g, n, OP_relu, &x, 1);
    }
    return operand_if(g, n, isinf(lo) && lo < 0 && isinf(hi) && hi > 0);
}

/* ---- data movement ---- */

/* Ops that do nothing when type and shape stay: identity, cast, expand, tile. */
static ValueId simplify_same_shape(Graph *g, Node *n)
{
    return operand_if(g, n, true);
}

/* Only the last shape of a chain counts: elements keep their row-major order. */
static ValueId simplify_reshape(Graph *g, Node *n)
{
    const Node *p = inner(g, n, OP_reshape);

    if (p)
        n->in[0] = p->in[0];
    return operand_if(g, n, true);
}

/* Dimensions of more than 1 keep their order: nothing moves in memory. */
static bool moves_ones(const Shape *x, const int64_t *perm)
{
    int64_t last = -1;

    for (uint32_t i = 0; i < x->rank; i++) {
        if (x->dim[perm[i]] == 1)
            continue;
        if (perm[i] < last)
            return false;
        last = perm[i];
    }
    return true;
}

/* y(i0, i1 ...) takes its dimension k from dimension perm[k], and this from p's perm of that. */
static ValueId simplify_transpose(Graph *g, Node *n)
{
    const Node *p = inner(g, n, OP_transpose);
    uint32_t rank;
    const int64_t *perm = ir_ints(n, A_perm, &rank);
    int64_t both[IR_MAX_RANK];

    if (p) {
        for (uint32_t i = 0; i < rank; i++)
            both[i] = ir_ints(p, A_perm, NULL)[perm[i]];
        pass_set_list(g, n, A_perm, both, rank);
        n->in[0] = p->in[0];
    }
    if (moves_ones(&ir_val(g, n->in[0])->shape, ir_ints(n, A_perm, NULL)))
        become_reshape(g, n, n->in[0]);
    return none;
}

/* The shape alone does not tell: a pad of 1 and -1 shifts. */
static ValueId simplify_pad(Graph *g, Node *n)
{
    return operand_if(g, n, pass_list_is(n, A_pad, 0));
}

/* As many elements as there are, forwards: that is all of them. */
static ValueId simplify_slice(Graph *g, Node *n)
{
    uint32_t count;
    const int64_t *step = ir_ints(n, A_step, &count);
    bool forwards = true;

    for (uint32_t i = 0; i < count; i++)
        forwards = forwards && step[i] > 0;
    return operand_if(g, n, forwards);
}

/* concat of one, split into one */
static ValueId simplify_one(Graph *g, Node *n)
{
    return operand_if(g, n, n->n_in == 1 && n->n_out == 1);
}

/* A stride would leave elements out. */
static ValueId simplify_pool(Graph *g, Node *n)
{
    return operand_if(g, n, pass_list_is(n, A_kernel, 1) && pass_list_is(n, A_pad, 0)
                            && pass_list_is(n, A_stride, 1));
}

/* With scales of its own a resize may move pixels although the size is the same. */
static ValueId simplify_resize(Graph *g, Node *n)
{
    return operand_if(g, n, !ir_in(n, 1).id);
}

/* As many elements come out as go in: each is reduced alone. */
static ValueId simplify_reduce(Graph *g, Node *n)
{
    const Shape *x = &ir_val(g, n->in[0])->shape;

    if (shape_count(x) == shape_count(&ir_val(g, n->out[0])->shape) && shape_count(x) > 0)
        become_reshape(g, n, n->in[0]);
    return none;
}

/* ---- all of them ---- */

static Simplify *const rule[OP_COUNT] = {
    [OP_add] = drop_0,                       [OP_sub] = drop_0,
    [OP_mul] = drop_1,                       [OP_div] = drop_1,
    [OP_pow] = drop_1,                       [OP_min] = simplify_binary,
    [OP_max] = simplify_binary,              [OP_clip] = simplify_clip,
    [OP_relu] = simplify_clip,               [OP_identity] = simplify_same_shape,
    [OP_cast] = simplify_same_shape,         [OP_reshape] = simplify_reshape,
    [OP_transpose] = simplify_transpose,     [OP_expand] = simplify_same_shape,
    [OP_tile] = simplify_same_shape,         [OP_pad] = simplify_pad,
    [OP_slice] = simplify_slice,             [OP_split] = simplify_one,
    [OP_concat] = simplify_one,              [OP_max_pool] = simplify_pool,
    [OP_avg_pool] = simplify_pool,           [OP_resize] = simplify_resize,
    [OP_reduce_sum] = simplify_reduce,       [OP_reduce_mean] = simplify_reduce,
    [OP_reduce_max] = simplify_reduce,       [OP_reduce_min] = simplify_reduce,
    [OP_reduce_prod] = simplify_reduce,
};

/* Again while the node turns into another op, which only goes towards reshape or relu. */
static ValueId simplify(Graph *g, Node *n)
{
    ValueId v = none;
    Op op;

    do {
        op = n->op;
        if (rule[op])
            v = rule[op](g, n);
    } while (!v.id && n->op != op);
    return v;
}

bool pass_fold_identity(Job *job)
{
    Graph *g = job->g;
    Forward f;

    forward_init(&f, g);
    for (uint32_t i = 1; i < g->n_node; i++) {
        Node *n = ir_node(g, (NodeId){ i });
        ValueId v;

        if (!n->op)
            continue;
        forward_operands(&f, n);
        v = simplify(g, n);
        if (v.id)
            forward_result(&f, (NodeId){ i }, v);
    }
    forward_finish(&f);
    return true;
}
