/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_norm: normalisations, softmax and dropout.
 *
 * Those that the IR has are one node; the others are composed of reductions and arithmetic, in the
 * order of the formula in the ONNX specification.  Variances are those of the centred values,
 * mean((x - mean)^2), and never mean(x^2) - mean^2, which loses all digits of a small spread.
 *
 * stash_type says in which type to compute the statistics, float32 by default.  It makes a
 * difference for narrower operands only, which the IR has none of; so it is ignored.
 */
#include "frontend/onnx_import.h"

#include <math.h>
#include <string.h>

/* What the running statistics keep of what they were, as the weight of the newest batch: 0.9, which
 * is a float in the file, as 0.1 and no double beside it. */
static double newest_weight(OnnxNode *n)
{
    double keeps = onnx_decimal(n, "momentum", 0.9);

    return keeps >= 0 && keeps <= 1 ? rint((1 - keeps) * 1e9) / 1e9 : 0.1;
}

/* x (N,C,...), and (C) each: scale, bias, mean, variance.  In training mode it would use the
 * batch's own statistics.  spatial=0 (opset 7) would have statistics for each pixel. */
void onnx_import_batch_norm(OnnxNode *n)
{
    const Attr attr[2] = { attr_float(A_eps, onnx_decimal(n, "epsilon", 1e-5)),
                           attr_float(A_momentum, newest_weight(n)) };

    if (n->opset < 9 && !onnx_int(n, "spatial", 1)) {
        onnx_error(n, "spatial=0 is not supported");
        return;
    }
    if (n->opset >= 14 && onnx_int(n, "training_mode", 0)) {
        onnx_error(n, "is in training mode");
        diag_hint(n->m->d, "export the model in evaluation mode, in PyTorch after model.eval()");
        return;
    }
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_batch_norm, .in = n->in, .n_in = 5,
                                            .attr = attr, .n_attr = 2 }, NULL);
}

/* x (N,C,...), scale (C), bias (C) */
void onnx_import_instance_norm(OnnxNode *n)
{
    Attr eps = attr_float(A_eps, onnx_decimal(n, "epsilon", 1e-5));

    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_instance_norm, .in = n->in, .n_in = 3,
                                            .attr = &eps, .n_attr = 1 }, NULL);
}

/* x / (bias + alpha / size * sum over size channels of x^2)^beta */
void onnx_import_lrn(OnnxNode *n)
{
    Attr attr[] = {
        attr_int(A_size, onnx_int(n, "size", 0)),
        attr_float(A_alpha, onnx_float(n, "alpha", 1e-4)),
        attr_float(A_beta, onnx_float(n, "beta", 0.75)),
        attr_float(A_bias, onnx_float(n, "bias", 1)),
    };

    if (attr[0].u.i < 1)
        onnx_error(n, "size must be given, and above 0");
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_lrn, .in = n->in, .n_in = 1,
                                            .attr = attr, .n_attr = 4 }, NULL);
}

/* The other results of a layer norm, mean and 1 / sqrt(variance + eps), computed anew: nets do not
 * read them, and what nobody reads is dropped. */
static void layer_statistics(OnnxNode *n, Ints axes, double eps)
{
    const char *name[] = { *n->out[1] ? n->out[1] : "mean",
                           n->n_out > 2 ? n->out[2] : "inverse" };
    ValueId x = n->in[0], mean = onnx_reduce(n, OP_reduce_mean, x, axes, true, name[0]), v;

    v = onnx_binary(n, OP_sub, x, mean, "centred");
    v = onnx_reduce(n, OP_reduce_mean, onnx_binary(n, OP_mul, v, v, "squares"), axes, true,
                    "variance");
    v = onnx_binary(n, OP_add, v, onnx_scalar(n, onnx_dtype(n, x), eps), "above_zero");
    v = onnx_unary(n, OP_reciprocal, onnx_unary(n, OP_sqrt, v, "deviation"), name[1]);
    n->result[1] = mean;
    if (n->n_out > 2)
        n->result[2] = v;
}

/* x, scale and perhaps bias, which broadcast to the dimensions of x from axis on. */
void onnx_import_layer_norm(OnnxNode *n)
{
    double eps = onnx_decimal(n, "epsilon", 1e-5);
    uint32_t rank = onnx_shape(n, n->in[0]).rank, axis;
    int64_t axes[IR_MAX_RANK];
    Attr attr[2];

    onnx_ignore(n, "stash_type");
    if (!onnx_axis(n, onnx_int(n, "axis", -1), rank, &axis))
        return;
    attr[0] = attr_int(A_axis, axis);
    attr[1] = attr_float(A_eps, eps);
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_layer_norm, .in = n->in, .n_in = n->n_in,
                                            .attr = attr, .n_attr = 2 }, NULL);
    for (uint32_t i = axis; i < rank; i++)
        axes[i - axis] = i;
    if (n->n_out > 1)
        layer_statistics(n, (Ints){ axes, rank - axis, true }, eps);
}

