/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite: changes that keep a graph sound, for the passes.  What each promises is in rewrite.h. */
#include "passes/rewrite.h"

#include <assert.h>
#include <string.h>

/* ---- uses ---- */

/* ir_count_uses, and who. */
Uses pass_uses(const Graph *g)
{
    Uses u = { ir_count_uses(g, g->arena), arena_new_n(g->arena, NodeId, g->n_value) };

    for (uint32_t i = 1; i < g->n_node; i++)
        for (uint32_t k = 0; g->node[i].op && k < g->node[i].n_in; k++)
            u.reader[g->node[i].in[k].id].id = i;
    return u;
}

Node *pass_only_reader(const Graph *g, const Uses *u, ValueId v)
{
    NodeId r = u->reader[v.id];

    return u->count[v.id] == 1 && r.id ? ir_node(g, r) : NULL;
}

/* Without this, a file with one large constant and many readers would be blown up. */
bool pass_may_copy(const Graph *g, const Uses *u, ValueId v)
{
    enum { SMALL = 1 << 16 };     /* elements: what several readers may have changed copies of */

    return u->count[v.id] <= 1 || shape_count(&ir_val(g, v)->shape) <= SMALL;
}

/* ---- values that equal another ---- */

void forward_init(Forward *f, Graph *g)
{
    f->g = g;
    f->to = arena_new_n(g->arena, ValueId, g->n_value);
    f->output = arena_new_n(g->arena, bool, g->n_value);
    for (uint32_t i = 0; i < g->n_output; i++)
        f->output[g->output[i].id] = true;
}

/* At most three steps: a value, what it equals, the output that this became. */
static ValueId resolve(const Forward *f, ValueId v)
{
    while (f->to[v.id].id)
        v = f->to[v.id];
    return v;
}

void forward_operands(Forward *f, Node *n)
{
    for (uint32_t k = 0; k < n->n_in; k++)
        n->in[k] = resolve(f, n->in[k]);
}

/* Value v gets the name of output out, which its producer then computes in its stead. */
static void rename_result(Forward *f, ValueId v, ValueId out)
{
    Graph *g = f->g;
    NodeId id = ir_val(g, v)->producer;
    Node *p = ir_node(g, id);

    for (uint32_t k = 0; k < p->n_out; k++)
        if (p->out[k].id == v.id)
            p->out[k] = out;
    ir_val(g, out)->producer = id;
    f->to[v.id] = out;
}

/* The name of an output is part of the model's interface, the name of another value is not. */
void forward_result(Forward *f, NodeId id, ValueId v)
{
    Graph *g = f->g;
    Node *n = ir_node(g, id);
    ValueId out = n->out[0];

    v = resolve(f, v);
    assert(n->n_out == 1 && shape_equal(&ir_val(g, out)->shape, &ir_val(g, v)->shape));
    if (!f->output[out.id]) {
        f->to[out.id] = v;
    } else if (ir_producer(g, v) && !f->output[v.id]) {
        rename_result(f, v, out);
    } else {
        pass_become(g, n, OP_identity, &v, 1);
        return;
    }
    ir_delete(g, id);
}

/* rename_result changes what nodes before the sweep's place read. */
void forward_finish(Forward *f)
{
    for (uint32_t i = 1; i < f->g->n_node; i++)
        if (f->g->node[i].op)
            forward_operands(f, &f->g->node[i]);
}

/* ---- nodes ---- */

/* in may be the node's own list of operands: it is copied before anything changes. */
void pass_become(Graph *g, Node *n, Op op, const ValueId *in, uint32_t n_in)
{
    ValueId *copy = arena_new_n(g->arena, ValueId, n_in);

    memcpy(copy, in, n_in * sizeof *in);
    n->op = op;
    n->in = copy;
    n->n_in = n_in;
    n->act = (Act){ .op = OP_none };
    memcpy(n->attr, op_info[op].attr, sizeof n->attr);
    for (int k = 0; k < IR_MAX_ATTR && n->attr[k].name; k++)
        ir_set_attr(g, n, n->attr[k]);
}

void pass_set_list(Graph *g, Node *n, AttrName name, const int64_t *v, uint32_t count)
{
    ir_set_attr(g, n, attr_ints(name, v, count));
}

bool pass_list_is(const Node *n, AttrName name, int64_t x)
{
    uint32_t count;
    const int64_t *v = ir_ints(n, name, &count);

    for (uint32_t i = 0; i < count; i++)
        if (v[i] != x)
            return false;
    return true;
}

ValueId pass_insert(Graph *g, Op op, ValueId x, Attr attr, ValueId like, Diag *d)
{
    const char *name = ir_val(g, like)->name;
    NodeSpec spec = { .op = op, .in = &x, .n_in = 1, .out = &name, .n_out = 1, .attr = &attr,
                      .n_attr = 1, .pos = ir_val(g, like)->pos };
    NodeId n = ir_add(g, &spec, d);

    return n.id ? ir_node(g, n)->out[0] : (ValueId){ 0 };
}

float *pass_new_data(Graph *g, const Uses *u, ValueId *v, const Shape *s)
{
    const Shape shape = *s;      /* s may lie in g->value, which ir_const moves */
    float *data = arena_new_n(g->arena, float, (size_t)shape_count(&shape));
    const Value *old = ir_val(g, *v);

    if (u->count[v->id] > 1)
        *v = ir_const(g, old->name, old->kind, DT_F32, &shape, data);
    ir_val(g, *v)->shape = shape;
    ir_val(g, *v)->data = data;
    return data;
}

bool pass_is_f32(const Graph *g, ValueId v)
{
    return v.id && ir_val(g, v)->dtype == DT_F32;
}

bool pass_all_are(const Graph *g, ValueId v, double x)
{
    const Value *val = ir_val(g, v);
    int64_t n = shape_count(&val->shape);

    if (!ir_is_const(g, v) || n == 0)
        return false;
    for (int64_t i = 0; i < n; i++)
        if (ir_element(val, i) != x)
            return false;
    return true;
}
