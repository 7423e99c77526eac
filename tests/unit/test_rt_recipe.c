/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes from files and from options: every type of value, and what is said about wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "base/glob.h"
#include "recipe.h"

#include <unistd.h>

static bool read_text(Job *j, const char *json, RtRecipe *r)
{
    char path[] = "/tmp/mnc-recipe-XXXXXX";
    int fd = mkstemp(path);
    bool ok;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, json, strlen(json)), (ssize_t)strlen(json));
    close(fd);
    rt_recipe_default(r);
    ok = rt_recipe_read(&j->a, path, r, &j->d);
    unlink(path);
    return ok;
}

static void files(void **state)
{
    Job *j = *state;
    RtRecipe r;

    assert_true(read_text(j, "{\"optimizer\": {\"kind\": \"adamw\", \"learning_rate\": 0.01,"
                             " \"betas\": [0.8, 0.99], \"nesterov\": false},"
                             " \"schedule\": {\"kind\": \"one_cycle\", \"total_steps\": 20,"
                             " \"anneal\": \"linear\"}, \"batch\": 128,"
                             " \"freeze\": [\"a.*\", \"b\"], \"trainable\": \"*\"}", &r));
    assert_int_equal(r.optimizer, RT_ADAMW);
    assert_true(r.schedule.rate == .01 && r.betas[0] == .8 && r.betas[1] == .99);
    assert_int_equal(r.schedule.kind, RT_ONE_CYCLE);
    assert_true(r.schedule.total == 20 && r.schedule.linear && r.batch == 128);
    assert_string_equal(r.freeze[1], "b");
    assert_null(r.freeze[2]);
    assert_string_equal(r.trainable[0], "*");
    assert_true(r.eps == 1e-8 && r.schedule.pct_start == .3);      /* defaults stay */
}

static void options(void **state)
{
    Job *j = *state;
    RtRecipe r;

    rt_recipe_default(&r);
    assert_true(rt_recipe_set(&j->a, "--optimizer", "optimizer",
                              "adam,betas=0.8,0.9,learning_rate=0.5", &r, &j->d));
    assert_true(r.optimizer == RT_ADAM && r.betas[0] == .8 && r.betas[1] == .9);
    assert_true(r.schedule.rate == .5);
    assert_true(rt_recipe_set(&j->a, "--optimizer", "optimizer", "momentum=0.9,nesterov=true", &r,
                              &j->d));
    assert_true(r.optimizer == RT_ADAM && r.momentum == .9 && r.nesterov);
    assert_true(rt_recipe_set(&j->a, "--augment", "augment", "pad=4,crop=32,flip", &r, &j->d));
    assert_string_equal(r.augment, "pad=4,crop=32,flip");
    assert_true(rt_recipe_set(&j->a, "--freeze", "freeze", "a.*,b", &r, &j->d));
    assert_string_equal(r.freeze[1], "b");
    assert_true(rt_recipe_set(&j->a, "--batch", "batch", "7", &r, &j->d));
    assert_int_equal(r.batch, 7);
    assert_int_equal(j->d.n_error, 0);
}

/* The message, or "" when it was accepted. */
static const char *said(Job *j, const char *key, const char *text)
{
    RtRecipe r;

    rt_recipe_default(&r);
    return rt_recipe_set(&j->a, "x", key, text, &r, &j->d) ? "" : job_messages(j);
}

static void wrong_values(void **state)
{
    Job *j = *state;
    RtRecipe r;

    assert_string_equal(said(j, "batch", "0"),
                        "x: error: 'batch' is a whole number from 1 to 1e+06\n");
    assert_string_equal(said(j, "batch", "1.5"),
                        "x: error: 'batch' is a whole number from 1 to 1e+06\n");
    assert_string_equal(said(j, "optimizer", "lion"),
                        "x: error: 'optimizer.kind' is one of: sgd adam adamw\n");
    assert_string_equal(said(j, "optimizer", "betas=1"),
                        "x: error: 'optimizer.betas' is two numbers from 0 to 1\n");
    assert_string_equal(said(j, "optimizer", "rate=1"),
                        "x: error: a recipe has no 'optimizer.rate'\n"
                        "    there is: kind learning_rate momentum weight_decay nesterov betas "
                        "eps\n");
    assert_string_equal(said(j, "shuffle", "maybe"), "x: error: 'shuffle' is true or false\n");
    assert_false(read_text(j, "{\"batch\": 2, \"bach\": 1, \"loss\": 5}", &r));
    assert_int_equal(j->d.n_error, 2);
    assert_non_null(strstr(job_messages(j), "a recipe has no 'bach'\n    there is: net data"));
    assert_false(read_text(j, "{\"batch\": 2,}", &r));
    assert_non_null(strstr(job_messages(j), "is not a JSON object"));
    assert_false(read_text(j, "[]", &r));
}

static bool parse(Job *j, Bytes file)
{
    RtRecipe r;

    rt_recipe_default(&r);
    return rt_recipe_parse(&j->a, "x.json", file, &r, &j->d);
}

/* Damaged and cut recipes are refused with a reason or taken, whatever memory there is. */
static void hostile(void **state)
{
    static const char text[] =
        "{\"optimizer\": {\"kind\": \"adam\", \"betas\": [0.9, 0.99]}, \"batch\": 12,"
        " \"freeze\": [\"a.*\"], \"augment\": \"flip\", \"shuffle\": true}";
    Bytes file = { (const unsigned char *)text, sizeof text - 1 };

    (void)state;
    assert_int_equal(job_torture(parse, file, 1), 0);
}

static void patterns(void **state)
{
    static const char *const two[] = { "a.*", "*.bias", NULL };

    (void)state;
    assert_true(glob_matches("*", "") && glob_matches("*", "x") && glob_matches("a*c*e", "abcde"));
    assert_false(glob_matches("a*c", "abd") || glob_matches("a", "ab") || glob_matches("ab", "a"));
    assert_true(glob_matches("a**", "a") && glob_matches("*.b", "a.b.b"));
    assert_true(glob_matches_any(two, "a.weight") && glob_matches_any(two, "c.bias"));
    assert_false(glob_matches_any(two, "c.weight") || glob_matches_any(NULL, "a"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(options, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(wrong_values, job_setup, job_teardown),
        cmocka_unit_test(hostile),
        cmocka_unit_test(patterns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
