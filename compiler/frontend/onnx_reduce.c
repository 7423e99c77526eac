/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_reduce: sums, means and extremes over axes, and what is composed of them.
 *
 * Axes left out or empty mean all, unless noop_with_empty_axes says none: then the reduction is
 * left out, and what a composed one does before and after it stays (sqrt(x^2) for ReduceL2).
 */
#include "frontend/onnx_import.h"

typedef struct Reduction {
    Ints axes;               /* empty: all */
    bool keep;
    bool none;               /* noop_with_empty_axes: nothing is reduced */
} Reduction;

/* The axes are an attribute first, and an operand since opset 13 (ReduceSum) or 18 (the others). */
static bool read_reduction(OnnxNode *n, Reduction *r)
{
    int64_t since = n->op->op == OP_reduce_sum ? 13 : 18;
    Shape x = onnx_shape(n, n->in[0]);

    r->axes = onnx_ints_since(n, since, "axes", 1);
    r->keep = onnx_int(n, "keepdims", 1);
    r->none = n->opset >= since && onnx_int(n, "noop_with_empty_axes", 0) && !r->axes.n;
    for (uint32_t i = 0, axis; i < r->axes.n; i++)
        if (!onnx_axis(n, r->axes.v[i], x.rank, &axis))
            return false;
    if (n->opset < since && n->n_in > 1)
        onnx_error(n, "has 2 operands; at most 1 is possible before opset %lld", (long long)since);
    return !onnx_failed(n);
}

/* The reduction itself; over no axes it is the identity: only the rest of the formula counts. */
static ValueId apply(OnnxNode *n, const Reduction *r, Op op, ValueId x, const char *suffix)
{
    if (r->none)
        return suffix ? x : onnx_unary(n, OP_identity, x, NULL);
    return onnx_reduce(n, op, x, r->axes, r->keep, suffix);
}

/* Booleans, whose maximum is "any" and whose minimum is "all", are reduced as bytes. */
void onnx_import_reduce(OnnxNode *n)
{
    Reduction r;
    ValueId x = n->in[0];

    if (!read_reduction(n, &r))
        return;
    if (onnx_dtype(n, x) != DT_BOOL) {
        n->result[0] = apply(n, &r, n->op->op, x, NULL);
        return;
    }
    x = apply(n, &r, n->op->op, onnx_cast(n, x, DT_U8, "bytes"), "byte");
    n->result[0] = onnx_cast(n, x, DT_BOOL, NULL);
}

/* sum |x| */
void onnx_import_reduce_l1(OnnxNode *n)
{
    Reduction r;

    if (read_reduction(n, &r))
        n->result[0] = apply(n, &r, OP_reduce_sum, onnx_unary(n, OP_abs, n->in[0], "abs"), NULL);
}

/* x^2, as a product: exact signs, no pow. */
static ValueId squares(OnnxNode *n)
{
    return onnx_binary(n, OP_mul, n->in[0], n->in[0], "squares");
}

/* sqrt(sum x^2) */
void onnx_import_reduce_l2(OnnxNode *n)
{
    Reduction r;

    if (read_reduction(n, &r))
        n->result[0] = onnx_unary(n, OP_sqrt, apply(n, &r, OP_reduce_sum, squares(n), "sum"),
                                  NULL);
}

/* sum x^2 */
void onnx_import_reduce_sum_square(OnnxNode *n)
{
    Reduction r;

    if (read_reduction(n, &r))
        n->result[0] = apply(n, &r, OP_reduce_sum, squares(n), NULL);
}

/* log(sum x) */
void onnx_import_reduce_log_sum(OnnxNode *n)
{
    Reduction r;

    if (read_reduction(n, &r))
        n->result[0] = onnx_unary(n, OP_log, apply(n, &r, OP_reduce_sum, n->in[0], "sum"), NULL);
}

/* The shape without the axes. */
static Shape squeezed(OnnxNode *n, const Reduction *r, Shape s)
{
    bool gone[IR_MAX_RANK] = { false };
    Shape y = { 0 };

    for (uint32_t i = 0, axis; i < r->axes.n; i++)
        if (onnx_axis(n, r->axes.v[i], s.rank, &axis))
            gone[axis] = true;
    for (uint32_t i = 0; i < s.rank && r->axes.n; i++)
        if (!gone[i])
            y.dim[y.rank++] = s.dim[i];
    return y;
}

/* log(sum exp(x)) = m + log(sum exp(x - m)) with m = max x, so that exp does not overflow */
void onnx_import_reduce_log_sum_exp(OnnxNode *n)
{
    Reduction r, kept;
    ValueId max, y;

    if (!read_reduction(n, &r))
        return;
    if (r.none) {
        n->result[0] = onnx_unary(n, OP_identity, n->in[0], NULL);
        return;
    }
    kept = r;                            /* with dimensions of 1, to broadcast with x */
    kept.keep = true;
    max = apply(n, &kept, OP_reduce_max, n->in[0], "max");
    y = onnx_unary(n, OP_exp, onnx_binary(n, OP_sub, n->in[0], max, "below"), "exp");
    y = onnx_unary(n, OP_log, apply(n, &kept, OP_reduce_sum, y, "sum"), "log");
    y = onnx_binary(n, OP_add, y, max, r.keep ? NULL : "kept");
    if (!r.keep) {
        Shape s = squeezed(n, &r, onnx_shape(n, n->in[0]));
        y = onnx_reshape(n, y, &s, NULL);
    }
    n->result[0] = y;
}

/* ArgMax, ArgMin: the first of equals, or the last, as int64. */
void onnx_import_arg(OnnxNode *n)
{
    Attr attr[] = {
        attr_int(A_axis, onnx_int(n, "axis", 0)),
        attr_int(A_keep, onnx_int(n, "keepdims", 1) != 0),
        attr_int(A_last, n->opset < 12 ? 0 : onnx_int(n, "select_last_index", 0) != 0),
    };

    n->result[0] = onnx_emit(n, (NodeSpec){ .op = n->op->op, .in = n->in, .n_in = 1,
                                            .attr = attr, .n_attr = 3 }, NULL);
}
