/* SPDX-License-Identifier: Apache-2.0 */
/* nest: loops over strided operands, as templates take them. */
#ifndef MNC_BACKEND_NEST_H
#define MNC_BACKEND_NEST_H

#include "backend/emit.h"

enum { NEST_RANK = 2 * IR_MAX_RANK, NEST_OPERANDS = 6 };

/* Loops, outermost first, with each operand's step in elements.  Operand 0 is the result. */
typedef struct Nest {
    uint32_t rank, n;
    int64_t dim[NEST_RANK];
    int64_t step[NEST_OPERANDS][NEST_RANK];
} Nest;

void nest_init(Nest *nest, uint32_t n_operand);
void nest_add(Nest *nest, int64_t dim, const int64_t *steps);      /* steps: one per operand */
/* Drops loops of 1, orders by the result's step (largest outside), merges what runs on.  At least
 * one loop remains. */
void nest_simplify(Nest *nest);
/* The loops of an elementwise op: shape of the result, each operand broadcast to it. */
void nest_elementwise(const Emit *e, Nest *nest, ValueId result, const ValueId *in, uint32_t n);
/* Parameters RANK, DIM[], and for each operand i of names its steps. */
void nest_vars(const Nest *nest, TmplVars *v, const char *const *names);
/* True when in the innermost loop the result's step is 1 and each operand's 0 or 1. */
bool nest_is_vector(const Nest *nest);

#endif
