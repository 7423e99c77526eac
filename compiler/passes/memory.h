/* SPDX-License-Identifier: Apache-2.0 */
/* memory: what plan_memory does, for passes that compare plans. */
#ifndef MNC_PASSES_MEMORY_H
#define MNC_PASSES_MEMORY_H

#include "ir/plan.h"

/* Slots, offsets and figures for the places, rings and bands that p has; all of them anew. */
void memory_plan(const Graph *g, Plan *p);

#endif
