/* SPDX-License-Identifier: Apache-2.0 */
/* test_grad TABLE: are the gradients that autodiff makes those of the loss?
 *
 * The net as it is before it is differentiated says what the loss is; its central differences by
 * every element of every parameter, in double, must be the gradients that the graph computes, after
 * each of the passes that make or change them, and with -O0. */
#include "grad.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARAMS = 64 };
static const double STEP = 1e-5;
static const double TOLERANCE = 1e-6;      /* of a tensor's largest gradient */
/* What passes fold is rounded to f32 once more. */
static const double ROUNDING = 1e-6;

/* What the differences say: a NaN where the loss has a kink within the step. */
typedef struct Differences {
    double *of[MOST_PARAMS];               /* by slot */
    double most[MOST_PARAMS];              /* a tensor's largest */
    int n, kinks;
} Differences;

/* ---- central differences ---- */

static double difference(Step *s, double *w, double h)
{
    const double was = *w;
    double up, down;

    *w = was + h;
    up = step_loss(s);
    *w = was - h;
    down = step_loss(s);
    *w = was;
    return (up - down) / (2 * h);
}

/* Both steps agree to h^2 where the loss is smooth, and to no more than h^0 at a kink. */
static void slot_differences(Step *s, uint32_t i, Differences *out)
{
    int64_t n = shape_count(&s->state.slot[i].shape);
    double most = 1e-3;                    /* below, differences are but rounding */
    double *half = arena_new_n(&s->a, double, (size_t)n);

    out->of[i] = arena_new_n(&s->a, double, (size_t)n);
    for (int64_t k = 0; k < n; k++) {
        out->of[i][k] = difference(s, &s->at[i][k], STEP);
        half[k] = difference(s, &s->at[i][k], STEP / 2);
        most = fmax(most, fabs(half[k]));
    }
    for (int64_t k = 0; k < n; k++, out->n++)
        if (!(fabs(out->of[i][k] - half[k]) <= TOLERANCE / 2 * most)) {
            out->of[i][k] = (double)NAN;
            out->kinks++;
        }
    out->most[i] = most;
}

static Differences *differences(Step *s)
{
    Differences *d = arena_new(&s->a, Differences);

    assert_true(s->state.n <= MOST_PARAMS);
    for (uint32_t i = 0; i < s->state.n; i++)
        if (s->state.slot[i].kind == STATE_PARAM)
            slot_differences(s, i, d);
    return d;
}

/* ---- comparing ---- */

static int compare(const Case *c, const char *where, const Step *s, const Differences *d)
{
    double **grad = step_gradients((Step *)(uintptr_t)s);
    int bad = 0;

    for (uint32_t i = 0; i < s->state.n; i++)
        for (int64_t k = 0; grad[i] && k < shape_count(&s->state.slot[i].shape); k++) {
            double want = d->of[i][k], error = fabs(grad[i][k] - want);
            if (isnan(want) || error <= TOLERANCE * d->most[i])
                continue;
            if (bad++ < 5)
                print_error("%s after %s: %s[%d] is %.12g, not %.12g\n", c->name, where,
                            s->state.slot[i].name, (int)k, grad[i][k], want);
        }
    return bad;
}

/* The slots of both have the same numbers, in the same order. */
static int check_stage(const Case *c, const char *after, bool plain, const Step *first,
                       const Differences *d)
{
    Step *s = calloc(1, sizeof *s);
    const char *where = plain ? "-O0" : after;
    double loss = step_loss((Step *)(uintptr_t)first), now;
    int bad;

    step_open(s, c, after, plain);
    for (uint32_t i = 0; i < first->state.n; i++)
        assert_string_equal(first->state.slot[i].name, s->state.slot[i].name);
    now = step_loss(s);
    if (!(fabs(now - loss) <= ROUNDING * loss))
        fail_msg("%s after %s: the loss is %.12g, not %.12g", c->name, where, now, loss);
    bad = compare(c, where, s, d);
    step_close(s);
    free(s);
    return bad;
}

/* ---- what is trained ---- */

static bool is_frozen(const Case *c, const char *name)
{
    for (int i = 0; i < 4 && c->frozen[i]; i++)
        if (!strcmp(c->frozen[i], name))
            return true;
    return false;
}

/* Whether each parameter of the net is in the state or frozen, and not both. */
static void check_frozen(const Case *c, const Step *s)
{
    for (uint32_t i = 0; i < s->state.n; i++)
        if (is_frozen(c, s->state.slot[i].name))
            fail_msg("%s: '%s' is trained", c->name, s->state.slot[i].name);
    for (uint32_t i = 1; i < s->g->n_value; i++)
        if (s->g->value[i].kind == VAL_PARAM && !is_frozen(c, s->g->value[i].name))
            fail_msg("%s: '%s' is not trained", c->name, s->g->value[i].name);
    for (int i = 0; i < 4 && c->frozen[i]; i++) {
        uint32_t k = 1;
        while (k < s->g->n_value && strcmp(s->g->value[k].name, c->frozen[i]))
            k++;
        if (k == s->g->n_value)
            fail_msg("%s: there is no '%s'", c->name, c->frozen[i]);
    }
}

static void test_case(void **state)
{
    static const char *const stages[] = { "autodiff", "lower_grad", "fuse_grad", "fuse_act" };
    const Case *c = *state;
    Step *s = calloc(1, sizeof *s);
    Differences *d;
    int bad = 0;

    step_open(s, c, "train", false);
    check_frozen(c, s);
    d = differences(s);
    assert_true(d->n > 0);
    if (d->kinks > d->n / 20)
        fail_msg("%s: %d of %d at a kink", c->name, d->kinks, d->n);
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
        bad += check_stage(c, stages[i], false, s, d);
    bad += check_stage(c, "fuse_act", true, s, d);
    step_close(s);
    free(s);
    assert_int_equal(bad, 0);
}

/* ---- the tables ---- */

const Table tables[] = {
    { "layers", cases_layers }, { "pointwise", cases_pointwise }, { "windows", cases_windows },
    { "nets", cases_nets }, { "formulas", cases_formulas }, { NULL, NULL }
};

static int run_table(const Table *t)
{
    struct CMUnitTest *tests;
    size_t n = 0;
    int failed;

    while (t->cases[n].name)
        n++;
    tests = calloc(n, sizeof *tests);
    for (size_t i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){ t->cases[i].name, test_case, NULL, NULL,
                                        (void *)(uintptr_t)&t->cases[i] };
    failed = _cmocka_run_group_tests(t->name, tests, n, NULL, NULL);
    free(tests);
    return failed;
}

int main(int argc, char **argv)
{
    for (const Table *t = tables; t->name && argc == 2; t++)
        if (!strcmp(t->name, argv[1]))
            return run_table(t);
    fprintf(stderr, "usage: test_grad TABLE\n");
    return 2;
}
