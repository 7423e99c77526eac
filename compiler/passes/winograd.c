/* SPDX-License-Identifier: Apache-2.0 */
/* winograd: with mnc_options.winograd, which 3 x 3 convolutions are computed by the minimal
 * filtering algorithms F(4x4, 3x3) or F(2x2, 3x3) (Winograd 1980; Lavin and Gray, Fast algorithms
 * for convolutional neural networks, 2015): 36 multiply-adds for 4 x 4 pixels of a result and a
 * channel instead of 144, 16 for 2 x 2 instead of 36.
 *
 * It adds up other numbers than a plain convolution, so it gives other bits: that is why it is an
 * option.  Its errors are some times those of the plain sums: doc/kernels.md has the bound.
 *
 * It pays where the products weigh more than what surrounds them: transforming x and the result,
 * and reading weights that are 4 times as large, or 16/9 times.  The costs are cycles of a core
 * with AVX-512, in which the products weigh least, so what pays there pays everywhere.
 *
 * needs LAYOUT; breaks MEMORY.  out: the plan's winograd, and a value of its own for each.
 */
#include "passes/memory.h"
#include "passes/pass.h"


enum {
    MOST_THREADS = 8,                /* as many as have rings (fuse_block) */
    CHANNELS = 128,                  /* of the result, of which products are kept */
    LEAST_BYTES = 512 * 1024,        /* of operands under way: stay in an L2 cache */
    MOST_BYTES = 4 * 1024 * 1024,
    HOT_BYTES = 1024 * 1024,         /* weights that stay there too */
    FAR_BYTES = 8 * 1024 * 1024      /* and that stay in no cache, beside those of other layers */
};

/* ---- sizes ---- */

/* Whole panels. */
static int64_t whole(int64_t channels)
{
    return (channels + PANEL_WIDTH - 1) / PANEL_WIDTH * PANEL_WIDTH;
}

int64_t plan_winograd_channels(int64_t out)
{
    return whole(out) < CHANNELS ? whole(out) : CHANNELS;
}

int64_t plan_winograd_in(int64_t tiles, int64_t in)
{
    return tiles * whole(in) + PANEL_WIDTH;
}

int64_t plan_winograd_out(int64_t tiles, int64_t out)
{
    return tiles * plan_winograd_channels(out) + PANEL_WIDTH;
}

int64_t plan_winograd_work(const Winograd *w, int64_t in, int64_t out)
{
    int64_t tiles = w->tiles + WINOGRAD_MORE;

    return plan_winograd_matrices(w->side)
         * (plan_winograd_in(tiles, in) + plan_winograd_out(tiles, out));
}

/* ---- which nodes ---- */

static bool has_lanes(const Job *job, ValueId v)
{
    const Value *val = ir_val(job->g, v);

    return val->dtype == DT_F32 && val->shape.rank == 4 && shape_count(&val->shape) > 0
        && job->plan->place[v.id].stride[1] == 1;
}

static bool is_known(const Job *job, ValueId v)
{
    return !v.id || (ir_is_const(job->g, v) && ir_val(job->g, v)->dtype == DT_F32
                     && job->plan->place[v.id].kind == PLACE_WEIGHTS);
}

static bool all_ones(const Node *n, AttrName name)
{
    uint32_t count;
    const int64_t *x = ir_ints(n, name, &count);

    for (uint32_t i = 0; i < count; i++)
        if (x[i] != 1)
            return false;
    return true;
}

/* Weights and bias are known now; channels lie side by side. */
static bool can_be(const Job *job, const Node *n)
{
    const int64_t *w;

    if (n->op != OP_conv || !has_lanes(job, n->in[0]) || !has_lanes(job, n->out[0])
        || !is_known(job, n->in[1]) || !is_known(job, ir_in(n, 2))
        || (ir_in(n, 3).id && !has_lanes(job, n->in[3])))
        return false;
    w = ir_val(job->g, n->in[1])->shape.dim;
    return w[2] == 3 && w[3] == 3 && ir_int(n, A_group) == 1 && all_ones(n, A_stride)
        && all_ones(n, A_dilation);
}

/* ---- whether it pays ---- */

static int64_t tiles_of(const Graph *g, const Node *n, int64_t side)
{
    const int64_t *y = ir_val(g, n->out[0])->shape.dim;

    return y[0] * ((y[2] + side - 1) / side) * ((y[3] + side - 1) / side);
}

/* In equal parts, all of which pass by all weights.  Large weights weigh more than operands that do
 * not stay in the cache, which pass by once for each CHANNELS. */
