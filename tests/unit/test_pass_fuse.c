/* SPDX-License-Identifier: Apache-2.0 */
/* The passes that know nets: to_dense, fold_bn, fold_pad, fuse_residual, fuse_act.  net_pass
 * compares what is computed; the tests say what must be left, and what must not be touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pass_net.h"

static ValueId conv_like(Net *t, ValueId x, int64_t out, int64_t kernel, bool bias)
{
    ValueId in[3] = { x, net_weight(t, DIMS(out, ir_val(t->g, x)->shape.dim[1], kernel, kernel)) };
    const int64_t p = kernel / 2;

    if (bias)
        in[2] = net_weight(t, DIMS(out));
    return net_op(t, OP_conv, in, bias ? 3 : 2, WITH(LIST(pad, p, p, p, p)));
}

/* ---- to_dense ---- */

static void matrix_and_vector(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 5)), y = net_input(t, DIMS(2, 3, 5));

    net_output(t, net_bin(t, OP_matmul, x, net_weight(t, DIMS(5, 4))));
    x = net_bin(t, OP_matmul, x, net_weight(t, DIMS(5, 4)));
    net_output(t, net_bin(t, OP_add, net_weight(t, DIMS(4)), x));
    y = net_bin(t, OP_matmul, y, net_weight(t, DIMS(5, 4)));
    net_output(t, net_bin(t, OP_add, y, net_weight(t, DIMS(4))));
    net_pass(t, "fold_bn");
    assert_int_equal(net_count(t, OP_dense), 3);
    assert_int_equal(net_count(t, OP_reshape), 2);
    assert_int_equal(net_nodes(t), 5);
}

/* Two variable factors, a stack of matrices, a row vector on the left. */
static void other_products(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 5)), y = net_input(t, DIMS(5, 4));

    net_output(t, net_bin(t, OP_matmul, x, y));
    net_output(t, net_bin(t, OP_matmul, x, net_weight(t, DIMS(3, 5, 4))));
    net_output(t, net_bin(t, OP_matmul, net_input(t, DIMS(5)), net_weight(t, DIMS(5, 4))));
    net_pass(t, "to_dense");
    assert_int_equal(net_count(t, OP_matmul), 3);
}

/* ---- sink_reshape ---- */

/* A product of rank 3 with all that follows becomes one dense layer between two reshapes. */
static void through_the_reshape(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3, 5)), y;

    y = net_bin(t, OP_matmul, x, net_weight(t, DIMS(5, 4)));
    y = net_bin(t, OP_mul, net_bin_k(t, OP_add, y, 2), net_weight(t, DIMS(4)));
    net_output(t, net_un(t, OP_gelu, net_un(t, OP_neg, y)));
    net_pass(t, "fuse_act");
    assert_int_equal(net_nodes(t), 3);
    assert_int_equal(net_only(t, OP_dense)->act.op, OP_gelu);
}

static void reshapes_that_stay(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3, 4)), r;

    r = net_op(t, OP_reshape, VALS(x), WITH(LIST(shape, 6, 4)));
    net_output(t, net_un(t, OP_tanh, r));                       /* r has two readers */
    net_output(t, r);
    r = net_op(t, OP_reshape, VALS(x), WITH(LIST(shape, 2, 12)));
    net_output(t, net_bin(t, OP_mul, r, net_weight(t, DIMS(12))));
    r = net_op(t, OP_reshape, VALS(x), WITH(LIST(shape, 24)));
    net_output(t, net_bin(t, OP_sub, net_weight(t, DIMS(2, 24)), r));
    r = net_op(t, OP_reshape, VALS(net_input(t, DIMS(1, 1))), WITH(LIST(shape, 1)));
    net_output(t, net_bin(t, OP_prelu, net_weight(t, DIMS(1)), r));
    net_pass(t, "sink_reshape");
    for (uint32_t i = 1; i < t->g->n_node; i++)
        if (t->g->node[i].op == OP_reshape)
            assert_int_equal(ir_val(t->g, t->g->node[i].in[0])->kind, VAL_INPUT);
    assert_int_equal(net_count(t, OP_reshape), 4);
}

/* ---- fold_bn ---- */

