/* SPDX-License-Identifier: Apache-2.0 */
/* main: ONNX's backend tests, all of them, on two processes.
 *
 *     onnx_node DATA PAGE      DATA/{node,simple,...}; PAGE is doc/onnx-support.md
 *
 * Exit code 1 when anything is wrong, when less passes than did, or when PAGE says something else
 * than what came out; with MNC_REGEN=1 in the environment PAGE is written anew.  77, which ctest
 * shows as skipped, when there is no DATA.  MNC_KEEP=1 leaves the C files where they are.
 */
#include "node_test.h"

#include "base/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 32, WORKERS = 2, PATIENCE = 60, LEAST = 680 };     /* cases, processes, seconds */

/* What the main job asks for.  Gelu is not in this list because it is younger than the tests. */
static const char *const wanted[] = {
    "Abs", "Add", "And", "ArgMax", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat",
    "Constant", "ConstantOfShape", "Conv", "ConvTranspose", "Div", "Dropout", "Elu", "Equal", "Erf",
    "Exp", "Expand", "Flatten", "Gather", "Gemm", "GlobalAveragePool", "GlobalMaxPool",
    "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization", "LRN", "LayerNormalization",
    "LeakyRelu", "Log", "LogSoftmax", "MatMul", "Max", "MaxPool", "Mean", "Min", "Mul", "Neg",
    "Not", "PRelu", "Pad", "Pow", "Range", "Reciprocal", "ReduceMax", "ReduceMean", "ReduceMin",
    "ReduceSum", "Relu", "Reshape", "Resize", "Shape", "Sigmoid", "Size", "Slice", "Softmax",
    "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tanh", "Transpose", "Unsqueeze", "Where"
};

/* What the processes share, beside the results. */
typedef struct Shared {
    size_t batch;                /* the next one to do */
    size_t at[WORKERS];          /* the case that a worker's child is at */
} Shared;

typedef struct Worker {
    Suite *s;
    Shared *shared;
    size_t number, from, to;     /* the batch */
} Worker;

void result_set(Result *r, Outcome outcome, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(r->why, sizeof r->why, fmt, ap);
    va_end(ap);
    r->outcome = outcome;
}

/* ---- steps in a process of their own ---- */

typedef void Step(Worker *w, size_t i);

/* From a pending case to C, or to a refusal. */
static void step_emit(Worker *w, size_t i)
{
    emit_case(w->s, i);
}

/* From C to an outcome. */
static void step_try(Worker *w, size_t i)
{
    try_case(w->s, i, w->from);
}

/* In the child: says where it is before each step, and is ended when a step takes too long. */
static void child(Worker *w, Step *step)
{
    for (size_t *at = &w->shared->at[w->number]; *at < w->to; ++*at)
        if (w->s->result[*at].outcome == PENDING) {
            alarm(PATIENCE);
            step(w, *at);
        }
    _exit(0);
}

/* A child that dies takes one case with it; the next goes on behind it. */
static void each(Worker *w, Step *step, const char *what)
{
    size_t *at = &w->shared->at[w->number];

    for (*at = w->from; *at < w->to;) {
        int status;
        pid_t pid = fork();
        if (pid == 0)
            child(w, step);
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
            abort();
        if (*at < w->to) {
            result_set(&w->s->result[*at], WRONG, "%s ends by signal %d", what,
                       WIFSIGNALED(status) ? WTERMSIG(status) : 0);
            ++*at;
        }
    }
}

/* Batches are taken as they come, so that both workers are busy to the end. */
static void work(Suite *s, Shared *shared, size_t number)
{
    for (;;) {
        Worker w = { .s = s, .shared = shared, .number = number };
        w.from = __atomic_fetch_add(&shared->batch, 1, __ATOMIC_RELAXED) * BATCH;
        if (w.from >= s->n)
            return;
        w.to = w.from + BATCH < s->n ? w.from + BATCH : s->n;
        each(&w, step_emit, "the compiler");
        build_batch(s, w.from, w.to);
        each(&w, step_try, "the net");
    }
}

/* Zeroed memory that children and parent see alike. */
static void *share(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        abort();
    return p;
}

