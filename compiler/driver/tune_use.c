/* SPDX-License-Identifier: Apache-2.0 */
/* tune_use: where compile, run and bench look into the tuning log. */
#include "driver/tune.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two nets of as many parameters and mult-adds are the same, or it does not matter: the record only
 * says which compiler to take. */
RtTuneKey tune_net_key(Arena *a, const mnc_model *m, const RtCpu *cpu, const char *compiler,
                       const char *target)
{
    int64_t params, macs;

    mnc_count(m, &params, &macs);
    return (RtTuneKey){ cpu->model, cpu->features, compiler, target, "net",
                        arena_printf(a, "%" PRId64 " parameters, %" PRId64 " mult-adds", params,
                                     macs) };
}

/* The JIT has another usual compiler. */
static RtForm form_of(const Work *w)
{
    return w->args->value[OPT_jit] ? RT_RELOCATABLE : RT_SHARED;
}

/* $CC is somebody's wish, which a log does not override. */
static const char *better_compiler(Work *w, const mnc_model *m, const RtTuneLog *log,
                                   const RtTuneKey *key, Diag *quiet)
{
    const char *env = getenv("CC");
    RtTuneKey net = tune_net_key(&w->a, m, &(RtCpu){ key->cpu, key->features }, key->compiler,
                                 key->target);
    const RtTuned *t = rt_tune_find(log, &net);
    RtCompiler cc;

    if (!t || strncmp(t->knobs, "compiler=", 9) || (env && *env)
        || !rt_find_compiler(&w->a, t->knobs + 9, form_of(w), &cc, quiet))
        return key->compiler;
    w->compiler = t->knobs + 9;
    return rt_tune_compiler(&w->a, &cc);
}

/* Somebody whose log is of no use here wants to know. */
static void say_foreign(Work *w, const char *path, const RtTuneLog *log, const RtTuneKey *key)
{
    bool here = false, compiler = false;

    for (size_t i = 0; i < log->n; i++) {
        const RtTuneKey *k = &log->list[i].key;
        bool cpu = !strcmp(k->cpu, key->cpu) && !strcmp(k->features, key->features);
        here |= cpu;
        compiler |= cpu && !strcmp(k->compiler, key->compiler);
    }
    if (log->n && !here)
        diag_note(&w->d, (Pos){ .file = path }, "the tuning log is of another CPU, and ignored");
    else if (log->n && !compiler)
        diag_note(&w->d, (Pos){ .file = path }, "the tuning log is of other compilers than '%s', "
                  "and ignored", key->compiler);
}

/* What cannot be read or does not fit is as if it were not there. */
void use_tuned(Work *w, mnc_model *m, bool compiles)
{
    const char *path = w->args->value[OPT_log], *target = w->options.target;
    RtTuneLog *log = arena_new(&w->a, RtTuneLog);
    const mnc_choice *list;
    RtCompiler cc;
    RtTuneKey key;
    RtCpu cpu;
    Diag quiet;
    size_t n;

    if (w->args->value[OPT_no_tune] || w->options.plain || w->args->value[OPT_train])
        return;
    path = path ? path : rt_tune_path(&w->a, false);
    if (!path || access(path, F_OK))
        return;
    diag_init(&quiet, &w->a);
    rt_tune_read(&w->a, path, log, &w->d);
    if (!log->n || !rt_find_compiler(&w->a, NULL, form_of(w), &cc, &quiet))
        return;
    cpu = rt_cpu(&w->a);
    key = (RtTuneKey){ cpu.model, cpu.features, rt_tune_compiler(&w->a, &cc),
                       target && strcmp(target, "native") && strcmp(target, "auto")
                       ? target : mnc_native_target(), "", "" };
    say_foreign(w, path, log, &key);
    if (compiles)
        key.compiler = better_compiler(w, m, log, &key, &quiet);
    list = rt_tune_choices(&w->a, log, &key, true, &n);
    mnc_set_choices(m, list, n);
    w->tuned = log;
    w->tuned_for = key.compiler;
}