static void bn_after_each_linear_op(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 4, 5, 5)), y = net_input(t, DIMS(2, 6)), c[4];

    c[0] = conv_like(t, x, 3, 3, true);
    c[1] = net_op(t, OP_conv, VALS(x, net_weight(t, DIMS(6, 2, 3, 3))),
                  WITH(attr_int(A_group, 2)));
    c[2] = net_op(t, OP_conv_transpose, VALS(x, net_weight(t, DIMS(4, 3, 2, 2))),
                  WITH(attr_int(A_group, 2), LIST(stride, 2, 2)));
    c[3] = net_bin(t, OP_dense, y, net_weight(t, DIMS(5, 6)));
    for (int i = 0; i < 4; i++)
        net_output(t, net_bn(t, c[i]));
    net_pass(t, "fold_bn");
    assert_int_equal(net_nodes(t), 4);
    assert_int_equal(net_count(t, OP_batch_norm), 0);
}

/* BN as exporters spell it out, and whatever else is done per channel. */
static void constants_per_channel(void **state)
{
    Net *t = *state;
    ValueId y = conv_like(t, net_input(t, DIMS(2, 3, 5, 5)), 4, 3, false);

    y = net_bin(t, OP_mul, y, net_weight(t, DIMS(1, 4, 1, 1)));
    y = net_bin(t, OP_add, net_weight(t, DIMS(4, 1, 1)), y);
    y = net_bin(t, OP_div, y, net_positive(t, DIMS(4, 1, 1)));
    y = net_bin_k(t, OP_sub, y, 3);
    y = net_un(t, OP_neg, y);
    y = net_bin(t, OP_sub, net_weight(t, DIMS(1)), y);
    net_output(t, net_bn(t, y));
    net_pass(t, "fold_bn");
    assert_int_equal(net_nodes(t), 1);
}

/* Constants per column or element, the wrong side of a division, division by 0. */
static void constants_otherwise(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 3, 4, 4));

    net_output(t, net_bin(t, OP_mul, conv_like(t, x, 4, 1, false), net_weight(t, DIMS(4))));
    net_output(t, net_bin(t, OP_add, conv_like(t, x, 4, 1, false), net_weight(t, DIMS(4, 4))));
    net_output(t, net_bin(t, OP_div, net_positive(t, DIMS(4, 1, 1)),
                          conv_like(t, x, 4, 1, true)));
    net_output(t, net_bin_k(t, OP_div, conv_like(t, x, 4, 1, false), 0));
    net_output(t, net_bin(t, OP_mul, conv_like(t, x, 1, 1, false), net_weight(t, DIMS(4, 1, 1))));
    net_pass(t, "fold_bn");
    assert_int_equal(net_nodes(t), 10);
}

static void bn_that_must_stay(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 3, 4, 4)), y = conv_like(t, x, 3, 3, true);

    net_output(t, net_bn(t, net_un(t, OP_relu, y)));
    net_output(t, net_bn(t, y));                                        /* y has two readers */
    net_output(t, net_bn(t, net_op(t, OP_concat, VALS(x, y), WITH(attr_int(A_axis, 1)))));
    net_pass(t, "fold_bn");
    assert_int_equal(net_count(t, OP_batch_norm), 3);
}

/* The conv's own result is an output: it must hold what it held. */
static void bn_after_an_output(void **state)
{
    Net *t = *state;
    ValueId y = conv_like(t, net_input(t, DIMS(1, 3, 4, 4)), 3, 1, true);

    net_output(t, y);
    net_output(t, net_bn(t, y));
    net_pass(t, NULL);
    assert_int_equal(net_count(t, OP_batch_norm), 1);
}

/* A file in the spec language may hold what later passes make. */
static void bn_after_fused_ops(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 3, 4, 4)), w = net_weight(t, DIMS(3, 3, 1, 1)), y;

    net_output(t, net_bn(t, net_op(t, OP_conv, VALS(x, w, net_weight(t, DIMS(3)), x), PLAIN)));
    y = conv_like(t, x, 3, 3, true);
    net_act(t, y, OP_relu);
    net_output(t, net_bn(t, y));
    y = net_bin_k(t, OP_add, conv_like(t, x, 3, 3, true), 1);
    net_act(t, y, OP_relu);
    net_output(t, y);
    net_pass(t, "fold_bn");
    assert_int_equal(net_count(t, OP_batch_norm), 2);
    assert_int_equal(net_count(t, OP_add), 1);
}

static void weights_of_two_convs(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 2, 4, 4)), w = net_weight(t, DIMS(3, 2, 1, 1));

    net_output(t, net_bn(t, net_bin(t, OP_conv, x, w)));
    net_output(t, net_bin(t, OP_conv, net_un(t, OP_exp, x), w));
    net_pass(t, "fold_bn");
    assert_int_equal(net_count(t, OP_batch_norm), 0);
}

/* ---- fold_pad ---- */

