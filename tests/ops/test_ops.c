/* SPDX-License-Identifier: Apache-2.0 */
/* test_ops: test_ops TABLE runs the cases of one table on every target; test_ops coverage says
 * whether every op of ops.def has a case.
 *
 * Whatever the target, results must be the reference's within a tolerance, and the same bits on all
 * targets and with several threads.  Inputs and outputs end where memory ends, so that reading or
 * writing behind them is noticed; the arena holds NaNs, so that reading what nobody wrote is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "backend/emit.h"
#include "mnc/net.h"
#include "passes/pass.h"
#include "ref/ref.h"
#include "tables.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

PassFn pass_layout, pass_winograd, pass_plan_memory;

typedef struct World {
    Arena a;
    jmp_buf oom;
    Diag d;
    Net *net;
    Job job;
    mnc_options options;
    char *dir;                         /* for what the compiler reads and writes */
    const void **in;                   /* [n_input] */
    RefTensor *want;                   /* by value */
    void **first;                      /* the first target's results, [n_output] */
    int failures;
} World;

static const Table tables[] = {
    { "linear", cases_linear, &n_cases_linear, true },
    { "reduce", cases_reduce, &n_cases_reduce, true },
    { "elementwise", cases_elementwise, &n_cases_elementwise, false },
    { "move", cases_move, &n_cases_move, true },
    { "train", cases_train, &n_cases_train, true },
    { "winograd", cases_winograd, &n_cases_winograd, false },
    { NULL, NULL, NULL, false }
};
static const Table *the_table;

/* ---- the net ---- */

static void complain(World *w, const char *what)
{
    Buf b;

    buf_init(&b, &w->a);
    diag_print(&w->d, &b);
    fail_msg("%s\n%s", what, b.p);
}

static bool has_channels(const Case *c)
{
    for (uint32_t i = 0; i < 7 && c->in[i]; i++)
        if (strchr(strchr(c->in[i], '(') ? strchr(c->in[i], '(') : "", 'c'))
            return true;
    return false;
}

/* Which of the combinations to take: all layouts at 33 channels, else a quarter of them, so that
 * all meet in a few cases. */
static bool wanted(const Table *t, size_t number, int i, int64_t channels, int layout)
{
    if (t->many && channels == 33)
        return true;
    return (t->many || channels == 5 || channels == 24) && ((size_t)(i + layout) + number) % 4 == 0;
}

static void add_cases(World *w)
{
    static const int64_t channels[] = { 1, 3, 5, 8, 17, 24, 33 };

    for (size_t k = 0; k < *the_table->n; k++) {
        const Case *c = &the_table->cases[k];
        int n = has_channels(c) ? 7 : 1;
        for (int i = 0; i < n; i++)
            for (int layout = 0; layout < N_LAYOUT; layout++)
                if ((n == 1 || wanted(the_table, k, i, channels[i], layout))
                    && !add_case(w->net, c, channels[i], (Layout)layout))
                    complain(w, op_info[c->op].name);
    }
}

static void plan(World *w)
{
    w->job = (Job){ .g = w->net->g, .options = &w->options, .d = &w->d };
    w->options.winograd = the_table->cases == cases_winograd ? 2 : 0;
    w->options.threads = true;             /* there is memory for several */
    if (!pass_layout(&w->job) || !pass_winograd(&w->job) || !pass_plan_memory(&w->job)
        || !ir_check(w->net->g, "", &w->d))
        complain(w, "no plan");
    w->options.threads = false;
}

/* ---- data ---- */

/* n bytes that end at a page which cannot be touched. */
static void *guarded(size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (n + page - 1) / page * page;
    unsigned char *p = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_ptr_not_equal(p, MAP_FAILED);
    assert_int_equal(mprotect(p + size, page, PROT_NONE), 0);
    return p + size - n;
}

static size_t value_bytes(const Graph *g, ValueId v)
{
    return (size_t)shape_count(&ir_val(g, v)->shape) * dtype_info[ir_val(g, v)->dtype].size;
}

static void make_inputs(World *w)
{
    const Graph *g = w->net->g;

    w->in = arena_new_n(&w->a, const void *, g->n_input);
    for (uint32_t i = 0; i < g->n_input; i++) {
        const Value *v = ir_val(g, g->input[i]);
        void *p = guarded(value_bytes(g, g->input[i]));
        fill(p, v->dtype, shape_count(&v->shape), w->net->in[i]);
        w->in[i] = p;
    }
    if (!ref_run(g, w->in, &w->a, &w->want, &w->d))
        complain(w, "no reference");
}

