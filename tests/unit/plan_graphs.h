/* SPDX-License-Identifier: Apache-2.0 */
/* plan_graphs: random graphs for the planner's tests; the same seed gives the same graph. */
#ifndef MNC_TEST_PLAN_GRAPHS_H
#define MNC_TEST_PLAN_GRAPHS_H

#include "ir/graph.h"

typedef struct Random { uint64_t state; } Random;

/* 0 .. n-1 */
uint32_t random_below(Random *r, uint32_t n);

/* Adds inputs, constants, nodes and outputs to an empty graph.  Tensors stay below 400 elements. */
void random_graph(Graph *g, Random *r);

#endif
