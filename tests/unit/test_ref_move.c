/* SPDX-License-Identifier: Apache-2.0 */
/* The reference of data movement, resizing and reductions. */
#include "ref_case.h"

static const Case move[] = {
    { OP_identity, { "bool(3) 1 0 1" }, .want = "bool(3) 1 0 1" },
    { OP_reshape, { "i16(2,3) 1 2 3 4 5 6" }, { INTS(shape, 3, 2) },
      .want = "i16(3,2) 1 2 3 4 5 6" },
    { OP_transpose, { "u8(2,3) 1 2 3 4 5 6" }, .want = "u8(3,2) 1 4 2 5 3 6" },
    { OP_transpose, { "f64(2,1,3) 1 2 3 4 5 6" }, { INTS(perm, 1, 2, 0) },
      .want = "f64(1,3,2) 1 4 2 5 3 6" },
    { OP_transpose, { "f32() 7" }, .want = "f32() 7" },
    { OP_slice, { "i64(3,4) 0 1 2 3 4 5 6 7 8 9 10 11" },
      { INTS(start, 2, 0), INTS(size, 2, 2), INTS(step, -2, 3) }, .want = "i64(2,2) 8 11 0 3" },
    { OP_split, { "f32(2,4) 1 2 3 4 5 6 7 8" }, { INT(axis, 1), INTS(sizes, 1, 0, 3) },
      .want = "f32(2,1) 1 5 ; f32(2,0) 9 ; f32(2,3) 2 3 4 6 7 8", .n_out = 3 },
    { OP_expand, { "f32(2,1) 1 2" }, { INTS(shape, 2, 2, 3) },
      .want = "f32(2,2,3) 1 1 1 2 2 2 1 1 1 2 2 2" },
    { OP_concat, { "f32(2,1) 1 2", "f32(2,2) 3 4 5 6", "f32(2,0) 0" }, { INT(axis, 1) },
      .want = "f32(2,3) 1 3 4 2 5 6" },
    { OP_tile, { "f32(1,2) 1 2" }, { INTS(repeats, 2, 2) }, .want = "f32(2,4) 1 2 1 2 1 2 1 2" },
    { OP_pad, { "i32(2,2) 1 2 3 4" }, { INTS(pad, 0, 1, 1, -1), FLOAT(value, 9) },
      .want = "i32(3,2) 9 1 9 3 9 9" },
    { OP_pad, { "f32(4) 1 2 3 4" }, { INTS(pad, 3, 2), WORD(mode, "reflect") },
      .want = "f32(9) 4 3 2 1 2 3 4 3 2" },
    { OP_pad, { "f32(2) 1 2" }, { INTS(pad, 3, 0), WORD(mode, "reflect") },
      .want = "f32(5) 2 1 2 1 2" },
    { OP_pad, { "f32(3) 1 2 3" }, { INTS(pad, 2, 1), WORD(mode, "edge") },
      .want = "f32(6) 1 1 1 2 3 3" },
    { OP_pad, { "f32(3) 1 2 3" }, { INTS(pad, 4, 2), WORD(mode, "wrap") },
      .want = "f32(9) 3 1 2 3 1 2 3 1 2" },
    { OP_gather, { "f32(2,3,2) 0 1 2 3 4 5 6 7 8 9 10 11", "i32(2,1) -1 0" }, { INT(axis, 1) },
      .want = "f32(2,2,1,2) 4 5 0 1 10 11 6 7" },
};

