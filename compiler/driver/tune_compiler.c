/* SPDX-License-Identifier: Apache-2.0 */
/* tune_compiler: gcc or clang: whichever makes the faster net, each with what was found for it. */
#include "driver/tune.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 48, MOST = 3 };
static const double SURE = 2.5, WORTH = 1.01;    /* as in tune_search; a compiler is a bother */

/* What is called, and what records call it. */
typedef struct Candidate { const char *command, *name; } Candidate;

/* The usual one first, whose command is NULL; then those that are something else. */
static int find(Tune *t, Candidate *out)
{
    static const char *const others[] = { "gcc", "clang" };
    const char *env = getenv("CC");
    RtCompiler cc;
    Diag quiet;
    int n = 1;

    diag_init(&quiet, &t->w->a);
    out[0] = (Candidate){ NULL, t->usual };
    for (size_t i = 0; i < sizeof others / sizeof others[0] && !(env && *env); i++) {
        bool known = false;
        if (!rt_find_compiler(&t->w->a, others[i], RT_SHARED, &cc, &quiet))
            continue;
        out[n] = (Candidate){ others[i], rt_tune_compiler(&t->w->a, &cc) };
        for (int k = 0; k < n; k++)
            known |= !strcmp(out[k].name, out[n].name);
        n += !known;
    }
    return n;
}

/* One whose code cannot be had is none. */
static bool open_with(Tune *t, Way *y, const Candidate *c)
{
    const mnc_choice *list;
    size_t n;

    t->compiler = c->name;
    t->probing = c->command != NULL;
    list = tune_winners(t, &n);
    return tune_open(t, y, c->command, false, list, n);
}

/* All run in turn; the usual one stays unless another is surely faster.  False: even the usual one
 * cannot compile the net, which was said, or somebody wants to stop. */
static bool compare(Tune *t, Way *way, const Candidate *c, int n)
{
    Way *open[MOST];
    double most = WORTH;
    int best = 0, count = 0;
    int number[MOST];

    for (int i = 0; i < n; i++)
        if (open_with(t, &way[i], &c[i]))
            number[count] = i, open[count++] = &way[i];
        else if (i == 0 || *t->stop)
            return false;
    if (count > 1 && !tune_measure(t, open, count, ROUNDS))
        return false;
    for (int k = 1; k < count; k++) {
        RtPairs p = rt_tune_pairs(&t->w->a, open[0]->lane.seconds, open[k]->lane.seconds, ROUNDS);
        double gain = rt_tune_gain(&t->w->a, &p);
        if (gain >= most && rt_tune_score(&t->w->a, &p) >= SURE) {
            most = gain;
            best = number[k];
        }
    }
    t->command = c[best].command;
    t->compiler = c[best].name;
    return true;
}

/* Rank 0's choice, which must be here as well. */
static bool follow(Tune *t, const Candidate *c, int n)
{
    const char *name = tune_share_name(t, t->compiler);

    for (int i = 0; i < n; i++)
        if (!strcmp(c[i].name, name)) {
            t->command = c[i].command;
            t->compiler = c[i].name;
            return tune_agree(t, true);
        }
    diag_error(&t->w->d, (Pos){ 0 }, "rank 0 searches with %s, which is not here",
               diag_quote(&t->w->a, name));
    return tune_agree(t, false);
}

/* Each is compiled with the winners of earlier searches, so that a search that goes on stays with
 * what it had. */
static bool choose(Tune *t, const Candidate *c, int n)
{
    Way *way = arena_new_n(&t->w->a, Way, MOST);
    bool ok;

    for (int i = 0; i < n; i++)
        arena_defer(&t->w->a, tune_close, &way[i]);
    ok = compare(t, way, c, n);
    t->probing = false;
    for (int i = 0; i < n; i++)
        tune_close(&way[i]);
    return ok;
}

bool tune_choose_compiler(Tune *t)
{
    Candidate c[MOST];
    int n = find(t, c);
    bool ok = true;

    t->compiler = t->usual;
    if (n > 1 && team_first(t->ranks))
        ok = choose(t, c, n);
    return tune_agree(t, ok) && follow(t, c, n);
}
