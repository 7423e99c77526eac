/* SPDX-License-Identifier: Apache-2.0 */
/* conv: the geometry that the convolution kernels share. */
#ifndef MNC_BACKEND_CONV_H
#define MNC_BACKEND_CONV_H

#include "backend/kernels.h"

/* Elements from one batch item, channel, row, column to the next. */
typedef struct Steps { int64_t n, c, h, w; } Steps;

/* A convolution with up to two spatial dimensions; one without rows has h = r = oh = 1, a dense layer
 * no columns either. */
typedef struct ConvShape {
    int64_t n, groups;
    int64_t c, k;                        /* input channels of a group, output channels of all */
    int64_t h, w, oh, ow, r, s;          /* input, output, kernel */
    int64_t stride_h, stride_w, pad_h, pad_w, dil_h, dil_w;      /* pad: at the begin */
    Steps x, y, res;                     /* res: of the residual operand */
    bool add;                            /* there is one */
} ConvShape;

ConvShape conv_shape(const Emit *e, const Node *n);

/* Constant f32 weights and bias, channels of the result side by side. */
bool conv_is_packable(const Emit *e, const Node *n);

/* Output columns whose window lies inside the image; before and after them it is cut. */
typedef struct ConvColumns { int64_t inner_first, inner_end; } ConvColumns;
ConvColumns conv_columns(const ConvShape *c);

/* The kernel columns [q0, q1) that lie inside the image for output column ow. */
int64_t conv_q0(const ConvShape *c, int64_t ow);
int64_t conv_q1(const ConvShape *c, int64_t ow);

/* Bias, or zeros, per group rounded up to whole panels; a C pointer expression. */
const char *conv_pack_bias(Emit *e, const Node *n, int64_t groups, int64_t per_group);

#endif
