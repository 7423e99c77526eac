/* SPDX-License-Identifier: Apache-2.0 */
/* cases_windows: pooling, and what only moves numbers. */
#include "grad.h"

#define STEM "x = input [2, 3, 7, 6]\nstem = conv k=1 out=4\n"
#define END "flatten\ndense out=3\noutput\n"

const Case cases_windows[] = {
    { .name = "max_pool", .text = STEM "max_pool k=2 stride=2\n" END },
    { .name = "max_pool overlapping", .text = STEM "max_pool k=3 stride=2 pad=1\n" END },
    { .name = "max_pool stride 1", .text = STEM "max_pool k=3 pad=1\n" END },
    { .name = "max_pool ceil", .text = STEM "max_pool k=3 stride=2 ceil=1\n" END },
    { .name = "max_pool dilated", .text = STEM "max_pool k=2 dilation=2\n" END },
    { .name = "max_pool of relu", .text = STEM "relu\nmax_pool k=2\n" END },
    { .name = "avg_pool", .text = STEM "avg_pool k=2 stride=2\ntanh\n" END },
    { .name = "avg_pool pads", .text = STEM "avg_pool k=3 stride=2 pad=1\ntanh\n" END },
    { .name = "avg_pool counts pads",
      .text = STEM "avg_pool k=3 stride=2 pad=1 count_pad=1\ntanh\n" END },
    { .name = "avg_pool uneven pads", .text = STEM "avg_pool k=3 pad=[0 1 1 0]\ntanh\n" END },
    { .name = "avg_pool ceil", .text = STEM "avg_pool k=3 stride=2 ceil=1\ntanh\n" END },
    { .name = "avg_pool ceil counts pads",
      .text = STEM "avg_pool k=3 stride=2 pad=1 ceil=1 count_pad=1\ntanh\n" END },
    { .name = "avg_pool of all", .text = STEM "avg_pool k=[7 6]\n" END },
    { .name = "global_avg_pool", .text = STEM "global_avg_pool\ndense out=3\noutput\n" },
    { .name = "global maximum by max_pool",
      .text = STEM "max_pool k=[7 6]\n" END, .compiled = true },
    { .name = "global maximum", .text = STEM "reduce_max axes=[2 3]\n" END },
    { .name = "reshape", .text = STEM "reshape shape=[2, 8, 3, 7]\nconv k=3 out=2\n" END },
    { .name = "reshape before the batch",
      .text = STEM "reshape shape=[14, 24]\ntanh\nreshape shape=[2, 168]\ndense out=3\noutput\n" },
    { .name = "pad", .text = STEM "pad pad=[0 0 1 2 0 0 0 1]\nconv k=3 out=2\n" END },
    { .name = "pad channels", .text = STEM "pad pad=[0 1 0 0 0 2 0 0] value=1\ntanh\n" END },
    { .name = "pad before max_pool", .text = STEM "relu\npad pad=[0 0 1 1 0 0 1 1]\nmax_pool k=3\n"
      END },
    { .name = "transpose", .text = STEM "transpose perm=[0 2 3 1]\nsoftmax axis=3\n" END },
    { .name = "transpose and reshape",
      .text = STEM "transpose perm=[0 3 1 2]\nreshape shape=[2, 24, 7, 1]\nconv k=1 out=2\n" END },
    { .name = "expand", .text = STEM "reduce_mean axes=[2]\nexpand shape=[2, 4, 5, 6]\n"
      "c = param f32[5, 6] he_normal\nmul c\n" END },
    { .name = "concat", .text = STEM "a = conv stem k=3 out=2 pad=1\nb = relu stem\n"
      "concat a stem b axis=1\nconv k=1 out=3\n" END, .compiled = true },
    { .name = "concat rows", .text = STEM "a = conv stem k=3 out=4 pad=[1 1 0 1]\n"
      "concat a stem axis=2\n" END },
    { .name = "concat itself", .text = STEM "concat stem stem axis=3\ntanh\n" END,
      .compiled = true },
    { .name = "slices of channels and rows", .text = STEM
      "a = slice stem start=[0 1 0 0] size=[2 3 5 6] step=[1 1 1 1]\n"
      "b = slice stem start=[0 0 2 1] size=[2 3 3 5] step=[1 1 1 1]\n"
      "c = conv a k=3 out=2\nd = conv b out=2 k=[1 2]\nadd c d\n" END },
    { .name = NULL }
};
