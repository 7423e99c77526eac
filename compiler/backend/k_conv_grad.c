/* SPDX-License-Identifier: Apache-2.0 */
/* k_conv_grad: the gradient of a convolution's or dense layer's weights.
 *
 *   dw[k][c][r][s] = sum over images and outputs o of dy[k][o] x[c][o stride - pad + (r, s)]
 *
 * For each tap that is a product of two matrices over all pixels, by register tiles: rows are
 * broadcast from one operand, columns are vectors of the other, and the sums of a row of pixels
 * stay in registers.  Columns are the inputs, or the outputs where there are few inputs (the
 * stem): so the plan has laid out the result (layout.c).  A pointwise convolution has all its
 * pixels in rows of PIXELS, so that both operands' parts stay in the L2 cache while all tiles
 * pass over them.
 *
 * Each sum is made by one thread in one order: the same bits for any number of threads.  Where
 * there are few weights, threads share pixels, in parts with a sum each (plan_sum_parts). */
#include "backend/conv.h"

#include <inttypes.h>

enum { PIXELS = 128, MAX_PIECE = 3, MAX_TAPS = 64 };

/* ---- geometry ---- */

/* A convolution whose x is operand 0 and y operand 1, its weights the result. */
static ConvShape grad_shape(const Emit *e, const Node *n)
{
    const Shape *x = emit_shape(e, n->in[0]), *y = emit_shape(e, n->in[1]);
    const Shape *w = emit_shape(e, n->out[0]);
    uint32_t last = x->rank - 1;
    ConvShape c = { .n = x->dim[0], .groups = ir_int(n, A_group), .c = w->dim[1], .k = w->dim[0],
                    .h = 1, .w = 1, .oh = 1, .ow = 1, .r = 1, .s = 1, .stride_h = 1,
                    .stride_w = 1, .dil_h = 1, .dil_w = 1 };

    c.x = conv_steps(e, n->in[0]);
    c.y = conv_steps(e, n->in[1]);
    if (x->rank > 2) {
        conv_spatial(n, x->rank, &c);
        c.w = x->dim[last];
        c.ow = y->dim[last];
        c.s = w->dim[last];
    }
    if (x->rank > 3) {
        c.h = x->dim[2];
        c.oh = y->dim[2];
        c.r = w->dim[2];
    }
    return c;
}

static bool is_f32(const Emit *e, const Node *n)
{
    return ir_val(e->g, n->in[0])->dtype == DT_F32 && !e->plain
        && emit_shape(e, n->in[0])->rank <= 4;
}

/* Do vectors run along the inputs? */
static bool by_inputs(const Emit *e, const Node *n)
{
    const Shape *w = emit_shape(e, n->out[0]);

    return w->dim[1] > 1 && emit_place(e, n->out[0])->stride[1] == 1;
}

bool fits_conv_grad(const Emit *e, const Node *n)
{
    ConvShape c = grad_shape(e, n);
    int64_t stride[IR_MAX_RANK];

    plan_taps_outside(emit_shape(e, n->out[0]), by_inputs(e, n), stride);
    return is_f32(e, n) && c.groups == 1 && c.s <= MAX_TAPS && c.r <= MAX_TAPS
        && (c.y.c == 1 || c.k == 1) && (c.x.c == 1 || !by_inputs(e, n) || c.c == 1)
        && plan_same_strides(emit_shape(e, n->out[0]), stride, emit_place(e, n->out[0])->stride);
}

bool fits_depthwise_grad(const Emit *e, const Node *n)
{
    ConvShape c = grad_shape(e, n);
    int64_t stride[IR_MAX_RANK];

    plan_taps_outside(emit_shape(e, n->out[0]), false, stride);
    return is_f32(e, n) && c.groups > 1 && c.c == 1 && c.k == c.groups && c.s <= MAX_TAPS
        && c.x.c == 1 && c.y.c == 1
        && plan_same_strides(emit_shape(e, n->out[0]), stride, emit_place(e, n->out[0])->stride);
}

