/* SPDX-License-Identifier: Apache-2.0 */
/* Random graphs through every prefix of the pipeline, through ONNX and through specs with blocks:
 * what is computed must not change.
 *
 * A graph grows by steps that take any earlier value: single ops, and the groups of ops that the
 * passes look for, so that they meet in ways that nobody thought of.  Weights are scaled such that
 * numbers stay around 1, and no step is discontinuous: rounding cannot be taken for a mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/mnet.h"
#include "frontend/onnx.h"
#include "frontend/onnx_export.h"
#include "pass_net.h"

enum { SEEDS = 250, STEPS = 24 };

typedef struct Grower {
    Net *t;
    ValueId v[2 * STEPS];
    uint32_t n;
} Grower;

typedef ValueId Step(Grower *g, ValueId x);

static const Shape *shape_of(const Grower *g, ValueId v)
{
    return &ir_val(g->t->g, v)->shape;
}

/* An earlier value of the same shape, perhaps x itself. */
static ValueId partner(Grower *g, ValueId x)
{
    uint32_t first = net_pick(g->t, g->n);

    for (uint32_t i = 0; i < g->n; i++) {
        ValueId y = g->v[(first + i) % g->n];
        if (shape_equal(shape_of(g, x), shape_of(g, y)))
            return y;
    }
    return x;
}

/* Random weights whose sums over so many terms stay around 1. */
static ValueId scaled(Grower *g, const Shape *s, int64_t terms)
{
    ValueId w = net_weight(g->t, s);
    float *data = (float *)(uintptr_t)ir_val(g->t->g, w)->data;

    for (int64_t i = 0; i < shape_count(s); i++)
        data[i] /= sqrtf((float)terms);
    return w;
}

/* A constant that broadcasts to the shape: one element, a row, channels, or all of it. */
static ValueId some_const(Grower *g, ValueId x)
{
    Shape s = *shape_of(g, x);

    switch (net_pick(g->t, 4)) {
    case 0: return ir_const_f32(g->t->g, "k", (float)net_pick(g->t, 3));
    case 1: return net_weight(g->t, DIMS(s.dim[s.rank - 1]));
    case 2:
        for (uint32_t i = 0; i < s.rank; i++)
            s.dim[i] = i == 1 ? s.dim[i] : 1;
        break;
    default: break;
    }
    return net_weight(g->t, &s);
}

/* ---- steps of one op ---- */

static ValueId activation(Grower *g, ValueId x)
{
    static const Op op[] = { OP_relu, OP_leaky_relu, OP_sigmoid, OP_hard_sigmoid, OP_hard_swish,
                             OP_silu, OP_tanh, OP_gelu, OP_elu, OP_softplus, OP_abs, OP_neg,
                             OP_identity };

    if (net_pick(g->t, 3) == 0)
        return net_clip(g->t, x, net_pick(g->t, 2) ? 0 : (double)net_number(g->t), 2);
    return net_un(g->t, op[net_pick(g->t, sizeof op / sizeof op[0])], x);
}

static ValueId with_const(Grower *g, ValueId x)
{
    static const Op op[] = { OP_add, OP_sub, OP_mul, OP_min, OP_max };
    Op o = op[net_pick(g->t, sizeof op / sizeof op[0])];
    ValueId k = some_const(g, x);

    return net_pick(g->t, 2) ? net_bin(g->t, o, x, k) : net_bin(g->t, o, k, x);
}

static ValueId divided(Grower *g, ValueId x)
{
    return net_bin(g->t, OP_div, x, net_positive(g->t, DIMS(shape_of(g, x)->dim[1], 1, 1)));
}

static ValueId with_partner(Grower *g, ValueId x)
{
    static const Op op[] = { OP_add, OP_add, OP_sub, OP_max, OP_min };

    return net_bin(g->t, op[net_pick(g->t, sizeof op / sizeof op[0])], x, partner(g, x));
}

static ValueId gated(Grower *g, ValueId x)
{
    return net_bin(g->t, OP_mul, x, net_un(g->t, OP_sigmoid, partner(g, x)));
}

static ValueId conv(Grower *g, ValueId x)
{
    const int64_t c = shape_of(g, x)->dim[1], k = net_pick(g->t, 2) ? 3 : 1, p = k / 2;
    const int64_t group = net_pick(g->t, 3) ? 1 : c, out = group * (1 + net_pick(g->t, 2));
    ValueId in[3] = { x, scaled(g, DIMS(out, c / group, k, k), c / group * k * k) };

    if (net_pick(g->t, 2))
        in[2] = net_weight(g->t, DIMS(out));
    return net_op(g->t, OP_conv, in, 3, WITH(LIST(pad, p, p, p, p), attr_int(A_group, group)));
}

