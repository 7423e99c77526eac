/* SPDX-License-Identifier: Apache-2.0 */
/* The tuning log: written and read again, merged, damaged, of another CPU; when a gain is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "tunelog.h"

#include <math.h>
#include <unistd.h>

static const RtTuneKey here = { "CPU A", "avx2 fma", "gcc 12", "x86-64-v3", "conv", "1x2x3" };

static RtTuned *add(Job *j, RtTuneLog *log, const char *shape, const char *knobs, double gain)
{
    RtTuneKey key = here;
    RtTuned *t;

    key.shape = shape;
    t = rt_tune_add(&j->a, log, &key);
    t->rule = "pixels=6";
    t->knobs = knobs;
    t->gain = gain;
    t->sure = true;
    return t;
}

/* A file of this test's own; the name is new each time. */
static const char *fresh(Job *j)
{
    char *path = arena_strdup(&j->a, "/tmp/mnc-log-XXXXXX");
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    return path;
}

static void put_file(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void test_round_trip(void **state)
{
    Job *j = *state;
    const char *path = fresh(j), *again = fresh(j);
    RtTuneLog log = { 0 }, back;
    Bytes a, b;
    RtTuned *t;

    add(j, &log, "z \"quoted\"", "pixels=7", 1.25);
    t = add(j, &log, "a", "", 1);
    t->sure = false;
    rt_tune_tried(&j->a, t, "pixels=1");
    rt_tune_tried(&j->a, t, "pixels=2");
    rt_tune_tried(&j->a, t, "pixels=1");
    assert_true(rt_tune_write(&j->a, path, &log, &j->d));
    assert_true(rt_tune_read(&j->a, path, &back, &j->d));
    assert_int_equal(back.n, 2);
    t = rt_tune_find(&back, &log.list[0].key);
    assert_string_equal(t->knobs, "pixels=7");
    assert_string_equal(t->rule, "pixels=6");
    assert_true(t->sure && fabs(t->gain - 1.25) < 1e-9);
    t = rt_tune_find(&back, &log.list[1].key);
    assert_int_equal(t->n_tried, 2);
    assert_true(!t->sure && rt_tune_was_tried(t, "pixels=2") && rt_tune_was_tried(t, "pixels=6"));
    assert_false(rt_tune_was_tried(t, "pixels=3"));
    assert_true(rt_tune_write(&j->a, again, &back, &j->d));
    assert_true(file_read(&j->a, path, &a, &j->d) && file_read(&j->a, again, &b, &j->d));
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.p, b.p, a.n);
    assert_string_equal(job_messages(j), "");
    unlink(path);
    unlink(again);
}

/* Who has tried more knows better; what anybody tried has been tried. */
static void test_merge(void **state)
{
    Job *j = *state;
    RtTuneLog a = { 0 }, b = { 0 };
    RtTuned *t;

    add(j, &a, "both", "pixels=7", 1.5);
    add(j, &a, "better there", "pixels=7", 1.1);
    add(j, &a, "only a", "pixels=7", 1.1);
    t = add(j, &b, "both", "pixels=4", 1.2);
    rt_tune_tried(&j->a, t, "pixels=7");
    add(j, &b, "better there", "pixels=5", 1.2);
    add(j, &b, "only b", "pixels=5", 1.1);
    rt_tune_merge(&j->a, &a, &b);
    assert_int_equal(a.n, 4);
    assert_string_equal(a.list[0].knobs, "pixels=4");
    assert_true(rt_tune_was_tried(&a.list[0], "pixels=7"));
    assert_string_equal(a.list[1].knobs, "pixels=5");
    assert_string_equal(a.list[2].knobs, "pixels=7");
    assert_string_equal(a.list[3].key.shape, "only b");
    rt_tune_merge(&j->a, &a, &b);
    assert_int_equal(a.n, 4);
    assert_int_equal(a.list[0].n_tried, 1);
}

/* Only what is sure, and for exactly this CPU and compiler. */
static void test_choices(void **state)
{
    Job *j = *state;
    RtTuneKey key = here;
    RtTuneLog log = { 0 };
    const mnc_choice *c;
    size_t n;

    add(j, &log, "mine", "pixels=7", 1.1);
    add(j, &log, "not sure", "pixels=7", 1.1)->sure = false;
    add(j, &log, "the rule", "", 1);
    add(j, &log, "a net", "compiler=clang", 1.1)->key.kernel = "net";
    add(j, &log, "other CPU", "pixels=7", 1.1)->key.cpu = "CPU B";
    add(j, &log, "other features", "pixels=7", 1.1)->key.features = "avx2";
    add(j, &log, "other compiler", "pixels=7", 1.1)->key.compiler = "gcc 13";
    c = rt_tune_choices(&j->a, &log, &key, true, &n);
    assert_int_equal(n, 1);
    assert_string_equal(c[0].shape, "mine");
    assert_string_equal(c[0].target, "x86-64-v3");
    rt_tune_choices(&j->a, &log, &key, false, &n);
    assert_int_equal(n, 2);
}

