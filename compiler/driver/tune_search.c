/* SPDX-License-Identifier: Apache-2.0 */
/* tune_search: rounds of compiling and measuring.
 *
 * Many places where something can be chosen are tried at once: a way of compiling the net differs
 * from the best so far in all that do not touch, and the clock that is read after each layer tells
 * them apart.  So a choice is timed where it will be used, among its neighbours, with the caches as
 * they leave them.  A band is one thing here, and only one of its layers is changed in a way.
 *
 * The ways run in turn, so that each run has a counterpart a few milliseconds away, and a choice
 * wins by the ranks of these pairs (tunelog.h), which a few disturbed runs do not move.
 */
#include "driver/tune.h"

#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_ROUNDS = 60, MOST_PICKS = 64 * TUNE_WAYS };
static const double SURE = 2.5;          /* standard deviations */
static const double WORTH = 1.005;       /* the least gain that is one */
static const double BANDS_FIRST = 1e6;   /* seconds: more than any site takes */

/* ---- records ---- */

/* Of a choice by the compiler that is searched for. */
RtTuneKey tune_key(const Tune *t, const mnc_choice *c)
{
    return (RtTuneKey){ t->cpu.model, t->cpu.features, t->compiler, c->target, c->kernel,
                        c->shape };
}

/* Sure or not: the final comparison has yet to come. */
const mnc_choice *tune_winners(Tune *t, size_t *n)
{
    RtTuneKey key = tune_key(t, &(mnc_choice){ NULL, NULL, NULL, NULL });

    return rt_tune_choices(&t->w->a, &t->log, &key, false, n);
}

/* A way's texts go with it. */
static RtTuned *record(Tune *t, const mnc_choice *now)
{
    Arena *a = &t->w->a;
    RtTuneKey key = tune_key(t, now);
    RtTuned *r = rt_tune_find(&t->log, &key);

    if (!r) {
        key.target = arena_strdup(a, key.target);
        key.kernel = arena_strdup(a, key.kernel);
        key.shape = arena_strdup(a, key.shape);
        r = rt_tune_add(a, &t->log, &key);
    }
    if (!*r->knobs && strcmp(r->rule, now->knobs))
        r->rule = arena_strdup(a, now->knobs);
    return r;
}

/* ---- one round ---- */

/* What ways of a round differ in, by way and site of the best so far; NULL: in nothing.  The ways
 * of all ranks have picks; way k is rank k % ranks' own, and there way[k / ranks]. */
typedef struct Round {
    Way *base, *way[TUNE_WAYS];
    Touched *touched;            /* by site */
    size_t *order;               /* sites, those first that promise most */
    const char **pick[MOST_PICKS];
    int n, own;                  /* picks of all; ways of this rank */
    int rank, ranks;
} Round;

typedef struct Promise { size_t site; double seconds; } Promise;

static int by_promise(const void *x, const void *y)
{
    const Promise *a = x, *b = y;

    return a->seconds != b->seconds ? (a->seconds < b->seconds) - (a->seconds > b->seconds)
         : (a->site > b->site) - (a->site < b->site);
}

static void order_sites(Tune *t, Round *r)
{
    size_t n = r->base->n_site;
    Promise *p = arena_new_n(t->a, Promise, n + 1);

    r->touched = arena_new_n(t->a, Touched, n + 1);
    r->order = arena_new_n(t->a, size_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        const mnc_site *s = &r->base->site[i];
        r->touched[i] = tune_touched(t, r->base, s);
        p[i] = (Promise){ i, tune_typical(t, r->base, s->layer, s->n_layer)
                             / (double)(1 + record(t, &s->now)->n_tried) };
        if (!strncmp(s->now.kernel, "band", 4))
            p[i].seconds += BANDS_FIRST;
    }
    qsort(p, n, sizeof *p, by_promise);
    for (size_t i = 0; i < n; i++)
        r->order[i] = p[i].site;
    tune_share(t, r->order, n * sizeof *r->order);       /* times differ, and so do promises */
}

/* The most promising that was neither tried nor picked in this round. */
static const char *next_other(Tune *t, const Round *r, size_t site)
{
    const mnc_site *s = &r->base->site[site];
    const RtTuned *record_of = record(t, &s->now);

    for (size_t i = 0; i < s->n_other; i++) {
        bool free = !rt_tune_was_tried(record_of, s->other[i]);
        for (int k = 0; k < r->n && free; k++)
            free = !r->pick[k][site] || strcmp(r->pick[k][site], s->other[i]);
        if (free)
            return s->other[i];
    }
    return NULL;
}

/* Where a way may still differ: neither the site's layers nor those behind them are spoken for. */
static bool is_free(const Round *r, const bool *taken, size_t site)
{
    const Touched *t = &r->touched[site];

    for (size_t i = 0; i < t->n; i++)
        if (taken[t->layer[i]])
            return false;
    return true;
}

