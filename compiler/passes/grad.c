/* SPDX-License-Identifier: Apache-2.0 */
/* grad: gradients of the elementwise ops, of views and reductions, and the table of all.
 *
 * Names: y = op(x ...), dy the gradient of the loss by y.  grad_conv.c and grad_norm.c have those
 * of the layers. */
#include "passes/grad.h"

#include <inttypes.h>
#include <string.h>

static ValueId reshape(Autodiff *ad, ValueId v, ValueId x, const Shape *s)
{
    Attr shape = attr_ints(A_shape, s->dim, s->rank);

    return shape_equal(grad_shape(ad, x), s) ? x
         : grad_node(ad, OP_reshape, v, &x, &shape, 1);
}

/* ---- activations ---- */

/* Those whose derivative is known from the result keep nothing but that. */
static bool from_result(Op op)
{
    return op == OP_relu || op == OP_clip || op == OP_leaky_relu || op == OP_sigmoid
        || op == OP_tanh;
}

/* The float attributes in their order are alpha and beta of the gradient. */
static bool grad_act(Autodiff *ad, const Node *n)
{
    Attr attr[3] = { attr_word(A_act, op_info[n->op].name), attr_float(A_alpha, 0),
                     attr_float(A_beta, 0) };
    ValueId in[2] = { from_result(n->op) ? n->out[0] : n->in[0], grad_dy(ad, n) };

    for (int k = 0, i = 1; i < 3 && n->attr[k].name; k++)
        if (n->attr[k].type == ATTR_FLOAT)
            attr[i++].u.f = n->attr[k].u.f;
    grad_add(ad, n->in[0], grad_node(ad, OP_act_grad, n->in[0], in, attr, 3));
    return true;
}

/* ---- sums and products ---- */

ValueId grad_unbroadcast(Autodiff *ad, ValueId v, ValueId dy, const Shape *s)
{
    const Shape *y = grad_shape(ad, dy);
    uint32_t skip = y->rank - s->rank, n = 0;
    int64_t axes[IR_MAX_RANK];
    Attr attr[2];

    for (uint32_t d = 0; d < y->rank; d++)
        if (d < skip || s->dim[d - skip] != y->dim[d])
            axes[n++] = d;
    if (n) {
        attr[0] = attr_ints(A_axes, axes, n);
        attr[1] = attr_int(A_keep, 0);
        dy = grad_node(ad, OP_reduce_sum, v, &dy, attr, 2);
    }
    return reshape(ad, v, dy, s);
}

static void give(Autodiff *ad, const Node *n, uint32_t k, ValueId dx)
{
    Shape s = *grad_shape(ad, n->in[k]);

    grad_add(ad, n->in[k], grad_unbroadcast(ad, n->in[k], dx, &s));
}

static bool grad_sum(Autodiff *ad, const Node *n)
{
    for (uint32_t k = 0; k < 2; k++) {
        ValueId dy = grad_dy(ad, n);
        if (!grad_needs(ad, n, k))
            continue;
        if (k == 1 && n->op == OP_sub)
            dy = grad_node(ad, OP_neg, n->in[k], &dy, NULL, 0);
        give(ad, n, k, dy);
    }
    return true;
}

static bool grad_mul(Autodiff *ad, const Node *n)
{
    for (uint32_t k = 0; k < 2; k++)
        if (grad_needs(ad, n, k))
            give(ad, n, k, grad_node(ad, OP_mul, n->in[k],
                                     (ValueId[]){ grad_dy(ad, n), n->in[1 - k] }, NULL, 0));
    return true;
}

/* x / b: dx = dy / b, db = -dy y / b */
static bool grad_div(Autodiff *ad, const Node *n)
{
    ValueId q = grad_node(ad, OP_div, n->in[0], (ValueId[]){ grad_dy(ad, n), n->in[1] }, NULL, 0);

    if (grad_needs(ad, n, 0))
        give(ad, n, 0, q);
    if (grad_needs(ad, n, 1)) {
        ValueId p = grad_node(ad, OP_mul, n->in[1], (ValueId[]){ q, n->out[0] }, NULL, 0);
        give(ad, n, 1, grad_node(ad, OP_neg, n->in[1], &p, NULL, 0));
    }
    return true;
}

/* ---- reductions ---- */

/* dy over the shape of x: reshaped to ones where x was reduced, then expanded. */
static ValueId spread(Autodiff *ad, const Node *n, ValueId dy)
{
    Shape x = *grad_shape(ad, n->in[0]), ones = x;
    uint32_t count;
    const int64_t *axes = ir_ints(n, A_axes, &count);
    Attr shape = attr_ints(A_shape, x.dim, x.rank);

    for (uint32_t i = 0; i < count; i++)
        ones.dim[axes[i]] = 1;
    dy = reshape(ad, n->in[0], dy, &ones);
    return grad_node(ad, OP_expand, n->in[0], &dy, &shape, 1);
}

bool grad_reduce_sum(Autodiff *ad, const Node *n)
{
    grad_add(ad, n->in[0], spread(ad, n, grad_dy(ad, n)));
    return true;
}

/* The division first: dy is the smaller. */
bool grad_reduce_mean(Autodiff *ad, const Node *n)
{
    float share = (float)shape_count(grad_shape(ad, n->out[0]))
                / (float)shape_count(grad_shape(ad, n->in[0]));
    ValueId in[2] = { grad_dy(ad, n), ir_const_f32(ad->g, "share", share) };

    grad_add(ad, n->in[0], spread(ad, n, grad_node(ad, OP_mul, n->in[0], in, NULL, 0)));
    return true;
}

