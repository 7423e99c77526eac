/* SPDX-License-Identifier: Apache-2.0 */
/* graph: the intermediate representation.  A Graph is arrays of Values and Nodes.
 *
 * Handles are 32-bit ids in one-member structs, so that a value cannot be taken for a node; id 0
 * is none.  Facts that a pass derives (uses, liveness, the plan) live in its own tables, indexed by
 * the same ids.  Every shape is known as soon as its value exists: ir_add runs the op's shape
 * rule.  Nodes are kept in topological order: a node's operands have producers before it.
 *
 * Not for: where a value lies in memory (plan.h), or which kernel computes it (backend/).
 */
#ifndef MNC_IR_GRAPH_H
#define MNC_IR_GRAPH_H

#include "base/diag.h"
#include "ir/ops.h"

typedef struct ValueId { uint32_t id; } ValueId;
typedef struct NodeId { uint32_t id; } NodeId;

typedef enum ValueKind {
    VAL_TEMP,      /* computed by a node */
    VAL_INPUT,     /* given at run time */
    VAL_PARAM,     /* learnable: has data */
    VAL_CONST,     /* fixed: has data */
    VAL_GRAD,      /* computed by a node of the backward pass */
    VAL_STATE      /* kept between steps: running statistics, momenta */
} ValueKind;

typedef struct Value {
    Sym name;              /* unique in the graph; a layer is called by its first result's name */
    DType dtype;
    ValueKind kind;
    Shape shape;
    NodeId producer;       /* 0 unless TEMP or GRAD */
    const void *data;      /* PARAM, CONST: row-major, shape_count() elements, aligned; else NULL */
    Pos pos;
} Value;

typedef struct Node {
    Op op;                 /* OP_none: deleted */
    uint32_t n_in, n_out;
    ValueId *in, *out;     /* an operand left out is id 0; in[] ends with one that is there */
    Attr attr[IR_MAX_ATTR];      /* in the order of op_info[op].attr, all of them */
    Act act;
    Pos pos;
} Node;

typedef struct Graph {
    Arena *arena;
    Intern names;
    Sym name;                     /* the model's */
    Value *value;                 /* [1 .. n_value) */
    Node *node;                   /* [1 .. n_node), topological order */
    uint32_t n_value, cap_value, n_node, cap_node;
    ValueId *input, *output;
    uint32_t n_input, n_output;
    bool wide;         /* f32 are doubles in the generated file */
} Graph;

/* ---- building ---- */

Graph *ir_new(Arena *a);
Graph *ir_clone(const Graph *from);    /* the same ids, in the same arena; data are shared */
/* A value with a name; when the name is taken, a suffix makes it unique.  shape is copied. */
ValueId ir_value(Graph *g, const char *name, ValueKind kind, DType t, const Shape *s, Pos pos);

/* A constant of the given kind (PARAM or CONST); data is kept, not copied. */
ValueId ir_const(Graph *g, const char *name, ValueKind kind, DType t, const Shape *s,
                 const void *data);

/* A one-dimensional int64 constant, and a scalar f32 one; copied. */
ValueId ir_const_i64(Graph *g, const char *name, const int64_t *v, uint32_t n);
ValueId ir_const_f32(Graph *g, const char *name, float v);

void ir_set_inputs(Graph *g, const ValueId *v, uint32_t n);
void ir_set_outputs(Graph *g, const ValueId *v, uint32_t n);

/* What a new node shall be: the rest of a Node follows from it. */
typedef struct NodeSpec {
    Op op;
    const ValueId *in;
    uint32_t n_in;
    const char *const *out;        /* names of the results */
    uint32_t n_out;
    const Attr *attr;              /* those that differ from the defaults */
    uint32_t n_attr;
    Act act;
    Pos pos;
} NodeSpec;

/* Appends a node after running the shape rule; 0, with messages in d, when operands or attributes
 * are wrong.  On failure the graph is unchanged. */
NodeId ir_add(Graph *g, const NodeSpec *spec, Diag *d);

/* ir_add for an op of one result, which gets that name; out and n_out of spec do not count.
 * Returns the result, 0 on failure. */
ValueId ir_add1(Graph *g, const char *name, const NodeSpec *spec, Diag *d);

