/* SPDX-License-Identifier: Apache-2.0 */
/* tune_ranks: `mpirun -n N mnc tune`: a round's ways are dealt out among N processes.
 *
 * All ranks have the same log and take the same steps: rank 0's times decide in which order sites
 * come, so all see the same ways; each compiles and measures its own of them, against the best so
 * far on its own machine; then all hear all verdicts, and judge alike.  Only rank 0 has the log as
 * a file, speaks, and does the final comparison.  What one machine finds is of use to the others
 * only where CPU, compiler and net are the same: that is made sure first.
 */
#include "driver/stop.h"
#include "driver/tune.h"

#include <string.h>
#include <unistd.h>

/* The log is written after each round; what was measured since is lost. */
static void lost(void)
{
    static const char text[] =
        "mnc: another process of this search has died, or does not answer\n"
        "What was tried before is in the tuning log: the same command goes on from there.\n";

    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(EXIT_FAILED + 1);
    _exit(EXIT_FAILED);
}

bool tune_ranks(Tune *t)
{
    return team_open(&(RtRanksOptions){ &stop_signal, lost }, &t->ranks);
}

/* One that is told to stop stops all, and of those that fail the first says why.  Every rank comes
 * by here as often as the others, whatever it has met with. */
bool tune_agree(Tune *t, bool ok)
{
    struct { int ok, stop; } own = { ok, (int)*t->stop }, *all;
    const RtRanks *r = t->ranks;
    int k = 0;

    if (!r || t->over)
        return ok && !t->over;
    all = arena_alloc(t->a, (size_t)r->n * sizeof *all);
    r->gather(r->others.user, &own, all, sizeof own);
    for (int i = 0; i < r->n && !*t->stop; i++)
        *t->stop = all[i].stop;
    while (k < r->n && all[k].ok)
        k++;
    if (k < r->n && k != r->rank) {
        diag_init(&t->w->d, t->w->d.arena);
        t->failure = NULL;
    }
    t->over = k < r->n || *t->stop;
    return !t->over;
}

void tune_share(const Tune *t, void *data, size_t n)
{
    if (t->ranks)
        t->ranks->share(t->ranks->others.user, data, n);
}

/* Rank 0's text, on all. */
static Bytes share_text(Tune *t, const char *text, size_t n)
{
    unsigned char *p;

    tune_share(t, &n, sizeof n);
    p = arena_alloc(&t->w->a, n + 1);
    if (team_first(t->ranks))
        memcpy(p, text, n);
    tune_share(t, p, n);
    return (Bytes){ p, n };
}

const char *tune_share_name(Tune *t, const char *name)
{
    return t->ranks ? (const char *)share_text(t, name, strlen(name)).p : name;
}

/* What a gain is a gain for. */
static const char *describe(const Tune *t)
{
    return arena_printf(&t->w->a, "CPU %s (%s), compiler %s, target %s, %d threads", t->cpu.model,
                        t->cpu.features, t->usual, t->target, t->threads);
}

/* Others than rank 0 need no log of their own, nor a file system in common. */
bool tune_meet(Tune *t)
{
    const char *own = describe(t), *zero = tune_share_name(t, own);
    bool same = !strcmp(own, zero);
    Bytes text;
    Buf b;

    if (!t->ranks)
        return true;
    if (!same)
        diag_error(&t->w->d, (Pos){ 0 }, "what is fast here says nothing of rank 0's machine: here "
                   "it is %s; there %s", own, zero);
    if (!tune_agree(t, same))
        return false;
    buf_init(&b, &t->w->a);
    if (team_first(t->ranks))
        rt_tune_text(&t->w->a, &t->log, &b);
    text = share_text(t, b.p, b.n);
    return tune_agree(t, team_first(t->ranks)
                         || rt_tune_parse(&t->w->a, t->path, text, &t->log, &t->w->d));
}

/* The places where something can be chosen, and what, as one text. */
static const char *describe_sites(Tune *t, const Way *base)
{
    Buf b;

    buf_init(&b, t->a);
    for (size_t i = 0; i < base->n_site; i++) {
        const mnc_site *s = &base->site[i];
        buf_printf(&b, "%s %s %s %zu\n", s->now.kernel, s->now.shape, s->now.knobs, s->n_other);
    }
    return b.p;
}

/* A file of that name may be another net there. */
bool tune_same_net(Tune *t, const Way *base)
{
    bool same = true;

    if (t->ranks)
        same = !strcmp(describe_sites(t, base), tune_share_name(t, describe_sites(t, base)));
    if (!same)
        diag_error(&t->w->d, (Pos){ .file = t->w->model }, "is another net than rank 0's");
    return tune_agree(t, same);
}

/* all: the ranks' one behind the other, n each. */
const Verdict *tune_gather(const Tune *t, const Verdict *own, size_t n)
{
    Verdict *all;

    if (!t->ranks)
        return own;
    all = arena_new_n(t->a, Verdict, n * (size_t)t->ranks->n);
    t->ranks->gather(t->ranks->others.user, own, all, n * sizeof *own);
    return all;
}
