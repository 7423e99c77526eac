/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_export_ops: each op as ONNX nodes.
 *
 * Most ops are one node with the same attributes under other names (the table).  Attributes that
 * opset 17 wants as operands become initialisers; what it does not have is composed.
 */
#include "frontend/onnx_export.h"

#include <math.h>
#include <string.h>

/* What a node is being made of; the last node writes the result. */
typedef struct Parts {
    OnnxExport *x;
    const Node *n;
    const char *in[IR_MAX_RANK];     /* the first operands' names; "" left out */
    const char *out;                 /* of the op alone, before residual and activation */
} Parts;

static const char *name_of(const OnnxExport *x, ValueId v)
{
    return v.id ? ir_val(x->g, v)->name : "";
}

/* ---- attributes under their ONNX names ---- */

static const struct { AttrName ours; const char *onnx; } attrs[] = {
    { A_stride, "strides" }, { A_pad, "pads" }, { A_dilation, "dilations" }, { A_group, "group" },
    { A_out_pad, "output_padding" }, { A_kernel, "kernel_shape" }, { A_ceil, "ceil_mode" },
    { A_count_pad, "count_include_pad" }, { A_eps, "epsilon" }, { A_axis, "axis" },
    { A_axes, "axes" }, { A_keep, "keepdims" }, { A_last, "select_last_index" },
    { A_size, "size" }, { A_alpha, "alpha" }, { A_beta, "beta" }, { A_gamma, "gamma" },
    { A_bias, "bias" }, { A_fmod, "fmod" }, { A_perm, "perm" }, { A_mode, "mode" },
    { A_momentum, "momentum" },
};

static const char *onnx_name(AttrName name)
{
    for (size_t i = 0; i < sizeof attrs / sizeof attrs[0]; i++)
        if (attrs[i].ours == name)
            return attrs[i].onnx;
    return NULL;
}

static void put_attrs(OnnxExport *x, OnnxNodeProto *p, const Node *n)
{
    for (int k = 0; k < IR_MAX_ATTR && n->attr[k].name; k++) {
        const Attr *a = &n->attr[k];
        const char *name = onnx_name(a->name);

        if (!name)
            continue;
        if (a->type == ATTR_INT)
            export_int(x, p, name, a->u.i);
        else if (a->type == ATTR_FLOAT)
            export_float(x, p, name, a->name == A_momentum ? 1 - a->u.f : a->u.f);
        else if (a->type == ATTR_INTS)
            export_ints(x, p, name, a->u.ints, a->n);
        else
            export_word(x, p, name, a->u.word);
    }
}

/* ---- small nodes ---- */

static const char *two(OnnxExport *x, const char *op, const char *a, const char *b, const char *out)
{
    if (!out)
        out = export_temp(x, op);
    export_node(x, op, (const char *[]){ a, b }, 2, &out, 1);
    return out;
}

static const char *one(OnnxExport *x, const char *op, const char *a, const char *out)
{
    if (!out)
        out = export_temp(x, op);
    export_node(x, op, &a, 1, &out, 1);
    return out;
}

/* ---- activations: out = act(in), with parameters a and b ---- */

/* An Act whose numbers keep a double's precision, and the type that it works on. */
typedef struct Unary {
    Op op;
    DType type;
    double a, b;
} Unary;

static const char *times(OnnxExport *x, const Unary *u, const char *in, double k)
{
    return two(x, "Mul", in, export_scalar(x, u->type, k), NULL);
}

/* 0.5 x (1 + erf(x / sqrt 2)), or with tanh(sqrt(2/pi) (1 + 0.044715 x^2) x) for the erf */
static void put_gelu(OnnxExport *x, const Unary *u, const char *in, const char *out)
{
    const char *half = times(x, u, in, 0.5), *unit = export_scalar(x, u->type, 1), *t;

    if (u->a != 0) {
        t = times(x, u, two(x, "Mul", in, in, NULL), 0.044715);
        t = two(x, "Mul", two(x, "Add", t, unit, NULL), in, NULL);
        t = one(x, "Tanh", times(x, u, t, sqrt(2 / 3.14159265358979323846)), NULL);
    } else {
        t = one(x, "Erf", times(x, u, in, sqrt(0.5)), NULL);
    }
    two(x, "Mul", half, two(x, "Add", t, unit, NULL), out);
}

/* Of integers the limits are the integers inside them. */
static void put_clip(OnnxExport *x, const Unary *u, const char *in, const char *out)
{
    bool real = u->type == DT_F32 || u->type == DT_F64, low = !isinf(u->a), high = !isinf(u->b);
    const char *args[3] = { in, "", "" };

    if (low)
        args[1] = export_scalar(x, u->type, real ? u->a : ceil(u->a));
    if (high)
        args[2] = export_scalar(x, u->type, real ? u->b : floor(u->b));
    export_node(x, "Clip", args, high ? 3 : low ? 2 : 1, &out, 1);
}

