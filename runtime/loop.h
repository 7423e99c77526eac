/* SPDX-License-Identifier: Apache-2.0 */
/* loop: a training from its first step (or the one where it stopped) to its last.
 *
 * In: a trainer with its parameters set, loaders, a recipe.  Out: a trained state, lines of a
 * report, a history, checkpoints.  Everything that a later step depends on is in the state and in
 * RtPosition, so that a run that was killed goes on from a checkpoint with the same bits.
 *
 * Not for the command line (compiler/driver/cmd_train.c): it prints nothing and catches no signal.
 */
#ifndef MNC_RT_LOOP_H
#define MNC_RT_LOOP_H

#include "checkpoint.h"
#include "data.h"
#include "history.h"
#include "metrics.h"
#include "progress.h"
#include "ranks.h"

#include <signal.h>

/* Who shows what is going on; either may be NULL.  bar: text to overwrite the one before, NULL
 * takes it away; columns: of the terminal, which may change. */
typedef struct RtLog {
    void (*line)(void *user, const char *text);
    void (*bar)(void *user, const char *text);
    void *user;
    int (*columns)(void);
} RtLog;

typedef struct RtLoop {
    /* set by the caller */
    RtRecipe recipe;
    RtTrainer *trainer;
    const RtRanks *ranks;          /* NULL: alone.  Only rank 0 has a dir and a log */
    RtLoader *train, *test;        /* test NULL: nothing to evaluate on */
    int64_t n_train, n_test;       /* samples */
    const char *dir;               /* for checkpoints and the log; NULL: none are written */
    RtExtra extra;                 /* for the checkpoints */
    RtLog log;
    const volatile sig_atomic_t *stop;     /* not 0: end after this step; may be NULL */
    /* set by the loop */
    RtPosition at;
    RtHistory history;
    RtMetrics metrics;             /* of the last evaluation */
    int64_t steps;                 /* in all */
    double started;                /* rt_now() minus the seconds of earlier runs */
    double epoch_started, shown;   /* of this epoch; when the bar was drawn last */
    int64_t timed;                 /* batches of this epoch that this process has done */
    double batch_loss, batch_top1; /* of the last batch */
    int64_t saved;                 /* step of the newest checkpoint; -1: none */
    bool stopped, early;           /* by stop; by patience */
    bool together;                 /* all ranks have failed alike, and rank 0 says why */
    float *scores;                 /* (ranks,batch,classes) and (ranks,batch): an evaluation's */
    int32_t *label;
} RtLoop;

/* Completes what the recipe leaves open (numbers of steps) and begins at step 0.  False with a
 * message when the recipe asks for what cannot be. */
bool rt_loop_begin(Arena *a, RtLoop *l, Diag *d);

/* After rt_loop_begin: goes on from a checkpoint instead. */
bool rt_loop_resume(Arena *a, RtLoop *l, const RtCheckpoint *c, Diag *d);

/* After either, with several ranks: all begin where rank 0 does, with what it has. */
bool rt_loop_join(RtLoop *l, Diag *d);

/* All steps.  False with a message when it had to end: a loss that is not finite, a sample that
 * cannot be read, a disk that is full. */
bool rt_loop_run(Arena *a, RtLoop *l, Diag *d);

/* The test part (or batches of it) once through the net; the figures are in l->metrics. */
bool rt_loop_evaluate(Arena *a, RtLoop *l, Diag *d);

/* DIR/log.csv, DIR/best.safetensors */
const char *rt_loop_file(Arena *a, const RtLoop *l, const char *name);

#endif
