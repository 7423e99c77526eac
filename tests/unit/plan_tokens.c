/* SPDX-License-Identifier: Apache-2.0 */
/* plan_tokens: what each op does to tokens. */
#include "plan_machine.h"

#include <string.h>

typedef int64_t Index[IR_MAX_RANK];

static Token mix(Token a, Token b)
{
    Token z = a * 0x9e3779b97f4a7c15u + b + 0x632be59bd9b4e019u;

    z = (z ^ z >> 29) * 0xbf58476d1ce4e5b9u;
    return z ^ z >> 32;
}

/* The index of element i of a row-major tensor, and back. */
static void unravel(const Shape *s, int64_t i, Index out)
{
    for (uint32_t d = s->rank; d-- > 0; i /= s->dim[d])
        out[d] = i % s->dim[d];
}

static int64_t ravel(const Shape *s, const int64_t *at)
{
    int64_t i = 0;

    for (uint32_t d = 0; d < s->rank; d++)
        i = i * s->dim[d] + at[d];
    return i;
}

/* The element of shape x that meets index at of shape y when x is broadcast to y. */
static int64_t broadcast(const Shape *x, const Shape *y, const int64_t *at)
{
    Index from;

    for (uint32_t d = 0; d < x->rank; d++)
        from[d] = x->dim[d] == 1 ? 0 : at[y->rank - x->rank + d];
    return ravel(x, from);
}

/* ---- ops that move: where element at of result k comes from ---- */

typedef struct Source { uint32_t operand; int64_t element; } Source;

static Source from_concat(const Graph *g, const Node *n, Index at)
{
    int64_t axis = ir_int(n, A_axis);
    uint32_t k = 0;

    axis += axis < 0 ? ir_val(g, n->out[0])->shape.rank : 0;
    for (; at[axis] >= ir_val(g, n->in[k])->shape.dim[axis]; k++)
        at[axis] -= ir_val(g, n->in[k])->shape.dim[axis];
    return (Source){ k, ravel(&ir_val(g, n->in[k])->shape, at) };
}

static Source from_split(const Graph *g, const Node *n, uint32_t k, Index at)
{
    int64_t axis = ir_int(n, A_axis);

    axis += axis < 0 ? ir_val(g, n->in[0])->shape.rank : 0;
    for (uint32_t i = 0; i < k; i++)
        at[axis] += ir_val(g, n->out[i])->shape.dim[axis];
    return (Source){ 0, ravel(&ir_val(g, n->in[0])->shape, at) };
}

static Source from_transpose(const Graph *g, const Node *n, const int64_t *at)
{
    const int64_t *perm = ir_ints(n, A_perm, NULL);
    Index x;

    for (uint32_t d = 0; d < ir_val(g, n->out[0])->shape.rank; d++)
        x[perm[d]] = at[d];
    return (Source){ 0, ravel(&ir_val(g, n->in[0])->shape, x) };
}

static Source from_slice(const Graph *g, const Node *n, Index at)
{
    for (uint32_t d = 0; d < ir_val(g, n->out[0])->shape.rank; d++)
        at[d] = ir_ints(n, A_start, NULL)[d] + at[d] * ir_ints(n, A_step, NULL)[d];
    return (Source){ 0, ravel(&ir_val(g, n->in[0])->shape, at) };
}

static bool moves(Op op)
{
    return op == OP_concat || op == OP_split || op == OP_transpose || op == OP_slice
        || op == OP_expand || op == OP_reshape || op == OP_identity;
}

/* Element i of result k of a node that moves. */
static Source source(const Graph *g, const Node *n, uint32_t k, int64_t i)
{
    const Shape *y = &ir_val(g, n->out[k])->shape;
    Index at;

    unravel(y, i, at);
    switch (n->op) {
    case OP_concat: return from_concat(g, n, at);
    case OP_split: return from_split(g, n, k, at);
    case OP_transpose: return from_transpose(g, n, at);
    case OP_slice: return from_slice(g, n, at);
    case OP_expand: return (Source){ 0, broadcast(&ir_val(g, n->in[0])->shape, y, at) };
    default: return (Source){ 0, i };                              /* reshape, identity */
    }
}