/* (N,C,...) as (N,G,rest) is an instance norm with G channels.  Opset 18 has a scale and a bias for
 * each group; since 21 they are for each channel, and come after it. */
void onnx_import_group_norm(OnnxNode *n)
{
    Attr eps = attr_float(A_eps, onnx_decimal(n, "epsilon", 1e-5));
    /* x as (N,G,rest); a number for each group (G); one for each channel, to broadcast (C,1,...) */
    Shape x = onnx_shape(n, n->in[0]), grouped = { .rank = 3 }, one = { .rank = 1 }, per = { 0 };
    int64_t groups = onnx_int(n, "num_groups", 0);
    bool by_group = n->opset < 21;
    ValueId in[3] = { n->in[0], n->in[1], n->in[2] }, y;

    onnx_ignore(n, "stash_type");
    if (x.rank < 2 || groups < 1 || x.dim[1] % groups) {
        onnx_error(n, "cannot make %lld groups of the shape %s", (long long)groups,
                   shape_text(n->m->a, &x));
        return;
    }
    grouped.dim[0] = x.dim[0];
    one.dim[0] = grouped.dim[1] = groups;
    grouped.dim[2] = x.dim[1] / groups;
    for (uint32_t i = 2; i < x.rank; i++)
        grouped.dim[2] *= x.dim[i];
    in[0] = onnx_reshape(n, in[0], &grouped, "groups");
    if (!by_group) {                              /* normalise alone, scale afterwards */
        in[1] = onnx_expand(n, onnx_scalar(n, onnx_dtype(n, n->in[0]), 1), &one, "one");
        in[2] = onnx_expand(n, onnx_scalar(n, onnx_dtype(n, n->in[0]), 0), &one, "zero");
    }
    y = onnx_emit(n, (NodeSpec){ .op = OP_instance_norm, .in = in, .n_in = 3, .attr = &eps,
                                 .n_attr = 1 }, "norm");
    y = onnx_reshape(n, y, &x, by_group ? NULL : "normed");
    if (!by_group) {
        per.rank = x.rank - 1;
        per.dim[0] = x.dim[1];
        for (uint32_t i = 1; i < per.rank; i++)
            per.dim[i] = 1;
        y = onnx_binary(n, OP_mul, y, onnx_reshape(n, n->in[1], &per, "scale"), "scaled");
        y = onnx_binary(n, OP_add, y, onnx_reshape(n, n->in[2], &per, "bias"), NULL);
    }
    n->result[0] = y;
}

/* (x - mean) / (sqrt(mean((x - mean)^2)) + 1e-9) */
void onnx_import_mvn(OnnxNode *n)
{
    static const int64_t usual[] = { 0, 2, 3 };
    Ints axes = onnx_ints(n, "axes");
    DType t = onnx_dtype(n, n->in[0]);
    ValueId x, dev;

    if (!axes.given)
        axes = (Ints){ usual, 3, true };
    x = onnx_binary(n, OP_sub, n->in[0],
                    onnx_reduce(n, OP_reduce_mean, n->in[0], axes, true, "mean"), "centred");
    dev = onnx_reduce(n, OP_reduce_mean, onnx_binary(n, OP_mul, x, x, "squares"), axes, true,
                      "variance");
    dev = onnx_binary(n, OP_add, onnx_unary(n, OP_sqrt, dev, "deviation"),
                      onnx_scalar(n, t, 1e-9), "divisor");
    n->result[0] = onnx_binary(n, OP_div, x, dev, NULL);
}

/* x / sqrt(mean(x^2) + eps) * scale, the mean over the dimensions from axis on */
void onnx_import_rms_norm(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]);
    double eps = onnx_decimal(n, "epsilon", 1e-5);
    int64_t axes[IR_MAX_RANK];
    uint32_t axis;
    ValueId y;

    onnx_ignore(n, "stash_type");
    if (!onnx_axis(n, onnx_int(n, "axis", -1), x.rank, &axis))
        return;
    for (uint32_t i = axis; i < x.rank; i++)
        axes[i - axis] = i;
    y = onnx_reduce(n, OP_reduce_mean, onnx_binary(n, OP_mul, n->in[0], n->in[0], "squares"),
                    (Ints){ axes, x.rank - axis, true }, true, "mean");
    y = onnx_binary(n, OP_add, y, onnx_scalar(n, onnx_dtype(n, n->in[0]), eps), "variance");
    y = onnx_binary(n, OP_div, n->in[0], onnx_unary(n, OP_sqrt, y, "rms"), "normed");
    n->result[0] = onnx_binary(n, OP_mul, y, n->in[1], NULL);
}