static ValueId same_conv(Grower *g, ValueId x)
{
    const int64_t c = shape_of(g, x)->dim[1];

    return net_bin(g->t, OP_conv, x, scaled(g, DIMS(c, c, 1, 1), c));
}

static ValueId transposed_conv(Grower *g, ValueId x)
{
    const int64_t c = shape_of(g, x)->dim[1];

    return net_op(g->t, OP_conv_transpose, VALS(x, scaled(g, DIMS(c, 2, 3, 3), 9 * c)),
                  WITH(LIST(pad, 1, 1, 1, 1)));
}

static ValueId norm(Grower *g, ValueId x)
{
    return net_bn(g->t, x);
}

static ValueId matrix(Grower *g, ValueId x)
{
    const int64_t c = shape_of(g, x)->dim[3];

    x = net_bin(g->t, OP_matmul, x, scaled(g, DIMS(c, c), c));
    return net_pick(g->t, 2) ? x : net_bin(g->t, OP_add, x, net_weight(g->t, DIMS(c)));
}

static ValueId pooled(Grower *g, ValueId x)
{
    const int64_t h = shape_of(g, x)->dim[2], w = shape_of(g, x)->dim[3];
    Op op = net_pick(g->t, 2) ? OP_avg_pool : OP_max_pool;
    ValueId s;

    if (net_pick(g->t, 2) && h > 1 && w > 1)
        return net_op(g->t, op, VALS(x), WITH(LIST(kernel, 3, 3), LIST(pad, 1, 1, 1, 1)));
    s = net_op(g->t, op, VALS(x), WITH(LIST(kernel, h, w)));     /* as squeeze and excite */
    return net_bin(g->t, OP_add, x, s);
}

/* ---- steps of several ---- */

static ValueId padded(Grower *g, ValueId x)
{
    const double value = net_pick(g->t, 2) ? 0 : (double)-INFINITY;
    ValueId p = net_op(g->t, OP_pad, VALS(x), WITH(LIST(pad, 0, 0, 1, 1, 0, 0, 1, 1),
                                                   attr_float(A_value, value)));

    if (value != 0 || net_pick(g->t, 2))
        return net_op(g->t, OP_max_pool, VALS(p), WITH(LIST(kernel, 3, 3)));
    if (net_pick(g->t, 2))
        return net_op(g->t, OP_avg_pool, VALS(p), WITH(LIST(kernel, 3, 3)));
    return net_bin(g->t, OP_conv, p,
                   scaled(g, DIMS(2, shape_of(g, p)->dim[1], 3, 3), 9 * shape_of(g, p)->dim[1]));
}

static ValueId spelled_swish(Grower *g, ValueId x)
{
    ValueId y = net_bin_k(g->t, OP_max, net_bin_k(g->t, OP_add, x, 3), 0);

    return net_bin_k(g->t, OP_div, net_bin(g->t, OP_mul, net_bin_k(g->t, OP_min, y, 6), x), 6);
}

static ValueId last_and_first(Grower *g, ValueId x)
{
    const uint32_t n = net_pick(g->t, 3);

    x = net_op(g->t, OP_transpose, VALS(x), WITH(LIST(perm, 0, 2, 3, 1)));
    for (uint32_t i = 0; i < n; i++)
        x = net_pick(g->t, 2) ? activation(g, x) : with_const(g, x);
    return net_op(g->t, OP_transpose, VALS(x), WITH(LIST(perm, 0, 3, 1, 2)));
}

static ValueId mean_in_last(Grower *g, ValueId x)
{
    ValueId y = net_op(g->t, OP_transpose, VALS(x), WITH(LIST(perm, 0, 2, 3, 1)));

    y = net_op(g->t, OP_reduce_mean, VALS(y), WITH(LIST(axes, 1, 2)));
    return net_bin(g->t, OP_add, x,
                   net_op(g->t, OP_transpose, VALS(y), WITH(LIST(perm, 0, 3, 1, 2))));
}

static ValueId there_and_back(Grower *g, ValueId x)
{
    const Shape s = *shape_of(g, x);
    const int64_t flat[3] = { s.dim[0], s.dim[1], s.dim[2] * s.dim[3] };

    x = net_op(g->t, OP_reshape, VALS(x), WITH(attr_ints(A_shape, flat, 3)));
    if (net_pick(g->t, 2))
        x = net_un(g->t, OP_tanh, x);
    return net_op(g->t, OP_reshape, VALS(x), WITH(attr_ints(A_shape, s.dim, s.rank)));
}

