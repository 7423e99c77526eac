/* SPDX-License-Identifier: Apache-2.0 */
/* k_conv_taps: convolutions with kernels of several elements whose weights do not stay in an L2
 * cache: 512 to 512 channels have 9 MB.
 *
 * k_conv passes a panel of them (16 channels of output) over one row of the image after the other;
 * where rows are short, each weight fetched from the L2 cache meets few pixels.  Here a part of a
 * tap's weights, small enough for the L1 cache, meets many rows before the next, as in a blocked
 * product of matrices (Goto and van de Geijn 2008: k is cut too).  The rows' sums wait on the
 * stack.  Every sum has the order that it has in k_conv: kernel rows, columns, channels.
 */
#include "backend/conv.h"

#include <inttypes.h>

enum {
    L1_BYTES = 16 * 1024,          /* of weights: a part of a tap's; so much of sums, too */
    LINE = 16,                     /* floats in a cache line */
    LEAST_CHUNK = 32,
    MAX_PIECE = 2, MAX_TAPS = 16, MAX_CALL = 2 * MAX_PIECE * MAX_TAPS
};

/* Whole panels alone, side by side with the sums; training sums up otherwise (conv_tile: PARTIAL),
 * and what stays in a cache is better off in k_conv. */
bool conv_fits_taps(const Emit *e, const ConvShape *c, const Choice *way)
{
    return !c->band && c->r * c->s > 1 && c->s <= MAX_TAPS && way->knob[KNOB_order] == 1
        && c->k / c->groups % PANEL_WIDTH == 0 && c->x.c == 1 && !e->state && c->oh > 1
        && c->ow * way->knob[KNOB_vectors] * e->target->width * 4 <= L1_BYTES;
}

/* Output channels: tiles as wide as they should be, and one of what is left. */
typedef struct Taps {
    Emit *e;
    const ConvShape *c;
    const Choice *way;
    uint32_t n_piece, n_call;
    int64_t start[MAX_PIECE], count[MAX_PIECE], step[MAX_PIECE], nv[MAX_PIECE];
    int64_t first[MAX_PIECE * MAX_TAPS + 1];
    int64_t fn[MAX_CALL], col[MAX_CALL], m[MAX_CALL], times[MAX_CALL];
} Taps;

static void add_piece(Taps *t, int64_t start, int64_t count, int64_t step)
{
    uint32_t i = t->n_piece;

    if (!count || !step)
        return;
    t->start[i] = start;
    t->count[i] = count;
    t->step[i] = step;
    t->nv[i] = step / t->e->target->width;
    t->n_piece++;
}

static bool add_call(Taps *t, int64_t nv, int64_t m, int64_t col, int64_t times)
{
    TmplVars *v = tmpl_vars(t->e->arena);
    uint32_t i = t->n_call;

    if (!times)
        return true;
    emit_int_vars(v, (const IntVar[]){
        { "M", m }, { "NV", nv }, { "VW", t->e->target->width }, { "LDW", PANEL_WIDTH },
        { "EDGE", 0 } }, 5);
    t->fn[i] = emit_function_number(t->e, "conv_taps_tile.c.t", "tap_tile", v);
    t->m[i] = m;
    t->col[i] = col;
    t->times[i] = times;
    t->n_call++;
    return t->fn[i];
}

/* The columns whose input for kernel column q is inside of the image, in tiles as equal as can be:
 * some of m + 1, then some of m. */
static bool cut_columns(Taps *t, int64_t nv, int64_t most, int64_t q)
{
    int64_t lo, hi, tiles, m, high;

    conv_columns(t->c, q, &lo, &hi);
    if (hi <= lo)
        return true;
    tiles = (hi - lo + most - 1) / most;
    m = (hi - lo) / tiles;
    high = (hi - lo) % tiles;
    return add_call(t, nv, m + 1, lo, high)
        && add_call(t, nv, m, lo + high * (m + 1), tiles - high);
}

static bool cut(Taps *t)
{
    int64_t kg = t->c->k / t->c->groups, vw = t->e->target->width;
    int64_t step = t->way->knob[KNOB_vectors] * vw, rest = kg % step;
    bool ok = true;

    add_piece(t, 0, kg / step, step);
    add_piece(t, kg - rest, rest > 0, rest);
    for (uint32_t p = 0; p < t->n_piece; p++) {
        int64_t most = conv_tile_height(t->e->target, t->way, t->nv[p]);
        layers_tile(t->e, "%" PRId64 "x%" PRId64, most, t->step[p]);
        for (int64_t q = 0; q < t->c->s; q++) {
            t->first[p * t->c->s + q] = t->n_call;
            ok = ok && cut_columns(t, t->nv[p], most, q);
        }
    }
    t->first[t->n_piece * t->c->s] = t->n_call;
    return ok;
}

