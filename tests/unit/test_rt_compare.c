/* SPDX-License-Identifier: Apache-2.0 */
/* compare, classify, dataset: differences, probabilities, and folders of stored tensors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "classify.h"
#include "compare.h"
#include "dataset.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

static const RtTolerance none = { -1, -1 };

static RtTensor floats(float *x, int64_t n)
{
    RtTensor t;

    assert_true(rt_tensor_shape(&t, RT_FLOAT32, 1, &n));
    t.data = x;
    return t;
}

static RtDiff diff(float *got, float *want, int64_t n, RtTolerance tolerance)
{
    RtTensor a = floats(got, n), b = floats(want, n);
    RtDiff d;

    rt_compare(&a, &b, tolerance, &d);
    return d;
}

static void finds_the_largest_differences(void **state)
{
    float want[4] = { 100, 1, -2, 0 }, got[4] = { 100.00390625F, 1.0009765625F, -2, 0 };
    RtDiff d = diff(got, want, 4, none);

    (void)state;
    assert_true(d.abs == 0.00390625 && d.rel == 0.0009765625);
    assert_true(d.ulp == 8192);                        /* 2^-10 over 2^-23 */
    assert_true(d.atol == 1e-4 * 100 && d.n_bad == 0 && d.at == 0);
    d = diff(got, want, 4, (RtTolerance){ 1e-3, -1 });
    assert_true(d.n_bad == 1 && d.at == 0 && d.got > 100 && d.want == 100);
    d = diff(got, want, 4, (RtTolerance){ -1, 1e-4 });
    assert_true(d.n_bad == 1 && d.at == 1);
}

static void ulps_count_across_zero(void **state)
{
    float want[1] = { 0x1p-149F }, got[1] = { -0x1p-149F };

    (void)state;
    assert_true(diff(got, want, 1, none).ulp == 2);
    want[0] = 0;
    got[0] = -0.0F;
    assert_true(diff(got, want, 1, (RtTolerance){ 0, 0 }).n_bad == 0);
}

static void nan_and_infinity_must_meet_their_like(void **state)
{
    float want[4] = { NAN, INFINITY, -INFINITY, 1 }, got[4] = { NAN, INFINITY, -INFINITY, 1 };
    RtDiff d = diff(got, want, 4, none);

    (void)state;
    assert_true(d.n_bad == 0 && d.abs == 0);
    for (int i = 0; i < 4; i++) {
        float keep = got[i];
        got[i] = i == 3 ? NAN : i == 0 ? 0 : -keep;
        d = diff(got, want, 4, (RtTolerance){ 1e9, 1e9 });
        assert_true(d.n_bad == 1 && d.at == i && isinf(d.abs));
        got[i] = keep;
    }
}

static void integers_are_exact(void **state)
{
    int64_t dim = 2, want[2] = { INT64_MAX, 5 }, got[2] = { INT64_MAX - 1, 5 };
    RtTensor a, b;
    RtDiff d;

    (void)state;
    rt_tensor_shape(&a, RT_INT64, 1, &dim);
    b = a;
    a.data = got;
    b.data = want;
    rt_compare(&a, &b, none, &d);
    assert_true(d.n_bad == 1 && d.abs == 1);
    rt_compare(&a, &b, (RtTolerance){ 1, -1 }, &d);
    assert_true(d.n_bad == 0);
}

static void zero_is_compared_with_zero(void **state)
{
    float want[2] = { 0, 0 }, got[2] = { 1e-8F, 0 };

    (void)state;
    assert_true(diff(got, want, 2, none).n_bad == 0);
    got[0] = 1e-6F;
    assert_true(diff(got, want, 2, none).n_bad == 1);
    assert_true(diff(got, want, 0, none).at == -1);
}

static void the_best_come_first(void **state)
{
    float x[6] = { 1, NAN, 3, 3, -1, 2 };
    int64_t place[6];

    (void)state;
    rt_top(x, 6, place, 3);
    assert_true(place[0] == 2 && place[1] == 3 && place[2] == 5);
    rt_top(x, 6, place, 6);
    assert_true(place[3] == 0 && place[4] == 4 && place[5] == 1);
}