/* ---- views ---- */

static bool grad_reshape(Autodiff *ad, const Node *n)
{
    Shape s = *grad_shape(ad, n->in[0]);

    grad_add(ad, n->in[0], reshape(ad, n->in[0], grad_dy(ad, n), &s));
    return true;
}

static bool grad_identity(Autodiff *ad, const Node *n)
{
    grad_add(ad, n->in[0], grad_dy(ad, n));
    return true;
}

static bool grad_transpose(Autodiff *ad, const Node *n)
{
    uint32_t rank;
    const int64_t *perm = ir_ints(n, A_perm, &rank);
    int64_t inverse[IR_MAX_RANK];
    ValueId dy = grad_dy(ad, n);
    Attr attr;

    for (uint32_t i = 0; i < rank; i++)
        inverse[perm[i]] = i;
    attr = attr_ints(A_perm, inverse, rank);
    grad_add(ad, n->in[0], grad_node(ad, OP_transpose, n->in[0], &dy, &attr, 1));
    return true;
}

static bool grad_expand(Autodiff *ad, const Node *n)
{
    give(ad, n, 0, grad_dy(ad, n));
    return true;
}

/* The part of dy that lies at from, of shape s. */
static ValueId part(Autodiff *ad, ValueId v, ValueId dy, const int64_t *from, const Shape *s)
{
    int64_t one[IR_MAX_RANK];
    Attr attr[3];

    for (uint32_t d = 0; d < s->rank; d++)
        one[d] = 1;
    attr[0] = attr_ints(A_start, from, s->rank);
    attr[1] = attr_ints(A_size, s->dim, s->rank);
    attr[2] = attr_ints(A_step, one, s->rank);
    return grad_node(ad, OP_slice, v, &dy, attr, 3);
}

static bool grad_concat(Autodiff *ad, const Node *n)
{
    int64_t axis = ir_int(n, A_axis), from[IR_MAX_RANK] = { 0 };

    for (uint32_t k = 0; k < n->n_in; k++) {
        Shape s = *grad_shape(ad, n->in[k]);
        if (grad_needs(ad, n, k))
            grad_add(ad, n->in[k], part(ad, n->in[k], grad_dy(ad, n), from, &s));
        from[axis] += s.dim[axis];
    }
    return true;
}

/* Pads of a constant: dx is what lies between them. */
static bool grad_pad(Autodiff *ad, const Node *n)
{
    Shape s = *grad_shape(ad, n->in[0]);
    int64_t from[IR_MAX_RANK];

    for (uint32_t d = 0; d < s.rank; d++)
        from[d] = ir_ints(n, A_pad, NULL)[d];
    if (strcmp(ir_word(n, A_mode), "constant")) {
        diag_error(ad->job->d, n->pos, "pad of mode %s has no gradient", ir_word(n, A_mode));
        return false;
    }
    grad_add(ad, n->in[0], part(ad, n->in[0], grad_dy(ad, n), from, &s));
    return true;
}

/* dy where the slice was, zeros around it. */
static bool grad_slice(Autodiff *ad, const Node *n)
{
    const Shape *x = grad_shape(ad, n->in[0]), *y = grad_shape(ad, n->out[0]);
    const int64_t *start = ir_ints(n, A_start, NULL), *step = ir_ints(n, A_step, NULL);
    ValueId dy = grad_dy(ad, n);
    int64_t pad[2 * IR_MAX_RANK];
    Attr attr;

    for (uint32_t d = 0; d < x->rank; d++) {
        pad[d] = start[d];
        pad[x->rank + d] = x->dim[d] - y->dim[d] - start[d];
        if (step[d] != 1 && y->dim[d] > 1) {
            diag_error(ad->job->d, n->pos, "a slice with steps of %" PRId64 " has no gradient",
                       step[d]);
            return false;
        }
    }
    attr = attr_ints(A_pad, pad, 2 * x->rank);
    grad_add(ad, n->in[0], grad_node(ad, OP_pad, n->in[0], &dy, &attr, 1));
    return true;
}

/* ---- the table ---- */

static const struct { Op op; GradFn *fn; } table[] = {
    { OP_conv, grad_conv }, { OP_dense, grad_dense }, { OP_matmul, grad_matmul },
    { OP_bn_apply, grad_bn_apply }, { OP_batch_norm, grad_batch_norm },
    { OP_relu, grad_act }, { OP_clip, grad_act }, { OP_leaky_relu, grad_act },
    { OP_sigmoid, grad_act }, { OP_tanh, grad_act }, { OP_hard_sigmoid, grad_act },
    { OP_hard_swish, grad_act }, { OP_silu, grad_act },
    { OP_add, grad_sum }, { OP_sub, grad_sum }, { OP_mul, grad_mul }, { OP_div, grad_div },
    { OP_reduce_sum, grad_reduce_sum }, { OP_reduce_mean, grad_reduce_mean },
    { OP_reduce_max, grad_reduce_max },
    { OP_max_pool, grad_max_pool }, { OP_avg_pool, grad_avg_pool },
    { OP_softmax, grad_softmax },
    { OP_reshape, grad_reshape }, { OP_identity, grad_identity },
    { OP_transpose, grad_transpose }, { OP_expand, grad_expand }, { OP_concat, grad_concat },
    { OP_pad, grad_pad }, { OP_slice, grad_slice },
};

GradFn *grad_of(Op op)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].op == op)
            return table[i].fn;
    return NULL;
}
