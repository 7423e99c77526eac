/* SPDX-License-Identifier: Apache-2.0 */
/* cases_train: what training adds, but for the updates, which need a state (tests/train). */
#include "tables.h"

#define POSITIVE .low = 0.1, .high = 3
#define GRAD(name, a, b) WORD(act, name), FLOAT(alpha, a), FLOAT(beta, b)

const Case cases_train[] = {
    /* ---- batch norm by the batch's statistics ---- */
    { OP_bn_stats, IN("f32(2,c,5,6)") },
    { OP_bn_stats, IN("f32(3,c)"), { INT(parts, 2) }, .low = 90, .high = 91 },
    { OP_bn_stats, IN("f32(2,c,9,20)"), { INT(parts, 3) } },
    { OP_bn_stats, IN("f64(2,c,5)") },
    { OP_bn_merge, IN("f32(4,2,c)"), { INT(count, 30) }, POSITIVE, .n_out = 2 },
    { OP_bn_merge, IN("f32(16,2,c)"), { INT(count, 9) }, POSITIVE, .n_out = 2 },
    { OP_bn_total, IN("f32(16,2,c)"), { INT(count, 37) }, POSITIVE, .n_out = 2 },
    { OP_bn_total, IN("f32(4,2,c)"), { INT(count, 0) }, .n_out = 2 },
    { OP_bn_total, IN("f64(3,2,5)"), { INT(count, 2) }, POSITIVE, .n_out = 2 },
    { OP_bn_factor, IN("f32(c)", "f32(c)"), POSITIVE },
    { OP_bn_apply, IN("f32(2,c,3,5)", "f32(c)", "f32(c)", "f32(c)") },
    { OP_bn_apply, IN("f32(3,c)", "f32(c)", "f32(c)", "f32(c)"),
      .act = { .op = OP_clip, .a = 0, .b = 6 } },
    { OP_bn_apply, IN("f64(2,5,3)", "f64(5)", "f64(5)", "f64(5)"), .act = { .op = OP_relu } },
    { OP_bn_grad_sums, IN("f32(2,c,5,6)", "f32(c)", "f32(c)", "f32(c)", "f32(2,c,5,6)") },
    { OP_bn_grad_sums, IN("f32(2,c,7,9)", "f32(c)", "f32(c)", "f32(c)", "f32(2,c,7,9)"),
      { GRAD("clip", 0, 6), INT(parts, 5) } },
    { OP_bn_grad_sums, IN("f64(2,5,3)", "f64(5)", "f64(5)", "f64(5)", "f64(2,5,3)"),
      { GRAD("hard_swish", 0, 0) } },
    { OP_bn_grad_fold, IN("f32(4,2,c)", "f32(c)", "f32(c)"), { INT(count, 30) }, POSITIVE,
      .n_out = 4 },
    { OP_bn_grad, IN("f32(2,c,5,6)", "f32(c)", "f32(c)", "f32(c)", "f32(c)", "f32(c)",
                     "f32(2,c,5,6)") },
    { OP_bn_grad, IN("f32(3,c)", "f32(c)", "f32(c)", "f32(c)", "f32(c)", "f32(c)", "f32(3,c)"),
      { GRAD("relu", 0, 0) } },
    { OP_bn_grad, IN("f64(2,5,3)", "f64(5)", "f64(5)", "f64(5)", "f64(5)", "f64(5)",
                     "f64(2,5,3)"), { GRAD("leaky_relu", 0.1, 0) } },

    /* ---- activations ---- */
    { OP_act_grad, IN("f32(2,c,5,6)", "f32(2,c,5,6)"), { GRAD("relu", 0, 0) } },
    { OP_act_grad, IN("f32(3,c)", "f32(3,c)"), { GRAD("clip", -1, 2) } },
    { OP_act_grad, IN("f32(3,c)", "f32(3,c)"), { GRAD("leaky_relu", 0.01, 0) } },
    { OP_act_grad, IN("f32(3,c)", "f32(3,c)"), { GRAD("sigmoid", 0, 0) } },
    { OP_act_grad, IN("f32(3,c)", "f32(3,c)"), { GRAD("tanh", 0, 0) } },
    { OP_act_grad, IN("f32(3,c)", "f32(3,c)"), { GRAD("hard_sigmoid", 0.2, 0.5) } },
    { OP_act_grad, IN("f32(3,c)", "f32(3,c)"), { GRAD("hard_swish", 0, 0) } },
    { OP_act_grad, IN("f32(3,c)", "f32(3,c)"), { GRAD("silu", 0, 0) } },
    { OP_act_grad, IN("f64(3,c)", "f64(3,c)"), { GRAD("silu", 0, 0) } },

    /* ---- weights ---- */
    { OP_conv_grad, IN("f32(3,c,5,6)", "f32(3,8,5,6)"), { INTS(shape, 8, CH, 1, 1) },
      .tolerance = 2e-5 },
    { OP_conv_grad, IN("f32(2,33,5,6)", "f32(2,c,5,6)"), { INTS(shape, CH, 33, 1, 1) },
      .tolerance = 2e-5 },
    { OP_conv_grad, IN("f32(2,3,9,8)", "f32(2,c,5,8)"),
      { INTS(shape, CH, 3, 3, 3), INTS(stride, 2, 1), INTS(pad, 1, 1, 1, 1) },
      .tolerance = 2e-5 },
    { OP_conv_grad, IN("f32(1,c,9,7)", "f32(1,5,7,3)"),
      { INTS(shape, 5, CH, 2, 3), INTS(dilation, 2, 1), INTS(stride, 1, 2),
        INTS(pad, 0, 1, 0, 0) }, .tolerance = 2e-5 },
    { OP_conv_grad, IN("f32(2,c,9,12)", "f32(2,c,5,6)"),
      { INTS(shape, CH, 1, 3, 3), INTS(stride, 2, 2), INTS(pad, 1, 1, 1, 1), INT(group, CH) },
      .tolerance = 2e-5 },
    { OP_conv_grad, IN("f32(2,c,9,12)", "f32(2,c,9,12)"),
      { INTS(shape, CH, 1, 5, 5), INTS(pad, 2, 2, 2, 2), INT(group, CH) }, .tolerance = 2e-5 },
    { OP_conv_grad, IN("f32(1,6,6,9)", "f32(1,8,5,8)"),
      { INTS(shape, 8, 3, 2, 2), INT(group, 2) }, .tolerance = 2e-5 },
    { OP_conv_grad, IN("f32(2,c,12)", "f32(2,4,12)"), { INTS(shape, 4, CH, 3), INTS(pad, 1, 1) },
      .tolerance = 2e-5 },
    { OP_conv_grad, IN("f32(300,c)", "f32(300,9)"), { INTS(shape, 9, CH) }, .tolerance = 2e-5 },
    { OP_conv_grad, IN("f64(2,c,6,6)", "f64(2,4,6,6)"),
      { INTS(shape, 4, CH, 3, 3), INTS(pad, 1, 1, 1, 1) } },

    /* ---- pooling, softmax, loss ---- */
    { OP_max_pool_grad, IN("f32(2,c,5,6)", "f32(2,c,4,4)"), { INTS(kernel, 2, 3) } },
    { OP_max_pool_grad, IN("f32(2,c,6,6)", "f32(2,c,3,3)"),
      { INTS(kernel, 3, 3), INTS(stride, 2, 2), INTS(pad, 1, 1, 1, 1) } },
    { OP_max_pool_grad, IN("f64(1,c,7)", "f64(1,c,4)"),
      { INTS(kernel, 2), INTS(stride, 2), INT(ceil, 1) } },
    { OP_avg_pool_grad, IN("f32(2,c,4,4)"), { INTS(shape, 2, CH, 5, 6), INTS(kernel, 2, 3) } },
    { OP_avg_pool_grad, IN("f32(2,c,3,3)"),
      { INTS(shape, 2, CH, 6, 6), INTS(kernel, 3, 3), INTS(stride, 2, 2), INTS(pad, 1, 1, 1, 1) } },
    { OP_avg_pool_grad, IN("f32(2,c,3,3)"),
      { INTS(shape, 2, CH, 6, 6), INTS(kernel, 3, 3), INTS(stride, 2, 2), INTS(pad, 1, 1, 1, 1),
        INT(count_pad, 1) } },
    { OP_softmax_grad, IN("f32(3,c)", "f32(3,c)") },
    { OP_softmax_grad, IN("f32(2,c,5,6)", "f32(2,c,5,6)"), { INT(axis, 1) } },
    { OP_softmax_grad, IN("f64(2,c)", "f64(2,c)"), { INT(axis, 0) } },
    { OP_cross_entropy, IN("f32(6,c)", "i32(6)"), .n_out = 2 },
    { OP_cross_entropy, IN("f32(4,9)", "i32(4)"), .low = 900, .high = 1000, .n_out = 2 },
    { OP_cross_entropy, IN("f64(6,c)", "i32(6)"), .n_out = 2 },

    /* ---- a gradient of a depthwise convolution's operand ---- */
    { OP_conv_transpose, IN("f32(2,c,5,4)", "f32(c,1,3,3)"),
      { INTS(stride, 2, 2), INTS(pad, 1, 1, 1, 1), INTS(out_pad, 0, 1), INT(group, CH) } },
};
const size_t n_cases_train = sizeof cases_train / sizeof cases_train[0];
