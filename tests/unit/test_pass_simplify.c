/* SPDX-License-Identifier: Apache-2.0 */
/* The passes that make a graph smaller without knowing nets: fold_const, dce, fold_identity, cse,
 * sink_transpose, global_pool, and the pipeline.  net_pass compares what is computed; the tests
 * say what must be left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pass_net.h"

/* ---- fold_const ---- */

static void chain_of_constants(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3)), w = net_weight(t, DIMS(3, 2));

    w = net_op(t, OP_transpose, VALS(w), WITH(LIST(perm, 1, 0)));
    w = net_bin_k(t, OP_mul, net_un(t, OP_exp, w), 0.5);
    net_output(t, net_bin(t, OP_add, x, w));
    net_pass(t, "fold_const");
    assert_int_equal(net_nodes(t), 1);
}

static void constant_output_keeps_its_name(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2)), k = net_un(t, OP_exp, net_weight(t, DIMS(2)));

    net_output(t, net_bin(t, OP_add, x, k));
    net_output(t, k);
    net_pass(t, "fold_const");
    assert_int_equal(net_count(t, OP_exp), 0);
    assert_int_equal(net_count(t, OP_identity), 1);
    net_pass(t, NULL);
    assert_int_equal(net_count(t, OP_identity), 1);
}

static void expanding_constant_stays(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 1, 1, 1)), k = net_weight(t, DIMS(1));
    ValueId big = net_op(t, OP_expand, VALS(k), WITH(LIST(shape, 1, 8, 256, 256)));

    net_output(t, net_bin(t, OP_pow, x, net_un(t, OP_abs, big)));
    net_pass(t, "fold_const");
    assert_int_equal(net_count(t, OP_expand), 1);
    assert_int_equal(net_count(t, OP_abs), 1);
}

/* ---- dce ---- */

static void unread_nodes_go(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(4)), y = net_un(t, OP_exp, x);

    net_un(t, OP_sqrt, net_un(t, OP_abs, y));
    net_output(t, y);
    net_pass(t, "dce");
    assert_int_equal(net_nodes(t), 1);
    assert_int_equal(t->g->n_node, 2);
}

/* ---- fold_identity ---- */

static void neutral_constants(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3)), y = net_un(t, OP_exp, x);

    y = net_bin_k(t, OP_add, net_bin_k(t, OP_mul, y, 1), 0);
    y = net_bin_k(t, OP_div, net_bin_k(t, OP_sub, y, 0), 1);
    y = net_bin(t, OP_mul, ir_const_f32(t->g, "k", 1), y);
    net_output(t, net_bin_k(t, OP_pow, y, 1));
    net_pass(t, "cse");
    assert_int_equal(net_nodes(t), 1);
}

/* 0 - x, 1 / x, and a constant that makes the result larger than x do something. */
static void not_neutral(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(3)), one = ir_const_f32(t->g, "k", 1);

    net_output(t, net_bin(t, OP_sub, ir_const_f32(t->g, "k", 0), x));
    net_output(t, net_bin(t, OP_div, one, x));
    net_output(t, net_bin(t, OP_pow, one, x));
    net_output(t, net_bin(t, OP_mul, x,
                          net_op(t, OP_expand, VALS(one), WITH(LIST(shape, 2, 3)))));
    x = net_bin_k(t, OP_add, x, 0);
    net_act(t, x, OP_relu);
    net_output(t, x);
    net_pass(t, "cse");
    assert_int_equal(net_nodes(t), 5);
}

static void movement_that_moves_nothing(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 4, 2, 3)), y = net_un(t, OP_exp, x);

    y = net_op(t, OP_pad, VALS(y), WITH(LIST(pad, 0, 0, 0, 0, 0, 0, 0, 0)));
    y = net_op(t, OP_slice, VALS(y), PLAIN);
    y = net_op(t, OP_expand, VALS(y), WITH(LIST(shape, 1, 4, 2, 3)));
    y = net_op(t, OP_tile, VALS(y), WITH(LIST(repeats, 1, 1, 1, 1)));
    y = net_op(t, OP_concat, VALS(y), WITH(attr_int(A_axis, 1)));
    y = net_op(t, OP_split, VALS(y), WITH(attr_int(A_axis, 1)));
    y = net_op(t, OP_resize, VALS(y), WITH(LIST(size, 1, 4, 2, 3)));
    y = net_op(t, OP_max_pool, VALS(y), WITH(LIST(kernel, 1, 1)));
    y = net_op(t, OP_transpose, VALS(y), WITH(LIST(perm, 0, 2, 3, 1)));
    y = net_op(t, OP_transpose, VALS(y), WITH(LIST(perm, 0, 3, 1, 2)));
    y = net_op(t, OP_reshape, VALS(y), WITH(LIST(shape, 4, 6)));
    y = net_op(t, OP_reshape, VALS(y), WITH(LIST(shape, 1, 4, 2, 3)));
    y = net_op(t, OP_cast, VALS(y), WITH(attr_word(A_to, "f32")));
    y = net_op(t, OP_reduce_sum, VALS(y), WITH(LIST(axes, 0)));
    net_output(t, net_clip(t, y, (double)-INFINITY, (double)INFINITY));
    net_pass(t, "cse");
    assert_int_equal(net_nodes(t), 1);
}