/* Each is a note and no more; those that are no log at all say so by false. */
static void test_damage(void **state)
{
    static const struct {
        const char *text;
        bool log;
        size_t records;
        const char *note;
    } files[] = {
        { "", false, 0, "it is damaged" },
        { "{", false, 0, "it is damaged" },
        { "\xff\xfe", false, 0, "it is damaged" },
        { "[]", false, 0, "it is no tuning log" },
        { "{\"schema\": 1}", false, 0, "it is no tuning log" },
        { "{\"schema\": 1, \"records\": 3}", false, 0, "it is no tuning log" },
        { "{\"schema\": 2, \"records\": []}", false, 0, "it is of a later version" },
        { "{\"schema\": 1, \"records\": []}", true, 0, "" },
        { "{\"schema\": 1, \"records\": [1, null, {}, {\"cpu\": 3}]}", true, 0,
          "4 of 4 records of this tuning log are damaged" },
        { "{\"schema\": 1, \"records\": [{\"cpu\": \"a\", \"features\": \"\", \"compiler\": \"c\","
          "\"target\": \"t\", \"kernel\": \"k\", \"shape\": \"s\", \"rule\": \"\", \"knobs\": \"\","
          "\"gain\": 1, \"sure\": 1, \"tried\": []}, {\"cpu\": \"a\", \"features\": \"\","
          "\"compiler\": \"c\", \"target\": \"t\", \"kernel\": \"k\", \"shape\": \"s\","
          "\"rule\": \"\", \"knobs\": \"\", \"gain\": 1e300, \"tried\": []}]}", true, 1,
          "1 of 2 records" },
    };
    Job *j = *state;
    const char *path = fresh(j);
    RtTuneLog log;

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *said;
        put_file(path, files[i].text, strlen(files[i].text));
        assert_int_equal(rt_tune_read(&j->a, path, &log, &j->d), files[i].log);
        assert_int_equal(log.n, files[i].records);
        assert_int_equal(j->d.n_error, 0);
        said = job_messages(j);
        assert_non_null(strstr(said, files[i].note));
        assert_int_equal(*said != 0, *files[i].note != 0);
    }
    unlink(path);
    assert_true(rt_tune_read(&j->a, path, &log, &j->d));             /* none at all */
    assert_int_equal(log.n, 0);
}

/* A log cut short anywhere, and one with any byte changed. */
static void test_hostile(void **state)
{
    Job *j = *state;
    const char *path = fresh(j);
    RtTuneLog log = { 0 }, back;
    Bytes whole;
    char *copy;

    rt_tune_tried(&j->a, add(j, &log, "s", "pixels=7", 1.25), "pixels=1");
    assert_true(rt_tune_write(&j->a, path, &log, &j->d));
    assert_true(file_read(&j->a, path, &whole, &j->d));
    copy = malloc(whole.n);
    for (size_t i = 0; i < whole.n; i++) {
        put_file(path, (const char *)whole.p, i);
        rt_tune_read(&j->a, path, &back, &j->d);
        assert_true(back.n == 0 || i >= whole.n - 1);
        memcpy(copy, whole.p, whole.n);
        copy[i] = (char)(copy[i] ^ 0x15);
        put_file(path, copy, whole.n);
        rt_tune_read(&j->a, path, &back, &j->d);
        assert_true(back.n <= 1);
    }
    free(copy);
    unlink(path);
}

/* Five per cent in noise of five per cent are found; none in the same noise is not; nor are a few
 * long runs a gain. */
static void test_score(void **state)
{
    enum { N = 60 };
    Job *j = *state;
    double before[N], after[N], same[N], outliers[N];
    uint32_t x = 1;
    RtPairs p;

    for (int i = 0; i < N; i++) {
        double noise[3];
        for (int k = 0; k < 3; k++) {
            x = x * 1664525u + 1013904223u;
            noise[k] = 0.05 * (double)(x >> 8) / 16777216;
        }
        before[i] = 1 + noise[0];
        after[i] = (1 + noise[1]) / 1.05;
        same[i] = 1 + noise[2];
        outliers[i] = same[i] * (i % 9 ? 1 : 0.1);
    }
    p = rt_tune_pairs(&j->a, before, after, N);
    assert_int_equal(p.n, N / 3);
    assert_true(rt_tune_score(&j->a, &p) > 3);
    assert_true(fabs(rt_tune_gain(&j->a, &p) - 1.05) < 0.01);
    p = rt_tune_pairs(&j->a, after, before, N);
    assert_true(rt_tune_score(&j->a, &p) < -3);
    p = rt_tune_pairs(&j->a, before, same, N);
    assert_true(fabs(rt_tune_score(&j->a, &p)) < 2.5);
    p = (RtPairs){ before, outliers, N };
    assert_true(fabs(rt_tune_gain(&j->a, &p) - 1) < 0.02);
    p = (RtPairs){ before, before, N };
    assert_true(rt_tune_score(&j->a, &p) == 0 && rt_tune_gain(&j->a, &p) == 1);
    p.n = 0;
    assert_true(rt_tune_score(&j->a, &p) == 0 && rt_tune_gain(&j->a, &p) == 1);
}

/* cc and gcc are one compiler; flags make another. */
static void test_compiler(void **state)
{
    static const char *const words[] = { "cc", "-g", NULL };
    static const char gnu[] = "cc (Debian 12) 12.2.0\nCopyright Free Software Foundation, Inc.\n";
    Job *j = *state;
    RtCompiler cc = { words, 1, "/usr/bin/cc", gnu };

    assert_string_equal(rt_tune_compiler(&j->a, &cc), "gcc (Debian 12) 12.2.0");
    cc.argc = 2;
    assert_string_equal(rt_tune_compiler(&j->a, &cc), "gcc (Debian 12) 12.2.0 -g");
    cc.version = "Debian clang version 14\nTarget: x\n";
    cc.argc = 1;
    assert_string_equal(rt_tune_compiler(&j->a, &cc), "Debian clang version 14");
    cc.version = "";
    assert_string_equal(rt_tune_compiler(&j->a, &cc), "");
    assert_true(*rt_cpu(&j->a).model != 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_round_trip), TEST(test_merge), TEST(test_choices), TEST(test_damage),
        TEST(test_hostile), TEST(test_score), TEST(test_compiler),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
