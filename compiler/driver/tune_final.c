/* SPDX-License-Identifier: Apache-2.0 */
/* tune_final: what the search has found, against the rules.
 *
 * First layer by layer: what is not faster, now that all is together, is taken back.  Then the nets
 * as they will run, without clocks: if the winners as a whole are slower, all of them go.
 */
#include "driver/tune.h"

#include <string.h>

/* Not faster after all. */
static void take_back(Tune *t, RtTuned *r)
{
    rt_tune_tried(&t->w->a, r, r->knobs);
    r->knobs = "";
    r->gain = 1;
    r->sure = false;
}

/* The sites of the tuned net that have a winner. */
static void judge(Tune *t, const Way *rules, const Way *tuned)
{
    t->gain = arena_new_n(&t->w->a, Gain, tuned->n_site);
    t->n_gain = 0;
    for (size_t i = 0; i < tuned->n_site; i++) {
        const mnc_site *s = &tuned->site[i];
        RtTuneKey key = tune_key(t, &s->now);
        RtTuned *r = rt_tune_find(&t->log, &key);
        Gain *g = &t->gain[t->n_gain];
        RtPairs p;
        Touched w;
        if (!r || !*r->knobs)
            continue;
        w = tune_touched(t, tuned, s);
        p = tune_pairs(t, rules, tuned, w.layer, w.own);
        *g = (Gain){ r, s->n_layer, rt_median(&t->w->a, p.before, p.n),
                     rt_median(&t->w->a, p.after, p.n), false };
        r->gain = rt_tune_gain(&t->w->a, &p);
        r->sure = true;
        t->n_gain++;
        if (r->gain > 1)
            continue;
        g->dropped = true;
        take_back(t, r);
    }
}

/* Both as they will run; false: stop, or an error. */
static bool compare(Tune *t, Way *rules, Way *tuned)
{
    Way *const both[] = { rules, tuned };
    RtPairs p;

    if (!tune_measure(t, both, 2, tune_rounds(t, 2, TUNE_ROUNDS)))
        return false;
    p = rt_tune_pairs(&t->w->a, rules->lane.seconds, tuned->lane.seconds, (size_t)t->rounds);
    t->net_before = rt_median(&t->w->a, p.before, p.n);
    t->net_after = rt_median(&t->w->a, p.after, p.n);
    t->net_gain = rt_tune_gain(&t->w->a, &p);
    t->net_score = rt_tune_score(&t->w->a, &p);
    t->kept = t->net_gain >= 1;
    return true;
}

/* The net's record says which compiler; without a better one it says that none was. */
static void record_net(Tune *t, RtTuned *r)
{
    r->rule = "compiler=";
    r->knobs = t->kept && t->command ? arena_printf(&t->w->a, "compiler=%s", t->command) : "";
    r->gain = t->kept ? t->net_gain : 1;
    r->sure = true;
}

/* With layers timed, or as they will be. */
static bool open_both(Tune *t, Way *rules, Way *tuned, bool timed)
{
    size_t n;
    const mnc_choice *list = tune_winners(t, &n);

    return tune_open(t, rules, NULL, timed, NULL, 0)
        && tune_open(t, tuned, t->command, timed, list, n);
}

/* Two comparisons: with the layers' clock, for what each site gained, and then as it will be. */
static bool finish(Tune *t, Way *rules, Way *tuned)
{
    RtTuneKey key;
    RtTuned *net;

    if (!open_both(t, rules, tuned, true) || !compare(t, rules, tuned))
        return false;
    key = tune_net_key(&t->w->a, rules->lane.net.model, &t->cpu, t->usual, t->target);
    net = rt_tune_add(&t->w->a, &t->log, &key);          /* now: it may move all records */
    judge(t, rules, tuned);
    if (!open_both(t, rules, tuned, false) || !compare(t, rules, tuned)
        || (!t->kept && !compare(t, rules, tuned)))      /* what is taken back is so for good */
        return false;
    for (size_t i = 0; i < t->n_gain && !t->kept; i++)
        if (!t->gain[i].dropped)
            take_back(t, t->gain[i].record);
    record_net(t, net);
    return rt_tune_update(t->a, t->path, &t->log, &t->w->d);
}

/* The two ways are closed whatever happens: the arena has them, too. */
bool tune_final(Tune *t)
{
    Way *way = arena_new_n(&t->w->a, Way, 2);
    bool ok;

    arena_defer(&t->w->a, tune_close, &way[0]);
    arena_defer(&t->w->a, tune_close, &way[1]);
    ok = finish(t, &way[0], &way[1]);
    tune_close(&way[0]);
    tune_close(&way[1]);
    return ok;
}
