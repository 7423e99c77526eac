/* SPDX-License-Identifier: Apache-2.0 */
/* remap: a result as elements of an operand of the same rank, described dimension by dimension. */
#ifndef MNC_BACKEND_REMAP_H
#define MNC_BACKEND_REMAP_H

#include "backend/kernels.h"

typedef struct Remap {
    Emit *e;
    const Node *n;
    Nest lines;                       /* y, x: the dimensions that need no table */
    int64_t offset;                   /* of the first element in x */
    uint32_t rank;                    /* of the others: */
    int64_t dim[IR_MAX_RANK], y[IR_MAX_RANK], first[IR_MAX_RANK];
    int64_t *lo, *hi, entries;        /* tables, one behind the other: steps in x */
    double *w;
} Remap;

void remap_init(Remap *m, Emit *e, const Node *n);

/* Dimension d, to be called for each: result i lies between the elements lo[i] and hi[i] of x, w[i]
 * of the way to the second; w NULL: it is lo[i]. */
void remap_dim(Remap *m, uint32_t d, const int64_t *lo, const int64_t *hi, const double *w);

/* Writes the calls: each result is the element lo; or interpolated, for f32 and f64. */
bool remap_take(Remap *m);
bool remap_interpolate(Remap *m);

#endif