/* Results of ONNX Runtime 1.32. */
static const Case resize[] = {
#define LINEAR_2x3(how, want_) \
    { OP_resize, { "f32(1,1,2,3) 1 4 9 16 25 36" }, \
      { INTS(size, 1, 1, 3, 5), WORD(mode, "linear"), WORD(coord, how) }, .want = want_ }
    LINEAR_2x3("half_pixel",
               "f32(1,1,3,5) 1 2.2 4 7 9 8.5 10.9 14.5 19.3 22.5 16 19.6 25 31.6 36"),
    LINEAR_2x3("asymmetric",
               "f32(1,1,3,5) 1 2.8 5 8 9 11 15.2 19.8 25.2 27 16 21.4 27.2 33.8 36"),
    LINEAR_2x3("align_corners",
               "f32(1,1,3,5) 1 2.5 4 6.5 9 8.5 11.5 14.5 18.5 22.5 16 20.5 25 30.5 36"),
#define NEAREST_4(how, round, want_) \
    { OP_resize, { "i8(4) 1 2 3 4" }, { INTS(size, 6), WORD(coord, how), \
      WORD(nearest, round) }, .want = "i8(6) " want_ }
    NEAREST_4("half_pixel", "round_prefer_floor", "1 1 2 3 3 4"),
    NEAREST_4("half_pixel", "round_prefer_ceil", "1 2 2 3 4 4"),
    NEAREST_4("half_pixel", "floor", "1 1 2 2 3 4"),
    NEAREST_4("half_pixel", "ceil", "1 2 3 3 4 4"),
    NEAREST_4("asymmetric", "round_prefer_floor", "1 2 2 3 4 4"),
    NEAREST_4("asymmetric", "floor", "1 1 2 3 3 4"),
    NEAREST_4("align_corners", "floor", "1 1 2 2 3 4"),
    { OP_resize, { "f32(2) 1 2" }, { INTS(size, 1), WORD(coord, "pytorch_half_pixel"),
      WORD(mode, "linear") }, .want = "f32(1) 1" },
    { OP_resize, { "f32(4) 1 2 3 4", "f32(1) 0.6" }, { INTS(size, 2), WORD(mode, "linear") },
      .want = "f32(2) 1.33333325 3" },
    { OP_resize, { "f32(4) 1 2 3 4", "f32(1) 0.6" },
      { INTS(size, 2), WORD(mode, "linear"), WORD(coord, "half_pixel_symmetric") },
      .want = "f32(2) 1.66666675 3.33333325" },
    { OP_resize, { "f32(4) 1 2 3 4", "f32(1) 0.6" },
      { INTS(size, 2), WORD(mode, "linear"), WORD(coord, "align_corners") },
      .want = "f32(2) 1 3.14285707" },           /* ONNX's test data; ONNX Runtime: 4 */
};

#define X23 "f32(2,3) 3 -1 4 1 -5 9"

static const Case reduce[] = {
    { OP_reduce_sum, { X23 }, { INTS(axes, 0) }, .want = "f32(1,3) 4 -6 13" },
    { OP_reduce_sum, { "i64(2) 9007199254740993 1" }, { INT(keep, 0) },
      .want = "i64() 9007199254740994" },
    { OP_reduce_mean, { X23 }, { INTS(axes, 1), INT(keep, 0) }, .want = "f32(2) 2 1.66666667" },
    { OP_reduce_mean, { "i32(2) -3 0" }, .want = "i32(1) -1" },
    { OP_reduce_max, { X23 }, { INTS(axes, 1) }, .want = "f32(2,1) 4 9" },
    { OP_reduce_min, { X23 }, .want = "f32(1,1) -5" },
    { OP_reduce_max, { "f32(3) 1 nan 2" }, .want = "f32(1) nan" },
    { OP_reduce_max, { "f32(2,0) 0" }, { INTS(axes, 1) }, .want = "f32(2,1) -inf" },
    { OP_reduce_min, { "u16(2,0) 0" }, { INTS(axes, 1) }, .want = "u16(2,1) 65535" },
    { OP_reduce_prod, { X23 }, { INTS(axes, 0) }, .want = "f32(1,3) 3 5 36" },
    { OP_reduce_prod, { "i32(2,2,2) 1 2 3 4 5 6 7 8" }, { INTS(axes, 0, 2) },
      .want = "i32(1,2,1) 60 672" },
    { OP_argmax, { "f32(2,3) 1 5 5 7 7 0" }, { INT(axis, 1) }, .want = "i64(2,1) 1 0" },
    { OP_argmax, { "f32(2,3) 1 5 5 7 7 0" }, { INT(axis, 1), INT(last, 1), INT(keep, 0) },
      .want = "i64(2) 2 1" },
    { OP_argmin, { "u64(2,2) 0xffffffffffffffff 1 3 1" }, .want = "i64(1,2) 1 0" },
};

static void test_move(void **state) { (void)state; RUN_CASES(move); }
static void test_resize(void **state) { (void)state; RUN_CASES(resize); }
static void test_reduce(void **state) { (void)state; RUN_CASES(reduce); }

/* An index that is known only at run time and lies outside. */
static void test_gather_outside(void **state)
{
    static const Case c = { OP_gather, { "f32(3)", "i64(1)" }, .want = "" };
    World w;
    float x[3] = { 1, 2, 3 }, y = 0;
    int64_t index = -4;
    RefTensor in[2] = { { DT_F32, { 1, { 3 } }, x }, { DT_I64, { 1, { 1 } }, &index } };
    RefTensor out = { DT_F32, { 1, { 1 } }, &y };
    NodeId n;

    (void)state;
    world_open(&w);
    n = add_case(&w, &c);
    assert_false(ref_node(w.g, ir_node(w.g, n), in, &out, &w.a));
    index = -3;
    assert_true(ref_node(w.g, ir_node(w.g, n), in, &out, &w.a));
    assert_true(y == 1);
    arena_destroy(&w.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_move),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_reduce),
        cmocka_unit_test(test_gather_outside),
    };

    return cmocka_run_group_tests_name("ref_move", tests, NULL, NULL);
}
