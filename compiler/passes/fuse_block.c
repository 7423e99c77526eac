/* SPDX-License-Identifier: Apache-2.0 */
/* fuse_block: convolutions in a row are computed together, by bands of rows (plan.h: Band), where
 * that saves time, or memory if there is too little: an inverted residual's expanded tensor, six
 * times as large as what goes in and out, is then never whole (Sandler et al., MobileNetV2, 2018,
 * section 5.1; Lin et al., MCUNetV2, 2021, for longer chains).
 *
 * What a band gains is counted in bytes: of the results that are not written and read as a whole,
 * less the weights that pass by more often, because the pixels of one row go by between two passes
 * over them and not as many as suit the caches.  In these terms a band must gain LEAST_GAIN bytes;
 * the constants are measured on the layers of MobileNetV1 and V2 at 224x224: doc/kernels.md.
 *
 * The nodes are cut into bands and single nodes such that the sum of gains is the largest, by
 * dynamic programming over the cuts.  With a limit on the arena (max_ram) only those cuts count
 * during which no more than so many bytes are alive; the bound is lowered until the arena fits.
 *
 * needs SORTED, LIVE, LAYOUT; breaks MEMORY.  out: the plan's bands and rings.
 */
#include "ir/band.h"
#include "ir/count.h"
#include "passes/choose.h"
#include "passes/memory.h"
#include "passes/pass.h"

#include <string.h>

enum {
    LONGEST = 32,                    /* nodes in a band */
    BAND_BYTES = 64 * 1024,          /* of its widest result: rows at a time */
    FAST_BYTES = 1024 * 1024,        /* rings and weights that stay in a cache beside each other */
    LEAST_GAIN = 512 * 1024,
    CHOSEN_GAIN = 1 << 30,           /* more than a net's results together */
    MOST_PARTS = 8,                  /* threads that have rings of their own */
    LARGEST_KERNEL = 7, LARGEST_STRIDE = 8,
    /* as in the backend: pixels between two passes over the weights, and weights passed once */
    CHUNK_BYTES = 16 * 1024, HOT_BYTES = 512 * 1024, TILE = 14
};

/* By node: bytes that are alive at it, and those of them that are no more at the next. */
typedef struct Alive { int64_t *at, *ends; } Alive;

typedef struct Fuse {
    Job *job;
    const Graph *g;
    Plan *p;
    Arena *a;
    bool *joins;                /* by node: may follow the node before it in a band */
    uint32_t *last;             /* by value: the last node that reads it; UINT32_MAX: others do */
    const Slot *slot;           /* of the plan without bands */
    Alive single, band;         /* of that; and if nothing were done in place, as in bands */
    int64_t *best;              /* by node: the sum of gains up to it; INT64_MIN: does not fit */
    uint32_t *from;             /* by node: where the band that ends with it begins, in that sum */
    int64_t most;               /* bytes that may be alive */
    bool thin;                  /* memory counts, not time: bands of single rows */
    int64_t worst;              /* bytes alive at the worst of the chosen cuts */
} Fuse;

/* A band that may be, and what it costs. */
typedef struct Trial {
    Band band;
    int64_t rows[LONGEST], gain, alive;
} Trial;

/* ---- which nodes ---- */

static bool is_f32_image(const Fuse *f, ValueId v)
{
    const Value *val = ir_val(f->g, v);

    return val->dtype == DT_F32 && val->shape.rank == 4 && shape_count(&val->shape) > 0;
}

static bool is_known(const Fuse *f, ValueId v)
{
    return !v.id || (ir_is_const(f->g, v) && ir_val(f->g, v)->dtype == DT_F32
                     && f->p->place[v.id].kind == PLACE_WEIGHTS);
}

/* The kernels want channels side by side. */
static bool has_lanes(const Fuse *f, ValueId v)
{
    return f->p->place[v.id].stride[1] == 1 || ir_val(f->g, v)->shape.dim[1] == 1;
}

/* Kernels and strides of the usual sizes, undilated, and padding below the kernel's size: then
 * every tile of a row sees the image, as the backend's kernels want it. */
static bool has_plain_window(const Graph *g, const Node *n)
{
    const int64_t *kernel = &ir_val(g, n->in[1])->shape.dim[2], *pad = ir_ints(n, A_pad, NULL);

    for (int i = 0; i < 2; i++)
        if (ir_ints(n, A_dilation, NULL)[i] != 1 || ir_ints(n, A_stride, NULL)[i] > LARGEST_STRIDE
            || kernel[i] > LARGEST_KERNEL || kernel[i] < 1 || pad[i] >= kernel[i]
            || pad[i + 2] >= kernel[i])
            return false;
    return true;
}

