/* SPDX-License-Identifier: Apache-2.0 */
/* plan_rows: what the table and the picture of a plan have in common: the arena's buffers. */
#ifndef MNC_IR_PLAN_ROWS_H
#define MNC_IR_PLAN_ROWS_H

#include "ir/plan.h"

typedef struct PlanRows {
    Arena *arena;
    const Graph *g;
    const Plan *p;
    uint32_t *owner, n;        /* values that own a buffer in the arena, by first node, then id */
    uint32_t *views;           /* [n_value]: how many other values lie in the buffer of this one */
    int64_t *alive;            /* [n_node]: bytes that are needed at each node */
    uint32_t peak;             /* the node where most is alive; 0: the arena is empty */
} PlanRows;

PlanRows plan_rows(const Graph *g, const Plan *p);

/* The name of node i: its first result's, as the model has it (escape it); "" for 0. */
const char *plan_node_name(const Graph *g, uint32_t i);

/* "64 bytes", "4.59 MiB": three digits, for people; no locale has a say in it. */
const char *plan_bytes(Arena *a, int64_t bytes);

#endif
