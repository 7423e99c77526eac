/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_tensor: TensorProto -> type, shape and data.
 *
 * The numbers stand in raw_data (little-endian, used where they lie), in the typed field that
 * onnx.proto names for the type, or in an external file.  Their count is checked against the
 * shape before anything is allocated, so that a shape alone cannot ask for memory.
 * bfloat16 becomes float32, of which it is the upper half; float16 stays.
 *
 * External files lie in the model's folder or below it.  A path that leaves it, by its words or by
 * a link on the way, is refused: a model from elsewhere must not read what its user can read.
 */
#include "frontend/onnx_import.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "raw_data is little-endian and is used as it lies"
#endif

enum { BFLOAT16 = ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16 };

const char *onnx_type_name(int32_t type)
{
    static const char *const name[] = {
        "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string",
        "bool", "float16", "double", "uint32", "uint64", "complex64", "complex128", "bfloat16",
        "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4",
        "float4e2m1", "float8e8m0", "uint2", "int2", "float6e2m3", "float6e3m2"
    };

    return type >= 0 && type < (int32_t)(sizeof name / sizeof *name) ? name[type] : "unknown";
}

typedef struct Reader {
    Arena *a;
    Diag *d;
    const char *dir;             /* NULL: no external data */
    const Onnx__TensorProto *t;
    Pos pos;                     /* "initialiser 'w'": whose data it is, for messages */
    size_t size;                 /* bytes of one element in raw_data */
    int64_t count;               /* elements, by the shape */
} Reader;

/* The dims, within what a Shape holds. */
static bool read_shape(const Reader *r, Shape *s)
{
    const Onnx__TensorProto *t = r->t;

    if (t->n_dims > IR_MAX_RANK) {
        diag_error(r->d, r->pos, "has %zu dimensions; at most %d are supported", t->n_dims,
                   IR_MAX_RANK);
        return false;
    }
    memset(s, 0, sizeof *s);
    s->rank = (uint32_t)t->n_dims;
    for (uint32_t i = 0; i < s->rank; i++) {
        s->dim[i] = t->dims[i];
        if (s->dim[i] < 0) {
            diag_error(r->d, r->pos, "has a negative dimension, %lld", (long long)s->dim[i]);
            return false;
        }
    }
    if (!shape_ok(s)) {
        diag_error(r->d, r->pos, "has the shape %s, which is too large", shape_text(r->a, s));
        return false;
    }
    return true;
}

/* where: what holds the bytes, for the message. */
static bool check_bytes(const Reader *r, uint64_t have, const char *where)
{
    uint64_t need = (uint64_t)r->count * r->size;

    if (have == need)
        return true;
    diag_error(r->d, r->pos, "has %llu bytes in %s, but its shape needs %llu",
               (unsigned long long)have, where, (unsigned long long)need);
    return false;
}

/* ---- external data ---- */

/* Decimal digits alone: offsets and lengths are strings in the file. */
static bool parse_size(const char *s, uint64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoull(s, &end, 10);
    return *s >= '0' && *s <= '9' && !*end && !errno;
}

/* Returns NULL, after saying why the location is not followed. */
static const char *refuse_path(const Reader *r, const char *location, const char *why)
{
    diag_error(r->d, r->pos, "has its data in '%s': %s", diag_quote(r->a, location), why);
    return NULL;
}

/* The location is relative, and stays below the model's folder, by its words and by its links. */
static const char *external_path(const Reader *r, const char *location)
{
    static const char outside[] = "outside the model's folder";
    char root[PATH_MAX], real[PATH_MAX];
    const char *path = arena_printf(r->a, "%s%s", r->dir, location);
    size_t n;

    /* ".." as a whole part; "..name" is a name like any other */
    for (const char *p = location; (p = strstr(p, "..")); p += 2)
        if ((p == location || p[-1] == '/') && (!p[2] || p[2] == '/'))
            return refuse_path(r, location, outside);
    if (*location == '/')
        return refuse_path(r, location, outside);
    if (!*location)
        return refuse_path(r, location, "no file is named");
    /* what is left is the way over links */
    if (!realpath(*r->dir ? r->dir : ".", root) || !realpath(path, real))
        return refuse_path(r, location, strerror(errno));
    n = strlen(root);
    if (strncmp(real, root, n) || (real[n] != '/' && strcmp(root, "/")))
        return refuse_path(r, location, outside);
    return arena_strdup(r->a, real);
}

