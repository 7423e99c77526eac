/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_conv: Conv, ConvTranspose and the poolings.
 *
 * auto_pad becomes explicit pads here, since all sizes are known.  For SAME, with input size I,
 * stride s and a kernel that covers K = (k - 1) d + 1 pixels:
 *     out = ceil(I / s),   pads = max(0, (out - 1) s + K - I),   the odd one at the end (UPPER)
 * or at the begin (LOWER).
 *
 * Conv has weights (K,C/group,R...), ConvTranspose (C,K/group,R...).  One to three spatial
 * dimensions are possible; the shape rules say so, and check channels and groups.  Here only the
 * lists are checked: that each has one number per spatial dimension (pads two), in a range that
 * keeps all products within 64 bits.
 */
#include "frontend/onnx_import.h"

#include <string.h>

enum { SPATIAL = IR_MAX_RANK - 2 };
static const int64_t LARGEST = INT32_MAX;     /* of a stride, pad ...: products fit in 64 bits */

typedef enum AutoPad { PAD_GIVEN, PAD_UPPER, PAD_LOWER, PAD_NONE } AutoPad;

typedef struct Window {
    uint32_t n;                       /* spatial dimensions */
    int64_t size[SPATIAL];            /* of the input */
    int64_t kernel[SPATIAL], stride[SPATIAL], dilation[SPATIAL];
    int64_t pad[2 * SPATIAL];         /* all begins, then all ends */
    AutoPad mode;
} Window;

/* A list with one entry, or each, per spatial dimension; left out: all the same. */
static void read_list(OnnxNode *n, const char *name, int64_t *v, uint32_t count, int64_t otherwise,
                      int64_t least)
{
    Ints list = onnx_ints(n, name);

    for (uint32_t i = 0; i < count; i++)
        v[i] = otherwise;
    if (!list.given)
        return;
    if (list.n != count) {
        onnx_error(n, "%s has %u numbers; %u are expected", name, list.n, count);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        v[i] = list.v[i];
        if (v[i] < least || v[i] > LARGEST) {
            onnx_error(n, "%s has the number %lld; %lld to %lld are possible", name,
                       (long long)v[i], (long long)least, (long long)LARGEST);
            return;
        }
    }
}

/* NOTSET, the default, means that pads counts. */
static AutoPad read_auto_pad(OnnxNode *n)
{
    static const char *const word[] = { "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID" };
    const char *mode = onnx_word(n, "auto_pad", "NOTSET");

    for (int i = 0; i < 4; i++)
        if (!strcmp(mode, word[i]))
            return (AutoPad)i;
    onnx_error(n, "auto_pad is '%s'; NOTSET, SAME_UPPER, SAME_LOWER or VALID are possible",
               diag_quote(n->m->a, mode));
    return PAD_GIVEN;
}

/* Total padding of one dimension, shared between begin and end. */
/* LOWER puts the odd pixel at the begin, everything else at the end. */
static void share(Window *w, uint32_t i, int64_t total)
{
    int64_t less = total / 2, more = total - less;

    w->pad[i] = w->mode == PAD_LOWER ? more : less;
    w->pad[w->n + i] = w->mode == PAD_LOWER ? less : more;
}

/* weights (out, in, kernel...): the kernel's size when the attribute is left out, and its check. */
static bool read_window(OnnxNode *n, Window *w, const Shape *weights)
{
    Shape x = onnx_shape(n, n->in[0]);

    if (x.rank < 3) {
        onnx_error(n, "its operand has the shape %s; (N,C,...) with at least 3 dimensions is "
                   "expected", shape_text(n->m->a, &x));
        return false;
    }
    w->n = x.rank - 2;
    memcpy(w->size, x.dim + 2, w->n * sizeof *w->size);
    w->mode = read_auto_pad(n);
    read_list(n, "kernel_shape", w->kernel, w->n, 0, 1);
    read_list(n, "strides", w->stride, w->n, 1, 1);
    read_list(n, "dilations", w->dilation, w->n, 1, 1);
    read_list(n, "pads", w->pad, 2 * w->n, 0, 0);
    if (weights && weights->rank != x.rank) {
        onnx_error(n, "its weights have the shape %s, but its operand has %u dimensions",
                   shape_text(n->m->a, weights), x.rank);
        return false;
    }
    for (uint32_t i = 0; i < w->n && !onnx_failed(n); i++) {
        int64_t k = weights ? weights->dim[2 + i] : w->kernel[i];
        if (!k && weights)
            onnx_error(n, "its weights have the shape %s", shape_text(n->m->a, weights));
        else if (!k)
            onnx_error(n, "lacks the attribute 'kernel_shape'");
        else if (w->kernel[i] && w->kernel[i] != k)
            onnx_error(n, "kernel_shape contradicts the shape of the weights, %s",
                       shape_text(n->m->a, weights));
        w->kernel[i] = k;
        if (k > LARGEST || w->size[i] > LARGEST)
            onnx_error(n, "its kernel or its operand is too large");
    }
    return !onnx_failed(n);
}

/* auto_pad -> pads, for what slides over its input. */
static void resolve_pads(Window *w)
{
    for (uint32_t i = 0; i < w->n && w->mode != PAD_GIVEN; i++) {
        int64_t out = (w->size[i] + w->stride[i] - 1) / w->stride[i];
        int64_t cover = (w->kernel[i] - 1) * w->dilation[i] + 1;
        int64_t total = (out - 1) * w->stride[i] + cover - w->size[i];
        share(w, i, w->mode == PAD_NONE || total < 0 ? 0 : total);
    }
}

