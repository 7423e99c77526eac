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

static bool one_of(mnc_model *m, const char *what, const char *word, const char *const *list)
{
    Buf all;

    buf_init(&all, &m->arena);
    for (int i = 0; list[i]; i++) {
        if (!word || !strcmp(word, list[i]))
            return true;
        buf_printf(&all, "%s%s", i ? ", " : "", list[i]);
    }
    diag_error(&m->diag, (Pos){ 0 }, "there is no %s '%s'", what, diag_quote(&m->arena, word));
    diag_hint(&m->diag, "there are %s", all.p);
    return false;
}

static bool check_options(mnc_model *m)
{
    static const char *const optimizers[] = { "sgd", "momentum", "nesterov", "adam", "adamw",
                                              NULL };
    static const char *const losses[] = { "logits", "probabilities", NULL };
    const mnc_train_options *o = m->options.train;
    bool ok = one_of(m, "optimizer", o->optimizer, optimizers);

    return one_of(m, "loss", o->loss, losses) && ok;
}

/* Runs all passes on g; false with messages. */
static bool compile(mnc_model *m, Graph *g, bool backward, Program *out)
{
    Job job = { .g = g, .options = &m->options, .d = &m->diag, .state = m->state,
                .backward = backward };

    if (!pass_run_all(&job, NULL))
        return false;
    out->g = job.g;
    out->plan = job.plan;
    out->name = backward ? "step" : "eval";
    return true;
}

static bool compile_updates(mnc_model *m, Program *out)
{
    Graph *g = ir_new(&m->arena);
    Job job = { .g = g, .options = &m->options, .d = &m->diag, .state = m->state };

    g->name = intern(&g->names, m->g->name);
    if (!pass_updates(&job) || !ir_check(g, "updates", &m->diag) || !pass_layout(&job)
        || !pass_plan_memory(&job))
        return false;
    out->g = g;
    out->plan = job.plan;
    out->name = "update";
    return true;
}

bool train_programs(mnc_model *m, Emit *e)
{
    Graph *eval = ir_clone(m->g);
    Value scores;

    if (!check_options(m))
        return false;
    m->state = arena_new(&m->arena, State);
    state_init(m->state, &m->arena);
    e->program = arena_new_n(&m->arena, Program, 3);
    if (!compile(m, m->g, true, &e->program[0]) || !compile(m, eval, false, &e->program[1]))
        return false;
    e->n_program = 2;
    if (train_keeps_gradients(m->options.train) && !compile_updates(m, &e->program[e->n_program++]))
        return false;
    scores = *ir_val(eval, eval->output[1]);
    if (state_find(m->state, scores.name) < m->state->n)
        scores.name = arena_printf(&m->arena, "%s.scores", scores.name);
    state_add(m->state, scores.name, STATE_SCORES, &scores);
    state_place(m->state, sizeof(mnc_head));
    e->state = m->state;
    m->plan = e->program[0].plan;
    return true;
}

/* A model of its own, which shares nothing but the arena: neither messages nor graph get out. */
void train_memory(mnc_model *m, Summary *s)
{
    mnc_model *other = arena_new(&m->arena, mnc_model);
    Emit e = { .arena = &m->arena };
    int64_t most = 0;

    *other = *m;
    memset(&other->train, 0, sizeof other->train);
    other->options.train = &other->train;
    diag_init(&other->diag, &m->arena);
    other->g = ir_clone(m->g);
    if (!train_programs(other, &e))
        return;
    for (uint32_t i = 0; i < e.n_program; i++)
        if (e.program[i].plan->arena_bytes > most)
            most = e.program[i].plan->arena_bytes;
    s->kept_bytes = other->state->kept_bytes;
    s->train_bytes = other->state->bytes + most;
    s->batch = ir_val(other->g, other->g->input[0])->shape.dim[0];
}
