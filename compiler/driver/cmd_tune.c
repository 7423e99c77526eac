/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_tune: `mnc tune MODEL`: which of the ways to compute a net is the fastest on this machine,
 * kept in a log that compile, run and bench look into; --list and --merge for that log.
 */
#include "driver/stop.h"
#include "driver/tune.h"

#include "measure.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double BUDGET = 60;         /* seconds */

/* "90", "90s", "5m", "1h", "0.5s"; at least a moment, at most a week. */
static bool read_time(const char *text, double *out)
{
    static const struct { char unit; double seconds; } units[] = {
        { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 0, 1 }
    };
    char *end;

    *out = strtod(text, &end);
    for (size_t i = 0; end != text && i < sizeof units / sizeof units[0]; i++)
        if (*end == units[i].unit && (!*end || !end[1])) {
            *out *= units[i].seconds;
            return isfinite(*out) && *out > 0 && *out <= 7 * 24 * 3600.0;
        }
    return false;
}

/* Where the log is; a message when there is no place for one. */
static bool find_log(Work *w, const char **path)
{
    *path = w->args->value[OPT_log] ? w->args->value[OPT_log] : rt_tune_path(&w->a, true);
    if (*path)
        return true;
    diag_error(&w->d, (Pos){ 0 }, "there is no folder to keep a tuning log in");
    diag_hint(&w->d, "name a file with --log, or a folder with XDG_CACHE_HOME");
    return false;
}

/* The log that will be written over must be one: --log=net.onnx is a mistake. */
static bool read_own(Work *w, const char *path, RtTuneLog *log)
{
    if (rt_tune_read(&w->a, path, log, &w->d))
        return true;
    diag_error(&w->d, (Pos){ .file = path },
               "is not written over: remove it, or name another --log");
    return false;
}

/* ---- logs ---- */

/* No log of the usual name is an empty one; one that was named must be there. */
static int list(Work *w)
{
    const char *path;
    RtTuneLog log;

    if (!find_log(w, &path))
        return EXIT_FAILED;
    if (w->args->value[OPT_log] && access(path, R_OK)) {
        diag_error(&w->d, (Pos){ .file = path }, "cannot be read: %s", strerror(errno));
        return EXIT_FAILED;
    }
    rt_tune_read(&w->a, path, &log, &w->d);
    return tune_list(w, &log, path) ? EXIT_DONE : EXIT_FAILED;
}

/* All of them are read before the first counts; one that is not there is a mistake. */
static int merge(Work *w)
{
    RtTuneLog log = { 0 }, own;
    const char *path;

    if (!find_log(w, &path) || !read_own(w, path, &own))
        return EXIT_FAILED;
    for (const char **p = w->args->operand; *p; p++) {
        RtTuneLog from;
        if (access(*p, R_OK)) {
            diag_error(&w->d, (Pos){ .file = *p }, "cannot be read: %s", strerror(errno));
            continue;
        }
        if (rt_tune_read(&w->a, *p, &from, &w->d))
            rt_tune_merge(&w->a, &log, &from);
        else
            diag_error(&w->d, (Pos){ .file = *p }, "has nothing to merge");
    }
    return !w->d.n_error && rt_tune_update(&w->a, path, &log, &w->d) ? EXIT_DONE : EXIT_FAILED;
}

/* ---- search ---- */

/* "auto" would put several targets into the file, of which one runs. */
static const char *target_of(const Work *w)
{
    const char *t = w->options.target;

    return t && strcmp(t, "native") && strcmp(t, "auto") ? t : mnc_native_target();
}

/* The exit code of a process that the signal had ended. */
static int stopped(const Tune *t)
{
    fprintf(stderr, "mnc: stopped; what was tried is in '%s'\n"
            "The same command goes on from there; until it is done, nothing new is used.\n",
            t->path);
    return 128 + (int)stop_signal;
}

/* That a picture can be drawn there is found out now, and not in an hour. */
static bool try_picture(Tune *t)
{
    const char *svg = t->w->args->value[OPT_gains];
    Arena *a = rt_scratch(&t->w->a);
    bool ok = !svg || file_create(a, svg, &t->w->d);

    arena_destroy(a);
    return ok;
}

/* The log is written before anything is searched: a disk that is full is said now. */
static bool open_log(Tune *t)
{
    return try_picture(t) && find_log(t->w, &t->path) && read_own(t->w, t->path, &t->log)
        && rt_tune_update(&t->w->a, t->path, &t->log, &t->w->d);
}

static bool begin(Tune *t)
{
    Arena *a = &t->w->a;
    RtCompiler cc;

    if (!tune_agree(t, !team_first(t->ranks) || open_log(t))
        || !tune_agree(t, rt_find_compiler(a, NULL, RT_SHARED, &cc, &t->w->d)))
        return false;
    t->cpu = rt_cpu(a);
    t->usual = rt_tune_compiler(a, &cc);
    t->target = target_of(t->w);
    t->w->options.target = t->target;
    t->w->options.threads = t->threads > 1;
    return tune_meet(t);
}

/* What was found before a stop is in the log already.  What could not be compiled is told by the
 * first rank that could not. */
static int search(Tune *t)
{
    bool first = team_first(t->ranks);
    bool ok = tune_choose_compiler(t) && tune_search(t);

    ok = tune_agree(t, ok && !stop_signal && (!first || tune_final(t)));
    if (stop_signal)
        return first ? stopped(t) : 128 + (int)stop_signal;
    if (t->failure)
        fputs(t->failure, stderr);
    return ok && (!first || tune_report(t)) ? EXIT_DONE : EXIT_FAILED;
}

/* The handlers are there only while there is something to save. */
static int tune(Work *w)
{
    struct sigaction old[STOP_SIGNALS];
    Tune *t = w->own;
    int code = EXIT_FAILED;

    t->w = w;
    t->a = &w->a;
    t->start = rt_now();
    t->stop = &stop_signal;
    stop_watch(old);
    if (begin(t))
        code = search(t);
    stop_unwatch(old);
    t->agreed = true;
    return code;
}

/* A rank that is out of memory takes the others with it. */
static int tune_together(const Args *args, Tune *t)
{
    int code;

    if (!tune_ranks(t))
        return EXIT_FAILED;
    code = do_work(args, tune, t);
    if (t->ranks)
        t->ranks->end(t->ranks->others.user, t->agreed, code);
    return code;
}

/* Everything that is wrong usage is found before anything is read. */
int cmd_tune(const Args *args)
{
    const char *budget = args->value[OPT_budget], *threads = args->value[OPT_on_threads];
    Tune t = { .budget = BUDGET, .threads = 1 };
    size_t n = 1;

    if (args->value[OPT_list])
        return args->n_operand || args->value[OPT_merge]
             ? usage_error("--list takes no model") : do_work(args, list, NULL);
    if (args->value[OPT_merge])
        return args->n_operand < 1 ? usage_error("--merge takes one log or more")
                                   : do_work(args, merge, NULL);
    if (args->n_operand != 1)
        return usage_error("tune takes one model, not %d", args->n_operand);
    if (budget && !read_time(budget, &t.budget))
        return usage_error("--budget is a time like 90s or 5m, not '%s'", budget);
    if (threads && (!args_bytes(threads, &n) || n < 1 || n > 64))
        return usage_error("--threads is a number of threads from 1 to 64, not '%s'", threads);
    t.threads = (int)n;
    return tune_together(args, &t);
}
