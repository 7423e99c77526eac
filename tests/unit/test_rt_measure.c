/* SPDX-License-Identifier: Apache-2.0 */
/* The clock, the flush and the loop that shows a target's peak: what they promise, not how fast the
 * machine is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "measure.h"
#include "mnc/mnc.h"

/* A model that has read nothing: mnc_peak_text needs none. */
static mnc_model *no_model(void)
{
    mnc_options none = { .target = NULL };

    return mnc_open(&none);
}

/* It has a resolution of less than a test's patience. */
static void the_clock_goes_on(void **state)
{
    double before = rt_now();

    (void)state;
    while (rt_now() == before)
        ;
    assert_true(rt_now() > before);
}

/* Lines that are taken out of the caches come back with what was in them, also the last one. */
static void flushed_memory_keeps_its_contents(void **state)
{
    unsigned char x[1000];

    (void)state;
    memset(x, 7, sizeof x);
    rt_flush(x + 3, sizeof x - 3);
    rt_flush(x, 0);
    for (size_t i = 0; i < sizeof x; i++)
        assert_int_equal(x[i], 7);
}

/* Twice the rounds are twice the operations, a whole number of vectors of them; every target that
 * this machine has is tried, also by two threads at once. */
static void the_peak_of_each_target(void **state)
{
    static const struct { const char *name; int lanes; } target[] = {
        { "portable", 4 },
#if defined(__x86_64__)
        { "x86-64-v3", 8 }, { "x86-64-v4", 16 },
#elif defined(__aarch64__)
        { "armv8-a", 4 },
#endif
    };
    Job *j = *state;
    mnc_model *m = no_model();

    for (size_t i = 0; i < sizeof target / sizeof target[0]; i++) {
        bool can = i == 0;
        const char *text;
        size_t n;
        RtPeak p;

#if defined(__x86_64__)
        can = can || (i == 1 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
            || (i == 2 && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"));
#endif
        assert_int_equal(mnc_peak_text(m, target[i].name, &text, &n), MNC_OK);
        if (!can)
            continue;
        assert_true(rt_peak_open(&j->a, text, n, NULL, &p, &j->d));
        assert_true(p.run(1) > 0);
        assert_true(p.run(10) == 10 * p.run(1));
        assert_int_equal((int64_t)p.run(1) % (2 * target[i].lanes), 0);
        assert_true(rt_peak_probe(&p, 1) > 1e7);
        assert_true(rt_peak_probe(&p, 2) > 1e7);
    }
    mnc_close(m);
}

/* What is refused says why. */
static void no_such_target(void **state)
{
    mnc_model *m = no_model();
    const mnc_layer *list;
    const char *text;
    size_t n;

    (void)state;
    assert_int_equal(mnc_layers(m, &list, &n), MNC_INVALID);
    assert_int_equal(mnc_peak_text(m, "x86-64-v9", &text, &n), MNC_INVALID);
    assert_non_null(strstr(mnc_messages(m), "x86-64-v9"));
    mnc_close(m);
}

/* C without mnc_peak, and no C: an error, no crash later. */
static void a_text_that_is_no_loop(void **state)
{
    Job *j = *state;
    RtPeak p;

    assert_false(rt_peak_open(&j->a, "int x;\n", 7, NULL, &p, &j->d));
    assert_int_equal(j->d.n_error, 1);
    assert_false(rt_peak_open(&j->a, "no C\n", 5, NULL, &p, &j->d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_goes_on),
        cmocka_unit_test(flushed_memory_keeps_its_contents),
        cmocka_unit_test_setup_teardown(the_peak_of_each_target, job_setup, job_teardown),
        cmocka_unit_test(no_such_target),
        cmocka_unit_test_setup_teardown(a_text_that_is_no_loop, job_setup, job_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
