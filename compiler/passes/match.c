/* SPDX-License-Identifier: Apache-2.0 */
/* match: compares expressions with patterns; see match.h for what a pattern means.
 *
 * Backtracking by copies of the small Match.  An argument keeps the first way in which it matched:
 * no second way is looked for when a later argument fails.  That suffices where every argument
 * that can match in two ways contains the letters that decide between them.
 */
#include "passes/match.h"

#include <assert.h>
#include <math.h>

static bool match_value(Match *m, const Pat *p, ValueId v);

/* Six digits: floats that were computed in several ways differ in the seventh. */
bool pattern_near(double x, double y)
{
    return x == y || fabs(x - y) <= 1e-6 * fabs(y);
}

/* A number of the graph against a literal, or against what the same letter stood for before. */
static bool match_number(Match *m, const Pat *p, double x)
{
    if (p->kind == PAT_NUMBER)
        return pattern_near(x, p->number);
    if (p->kind != PAT_CAPTURE || isnan(x))
        return false;
    if (!m->bound[p->letter])
        m->number[p->letter] = x;
    m->bound[p->letter] = true;
    return pattern_near(x, m->number[p->letter]);
}

/* The first value a letter meets binds it. */
static bool match_var(Match *m, const Pat *p, ValueId v)
{
    if (!m->var[p->letter].id)
        m->var[p->letter] = v;
    return m->var[p->letter].id == v.id;
}

/* The node that computes v, noted as part of the match; NULL when it cannot be. */
static const Node *enter(Match *m, ValueId v)
{
    const NodeId id = ir_val(m->g, v)->producer;
    const Node *n = ir_producer(m->g, v);

    if (!n || n->act.op || n->n_out != 1)
        return NULL;
    for (uint32_t i = 0; i < m->n_inner; i++)
        if (m->inner[i].id == id.id)
            return n;
    if (m->n_inner == PAT_INNER)
        return NULL;
    m->inner[m->n_inner++] = id;
    return n;
}

/* ---- sums and products ---- */

/* A part of the arguments of mul or add, as bits. */
typedef struct Part {
    const Pat *p;
    unsigned mask;
} Part;

/* x / c = x (1/c), x - c = x + (-c): for constants c the same op. */
static Op inverse_of(Op op)
{
    return op == OP_mul ? OP_div : op == OP_add ? OP_sub : OP_none;
}

/* The only argument of the part; NULL when there are several. */
static const Pat *single(const Part *part)
{
    return part->mask & (part->mask - 1) ? NULL : part->p->arg[__builtin_ctz(part->mask)];
}

/* The arguments of the part, in any order and nesting, are the two operands of node n. */
static bool match_split(Match *m, Part part, const Node *n);

/* The part is what v is.  inverse: v is a divisor or subtrahend, which only a constant can be. */
static bool match_part(Match *m, Part part, ValueId v, bool inverse)
{
    const Pat *one = single(&part);
    const Node *n;
    double x;

    if (one && !inverse)
        return match_value(m, one, v);
    if (inverse)
        return one && ir_scalar(m->g, v, &x)
            && match_number(m, one, part.p->op == OP_mul ? 1 / x : -x);
    n = enter(m, v);
    return n && match_split(m, part, n);
}

/* Each way to deal the arguments out to the two operands: at most 2^PAT_ARGS. */
static bool match_split(Match *m, Part part, const Node *n)
{
    const bool inverse = n->op == inverse_of(part.p->op);
    const Match before = *m;

    if (n->act.op || (n->op != part.p->op && !inverse))
        return false;
    for (unsigned left = (part.mask - 1) & part.mask; left; left = (left - 1) & part.mask) {
        if (match_part(m, (Part){ part.p, left }, n->in[0], false)
            && match_part(m, (Part){ part.p, part.mask & ~left }, n->in[1], inverse))
            return true;
        *m = before;
    }
    return false;
}

/* ---- other ops ---- */

/* Operands in their order, or the first two the other way round; then attributes. */
static bool match_args(Match *m, const Pat *p, const Node *n, bool swap)
{
    for (uint32_t i = 0; i < p->n; i++) {
        const Attr *a;
        if (i < n->n_in) {
            if (!match_value(m, p->arg[i], n->in[swap ? 1 - i : i]))
                return false;
            continue;
        }
        a = &n->attr[i - n->n_in];
        if (a->type != ATTR_FLOAT || !match_number(m, p->arg[i], a->u.f))
            return false;
    }
    return true;
}

/* Node n is the op of p with its arguments. */
static bool match_node(Match *m, const Pat *p, const Node *n)
{
    const Match before = *m;

    if (inverse_of(p->op))
        return match_split(m, (Part){ p, (1U << p->n) - 1 }, n);
    if (n->op != p->op || n->act.op)
        return false;
    if (match_args(m, p, n, false))
        return true;
    *m = before;
    return (op_info[n->op].flags & COMMUTES) && match_args(m, p, n, true);
}

/* Value v is what p says.  As deep as the pattern, whatever the graph. */
static bool match_value(Match *m, const Pat *p, ValueId v)
{
    const Node *n;
    double x;

    switch (p->kind) {
    case PAT_OP:
        n = enter(m, v);
        return n && match_node(m, p, n);
    case PAT_VAR:
        return match_var(m, p, v);
    case PAT_NUMBER: case PAT_CAPTURE:
        return ir_scalar(m->g, v, &x) && match_number(m, p, x);
    case PAT_WORD:
        break;
    }
    return false;
}

/* ---- the whole ---- */

static uint32_t reads(const Node *n, ValueId v)
{
    uint32_t count = 0;

    for (uint32_t k = 0; k < n->n_in; k++)
        count += n->in[k].id == v.id;
    return count;
}

/* What the inner nodes compute is read within the match only. */
static bool closed(const Match *m)
{
    for (uint32_t i = 0; i < m->n_inner; i++) {
        ValueId v = ir_node(m->g, m->inner[i])->out[0];
        uint32_t count = reads(ir_node(m->g, m->root), v);

        for (uint32_t k = 0; k < m->n_inner; k++)
            count += reads(ir_node(m->g, m->inner[k]), v);
        if (count != m->use[v.id])
            return false;
    }
    return true;
}

bool pattern_may_match(const Pat *p, const Node *n)
{
    return n->op && (n->op == p->op || n->op == inverse_of(p->op));
}

bool pattern_match(const Pat *p, const Graph *g, const uint32_t *use, NodeId root, Match *m)
{
    *m = (Match){ .g = g, .use = use, .root = root };
    return match_node(m, p, ir_node(g, root)) && closed(m);
}
