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
            export_float(x, p, name, a->u.f);
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

static void put_gelu(OnnxExport *x, bool tanh_form, const char *in, const char *out)
{
    const char *half = two(x, "Mul", in, export_f32(x, 0.5), NULL), *t;

    if (tanh_form) {
        t = two(x, "Mul", two(x, "Mul", in, in, NULL), export_f32(x, 0.044715), NULL);
        t = two(x, "Mul", two(x, "Add", t, export_f32(x, 1), NULL), in, NULL);
        t = one(x, "Tanh", two(x, "Mul", t, export_f32(x, sqrt(2 / 3.14159265358979323846)), NULL),
                NULL);
    } else {
        t = one(x, "Erf", two(x, "Mul", in, export_f32(x, sqrt(0.5)), NULL), NULL);
    }
    two(x, "Mul", half, two(x, "Add", t, export_f32(x, 1), NULL), out);
}

static void put_clip(OnnxExport *x, double lo, double hi, const char *in, const char *out)
{
    const char *args[3] = { in, isinf(lo) ? "" : export_f32(x, lo),
                            isinf(hi) ? "" : export_f32(x, hi) };

    export_node(x, "Clip", args, isinf(hi) ? (isinf(lo) ? 1 : 2) : 3, &out, 1);
}

static void put_act(OnnxExport *x, const Act *act, const char *in, const char *out)
{
    OnnxNodeProto *p;

    switch (act->op) {
    case OP_clip: put_clip(x, (double)act->a, (double)act->b, in, out); return;
    case OP_silu: two(x, "Mul", in, one(x, "Sigmoid", in, NULL), out); return;
    case OP_gelu: put_gelu(x, act->a != 0, in, out); return;
    case OP_mish:
        two(x, "Mul", in, one(x, "Tanh", one(x, "Softplus", in, NULL), NULL), out);
        return;
    default: break;
    }
    p = export_node(x, op_info[act->op].onnx, &in, 1, &out, 1);
    for (int k = 0, i = 0; k < IR_MAX_ATTR && op_info[act->op].attr[k].name; k++)
        if (op_info[act->op].attr[k].type == ATTR_FLOAT)
            export_float(x, p, onnx_name(op_info[act->op].attr[k].name),
                         (double)(i++ ? act->b : act->a));
}

/* A unary node's own parameters, as those of a fused one. */
static bool put_unary(Parts *p)
{
    Act act = { .op = p->n->op };
    float *to[] = { &act.a, &act.b };

    for (int k = 0, i = 0; k < IR_MAX_ATTR && p->n->attr[k].name && i < 2; k++)
        if (p->n->attr[k].type == ATTR_FLOAT)
            *to[i++] = (float)p->n->attr[k].u.f;
    if (p->n->op == OP_clip && ir_val(p->x->g, p->n->in[0])->dtype != DT_F32)
        return false;                          /* its limits would need that type too */
    if (p->n->op == OP_gelu)
        act.a = !strcmp(ir_word(p->n, A_approximate), "tanh");
    put_act(p->x, &act, p->in[0], p->out);
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
    const char *in[3] = { p->in[0], ints_of(p, A_pad), "" };
    bool constant = !strcmp(ir_word(p->n, A_mode), "constant");
    DType t = ir_val(p->x->g, p->n->in[0])->dtype;
    OnnxNodeProto *n;

    if (constant && t == DT_F32)
        in[2] = export_f32(p->x, ir_float(p->n, A_value));
    else if (constant && ir_float(p->n, A_value) != 0)
        return false;
    n = export_node(p->x, "Pad", in, in[2][0] ? 3 : 2, &p->out, 1);
    export_word(p->x, n, "mode", ir_word(p->n, A_mode));
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

/* Dilated average pooling came with opset 19. */
static bool put_avg_pool(Parts *p)
{
    uint32_t n;
    const int64_t *dilation = ir_ints(p->n, A_dilation, &n);
    OnnxNodeProto *node;

    for (uint32_t i = 0; i < n; i++)
        if (dilation[i] != 1)
            return false;
    node = export_node(p->x, "AveragePool", p->in, 1, &p->out, 1);
    for (int k = 0; k < IR_MAX_ATTR && p->n->attr[k].name; k++) {
        const Attr *a = &p->n->attr[k];
        if (a->type == ATTR_INTS && a->name != A_dilation)
            export_ints(p->x, node, onnx_name(a->name), a->u.ints, a->n);
        else if (a->type == ATTR_INT)
            export_int(p->x, node, onnx_name(a->name), a->u.i);
    }
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
    { OP_avg_pool, put_avg_pool }, { OP_reshape, put_reshape }, { OP_expand, put_expand },
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

bool export_op(OnnxExport *x, const Node *n)
{
    bool add = (n->op == OP_conv || n->op == OP_dense) && ir_in(n, 3).id;
    const char *out = name_of(x, n->out[0]), *sum;
    Parts p = { .x = x, .n = n };

    for (uint32_t i = 0; i < 4; i++)
        p.in[i] = name_of(x, ir_in(n, i));
    p.out = add || n->act.op ? export_temp(x, out) : out;
    if (!find_put(n)(&p)) {
        diag_error(x->d, n->pos, "'%s': opset 17 has no %s like this",
                   diag_quote(x->a, out), op_info[n->op].name);
        return false;
    }
    sum = p.out;
    if (add)
        sum = two(x, "Add", p.out, p.in[3], n->act.op ? NULL : out);
    if (n->act.op)
        put_act(x, &n->act, sum, out);
    return true;
}