static void set_lists(const Taps *t, TmplVars *v)
{
    uint32_t n = t->n_piece;

    tmpl_ints(v, "START", t->start, n);
    tmpl_ints(v, "COUNT", t->count, n);
    tmpl_ints(v, "STEP", t->step, n);
    tmpl_ints(v, "FIRST", t->first, n * (uint32_t)t->c->s + 1);
    tmpl_ints(v, "FN", t->fn, t->n_call);
    tmpl_ints(v, "COL", t->col, t->n_call);
    tmpl_ints(v, "M", t->m, t->n_call);
    tmpl_ints(v, "TIMES", t->times, t->n_call);
}

/* Rows whose sums are no more than L1_BYTES. */
static int64_t most_lines(const ConvShape *c, int64_t wide)
{
    int64_t lines = L1_BYTES / (c->ow * wide * 4);

    return lines < c->oh ? lines : c->oh;
}

/* Channels whose weights are no more than L1_BYTES, and whose pixels neither; in equal parts. */
static int64_t part_of_c(const ConvShape *c, int64_t wide, int64_t lines)
{
    int64_t pixels = lines * c->ow, parts;
    int64_t most = L1_BYTES / (4 * (wide > pixels ? wide : pixels));

    most = most > LEAST_CHUNK ? most : LEAST_CHUNK;
    parts = (c->c + most - 1) / most;
    return (c->c + parts - 1) / parts;
}

/* AHEAD: while a row goes by, so much is asked for of each panel's next part; all at once would
 * have to wait for its turn. */
static const char *function(Taps *t, const char *act, bool stream)
{
    const ConvShape *c = t->c;
    TmplVars *v = tmpl_vars(t->e->arena);
    int64_t wide = t->step[0], lines = most_lines(c, wide);
    int64_t chunk = part_of_c(c, wide, lines), kg = c->k / c->groups;
    const IntVar vars[] = {
        { "BATCH", c->n }, { "GROUPS", c->groups }, { "ROWS", c->oh }, { "COLS", c->ow },
        { "LINES", lines }, { "C", c->c },
        { "CHUNK", chunk }, { "R", c->r }, { "S", c->s }, { "H", c->h },
        { "STRIDE", c->stride_h }, { "PAD", c->pad_h }, { "PADQ", c->pad_w }, { "DIL", c->dil_h },
        { "DILQ", c->dil_w }, { "XN", c->x.n }, { "XG", c->c }, { "XH", c->x.h },
        { "XW", c->x.w }, { "XT", c->stride_w * c->x.w }, { "XC", c->x.c }, { "YN", c->y.n },
        { "YG", kg }, { "YH", c->y.h }, { "YW", c->y.w }, { "SN", c->res.n }, { "SH", c->res.h },
        { "SW", c->res.w }, { "ADD", c->add }, { "STREAM", stream },
        { "WG", kg * c->r * c->s * c->c }, { "BG", kg }, { "K", c->r * c->s * c->c },
        { "LDW", PANEL_WIDTH }, { "VW", t->e->target->width },
        { "AHEAD", (chunk * PANEL_WIDTH / lines + LINE - 1) / LINE * LINE },
    };

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    tmpl_word(v, "TILE", arena_printf(t->e->arena, "tap_tile_%s", t->e->target->suffix));
    tmpl_word(v, "ACT", act);
    tmpl_word(v, "PUT", stream ? "v_stream" : "v_store");
    set_lists(t, v);
    return emit_function(t->e, "conv_taps.c.t", "conv", v);
}

bool emit_conv_taps(Emit *e, const Node *n, const ConvShape *c, const Choice *way)
{
    Taps t = { .e = e, .c = c, .way = way };
    const char *act = emit_act(e, &n->act), *fn, *args[5];
    uint32_t k = 0;

    /* sums are stored vector by vector, so a vector is a whole line or the line is not streamed */
    fn = act && cut(&t)
       ? function(&t, act, e->target->width % PANEL_WIDTH == 0 && emit_streams(e, n->out[0]))
       : NULL;
    if (!fn)
        return false;
    args[k++] = emit_in(e, n->in[0]);
    args[k++] = conv_pack_weights(e, n, c);
    args[k++] = conv_pack_bias(e, n, c->groups, c->k / c->groups);
    if (c->add)
        args[k++] = emit_in(e, n->in[3]);
    args[k++] = emit_out(e, n->out[0]);
    emit_call_parts(e, fn, args, k);
    return true;
}
