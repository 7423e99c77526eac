/* SPDX-License-Identifier: Apache-2.0 */
/* cse: equal nodes are computed once, equal constants are kept once.
 *
 * Two nodes are equal when op, operands, attributes and activation are; the operands of an op that
 * commutes in either order.  Two constants are equal when kind, type, shape and bytes are.  Every
 * op is a function of its operands; none has an effect or a state.
 *
 * needs SORTED: in the order of the sweep equal operands have become the same value before their
 * readers are compared.  breaks SORTED (leaves gaps).
 */
#include "passes/pass.h"
#include "passes/rewrite.h"

#include <string.h>
#include <xxhash.h>

/* Linear probing; a slot holds an id, 0: free.  Sized once, to at most half full. */
typedef struct Table {
    uint32_t *slot;
    uint64_t mask;
} Table;

static Table table_for(Arena *a, uint32_t n)
{
    uint64_t size = 16;

    while (size < 2 * (uint64_t)n)
        size *= 2;
    return (Table){ arena_new_n(a, uint32_t, size), size - 1 };
}

/* One step of a hash of 64-bit words: a multiplication by an odd constant (the golden ratio's bits)
 * carries every bit upwards, the shift brings the high ones back down. */
static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9E3779B97F4A7C15U;
    return h ^ h >> 32;
}

/* ---- constants ---- */

/* Shapes are limited so that this fits in size_t (graph.h). */
static size_t bytes_of(const Value *v)
{
    return (size_t)shape_count(&v->shape) * dtype_info[v->dtype].size;
}

static uint64_t hash_const(const Value *v)
{
    return mix(XXH3_64bits(v->data, bytes_of(v)), (uint64_t)v->dtype << 8 | v->kind);
}

/* By bytes, so that 0 and -0 are two constants and a NaN equals itself. */
static bool same_const(const Value *a, const Value *b)
{
    return a->dtype == b->dtype && a->kind == b->kind && shape_equal(&a->shape, &b->shape)
        && !memcmp(a->data, b->data, bytes_of(a));
}

/* Outputs of the graph stay values of their own, here as everywhere. */
static void merge_constants(Forward *f)
{
    Graph *g = f->g;
    Table t = table_for(g->arena, g->n_value);

    for (uint32_t i = 1; i < g->n_value; i++) {
        uint64_t at;
        if (!g->value[i].data || f->output[i])
            continue;
        at = hash_const(&g->value[i]) & t.mask;
        while (t.slot[at] && !same_const(&g->value[t.slot[at]], &g->value[i]))
            at = (at + 1) & t.mask;
        if (t.slot[at])
            f->to[i].id = t.slot[at];
        else
            t.slot[at] = i;
    }
}

/* ---- nodes ---- */

/* The bits, not the value: what differs must not be equal. */
static uint64_t hash_double(uint64_t h, double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return mix(h, bits);
}

static uint64_t hash_attr(uint64_t h, const Attr *a)
{
    switch (a->type) {
    case ATTR_INT: return mix(h, (uint64_t)a->u.i);
    case ATTR_FLOAT: return hash_double(h, a->u.f);
    case ATTR_WORD: return mix(h, (uintptr_t)a->u.word);     /* interned */
    case ATTR_INTS:
        for (uint32_t i = 0; i < a->n; i++)
            h = mix(h, (uint64_t)a->u.ints[i]);
        return mix(h, a->n);
    case ATTR_NONE: break;
    }
    return h;
}

static bool same_attr(const Attr *a, const Attr *b)
{
    switch (a->type) {
    case ATTR_INT: return a->u.i == b->u.i;
    case ATTR_FLOAT: return !memcmp(&a->u.f, &b->u.f, sizeof a->u.f);
    case ATTR_WORD: return a->u.word == b->u.word;
    case ATTR_INTS:
        return a->n == b->n && (!a->n || !memcmp(a->u.ints, b->u.ints, a->n * sizeof *a->u.ints));
    case ATTR_NONE: break;
    }
    return true;
}

/* The lower id first, where the order does not matter. */
static bool swapped(const Node *n)
{
    return (op_info[n->op].flags & COMMUTES) && n->n_in == 2 && n->in[0].id > n->in[1].id;
}

/* Whatever same_node compares goes in; where it stands in the file does not. */
static uint64_t hash_node(const Node *n)
{
    uint64_t h = mix(n->op, n->n_in | (uint64_t)n->n_out << 32);

    for (uint32_t k = 0; k < n->n_in; k++)
        h = mix(h, n->in[swapped(n) ? 1 - k : k].id);
    for (int k = 0; k < IR_MAX_ATTR && n->attr[k].name; k++)
        h = hash_attr(h, &n->attr[k]);
    h = mix(h, n->act.op);
    return hash_double(hash_double(h, (double)n->act.a), (double)n->act.b);
}

static bool same_node(const Node *a, const Node *b)
{
    if (a->op != b->op || a->n_in != b->n_in || a->n_out != b->n_out || a->act.op != b->act.op
        || a->act.a != b->act.a || a->act.b != b->act.b)
        return false;
    for (uint32_t k = 0; k < a->n_in; k++)
        if (a->in[swapped(a) ? 1 - k : k].id != b->in[swapped(b) ? 1 - k : k].id)
            return false;
    for (int k = 0; k < IR_MAX_ATTR && a->attr[k].name; k++)
        if (!same_attr(&a->attr[k], &b->attr[k]))
            return false;
    return true;
}

/* Node id equals the earlier one.  With several results it only goes when none is an output. */
static void merge_nodes(Forward *f, NodeId id, const Node *earlier)
{
    Node *n = ir_node(f->g, id);

    if (n->n_out == 1) {
        forward_result(f, id, earlier->out[0]);
        return;
    }
    for (uint32_t k = 0; k < n->n_out; k++)
        if (f->output[n->out[k].id])
            return;
    for (uint32_t k = 0; k < n->n_out; k++)
        f->to[n->out[k].id] = earlier->out[k];
    ir_delete(f->g, id);
}

bool pass_cse(Job *job)
{
    Graph *g = job->g;
    Table t = table_for(g->arena, g->n_node);
    Forward f;

    forward_init(&f, g);
    merge_constants(&f);
    for (uint32_t i = 1; i < g->n_node; i++) {
        Node *n = ir_node(g, (NodeId){ i });
        uint64_t at;

        if (!n->op)
            continue;
        forward_operands(&f, n);
        at = hash_node(n) & t.mask;
        while (t.slot[at] && !same_node(&g->node[t.slot[at]], n))
            at = (at + 1) & t.mask;
        if (t.slot[at])
            merge_nodes(&f, (NodeId){ i }, &g->node[t.slot[at]]);
        else
            t.slot[at] = i;
    }
    forward_finish(&f);
    return true;
}