static ValueId padded(Net *t, ValueId x, double value)
{
    return net_op(t, OP_pad, VALS(x), WITH(LIST(pad, 0, 0, 1, 0, 0, 0, 1, 2),
                                           attr_float(A_value, value)));
}

static ValueId max_pool(Net *t, ValueId x)
{
    return net_op(t, OP_max_pool, VALS(x), WITH(LIST(kernel, 3, 3), LIST(stride, 2, 2)));
}

static ValueId avg_pool(Net *t, ValueId x, int64_t pad, int64_t count_pad)
{
    return net_op(t, OP_avg_pool, VALS(x), WITH(LIST(kernel, 4, 4), LIST(pad, pad, 0, pad, 0),
                                                attr_int(A_count_pad, count_pad)));
}

static void pads_that_fit(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 3, 6, 6)), p = padded(t, x, 0);

    net_output(t, conv_like(t, p, 4, 3, true));          /* both read p */
    net_output(t, avg_pool(t, p, 0, 0));
    net_output(t, avg_pool(t, padded(t, net_un(t, OP_abs, x), 0), 1, 1));
    net_output(t, max_pool(t, padded(t, net_un(t, OP_exp, x), (double)-INFINITY)));
    net_output(t, max_pool(t, padded(t, net_un(t, OP_relu, x), 0)));
    net_output(t, max_pool(t, padded(t, net_clip(t, x, 0.5, 6), 0)));
    net_pass(t, "fuse_residual");
    assert_int_equal(net_count(t, OP_pad), 0);
}

static void pads_that_do_not(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 3, 6, 6)), p = padded(t, net_un(t, OP_abs, x), 0), r;

    net_output(t, conv_like(t, p, 4, 3, true));
    net_output(t, net_un(t, OP_exp, p));                 /* the other reader of p */
    net_output(t, conv_like(t, padded(t, x, 1), 4, 3, true));
    net_output(t, avg_pool(t, padded(t, net_un(t, OP_exp, x), 0), 1, 0));
    net_output(t, max_pool(t, padded(t, net_un(t, OP_tanh, x), 0)));
    net_output(t, max_pool(t, padded(t, net_clip(t, x, -0.5, 6), 0)));
    r = net_op(t, OP_pad, VALS(x), WITH(LIST(pad, 0, 0, 1, 0, 0, 0, 1, 0),
                                        attr_word(A_mode, "reflect")));
    net_output(t, conv_like(t, r, 4, 3, true));
    r = net_op(t, OP_pad, VALS(x), WITH(LIST(pad, 0, 1, 0, 0, 0, 0, 0, 0)));
    net_output(t, conv_like(t, r, 4, 3, true));
    r = padded(t, net_un(t, OP_elu, x), 0);
    net_output(t, net_op(t, OP_conv, VALS(padded(t, x, 0), net_weight(t, DIMS(3, 3, 1, 1)),
                                          net_weight(t, DIMS(3)), r), PLAIN));
    net_pass(t, "fuse_residual");
    assert_int_equal(net_count(t, OP_pad), 8);           /* r, but not what the conv slides over */
}

/* ---- fuse_residual, fuse_act ---- */

static void residual_of_the_later_conv(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 3, 4, 4)), a, b;

    a = conv_like(t, x, 3, 1, false);
    b = conv_like(t, net_un(t, OP_exp, x), 3, 3, true);
    net_output(t, net_un(t, OP_relu, net_bin(t, OP_add, b, a)));
    net_pass(t, NULL);
    assert_int_equal(net_nodes(t), 3);
    for (uint32_t i = 1; i < t->g->n_node; i++) {
        const Node *n = &t->g->node[i];
        const bool later = n->op == OP_conv && ir_val(t->g, n->in[1])->shape.dim[2] == 3;
        assert_int_equal(ir_in(n, 3).id != 0, later);
        assert_int_equal(n->act.op, later ? OP_relu : OP_none);
    }
}

/* The residual is computed after the conv: the conv moves behind it. */
static void residual_computed_later(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3)), y = net_bin(t, OP_dense, x, net_weight(t, DIMS(3, 3)));

    net_output(t, net_bin(t, OP_add, net_un(t, OP_exp, x), y));
    net_pass(t, NULL);
    assert_int_equal(net_nodes(t), 2);
    assert_true(ir_in(net_only(t, OP_dense), 3).id);
}

