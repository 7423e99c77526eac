/* SPDX-License-Identifier: Apache-2.0 */
/* band: convolutions by rows: which rows of its operand a row needs, and what follows from that for
 * layers that are computed together (plan.h: Band). */
#ifndef MNC_IR_BAND_H
#define MNC_IR_BAND_H

#include "ir/plan.h"

/* Row r of out is computed from the rows r * stride - pad ... of in, span of them. */
typedef struct Rows { int64_t stride, pad, span, in, out; } Rows;

/* Of a convolution with rows and columns. */
Rows rows_of(const Graph *g, const Node *n);

/* Row r needs row r and nothing else, as in a pointwise convolution. */
static inline bool rows_alike(const Rows *r)
{
    return r->span == 1 && r->stride == 1 && r->pad == 0;
}

/* How many rows of each result of the band must be kept at once, by the number of its node in the
 * band; the last result is kept whole: 0. */
void band_rings(const Graph *g, const Band *b, int64_t *ring);

/* Multiply-adds that two threads both do where their shares of the last result meet. */
int64_t band_again(const Graph *g, const Band *b);

#endif