/* Returns when every case has an outcome, or its worker died. */
static void run_all(Suite *s)
{
    Shared *shared = share(sizeof *shared);

    s->result = share(s->n * sizeof *s->result);
    for (size_t k = 0; k < WORKERS; k++)
        if (fork() == 0) {
            work(s, shared, k);
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
}

/* ---- what is asserted ---- */

/* A line for each case, so that a failure can be found in the log; returns what is wrong. */
static size_t report(const Suite *s)
{
    static const char *const word[] = { "not run", "passed", "refused", "WRONG" };
    size_t count[4] = { 0 }, bad;

    for (size_t i = 0; i < s->n; i++) {
        const Result *r = &s->result[i];
        count[r->outcome]++;
        printf("%-8s %s%s%s\n", word[r->outcome], s->model[i].name, *r->why ? ": " : "", r->why);
    }
    printf("%zu passed, %zu refused, %zu wrong, %zu not run\n", count[PASSED], count[REFUSED],
           count[WRONG], count[PENDING]);
    bad = count[WRONG] + count[PENDING];
    if (count[PASSED] < LEAST) {
        printf("FAILED: %d must pass\n", LEAST);
        bad++;
    }
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!count_passed(s, wanted[i])) {
            printf("FAILED: no test of %s passes\n", wanted[i]);
            bad++;
        }
    return bad;
}

/* Whole or not at all. */
static bool write_page(Arena *a, const char *path, const char *text)
{
    Diag d;
    OutFile *f;

    diag_init(&d, a);
    f = file_create(a, path, &d);
    if (!f)
        return false;
    buf_str(file_buf(f), text);
    return file_commit(f, &d);
}

/* Whether the page on disk says what came out. */
static bool check_page(const Suite *s, const char *path)
{
    const char *regen = getenv("MNC_REGEN"), *text = make_table(s);
    Diag d;
    Bytes b;

    diag_init(&d, s->a);
    if (regen && !strcmp(regen, "1"))
        return write_page(s->a, path, text);
    if (file_read(s->a, path, &b, &d) && !strcmp((const char *)b.p, text))
        return true;
    printf("FAILED: %s says something else; MNC_REGEN=1 writes it anew\n", path);
    if (!write_page(s->a, path_base(path), text))
        printf("        (and what it should say cannot be written either)\n");
    return false;
}

/* Headers stand beside the C files. */
static void clean_up(const Suite *s)
{
    const char *keep = getenv("MNC_KEEP");

    if (keep && !strcmp(keep, "1")) {
        printf("C files are in %s\n", s->work);
        return;
    }
    for (size_t i = 0; i < s->n; i++) {
        unlink(arena_printf(s->a, "%s/t%zu.c", s->work, i));
        unlink(arena_printf(s->a, "%s/t%zu.h", s->work, i));
        unlink(arena_printf(s->a, "%s/b%zu.so", s->work, i));
    }
    rmdir(s->work);
}

/* The exit code.  The work folder is made in the current one, which is the build's. */
static int test(Suite *s, const char *root, const char *page)
{
    bool ok;

    find_cases(s, arena_printf(s->a, "%s/", root));
    if (s->n == 0) {
        printf("skipped: no tests under %s\n", root);
        return 77;
    }
    strcpy(s->work, "onnx_node_XXXXXX");
    if (!mkdtemp(s->work)) {
        perror(s->work);
        return 1;
    }
    run_all(s);
    ok = report(s) == 0;
    ok = check_page(s, page) && ok;
    clean_up(s);
    return !ok;
}

int main(int argc, char **argv)
{
    const char *cc = getenv("CC");
    Arena a;
    jmp_buf oom;
    Suite s = { .a = &a, .cc = cc && *cc ? cc : "cc" };
    int code;

    if (argc != 3) {
        fprintf(stderr, "usage: onnx_node DATA PAGE\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    arena_init(&a, NULL, NULL, 0, &oom);
    if (setjmp(oom))
        abort();
    code = test(&s, argv[1], argv[2]);
    arena_destroy(&a);
    return code;
}
