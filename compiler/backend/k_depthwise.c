/* SPDX-License-Identifier: Apache-2.0 */
/* k_depthwise: one filter per channel; lanes are channels, weights are packed as [r][s][channel].
 *
 * Bound by loads, not by arithmetic: a tile of a few columns loads each pixel once and uses it for
 * every kernel column that meets it. */
#include "backend/conv.h"

enum { MAX_TILE = 64, SUMS = 8 };      /* columns per tile: sums beside weights and a pixel */

bool fits_depthwise(const Emit *e, const Node *n)
{
    ConvShape c;

    if (!conv_is_packable(e, n) || ir_in(n, 3).id || emit_shape(e, n->in[0])->rank < 3)
        return false;
    c = conv_shape(e, n);
    return c.groups > 1 && c.c == 1 && c.k == c.groups && c.x.c == 1 && c.s <= 15
        && conv_columns(&c).inner_first <= 16 && c.ow - conv_columns(&c).inner_end <= 16;
}

typedef struct Columns {
    uint32_t n;
    int64_t col[MAX_TILE], times[MAX_TILE], width[MAX_TILE], q0[MAX_TILE], q1[MAX_TILE];
} Columns;

static void add(Columns *l, int64_t col, int64_t times, int64_t width, const int64_t q[2])
{
    if (!times)
        return;
    l->col[l->n] = col;
    l->times[l->n] = times;
    l->width[l->n] = width;
    l->q0[l->n] = q[0];
    l->q1[l->n++] = q[1];
}

static void add_border(Columns *l, const ConvShape *c, int64_t ow)
{
    add(l, ow, 1, 1, (int64_t[]){ conv_q0(c, ow), conv_q1(c, ow) });
}

static void cut(const ConvShape *c, Columns *l)
{
    ConvColumns cols = conv_columns(c);
    int64_t n = cols.inner_end - cols.inner_first, tiles = (n + SUMS - 1) / SUMS;
    int64_t whole[2] = { 0, c->s }, low = n ? n / tiles : 0, high = n ? n % tiles : 0;

    for (int64_t ow = 0; ow < cols.inner_first; ow++)
        add_border(l, c, ow);
    add(l, cols.inner_first, high, low + 1, whole);
    add(l, cols.inner_first + high * (low + 1), tiles - high, low, whole);
    for (int64_t ow = cols.inner_end; ow < c->ow; ow++)
        add_border(l, c, ow);
}

/* (C,1,R,S) -> [r][s][c] */
static const char *pack(Emit *e, const Node *n, const ConvShape *c)
{
    const float *w = ir_val(e->g, n->in[1])->data;
    int64_t taps = c->r * c->s;
    float *out = arena_new_n(e->arena, float, (size_t)(taps * c->k));

    for (int64_t k = 0; k < c->k; k++)
        for (int64_t t = 0; t < taps; t++)
            out[t * c->k + k] = w[k * taps + t];
    return emit_weights(e, DT_F32, out, taps * c->k,
                        arena_printf(e->arena, "weights of %s",
                                     c_comment(e->arena, ir_val(e->g, n->out[0])->name)));
}

static void set_vars(const Emit *e, const ConvShape *c, const Columns *l, TmplVars *v)
{
    int64_t vw = e->target->width;
    const struct { const char *name; int64_t x; } vars[] = {
        { "BATCH", c->n }, { "C", c->k }, { "LANES", c->k < vw ? c->k : vw }, { "VW", vw },
        { "ROWS", c->oh }, { "R", c->r }, { "S", c->s }, { "H", c->h },
        { "STRIDE", c->stride_h }, { "STEP", c->stride_w }, { "PAD", c->pad_h },
        { "DIL", c->dil_h }, { "DILQ", c->dil_w }, { "XN", c->x.n }, { "XH", c->x.h },
        { "XW", c->x.w }, { "XFIRST", c->pad_h * c->x.h + c->pad_w * c->x.w },
        { "YN", c->y.n }, { "YH", c->y.h }, { "YW", c->y.w },
    };

    for (size_t i = 0; i < sizeof vars / sizeof vars[0]; i++)
        tmpl_int(v, vars[i].name, vars[i].x);
    tmpl_ints(v, "COL", l->col, l->n);
    tmpl_ints(v, "TIMES", l->times, l->n);
    tmpl_ints(v, "WIDTH", l->width, l->n);
    tmpl_ints(v, "Q0", l->q0, l->n);
    tmpl_ints(v, "Q1", l->q1, l->n);
}

bool emit_depthwise(Emit *e, const Node *n)
{
    ConvShape c = conv_shape(e, n);
    Columns l = { .n = 0 };
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *act = emit_act(e, &n->act);

    if (!act)
        return false;
    cut(&c, &l);
    set_vars(e, &c, &l, v);
    tmpl_word(v, "ACT", act);
    fn = emit_function(e, "depthwise.c.t", "depthwise", v);
    if (fn)
        emit_call(e, fn, (const char *[]){ emit_in(e, n->in[0]), pack(e, n, &c),
                                           conv_pack_bias(e, n, 1, c.k),
                                           emit_out(e, n->out[0]) }, 4);
    return fn != NULL;
}
