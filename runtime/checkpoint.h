/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint: a training that can go on, as a safetensors file.
 *
 * Its tensors are, in this order, the net's parameters and statistics (slots of the state as
 * train.h has it, and those that are frozen), their averages, and the optimiser's moments;
 * __metadata__ holds texts: the head, where the data is, the sums of the running epoch, and
 * the XXH3-128 of the whole file with its own 32 digits as zeros.  So any safetensors reader finds
 * the weights, and `mnc export --params` too.
 *
 * A file is written beside its name, synced and renamed: a killed process leaves the ones before.
 */
#ifndef MNC_RT_CHECKPOINT_H
#define MNC_RT_CHECKPOINT_H

#include "safetensors.h"
#include "trainer.h"

/* What the loop wants back, beside the state. */
typedef struct RtPosition {
    int64_t epoch, index;          /* of the next batch: RtPlace */
    int64_t seed, samples, batch;  /* of the data: another seed or set has other batches */
    int64_t tests_without_better;  /* for the early stop */
    double best;                   /* the best test accuracy so far; below 0: none */
    /* the running epoch's train figures */
    double loss;                   /* summed over seen samples */
    int64_t seen, top1;
    double seconds;                /* of training in all, and in this epoch */
    double epoch_seconds;
} RtPosition;

typedef struct RtCheckpoint {
    const char *path, *net;        /* the file, the net it belongs to */
    RtTensors tensors;
    int64_t n_param, n_average;    /* the first tensors */
    RtTexts texts;                 /* all metadata */
    mnc_head head;
    RtPosition at;
} RtCheckpoint;

/* True when the file's metadata calls it a checkpoint, whether it is whole or not. */
bool rt_is_checkpoint(Arena *a, Bytes file);

/* False with the reason: no checkpoint, another version, damaged (the hash differs). */
bool rt_checkpoint_read(Arena *a, const char *path, RtCheckpoint *out, Diag *d);
bool rt_checkpoint_parse(Arena *a, const char *path, Bytes file, RtCheckpoint *out, Diag *d);

/* Sets the trainer's state.  False with the reason when it is another net's. */
bool rt_checkpoint_load(Arena *a, const RtCheckpoint *c, RtTrainer *t, Diag *d);

/* What a checkpoint holds beside the state: parameters that are no slots, and texts for who uses
 * the trained net. */
typedef struct RtExtra {
    RtTensors frozen;
    RtTexts texts;
} RtExtra;

/* False with the reason when it cannot be written, or
 * when a parameter is not finite: nothing could go on from there. */
bool rt_checkpoint_write(Arena *a, const char *path, const RtTrainer *t, const RtExtra *extra,
                         const RtPosition *at, Diag *d);

/* The parameters of a whole checkpoint, the averaged ones where there are such: what infers. */
void rt_checkpoint_params(Arena *a, const RtCheckpoint *c, RtTensors *out);

/* NULL: it says nothing of that. */
const char *rt_checkpoint_text(const RtCheckpoint *c, const char *key);

/* The file in dir of that step: DIR/step-000001234.safetensors. */
const char *rt_checkpoint_path(Arena *a, const char *dir, int64_t step);

/* All files of that form in dir, the newest first. */
const char *const *rt_checkpoint_list(Arena *a, const char *dir, size_t *n);

/* Removes all but the newest keep of them. */
void rt_checkpoint_sweep(Arena *a, const char *dir, int64_t keep);

#endif