/* For each kernel column the outputs [lo, hi) whose input is inside the image. */
static void column_ranges(const ConvShape *c, int64_t lo[MAX_TAPS], int64_t hi[MAX_TAPS])
{
    for (int64_t s = 0; s < c->s; s++)
        conv_columns(c, s, &lo[s], &hi[s]);
}

/* Is x more than stays in an L2 cache? */
static bool is_far(const ConvShape *c)
{
    return c->n * c->h * c->w * c->c * c->groups * 4 > CONV_FAR_BYTES;
}

static void common_vars(const ConvShape *c, TmplVars *v)
{
    emit_int_vars(v, (const IntVar[]){
        { "BATCH", c->n }, { "R", c->r }, { "S", c->s }, { "H", c->h }, { "OH", c->oh },
        { "STRIDE", c->stride_h }, { "PAD", c->pad_h }, { "DIL", c->dil_h },
        { "XN", c->x.n }, { "XH", c->x.h }, { "YN", c->y.n }, { "YH", c->y.h },
        { "YW", c->y.w } }, 13);
}

static bool call(Emit *e, const Node *n, const char *fn)
{
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_in(e, n->in[1]),
                                                 emit_out(e, n->out[0]) }, 3);
    return fn != NULL;
}

static bool call_in_parts(Emit *e, const Node *n, const char *fn)
{
    return call(e, n, fn) && emit_add_parts(e, n);
}

/* ---- depthwise ---- */

bool emit_depthwise_grad(Emit *e, const Node *n)
{
    ConvShape c = grad_shape(e, n);
    int64_t lo[MAX_TAPS], hi[MAX_TAPS];
    TmplVars *v = tmpl_vars(e->arena);

    column_ranges(&c, lo, hi);
    common_vars(&c, v);
    emit_int_vars(v, (const IntVar[]){
        { "C", c.k }, { "VW", e->target->width }, { "STEP", c.stride_w }, { "PADQ", c.pad_w },
        { "DILQ", c.dil_w }, { "XW", c.x.w }, { "OW", c.ow },
        { "FAR", is_far(&c) }, { "PARTS", plan_sum_parts(e->g, e->plan, n) } }, 9);
    tmpl_ints(v, "LO", lo, (uint32_t)c.s);
    tmpl_ints(v, "HI", hi, (uint32_t)c.s);
    return call_in_parts(e, n, emit_function(e, "depthwise_grad.c.t", "depthwise_grad", v));
}

/* ---- tiles ---- */

/* The product of one tap: rows x cols numbers. */
typedef struct Product {
    int64_t rows, cols;
    bool x_is_a;                   /* rows are inputs */
    int64_t ac, ap, bp;            /* steps of a: channel, pixel; of b: pixel */
    int64_t last_hi;               /* pixels of the last row; 0: as the others */
    int64_t m, high, low;          /* tiles of m + 1 rows, of m rows */
} Product;

/* All pixels in rows of PIXELS where one step leads from each to the next. */
static void flatten(ConvShape *c, Product *p)
{
    int64_t pixels = c->n * c->oh * c->ow;
    bool one = (c->oh == 1 || (c->x.h == c->ow * c->x.w && c->y.h == c->ow * c->y.w))
            && (c->n == 1 || (c->x.n == c->oh * c->ow * c->x.w
                              && c->y.n == c->oh * c->ow * c->y.w));

    if (c->r * c->s != 1 || c->stride_h != 1 || c->stride_w != 1 || c->pad_h || c->pad_w
        || c->h != c->oh || c->w != c->ow)
        return;
    if (c->oh * c->ow == 1)
        c->x.w = c->x.n, c->y.w = c->y.n;
    else if (!one)
        return;
    c->n = 1;
    c->ow = c->w = pixels < PIXELS ? pixels : PIXELS;
    c->oh = c->h = (pixels + c->ow - 1) / c->ow;
    c->x.h = c->ow * c->x.w;
    c->y.h = c->ow * c->y.w;
    p->last_hi = pixels - (c->oh - 1) * c->ow;
}