static inline Attr attr_int(AttrName name, int64_t i)
{
    Attr a = { .name = name, .type = ATTR_INT, .u = { .i = i } };
    return a;
}

static inline Attr attr_float(AttrName name, double f)
{
    Attr a = { .name = name, .type = ATTR_FLOAT, .u = { .f = f } };
    return a;
}

/* The list is copied into the graph's arena by ir_add. */
static inline Attr attr_ints(AttrName name, const int64_t *v, uint32_t n)
{
    Attr a = { .name = name, .type = ATTR_INTS, .n = n, .u = { .ints = v } };
    return a;
}

/* The word is interned by ir_add. */
static inline Attr attr_word(AttrName name, const char *s)
{
    Attr a = { .name = name, .type = ATTR_WORD, .u = { .word = s } };
    return a;
}

/* ---- reading ---- */

static inline Value *ir_val(const Graph *g, ValueId v) { return &g->value[v.id]; }
static inline Node *ir_node(const Graph *g, NodeId n) { return &g->node[n.id]; }

/* Operand i, or id 0 when it was left out. */
static inline ValueId ir_in(const Node *n, uint32_t i)
{
    return i < n->n_in ? n->in[i] : (ValueId){ 0 };
}

/* Attributes by name; the op must have it. */
int64_t ir_int(const Node *n, AttrName name);
double ir_float(const Node *n, AttrName name);
const int64_t *ir_ints(const Node *n, AttrName name, uint32_t *count);     /* count may be NULL */
Sym ir_word(const Node *n, AttrName name);
const Attr *ir_attr(const Node *n, AttrName name);                        /* NULL: has none */

bool ir_is_const(const Graph *g, ValueId v);     /* CONST or PARAM with data */
/* The one element of a constant of one element, of any number type, as double. */
bool ir_scalar(const Graph *g, ValueId v, double *out);
/* Element i of a constant, as double. */
double ir_element(const Value *v, int64_t i);

/* The node that computes v, or NULL. */
Node *ir_producer(const Graph *g, ValueId v);
bool ir_is_output(const Graph *g, ValueId v);

/* ---- changing (passes) ---- */

/* How often each value is read, an output of the graph counting as one read; n_value entries. */
uint32_t *ir_count_uses(const Graph *g, Arena *a);

/* All later readers of from, and the outputs, read to instead. */
void ir_replace(Graph *g, ValueId from, ValueId to);

/* Node n now computes what other's only result was: the name and the readers of other's result go
 * to n, other is deleted.  For fusing a follow-up into its producer.  n's shape stays. */
void ir_take_output(Graph *g, NodeId n, NodeId other);

/* The node is gone; its results must have no reader left. */
void ir_delete(Graph *g, NodeId n);

void ir_set_attr(Graph *g, Node *n, Attr a);
void ir_set_in(Graph *g, Node *n, uint32_t i, ValueId v);      /* grows n_in, or shrinks it for 0 */

/* New nodes were appended at the end but belong earlier: restores topological order, stable, and
 * drops deleted nodes.  All NodeIds change.  False when there is a cycle. */
bool ir_sort(Graph *g);

/* ---- checking and text ---- */

/* Ids in range, single producer, topological order, shapes and types as the rules say, unique
 * names, inputs and outputs sound.  after names the pass, for the message.  Returns false with the
 * reason in d: an internal error when a pass did it. */
bool ir_check(const Graph *g, const char *after, Diag *d);

/* The graph as text, in the spec language: `mnc dump`'s output, readable again by the mnet
 * frontend. Constants of more than inline_max elements go to data (if not NULL) and appear as
 * @data_name+offset; with data NULL they appear as @- and cannot be read back. */
typedef struct PrintOptions {
    uint32_t inline_max;
    Buf *data;
    const char *data_name;
} PrintOptions;
void ir_print(const Graph *g, const PrintOptions *o, Buf *out);

/* Parts of that text: a name, in quotes if it must be; " [1 2 3]"; " act=clip(0,6)". */
void ir_print_name(const char *s, Buf *out);
void ir_print_numbers(const Value *v, Buf *out);
void ir_print_act(const Act *act, Buf *out);

/* Letters, digits, '_' and '.', and no word of the language: stands in the text without quotes. */
bool ir_plain_name(const char *s);

#endif
