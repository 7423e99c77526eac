/* SPDX-License-Identifier: Apache-2.0 */
/* kernels: one function per family of ops; each computes its template's parameters from the node
 * and its operands' places, packs what the template wants packed, and writes the call. */
#ifndef MNC_BACKEND_KERNELS_H
#define MNC_BACKEND_KERNELS_H

#include "backend/nest.h"

typedef bool KernelTest(const Emit *e, const Node *n);

/* Integer parameters of a template. */
typedef struct IntVar { const char *name; int64_t x; } IntVar;

static inline void emit_int_vars(TmplVars *v, const IntVar *vars, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tmpl_int(v, vars[i].name, vars[i].x);
}

/* Steps of an image (N,C,...) or weights (K,C,...): names for those of the first two dimensions,
 * and for the list of the others.  No operand: zeros. */
void emit_step_vars(const Emit *e, ValueId v, const char *const names[3], TmplVars *vars);

/* k_conv.c: register tiles; constant weights, at most two spatial dimensions. */
KernelTest fits_conv, fits_depthwise, fits_dense;
KernelFn emit_conv, emit_depthwise, emit_dense;

/* k_winograd.c: those of the plan */
KernelTest fits_winograd;
KernelFn emit_winograd;

/* k_map.c: elementwise; k_copy.c: the same elements in other places. */
KernelFn emit_map, emit_zip, emit_copy, emit_concat;

/* k_reduce.c; where n's result is made in parts (plan_sum_parts), they are added up at the end. */
KernelFn emit_reduce, emit_sum_pixels, emit_add_parts;
KernelTest fits_sum_pixels;

/* k_conv_any.c: convolutions and dense layers of any kind, in plain loops; k_conv_transpose.c */
KernelFn emit_conv_any, emit_conv_transpose;

/* k_matmul.c, k_where.c, k_pool.c */
KernelFn emit_matmul, emit_where, emit_pool;

/* k_batch_norm.c; k_norm.c: by the operand's own mean and variance; k_lrn.c */
KernelFn emit_batch_norm, emit_norm, emit_lrn;

/* k_softmax.c; k_axis.c: argmax and argmin */
KernelFn emit_softmax, emit_arg;

/* k_gather.c; k_move.c */
KernelFn emit_gather, emit_tile, emit_pad, emit_resize;

/* k_train.c, k_conv_grad.c, k_update.c: training */
KernelTest fits_conv_grad, fits_depthwise_grad, fits_depthwise_back;
KernelFn emit_conv_grad, emit_depthwise_grad, emit_conv_grad_any, emit_depthwise_back;
KernelFn emit_act_grad, emit_bn_apply, emit_bn_stats, emit_bn_grad_sums, emit_bn_grad;
KernelFn emit_bn_small, emit_bn_total, emit_all_reduce;
KernelFn emit_update, emit_assign, emit_clip_factor, emit_cross_entropy, emit_softmax_grad;
KernelFn emit_pool_grad;

/* A function (z, dy) -> dy act'(z) of the activation that n's word act names, of vectors or of
 * numbers of type t; "none" for no activation. */
const char *emit_derivative(Emit *e, const Node *n, DType t, bool vector);

/* All of y becomes value. */
bool emit_fill(Emit *e, ValueId y, double value);

/* How many elements there are along an axis, and the steps from one to the next in x and y. */
typedef struct Axis { int64_t count, x, y; } Axis;

/* The loops (y, x) over everything but the axis; its y is 0 where the result has it not. */
Axis emit_axis_nest(const Emit *e, const Node *n, uint32_t axis, Nest *nest);

/* The elements that a nest (to, from) walks over. */
bool emit_nest_copy(Emit *e, const Nest *nest, DType t, const char *from, const char *to);

/* The function for y = f(x) over a nest (y, x): act is a vector function, or NULL, for f32 where
 * lanes can be used; expr an expression in x, for the other cases. */
typedef struct Map { const Nest *nest; DType x, y; const char *act, *expr; } Map;
const char *emit_map_function(Emit *e, const Map *m);

/* y = f(a, b) of node n over a nest (y, a, b).  vector: the function by lanes, followed by act; or
 * NULL, then x = expr, in a and b, of that type, and y = post, in x. */
typedef struct Zip { DType a, b, y; const char *vector, *act, *expr, *type, *post; } Zip;
bool emit_zip_call(Emit *e, const Node *n, const Nest *nest, const Zip *z);

/* emit_copy for any two strided tensors of the same shape; C expressions point to their firsts. */
typedef struct Copy {
    const Shape *shape;
    DType dtype;
    const char *from, *to;
    const int64_t *from_stride, *to_stride;
} Copy;
bool emit_strided_copy(Emit *e, const Copy *c);

#endif
