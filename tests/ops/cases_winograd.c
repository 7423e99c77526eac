/* SPDX-License-Identifier: Apache-2.0 */
/* cases_winograd: 3 x 3 convolutions as --winograd computes them, and some that it leaves alone.
 * Tolerances are relative to the largest result. */
#include "tables.h"

#define RELU { .op = OP_relu }
#define SILU { .op = OP_silu }
#define PAD(a, b, c, d) INTS(pad, a, b, c, d)

const Case cases_winograd[] = {
    /* one tile, whole and not; images without and with a border on each side */
    { OP_conv, IN("f32(1,c,1,1)", "f32(c,c,3,3)=", "f32(c)="), { PAD(1, 1, 1, 1) },
      .tolerance = 1e-5 },
    { OP_conv, IN("f32(1,c,3,6)", "f32(5,c,3,3)=", "f32(5)="), .act = RELU, .tolerance = 1e-5 },
    { OP_conv, IN("f32(1,c,13,11)", "f32(c,c,3,3)=", "f32(c)="), { PAD(1, 1, 1, 1) },
      .act = SILU, .tolerance = 1e-5 },
    { OP_conv, IN("f32(2,c,9,22)", "f32(24,c,3,3)=", "-", "f32(2,24,9,20)"), { PAD(0, 0, 2, 0) },
      .act = RELU, .tolerance = 1e-5 },
    { OP_conv, IN("f32(3,17,10,15)", "f32(c,17,3,3)=", "f32(c)=", "f32(3,c,10,15)"),
      { PAD(2, 0, 0, 2) }, .tolerance = 1e-5 },

    /* pads that hold whole tiles */
    { OP_conv, IN("f32(1,8,3,2)", "f32(c,8,3,3)=", "f32(c)="), { PAD(9, 7, 6, 13) },
      .tolerance = 1e-5 },

    /* weights that do not stay in a cache, a last panel that is narrow; several blocks of tiles */
    { OP_conv, IN("f32(1,304,5,9)", "f32(c,304,3,3)=", "f32(c)="), { PAD(1, 1, 1, 1) },
      .act = RELU, .tolerance = 2e-5 },
    { OP_conv, IN("f32(1,64,33,29)", "f32(c,64,3,3)=", "f32(c)=", "f32(1,c,33,29)"),
      { PAD(1, 1, 1, 1) }, .act = RELU, .tolerance = 2e-5 },

    /* not by Winograd: groups, a stride, a dilation, a size, weights of the caller's */
    { OP_conv, IN("f32(c,6,6,9)", "f32(8,3,3,3)="), { INT(group, 2), PAD(1, 1, 1, 1) } },
    { OP_conv, IN("f32(1,c,6,9)", "f32(c,1,3,3)="), { INT(group, CH) } },
    { OP_conv, IN("f32(1,c,6,9)", "f32(4,c,3,3)="), { INTS(stride, 2, 1) }, .tolerance = 2e-5 },
    { OP_conv, IN("f32(1,c,6,9)", "f32(4,c,3,3)="), { INTS(dilation, 1, 2) }, .tolerance = 2e-5 },
    { OP_conv, IN("f32(1,c,6,9)", "f32(4,c,3,2)=") },
    { OP_conv, IN("f32(1,c,6,9)", "f32(4,c,3,3)", "f32(4)"), .tolerance = 2e-5 },
};

const size_t n_cases_winograd = sizeof cases_winograd / sizeof cases_winograd[0];
