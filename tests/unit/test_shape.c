/* SPDX-License-Identifier: Apache-2.0 */
/* The shape rules: what each gives, and what it says against wrong operands and attributes. */
#include "case.h"

#define HUGE_DIM ((int64_t)1 << 62)

static const Case cases[] = {
    /* ---- convolution ---- */
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3,3)" }, .want = "f32(1,4,6,6)" },
    { OP_conv, { "f32(2,3,9)", "f32(4,3,3)", "f32(4)" }, { INTS(stride, 2), INTS(pad, 1, 0) },
      .want = "f32(2,4,4)" },
    { OP_conv, { "f64(1,4,5,6,7)", "f64(8,2,1,2,3)", "-", "f64(1,8,5,5,5)" }, { INT(group, 2) },
      .want = "f64(1,8,5,5,5)" },
    { OP_conv, { "f32(1,1,7,7)", "f32(1,1,3,3)" }, { INTS(dilation, 3, 2) },
      .want = "f32(1,1,1,3)" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,4,3,3)" },
      .want = "'a' has 3 channels, 'b' expects 4 (group 1)" },
    { OP_conv, { "f32(1,4,8,8)", "f32(4,1,3,3)" }, { INT(group, 0) },
      .want = "group 0 is less than 1" },
    { OP_conv, { "f32(1,4,8,8)", "f32(4,1,3,3)" }, { INT(group, 3) },
      .want = "4 input channels cannot be divided into 3 groups" },
    { OP_conv, { "f32(1,4,8,8)", "f32(5,2,3,3)" }, { INT(group, 2) },
      .want = "5 output channels cannot be divided into 2 groups" },
    { OP_conv, { "f32(1,3,4,8)", "f32(4,3,7,7)" }, { INTS(pad, 1, 1, 1, 1) },
      .want = "a kernel of 7 (dilation 1) is larger than the 1+4+1 elements of 'a' with its pads" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3,3)" }, { INTS(pad, 1, 1, -1, 1) },
      .want = "pad -1 is less than 0" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3,3)" }, { INTS(stride, 0, 1) },
      .want = "stride 0 is less than 1" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3,3)" }, { INTS(stride, 2) },
      .want = "stride has 1 numbers, 2 are needed" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3,3)" }, { INTS(pad, HUGE_DIM, 0, 0, 0) },
      .want = "pad 4611686018427387904 is more than 1073741824" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3,3)", "f32(3)" },
      .want = "the bias 'c' has the shape (3), (4) is needed" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3,3)", "f64(4)" },
      .want = "'a' is f32, 'c' is f64: the types must be the same" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3,3)", "-", "f32(1,4,6,5)" },
      .want = "the residual 'd' has the shape (1,4,6,5), the result (1,4,6,6)" },
    { OP_conv, { "i32(1,3,8,8)", "i32(4,3,3,3)" }, .want = "'a' is i32, conv takes f32 or f64" },
    { OP_conv, { "f32(3,8)", "f32(4,3)" },
      .want = "'a' has the shape (3,8), conv takes 3 to 5 dimensions" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3)" },
      .want = "'b' has the shape (4,3,3), conv takes 4 dimensions" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,0,3)" },
      .want = "'b' has the shape (4,3,0,3), which is none of weights" },
    { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3,3)" }, .want = "erf is not an activation",
      .act = { .op = OP_erf } },
    { OP_conv_transpose, { "f32(1,4,3,5)", "f32(4,2,3,3)", "f32(4)" },
      { INTS(stride, 2, 3), INTS(pad, 1, 1, 1, 1), INTS(out_pad, 1, 0), INT(group, 2) },
      .want = "f32(1,4,6,13)" },
    { OP_conv_transpose, { "f32(1,4,3,3)", "f32(3,2,3,3)" },
      .want = "'a' has 4 channels, 'b' expects 3" },
    { OP_conv_transpose, { "f32(1,1,1)", "f32(1,1,2)" }, { INTS(pad, 1, 1) },
      .want = "nothing is left: 1 elements of 'a' become 2 less pads of 1 and 1" },

    /* ---- matrices ---- */
    { OP_dense, { "f32(5,3)", "f32(4,3)", "f32(4)", "f32(5,4)" }, .want = "f32(5,4)" },
    { OP_dense, { "f32(5,3)", "f32(3,4)" }, .want = "'a' has 3 columns, 'b' expects 4" },
    { OP_matmul, { "f32(3)", "f32(3)" }, .want = "f32()" },
    { OP_matmul, { "f32(2,1,4,3)", "f32(5,3,6)" }, .want = "f32(2,5,4,6)" },
    { OP_matmul, { "i64(3)", "i64(5,3,6)" }, .want = "i64(5,6)" },
    { OP_matmul, { "f32(4,3)", "f32(3)" }, .want = "f32(4)" },
    { OP_matmul, { "f32(4,3)", "f32(4,3)" },
      .want = "'a' (4,3) and 'b' (4,3) cannot be multiplied" },

    /* ---- pooling ---- */
    { OP_max_pool, { "f32(1,2,7,7)" }, { INTS(kernel, 2, 2), INTS(stride, 2, 2), INT(ceil, 1) },
      .want = "f32(1,2,4,4)" },
    { OP_max_pool, { "u8(1,2,7)" }, { INTS(kernel, 3) }, .want = "u8(1,2,5)" },
    /* rounded up from (4 - 5) / 2 + 1 */
    { OP_max_pool, { "f32(1,1,4)" }, { INTS(kernel, 5), INTS(stride, 2), INT(ceil, 1) },
      .want = "f32(1,1,1)" },
    { OP_max_pool, { "f32(1,1,3)" }, { INTS(kernel, 5), INTS(stride, 2), INT(ceil, 1) },
      .want = "a kernel of 5 (dilation 1) is larger than the 0+3+0 elements of 'a' with its pads" },
    /* the fourth window would begin in the end pad */
    { OP_avg_pool, { "f32(1,1,5)" },
      { INTS(kernel, 3), INTS(stride, 2), INTS(pad, 1, 2), INT(ceil, 1) }, .want = "f32(1,1,3)" },
    { OP_avg_pool, { "f32(1,1,5)" }, .want = "avg_pool needs a kernel" },
    { OP_avg_pool, { "f32(1,1,5)" }, { INTS(kernel, 3), INTS(pad, 3, 0) },
      .want = "a pad of 3 holds a whole kernel of 3 (dilation 1)" },
    { OP_avg_pool, { "f32(1,1,5)" }, { INTS(kernel, 3), INT(count_pad, 2) },
      .want = "count_pad is 2, it must be 0 or 1" },

    /* ---- elementwise ---- */
    { OP_relu, { "i8(2)" }, .want = "i8(2)" },
    { OP_sigmoid, { "i8(2)" }, .want = "'a' is i8, sigmoid takes f32 or f64" },
    { OP_relu, { "f16(2)" }, .want = "'a' is f16, relu takes numbers other than f16" },
    { OP_gelu, { "f32(2)" }, { WORD(approximate, "tang") },
      .want = "gelu has no approximate 'tang'\ndid you mean 'tanh'?" },
    { OP_identity, { "f16(2)" }, .want = "f16(2)" },
    { OP_not, { "bool(2)" }, .want = "bool(2)" },
    { OP_not, { "i8(2)" }, .want = "'a' is i8, not takes bool" },
    { OP_cast, { "f16(2)" }, { WORD(to, "i64") }, .want = "i64(2)" },
    { OP_cast, { "f16(2)" }, { WORD(to, "f8") }, .want = "there is no type 'f8'" },
    { OP_add, { "i64(3,1)", "i64(4)" }, .want = "i64(3,4)" },
    { OP_add, { "f32(3)", "f32(4)" },
      .want = "'b' has the shape (4), which does not broadcast with (3) of 'a'" },
    { OP_add, { "f32(3)", "f64(3)" },
      .want = "'a' is f32, 'b' is f64: the types must be the same" },
    { OP_add, { "i32(3)", "i32(3)" }, .want = "the activation tanh needs f32 or f64, not i32",
      .act = { .op = OP_tanh } },
    { OP_max, { "f32(3)", "f32(3)" }, .want = "max takes no activation",
      .act = { .op = OP_relu } },
    { OP_pow, { "f32(3)", "i64(1)" }, .want = "f32(3)" },
    { OP_mod, { "f32(3)", "f32(3)" }, .want = "mod of f32 needs fmod=1" },
    { OP_mod, { "f32(3)", "f32(3)" }, { INT(fmod, 1) }, .want = "f32(3)" },
    { OP_prelu, { "f32(1,3,2,2)", "f32(3,1,1)" }, .want = "f32(1,3,2,2)" },
    { OP_prelu, { "f32(3)", "f32(2,3)" },
      .want = "'b' has the shape (2,3), which does not broadcast to (3)" },
    { OP_less, { "f32(3)", "f32()" }, .want = "bool(3)" },
    { OP_equal, { "bool(3)", "bool()" }, .want = "bool(3)" },
    { OP_less, { "bool(3)", "bool()" }, .want = "'a' is bool, less takes numbers other than f16" },
    { OP_xor, { "bool(3)", "bool(2,1)" }, .want = "bool(2,3)" },
    { OP_where, { "bool(3)", "u8(2,1)", "u8()" }, .want = "u8(2,3)" },
    { OP_where, { "u8(3)", "u8(3)", "u8()" }, .want = "'a' is u8, where takes bool" },

    /* ---- normalisation ---- */
    { OP_batch_norm, { "f32(1,3,2)", "f32(3)", "f32(3)", "f32(3)" },
      .want = "batch_norm takes 5 operands, not 4" },
    { OP_instance_norm, { "f32(1,3,2)", "f32(3)", "f32(2)" },
      .want = "the bias 'c' has the shape (2), (3) is needed" },
    { OP_layer_norm, { "f32(2,3,4)", "f32(3,4)", "f32(4)" }, { INT(axis, -2) },
      .want = "f32(2,3,4)" },
    { OP_layer_norm, { "f32(2,3,4)", "f32(3,4)" },
      .want = "'b' has the shape (3,4), which does not broadcast to (4)" },
    { OP_lrn, { "f32(2,3)" }, { INT(size, 0) },
      .want = "lrn over 0 channels: size must be at least 1" },
    { OP_softmax, { "f32(2,3)" }, { INT(axis, 2) }, .want = "axis 2 is outside 2 dimensions" },

    /* ---- reductions ---- */
    { OP_reduce_mean, { "f32(2,3,4)" }, { INTS(axes, -1, 0) }, .want = "f32(1,3,1)" },
    { OP_reduce_sum, { "i64(2,3,4)" }, { INT(keep, 0) }, .want = "i64()" },
    { OP_reduce_max, { "f32(2,3,4)" }, { INTS(axes, 1), INT(keep, 0) }, .want = "f32(2,4)" },
    { OP_reduce_max, { "f32(2,3)" }, { INTS(axes, 1, -1) }, .want = "axis 1 is given twice" },
    { OP_reduce_max, { "f32(2,3)" }, { INTS(axes, -3) },
      .want = "axis -3 is outside the 2 dimensions of 'a'" },
    { OP_argmax, { "f32(2,3)" }, { INT(axis, -1), INT(keep, 0) }, .want = "i64(2)" },
    { OP_argmin, { "f32(2,0)" }, { INT(axis, 1) }, .want = "argmin of (2,0) over no elements" },

    /* ---- movement ---- */
    { OP_reshape, { "f16(2,3)" }, { INTS(shape, 3, 1, 2) }, .want = "f16(3,1,2)" },
    { OP_reshape, { "f32(2,3)" }, { INTS(shape, 5) },
      .want = "'a' of shape (2,3) cannot be given the shape (5)" },
    { OP_reshape, { "f32(2,3)" }, { INTS(shape, -1) }, .want = "the dimension -1 is negative" },
    { OP_reshape, { "f32(2,3)" }, { INTS(shape, HUGE_DIM, 4) },
      .want = "the shape (4611686018427387904,4) is too large" },
    { OP_reshape, { "f32(1)" }, { INTS(shape, 1, 1, 1, 1, 1, 1, 1, 1, 1) },
      .want = "9 dimensions are too many" },
    { OP_transpose, { "f32(2,3,4)" }, .want = "f32(4,3,2)" },
    { OP_transpose, { "f32(2,3,4)" }, { INTS(perm, 0, 2, 1) }, .want = "f32(2,4,3)" },
    { OP_transpose, { "f32(2,3)" }, { INTS(perm, 0, 0) },
      .want = "perm is no permutation of 0 to 1: 0 is repeated" },
    { OP_transpose, { "f32(2,3)" }, { INTS(perm, 0) },
      .want = "perm has 1 numbers for the 2 dimensions of 'a'" },
    { OP_slice, { "f32(9,3)" }, { INTS(start, 1, 2), INTS(step, 2, -1) }, .want = "f32(4,3)" },
    { OP_slice, { "f32(9)" }, { INTS(start, 8), INTS(size, 3), INTS(step, -4) }, .want = "f32(3)" },
    { OP_slice, { "f32(9)" }, { INTS(start, 9), INTS(size, 0) }, .want = "f32(0)" },
    { OP_slice, { "f32(9)" }, { INTS(start, 7), INTS(size, 3) },
      .want = "a slice from 7 of 3 elements by steps of 1 leaves dimension 0 of 'a' (9)" },
    { OP_slice, { "f32(9)" }, { INTS(step, 0) }, .want = "a slice by steps of 0" },
    { OP_split, { "f32(2,6)" }, { INT(axis, -1) },
      .want = "f32(2,2) f32(2,2) f32(2,2)", .n_out = 3 },
    { OP_split, { "f32(2,6)" }, { INT(axis, 1), INTS(sizes, 1, 4) },
      .want = "the sizes add up to 5, dimension 1 of 'a' (2,6) has 6", .n_out = 2 },
    { OP_split, { "f32(2,6)" }, { INT(axis, 1), INTS(sizes, -1, 7) },
      .want = "the size -1 is out of range", .n_out = 2 },
    { OP_split, { "f32(5)" },
      .want = "dimension 0 of 'a' (5) cannot be split into 2 equal parts", .n_out = 2 },
    { OP_expand, { "f32(3,1)" }, { INTS(shape, 2, 1, 6) }, .want = "f32(2,3,6)" },
    { OP_expand, { "f32(3)" }, { INTS(shape, 2) },
      .want = "'a' of shape (3) does not broadcast with (2)" },
    { OP_concat, { "f32(2,3)", "f32(2,1)", "f32(2,0)" }, { INT(axis, 1) }, .want = "f32(2,4)" },
    { OP_concat, { "f32(2,3)", "f32(1,3)" }, { INT(axis, 1) },
      .want = "'b' (1,3) does not continue 'a' (2,3) along axis 1" },
    { OP_tile, { "f32(2,3)" }, { INTS(repeats, 2, 0) }, .want = "f32(4,0)" },
    { OP_pad, { "f32(2,3)" }, { INTS(pad, 1, -1, 0, -1) }, .want = "f32(3,1)" },
    { OP_pad, { "f32(2,3)" }, { INTS(pad, 0, -2, 0, -2) },
      .want = "pads of -2 and -2 leave less than nothing of dimension 1 of 'a' (2,3)" },
    { OP_pad, { "f32(0)" }, { INTS(pad, 1, 0), WORD(mode, "edge") },
      .want = "dimension 0 of 'a' (0) has nothing to pad with" },
    { OP_gather, { "f32(2,3,4)", "i32(5,6)" }, { INT(axis, 1) }, .want = "f32(2,5,6,4)" },
    { OP_gather, { "f32(2)", "f32(5)" }, .want = "'b' is f32, gather takes i32 or i64" },
    { OP_resize, { "f32(1,3,2,2)" }, { INTS(size, 1, 3, 4, 5) }, .want = "f32(1,3,4,5)" },
    { OP_resize, { "f32(1,3,2,2)" }, { INTS(size, 1, 3, 4, 0) },
      .want = "'a' of shape (1,3,2,2) cannot be resized to (1,3,4,0)" },
    { OP_resize, { "f32(2)" }, { INTS(size, 4), WORD(mode, "cubic") },
      .want = "resize has no mode 'cubic'" },
    { OP_resize, { "f32(2)", "f32(1)" }, { INTS(size, 4) },
      .want = "the scales 'b' must be a constant of 1 f32" },
};

