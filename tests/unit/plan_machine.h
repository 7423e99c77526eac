/* SPDX-License-Identifier: Apache-2.0 */
/* plan_machine: runs a graph on tokens instead of numbers.
 *
 * The token of an element says how it was computed: a hash of the op and the tokens that went in;
 * ops that only move data move tokens.  So two runs agree exactly when every element was computed
 * in the same way.  tokens_ideal gives each value memory of its own; machine_run puts the values
 * where the plan says, byte by byte, and finds every read of something else than what should be
 * there.  Nothing here uses the planner's code.
 */
#ifndef MNC_TEST_PLAN_MACHINE_H
#define MNC_TEST_PLAN_MACHINE_H

#include "ir/plan.h"

typedef uint64_t Token;

/* By value id: the tokens of its elements, row-major; NULL for what is not computed. */
Token **tokens_ideal(const Graph *g, Arena *a);

/* May a kernel of node n find element i of operand k where it writes element j of its result?  Only
 * if it reads that element for this result and for nothing else. */
bool tokens_may_meet(const Graph *g, const Node *n, uint32_t k, int64_t i, int64_t j);

/* What is wrong with the plan, or NULL.  want[i]: the tokens of output i, by a run of the graph as
 * it was before it was planned. */
const char *machine_run(const Graph *g, const Plan *p, Token *const *want, Arena *a);

#endif
