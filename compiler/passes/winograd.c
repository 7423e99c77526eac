/* SPDX-License-Identifier: Apache-2.0 */
/* winograd: with mnc_options.winograd, which 3 x 3 convolutions are computed by the minimal
 * filtering algorithm F(4x4, 3x3) (Winograd 1980; Lavin and Gray, Fast algorithms for convolutional
 * neural networks, 2015): 36 multiply-adds for 16 pixels of a result and a channel, not 144.
 *
 * It adds up other numbers than a plain convolution, so it gives other bits: that is why it is an
 * option.  Its errors are some times those of the plain sums: doc/kernels.md has the bound.
 *
 * It pays where the products weigh more than what surrounds them: transforming x and the result,
 * and reading weights that are four times as large.  The costs are cycles of a core with AVX-512,
 * in which the products weigh least, so what pays there pays everywhere.
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
    FAR_BYTES = 16 * 1024 * 1024,    /* and that stay in no cache */
    SIDE = WINOGRAD_SIDE, MATRICES = WINOGRAD_MATRICES
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

int64_t plan_winograd_work(int64_t tiles, int64_t in, int64_t out)
{
    tiles += WINOGRAD_MORE;
    return MATRICES * (plan_winograd_in(tiles, in) + plan_winograd_out(tiles, out));
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

static int64_t tiles_of(const Graph *g, const Node *n)
{
    const int64_t *y = ir_val(g, n->out[0])->shape.dim;

    return y[0] * ((y[2] + SIDE - 1) / SIDE) * ((y[3] + SIDE - 1) / SIDE);
}

/* In equal parts, all of which pass by all weights.  Large weights weigh more than operands that do
 * not stay in the cache, which pass by once for each CHANNELS. */
static int64_t tiles_at_a_time(const Graph *g, const Node *n)
{
    int64_t c = ir_val(g, n->in[0])->shape.dim[1], k = ir_val(g, n->out[0])->shape.dim[1];
    int64_t kept = plan_winograd_channels(k), each = 4 * MATRICES * (c > kept ? c : kept);
    int64_t tiles = tiles_of(g, n), most = 4 * MATRICES * c * k / 8, parts;

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

/* In cycles: 28 multiply-adds of a plain convolution in each, 26 of the products, 12 for a channel
 * of a tile to be transformed.  A tenth is for what is not counted. */
static bool pays(const Graph *g, const Node *n)
{
    const int64_t *y = ir_val(g, n->out[0])->shape.dim;
    double c = (double)ir_val(g, n->in[0])->shape.dim[1], k = (double)y[1];
    double tiles = (double)tiles_of(g, n), blocks = tiles / (double)tiles_at_a_time(g, n);
    double plain = (double)(y[0] * y[2] * y[3]) * 9 * c * k / 28;
    double products = tiles * MATRICES * c * k / 26, transforms = tiles * 12 * (c + k);
    double weights = blocks * cycles_for_weights(MATRICES * c * k * 4);

    return products + transforms + weights < plain * 0.9;
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

static void add(Job *job, uint32_t i)
{
    const Node *n = &job->g->node[i];
    Winograd *w = &job->plan->winograd[i];
    int64_t c = ir_val(job->g, n->in[0])->shape.dim[1], k = ir_val(job->g, n->out[0])->shape.dim[1];

    w->tiles = tiles_at_a_time(job->g, n);
    w->threads = job->options->threads ? MOST_THREADS : 1;
    w->work = new_work(job, n, plan_winograd_work(w->tiles, c, k), w->threads);
}

/* Nets that train know no weights.  Where memory is short and it does not fit, all is as without
 * it. */
bool pass_winograd(Job *job)
{
    const mnc_options *o = job->options;

    if (!o->winograd || job->state || job->g->wide)
        return true;
    job->plan->winograd = arena_new_n(job->g->arena, Winograd, job->g->n_node);
    for (uint32_t i = 1; i < job->g->n_node; i++)
        if (can_be(job, &job->g->node[i]) && (o->winograd > 1 || pays(job->g, &job->g->node[i])))
            add(job, i);
    memory_plan(job->g, job->plan);
    if (o->max_ram && job->plan->arena_bytes > o->max_ram)
        job->plan->winograd = NULL;
    return true;
}