static void movement_that_moves(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 2, 3, 3));

    net_output(t, net_op(t, OP_pad, VALS(x), WITH(LIST(pad, 0, 0, 1, 0, 0, 0, -1, 0))));
    net_output(t, net_op(t, OP_slice, VALS(x), WITH(LIST(start, 0, 0, 2, 0),
                                                    LIST(step, 1, 1, -1, 1))));
    net_output(t, net_op(t, OP_transpose, VALS(x), WITH(LIST(perm, 0, 1, 3, 2))));
    net_output(t, net_op(t, OP_max_pool, VALS(x), WITH(LIST(kernel, 1, 1), LIST(stride, 2, 2))));
    net_pass(t, "cse");
    assert_int_equal(net_nodes(t), 4);
}

static void transpose_of_ones_is_a_reshape(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 4, 1, 1));
    ValueId y = net_op(t, OP_transpose, VALS(x), WITH(LIST(perm, 0, 2, 3, 1)));

    net_output(t, net_op(t, OP_reshape, VALS(y), WITH(LIST(shape, 1, 4))));
    net_pass(t, "cse");
    assert_int_equal(net_nodes(t), 1);
    assert_int_equal(net_count(t, OP_reshape), 1);
}

/* Two permutations that do not commute. */
static void transposes_become_one(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3, 4, 5));

    x = net_op(t, OP_transpose, VALS(x), WITH(LIST(perm, 1, 2, 0, 3)));
    net_output(t, net_op(t, OP_transpose, VALS(x), WITH(LIST(perm, 3, 1, 2, 0))));
    net_pass(t, "cse");
    assert_int_equal(net_nodes(t), 1);
}

static void clips(void **state)
{
    static const struct { double in[2], out[2], want[2]; } cases[] = {
        { { 0, 6 }, { -1, 4 }, { 0, 4 } },
        { { -1, 1 }, { 0, 6 }, { 0, 1 } },
        { { -1, 0 }, { 1, 2 }, { 1, 1 } },         /* disjoint: a constant */
        { { 2, 1 }, { 0, 6 }, { 1, 1 } },          /* contradictory: the upper bound */
        { { 0, 1 }, { 3, 2 }, { 2, 2 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Net t;
        ValueId x;

        net_begin(&t, i);
        x = net_clip(&t, net_input(&t, DIMS(32)), cases[i].in[0], cases[i].in[1]);
        net_output(&t, net_clip(&t, x, cases[i].out[0], cases[i].out[1]));
        net_pass(&t, "cse");
        assert_true(ir_float(net_only(&t, OP_clip), A_min) == cases[i].want[0]);
        assert_true(ir_float(net_only(&t, OP_clip), A_max) == cases[i].want[1]);
        net_end(&t);
    }
}

static void relu_of_relu_and_clip_from_0(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(32));

    x = net_un(t, OP_relu, net_un(t, OP_relu, net_clip(t, x, 0, (double)INFINITY)));
    net_output(t, x);
    net_pass(t, "cse");
    assert_int_equal(net_nodes(t), 1);
    assert_int_equal(net_count(t, OP_relu), 1);
}

/* (1,4,1,1) expanded to the image before the product, as x * s.expand_as(x) is exported. */
static void expand_before_a_product(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 4, 3, 3)), s = net_input(t, DIMS(1, 4, 1, 1));

    s = net_op(t, OP_expand, VALS(s), WITH(LIST(shape, 1, 4, 3, 3)));
    net_output(t, net_bin(t, OP_mul, x, s));
    net_pass(t, "dce");
    assert_int_equal(net_count(t, OP_expand), 1);
    net_pass(t, "cse");
    assert_int_equal(net_nodes(t), 1);
}

