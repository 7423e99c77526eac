/* SPDX-License-Identifier: Apache-2.0 */
/* The type table, shapes with overflow checks, and the choice of a reader. */
#include "tensor.h"

#include <math.h>
#include <string.h>

/* The types that nets take or give, and numpy can hold. */
static const RtType types[] = {
    { RT_FLOAT32, "float32", 'f', 4 }, { RT_UINT8, "uint8", 'u', 1 },
    { RT_INT8, "int8", 'i', 1 },       { RT_UINT16, "uint16", 'u', 2 },
    { RT_INT16, "int16", 'i', 2 },     { RT_INT32, "int32", 'i', 4 },
    { RT_INT64, "int64", 'i', 8 },     { RT_BOOL, "bool", 'b', 1 },
    { RT_FLOAT16, "float16", 'f', 2 }, { RT_FLOAT64, "float64", 'f', 8 },
    { RT_UINT32, "uint32", 'u', 4 },   { RT_UINT64, "uint64", 'u', 8 },
};

enum { N_TYPE = sizeof types / sizeof types[0] };

/* A dozen entries: a search costs nothing beside the reading of a file. */
const RtType *rt_type(int dtype)
{
    for (size_t i = 0; i < N_TYPE; i++)
        if (types[i].dtype == dtype)
            return &types[i];
    return NULL;
}

const RtType *rt_type_by_kind(char kind, size_t size)
{
    for (size_t i = 0; i < N_TYPE; i++)
        if (types[i].kind == kind && types[i].size == size)
            return &types[i];
    return NULL;
}

const char *rt_type_name(int dtype)
{
    /* the types of onnx.proto that have no table entry, so that a message can name them */
    static const char *const other[] = {
        [0] = "undefined", [8] = "string", [14] = "complex64", [15] = "complex128",
        [16] = "bfloat16", [17] = "float8", [18] = "float8", [19] = "float8", [20] = "float8",
        [21] = "uint4", [22] = "int4", [23] = "float4",
    };
    const RtType *t = rt_type(dtype);

    if (t)
        return t->name;
    if (dtype >= 0 && (size_t)dtype < sizeof other / sizeof other[0] && other[dtype])
        return other[dtype];
    return "unknown";
}

bool rt_tensor_shape(RtTensor *t, int dtype, int rank, const int64_t *dim)
{
    const RtType *type = rt_type(dtype);
    int64_t most = PTRDIFF_MAX, bytes;
    bool empty = false;

    if (!type || rank < 0 || rank > RT_MAX_RANK)
        return false;
    bytes = (int64_t)type->size;
    /* the product of the dimensions that are not 0 must fit, so that any order of them is safe */
    for (int i = 0; i < rank; i++) {
        if (dim[i] < 0)
            return false;
        empty |= dim[i] == 0;
        if (dim[i] && __builtin_mul_overflow(bytes, dim[i], &bytes))
            return false;
        t->dim[i] = dim[i];
    }
    if (bytes > most)
        return false;
    t->name = "";
    t->dtype = dtype;
    t->rank = rank;
    t->bytes = empty ? 0 : (size_t)bytes;
    t->data = NULL;
    return true;
}

int64_t rt_count(const RtTensor *t)
{
    return (int64_t)(t->bytes / rt_type(t->dtype)->size);
}

/* Sign, 5 bits of exponent (bias 15), 10 of fraction; exponent 0 has no hidden 1, and 31 is for
 * infinity and NaN (IEEE 754, 3.4).  Every such number is a float, so nothing is rounded. */
float rt_half(uint16_t h)
{
    int exponent = h >> 10 & 31, fraction = h & 1023;
    float x;

    if (exponent == 31)
        x = fraction ? NAN : INFINITY;
    else if (exponent == 0)
        x = ldexpf((float)fraction, -24);
    else
        x = ldexpf((float)(fraction + 1024), exponent - 25);
    return h & 0x8000 ? -x : x;
}

/* int64 and uint64 beyond 2^53 are rounded: who needs them exactly compares bytes. */
double rt_element(const RtTensor *t, int64_t i)
{
    const char *p = t->data;

    switch (t->dtype) {
    case RT_FLOAT32: return ((const float *)(const void *)p)[i];
    case RT_FLOAT64: return ((const double *)(const void *)p)[i];
    case RT_FLOAT16: return rt_half(((const uint16_t *)(const void *)p)[i]);
    case RT_INT8:    return ((const int8_t *)(const void *)p)[i];
    case RT_INT16:   return ((const int16_t *)(const void *)p)[i];
    case RT_INT32:   return ((const int32_t *)(const void *)p)[i];
    case RT_INT64:   return (double)((const int64_t *)(const void *)p)[i];
    case RT_UINT16:  return ((const uint16_t *)(const void *)p)[i];
    case RT_UINT32:  return ((const uint32_t *)(const void *)p)[i];
    case RT_UINT64:  return (double)((const uint64_t *)(const void *)p)[i];
    default:         return ((const uint8_t *)p)[i];     /* uint8, bool */
    }
}

/* As numpy and ONNX write shapes, without blanks: "(1,3,224,224)", "()" for a scalar. */
const char *rt_shape_text(Arena *a, int rank, const int64_t *dim)
{
    Buf b;

    buf_init(&b, a);
    buf_char(&b, '(');
    for (int i = 0; i < rank; i++)
        buf_printf(&b, i ? ",%lld" : "%lld", (long long)dim[i]);
    buf_char(&b, ')');
    return b.p;
}

/* dim has rank numbers; the tensor's own rank may be another. */
bool rt_same_shape(const RtTensor *t, int rank, const int64_t *dim)
{
    return t->rank == rank && !memcmp(t->dim, dim, (size_t)rank * sizeof *dim);
}

/* The content decides where the format has a magic number; a TensorProto has none, so there the
 * name does. */
bool rt_read_tensors(Arena *a, const char *path, RtTensors *out, Diag *d)
{
    Pos pos = { .file = path };
    Bytes file;

    if (!file_read(a, path, &file, d))
        return false;
    if (rt_is_npz(file))
        return rt_read_npz(a, path, file, out, d);
    if (path_has_suffix(path, ".safetensors"))
        return rt_read_safetensors(a, path, file, out, d);
    out->t = arena_new(a, RtTensor);
    out->n = 1;
    if (rt_is_npy(file))
        return rt_read_npy(a, path, file, out->t, d);
    if (path_has_suffix(path, ".pb"))
        return rt_read_pb(a, path, file, out->t, d);
    diag_error(d, pos, "is not a tensor file: neither .npy, .npz, .safetensors nor .pb (ONNX "
               "TensorProto)");
    return false;
}
