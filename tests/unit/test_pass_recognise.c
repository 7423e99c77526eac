/* SPDX-License-Identifier: Apache-2.0 */
/* recognise and the matcher: each line is an expression in the language of match.h and the one op
 * that it must become, or, for the near misses, an op that must not come out of it.  x has the
 * shape (2,3,4,5); another letter is a constant of the last dimension. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pass_net.h"
#include "passes/match.h"

#define ERF "erf(mul(x, 0.70710678))"
#define ERF_DIV "erf(div(x, 1.41421356))"
#define CUBE "mul(mul(x, x), x)"
#define MEAN "reduce_mean(x)"
#define VARIANCE "reduce_mean(pow(sub(x, " MEAN "), 2))"
#define NORMED "div(sub(x, " MEAN "), sqrt(add(" VARIANCE ", 0.001)))"

static const char *const spellings[] = {
    "max(x, 0) -> relu(x)",
    "max(0, x) -> relu(x)",
    "min(max(x, 0), 6) -> clip(x, 0, 6)",
    "max(min(x, 6), 0) -> clip(x, 0, 6)",
    "min(6, relu(x)) -> clip(x, 0, 6)",
    "relu(min(x, 6)) -> clip(x, 0, 6)",
    "clip(relu(x), -inf, 6) -> clip(x, 0, 6)",
    "min(max(x, -1), 0.5) -> clip(x, -1, 0.5)",
    "max(min(x, -1), 2) -> clip(x, 2, 2)",
    "max(x, mul(x, 0.1)) -> leaky_relu(x, 0.1)",
    "max(mul(0.25, x), x) -> leaky_relu(x, 0.25)",
    "prelu(x, 0.3) -> leaky_relu(x, 0.3)",
    "pow(x, 2) -> mul(x, x)",
    "pow(abs(x), 0.5) -> sqrt(x)",
    "div(1, x) -> reciprocal(x)",
    "div(1, add(1, exp(neg(x)))) -> sigmoid(x)",
    "reciprocal(add(exp(neg(x)), 1)) -> sigmoid(x)",
    "div(x, add(1, exp(neg(x)))) -> silu(x)",
    "mul(x, sigmoid(x)) -> silu(x)",
    "mul(sigmoid(x), x) -> silu(x)",
    "log(add(exp(x), 1)) -> softplus(x)",
    "mul(x, tanh(softplus(x))) -> mish(x)",
    "mul(tanh(log(add(1, exp(x)))), x) -> mish(x)",
    "div(x, add(abs(x), 1)) -> softsign(x)",

    "div(clip(add(x, 3), 0, 6), 6) -> hard_sigmoid(x, 1/6, 0.5)",
    "mul(clip(add(3, x), 0, 6), 0.16666667) -> hard_sigmoid(x, 1/6, 0.5)",
    "mul(0.16666667, min(relu(add(x, 3)), 6)) -> hard_sigmoid(x, 1/6, 0.5)",
    "div(clip(sub(x, -3), 0, 6), 6) -> hard_sigmoid(x, 1/6, 0.5)",
    "clip(add(mul(x, 0.2), 0.5), 0, 1) -> hard_sigmoid(x, 0.2, 0.5)",
    "max(0, min(1, add(div(x, 6), 0.5))) -> hard_sigmoid(x, 1/6, 0.5)",
    "clip(sub(mul(0.25, x), 0.125), 0, 1) -> hard_sigmoid(x, 0.25, -0.125)",

    "mul(x, div(clip(add(x, 3), 0, 6), 6)) -> hard_swish(x)",
    "div(mul(x, clip(add(x, 3), 0, 6)), 6) -> hard_swish(x)",
    "mul(mul(clip(add(x, 3), 0, 6), x), 0.16666667) -> hard_swish(x)",
    "mul(mul(x, 0.16666667), clip(add(x, 3), 0, 6)) -> hard_swish(x)",
    "mul(div(x, 6), min(max(add(x, 3), 0), 6)) -> hard_swish(x)",
    "mul(mul(min(relu(add(3, x)), 6), 0.16666667), x) -> hard_swish(x)",
    "mul(x, hard_sigmoid(x, 0.16666667, 0.5)) -> hard_swish(x)",
    "mul(x, clip(add(mul(x, 0.16666667), 0.5), 0, 1)) -> hard_swish(x)",

    "mul(mul(x, add(" ERF_DIV ", 1)), 0.5) -> gelu(x)",
    "mul(x, mul(0.5, add(1, " ERF "))) -> gelu(x)",
    "mul(mul(0.5, x), add(1, " ERF_DIV ")) -> gelu(x)",
    "div(mul(add(" ERF ", 1), x), 2) -> gelu(x)",
    "mul(x, add(mul(" ERF ", 0.5), 0.5)) -> gelu(x)",
    "mul(mul(0.5, x), add(tanh(mul(0.7978846, add(x, mul(0.044715, " CUBE ")))), 1))"
    " -> gelu(x, 'tanh')",
    "mul(mul(x, add(1, tanh(mul(add(x, mul(pow(x, 3), 0.044715)), 0.7978846)))), 0.5)"
    " -> gelu(x, 'tanh')",
    "mul(0.5, mul(x, add(1, tanh(mul(mul(x, 0.7978846), add(mul(mul(x, x), 0.044715), 1))))))"
    " -> gelu(x, 'tanh')",

    "add(mul(" NORMED ", w), b) -> layer_norm(x)",
    "add(b, mul(w, " NORMED ")) -> layer_norm(x)",
};

/* What looks like it and is not: the constant, the operand, or the order is another. */
static const char *const near_misses[] = {
    "max(x, 0.001) -> relu(x)",
    "max(x, mul(x, 1.5)) -> leaky_relu(x)",
    "min(x, mul(x, 0.5)) -> leaky_relu(x)",
    "max(x, w) -> clip(x)",
    "prelu(x, w) -> leaky_relu(x)",
    "pow(x, 2.001) -> mul(x, x)",
    "div(1, add(exp(x), 1)) -> sigmoid(x)",
    "div(2, add(exp(neg(x)), 1)) -> sigmoid(x)",
    "mul(x, sigmoid(abs(x))) -> silu(x)",
    "mul(w, sigmoid(x)) -> silu(x)",
    "log(add(exp(x), 2)) -> softplus(x)",
    "log(add(exp(x), w)) -> softplus(x)",
    "div(add(abs(x), 1), x) -> softsign(x)",
    "div(clip(add(x, 3), 0, 6), 5) -> hard_sigmoid(x)",
    "div(clip(add(x, 2.99), 0, 6), 6) -> hard_sigmoid(x)",
    "div(6, clip(add(x, 3), 0, 6)) -> hard_sigmoid(x)",
    "clip(add(mul(x, 0.2), 0.5), 0, 1.5) -> hard_sigmoid(x)",
    "clip(sub(0.5, mul(x, 0.2)), 0, 1) -> hard_sigmoid(x)",
    "clip(add(mul(x, w), 0.5), 0, 1) -> hard_sigmoid(x)",
    "mul(x, div(clip(add(abs(x), 3), 0, 6), 6)) -> hard_swish(x)",
    "div(mul(x, clip(add(x, 3), 0, 6)), 3) -> hard_swish(x)",
    "mul(x, hard_sigmoid(x, 0.2, 0.5)) -> hard_swish(x)",
    "mul(mul(x, x), div(clip(add(x, 3), 0, 6), 6)) -> hard_swish(x)",
    "mul(mul(x, add(erf(x), 1)), 0.5) -> gelu(x)",
    "mul(mul(x, sub(1, " ERF ")), 0.5) -> gelu(x)",
    "mul(mul(0.5, x), add(tanh(mul(0.7978846, add(x, mul(0.05, " CUBE ")))), 1)) -> gelu(x)",
    "mul(mul(0.5, x), add(tanh(mul(0.7978846, add(x, mul(0.044715, mul(x, x))))), 1)) -> gelu(x)",
    "add(mul(div(sub(x, " MEAN "), sqrt(add(" VARIANCE ", w))), w), b) -> layer_norm(x)",
    "add(mul(" NORMED ", 2), b) -> layer_norm(x)",
    "add(mul(div(x, sqrt(add(" VARIANCE ", 0.001))), w), b) -> layer_norm(x)",
};

