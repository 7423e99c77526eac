/* SPDX-License-Identifier: Apache-2.0 */
/* kernels: which kernel computes a node.  The first of its op's whose conditions hold. */
#include "backend/kernels.h"

#include <stddef.h>

/* Among an op's rows the special kernels come first, the one that takes everything last. */
typedef struct Choice {
    Op op;
    KernelTest *fits;      /* NULL: always */
    KernelFn *emit;
} Choice;

static const Choice choices[] = {
    { OP_conv, fits_winograd, emit_winograd },
    { OP_conv, fits_depthwise, emit_depthwise },
    { OP_conv, fits_conv, emit_conv },
    { OP_conv, NULL, emit_conv_any },
    { OP_dense, fits_dense, emit_dense },
    { OP_dense, NULL, emit_conv_any },
    { OP_matmul, NULL, emit_matmul },
    { OP_max_pool, NULL, emit_pool },
    { OP_avg_pool, NULL, emit_pool },
    { OP_softmax, NULL, emit_softmax },
    { OP_log_softmax, NULL, emit_softmax },
    { OP_where, NULL, emit_where },
    { OP_conv_transpose, fits_depthwise_back, emit_depthwise_back },
    { OP_conv_transpose, NULL, emit_conv_transpose },
    { OP_batch_norm, NULL, emit_batch_norm },
    { OP_instance_norm, NULL, emit_norm },
    { OP_layer_norm, NULL, emit_norm },
    { OP_lrn, NULL, emit_lrn },
    { OP_argmax, NULL, emit_arg },
    { OP_argmin, NULL, emit_arg },
    { OP_gather, NULL, emit_gather },
    { OP_tile, NULL, emit_tile },
    { OP_pad, NULL, emit_pad },
    { OP_resize, NULL, emit_resize },
    { OP_concat, NULL, emit_concat },
    { OP_cast, NULL, emit_map },
    { OP_reshape, NULL, emit_copy },
    { OP_expand, NULL, emit_map },
    { OP_bn_apply, NULL, emit_bn_apply },
    { OP_bn_stats, NULL, emit_bn_stats },
    { OP_bn_merge, NULL, emit_bn_small },
    { OP_bn_total, NULL, emit_bn_total },
    { OP_bn_factor, NULL, emit_bn_small },
    { OP_bn_grad_sums, NULL, emit_bn_grad_sums },
    { OP_bn_grad_fold, NULL, emit_bn_small },
    { OP_bn_grad, NULL, emit_bn_grad },
    { OP_bn_track, NULL, emit_bn_small },
    { OP_act_grad, NULL, emit_act_grad },
    { OP_reduce_sum, fits_sum_pixels, emit_sum_pixels },
    { OP_conv_grad, fits_depthwise_grad, emit_depthwise_grad },
    { OP_conv_grad, fits_conv_grad, emit_conv_grad },
    { OP_conv_grad, NULL, emit_conv_grad_any },
    { OP_max_pool_grad, NULL, emit_pool_grad },
    { OP_avg_pool_grad, NULL, emit_pool_grad },
    { OP_softmax_grad, NULL, emit_softmax_grad },
    { OP_cross_entropy, NULL, emit_cross_entropy },
    { OP_sgd, NULL, emit_update },
    { OP_sgd_momentum, NULL, emit_update },
    { OP_adam, NULL, emit_update },
    { OP_average, NULL, emit_update },
    { OP_assign, NULL, emit_assign },
    { OP_all_reduce, NULL, emit_all_reduce },
    { OP_clip_factor, NULL, emit_clip_factor },
};

/* Ops that come by the dozen share a kernel by their kind.  NULL: no kernel for it. */
static KernelFn *by_flags(const Node *n)
{
    unsigned flags = op_info[n->op].flags;

    return flags & VIEW ? emit_copy : flags & UNARY ? emit_map : flags & BINARY ? emit_zip
         : flags & REDUCE ? emit_reduce : NULL;
}

/* fits looks at shapes and places, so the plan must be complete.  What needs a state has no
 * kernel in a file without one. */
KernelFn *kernel_for(const Emit *e, const Node *n)
{
    if (!e->state && (op_info[n->op].flags & UPDATES || n->op == OP_clip_factor))
        return NULL;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (choices[i].op == n->op && (!choices[i].fits || choices[i].fits(e, n)))
            return choices[i].emit;
    return by_flags(n);
}
