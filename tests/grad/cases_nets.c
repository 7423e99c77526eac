/* SPDX-License-Identifier: Apache-2.0 */
/* cases_nets: losses, what is frozen, shared weights, whole blocks. */
#include "grad.h"

#define IN "x = input [4, 3, 7, 5]\n"
#define END "global_avg_pool\ndense out=3\noutput\n"

const Case cases_nets[] = {
    { .name = "a softmax within the loss",
      .text = IN "conv k=3 out=4 relu\nglobal_avg_pool\ndense out=3\nsoftmax\noutput\n",
      .loss = "probabilities", .compiled = true },
    { .name = "a softmax before the loss",
      .text = IN "conv k=3 out=4 relu\nglobal_avg_pool\ndense out=3\nsoftmax\noutput\n",
      .loss = "logits" },
    { .name = "shared weights",
      .text = IN "w = param f32[3, 3, 3, 3] he_normal\na = conv x w pad=1\nr = relu\n"
      "conv r w pad=1 stride=2\n" END },
    { .name = "shared dense weights",
      .text = "x = input [4, 5]\nw = param f32[5, 5] he_normal\nb = param f32[5] 0.5\n"
      "dense x w b\nt = tanh\ndense t w b\noutput\n" },
    { .name = "a parameter alone and as a weight",
      .text = IN "w = param f32[3, 3, 1, 1] he_normal\na = conv x w\n"
      "s = reshape w shape=[1, 9, 1, 1]\nm = reduce_mean s axes=[1]\nmul a m\n" END },
    { .name = "a residual",
      .text = IN "a = conv k=1 out=4 bn relu\nconv k=3 out=4 pad=1 bn\nadd a\nrelu\n" END },
    { .name = "a residual behind a conv",
      .text = IN "a = conv k=1 out=4\nconv k=3 out=4 pad=1\nadd a\nrelu\n" END },
    { .name = "an inverted residual",
      .text = IN "s = conv k=3 out=4 pad=1 stride=2 bn relu6\n"
      "pointwise out=8 bn relu6\ndepthwise k=3 pad=1 bn relu6\npointwise out=4 bn\nadd s\n" END,
      .compiled = true },
    { .name = "an inverted residual of MobileNetV3",
      .text = IN "s = conv k=3 out=4 pad=1 stride=2 bn hard_swish\n"
      "pointwise out=8 bn hard_swish\nd = depthwise k=5 pad=2 bn hard_swish\n"
      "reduce_mean axes=[2 3]\nconv k=1 out=4 relu\nconv k=1 out=8 hard_sigmoid\nmul d\n"
      "pointwise out=4 bn\nadd s\nglobal_avg_pool\ndense out=5 hard_swish\ndense out=3\noutput\n",
      .compiled = true },
    { .name = "MobileNetV1's pair",
      .text = IN "conv k=3 stride=2 out=4 pad=same bn relu\n"
      "depthwise k=3 stride=2 pad=same bn relu\n"
      "pointwise out=9 bn relu\n" END, .compiled = true },
    { .name = "an inception of two branches",
      .text = IN "s = conv k=3 out=4 relu\na = pointwise s out=3 relu\nb = max_pool s k=3 pad=1\n"
      "c = pointwise b out=2 relu\nd = conv s k=3 out=2 pad=1 relu\nconcat a c d axis=1\n" END },
    { .name = "frozen beginning",
      .text = IN "stem = conv k=3 out=4\nrelu\nconv k=3 out=3\nrelu\n" END,
      .freeze = { "stem*" }, .frozen = { "stem.weight", "stem.bias" }, .compiled = true },
    { .name = "frozen in the middle",
      .text = IN "conv k=1 out=4\nmid = conv k=3 out=3 bn relu\nconv k=1 out=4\n" END,
      .freeze = { "mid*" }, .frozen = { "mid.weight", "mid.bn.gamma", "mid.bn.beta" } },
    { .name = "a frozen batch norm that stays one",
      .text = IN "conv k=1 out=4\nsigmoid\nn = batch_norm\nrelu\n" END,
      .freeze = { "n.*" }, .frozen = { "n.gamma", "n.beta" } },
    { .name = "a frozen bias", .text = IN "c = conv k=3 out=4\nrelu\n" END,
      .freeze = { "c.bias" }, .frozen = { "c.bias" } },
    { .name = "a frozen weight", .text = IN "conv k=1 out=3\nc = conv k=3 out=4\nrelu\n" END,
      .freeze = { "c.weight" }, .frozen = { "c.weight" } },
    { .name = NULL }
};
