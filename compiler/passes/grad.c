/* SPDX-License-Identifier: Apache-2.0 */
/* grad: gradients of activations, sums and reductions, and the table of all.
 *
 * Names: y = op(x ...), dy the gradient of the loss by y.  grad_layer.c has those of the layers,
 * grad_move.c those of what moves data, grad_formula.c those that are a formula of the operands. */
#include "passes/grad.h"

#include <string.h>

ValueId grad_reshaped(Autodiff *ad, ValueId v, ValueId x, const Shape *s)
{
    Attr shape = attr_ints(A_shape, s->dim, s->rank);

    return shape_equal(grad_shape(ad, x), s) ? x
         : grad_node(ad, OP_reshape, v, &x, &shape, 1);
}

/* ---- activations ---- */

/* Those whose derivative is known from the result keep nothing but that. */
static bool from_result(const Node *n)
{
    return n->op == OP_relu || n->op == OP_clip || n->op == OP_sigmoid || n->op == OP_tanh
        || (n->op == OP_leaky_relu && ir_float(n, A_alpha) >= 0);
}

/* The float attributes in their order are alpha and beta of the gradient. */
static bool grad_act(Autodiff *ad, const Node *n)
{
    Attr attr[3] = { attr_word(A_act, op_info[n->op].name), attr_float(A_alpha, 0),
                     attr_float(A_beta, 0) };
    ValueId in[2] = { from_result(n) ? n->out[0] : n->in[0], grad_dy(ad, n) };

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
    return grad_reshaped(ad, v, dy, s);
}

void grad_give(Autodiff *ad, const Node *n, uint32_t k, ValueId dx)
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
        grad_give(ad, n, k, dy);
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
    dy = grad_reshaped(ad, n->in[0], dy, &ones);
    return grad_node(ad, OP_expand, n->in[0], &dy, &shape, 1);
}

static bool grad_reduce_sum(Autodiff *ad, const Node *n)
{
    grad_add(ad, n->in[0], spread(ad, n, grad_dy(ad, n)));
    return true;
}

/* The division first: dy is the smaller. */
static bool grad_reduce_mean(Autodiff *ad, const Node *n)
{
    float share = (float)shape_count(grad_shape(ad, n->out[0]))
                / (float)shape_count(grad_shape(ad, n->in[0]));
    ValueId in[2] = { grad_dy(ad, n), ir_const_f32(ad->g, "share", share) };

    grad_add(ad, n->in[0], spread(ad, n, grad_node(ad, OP_mul, n->in[0], in, NULL, 0)));
    return true;
}

/* All that are as large as the result share its gradient, as with PyTorch's amax. */
static bool grad_extreme(Autodiff *ad, const Node *n)
{
    ValueId x = n->in[0], one = ir_const_f32(ad->g, "one", 1);
    ValueId zero = ir_const_f32(ad->g, "zero", 0);
    ValueId is = grad_node(ad, OP_equal, x, (ValueId[]){ x, spread(ad, n, n->out[0]) }, NULL, 0);
    ValueId count, share;
    const Attr sum[2] = { *ir_attr(n, A_axes), *ir_attr(n, A_keep) };

    is = grad_node(ad, OP_where, x, (ValueId[]){ is, one, zero }, NULL, 0);
    count = grad_node(ad, OP_reduce_sum, x, &is, sum, 2);
    share = grad_node(ad, OP_div, x, (ValueId[]){ grad_dy(ad, n), count }, NULL, 0);
    grad_add(ad, x, grad_node(ad, OP_mul, x, (ValueId[]){ is, spread(ad, n, share) }, NULL, 0));
    return true;
}

/* The maximum over whole images is that of one window, whose gradient goes to the first. */
static bool grad_reduce_most(Autodiff *ad, const Node *n)
{
    Shape x = *grad_shape(ad, n->in[0]), ones = x;
    uint32_t count;
    const int64_t *axes = ir_ints(n, A_axes, &count);
    ValueId in[2] = { n->in[0], grad_dy(ad, n) };
    Attr kernel;

    if (n->op == OP_reduce_min || x.rank < 3 || axes[0] != 2 || count != x.rank - 2)
        return grad_extreme(ad, n);
    for (uint32_t d = 2; d < x.rank; d++)
        ones.dim[d] = 1;
    kernel = attr_ints(A_kernel, x.dim + 2, x.rank - 2);
    in[1] = grad_reshaped(ad, n->in[0], in[1], &ones);
    grad_add(ad, n->in[0], grad_node(ad, OP_max_pool_grad, n->in[0], in, &kernel, 1));
    return true;
}

/* ---- the table ---- */

static const struct { Op op; GradFn *fn; } table[] = {
    { OP_conv, grad_conv }, { OP_conv_transpose, grad_conv_transpose },
    { OP_dense, grad_dense }, { OP_matmul, grad_matmul },
    { OP_bn_apply, grad_bn_apply }, { OP_batch_norm, grad_batch_norm },
    { OP_layer_norm, grad_norm }, { OP_instance_norm, grad_norm },
    { OP_lrn, grad_lrn },
    { OP_relu, grad_act }, { OP_clip, grad_act }, { OP_leaky_relu, grad_act },
    { OP_elu, grad_act }, { OP_selu, grad_act }, { OP_celu, grad_act },
    { OP_sigmoid, grad_act }, { OP_tanh, grad_act }, { OP_hard_sigmoid, grad_act },
    { OP_hard_swish, grad_act }, { OP_silu, grad_act },
    { OP_gelu, grad_formula }, { OP_mish, grad_formula }, { OP_softplus, grad_formula },
    { OP_softsign, grad_formula }, { OP_thresholded_relu, grad_formula },
    { OP_erf, grad_formula }, { OP_sqrt, grad_formula }, { OP_exp, grad_formula },
    { OP_log, grad_formula }, { OP_neg, grad_formula }, { OP_abs, grad_formula },
    { OP_reciprocal, grad_formula }, { OP_sin, grad_formula }, { OP_cos, grad_formula },
    { OP_floor, grad_formula }, { OP_ceil, grad_formula }, { OP_round, grad_formula },
    { OP_sign, grad_formula },
    { OP_add, grad_sum }, { OP_sub, grad_sum }, { OP_mul, grad_formula }, { OP_div, grad_formula },
    { OP_pow, grad_formula }, { OP_min, grad_formula }, { OP_max, grad_formula },
    { OP_prelu, grad_formula }, { OP_where, grad_formula },
    { OP_reduce_sum, grad_reduce_sum }, { OP_reduce_mean, grad_reduce_mean },
    { OP_reduce_max, grad_reduce_most }, { OP_reduce_min, grad_reduce_most },
    { OP_max_pool, grad_max_pool }, { OP_avg_pool, grad_avg_pool },
    { OP_softmax, grad_softmax }, { OP_log_softmax, grad_log_softmax },
    { OP_reshape, grad_reshape }, { OP_identity, grad_identity }, { OP_cast, grad_identity },
    { OP_transpose, grad_transpose }, { OP_expand, grad_expand }, { OP_concat, grad_concat },
    { OP_pad, grad_pad }, { OP_slice, grad_slice }, { OP_split, grad_split },
    { OP_tile, grad_tile },
};

GradFn *grad_of(Op op)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].op == op)
            return table[i].fn;
    return NULL;
}
