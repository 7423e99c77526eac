/* SPDX-License-Identifier: Apache-2.0 */
/* shape: the rule of each op: result shapes and types from operands and attributes. */
#ifndef MNC_IR_SHAPE_H
#define MNC_IR_SHAPE_H

#include "ir/graph.h"

/* What a rule gets: the node with its operands and all its attributes (defaults filled in), and
 * room for the results.  It may complete attributes (ir_set_attr).  It says in d what is wrong. */
typedef struct RuleArgs {
    Graph *g;
    Node *n;
    Shape *shape;        /* [n->n_out] */
    DType *dtype;        /* [n->n_out] */
    Diag *d;
} RuleArgs;

typedef bool ShapeRule(RuleArgs *r);

bool shape_infer(Op op, RuleArgs *r);

/* numpy broadcasting; false when the shapes do not agree.  out may be a or b. */
bool shape_broadcast(const Shape *a, const Shape *b, Shape *out);

/* axis in [-rank, rank) -> [0, rank); false when outside. */
bool shape_axis(int64_t axis, uint32_t rank, uint32_t *out);

/* Row-major strides, in elements. */
void shape_strides(const Shape *s, int64_t stride[IR_MAX_RANK]);

/* A window that slides along one dimension. */
typedef struct Slide {
    int64_t in, pad_begin, pad_end, kernel, dilation, stride;
    bool ceil;
} Slide;

/* Its output size: (in + pads - dilated kernel) / stride + 1, where a dilated kernel has
 * (kernel - 1) dilation + 1 elements, and the division rounds down, or up with ceil.  Then a last
 * window that would begin in the end padding does not count.  -1 when the size is below 1. */
int64_t shape_window(const Slide *w);

#endif
