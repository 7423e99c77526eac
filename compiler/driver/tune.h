/* SPDX-License-Identifier: Apache-2.0 */
/* tune: the parts of `mnc tune`.
 *
 * The way of the data: cmd_tune.c reads the command line; tune_search.c has a net compiled in
 * several ways at once, each with another choice in many places, and tune_ways.c runs them in turn;
 * what is surely faster becomes the next round's measure; tune_final.c compares the winners with
 * the rules; tune_report.c says what was gained.  tune_ranks.c is for several processes that search
 * together; tune_use.c is where other verbs meet the log.
 */
#ifndef MNC_DRIVER_TUNE_H
#define MNC_DRIVER_TUNE_H

#include "driver/bench.h"
#include "driver/team.h"
#include "tunelog.h"

#include <signal.h>

enum {
    TUNE_WAYS = 3,               /* compiled and measured at once, beside the best so far */
    TUNE_FEWEST = 36, TUNE_ROUNDS = 100          /* runs of each, at least and at most */
};

/* The net, compiled in one way.  Memory of its own, so that it can go. */
typedef struct Way {
    Work w;
    Bench b;
    Lane lane;
    const mnc_site *site;
    size_t n_site;
    bool open;
} Way;

/* Layers whose time a site's choice changes: its own, with all of their bands, and then those right
 * behind them, for how a result was written decides in which cache its reader finds it. */
typedef struct Touched { int *layer; size_t n, own; } Touched;

/* What was gained at a site, in the end: seconds of all its layers in a run. */
typedef struct Gain {
    RtTuned *record;
    size_t layers;
    double before, after;        /* medians */
    bool dropped;                /* slower in the end, and taken back */
} Gain;

/* Of one pick: its own layers' gain, and what the net saves, in seconds. */
typedef struct Verdict { double gain, saved; bool better; } Verdict;

typedef struct Tune {
    Work *w;
    const RtRanks *ranks;        /* NULL: one process searches */
    bool over;                   /* they have agreed that there is nothing more to do */
    bool agreed;                 /* and have all come to the end */
    const char *failure;         /* of what could not be compiled; NULL: of nothing */
    Arena *a;                    /* for what lasts no longer than a round of the search */
    int threads;
    double budget, start;        /* seconds */
    const char *path;            /* of the log */
    RtTuneLog log;
    RtCpu cpu;
    const char *target;
    const char *usual, *compiler;        /* names in records: of the usual compiler, of the best */
    const char *command;         /* the best's; NULL: the usual */
    volatile sig_atomic_t *stop;
    bool probing;                /* a compiler that may not do: its failures are not told */
    void *weights, *arena;       /* of all ways: where memory lies is no choice of theirs */
    size_t weight_bytes, arena_bytes;
    double batch;                /* seconds that the last round of the search took */
    double before, now;          /* the net's run: by the rules; the best so far, added up */
    size_t n_tried, n_better;
    Gain *gain;                  /* of the report */
    size_t n_gain;
    double net_before, net_after, net_gain, net_score;   /* medians; the pairs' median and score */
    int rounds;                  /* of what was measured last */
    bool kept;                   /* the winners are in the log */
    bool complete;               /* nothing is left to try */
} Tune;

/* y's old net goes; list is kept by reference.  False: it cannot be compiled, which was said, or
 * somebody wants to stop. */
bool tune_open(Tune *t, Way *y, const char *command, bool timed, const mnc_choice *list, size_t n);
void tune_close(void *way);              /* for arena_defer, too */

/* Runs n ways in turn, rounds times; false when one refuses, or somebody wants to stop. */
bool tune_measure(Tune *t, Way *const *way, int n, int rounds);

/* What layers took together in the last measurement. */
RtPairs tune_pairs(Tune *t, const Way *before, const Way *after, const int *layer, size_t n);
double tune_typical(Tune *t, const Way *y, const int *layer, size_t n);
int tune_rounds(const Tune *t, int ways, int most);      /* that take about a second */

Touched tune_touched(Tune *t, const Way *y, const mnc_site *s);

/* The winners so far, n of them. */
const mnc_choice *tune_winners(Tune *t, size_t *n);
RtTuneKey tune_key(const Tune *t, const mnc_choice *c);

/* The record of the net as a whole.  compiler: the usual one's name. */
RtTuneKey tune_net_key(Arena *a, const mnc_model *m, const RtCpu *cpu, const char *compiler,
                       const char *target);

/* Which compiler is the best for the net as it is: t->command, t->compiler.  Without $CC. */
bool tune_choose_compiler(Tune *t);

/* Until the budget is used up, or nothing is left to try, or somebody wants to stop.  False with
 * messages. */
bool tune_search(Tune *t);

/* Winners against rules, layer by layer and as a whole; what is slower is taken back. */
bool tune_final(Tune *t);

/* ---- tune_ranks.c: alone, these have nothing to do ---- */

/* Before anything else.  False, with a message: the others cannot be reached. */
bool tune_ranks(Tune *t);
/* Is it ok on all of them, and is none told to stop?  The first that fails keeps its messages. */
bool tune_agree(Tune *t, bool ok);
/* What rank 0 has there, all have afterwards. */
void tune_share(const Tune *t, void *data, size_t n);
const char *tune_share_name(Tune *t, const char *name);
/* Are they on the same CPU, and search with the same compiler?  Then all get rank 0's log. */
bool tune_meet(Tune *t);
bool tune_same_net(Tune *t, const Way *base);
/* n verdicts of each rank, one rank behind the other. */
const Verdict *tune_gather(const Tune *t, const Verdict *own, size_t n);

/* --list; and what came out of a search, as table or JSON, and with --svg as a picture. */
bool tune_list(Work *w, const RtTuneLog *log, const char *path);
bool tune_report(const Tune *t);
int tune_digits(double seconds);         /* of milliseconds, behind the point */

/* For mnc report, when m was compiled by w: false when nothing was chosen for it. */
bool tune_section(Work *w, mnc_model *m, mnc_section *out);

#endif