/* Has it a kernel that makes some rows of its result? */
static bool is_by_rows(const Fuse *f, const Node *n)
{
    ValueId s = ir_in(n, 3);
    PlaceKind kind = s.id ? f->p->place[s.id].kind : PLACE_ARENA;

    return n->op == OP_conv && is_f32_image(f, n->in[0]) && is_f32_image(f, n->out[0])
        && is_known(f, n->in[1]) && is_known(f, ir_in(n, 2)) && has_lanes(f, n->out[0])
        && (!s.id || (has_lanes(f, s) && (kind == PLACE_ARENA || kind == PLACE_INPUT)
                      && shape_equal(&ir_val(f->g, s)->shape, &ir_val(f->g, n->out[0])->shape)))
        && has_plain_window(f->g, n);
}

/* last[]: a graph's output, or what others have a view into, must be whole. */
static void find_last_readers(Fuse *f)
{
    for (uint32_t i = 1; i < f->g->n_node; i++)
        for (uint32_t k = 0; f->g->node[i].op && k < f->g->node[i].n_in; k++)
            f->last[f->g->node[i].in[k].id] = i;
    for (uint32_t v = 1; v < f->g->n_value; v++)
        if (f->p->place[v].owner.id != v) {
            f->last[v] = UINT32_MAX;
            f->last[f->p->place[v].owner.id] = UINT32_MAX;
        }
    for (uint32_t i = 0; i < f->g->n_output; i++)
        f->last[f->g->output[i].id] = UINT32_MAX;
}

static void find_joins(Fuse *f)
{
    bool before = false;

    for (uint32_t i = 1; i < f->g->n_node; i++) {
        const Node *n = &f->g->node[i];
        bool now = is_by_rows(f, n) && !(f->p->winograd && f->p->winograd[i].tiles);
        f->joins[i] = now && before && n->in[0].id == n[-1].out[0].id
            && f->p->place[n->in[0].id].kind == PLACE_ARENA;
        before = now;
    }
}

/* ---- what a band costs ---- */

/* Bytes of weights that pass by more often when one row of pixels goes by at a time. */
static int64_t more_weights(const Graph *g, const Node *n)
{
    const Shape *y = &ir_val(g, n->out[0])->shape, *w = &ir_val(g, n->in[1])->shape;
    int64_t bytes = plan_size(g, n->in[1]), pixels = y->dim[0] * y->dim[2] * y->dim[3];
    int64_t chunk = CHUNK_BYTES / (4 * w->dim[1]), passes = y->dim[0] * y->dim[2];

    if (w->dim[2] * w->dim[3] != 1 || ir_int(n, A_group) != 1)
        return 0;
    chunk = bytes > HOT_BYTES ? pixels : chunk > TILE ? chunk : TILE;
    return passes > pixels / chunk ? bytes * (passes - pixels / chunk) : 0;
}

/* The last one makes so many rows at a time that none before it makes more than BAND_BYTES; those
 * make what is asked for; the first all that is missing, unless the next one makes the same.
 * chosen > 0: rows of the last one. */
static void choose_rows(const Fuse *f, Trial *t, int64_t chosen)
{
    uint32_t n = t->band.last - t->band.first + 1;
    int64_t most = BAND_BYTES, strides = 1, out = rows_of(f->g, &f->g->node[t->band.last]).out;
    Rows second = rows_of(f->g, &f->g->node[t->band.first + 1]);

    for (uint32_t i = t->band.last; i-- > t->band.first && strides <= BAND_BYTES;) {
        int64_t row = f->p->place[f->g->node[i].out[0].id].stride[2] * 4;
        strides *= rows_of(f->g, &f->g->node[i + 1]).stride;
        most = BAND_BYTES / (row * strides) < most ? BAND_BYTES / (row * strides) : most;
    }
    t->rows[n - 1] = chosen > 0 ? chosen : f->thin || most < 1 ? 1 : most;
    t->rows[n - 1] = t->rows[n - 1] < out ? t->rows[n - 1] : out;
    for (uint32_t k = n - 1; k-- > 0;) {
        Rows next = rows_of(f->g, &f->g->node[t->band.first + k + 1]);
        t->rows[k] = f->thin ? 1 : t->rows[k + 1] * next.stride;
        t->rows[k] = t->rows[k] < next.in ? t->rows[k] : next.in;
    }
    if (!rows_alike(&second))
        t->rows[0] = 0;
    t->band.rows = t->rows;
}

