/* SPDX-License-Identifier: Apache-2.0 */
/* test_doubles: the gradients that generated C computes are those of the loss that it computes.
 *
 * The kernels of training are written once, in words that stand for f32 vectors, f32 and f64; here
 * a step is compiled in f64, where central differences tell right from wrong to six digits and
 * more.  Parameters are inputs of the net, the loss and their gradients its outputs. */
#include "backend/emit.h"
#include "grad.h"
#include "mnc/net.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PassFn pass_dce;

static const double STEP = 1e-5;
static const double TOLERANCE = 1e-6, ROUNDING = 1e-10;    /* of differences, of the reference */

enum { MOST = 64, MOST_TESTS = 256 };

typedef struct World {
    Step s;
    const Case *c;
    Graph *g;                  /* to be compiled */
    uint32_t n, slot[MOST];    /* the parameters: their slots */
    uint32_t at[MOST];         /* and which output has the gradient of each */
    const mnc_net *net;
    const void *in[MOST + 2];  /* x, labels, parameters */
    void *out[MOST + 2];       /* loss, scores, gradients */
    void *arena;
    const char *dir;
} World;

/* ---- the graph ---- */

static ValueId value_of(const Graph *g, const char *name)
{
    uint32_t i = 1;

    while (i < g->n_value && strcmp(g->value[i].name, name))
        i++;
    assert_true(i < g->n_value);
    return (ValueId){ i };
}

/* Two parameters may have one gradient: an output comes once. */
static uint32_t add_output(ValueId *out, uint32_t *n, ValueId v)
{
    uint32_t i = 0;

    while (i < *n && out[i].id != v.id)
        i++;
    if (i == *n)
        out[(*n)++] = v;
    return i;
}

static void make_graph(World *w)
{
    const State *state = &w->s.state;
    ValueId in[MOST + 2], out[MOST + 2];
    uint32_t n_in = 2, n_out = 2;

    assert_true(state->n <= MOST);
    w->g = ir_clone(w->s.g);
    memcpy(in, w->g->input, 2 * sizeof *in);
    memcpy(out, w->g->output, 2 * sizeof *out);
    w->in[0] = w->s.input[0];
    w->in[1] = w->s.input[1];
    for (uint32_t i = 0; i < state->n; i++) {
        Value *v;
        if (state->slot[i].kind != STATE_PARAM)
            continue;
        in[n_in] = value_of(w->g, state->slot[i].name);
        v = ir_val(w->g, in[n_in]);
        v->kind = VAL_INPUT;
        v->data = NULL;
        w->in[n_in++] = w->s.at[i];
        w->at[w->n] = add_output(out, &n_out, w->s.grad[i]);
        w->slot[w->n++] = i;
    }
    ir_set_inputs(w->g, in, n_in);
    ir_set_outputs(w->g, out, n_out);
    for (uint32_t i = 0; i < n_out; i++)
        w->out[i] = arena_new_n(&w->s.a, double,
                                (size_t)shape_count(&ir_val(w->g, out[i])->shape));
    assert_true(ir_sort(w->g));
}

/* ---- from the graph to a function ---- */

static void complain(World *w)
{
    Buf b;

    buf_init(&b, &w->s.a);
    diag_print(&w->s.d, &b);
    fail_msg("%s: %s", w->c->name, b.p);
}

static void write_c(World *w, const char *path)
{
    mnc_options options = { .target = "portable" };
    Job job = { .g = w->g, .options = &options, .d = &w->s.d };
    Emit e = { .arena = &w->s.a, .options = &options, .d = &w->s.d, .prefix = "net", .hash = "0" };
    Buf c, h;
    FILE *f = fopen(path, "w");

    if (!pass_dce(&job) || !ir_sort(w->g) || !ir_check(w->g, "", &w->s.d) || !pass_layout(&job)
        || !pass_plan_memory(&job))
        complain(w);
    e.g = job.g;
    e.plan = job.plan;
    buf_init(&c, &w->s.a);
    buf_init(&h, &w->s.a);
    if (!emit_file(&e, &c, &h) || w->s.d.n_error)
        complain(w);
    assert_non_null(f);
    assert_int_equal(fwrite(c.p, 1, c.n, f), c.n);
    assert_int_equal(fclose(f), 0);
}

