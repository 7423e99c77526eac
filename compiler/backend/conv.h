/* SPDX-License-Identifier: Apache-2.0 */
/* conv: the geometry that the convolution kernels share. */
#ifndef MNC_BACKEND_CONV_H
#define MNC_BACKEND_CONV_H

#include "backend/kernels.h"
#include "passes/choose.h"

/* Elements from one batch item, channel, row, column to the next; ring: see Place. */
typedef struct Steps { int64_t n, c, h, w, ring; } Steps;

/* A convolution with up to two spatial dimensions; one without rows has h = r = oh = 1, a dense
 * layer no columns either. */
typedef struct ConvShape {
    int64_t n, groups;
    int64_t c, k;                        /* input channels of a group, output channels of all */
    int64_t h, w, oh, ow, r, s;          /* input, output, kernel */
    int64_t stride_h, stride_w, pad_h, pad_w, dil_h, dil_w;      /* pad: at the begin */
    Steps x, y, res;                     /* res: of the residual operand */
    bool add;                            /* there is one */
    bool band;                           /* some rows of one image, which the caller asks for */
} ConvShape;

ConvShape conv_shape(const Emit *e, const Node *n);

/* Parts of it, for ops with the same attributes: the steps of v; stride, pad and dilation. */
Steps conv_steps(const Emit *e, ValueId v);
void conv_spatial(const Node *n, uint32_t rank, ConvShape *c);

/* Weights in panels made as it runs. */
bool conv_is_packed(const Emit *e, const Node *n);

/* f32 weights that are constant or packed by the plan, channels of the result side by side. */
bool conv_is_packable(const Emit *e, const Node *n);

/* A row of output cut into tiles of at most m columns, as equal as can be: times tiles of m columns
 * from col on.  Those that are not inner meet the border: some of their kernel columns fall outside
 * of the image. */
typedef struct Run { int64_t col, m, times; bool inner; } Run;

enum {
    CONV_MAX_RUN = 24,
    CONV_SHARED_TILES = 4,            /* of a row: so many are enough for two threads to share */
    CONV_FAR_BYTES = 1024 * 1024      /* an operand that does not stay in an L2 cache */
};

/* Returns the number of runs, or 0 when it takes more than CONV_MAX_RUN or a tile lies in
 * padding. */
uint32_t conv_cut_row(const ConvShape *c, int64_t m, Run run[CONV_MAX_RUN]);

/* The output columns [*lo, *hi) whose input for kernel column q is inside of the image; perhaps
 * none. */
void conv_columns(const ConvShape *c, int64_t q, int64_t *lo, int64_t *hi);

/* conv_way.c: how a convolution is computed: every knob that it has, as the options choose if that
 * can be done, else by the rule.  flat: its pixels can be one row, of any length.  Depthwise:
 * columns per tile are the sums beside weights and a pixel. */
enum { DEPTHWISE_COLUMNS = 8 };
Choice conv_way(Emit *e, const Node *n, const ConvShape *c, bool flat);
Choice depthwise_way(Emit *e, const Node *n, const ConvShape *c);

/* The same rule and test for who looks for choices. */
Choice conv_rule(const Emit *e, const ConvShape *c, bool flat, int64_t row);
bool conv_can(const Target *t, const ConvShape *c, bool flat, const Choice *way);
bool depthwise_can(const ConvShape *c, const Choice *way);

/* Pixels of the tiles that are nv vectors wide. */
int64_t conv_tile_height(const Target *t, const Choice *way, int64_t nv);

/* Of the columns of x that a tile of the run meets, counted from its first, those from left to
 * right are in the image. */
typedef struct Edges { int64_t left, right; } Edges;
Edges conv_edges(const ConvShape *c, const Run *run);

/* Bias, or zeros, per group rounded up to whole panels; a C pointer expression. */
const char *conv_pack_bias(Emit *e, const Node *n, int64_t groups, int64_t per_group);

/* The weights in panels; a C pointer expression. */
const char *conv_pack_weights(Emit *e, const Node *n, const ConvShape *c);

/* k_conv_taps.c: another kernel for what k_conv does with weights outside (order 1). */
bool conv_fits_taps(const Emit *e, const ConvShape *c, const Choice *way);
bool emit_conv_taps(Emit *e, const Node *n, const ConvShape *c, const Choice *way);

#endif
