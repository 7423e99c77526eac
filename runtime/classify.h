/* SPDX-License-Identifier: Apache-2.0 */
/* classify: what a classifier's scores say: probabilities, the best ones, and their names. */
#ifndef MNC_RT_CLASSIFY_H
#define MNC_RT_CLASSIFY_H

#include "tensor.h"

/* x[0..n): not negative, and the sum within 1e-3 of 1. */
bool rt_is_distribution(const float *x, int64_t n);

/* In place; exp(x - max) / sum, the sum in double. */
void rt_softmax(float *x, int64_t n);

/* The places of the k largest, largest first, the lower place first among equals, NaN last.
 * k <= n. */
void rt_top(const float *x, int64_t n, int64_t *place, int64_t k);

/* One label a line, UTF-8; \r\n and \n both end a line, the last line need not end. */
typedef struct RtLabels {
    const char *const *name;
    int64_t n;
} RtLabels;
bool rt_read_labels(Arena *a, const char *path, RtLabels *out, Diag *d);

#endif
