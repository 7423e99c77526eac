/* SPDX-License-Identifier: Apache-2.0 */
/* test_compiled: the gradients that generated C computes in f32.
 *
 * They must be those that the reference computes in double of the same step, to 1e-4 of a tensor's
 * largest; and the same bits, with the loss, on all targets and with any number of threads. */
#include "grad.h"
#include "mnc/mnc.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 1e-4;

/* Contraction and the lack of fused multiply-add are what makes bits differ between targets. */
#define SAME_BITS "-O1 -ffp-contract=off -DNET_EXACT -pthread"

static const struct Build {
    const char *target;
    bool plain;
    const char *flags;
} builds[] = {
    { "portable", false, SAME_BITS }, { "x86-64-v3", false, SAME_BITS },
    { "x86-64-v4", false, SAME_BITS }, { "portable", true, "-O1" },
};
enum { N_BUILD = sizeof builds / sizeof builds[0], MOST_THREADS = 3 };

typedef struct World {
    Step step;                 /* what it should be */
    double **want;             /* by slot of the step */
    double most, want_loss;    /* the largest of all gradients */
    const Case *c;
    const char *dir;
    unsigned char *first;      /* the state after the first run; NULL: none yet */
    float loss;                /* of that run */
    int bad;
} World;

/* ---- from the spec to a library ---- */

static void shell(const char *fmt, ...)
{
    char command[2048];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    if (system(command))
        fail_msg("failed: %s", command);
}

static void write_c(World *w, const struct Build *b, const char *path)
{
    const mnc_train_options train = { .loss = w->c->loss, .keep_gradients = 1, .initial = 1,
                                      .freeze = w->c->freeze[0] ? w->c->freeze : NULL };
    const mnc_options options = { .target = b->target, .prefix = "net", .plain = b->plain,
                                  .threads = !b->plain, .train = &train };
    mnc_model *m = mnc_open(&options);

    if (mnc_read_data(m, "net.mnet", w->c->text, strlen(w->c->text)) != MNC_OK
        || mnc_write_c(m, path) != MNC_OK)
        fail_msg("%s: %s", w->c->name, mnc_messages(m));
    mnc_close(m);
}

static const mnc_net *load(World *w, const struct Build *b, int number)
{
    const char *cc = getenv("CC");
    const char *path = arena_printf(&w->step.a, "%s/net%d", w->dir, number);
    const mnc_net *(*describe)(void);
    void *lib;

    write_c(w, b, arena_printf(&w->step.a, "%s.c", path));
    shell("%s " MNC_TEST_CFLAGS " %s -fPIC -shared -o %s.so %s.c -lm", cc && *cc ? cc : "cc",
          b->flags, path, path);
    lib = dlopen(arena_printf(&w->step.a, "%s.so", path), RTLD_NOW | RTLD_LOCAL);
    if (!lib)
        fail_msg("%s", dlerror());
    *(void **)&describe = dlsym(lib, "net_describe");
    assert_non_null(describe);
    return describe();
}

/* ---- one run ---- */

static float *slot_data(const mnc_slot *slot, unsigned char *state)
{
    return (float *)(void *)(state + slot->offset);
}

/* The numbers that the step in double has as well. */
static void fill_state(World *w, const mnc_trainer *t, unsigned char *state)
{
    memset(state, 0xff, t->state_bytes);
    assert_int_equal(t->init(state, 0), MNC_NET_OK);
    for (int i = 0; i < t->n_slot; i++) {
        size_t n = t->slot[i].tensor.bytes / sizeof(float);
        float *to = slot_data(&t->slot[i], state);
        float *noise = arena_new_n(&w->step.a, float, n);

        if (t->slot[i].kind != MNC_SLOT_PARAM && t->slot[i].kind != MNC_SLOT_STATISTIC)
            continue;
        numbers_of(t->slot[i].tensor.name, noise, (int64_t)n);
        for (size_t k = 0; k < n; k++)
            to[k] = slot_number(to[k], noise[k]);
    }
}

static double largest(const World *w, uint32_t i)
{
    int64_t n = w->want[i] ? shape_count(&w->step.state.slot[i].shape) : 0;
    double most = 0;

    for (int64_t k = 0; k < n; k++)
        most = fmax(most, fabs(w->want[i][k]));
    return most;
}

/* What a batch norm takes away again has a gradient of nothing but rounding, hence the floor. */
static void compare_slot(World *w, const char *where, const float *got, uint32_t i)
{
    int64_t n = shape_count(&w->step.state.slot[i].shape);
    double most = fmax(largest(w, i), w->most / 100);

    for (int64_t k = 0; k < n; k++)
        if (!(fabs((double)got[k] - w->want[i][k]) <= TOLERANCE * most)) {
            w->bad++;
            print_error("%s, %s: %s[%d] is %.9g, not %.9g\n", w->c->name, where,
                        w->step.state.slot[i].name, (int)k, (double)got[k], w->want[i][k]);
            return;
        }
}

