/* SPDX-License-Identifier: Apache-2.0 */
/* plan_print: the memory plan as a table.
 *
 *         bytes    offset  nodes    buffer
 *        602112   input 0           x     f32 (1,3,224,224)
 *       1605632         0   1..3    stem  f32 (1,32,112,112)  until pw1
 *       1605632         0   2..3    relu  f32 (1,32,112,112)  shares stem  until pw1
 *
 * and below the totals what is computed together:
 *
 *     nodes 2..4, stem to pw1, by bands of rows: 2880 bytes of rings instead of 72000
 *       where the shares of two threads meet, 24192 of 451584 mult-adds are done by both
 *
 * In: a plan with offsets.  Names are the model's and may be anything: they are escaped.
 */
#include "ir/band.h"
#include "ir/count.h"
#include "ir/plan_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the picture needs too ---- */

/* A buffer, with the first node that needs it. */
typedef struct Ranked { uint32_t first, owner; } Ranked;

/* A total order, so that qsort, which is not stable, gives the same rows everywhere. */
static int by_first(const void *x, const void *y)
{
    const Ranked *a = x, *b = y;

    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return a->owner < b->owner ? -1 : a->owner > b->owner;
}

/* r->owner: the values with a buffer in the arena, in the order in which they are needed. */
static void list_owners(PlanRows *r)
{
    Ranked *list = arena_new_n(r->arena, Ranked, r->g->n_value);

    for (uint32_t i = 1; i < r->g->n_value; i++)
        if (r->p->slot[i].bytes)
            list[r->n++] = (Ranked){ r->p->slot[i].first, i };
    if (r->n)
        qsort(list, r->n, sizeof *list, by_first);
    r->owner = arena_new_n(r->arena, uint32_t, r->n);
    for (uint32_t i = 0; i < r->n; i++)
        r->owner[i] = list[i].owner;
}

/* A buffer that lies in another's is counted with that one, which lives as long as both. */
static void count_alive(PlanRows *r)
{
    int64_t now = 0;

    r->alive = arena_new_n(r->arena, int64_t, r->g->n_node + 1);
    for (uint32_t i = 0; i < r->n; i++) {
        const Slot *s = &r->p->slot[r->owner[i]];
        if (s->shares.id)
            continue;
        r->alive[s->first] += s->bytes;
        r->alive[s->last + 1] -= s->bytes;
    }
    for (uint32_t i = 1; i < r->g->n_node; i++) {
        now = r->alive[i] += now;
        if (now > r->alive[r->peak])
            r->peak = i;
    }
}

/* Everything about a plan that both the table and the picture show; made once, read by both. */
PlanRows plan_rows(const Graph *g, const Plan *p)
{
    PlanRows r = { .arena = g->arena, .g = g, .p = p };

    list_owners(&r);
    count_alive(&r);
    r.views = arena_new_n(r.arena, uint32_t, g->n_value);
    for (uint32_t i = 1; i < g->n_value; i++)
        if (p->place[i].kind != PLACE_NONE && p->place[i].owner.id != i)
            r.views[p->place[i].owner.id]++;
    return r;
}

/* A node is called by its first result.  Node 0 is before all nodes. */
const char *plan_node_name(const Graph *g, uint32_t i)
{
    return i ? ir_val(g, g->node[i].out[0])->name : "";
}

/* Three significant digits at most, without trailing zeros: 1.5 MiB, 588 KiB.  Integers only,
 * so that no rounding depends on the machine. */
