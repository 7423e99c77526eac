/* SPDX-License-Identifier: Apache-2.0 */
/* emit_run: the functions that run a net.
 *
 * Per target run_SUFFIX calls the layers, as part number part of parts.  Above them net_dispatch
 * chooses by CPU, NAME_run checks the arguments and is part 0 of 1; with --threads, NAME_run_with
 * has the threads of a context do one part each. */
#include "backend/emit.h"

#include <string.h>

/* The parameters that exist with threads only. */
static const char *thread_params(const Emit *e)
{
    return e->options->threads ? ", int part, int parts, net_context *context" : "";
}

/* Their uses where nothing else may use them: another machine's variant is left out. */
static const char *unused_threads(const Emit *e)
{
    return e->options->threads ? ", (void)part, (void)parts, (void)context" : "";
}

/* The state is a parameter of what trains alone. */
static const char *state_param(const Emit *e)
{
    return e->state ? " unsigned char *s," : "";
}

/* The layers' calls are complete in e->body.  Without threads part and parts become constants,
 * so that the C compiler folds the kernels' division of the work away. */
void emit_run_target(Emit *e, const Program *p, Buf *out)
{
    buf_printf(out, "static void %s_%s(const %s_inputs *in, const %s_outputs *out,\n"
               "    const unsigned char *w,%s unsigned char *a%s)\n{\n", p->name,
               e->target->suffix, e->prefix, e->prefix, state_param(e), thread_params(e));
    if (!e->options->threads)
        buf_str(out, "    enum { part = 0, parts = 1 };\n\n");
    buf_printf(out, "    (void)in, (void)out, (void)w, %s(void)a%s;\n",
               e->state ? "(void)s, " : "", unused_threads(e));
    buf_put(out, p->body.p, p->body.n);
    buf_str(out, "}\n");
}

/* text only where the preprocessor says that the target's instructions can be compiled at all. */
static void guarded(Buf *out, const Target *t, const char *text)
{
    if (*t->guard)
        buf_printf(out, "#if %s\n%s#endif\n", t->guard, text);
    else
        buf_str(out, text);
}

/* list is in order of preference, so the first variant that the CPU can run is the fastest it
 * can.  Variants are numbered from 1, in this order. */
static void choice(Emit *e, const Target *const *list, uint32_t n, Buf *out)
{
    buf_str(out, "\n/* Which of the variants above this CPU runs; 0: none. */\n"
                 "static int variant(void)\n{\n");
    for (uint32_t i = 0; i < n; i++)
        guarded(out, list[i], arena_printf(e->arena, "    if (%s)\n        return %u;\n",
                                           list[i]->cpu, i + 1));
    buf_str(out, "    return 0;\n}\n\nstatic const char *variant_name(void)\n{\n");
    for (uint32_t i = 0; i < n; i++)
        buf_printf(out, "    if (variant() == %u)\n        return \"%s\";\n", i + 1,
                   list[i]->name);
    buf_str(out, "    return \"none\";\n}\n");
}

/* One program of one variant, chosen by the number of each. */
static const char *choose(Emit *e, const Target *t, uint32_t variant, uint32_t program)
{
    const char *number = e->state ? arena_printf(e->arena, " && program == %u", program) : "";

    return arena_printf(e->arena, "    if (variant() == %u%s) {\n        "
                        "%s_%s(in, out, w,%s a%s);\n        return;\n    }\n", variant, number,
                        e->program[program].name, t->suffix, e->state ? " s," : "",
                        e->options->threads ? ", part, parts, context" : "");
}

/* A variant that the guards took out is never chosen: its number is not returned either. */
static void dispatch(Emit *e, const Target *const *list, uint32_t n, Buf *out)
{
    buf_printf(out, "\nstatic void net_dispatch(const %s_inputs *in, const %s_outputs *out,\n"
               "    const unsigned char *w,%s unsigned char *a%s%s)\n{\n", e->prefix, e->prefix,
               state_param(e), e->state ? ", int program" : "", thread_params(e));
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < e->n_program; k++)
            guarded(out, list[i], choose(e, list[i], i + 1, k));
    buf_printf(out, "    (void)in, (void)out, (void)w, %s(void)a%s;\n}\n",
               e->state ? "(void)s, (void)program, " : "", unused_threads(e));
}

