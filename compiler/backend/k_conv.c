/* SPDX-License-Identifier: Apache-2.0 */
/* k_conv: convolutions by register tiles (Goto and van de Geijn, Anatomy of high-performance matrix
 * multiplication, 2008; here without packing of x, which channels-last layout makes unnecessary).
 *
 * A tile is M pixels x NV vectors of output channels; its sums stay in registers while the loop
 * runs over kernel rows, kernel columns and input channels, in this order for every output element.
 * A pointwise convolution is the case of one kernel element, with the image as one long row; a
 * dense layer has the batch for pixels.
 *
 * Weights are packed in panels of 16 output channels: per panel [r][s][c][16]; the last panel is as
 * wide as what is left, rounded up to 8, so that one packing serves all vector lengths.
 */
#include "backend/conv.h"

#include <inttypes.h>
#include <string.h>

enum {
    PANEL = PANEL_WIDTH, ROUND = PANEL_ROUND,
    /* Training adds up so many products at a time, and then these sums: batch norms enlarge the
     * rounding errors of a long sum, which are those of the largest sum on the way. */
    PARTIAL_SUM = 64
};

/* The row is tried pixel by pixel: none may see padding alone.  What is added must have its
 * channels side by side, as the sums have. */
bool fits_conv(const Emit *e, const Node *n)
{
    Run run[CONV_MAX_RUN];
    ConvShape c;

    if (!conv_is_packable(e, n) || (!ir_is_const(e->g, n->in[1]) && !conv_is_packed(e, n)))
        return false;
    c = conv_shape(e, n);
    return c.c > 0 && conv_cut_row(&c, 1, run)
        && (!ir_in(n, 3).id || emit_place(e, n->in[3])->stride[1] == 1
            || emit_shape(e, n->in[3])->dim[1] == 1);
}

/* (N,C) by (K,C): a pointwise convolution of images of one pixel. */
bool fits_dense(const Emit *e, const Node *n)
{
    return fits_conv(e, n);
}

/* ---- packing ---- */

/* n >= 0, to > 0. */
static int64_t round_up(int64_t n, int64_t to)
{
    return (n + to - 1) / to * to;
}

/* Floats of one group's panels: whole ones, and a last one of what is left. */
static int64_t group_floats(const ConvShape *c)
{
    return c->r * c->s * c->c * round_up(c->k / c->groups, ROUND);
}

/* w (K, C/groups, R, S), any layout -> per group and panel [r][s][c][width]. */
static void pack_group(const ConvShape *c, const float *w, float *out)
{
    int64_t taps = c->r * c->s, kg = c->k / c->groups;

    for (int64_t first = 0; first < kg; first += PANEL) {
        int64_t width = kg - first < PANEL ? round_up(kg - first, ROUND) : PANEL;
        for (int64_t t = 0; t < taps; t++)
            for (int64_t i = 0; i < c->c; i++, out += width)
                for (int64_t k = 0; k < width && first + k < kg; k++)
                    out[k] = w[((first + k) * c->c + i) * taps + t];
    }
}

/* For the comment beside the array in the generated file. */
static const char *label(Emit *e, const Node *n, const char *what)
{
    return arena_printf(e->arena, "%s of %s", what,
                        c_comment(e->arena, ir_val(e->g, n->out[0])->name));
}

/* Done for the first target only: large nets have no memory for a copy each. */
const char *conv_pack_weights(Emit *e, const Node *n, const ConvShape *c)
{
    const char **done = &e->packed[n - e->g->node];
    int64_t floats = group_floats(c), kg = c->k / c->groups;
    const float *w = ir_val(e->g, n->in[1])->data;
    float *out;

    if (!w)
        return emit_in(e, n->in[1]);
    if (*done)
        return *done;
    out = arena_new_n(e->arena, float, (size_t)(floats * c->groups));
    for (int64_t g = 0; g < c->groups; g++)
        pack_group(c, w + g * kg * c->c * c->r * c->s, out + g * floats);
    return *done = emit_weights(e, DT_F32, out, floats * c->groups, label(e, n, "weights"));
}

/* Whole panels: the kernel reads a vector for every one it adds to.  No bias is one of zeros,
 * which costs nothing beside the sums. */