/* Bands first: what they decide decides what else there is to choose.  Then what takes long and was
 * tried little.  taken: by layer. */
static bool pick(Tune *t, Round *r, const char **out)
{
    bool *taken = arena_new_n(t->a, bool, (size_t)r->base->lane.n_number), any = false;

    for (size_t k = 0; k < r->base->n_site; k++) {
        size_t i = r->order[k];
        if (!is_free(r, taken, i))
            continue;
        out[i] = next_other(t, r, i);
        for (size_t j = 0; out[i] && j < r->touched[i].n; j++)
            taken[r->touched[i].layer[j]] = any = true;
    }
    return any;
}

/* The winners so far and, behind them, so that they count, a way's picks. */
static const mnc_choice *choices_of(Tune *t, const Round *r, const char **picks, size_t *n)
{
    const mnc_choice *best = tune_winners(t, n);
    mnc_choice *all = arena_new_n(&t->w->a, mnc_choice, *n + r->base->n_site + 1);

    if (*n)
        memcpy(all, best, *n * sizeof *all);
    for (size_t i = 0; i < r->base->n_site; i++)
        if (picks[i]) {
            all[*n] = r->base->site[i].now;
            all[(*n)++].knobs = picks[i];
        }
    return all;
}

/* As many ways as there is something to try in: the same on all ranks. */
static void pick_ways(Tune *t, Round *r)
{
    int most = TUNE_WAYS * r->ranks < MOST_PICKS ? TUNE_WAYS * r->ranks : MOST_PICKS;

    while (r->n < most) {
        const char **p = arena_new_n(t->a, const char *, r->base->n_site + 1);
        if (!pick(t, r, p))
            break;
        r->pick[r->n++] = p;
    }
}

/* Those of this rank; false: stop, or an error. */
static bool open_ways(Tune *t, Round *r)
{
    for (int k = r->rank; k < r->n; k += r->ranks) {
        size_t n;
        const mnc_choice *list = choices_of(t, r, r->pick[k], &n);
        if (!tune_open(t, r->way[r->own], t->command, true, list, n))
            return false;
        r->own++;
    }
    return true;
}

/* A site in a way: surely faster, and what comes behind it not slower for it; or both together
 * surely faster. */
static Verdict judge_pick(Tune *t, const Round *r, size_t i, const Way *y)
{
    const Touched *w = &r->touched[i];
    Arena *a = t->a;
    RtPairs own = tune_pairs(t, r->base, y, w->layer, w->own);
    RtPairs all = tune_pairs(t, r->base, y, w->layer, w->n);
    double gain = rt_tune_gain(a, &all), one = rt_tune_gain(a, &own);
    double seconds = rt_median(a, all.before, all.n);
    bool better = one >= WORTH && rt_tune_score(a, &own) >= SURE && gain > 1;

    better |= gain >= WORTH && rt_tune_score(a, &all) >= SURE;
    return (Verdict){ one, seconds * (1 - 1 / gain), better };
}

/* By rank, way and site. */
static const Verdict *judge_own(Tune *t, const Round *r)
{
    size_t n = r->base->n_site;
    Verdict *own = arena_new_n(t->a, Verdict, TUNE_WAYS * n);

    for (int y = 0; y < r->own; y++)
        for (size_t i = 0; i < n; i++)
            if (r->pick[y * r->ranks + r->rank][i])
                own[(size_t)y * n + i] = judge_pick(t, r, i, r->way[y]);
    return tune_gather(t, own, TUNE_WAYS * n);
}

/* The best of a site's picks that are better becomes what is chosen; the others have been tried. */
static bool judge_site(Tune *t, const Round *r, const Verdict *all, size_t i)
{
    RtTuned *to = record(t, &r->base->site[i].now);
    Verdict most = { 1, 0, false };

    for (int k = 0; k < r->n; k++) {
        size_t way = (size_t)(k % r->ranks * TUNE_WAYS + k / r->ranks);
        const Verdict *v = &all[way * r->base->n_site + i];
        const char *knobs = r->pick[k][i];
        if (!knobs)
            continue;
        knobs = arena_strdup(&t->w->a, knobs);
        rt_tune_tried(&t->w->a, to, knobs);
        t->n_tried++;
        if (!v->better || v->saved <= most.saved)
            continue;
        most = *v;
        if (*to->knobs)                 /* a log that somebody wrote may not say so */
            rt_tune_tried(&t->w->a, to, to->knobs);
        to->knobs = knobs;
    }
    if (!most.better)
        return false;
    to->gain *= most.gain;
    to->sure = false;
    t->now -= most.saved;
    t->n_better++;
    return true;
}

