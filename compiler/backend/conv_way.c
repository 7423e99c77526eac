/* SPDX-License-Identifier: Apache-2.0 */
/* conv_way: how convolutions are cut and ordered: by the options' choices, else by rules.
 *
 * None of it touches the order of a sum, so all ways give the same bits.  The rules are those that
 * measured best over many shapes on the machines at hand; what is best for a shape on a machine,
 * mnc tune finds out.
 *
 * order, of k_conv: 0: rows of pixels outside, panels of weights inside; 1: the other way round, so
 * that each weight is read once.  Of k_depthwise: 0: channels outside, columns inside; 1: columns
 * outside, so that what is read lies side by side.  Of k_winograd: 0: threads share tiles; 1:
 * output channels.
 */
#include "backend/sites.h"

enum {
    CHUNK_BYTES = 16 * 1024,      /* of x between two passes over the weights: half an L1 cache */
    HOT_BYTES = 512 * 1024,       /* weights that stay in an L2 cache while rows go by */
    WELL_FILLED = 940,            /* per mille of the speed of whole tiles */
    WELL_BALANCED = 90,           /* per cent: see balance */
    /* Rows of weights that come from further away: so many that they are there in time, but of
     * those that one pixel meets, and only memory bounds, what keeps the stream going; the same
     * from the L2 cache, where a panel that was fetched with the one before waits. */
    PREFETCH_ROWS = 48, PREFETCH_ONCE = 8, PREFETCH_NEAR = 8,
    MOST_SUMS = 64, MOST_CHANNELS = 256,         /* of a tile: its text grows with both */
    MOST_COLUMNS = 16,
    BLOCK_BYTES = 24 * 1024       /* of x between two blocks of channels: what L1 caches keep */
};

/* ---- convolutions ---- */

/* Do the weights of a group stay in the L2 cache from one row to the next? */
static bool is_hot(const ConvShape *c)
{
    return c->r * c->s * c->c * (c->k / c->groups) * 4 <= HOT_BYTES;
}

/* Per cent of the time that some threads work when they deal out pieces of equal size: the mean of
 * two threads and of four.  A net for one thread has nothing to deal out. */
static int64_t balance(const mnc_options *o, int64_t pieces)
{
    int64_t two = (pieces + 1) / 2 * 2, four = (pieces + 3) / 4 * 4;

    return o->threads ? (100 * pieces / two + 100 * pieces / four) / 2 : 100;
}

/* How many pixels go by between two passes over the weights: a divisor of all whose x stays in the
 * L1 cache, a tile at least.  To begin and end one takes about as long as a pixel.
 * All pixels when the weights are too large to pass twice. */
static int64_t row_length(const Emit *e, const ConvShape *c, int64_t pixels)
{
    int64_t m = e->target->tile_m, most = CHUNK_BYTES / (c->c * 4), best = pixels, best_score = 0;

    if (!is_hot(c))
        return pixels;
    for (int64_t n = m; n <= (most > m ? most : m) && n <= pixels; n++) {
        int64_t fill = 1000 * n * (m + 1) / ((n + (n + m - 1) / m) * m);
        int64_t score = fill * balance(e->options, pixels / n);
        if (pixels % n == 0 && fill >= WELL_FILLED && score >= best_score) {
            best = n;
            best_score = score;
        }
    }
    return best;
}

/* With few pixels in a row a tile is wide instead of high, so that enough sums are under way; but
 * where threads share panels, not so wide that there is little to share. */
static int64_t tile_vectors(const Emit *e, const ConvShape *c, int64_t row)
{
    const Target *t = e->target;
    int64_t per_panel = PANEL_WIDTH / t->width ? PANEL_WIDTH / t->width : 1, nv = t->tile_v;
    int64_t sums = (int64_t)t->tile_m * t->tile_v, all = c->k / c->groups / PANEL_WIDTH * per_panel;

    while (row * nv * 2 <= sums && nv * 2 <= all)
        nv *= 2;
    while (row <= (CONV_SHARED_TILES - 1) * t->tile_m && nv > per_panel && !is_hot(c)
           && balance(e->options, all / nv) < WELL_BALANCED)
        nv /= 2;
    return nv;
}