static void softmax_gives_a_distribution(void **state)
{
    float x[3] = { 1000, 1001, 999 }, y[2] = { 0.5F, 0.4F }, z[2] = { 1.5F, -0.5F };

    (void)state;
    assert_false(rt_is_distribution(x, 3));
    rt_softmax(x, 3);
    assert_true(rt_is_distribution(x, 3));
    assert_true(fabsf(x[1] / x[0] - 2.7182818F) < 1e-5F);
    assert_false(rt_is_distribution(y, 2));
    assert_false(rt_is_distribution(z, 2));
}

static const char *write_file(Job *j, const char *dir, const char *name, const void *p, size_t n)
{
    const char *path = arena_printf(&j->a, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    fwrite(p, 1, n, f);
    fclose(f);
    return path;
}

static void reads_labels_with_any_line_end(void **state)
{
    static const char text[] = "tench\r\ngreat white shark\n\nlast";
    Job *j = *state;
    char dir[] = "/tmp/mnc-labels-XXXXXX";
    RtLabels l;
    const char *path;

    assert_non_null(mkdtemp(dir));
    path = write_file(j, dir, "l.txt", text, sizeof text - 1);
    assert_true(rt_read_labels(&j->a, path, &l, &j->d));
    assert_int_equal(l.n, 4);
    assert_string_equal(l.name[0], "tench");
    assert_string_equal(l.name[2], "");
    assert_string_equal(l.name[3], "last");
    unlink(path);
    rmdir(dir);
}

/* A TensorProto of one float: dims [1], data_type 1, float_data. */
static const unsigned char one_float[] = { 0x08, 1, 0x10, 1, 0x22, 4, 0, 0, 0x80, 0x3f };

static void finds_data_sets_by_number(void **state)
{
    Job *j = *state;
    char dir[] = "/tmp/mnc-sets-XXXXXX";
    const char *const *found, *base;
    RtDataSet s;
    size_t n;

    assert_non_null(mkdtemp(dir));
    base = arena_printf(&j->a, "%s/", dir);
    for (int i = 11; i >= 8; i--)
        mkdir(arena_printf(&j->a, "%stest_data_set_%d", base, i), 0700);
    found = rt_find_data_sets(&j->a, base, &n);
    assert_int_equal(n, 4);
    assert_string_equal(path_base(found[0]), "test_data_set_8");
    assert_string_equal(path_base(found[3]), "test_data_set_11");
    assert_false(rt_read_data_set(&j->a, found[0], &s, &j->d));
    assert_non_null(strstr(job_messages(j), "there is no output_0.pb"));
    for (int i = 0; i < 7; i++)
        write_file(j, found[0], arena_printf(&j->a, "input_%d.pb", i), one_float, sizeof one_float);
    write_file(j, found[0], "output_0.pb", one_float, sizeof one_float);
    assert_true(rt_read_data_set(&j->a, found[0], &s, &j->d));
    assert_int_equal(s.n_input, 7);
    assert_int_equal(s.n_output, 1);
    assert_true(((float *)s.input[6].data)[0] == 1);
    write_file(j, found[0], "input_1.pb", one_float, 5);
    assert_false(rt_read_data_set(&j->a, found[0], &s, &j->d));
    for (int i = 0; i < 7; i++)
        unlink(arena_printf(&j->a, "%s/input_%d.pb", found[0], i));
    unlink(arena_printf(&j->a, "%s/output_0.pb", found[0]));
    for (size_t i = 0; i < n; i++)
        rmdir(found[i]);
    assert_int_equal(rmdir(dir), 0);
}

static void random_numbers_follow_from_the_seed(void **state)
{
    float x[1000], y[1000], low = 2, high = -2;
    RtTensor a = floats(x, 1000), b = floats(y, 1000);

    (void)state;
    rt_random(&a, 1);
    rt_random(&b, 1);
    assert_memory_equal(x, y, sizeof x);
    rt_random(&b, 2);
    assert_memory_not_equal(x, y, sizeof x);
    for (int i = 0; i < 1000; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    assert_true(low >= -1 && low < -0.98F && high < 1 && high > 0.98F);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)
    static const struct CMUnitTest tests[] = {
        T(finds_the_largest_differences), T(ulps_count_across_zero),
        T(nan_and_infinity_must_meet_their_like), T(integers_are_exact),
        T(zero_is_compared_with_zero), T(the_best_come_first), T(softmax_gives_a_distribution),
        T(reads_labels_with_any_line_end), T(finds_data_sets_by_number),
        T(random_numbers_follow_from_the_seed),
    };

    return cmocka_run_group_tests_name("rt_compare", tests, NULL, NULL);
}