/* ---- a graph from an expression ---- */

typedef struct Builder {
    Net *t;
    ValueId var[PAT_LETTERS];
} Builder;

static ValueId variable(Builder *b, uint32_t letter)
{
    if (!b->var[letter].id)
        b->var[letter] = letter == 'x' - 'a' ? net_input(b->t, DIMS(2, 3, 4, 5))
                                             : net_weight(b->t, DIMS(5));
    return b->var[letter];
}

static ValueId build(Builder *b, const Pat *p)
{
    static const int64_t last[1] = { 3 };
    ValueId in[PAT_ARGS];
    Attr attr[PAT_ARGS];
    uint32_t n_in = op_info[p->op].min_in, n_attr = 0;

    if (p->kind == PAT_NUMBER)
        return ir_const_f32(b->t->g, "k", (float)p->number);
    if (p->kind == PAT_VAR)
        return variable(b, p->letter);
    assert_int_equal(p->kind, PAT_OP);
    for (uint32_t i = 0; i < n_in; i++)
        in[i] = build(b, p->arg[i]);
    for (uint32_t i = n_in; i < p->n; i++, n_attr++)
        attr[n_attr] = attr_float(op_info[p->op].attr[i - n_in].name, p->arg[i]->number);
    if (p->op == OP_reduce_mean)
        attr[n_attr++] = attr_ints(A_axes, last, 1);
    return net_op(b->t, p->op, in, n_in, attr, n_attr);
}