/* Bytes of one thread's rings. */
static int64_t ring_bytes(const Fuse *f, const Band *b)
{
    int64_t ring[LONGEST], bytes = 0;

    band_rings(f->g, b, ring);
    for (uint32_t i = b->first; i < b->last; i++)
        bytes += ring[i - b->first] * f->p->place[f->g->node[i].out[0].id].stride[2] * 4;
    return bytes;
}

/* What the options choose for the band: rows of its last result at a time, 0: that it is none.
 * Where memory counts, or without a choice, KNOB_RULE. */
static int64_t chosen_rows(const Fuse *f, const Band *b)
{
    const mnc_options *o = f->job->options;
    Choice c;

    if (f->thin || !o->n_choices)
        return KNOB_RULE;
    choose(o, NULL, choose_kernel(f->a, o, "band"),
           choice_band_shape(f->a, f->g, b->first, b->last), &c);
    return c.knob[KNOB_rows];
}

/* The nodes first .. last as one band; false when some result between them is needed elsewhere,
 * or, where time counts, when it gains too little. */
static bool try_band(const Fuse *f, uint32_t first, uint32_t last, Trial *t)
{
    int64_t whole = 0, weights = 0, rings, chosen;

    t->band = (Band){ first, last, t->rows };
    t->gain = 0;
    t->alive = f->band.at[last];
    for (uint32_t i = first; i <= last; i++) {
        const Node *n = &f->g->node[i];
        weights += plan_size(f->g, n->in[1]);
        t->gain -= more_weights(f->g, n);
        if (i == last)
            break;
        if (f->last[n->out[0].id] > last)
            return false;
        whole += plan_size(f->g, n->out[0]);
        t->alive += f->band.ends[i] - f->slot[n->out[0].id].bytes;
    }
    chosen = chosen_rows(f, &t->band);
    if (chosen == 0)
        return false;
    choose_rows(f, t, chosen);
    rings = ring_bytes(f, &t->band);
    t->alive += rings * f->p->parts;
    t->gain += whole - (f->job->options->threads ? band_again(f->g, &t->band) : 0);
    if (chosen > 0)
        t->gain = CHOSEN_GAIN;
    return f->thin || (rings * f->p->parts <= whole && t->gain >= LEAST_GAIN
                       && (chosen > 0 || rings + weights <= FAST_BYTES));
}

/* ---- the best cuts ---- */

/* best[i] and from[i] when all before are known. */
static void cut_before(Fuse *f, uint32_t i)
{
    uint32_t first = i;

    f->from[i] = i;
    f->best[i] = f->single.at[i] <= f->most ? f->best[i - 1] : INT64_MIN;
    while (f->joins[first] && i - first + 2 <= LONGEST) {
        Trial t;
        first--;
        if (f->best[first - 1] == INT64_MIN || !try_band(f, first, i, &t) || t.alive > f->most
            || f->best[first - 1] + t.gain <= f->best[i])
            continue;
        f->best[i] = f->best[first - 1] + t.gain;
        f->from[i] = first;
    }
}

static void add_band(Fuse *f, Trial *t)
{
    int64_t ring[LONGEST], *rows = arena_new_n(f->a, int64_t, LONGEST);

    memcpy(rows, t->rows, sizeof t->rows);
    t->band.rows = rows;
    f->p->band[f->p->n_band++] = t->band;
    band_rings(f->g, &t->band, ring);
    for (uint32_t i = t->band.first; i < t->band.last; i++)
        f->p->place[f->g->node[i].out[0].id].ring = ring[i - t->band.first];
}

static void clear_bands(Fuse *f)
{
    f->p->n_band = 0;
    for (uint32_t v = 1; v < f->g->n_value; v++)
        f->p->place[v].ring = 0;
}

/* Bands from the back, then put into the order of nodes. */
static void take_cuts(Fuse *f)
{
    uint32_t n = 0;

    clear_bands(f);
    f->worst = 0;
    for (uint32_t i = f->g->n_node - 1; i >= 1; i = f->from[i] - 1) {
        Trial t = { .alive = f->single.at[i] };
        if (f->from[i] < i) {
            try_band(f, f->from[i], i, &t);
            add_band(f, &t);
        }
        f->worst = t.alive > f->worst ? t.alive : f->worst;
    }
    for (n = 0; n < f->p->n_band / 2; n++) {
        Band b = f->p->band[n];
        f->p->band[n] = f->p->band[f->p->n_band - 1 - n];
        f->p->band[f->p->n_band - 1 - n] = b;
    }
}

/* False when something needs more than f->most bytes whatever is done. */
static bool cut(Fuse *f)
{
    f->best[0] = 0;
    for (uint32_t i = 1; i < f->g->n_node; i++)
        cut_before(f, i);
    if (f->best[f->g->n_node - 1] == INT64_MIN)
        return false;
    take_cuts(f);
    return true;
}

