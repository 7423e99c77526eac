/* SPDX-License-Identifier: Apache-2.0 */
/* recipe: how a net is trained, as users write it: a JSON file, and options that override it.
 *
 *     {"optimizer": {"kind": "sgd", "learning_rate": 0.1, "weight_decay": 0.0005},
 *      "schedule": {"kind": "one_cycle", "total_epochs": 150},
 *      "batch": 128, "epochs": 60, "augment": "pad=4,crop=32,flip"}
 *
 * Both become keys with words, "optimizer.learning_rate" with "0.1", and one table reads them.  An
 * unknown key, or a wrong value, is an error that lists what there is.
 */
#ifndef MNC_RT_RECIPE_H
#define MNC_RT_RECIPE_H

#include "base/file.h"
#include "schedule.h"

#include <stdbool.h>

typedef enum { RT_SGD, RT_ADAM, RT_ADAMW } RtOptimizerKind;

/* All zero means what rt_recipe_default says.  Texts live in the arena. */
typedef struct RtRecipe {
    const char *net, *data;            /* what is trained, on what: for mnc train without them */
    const char *const *define;         /* "classes=10": a spec's parameters; ends with NULL */
    /* the optimiser: torch.optim's names and defaults */
    int optimizer;                     /* RtOptimizerKind */
    double momentum, decay;            /* the rate is schedule.rate */
    double betas[2], eps;
    bool nesterov;
    RtSchedule schedule;
    double schedule_epochs;            /* schedule.total in epochs; 0: not given */
    double warmup_epochs;
    int loss;                          /* 0: of logits, 1: of probabilities */
    double smoothing;                  /* of the labels */
    double clip;                       /* the gradients' norm; 0: none */
    double bn_momentum;                /* weight of the newest batch in the running statistics;
                                          below 0: as the net says */
    double average;                    /* decay of the averaged weights; 0: none */
    const char *const *trainable;      /* patterns of parameter names; NULL: all */
    const char *const *freeze;         /* patterns of those that stay; NULL: none */
    bool cache_features;               /* what a frozen beginning gives is computed once */
    const char *const *eval_mode;      /* whose batch norms use the running statistics */
    /* the data */
    const char *augment, *test_augment, *normalise;
    double share;                      /* for training, of a set without parts */
    bool shuffle;
    int64_t batch;                     /* 0: not given */
    int64_t workers, seed;
    int bad;                           /* RtBad */
    /* how long, and what is said */
    int64_t epochs, steps;             /* steps 0: as many as the epochs have */
    int64_t report_every, test_every;  /* steps; 0: each epoch */
    int64_t test_batches;              /* of the test part; 0: all */
    int64_t patience;                  /* tests without a better one before it stops; 0: any */
    int64_t save_every, keep;          /* steps between checkpoints, 0: each epoch; how many stay */
    int log_format;                    /* RtLogFormat of progress.h */
} RtRecipe;

void rt_recipe_default(RtRecipe *r);

/* Reads a JSON file over what r holds.  False with everything that is wrong in d. */
bool rt_recipe_read(Arena *a, const char *path, RtRecipe *r, Diag *d);
bool rt_recipe_parse(Arena *a, const char *path, Bytes text, RtRecipe *r, Diag *d);

/* One option: key as in the file ("batch", "optimizer"), text as a user writes it.  A group takes
 * its kind and its members: "sgd,momentum=0.9,nesterov=true".  file: what messages call it. */
bool rt_recipe_set(Arena *a, const char *file, const char *key, const char *text, RtRecipe *r,
                   Diag *d);


#endif
