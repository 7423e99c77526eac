/* SPDX-License-Identifier: Apache-2.0 */
/* cc: which C compiler, and how it is called. */
#include "build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const shared[] = { "-O3", "-fPIC", "-shared", NULL };
/* Nothing unwinds through a net, so the JIT need not register tables for that. */
static const char *const relocatable[] = {
    "-O3", "-fPIC", "-c", "-fno-asynchronous-unwind-tables", NULL
};
static const char *const libm[] = { "-lm", NULL }, *const nothing[] = { NULL };
static const char *const cc_first[] = { "cc", "gcc", "clang", NULL };
static const char *const clang_first[] = { "clang", "clang-14", "cc", "gcc", NULL };

const RtFormInfo rt_form[] = {
    [RT_SHARED] = { "so", shared, libm, cc_first },
    [RT_RELOCATABLE] = { "o", relocatable, nothing, clang_first },
};

/* Splits at spaces; no quoting, as make does with $(CC). */
static const char **split(Arena *a, const char *command, size_t *n)
{
    char *rest = arena_strdup(a, command), *word;
    const char **argv = arena_new_n(a, const char *, strlen(command) / 2 + 2);

    *n = 0;
    while ((word = strsep(&rest, " \t")))
        if (*word)
            argv[(*n)++] = word;
    return argv;
}

/* As execvp looks for it; NULL when it is nowhere. */
const char *rt_in_path(Arena *a, const char *program)
{
    const char *path = getenv("PATH");
    char *rest, *dir;

    if (strchr(program, '/'))
        return access(program, X_OK) ? NULL : program;
    rest = arena_strdup(a, path ? path : "/usr/local/bin:/usr/bin:/bin");
    while ((dir = strsep(&rest, ":"))) {
        const char *full = arena_printf(a, "%s/%s", *dir ? dir : ".", program);
        if (!access(full, X_OK))
            return full;
    }
    return NULL;
}

/* Whatever is named must be there; only without a name it is searched for. */
bool rt_choose_compiler(Arena *a, const char *command, RtForm form, RtCompiler *out, Diag *d)
{
    const char *env = getenv("CC");
    Pos pos = { .file = NULL };

    if (!command && env && *env)
        command = env;
    if (command) {
        out->argv = split(a, command, &out->argc);
        out->path = out->argc ? rt_in_path(a, out->argv[0]) : NULL;
        if (!out->path)
            diag_error(d, pos, "cannot find the C compiler '%s'%s", diag_quote(a, command),
                       command == env ? ", which CC names" : "");
        return out->path != NULL;
    }
    for (const char *const *usual = rt_form[form].usual; *usual; usual++) {
        out->argv = split(a, *usual, &out->argc);
        out->path = rt_in_path(a, *usual);
        if (out->path)
            return true;
    }
    diag_error(d, pos, "there is no C compiler: neither cc, gcc nor clang is in PATH");
    diag_hint(d, "install gcc or clang, or let CC name one");
    return false;
}

/* An update of the compiler changes its version text, and so the cache's keys. */
bool rt_find_compiler(Arena *a, const char *command, RtForm form, RtCompiler *out, Diag *d)
{
    const char **argv;
    Buf version;

    if (!rt_choose_compiler(a, command, form, out, d))
        return false;
    argv = arena_new_n(a, const char *, out->argc + 2);
    memcpy(argv, out->argv, out->argc * sizeof *argv);
    argv[out->argc] = "--version";
    buf_init(&version, a);
    rt_spawn(argv, &version);        /* a compiler that knows no --version says so, also good */
    out->version = version.p;
    return true;
}

/* "cc -O3 ... net.c failed (exit status 1)" with the first lines of what it said. */
static bool report(Arena *a, const RtCompiler *cc, int status, const Buf *said, Diag *d)
{
    enum { LINES = 20 };
    Pos pos = { .file = NULL };
    const char *text = said->p, *end = text, *why;

    if (status < 0)
        why = arena_printf(a, "could not be started: %s", strerror(errno));
    else if (rt_signal_waits())
        why = "was interrupted";
    else if (WIFSIGNALED(status))
        why = arena_printf(a, "was ended by signal %d (%s)", WTERMSIG(status),
                           strsignal(WTERMSIG(status)));
    else
        why = arena_printf(a, "failed with exit status %d", WEXITSTATUS(status));
    diag_error(d, pos, "the C compiler '%s' %s%s", diag_quote(a, cc->path), why,
               *text ? "; it said:" : ", without a word");
    for (int i = 0; i < LINES && *end; i++) {
        text = end;
        end = strchrnul(text, '\n');
        diag_note(d, pos, "%s", diag_quote(a, arena_strndup(a, text, (size_t)(end - text))));
        end += *end == '\n';
    }
    return false;
}

/* -lm last: libraries come behind what needs them. */
bool rt_compile(Arena *a, const RtCompile *job, Diag *d)
{
    const char *const files[] = { "-o", job->out_path, job->c_path, NULL };
    const char *const *const parts[] = {
        job->cc->argv, rt_form[job->form].flags, files, rt_form[job->form].libs
    };
    const char **argv = arena_new_n(a, const char *, job->cc->argc + 16);
    size_t n = 0;
    int status;
    Buf said;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (const char *const *f = parts[i]; *f; f++)
            argv[n++] = *f;
    buf_init(&said, a);
    status = rt_spawn(argv, &said);
    return status == 0 ? true : report(a, job->cc, status, &said, d);
}
