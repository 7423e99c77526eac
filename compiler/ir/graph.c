/* SPDX-License-Identifier: Apache-2.0 */
/* graph: building and reading.  Changing a graph is in edit.c. */
#include "ir/graph.h"
#include "ir/shape.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Everything that will belong to the graph lives in a. */
Graph *ir_new(Arena *a)
{
    Graph *g = arena_new(a, Graph);

    g->arena = a;
    intern_init(&g->names, a);
    g->name = intern(&g->names, "net");
    g->n_value = g->n_node = 1;                 /* id 0 is none */
    g->cap_value = g->cap_node = 64;
    g->value = arena_new_n(a, Value, g->cap_value);
    g->node = arena_new_n(a, Node, g->cap_node);
    return g;
}

/* The mark of a name counts the values that asked for it, so that a free suffix is found at
 * once. */
static Sym unique_name(Graph *g, const char *want)
{
    Sym base = intern(&g->names, *want ? want : "v"), name = base;

    while (*intern_mark(&g->names, name)) {
        uint32_t k = ++*intern_mark(&g->names, base);
        name = intern(&g->names, arena_printf(g->arena, "%s_%u", base, k));
    }
    *intern_mark(&g->names, name) = 1;
    return name;
}

/* The only place where values are made.  The array may move: a Value * is good until the next
 * one. */
ValueId ir_value(Graph *g, const char *name, ValueKind kind, DType t, const Shape *s, Pos pos)
{
    Value *v;

    if (g->n_value == g->cap_value) {
        g->value = arena_resize(g->arena, g->value, g->cap_value * sizeof *v,
                                2 * g->cap_value * sizeof *v);
        g->cap_value *= 2;
    }
    v = &g->value[g->n_value];
    memset(v, 0, sizeof *v);
    v->name = unique_name(g, name);
    v->kind = kind;
    v->dtype = t;
    v->shape = *s;
    v->pos = pos;
    return (ValueId){ g->n_value++ };
}

/* data is not copied; it must live as long as the graph, in s's row-major order. */
ValueId ir_const(Graph *g, const char *name, ValueKind kind, DType t, const Shape *s,
                 const void *data)
{
    ValueId v = ir_value(g, name, kind, t, s, (Pos){ 0 });

    ir_val(g, v)->data = data;
    return v;
}

/* v is copied.  Shape (n). */
ValueId ir_const_i64(Graph *g, const char *name, const int64_t *v, uint32_t n)
{
    Shape s = { .rank = 1, .dim = { n } };
    int64_t *copy = arena_new_n(g->arena, int64_t, n);

    if (n)
        memcpy(copy, v, n * sizeof *v);
    return ir_const(g, name, VAL_CONST, DT_I64, &s, copy);
}

/* A scalar: rank 0. */
ValueId ir_const_f32(Graph *g, const char *name, float v)
{
    Shape s = { .rank = 0 };
    float *copy = arena_new(g->arena, float);

    *copy = v;
    return ir_const(g, name, VAL_CONST, DT_F32, &s, copy);
}

/* Callers make their lists on the stack. */
static ValueId *copy_ids(Graph *g, const ValueId *v, uint32_t n)
{
    ValueId *copy = arena_new_n(g->arena, ValueId, n);

    if (n)
        memcpy(copy, v, n * sizeof *v);
    return copy;
}

void ir_set_inputs(Graph *g, const ValueId *v, uint32_t n)
{
    g->input = copy_ids(g, v, n);
    g->n_input = n;
}

void ir_set_outputs(Graph *g, const ValueId *v, uint32_t n)
{
    g->output = copy_ids(g, v, n);
    g->n_output = n;
}

/* ---- adding a node ---- */

/* A copy whose list and word belong to the graph; words are interned, as names are. */
static Attr own_attr(Graph *g, Attr a)
{
    if (a.type == ATTR_INTS) {
        int64_t *copy = arena_new_n(g->arena, int64_t, a.n);
        if (a.n)
            memcpy(copy, a.u.ints, a.n * sizeof *copy);
        a.u.ints = copy;
    } else if (a.type == ATTR_WORD) {
        a.u.word = intern(&g->names, a.u.word);
    }
    return a;
}

/* n gets all attributes of its op, in the op's order, at their defaults or as spec says.  All
 * that is wrong is said. */
