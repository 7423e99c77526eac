/* SPDX-License-Identifier: Apache-2.0 */
/* cases_linear: convolutions, matrix products, pooling. */
#include "tables.h"

#define RELU { .op = OP_relu }
#define SILU { .op = OP_silu }
#define RELU6 { .op = OP_clip, .a = 0, .b = 6 }

const Case cases_linear[] = {
    /* ---- conv ---- */
    { OP_conv, IN("f32(1,c,5,7)", "f32(8,c,1,1)=") },
    { OP_conv, IN("f32(2,8,5,7)", "f32(c,8,3,3)=", "f32(c)="), { INTS(pad, 1, 1, 1, 1) },
      .act = RELU6, .tolerance = 2e-5 },
    { OP_conv, IN("f32(1,c,9,8)", "f32(4,c,3,2)=", "-", "f32(1,4,4,8)"),
      { INTS(stride, 2, 1), INTS(pad, 0, 1, 0, 0) }, .act = RELU },
    { OP_conv, IN("f32(1,c,6,9)", "f32(c,1,3,3)=", "f32(c)="),
      { INTS(pad, 1, 1, 1, 1), INT(group, CH) }, .act = SILU },
    { OP_conv, IN("f32(1,6,6,9)", "f32(8,3,2,3)=", "f32(8)="),
      { INTS(pad, 0, 2, 1, 2), INT(group, 2), INTS(dilation, 1, 2) } },
    { OP_conv, IN("f32(1,c,12)", "f32(5,c,3)=", "f32(5)="), { INTS(pad, 1, 1) } },
    { OP_conv, IN("f32(1,c,5,6)", "f32(3,c,2,3)", "f32(3)", "f32(1,3,4,6)"),
      { INTS(pad, 0, 1, 0, 1) }, .act = SILU },
    { OP_conv, IN("f32(1,2,4,5,6)", "f32(c,2,2,3,2)=", "f32(c)="),
      { INTS(pad, 0, 1, 1, 1, 1, 0), INT(group, 1), INTS(stride, 1, 2, 1) } },
    { OP_conv, IN("f64(1,c,6,6)", "f64(4,c,3,3)=", "f64(4)="), { INTS(pad, 1, 1, 1, 1) },
      .act = SILU },
    /* pads beyond the kernel, which then covers nothing */
    { OP_conv, IN("f32(1,3,4,4)", "f32(8,3,1,1)=", "f32(8)="),
      { INTS(pad, 3, 3, 3, 3), INTS(dilation, 2, 2) } },
    { OP_conv, IN("f32(1,8,9,9)", "f32(8,1,3,3)=", "f32(8)="),
      { INTS(pad, 6, 6, 6, 6), INTS(dilation, 6, 6), INT(group, 8) } },
    { OP_conv, IN("f32(1,8,19,19)", "f32(8,8,3,3)=", "f32(8)="),
      { INTS(pad, 12, 12, 12, 12), INTS(dilation, 12, 12) } },

    /* weights of more than half a megabyte */
    { OP_conv, IN("f32(1,160,5,6)", "f32(96,160,3,3)=", "f32(96)=", "f32(1,96,5,6)"),
      { INTS(pad, 1, 1, 1, 1) }, .act = RELU, .tolerance = 2e-5 },
    { OP_conv, IN("f32(2,160,9,8)", "f32(112,160,3,3)="),
      { INTS(stride, 2, 1), INTS(pad, 0, 1, 2, 0) }, .act = SILU, .tolerance = 2e-5 },
    { OP_conv, IN("f32(1,320,7,15)", "f32(192,160,3,3)=", "f32(192)="),
      { INTS(pad, 0, 4, 1, 3), INTS(dilation, 1, 3), INT(group, 2) }, .tolerance = 2e-5 },

    /* ---- conv_transpose ---- */
    { OP_conv_transpose, IN("f32(2,c,4,5)", "f32(c,6,3,2)=", "f32(6)=") },
    { OP_conv_transpose, IN("f32(1,3,4,5)", "f32(3,c,3,3)=", "f32(c)="),
      { INTS(stride, 2, 3), INTS(pad, 1, 0, 1, 2), INTS(out_pad, 1, 0) } },
    { OP_conv_transpose, IN("f32(1,6,4,5)", "f32(6,c,2,3)="),
      { INTS(stride, 2, 1), INTS(dilation, 3, 2), INT(group, 3) } },
    { OP_conv_transpose, IN("f32(1,6,9)", "f32(6,c,4)=", "f32(c)"),
      { INTS(stride, 4), INTS(dilation, 2) } },
    { OP_conv_transpose, IN("f32(1,4,5,6)", "f32(4,c,3,3)", "f32(c)"), { INTS(stride, 2, 2) } },
    { OP_conv_transpose, IN("f32(1,c,3,4,2)", "f32(c,9,2,3,2)="),
      { INTS(stride, 2, 1, 2), INTS(pad, 0, 1, 1, 1, 1, 0) } },
    { OP_conv_transpose, IN("f64(1,4,5,6)", "f64(4,3,3,3)=", "f64(3)="), { INTS(stride, 2, 2) } },

    /* ---- dense, matmul ---- */
    { OP_dense, IN("f32(3,c)", "f32(9,c)=", "f32(9)="), .act = RELU },
    { OP_dense, IN("f32(1,64)", "f32(c,64)=", "-", "f32(1,c)") },
    { OP_dense, IN("f32(3,c)", "f32(9,c)", "f32(9)", "f32(3,9)"), .act = RELU6 },
    { OP_dense, IN("f64(3,c)", "f64(9,c)") },
    { OP_dense, IN("f32(3,0)", "f32(9,0)=", "f32(9)=") },
    { OP_matmul, IN("f32(7,c)", "f32(c,9)") },
    { OP_matmul, IN("f32(15,6)", "f32(6,c)=") },
    { OP_matmul, IN("f32(2,3,4,c)", "f32(3,c,40)") },
    { OP_matmul, IN("f32(2,1,4,5)", "f32(3,5,c)") },
    { OP_matmul, IN("f32(2,3,4,5)", "f32(5,c)") },
    { OP_matmul, IN("f32(9,300)", "f32(300,c)"), .tolerance = 2e-5 },
    { OP_matmul, IN("f32(c,300)", "f32(300)"), .tolerance = 2e-5 },
    { OP_matmul, IN("f32(3,0)", "f32(0,c)") },
    { OP_matmul, IN("f32(c)", "f32(c,7)") },
    { OP_matmul, IN("f32(4,2,c)", "f32(c)") },
    { OP_matmul, IN("f32(c)", "f32(c)") },
    { OP_matmul, IN("f64(4,c)", "f64(c,5)") },
    { OP_matmul, IN("i32(4,c)", "i32(c,5)") },
    { OP_matmul, IN("u8(4,3)", "u8(3,5)") },
    { OP_matmul, IN("i64(2,4,3)", "i64(3,5)") },

    /* ---- pooling ---- */
    { OP_max_pool, IN("f32(2,c,7,8)"), { INTS(kernel, 3, 2), INTS(stride, 2, 2),
      INTS(pad, 1, 1, 1, 0) } },
    { OP_max_pool, IN("f32(1,c,10)"), { INTS(kernel, 3), INT(ceil, 1), INTS(stride, 2),
      INTS(dilation, 2) } },
    { OP_max_pool, IN("f32(1,c,4,5,6)"), { INTS(kernel, 2, 3, 2), INTS(pad, 1, 1, 0, 0, 1, 1) } },
    { OP_max_pool, IN("f32(2,c,7,8)"), { INTS(kernel, 3, 2), INTS(stride, 2, 2) }, .nan = true },
    { OP_max_pool, IN("f64(1,5,7,8)"), { INTS(kernel, 3, 3), INTS(dilation, 2, 1) } },
    { OP_max_pool, IN("i8(1,5,7,8)"), { INTS(kernel, 3, 3), INTS(pad, 2, 2, 2, 2) } },
    { OP_max_pool, IN("u8(1,5,7,8)"), { INTS(kernel, 2, 2), INTS(pad, 1, 1, 1, 1) } },
    { OP_max_pool, IN("i64(1,5,7,8)"), { INTS(kernel, 2, 2), INTS(stride, 2, 2) } },
    { OP_avg_pool, IN("f32(2,c,7,8)"), { INTS(kernel, 3, 2), INTS(stride, 2, 2),
      INTS(pad, 1, 1, 1, 0) } },
    { OP_avg_pool, IN("f32(2,c,7,8)"), { INTS(kernel, 3, 3), INTS(stride, 2, 3), INT(ceil, 1),
      INTS(pad, 1, 1, 1, 1), INT(count_pad, 1) } },
    { OP_avg_pool, IN("f32(1,c,10)"), { INTS(kernel, 4), INTS(dilation, 2), INTS(pad, 3, 3) } },
    { OP_avg_pool, IN("f32(1,c,4,5,6)"), { INTS(kernel, 2, 2, 2), INT(ceil, 1),
      INTS(stride, 2, 2, 2) } },
    { OP_avg_pool, IN("f64(1,5,7,8)"), { INTS(kernel, 3, 3), INTS(pad, 1, 1, 1, 1),
      INT(count_pad, 1) } },
};
const size_t n_cases_linear = sizeof cases_linear / sizeof *cases_linear;
