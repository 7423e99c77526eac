/* SPDX-License-Identifier: Apache-2.0 */
/* count: multiply-adds and parameters, as papers count them. */
#ifndef MNC_IR_COUNT_H
#define MNC_IR_COUNT_H

#include "ir/graph.h"

/* One multiply of a convolution's, dense layer's or matrix product's weight each; biases,
 * normalisation and pooling are not counted.  Saturates at INT64_MAX. */
int64_t count_macs(const Graph *g, const Node *n);
int64_t count_graph_macs(const Graph *g);

/* Rough number of elementary steps that a node takes in plain loops, for deciding whether to take
 * them at all: a hostile file can ask for years.  Saturates. */
int64_t count_work(const Graph *g, const Node *n);

/* Elements of parameters: learnable ones; weights that are constants (frozen); the running means
 * and variances of batch_norm. */
typedef struct ParamCount { int64_t trainable, frozen, statistics; } ParamCount;

/* Those that n reads and that are not marked in seen (n_value entries), which it marks. */
ParamCount count_node_params(const Graph *g, const Node *n, uint8_t *seen);
ParamCount count_all_params(const Graph *g);

/* The learnable ones alone. */
int64_t count_params(const Graph *g);

/* Is operand k of n a weight or a bias, or a batch norm's scale or shift?  A constant there is a
 * frozen parameter. */
bool count_is_weight(const Node *n, uint32_t k);

#endif
