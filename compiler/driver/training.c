/* SPDX-License-Identifier: Apache-2.0 */
/* training: which parameters train, and the compiled net that trains them.
 *
 * The model is opened twice: what is read but never compiled keeps the parameters by name; the
 * other one is compiled.
 */
#include "base/glob.h"
#include "driver/training.h"

#include <string.h>

enum { BATCH = 32 };

/* Can the model be read with these options? What it says is not shown. */
static bool takes(Work *w, const mnc_options *o)
{
    mnc_model *m = mnc_open(o);
    bool ok;

    if (!m)
        arena_out_of_memory(&w->a);
    ok = mnc_read(m, w->model) == MNC_OK;
    mnc_close(m);
    return ok;
}

/* A spec without a parameter `batch`, or a model with a fixed one, refuses any other. */
void choose_batch(Work *w, const RtRecipe *r)
{
    mnc_options o = w->options;

    o.batch = BATCH;
    w->options.batch = r->batch ? r->batch : takes(w, &o) ? BATCH : 0;
}

/* As if -D seed=N had been given, where the spec has such a parameter and nobody has set it. */
void choose_seed(Work *w, const RtRecipe *r)
{
    mnc_options o = w->options;
    const char **all;
    size_t n = 0;

    while (o.define && o.define[n])
        if (!strncmp(o.define[n++], "seed=", strlen("seed=")))
            return;
    all = arena_new_n(&w->a, const char *, n + 2);
    for (size_t i = 0; i < n; i++)
        all[i] = o.define[i];
    all[n] = arena_printf(&w->a, "seed=%lld", (long long)r->seed);
    o.define = all;
    if (r->seed && takes(w, &o))
        w->options.define = all;
}

/* The names and values in t->param belong to the model, which lives as long as w. */
static bool read_params(Work *w, Training *t)
{
    mnc_model *m = open_model(w);
    const mnc_param *p;

    if (!m || mnc_params(m, &p, &t->n_param) != MNC_OK) {
        fputs(m ? mnc_messages(m) : "", stderr);
        return false;
    }
    t->param = arena_new_n(&w->a, RtTensor, t->n_param);
    for (size_t i = 0; i < t->n_param; i++) {
        t->param[i] = net_tensor(&p[i].tensor);
        t->param[i].data = (void *)(uintptr_t)p[i].data;
    }
    return true;
}

/* A pattern that fits no parameter is a slip of the pen. */
static void check_patterns(Work *w, const Training *t, const char *key, const char *const *pattern)
{
    for (; pattern && *pattern; pattern++) {
        size_t i = 0;
        while (i < t->n_param && !glob_matches(*pattern, t->param[i].name))
            i++;
        if (i == t->n_param)
            diag_error(&w->d, (Pos){ .file = w->model }, "%s: no parameter is called '%s'", key,
                       diag_quote(&w->a, *pattern));
    }
}

static bool trains(const RtRecipe *r, const char *name)
{
    return (!r->trainable || glob_matches_any(r->trainable, name))
        && !glob_matches_any(r->freeze, name);
}

/* Frozen batch norms use their running statistics, others their batch's own: eval_mode can ask for
 * nothing else. */
static void check_eval_mode(Work *w, const RtRecipe *r, const Training *t)
{
    for (size_t i = 0; r->eval_mode && i < t->n_param; i++)
        if (!t->frozen[i] && glob_matches_any(r->eval_mode, t->param[i].name)) {
            diag_error(&w->d, (Pos){ .file = w->model },
                       "eval_mode: '%s' trains; only what is frozen stays in eval mode",
                       diag_quote(&w->a, t->param[i].name));
            return;
        }
}

/* The compiler gets names, not patterns: one meaning of * for all. */
static bool choose(Work *w, const RtRecipe *r, Training *t)
{
    const char **freeze = arena_new_n(&w->a, const char *, t->n_param + 1);
    size_t n = 0;

    check_patterns(w, t, "trainable", r->trainable);
    check_patterns(w, t, "freeze", r->freeze);
    t->frozen = arena_new_n(&w->a, bool, t->n_param);
    for (size_t i = 0; i < t->n_param; i++) {
        t->frozen[i] = !trains(r, t->param[i].name);
        if (t->frozen[i])
            freeze[n++] = t->param[i].name;
    }
    check_eval_mode(w, r, t);
    if (n == t->n_param)
        diag_error(&w->d, (Pos){ .file = w->model }, "nothing is left to train");
    t->how.freeze = n ? freeze : NULL;
    return !w->d.n_error;
}

/* Without momentum sgd needs no memory of its own. */
static const char *optimizer(const RtRecipe *r)
{
    static const char *const name[] = { "sgd", "adam", "adamw" };
    bool cycles = r->schedule.kind == RT_ONE_CYCLE && r->schedule.cycle_momentum;

    if (r->optimizer == RT_SGD && (r->momentum > 0 || cycles))
        return r->nesterov ? "nesterov" : "momentum";
    return name[r->optimizer];
}

bool load_training(Work *w, const RtRecipe *r, Training *t)
{
    if (!read_params(w, t) || !choose(w, r, t))
        return false;
    t->how.optimizer = optimizer(r);
    t->how.loss = r->loss ? "probabilities" : "logits";
    t->how.clip = r->clip > 0;
    t->how.average = r->average > 0;
    w->options.train = &t->how;
    w->part = r->cache_features ? PART_TRAINED : PART_ALL;
    w->freeze = t->how.freeze;
    return load_model(w, 0, &t->net);
}
