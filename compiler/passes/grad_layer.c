/* SPDX-License-Identifier: Apache-2.0 */
/* grad_layer: gradients of convolutions, dense layers, batch norms, pooling and softmax. */
#include "passes/grad.h"

#include <string.h>

/* ---- conv: y = x * w + b (+ residual) ---- */

/* What a stride leaves at the end of x, which no output has seen. */
static void left_over(const Autodiff *ad, const Node *n, int64_t *out)
{
    const Shape *x = grad_shape(ad, n->in[0]), *y = grad_shape(ad, n->out[0]);
    const Shape *w = grad_shape(ad, n->in[1]);
    const int64_t *stride = ir_ints(n, A_stride, NULL), *pad = ir_ints(n, A_pad, NULL);
    const int64_t *dil = ir_ints(n, A_dilation, NULL);
    uint32_t sp = x->rank - 2;

    for (uint32_t d = 0; d < sp; d++)
        out[d] = x->dim[2 + d] - (stride[d] * (y->dim[2 + d] - 1) + dil[d] * (w->dim[2 + d] - 1)
                                  + 1 - pad[d] - pad[sp + d]);
}

/* dx: every output gives back to what it came from, a transposed convolution with the same
 * weights. */
static ValueId conv_dx(Autodiff *ad, const Node *n)
{
    int64_t out_pad[IR_MAX_RANK];
    Attr attr[5] = { *ir_attr(n, A_stride), *ir_attr(n, A_pad), *ir_attr(n, A_dilation),
                     *ir_attr(n, A_group) };

    left_over(ad, n, out_pad);
    attr[4] = attr_ints(A_out_pad, out_pad, grad_shape(ad, n->in[0])->rank - 2);
    return grad_node(ad, OP_conv_transpose, n->in[0], (ValueId[]){ grad_dy(ad, n), n->in[1] },
                     attr, 5);
}

/* The weights' gradient; attr of a dense layer: none. */
static ValueId weights(Autodiff *ad, const Node *n, const Attr *attr, uint32_t n_attr)
{
    Attr all[5];
    Shape w = *grad_shape(ad, n->in[1]);

    if (n_attr)
        memcpy(all, attr, n_attr * sizeof *attr);
    all[n_attr] = attr_ints(A_shape, w.dim, w.rank);
    return grad_node(ad, OP_conv_grad, n->in[1], (ValueId[]){ n->in[0], grad_dy(ad, n) }, all,
                     n_attr + 1);
}

/* Those of bias and residual, which conv and dense have in common. */
static void rest(Autodiff *ad, const Node *n)
{
    int64_t axes[IR_MAX_RANK] = { 0 };
    uint32_t rank = grad_shape(ad, n->out[0])->rank;
    ValueId dy = grad_dy(ad, n);
    Attr attr[2];

    for (uint32_t d = 2; d < rank; d++)
        axes[d - 1] = d;
    attr[0] = attr_ints(A_axes, axes, rank - 1);
    attr[1] = attr_int(A_keep, 0);
    if (grad_needs(ad, n, 2))
        grad_add(ad, n->in[2], grad_node(ad, OP_reduce_sum, n->in[2], &dy, attr, 2));
    if (grad_needs(ad, n, 3))
        grad_add(ad, n->in[3], dy);
}

/* dx before dw: after dw the weights may move. */
bool grad_conv(Autodiff *ad, const Node *n)
{
    const Attr attr[4] = { *ir_attr(n, A_stride), *ir_attr(n, A_pad), *ir_attr(n, A_dilation),
                           *ir_attr(n, A_group) };

    if (grad_needs(ad, n, 0))
        grad_add(ad, n->in[0], conv_dx(ad, n));
    if (grad_needs(ad, n, 1))
        grad_add(ad, n->in[1], weights(ad, n, attr, 4));
    rest(ad, n);
    return true;
}

/* y = conv_transpose(x, w) + b is what conv(y, w) gives back to: dx = conv(dy, w), and the weights'
 * gradient is that conv's, with x for its dy.  Its own K channels are group groups of w's second
 * dimension. */