static ValueId joined(Grower *g, ValueId x)
{
    const Shape s = *shape_of(g, x);

    if (s.dim[1] < 8)
        x = net_op(g->t, OP_concat, VALS(x, partner(g, x)), WITH(attr_int(A_axis, 1)));
    if (net_pick(g->t, 2))
        return x;
    return net_op(g->t, OP_slice, VALS(x), WITH(attr_ints(A_size, s.dim, s.rank)));
}

static ValueId the_same_again(Grower *g, ValueId x)
{
    ValueId a = net_bin_k(g->t, OP_mul, x, 0.5), b = net_bin_k(g->t, OP_mul, x, 0.5);

    return net_bin(g->t, OP_add, net_un(g->t, OP_tanh, a), net_un(g->t, OP_tanh, b));
}

static Step *const steps[] = {
    activation, activation, with_const, with_const, divided, with_partner, with_partner, gated,
    conv, conv, same_conv, same_conv, transposed_conv, norm, norm, matrix, pooled, padded, padded,
    spelled_swish, last_and_first, mean_in_last, there_and_back, joined, the_same_again,
};

/* The newest value is the likeliest operand: chains are what passes work on. */
static void grow(Grower *g)
{
    const uint32_t n = 1 + net_pick(g->t, STEPS);

    g->v[g->n++] = net_input(g->t, DIMS(1 + net_pick(g->t, 2), 1 + net_pick(g->t, 4),
                                        1 + net_pick(g->t, 5), 1 + net_pick(g->t, 5)));
    for (uint32_t i = 0; i < n; i++) {
        ValueId x = g->v[net_pick(g->t, 4) ? g->n - 1 : net_pick(g->t, g->n)];
        g->v[g->n++] = steps[net_pick(g->t, sizeof steps / sizeof steps[0])](g, x);
    }
    net_output(g->t, g->v[g->n - 1]);
    if (net_pick(g->t, 2) && g->n > 2)
        net_output(g->t, g->v[1 + net_pick(g->t, g->n - 2)]);
}

static void every_prefix(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (const PassInfo *p = pass_info; p->name; p++) {
            Net t;
            Grower g = { .t = &t };

            net_begin(&t, seed);
            grow(&g);
            net_pass(&t, p->name);
            net_end(&t);
        }
}

/* As it grew, and with batch norms folded, activations and residuals fused. */
static void through_onnx(Net *t)
{
    Results before = net_eval(t), now;
    OnnxOptions o = { .file = "x.onnx" };
    const Graph *g = t->g;
    Buf b;

    buf_init(&b, &t->a);
    if (!onnx_write(g, &b, &t->d))
        fail_msg("%s", t->d.first->text);
    t->g = onnx_read(&t->a, (Bytes){ (const unsigned char *)b.p, b.n }, &o, &t->d);
    if (!t->g || !ir_check(t->g, "import", &t->d))
        fail_msg("%s", t->d.first->text);
    now = net_eval(t);
    assert_int_equal(now.n, before.n);
    for (uint32_t i = 0; i < now.n; i++) {
        assert_string_equal(ir_val(t->g, t->g->output[i])->name,
                            ir_val(g, g->output[i])->name);
        same_tensor(&before.t[i], &now.t[i], 2e-6);
    }
}

/* false: the short forms cannot say it, which is no mistake. */
static bool through_spec(Net *t)
{
    Results before = net_eval(t), now;
    Graph *again;
    Buf b;

    buf_init(&b, &t->a);
    again = mnet_write(t->g, &b);
    if (!again)
        return false;
    if (!ir_check(again, "import", &t->d))
        fail_msg("%s", t->d.first->text);
    t->g = again;
    now = net_eval(t);
    for (uint32_t i = 0; i < now.n; i++)
        same_tensor(&before.t[i], &now.t[i], 0);
    return true;
}

static void as_specs(void **state)
{
    int said = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 2 * SEEDS; seed++) {
        Net t;
        Grower g = { .t = &t };

        net_begin(&t, seed);
        t.g->name = "grown";
        grow(&g);
        said += through_spec(&t);
        net_end(&t);
    }
    assert_true(said > SEEDS);
}

static void written_and_read(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2 * SEEDS; seed++) {
        Net t;
        Grower g = { .t = &t };

        net_begin(&t, seed);
        t.g->name = "grown";
        grow(&g);
        if (seed % 2)
            net_pass(&t, NULL);
        through_onnx(&t);
        net_end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_prefix),
        cmocka_unit_test(written_and_read),
        cmocka_unit_test(as_specs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
