/* SPDX-License-Identifier: Apache-2.0 */
/* cases_reduce: results that many elements go into: reductions, softmax, norms. */
#include "tables.h"

#define POSITIVE .low = 0.1, .high = 3

const Case cases_reduce[] = {
    { OP_reduce_sum, IN("f32(2,c,5,6)"), { INTS(axes, 2, 3) } },
    { OP_reduce_sum, IN("f32(2,c,5,6)"), { INTS(axes, 1), INT(keep, 0) } },
    { OP_reduce_sum, IN("i64(2,c,5)"), { INTS(axes, 0, 2) } },
    { OP_reduce_sum, IN("u8(2,5)"), { INTS(axes, 1) } },
    { OP_reduce_mean, IN("f32(2,c,5,6)"), { INTS(axes, 2, 3) } },
    { OP_reduce_mean, IN("f32(2,c,5,6)") },
    { OP_reduce_mean, IN("f64(2,c,5)"), { INTS(axes, 1) } },
    { OP_reduce_max, IN("f32(2,c,5,6)"), { INTS(axes, 2, 3), INT(keep, 0) } },
    { OP_reduce_max, IN("i32(2,c,5)"), { INTS(axes, 1) } },
    { OP_reduce_min, IN("f32(2,c,5,6)"), { INTS(axes, 2) } },
    { OP_reduce_min, IN("f32(2,c,5,6)"), { INTS(axes, 2) }, .nan = true },
    { OP_reduce_max, IN("f32(2,c,3,5)"), { INTS(axes, 1, 3) }, .nan = true },
    { OP_reduce_min, IN("u8(2,c,5)"), { INTS(axes, 1) } },
    { OP_reduce_prod, IN("f32(2,c,2,3)"), { INTS(axes, 2, 3) } },
    { OP_reduce_prod, IN("i32(2,3,5)"), { INTS(axes, 1) } },

    /* over nothing */
    { OP_reduce_sum, IN("f32(2,0,3)"), { INTS(axes, 1) } },
    { OP_reduce_max, IN("f32(2,0,3)"), { INTS(axes, 1) } },
    { OP_reduce_max, IN("i8(2,0)"), { INTS(axes, 1) } },
    { OP_reduce_min, IN("f32(0)") },
    { OP_reduce_min, IN("u8(2,0)"), { INTS(axes, 1) } },
    { OP_reduce_prod, IN("i64(2,0)"), { INTS(axes, 1) } },
    { OP_reduce_mean, IN("f32(2,0)"), { INTS(axes, 1) } },

    { OP_argmax, IN("f32(2,c,5,6)"), { INT(axis, 1) } },
    { OP_argmax, IN("i8(2,c,5)"), { INT(axis, 1), INT(keep, 0) } },
    { OP_argmax, IN("i32(2,c,5)"), { INT(axis, 2), INT(last, 1) } },
    { OP_argmin, IN("f32(2,c)"), { INT(axis, 1), INT(keep, 0) } },
    { OP_argmin, IN("u8(2,c,5)"), { INT(axis, 0), INT(last, 1) } },
    { OP_argmin, IN("f64(9)"), { INT(last, 1) } },

    { OP_softmax, IN("f32(3,c)") },
    { OP_softmax, IN("f32(2,c,5,6)"), { INT(axis, 1) } },
    { OP_softmax, IN("f32(2,5,4,c)"), { INT(axis, 3) }, .low = -40, .high = 40 },
    { OP_softmax, IN("f32(c,5,3)"), { INT(axis, 0) } },
    { OP_softmax, IN("f64(3,c)") },
    { OP_log_softmax, IN("f32(3,c)") },
    { OP_log_softmax, IN("f32(2,c,5,6)"), { INT(axis, 1) }, .low = 900, .high = 1000 },
    { OP_log_softmax, IN("f32(2,c,5,6)"), { INT(axis, 2) } },
    { OP_log_softmax, IN("f64(3,c)"), { INT(axis, 0) } },

    { OP_batch_norm, IN("f32(2,c,3,5)", "f32(c)=", "f32(c)=", "f32(c)=", "f32(c)="), POSITIVE },
    { OP_batch_norm, IN("f32(3,c)", "f32(c)=", "f32(c)=", "f32(c)=", "f32(c)="), POSITIVE },
    { OP_batch_norm, IN("f32(2,c,3,5)", "f32(c)", "f32(c)=", "f32(c)", "f32(c)"), POSITIVE },
    { OP_batch_norm, IN("f64(2,5,3)", "f64(5)=", "f64(5)=", "f64(5)=", "f64(5)="), POSITIVE },
    { OP_batch_norm, IN("f64(2,5,3)", "f64(5)", "f64(5)", "f64(5)", "f64(5)"), POSITIVE },
    { OP_batch_norm, IN("f32(2,c,3,5)", "f32(c)=", "f32(c)=", "f32(c)=", "f32(c)="), POSITIVE,
      .act = { .op = OP_hard_swish } },
    { OP_batch_norm, IN("f32(2,c,3)", "f32(c)", "f32(c)=", "f32(c)", "f32(c)"), POSITIVE,
      .act = { .op = OP_clip, .a = 0, .b = 1 } },
    { OP_batch_norm, IN("f64(2,5,3)", "f64(5)=", "f64(5)=", "f64(5)=", "f64(5)="), POSITIVE,
      .act = { .op = OP_tanh } },
    { OP_instance_norm, IN("f32(2,c,4,5)", "f32(c)=", "f32(c)=") },
    { OP_instance_norm, IN("f32(2,c,41)", "f32(c)", "f32(c)") },
    { OP_instance_norm, IN("f64(2,3,4,5)", "f64(3)", "f64(3)=") },
    { OP_layer_norm, IN("f32(3,4,c)", "f32(c)=", "f32(c)=") },
    { OP_layer_norm, IN("f32(3,4,c)", "f32(1)=") },
    { OP_layer_norm, IN("f32(2,c,4,5)", "f32(4,5)", "f32(5)"), { INT(axis, 2) } },
    { OP_layer_norm, IN("f32(2,c,4,5)", "f32(c,1,5)", "f32(c,1,1)"), { INT(axis, 1) } },
    { OP_layer_norm, IN("f64(2,3,9)", "f64(9)", "f64(9)") },
    { OP_lrn, IN("f32(2,c,3,5)"), { INT(size, 5), FLOAT(alpha, 0.1) } },
    { OP_lrn, IN("f32(2,c,3,5)"), { INT(size, 4), FLOAT(alpha, 0.1), FLOAT(beta, 0.6) } },
    { OP_lrn, IN("f64(2,6,5)"), { INT(size, 3), FLOAT(bias, 2) } },
};
const size_t n_cases_reduce = sizeof cases_reduce / sizeof *cases_reduce;
