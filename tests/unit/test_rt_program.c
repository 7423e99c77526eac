/* SPDX-License-Identifier: Apache-2.0 */
/* Compile, cache, load and run, with a net written by hand; and everything that may go wrong on the
 * way: no compiler, a failing one, a damaged cache, a read-only one, two at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "build.h"
#include "mnc/run.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* y = FACTOR x, plus the first weight if there is one, for x of shape (1,4); the interface is
 * that of net.h. */
static const char net_c[] =
    "#include <stddef.h>\n#include <stdint.h>\n"
    "typedef struct { const char *name; int dtype, rank; const int64_t *dim; size_t bytes; } T;\n"
    "typedef struct { int abi; const char *name, *version, *target; int n_in, n_out;\n"
    "    const T *in, *out; size_t arena, weight_bytes; const void *weights;\n"
    "    int (*run)(const void *const *, void *const *, const void *, void *);\n"
    "    size_t selftest_bytes; int (*selftest)(const void *, void *); } N;\n"
    "static const int64_t d[2] = { 1, 4 };\n"
    "static const T x = { \"x\", 1, 2, d, 16 }, y = { \"y\", 1, 2, d, 16 };\n"
    "static int run(const void *const *in, void *const *out, const void *w, void *arena)\n"
    "{ const float *a = in[0]; float *b = out[0]; if (!arena) return 1;\n"
    "  for (int i = 0; i < 4; i++) b[i] = a[i] * (FACTOR) + (w ? *(const float *)w : 0);\n"
    "  return 0; }\n"
    "static int test(const void *w, void *m) { (void)w; *(char *)m = 0;\n"
    "  return FACTOR == 3 ? 3 : 0; }\n"
    "const N *net_describe(void) { static const N n =\n"
    "  { ABI, \"hand\", \"0\", \"c\", 1, 1, &x, &y,\n"
    "    32, WEIGHTS, 0, run, 8, test }; return &n; }\n";

/* A folder of this test's own, which TMPDIR, HOME and XDG_CACHE_HOME name parts of. */
typedef struct Home {
    Job job;                       /* first, so that rt_job's functions may be used */
    char dir[64];
} Home;

static const char *sub(Home *h, const char *name)
{
    return arena_printf(&h->job.a, "%s/%s", h->dir, name);
}