const char *plan_bytes(Arena *a, int64_t bytes)
{
    static const char *const unit[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    int64_t whole = bytes, rest = 0, cents;
    int k = 0;

    for (; whole >= 1024; k++) {
        rest = whole % 1024;
        whole /= 1024;
    }
    cents = whole * 100 + (rest * 100 + 512) / 1024;
    if (cents >= 10000 || cents % 100 == 0)
        return arena_printf(a, "%" PRId64 " %s", (cents + 50) / 100, unit[k]);
    if (cents >= 1000 || cents % 10 == 0)
        return arena_printf(a, "%" PRId64 ".%" PRId64 " %s", (cents + 5) / 100,
                            (cents + 5) / 10 % 10, unit[k]);
    return arena_printf(a, "%" PRId64 ".%02" PRId64 " %s", cents / 100, cents % 100, unit[k]);
}

/* ---- the table ---- */

/* In characters. */
typedef struct Widths {
    int number, name, shape;
} Widths;

/* The larger of width and n, but no more than most. */
static int wider(int width, size_t n, int most)
{
    return n > (size_t)width ? (n < (size_t)most ? (int)n : most) : width;
}

/* Views have no row of their own: they are counted with their buffer. */
static bool is_row(const Plan *p, uint32_t i)
{
    const Place *place = &p->place[i];

    return place->kind == PLACE_ARENA ? p->slot[i].bytes != 0
         : (place->kind == PLACE_INPUT || place->kind == PLACE_OUTPUT) && place->owner.id == i;
}

static Widths find_widths(const PlanRows *r)
{
    enum { LONGEST = 40 };             /* a longer name pushes its own line only */
    Widths w = { .number = 9 };

    w.number = wider(w.number, strlen(arena_printf(r->arena, "%" PRId64, r->p->naive_bytes)), 20);
    for (uint32_t i = 1; i < r->g->n_value; i++) {
        const Value *v = &r->g->value[i];
        if (!is_row(r->p, i))
            continue;
        w.name = wider(w.name, strlen(diag_quote(r->arena, v->name)), LONGEST);
        w.shape = wider(w.shape, strlen(shape_text(r->arena, &v->shape)), LONGEST);
    }
    return w;
}

static const char *quoted(const PlanRows *r, Sym name)
{
    return diag_quote(r->arena, name);
}

/* "shares stem  until pw1  (2 views)" */
static const char *notes(const PlanRows *r, uint32_t id)
{
    const Slot *s = &r->p->slot[id];
    Buf b;

    buf_init(&b, r->arena);
    if (s->bytes && s->shares.id)
        buf_printf(&b, "  shares %s", quoted(r, ir_val(r->g, s->shares)->name));
    if (r->p->place[id].ring)
        buf_printf(&b, "  a ring of %" PRId64 " rows", r->p->place[id].ring);
    if (s->bytes)
        buf_printf(&b, "  until %s", quoted(r, plan_node_name(r->g, s->last)));
    if (r->views[id])
        buf_printf(&b, "  (%u view%s)", r->views[id], r->views[id] == 1 ? "" : "s");
    return b.p;
}

/* where: the offset in the arena, or "input 0". */
static void put_row(const PlanRows *r, const Widths *w, uint32_t id, const char *where, Buf *out)
{
    const Value *v = &r->g->value[id];
    const Slot *s = &r->p->slot[id];
    int64_t bytes = shape_count(&v->shape) * (int64_t)dtype_info[v->dtype].size;
    const char *more = notes(r, id);

    buf_printf(out, "%*" PRId64 "  %*s  %-11s  %-*s  %-4s %-*s%s\n", w->number,
               s->bytes ? s->bytes : bytes, w->number, where,
               s->bytes ? arena_printf(r->arena, "%u..%u", s->first, s->last) : "",
               w->name, quoted(r, v->name), dtype_info[v->dtype].name, *more ? w->shape : 0,
               shape_text(r->arena, &v->shape), more);
}

/* The buffers that the caller brings. */
static void put_outside(const PlanRows *r, const Widths *w, PlaceKind kind, Buf *out)
{
    for (uint32_t i = 1; i < r->g->n_value; i++) {
        const Place *p = &r->p->place[i];
        if (p->kind == kind && p->owner.id == i)
            put_row(r, w, i, arena_printf(r->arena, "%s %u",
                                          kind == PLACE_INPUT ? "input" : "output", p->index), out);
    }
}

/* why: what is said behind the number, or nothing. */
static void put_total(const PlanRows *r, const char *what, int64_t bytes, const char *why, Buf *out)
{
    buf_printf(out, "%-14s  %12" PRId64 "  %s%s\n", what, bytes, plan_bytes(r->arena, bytes), why);
}

/* What a band saves in memory, and what it costs in time when there are several threads. */
static void put_band(const PlanRows *r, const Band *b, Buf *out)
{
    int64_t whole = 0, rings = 0, macs = 0;

    for (uint32_t i = b->first; i <= b->last; i++) {
        ValueId y = r->g->node[i].out[0];
        macs += count_macs(r->g, &r->g->node[i]);
        if (i == b->last)
            break;
        rings += r->p->slot[y.id].bytes;
        whole += shape_count(&ir_val(r->g, y)->shape)
               * (int64_t)dtype_info[ir_val(r->g, y)->dtype].size;
    }
    buf_printf(out, "nodes %u..%u, %s to %s, by bands of rows: %" PRId64
               " bytes of rings instead of %" PRId64 "\n", b->first, b->last,
               quoted(r, plan_node_name(r->g, b->first)), quoted(r, plan_node_name(r->g, b->last)),
               rings, whole);
    buf_printf(out, "  where the shares of two threads meet, %" PRId64 " of %" PRId64
               " mult-adds are done by both\n", band_again(r->g, b), macs);
}

void plan_print(const Graph *g, const Plan *p, Buf *out)
{
    PlanRows r = plan_rows(g, p);
    Widths w = find_widths(&r);

    buf_printf(out, "memory plan of %s: %u nodes, %u buffers\n\n%*s  %*s  %-11s  %s\n",
               quoted(&r, g->name), g->n_node - 1, r.n, w.number, "bytes", w.number, "offset",
               "nodes", "buffer");
    put_outside(&r, &w, PLACE_INPUT, out);
    for (uint32_t i = 0; i < r.n; i++)
        put_row(&r, &w, r.owner[i],
                arena_printf(r.arena, "%" PRId64, p->slot[r.owner[i]].offset), out);
    put_outside(&r, &w, PLACE_OUTPUT, out);
    buf_char(out, '\n');
    put_total(&r, "arena", p->arena_bytes, "", out);
    put_total(&r, "least possible", p->least_bytes, r.peak
              ? arena_printf(r.arena, ": what node %u, %s, needs", r.peak,
                             quoted(&r, plan_node_name(g, r.peak))) : "", out);
    put_total(&r, "side by side", p->naive_bytes, "", out);
    for (uint32_t i = 0; i < p->n_band; i++)
        put_band(&r, &p->band[i], out);
}
