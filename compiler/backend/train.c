/* SPDX-License-Identifier: Apache-2.0 */
/* train: a model becomes the programs of a file that trains.
 *
 *   step     forward, loss, backward; the updates too, unless gradients are kept
 *   eval     forward with the running statistics, and the loss
 *   update   from gradients in their slots to new parameters: where gradients are kept
 *
 * Each is a graph with a plan of its own; what they share is the state. */
#include "backend/model.h"
#include "backend/train.h"
#include "passes/pass.h"

#include <string.h>

static bool one_of(Emit *e, const char *what, const char *word, const char *const *list)
{
    Buf all;

    buf_init(&all, e->arena);
    for (int i = 0; list[i]; i++) {
        if (!word || !strcmp(word, list[i]))
            return true;
        buf_printf(&all, "%s%s", i ? ", " : "", list[i]);
    }
    diag_error(e->d, (Pos){ 0 }, "there is no %s '%s'", what, diag_quote(e->arena, word));
    diag_hint(e->d, "there are %s", all.p);
    return false;
}

static bool check_options(Emit *e)
{
    static const char *const optimizers[] = { "sgd", "momentum", "nesterov", "adam", "adamw",
                                              NULL };
    static const char *const losses[] = { "logits", "probabilities", NULL };
    const mnc_train_options *o = e->options->train;
    bool ok = one_of(e, "optimizer", o->optimizer, optimizers);

    return one_of(e, "loss", o->loss, losses) && ok;
}

/* Runs all passes on g; false with messages. */
static bool compile(Emit *e, Graph *g, bool backward, Program *out)
{
    Job job = { .g = g, .options = e->options, .d = e->d, .state = e->state,
                .backward = backward };

    if (!pass_run_all(&job, NULL))
        return false;
    out->g = job.g;
    out->plan = job.plan;
    out->name = backward ? "step" : "eval";
    return true;
}

static bool compile_updates(Emit *e, Program *out)
{
    Graph *g = ir_new(e->arena);
    Job job = { .g = g, .options = e->options, .d = e->d, .state = e->state };

    g->name = intern(&g->names, e->g->name);
    g->wide = e->g->wide;
    if (!pass_updates(&job) || !ir_check(g, "updates", e->d) || !pass_layout(&job)
        || !pass_plan_memory(&job))
        return false;
    out->g = g;
    out->plan = job.plan;
    out->name = "update";
    return true;
}

bool train_programs(Emit *e)
{
    Graph *eval = ir_clone(e->g);
    Value scores;

    if (!check_options(e))
        return false;
    e->state = arena_new(e->arena, State);
    state_init(e->state, e->arena);
    e->state->wide = e->g->wide;
    e->program = arena_new_n(e->arena, Program, 3);
    if (!compile(e, e->g, true, &e->program[0]) || !compile(e, eval, false, &e->program[1]))
        return false;
    e->n_program = 2;
    if (train_keeps_gradients(e->options->train)
        && !compile_updates(e, &e->program[e->n_program++]))
        return false;
    scores = *ir_val(eval, eval->output[1]);
    if (state_find(e->state, scores.name) < e->state->n)
        scores.name = arena_printf(e->arena, "%s.scores", scores.name);
    state_add(e->state, scores.name, STATE_SCORES, &scores);
    state_place(e->state, sizeof(mnc_head));
    e->plan = e->program[0].plan;
    return true;
}

/* A graph, options and messages of its own: nothing of it gets out. */
void train_memory(mnc_model *m, Summary *s)
{
    const mnc_train_options sgd = { 0 };
    mnc_options options = m->options;
    Diag d;
    Emit e = { .arena = &m->arena, .g = ir_clone(m->g), .options = &options, .d = &d };

    options.train = &sgd;
    diag_init(&d, &m->arena);
    if (!train_programs(&e))
        return;
    s->kept_bytes = e.state->kept_bytes;
    s->train_bytes = e.state->bytes + emit_train_arena(&e);
    s->batch = ir_val(e.program[0].g, e.program[0].g->input[0])->shape.dim[0];
}