static int setup(void **state)
{
    Home *h = calloc(1, sizeof *h);

    h->job.left = -1;
    if (setjmp(h->job.oom))
        abort();
    job_begin(&h->job);
    strcpy(h->dir, "/tmp/mnc-test-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    mkdir(sub(h, "tmp"), 0700);
    setenv("TMPDIR", sub(h, "tmp"), 1);
    setenv("XDG_CACHE_HOME", sub(h, "cache"), 1);
    unsetenv("CC");
    *state = h;
    return 0;
}

static int teardown(void **state)
{
    Home *h = *state;
    const char *const rm[] = { "rm", "-rf", h->dir, NULL };
    Buf said;

    setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
    buf_init(&said, &h->job.a);
    chmod(sub(h, "cache/mnc"), 0700);
    assert_int_equal(rt_spawn(rm, &said), 0);
    arena_destroy(&h->job.a);
    free(h);
    return 0;
}

static size_t count_files(const char *dir)
{
    DIR *d = opendir(dir);
    size_t n = 0;

    if (!d)
        return 0;
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;                  /* . and .. */
}

static const char *write_file(Home *h, const char *name, const void *p, size_t n)
{
    const char *path = sub(h, name);
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    fwrite(p, 1, n, f);
    fclose(f);
    return path;
}

static const char *text(Home *h, int abi, int factor)
{
    return arena_printf(&h->job.a, "#define ABI %d\n#define FACTOR %d\n#define WEIGHTS 0\n%s", abi,
                        factor, net_c);
}

/* Loads net_c and returns what it answers to 2; 0 when that fails, with the messages in said. */
static float answer(Home *h, const mnc_program_options *o, const char *c, const char **said)
{
    mnc_program *p = mnc_program_open(o);
    float x[4] = { 2, 2, 2, 2 }, y[4] = { 0 };
    const void *in[] = { x };
    void *out[] = { y };

    if (mnc_program_load_text(p, "net", c, strlen(c)) == MNC_OK)
        assert_int_equal(mnc_program_run(p, in, out), MNC_OK);
    else
        assert_null(mnc_program_net(p));
    if (said)
        *said = arena_strdup(&h->job.a, mnc_program_messages(p));
    mnc_program_close(p);
    assert_int_equal(count_files(sub(h, "tmp")), 0);
    return y[3];
}

static void count_compiles(void *user, const char *compiler)
{
    assert_non_null(strstr(compiler, "/"));
    ++*(int *)user;
}

static void runs_and_caches(void **state)
{
    Home *h = *state;
    int n = 0;
    mnc_program_options o = { .compiling = count_compiles, .compiling_user = &n };
    const char *said;

    assert_true(answer(h, &o, text(h, 2, 5), &said) == 10);
    assert_int_equal(n, 1);
    assert_true(answer(h, &o, text(h, 2, 5), &said) == 10);
    assert_int_equal(n, 1);
    assert_string_equal(said, "");
    assert_int_equal(count_files(sub(h, "cache/mnc")), 1);
    setenv("CC", "/bin/false", 1);                  /* another compiler is another key */
    assert_true(answer(h, NULL, text(h, 2, 5), &said) == 0);
    unsetenv("CC");
    assert_true(answer(h, NULL, text(h, 2, 5), NULL) == 10);
    assert_int_equal(count_files(sub(h, "cache/mnc")), 1);
    assert_true(answer(h, NULL, text(h, 2, 6), NULL) == 12);
    assert_int_equal(count_files(sub(h, "cache/mnc")), 2);
}

static const char *only_file(Home *h)
{
    DIR *d = opendir(sub(h, "cache/mnc"));
    const struct dirent *e;
    const char *found = NULL;

    while ((e = readdir(d)))
        if (e->d_name[0] != '.')
            found = sub(h, arena_printf(&h->job.a, "cache/mnc/%s", e->d_name));
    closedir(d);
    return found;
}

static void damaged_objects_are_made_again(void **state)
{
    Home *h = *state;
    struct stat st, again;
    const char *so;
    FILE *f;

    assert_true(answer(h, NULL, text(h, 2, 5), NULL) == 10);
    so = only_file(h);
    assert_int_equal(stat(so, &st), 0);
    for (int kind = 0; kind < 3; kind++) {
        if (kind < 2) {
            assert_int_equal(truncate(so, kind ? st.st_size / 2 : 0), 0);
        } else {
            f = fopen(so, "r+b");
            fseek(f, 4096, SEEK_SET);
            fputc(0x5a, f);
            fputc(0xa5, f);
            fclose(f);
        }
        assert_true(answer(h, NULL, text(h, 2, 5), NULL) == 10);
        assert_int_equal(stat(so, &again), 0);
        assert_int_equal(again.st_size, st.st_size);
    }
}

/* A process that was killed while it wrote leaves a temporary name, which goes after an hour. */
static void leftovers_are_swept(void **state)
{
    Home *h = *state;
    struct timespec old[2] = { { time(NULL) - 7200, 0 }, { time(NULL) - 7200, 0 } };
    const char *stale, *fresh;

    assert_true(answer(h, NULL, text(h, 2, 5), NULL) == 10);
    stale = write_file(h, "cache/mnc/0.so.tmp1.0", "x", 1);
    fresh = write_file(h, "cache/mnc/1.so.tmp2.0", "x", 1);
    assert_int_equal(utimensat(AT_FDCWD, stale, old, 0), 0);
    assert_true(answer(h, NULL, text(h, 2, 6), NULL) == 12);
    assert_int_equal(access(stale, F_OK), -1);
    assert_int_equal(access(fresh, F_OK), 0);
}

/* A disk that is full when the object is to come into the cache, by a limit on the size of files
 * that the compiler does not have. */
static void a_full_disk_is_no_reason_to_fail(void **state)
{
    Home *h = *state;
    const char *cc = write_file(h, "cc", "#!/bin/sh\nulimit -S -f unlimited\nexec cc \"$@\"\n", 46);
    mnc_program_options o = { .compiler = cc };
    struct rlimit limit;
    int status;
    pid_t pid;

    chmod(cc, 0700);
    pid = fork();
    if (pid == 0) {
        signal(SIGXFSZ, SIG_IGN);                  /* write fails instead */
        getrlimit(RLIMIT_FSIZE, &limit);
        limit.rlim_cur = 8192;
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(answer(h, &o, text(h, 2, 5), NULL) == 10 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(count_files(sub(h, "cache/mnc")), 0);
    assert_true(answer(h, &o, text(h, 2, 5), NULL) == 10);
    assert_int_equal(count_files(sub(h, "cache/mnc")), 1);
}

static void goes_on_without_a_cache(void **state)
{
    Home *h = *state;
    mnc_program_options none = { .cache = "" };

    assert_true(answer(h, &none, text(h, 2, 5), NULL) == 10);
    assert_int_equal(count_files(sub(h, "cache")), 0);
    setenv("XDG_CACHE_HOME", "/dev/null/x", 1);
    assert_true(answer(h, NULL, text(h, 2, 5), NULL) == 10);
    setenv("XDG_CACHE_HOME", sub(h, "cache"), 1);
    assert_true(answer(h, NULL, text(h, 2, 5), NULL) == 10);
    chmod(sub(h, "cache/mnc"), 0777);              /* somebody else could have written there */
    assert_true(answer(h, NULL, text(h, 2, 6), NULL) == 12);
    assert_int_equal(count_files(sub(h, "cache/mnc")), 1);
}

static void a_compiler_that_fails_is_quoted(void **state)
{
    Home *h = *state;
    const char *said;

    answer(h, NULL, "int x = ;\n", &said);
    assert_non_null(strstr(said, "failed with exit status 1; it said:"));
    assert_non_null(strstr(said, "int x = ;"));
    assert_int_equal(count_files(sub(h, "cache/mnc")), 0);
    setenv("CC", "no-such-cc -m64", 1);
    answer(h, NULL, text(h, 2, 5), &said);
    assert_string_equal(said, "error: cannot find the C compiler 'no-such-cc -m64', which CC "
                              "names\n");
    unsetenv("CC");
    setenv("PATH", sub(h, "tmp"), 1);
    answer(h, NULL, text(h, 2, 5), &said);
    assert_string_equal(said, "error: there is no C compiler: neither cc, gcc nor clang is in "
                              "PATH\n    install gcc or clang, or let CC name one\n");
}

static void the_command_is_split_at_spaces(void **state)
{
    Home *h = *state;
    mnc_program_options o = { .compiler = "  cc  -DFACTOR=7 " };

    assert_true(answer(h, &o, arena_printf(&h->job.a, "#define ABI 2\n#define WEIGHTS 0\n%s",
                                                     net_c), NULL) == 14);
}

static void foreign_objects_are_refused(void **state)
{
    Home *h = *state;
    const char *said;

    answer(h, NULL, text(h, 99, 5), &said);
    assert_string_equal(said, "net: error: was made for ABI 99, and this is ABI 2\n"
                              "    compile the model again with this version of mnc\n");
    answer(h, NULL, "int x;\n", &said);
    assert_string_equal(said, "net: error: is no generated net: it has no function net_describe\n");
}

static void selftest_and_misuse(void **state)
{
    Home *h = *state;

    for (int factor = 2; factor <= 3; factor++) {
        mnc_program *p = mnc_program_open(NULL);
        const char *c = text(h, 2, factor);
        assert_int_equal(mnc_program_selftest(p), MNC_INVALID);
        assert_int_equal(mnc_program_run(p, NULL, NULL), MNC_INVALID);
        assert_int_equal(mnc_program_load_text(p, "x", c, strlen(c)), MNC_OK);
        assert_int_equal(mnc_program_load_text(p, "x", c, strlen(c)), MNC_INVALID);
        assert_int_equal(mnc_program_selftest(p), factor == 3 ? MNC_INVALID : MNC_OK);
        mnc_program_close(p);
    }
}

/* Weights in a file of their own: found beside the C file, and of the right size. */
static void weights_are_found_beside(void **state)
{
    Home *h = *state;
    const char *c = arena_printf(&h->job.a, "#define ABI 2\n#define FACTOR 2\n"
                                 "#define WEIGHTS 4\n%s", net_c);
    const char *path = write_file(h, "n.c", c, strlen(c));
    float weight[2] = { 100, 0 }, x[4] = { 0, 1, 2, 3 }, y[4];
    const void *in[] = { x };
    void *out[] = { y };

    for (int step = 0; step < 4; step++) {
        mnc_program *p = mnc_program_open(NULL);
        static const char *const want[] = {
            "cannot read", "has 8 bytes, but the net has weights of 4", "in a file beside it", ""
        };
        if (step)
            write_file(h, "n.weights", weight, step == 1 ? 8 : 4);
        mnc_status s = step == 2 ? mnc_program_load_text(p, "text", c, strlen(c))
                                 : mnc_program_load(p, path);
        assert_non_null(strstr(mnc_program_messages(p), want[step]));
        assert_int_equal(s, step == 3 ? MNC_OK : MNC_INVALID);
        assert_true((mnc_program_net(p) != NULL) == (step == 3));
        if (step == 3) {
            assert_int_equal(mnc_program_run(p, in, out), MNC_OK);
            assert_true(y[3] == 106);
        }
        mnc_program_close(p);
    }
}

static void many_processes_at_once(void **state)
{
    enum { N = 6 };
    Home *h = *state;
    pid_t pid[N];
    int status;

    for (int i = 0; i < N; i++) {
        pid[i] = fork();
        if (pid[i] == 0) {
            mnc_program *p = mnc_program_open(NULL);
            const char *c = text(h, 2, 9);
            _exit(mnc_program_load_text(p, "x", c, strlen(c)) == MNC_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < N; i++) {
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(count_files(sub(h, "cache/mnc")), 1);
    assert_true(answer(h, NULL, text(h, 2, 9), NULL) == 18);
}

/* Ctrl-C while the compiler runs: it ends, we end by the signal, and nothing is left. */
static void interruption_leaves_nothing(void **state)
{
    Home *h = *state;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        mnc_program_options o = { .compiler = sub(h, "slow") };
        mnc_program *p;
        FILE *f = fopen(sub(h, "slow"), "w");
        fputs("#!/bin/sh\n[ \"$1\" = --version ] || exec sleep 20\n", f);
        fclose(f);
        chmod(sub(h, "slow"), 0700);
        p = mnc_program_open(&o);
        mnc_program_load_text(p, "x", "x", 1);
        _exit(0);
    }
    for (int i = 0; i < 500 && !count_files(sub(h, "tmp")); i++)
        usleep(10000);
    usleep(100000);
    kill(pid, SIGINT);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    assert_int_equal(count_files(sub(h, "tmp")), 0);
}

static void *failing(void *user, void *p, size_t n)
{
    long *left = user;

    if (n == 0) {
        free(p);
        return NULL;
    }
    return (*left)-- > 0 ? realloc(p, n) : NULL;
}

static void lack_of_memory_is_reported(void **state)
{
    Home *h = *state;
    const char *c = text(h, 2, 5);
    mnc_status s = MNC_NO_MEMORY;

    for (long n = 0; s != MNC_OK; n++) {
        long left = n;
        mnc_program_options o = { .alloc = failing, .alloc_user = &left };
        mnc_program *p = mnc_program_open(&o);
        assert_true(n < 1000);
        if (!p)
            continue;
        s = mnc_program_load_text(p, "x", c, strlen(c));
        assert_true(s == MNC_OK || s == MNC_NO_MEMORY);
        mnc_program_messages(p);
        mnc_program_close(p);
        assert_int_equal(count_files(sub(h, "tmp")), 0);
    }
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        T(runs_and_caches), T(damaged_objects_are_made_again), T(leftovers_are_swept),
        T(a_full_disk_is_no_reason_to_fail), T(goes_on_without_a_cache),
        T(a_compiler_that_fails_is_quoted), T(the_command_is_split_at_spaces),
        T(foreign_objects_are_refused), T(selftest_and_misuse), T(weights_are_found_beside),
        T(many_processes_at_once),
        T(interruption_leaves_nothing), T(lack_of_memory_is_reported),
    };

    return cmocka_run_group_tests_name("rt_program", tests, NULL, NULL);
}
