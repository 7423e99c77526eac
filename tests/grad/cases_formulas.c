/* SPDX-License-Identifier: Apache-2.0 */
/* cases_formulas: gradients that are made of other ops, whose kernels are tested elsewhere. */
#include "grad.h"

#define IN "x = input [2, 3, 4, 5]\n"
#define STEM IN "stem = conv k=1 out=4\n"
#define TWO IN "a = conv k=1 out=4\nb = conv x k=1 out=4\n"
#define END "flatten\ndense out=3\noutput\n"
#define ACT(op) { .name = op, .text = STEM op "\n" END }
/* Of numbers above 0. */
#define POSITIVE(op) { .name = op, .text = STEM "p = sigmoid\n" op "\n" END }

const Case cases_formulas[] = {
    ACT("gelu"), ACT("gelu approximate=tanh"), ACT("mish"), ACT("softplus"), ACT("softsign"),
    ACT("thresholded_relu alpha=0.2"), ACT("erf"), ACT("exp"), ACT("neg"), ACT("abs"), ACT("sin"),
    ACT("cos"), POSITIVE("log"), POSITIVE("sqrt"), POSITIVE("reciprocal"),
    { .name = "steps", .text = STEM "f = floor\nc = ceil stem\nr = round stem\ns = sign stem\n"
      "add f c\nadd r\nadd s\nmul stem\n" END },
    { .name = "min", .text = TWO "min a b\ntanh\n" END },
    { .name = "max of channels", .text = TWO "g = reduce_mean b axes=[2 3]\nmax g a\ntanh\n" END },
    { .name = "max itself", .text = TWO "max a a\nmul b\n" END },
    { .name = "pow", .text = TWO "p = sigmoid a\npow p b\n" END },
    { .name = "pow of a constant", .text = STEM "c = const f32[] 3\npow stem c\n" END },
    { .name = "prelu", .text = STEM "s = param f32[4, 1, 1] he_normal\nprelu stem s\n" END },
    { .name = "where", .text = TWO "c = less a b\nt = tanh a\nwhere c t b\n" END },
    { .name = "where of channels",
      .text = TWO "c = const f32[] 0.1\nl = less a c\ng = reduce_mean b axes=[2 3]\nwhere l g a\n"
      END },
    { .name = "cast to whole numbers",
      .text = STEM "i = cast to=i32\nf = cast i to=f32\nadd stem\n"
      END },
    { .name = "reduce_max", .text = STEM "reduce_max axes=[1 3] keep=0\ntanh\n" END },
    { .name = "reduce_min", .text = STEM "reduce_min axes=[2]\ntanh\n" END },
    { .name = "reduce_min of images", .text = STEM "reduce_min axes=[2 3]\n" END },
    { .name = "log_softmax", .text = STEM "log_softmax axis=1\n" END },
    { .name = "log_softmax at the end",
      .text = STEM "flatten\ndense out=3\nlog_softmax axis=1\noutput\n" },
    { .name = "layer_norm", .text = STEM "layer_norm\ntanh\n" END },
    { .name = "layer_norm of images",
      .text = STEM "s = param f32[4, 4, 5] he_normal\nb = param f32[5] he_normal\n"
      "layer_norm stem s b axis=1 eps=0.01\ntanh\n" END },
    { .name = "layer_norm without bias",
      .text = STEM "s = param f32[5] he_normal\nlayer_norm stem s axis=3\ntanh\n" END },
    { .name = "lrn", .text = STEM "lrn size=3 alpha=0.9 beta=0.6 bias=0.7\ntanh\n" END },
    { .name = "lrn of an even size", .text = STEM "lrn size=2 alpha=0.9\ntanh\n" END },
    { .name = "instance_norm", .text = STEM "instance_norm\ntanh\n" END },
    { .name = "conv_transpose", .text = STEM "conv_transpose k=3 out=2 stride=2 pad=1\ntanh\n"
      END },
    { .name = "conv_transpose of groups",
      .text = STEM "conv_transpose k=[2 3] out=6 stride=[3 2] pad=[0 1 1 0] dilation=[2 1] group=2 "
      "out_pad=[2 1]\ntanh\n" END },
    { .name = "matmul of stacks", .text = TWO "t = transpose b perm=[0 1 3 2]\nmatmul a t\ntanh\n"
      END },
    { .name = "matmul broadcast",
      .text = STEM "w = param f32[5, 6] he_normal\nm = matmul stem w\ns = param f32[4, 3, 4] "
      "he_normal\nmatmul s m\ntanh\n" END },
    { .name = "split", .text = STEM "a, b = split axis=1 sizes=[1 3]\nmul a b\n" END },
    { .name = "split, a part unread",
      .text = STEM "a, b, c = split axis=3 sizes=[2 1 2]\nmul c a\n" END },
    { .name = "channel shuffle",
      .text = STEM "a, b = split axis=1 sizes=[2 2]\nc = conv b k=3 out=2 pad=1\n"
      "concat a c axis=1\nreshape shape=[2, 2, 2, 4, 5]\ntranspose perm=[0 2 1 3 4]\n"
      "reshape shape=[2, 4, 4, 5]\nconv k=1 out=2\n" END },
    { .name = "slices of steps", .text = STEM
      "a = slice stem start=[0 0 0 1] size=[2 4 2 2] step=[1 1 2 3]\n"
      "b = slice stem start=[0 3 3 4] size=[2 4 2 2] step=[1 -1 -2 -4]\nmul a b\n" END },
    { .name = "a slice of one", .text = STEM
      "slice stem start=[1 0 2 1] size=[1 4 1 3] step=[-1 1 7 1]\nexpand shape=[2, 4, 1, 3]\ntanh\n"
      END },
    { .name = "tile",
      .text = STEM "t = tile repeats=[1 2 1 3]\np = param f32[8, 4, 15] he_normal\nmul t p\n" END },
    { .name = "pad that cuts", .text = STEM "pad pad=[0 0 -1 2 0 1 0 -1]\ntanh\n" END },
    { .name = NULL }
};