static Product product_of(const Emit *e, const Node *n, ConvShape *c)
{
    Product p = { .x_is_a = !by_inputs(e, n) };
    int64_t tiles;

    flatten(c, &p);
    p.rows = p.x_is_a ? c->c : c->k;
    p.cols = p.x_is_a ? c->k : c->c;
    p.ac = p.x_is_a ? c->x.c : c->y.c;
    p.ap = p.x_is_a ? c->stride_w * c->x.w : c->y.w;
    p.bp = p.x_is_a ? c->y.w : c->stride_w * c->x.w;
    tiles = (p.rows + e->target->tile_m - 1) / e->target->tile_m;
    p.m = p.rows / tiles;
    p.high = p.rows % tiles;
    p.low = tiles - p.high;
    return p;
}

static uint32_t tile(Emit *e, const Product *p, int64_t m, int64_t nv, int64_t last)
{
    TmplVars *v = tmpl_vars(e->arena);

    emit_int_vars(v, (const IntVar[]){
        { "M", m }, { "NV", nv }, { "VW", e->target->width }, { "LAST", last }, { "AC", p->ac },
        { "AP", p->ap }, { "BP", p->bp }, { "YR", p->cols } }, 8);
    return emit_function_number(e, "conv_grad_tile.c.t", "grad_tile", v);
}

/* Columns in pieces: whole tiles, whole vectors that are left, a last vector of what is left. */
static bool set_pieces(Emit *e, const Product *p, TmplVars *v)
{
    int64_t vw = e->target->width, wide = e->target->tile_v * vw, left = p->cols % wide;
    int64_t start[2], count[2], step[2], fn[2 * 2] = { 0 };
    uint32_t n = 0;

    for (int i = 0; i < 2; i++) {
        int64_t cols = i ? left : wide, nv = (cols + vw - 1) / vw;
        int64_t last = cols - (nv - 1) * vw;
        if (cols == 0 || (!i && p->cols < wide))
            continue;
        start[n] = i ? p->cols - left : 0;
        count[n] = i ? 1 : p->cols / wide;
        step[n] = cols;
        if (p->high && !(fn[2 * n] = tile(e, p, p->m + 1, nv, last)))
            return false;
        if (p->low && !(fn[2 * n + 1] = tile(e, p, p->m, nv, last)))
            return false;
        n++;
    }
    tmpl_ints(v, "START", start, n);
    tmpl_ints(v, "COUNT", count, n);
    tmpl_ints(v, "STEP", step, n);
    tmpl_ints(v, "FN", fn, 2 * n);
    return true;
}

bool emit_conv_grad(Emit *e, const Node *n)
{
    ConvShape c = grad_shape(e, n);
    Product p = product_of(e, n, &c);
    int64_t lo[MAX_TAPS], hi[MAX_TAPS];
    TmplVars *v = tmpl_vars(e->arena);

    column_ranges(&c, lo, hi);
    common_vars(&c, v);
    emit_int_vars(v, (const IntVar[]){
        { "XW", c.dil_w * c.x.w }, { "XFIRST", c.pad_w * c.x.w },
        { "XSTEP", c.stride_w * c.x.w }, { "X_IS_A", p.x_is_a }, { "ROWS", p.rows },
        { "COLS", p.cols }, { "M", p.m }, { "HIGH", p.high }, { "LOW", p.low }, { "AC", p.ac },
        { "LASTHI", p.last_hi }, { "FAR", c.r * c.s == 1 && is_far(&c) },
        { "PARTS", plan_sum_parts(e->g, e->plan, n) } }, 13);
    tmpl_ints(v, "LO", lo, (uint32_t)c.s);
    tmpl_ints(v, "HI", hi, (uint32_t)c.s);
    tmpl_word(v, "TILE", arena_printf(e->arena, "grad_tile_%s", e->target->suffix));
    return set_pieces(e, &p, v)
        && call_in_parts(e, n, emit_function(e, "conv_grad.c.t", "conv_grad", v));
}

