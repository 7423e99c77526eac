/* SPDX-License-Identifier: Apache-2.0 */
/* conv: the geometry that the convolution kernels share: shapes, and rows cut into tiles. */
#include "backend/conv.h"

/* Only what is known now can be packed now. */
static bool is_const_f32(const Emit *e, ValueId v)
{
    return ir_is_const(e->g, v) && ir_val(e->g, v)->dtype == DT_F32
        && emit_place(e, v)->kind == PLACE_WEIGHTS;
}

/* A bias that is computed is read as whole vectors: its buffer ends with a cache line. */
static bool has_bias(const Emit *e, const Node *n)
{
    ValueId b = ir_in(n, 2);

    return !b.id || is_const_f32(e, b)
        || (ir_val(e->g, b)->dtype == DT_F32 && emit_place(e, b)->stride[0] == 1
            && emit_place(e, b)->offset == 0
            && (emit_place(e, b)->kind == PLACE_ARENA || emit_place(e, b)->kind == PLACE_STATE)
            && (n->op != OP_conv || ir_int(n, A_group) == 1
                || emit_shape(e, n->in[1])->dim[1] == 1));
}

bool conv_is_packed(const Emit *e, const Node *n)
{
    return emit_place(e, n->in[1])->format == FORMAT_PANELS;
}

/* Weights that the plan has put into panels, or the taps of a depthwise convolution, outside. */
static bool has_taps_outside(const Emit *e, const Node *n)
{
    const Shape *w = emit_shape(e, n->in[1]);
    int64_t stride[IR_MAX_RANK];

    plan_taps_outside(w, false, stride);
    return w->rank > 2 && w->dim[1] == 1 && !ir_is_const(e->g, n->in[1])
        && ir_val(e->g, n->in[1])->dtype == DT_F32
        && plan_same_strides(w, stride, emit_place(e, n->in[1])->stride);
}

/* Lanes are output channels, so these lie side by side in y, or there is one alone. */
bool conv_is_packable(const Emit *e, const Node *n)
{
    const Shape *y = emit_shape(e, n->out[0]);

    return !e->plain && y->rank >= 2 && y->rank <= 4 && has_bias(e, n)
        && (is_const_f32(e, n->in[1]) || conv_is_packed(e, n) || has_taps_outside(e, n))
        && (emit_place(e, n->out[0])->stride[1] == 1 || y->dim[1] == 1);
}

/* x has rank 3 (N,C,W) or 4 (N,C,H,W); the attributes have one number per spatial dimension,
 * pad the begins in front of the ends. */
void conv_spatial(const Node *n, uint32_t rank, ConvShape *c)
{
    const int64_t *stride = ir_ints(n, A_stride, NULL), *pad = ir_ints(n, A_pad, NULL);
    const int64_t *dil = ir_ints(n, A_dilation, NULL);
    uint32_t last = rank - 3;

    c->stride_w = stride[last];
    c->pad_w = pad[last];
    c->dil_w = dil[last];
    c->stride_h = rank == 4 ? stride[0] : 1;
    c->pad_h = rank == 4 ? pad[0] : 0;
    c->dil_h = rank == 4 ? dil[0] : 1;
}

/* In elements; 0 for a dimension that is not there. */
Steps conv_steps(const Emit *e, ValueId v)
{
    const Place *p = emit_place(e, v);
    uint32_t rank = emit_shape(e, v)->rank;
    Steps s = { .n = p->stride[0], .c = p->stride[1], .ring = p->ring };

    s.w = rank > 2 ? p->stride[rank - 1] : 0;
    s.h = rank > 3 ? p->stride[2] : 0;
    return s;
}

/* What a dense layer (N,C) or a one-dimensional one has not, is one wide: one kernel serves all
 * three. */
ConvShape conv_shape(const Emit *e, const Node *n)
{
    const Shape *x = emit_shape(e, n->in[0]), *w = emit_shape(e, n->in[1]);
    const Shape *y = emit_shape(e, n->out[0]);
    ConvShape c = { .n = x->dim[0], .groups = 1, .h = 1, .w = 1, .oh = 1, .ow = 1, .r = 1, .s = 1,
                    .stride_h = 1, .stride_w = 1, .dil_h = 1, .dil_w = 1 };

    c.x = conv_steps(e, n->in[0]);
    c.y = conv_steps(e, n->out[0]);
    c.k = y->dim[1];
    c.c = w->dim[1];
    if (x->rank > 2) {
        conv_spatial(n, x->rank, &c);
        c.groups = ir_int(n, A_group);
        c.w = x->dim[x->rank - 1];
        c.ow = y->dim[x->rank - 1];
        c.s = w->dim[x->rank - 1];
    }
    if (x->rank > 3) {
        c.h = x->dim[2];
        c.oh = y->dim[2];
        c.r = w->dim[2];
    }
    if (ir_in(n, 3).id) {
        c.add = true;
        c.res = conv_steps(e, n->in[3]);
    }
    c.band = e->rows != NULL;
    if (c.band)
        c.n = 1;
    return c;
}

/* ---- rows ---- */

/* Do all kernel columns of output columns col .. col + m lie inside the image? */
static bool is_inner(const ConvShape *c, int64_t col, int64_t m)
{
    return col * c->stride_w >= c->pad_w
        && (col + m - 1) * c->stride_w - c->pad_w + (c->s - 1) * c->dil_w < c->w;
}

/* A tile that sees nothing but padding is left to the plain kernel. */
static bool meets_image(const ConvShape *c, int64_t col, int64_t m)
{
    return (col + m - 1) * c->stride_w - c->pad_w + (c->s - 1) * c->dil_w >= 0
        && col * c->stride_w - c->pad_w < c->w;
}

Edges conv_edges(const ConvShape *c, const Run *run)
{
    int64_t first = run->col * c->stride_w - c->pad_w;
    int64_t all = (run->m - 1) * c->stride_w + (c->s - 1) * c->dil_w + 1;

    return (Edges){ first < 0 ? -first : 0, first + all > c->w ? c->w - first : all };
}

/* Output o reads column o stride - pad + q dilation. */
void conv_columns(const ConvShape *c, int64_t q, int64_t *lo, int64_t *hi)
{
    int64_t before = c->pad_w - q * c->dil_w, last = c->w - 1 + before;

    *lo = before <= 0 ? 0 : (before - 1) / c->stride_w + 1;
    *hi = last < 0 ? 0 : last / c->stride_w + 1;
    *hi = *hi < c->ow ? *hi : c->ow;
}

/* Tiles of at most m columns, as equal as can be: high of them have low + 1, the others low.
 * Those that need no look at the border and have the same width are one run, repeated.  0: no
 * such cut. */
uint32_t conv_cut_row(const ConvShape *c, int64_t m, Run run[CONV_MAX_RUN])
{
    int64_t tiles = (c->ow + m - 1) / m, low = c->ow / tiles, high = c->ow % tiles, col = 0;
    uint32_t n = 0;

    for (int64_t t = 0; t < tiles; t++) {
        Run next = { col, low + (t < high), 1, false };
        if (!meets_image(c, col, next.m))
            return 0;
        next.inner = is_inner(c, col, next.m);
        col += next.m;
        if (n && next.inner && run[n - 1].inner && run[n - 1].m == next.m) {
            run[n - 1].times++;
            continue;
        }
        if (n == CONV_MAX_RUN)
            return 0;
        run[n++] = next;
    }
    return n;
}