/* ---- the driver ---- */

/* The results, or the first message with its hint. */
static const char *outcome(World *w, NodeId n)
{
    Buf b;

    buf_init(&b, &w->a);
    for (uint32_t i = 0; n.id && i < ir_node(w->g, n)->n_out; i++) {
        const Value *v = ir_val(w->g, ir_node(w->g, n)->out[i]);
        buf_printf(&b, "%s%s%s", i ? " " : "", dtype_info[v->dtype].name,
                   shape_text(&w->a, &v->shape));
    }
    if (!n.id) {
        assert_int_equal(w->d.n_error, 1);
        buf_str(&b, w->d.first->text);
        if (w->d.first->hint)
            buf_printf(&b, "\n%s", w->d.first->hint);
    }
    return b.p;
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        World w;
        const char *got;
        world_open(&w);
        got = outcome(&w, add_case(&w, &cases[i]));
        if (strcmp(got, cases[i].want))
            fail_msg("case %zu (%s): got \"%s\", want \"%s\"", i, op_info[cases[i].op].name, got,
                     cases[i].want);
        arena_destroy(&w.a);
    }
}

static void test_attributes_completed(void **state)
{
    const Case conv = { OP_conv, { "f32(1,3,8,8)", "f32(4,3,3,3)" }, .want = "" };
    const Case slice = { OP_slice, { "f32(9,3,1)" },
                         { INTS(start, 8, 0, 0), INTS(step, -3, 1, 7) }, .want = "" };
    const Case mean = { OP_reduce_mean, { "f32(2,3)" }, { INTS(axes, -1, 0) }, .want = "" };
    World w;
    NodeId n;
    uint32_t k;
    const int64_t *v;

    (void)state;
    world_open(&w);
    n = add_case(&w, &conv);
    v = ir_ints(ir_node(w.g, n), A_stride, &k);
    assert_int_equal(k, 2);
    assert_int_equal(v[1], 1);
    ir_ints(ir_node(w.g, n), A_pad, &k);
    assert_int_equal(k, 4);
    n = add_case(&w, &slice);
    assert_memory_equal(ir_ints(ir_node(w.g, n), A_size, &k), ((int64_t[]){ 3, 3, 1 }), 24);
    assert_memory_equal(ir_ints(ir_node(w.g, n), A_step, &k), ((int64_t[]){ -3, 1, 1 }), 24);
    n = add_case(&w, &mean);
    assert_memory_equal(ir_ints(ir_node(w.g, n), A_axes, &k), ((int64_t[]){ 0, 1 }), 16);
    arena_destroy(&w.a);
}

static void test_gather_indices(void **state)
{
    World w;
    ValueId in[2];
    const NodeSpec spec = { .op = OP_gather, .in = in, .n_in = 2 };

    (void)state;
    world_open(&w);
    in[0] = value(&w, "a", "f32(5)");
    in[1] = ir_const_i64(w.g, "k", (int64_t[]){ -5, 4 }, 2);
    assert_int_not_equal(ir_add1(w.g, "y", &spec, &w.d).id, 0);
    in[1] = ir_const_i64(w.g, "k", (int64_t[]){ -5, 5 }, 2);
    assert_int_equal(ir_add1(w.g, "y", &spec, &w.d).id, 0);
    assert_string_equal(w.d.first->text, "the index 5 in 'k_2' is outside 5 elements");
    arena_destroy(&w.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_attributes_completed),
        cmocka_unit_test(test_gather_indices),
    };

    return cmocka_run_group_tests_name("shape", tests, NULL, NULL);
}
