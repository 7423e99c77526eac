/* SPDX-License-Identifier: Apache-2.0 */
/* compare: how far two tensors are apart, and whether that is too far.
 *
 * got is within tolerance of want when |got - want| <= atol + rtol * |want|, element by element.
 * Without a tolerance from the user, floats may differ by 1e-4 of the largest |want| (rounding adds
 * up over a net's sums, and does so in proportion to the numbers added, not to the result), and
 * integers not at all.  NaN is equal to NaN alone, an infinity to the same infinity alone.
 */
#ifndef MNC_RT_COMPARE_H
#define MNC_RT_COMPARE_H

#include "tensor.h"

typedef struct RtTolerance {
    double atol, rtol;       /* below 0: not given */
} RtTolerance;

typedef struct RtDiff {
    double abs;              /* largest |got - want|; infinite when one is NaN or infinite alone */
    double rel;              /* largest |got - want| / |want|, where want is not 0 */
    double ulp;              /* largest distance in representable numbers between; floats only */
    double atol, rtol;       /* what was applied */
    double got, want;        /* the worst pair: farthest outside, or nearest to it */
    int64_t at;              /* its place; -1 when there are no elements */
    int64_t n_bad;           /* elements outside the tolerance */
} RtDiff;

/* Types and shapes must be equal. */
void rt_compare(const RtTensor *got, const RtTensor *want, RtTolerance tolerance, RtDiff *out);

#endif