/* Every parameter has a slot for its gradient. */
static void compare(World *w, const char *where, const mnc_trainer *t, unsigned char *state)
{
    const State *s = &w->step.state;

    for (uint32_t i = 0; i < s->n; i++) {
        const char *name = arena_printf(&w->step.a, "%s.grad", s->slot[i].name);
        int k = 0;

        if (s->slot[i].kind != STATE_PARAM)
            continue;
        while (k < t->n_slot && strcmp(t->slot[k].tensor.name, name))
            k++;
        if (k == t->n_slot)
            fail_msg("%s: there is no %s", w->c->name, name);
        assert_int_equal(t->slot[k].kind, MNC_SLOT_GRADIENT);
        compare_slot(w, where, slot_data(&t->slot[k], state), i);
    }
}

static void same_bits(World *w, const char *where, const mnc_trainer *t, unsigned char *state)
{
    for (int i = 0; i < t->n_slot; i++)
        if (memcmp(slot_data(&t->slot[i], state), slot_data(&t->slot[i], w->first),
                   t->slot[i].tensor.bytes)) {
            w->bad++;
            print_error("%s, %s: other bits in %s\n", w->c->name, where, t->slot[i].tensor.name);
        }
}

/* False: this CPU is none of the target. */
static bool run(World *w, const mnc_net *net, const char *where, int threads)
{
    const mnc_trainer *t = net->trainer;
    unsigned char *state = arena_alloc(&w->step.a, t->state_bytes + 64);
    void *context = threads ? arena_alloc(&w->step.a, net->context_bytes + 64) : NULL;
    const Shape *x = &ir_val(w->step.g, w->step.g->input[0])->shape;
    float *in = arena_new_n(&w->step.a, float, (size_t)shape_count(x)), loss = 0;
    int code;

    numbers_of("input", in, shape_count(x));
    if (threads)
        assert_int_equal(net->open(context, threads), MNC_NET_OK);
    fill_state(w, t, state);
    code = t->gradients(context, state, in, w->step.input[1], &loss);
    if (threads)
        net->close(context);
    if (code == MNC_NET_CPU)
        return false;
    assert_int_equal(code, MNC_NET_OK);
    compare(w, where, t, state);
    if (!(fabs((double)loss - w->want_loss) <= 1e-5)) {
        w->bad++;
        print_error("%s, %s: the loss is %.9g\n", w->c->name, where, (double)loss);
    }
    if (!w->first) {
        w->first = state;
        w->loss = loss;
    } else if (strcmp(where, "-O0")) {
        same_bits(w, where, t, state);
        if (memcmp(&loss, &w->loss, sizeof loss)) {
            w->bad++;
            print_error("%s, %s: other bits in the loss\n", w->c->name, where);
        }
    }
    return true;
}

/* ---- the tests ---- */

static void test_case(void **state)
{
    World *w = calloc(1, sizeof *w);
    const char *tmp = getenv("TMPDIR");

    w->c = *state;
    step_open(&w->step, w->c, "fuse_act", false);
    w->want = step_gradients(&w->step);
    w->want_loss = step_loss(&w->step);
    for (uint32_t i = 0; i < w->step.state.n; i++)
        w->most = fmax(w->most, largest(w, i));
    w->dir = mkdtemp(arena_printf(&w->step.a, "%s/mnc-grad-XXXXXX", tmp ? tmp : "/tmp"));
    assert_non_null(w->dir);
    for (int i = 0; i < N_BUILD; i++) {
        const mnc_net *net = load(w, &builds[i], i);
        const char *where = builds[i].plain ? "-O0" : builds[i].target;
        bool here = run(w, net, where, 0);

        for (int k = 1; here && !builds[i].plain && k <= MOST_THREADS; k++)
            run(w, net, arena_printf(&w->step.a, "%s with %d threads", where, k), k);
    }
    if (!getenv("MNC_KEEP"))
        shell("rm -r %s", w->dir);
    assert_int_equal(w->bad, 0);
    step_close(&w->step);
    free(w);
}

/* Those cases of all tables that are to be compiled, and the larger ones. */
int main(void)
{
    static const Case *const lists[] = { cases_layers, cases_pointwise, cases_windows, cases_nets,
                                         cases_large };
    struct CMUnitTest tests[64];
    size_t n = 0;

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const Case *c = lists[i]; c->name; c++)
            if (c->compiled && n < sizeof tests / sizeof tests[0])
                tests[n++] = (struct CMUnitTest){ c->name, test_case, NULL, NULL,
                                                  (void *)(uintptr_t)c };
    return _cmocka_run_group_tests("compiled", tests, n, NULL, NULL);
}
