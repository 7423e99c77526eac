/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_export: a graph as an ONNX model, opset 17.
 *
 * Every op becomes the ONNX operator of ops.def, or a few of them where opset 17 has none (silu,
 * gelu, mish); a fused residual or activation becomes a node of its own.  Names stay.  Constants
 * become initialisers.
 */
#ifndef MNC_FRONTEND_ONNX_EXPORT_H
#define MNC_FRONTEND_ONNX_EXPORT_H

#include "base/buf.h"
#include "ir/graph.h"

/* Appends the file's bytes to out.  False, with all that cannot be expressed in d. */
bool onnx_write(const Graph *g, Buf *out, Diag *d);

/* ---- between onnx_export.c and onnx_export_ops.c ---- */

typedef struct Onnx__NodeProto OnnxNodeProto;

typedef struct OnnxExport {
    Arena *a;
    const Graph *g;
    Diag *d;
    void **node, **init;         /* Onnx__NodeProto *, Onnx__TensorProto * */
    size_t n_node, cap_node, n_init, cap_init;
    uint32_t n_extra;            /* values that only the export has */
} OnnxExport;

/* One ONNX node: op, its operands and results by name; attributes follow. */
OnnxNodeProto *export_node(OnnxExport *x, const char *op, const char *const *in, size_t n_in,
                           const char *const *out, size_t n_out);
void export_int(OnnxExport *x, OnnxNodeProto *n, const char *name, int64_t i);
void export_float(OnnxExport *x, OnnxNodeProto *n, const char *name, double f);
void export_ints(OnnxExport *x, OnnxNodeProto *n, const char *name, const int64_t *v, size_t k);
void export_word(OnnxExport *x, OnnxNodeProto *n, const char *name, const char *s);

/* A new initialiser's name: of int64 numbers (one-dimensional); of one number of that type (a
 * scalar), the nearest that the type has. */
const char *export_i64(OnnxExport *x, const int64_t *v, size_t n);
const char *export_scalar(OnnxExport *x, DType t, double v);
/* A name for a value between two of the export's nodes. */
const char *export_temp(OnnxExport *x, const char *base);

/* The nodes for n, the fused follow-ups included; false with a message. */
bool export_op(OnnxExport *x, const Node *n);

#endif