/* ---- ops that compute ---- */

/* Nodes that differ in their op, attributes or activation compute different things. */
static Token node_token(const Node *n)
{
    Token t = mix(n->op, n->act.op);

    for (int i = 0; i < IR_MAX_ATTR && n->attr[i].name; i++) {
        const Attr *a = &n->attr[i];
        Token bits = 0;
        memcpy(&bits, &a->u, a->type == ATTR_INT || a->type == ATTR_FLOAT ? sizeof bits : 0);
        t = mix(t, bits);
        for (uint32_t k = 0; a->type == ATTR_INTS && k < a->n; k++)
            t = mix(t, (Token)a->u.ints[k]);
        for (size_t k = 0; a->type == ATTR_WORD && a->u.word[k]; k++)
            t = mix(t, (unsigned char)a->u.word[k]);
    }
    return t;
}

static bool elementwise(Op op)
{
    return op_info[op].flags & (UNARY | BINARY) || op == OP_where;
}

static Token combine(const Graph *g, const Node *n, int64_t i, Token *const *all)
{
    const Shape *y = &ir_val(g, n->out[0])->shape;
    Token t = node_token(n);
    Index at;

    unravel(y, i, at);
    for (uint32_t k = 0; k < n->n_in; k++)
        t = mix(t, all[n->in[k].id][broadcast(&ir_val(g, n->in[k])->shape, y, at)]);
    return t;
}

/* Everything that goes in, for ops of which each result depends on many operands' elements. */
static Token whole(const Graph *g, const Node *n, Token *const *all)
{
    Token t = node_token(n);

    for (uint32_t k = 0; k < n->n_in; k++)
        for (int64_t i = 0; n->in[k].id && i < shape_count(&ir_val(g, n->in[k])->shape); i++)
            t = mix(t, all[n->in[k].id][i]);
    return t;
}

static void compute(const Graph *g, const Node *n, Token **all, Arena *a)
{
    Token base = moves(n->op) || elementwise(n->op) ? 0 : whole(g, n, all);

    for (uint32_t k = 0; k < n->n_out; k++) {
        int64_t count = shape_count(&ir_val(g, n->out[k])->shape);
        Token *t = all[n->out[k].id] = arena_new_n(a, Token, (size_t)count);
        for (int64_t i = 0; i < count; i++) {
            if (moves(n->op)) {
                Source s = source(g, n, k, i);
                t[i] = all[n->in[s.operand].id][s.element];
            } else {
                t[i] = elementwise(n->op) ? combine(g, n, i, all) : mix(base, (Token)i);
            }
        }
    }
}

Token **tokens_ideal(const Graph *g, Arena *a)
{
    Token **all = arena_new_n(a, Token *, g->n_value);

    for (uint32_t v = 1; v < g->n_value; v++) {
        const Value *val = &g->value[v];
        int64_t count = shape_count(&val->shape);
        if (val->kind == VAL_TEMP)
            continue;
        all[v] = arena_new_n(a, Token, (size_t)count);
        for (int64_t i = 0; i < count; i++)
            all[v][i] = mix(val->data ? (Token)(uintptr_t)val->data : v, (Token)i);
    }
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op)
            compute(g, &g->node[i], all, a);
    return all;
}

/* ---- for the machine ---- */

bool tokens_may_meet(const Graph *g, const Node *n, uint32_t k, int64_t i, int64_t j)
{
    bool alike = shape_equal(&ir_val(g, n->in[k])->shape, &ir_val(g, n->out[0])->shape);
    Source s;

    if (moves(n->op) && n->n_out == 1) {
        s = source(g, n, 0, j);
        return n->in[s.operand].id == n->in[k].id && s.element == i;
    }
    if (elementwise(n->op) || (n->op == OP_batch_norm && k == 0)
        || ((n->op == OP_conv || n->op == OP_dense) && k == 3))
        return alike && i == j;
    return false;
}
