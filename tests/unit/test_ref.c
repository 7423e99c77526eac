/* SPDX-License-Identifier: Apache-2.0 */
/* The reference of the elementwise ops, and of whole graphs: ref_run, ref_fold. */
#include "ref_case.h"

#include "ref/ref_impl.h"

/* y at -2, -0.5, 0, 1, 4 for each function of one operand, by its formula (Python's math). */
#define AT5(op_, want_, ...) \
    { OP_##op_, { "f64(5) -2 -0.5 0 1 4" }, { __VA_ARGS__ }, .want = "f64(5) " want_ }

static const Case unary[] = {
    AT5(relu, "0 0 0 1 4", { 0 }),
    AT5(clip, "-1 -0.5 0 1 3", FLOAT(min, -1), FLOAT(max, 3)),
    AT5(clip, "-3 -3 -3 -3 -3", FLOAT(min, -1), FLOAT(max, -3)),
    AT5(leaky_relu, "-0.2 -0.05 0 1 4", FLOAT(alpha, 0.1)),
    AT5(thresholded_relu, "0 0 0 0 4", { 0 }),
    AT5(elu, "-1.7293294335267746 -0.7869386805747332 0 1 4", FLOAT(alpha, 2)),
    AT5(selu, "-2.5939941502901618 -1.1804080208620998 0 3 12", FLOAT(alpha, 1), FLOAT(gamma, 3)),
    AT5(celu, "-1.2642411176571153 -0.44239843385719027 0 1 4", FLOAT(alpha, 2)),
    AT5(sigmoid, "0.11920292202211755 0.3775406687981454 0.5 0.7310585786300049 "
        "0.9820137900379085", { 0 }),
    AT5(hard_sigmoid, "0.1 0.4 0.5 0.7 1", { 0 }),
    AT5(hard_swish, "-0.3333333333333333 -0.20833333333333334 0 0.6666666666666666 4", { 0 }),
    AT5(silu, "-0.2384058440442351 -0.1887703343990727 0 0.7310585786300049 3.928055160151634",
        { 0 }),
    AT5(tanh, "-0.9640275800758169 -0.46211715726000975 0 0.7615941559557649 0.999329299739067",
        { 0 }),
    AT5(gelu, "-0.04550026389635842 -0.15426876936299344 0 0.8413447460685429 3.9998733150326675",
        { 0 }),
    AT5(gelu, "-0.04540230591222137 -0.15428599017485754 0 0.8411919906082768 3.9999297540518075",
        WORD(approximate, "tanh")),
    AT5(softplus, "0.1269280110429726 0.4740769841801067 0.6931471805599453 1.3132616875182228 "
        "4.0181499279178094", { 0 }),
    AT5(mish, "-0.2525014826957089 -0.22074377465173 0 0.8650983882673103 3.9974128069762385",
        { 0 }),
    AT5(softsign, "-0.6666666666666666 -0.3333333333333333 0 0.5 0.8", { 0 }),
    AT5(erf, "-0.9953222650189527 -0.5204998778130465 0 0.8427007929497149 0.9999999845827421",
        { 0 }),
    AT5(sqrt, "nan nan 0 1 2", { 0 }),
    AT5(exp, "0.1353352832366127 0.6065306597126334 1 2.718281828459045 54.598150033144236", { 0 }),
    AT5(log, "nan nan -inf 0 1.3862943611198906", { 0 }),
    AT5(neg, "2 0.5 0 -1 -4", { 0 }),
    AT5(abs, "2 0.5 0 1 4", { 0 }),
    AT5(reciprocal, "-0.5 -2 inf 1 0.25", { 0 }),
    AT5(floor, "-2 -1 0 1 4", { 0 }),
    AT5(ceil, "-2 0 0 1 4", { 0 }),
    AT5(sign, "-1 -1 0 1 1", { 0 }),
    AT5(sin, "-0.9092974268256817 -0.479425538604203 0 0.8414709848078965 -0.7568024953079282",
        { 0 }),
    AT5(cos, "-0.4161468365471424 0.8775825618903728 1 0.5403023058681398 -0.6536436208636119",
        { 0 }),
    { OP_round, { "f32(6) -2.5 -1.5 0.5 1.5 2.5 2.6" }, .want = "f32(6) -2 -2 0 2 2 3" },
    { OP_softplus, { "f32(2) 1000 -1000" }, .want = "f32(2) 1000 0" },
    { OP_relu, { "i8(3) -128 0 127" }, .want = "i8(3) 0 0 127" },
    { OP_clip, { "i64(3) -9007199254740993 2 9007199254740993" }, { FLOAT(min, -2.5) },
      .want = "i64(3) -2 2 9007199254740993" },
    { OP_neg, { "i8(2) -128 1" }, .want = "i8(2) -128 -1" },
    { OP_abs, { "i64(2) -9007199254740993 4" }, .want = "i64(2) 9007199254740993 4" },
    { OP_not, { "bool(2) 0 1" }, .want = "bool(2) 1 0" },
};

static const Case cast[] = {
    { OP_cast, { "f32(4) -1.9 1.9 300 -300" }, { WORD(to, "i8") }, .want = "i8(4) -1 1 127 -128" },
    { OP_cast, { "f64(3) nan 1e30 -1e30" }, { WORD(to, "i64") },
      .want = "i64(3) 0 9223372036854775807 -9223372036854775808" },
    { OP_cast, { "i32(3) 257 -1 65" }, { WORD(to, "u8") }, .want = "u8(3) 1 255 65" },
    { OP_cast, { "f32(3) 0 -0.1 nan" }, { WORD(to, "bool") }, .want = "bool(3) 0 1 1" },
    { OP_cast, { "bool(2) 0 1" }, { WORD(to, "f32") }, .want = "f32(2) 0 1" },
    { OP_cast, { "i64(1) 9007199254740993" }, { WORD(to, "u64") },
      .want = "u64(1) 9007199254740993" },
    /* 2^54 + 2^30 + 1 is above a tie that rounding to double first would not see */
    { OP_cast, { "i64(1) 18014399583223809" }, { WORD(to, "f32") },
      .want = "f32(1) 18014400656965632" },
    /* f16: one, the largest, the least subnormal, -inf, nan */
    { OP_cast, { "f16(5) 0x3c00 0x7bff 1 0xfc00 0x7e00" }, { WORD(to, "f64") },
      .want = "f64(5) 1 65504 5.960464477539063e-08 -inf nan" },
    /* ties to even, up and down; overflow from halfway on; into and inside the subnormals */
    { OP_cast, { "f64(9) 2049 2051 65519.99 65520 6.103515625e-05 6.0975551605224609e-05 "
                 "2.98023223876953125e-08 2.9802322387695317e-08 -0.0" }, { WORD(to, "f16") },
      .want = "f16(9) 0x6800 0x6802 0x7bff 0x7c00 0x400 0x3ff 0 1 0x8000" },
};

static const Case binary[] = {
    { OP_add, { "f32(2,1) 1 2", "f32(3) 10 20 30" }, .want = "f32(2,3) 11 21 31 12 22 32" },
    { OP_add, { "i64() 9007199254740993", "i64(2) 1 -9007199254740993" },
      .want = "i64(2) 9007199254740994 0" },
    { OP_add, { "f32(2) 1 -5", "f32(2) 2 2" }, .want = "f32(2) 3 0", .act = { .op = OP_relu } },
    { OP_add, { "i32(2) 1 -5", "i32(2) 2 2" }, .want = "i32(2) 3 0", .act = { .op = OP_relu } },
    { OP_sub, { "u8(2) 1 5", "u8(2) 2 2" }, .want = "u8(2) 255 3" },
    { OP_mul, { "i64(2) 4294967297 -3", "i64(2) 4294967295 7" },
      .want = "i64(2) 18446744073709551615 -21" },
    { OP_div, { "i32(5) 7 -7 7 -7 1", "i32(5) 2 2 -2 -2 0" }, .want = "i32(5) 3 -3 -3 3 0" },
    { OP_div, { "i64(1) -9223372036854775808", "i64(1) -1" },
      .want = "i64(1) -9223372036854775808" },
    { OP_div, { "u64(1) 18446744073709551615", "u64(1) 2" },
      .want = "u64(1) 9223372036854775807" },
    { OP_div, { "f32(2) 1 -1", "f32(1) 0" }, .want = "f32(2) inf -inf" },
    { OP_min, { "f32(4) 1 nan 3 4", "f32(4) 2 0 nan -4" }, .want = "f32(4) 1 nan nan -4" },
    { OP_max, { "u64(2) 18446744073709551615 1", "u64(2) 1 2" },
      .want = "u64(2) 18446744073709551615 2" },
    { OP_mod, { "i32(4) 7 -7 7 -7", "i32(4) 3 3 -3 -3" }, .want = "i32(4) 1 2 -2 -1" },
    { OP_mod, { "i32(4) 7 -7 7 -7", "i32(4) 3 3 -3 -3" }, { INT(fmod, 1) },
      .want = "i32(4) 1 -1 1 -1" },
    { OP_mod, { "f32(2) 5.5 -5.5", "f32(2) 2 2" }, { INT(fmod, 1) }, .want = "f32(2) 1.5 -1.5" },
    { OP_pow, { "f32(3) 2 -2 9", "i64(3) 10 3 -1" }, .want = "f32(3) 1024 -8 0.11111111" },
    { OP_pow, { "i64(2) 3 -3", "i64() 39" },
      .want = "i64(2) 4052555153018976267 -4052555153018976267" },
    { OP_pow, { "i32(2) 9 4", "f32() 0.5" }, .want = "i32(2) 3 2" },
    { OP_prelu, { "f32(2,2) -1 -2 3 -4", "f32(2,1) 0.5 10" }, .want = "f32(2,2) -0.5 -1 3 -40" },
    { OP_equal, { "f32(3) 1 nan 0", "f32(3) 1 nan -0.0" }, .want = "bool(3) 1 0 1" },
    { OP_equal, { "i64(1) 9007199254740993", "i64(1) 9007199254740992" }, .want = "bool(1) 0" },
    { OP_less, { "u64(2) 18446744073709551615 1", "u64() 2" }, .want = "bool(2) 0 1" },
    { OP_less_equal, { "i32(3) 1 2 3", "i32() 2" }, .want = "bool(3) 1 1 0" },
    { OP_greater, { "i32(3) 1 2 3", "i32() 2" }, .want = "bool(3) 0 0 1" },
    { OP_greater_equal, { "f32(3) 1 2 nan", "f32() 2" }, .want = "bool(3) 0 1 0" },
    { OP_and, { "bool(2,1) 0 1", "bool(2) 0 1" }, .want = "bool(2,2) 0 0 0 1" },
    { OP_or, { "bool(2,1) 0 1", "bool(2) 0 1" }, .want = "bool(2,2) 0 1 1 1" },
    { OP_xor, { "bool(2,1) 0 1", "bool(2) 0 1" }, .want = "bool(2,2) 0 1 1 0" },
    { OP_where, { "bool(2,1) 0 1", "i8(2) 1 2", "i8() 9" }, .want = "i8(2,2) 9 9 1 2" },
};

static void test_unary(void **state) { (void)state; RUN_CASES(unary); }
static void test_cast(void **state) { (void)state; RUN_CASES(cast); }
static void test_binary(void **state) { (void)state; RUN_CASES(binary); }

/* Every half goes to double and back to the same bits. */
static void test_all_halves(void **state)
{
    (void)state;
    for (uint32_t h = 0; h < 65536; h++) {
        uint16_t bits = (uint16_t)h;
        double x = ir_element(&(Value){ .dtype = DT_F16, .data = &bits }, 0);
        if (isnan(x))
            assert_true(isnan(x) && (ref_half_bits(x) & 0x7c00) == 0x7c00);
        else
            assert_int_equal(ref_half_bits(x), bits);
    }
}

/* y = relu(x + c), z = y * y, and a part that is constant: k = c + c. */
static void graph(World *w, ValueId v[5])
{
    world_open(w);
    v[0] = value(w, "x", "f32(3)");
    v[1] = value(w, "c", "f32(3) 1 2 3");
    v[2] = ir_add1(w->g, "y", &(NodeSpec){ .op = OP_add, .in = v, .n_in = 2 }, &w->d);
    v[3] = ir_add1(w->g, "k", &(NodeSpec){ .op = OP_add, .in = (ValueId[]){ v[1], v[1] },
                                           .n_in = 2 }, &w->d);
    v[4] = ir_add1(w->g, "z", &(NodeSpec){ .op = OP_mul, .in = &v[2], .n_in = 2 }, &w->d);
    ir_set_inputs(w->g, &v[0], 1);
    ir_set_outputs(w->g, &v[4], 1);
}

static void test_run(void **state)
{
    const float x[3] = { 1, -1, 0 };
    const void *input = x;
    World w;
    ValueId v[5];
    RefTensor *all;

    (void)state;
    graph(&w, v);
    assert_true(ref_run(w.g, &input, &w.a, &all, &w.d));
    compare(&all[v[4].id], ir_val(w.g, value(&w, "want", "f32(3) 4 4 18")), "z", 0);
    compare(&all[v[2].id], ir_val(w.g, value(&w, "want", "f32(3) 2 1 3")), "y", 0);
    arena_destroy(&w.a);
}

static void test_fold(void **state)
{
    World w;
    ValueId v[5];

    (void)state;
    graph(&w, v);
    assert_false(ref_fold(w.g, ir_val(w.g, v[2])->producer, 100));      /* reads an input */
    assert_false(ref_fold(w.g, ir_val(w.g, v[3])->producer, 2));        /* too large */
    assert_true(ref_fold(w.g, ir_val(w.g, v[3])->producer, 3));
    assert_int_equal(ir_val(w.g, v[3])->kind, VAL_CONST);
    compare(&(RefTensor){ DT_F32, { 1, { 3 } }, (void *)(uintptr_t)ir_val(w.g, v[3])->data },
            ir_val(w.g, value(&w, "want", "f32(3) 2 4 6")), "k", 0);
    assert_true(ir_check(w.g, "fold", &w.d));
    arena_destroy(&w.a);
}

/* A constant that would take hours is left alone. */
static void test_fold_gives_up(void **state)
{
    const Case c = { OP_conv, { "f32(1,1,100000) 1", "f32(1,1,100000) 1" },
                     { INTS(pad, 50000, 49999) }, .want = "" };
    World w;

    (void)state;
    world_open(&w);
    assert_false(ref_fold(w.g, add_case(&w, &c), INT64_MAX));
    arena_destroy(&w.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unary),
        cmocka_unit_test(test_cast),
        cmocka_unit_test(test_binary),
        cmocka_unit_test(test_all_halves),
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_fold_gives_up),
    };

    return cmocka_run_group_tests_name("ref", tests, NULL, NULL);
}
