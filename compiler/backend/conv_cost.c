/* SPDX-License-Identifier: Apache-2.0 */
/* conv_cost: what a way of computing a convolution costs, for the order in which ways are tried.
 *
 * The machine is a core with two multiply-add units of four cycles' latency, two loads a cycle, and
 * an L2 cache that gives half a line a cycle: near enough to all that have the targets' vectors.
 * Only the order of costs matters, and a wrong one costs time, not speed: measurements decide.
 */
#include "backend/sites.h"

enum {
    LATENCY = 4, UNITS = 2, LOADS = 2,
    SETUP = 12,                   /* cycles to enter and leave a tile */
    L1_BYTES = 32 * 1024,
    L2_SPEED = 32,                /* bytes a cycle */
    FAR_LATENCY = 300,            /* cycles from where weights are at first sight */
    STREAM = 8                    /* how many lines come at once without being fetched ahead */
};

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* One step over an input channel, of a tile of m pixels by nv vectors.  Sums that find no register
 * are loaded and stored each time. */
double conv_step_cycles(const Target *t, int64_t m, int64_t nv)
{
    int64_t sums = m * nv, spilt = sums + nv + 1 - t->registers;
    double work = (double)sums / UNITS, loads = (double)(m + nv + 2 * (spilt > 0 ? spilt : 0));

    return larger(LATENCY, larger(work, loads / LOADS));
}

/* A row of pixels in tiles as equal as can be: conv_cut_row. */
static double row_cycles(const Site *s, int64_t row, int64_t m, int64_t nv)
{
    int64_t tiles = (row + m - 1) / m, low = row / tiles, high = row % tiles;
    double depth = (double)(s->c.r * s->c.s * s->c.c), store = (s->act ? 1.5 : 0.5) * (double)nv;
    double long_one = depth * conv_step_cycles(s->target, low + 1, nv) + store * (double)(low + 1);
    double short_one = depth * conv_step_cycles(s->target, low, nv) + store * (double)low;

    return (double)high * long_one + (double)(tiles - high) * short_one + (double)tiles * SETUP;
}

/* Bytes that come from the L2 cache each time where they do not stay in the L1. */
static double again(double bytes, double times)
{
    return bytes > L1_BYTES ? bytes * times / L2_SPEED : 0;
}

/* All weights are far away once: a line of them for each row of a panel, which has as long to come
 * as the rows take that are fetched ahead; with the panel before there is time enough. */
static double first_sight(const Site *s, const Choice *way, double weights)
{
    double step = conv_step_cycles(s->target, way->knob[KNOB_pixels], way->knob[KNOB_vectors]);
    bool early = way->knob[KNOB_next] == 1 && way->knob[KNOB_order] == 1;
    double wait = early ? 0 : FAR_LATENCY - (double)way->knob[KNOB_ahead] * step;
    double fetch = way->knob[KNOB_ahead] > 0 ? 0.5 : 0;

    return weights / 64 * (larger(0, wait) / STREAM + fetch);
}

/* Pieces of the channels as k_conv cuts them: whole tiles, the rest of the panels, the last. */
double conv_cost(const Site *s, const Choice *way)
{
    const ConvShape *c = &s->c;
    int64_t vw = s->target->width, step = way->knob[KNOB_vectors] * vw, kg = c->k / c->groups;
    int64_t row = s->flat ? way->knob[KNOB_row] : c->ow;
    int64_t rows = c->n * c->oh * c->ow / (row ? row : 1), whole = kg / PANEL_WIDTH * PANEL_WIDTH;
    int64_t width[] = { whole % step, kg - whole };
    double sums = (double)(whole / step) * row_cycles(s, row, way->knob[KNOB_pixels], step / vw);
    double weights = 4.0 * (double)(c->r * c->s * c->c * kg), steps = (double)(whole / step) + 1;
    double x = 4.0 * (double)(row * c->c * c->stride_w);
    bool panels_outer = way->knob[KNOB_order] == 1;

    for (int i = 0; i < 2; i++) {
        int64_t nv = (width[i] + vw - 1) / vw;
        if (nv)
            sums += row_cycles(s, row, conv_tile_height(s->target, way, nv), nv);
    }
    return (double)(rows * c->groups) * sums
        + first_sight(s, way, weights)
        + (panels_outer ? again(x * (double)rows, steps)
                        : again(weights, (double)rows) + (double)rows * again(x, steps));
}

/* Of one row of all matrices: register tiles, one that is not whole among them. */
double winograd_cost(const Site *s, const Choice *way)
{
    int64_t m = way->knob[KNOB_pixels], nv = s->target->tile_v, rest = s->tiles % m;

    return (double)(s->tiles / m) * conv_step_cycles(s->target, m, nv)
         + (rest ? conv_step_cycles(s->target, rest, nv) : 0);
}

/* A tile of m columns loads each pixel under it once per kernel row, and that row's weights.  A row
 * comes from the L2 cache once, or for each kernel row when so many do not stay in the L1. */
double depthwise_cost(const Site *s, const Choice *way)
{
    const ConvShape *c = &s->c;
    int64_t m = way->knob[KNOB_pixels], tiles = (c->ow + m - 1) / m, vw = s->target->width;
    double mean = (double)c->ow / (double)tiles, taps = (double)(c->r * c->s);
    double loads = (mean - 1) * (double)c->stride_w + 2 * (double)c->s;
    double spilt = larger(0, mean + (double)c->s + 1 - s->target->registers);
    double tile = SETUP + larger(taps * mean / UNITS, (double)c->r * (loads + 2 * spilt) / LOADS);
    double block = (double)(way->knob[KNOB_block] == KNOB_RULE ? c->k : way->knob[KNOB_block]);
    double times = 4.0 * (double)(c->r * c->w) * block > L1_BYTES ? (double)c->r : 1;
    double bytes = 4.0 * (double)(c->n * c->oh * c->w * c->k);
    double speed = way->knob[KNOB_order] == 1 ? L2_SPEED : L2_SPEED / 2;

    tile = larger(tile, taps * LATENCY / 2);
    return (double)(c->n * c->oh * tiles * ((c->k + vw - 1) / vw)) * tile
        + times * bytes / speed;
}