/* What NAME_run and NAME_run_with refuse. */
static void check(Emit *e, Buf *out)
{
    buf_printf(out, "\nstatic int net_check(const %s_inputs *in, const %s_outputs *out,\n"
               "    const unsigned char *w, const unsigned char *a)\n{\n"
               "    if (!in || !out%s%s)\n        return MNC_NET_NULL;\n", e->prefix, e->prefix,
               e->weights.bytes ? " || !w" : "", e->plan->arena_bytes ? " || !a" : "");
    for (uint32_t i = 0; i < e->g->n_input; i++)
        buf_printf(out, "    if (!in->%s)\n        return MNC_NET_NULL;\n", e->in_name[i]);
    for (uint32_t i = 0; i < e->g->n_output; i++)
        buf_printf(out, "    if (!out->%s)\n        return MNC_NET_NULL;\n", e->out_name[i]);
    buf_str(out, "    if (((uintptr_t)w | (uintptr_t)a) % 64)\n"
                 "        return MNC_NET_MISALIGNED;\n"
                 "    return variant() ? MNC_NET_OK : MNC_NET_CPU;\n}\n");
}

/* The begin of both: the embedded weights by default, the checks. */
static void entry(Emit *e, const char *name, const char *context, Buf *out)
{
    bool embedded = !e->options->weights || strcmp(e->options->weights, "file");

    buf_printf(out, "\nint %s_%s(%sconst %s_inputs *in, const %s_outputs *out,\n"
               "    const void *weights, void *arena)\n{\n"
               "    const unsigned char *w = (const unsigned char *)%s%s%s;\n"
               "    unsigned char *a = (unsigned char *)arena;\n"
               "    int code = net_check(in, out, w, a);\n\n", e->prefix, name, context, e->prefix,
               e->prefix, embedded ? "(weights ? weights : " : "weights",
               embedded ? e->prefix : "", embedded ? "_weights)" : "");
    buf_str(out, "    if (code != MNC_NET_OK)\n        return code;\n");
}

/* Stands in front of the kernels, because the layers call its barrier. */
bool emit_threads(Emit *e, Buf *out)
{
    TmplVars *v = tmpl_vars(e->arena);

    if (!e->options->threads)
        return true;
    tmpl_word(v, "PREFIX", e->prefix);
    tmpl_int(v, "TRAIN", e->state != NULL);
    return tmpl_expand(e->options->templates, "threads.c.t", v, out, e->d);
}

/* Must hold: net_dispatch and net_check are in out already; the template calls the one, entry
 * the other. */
static bool run_with(Emit *e, Buf *out)
{
    TmplVars *v = tmpl_vars(e->arena);

    tmpl_word(v, "PREFIX", e->prefix);
    tmpl_int(v, "TRAIN", e->state != NULL);
    if (!tmpl_expand(e->options->templates, "threads_run.c.t", v, out, e->d))
        return false;
    if (e->state)
        return true;
    entry(e, "run_with", "void *context, ", out);
    buf_str(out, "    if (!context)\n        return MNC_NET_NULL;\n"
                 "    net_run_all((net_context *)context, in, out, w, a);\n"
                 "    return MNC_NET_OK;\n}\n");
    return true;
}

/* All targets' run_SUFFIX are in the file already.  Without a context the caller does all
 * parts: part 0 of 1. */
bool emit_run(Emit *e, const Target *const *list, uint32_t n, Buf *out)
{
    choice(e, list, n, out);
    dispatch(e, list, n, out);
    if (e->state)
        return !e->options->threads || run_with(e, out);
    check(e, out);
    entry(e, "run", "", out);
    buf_printf(out, "    net_dispatch(in, out, w, a%s);\n    return MNC_NET_OK;\n}\n",
               e->options->threads ? ", 0, 1, NULL" : "");
    return !e->options->threads || run_with(e, out);
}