/* The target's own for the usual widths, else as many as there are registers for the sums. */
static int64_t tile_pixels(const Target *t, int64_t nv)
{
    int64_t sums = (int64_t)t->tile_m * t->tile_v;

    return nv == t->tile_v ? t->tile_m : nv <= t->narrow_v ? t->narrow_m
         : sums / nv > 1 ? sums / nv : 1;
}

int64_t conv_tile_height(const Target *t, const Choice *way, int64_t nv)
{
    if (nv == way->knob[KNOB_vectors])
        return way->knob[KNOB_pixels];
    return way->knob[KNOB_narrow] != KNOB_RULE ? way->knob[KNOB_narrow] : tile_pixels(t, nv);
}

/* Narrower tiles are left to conv_tile_height: they are of several widths. */
Choice conv_rule(const Emit *e, const ConvShape *c, bool flat, int64_t row)
{
    const Target *t = e->target;
    int64_t pixels = c->n * c->oh * c->ow, length = c->ow, rows = c->oh;
    Choice w = choice_none();

    if (flat) {
        w.knob[KNOB_row] = length = row == KNOB_RULE ? row_length(e, c, pixels) : row;
        rows = pixels / length;
    }
    w.knob[KNOB_vectors] = tile_vectors(e, c, length);
    w.knob[KNOB_pixels] = tile_pixels(t, w.knob[KNOB_vectors]);
    if (!c->band)
        w.knob[KNOB_order] = (c->r * c->s == 1 && rows == 1) || !is_hot(c);
    if (flat)
        w.knob[KNOB_next] = w.knob[KNOB_order] == 1 && pixels >= 2 * w.knob[KNOB_pixels];
    w.knob[KNOB_ahead] = flat && w.knob[KNOB_next] ? PREFETCH_NEAR
                       : !is_hot(c) ? pixels > 1 ? PREFETCH_ROWS : PREFETCH_ONCE
                       : flat && !e->in_parts ? t->ahead : 0;
    return w;
}

/* Can a row be cut into tiles of that height? */
static bool can_cut(const ConvShape *c, int64_t row, int64_t m)
{
    ConvShape line = *c;
    Run run[CONV_MAX_RUN];

    if (row != KNOB_RULE)
        line.w = line.ow = row;
    return m <= 0 || conv_cut_row(&line, m, run);
}

bool conv_can(const Target *t, const ConvShape *c, bool flat, const Choice *way)
{
    int64_t wide = way->knob[KNOB_vectors] * t->width, row = way->knob[KNOB_row];

    return wide % PANEL_WIDTH == 0 && wide <= MOST_CHANNELS
        && way->knob[KNOB_pixels] * way->knob[KNOB_vectors] <= MOST_SUMS
        && flat == (row != KNOB_RULE) && c->band == (way->knob[KNOB_order] == KNOB_RULE)
        && (!flat || (c->n * c->oh * c->ow) % row == 0)
        && can_cut(c, row, way->knob[KNOB_pixels]) && can_cut(c, row, way->knob[KNOB_narrow]);
}

/* The knobs that the kernel has, which are those that the rule sets, and narrow. */
static Choice merge(const Choice *rule, const Choice *chosen)
{
    Choice w = *rule;

    for (int k = 0; k < KNOB_COUNT; k++)
        if (chosen->knob[k] != KNOB_RULE && (w.knob[k] != KNOB_RULE || k == KNOB_narrow))
            w.knob[k] = chosen->knob[k];
    return w;
}

/* The site that node n's kernel is, without its choice; false: the options have none for it. */
static bool look_up(Emit *e, const Node *n, const char *name, Site *s, Choice *out)
{
    s->target = e->target;
    s->act = n->act.op != OP_none;
    s->kernel = choose_kernel(e->arena, e->options, name);
    s->shape = choice_shape(e->arena, e->g, n);
    return choose(e->options, e->target->name, s->kernel, s->shape, out);
}