bool grad_conv_transpose(Autodiff *ad, const Node *n)
{
    Shape w = *grad_shape(ad, n->in[1]);
    ValueId dy = grad_dy(ad, n);
    Attr attr[5] = { *ir_attr(n, A_stride), *ir_attr(n, A_pad), *ir_attr(n, A_dilation),
                     *ir_attr(n, A_group), attr_ints(A_shape, w.dim, w.rank) };

    if (grad_needs(ad, n, 0))
        grad_add(ad, n->in[0], grad_node(ad, OP_conv, n->in[0], (ValueId[]){ dy, n->in[1] }, attr,
                                         4));
    if (grad_needs(ad, n, 1))
        grad_add(ad, n->in[1], grad_node(ad, OP_conv_grad, n->in[1], (ValueId[]){ dy, n->in[0] },
                                         attr, 5));
    rest(ad, n);
    return true;
}

/* The last two dimensions change places. */
static ValueId transposed(Autodiff *ad, ValueId v)
{
    int64_t order[IR_MAX_RANK];
    uint32_t rank = grad_shape(ad, v)->rank;
    Attr perm;

    for (uint32_t d = 0; d < rank; d++)
        order[d] = d + 2 < rank ? d : 2 * rank - 3 - d;
    perm = attr_ints(A_perm, order, rank);
    return grad_node(ad, OP_transpose, v, &v, &perm, 1);
}

/* y = x w^T + b: dx = dy w */
bool grad_dense(Autodiff *ad, const Node *n)
{
    if (grad_needs(ad, n, 0))
        grad_add(ad, n->in[0], grad_node(ad, OP_dense, n->in[0], (ValueId[]){
            grad_dy(ad, n), transposed(ad, n->in[1]) }, NULL, 0));
    if (grad_needs(ad, n, 1))
        grad_add(ad, n->in[1], weights(ad, n, NULL, 0));
    rest(ad, n);
    return true;
}

/* y = a b: da = dy b^T, db = a^T dy, of matrices or of stacks of them. */
bool grad_matmul(Autodiff *ad, const Node *n)
{
    if (grad_shape(ad, n->in[0])->rank < 2 || grad_shape(ad, n->in[1])->rank < 2) {
        diag_error(ad->job->d, n->pos, "matmul by a vector has no gradient: give it 2 dimensions");
        return false;
    }
    if (grad_needs(ad, n, 0))
        grad_give(ad, n, 0, grad_node(ad, OP_matmul, n->in[0], (ValueId[]){
            grad_dy(ad, n), transposed(ad, n->in[1]) }, NULL, 0));
    if (grad_needs(ad, n, 1))
        grad_give(ad, n, 1, grad_node(ad, OP_matmul, n->in[1], (ValueId[]){
            transposed(ad, n->in[0]), grad_dy(ad, n) }, NULL, 0));
    return true;
}

/* ---- batch normalisation ---- */

/* The sums of all ranks, where there are several. */
static ValueId all_sums(Autodiff *ad, ValueId v, ValueId sums, Attr ranks)
{
    const char *name = ir_val(ad->g, v)->name, *names[2];
    NodeSpec spec = { .op = OP_bn_total, .in = &sums, .n_in = 1, .out = names, .n_out = 2,
                      .attr = &ranks, .n_attr = 1, .pos = ir_val(ad->g, v)->pos };

    if (train_ranks(ad->job->options->train) == 1)
        return sums;
    names[0] = arena_printf(ad->g->arena, "%s.delta_total", name);
    names[1] = arena_printf(ad->g->arena, "%s.delta_exchange", name);
    return ir_node(ad->g, ir_add(ad->g, &spec, ad->job->d))->out[0];
}

/* The end of what train made of a batch norm, whose operands lead to the rest.  The statistics
 * depend on x as well, which the formula of bn_grad_fold accounts for. */