/* ---- softmax and its like ---- */

/* 1 at the first largest element along axis, else 0: positions compared with the maximum's. */
static ValueId hardmax(OnnxNode *n, ValueId x, uint32_t axis, const char *suffix)
{
    Attr attr = attr_int(A_axis, axis);
    Shape s = onnx_shape(n, x), at = { .rank = s.rank };
    int64_t *place;
    ValueId max;

    for (uint32_t i = 0; i < s.rank; i++)
        at.dim[i] = i == axis ? s.dim[i] : 1;
    if (at.dim[axis] > ONNX_FOLD_MAX) {
        onnx_error(n, "axis %u has %lld elements, which is too large", axis,
                   (long long)at.dim[axis]);
        return (ValueId){ 0 };
    }
    place = arena_new_n(n->m->a, int64_t, (size_t)at.dim[axis]);
    for (int64_t i = 0; i < at.dim[axis]; i++)
        place[i] = i;
    max = onnx_emit(n, (NodeSpec){ .op = OP_argmax, .in = &x, .n_in = 1, .attr = &attr,
                                   .n_attr = 1 }, "max");
    max = onnx_binary(n, OP_equal, max, onnx_constant(n, DT_I64, &at, place, "places"), "found");
    return onnx_cast(n, max, onnx_dtype(n, x), suffix);
}

/* Softmax, log-softmax or hardmax of x along one axis. */
static ValueId along(OnnxNode *n, ValueId x, uint32_t axis, const char *suffix)
{
    Attr attr = attr_int(A_axis, axis);

    if (n->op->op == OP_argmax)
        return hardmax(n, x, axis, suffix);
    return onnx_emit(n, (NodeSpec){ .op = n->op->op, .in = &x, .n_in = 1, .attr = &attr,
                                    .n_attr = 1 }, suffix);
}

/* Softmax, LogSoftmax, Hardmax.  Since opset 13 along one axis, the last by default; before, all
 * dimensions from axis (1) on counted as one, which makes no difference when the others are 1. */
void onnx_import_softmax(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]), flat = { .rank = 2, .dim = { 1, 1 } };
    bool old = n->opset < 13;
    uint32_t axis;
    int64_t rest = 1;
    ValueId y;

    if (!onnx_axis(n, onnx_int(n, "axis", old ? 1 : -1), x.rank, &axis))
        return;
    for (uint32_t i = 0; i < x.rank; i++)
        flat.dim[i >= axis] *= x.dim[i];
    for (uint32_t i = axis + 1; i < x.rank; i++)
        rest *= x.dim[i];                         /* elements that axis does not count itself */
    if (!old || rest == 1) {
        n->result[0] = along(n, n->in[0], axis, NULL);
        return;
    }
    y = along(n, onnx_reshape(n, n->in[0], &flat, "flat"), 1, "rows");
    n->result[0] = onnx_reshape(n, y, &x, NULL);
}

/* ---- dropout: does nothing outside of training; its mask is all true ---- */

/* Since opset 12 ratio and training_mode are operands 1 and 2; a ratio of 0 drops nothing. */
static bool trains(OnnxNode *n)
{
    double mode = 0, ratio = 0.5;

    if (n->opset < 12 || !onnx_in(n, 2).id)
        return false;
    if (!onnx_const_floats(n, 2, "training_mode", &mode, 1) || mode == 0)
        return false;
    if (onnx_in(n, 1).id)
        onnx_const_floats(n, 1, "ratio", &ratio, 1);
    return ratio != 0;
}

/* ratio is an attribute before opset 12; the mask is bool since opset 10, and like x before. */
void onnx_import_dropout(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]);
    DType mask = n->opset < 10 ? onnx_dtype(n, n->in[0]) : DT_BOOL;

    onnx_ignore(n, "seed");
    if (n->opset < 12)
        onnx_ignore(n, "ratio");
    if (trains(n)) {
        onnx_error(n, "is in training mode");
        diag_hint(n->m->d, "export the model in evaluation mode, in PyTorch after model.eval()");
        return;
    }
    n->result[0] = onnx_unary(n, OP_identity, n->in[0], NULL);
    if (n->n_out > 1 && *n->out[1])
        n->result[1] = onnx_expand(n, onnx_scalar(n, mask, 1), &x, n->out[1]);
}
