/* SPDX-License-Identifier: Apache-2.0 */
/* cases_pointwise: activations, sums and products with and without broadcasting. */
#include "grad.h"

#define IN "x = input [2, 3, 4, 5]\n"
#define STEM IN "stem = conv k=1 out=4\n"
/* Two of the same shape to combine. */
#define TWO IN "a = conv k=1 out=4\nb = conv x k=1 out=4\n"
#define END "flatten\ndense out=3\noutput\n"
#define ACT(op) { .name = op, .text = STEM op "\n" END }

const Case cases_pointwise[] = {
    ACT("relu"), ACT("relu6"), ACT("clip min=-0.3 max=0.4"), ACT("leaky_relu alpha=0.2"),
    ACT("sigmoid"), ACT("hard_sigmoid"), ACT("hard_sigmoid alpha=0.9 beta=0.4"),
    ACT("hard_swish"), ACT("silu"), ACT("tanh"), ACT("identity"),
    ACT("elu alpha=0.7"), ACT("selu"), ACT("celu alpha=0.6"), ACT("leaky_relu alpha=-0.3"),
    { .name = "an activation of an activation", .text = STEM "relu\nsigmoid\ntanh\n" END },
    { .name = "add", .text = TWO "add a b\nrelu\n" END },
    { .name = "add itself", .text = TWO "add a a\nmul b\n" END },
    { .name = "add channels", .text = STEM "c = param f32[4, 1, 1] he_normal\nadd stem c\nrelu\n"
      END },
    { .name = "add a scalar", .text = STEM "c = param f32[] 0.5\nadd stem c\ntanh\n" END },
    { .name = "add rows", .text = TWO "r = reduce_mean b axes=[3]\nadd a r\nrelu\n" END },
    { .name = "add to a smaller one",
      .text = TWO "r = reduce_mean b axes=[0 2]\nadd r a\nrelu\n" END },
    { .name = "sub", .text = TWO "sub a b\nrelu\n" END },
    { .name = "sub channels", .text = TWO "g = reduce_mean b axes=[2 3]\nsub g a\ntanh\n" END },
    { .name = "mul", .text = TWO "mul a b\n" END },
    { .name = "mul itself", .text = TWO "mul a a\nmul b\n" END },
    { .name = "mul channels", .text = TWO "g = reduce_mean b axes=[2 3]\nmul a g\n" END },
    { .name = "mul a parameter", .text = STEM "c = param f32[1, 4, 1, 5] he_normal\nmul c stem\n"
      END },
    { .name = "mul a constant", .text = STEM "c = const f32[1, 4, 1, 1] [1 2 -3 0.5]\nmul c\n"
      END },
    { .name = "div", .text = TWO "d = sigmoid b\ndiv a d\n" END },
    { .name = "div by channels",
      .text = TWO "g = reduce_mean b axes=[2 3]\nd = sigmoid g\ndiv a d\n" END },
    { .name = "div a constant", .text = STEM "c = const f32[] 2\nd = sigmoid stem\ndiv c d\n" END },
    { .name = "div by a constant", .text = TWO "c = const f32[] 3\ndiv a c\nmul b\n" END },
    { .name = "squeeze and excite",
      .text = STEM "s = reduce_mean axes=[2 3]\nconv k=1 out=2 relu\nconv k=1 out=4 hard_sigmoid\n"
      "mul stem\n" END, .compiled = true },
    { .name = "reduce_sum", .text = STEM "reduce_sum axes=[2] keep=0\ntanh\n" END },
    { .name = "reduce_mean", .text = STEM "reduce_mean axes=[1 3] keep=0\ntanh\n" END },
    { .name = "softmax", .text = STEM "softmax axis=1\n" END },
    { .name = "softmax of rows", .text = STEM "softmax axis=3\n" END },
    { .name = NULL }
};