static void check_attr(const Attr *got, const Pat *want)
{
    if (want->kind == PAT_WORD)
        assert_string_equal(got->u.word, want->word);
    else
        assert_true(pattern_near(got->u.f, want->number));
}

static void net_from(Net *t, const char *text, Pat **to)
{
    Builder b = { .t = t };
    Pat *from;

    pattern_parse(&t->a, text, &from, to);
    net_output(t, build(&b, from));
}

static void each_spelling(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        Net t;
        Pat *to;
        const Node *n;

        net_begin(&t, i);
        net_from(&t, spellings[i], &to);
        net_pass(&t, "recognise");
        if (net_count(&t, to->op) != 1)
            fail_msg("not recognised: %s", spellings[i]);
        n = net_only(&t, to->op);
        for (uint32_t k = n->n_in; k < to->n; k++)
            check_attr(&n->attr[k - n->n_in], to->arg[k]);
        if (net_nodes(&t) != 1 + net_count(&t, OP_abs))
            fail_msg("something is left of: %s", spellings[i]);
        net_end(&t);
    }
}

static void no_near_miss(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof near_misses / sizeof near_misses[0]; i++) {
        Net t;
        Pat *to;
        int before;

        net_begin(&t, i);
        net_from(&t, near_misses[i], &to);
        before = net_count(&t, to->op);
        net_pass(&t, "recognise");
        if (net_count(&t, to->op) != before)
            fail_msg("recognised: %s", near_misses[i]);
        net_end(&t);
    }
}

/* What others read must stay, so the expression around it is none. */
static void inner_result_is_an_output(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 4)), s = net_un(t, OP_sigmoid, x);

    net_output(t, s);
    net_output(t, net_bin(t, OP_mul, x, s));
    net_pass(t, "recognise");
    assert_int_equal(net_count(t, OP_silu), 0);
}

static void inner_result_is_read_elsewhere(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 4)), s = net_un(t, OP_sigmoid, x);

    net_output(t, net_bin(t, OP_add, net_un(t, OP_exp, s), net_bin(t, OP_mul, x, s)));
    net_pass(t, "recognise");
    assert_int_equal(net_count(t, OP_silu), 0);
}

/* A 0 of shape (1,1,1) makes (1,1,4) of a (4): the result is not like x. */
static void broadcast_constant(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(4)), k = net_weight(t, DIMS(1, 1, 1));

    ((float *)(uintptr_t)ir_val(t->g, k)->data)[0] = 0;
    net_output(t, net_bin(t, OP_max, x, k));
    net_pass(t, "recognise");
    assert_int_equal(net_count(t, OP_relu), 0);
}

static void layer_norm_wants_equal_axes(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3, 4)), mean, d, var, y;

    mean = net_op(t, OP_reduce_mean, VALS(x), WITH(LIST(axes, 2)));
    d = net_bin(t, OP_sub, x, mean);
    var = net_op(t, OP_reduce_mean, VALS(net_bin(t, OP_mul, d, d)), WITH(LIST(axes, 1, 2)));
    y = net_bin(t, OP_div, d, net_un(t, OP_sqrt, net_bin_k(t, OP_add, var, 0.01)));
    y = net_bin(t, OP_mul, y, net_weight(t, DIMS(4)));
    net_output(t, net_bin(t, OP_add, y, net_weight(t, DIMS(4))));
    net_pass(t, "recognise");
    assert_int_equal(net_count(t, OP_layer_norm), 0);
}

static void layer_norm_over_two(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(2, 3, 4)), mean, d, var, y;

    mean = net_op(t, OP_reduce_mean, VALS(x), WITH(LIST(axes, -2, -1)));
    d = net_bin(t, OP_sub, x, mean);
    var = net_op(t, OP_reduce_mean, VALS(net_bin(t, OP_mul, d, d)), WITH(LIST(axes, 1, 2)));
    y = net_bin(t, OP_div, d, net_un(t, OP_sqrt, net_bin_k(t, OP_add, var, 0.01)));
    y = net_bin(t, OP_mul, y, net_weight(t, DIMS(3, 4)));
    net_output(t, net_bin(t, OP_add, y, net_weight(t, DIMS(3, 4))));
    net_pass(t, "recognise");
    assert_int_equal(ir_int(net_only(t, OP_layer_norm), A_axis), 1);
    assert_true(pattern_near(ir_float(net_only(t, OP_layer_norm), A_eps), 0.01));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, net_setup, net_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_spelling), cmocka_unit_test(no_near_miss),
        TEST(inner_result_is_an_output), TEST(inner_result_is_read_elsewhere),
        TEST(broadcast_constant), TEST(layer_norm_wants_equal_axes), TEST(layer_norm_over_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
