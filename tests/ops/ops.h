/* SPDX-License-Identifier: Apache-2.0 */
/* ops: every op of ops.def through the compiler and the C compiler, compared with tests/ref.
 *
 * A Case is an op with operands as text: "f32(2,c,5,6)", an input, or "f32(8,c,3,3)=", a constant,
 * both with random numbers.  Where a case says c, it is run for several numbers of channels, so
 * that vectors come out whole, cut, and not filled at all.  The same case is run with its operands
 * laid out in several ways (Layout), for a kernel sees nothing else of what is around it.
 *
 * All cases of a table become one net, one C file, one shared object per target.
 */
#ifndef MNC_TEST_OPS_H
#define MNC_TEST_OPS_H

#include "ir/graph.h"

enum { CH = -7777 };          /* in a case's integer attributes: the number of channels */

typedef struct Case {
    Op op;
    const char *in[7];        /* "-": left out */
    Attr attr[6];
    Act act;
    uint32_t n_out;           /* 0: one */
    double low, high;         /* of the random floats; both 0: -4 to 4 */
    double tolerance;         /* relative to the largest result; 0: by the type */
    bool nan;                 /* one float in eight is none */
} Case;

typedef struct Table {
    const char *name;
    const Case *cases;
    const size_t *n;
    bool many;                /* all channel counts and layouts; else a few of each */
} Table;

#define IN(...) .in = { __VA_ARGS__ }
#define INTS(a, ...) \
    { .name = A_##a, .type = ATTR_INTS, .n = sizeof (int64_t[]){ __VA_ARGS__ } / sizeof(int64_t), \
      .u = { .ints = (const int64_t[]){ __VA_ARGS__ } } }
#define INT(a, v) { .name = A_##a, .type = ATTR_INT, .u = { .i = (v) } }
#define FLOAT(a, v) { .name = A_##a, .type = ATTR_FLOAT, .u = { .f = (v) } }
#define WORD(a, v) { .name = A_##a, .type = ATTR_WORD, .u = { .word = (v) } }

/* How the operands lie: dense, channels last, some channels of a larger tensor, both; or mixed. */
typedef enum Layout { DENSE, LAST, PART, LAST_PART, MIXED, N_LAYOUT } Layout;

/* Which case an input or output of the graph belongs to, and what its numbers come from. */
typedef struct Origin { const Case *c; uint32_t seed; } Origin;

enum { MAX_ENDS = 8192 };

typedef struct Net {
    Graph *g;
    Diag *d;
    Origin in[MAX_ENDS], out[MAX_ENDS];        /* [g->n_input], [g->n_output] */
    ValueId input[MAX_ENDS], output[MAX_ENDS];
    uint32_t n_in, n_out;
} Net;

/* Adds a case; its results become outputs, for PART through a concat.  False with a message. */
bool add_case(Net *net, const Case *c, int64_t channels, Layout layout);

/* n elements that depend on seed alone, floats in the case's range. */
void fill(void *data, DType t, int64_t n, Origin from);

#endif
