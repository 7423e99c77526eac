/* SPDX-License-Identifier: Apache-2.0 */
/* train: the programs of a file that trains. */
#ifndef MNC_BACKEND_TRAIN_H
#define MNC_BACKEND_TRAIN_H

#include "backend/emit.h"
#include "ir/summary.h"

/* From e->g, as it was read, by e->options and into e->arena: e's programs, plan and state.  False
 * with messages in e->d. */
bool train_programs(Emit *e);

/* The sizes of the state that m->g would need, with sgd: those of a summary.  Zeros when it
 * cannot be trained.  m stays as it is. */
void train_memory(mnc_model *m, Summary *s);

#endif