/* ---- the compiled net ---- */

static void write_c(World *w, const char *target, bool plain, const char *path)
{
    Emit e = { .arena = &w->a, .g = w->net->g, .plan = w->job.plan, .options = &w->options,
               .d = &w->d, .prefix = "net", .hash = "0" };
    Buf c, h;
    FILE *f = fopen(path, "w");

    w->options.target = target;
    w->options.plain = plain;
    buf_init(&c, &w->a);
    buf_init(&h, &w->a);
    if (!emit_file(&e, &c, &h) || w->d.n_error)
        complain(w, "no C");
    assert_non_null(f);
    assert_int_equal(fwrite(c.p, 1, c.n, f), c.n);
    assert_int_equal(fclose(f), 0);
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

static const mnc_net *load(World *w, const char *target, const char *flags)
{
    const char *cc = getenv("CC");
    const mnc_net *(*describe)(void);
    const char *so = arena_printf(&w->a, "%s/%s.so", w->dir, target);
    void *lib;

    shell("%s " MNC_TEST_CFLAGS " %s -fPIC -shared -o %s %s/%s.c -lm", cc && *cc ? cc : "cc", flags,
          so, w->dir, target);
    lib = dlopen(so, RTLD_NOW | RTLD_LOCAL);
    if (!lib)
        fail_msg("%s", dlerror());
    *(void **)&describe = dlsym(lib, "net_describe");
    assert_non_null(describe);
    return describe();
}

/* Other compilers, and C++, find nothing to complain about either; those that are not there are
 * not asked. */
static void parse(World *w, const char *name)
{
    shell("! command -v clang >%s/which || clang " MNC_TEST_WARNINGS " -std=gnu99 -fsyntax-only"
          " %s/%s.c", w->dir, w->dir, name);
    shell("! command -v c++ >%s/which || c++ " MNC_TEST_WARNINGS " -std=gnu++17 -fsyntax-only"
          " -x c++ %s/%s.c", w->dir, w->dir, name);
}

/* ---- comparing ---- */

static double number(const void *data, DType t, int64_t i)
{
    return ir_element(&(Value){ .dtype = t, .data = data }, i);
}

static double largest(const RefTensor *t)
{
    double most = 1;

    for (int64_t i = 0; i < shape_count(&t->shape); i++) {
        double x = fabs(number(t->data, t->dtype, i));
        most = isfinite(x) && x > most ? x : most;
    }
    return most;
}

static bool near(double got, double want, double most)
{
    return isnan(want) ? isnan(got) : isinf(want) ? got == want : fabs(got - want) <= most;
}

/* The first element that is too far off, or -1. */
static int64_t differs(const void *got, const RefTensor *want, double tolerance)
{
    bool real = want->dtype == DT_F32 || want->dtype == DT_F64;
    double most = real ? tolerance * largest(want) : 0;

    for (int64_t i = 0; i < shape_count(&want->shape); i++)
        if (!near(number(got, want->dtype, i), number(want->data, want->dtype, i), most))
            return i;
    return -1;
}

/* Bits, but a NaN is a NaN. */
static int64_t other_bits(const void *a, const void *b, const RefTensor *t)
{
    size_t size = dtype_info[t->dtype].size;

    for (int64_t i = 0; i < shape_count(&t->shape); i++) {
        bool nan = isnan(number(a, t->dtype, i)) && isnan(number(b, t->dtype, i));
        if (!nan && memcmp((const char *)a + (size_t)i * size, (const char *)b + (size_t)i * size,
                           size))
            return i;
    }
    return -1;
}

static void report(World *w, const char *target, uint32_t out, int64_t i, const void *got)
{
    const Case *c = w->net->out[out].c;
    const RefTensor *t = &w->want[w->net->g->output[out].id];

    w->failures++;
    print_error("%s: case %d of %s (%s %s ...), %s: element %lld is %.9g, not %.9g\n", target,
                (int)(c - the_table->cases), the_table->name, op_info[c->op].name, c->in[0],
                shape_text(&w->a, &t->shape), (long long)i, number(got, t->dtype, i),
                number(t->data, t->dtype, i));
}

static void compare(World *w, const char *target, void *const *out)
{
    const Graph *g = w->net->g;

    for (uint32_t k = 0; k < g->n_output; k++) {
        const RefTensor *want = &w->want[g->output[k].id];
        const Case *c = w->net->out[k].c;
        double tolerance = want->dtype == DT_F64 ? 1e-12 : c->tolerance > 0 ? c->tolerance : 4e-6;
        int64_t i = differs(out[k], want, tolerance);
        if (i >= 0)
            report(w, target, k, i, out[k]);
        i = w->first && !w->options.plain ? other_bits(out[k], w->first[k], want) : -1;
        if (i >= 0)
            report(w, arena_printf(&w->a, "%s has other bits", target), k, i, out[k]);
    }
}

/* Fresh outputs for each run, so that nothing can be left of the one before. */
static void **outputs(World *w)
{
    const Graph *g = w->net->g;
    void **out = arena_new_n(&w->a, void *, g->n_output);

    for (uint32_t i = 0; i < g->n_output; i++)
        out[i] = guarded(value_bytes(g, g->output[i]));
    return out;
}

static void run_threads(World *w, const mnc_net *net, const char *name, void *arena)
{
    void **out = outputs(w), *context = arena_alloc(&w->a, net->context_bytes);

    memset(arena, 0xff, net->arena_bytes);
    assert_int_equal(net->open(context, 3), MNC_NET_OK);
    assert_int_equal(net->run_with(context, w->in, out, NULL, arena), MNC_NET_OK);
    net->close(context);
    compare(w, arena_printf(&w->a, "%s with threads", name), out);
}

static void run(World *w, const char *target, bool plain, const char *flags)
{
    const char *name = plain ? "plain" : target;
    const mnc_net *net;
    void **out = outputs(w), *arena;
    int code;

    write_c(w, target, plain, arena_printf(&w->a, "%s/%s.c", w->dir, name));
    net = load(w, name, flags);
    arena = arena_alloc(&w->a, net->arena_bytes + 64);
    memset(arena, 0xff, net->arena_bytes);
    code = net->run(w->in, out, NULL, arena);
    if (code == MNC_NET_CPU)
        return;
    assert_int_equal(code, MNC_NET_OK);
    compare(w, name, out);
    if (!w->first && !plain)
        w->first = out;
    if (w->options.threads)
        run_threads(w, net, name, arena);
}

/* ---- the tests ---- */

/* Contraction and the lack of fused multiply-add are what makes bits differ between targets. */
#define SAME_BITS "-ffp-contract=off -DNET_EXACT"

static void test_table(void **state)
{
    World *w = calloc(1, sizeof *w);

    (void)state;
    if (setjmp(w->oom))
        fail_msg("out of memory");
    arena_init(&w->a, NULL, NULL, 0, &w->oom);
    diag_init(&w->d, &w->a);
    w->net = arena_new(&w->a, Net);
    w->net->g = ir_new(&w->a);
    w->net->g->name = "ops";
    w->net->d = &w->d;
    w->dir = arena_printf(&w->a, "%s/mnc-ops-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(w->dir));
    add_cases(w);
    plan(w);
    make_inputs(w);
    run(w, "portable", false, SAME_BITS);
    run(w, "x86-64-v4", false, SAME_BITS);
    w->options.threads = true;
    run(w, "x86-64-v3", false, "-O1 -std=gnu99 -pthread " SAME_BITS);
    w->options.threads = false;
    run(w, "portable", true, "");
    parse(w, "x86-64-v3");
    parse(w, "plain");
    if (!getenv("MNC_KEEP"))
        shell("rm -r %s", w->dir);
    assert_int_equal(w->failures, 0);
    arena_destroy(&w->a);
    free(w);
}

static void test_coverage(void **state)
{
    bool seen[OP_COUNT] = { [OP_none] = true };

    (void)state;
    for (const Table *t = tables; t->name; t++)
        for (size_t i = 0; i < *t->n; i++)
            seen[t->cases[i].op] = true;
    for (int op = 0; op < OP_COUNT; op++)
        if (!seen[op] && !(op_info[op].flags & UPDATES) && op != OP_clip_factor)
            fail_msg("%s has no case in tests/ops", op_info[op].name);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest coverage[] = { cmocka_unit_test(test_coverage) };
    const struct CMUnitTest table[] = { cmocka_unit_test(test_table) };

    for (const Table *t = tables; t->name && argc == 2; t++)
        if (!strcmp(t->name, argv[1])) {
            the_table = t;
            return cmocka_run_group_tests_name(t->name, table, NULL, NULL);
        }
    if (argc == 2 && !strcmp(argv[1], "coverage"))
        return cmocka_run_group_tests_name("coverage", coverage, NULL, NULL);
    fprintf(stderr, "usage: test_ops TABLE|coverage\n");
    return 2;
}
