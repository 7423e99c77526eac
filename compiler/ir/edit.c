/* SPDX-License-Identifier: Apache-2.0 */
/* edit: changing a graph, for the passes. */
#include "ir/graph.h"

#include <assert.h>
#include <string.h>

/* By value: as operand of live nodes, each time, and as output. */
uint32_t *ir_count_uses(const Graph *g, Arena *a)
{
    uint32_t *use = arena_new_n(a, uint32_t, g->n_value);

    for (uint32_t i = 1; i < g->n_node; i++)
        for (uint32_t k = 0; g->node[i].op && k < g->node[i].n_in; k++)
            use[g->node[i].in[k].id]++;
    for (uint32_t i = 0; i < g->n_output; i++)
        use[g->output[i].id]++;
    use[0] = 0;
    return use;
}

/* Everywhere, outputs too; types and shapes must be the same, which ir_check sees to
 * afterwards. */
void ir_replace(Graph *g, ValueId from, ValueId to)
{
    for (uint32_t i = 1; i < g->n_node; i++)
        for (uint32_t k = 0; k < g->node[i].n_in; k++)
            if (g->node[i].in[k].id == from.id)
                g->node[i].in[k] = to;
    for (uint32_t i = 0; i < g->n_output; i++)
        if (g->output[i].id == from.id)
            g->output[i] = to;
}

/* n now computes what other did, under its name; other is gone, and n's own result is dead. */
void ir_take_output(Graph *g, NodeId n, NodeId other)
{
    Node *o = ir_node(g, other);

    assert(ir_node(g, n)->n_out == 1 && o->n_out == 1);
    ir_node(g, n)->out[0] = o->out[0];
    ir_val(g, o->out[0])->producer = n;
    o->op = OP_none;
}

/* Only marked: ids stay what they are until ir_sort closes the gaps. */
void ir_delete(Graph *g, NodeId n)
{
    ir_node(g, n)->op = OP_none;
}

/* The op has it.  No shape is computed anew: that is the caller's to see to. */
void ir_set_attr(Graph *g, Node *n, Attr a)
{
    int k = 0;

    while (n->attr[k].name != a.name)
        k++;
    if (a.type == ATTR_INTS) {
        int64_t *copy = arena_new_n(g->arena, int64_t, a.n);
        if (a.n)
            memcpy(copy, a.u.ints, a.n * sizeof *copy);
        a.u.ints = copy;
    } else if (a.type == ATTR_WORD) {
        a.u.word = intern(&g->names, a.u.word);
    }
    n->attr[k] = a;
}

/* Operands between the old last one and i are left out (id 0); trailing ones are never stored. */
void ir_set_in(Graph *g, Node *n, uint32_t i, ValueId v)
{
    if (i >= n->n_in) {
        ValueId *in = arena_new_n(g->arena, ValueId, i + 1);
        memcpy(in, n->in, n->n_in * sizeof *in);
        n->in = in;
        n->n_in = i + 1;
    }
    n->in[i] = v;
    while (n->n_in && !n->in[n->n_in - 1].id)
        n->n_in--;
}

/* One of those that read a state's number, be it through views. */
typedef struct Reader { uint32_t node; struct Reader *next; } Reader;

/* Depth first over the operands, with a stack of its own: graphs can be deep. */
typedef struct Sorter {
    Graph *g;
    uint32_t *stack, n_stack;
    uint8_t *state;           /* 0 unseen, 1 open, 2 placed */
    uint32_t *order, n_order;
    Reader **reader;          /* [n_value] of states; NULL when nothing UPDATES */
} Sorter;

/* What v is a view of, in the end; the count is for graphs that have cycles. */
static ValueId viewed(const Graph *g, ValueId v)
{
    const Node *p = ir_producer(g, v);

    for (uint32_t i = 0; p && p->n_in && op_info[p->op].flags & VIEW && i < g->n_node; i++) {
        v = p->in[0];
        p = ir_producer(g, v);
    }
    return v;
}

static void find_readers(Sorter *s)
{
    Graph *g = s->g;

    s->reader = arena_new_n(g->arena, Reader *, g->n_value);
    for (uint32_t i = 1; i < g->n_node; i++)
        for (uint32_t k = 0; g->node[i].op && k < g->node[i].n_in; k++) {
            uint32_t v = viewed(g, g->node[i].in[k]).id;
            if (g->value[v].kind == VAL_STATE) {
                Reader *r = arena_new(g->arena, Reader);
                *r = (Reader){ i, s->reader[v] };
                s->reader[v] = r;
            }
        }
}

/* An update writes over what it reads, so all others have to read it before. */
static uint32_t late_reader(const Sorter *s, uint32_t id)
{
    const Node *n = &s->g->node[id];

    for (uint32_t k = 0; k < n->n_out && op_info[n->op].flags & UPDATES; k++)
        for (const Reader *r = s->reader[n->in[k].id]; r; r = r->next)
            if (r->node != id && s->state[r->node] != 2)
                return r->node;
    return 0;
}

/* The first operand's producer that is not placed yet; 0 when all are. */
static uint32_t pending(const Sorter *s, uint32_t id)
{
    const Node *n = &s->g->node[id];

    for (uint32_t k = 0; k < n->n_in; k++) {
        uint32_t p = s->g->value[n->in[k].id].producer.id;
        if (p && s->state[p] != 2)
            return p;
    }
    return late_reader(s, id);
}

/* Invariant: the stack is a path of operands, each open; meeting an open node again is a cycle,
 * and false.  Nodes are placed after all that they read, and after all that read what they write
 * over. */
static bool place(Sorter *s, uint32_t root)
{
    s->stack[s->n_stack++] = root;
    while (s->n_stack) {
        uint32_t id = s->stack[s->n_stack - 1], p = pending(s, id);

        s->state[id] = 1;
        if (p && s->state[p] == 1)
            return false;
        if (p) {
            s->stack[s->n_stack++] = p;
            continue;
        }
        s->n_stack--;
        s->state[id] = 2;
        s->order[s->n_order++] = id;
    }
    return true;
}

/* Nodes that only move forward, into gaps, move within the array: that is the usual case. */
static bool ascending(const uint32_t *order, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (order[i] < order[i - 1])
            return false;
    return true;
}

/* Values keep their ids, producers follow.  order holds the old ids of the nodes that stay. */
static void renumber(Graph *g, const uint32_t *order, uint32_t n)
{
    const bool in_place = ascending(order, n);
    Node *node = in_place ? g->node : arena_new_n(g->arena, Node, n + 1);

    for (uint32_t i = 0; i < n; i++) {
        node[i + 1] = g->node[order[i]];
        for (uint32_t k = 0; k < node[i + 1].n_out; k++)
            g->value[node[i + 1].out[k].id].producer.id = i + 1;
    }
    g->node = node;
    g->n_node = n + 1;
    g->cap_node = in_place ? g->cap_node : n + 1;
}

/* Roots in the order of the array: a graph that is sorted already stays as it is.  False: a
 * cycle. */
bool ir_sort(Graph *g)
{
    Sorter s = { .g = g };

    s.stack = arena_new_n(g->arena, uint32_t, g->n_node);
    s.state = arena_new_n(g->arena, uint8_t, g->n_node);
    s.order = arena_new_n(g->arena, uint32_t, g->n_node);
    for (uint32_t i = 1; i < g->n_node && !s.reader; i++)
        if (op_info[g->node[i].op].flags & UPDATES)
            find_readers(&s);
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op && s.state[i] == 0 && !place(&s, i))
            return false;
    renumber(g, s.order, s.n_order);
    return true;
}