static bool fill_attrs(Graph *g, Node *n, const NodeSpec *spec, Diag *d)
{
    const OpInfo *info = &op_info[spec->op];
    bool ok = true;

    for (int k = 0; k < IR_MAX_ATTR && info->attr[k].name; k++)
        n->attr[k] = own_attr(g, info->attr[k]);
    for (uint32_t i = 0; i < spec->n_attr; i++) {
        int k = 0;
        while (k < IR_MAX_ATTR && n->attr[k].name && n->attr[k].name != spec->attr[i].name)
            k++;
        if (k == IR_MAX_ATTR || !n->attr[k].name || n->attr[k].type != spec->attr[i].type) {
            diag_error(d, spec->pos, "%s has no attribute '%s' of this type", info->name,
                       attr_name[spec->attr[i].name]);
            ok = false;
        } else {
            n->attr[k] = own_attr(g, spec->attr[i]);
        }
    }
    return ok;
}

/* As many as the op takes, each of them a value, optional ones perhaps left out in the middle.
 * A wrong id cannot come from a file, so it is no message. */
static bool check_operands(const Graph *g, const NodeSpec *spec, Diag *d)
{
    const OpInfo *info = &op_info[spec->op];

    (void)g;                           /* without assertions nothing else needs it */
    if (spec->n_in < info->min_in || (info->max_in != MANY && spec->n_in > info->max_in)) {
        if (info->max_in == MANY)
            diag_error(d, spec->pos, "%s takes %u operands or more, not %u", info->name,
                       info->min_in, spec->n_in);
        else if (info->min_in == info->max_in)
            diag_error(d, spec->pos, "%s takes %u operands, not %u", info->name, info->min_in,
                       spec->n_in);
        else
            diag_error(d, spec->pos, "%s takes %u to %u operands, not %u", info->name,
                       info->min_in, info->max_in, spec->n_in);
        return false;
    }
    for (uint32_t i = 0; i < spec->n_in; i++) {
        if (spec->in[i].id >= g->n_value)
            abort();                                  /* our bug, also in a release build */
        if (!spec->in[i].id && (i < info->min_in || info->max_in == MANY)) {
            diag_error(d, spec->pos, "operand %u of %s is missing", i + 1, info->name);
            return false;
        }
    }
    if (info->n_out == MANY ? spec->n_out == 0 : spec->n_out != info->n_out) {
        diag_error(d, spec->pos, "%s has %u results, not %u", info->name, info->n_out,
                   spec->n_out);
        return false;
    }
    return true;
}

/* The node is filled but not counted yet: n_node stays, so a spec that turns out wrong leaves
 * no trace in the graph. */
static Node *append_node(Graph *g, const NodeSpec *spec)
{
    Node *n;

    if (g->n_node == g->cap_node) {
        g->node = arena_resize(g->arena, g->node, g->cap_node * sizeof *n,
                               2 * g->cap_node * sizeof *n);
        g->cap_node *= 2;
    }
    n = &g->node[g->n_node];
    memset(n, 0, sizeof *n);
    n->op = spec->op;
    n->n_in = spec->n_in;
    while (n->n_in && !spec->in[n->n_in - 1].id)      /* no trailing "left out" */
        n->n_in--;
    n->in = copy_ids(g, spec->in, n->n_in);
    n->n_out = spec->n_out;
    n->out = arena_new_n(g->arena, ValueId, n->n_out);
    n->act = spec->act;
    n->pos = spec->pos;
    return n;
}

/* Results are made last, when nothing can fail any more.  Id 0, with a message, when spec is
 * wrong. */
NodeId ir_add(Graph *g, const NodeSpec *spec, Diag *d)
{
    const NodeId none = { 0 };
    Shape *shape = arena_new_n(g->arena, Shape, spec->n_out);
    DType *dtype = arena_new_n(g->arena, DType, spec->n_out);
    Node *n;

    if (!check_operands(g, spec, d))
        return none;
    n = append_node(g, spec);
    if (!fill_attrs(g, n, spec, d)
        || !shape_infer(n->op, &(RuleArgs){ g, n, shape, dtype, d }))
        return none;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (!shape_ok(&shape[i])) {
            diag_error(d, spec->pos, "the result would have the shape %s, which is too large",
                       shape_text(g->arena, &shape[i]));
            return none;
        }
    for (uint32_t i = 0; i < n->n_out; i++) {
        n->out[i] = ir_value(g, spec->out[i], VAL_TEMP, dtype[i], &shape[i], spec->pos);
        ir_val(g, n->out[i])->producer.id = g->n_node;
    }
    return (NodeId){ g->n_node++ };
}

