/* SPDX-License-Identifier: Apache-2.0 */
/* MNC_JIT: C text linked in memory, with what generated nets call: libm, threads, the question
 * which CPU this is; what is kept of it on disk; and what is said when it cannot be linked.
 * Skipped where mnc was built without LLVM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "build.h"
#include "mnc/run.h"
#include "object.h"

#include <dirent.h>
#include <math.h>
#include <unistd.h>

/* y = exp(x) + CONSTANT, computed by a second thread, for x of shape (1,4); with 1 MB of constants
 * and as much of variables beside the code. */
static const char net_c[] =
    "#include <math.h>\n#include <pthread.h>\n#include <stddef.h>\n#include <stdint.h>\n"
    "typedef struct { const char *name; int dtype, rank; const int64_t *dim; size_t bytes; } T;\n"
    "typedef struct { int abi; const char *name, *version, *target; int n_in, n_out;\n"
    "    const T *in, *out; size_t arena, weight_bytes; const void *weights;\n"
    "    int (*run)(const void *const *, void *const *, const void *, void *);\n"
    "    size_t selftest_bytes; int (*selftest)(const void *, void *); } N;\n"
    "static const int64_t d[2] = { 1, 4 };\n"
    "static const T x = { \"x\", 1, 2, d, 16 }, y = { \"y\", 1, 2, d, 16 };\n"
    "static const volatile float many[1 << 18] = { [1 << 17] = CONSTANT };\n"
    "float counter[1 << 18];\n"
    "typedef struct { const float *a; float *b; } J;\n"
    "static void *work(void *arg)\n"
    "{ J *j = arg;\n"
    "  for (int i = 0; i < 4; i++) j->b[i] = expf(j->a[i]) + many[1 << 17];\n"
    "  counter[0] += 1; return NULL; }\n"
    "static int run(const void *const *in, void *const *out, const void *w, void *arena)\n"
    "{ J j = { in[0], out[0] }; pthread_t t; (void)w; (void)arena;\n"
    "  if (pthread_create(&t, NULL, work, &j)) return 1;\n"
    "  pthread_join(t, NULL); return 0; }\n"
    "static int test(const void *w, void *m) { (void)w; (void)m;\n"
    "#ifdef __x86_64__\n"
    "  if (!__builtin_cpu_supports(\"sse2\")) return 3;\n"
    "#endif\n"
    "  return 0; }\n"
    "const N *net_describe(void) { static const N n =\n"
    "  { 2, \"hand\", \"0\", \"c\", 1, 1, &x, &y, 32, 0, 0, run, 8, test }; return &n; }\n";

/* A folder of this test's own, which TMPDIR and XDG_CACHE_HOME name parts of. */
typedef struct Home {
    Job job;                       /* first, so that rt_job's functions may be used */
    char dir[64];
} Home;

static int setup(void **state)
{
    Home *h = calloc(1, sizeof *h);

    h->job.left = -1;
    if (setjmp(h->job.oom))
        abort();
    job_begin(&h->job);
    strcpy(h->dir, "/tmp/mnc-test-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    setenv("TMPDIR", h->dir, 1);
    setenv("XDG_CACHE_HOME", arena_printf(&h->job.a, "%s/cache", h->dir), 1);
    unsetenv("CC");
    *state = h;
    return 0;
}

static int teardown(void **state)
{
    Home *h = *state;
    const char *const rm[] = { "rm", "-rf", h->dir, NULL };
    Buf said;

    buf_init(&said, &h->job.a);
    assert_int_equal(rt_spawn(rm, &said), 0);
    arena_destroy(&h->job.a);
    free(h);
    return 0;
}

static const char *text(Home *h, int constant)
{
    return arena_printf(&h->job.a, "#define CONSTANT %d\n%s", constant, net_c);
}

/* How many files under the test's folder have names that end so. */
static size_t count(Home *h, const char *folder, const char *suffix)
{
    DIR *d = opendir(arena_printf(&h->job.a, "%s/%s", h->dir, folder));
    const struct dirent *e;
    size_t n = 0;

    while (d && (e = readdir(d)))
        n += path_has_suffix(e->d_name, suffix);
    if (d)
        closedir(d);
    return n;
}

static mnc_program *load(const char *c, const char *cache, mnc_status want)
{
    mnc_program_options o = { .load = MNC_JIT, .cache = cache };
    mnc_program *p = mnc_program_open(&o);
    mnc_status s = mnc_program_load_text(p, "net", c, strlen(c));

    if (s != want)
        fail_msg("%s", mnc_program_messages(p));
    return p;
}

static float answer(mnc_program *p, float x0)
{
    float x[4] = { x0, x0, x0, x0 }, y[4] = { 0 };
    const void *in[] = { x };
    void *out[] = { y };

    assert_int_equal(mnc_program_run(p, in, out), MNC_OK);
    return y[3];
}

/* Two nets whose names are the same do not see each other. */
static void nets_run_side_by_side(void **state)
{
    Home *h = *state;
    mnc_program *p = load(text(h, 5), "", MNC_OK), *q = load(text(h, 7), "", MNC_OK);
    const float *times = mnc_program_symbol(p, "counter");

    assert_true(answer(p, 1) == expf(1) + 5);
    assert_true(answer(q, 1) == expf(1) + 7);
    assert_true(answer(p, 0) == 6);
    assert_int_equal(mnc_program_selftest(p), MNC_OK);
    assert_true(times && *times == 2);
    assert_null(mnc_program_symbol(p, "no_such_name"));
    assert_string_equal(mnc_program_messages(p), "");
    mnc_program_close(p);
    assert_true(answer(q, 0) == 8);
    mnc_program_close(q);
}

/* Without a cache nothing is left; with one an object, and never a shared one. */
static void what_is_on_disk(void **state)
{
    Home *h = *state;
    mnc_program *p = load(text(h, 5), "", MNC_OK);

    assert_int_equal(count(h, "", ""), 2);                  /* . and .. */
    mnc_program_close(p);
    for (int i = 0; i < 2; i++) {
        p = load(text(h, 5), NULL, MNC_OK);
        assert_true(answer(p, 0) == 6);
        assert_true((mnc_program_built(p)->compile_seconds > 0) == (i == 0));
        assert_true(mnc_program_built(p)->object_bytes > 1 << 20);
        mnc_program_close(p);
    }
    assert_int_equal(count(h, "cache/mnc", ".o"), 1);
    assert_int_equal(count(h, "cache/mnc", ".so"), 0);
}

static void what_does_not_link_is_said(void **state)
{
    static const char *const c[] = {
        "int x = ;\n", "int x;\n",
        "extern int missing(void); void *net_describe(void) { return (void *)(long)missing(); }\n"
    };
    static const char *const want[] = {
        "failed with exit status 1; it said:", "net: error: cannot link the compiled net: ",
        "net: error: cannot link the compiled net: Symbols not found: [ missing ]"
    };
    mnc_program *p;

    (void)state;
    for (int i = 0; i < 3; i++) {
        p = load(c[i], "", MNC_INVALID);
        assert_non_null(strstr(mnc_program_messages(p), want[i]));
        assert_null(mnc_program_net(p));
        mnc_program_close(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nets_run_side_by_side, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_on_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(what_does_not_link_is_said, setup, teardown),
    };
    Job j = { .left = -1 };
    bool there;

    if (setjmp(j.oom))
        abort();
    job_begin(&j);
    there = rt_jit_library(&j.a, &j.d) != NULL;
    arena_destroy(&j.a);
    if (!there) {
        puts("skipped: mnc was built without LLVM");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
