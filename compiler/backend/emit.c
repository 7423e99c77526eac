/* SPDX-License-Identifier: Apache-2.0 */
#include "backend/sites.h"

#include <inttypes.h>
#include <string.h>

/* ---- names of the members of the input and output structs ---- */

/* name, or name_2, name_3 ...: the first that is none of the n others.  It begins anew after
 * each change, because name_2 may be someone's own name. */
static const char *unique_among(Arena *a, const char *name, const char *const *others, uint32_t n)
{
    const char *want = name;

    for (uint32_t k = 2, i = 0; i < n;) {
        if (strcmp(others[i], want)) {
            i++;
        } else {
            want = arena_printf(a, "%s_%u", name, k++);
            i = 0;
        }
    }
    return want;
}

/* A name must differ from those before it only: the earlier one is served first. */
static const char **member_names(Emit *e, const ValueId *v, uint32_t n)
{
    const char **name = arena_new_n(e->arena, const char *, n);

    for (uint32_t i = 0; i < n; i++)
        name[i] = unique_among(e->arena, c_identifier(e->arena, ir_val(e->g, v[i])->name), name,
                               i);
    return name;
}

/* ---- one target ---- */

/* "stem: conv + clip, (1,3,224,224) -> (1,32,112,112)" */
static void layer_comment(Emit *e, const Node *n)
{
    Buf *b = &e->body;

    buf_printf(b, "%*s/* %s: %s, ", 4 + 4 * e->depth, "",
               c_comment(e->arena, ir_val(e->g, n->out[0])->name), layers_op(e->arena, n));
    buf_str(b, shape_text(e->arena, emit_shape(e, n->in[0])));
    buf_str(b, " -> ");
    buf_str(b, shape_text(e->arena, emit_shape(e, n->out[0])));
    buf_str(b, " */\n");
}

/* Nobody goes on before all threads have done their parts. */
void emit_barrier(Emit *e)
{
    if (e->options->threads)
        buf_str(&e->body, "    net_barrier(context);\n");
}

/* Thread 0 may take a time. */
static void layer_hook(Emit *e, const Node *n, uint32_t number)
{
    if (e->options->threads)
        buf_printf(&e->body, "%*sif (part == 0)\n    ", 4 + 4 * e->depth, "");
    buf_printf(&e->body, "%*sNET_LAYER(%u, %s);\n", 4 + 4 * e->depth, "", number,
               c_string(e->arena, ir_val(e->g, n->out[0])->name));
}

/* Node number i: what it is, its call, and in a band the hook, which is passed many times then. */
bool emit_layer(Emit *e, KernelFn *kernel, uint32_t i)
{
    const Node *n = &e->g->node[i];
    bool ok;

    layer_comment(e, n);
    ok = kernel(e, n);
    if (!e->rows)
        emit_barrier(e);
    layer_hook(e, n, i);
    layers_end(e, n, i);
    return ok;
}

/* Goes on after a node without a kernel, so that all of them are said at once.  Views and empty
 * results need no code: their place in the plan is all there is to them. */
static bool emit_nodes(Emit *e)
{
    bool ok = true;

    for (uint32_t i = 1; i < e->g->n_node; i++) {
        const Node *n = &e->g->node[i];
        const Band *band = plan_band(e->plan, i);
        KernelFn *kernel;

        if (band) {
            ok = emit_band(e, band) && ok;
            emit_barrier(e);
            i = band->last;
            continue;
        }
        if (!n->op || plan_is_view(e->plan, n) || shape_count(emit_shape(e, n->out[0])) == 0)
            continue;
        kernel = kernel_for(e, n);
        if (!kernel) {
            diag_error(e->d, n->pos, "%s on %s has no kernel", op_info[n->op].name,
                       dtype_info[ir_val(e->g, n->in[0])->dtype].name);
            ok = false;
            continue;
        }
        ok = emit_layer(e, kernel, i) && ok;
    }
    return ok;
}

/* For the templates without parameters. */
static bool include_template(Emit *e, const char *file, Buf *out)
{
    return tmpl_expand(e->options->templates, file, tmpl_vars(e->arena), out, e->d);
}

/* v_math is written in the words of the target's vocabulary, which must come before it. */
static bool include_math(Emit *e, Buf *out)
{
    TmplVars *v = tmpl_vars(e->arena);

    tmpl_word(v, "SUFFIX", e->target->suffix);
    tmpl_int(v, "WIDE", e->g->wide);
    return tmpl_expand(e->options->templates, "v_math.c.t", v, out, e->d);
}

/* All programs of the file call the same kernels. */
static bool emit_programs(Emit *e)
{
    for (uint32_t i = 0; i < e->n_program; i++) {
        Program *p = &e->program[i];

        e->g = p->g;
        e->plan = p->plan;
        e->packed = p->packed;
        buf_init(&e->body, e->arena);
        if (!emit_nodes(e))
            return false;
        if (!e->state)
            sites_add_bands(e);
        p->body = e->body;
    }
    e->g = e->program[0].g;
    e->plan = e->program[0].plan;
    return true;
}

/* Kernels and layers grow side by side, for a layer asks for its kernel when it is written;
 * they are joined only here.  The guard keeps a compiler for another machine away from both. */
