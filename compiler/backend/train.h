/* SPDX-License-Identifier: Apache-2.0 */
/* train: the programs of a file that trains. */
#ifndef MNC_BACKEND_TRAIN_H
#define MNC_BACKEND_TRAIN_H

#include "backend/emit.h"

/* From m->g, as it was read: programs and state into e and m.  False with messages. */
bool train_programs(mnc_model *m, Emit *e);

#endif