bool grad_bn_apply(Autodiff *ad, const Node *n)
{
    static const char *const what[4] = { "dscale", "dbias", "p", "q" };
    Graph *g = ad->g;
    const Node factor = *ir_producer(g, n->in[2]);
    const char *name = ir_val(g, n->out[0])->name, *names[4];
    ValueId in[7] = { n->in[0], n->in[1], n->in[2], n->in[3], grad_dy(ad, n) };
    int64_t count = shape_count(grad_shape(ad, in[0])) / grad_shape(ad, in[0])->dim[1];
    int ranks = train_ranks(ad->job->options->train);
    Attr attr[3] = { attr_int(A_count, count * ranks), attr_int(A_ranks, ranks),
                     attr_float(A_eps, ir_float(&factor, A_eps)) };
    ValueId sums = all_sums(ad, n->out[0],
                            grad_node(ad, OP_bn_grad_sums, n->out[0], in, NULL, 0), attr[1]);
    NodeSpec spec = { .op = OP_bn_grad_fold, .in = (ValueId[]){ sums, in[2], factor.in[1] },
                      .n_in = 3, .out = names, .n_out = 4, .attr = attr, .n_attr = 3 };
    ValueId out[4];

    for (int i = 0; i < 4; i++)
        names[i] = arena_printf(g->arena, "%s.%s", name, what[i]);
    memcpy(out, ir_node(g, ir_add(g, &spec, ad->job->d))->out, sizeof out);
    in[6] = in[4];
    in[4] = out[2];
    in[5] = out[3];
    if (grad_needs(ad, n, 0))
        grad_add(ad, n->in[0], grad_node(ad, OP_bn_grad, n->in[0], in, NULL, 0));
    grad_add(ad, factor.in[0], out[0]);
    grad_add(ad, n->in[3], out[1]);
    return true;
}

/* One whose statistics stay: dx = dy s, s a constant that fold_const computes. */
bool grad_batch_norm(Autodiff *ad, const Node *n)
{
    Attr eps = attr_float(A_eps, ir_float(n, A_eps)), shape;
    int64_t dim[IR_MAX_RANK];
    uint32_t rank = grad_shape(ad, n->in[0])->rank;
    ValueId s = grad_node(ad, OP_bn_factor, n->in[0], (ValueId[]){ n->in[1], n->in[4] }, &eps,
                          1);

    for (uint32_t d = 0; d < rank - 1; d++)
        dim[d] = d ? 1 : grad_shape(ad, s)->dim[0];
    shape = attr_ints(A_shape, dim, rank - 1);
    s = grad_node(ad, OP_reshape, n->in[0], &s, &shape, 1);
    grad_add(ad, n->in[0], grad_node(ad, OP_mul, n->in[0], (ValueId[]){ grad_dy(ad, n), s },
                                     NULL, 0));
    return true;
}

/* ---- pooling, softmax ---- */

bool grad_max_pool(Autodiff *ad, const Node *n)
{
    uint32_t count = 0;

    while (count < IR_MAX_ATTR && n->attr[count].name)
        count++;
    grad_add(ad, n->in[0], grad_node(ad, OP_max_pool_grad, n->in[0],
                                     (ValueId[]){ n->in[0], grad_dy(ad, n) }, n->attr, count));
    return true;
}

bool grad_avg_pool(Autodiff *ad, const Node *n)
{
    Shape x = *grad_shape(ad, n->in[0]);
    ValueId dy = grad_dy(ad, n);
    Attr attr[IR_MAX_ATTR];
    uint32_t count = 0;

    for (; count + 1 < IR_MAX_ATTR && n->attr[count].name; count++)
        attr[count] = n->attr[count];
    attr[count++] = attr_ints(A_shape, x.dim, x.rank);
    grad_add(ad, n->in[0], grad_node(ad, OP_avg_pool_grad, n->in[0], &dy, attr, count));
    return true;
}

bool grad_softmax(Autodiff *ad, const Node *n)
{
    Attr axis = *ir_attr(n, A_axis);

    grad_add(ad, n->in[0], grad_node(ad, OP_softmax_grad, n->in[0],
                                     (ValueId[]){ n->out[0], grad_dy(ad, n) }, &axis, 1));
    return true;
}

/* dx = dy - softmax(x) (sum of dy) */
bool grad_log_softmax(Autodiff *ad, const Node *n)
{
    ValueId x = n->in[0], dy = grad_dy(ad, n), p = grad_node(ad, OP_exp, x, n->out, NULL, 0);
    int64_t axis = ir_int(n, A_axis);
    const Attr sum[2] = { attr_ints(A_axes, &axis, 1), attr_int(A_keep, 1) };
    ValueId all = grad_node(ad, OP_reduce_sum, x, &dy, sum, 2);

    p = grad_node(ad, OP_mul, x, (ValueId[]){ p, all }, NULL, 0);
    grad_add(ad, x, grad_node(ad, OP_sub, x, (ValueId[]){ dy, p }, NULL, 0));
    return true;
}
