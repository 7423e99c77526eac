/* SPDX-License-Identifier: Apache-2.0 */
/* pad_stride: which images get a line between their pixels, and that buffers are as large. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pass_net.h"

/* A pointwise convolution to k channels. */
static ValueId pointwise(Net *t, ValueId x, int64_t k)
{
    ValueId w = net_weight(t, DIMS(k, ir_val(t->g, x)->shape.dim[1], 1, 1));

    return net_op(t, OP_conv, VALS(x, w), PLAIN);
}

/* The plan with that limit on the arena, in bytes; 0: none. */
static const Plan *plan(Net *t, int64_t max_ram)
{
    static mnc_options options;
    Job job = { .g = t->g, .options = &options, .d = &t->d };

    options = (mnc_options){ .max_ram = max_ram };
    if (!pass_run_all(&job, "pad_stride"))
        fail_msg("%s", t->d.first->text);
    assert_true(pass_plan_memory(&job));
    return job.plan;
}

static int64_t pixel(const Plan *p, ValueId v)
{
    return p->place[v.id].stride[3];
}

/* 512 channels are moved apart where a convolution reads them; 384 meet in many sets anyway. */
static void test_few_sets(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 32, 6, 6));
    ValueId a = pointwise(t, x, 512), b = pointwise(t, a, 384), c = pointwise(t, b, 16);
    const Plan *p;

    net_output(t, c);
    p = plan(t, 0);
    assert_int_equal(pixel(p, a), 512 + 16);
    assert_int_equal(p->place[a.id].stride[2], 6 * (512 + 16));
    assert_int_equal(pixel(p, b), 384);
    assert_true(p->slot[a.id].bytes >= 4 * (35 * (512 + 16) + 512));
}

/* What anything else reads stays dense: its kernels may take the whole as one row. */
static void test_other_readers(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 32, 6, 6));
    ValueId a = pointwise(t, x, 256), s = net_un(t, OP_softmax, a), b = pointwise(t, a, 16);

    net_output(t, s);
    net_output(t, b);
    assert_int_equal(pixel(plan(t, 0), a), 256);
}

/* A limit on the arena counts more than time. */
static void test_limit(void **state)
{
    Net *t = *state;
    ValueId x = net_input(t, DIMS(1, 32, 6, 6));
    ValueId a = pointwise(t, x, 512), b = pointwise(t, a, 16);

    net_output(t, b);
    assert_int_equal(pixel(plan(t, 1 << 20), a), 512);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_few_sets, net_setup, net_teardown),
        cmocka_unit_test_setup_teardown(test_other_readers, net_setup, net_teardown),
        cmocka_unit_test_setup_teardown(test_limit, net_setup, net_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
