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

#include <inttypes.h>
#include <string.h>

enum { MOST_LINKS = 4 };       /* longer chains of copies keep as much as they save */

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

enum { MOST_RANKS = 1 << 20 };

static bool check_options(Emit *e)
{
    static const char *const optimizers[] = { "sgd", "momentum", "nesterov", "adam", "adamw",
                                              NULL };
    static const char *const losses[] = { "logits", "probabilities", NULL };
    const mnc_train_options *o = e->options->train;
    bool ok = one_of(e, "optimizer", o->optimizer, optimizers);

    if (o->ranks < 0 || o->ranks > MOST_RANKS)
        diag_error(e->d, (Pos){ 0 }, "there cannot be %d ranks", o->ranks);
    return one_of(e, "loss", o->loss, losses) && ok && !e->d->n_error;
}

/* Runs all passes on g, of a step if there is again; false with messages. */
static bool compile(Emit *e, Graph *g, RecomputeInfo *again, Program *out)
{
    Job job = { .g = g, .options = e->options, .d = e->d, .state = e->state,
                .backward = again != NULL };

    if (again)
        job.again = *again;
    if (!pass_run_all(&job, NULL))
        return false;
    if (again)
        *again = job.again;
    out->g = job.g;
    out->plan = job.plan;
    out->name = again ? "step" : "eval";
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

/* All programs of the net g, which the passes change. */
static bool make_programs(Emit *e, Graph *g, RecomputeInfo *again)
{
    Graph *eval = ir_clone(g);
    Value scores;

    e->state = arena_new(e->arena, State);
    state_init(e->state, e->arena);
    e->state->wide = e->g->wide;
    e->program = arena_new_n(e->arena, Program, 3);
    if (!compile(e, g, again, &e->program[0]) || !compile(e, eval, NULL, &e->program[1]))
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
    if (train_ranks(e->options->train) > 1) {
        e->state->others = e->state->bytes;
        e->state->bytes += 64;             /* what comes behind it begins a cache line, too */
    }
    e->plan = e->program[0].plan;
    return true;
}

/* ---- little memory ---- */

/* Bytes of the state with its arena; -1 when something else is wrong. */
static int64_t measure(const Emit *e, RecomputeInfo *again)
{
    Emit trial = *e;
    Diag d;

    diag_init(&d, e->arena);
    trial.d = &d;
    return make_programs(&trial, ir_clone(e->g), again)
         ? trial.state->bytes + emit_train_arena(&trial) : -1;
}

/* The shortest chains of copies with which it fits; those with the fewest bytes when none do. */
static int64_t find_links(const Emit *e, int64_t bytes, RecomputeInfo *best)
{
    for (uint32_t links = 0; links <= MOST_LINKS && bytes > e->options->max_ram; links++) {
        RecomputeInfo again = { .most = UINT32_MAX, .links = links };
        int64_t now = measure(e, &again);
        if (now < bytes) {
            bytes = now;
            *best = again;
        }
    }
    return bytes;
}

/* With best->most candidates it is within limit bytes: by halving, how few are enough. */
static int64_t find_most(const Emit *e, int64_t limit, int64_t bytes, RecomputeInfo *best)
{
    uint32_t below = 0, above = best->most < best->candidates ? best->most : best->candidates;

    while (above - below > 1) {
        RecomputeInfo again = { .most = below + (above - below) / 2, .links = best->links };
        int64_t now = measure(e, &again);
        if (now <= limit) {
            above = again.most;
            bytes = now;
            *best = again;
        } else {
            below = again.most;
        }
    }
    return bytes;
}

static bool finish(Emit *e, RecomputeInfo *again, int64_t bytes, int64_t all)
{
    if (!make_programs(e, e->g, again))
        return false;
    if (again->copies)
        diag_note(e->d, (Pos){ 0 }, "%u results are computed again, %.1f %% more work, so that the"
                  " state takes %" PRId64 " bytes and not %" PRId64, again->copies,
                  100 * again->work / again->all_work, bytes, all);
    return true;
}

/* As little is computed again as fits into max_ram. */
static bool fit(Emit *e)
{
    RecomputeInfo again = { 0 };
    int64_t all = measure(e, &again), bytes = all, most = e->options->max_ram;

    if (all > most)
        bytes = find_links(e, all, &again);
    e->too_large = bytes > most;
    if (e->too_large) {
        diag_error(e->d, (Pos){ 0 }, "the smallest state found takes %" PRId64 " bytes, more than"
                   " the %" PRId64 " that are allowed", bytes, most);
        return false;
    }
    if (again.copies)
        bytes = find_most(e, most, bytes, &again);
    return finish(e, &again, bytes, all);
}

/* ---- without a limit ---- */

/* The share of a step's time, by what the pass counts, that copies may take: measured, that is 1.5
 * to 2 % of the steps of MobileNetV1 and V2.  WORTH: what has to be saved of the state for it, one
 * in so many bytes.  CACHED: a state of so many bytes fits into caches, and is left as it is. */
static const double NEARLY_FREE = 0.027;
enum { WORTH = 16, CACHED = 32 << 20 };

/* The work of copies alone: what comes behind the pass that makes them does not matter. */
static bool is_cheap(const Emit *e, RecomputeInfo *again)
{
    State state;
    Diag d;
    Job job = { .g = ir_clone(e->g), .options = e->options, .d = &d, .state = &state,
                .backward = true, .again = *again };

    diag_init(&d, e->arena);
    state_init(&state, e->arena);
    state.wide = e->g->wide;
    if (!pass_run_all(&job, "recompute"))
        return false;
    *again = job.again;
    return again->time <= NEARLY_FREE * again->all_time;
}

/* The most that is nearly free, where that saves something; of it, what does. */
static bool save(Emit *e)
{
    RecomputeInfo again = { .most = UINT32_MAX }, none = { 0 };
    uint32_t below = 0, above;
    int64_t all = measure(e, &none), bytes;

    if (all > CACHED && !e->options->plain) {
        is_cheap(e, &again);
        above = again.candidates + 1;
        while (above - below > 1) {
            again.most = below + (above - below) / 2;
            if (is_cheap(e, &again))
                below = again.most;
            else
                above = again.most;
        }
    }
    again.most = below;
    bytes = below ? measure(e, &again) : all;
    if (bytes < 0 || bytes > all - all / WORTH)
        return make_programs(e, e->g, &none);
    bytes = find_most(e, bytes, bytes, &again);
    return finish(e, &again, bytes, all);
}

bool train_programs(Emit *e)
{
    return check_options(e) && (e->options->max_ram ? fit(e) : save(e));
}

/* A graph, options and messages of its own: nothing of it gets out. */
void train_memory(mnc_model *m, Summary *s)
{
    const mnc_train_options sgd = { 0 };
    mnc_options options = m->options;
    Diag d;
    Emit e = { .arena = &m->arena, .g = ir_clone(m->g), .options = &options, .d = &d };

    options.train = &sgd;
    options.max_ram = 0;
    diag_init(&d, &m->arena);
    if (!train_programs(&e))
        return;
    s->kept_bytes = e.state->kept_bytes;
    s->train_bytes = e.state->bytes + emit_train_arena(&e);
    s->batch = ir_val(e.program[0].g, e.program[0].g->input[0])->shape.dim[0];
}
