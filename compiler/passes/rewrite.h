/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite: what the graph passes share: uses, values that equal another, nodes that change.
 *
 * A pass is one sweep over the nodes in order.  None searches the graph for the readers of a
 * value: uses are counted once at the start, and a value that turns out to equal an earlier one is
 * only noted (Forward), so that a pass takes time in proportion to the graph.
 */
#ifndef MNC_PASSES_REWRITE_H
#define MNC_PASSES_REWRITE_H

#include "ir/graph.h"

/* ---- uses ---- */

/* Both by value id, for the values there are when it was made. */
typedef struct Uses {
    uint32_t *count;       /* reads, an output of the graph counting as one */
    NodeId *reader;        /* the last node that reads it */
} Uses;

Uses pass_uses(const Graph *g);

/* The one node that reads v; NULL when there are several, or v is an output of the graph. */
Node *pass_only_reader(const Graph *g, const Uses *u, ValueId v);

/* Whether a changed copy of constant v may be made: nobody else reads it, or it is small. */
bool pass_may_copy(const Graph *g, const Uses *u, ValueId v);

/* ---- values that equal another ---- */

typedef struct Forward {
    Graph *g;
    ValueId *to;           /* by value id: what to read instead; 0: the value itself */
    bool *output;          /* by value id: an output of the graph */
} Forward;

void forward_init(Forward *f, Graph *g);

/* Lets node n read what its operands were found to equal.  To be called as the sweep reaches n. */
void forward_operands(Forward *f, Node *n);

/* The only result of node n equals v, which comes earlier.  Its readers get v.  An output of the
 * graph stays a value of its own with its own name: it takes v's place in v's producer, or, where
 * that cannot be (v is an input, a constant or another output), n becomes an identity. */
void forward_result(Forward *f, NodeId n, ValueId v);

/* At the end of the sweep: also the readers before the place where it was noted. */
void forward_finish(Forward *f);

/* ---- nodes ---- */

/* Node n now is op with these operands and default attributes; results and position stay. */
void pass_become(Graph *g, Node *n, Op op, const ValueId *in, uint32_t n_in);

/* As ir_set_attr, for lists. */
void pass_set_list(Graph *g, Node *n, AttrName name, const int64_t *v, uint32_t count);

bool pass_list_is(const Node *n, AttrName name, int64_t x);      /* all numbers are x */

/* A new node of one operand and one attribute; its result's name is derived from like's. */
ValueId pass_insert(Graph *g, Op op, ValueId x, Attr attr, ValueId like, Diag *d);

/* New contents, to be filled in by the caller, for the f32 constant *v and one of its readers: when
 * there are others, *v becomes a constant of its own.  The shape is then s. */
float *pass_new_data(Graph *g, const Uses *u, ValueId *v, const Shape *s);

/* Node n, a clip or relu of a clip or relu, becomes the one that does both. */
bool pass_merge_clip(Graph *g, Node *n);

bool pass_is_f32(const Graph *g, ValueId v);

/* All elements of constant v are x. */
bool pass_all_are(const Graph *g, ValueId v, double x);

#endif