/* Outputs keep their names and stay apart: from inputs, constants, and each other. */
static void outputs_that_equal_something(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(3)), y = net_un(t, OP_exp, x);

    net_output(t, net_bin_k(t, OP_mul, x, 1));
    net_output(t, net_un(t, OP_identity, net_weight(t, DIMS(3))));
    net_output(t, net_un(t, OP_identity, y));
    net_output(t, net_un(t, OP_identity, y));
    net_output(t, net_un(t, OP_sqrt, y));
    net_pass(t, "cse");
    assert_int_equal(net_count(t, OP_identity), 3);
    assert_int_equal(net_nodes(t), 5);
}

/* ---- cse ---- */

static void equal_nodes(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 2, 4, 4)), y = net_input(t, DIMS(1, 2, 4, 4)), a, b;

    a = net_bin(t, OP_add, net_bin_k(t, OP_mul, x, 3), y);
    b = net_bin(t, OP_add, y, net_bin_k(t, OP_mul, x, 3));
    net_output(t, net_bin(t, OP_sub, net_clip(t, a, 0, 6), net_clip(t, b, 0, 5)));
    net_pass(t, "cse");
    assert_int_equal(net_count(t, OP_mul), 1);
    assert_int_equal(net_count(t, OP_add), 1);
    assert_int_equal(net_count(t, OP_clip), 2);
}

static void equal_outputs_stay_two(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(3)), a = net_un(t, OP_exp, x), b = net_un(t, OP_exp, x);

    net_output(t, a);
    net_output(t, b);
    net_output(t, net_bin(t, OP_sub, x, net_un(t, OP_exp, x)));
    net_pass(t, "cse");
    assert_int_equal(net_count(t, OP_exp), 1);
    assert_int_equal(net_count(t, OP_identity), 1);
}

/* ---- sink_transpose ---- */

static ValueId to_last(Net *t, ValueId x)
{
    return net_op(t, OP_transpose, VALS(x), WITH(LIST(perm, 0, 2, 3, 1)));
}

static ValueId to_first(Net *t, ValueId x)
{
    return net_op(t, OP_transpose, VALS(x), WITH(LIST(perm, 0, 3, 1, 2)));
}

static void transposed_tree(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3, 4, 5)), y = net_input(t, DIMS(2, 3, 4, 5)), z;

    x = net_bin(t, OP_add, to_last(t, x), net_weight(t, DIMS(3)));
    y = net_un(t, OP_tanh, net_bin_k(t, OP_mul, to_last(t, y), 2));
    z = net_op(t, OP_concat, VALS(x, y), WITH(attr_int(A_axis, 3)));
    z = net_op(t, OP_pad, VALS(z), WITH(LIST(pad, 0, 1, 2, 0, 0, 3, 0, 0)));
    z = net_op(t, OP_slice, VALS(z), WITH(LIST(start, 0, 1, 0, 2), LIST(size, 2, 5, 7, 3)));
    z = net_op(t, OP_softmax, VALS(z), WITH(attr_int(A_axis, -1)));
    net_output(t, to_first(t, z));
    net_pass(t, "global_pool");
    assert_int_equal(net_count(t, OP_transpose), 0);
}

/* One leaf is not transposed, or somebody else reads the middle: all stays. */
static void transposes_that_meet_nothing(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3, 4, 5)), y = net_input(t, DIMS(2, 4, 5, 3)), z;

    net_output(t, to_first(t, net_bin(t, OP_add, to_last(t, x), y)));
    z = net_un(t, OP_exp, to_last(t, x));
    net_output(t, z);
    net_output(t, to_first(t, z));
    net_output(t, to_last(t, net_un(t, OP_exp, to_last(t, y))));
    net_pass(t, "global_pool");
    assert_int_equal(net_count(t, OP_transpose), 5);       /* two are equal */
}

static void reduction_of_a_transpose(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3, 4, 5));

    net_output(t, net_op(t, OP_reduce_mean, VALS(to_last(t, x)),
                         WITH(LIST(axes, 1, 2), attr_int(A_keep, 0))));
    net_output(t, net_op(t, OP_reduce_max, VALS(to_last(t, x)), WITH(LIST(axes, 1, 2))));
    net_output(t, net_op(t, OP_reduce_sum, VALS(to_last(t, x)),
                         WITH(LIST(axes, 0), attr_int(A_keep, 0))));
    net_pass(t, "global_pool");
    assert_int_equal(net_count(t, OP_transpose), 1);       /* H, W, C is another order */
    assert_int_equal(net_count(t, OP_reshape), 1);         /* moves dimensions of 1 only */
}

/* ---- global_pool ---- */

