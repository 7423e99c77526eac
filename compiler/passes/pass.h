/* SPDX-License-Identifier: Apache-2.0 */
/* pass: what all passes share, and the pipeline that runs them in the order of pipeline.def. */
#ifndef MNC_PASSES_PASS_H
#define MNC_PASSES_PASS_H

#include "ir/graph.h"
#include "ir/plan.h"
#include "ir/state.h"
#include "mnc/mnc.h"

/* When a pass runs. */
typedef enum PassWhen {
    WHEN_ALWAYS = 1,       /* also with -O0: what the backend cannot do without */
    WHEN_OPT = 2,          /* -O1 and above */
    WHEN_TRAIN = 4
} PassWhen;

/* Facts about a graph that a pass needs or breaks.  A fact that is needed and does not hold is made
 * by the pass that pipeline.c lists as its maker. */
typedef enum PassFact {
    FACT_NONE = 0,
    FACT_SORTED = 1,       /* operands come first, no gaps; restored after each pass */
    FACT_LAYOUT = 2,
    FACT_MEMORY = 4,
    FACT_LIVE = 8,         /* every node is needed by an output */
    FACT_FOLDED = 16,      /* no node depends on constants alone */
    FACT_SIMPLE = 32       /* nothing that does nothing: see fold_identity */
} PassFact;

/* What a step computes again in its backward part, to keep less: set before, then found. */
typedef struct RecomputeInfo {
    uint32_t most;         /* of the candidates, the cheapest first; 0: nothing */
    uint32_t links;        /* convolutions and sums in a chain of copies */
    uint32_t candidates, copies;
    double work, all_work; /* in elementary steps (count_work): of the copies; of the rest */
    double time, all_time; /* the same in multiply-adds that could be done meanwhile, roughly */
} RecomputeInfo;

/* What a pass works on.  Facts that a pass makes belong to the job. */
typedef struct Job {
    Graph *g;
    Plan *plan;            /* made by layout and plan_memory */
    const mnc_options *options;
    Diag *d;
    bool too_large;        /* no schedule keeps the arena below options->max_ram */
    State *state;          /* of a net that trains, else NULL */
    bool backward;         /* this graph is a step; else it is the net after training */
    RecomputeInfo again;
} Job;

/* Returns false, with the reason in job->d, when the job cannot go on. */
typedef bool PassFn(Job *job);

typedef struct PassInfo {
    const char *name;
    PassFn *run;
    unsigned when, needs, breaks;
    const char *help;
} PassInfo;

extern const PassInfo pass_info[];     /* ends with a name of NULL */

/* Runs all passes that apply, checking the graph after each; stops after the pass called after
 * (NULL: runs all).  False with messages on failure or when there is no such pass. */
bool pass_run_all(Job *job, const char *after);

/* Gradients stay in slots of the state, because somebody wants them, or all have to be known before
 * the first is used, or other ranks have to add theirs: then a graph of its own, made by
 * pass_updates, updates. */
static inline bool train_keeps_gradients(const mnc_train_options *o)
{
    return o->keep_gradients || o->clip || o->ranks > 1;
}

/* How many processes share each batch. */
static inline int train_ranks(const mnc_train_options *o)
{
    return o->ranks > 1 ? o->ranks : 1;
}

static inline const char *train_optimizer(const mnc_train_options *o)
{
    return o->optimizer ? o->optimizer : "sgd";
}
PassFn pass_updates, pass_layout, pass_plan_memory;

#endif
