/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline: runs the passes of pipeline.def, provides the facts they need, checks what they leave.
 *
 * in: a graph as a frontend made it.  out: the same function of the same inputs, ready for the
 * backend.  After every pass the graph is in order and sound (ir_check); if not, that is our
 * mistake and not the model's, and the message names the pass.
 */
#include "passes/pass.h"

#include <assert.h>
#include <string.h>

#define PASS(name, when, needs, breaks, help) PassFn pass_##name;
#include "passes/pipeline.def"
#undef PASS

#define PASS(name, when, needs, breaks, help) { #name, pass_##name, when, needs, breaks, help },
const PassInfo pass_info[] = {
#include "passes/pipeline.def"
    { 0 }
};
#undef PASS

/* Which pass makes a fact.  The order is that in which missing ones are made: one further down may
 * be broken by the making of one further up, never the other way round. */
static const struct { PassFact fact; PassFn *make; } maker[] = {
    { FACT_FOLDED, pass_fold_const }, { FACT_SIMPLE, pass_fold_identity }, { FACT_LIVE, pass_dce },
    { FACT_LAYOUT, pass_layout }, { FACT_MEMORY, pass_plan_memory },
};
enum { N_MAKER = sizeof maker / sizeof maker[0] };

typedef struct Pipeline {
    Job *job;
    unsigned facts;        /* that hold now; SORTED always does between passes */
} Pipeline;

/* The facts that hold once this pass has run. */
static unsigned made_by(PassFn *fn)
{
    for (int i = 0; i < N_MAKER; i++)
        if (maker[i].make == fn)
            return maker[i].fact;
    return 0;
}

static const PassInfo *info_of(PassFn *fn)
{
    const PassInfo *p = pass_info;

    while (p->run != fn)
        p++;
    return p;
}

/* Restores the order if it was broken, then checks the graph. */
static bool sound(Pipeline *pl, const PassInfo *p)
{
    Job *job = pl->job;
    bool ok = true;

    if (p->breaks & FACT_SORTED && !ir_sort(job->g)) {
        diag_error(job->d, (Pos){ 0 }, "internal error after %s: a cycle", p->name);
        ok = false;
    }
    ok = ok && ir_check(job->g, p->name, job->d);
    assert(ok);
    return ok;
}

/* Makes what the pass needs, runs it, and keeps account of what holds afterwards.  A pass has
 * failed that says so or has reported an error. */
static bool run_one(Pipeline *pl, const PassInfo *p)
{
    for (int i = 0; i < N_MAKER; i++)
        if (p->needs & ~pl->facts & maker[i].fact && !run_one(pl, info_of(maker[i].make)))
            return false;
    assert(!(p->needs & ~pl->facts & (FACT_FOLDED | FACT_SIMPLE | FACT_LIVE)));
    if (!p->run(pl->job) || pl->job->d->n_error || !sound(pl, p))
        return false;
    pl->facts &= ~(p->breaks & ~(unsigned)FACT_SORTED);
    pl->facts |= made_by(p->run);
    return true;
}

/* False, with a suggestion, for a name that no pass has. */
static bool known(const char *name, Diag *d)
{
    const char *list[64];
    size_t n = 0;

    for (const PassInfo *p = pass_info; p->name; p++) {
        if (!strcmp(p->name, name))
            return true;
        if (n < sizeof list / sizeof list[0])
            list[n++] = p->name;
    }
    diag_error(d, (Pos){ 0 }, "there is no pass '%s'", diag_quote(d->arena, name));
    name = diag_nearest(name, list, n);
    if (name)
        diag_hint(d, "did you mean '%s'?", name);
    return false;
}

bool pass_run_all(Job *job, const char *after)
{
    Pipeline pl = { job, FACT_SORTED };
    const unsigned when = WHEN_ALWAYS | (job->options->plain ? 0 : WHEN_OPT)
                        | (job->state ? WHEN_TRAIN : 0);

    if (after && !known(after, job->d))
        return false;
    for (const PassInfo *p = pass_info; p->name; p++) {
        if (p->when & when && !run_one(&pl, p))
            return false;
        if (after && !strcmp(p->name, after))
            break;
    }
    return true;
}
