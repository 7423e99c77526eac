/* SPDX-License-Identifier: Apache-2.0 */
/* grad: what autodiff and the gradients of the ops share. */
#ifndef MNC_PASSES_GRAD_H
#define MNC_PASSES_GRAD_H

#include "passes/pass.h"

typedef struct Autodiff {
    Job *job;
    Graph *g;
    ValueId *grad;         /* [cap] by value: the sum of what its readers gave so far; 0: none */
    bool *need;            /* [cap] by value: depends on what is trained */
    uint32_t *first;       /* [cap] by value: the first node that reads it */
    uint32_t cap;          /* values there were before; those that the gradients add have none */
} Autodiff;

/* Given the gradients of its results (ad->grad), adds those of the operands of node i that need
 * one. The node is a copy: the graph's array moves.  False with a message. */
typedef bool GradFn(Autodiff *ad, const Node *n);

/* grad.c: by op; NULL: it has none. */
GradFn *grad_of(Op op);

/* Adds dv to the gradient of v. */
void grad_add(Autodiff *ad, ValueId v, ValueId dv);

/* A new node of one result, called after v's gradient, with the operands that its op must have. */
ValueId grad_node(Autodiff *ad, Op op, ValueId v, const ValueId *in,
                  const Attr *attr, uint32_t n_attr);

/* The sum of dy over the dimensions along which an operand of shape s was broadcast; of shape s. */
ValueId grad_unbroadcast(Autodiff *ad, ValueId v, ValueId dy, const Shape *s);

/* dx, of y's shape, as the gradient of operand k, of what shape that is. */
void grad_give(Autodiff *ad, const Node *n, uint32_t k, ValueId dx);

/* x as s, which has as many elements. */
ValueId grad_reshaped(Autodiff *ad, ValueId v, ValueId x, const Shape *s);

/* The gradient of what node n computes; does operand k need one?  A value's shape. */
static inline ValueId grad_dy(const Autodiff *ad, const Node *n) { return ad->grad[n->out[0].id]; }

static inline bool grad_needs(const Autodiff *ad, const Node *n, uint32_t k)
{
    return ir_in(n, k).id && ad->need[n->in[k].id];
}

static inline const Shape *grad_shape(const Autodiff *ad, ValueId v)
{
    return &ir_val(ad->g, v)->shape;
}

/* grad_*.c */
GradFn grad_conv, grad_conv_transpose, grad_dense, grad_matmul, grad_bn_apply, grad_batch_norm;
GradFn grad_max_pool, grad_avg_pool, grad_softmax, grad_log_softmax, grad_formula;
GradFn grad_norm, grad_lrn;
GradFn grad_reshape, grad_identity, grad_transpose, grad_expand, grad_concat, grad_pad;
GradFn grad_slice, grad_split, grad_tile;

#endif
