/* SPDX-License-Identifier: Apache-2.0 */
/* The reference of convolutions, matrix products, pooling and normalisation.  Results that are not
 * plain to see come from ONNX Runtime 1.32. */
#include "ref_case.h"

#define X133 "f32(1,2,3,3) 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18"
#define W "f32(2,2,2,2) -2 -1 0 1 2 -2 -1 0 1 2 -2 -1 0 1 2 -2"

static const Case conv[] = {
    { OP_conv, { X133, W, "f32(2) 1 -1" }, { INTS(pad, 1, 0, 0, 1), INTS(stride, 1, 2) },
      .want = "f32(1,2,3,2) -7 -11 -13 4 -22 1 -7 17 0 20 3 23" },
    { OP_conv, { X133, "f32(2,1,2,2) -2 -1 0 1 1 2 -2 -1" },
      { INT(group, 2), INTS(dilation, 2, 1) }, .want = "f32(1,2,1,2) 4 2 -17 -17" },
    { OP_conv, { "f32(1,2,5) 1 2 3 4 5 6 7 8 9 10", "f32(1,2,3) 1 2 3 0 1 -1" },
      { INTS(pad, 2, 1), INTS(stride, 2) }, .want = "f32(1,1,3) -3 13 25" },
    { OP_conv, { "f64(1,1,2,2,3) 1 2 3 4 5 6 7 8 9 10 11 12",
                 "f64(1,1,2,2,2) 1 -1 2 0.5 3 1 0 -2" },
      { INTS(pad, 0, 1, 0, 0, 0, 1) }, .want = "f64(1,1,1,2,3) -13 -12.5 6 16.5 21 42" },
    /* pointwise over two images, with residual and activation: 2 a + 3 b + 0.5 + residual */
    { OP_conv, { "f32(2,2,1,2) 1 2 3 4 -5 -6 -7 -8", "f32(1,2,1,1) 2 3", "f32(1) 0.5",
                 "f32(2,1,1,2) 1 -100 1" },
      .want = "f32(2,1,1,2) 6 0 0 0", .act = { .op = OP_clip, .a = 0, .b = 6 } },
    { OP_conv_transpose, { "f32(1,2,2,2) 1 2 3 4 5 6 7 8",
                           "f32(2,1,2,4) -2 -1 0 1 2 -2 -1 0 1 2 -2 -1 0 1 2 -2", "f32(2) 1 2" },
      { INT(group, 2), INTS(stride, 2, 1), INTS(pad, 1, 0, 0, 1), INTS(out_pad, 1, 0),
        INTS(dilation, 1, 2) },
      .want = "f32(1,2,4,7) 3 5 -1 -3 0 -1 1 -5 -7 -2 -3 1 1 4 7 9 -5 -7 -2 -3 1 1 1 1 1 1 1 1 "
              "2 2 7 8 12 14 -8 9 10 16 18 -12 -14 -5 2 2 9 10 16 18 -12 2 2 2 2 2 2 2" },
};

static const Case matrix[] = {
    { OP_dense, { "f32(2,3) 1 2 3 4 5 6", "f32(2,3) 1 0 -1 2 2 2", "f32(2) 10 20",
                  "f32(2,2) 1 2 3 4" }, .want = "f32(2,2) 9 34 11 54" },
    { OP_dense, { "f32(2,3) 1 2 3 4 5 6", "f32(1,3) 1 0 -1" }, .want = "f32(2,1) 0 0",
      .act = { .op = OP_relu } },
    { OP_matmul, { "f32(2,1,2,3) 1 2 3 4 5 6 7 8 9 10 11 12",
                   "f32(2,3,2) 1 2 3 4 5 6 7 8 9 10 11 12" },
      .want = "f32(2,2,2,2) 22 28 49 64 58 64 139 154 76 100 103 136 220 244 301 334" },
    { OP_matmul, { "i64(2) 4611686018427387905 3", "i64(2) 1 -1" },
      .want = "i64() 4611686018427387902" },
    { OP_matmul, { "f32(2) 1 2", "f32(2,2) 1 2 3 4" }, .want = "f32(2) 7 10" },
    { OP_matmul, { "f32(2,2) 1 2 3 4", "f32(2) 1 2" }, .want = "f32(2) 5 11" },
};

#define X6 "f32(1,1,6) 1 2 3 4 5 6"
#define X9 "f32(1,1,3,3) 1 2 3 4 5 6 7 8 9"

