/* SPDX-License-Identifier: Apache-2.0 */
/* k_winograd: 3 x 3 convolutions by Winograd's F(4x4, 3x3) or F(2x2, 3x3), as the plan says.
 *
 *     y = A^T ((G w G^T) .* (B^T d B)) A,      d 6 x 6 pixels of x, y 4 x 4; or 4 x 4 and 2 x 2
 *
 * summed over the input channels before A: 36 or 16 products of matrices, patches by input channels
 * times input by output channels.  G w G^T is computed here, in double, and packed as the weights
 * of so many pointwise convolutions (k_conv), of which the products have the tiles, too.
 *
 * The points of interpolation are 0, 1, -1, infinity, or a {0, 1, -1, 2, -2, infinity} with
 * a = 3/4, whose errors are a quarter of those with a = 1 (why: Barabasz et al., Error analysis and
 * improving the accuracy of Winograd convolution for deep neural networks, 2020), and all factors
 * of B are exact.  The powers of a in A come last, with the bias.  Each sum has one order on all
 * targets.
 */
#include "backend/sites.h"

#include <inttypes.h>
#include <string.h>

enum {
    MOST_PATCH = 6,
    HOT_BYTES = 1024 * 1024,         /* weights that stay in an L2 cache */
    MAX_PIECE = 3
};

bool fits_winograd(const Emit *e, const Node *n)
{
    return !e->plain && e->plan->winograd && e->plan->winograd[n - e->g->node].tiles;
}

/* ---- weights ---- */

/* G: the weights' value at each point, by the product of its distances from the others. */
static const double g_four[MOST_PATCH][3] = {
    { 64.0 / 81, 0, 0 },
    { -128.0 / 243, -32.0 / 81, -8.0 / 27 },
    { -128.0 / 243, 32.0 / 81, -8.0 / 27 },
    { 32.0 / 243, 16.0 / 81, 8.0 / 27 },
    { 32.0 / 243, -16.0 / 81, 8.0 / 27 },
    { 0, 0, 64.0 / 27 },
};
static const double g_two[MOST_PATCH][3] = { { -1, 0, 0 }, { .5, .5, .5 }, { .5, -.5, .5 },
                                             { 0, 0, 1 } };

/* G w G^T. */
static void transform(int64_t side, const float w[9], double *u)
{
    const double (*g)[3] = side == 2 ? g_two : g_four;

    for (int64_t i = 0; i < side + 2; i++)
        for (int64_t j = 0; j < side + 2; j++) {
            double sum = 0;
            for (int r = 0; r < 3; r++)
                for (int s = 0; s < 3; s++)
                    sum += g[i][r] * g[j][s] * (double)w[3 * r + s];
            *u++ = sum;
        }
}

/* n >= 0. */
static int64_t round_up(int64_t n, int64_t to)
{
    return (n + to - 1) / to * to;
}

/* w (K,C,3,3) -> for each matrix, per panel of output channels, [C][width]. */
static void pack(const ConvShape *c, int64_t side, const float *w, float *out)
{
    int64_t each = c->c * round_up(c->k, PANEL_ROUND);

    for (int64_t k = 0; k < c->k; k++) {
        int64_t first = k / PANEL_WIDTH * PANEL_WIDTH, left = c->k - first;
        int64_t width = left < PANEL_WIDTH ? round_up(left, PANEL_ROUND) : PANEL_WIDTH;
        for (int64_t i = 0; i < c->c; i++) {
            double u[MOST_PATCH * MOST_PATCH];
            transform(side, w + (k * c->c + i) * 9, u);
            for (int64_t m = 0; m < plan_winograd_matrices(side); m++)
                out[m * each + first * c->c + i * width + k - first] = (float)u[m];
        }
    }
}

/* Done for the first target only: see conv_pack_weights. */
static const char *pack_weights(Emit *e, const Node *n, const ConvShape *c, int64_t side)
{
    const char **done = &e->packed[n - e->g->node];
    int64_t floats = round_up(c->k, PANEL_ROUND) * c->c * plan_winograd_matrices(side);
    float *out;

    if (*done)
        return *done;
    out = arena_new_n(e->arena, float, (size_t)floats);
    pack(c, side, ir_val(e->g, n->in[1])->data, out);
    return *done = emit_weights(e, DT_F32, out, floats,
                                arena_printf(e->arena, "transformed weights of %s",
                                             c_comment(e->arena, ir_val(e->g, n->out[0])->name)));
}

/* ---- pieces of the output channels, as k_conv cuts them ---- */

/* tiles: all there are; block: under way at a time; m: in a register tile.  Of each piece: COUNT
 * steps of STEP channels from START on, PASS at a time; LAST: channels that are there of a step. */
typedef struct Cut {
    Emit *e;
    const ConvShape *c;
    const char *act, *put;
    int64_t side, tiles, block, m, ahead;
    bool wide;                       /* threads share output channels, not tiles */
    uint32_t n;
    int64_t start[MAX_PIECE], count[MAX_PIECE], step[MAX_PIECE], pass[MAX_PIECE];
    int64_t last[MAX_PIECE], fn[MAX_PIECE], rest[MAX_PIECE], out[MAX_PIECE];
} Cut;

