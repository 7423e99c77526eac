/* SPDX-License-Identifier: Apache-2.0 */
/* kernels: one function per family of ops; each computes its template's parameters from the node
 * and its operands' places, packs what the template wants packed, and writes the call. */
#ifndef MNC_BACKEND_KERNELS_H
#define MNC_BACKEND_KERNELS_H

#include "backend/emit.h"

typedef bool KernelTest(const Emit *e, const Node *n);

/* Integer parameters of a template. */
typedef struct IntVar { const char *name; int64_t x; } IntVar;

static inline void emit_int_vars(TmplVars *v, const IntVar *vars, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tmpl_int(v, vars[i].name, vars[i].x);
}

/* k_conv.c: register tiles; constant weights, at most two spatial dimensions. */
KernelTest fits_conv, fits_depthwise, fits_dense;
KernelFn emit_conv, emit_depthwise, emit_dense;

/* k_map.c: elementwise.  emit_copy: the same elements in other places. */
KernelFn emit_map, emit_copy, emit_zip, emit_concat;

/* k_reduce.c */
KernelFn emit_reduce;

/* k_conv_any.c: convolutions and dense layers of any kind, in plain loops. */
KernelFn emit_conv_any;

/* k_matmul.c */
KernelFn emit_matmul;

/* k_where.c */
KernelFn emit_where;

/* k_pool.c */
KernelFn emit_pool;

/* k_softmax.c */
KernelFn emit_softmax;

/* emit_copy for any two strided tensors of the same shape; C expressions point to their firsts. */
typedef struct Copy {
    const Shape *shape;
    DType dtype;
    const char *from, *to;
    const int64_t *from_stride, *to_stride;
} Copy;
bool emit_strided_copy(Emit *e, const Copy *c);

#endif
