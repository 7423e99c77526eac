/* SPDX-License-Identifier: Apache-2.0 */
/* trainer: a loaded net that trains, with its state: memory, parameters by name, numbers of a
 * recipe, steps with a message when they fail.
 *
 * It knows the generated file by mnc/train.h alone; the loop (loop.h) and the replay of stored
 * steps (replay.h) stand on it.
 */
#ifndef MNC_RT_TRAINER_H
#define MNC_RT_TRAINER_H

#include "mnc/net.h"
#include "mnc/train.h"
#include "recipe.h"
#include "tensor.h"

typedef struct RtTrainer {
    const char *name;              /* for messages */
    const mnc_net *net;
    const mnc_trainer *api;        /* net->trainer */
    void *state, *context;         /* state_bytes, 64-byte aligned; context NULL: one thread */
    mnc_head *head;                /* = state */
    const mnc_slot *scores;        /* (batch, classes) */
} RtTrainer;

/* The caller has set name and net.  Memory and mnc_trainer.init; threads above 1 need a net made
 * with threads, and end with the arena.  False with a message when the net does not train, or
 * refuses. */
bool rt_trainer_open(Arena *a, RtTrainer *t, int threads, uint64_t seed, Diag *d);

/* NULL: there is none of that name. */
const mnc_slot *rt_trainer_slot(const RtTrainer *t, const char *name);
void *rt_trainer_data(const RtTrainer *t, const mnc_slot *slot);

/* Sets the parameters and statistics of those names; others are not looked at.  False with a
 * message when a shape differs, or when a slot of these kinds is not among them. */
bool rt_trainer_set(Arena *a, RtTrainer *t, const RtTensor *list, size_t n, Diag *d);

/* The numbers of the recipe, but for the rate: rt_trainer_rate sets it, and the momentum that goes
 * with it, for the next step, which is number head->step. */
void rt_trainer_recipe(RtTrainer *t, const RtRecipe *r);
void rt_trainer_rate(RtTrainer *t, const RtRecipe *r, int64_t steps_per_epoch);

/* The averaged weights and the current ones change places, where there are averages; twice is as
 * before.  Evaluations are done with the averages in place. */
void rt_trainer_swap_averages(RtTrainer *t);

/* One step; its loss.  False with a message that says what the net's code means. */
bool rt_trainer_step(RtTrainer *t, const float *x, const int32_t *label, float *loss, Diag *d);

/* Scores of one batch, in t->scores. */
bool rt_trainer_eval(RtTrainer *t, const float *x, Diag *d);

/* The message for a code of the net that is not MNC_NET_OK. */
const char *rt_net_error(int code);

#endif