/* external_data: location, offset (else 0), length (else what the shape needs), checksum. */
static const void *read_external(const Reader *r)
{
    const char *location = "", *path;
    uint64_t offset = 0, length = (uint64_t)r->count * r->size;
    Bytes b;

    if (!r->dir) {
        diag_error(r->d, r->pos, "has its data in another file, which cannot be read here");
        return NULL;
    }
    for (size_t i = 0; i < r->t->n_external_data; i++) {
        const char *key = onnx_text(r->t->external_data[i]->key);
        const char *value = onnx_text(r->t->external_data[i]->value);
        if (!strcmp(key, "location"))
            location = value;
        else if ((!strcmp(key, "offset") && !parse_size(value, &offset))
                 || (!strcmp(key, "length") && !parse_size(value, &length))) {
            diag_error(r->d, r->pos, "has external data with the %s '%s', which is no number", key,
                       diag_quote(r->a, value));
            return NULL;
        }
    }
    path = external_path(r, location);
    if (!path || !check_bytes(r, length, "the external file"))
        return NULL;
    if (!file_read_part(r->a, path, offset, (size_t)length, &b, r->d)) {
        diag_hint(r->d, "%s has its data there", r->pos.where);
        return NULL;
    }
    return b.p;
}

/* ---- typed fields: many small types share int32_data ---- */

/* v cut to what the integer type can hold, as the reference's cast does it; NaN is 0.  The ends for
 * 64 bits are the doubles next to them on the inside. */
static double in_range(DType t, double v)
{
    static const double end[DT_COUNT][2] = {
        [DT_I8] = { INT8_MIN, INT8_MAX }, [DT_U8] = { 0, UINT8_MAX },
        [DT_I16] = { INT16_MIN, INT16_MAX }, [DT_U16] = { 0, UINT16_MAX },
        [DT_I32] = { INT32_MIN, INT32_MAX }, [DT_U32] = { 0, UINT32_MAX },
        [DT_I64] = { (double)INT64_MIN, 9223372036854774784.0 },
        [DT_U64] = { 0, 18446744073709549568.0 },
    };

    if (end[t][1] == 0)                /* no integer */
        return v;
    if (v != v)
        return 0;
    return v < end[t][0] ? end[t][0] : v > end[t][1] ? end[t][1] : v;
}

/* Element i becomes v, as near as the type can hold it. */
void onnx_store(DType t, void *data, int64_t i, double v)
{
    v = in_range(t, v);
    switch (t) {
    case DT_F32: ((float *)data)[i] = (float)v; break;
    case DT_F64: ((double *)data)[i] = v; break;
    case DT_I8: ((int8_t *)data)[i] = (int8_t)v; break;
    case DT_U8: ((uint8_t *)data)[i] = (uint8_t)v; break;
    case DT_I16: ((int16_t *)data)[i] = (int16_t)v; break;
    case DT_U16: ((uint16_t *)data)[i] = (uint16_t)v; break;
    case DT_I32: ((int32_t *)data)[i] = (int32_t)v; break;
    case DT_U32: ((uint32_t *)data)[i] = (uint32_t)v; break;
    case DT_I64: ((int64_t *)data)[i] = (int64_t)v; break;
    case DT_U64: ((uint64_t *)data)[i] = (uint64_t)v; break;
    case DT_BOOL: ((uint8_t *)data)[i] = v != 0; break;
    case DT_NONE: case DT_F16: case DT_COUNT: break;
    }
}

/* The low bytes of wider elements: int32_data holds int8, uint16, float16 bits ... */
static const void *narrow(const Reader *r, const void *from, size_t wide)
{
    unsigned char *to = arena_array(r->a, (size_t)r->count, r->size);

    for (size_t i = 0; i < (size_t)r->count; i++)
        memcpy(to + i * r->size, (const char *)from + i * wide, r->size);
    return to;
}

/* One of the lists of numbers that a TensorProto can have. */
typedef struct Field {
    const void *p;
    size_t n, wide;              /* elements, and the bytes of one */
    const char *name;
} Field;