/* A step of training has layers of other numbers. */
static Choice take(Emit *e, const Node *n, Site *s, const Choice *way)
{
    s->now = *way;
    if (!e->state)
        sites_add(e, s, (int)(n - e->g->node));
    return *way;
}

Choice conv_way(Emit *e, const Node *n, const ConvShape *c, bool flat)
{
    Site s = { .kind = SITE_CONV, .c = *c, .flat = flat };
    Choice rule = conv_rule(e, c, flat, KNOB_RULE), chosen, way;
    int64_t row;

    if (!look_up(e, n, c->band ? "conv rows" : op_info[n->op].name, &s, &chosen))
        return take(e, n, &s, &rule);
    row = chosen.knob[KNOB_row];
    if (!flat || (row > 0 && (c->n * c->oh * c->ow) % row))
        row = KNOB_RULE;
    way = conv_rule(e, c, flat, row);
    way = merge(&way, &chosen);
    return take(e, n, &s, conv_can(e->target, c, flat, &way) ? &way : &rule);
}

/* ---- depthwise ---- */

/* Channels whose rows, as many as the kernel is high, stay in the L1 cache: each row then comes
 * from the L2 once, not once per kernel row.  All channels where that is no gain: images from
 * further away are read in long runs, and those at PLAN_FEW_SETS push each other out. */
static int64_t block_channels(const ConvShape *c)
{
    int64_t most = BLOCK_BYTES / (c->r * c->w * 4) / PANEL_WIDTH * PANEL_WIDTH;
    bool is_far = c->h * c->x.h * 4 > CONV_FAR_BYTES;

    if (is_far || c->x.w % PLAN_FEW_SETS == 0 || most < 2 * PANEL_WIDTH || most > c->k)
        return c->k;
    return most;
}

static Choice depthwise_rule(const ConvShape *c)
{
    Choice w = choice_none();

    w.knob[KNOB_pixels] = DEPTHWISE_COLUMNS;
    w.knob[KNOB_order] = 0;
    if (!c->band)
        w.knob[KNOB_block] = block_channels(c);
    return w;
}

/* Blocks are whole lines of a cache. */
bool depthwise_can(const ConvShape *c, const Choice *way)
{
    int64_t block = way->knob[KNOB_block];
    Run run[CONV_MAX_RUN];

    return way->knob[KNOB_pixels] <= MOST_COLUMNS
        && (c->band ? block == KNOB_RULE : block % PANEL_WIDTH == 0 || block == c->k)
        && conv_cut_row(c, way->knob[KNOB_pixels], run);
}

Choice depthwise_way(Emit *e, const Node *n, const ConvShape *c)
{
    Site s = { .kind = SITE_DEPTHWISE, .c = *c };
    Choice rule = depthwise_rule(c), chosen, way;

    if (!look_up(e, n, c->band ? "depthwise rows" : "depthwise", &s, &chosen))
        return take(e, n, &s, &rule);
    chosen.knob[KNOB_narrow] = KNOB_RULE;
    way = merge(&rule, &chosen);
    return take(e, n, &s, depthwise_can(c, &way) ? &way : &rule);
}

/* ---- Winograd: pixels are tiles in registers, row those under way, order what is shared ---- */

bool winograd_can(const Site *s, const Choice *way)
{
    int64_t m = way->knob[KNOB_pixels];

    return m <= WINOGRAD_MORE + 1 && m <= s->tiles && m * s->target->tile_v <= MOST_SUMS
        && way->knob[KNOB_row] <= s->under_way;
}

Choice winograd_way(Emit *e, const Node *n, Site *s, const Choice *rule)
{
    Choice chosen, way;

    if (!look_up(e, n, "winograd", s, &chosen))
        return take(e, n, s, rule);
    chosen.knob[KNOB_narrow] = KNOB_RULE;
    way = merge(rule, &chosen);
    return take(e, n, s, winograd_can(s, &way) ? &way : rule);
}