static void put_act(OnnxExport *x, const Unary *u, const char *in, const char *out)
{
    OnnxNodeProto *p;

    switch (u->op) {
    case OP_clip: put_clip(x, u, in, out); return;
    case OP_silu: two(x, "Mul", in, one(x, "Sigmoid", in, NULL), out); return;
    case OP_gelu: put_gelu(x, u, in, out); return;
    case OP_mish:
        two(x, "Mul", in, one(x, "Tanh", one(x, "Softplus", in, NULL), NULL), out);
        return;
    default: break;
    }
    p = export_node(x, op_info[u->op].onnx, &in, 1, &out, 1);
    for (int k = 0, i = 0; k < IR_MAX_ATTR && op_info[u->op].attr[k].name; k++)
        if (op_info[u->op].attr[k].type == ATTR_FLOAT)
            export_float(x, p, onnx_name(op_info[u->op].attr[k].name), i++ ? u->b : u->a);
}

/* A unary node's own parameters, as those of a fused one. */
static bool put_unary(Parts *p)
{
    Unary u = { .op = p->n->op, .type = ir_val(p->x->g, p->n->in[0])->dtype };
    double *to[] = { &u.a, &u.b };

    for (int k = 0, i = 0; k < IR_MAX_ATTR && p->n->attr[k].name && i < 2; k++)
        if (p->n->attr[k].type == ATTR_FLOAT)
            *to[i++] = p->n->attr[k].u.f;
    if (p->n->op == OP_gelu)
        u.a = !strcmp(ir_word(p->n, A_approximate), "tanh");
    put_act(p->x, &u, p->in[0], p->out);
    return true;
}

static bool put_cast(Parts *p)
{
    OnnxNodeProto *n = export_node(p->x, "Cast", p->in, 1, &p->out, 1);

    export_int(p->x, n, "to", dtype_info[dtype_by_name(ir_word(p->n, A_to))].onnx);
    return true;
}

/* ---- ops whose attributes are operands in ONNX ---- */

static const char *ints_of(Parts *p, AttrName name)
{
    uint32_t n;
    const int64_t *v = ir_ints(p->n, name, &n);

    return export_i64(p->x, v, n);
}

static bool put_with_ints(Parts *p, const char *op, AttrName name)
{
    two(p->x, op, p->in[0], ints_of(p, name), p->out);
    return true;
}

static bool put_reshape(Parts *p)
{
    OnnxNodeProto *n = export_node(p->x, "Reshape",
                                   (const char *[]){ p->in[0], ints_of(p, A_shape) }, 2, &p->out,
                                   1);

    export_int(p->x, n, "allowzero", 1);       /* a 0 is a dimension of 0 */
    return true;
}

static bool put_expand(Parts *p) { return put_with_ints(p, "Expand", A_shape); }
static bool put_tile(Parts *p) { return put_with_ints(p, "Tile", A_repeats); }

static bool put_split(Parts *p)
{
    const char **out = arena_new_n(p->x->a, const char *, p->n->n_out);
    OnnxNodeProto *n;

    for (uint32_t i = 0; i < p->n->n_out; i++)
        out[i] = name_of(p->x, p->n->out[i]);
    n = export_node(p->x, "Split", (const char *[]){ p->in[0], ints_of(p, A_sizes) }, 2, out,
                    p->n->n_out);
    export_int(p->x, n, "axis", ir_int(p->n, A_axis));
    return true;
}

/* An end before the begin is written as one that is clamped to it. */
static bool put_slice(Parts *p)
{
    uint32_t rank;
    const int64_t *start = ir_ints(p->n, A_start, &rank), *size = ir_ints(p->n, A_size, NULL);
    const int64_t *step = ir_ints(p->n, A_step, NULL);
    int64_t end[IR_MAX_RANK], axes[IR_MAX_RANK];
    const char *in[5] = { p->in[0], export_i64(p->x, start, rank) };

    for (uint32_t i = 0; i < rank; i++) {
        end[i] = start[i] + size[i] * step[i];
        end[i] = end[i] < 0 ? -INT64_MAX : end[i];
        axes[i] = i;
    }
    in[2] = export_i64(p->x, end, rank);
    in[3] = export_i64(p->x, axes, rank);
    in[4] = export_i64(p->x, step, rank);
    export_node(p->x, "Slice", in, 5, &p->out, 1);
    return true;
}