/* m rows of a matrix by nv vectors of output channels. */
static int64_t tile_function(const Cut *t, int64_t m, int64_t nv, int64_t ldw)
{
    TmplVars *v = tmpl_vars(t->e->arena);
    const int64_t vw = t->e->target->width;

    emit_int_vars(v, (const IntVar[]){
        { "M", m }, { "NV", nv }, { "VW", vw }, { "LDW", ldw }, { "EDGE", 0 },
        { "AHEAD", t->ahead } }, 6);
    return emit_function_number(t->e, "winograd_tile.c.t", "winograd_tile", v);
}

/* last: channels in the last vector. */
static int64_t out_function(const Cut *t, int64_t last)
{
    TmplVars *v = tmpl_vars(t->e->arena);
    const ConvShape *c = t->c;

    emit_int_vars(v, (const IntVar[]){
        { "SIDE", t->side }, { "P", t->side + 2 }, { "LAST", last }, { "VW", t->e->target->width },
        { "EACH", plan_winograd_out(t->block, t->c->k) },
        { "ROW", c->y.h }, { "STEP", c->y.w }, { "ADD", c->add }, { "SROW", c->res.h },
        { "SSTEP", c->res.w } }, 10);
    tmpl_word(v, "ACT", t->act);
    tmpl_word(v, "PUT", t->put);
    return emit_function_number(t->e, "winograd_out.c.t", "winograd_out", v);
}

static int64_t in_function(const Cut *t)
{
    TmplVars *v = tmpl_vars(t->e->arena);

    emit_int_vars(v, (const IntVar[]){
        { "SIDE", t->side }, { "P", t->side + 2 }, { "C", t->c->c },
        { "VW", t->e->target->width }, { "ROW", t->c->x.h }, { "STEP", t->c->x.w },
        { "EACH", plan_winograd_in(t->block, t->c->c) } }, 7);
    return emit_function_number(t->e, "winograd_in.c.t", "winograd_in", v);
}

/* channels: from start on, all of one piece; ldw: those of a panel. */
static bool add_piece(Cut *t, int64_t start, int64_t channels, int64_t step, int64_t ldw)
{
    const int64_t vw = t->e->target->width, nv = (step + vw - 1) / vw;
    uint32_t i = t->n;

    if (!channels)
        return true;
    t->n++;
    t->start[i] = start;
    t->count[i] = (channels + step - 1) / step;
    t->step[i] = nv * vw;
    t->pass[i] = plan_winograd_channels(t->c->k) / t->step[i];
    t->last[i] = channels < step ? channels : step;
    t->fn[i] = tile_function(t, t->m, nv, ldw);
    t->rest[i] = t->tiles % t->m ? tile_function(t, t->tiles % t->m, nv, ldw) : 0;
    t->out[i] = out_function(t, (t->last[i] - 1) % vw + 1);
    layers_tile(t->e, "%" PRId64 "x%" PRId64, t->m, t->step[i]);
    return t->fn[i] && (t->rest[i] || t->tiles % t->m == 0) && t->out[i];
}

/* Whole tiles; what is left of whole panels; the last, narrower panel. */
static bool cut_channels(Cut *t, int64_t step)
{
    int64_t k = t->c->k, whole = k / PANEL_WIDTH * PANEL_WIDTH, rest = whole % step;
    int64_t left = k - whole;

    return add_piece(t, 0, whole - rest, step, PANEL_WIDTH)
        && add_piece(t, whole - rest, rest, rest, PANEL_WIDTH)
        && add_piece(t, whole, left, left, round_up(left, PANEL_ROUND));
}

/* Rows of a register tile: those with which all tiles take the least time, one that is not whole
 * among them; of equal ones the fewest tiles, as equal as can be. */
static int64_t best_m(const Target *t, int64_t tiles)
{
    double least = 0;
    int64_t best = 0, fewest = 0;

    for (int64_t m = tiles < t->tile_m ? tiles : t->tile_m; m >= 1; m--) {
        double cycles = (double)(tiles / m) * conv_step_cycles(t, m, t->tile_v);
        int64_t count = (tiles + m - 1) / m;
        if (tiles % m)
            cycles += conv_step_cycles(t, tiles % m, t->tile_v);
        if (best && (cycles > least || (cycles == least && count > fewest)))
            continue;
        best = m;
        least = cycles;
        fewest = count;
    }
    return best;
}

/* Weights that do not stay in the L2 cache are asked for while those before them are used: a line
 * or some with each row, so that all register tiles together ask for all. */
static int64_t lines_ahead(const Cut *t, int64_t step)
{
    int64_t n = t->tiles < t->block ? t->tiles : t->block, count = (n + t->m - 1) / t->m;

    if (plan_winograd_matrices(t->side) * t->c->c * t->c->k * 4 <= HOT_BYTES)
        return 0;
    return (step / PANEL_WIDTH + count - 1) / count;
}

/* ---- the call ---- */

