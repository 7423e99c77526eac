/* SPDX-License-Identifier: Apache-2.0 */
/* k_conv_transpose: transposed convolutions, output by output.
 *
 * x (N,C,D1..Dn), w (C,K/group,R1..Rn), bias (K) -> (N,K,O1..On), n = 1 to 3.  Usually told as each
 * input adding to a window of outputs; gathered instead, an output is a sum over those inputs and
 * elements r of the kernel for which i * stride + r * dilation = o + pad, so that it is written
 * once and its sum has one order: r, then channels.
 *
 * Constant f32 weights are packed as [group][r...][c][k], so that lanes can be channels of the
 * result; everything else goes number by number, with the weights as they are. */
#include "backend/kernels.h"

enum { AT_ONCE = 4 };          /* vectors of sums: as many as hide the latency of one */

/* sp: spatial dimensions; taps: product of the kernel's; vector: lanes are channels of a group. */
typedef struct Transposed {
    const Shape *x, *w, *y;
    uint32_t sp;
    int64_t groups, c, k, taps;          /* channels of a group; elements of the kernel */
    bool vector;
} Transposed;

/* Lanes need the channels of w, bias and result side by side. */
static bool is_vector(const Emit *e, const Node *n)
{
    ValueId bias = ir_in(n, 2);

    return !e->plain && ir_val(e->g, n->in[0])->dtype == DT_F32 && ir_is_const(e->g, n->in[1])
        && emit_place(e, n->out[0])->stride[1] == 1
        && (!bias.id || emit_place(e, bias)->stride[0] == 1);
}

/* w is (C,K/group,...), so w's own dimension 1 is a group's K already. */
static Transposed describe(const Emit *e, const Node *n)
{
    Transposed t = { emit_shape(e, n->in[0]), emit_shape(e, n->in[1]), emit_shape(e, n->out[0]),
                     .groups = ir_int(n, A_group), .taps = 1, .vector = is_vector(e, n) };

    t.sp = t.x->rank - 2;
    t.c = t.x->dim[1] / t.groups;
    t.k = t.w->dim[1];
    for (uint32_t d = 0; d < t.sp; d++)
        t.taps *= t.w->dim[2 + d];
    return t;
}

/* ---- weights ---- */

/* (C, K/group, taps) -> [group][tap][c][k] */
static const char *pack(Emit *e, const Node *n, const Transposed *t)
{
    const float *w = ir_val(e->g, n->in[1])->data;
    int64_t count = shape_count(t->w), per_group = t->c * t->k * t->taps;
    float *out = arena_new_n(e->arena, float, (size_t)count);

    for (int64_t i = 0; i < count; i++) {
        int64_t tap = i % t->taps, k = i / t->taps % t->k, c = i / t->taps / t->k;
        out[c / t->c * per_group + (tap * t->c + c % t->c) * t->k + k] = w[i];
    }
    return emit_weights(e, DT_F32, out, count,
                        arena_printf(e->arena, "weights of %s",
                                     c_comment(e->arena, ir_val(e->g, n->out[0])->name)));
}

/* Of the weights as they are read: packed, row-major in [group][r...][c][k], or as they came. */
static void set_weight_steps(const Emit *e, const Node *n, const Transposed *t, TmplVars *v)
{
    const int64_t *w = emit_place(e, n->in[1])->stride;
    int64_t packed[IR_MAX_RANK], step = t->c * t->k;

    for (uint32_t d = t->sp; d-- > 0; step *= t->w->dim[2 + d])
        packed[d] = step;
    tmpl_int(v, "WG", t->vector ? step : t->c * w[0]);
    tmpl_int(v, "WC", t->vector ? t->k : w[0]);
    tmpl_int(v, "WK", t->vector ? 1 : w[1]);
    tmpl_ints(v, "W", t->vector ? packed : w + 2, t->sp);
}

/* ---- lanes ---- */

