/* SPDX-License-Identifier: Apache-2.0 */
/* tensor: an array with its type and shape, and the files that it may come from or go to.
 *
 * The readers get a whole file in memory and trust nothing in it.  What they return lives in the
 * arena; what is wrong stands in d with the file's name.  Not for images (image.h).
 */
#ifndef MNC_RT_TENSOR_H
#define MNC_RT_TENSOR_H

#include "base/file.h"

#include <stdbool.h>
#include <stdint.h>

enum { RT_MAX_RANK = 16 };

/* ONNX TensorProto.DataType, which is also what mnc_tensor.dtype holds. */
enum {
    RT_FLOAT32 = 1, RT_UINT8 = 2, RT_INT8 = 3, RT_UINT16 = 4, RT_INT16 = 5, RT_INT32 = 6,
    RT_INT64 = 7, RT_BOOL = 9, RT_FLOAT16 = 10, RT_FLOAT64 = 11, RT_UINT32 = 12, RT_UINT64 = 13
};

typedef struct RtType {
    int dtype;
    const char *name;      /* numpy's: "float32" */
    char kind;             /* numpy's: f, i, u, b */
    size_t size;           /* bytes of an element */
} RtType;

/* NULL: a type that is not handled here (strings, complex, 4 and 8 bit floats ...). */
const RtType *rt_type(int dtype);
const RtType *rt_type_by_kind(char kind, size_t size);
const char *rt_type_name(int dtype);       /* "type 8" when rt_type has none */

typedef struct RtTensor {
    const char *name;      /* in its file; "" when there is none */
    int dtype, rank;
    int64_t dim[RT_MAX_RANK];
    size_t bytes;
    void *data;            /* row-major, host byte order, 64-byte aligned; bool is 0 or 1 */
} RtTensor;

typedef struct RtTensors {
    RtTensor *t;
    size_t n;
} RtTensors;

/* Type, shape and bytes, without data.  False when the type is unknown, the rank above RT_MAX_RANK,
 * a dimension negative, or when the bytes do not fit in PTRDIFF_MAX. */
bool rt_tensor_shape(RtTensor *t, int dtype, int rank, const int64_t *dim);

int64_t rt_count(const RtTensor *t);                                /* elements */
double rt_element(const RtTensor *t, int64_t i);                    /* element i, as double */
const char *rt_shape_text(Arena *a, int rank, const int64_t *dim);  /* "(1,3,224,224)" */
bool rt_same_shape(const RtTensor *t, int rank, const int64_t *dim);
float rt_half(uint16_t h);                                          /* IEEE binary16 -> binary32 */

/* By content: .npy, .npz (one tensor per member); by suffix: .pb (ONNX TensorProto),
 * .safetensors. */
bool rt_read_npy(Arena *a, const char *path, Bytes file, RtTensor *out, Diag *d);
bool rt_read_npz(Arena *a, const char *path, Bytes file, RtTensors *out, Diag *d);
bool rt_read_pb(Arena *a, const char *path, Bytes file, RtTensor *out, Diag *d);
bool rt_read_safetensors(Arena *a, const char *path, Bytes file, RtTensors *out, Diag *d);
/* An ONNX model's initialisers, whatever else is in it. */
bool rt_read_initialisers(Arena *a, const char *path, Bytes file, RtTensors *out, Diag *d);
bool rt_is_npy(Bytes file);
bool rt_is_npz(Bytes file);

/* Reads a file of any of these formats; one that is none of them is an error. */
bool rt_read_tensors(Arena *a, const char *path, RtTensors *out, Diag *d);

/* Version 1.0, little endian, row-major. */
void rt_write_npy(Buf *out, const RtTensor *t);

/* Members are stored, not deflated, and carry no date.  False when a zip file cannot hold it. */
bool rt_write_npz(Arena *a, Buf *out, const RtTensor *t, size_t n, const char *path, Diag *d);

#endif
