/* SPDX-License-Identifier: Apache-2.0 */
/* plan_machine: see the header.
 *
 * Each buffer that the plan knows is an array with a cell per byte: an element of four bytes fills
 * four cells with its token and the number of the byte, so that a partial overlap shows as well.
 */
#include "plan_machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct Space {
    Token *cell;             /* [bytes] */
    uint32_t *writer;        /* [bytes]: 1 + the element that the node at hand writes there */
    int64_t bytes;
} Space;

typedef struct Machine {
    const Graph *g;
    const Plan *p;
    Arena *a;
    Token **ideal;
    Space arena, *input, *output, *weights;      /* weights by value */
    const char *wrong;                           /* the first thing that was */
} Machine;

typedef struct Address { Space *space; int64_t byte; } Address;

#define WRONG(m, ...) \
    ((m)->wrong = (m)->wrong ? (m)->wrong : arena_printf((m)->a, __VA_ARGS__))

static Space new_space(Arena *a, int64_t bytes)
{
    return (Space){ arena_new_n(a, Token, (size_t)bytes), arena_new_n(a, uint32_t, (size_t)bytes),
                    bytes };
}

static int64_t count(const Machine *m, ValueId v)
{
    return shape_count(&ir_val(m->g, v)->shape);
}

static int64_t size(const Machine *m, ValueId v)
{
    return (int64_t)dtype_info[ir_val(m->g, v)->dtype].size;
}

static Space *space_of(Machine *m, ValueId v)
{
    const Place *p = &m->p->place[v.id];

    switch (p->kind) {
    case PLACE_ARENA: return &m->arena;
    case PLACE_INPUT: return p->index < m->g->n_input ? &m->input[p->index] : NULL;
    case PLACE_OUTPUT: return p->index < m->g->n_output ? &m->output[p->index] : NULL;
    case PLACE_WEIGHTS: return &m->weights[p->owner.id];
    case PLACE_STATE: case PLACE_NONE: break;
    }
    return NULL;
}

/* Where element i of v lies, checked against its owner's buffer; space NULL when it is outside. */
static Address address(Machine *m, ValueId v, int64_t i)
{
    const Place *p = &m->p->place[v.id];
    const Shape *s = &ir_val(m->g, v)->shape;
    Address at = { space_of(m, v), 0 };
    int64_t element = p->offset;

    for (uint32_t d = s->rank; d-- > 0; i /= s->dim[d])
        element += i % s->dim[d] * p->stride[d];
    if (!at.space || element < 0 || element >= count(m, p->owner)
        || size(m, v) != size(m, p->owner))
        return (Address){ NULL, 0 };
    at.byte = element * size(m, v);
    if (p->kind == PLACE_ARENA) {
        const Slot *slot = &m->p->slot[p->owner.id];
        if (slot->offset % 64 || at.byte + size(m, v) > slot->bytes)
            return (Address){ NULL, 0 };
        at.byte += slot->offset;
    }
    return at.byte + size(m, v) <= at.space->bytes ? at : (Address){ NULL, 0 };
}

static Token cell_token(Token t, int64_t byte)
{
    return t + (Token)byte * 0x9e3779b97f4a7c15u;
}

static void store(Machine *m, ValueId v, int64_t i, Token t)
{
    Address at = address(m, v, i);

    for (int64_t b = 0; at.space && b < size(m, v); b++)
        at.space->cell[at.byte + b] = cell_token(t, b);
}

static bool holds(Machine *m, ValueId v, int64_t i, Token t)
{
    Address at = address(m, v, i);

    if (!at.space)
        return false;
    for (int64_t b = 0; b < size(m, v); b++)
        if (at.space->cell[at.byte + b] != cell_token(t, b))
            return false;
    return true;
}

/* ---- one node ---- */

static const char *label(const Machine *m, uint32_t i)
{
    const Node *n = &m->g->node[i];

    return arena_printf(m->a, "node %u (%s -> %s)", i, op_info[n->op].name,
                        ir_val(m->g, n->out[0])->name);
}

/* All elements of v are where the plan says, and nothing has run over them. */
static void expect(Machine *m, uint32_t node, ValueId v, const char *what)
{
    for (int64_t i = 0; v.id && i < count(m, v); i++)
        if (!holds(m, v, i, m->ideal[v.id][i])) {
            WRONG(m, "%s: element %" PRId64 " of %s %s is not there", label(m, node), i, what,
                  ir_val(m->g, v)->name);
            return;
        }
}