static void shell(const char *command)
{
    if (system(command))
        fail_msg("failed: %s", command);
}

static void load(World *w)
{
    const char *cc = getenv("CC"), *tmp = getenv("TMPDIR");
    const mnc_net *(*describe)(void);
    void *lib;

    w->dir = mkdtemp(arena_printf(&w->s.a, "%s/mnc-grad-XXXXXX", tmp ? tmp : "/tmp"));
    assert_non_null(w->dir);
    write_c(w, arena_printf(&w->s.a, "%s/net.c", w->dir));
    shell(arena_printf(&w->s.a, "%s " MNC_TEST_CFLAGS " -O1 -fPIC -shared -o %s/net.so %s/net.c"
                       " -lm", cc && *cc ? cc : "cc", w->dir, w->dir));
    lib = dlopen(arena_printf(&w->s.a, "%s/net.so", w->dir), RTLD_NOW | RTLD_LOCAL);
    if (!lib)
        fail_msg("%s", dlerror());
    *(void **)&describe = dlsym(lib, "net_describe");
    assert_non_null(describe);
    w->net = describe();
    w->arena = arena_alloc(&w->s.a, w->net->arena_bytes + 64);
    if (!getenv("MNC_KEEP"))
        shell(arena_printf(&w->s.a, "rm -r %s", w->dir));
}

static double loss(World *w)
{
    assert_int_equal(w->net->run(w->in, w->out, w->net->weights, w->arena), MNC_NET_OK);
    return *(const double *)w->out[0];
}

/* ---- comparing ---- */

static double difference(World *w, double *p, double h)
{
    const double was = *p;
    double up, down;

    *p = was + h;
    up = loss(w);
    *p = was - h;
    down = loss(w);
    *p = was;
    return (up - down) / (2 * h);
}

/* What the compiled net says of parameter k, what the reference says, and the differences; where
 * two steps disagree is a kink, and the reference alone counts. */
static int compare(World *w, uint32_t k, const double *got, const double *want)
{
    double *p = w->s.at[w->slot[k]], most = 1e-3;
    int64_t n = shape_count(&w->s.state.slot[w->slot[k]].shape);
    int bad = 0;

    for (int64_t i = 0; i < n; i++)
        most = fmax(most, fabs(want[i]));
    for (int64_t i = 0; i < n; i++) {
        double d = difference(w, p + i, STEP);
        bool kink = fabs(d - difference(w, p + i, STEP / 2)) > TOLERANCE / 2 * most;
        if (fabs(got[i] - want[i]) <= ROUNDING * most
            && (kink || fabs(got[i] - d) <= TOLERANCE * most))
            continue;
        bad++;
        print_error("%s: %s[%d] is %.12g, by the reference %.12g, by differences %.12g\n",
                    w->c->name, w->s.state.slot[w->slot[k]].name, (int)i, got[i], want[i], d);
    }
    return bad;
}

static void test_case(void **state)
{
    World *w = calloc(1, sizeof *w);
    double **want;
    int bad = 0;

    w->c = *state;
    step_open(&w->s, w->c, "fuse_act", false);
    want = step_gradients(&w->s);
    make_graph(w);
    load(w);
    assert_true(w->n > 0);
    for (uint32_t k = 0; k < w->n; k++) {
        size_t n = (size_t)shape_count(&w->s.state.slot[w->slot[k]].shape);
        double *got = arena_new_n(&w->s.a, double, n);

        loss(w);
        memcpy(got, w->out[w->at[k]], n * sizeof *got);
        bad += compare(w, k, got, want[w->slot[k]]);
    }
    step_close(&w->s);
    free(w);
    assert_int_equal(bad, 0);
}

int main(void)
{
    static const Case *const lists[] = { cases_layers, cases_pointwise, cases_windows, cases_nets };
    struct CMUnitTest tests[MOST_TESTS];
    size_t n = 0;

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const Case *c = lists[i]; c->name; c++)
            if (n < MOST_TESTS)
                tests[n++] = (struct CMUnitTest){ c->name, test_case, NULL, NULL,
                                                  (void *)(uintptr_t)c };
    return _cmocka_run_group_tests("doubles", tests, n, NULL, NULL);
}
