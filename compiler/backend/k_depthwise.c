/* SPDX-License-Identifier: Apache-2.0 */
/* k_depthwise: one filter per channel; lanes are channels, weights are packed as [r][s][channel].
 *
 * Bound by loads, not by arithmetic: a tile of a few columns loads each pixel once and uses it for
 * every kernel column that meets it. */
#include "backend/conv.h"

#include <inttypes.h>

/* The limits on kernel, dilation and stride keep the text of a tile short: the template writes
 * a tile's columns out one by one. */
bool fits_depthwise(const Emit *e, const Node *n)
{
    Run run[CONV_MAX_RUN];
    ConvShape c;

    if (!conv_is_packable(e, n) || conv_is_packed(e, n) || ir_in(n, 3).id
        || emit_shape(e, n->in[0])->rank < 3)
        return false;
    c = conv_shape(e, n);
    return c.groups > 1 && c.c == 1 && c.k == c.groups && c.x.c == 1 && c.s <= 15
        && c.dil_w <= 8 && c.stride_w <= 8 && conv_cut_row(&c, DEPTHWISE_COLUMNS, run);
}

/* (C,1,R,S) -> [r][s][c] */
static const char *pack(Emit *e, const Node *n, const ConvShape *c)
{
    const float *w = ir_val(e->g, n->in[1])->data;
    int64_t taps = c->r * c->s;
    float *out;

    if (!w)
        return emit_in(e, n->in[1]);
    out = arena_new_n(e->arena, float, (size_t)(taps * c->k));
    for (int64_t k = 0; k < c->k; k++)
        for (int64_t t = 0; t < taps; t++)
            out[t * c->k + k] = w[k * taps + t];
    return emit_weights(e, DT_F32, out, taps * c->k,
                        arena_printf(e->arena, "weights of %s",
                                     c_comment(e->arena, ir_val(e->g, n->out[0])->name)));
}

/* LANES: no more than there are channels. */
static int64_t lanes(const Emit *e, const ConvShape *c)
{
    return c->k < e->target->width ? c->k : e->target->width;
}

/* What is done with sums, and how many columns of them are in a tile. */
typedef struct Tile { const char *act, *put; int64_t columns; } Tile;

/* m columns of output; what else a tile needs to know it is told by its caller. */
static uint32_t tile_function(Emit *e, const ConvShape *c, const Tile *t, int64_t m)
{
    TmplVars *v = tmpl_vars(e->arena);

    emit_int_vars(v, (const IntVar[]){ { "M", m }, { "S", c->s }, { "VW", e->target->width },
                                       { "LANES", lanes(e, c) } }, 4);
    tmpl_word(v, "ACT", t->act);
    tmpl_word(v, "PUT", t->put);
    return emit_function_number(e, "depthwise_tile.c.t", "depthwise_tile", v);
}

/* The runs as the lists that the template takes, one number per run in each.  False: a tile has no
 * function, and a message has been said. */
static bool set_runs(Emit *e, const ConvShape *c, const Tile *t, TmplVars *v)
{
    int64_t col[CONV_MAX_RUN], times[CONV_MAX_RUN], m[CONV_MAX_RUN], fn[CONV_MAX_RUN];
    int64_t left[CONV_MAX_RUN], right[CONV_MAX_RUN];
    Run run[CONV_MAX_RUN];
    uint32_t n = conv_cut_row(c, t->columns, run);
    bool ok = true;

    for (uint32_t i = 0; i < n; i++) {
        Edges edges = conv_edges(c, &run[i]);
        col[i] = run[i].col;
        times[i] = run[i].times;
        m[i] = run[i].m;
        left[i] = edges.left;
        right[i] = edges.right;
        fn[i] = tile_function(e, c, t, run[i].m);
        ok = ok && fn[i];
    }
    tmpl_ints(v, "COL", col, n);
    tmpl_ints(v, "TIMES", times, n);
    tmpl_ints(v, "M", m, n);
    tmpl_ints(v, "LEFT", left, n);
    tmpl_ints(v, "RIGHT", right, n);
    tmpl_ints(v, "FN", fn, n);
    return ok;
}

/* XFIRST is how far the first kernel element stands before the image, for padding above and to
 * the left. */
static void set_vars(const Emit *e, const ConvShape *c, const Choice *way, TmplVars *v)
{
    const IntVar vars[] = {
        { "BAND", c->band }, { "XRING", c->x.ring }, { "YRING", c->y.ring },
        { "BATCH", c->n }, { "C", c->k }, { "LANES", lanes(e, c) },
        { "ROWS", c->oh }, { "R", c->r }, { "H", c->h },
        { "STRIDE", c->stride_h }, { "STEP", c->stride_w }, { "PAD", c->pad_h },
        { "DIL", c->dil_h }, { "DILQ", c->dil_w }, { "XN", c->x.n }, { "XH", c->x.h },
        { "XR", c->x.ring ? c->x.h : c->dil_h * c->x.h }, { "XW", c->x.w },
        { "XFIRST", (c->x.ring ? 0 : c->pad_h * c->x.h) + c->pad_w * c->x.w },
        { "YN", c->y.n }, { "YH", c->y.h }, { "YW", c->y.w },
        { "BLOCK", c->band ? c->k : way->knob[KNOB_block] },
        { "COLUMNS_OUTER", way->knob[KNOB_order] },
    };

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    tmpl_word(v, "TILE", arena_printf(e->arena, "depthwise_tile_%s", e->target->suffix));
}

/* One group per channel, so K = C and the bias is one row of K numbers. */
bool emit_depthwise(Emit *e, const Node *n)
{
    ConvShape c = conv_shape(e, n);
    Choice way = depthwise_way(e, n, &c);
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *act = emit_act(e, &n->act);
    /* a vector is a whole line, because the next one is stored much later */
    bool stream = !c.band && e->target->width % PANEL_WIDTH == 0 && emit_streams(e, n->out[0]);

    if (!act
        || !set_runs(e, &c, &(Tile){ act, stream ? "v_stream" : "v_store",
                                     way.knob[KNOB_pixels] }, v))
        return false;
    set_vars(e, &c, &way, v);
    tmpl_int(v, "STREAM", stream);
    layers_tile(e, "1x%" PRId64 "x%d", way.knob[KNOB_pixels], e->target->width);
    fn = emit_function(e, "depthwise.c.t", "depthwise", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), pack(e, n, &c),
                                           conv_pack_bias(e, n, 1, c.k),
                                           emit_out(e, n->out[0]) }, 4);
    return fn != NULL;
}