static bool put_pad(Parts *p)
{
    const char *mode = ir_word(p->n, A_mode), *in[3] = { p->in[0], ints_of(p, A_pad), "" };
    bool constant = !strcmp(mode, "constant");
    OnnxNodeProto *n;

    if (!strcmp(mode, "wrap"))
        return false;                          /* opset 19 */
    if (constant)
        in[2] = export_scalar(p->x, ir_val(p->x->g, p->n->in[0])->dtype,
                              ir_float(p->n, A_value));
    n = export_node(p->x, "Pad", in, constant ? 3 : 2, &p->out, 1);
    export_word(p->x, n, "mode", mode);
    return true;
}

static bool put_resize(Parts *p)
{
    bool scales = ir_in(p->n, 1).id != 0;
    const char *in[4] = { p->in[0], "", scales ? p->in[1] : "", "" };
    OnnxNodeProto *n;

    if (!strcmp(ir_word(p->n, A_coord), "half_pixel_symmetric"))
        return false;                          /* opset 19 */
    if (!scales)
        in[3] = ints_of(p, A_size);
    n = export_node(p->x, "Resize", in, scales ? 3 : 4, &p->out, 1);
    export_word(p->x, n, "mode", ir_word(p->n, A_mode));
    export_word(p->x, n, "coordinate_transformation_mode", ir_word(p->n, A_coord));
    export_word(p->x, n, "nearest_mode", ir_word(p->n, A_nearest));
    return true;
}

/* Opset 17: the axes of a sum are an operand, those of the other reductions an attribute. */
static bool put_reduce(Parts *p)
{
    OnnxNodeProto *n;

    if (p->n->op != OP_reduce_sum) {
        n = export_node(p->x, op_info[p->n->op].onnx, p->in, 1, &p->out, 1);
        put_attrs(p->x, n, p->n);
        return true;
    }
    n = export_node(p->x, "ReduceSum", (const char *[]){ p->in[0], ints_of(p, A_axes) }, 2,
                    &p->out, 1);
    export_int(p->x, n, "keepdims", ir_int(p->n, A_keep));
    return true;
}

/* ---- linear ops ---- */

static size_t with_bias(const Parts *p)
{
    return p->in[2][0] ? 3 : 2;
}

static bool put_conv(Parts *p)
{
    const Shape *w = &ir_val(p->x->g, p->n->in[1])->shape;
    OnnxNodeProto *n = export_node(p->x, op_info[p->n->op].onnx, p->in, with_bias(p), &p->out, 1);

    put_attrs(p->x, n, p->n);
    export_ints(p->x, n, "kernel_shape", w->dim + 2, w->rank - 2);
    return true;
}

static bool put_dense(Parts *p)
{
    OnnxNodeProto *n = export_node(p->x, "Gemm", p->in, with_bias(p), &p->out, 1);

    export_int(p->x, n, "transB", 1);
    return true;
}

/* ---- pooling ---- */

static bool all_ones(const int64_t *v, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (v[i] != 1)
            return false;
    return true;
}

/* Of windows that begin behind the image we make none; opset 17 does when it rounds up.  The pads
 * at the end that no window reaches are left out, so that there is nothing to round.  False: there
 * are not so many. */
static bool fit_pads(const Parts *p, int64_t *pad)
{
    const Shape *x = &ir_val(p->x->g, p->n->in[0])->shape;
    const Shape *y = &ir_val(p->x->g, p->n->out[0])->shape;
    uint32_t rank = x->rank - 2;
    const int64_t *kernel = ir_ints(p->n, A_kernel, NULL), *own = ir_ints(p->n, A_pad, NULL);
    const int64_t *dilation = ir_ints(p->n, A_dilation, NULL);
    const int64_t *stride = ir_ints(p->n, A_stride, NULL);

    memcpy(pad, own, 2 * rank * sizeof *pad);
    for (uint32_t i = 0; i < rank; i++) {
        int64_t last = x->dim[2 + i] + own[i] + own[rank + i] - (kernel[i] - 1) * dilation[i] - 1;
        if (last / stride[i] == y->dim[2 + i] - 1)
            pad[rank + i] -= last % stride[i];
        if (pad[rank + i] < 0)
            return false;
    }
    return true;
}