const char *conv_pack_bias(Emit *e, const Node *n, int64_t groups, int64_t kg)
{
    int64_t width = round_up(kg, PANEL);
    float *out = arena_new_n(e->arena, float, (size_t)(groups * width));
    const float *b = ir_in(n, 2).id ? ir_val(e->g, n->in[2])->data : NULL;

    if (ir_in(n, 2).id && !b)
        return emit_in(e, n->in[2]);
    for (int64_t g = 0; b && g < groups; g++)
        memcpy(out + g * width, b + g * kg, (size_t)kg * sizeof *b);
    return emit_weights(e, DT_F32, out, groups * width, label(e, n, "bias"));
}

/* ---- the pixels of a pointwise convolution as one row ---- */

/* Does one step lead from every pixel to the next, over the ends of rows and images? */
static bool one_run(const ConvShape *c, const Steps *s)
{
    return (c->oh == 1 || s->h == c->ow * s->w) && (c->n == 1 || s->n == c->oh * c->ow * s->w);
}

/* Must hold for it: nothing but one weight per channel is applied to a pixel, so pixels are
 * alike, and one step leads to the next. */
static bool is_flat(const ConvShape *c)
{
    if (c->band || c->r * c->s != 1 || c->stride_h != 1 || c->stride_w != 1 || c->pad_h || c->pad_w
        || c->groups != 1 || c->h != c->oh || c->w != c->ow)
        return false;
    return c->oh * c->ow == 1
        || (one_run(c, &c->x) && one_run(c, &c->y) && (!c->add || one_run(c, &c->res)));
}

/* The row's new length need not be the image's: it is chosen for the caches.  row 0: as it is. */
static void flatten(ConvShape *c, int64_t row)
{
    int64_t pixels = c->n * c->oh * c->ow;

    if (!row)
        return;
    if (c->oh * c->ow == 1)
        c->x.w = c->x.n, c->y.w = c->y.n, c->res.w = c->res.n;
    c->n = 1;
    c->w = c->ow = row;
    c->h = c->oh = pixels / row;
    c->x.h = row * c->x.w;
    c->y.h = row * c->y.w;
    c->res.h = row * c->res.w;
}

/* ---- tiles ---- */

enum { MAX_PIECE = 3, MAX_CALL = MAX_PIECE * CONV_MAX_RUN };

/* Output channels start .. start + count * step, step at a time, nv vectors. */
typedef struct Piece { int64_t start, count, step, nv, ldw, last, m; } Piece;

/* What the template gets: pieces, and for each a list of tiles along the row. */
typedef struct Tiling {
    Emit *e;
    const ConvShape *c;
    Choice way;
    const char *act;
    bool stream;                   /* the result is stored past the caches */
    int64_t share;                 /* floats of the next panel to fetch per row; 0: none */
    Piece piece[MAX_PIECE];
    uint32_t n_piece, n_call;
    int64_t first[MAX_PIECE + 1];
    int64_t fn[MAX_CALL], col[MAX_CALL], m[MAX_CALL], times[MAX_CALL];
    int64_t left[MAX_CALL], right[MAX_CALL];
    bool ok;
} Tiling;

/* Empty pieces would be loops without rounds. */
static void add_piece(Tiling *t, Piece p)
{
    if (p.count == 0 || p.nv == 0)
        return;
    p.m = conv_tile_height(t->e->target, &t->way, p.nv);
    t->piece[t->n_piece++] = p;
    layers_tile(t->e, "%" PRId64 "x%" PRId64, p.m, p.nv * t->e->target->width);
}

/* Whole tiles; what is left of whole panels; the last, narrower panel.  Each has its own width,
 * so each its own tile function.  start and step count output channels of a group. */
static void cut_channels(Tiling *t)
{
    int64_t kg = t->c->k / t->c->groups, whole = kg / PANEL * PANEL, left = kg - whole;
    int64_t vw = t->e->target->width, nv = t->way.knob[KNOB_vectors], step = nv * vw, rest;

    add_piece(t, (Piece){ .count = whole / step, .step = step, .nv = nv, .ldw = PANEL,
                          .last = vw });
    rest = whole % step;
    add_piece(t, (Piece){ .start = whole - rest, .count = rest > 0, .step = rest, .nv = rest / vw,
                          .ldw = PANEL, .last = vw });
    nv = (left + vw - 1) / vw;
    add_piece(t, (Piece){ .start = whole, .count = left > 0, .step = left, .nv = nv,
                          .ldw = round_up(left, ROUND), .last = left - (nv - 1) * vw });
}

/* Does it look at rows and columns of a kernel, or at the image's border? */
static bool has_taps(const ConvShape *c)
{
    return c->r * c->s > 1 || c->pad_h || c->pad_w;
}

/* What the text depends on alone: layers of other sizes call the same function with their own
 * steps.  0: a message has been said. */