/* For the ops with one result, which nearly all have. */
ValueId ir_add1(Graph *g, const char *name, const NodeSpec *spec, Diag *d)
{
    NodeSpec one = *spec;
    NodeId n;

    one.out = &name;
    one.n_out = 1;
    n = ir_add(g, &one, d);
    return n.id ? ir_node(g, n)->out[0] : (ValueId){ 0 };
}

/* ---- reading ---- */

/* NULL: the op has no such attribute. */
const Attr *ir_attr(const Node *n, AttrName name)
{
    for (int k = 0; k < IR_MAX_ATTR && n->attr[k].name; k++)
        if (n->attr[k].name == name)
            return &n->attr[k];
    return NULL;
}

/* Ops have all their attributes from ir_add on, so asking for one of another op is our bug. */
static const Attr *need_attr(const Node *n, AttrName name, AttrType type)
{
    const Attr *a = ir_attr(n, name);

    assert(a && a->type == type);
    (void)type;
    return a;
}

int64_t ir_int(const Node *n, AttrName name)
{
    return need_attr(n, name, ATTR_INT)->u.i;
}

double ir_float(const Node *n, AttrName name)
{
    return need_attr(n, name, ATTR_FLOAT)->u.f;
}

/* count may be NULL where the shape rule has fixed the length. */
const int64_t *ir_ints(const Node *n, AttrName name, uint32_t *count)
{
    const Attr *a = need_attr(n, name, ATTR_INTS);

    if (count)
        *count = a->n;
    return a->u.ints;
}

Sym ir_word(const Node *n, AttrName name)
{
    return need_attr(n, name, ATTR_WORD)->u.word;
}

/* Parameters too: their data are known at compile time as well. */
bool ir_is_const(const Graph *g, ValueId v)
{
    return v.id && ir_val(g, v)->data;
}

/* IEEE 754 half to float: exact. */
static double half_value(uint16_t h)
{
    int exp = h >> 10 & 31, frac = h & 1023;
    double sign = h >> 15 ? -1 : 1;

    if (exp == 31)
        return frac ? (double)NAN : sign * (double)INFINITY;
    return sign * (exp ? ldexp(1024 + frac, exp - 25) : ldexp(frac, -24));
}

/* i is in the value's row-major order and not checked.  Exact but for 64-bit integers beyond
 * 2^53. */
double ir_element(const Value *v, int64_t i)
{
    switch (v->dtype) {
    case DT_F32: return (double)((const float *)v->data)[i];
    case DT_F64: return ((const double *)v->data)[i];
    case DT_F16: return half_value(((const uint16_t *)v->data)[i]);
    case DT_I8: return ((const int8_t *)v->data)[i];
    case DT_U8: case DT_BOOL: return ((const uint8_t *)v->data)[i];
    case DT_I16: return ((const int16_t *)v->data)[i];
    case DT_U16: return ((const uint16_t *)v->data)[i];
    case DT_I32: return ((const int32_t *)v->data)[i];
    case DT_U32: return ((const uint32_t *)v->data)[i];
    case DT_I64: return (double)((const int64_t *)v->data)[i];
    case DT_U64: return (double)((const uint64_t *)v->data)[i];
    case DT_NONE: case DT_COUNT: break;
    }
    return 0;
}

/* One element of any rank: exporters write scalars as (1) and (1,1) too. */
bool ir_scalar(const Graph *g, ValueId v, double *out)
{
    const Value *val = ir_val(g, v);

    if (!v.id || !val->data || shape_count(&val->shape) != 1)
        return false;
    *out = ir_element(val, 0);
    return true;
}

/* NULL: an input or a constant. */
Node *ir_producer(const Graph *g, ValueId v)
{
    NodeId n = ir_val(g, v)->producer;

    return n.id ? ir_node(g, n) : NULL;
}

/* Linear: nets have few outputs. */
bool ir_is_output(const Graph *g, ValueId v)
{
    for (uint32_t i = 0; i < g->n_output; i++)
        if (g->output[i].id == v.id)
            return true;
    return false;
}
