/* SPDX-License-Identifier: Apache-2.0 */
/* plan_memory: buffers to offsets in one arena.
 *
 * A buffer lives from the first node that writes into it to the last that reads it.  Where a node
 * may work in place and its operand dies there, result and operand share a buffer.  Then each
 * buffer, the largest first (Pisarchyk and Lee, Efficient memory management for deep neural net
 * inference, 2020: "greedy by size"), goes to the lowest gap that fits among those that live at
 * the same time; in the order of time as well, and the better of the two plans stays.
 *
 * needs SORTED, LAYOUT.  Two buffers alive at the same node never overlap.
 */
#include "passes/memory.h"
#include "passes/pass.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64, MANY_SLOTS = 8192 };      /* above that the quadratic order is left out */

typedef struct Memory {
    const Graph *g;
    Plan *p;
    Arena *a;
    uint32_t *owner, n_owner;      /* ids of owners that have a slot of their own */
} Memory;

static int64_t round_up(int64_t n)
{
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

/* From the first element to behind the last. */
static int64_t extent(const Shape *s, const int64_t *stride)
{
    int64_t n = shape_count(s) ? 1 : 0;

    for (uint32_t d = 0; n && d < s->rank; d++)
        n += (s->dim[d] - 1) * stride[d];
    return n;
}

/* Of what is kept of it: a ring of few rows for each thread, all, or all in several parts. */
static int64_t slot_bytes(const Memory *m, ValueId owner)
{
    const Place *p = &m->p->place[owner.id];
    const Value *own = ir_val(m->g, owner);
    int64_t size = (int64_t)plan_type(m->g, own->dtype)->size;
    int64_t n = size * (p->format == FORMAT_PANELS ? plan_panels_count(&own->shape)
                                                    : extent(&own->shape, p->stride));

    if (own->producer.id && p->format != FORMAT_PANELS)
        n *= plan_sum_parts(m->g, m->p, ir_node(m->g, own->producer));
    return p->ring ? m->p->parts * round_up(p->ring * p->stride[2] * size) : round_up(n ? n : 1);
}

static void touch(Memory *m, ValueId v, uint32_t node)
{
    const Place *p = &m->p->place[v.id];
    const Band *band = plan_band(m->p, node);
    Slot *s = &m->p->slot[p->owner.id];

    if (!v.id || p->kind != PLACE_ARENA)
        return;
    if (!s->bytes) {
        s->bytes = slot_bytes(m, p->owner);
        s->first = band ? band->first : node;
    }
    s->last = band ? band->last : node;
}

static void find_lifetimes(Memory *m)
{
    for (uint32_t i = 1; i < m->g->n_node; i++) {
        const Node *n = &m->g->node[i];
        for (uint32_t k = 0; n->op && k < n->n_in; k++)
            touch(m, n->in[k], i);
        for (uint32_t k = 0; n->op && k < n->n_out; k++)
            touch(m, n->out[k], i);
        if (m->p->winograd && m->p->winograd[i].tiles)
            touch(m, m->p->winograd[i].work, i);
    }
}

/* ---- in place ---- */

/* May the node's result overwrite operand k, element by element? */
static bool may_overwrite(const Node *n, uint32_t k)
{
    if (op_info[n->op].flags & (UNARY | BINARY) || n->op == OP_batch_norm || n->op == OP_where
        || n->op == OP_bn_apply || n->op == OP_act_grad || n->op == OP_bn_grad)
        return true;
    return n->op == OP_conv && k == 3;        /* the residual is read where the result goes */
}

static bool same_buffer_shape(const Memory *m, ValueId x, ValueId y)
{
    const Value *a = ir_val(m->g, x), *b = ir_val(m->g, y);
    const Place *p = &m->p->place[x.id], *q = &m->p->place[y.id];

    return shape_equal(&a->shape, &b->shape) && p->owner.id == x.id && q->owner.id == y.id
        && plan_type(m->g, a->dtype)->size == plan_type(m->g, b->dtype)->size
        && p->format == q->format && plan_same_strides(&a->shape, p->stride, q->stride);
}

static ValueId root(const Plan *p, ValueId v)
{
    while (p->slot[v.id].shares.id)
        v = p->slot[v.id].shares;
    return v;
}

/* Another operand in the same buffer at other places would be read after it was overwritten. */
static bool others_read(const Memory *m, const Node *n, uint32_t k)
{
    const Place *p = &m->p->place[n->in[k].id];

    for (uint32_t i = 0; i < n->n_in; i++) {
        const Place *q = &m->p->place[n->in[i].id];
        if (i != k && n->in[i].id && n->in[i].id != n->in[k].id && q->kind == PLACE_ARENA
            && root(m->p, q->owner).id == root(m->p, p->owner).id)
            return true;
        if (i != k && n->in[i].id == n->in[k].id && !may_overwrite(n, i))
            return true;
    }
    return false;
}

static void try_in_place(Memory *m, const Node *n, uint32_t node)
{
    ValueId y = n->out[0];

    if (plan_is_view(m->p, n) || m->p->place[y.id].kind != PLACE_ARENA)
        return;
    for (uint32_t k = 0; k < n->n_in; k++) {
        ValueId x = n->in[k], r;
        if (!x.id || !may_overwrite(n, k) || m->p->place[x.id].kind != PLACE_ARENA
            || !same_buffer_shape(m, x, y) || others_read(m, n, k)
            || m->p->slot[y.id].first != node)
            continue;
        r = root(m->p, x);
        if (m->p->slot[r.id].last != node)
            continue;
        m->p->slot[r.id].last = m->p->slot[y.id].last;
        m->p->slot[y.id].shares = r;
        return;
    }
}

/* ---- offsets ---- */

/* Buffers that have a place, in the order of their offsets. */
typedef struct Busy {
    int64_t from, to;
    uint32_t first, last;      /* node */
} Busy;

/* The gap that s fits with the least left over, the lowest of equal ones, among those of the busy
 * that live when s does. */
static int64_t best_gap(const Busy *busy, uint32_t n, const Slot *s)
{
    int64_t end = 0, best = -1, least = INT64_MAX;

    for (uint32_t i = 0; i < n; i++) {
        int64_t gap = busy[i].from - end;
        if (busy[i].first > s->last || s->first > busy[i].last)
            continue;
        if (gap >= s->bytes && gap < least) {
            least = gap;
            best = end;
        }
        end = busy[i].to > end ? busy[i].to : end;
    }
    return best >= 0 ? best : end;
}

static uint32_t insert(Busy *busy, uint32_t n, Busy b)
{
    uint32_t i = n;

    for (; i > 0 && busy[i - 1].from > b.from; i--)
        busy[i] = busy[i - 1];
    busy[i] = b;
    return n + 1;
}

static uint32_t drop_ended(Busy *busy, uint32_t n, uint32_t node)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++)
        if (busy[i].last >= node)
            busy[kept++] = busy[i];
    return kept;
}

