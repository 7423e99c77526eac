/* SPDX-License-Identifier: Apache-2.0 */
/* cases_layers: layers with parameters.  Each net begins with a layer that has some, so that the
 * gradient by what it gives the layer that is meant is needed as well. */
#include "grad.h"

/* Some 3 images of 2 channels, odd and not square. */
#define IN "x = input [3, 2, 7, 6]\n"
#define STEM IN "stem = conv k=1 out=4\n"
#define END "flatten\ndense out=3\noutput\n"

const Case cases_layers[] = {
    { .name = "conv 3x3", .text = STEM "conv k=3 out=3 pad=1\ntanh\n" END },
    { .name = "conv 3x3 without pads", .text = STEM "conv k=3 out=3\n" END },
    { .name = "conv 3x3 stride 2", .text = STEM "conv k=3 out=3 stride=2 pad=1\n" END },
    { .name = "conv 3x3 stride 2, uneven pads",
      .text = STEM "conv k=3 out=3 stride=2 pad=[0 0 1 1]\n" END, .compiled = true },
    { .name = "conv 3x3 stride 2, same", .text = STEM "conv k=3 out=3 stride=2 pad=same\n" END },
    { .name = "conv stride 3 leaves pixels", .text = STEM "conv k=2 out=3 stride=3\n" END },
    { .name = "conv strides differ", .text = STEM "conv k=[3 2] out=3 stride=[1 2] pad=1\n" END },
    { .name = "conv groups", .text = STEM "conv k=3 out=6 pad=1 group=2\n" END },
    { .name = "conv groups stride 2", .text = STEM "conv k=3 out=6 pad=1 stride=2 group=2\n" END },
    { .name = "conv dilated", .text = STEM "conv k=3 out=3 pad=2 dilation=2\n" END },
    { .name = "conv 5x5", .text = STEM "conv k=5 out=3 pad=2\n" END },
    { .name = "conv pads wider than the kernel", .text = STEM "conv k=1 out=2 pad=1\n" END },
    { .name = "conv of one image", .text = "x = input [1, 1, 5, 1]\nconv k=[3 1] out=3 pad=[1 0 1 "
      "0]\nconv k=[3 1] out=2\n" END },
    { .name = "depthwise 3x3", .text = STEM "depthwise k=3 pad=1\n" END },
    { .name = "depthwise 3x3 stride 2", .text = STEM "depthwise k=3 pad=1 stride=2\n" END },
    { .name = "depthwise 3x3 stride 2, uneven pads",
      .text = STEM "depthwise k=3 stride=2 pad=[0 0 1 1]\n" END },
    { .name = "depthwise 5x5", .text = STEM "depthwise k=5 pad=2\n" END },
    { .name = "depthwise 5x5 stride 2", .text = STEM "depthwise k=5 pad=2 stride=2\n" END },
    { .name = "depthwise with a multiplier", .text = STEM "depthwise k=3 pad=1 out=8\n" END },
    { .name = "pointwise", .text = STEM "pointwise out=5\n" END },
    { .name = "pointwise stride 2", .text = STEM "pointwise out=5 stride=2\n" END },
    { .name = "dense", .text = "x = input [4, 7]\ndense out=5 tanh\ndense out=3\noutput\n" },
    { .name = "dense without bias",
      .text = "x = input [4, 7]\ndense out=5 nobias tanh\ndense out=3 nobias\noutput\n" },
    { .name = "matmul", .text = "x = input [4, 7]\nw = param f32[7, 3] he_normal\nmatmul x w\n"
      "u = param f32[3, 5] he_normal\nmatmul u\noutput\n" },
    { .name = "bn", .text = STEM "conv k=3 out=3 bn\n" END, .compiled = true },
    { .name = "bn relu6", .text = STEM "conv k=3 out=3 bn relu6\n" END },
    { .name = "bn relu", .text = STEM "depthwise k=3 bn relu\n" END },
    { .name = "bn hard_swish", .text = STEM "conv k=3 out=3 bn hard_swish\n" END },
    { .name = "bn silu", .text = STEM "conv k=3 out=3 bn silu\n" END },
    { .name = "bn hard_sigmoid", .text = STEM "conv k=3 out=3 bn hard_sigmoid\n" END },
    { .name = "bn leaky_relu", .text = STEM "conv k=3 out=3 bn leaky_relu\n" END },
    { .name = "bn sigmoid", .text = STEM "conv k=3 out=3 bn sigmoid\n" END },
    { .name = "bn tanh", .text = STEM "conv k=3 out=3 bn tanh\n" END },
    { .name = "bn read twice",
      .text = STEM "a = conv k=3 out=3 bn\nb = relu a\nc = sigmoid a\nmul b c\n" END },
    { .name = "bn after dense", .text = "x = input [5, 7]\ndense out=4 bn relu\ndense out=3\n"
      "output\n" },
    { .name = "bn first", .text = IN "batch_norm\nrelu\n" END },
    { .name = "bn eps", .text = STEM "conv k=3 out=3 bn eps=1e-2\n" END },
    { .name = "bn last", .text = STEM "global_avg_pool\ndense out=3 bn\noutput\n" },
    { .name = NULL }
};
