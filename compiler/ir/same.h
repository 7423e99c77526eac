/* SPDX-License-Identifier: Apache-2.0 */
/* same: do two graphs compute the same, node by node?  Names count for inputs and outputs alone. */
#ifndef MNC_IR_SAME_H
#define MNC_IR_SAME_H

#include "ir/graph.h"

/* The same nodes in the same order, with the same attributes (floats as f32), on the same inputs;
 * operands of commutative ops in either order.  Constants have equal shapes and equal numbers, but
 * for parameters of b, frozen ones too, whose numbers are not looked at.  map, of b->n_value
 * entries, all 0 at first, says for each value of b which one of a it is. */
bool ir_same(const Graph *a, const Graph *b, uint32_t *map);

#endif