/* Marks what result r writes (element + 1), or takes the marks away (set = false). */
static void mark(Machine *m, uint32_t node, ValueId v, bool set)
{
    for (int64_t i = 0; i < count(m, v); i++) {
        Address at = address(m, v, i);
        if (!at.space) {
            WRONG(m, "%s: element %" PRId64 " of its result has no place", label(m, node), i);
            return;
        }
        for (int64_t b = at.byte; b < at.byte + size(m, v); b++) {
            if (set && at.space->writer[b])
                WRONG(m, "%s writes byte %" PRId64 " twice", label(m, node), b);
            at.space->writer[b] = set ? (uint32_t)i + 1 : 0;
        }
    }
}

/* An operand that lies where a result goes must be one that the op may overwrite. */
static void check_in_place(Machine *m, uint32_t node, uint32_t k)
{
    const Node *n = &m->g->node[node];
    ValueId x = n->in[k];

    for (int64_t i = 0; x.id && !m->wrong && i < count(m, x); i++) {
        Address at = address(m, x, i);
        for (int64_t b = at.byte; at.space && b < at.byte + size(m, x); b++) {
            int64_t j = (int64_t)at.space->writer[b] - 1;
            if (j >= 0 && (!tokens_may_meet(m->g, n, k, i, j)
                           || address(m, n->out[0], j).byte != at.byte))
                WRONG(m, "%s overwrites element %" PRId64 " of its operand %s by element %" PRId64,
                      label(m, node), i, ir_val(m->g, x)->name, j);
        }
    }
}

static void run_kernel(Machine *m, uint32_t node)
{
    const Node *n = &m->g->node[node];

    for (uint32_t k = 0; k < n->n_out; k++) {
        PlaceKind kind = m->p->place[n->out[k].id].kind;
        if (kind != PLACE_ARENA && kind != PLACE_OUTPUT)
            WRONG(m, "%s writes where nothing may be written", label(m, node));
        mark(m, node, n->out[k], true);
    }
    for (uint32_t k = 0; k < n->n_in; k++)
        check_in_place(m, node, k);
    for (uint32_t k = 0; k < n->n_out; k++) {
        mark(m, node, n->out[k], false);
        for (int64_t i = 0; i < count(m, n->out[k]); i++)
            store(m, n->out[k], i, m->ideal[n->out[k].id][i]);
    }
}

static void step(Machine *m, uint32_t node)
{
    const Node *n = &m->g->node[node];

    for (uint32_t k = 0; k < n->n_in; k++)
        expect(m, node, n->in[k], "operand");
    if (!plan_is_view(m->p, n))
        run_kernel(m, node);
    for (uint32_t k = 0; k < n->n_out; k++)
        expect(m, node, n->out[k], "result");
}

/* ---- the whole ---- */

/* The caller's inputs and the weights are there before the first node. */
static void load(Machine *m)
{
    m->arena = new_space(m->a, m->p->arena_bytes);
    m->input = arena_new_n(m->a, Space, m->g->n_input);
    m->output = arena_new_n(m->a, Space, m->g->n_output);
    m->weights = arena_new_n(m->a, Space, m->g->n_value);
    for (uint32_t i = 0; i < m->g->n_input; i++)
        m->input[i] = new_space(m->a, count(m, m->g->input[i]) * size(m, m->g->input[i]));
    for (uint32_t i = 0; i < m->g->n_output; i++)
        m->output[i] = new_space(m->a, count(m, m->g->output[i]) * size(m, m->g->output[i]));
    for (uint32_t v = 1; v < m->g->n_value; v++) {
        ValueId id = { v };
        if (m->g->value[v].data)
            m->weights[v] = new_space(m->a, count(m, id) * size(m, id));
        for (int64_t i = 0; m->g->value[v].kind != VAL_TEMP && i < count(m, id); i++)
            store(m, id, i, m->ideal[v][i]);
    }
}

/* The caller reads output number index row-major from the start of its buffer. */
static void check_output(Machine *m, uint32_t index, const Token *want)
{
    ValueId v = m->g->output[index];
    const Place *p = &m->p->place[v.id];

    if (p->kind != PLACE_OUTPUT || p->index != index)
        WRONG(m, "output %u is somewhere else", index);
    for (int64_t i = 0; !m->wrong && i < count(m, v); i++) {
        if (address(m, v, i).byte != i * size(m, v))
            WRONG(m, "output %u is not row-major", index);
        else if (!holds(m, v, i, want[i]))
            WRONG(m, "element %" PRId64 " of output %u is wrong", i, index);
    }
}

const char *machine_run(const Graph *g, const Plan *p, Token *const *want, Arena *a)
{
    Machine m = { .g = g, .p = p, .a = a, .ideal = tokens_ideal(g, a) };

    load(&m);
    for (uint32_t i = 1; i < g->n_node && !m.wrong; i++)
        if (g->node[i].op)
            step(&m, i);
    for (uint32_t i = 0; i < g->n_output && !m.wrong; i++)
        check_output(&m, i, want[i]);
    return m.wrong;
}