/* In the template's words. */
static void set_vars(const Cut *t, const Winograd *w, TmplVars *v)
{
    const ConvShape *c = t->c;
    const int64_t each = plan_winograd_in(t->block, c->c);
    const int64_t meach = plan_winograd_out(t->block, c->k);
    const int64_t cp = round_up(c->c, PANEL_WIDTH);
    const IntVar vars[] = {
        { "BATCH", c->n }, { "H", c->h }, { "W", c->w }, { "OH", c->oh }, { "OW", c->ow },
        { "PAD", c->pad_h }, { "PADQ", c->pad_w }, { "C", c->c }, { "CP", cp },
        { "AHEAD", t->ahead }, { "EACHW", c->c * round_up(c->k, PANEL_ROUND) },
        { "ROWS", (c->oh + t->side - 1) / t->side },
        { "COLS", (c->ow + t->side - 1) / t->side }, { "SIDE", t->side }, { "P", t->side + 2 },
        { "M", t->m }, { "BLOCK", t->block }, { "WIDE", t->wide },
        { "EACH", each }, { "MEACH", meach }, { "MROW", plan_winograd_channels(c->k) },
        { "WORK", plan_winograd_work(w, c->c, c->k) },
        { "WORKERS", w->threads }, { "XN", c->x.n }, { "XROW", c->x.h }, { "XSTEP", c->x.w },
        { "YN", c->y.n }, { "YROW", c->y.h }, { "YSTEP", c->y.w }, { "ADD", c->add },
        { "SN", c->res.n }, { "SROW", c->res.h }, { "SSTEP", c->res.w },
        { "STREAM", !strcmp(t->put, "v_stream") },
    };

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    tmpl_word(v, "TILE", arena_printf(t->e->arena, "winograd_tile_%s",
                                  t->e->target->suffix));
    tmpl_word(v, "IN", arena_printf(t->e->arena, "winograd_in_%s", t->e->target->suffix));
    tmpl_word(v, "OUT", arena_printf(t->e->arena, "winograd_out_%s", t->e->target->suffix));
    tmpl_ints(v, "START", t->start, t->n);
    tmpl_ints(v, "COUNT", t->count, t->n);
    tmpl_ints(v, "STEP", t->step, t->n);
    tmpl_ints(v, "PASS", t->pass, t->n);
    tmpl_ints(v, "LAST", t->last, t->n);
    tmpl_ints(v, "FN", t->fn, t->n);
    tmpl_ints(v, "REST", t->rest, t->n);
    tmpl_ints(v, "FN_OUT", t->out, t->n);
}

/* Arguments in the template's order. */
static bool call(Cut *t, const Node *n, const Winograd *w)
{
    TmplVars *v = tmpl_vars(t->e->arena);
    int64_t in = in_function(t);
    const char *fn, *args[6];
    uint32_t k = 0;

    set_vars(t, w, v);
    tmpl_int(v, "FN_IN", in);
    fn = in ? emit_function(t->e, "winograd.c.t", "winograd", v) : NULL;
    if (!fn)
        return false;
    args[k++] = emit_in(t->e, n->in[0]);
    args[k++] = pack_weights(t->e, n, t->c, t->side);
    args[k++] = conv_pack_bias(t->e, n, 1, t->c->k);
    if (t->c->add)
        args[k++] = emit_in(t->e, n->in[3]);
    args[k++] = emit_out(t->e, n->out[0]);
    args[k++] = emit_out(t->e, w->work);
    emit_call_parts(t->e, fn, args, k);
    return true;
}

/* Few tiles: threads share the output channels, and each transforms all of x. */
static Choice find_way(Emit *e, const Node *n, const Cut *t, int64_t under_way)
{
    Site s = { .kind = SITE_WINOGRAD, .target = e->target, .c = *t->c, .tiles = t->tiles,
               .under_way = under_way };
    Choice rule = choice_none();

    rule.knob[KNOB_pixels] = best_m(e->target, t->tiles);
    rule.knob[KNOB_row] = under_way;
    rule.knob[KNOB_order] = t->tiles == under_way;
    return winograd_way(e, n, &s, &rule);
}

bool emit_winograd(Emit *e, const Node *n)
{
    const Winograd *w = &e->plan->winograd[n - e->g->node];
    const int64_t step = (int64_t)e->target->tile_v * e->target->width;
    ConvShape c = conv_shape(e, n);
    Cut t = { .e = e, .c = &c, .act = emit_act(e, &n->act), .put = "v_store", .side = w->side };
    Choice way;

    if (!t.act)
        return false;
    if (e->target->width % PANEL_WIDTH == 0 && emit_streams(e, n->out[0]))
        t.put = "v_stream";
    t.tiles = c.n * ((c.oh + t.side - 1) / t.side) * ((c.ow + t.side - 1) / t.side);
    way = find_way(e, n, &t, w->tiles);
    t.wide = way.knob[KNOB_order] == 1;
    t.m = way.knob[KNOB_pixels];
    t.block = round_up(way.knob[KNOB_row], t.m);
    t.ahead = lines_ahead(&t, step);
    return cut_channels(&t, step) && call(&t, n, w);
}