static uint32_t tile_function(Tiling *t, const Piece *p, const Run *run)
{
    const ConvShape *c = t->c;
    TmplVars *v = tmpl_vars(t->e->arena);
    const IntVar vars[] = {
        { "M", run->m }, { "NV", p->nv }, { "VW", t->e->target->width }, { "LDW", p->ldw },
        { "LAST", p->last }, { "TAPS", has_taps(c) }, { "EDGE", !run->inner },
        { "NEXT", t->share },
        { "PARTIAL", t->e->in_parts && c->c > PARTIAL_SUM ? PARTIAL_SUM : 0 },
    };

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    tmpl_word(v, "ACT", t->act);
    tmpl_word(v, "PUT", t->stream && p->nv * t->e->target->width % PANEL == 0 ? "v_stream"
                                                                              : "v_store");
    return emit_function_number(t->e, "conv_tile.c.t", "tile", v);
}

/* Appends the piece's tiles along the row; t->first marks where each piece's begin. */
static void cut_columns(Tiling *t, const Piece *p)
{
    Run run[CONV_MAX_RUN];
    uint32_t n = conv_cut_row(t->c, p->m, run);

    t->ok = t->ok && n;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = t->n_call++;
        Edges edges = conv_edges(t->c, &run[k]);
        t->fn[i] = tile_function(t, p, &run[k]);
        t->ok = t->ok && t->fn[i];
        t->col[i] = run[k].col;
        t->m[i] = run[k].m;
        t->times[i] = run[k].times;
        t->left[i] = edges.left;
        t->right[i] = run[k].inner ? 0 : edges.right;
    }
}

/* Whole panels that are passed once, by more than one tile: each of these fetches its share of the
 * next panel, so that memory has as long to bring it as the panel's sums take.  A share is a power
 * of two: a line is then asked for in several steps, which costs less than a loop of them. */
static int64_t share_of(const Tiling *t)
{
    const ConvShape *c = t->c;
    int64_t m = t->way.knob[KNOB_pixels], tiles = (c->n * c->oh * c->ow + m - 1) / m;
    int64_t share = PANEL;
    bool can = t->way.knob[KNOB_next] == 1 && t->way.knob[KNOB_order] == 1 && !t->e->in_parts
            && !has_taps(c) && c->k / c->groups % PANEL == 0;

    for (int64_t of = 2; of <= tiles && share > 1; of *= 2)
        share /= 2;
    return can && tiles > 1 ? share : 0;
}

/* ---- the call ---- */

/* Piece i has the calls FIRST[i] .. FIRST[i + 1] of the lists FN, COL, M, TIMES, LEFT, RIGHT. */
static void set_lists(const Tiling *t, TmplVars *v)
{
    int64_t start[MAX_PIECE], count[MAX_PIECE], step[MAX_PIECE];

    for (uint32_t i = 0; i < t->n_piece; i++) {
        start[i] = t->piece[i].start;
        count[i] = t->piece[i].count;
        step[i] = t->piece[i].step;
    }
    tmpl_ints(v, "START", start, t->n_piece);
    tmpl_ints(v, "COUNT", count, t->n_piece);
    tmpl_ints(v, "STEPS", step, t->n_piece);
    tmpl_ints(v, "FIRST", t->first, t->n_piece + 1);
    tmpl_ints(v, "FN", t->fn, t->n_call);
    tmpl_ints(v, "COL", t->col, t->n_call);
    tmpl_ints(v, "M", t->m, t->n_call);
    tmpl_ints(v, "TIMES", t->times, t->n_call);
    tmpl_ints(v, "LEFT", t->left, t->n_call);
    tmpl_ints(v, "RIGHT", t->right, t->n_call);
}

/* Few threads share pixels though weights are passed once: what a depthwise layer in between reads
 * and writes then stays with one of them from layer to layer.  TILES: of each piece; ORDER: as many
 * go before each list's first; empty where threads share something else. */
static void set_shares(const Tiling *t, TmplVars *v)
{
    int64_t tiles[MAX_PIECE] = { 0 }, order[MAX_CALL];
    bool can = t->e->options->threads && t->way.knob[KNOB_order] == 1
            && t->way.knob[KNOB_row] != KNOB_RULE && t->c->oh == 1;

    for (uint32_t p = 0; p < t->n_piece; p++)
        for (int64_t i = t->first[p]; i < t->first[p + 1]; i++) {
            order[i] = tiles[p];
            tiles[p] += t->times[i];
        }
    can = can && tiles[0] >= CONV_SHARED_TILES;
    tmpl_ints(v, "TILES", tiles, can ? t->n_piece : 0);
    tmpl_ints(v, "ORDER", order, can ? t->n_call : 0);
}