/* Pieces of AT_ONCE whole vectors, and one of what is left. */
static void set_pieces(const Emit *e, const Transposed *t, TmplVars *v)
{
    int64_t vw = e->target->width, whole = t->k / (AT_ONCE * vw), left = t->k % (AT_ONCE * vw);
    int64_t nv[2], start[2], count[2], last[2];
    uint32_t n = 0;

    if (whole) {
        nv[n] = AT_ONCE, start[n] = 0, count[n] = whole, last[n] = vw;
        n++;
    }
    if (left) {
        nv[n] = (left + vw - 1) / vw, start[n] = t->k - left, count[n] = 1;
        last[n] = left - (nv[n] - 1) * vw;
        n++;
    }
    tmpl_ints(v, "NV", nv, n);
    tmpl_ints(v, "START", start, n);
    tmpl_ints(v, "COUNT", count, n);
    tmpl_ints(v, "LAST", last, n);
    tmpl_int(v, "VECTOR", t->vector);
    tmpl_int(v, "VW", vw);
}

/* ---- the window ---- */

/* Euclid's; a, b > 0. */
static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* i * stride + r * dilation = o + pad has solutions for every (stride / gcd)th r, if any. */
static void set_window(const Node *n, const Transposed *t, TmplVars *v)
{
    const int64_t *stride = ir_ints(n, A_stride, NULL), *dil = ir_ints(n, A_dilation, NULL);
    int64_t gap[IR_MAX_RANK];

    for (uint32_t d = 0; d < t->sp; d++)
        gap[d] = stride[d] / gcd(stride[d], dil[d]);
    tmpl_int(v, "SP", t->sp);
    tmpl_ints(v, "IN", t->x->dim + 2, t->sp);
    tmpl_ints(v, "OUT", t->y->dim + 2, t->sp);
    tmpl_ints(v, "KERNEL", t->w->dim + 2, t->sp);
    tmpl_ints(v, "STRIDE", stride, t->sp);
    tmpl_ints(v, "PAD", ir_ints(n, A_pad, NULL), t->sp);
    tmpl_ints(v, "DIL", dil, t->sp);
    tmpl_ints(v, "GAP", gap, t->sp);
}

/* Steps of x (N,C,...) and y (N,K,...): the first two by name, the spatial ones as lists. */
static void set_steps(const Emit *e, const Node *n, const Transposed *t, TmplVars *v)
{
    const int64_t *x = emit_place(e, n->in[0])->stride, *y = emit_place(e, n->out[0])->stride;
    ValueId bias = ir_in(n, 2);
    const IntVar vars[] = {
        { "N", t->x->dim[0] }, { "GROUPS", t->groups }, { "K", t->k }, { "C", t->c },
        { "XN", x[0] }, { "XC", x[1] }, { "YN", y[0] }, { "YC", y[1] }, { "BIAS", bias.id != 0 },
        { "BK", bias.id ? emit_place(e, bias)->stride[0] : 0 },
    };

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    tmpl_ints(v, "X", x + 2, t->sp);
    tmpl_ints(v, "Y", y + 2, t->sp);
}

/* The bias is read as it lies, by its own step: unlike the weights it needs no packing. */
bool emit_conv_transpose(Emit *e, const Node *n)
{
    DType type = ir_val(e->g, n->in[0])->dtype;
    Transposed t = describe(e, n);
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *args[4];
    uint32_t k = 0;

    set_window(n, &t, v);
    set_steps(e, n, &t, v);
    set_weight_steps(e, n, &t, v);
    set_pieces(e, &t, v);
    tmpl_word(v, "T", dtype_info[type].c);
    tmpl_word(v, "FMA", type == DT_F64 ? "d_fma" : "s_fma");
    fn = emit_function(e, "conv_transpose.c.t", "conv_transpose", v);
    args[k++] = emit_in(e, n->in[0]);
    args[k++] = t.vector ? pack(e, n, &t) : emit_in(e, n->in[1]);
    if (ir_in(n, 2).id)
        args[k++] = emit_in(e, n->in[2]);
    args[k++] = emit_out(e, n->out[0]);
    if (fn)
        emit_call_parts(e, fn, args, k);
    return fn != NULL;
}
