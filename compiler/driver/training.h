/* SPDX-License-Identifier: Apache-2.0 */
/* training: what the verbs that train share: a model becomes a loaded net that trains. */
#ifndef MNC_DRIVER_TRAINING_H
#define MNC_DRIVER_TRAINING_H

#include "driver/run.h"

#include "replay.h"
#include "trainer.h"

typedef struct Training {
    Loaded net;
    mnc_train_options how;
    RtTensor *param;             /* (n_param): all of the net's, as they are before the training */
    size_t n_param;
    bool *frozen;                /* (n_param) */
} Training;

/* Sets w->options.batch: what the recipe says; else 32 where the model can have that, else what the
 * model is made for. */
void choose_batch(Work *w, const RtRecipe *r);

/* The weights of a spec that has a parameter `seed` are drawn by the recipe's. */
void choose_seed(Work *w, const RtRecipe *r);

/* Reads, compiles and loads the model w->model for training as the recipe says, with the options
 * keep_gradients and initial of out->how.  False when that fails, with messages in w->d or
 * shown. */
bool load_training(Work *w, const RtRecipe *r, Training *out);

/* `mnc check --training DIR`: the exit code. */
int check_training(Work *w);

/* The result of a replay as text or JSON; false, with a message, when it cannot be written. */
bool replay_text(Arena *a, const RtReplay *r, const RtReplayResult *out, Diag *d);
bool replay_json(Arena *a, const RtReplay *r, const RtReplayResult *out, Diag *d);

#endif