/* The list for the type, as onnx.proto's comments have it. */
static Field typed_field(const Onnx__TensorProto *t)
{
    switch (t->data_type) {
    case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT:
        return (Field){ t->float_data, t->n_float_data, 4, "float_data" };
    case ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE:
        return (Field){ t->double_data, t->n_double_data, 8, "double_data" };
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT64:
        return (Field){ t->int64_data, t->n_int64_data, 8, "int64_data" };
    case ONNX__TENSOR_PROTO__DATA_TYPE__UINT32: case ONNX__TENSOR_PROTO__DATA_TYPE__UINT64:
        return (Field){ t->uint64_data, t->n_uint64_data, 8, "uint64_data" };
    default:
        return (Field){ t->int32_data, t->n_int32_data, 4, "int32_data" };
    }
}

static const void *typed_data(const Reader *r)
{
    Field f = typed_field(r->t);

    if (f.n != (size_t)r->count) {
        diag_error(r->d, r->pos, "has %zu numbers in %s, but its shape needs %lld", f.n, f.name,
                   (long long)r->count);
        return NULL;
    }
    if (f.wide != r->size)                    /* a small type in a wide list */
        return narrow(r, f.p, f.wide);
    return f.n ? f.p : arena_alloc(r->a, 0);
}

/* Where the numbers are.  NULL after a message; an empty tensor has data too, so that it counts as
 * a constant. */
static const void *find_data(const Reader *r)
{
    const Onnx__TensorProto *t = r->t;

    if (t->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
        return read_external(r);
    if (!t->has_raw_data)
        return typed_data(r);
    if (!check_bytes(r, t->raw_data.len, "raw_data"))
        return NULL;
    return r->count ? t->raw_data.data : arena_alloc(r->a, 0);
}

/* ---- types that the IR has otherwise ---- */

/* Exact: the lower half of the mantissa is 0. */
static const void *from_bfloat16(const Reader *r, const void *data)
{
    uint32_t *f32 = arena_new_n(r->a, uint32_t, (size_t)r->count);

    for (int64_t i = 0; i < r->count; i++)
        f32[i] = (uint32_t)((const uint16_t *)data)[i] << 16;
    return f32;
}

/* A bool in a file may be any byte; in the IR it is 0 or 1. */
static const void *clean_bool(const Reader *r, const void *data)
{
    unsigned char *to = arena_alloc(r->a, (size_t)r->count);

    for (int64_t i = 0; i < r->count; i++)
        to[i] = ((const unsigned char *)data)[i] != 0;
    return to;
}

/* Type first, then shape, then as much data as the shape needs. */
static bool read_tensor(Reader *r, OnnxTensor *out)
{
    const Onnx__TensorProto *t = r->t;

    out->dtype = t->data_type == BFLOAT16 ? DT_F32 : dtype_by_onnx(t->data_type);
    if (!out->dtype) {
        diag_error(r->d, r->pos, "is of type %s, which is not supported",
                   onnx_type_name(t->data_type));
        return false;
    }
    if (t->segment) {
        diag_error(r->d, r->pos, "is a segment of a tensor, which is not supported");
        return false;
    }
    if (!read_shape(r, &out->shape))
        return false;
    r->count = shape_count(&out->shape);
    r->size = t->data_type == BFLOAT16 ? 2 : dtype_info[out->dtype].size;
    out->data = find_data(r);
    if (out->data && t->data_type == BFLOAT16)
        out->data = from_bfloat16(r, out->data);
    if (out->data && out->dtype == DT_BOOL)
        out->data = clean_bool(r, out->data);
    return out->data;
}

bool onnx_read_tensor(Import *m, const Onnx__TensorProto *t, Pos pos, OnnxTensor *out)
{
    Reader r = { .a = m->a, .d = m->d, .dir = m->o->dir, .t = t, .pos = pos };

    if (!t) {
        diag_error(m->d, pos, "should hold a tensor, and holds none");
        return false;
    }
    return read_tensor(&r, out);
}

bool onnx_tensor(Arena *a, Bytes pb, OnnxTensor *out, Diag *d)
{
    Reader r = { .a = a, .d = d, .pos = { .where = "tensor" } };
    const char *why;

    r.t = onnx_unpack(a, &onnx__tensor_proto__descriptor, pb, &why);
    if (!r.t) {
        diag_error(d, r.pos, "is no TensorProto: %s", why);
        return false;
    }
    out->name = onnx_text(r.t->name);
    return read_tensor(&r, out);
}
