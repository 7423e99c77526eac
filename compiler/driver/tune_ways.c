/* SPDX-License-Identifier: Apache-2.0 */
/* tune_ways: a net compiled in some way, run in turn with others, and what its layers take.
 *
 * in: choices; out: pairs of times (tunelog.h): of the thread, where there is one, which shows on a
 * busy machine what the clock on the wall hides.  Bands are timed as wholes: looking at the clock
 * between their layers, row by row, would take away what they gain.
 */
#include "driver/tune.h"

#include <stdlib.h>
#include <string.h>

static const double MEASURING = 1;       /* seconds of a round's runs, about */

/* ---- ways ---- */

void tune_close(void *way)
{
    Way *y = way;

    if (y->open)
        arena_destroy(&y->w.a);
    y->open = false;
}

/* What the libraries said of a load that failed. */
static void note_failure(Tune *t, const Way *y)
{
    const Loaded *l = &y->lane.net;
    Buf b;

    buf_init(&b, &t->w->a);
    if (l->model)
        buf_str(&b, mnc_messages(l->model));
    if (l->program)
        buf_str(&b, mnc_program_messages(l->program));
    diag_print(&y->w.d, &b);
    t->failure = b.p;
}

/* Memory that lies otherwise in the caches is faster or slower by some per cent, run after run, and
 * would be taken for a choice's merit: so all ways use the same. */
static void share_memory(Tune *t, Lane *l)
{
    size_t arena = l->net.net->arena_bytes + 64;

    if (!t->weights) {
        t->weights = arena_alloc(&t->w->a, l->weight_bytes);
        memcpy(t->weights, l->weights, l->weight_bytes);
        t->weight_bytes = l->weight_bytes;
    }
    if (l->weight_bytes == t->weight_bytes && !memcmp(l->weights, t->weights, t->weight_bytes))
        l->weights = t->weights;
    if (arena > t->arena_bytes) {
        t->arena_bytes = 2 * arena;
        t->arena = arena_alloc(&t->w->a, t->arena_bytes);
    }
    l->arena = t->arena;
}

/* "rows=0" is a band that could be. */
static bool is_band(const mnc_site *s)
{
    return !strncmp(s->now.kernel, "band", 4) && strcmp(s->now.knobs, "rows=0");
}

/* Bands are timed as wholes. */
static void mark_bands(Way *y)
{
    bool *whole = arena_new_n(&y->w.a, bool, (size_t)y->lane.n_number);

    for (size_t i = 0; i < y->n_site; i++)
        for (size_t k = 0; k < y->site[i].n_layer && is_band(&y->site[i]); k++)
            if (y->site[i].layer[k] < y->lane.n_number)
                whole[y->site[i].layer[k]] = true;
    y->lane.whole = whole;
}

bool tune_open(Tune *t, Way *y, const char *command, bool timed, const mnc_choice *list, size_t n)
{
    bool ok;

    tune_close(y);
    memset(y, 0, sizeof *y);
    y->w = (Work){ .args = t->w->args, .options = t->w->options, .compiler = command };
    y->w.options.choices = list;
    y->w.options.n_choices = n;
    arena_init(&y->w.a, NULL, NULL, 0, t->w->a.oom);
    diag_init(&y->w.d, &y->w.a);
    y->open = true;
    y->b = (Bench){ .threads = t->threads, .rounds = TUNE_ROUNDS, .layers = timed, .quiet = true,
                    .n_lane = 1, .lane = &y->lane };
    ok = bench_open(&y->w, &y->b, 0);
    if (ok && mnc_sites(y->lane.net.model, &y->site, &y->n_site) == MNC_OK) {
        share_memory(t, &y->lane);
        y->lane.thread_time = t->threads == 1;
        if (timed)
            mark_bands(y);
        return !*t->stop;
    }
    if (!*t->stop && !t->probing)
        note_failure(t, y);
    t->w->too_large |= y->w.too_large;
    return false;
}