/* Dilated average pooling came with opset 19. */
static bool put_pool(Parts *p)
{
    uint32_t n;
    const int64_t *dilation = ir_ints(p->n, A_dilation, &n);
    int64_t pad[2 * IR_MAX_RANK];
    bool ceil = ir_int(p->n, A_ceil), average = p->n->op == OP_avg_pool;
    OnnxNodeProto *node;

    if (average && !all_ones(dilation, n))
        return false;
    if (ceil && !fit_pads(p, pad))
        return false;
    node = export_node(p->x, op_info[p->n->op].onnx, p->in, 1, &p->out, 1);
    export_ints(p->x, node, "kernel_shape", ir_ints(p->n, A_kernel, NULL), n);
    export_ints(p->x, node, "strides", ir_ints(p->n, A_stride, NULL), n);
    export_ints(p->x, node, "pads", ceil ? pad : ir_ints(p->n, A_pad, NULL), 2 * n);
    export_int(p->x, node, "ceil_mode", ceil);
    if (average)
        export_int(p->x, node, "count_include_pad", ir_int(p->n, A_count_pad));
    else
        export_ints(p->x, node, "dilations", dilation, n);
    return true;
}

/* ---- types that opset 17 has not for all numbers ---- */

enum {
    F32 = 1 << DT_F32, REAL = F32 | 1 << DT_F64,
    BYTES = 1 << DT_I8 | 1 << DT_U8, SIGNED = 1 << DT_I32 | 1 << DT_I64,
    WORDS = SIGNED | 1 << DT_U32 | 1 << DT_U64
};

static const struct { Op op; int types; } narrow[] = {
    { OP_matmul, REAL | WORDS }, { OP_max_pool, REAL | BYTES }, { OP_celu, F32 },
    { OP_pow, REAL | SIGNED }, { OP_prelu, REAL | WORDS }, { OP_reduce_sum, REAL | WORDS },
    { OP_reduce_mean, REAL | WORDS }, { OP_reduce_prod, REAL | WORDS },
    { OP_reduce_max, REAL | WORDS | BYTES }, { OP_reduce_min, REAL | WORDS | BYTES },
};

static bool has_type(Op op, DType t)
{
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0]; i++)
        if (narrow[i].op == op)
            return narrow[i].types >> t & 1;
    return true;
}

/* ---- all ---- */

static bool put_plain(Parts *p)
{
    const char **in = arena_new_n(p->x->a, const char *, p->n->n_in);
    OnnxNodeProto *n;

    for (uint32_t i = 0; i < p->n->n_in; i++)
        in[i] = name_of(p->x, p->n->in[i]);
    n = export_node(p->x, op_info[p->n->op].onnx, in, p->n->n_in, &p->out, 1);
    put_attrs(p->x, n, p->n);
    return true;
}

typedef bool PutFn(Parts *p);
static const struct { Op op; PutFn *put; } special[] = {
    { OP_conv, put_conv }, { OP_conv_transpose, put_conv }, { OP_dense, put_dense },
    { OP_avg_pool, put_pool }, { OP_max_pool, put_pool },
    { OP_reshape, put_reshape }, { OP_expand, put_expand },
    { OP_tile, put_tile }, { OP_split, put_split }, { OP_slice, put_slice }, { OP_pad, put_pad },
    { OP_resize, put_resize }, { OP_cast, put_cast },
};

static PutFn *find_put(const Node *n)
{
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (special[i].op == n->op)
            return special[i].put;
    if (op_info[n->op].flags & REDUCE)
        return put_reduce;
    return op_info[n->op].flags & UNARY && n->op != OP_identity ? put_unary : put_plain;
}

/* The op alone, which writes p->out. */
static bool put_node(Parts *p)
{
    DType t = p->n->n_in ? ir_val(p->x->g, p->n->in[0])->dtype : DT_NONE;

    if (!has_type(p->n->op, t)) {
        diag_error(p->x->d, p->n->pos, "'%s': opset 17 has no %s of %s",
                   diag_quote(p->x->a, name_of(p->x, p->n->out[0])), op_info[p->n->op].name,
                   dtype_info[t].name);
        return false;
    }
    if (find_put(p->n)(p))
        return true;
    diag_error(p->x->d, p->n->pos, "'%s': opset 17 has no %s like this",
               diag_quote(p->x->a, name_of(p->x, p->n->out[0])), op_info[p->n->op].name);
    return false;
}

bool export_op(OnnxExport *x, const Node *n)
{
    bool add = (n->op == OP_conv || n->op == OP_dense) && ir_in(n, 3).id;
    const Value *y = ir_val(x->g, n->out[0]);
    Unary act = { n->act.op, y->dtype, (double)n->act.a, (double)n->act.b };
    const char *out = y->name, *sum;
    Parts p = { .x = x, .n = n };

    for (uint32_t i = 0; i < 4; i++)
        p.in[i] = name_of(x, ir_in(n, i));
    p.out = add || n->act.op ? export_temp(x, out) : out;
    if (!put_node(&p))
        return false;
    sum = p.out;
    if (add)
        sum = two(x, "Add", p.out, p.in[3], n->act.op ? NULL : out);
    if (n->act.op)
        put_act(x, &act, sum, out);
    return true;
}
