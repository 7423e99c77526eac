/* SPDX-License-Identifier: Apache-2.0 */
/* batch: many C files to one shared object, without a warning.
 *
 * One run of the compiler serves a batch.  When it fails, each file is checked alone, the guilty
 * ones are sorted out, and the rest is compiled again.
 */
#include "node_test.h"

#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

static const char *const flags[] = {
    "-O1", "-fPIC", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"
};
enum { N_FLAG = sizeof flags / sizeof *flags };

/* True when the program ends well.  What it says goes where ours goes. */
static bool run(const char *const *argv)
{
    int status;
    pid_t pid;

    return posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)(uintptr_t)argv, environ) == 0
        && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The compiler and the flags that stand in every call; returns how many words these are. */
static size_t begin(const Suite *s, const char **argv)
{
    argv[0] = s->cc;
    for (size_t i = 0; i < N_FLAG; i++)
        argv[i + 1] = flags[i];
    return N_FLAG + 1;
}

static const char *c_file(const Suite *s, size_t i)
{
    return arena_printf(s->a, "%s/t%zu.c", s->work, i);
}

/* The pending ones of a batch as one shared object, which one run of dlopen loads.  True also when
 * there is nothing to compile. */
static bool compile(const Suite *s, size_t from, size_t to)
{
    const char **argv = arena_new_n(s->a, const char *, N_FLAG + 6 + to - from);
    size_t n = begin(s, argv), first;

    argv[n++] = "-shared";
    argv[n++] = "-o";
    argv[n++] = arena_printf(s->a, "%s/b%zu.so", s->work, from);
    first = n;
    for (size_t i = from; i < to; i++)
        if (s->result[i].outcome == PENDING)
            argv[n++] = c_file(s, i);
    if (n == first)
        return true;
    argv[n++] = "-lm";
    return run(argv);
}

/* Parsing is enough to find warnings, and takes a third of the time. */
static void check_alone(const Suite *s, size_t i)
{
    const char *argv[N_FLAG + 4] = { NULL };
    size_t n = begin(s, argv);

    argv[n++] = "-fsyntax-only";
    argv[n] = c_file(s, i);
    if (!run(argv))
        result_set(&s->result[i], WRONG, "its C does not compile without a warning");
}

/* A batch that fails although each file compiles is our mistake: two of them have a name in common,
 * say.  Then all of it counts as wrong. */
void build_batch(Suite *s, size_t from, size_t to)
{
    if (compile(s, from, to))
        return;
    for (size_t i = from; i < to; i++)
        if (s->result[i].outcome == PENDING)
            check_alone(s, i);
    if (!compile(s, from, to))
        for (size_t i = from; i < to; i++)
            if (s->result[i].outcome == PENDING)
                result_set(&s->result[i], WRONG, "its batch does not compile");
}
