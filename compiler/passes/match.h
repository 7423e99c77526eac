/* SPDX-License-Identifier: Apache-2.0 */
/* match: finds small expressions in the graph, written as text.
 *
 *     mul(x, clip(add(x, 3), 0, 6), 1/6) -> hard_swish(x)
 *
 *   op(...)        a node of this op; the arguments are its operands, then its attributes in the
 *                  order of ops.def
 *   x              any value; the same letter is the same value
 *   3  1/6  -inf   a constant of one element, or an attribute, equal up to the rounding of a float
 *   $c             any such number; on the right side, the number that was found
 *   'tanh'         a word attribute, on the right side
 *
 * mul and add take any number of arguments, which may be nested and ordered in any way, and
 * x / c and x - c count as x * (1/c) and x + (-c).  Other ops that commute match both ways round.
 * The nodes below the root must have no reader outside the match, since they are to go.
 */
#ifndef MNC_PASSES_MATCH_H
#define MNC_PASSES_MATCH_H

#include "ir/graph.h"

enum { PAT_ARGS = 6, PAT_LETTERS = 26, PAT_INNER = 16 };

typedef enum PatKind { PAT_OP, PAT_VAR, PAT_NUMBER, PAT_CAPTURE, PAT_WORD } PatKind;

typedef struct Pat {
    PatKind kind;
    Op op;
    uint32_t letter;             /* VAR, CAPTURE: 0 for a */
    double number;
    const char *word;
    uint32_t n;
    struct Pat *arg[PAT_ARGS];
} Pat;

typedef struct Match {
    const Graph *g;
    const uint32_t *use;                 /* how often each value is read */
    NodeId root, inner[PAT_INNER];       /* the matched nodes below the root, each once */
    uint32_t n_inner;
    ValueId var[PAT_LETTERS];            /* 0: not bound */
    double number[PAT_LETTERS];
    bool bound[PAT_LETTERS];
} Match;

/* One rule as two patterns.  The text is ours: a mistake in it is an assertion. */
void pattern_parse(Arena *a, const char *text, Pat **from, Pat **to);

/* Whether node n can be the root of the pattern at all: a quick test. */
bool pattern_may_match(const Pat *p, const Node *n);

/* Whether the expression at node root is the pattern's; fills m. */
bool pattern_match(const Pat *p, const Graph *g, const uint32_t *use, NodeId root, Match *m);

/* Equal up to the rounding of a float constant. */
bool pattern_near(double x, double y);

#endif