/* ---- any ---- */

bool emit_conv_grad_any(Emit *e, const Node *n)
{
    const Shape *x = emit_shape(e, n->in[0]), *y = emit_shape(e, n->in[1]);
    const Shape *w = emit_shape(e, n->out[0]);
    uint32_t sp = x->rank - 2;
    TmplVars *v = tmpl_vars(e->arena);

    emit_int_vars(v, (const IntVar[]){
        { "SP", sp }, { "N", x->dim[0] }, { "GROUPS", ir_int(n, A_group) },
        { "K", w->dim[0] / ir_int(n, A_group) }, { "C", w->dim[1] } }, 5);
    tmpl_ints(v, "IN", x->dim + 2, sp);
    tmpl_ints(v, "OUT", y->dim + 2, sp);
    tmpl_ints(v, "KERNEL", w->dim + 2, sp);
    tmpl_ints(v, "STRIDE", ir_ints(n, A_stride, NULL), sp);
    tmpl_ints(v, "PAD", ir_ints(n, A_pad, NULL), sp);
    tmpl_ints(v, "DIL", ir_ints(n, A_dilation, NULL), sp);
    emit_step_vars(e, n->in[0], (const char *[]){ "XN", "XC", "X" }, v);
    emit_step_vars(e, n->in[1], (const char *[]){ "YN", "YC", "Y" }, v);
    emit_step_vars(e, n->out[0], (const char *[]){ "WK", "WC", "W" }, v);
    tmpl_word(v, "T", emit_type(e, n->in[0]));
    return call(e, n, emit_function(e, "conv_grad_any.c.t", "conv_grad", v));
}

/* ---- the gradient of a depthwise convolution's operand, where the stride is not 1 ---- */

/* Weights (C,1,R,S) with their taps outside, as the plan has packed them. */
bool fits_depthwise_back(const Emit *e, const Node *n)
{
    const Shape *w = emit_shape(e, n->in[1]);
    int64_t stride[IR_MAX_RANK];

    plan_taps_outside(w, false, stride);
    return is_f32(e, n) && ir_int(n, A_group) == w->dim[0] && w->dim[1] == 1 && !ir_in(n, 2).id
        && emit_place(e, n->in[0])->stride[1] == 1 && emit_place(e, n->out[0])->stride[1] == 1
        && w->dim[0] > 1 && plan_same_strides(w, stride, emit_place(e, n->in[1])->stride);
}

bool emit_depthwise_back(Emit *e, const Node *n)
{
    const Shape *x = emit_shape(e, n->in[0]), *w = emit_shape(e, n->in[1]);
    const Shape *y = emit_shape(e, n->out[0]);
    uint32_t last = x->rank - 1;
    bool rows = x->rank > 3;
    Steps xs = conv_steps(e, n->in[0]), ys = conv_steps(e, n->out[0]);
    ConvShape c = { .stride_h = 1 };
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;

    conv_spatial(n, x->rank, &c);
    emit_int_vars(v, (const IntVar[]){
        { "BATCH", x->dim[0] }, { "C", x->dim[1] }, { "VW", e->target->width },
        { "R", rows ? w->dim[2] : 1 }, { "S", w->dim[last] }, { "H", rows ? x->dim[2] : 1 },
        { "W", x->dim[last] }, { "OH", rows ? y->dim[2] : 1 }, { "OW", y->dim[last] },
        { "STRIDE", c.stride_h }, { "STEP", c.stride_w }, { "PAD", c.pad_h },
        { "PADQ", c.pad_w }, { "DIL", c.dil_h }, { "DILQ", c.dil_w }, { "XN", xs.n },
        { "XH", xs.h }, { "XW", xs.w }, { "YN", ys.n }, { "YH", ys.h }, { "YW", ys.w } }, 21);
    fn = emit_function(e, "depthwise_back.c.t", "depthwise_back", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_in(e, n->in[1]),
                                                 emit_out(e, n->out[0]) }, 3);
    return fn != NULL;
}
