/* SPDX-License-Identifier: Apache-2.0 */
/* train: the parts of `mnc train`, `mnc eval` and `mnc predict`. */
#ifndef MNC_DRIVER_TRAIN_H
#define MNC_DRIVER_TRAIN_H

#include "driver/team.h"
#include "driver/training.h"

#include "loop.h"

/* ---- train_recipe.c ---- */

/* --recipe, then the options that override it.  False with everything that is wrong in w->d. */
bool read_recipe(Work *w, RtRecipe *r);

/* NAME, or a path: as it is, beside the models' folder, or where they are installed.  NULL with a
 * message that says where it was looked for. */
const char *find_recipe(Work *w, const char *name);

/* --threads as a number, 1 without it; 0, with a message, when it is none. */
int thread_count(Work *w);

/* ---- features.c ---- */

/* The frozen part of the net of w, on so many threads; NULL, with messages, when there is none. */
typedef struct Front Front;
Front *features_open(Work *w, const Training *t, int threads);

/* What it takes. */
const mnc_tensor *features_input(const Front *f);

/* *data becomes what the frozen part gives for each of its samples, which from gives as they are,
 * all of an epoch.  False with a message. */
bool features_of(Front *f, RtLoader *from, RtData *data);

/* ---- train_show.c ---- */

/* What one training has come to, for the table of several. */
typedef struct TrainResult {
    const char *net;             /* lives as long as the process: an operand, or malloc's */
    bool done;
    double train_top1, test_top1, test_loss;       /* NaN: not measured */
    double epoch_seconds, seconds;
    double steps, params, state_bytes;
    const RtRanks *ranks;        /* NULL: alone */
    bool agreed;                 /* the ranks have ended alike */
} TrainResult;

/* A bar on standard error where that is a terminal; lines on standard output. */
void show_log(RtLog *log, bool json);

/* loss, top-1, top-5, recall, AUC; and, of small sets of classes, the confusion matrix. */
bool metrics_text(Arena *a, const RtMetrics *m, const char *const *class_name, Diag *d);
bool metrics_json(Arena *a, const char *net, const RtMetrics *m, const char *const *class_name,
                  Diag *d);

/* The comparison table, or the results as JSON: {"schema": 1, "nets": [...]}. */
void show_results(const TrainResult *r, int n, bool json);

/* ---- train_ranks.c ---- */

/* Those that mpirun has started, as team_open. */
bool train_ranks(const RtRanks **out);

/* The options' batch, and how t is compiled, become those of one rank. */
bool ranks_split(const RtRanks *r, Work *w, Training *t);

#endif
