/* SPDX-License-Identifier: Apache-2.0 */
/* onnx: reads an ONNX model (protobuf) into a Graph.
 *
 * Opsets 1 to 26 of the domain ai.onnx, and functions of the model's own, which are inlined.  The
 * Graph has fixed shapes only: symbolic dimensions get their numbers here.  Integer arithmetic on
 * shapes is computed while reading, so that Reshape, Slice, Resize and the like get constants.
 *
 * What is wrong or not supported is said in d, all of it in one run: a node that cannot be read
 * silences those that depend on it, and reading goes on.
 */
#ifndef MNC_FRONTEND_ONNX_H
#define MNC_FRONTEND_ONNX_H

#include "base/file.h"
#include "ir/graph.h"

/* All zero is the default. */
typedef struct OnnxOptions {
    int64_t batch;                     /* for a symbolic first dimension; 0: 1, with a note */
    const char *const *input_shape;    /* "NAME=1,3,224,224"; ends with NULL; NULL: none */
    const char *const *bind;           /* "NAME=FILE.pb": input NAME is this constant; as above */
    const char *dir;                   /* of external data: "" or ending in "/"; NULL: none */
    const char *file;                  /* the model's name, for messages; NULL: unknown */
} OnnxOptions;

/* The model as a graph, in arena a; NULL, with messages in d, when anything is wrong.
 *
 *   - names of values are those of the file, in functions with the call's name before them;
 *   - float32 initialisers become PARAM values, all other constants CONST; float16 ones stay as
 *     they are and get a cast where they are read; bfloat16 ones become float32;
 *   - every graph output is computed by a node: an identity is added where the file names an input
 *     or a constant;
 *   - the graph's name is the file's graph name, if it has one. */
Graph *onnx_read(Arena *a, Bytes model, const OnnxOptions *o, Diag *d);

typedef struct OnnxTensor {
    DType dtype;
    Shape shape;
    const void *data;                  /* row-major, aligned for its type */
    const char *name;                  /* "": it has none */
} OnnxTensor;

/* A TensorProto on its own (.pb), as the ONNX backend tests have them; data goes into arena a.
 * bfloat16 becomes float32.  External data is refused.  False, with a message in d, when anything
 * is wrong. */
bool onnx_tensor(Arena *a, Bytes pb, OnnxTensor *out, Diag *d);

#endif
