/* SPDX-License-Identifier: Apache-2.0 */
/* ref: a plain reference of every op, to compare everything else with, and to fold constants.
 *
 * Tensors are row-major in the logical (ONNX) order of their shape.  Sums are kept in double, so
 * that the reference is closer to the truth than any kernel.  Written to be read beside the ONNX
 * specification, not to be fast.
 */
#ifndef MNC_REF_H
#define MNC_REF_H

#include "ir/graph.h"

typedef struct RefTensor {
    DType dtype;
    Shape shape;
    void *data;            /* shape_count() elements; NULL for an operand that was left out */
} RefTensor;

/* Computes one node.  in[i] are its operands, out[i] its results with data already allocated; the
 * fused residual and activation included.  scratch is for temporaries.  False when this op has no
 * reference for these types (never for what ir_add accepts in f32 and i64). */
bool ref_node(const Graph *g, const Node *n, const RefTensor *in, RefTensor *out, Arena *scratch);

/* One line of ops.def each: ref_conv, ref_relu ... */
typedef struct RefArgs {
    const Graph *g;
    const Node *n;
    const RefTensor *in;
    RefTensor *out;
    Arena *scratch;
} RefArgs;
typedef bool RefFn(const RefArgs *r);

/* Dimension d of a resize, as ONNX defines its coordinates: element i of the result is
 * (1 - w[i]) x[lo[i]] + w[i] x[hi[i]].  For nearest, lo = hi and w = 0. */
typedef struct RefResize {
    int64_t *lo, *hi;      /* [size[d]], in [0, dim[d] of x) */
    double *w;             /* [0, 1) */
} RefResize;
void ref_resize_axis(const Graph *g, const Node *n, uint32_t d, Arena *a, RefResize *out);

/* Runs the whole graph.  input[i] belongs to g->input[i].  all is indexed by value id (n_value
 * entries, allocated in a by this function): constants, inputs, and everything computed. */
bool ref_run(const Graph *g, const void *const *input, Arena *a, RefTensor **all, Diag *d);

/* If all operands of node n are constant: computes its results and turns them into constants of
 * the graph (the node is deleted).  Returns false when it did not (an operand is not constant, or
 * a result has more than max_count elements). */
bool ref_fold(Graph *g, NodeId n, int64_t max_count);

#endif
