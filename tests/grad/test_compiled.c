/* SPDX-License-Identifier: Apache-2.0 */
/* test_compiled: the gradients that generated C computes.
 *
 * In f32 they must be those that the reference computes in double of the same step, to 1e-4 of a
 * tensor's largest; and the same bits, with the loss, on all targets, with any number of threads
 * and in as little memory as there is a step for.  With --dtype=f64 the same kernels, vectors and
 * tiles and all, must give what the reference gives to 1e-9, and what central differences of their
 * own loss give to 1e-6. */
#include "grad.h"
#include "mnc/mnc.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 1e-4, ROUNDING = 1e-9, FOLDED = 1e-7;
static const double STEP = 1e-5, OF_DIFFERENCES = 1e-6;

/* Contraction and the lack of fused multiply-add are what makes bits differ between targets. */
#define SAME_BITS "-O1 -ffp-contract=off -DNET_EXACT -pthread"

static const struct Build {
    const char *target;
    bool plain;
    const char *flags;
    const char *dtype;
    bool small;                /* in the least memory that there is a step for */
} builds[] = {
    { "portable", false, SAME_BITS, NULL, false },
    { "x86-64-v3", false, SAME_BITS, NULL, false },
    { "x86-64-v4", false, SAME_BITS, NULL, false },
    { "portable", true, "-O1", NULL, false },
    { "portable", false, "-O1", "f64", false },
    { "portable", false, SAME_BITS, NULL, true },
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

/* The limit that a refusal of all limits names. */
static int64_t least_ram(World *w, mnc_options o)
{
    static const char before[] = "the smallest state found takes ";
    const char *text;
    mnc_model *m;
    int64_t n;

    o.max_ram = 1;
    m = mnc_open(&o);
    assert_int_equal(mnc_read_data(m, "net.mnet", w->c->text, strlen(w->c->text)), MNC_OK);
    assert_int_equal(mnc_write_c(m, "/dev/null"), MNC_TOO_LARGE);
    text = strstr(mnc_messages(m), before);
    assert_non_null(text);
    n = atoll(text + strlen(before));
    mnc_close(m);
    return n;
}

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
    mnc_options options = { .target = b->target, .dtype = b->dtype, .prefix = "net",
                                  .plain = b->plain, .threads = !b->plain, .train = &train };
    mnc_model *m;

    options.max_ram = b->small ? least_ram(w, options) : 0;
    m = mnc_open(&options);

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

/* ---- in double ---- */

/* What the pointer of a file made with --dtype=f64 really points to. */
typedef int Doubles(void *context, void *state, const double *x, const int32_t *labels,
                    double *loss);

typedef struct Wide {
    World *w;
    const mnc_trainer *t;
    unsigned char *state;
    double *x;
} Wide;

static double *wide_data(const Wide *z, const mnc_slot *slot)
{
    return (double *)(void *)(z->state + slot->offset);
}

static void fill_wide(const Wide *z)
{
    assert_int_equal(z->t->init(z->state, 0), MNC_NET_OK);
    for (int i = 0; i < z->t->n_slot; i++) {
        const mnc_slot *slot = &z->t->slot[i];
        size_t n = slot->tensor.bytes / sizeof(double);
        double *to = wide_data(z, slot);
        float *noise = arena_new_n(&z->w->step.a, float, n);

        if (slot->kind != MNC_SLOT_PARAM && slot->kind != MNC_SLOT_STATISTIC)
            continue;
        numbers_of(slot->tensor.name, noise, (int64_t)n);
        for (size_t k = 0; k < n; k++)
            to[k] = (double)slot_number((float)to[k], noise[k]);
    }
}

static double wide_loss(const Wide *z)
{
    double loss = 0;

    assert_int_equal(((Doubles *)z->t->gradients)(NULL, z->state, z->x, z->w->step.input[1],
                                                  &loss), MNC_NET_OK);
    return loss;
}

static double difference(const Wide *z, double *p, double h)
{
    const double was = *p;
    double up, down;

    *p = was + h;
    up = wide_loss(z);
    *p = was - h;
    down = wide_loss(z);
    *p = was;
    return (up - down) / (2 * h);
}

/* Is got what moving *p says?  Where two steps disagree is a kink, of which it says nothing. */
static bool by_differences(const Wide *z, double *p, double got, double tolerance)
{
    double d = difference(z, p, STEP);

    return fabs(got - d) <= tolerance
        || fabs(d - difference(z, p, STEP / 2)) > tolerance / 2;
}

/* What is frozen may have been folded in f32 before it became double. */
static double rounding(const World *w)
{
    return w->c->freeze[0] ? FOLDED : ROUNDING;
}

/* Parameter number i of the step; two of its numbers are moved. */
static void compare_wide(const Wide *z, uint32_t i, const mnc_slot *param, const mnc_slot *grad)
{
    World *w = z->w;
    size_t n = param->tensor.bytes / sizeof(double);
    double *p = wide_data(z, param), *got = arena_new_n(&w->step.a, double, n);
    double most = fmax(largest(w, i), w->most / 100);

    wide_loss(z);
    memcpy(got, wide_data(z, grad), n * sizeof *got);
    for (size_t k = 0; k < n; k++) {
        bool moved = k % (n / 2 + 1) == n / 4;
        if (fabs(got[k] - w->want[i][k]) <= rounding(w) * most
            && (!moved || by_differences(z, p + k, got[k], OF_DIFFERENCES * most)))
            continue;
        w->bad++;
        print_error("%s in f64: %s[%d] is %.15g, by the reference %.15g, by differences %.9g\n",
                    w->c->name, param->tensor.name, (int)k, got[k], w->want[i][k],
                    difference(z, p + k, STEP));
    }
}

static const mnc_slot *slot_of(const mnc_trainer *t, const char *name)
{
    for (int i = 0; i < t->n_slot; i++)
        if (!strcmp(t->slot[i].tensor.name, name))
            return &t->slot[i];
    fail_msg("there is no %s", name);
    return NULL;
}

static void run_wide(World *w, const mnc_net *net)
{
    Wide z = { .w = w, .t = net->trainer };
    const Shape *x = &ir_val(w->step.g, w->step.g->input[0])->shape;

    assert_int_equal(net->input[0].dtype, 11);       /* ONNX's number of double */
    z.state = arena_alloc(&w->step.a, z.t->state_bytes + 64);
    z.x = arena_new_n(&w->step.a, double, (size_t)shape_count(x));
    memcpy(z.x, w->step.input[0], (size_t)shape_count(x) * sizeof *z.x);
    fill_wide(&z);
    if (!(fabs(wide_loss(&z) - w->want_loss) <= rounding(w))) {
        w->bad++;
        print_error("%s in f64: the loss is %.15g\n", w->c->name, wide_loss(&z));
    }
    for (uint32_t i = 0; i < w->step.state.n; i++) {
        const StateSlot *s = &w->step.state.slot[i];
        if (s->kind == STATE_PARAM)
            compare_wide(&z, i, slot_of(z.t, s->name),
                         slot_of(z.t, arena_printf(&w->step.a, "%s.grad", s->name)));
    }
}

/* ---- the tests ---- */

static void begin(World *w, const Case *c)
{
    const char *tmp = getenv("TMPDIR");

    w->c = c;
    step_open(&w->step, w->c, "fuse_act", false);
    w->want = step_gradients(&w->step);
    w->want_loss = step_loss(&w->step);
    for (uint32_t i = 0; i < w->step.state.n; i++)
        w->most = fmax(w->most, largest(w, i));
    w->dir = mkdtemp(arena_printf(&w->step.a, "%s/mnc-grad-XXXXXX", tmp ? tmp : "/tmp"));
    assert_non_null(w->dir);
}

static void end(World *w)
{
    if (!getenv("MNC_KEEP"))
        shell("rm -r %s", w->dir);
    assert_int_equal(w->bad, 0);
    step_close(&w->step);
    free(w);
}

/* Small nets have little to compute again. */
static bool is_large(const Case *c)
{
    for (const Case *l = cases_large; l->name; l++)
        if (l == c)
            return true;
    return false;
}

static void test_case(void **state)
{
    World *w = calloc(1, sizeof *w);

    begin(w, *state);
    for (int i = 0; i < N_BUILD; i++) {
        const mnc_net *net;
        const char *where = builds[i].plain ? "-O0"
                          : builds[i].small ? "little memory" : builds[i].target;
        bool here;

        if (builds[i].small && !is_large(w->c))
            continue;
        net = load(w, &builds[i], i);
        if (builds[i].dtype) {
            run_wide(w, net);
            continue;
        }
        here = run(w, net, where, 0);

        for (int k = 1; here && !builds[i].plain && !builds[i].small && k <= MOST_THREADS; k++)
            run(w, net, arena_printf(&w->step.a, "%s with %d threads", where, k), k);
    }
    end(w);
}

/* Every case, in f64 alone. */
static void test_wide(void **state)
{
    World *w = calloc(1, sizeof *w);

    begin(w, *state);
    for (int i = 0; i < N_BUILD; i++)
        if (builds[i].dtype)
            run_wide(w, load(w, &builds[i], i));
    end(w);
}

/* Those cases of all tables that are to be compiled, and the larger ones; with an argument all of
 * them, in f64. */
int main(int argc, char **argv)
{
    static const Case *const lists[] = { cases_layers, cases_pointwise, cases_windows, cases_nets,
                                         cases_large };
    struct CMUnitTest tests[256];
    size_t n = 0;

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const Case *c = lists[i]; c->name; c++)
            if ((c->compiled || argc > 1) && n < sizeof tests / sizeof tests[0])
                tests[n++] = (struct CMUnitTest){ c->name, argc > 1 ? test_wide : test_case,
                                                  NULL, NULL,
                                                  (void *)(uintptr_t)c };
    (void)argv;
    return _cmocka_run_group_tests("compiled", tests, n, NULL, NULL);
}