/* PANELS_OUTER: weights that do not stay in the cache are passed over once, and rows go by
 * inside. */
static void set_vars(const Tiling *t, TmplVars *v)
{
    const ConvShape *c = t->c;
    int64_t k = c->r * c->s * c->c, kg = c->k / c->groups;
    const IntVar vars[] = {
        { "BAND", c->band }, { "XRING", c->x.ring }, { "YRING", c->y.ring },
        { "SRING", c->res.ring }, { "BATCH", c->n }, { "GROUPS", c->groups }, { "ROWS", c->oh },
        { "TAPS", has_taps(c) }, { "C", c->c }, { "R", c->r }, { "S", c->s },
        { "H", c->h }, { "STRIDE", c->stride_h }, { "PAD", c->pad_h },
        { "DIL", c->dil_h }, { "XN", c->x.n }, { "XG", c->c * c->x.c },
        { "XROW", c->x.ring ? c->x.h : c->stride_h * c->x.h },
        { "XFIRST", (c->x.ring ? 0 : c->pad_h * c->x.h) + c->pad_w * c->x.w },
        { "XR", c->x.ring ? c->x.h : c->dil_h * c->x.h }, { "XQ", c->dil_w * c->x.w },
        { "XW", c->stride_w * c->x.w }, { "XC", c->x.c }, { "STEP", c->stride_w },
        { "DILQ", c->dil_w }, { "PANEL", k * PANEL }, { "AHEAD", t->way.knob[KNOB_ahead] },
        { "SHARE", t->share }, { "ROW", c->ow },
        { "YN", c->y.n }, { "YG", kg }, { "YROW", c->y.h },
        { "YW", c->y.w }, { "SN", c->res.n }, { "SROW", c->res.h }, { "SW", c->res.w },
        { "ADD", c->add }, { "WG", group_floats(c) }, { "BG", round_up(kg, PANEL) }, { "K", k },
        { "PANELS_OUTER", t->way.knob[KNOB_order] == 1 },
        { "STREAM", t->stream },
        { "FAR", !has_taps(c) && !c->band && !t->way.knob[KNOB_order]
                 && c->h * c->x.h * 4 > CONV_FAR_BYTES },
    };

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    set_shares(t, v);
    tmpl_word(v, "TILE", arena_printf(t->e->arena, "tile_%s", t->e->target->suffix));
    set_lists(t, v);
}

/* Arguments in the template's order: x, w, bias, what is added if anything is, y. */
static bool call_conv(Emit *e, const Node *n, const Tiling *t)
{
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *args[5];
    uint32_t k = 0;

    set_vars(t, v);
    fn = emit_function(e, "conv.c.t", op_info[n->op].name, v);
    if (!fn)
        return false;
    args[k++] = emit_in(e, n->in[0]);
    args[k++] = conv_pack_weights(e, n, t->c);
    args[k++] = conv_pack_bias(e, n, t->c->groups, t->c->k / t->c->groups);
    if (t->c->add)
        args[k++] = emit_in(e, n->in[3]);
    args[k++] = emit_out(e, n->out[0]);
    emit_call_parts(e, fn, args, k);
    return true;
}

bool emit_conv(Emit *e, const Node *n)
{
    ConvShape c = conv_shape(e, n);
    Tiling t = { .e = e, .c = &c, .ok = true };

    t.way = conv_way(e, n, &c, is_flat(&c));
    if (conv_fits_taps(e, &c, &t.way))
        return emit_conv_taps(e, n, &c, &t.way);
    flatten(&c, t.way.knob[KNOB_row] == KNOB_RULE ? 0 : t.way.knob[KNOB_row]);
    t.act = emit_act(e, &n->act);
    t.stream = !c.band && (c.groups == 1 || c.k / c.groups % PANEL == 0)
            && emit_streams(e, n->out[0]);
    if (!t.act)
        return false;
    t.share = share_of(&t);
    cut_channels(&t);
    for (uint32_t i = 0; i < t.n_piece; i++) {
        t.first[i] = t.n_call;
        cut_columns(&t, &t.piece[i]);
    }
    t.first[t.n_piece] = t.n_call;
    return t.ok && call_conv(e, n, &t);
}

bool emit_dense(Emit *e, const Node *n)
{
    return emit_conv(e, n);
}