static bool emit_target(Emit *e, const Target *t, Buf *out)
{
    e->target = t;
    buf_init(&e->kernels, e->arena);
    if (!include_template(e, t->vocabulary, &e->kernels)
        || !include_math(e, &e->kernels))
        return false;
    buf_str(&e->kernels, "\n/* The kernels: each once, called by the layers further down. */\n\n");
    if (!emit_programs(e))
        return false;
    buf_printf(out, "\n/* ---- %s ---- */\n\n", t->name);
    if (*t->guard)
        buf_printf(out, "#if %s\n\n", t->guard);
    buf_put(out, e->kernels.p, e->kernels.n);
    for (uint32_t i = 0; i < e->n_program; i++)
        emit_run_target(e, &e->program[i], out);
    if (!include_template(e, "v_end.c.t", out))
        return false;
    if (*t->guard)
        buf_printf(out, "#endif\n");
    return true;
}

/* ---- choosing among targets ---- */

/* There is one vocabulary for doubles. */
static uint32_t choose_doubles(Emit *e, const Target **list)
{
    const char *want = e->options->target;

    list[0] = &target_doubles;
    if (!want || !strcmp(want, "auto") || !strcmp(want, "portable"))
        return 1;
    diag_error(e->d, (Pos){ 0 }, "f64 is for the target portable alone, not for '%s'", want);
    return 0;
}

/* Targets to put into the file, in order of preference: one, or for "auto" all. */
static uint32_t choose_targets(Emit *e, const Target **list)
{
    const char *want = e->options->target ? e->options->target : "auto", *all = "auto, native";
    uint32_t n = 0;

    if (!strcmp(want, "native"))
        want = target_native();
    for (const Target *t = targets; t->name; t++)
        if (!strcmp(want, t->name) || (!strcmp(want, "auto") && (!e->options->plain || !*t->guard)))
            list[n++] = t;
    if (n == 0) {
        diag_error(e->d, (Pos){ 0 }, "there is no target '%s'", want);
        for (const Target *t = targets; t->name; t++)
            all = arena_printf(e->arena, "%s, %s", all, t->name);
        diag_hint(e->d, "targets are %s", all);
    }
    return n;
}

/* ---- the file ---- */

/* A net that does not train is one program. */
static void set_programs(Emit *e)
{
    static const char *const x[] = { "x", "labels" }, *const y[] = { "loss", "scores" };

    if (!e->n_program) {
        e->program = arena_new(e->arena, Program);
        *e->program = (Program){ .name = "run", .g = e->g, .plan = e->plan };
        e->n_program = 1;
    }
    for (uint32_t i = 0; i < e->n_program; i++)
        e->program[i].packed = arena_new_n(e->arena, const char *, e->program[i].g->n_node);
    e->in_name = e->state ? x : member_names(e, e->g->input, e->g->n_input);
    e->out_name = e->state ? y : member_names(e, e->g->output, e->g->n_output);
}

static bool emit_targets(Emit *e, const Target *const *list, uint32_t n, Buf *code)
{
    for (uint32_t i = 0; i < n; i++)
        if (!emit_target(e, list[i], code))
            return false;
    return true;
}

/* What surrounds the targets' code, in order. */
static bool emit_around(Emit *e, const Target *const *list, uint32_t n, const Buf *code, Buf *c)
{
    Buf tables;

    buf_init(&tables, e->arena);
    if (e->state && !emit_train_tables(e, &tables))
        return false;
    emit_preface(e, c, "c");
    emit_declarations(e, c);
    if (!include_template(e, "common.c.t", c) || !emit_scalars(e, c))
        return false;
    if (e->state || strcmp(e->options->weights ? e->options->weights : "embed", "file"))
        weights_emit(&e->weights, arena_printf(e->arena, "%s_weights", e->prefix), c);
    if (!emit_threads(e, c))
        return false;
    buf_put(c, code->p, code->n);
    if (!emit_run(e, list, n, c))
        return false;
    buf_put(c, tables.p, tables.n);
    if (e->state)
        return emit_train(e, c);
    emit_describe(e, c);
    emit_selftest(e, c);
    return true;
}

/* The code comes first, though it stands last: only it tells how many bytes of weights there
 * are and what the preface has to say.  Weights are shared by all targets. */
static bool emit_both(Emit *e, Buf *c, Buf *h)
{
    const Target *list[8];
    uint32_t n = e->g->wide ? choose_doubles(e, list) : choose_targets(e, list);
    Buf code;

    if (!n)
        return false;
    buf_init(&code, e->arena);
    weights_init(&e->weights, e->arena);
    e->weights.wide = e->g->wide;
    intern_init(&e->functions, e->arena);
    e->plain = e->options->plain;
    e->in_parts = e->in_parts || e->state;
    set_programs(e);
    if (!emit_targets(e, list, n, &code) || !emit_around(e, list, n, &code, c))
        return false;
    emit_preface(e, h, "h");
    emit_declarations(e, h);
    return true;
}

bool emit_file(Emit *e, Buf *c, Buf *h)
{
    Buf floats[2];

    if (!e->g->wide)
        return emit_both(e, c, h);
    buf_init(&floats[0], e->arena);
    buf_init(&floats[1], e->arena);
    if (!emit_both(e, &floats[0], &floats[1]))
        return false;
    widen_text(&floats[0], c);
    widen_text(&floats[1], h);
    return true;
}