/* The attributes that all of them share; returns how many. */
static uint32_t window_attrs(const Window *w, Attr *attr)
{
    attr[0] = attr_ints(A_stride, w->stride, w->n);
    attr[1] = attr_ints(A_pad, w->pad, 2 * w->n);
    attr[2] = attr_ints(A_dilation, w->dilation, w->n);
    return 3;
}

/* x (N,C,D...), weights (K,C/group,R...), perhaps bias (K) */
void onnx_import_conv(OnnxNode *n)
{
    Shape weights = onnx_shape(n, n->in[1]);
    Window w = { 0 };
    Attr attr[4];
    uint32_t k;

    if (!read_window(n, &w, &weights))
        return;
    resolve_pads(&w);
    k = window_attrs(&w, attr);
    attr[k++] = attr_int(A_group, onnx_int(n, "group", 1));
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_conv, .in = n->in, .n_in = n->n_in,
                                            .attr = attr, .n_attr = k }, NULL);
}

/* The output's spatial sizes as the file wants them; 0: it does not say, and pads count.  SAME
 * means stride times as large as the input, unless output_shape says otherwise. */
static void wanted_output(OnnxNode *n, const Window *w, int64_t *want)
{
    Ints shape = onnx_ints(n, "output_shape");
    uint32_t skip = shape.n == w->n + 2 ? 2 : 0;      /* some files give N and C too */

    for (uint32_t i = 0; i < w->n; i++)
        want[i] = w->mode == PAD_UPPER || w->mode == PAD_LOWER ? w->size[i] * w->stride[i] : 0;
    if (!shape.given)
        return;
    if (shape.n != w->n + skip) {
        onnx_error(n, "output_shape has %u numbers; %u are expected", shape.n, w->n);
        return;
    }
    for (uint32_t i = 0; i < w->n; i++) {
        want[i] = shape.v[skip + i];
        if (want[i] < 1 || want[i] > LARGEST)
            onnx_error(n, "output_shape has the number %lld", (long long)want[i]);
    }
}

/* x (N,C,D...), weights (C,K/group,R...), perhaps bias (K).  The output's size gives the pads:
 *     pads = s (I - 1) + out_pad + K - out;   when that is negative, the output grows at its end */
void onnx_import_conv_transpose(OnnxNode *n)
{
    Shape weights = onnx_shape(n, n->in[1]);
    int64_t want[SPATIAL], out_pad[SPATIAL];
    Window w = { 0 };
    Attr attr[5];
    uint32_t k;

    if (!read_window(n, &w, &weights))
        return;
    read_list(n, "output_padding", out_pad, w.n, 0, 0);
    wanted_output(n, &w, want);
    for (uint32_t i = 0; i < w.n; i++) {
        int64_t cover = (w.kernel[i] - 1) * w.dilation[i] + 1;
        int64_t total = w.stride[i] * (w.size[i] - 1) + out_pad[i] + cover - want[i];
        if (w.mode == PAD_NONE)
            w.pad[i] = w.pad[w.n + i] = 0;
        if (!want[i])
            continue;
        if (total < 0)                       /* more is wanted than there is: added at the end */
            out_pad[i] -= total;
        share(&w, i, total < 0 ? 0 : total);
    }
    k = window_attrs(&w, attr);
    attr[k++] = attr_int(A_group, onnx_int(n, "group", 1));
    attr[k++] = attr_ints(A_out_pad, out_pad, w.n);
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_conv_transpose, .in = n->in, .n_in = n->n_in,
                                            .attr = attr, .n_attr = k }, NULL);
}

/* MaxPool, AveragePool: x (N,C,D...); n->op->op says which.  With auto_pad the pads make the
 * windows fit, so that ceil_mode has nothing to round up.  MaxPool's second result, the indices,
 * is not supported. */
void onnx_import_pool(OnnxNode *n)
{
    bool average = n->op->op == OP_avg_pool, ceil = onnx_int(n, "ceil_mode", 0);
    int64_t count_pad = average ? onnx_int(n, "count_include_pad", 0) : 0;
    Window w = { 0 };
    Attr attr[6];
    uint32_t k;

    if (!average)
        onnx_ignore(n, "storage_order");      /* of the second result, the indices */
    if (!read_window(n, &w, NULL))
        return;
    resolve_pads(&w);
    k = window_attrs(&w, attr);
    attr[k++] = attr_ints(A_kernel, w.kernel, w.n);
    attr[k++] = attr_int(A_ceil, ceil && w.mode == PAD_GIVEN);
    if (average)
        attr[k++] = attr_int(A_count_pad, count_pad != 0);
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = n->op->op, .in = n->in, .n_in = 1,
                                            .attr = attr, .n_attr = k }, NULL);
}

/* GlobalAveragePool, GlobalMaxPool: x (N,C,D...) -> (N,C,1...), over all spatial dimensions. */
void onnx_import_global_pool(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]);
    int64_t axes[IR_MAX_RANK];

    if (x.rank < 3) {
        onnx_error(n, "its operand has the shape %s; (N,C,...) with at least 3 dimensions is "
                   "expected", shape_text(n->m->a, &x));
        return;
    }
    for (uint32_t i = 2; i < x.rank; i++)
        axes[i - 2] = i;
    n->result[0] = onnx_reduce(n, n->op->op, n->in[0], (Ints){ axes, x.rank - 2, true }, true,
                               NULL);
}