/* Times of a layer add up, for bands reach it many times. */
static void forget_times(Lane *l, int rounds)
{
    for (uint32_t i = 0; i < l->n_layer; i++)
        memset(l->layer[i].seconds, 0, (size_t)rounds * sizeof *l->layer[i].seconds);
}

/* Each finds the caches as the one before it left them: with what all share, weights and arena. */
bool tune_measure(Tune *t, Way *const *way, int n, int rounds)
{
    t->rounds = rounds;
    for (int i = 0; i < n; i++)
        forget_times(&way[i]->lane, rounds);
    for (int r = 0; r < rounds; r++)
        for (int i = 0; i < n; i++) {
            Way *y = way[i];
            if (*t->stop)
                return false;
            if (!bench_run_once(&y->w, &y->lane, r, &y->lane.seconds[r])) {
                note_failure(t, y);
                return false;
            }
            bench_pause(&y->b);
        }
    return true;
}

static const double *seconds_of(Tune *t, const Way *y, const int *layer, size_t n)
{
    double *sum = arena_new_n(t->a, double, (size_t)t->rounds);

    for (size_t i = 0; i < n; i++) {
        const LayerTime *l = layer[i] < y->lane.n_number ? y->lane.by_number[layer[i]] : NULL;
        for (int r = 0; l && r < t->rounds; r++)
            sum[r] += l->seconds[r];
    }
    return sum;
}

/* The same layers in both, whatever their bands: numbers are those of the graph's nodes. */
RtPairs tune_pairs(Tune *t, const Way *before, const Way *after, const int *layer, size_t n)
{
    return rt_tune_pairs(t->a, seconds_of(t, before, layer, n), seconds_of(t, after, layer, n),
                         (size_t)t->rounds);
}

/* Seconds of a run; of the last measurement. */
double tune_typical(Tune *t, const Way *y, const int *layer, size_t n)
{
    RtPairs p = tune_pairs(t, y, y, layer, n);

    return rt_median(t->a, p.before, p.n);
}

/* Once t->before is known. */
int tune_rounds(const Tune *t, int ways, int most)
{
    double rounds = MEASURING / (ways * (t->before > 1e-5 ? t->before : 1e-5));

    return rounds < TUNE_FEWEST ? TUNE_FEWEST : rounds > most ? most : (int)rounds;
}

/* ---- which layers ---- */

/* Views and dead nodes have numbers, too, but no time. */
static void add_layer(Touched *t, const Way *y, int layer)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->layer[i] == layer)
            return;
    if (layer < y->lane.n_number && y->lane.by_number[layer])
        t->layer[t->n++] = layer;
}

/* The other layers of the band that a layer is one of. */
static void add_band(Touched *t, const Way *y, int layer)
{
    for (size_t i = 0; i < y->n_site; i++) {
        const mnc_site *s = &y->site[i];
        bool in = false;
        for (size_t k = 0; k < s->n_layer; k++)
            in |= s->layer[k] == layer;
        for (size_t k = 0; k < s->n_layer && in && is_band(s); k++)
            add_layer(t, y, s->layer[k]);
    }
}

/* In the order in which they were met: first the site's own, then the others. */
Touched tune_touched(Tune *t, const Way *y, const mnc_site *s)
{
    Touched out = { arena_new_n(t->a, int, (size_t)y->lane.n_number), 0, 0 };

    for (size_t i = 0; i < s->n_layer; i++) {
        add_layer(&out, y, s->layer[i]);
        add_band(&out, y, s->layer[i]);
    }
    out.own = out.n;
    for (size_t i = 0; i < out.own; i++) {
        int next = out.layer[i] + 1;
        while (next < y->lane.n_number && !y->lane.by_number[next])
            next++;
        add_layer(&out, y, next);
        add_band(&out, y, next);
    }
    return out;
}