/* Of milliseconds: of what takes less than a tenth of one, too, four digits and more. */
int tune_digits(double seconds)
{
    return seconds < 1e-4 ? 6 : 3;
}

/* For a person a line that changes; for a file a line now and then. */
static void show(const Tune *t)
{
    bool person = isatty(STDERR_FILENO);
    int digits = tune_digits(t->before);
    double seconds = rt_now() - t->start;

    fprintf(stderr, "%s%.0f s of %.0f s: %zu ways tried, %zu better; best so far %.*f ms, "
            "by the rules %.*f ms (%+.1f %%)%s", person ? "\r" : "", seconds, t->budget,
            t->n_tried, t->n_better, digits, 1e3 * t->now, digits, 1e3 * t->before,
            100 * (t->before / t->now - 1), person ? "\033[K" : "\n");
}

static bool measure_ways(Tune *t, const Round *r)
{
    Way *all[TUNE_WAYS + 1] = { r->base };

    for (int k = 0; k < r->own; k++)
        all[k + 1] = r->way[k];
    return !r->own || tune_measure(t, all, r->own + 1, tune_rounds(t, TUNE_WAYS + 1, MOST_ROUNDS));
}

/* False: stop, or an error, which was said. */
static bool one_round(Tune *t, Round *r, bool *better)
{
    const Verdict *all;

    order_sites(t, r);
    pick_ways(t, r);
    if (!r->n)
        return true;
    if (!tune_agree(t, open_ways(t, r) && measure_ways(t, r)))
        return false;
    all = judge_own(t, r);
    for (size_t i = 0; i < r->base->n_site; i++)
        *better |= judge_site(t, r, all, i);
    return !team_first(t->ranks) || rt_tune_update(t->a, t->path, &t->log, &t->w->d);
}

/* What the net takes before anything is tried, and what is left of it after earlier searches. */
static bool measure_base(Tune *t, Way *base)
{
    RtPairs p;

    if (!tune_measure(t, &base, 1, TUNE_FEWEST))
        return false;
    p = rt_tune_pairs(&t->w->a, base->lane.seconds, base->lane.seconds, TUNE_FEWEST);
    t->before = t->now = rt_median(&t->w->a, p.before, p.n);
    for (size_t i = 0; i < base->n_site; i++) {
        const mnc_site *s = &base->site[i];
        t->before += tune_typical(t, base, s->layer, s->n_layer) * (record(t, &s->now)->gain - 1);
    }
    return true;
}

/* The final comparison takes about as long as a round and a half.  Rank 0's watch counts. */
static bool has_time(const Tune *t)
{
    bool has = rt_now() - t->start + 2.5 * t->batch < t->budget;

    tune_share(t, &has, sizeof has);
    return has;
}

/* The best so far, which ways are compared with. */
static bool open_base(Tune *t, Way *base)
{
    size_t n;
    const mnc_choice *list = tune_winners(t, &n);

    return tune_open(t, base, t->command, true, list, n);
}

/* Rank 0 before the others: what is wrong with the net is said once, and those on its machine find
 * it in the cache. */
static bool open_first(Tune *t, Way *base)
{
    bool first = team_first(t->ranks);

    return tune_agree(t, !first || open_base(t, base))
        && tune_agree(t, first || open_base(t, base));
}

/* Rounds, until something ends them.  False: stop, or an error. */
static bool go_round(Tune *t, Way *way)
{
    bool ok = true;

    while (ok && has_time(t)) {
        Round r = { .base = &way[0], .way = { &way[1], &way[2], &way[3] },
                    .rank = t->ranks ? t->ranks->rank : 0, .ranks = t->ranks ? t->ranks->n : 1 };
        double start = rt_now();
        bool better = false;
        t->a = rt_scratch(&t->w->a);
        ok = one_round(t, &r, &better);
        arena_destroy(t->a);
        t->a = &t->w->a;
        t->complete = ok && !r.n;
        if (t->complete)
            break;
        if (ok && team_first(t->ranks))
            show(t);
        ok = tune_agree(t, ok && (!better || open_base(t, &way[0])));
        t->batch = rt_now() - start;
    }
    return ok;
}

bool tune_search(Tune *t)
{
    Way *way = arena_new_n(&t->w->a, Way, TUNE_WAYS + 1);
    bool ok;

    for (int i = 0; i <= TUNE_WAYS; i++)
        arena_defer(&t->w->a, tune_close, &way[i]);
    ok = open_first(t, &way[0]) && tune_same_net(t, &way[0])
      && tune_agree(t, measure_base(t, &way[0])) && go_round(t, way);
    if (team_first(t->ranks) && isatty(STDERR_FILENO) && t->batch > 0)
        fputc('\n', stderr);
    for (int i = 0; i <= TUNE_WAYS; i++)
        tune_close(&way[i]);
    return ok || *t->stop;
}