static const Case pool[] = {
    { OP_max_pool, { "f32(1,1,3,3) 3 -1 4 1 -5 9 2 6 -5" },
      { INTS(kernel, 2, 2), INTS(pad, 1, 0, 0, 1) }, .want = "f32(1,1,3,3) 3 4 4 3 9 9 6 9 9" },
    { OP_max_pool, { "f32(1,1,5) -1 -2 -3 -4 -5" },
      { INTS(kernel, 2), INTS(stride, 2), INT(ceil, 1) }, .want = "f32(1,1,3) -1 -3 -5" },
    { OP_max_pool, { "i64(1,1,3) 9007199254740993 9007199254740992 -1" }, { INTS(kernel, 2) },
      .want = "i64(1,1,2) 9007199254740993 9007199254740992" },
    { OP_max_pool, { X6 }, { INTS(kernel, 2), INTS(dilation, 3) }, .want = "f32(1,1,3) 4 5 6" },
    { OP_max_pool, { X6 }, { INTS(kernel, 2), INTS(dilation, 5), INTS(pad, 2, 3) },
      .want = "f32(1,1,6) 4 5 6 2 3 4" },
    { OP_avg_pool, { X9 }, { INTS(kernel, 2, 2), INTS(pad, 1, 0, 0, 1) },
      .want = "f32(1,1,3,3) 1.5 2.5 3 3 4 4.5 6 7 7.5" },
    { OP_avg_pool, { X9 }, { INTS(kernel, 2, 2), INTS(pad, 1, 0, 0, 1), INT(count_pad, 1) },
      .want = "f32(1,1,3,3) 0.75 1.25 0.75 3 4 2.25 6 7 3.75" },
    { OP_avg_pool, { X6 }, { INTS(kernel, 3), INTS(stride, 2), INTS(pad, 1, 1), INT(ceil, 1) },
      .want = "f32(1,1,4) 1.5 3 5 6" },
    /* of the last window, one element is inside, one in the pad, and one does not count */
    { OP_avg_pool, { X6 }, { INTS(kernel, 3), INTS(stride, 2), INTS(pad, 1, 1), INT(ceil, 1),
                             INT(count_pad, 1) }, .want = "f32(1,1,4) 1 3 5 3" },
};

static const Case norm[] = {
    { OP_batch_norm, { "f32(1,2,2) 1 2 3 4", "f32(2) 2 3", "f32(2) 1 0", "f32(2) 1 2",
                       "f32(2) 3 8" }, { FLOAT(eps, 1) }, .want = "f32(1,2,2) 1 2 1 2" },
    { OP_instance_norm, { "f32(1,2,3) 1 4 9 16 25 36", "f32(2) 1 2", "f32(2) 0 10" },
      { FLOAT(eps, 0.5) },
      .want = "f32(1,2,3) -1.08650255 -0.197545871 1.28404856 7.64488268 9.83757782 12.51754" },
    { OP_layer_norm, { "f32(2,2,2) 1 4 9 16 25 36 49 64", "f32(2,2) 1 2 3 4", "f32(2,1) 0.5 1" },
      { FLOAT(eps, 0.5), INT(axis, 1) },
      .want = "f32(2,2,2) -0.635815263 -0.723185658 1.78633368 6.94118738 -0.768343687 "
              "-0.528386712 2.13122535 6.62184763" },
    /* the window of 3 around each of 4 channels: sums of squares 5 14 29 25 */
    { OP_lrn, { "f64(1,4,1) 1 2 3 4" },
      { INT(size, 3), FLOAT(alpha, 3), FLOAT(beta, 1), FLOAT(bias, 2) },
      .want = "f64(1,4,1) 0.14285714285714285 0.125 0.0967741935483871 0.14814814814814814" },
    /* of 2, this channel and the next: 5 13 25 16 */
    { OP_lrn, { "f64(1,4,1) 1 2 3 4" },
      { INT(size, 2), FLOAT(alpha, 2), FLOAT(beta, 1), FLOAT(bias, 2) },
      .want = "f64(1,4,1) 0.14285714285714285 0.13333333333333333 0.1111111111111111 "
              "0.2222222222222222" },
    { OP_softmax, { "f32(2,2,2) 1 2.8284271 5.1961524 8 11.1803399 14.6969385 18.5202592 "
                    "22.627417" }, { INT(axis, 1) },
      .want = "f32(2,2,2) 0.0148301376 0.00564360432 0.985169828 0.994356334 0.000648682588 "
              "0.00035948513 0.999351323 0.999640465" },
    { OP_softmax, { "f64(2) 1000 1000" }, .want = "f64(2) 0.5 0.5" },
    { OP_log_softmax, { "f64(2) 0 -1000" }, .want = "f64(2) 0 -1000" },
};

static void test_conv(void **state) { (void)state; RUN_CASES(conv); }
static void test_matrix(void **state) { (void)state; RUN_CASES(matrix); }
static void test_pool(void **state) { (void)state; RUN_CASES(pool); }
static void test_norm(void **state) { (void)state; RUN_CASES(norm); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conv),
        cmocka_unit_test(test_matrix),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_norm),
    };

    return cmocka_run_group_tests_name("ref_linear", tests, NULL, NULL);
}
