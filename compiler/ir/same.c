/* SPDX-License-Identifier: Apache-2.0 */
/* One walk over both node lists.  Constants have no producer: they are paired when an operand
 * first meets them, and must then be met in the same pairs.  A constant of a may be several of b,
 * where a pass has merged equal ones: map goes from b to a. */
#include "ir/same.h"
#include "ir/count.h"

#include <string.h>

/* What mnc_set_params can set although it is no parameter: frozen weights, statistics. */
static bool settable(const Graph *g, const Node *n, uint32_t k)
{
    return (count_is_weight(n, k) || (n->op == OP_batch_norm && k >= 3))
        && ir_is_const(g, n->in[k]);
}

/* Floats as f32: the language writes the shortest text of these. */
static bool same_attr(const Attr *a, const Attr *b)
{
    float p, q;

    if (a->name != b->name || a->type != b->type)
        return false;
    switch (a->type) {
    case ATTR_INT: return a->u.i == b->u.i;
    case ATTR_WORD: return !strcmp(a->u.word, b->u.word);
    case ATTR_INTS: return a->n == b->n
        && (!a->n || !memcmp(a->u.ints, b->u.ints, a->n * sizeof *a->u.ints));
    case ATTR_FLOAT:
        p = (float)a->u.f;
        q = (float)b->u.f;
        return !memcmp(&p, &q, sizeof p);
    case ATTR_NONE: break;
    }
    return true;
}

/* Element type and shape. */
static bool same_type(const Value *a, const Value *b)
{
    return a->dtype == b->dtype && shape_equal(&a->shape, &b->shape);
}

typedef struct Pair {
    const Graph *a, *b;
    uint32_t *map;
} Pair;

/* Computed values have been paired by their producers, constants are when they are met. */
static bool same_value(Pair *p, ValueId x, ValueId y)
{
    const Value *a = ir_val(p->a, x), *b = ir_val(p->b, y);

    if (!x.id || !y.id || p->map[y.id])
        return p->map[y.id] == x.id;
    if (!ir_is_const(p->a, x) || !ir_is_const(p->b, y) || !same_type(a, b))
        return false;
    if (b->kind != VAL_PARAM
        && memcmp(a->data, b->data, (size_t)shape_count(&a->shape) * dtype_info[a->dtype].size))
        return false;
    p->map[y.id] = x.id;
    return true;
}

/* In a weight's place numbers may differ although it is frozen. */
static bool same_operand(Pair *p, const Node *m, const Node *n, uint32_t i)
{
    ValueId x = m->in[i], y = n->in[i];

    if (!settable(p->b, n, i) || p->map[y.id])
        return same_value(p, x, y);
    if (!ir_is_const(p->a, x) || !same_type(ir_val(p->a, x), ir_val(p->b, y)))
        return false;
    p->map[y.id] = x.id;
    return true;
}

/* Commutative ops may have been written with the line above first. */
static bool same_operands(Pair *p, const Node *m, const Node *n)
{
    if (m->n_in == 2 && op_info[m->op].flags & COMMUTES && p->map[n->in[0].id] == m->in[1].id)
        return same_value(p, m->in[0], n->in[1]);
    for (uint32_t i = 0; i < m->n_in; i++)
        if (!same_operand(p, m, n, i))
            return false;
    return true;
}

/* Its results are paired when all the rest agrees: what reads them is compared by the pairs. */
static bool same_node(Pair *p, const Node *m, const Node *n)
{
    if (m->op != n->op || m->n_in != n->n_in || m->n_out != n->n_out || m->act.op != n->act.op
        || m->act.a != n->act.a || m->act.b != n->act.b || !same_operands(p, m, n))
        return false;
    for (int k = 0; k < IR_MAX_ATTR && m->attr[k].name; k++)
        if (!same_attr(&m->attr[k], &n->attr[k]))
            return false;
    for (uint32_t i = 0; i < m->n_out; i++) {
        if (!same_type(ir_val(p->a, m->out[i]), ir_val(p->b, n->out[i])))
            return false;
        p->map[n->out[i].id] = m->out[i].id;
    }
    return true;
}

/* Inputs begin the pairing; outputs must be pairs by now.  Names are the graph's interface. */
static bool same_ends(Pair *p, const ValueId *x, const ValueId *y, uint32_t n, bool input)
{
    for (uint32_t i = 0; i < n; i++) {
        const Value *a = ir_val(p->a, x[i]), *b = ir_val(p->b, y[i]);
        if (strcmp(a->name, b->name) || !same_type(a, b))
            return false;
        if (input)
            p->map[y[i].id] = x[i].id;
        else if (p->map[y[i].id] != x[i].id)
            return false;
    }
    return true;
}

/* Deleted nodes are passed over. */
static uint32_t next(const Graph *g, uint32_t i)
{
    while (i < g->n_node && !g->node[i].op)
        i++;
    return i;
}

/* Both in order to the end, none left over. */
bool ir_same(const Graph *a, const Graph *b, uint32_t *map)
{
    Pair p = { a, b, map };
    uint32_t i = next(a, 1), k = next(b, 1);

    if (a->n_input != b->n_input || a->n_output != b->n_output
        || !same_ends(&p, a->input, b->input, a->n_input, true))
        return false;
    for (; i < a->n_node && k < b->n_node; i = next(a, i + 1), k = next(b, k + 1))
        if (!same_node(&p, &a->node[i], &b->node[k]))
            return false;
    return i >= a->n_node && k >= b->n_node
        && same_ends(&p, a->output, b->output, a->n_output, false);
}
