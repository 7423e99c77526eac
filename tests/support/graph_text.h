/* SPDX-License-Identifier: Apache-2.0 */
/* graph_text: a graph as short lines, for tests to compare with:
 *
 *     x: input f32 (1,3,4,4)
 *     y = conv x w stride=[1,1] pad=[0,0,0,0] dilation=[1,1] -> f32 (1,2,4,4)
 *     output y
 *
 * Attributes that have the op's default are left out; constants of up to 8 elements that a node
 * reads stand in their place as {1 2 3}.
 */
#ifndef MNC_TEST_GRAPH_TEXT_H
#define MNC_TEST_GRAPH_TEXT_H

#include "ir/graph.h"

const char *graph_text(const Graph *g, Arena *a);

#endif