static void additions_that_stay(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 3, 4, 4)), a = conv_like(t, x, 3, 1, true), b;

    b = net_un(t, OP_relu, conv_like(t, x, 3, 3, true));
    net_output(t, net_bin(t, OP_add, a, a));             /* two reads */
    net_output(t, net_bin(t, OP_add, b, x));             /* relu(conv) + x */
    b = conv_like(t, x, 1, 1, true);
    net_output(t, net_bin(t, OP_add, b, x));             /* (1,1,4,4) is broadcast */
    b = conv_like(t, x, 3, 3, true);
    net_output(t, net_bin(t, OP_add, b, net_input(t, DIMS(4, 4))));
    b = conv_like(t, net_un(t, OP_exp, x), 3, 3, true);
    net_act(t, b, OP_relu);
    net_output(t, net_bin(t, OP_add, b, x));
    net_pass(t, NULL);
    assert_int_equal(net_count(t, OP_add), 5);
}

static void each_activation(void **state)
{
    static const Op op[] = { OP_relu, OP_clip, OP_leaky_relu, OP_elu, OP_selu, OP_celu, OP_sigmoid,
                             OP_hard_sigmoid, OP_hard_swish, OP_silu, OP_tanh, OP_gelu };

    (void)state;
    for (size_t i = 0; i < sizeof op / sizeof op[0]; i++) {
        Net t;
        ValueId y;

        net_begin(&t, i);
        y = conv_like(&t, net_input(&t, DIMS(1, 3, 4, 4)), 4, 3, true);
        net_output(&t, op[i] == OP_clip ? net_clip(&t, y, -0.5, 4) : net_un(&t, op[i], y));
        net_pass(&t, "fuse_act");
        assert_int_equal(net_only(&t, OP_conv)->act.op, op[i]);
        net_end(&t);
    }
}

static void activations_that_stay(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 3, 4, 4)), y = conv_like(t, x, 3, 3, true);

    net_output(t, y);
    net_output(t, net_un(t, OP_relu, y));                               /* y is an output */
    net_output(t, net_un(t, OP_relu, net_bin(t, OP_max, x, x)));        /* max fuses none */
    y = net_un(t, OP_tanh, conv_like(t, x, 3, 3, true));
    net_output(t, net_un(t, OP_sigmoid, y));                            /* there is one already */
    net_pass(t, "fuse_act");
    assert_int_equal(net_count(t, OP_relu), 2);
    assert_int_equal(net_count(t, OP_tanh), 0);
    assert_int_equal(net_count(t, OP_sigmoid), 1);
}

static void activation_of_an_addition(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 3, 4, 4)), y = net_input(t, DIMS(4, 4));

    net_output(t, net_un(t, OP_relu, net_bin(t, OP_add, x, y)));
    net_pass(t, NULL);
    assert_int_equal(net_only(t, OP_add)->act.op, OP_relu);
}

/* ---- all together ---- */

/* A block of MobileNetV2 with BN, ReLU6 as Min and Max, and the sum. */
static void inverted_residual(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 4, 6, 6)), y;

    y = net_bn(t, conv_like(t, x, 8, 1, false));
    y = net_bin_k(t, OP_min, net_bin_k(t, OP_max, y, 0), 6);
    y = net_op(t, OP_pad, VALS(y), WITH(LIST(pad, 0, 0, 1, 1, 0, 0, 1, 1)));
    y = net_op(t, OP_conv, VALS(y, net_weight(t, DIMS(8, 1, 3, 3))), WITH(attr_int(A_group, 8)));
    y = net_clip(t, net_bn(t, y), 0, 6);
    y = net_bn(t, conv_like(t, y, 4, 1, false));
    net_output(t, net_bin(t, OP_add, x, y));
    net_pass(t, NULL);
    assert_int_equal(net_nodes(t), 3);
    assert_int_equal(net_count(t, OP_conv), 3);
    assert_int_equal(t->g->node[2].act.op, OP_clip);
    assert_true(ir_in(&t->g->node[3], 3).id == t->g->input[0].id);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, net_setup, net_teardown)
    const struct CMUnitTest tests[] = {
        TEST(matrix_and_vector), TEST(other_products), TEST(through_the_reshape),
        TEST(reshapes_that_stay), TEST(bn_after_each_linear_op),
        TEST(constants_per_channel), TEST(constants_otherwise), TEST(bn_that_must_stay),
        TEST(bn_after_an_output), TEST(bn_after_fused_ops),
        TEST(weights_of_two_convs), TEST(pads_that_fit),
        TEST(pads_that_do_not), TEST(residual_of_the_later_conv), TEST(residual_computed_later),
        TEST(additions_that_stay), cmocka_unit_test(each_activation),
        TEST(activations_that_stay), TEST(activation_of_an_addition), TEST(inverted_residual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