static void pools_over_the_image(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3, 5, 4)), y;

    y = net_op(t, OP_avg_pool, VALS(x), WITH(LIST(kernel, 5, 4), LIST(stride, 5, 4)));
    net_output(t, net_op(t, OP_reshape, VALS(y), WITH(LIST(shape, 2, 3))));
    net_output(t, net_op(t, OP_max_pool, VALS(x), WITH(LIST(kernel, 5, 4))));
    net_output(t, net_op(t, OP_avg_pool, VALS(x), WITH(LIST(kernel, 5, 3))));
    net_output(t, net_op(t, OP_max_pool, VALS(x), WITH(LIST(kernel, 5, 4),
                                                       LIST(pad, 1, 0, 1, 0))));
    net_pass(t, "global_pool");
    assert_false(ir_int(net_only(t, OP_reduce_mean), A_keep));
    assert_true(ir_int(net_only(t, OP_reduce_max), A_keep));
    assert_int_equal(net_count(t, OP_avg_pool), 1);
    assert_int_equal(net_count(t, OP_max_pool), 1);
    assert_int_equal(net_count(t, OP_reshape), 0);
}

/* x.mean(3).mean(2), and the same with keep. */
static void one_axis_after_the_other(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3, 5, 4)), y;

    y = net_op(t, OP_reduce_mean, VALS(x), WITH(LIST(axes, 2), attr_int(A_keep, 0)));
    net_output(t, net_op(t, OP_reduce_mean, VALS(y), WITH(LIST(axes, 2), attr_int(A_keep, 0))));
    y = net_op(t, OP_reduce_max, VALS(x), WITH(LIST(axes, 3)));
    net_output(t, net_op(t, OP_reduce_max, VALS(y), WITH(LIST(axes, 2))));
    y = net_op(t, OP_reduce_sum, VALS(x), WITH(LIST(axes, 3)));
    net_output(t, net_op(t, OP_reduce_max, VALS(y), WITH(LIST(axes, 2))));
    y = net_op(t, OP_reduce_min, VALS(x), WITH(LIST(axes, 3)));
    net_output(t, net_op(t, OP_reduce_min, VALS(y), WITH(LIST(axes, 2))));
    net_output(t, net_op(t, OP_reduce_min, VALS(y), WITH(LIST(axes, 1))));
    net_pass(t, "global_pool");
    assert_int_equal(net_count(t, OP_reduce_mean), 1);
    assert_int_equal(net_count(t, OP_reduce_min), 3);      /* the first has two readers */
    assert_int_equal(net_nodes(t), 7);
}

/* ---- the pipeline ---- */

static void unknown_pass(void **state)
{
    Net *t = *state;
    mnc_options options = { 0 };
    Job job = { .g = t->g, .options = &options, .d = &t->d };

    net_output(t, net_un(t, OP_exp, net_input(t, DIMS(2))));
    assert_false(pass_run_all(&job, "fold_cosnt"));
    assert_string_equal(t->d.first->text, "there is no pass 'fold_cosnt'");
    assert_string_equal(t->d.first->hint, "did you mean 'fold_const'?");
}

static void plain_fuses_nothing(void **state)
{
    Net *t = *state;
    mnc_options options = { .plain = 1 };
    Job job = { .g = t->g, .options = &options, .d = &t->d };
    ValueId x = net_input(t, DIMS(1, 2, 4, 4));

    x = net_bin(t, OP_conv, x, net_un(t, OP_exp, net_weight(t, DIMS(3, 2, 1, 1))));
    net_output(t, net_un(t, OP_relu, net_bn(t, x)));
    assert_true(pass_run_all(&job, "dce"));
    assert_int_equal(net_nodes(t), 3);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, net_setup, net_teardown)
    const struct CMUnitTest tests[] = {
        TEST(chain_of_constants), TEST(constant_output_keeps_its_name),
        TEST(expanding_constant_stays), TEST(unread_nodes_go), TEST(neutral_constants),
        TEST(not_neutral), TEST(movement_that_moves_nothing), TEST(movement_that_moves),
        TEST(transpose_of_ones_is_a_reshape), TEST(transposes_become_one),
        cmocka_unit_test(clips),
        TEST(relu_of_relu_and_clip_from_0), TEST(expand_before_a_product),
        TEST(outputs_that_equal_something), TEST(equal_nodes), TEST(equal_outputs_stay_two),
        TEST(transposed_tree), TEST(transposes_that_meet_nothing), TEST(reduction_of_a_transpose),
        TEST(pools_over_the_image), TEST(one_axis_after_the_other), TEST(unknown_pass),
        TEST(plain_fuses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