/* Places the owners in the given order; returns the arena's size.  In the order of time only what
 * is alive has to be looked at. */
static int64_t assign(Memory *m, const uint32_t *order, bool by_time, int64_t *offset)
{
    Busy *busy = arena_new_n(m->a, Busy, m->n_owner);
    int64_t top = 0;
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n_owner; i++) {
        const Slot *s = &m->p->slot[order[i]];
        int64_t at, end;
        if (by_time)
            n = drop_ended(busy, n, s->first);
        at = offset[order[i]] = best_gap(busy, n, s);
        end = at + s->bytes;
        n = insert(busy, n, (Busy){ at, end, s->first, s->last });
        top = end > top ? end : top;
    }
    return top;
}

typedef struct Ranked { int64_t key; uint32_t owner; } Ranked;

static int by_key(const void *x, const void *y)
{
    const Ranked *a = x, *b = y;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->owner < b->owner ? -1 : a->owner > b->owner;
}

static uint32_t *ranked(Memory *m, bool by_size)
{
    Ranked *r = arena_new_n(m->a, Ranked, m->n_owner);
    uint32_t *order = arena_new_n(m->a, uint32_t, m->n_owner);

    for (uint32_t i = 0; i < m->n_owner; i++) {
        const Slot *s = &m->p->slot[m->owner[i]];
        r[i] = (Ranked){ by_size ? -s->bytes : (int64_t)s->first, m->owner[i] };
    }
    if (m->n_owner)
        qsort(r, m->n_owner, sizeof *r, by_key);
    for (uint32_t i = 0; i < m->n_owner; i++)
        order[i] = r[i].owner;
    return order;
}