static int64_t tiles_at_a_time(const Graph *g, const Node *n, int64_t side)
{
    int64_t c = ir_val(g, n->in[0])->shape.dim[1], k = ir_val(g, n->out[0])->shape.dim[1];
    int64_t kept = plan_winograd_channels(k), floats = 4 * plan_winograd_matrices(side);
    int64_t each = floats * (c > kept ? c : kept), most = floats * c * k / 8, parts;
    int64_t tiles = tiles_of(g, n, side);

    most = (most < LEAST_BYTES ? LEAST_BYTES : most > MOST_BYTES ? MOST_BYTES : most) / each;
    most = most > 1 ? most : 1;
    parts = (tiles + most - 1) / most;
    return (tiles + parts - 1) / parts;
}

/* Bytes a cycle: from an L2 cache; from one that cores share; from memory, which they share too. */
static double cycles_for_weights(double bytes)
{
    return bytes / (bytes <= HOT_BYTES ? 32 : bytes <= FAR_BYTES ? 12 : 4);
}

/* In cycles: 26 multiply-adds of the products in each; a third of one for each number that a
 * channel of a tile is transformed to or from. */
static double cost(const Graph *g, const Node *n, int64_t side)
{
    double c = (double)ir_val(g, n->in[0])->shape.dim[1];
    double k = (double)ir_val(g, n->out[0])->shape.dim[1];
    double tiles = (double)tiles_of(g, n, side), each = (double)plan_winograd_matrices(side);
    double blocks = tiles / (double)tiles_at_a_time(g, n, side);
    double weights = blocks * cycles_for_weights(4 * each * c * k);

    return tiles * each * (c * k / 26 + (c + k) / 3) + weights;
}

/* The same: 28 multiply-adds in each. */
static double plain_cost(const Graph *g, const Node *n)
{
    const int64_t *y = ir_val(g, n->out[0])->shape.dim, c = ir_val(g, n->in[0])->shape.dim[1];

    return (double)(y[0] * y[2] * y[3]) * 9 * (double)c * (double)y[1] / 28;
}

/* The better side; 0: none is better than without.  A tenth is for what is not counted. */
static int64_t best_side(const Graph *g, const Node *n, bool always)
{
    double two = cost(g, n, 2), four = cost(g, n, 4);

    if (!always && (two < four ? two : four) > plain_cost(g, n) * 0.9)
        return 0;
    return two < four ? 2 : 4;
}

/* ---- the plan ---- */

/* A value of the arena that no node computes. */
static ValueId new_work(Job *job, const Node *n, int64_t floats, int64_t threads)
{
    Graph *g = job->g;
    Plan *p = job->plan;
    Shape s = { .rank = 2, .dim = { threads, floats } };
    const char *name = arena_printf(g->arena, "%s.winograd", ir_val(g, n->out[0])->name);
    ValueId v = ir_value(g, name, VAL_TEMP, DT_F32, &s, n->pos);

    if (v.id >= p->n_place) {
        p->place = arena_resize(g->arena, p->place, p->n_place * sizeof *p->place,
                                2 * v.id * sizeof *p->place);
        p->n_place = 2 * v.id;
    }
    p->place[v.id] = (Place){ .kind = PLACE_ARENA, .owner = v };
    plan_row_major(&s, p->place[v.id].stride);
    return v;
}

static void add(Job *job, uint32_t i, int64_t side)
{
    const Graph *g = job->g;
    const Node *n = &g->node[i];
    Winograd *w = &job->plan->winograd[i];
    int64_t floats;

    w->side = side;
    w->tiles = tiles_at_a_time(g, n, side);
    w->threads = job->options->threads ? MOST_THREADS : 1;
    floats = plan_winograd_work(w, ir_val(g, n->in[0])->shape.dim[1],
                                ir_val(g, n->out[0])->shape.dim[1]);
    w->work = new_work(job, n, floats, w->threads);
}

/* Nets that train know no weights.  Where memory is short and it does not fit, all is as without
 * it. */
bool pass_winograd(Job *job)
{
    const mnc_options *o = job->options;

    if (!o->winograd || job->state || job->g->wide)
        return true;
    job->plan->winograd = arena_new_n(job->g->arena, Winograd, job->g->n_node);
    for (uint32_t i = 1; i < job->g->n_node; i++) {
        const Node *n = &job->g->node[i];
        int64_t side = can_be(job, n) ? best_side(job->g, n, o->winograd > 1) : 0;
        if (side)
            add(job, i, side);
    }
    memory_plan(job->g, job->plan);
    if (o->max_ram && job->plan->arena_bytes > o->max_ram)
        job->plan->winograd = NULL;
    return true;
}