/* Is every node of it by itself, the next one's only operand, and needed by no other? */
static bool could_be(const Fuse *f, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i <= last; i++)
        if (plan_band(f->p, i) || (i > first && !f->joins[i])
            || (i < last && f->last[f->g->node[i].out[0].id] > last))
            return false;
    return true;
}

/* For who measures: around each layer that reads more than its own row, expand to project. */
static void find_maybe(Fuse *f)
{
    f->p->maybe = arena_new_n(f->a, Band, f->g->n_node);
    for (uint32_t i = 2; i + 1 < f->g->n_node; i++) {
        Rows r;
        if (!f->joins[i + 1])
            continue;
        r = rows_of(f->g, &f->g->node[i]);
        if (rows_alike(&r))
            continue;
        if (could_be(f, i - 1, i + 1))
            f->p->maybe[f->p->n_maybe++] = (Band){ i - 1, i + 1, NULL };
        else if (could_be(f, i, i + 1))
            f->p->maybe[f->p->n_maybe++] = (Band){ i, i + 1, NULL };
    }
}

/* ---- less memory ---- */

/* Lowers the bound from one plan to the next, the fastest first, until the arena fits; if it never
 * does, the smallest of them is left. */
static void search_small(Fuse *f, int64_t max_ram)
{
    int64_t least = INT64_MAX, bound = INT64_MAX;

    f->thin = true;
    for (f->most = INT64_MAX; cut(f); f->most = f->worst - f->worst / 64 - 1) {
        memory_plan(f->g, f->p);
        if (f->p->arena_bytes < least) {
            least = f->p->arena_bytes;
            bound = f->most;
        }
        if (least <= max_ram)
            return;
    }
    f->most = bound;
    cut(f);
}

/* The slots as they are when no result takes over its operand's. */
static Slot *own_slots(Fuse *f)
{
    Slot *own = arena_new_n(f->a, Slot, f->g->n_value);

    for (uint32_t i = 1; i < f->g->n_node; i++) {
        const Node *n = &f->g->node[i];
        for (uint32_t k = 0; n->op && k < n->n_in + n->n_out; k++) {
            ValueId v = k < n->n_in ? n->in[k] : n->out[k - n->n_in];
            ValueId owner = f->p->place[v.id].owner;
            if (!own[owner.id].bytes)
                own[owner.id].first = i;
            own[owner.id].bytes = f->slot[owner.id].bytes;
            own[owner.id].last = i;
        }
    }
    return own;
}

static Alive count_alive(const Fuse *f, const Slot *slot)
{
    Alive a = { arena_new_n(f->a, int64_t, f->g->n_node),
                arena_new_n(f->a, int64_t, f->g->n_node) };
    int64_t now = 0;

    for (uint32_t v = 1; v < f->g->n_value; v++) {
        if (!slot[v].bytes || slot[v].shares.id)
            continue;
        a.at[slot[v].first] += slot[v].bytes;
        a.ends[slot[v].last] += slot[v].bytes;
    }
    for (uint32_t i = 1; i < f->g->n_node; i++) {
        now += a.at[i];
        a.at[i] = now;
        now -= a.ends[i];
    }
    return a;
}

bool pass_fuse_block(Job *job)
{
    size_t nodes = job->g->n_node, values = job->g->n_value;
    int64_t max_ram = job->state ? 0 : job->options->max_ram;    /* that is for recompute */
    Arena *a = job->g->arena;
    Fuse f = { .job = job, .g = job->g, .p = job->plan, .a = a, .most = INT64_MAX };

    f.p->parts = job->options->threads ? MOST_PARTS : 1;
    f.p->band = arena_new_n(a, Band, nodes);
    f.joins = arena_new_n(a, bool, nodes);
    f.last = arena_new_n(a, uint32_t, values);
    f.best = arena_new_n(a, int64_t, nodes);
    f.from = arena_new_n(a, uint32_t, nodes);
    if (job->options->no_fuse)
        return true;
    memory_plan(f.g, f.p);
    f.slot = f.p->slot;
    f.single = count_alive(&f, f.slot);
    f.band = count_alive(&f, own_slots(&f));
    find_last_readers(&f);
    find_joins(&f);
    cut(&f);
    find_maybe(&f);
    memory_plan(f.g, f.p);
    while (max_ram && f.p->arena_bytes > max_ram) {
        search_small(&f, max_ram);
        memory_plan(f.g, f.p);
        if (f.p->parts == 1)
            break;
        f.p->parts /= 2;
    }
    return true;
}