static void choose_offsets(Memory *m)
{
    int64_t *size_offset = arena_new_n(m->a, int64_t, m->g->n_value), *best = size_offset;
    int64_t *time_offset = arena_new_n(m->a, int64_t, m->g->n_value);
    int64_t by_size = INT64_MAX, by_time = assign(m, ranked(m, false), true, time_offset);

    if (m->n_owner <= MANY_SLOTS)
        by_size = assign(m, ranked(m, true), false, size_offset);
    if (by_time < by_size)
        best = time_offset;
    m->p->arena_bytes = by_time < by_size ? by_time : by_size;
    for (uint32_t i = 0; i < m->n_owner; i++)
        m->p->slot[m->owner[i]].offset = best[m->owner[i]];
}

/* ---- figures for the report ---- */

static void find_bounds(Memory *m)
{
    int64_t *change = arena_new_n(m->a, int64_t, m->g->n_node + 1), alive = 0;

    for (uint32_t i = 0; i < m->n_owner; i++) {
        const Slot *s = &m->p->slot[m->owner[i]];
        m->p->naive_bytes += s->bytes;
        change[s->first] += s->bytes;
        change[s->last + 1] -= s->bytes;
    }
    for (uint32_t i = 1; i < m->g->n_node; i++) {
        alive += change[i];
        if (alive > m->p->least_bytes)
            m->p->least_bytes = alive;
    }
}

void memory_plan(const Graph *g, Plan *p)
{
    Memory m = { .g = g, .p = p, .a = g->arena };

    m.p->slot = arena_new_n(m.a, Slot, m.g->n_value);
    m.p->naive_bytes = m.p->least_bytes = 0;
    find_lifetimes(&m);
    for (uint32_t i = 1; i < m.g->n_node; i++)
        if (m.g->node[i].op)
            try_in_place(&m, &m.g->node[i], i);
    m.owner = arena_new_n(m.a, uint32_t, m.g->n_value);
    for (uint32_t i = 1; i < m.g->n_value; i++)
        if (m.p->slot[i].bytes && !m.p->slot[i].shares.id)
            m.owner[m.n_owner++] = i;
    choose_offsets(&m);
    find_bounds(&m);
    for (uint32_t i = 1; i < m.g->n_value; i++)
        if (m.p->slot[i].shares.id)
            m.p->slot[i].offset = m.p->slot[root(m.p, (ValueId){ i }).id].offset;
}

/* The limit holds for every level of optimisation; only fuse_block can do something about it.
 * A net that trains has several programs and a state, which are limited together elsewhere. */
bool pass_plan_memory(Job *job)
{
    int64_t most = job->state ? 0 : job->options->max_ram;

    memory_plan(job->g, job->plan);
    job->too_large = most && job->plan->arena_bytes > most;
    if (job->too_large)
        diag_error(job->d, (Pos){ 0 }, "the smallest arena found takes %" PRId64
                   " bytes, more than the %" PRId64 " that are allowed", job->plan->arena_bytes,
                   most);
    return !job->too_large;
}
