/* SPDX-License-Identifier: Apache-2.0 */
/* replay: training steps that another framework has done and stored, done again and compared.
 *
 * A folder holds
 *     model.onnx                the start, batch norms not folded
 *     recipe.json               optimiser, schedule, loss, trainable, eval_mode (recipe.h)
 *     x.pb, y.pb                (steps, batch, C, H, W) and (steps, batch): the batches in order
 *     losses.csv                step, learning_rate, loss_float64 and perhaps loss_float32, each
 *                               before that step's update
 *     gradients_step_0.onnx     initialisers under the parameters' names; may be missing
 *     scores_after.pb           of the first batch, after all steps, in eval mode; may be missing
 */
#ifndef MNC_RT_REPLAY_H
#define MNC_RT_REPLAY_H

#include "trainer.h"

typedef struct RtReplay {
    const char *dir;
    RtRecipe recipe;
    RtTensor x, y, scores;         /* scores.data NULL: none */
    RtTensors gradient;
    int64_t steps, batch;
    double *rate, *loss64, *loss32;    /* (steps); loss32 NULL: not in the file */
} RtReplay;

/* False with everything that is wrong in d. */
bool rt_replay_read(Arena *a, const char *dir, RtReplay *out, Diag *d);

/* A number, or a tensor by its element that is farthest off. */
typedef struct RtReplayRow {
    const char *name;              /* of a gradient; "" for a loss */
    double got, want;
    double off, allowed;           /* |got - want|, and how much that may be */
    double scale;                  /* the tensor's largest magnitude */
} RtReplayRow;

typedef struct RtReplayResult {
    RtReplayRow *loss;             /* (n_loss): the steps */
    double *rate;                  /* (n_loss): what the schedule gave */
    RtReplayRow *gradient;         /* (n_gradient) */
    RtReplayRow scores;            /* name NULL: not compared */
    size_t n_loss, n_gradient;
    bool statistics;               /* some batch norm trains */
    bool holds;                    /* everything is within what is allowed */
} RtReplayResult;

/* The trainer has the start's parameters and, with keep_gradients, gradient slots.  rtol: of the
 * losses; 0: what float32 can hold (replay.c says how much that is). */
bool rt_replay_run(Arena *a, const RtReplay *r, RtTrainer *t, double rtol, RtReplayResult *out,
                   Diag *d);

bool rt_replay_row_holds(const RtReplayRow *row);          /* NaN does not */

#endif
