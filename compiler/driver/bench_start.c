/* SPDX-License-Identifier: Apache-2.0 */
/* bench_start: `mnc bench --start`: how long it takes from a model's file to the first answer.
 *
 * With a shared object and with the JIT, each compiled anew and from the cache.  Each start is one
 * in a child process, made before anything was loaded: libraries and pages that an earlier start
 * has brought in would flatter the next.  What a child begins with is the tool itself, in memory.
 */
#include "driver/bench.h"

#include "object.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CACHED = 20 };                /* starts from the cache, of which the shortest counts */

/* Seconds; 0: there is no JIT. */
typedef struct Start {
    double compiled, cached;
} Start;

/* The whole way, as `mnc run` goes it, on an input of zeros. */
static bool first_answer(Work *w, int how)
{
    const void **in;
    void **out;
    Loaded l;

    if (!load_model(w, how, &l))
        return false;
    in = arena_new_n(&w->a, const void *, (size_t)l.net->n_input);
    out = arena_new_n(&w->a, void *, (size_t)l.net->n_output);
    for (int i = 0; i < l.net->n_input; i++)
        in[i] = arena_alloc(&w->a, l.net->input[i].bytes);
    for (int i = 0; i < l.net->n_output; i++)
        out[i] = arena_alloc(&w->a, l.net->output[i].bytes);
    return mnc_program_run(l.program, in, out) == MNC_OK;
}

/* In the child; it leaves without cleaning up, as all of it goes with the process. */
static void child(Work *w, bool jit, int how, int fd)
{
    Args args = *w->args;
    double start = rt_now(), seconds;
    bool ok;

    args.value[OPT_jit] = jit ? "" : NULL;
    w->args = &args;
    ok = first_answer(w, how);
    seconds = rt_now() - start;
    ok = ok && write(fd, &seconds, sizeof seconds) == sizeof seconds;
    _exit(ok ? EXIT_DONE : EXIT_FAILED);
}

/* False when the child has failed, which says itself why. */
static bool start_once(Work *w, bool jit, int how, double *seconds)
{
    int fd[2], status = -1;
    bool ok;
    pid_t pid;

    if (pipe(fd))
        return false;
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        child(w, jit, how, fd[1]);
    close(fd[1]);
    ok = pid > 0 && read(fd[0], seconds, sizeof *seconds) == sizeof *seconds;
    close(fd[0]);
    if (pid > 0)
        waitpid(pid, &status, 0);
    return ok && status == 0;
}

/* The first start from the cache fills it and does not count. */
static bool measure(Work *w, bool jit, Start *s)
{
    double seconds;

    if (!start_once(w, jit, LOAD_TUNED | LOAD_FRESH, &s->compiled))
        return false;
    for (int i = 0; i <= CACHED; i++) {
        if (!start_once(w, jit, LOAD_TUNED | LOAD_NET, &seconds))
            return false;
        s->cached = i <= 1 || seconds < s->cached ? seconds : s->cached;
    }
    return true;
}

static const char *ms(Arena *a, double seconds)
{
    return seconds > 0 ? arena_printf(a, "%.1f", 1e3 * seconds) : "-";
}

static json_t *json_start(const Start *s)
{
    return s->cached > 0 ? json_pack("{s:f, s:f}", "seconds_compiled", s->compiled,
                                     "seconds_cached", s->cached) : json_null();
}

/* s[net][0] is the shared object's, s[net][1] the JIT's. */
static bool report(Work *w, Start (*s)[2], int n)
{
    json_t *nets = json_array();
    size_t width = 3;
    Buf out;

    buf_init(&out, &w->a);
    for (int i = 0; i < n; i++) {
        size_t length = strlen(w->args->operand[i]);
        width = length > width ? length : width;
        json_array_append_new(nets, json_pack("{s:o, s:o, s:o}", "model",
                                              json_text(&w->a, w->args->operand[i]),
                                              "shared_object", json_start(s[i]), "jit",
                                              json_start(s[i] + 1)));
    }
    if (w->args->value[OPT_json])
        return print_json(&w->a, json_pack("{s:i, s:o}", "schema", 1, "starts", nets), &w->d);
    json_decref(nets);
    buf_printf(&out, "ms to the first answer\n\n%-*s  %13s  %7s  %7s  %7s\n", (int)width, "net",
               "shared object", "cached", "JIT", "cached");
    for (int i = 0; i < n; i++)
        buf_printf(&out, "%-*s  %13s  %7s  %7s  %7s\n", (int)width, w->args->operand[i],
                   ms(&w->a, s[i][0].compiled), ms(&w->a, s[i][0].cached),
                   ms(&w->a, s[i][1].compiled), ms(&w->a, s[i][1].cached));
    return print_out(&w->a, out.p, &w->d);
}

/* Whether there is a JIT is found out in passing, by looking for it in a child. */
static bool has_jit(Work *w)
{
    int status = -1;
    pid_t pid = fork();
    Diag quiet;

    diag_init(&quiet, &w->a);
    if (pid == 0)
        _exit(rt_jit_library(&w->a, &quiet) ? 0 : 1);
    if (pid > 0)
        waitpid(pid, &status, 0);
    return status == 0;
}

bool bench_start(Work *w)
{
    int n = w->args->n_operand, ways = has_jit(w) ? 2 : 1;
    Start (*s)[2] = arena_alloc(&w->a, (size_t)n * sizeof *s);

    memset(s, 0, (size_t)n * sizeof *s);
    for (int i = 0; i < n; i++) {
        w->model = w->args->operand[i];
        for (int jit = 0; jit < ways; jit++)
            if (!measure(w, jit, &s[i][jit]))
                return false;
    }
    return report(w, s, n);
}
