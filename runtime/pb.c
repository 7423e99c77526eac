/* SPDX-License-Identifier: Apache-2.0 */
/* pb: ONNX's file of one tensor, a serialised TensorProto.
 *
 * The elements stand in raw_data (little endian) or in one of the typed fields, of which int32_data
 * serves all small types, float16 by its bits.  Onnx.proto says which; anything else is refused.
 */
#include "tensor.h"

#include "onnx.pb-c.h"

#include <string.h>

/* protobuf-c takes its memory from the arena and never has to give it back. */
static void *pb_alloc(void *arena, size_t n)
{
    return arena_alloc(arena, n);
}

static void pb_free(void *arena, void *p)
{
    (void)arena;
    (void)p;
}

/* How many elements stand in the typed field that belongs to the type. */
static size_t field_count(const Onnx__TensorProto *p, int dtype)
{
    switch (dtype) {
    case RT_FLOAT32: return p->n_float_data;
    case RT_FLOAT64: return p->n_double_data;
    case RT_INT64:   return p->n_int64_data;
    case RT_UINT32:
    case RT_UINT64:  return p->n_uint64_data;
    default:         return p->n_int32_data;
    }
}

/* int32_data holds one element per number; what does not fit is cut, as a cast would. */
static void narrow(unsigned char *out, const Onnx__TensorProto *p, size_t size)
{
    for (size_t i = 0; i < p->n_int32_data; i++)       /* little endian: the low bytes come first */
        memcpy(out + i * size, &p->int32_data[i], size);
}

/* The field has exactly as many elements as the shape: rt_read_pb has counted them. */
static void copy_field(void *out, const Onnx__TensorProto *p, const RtTensor *t)
{
    size_t n = t->bytes;

    switch (t->dtype) {
    case RT_FLOAT32: memcpy(out, p->float_data, n); break;
    case RT_FLOAT64: memcpy(out, p->double_data, n); break;
    case RT_INT64:   memcpy(out, p->int64_data, n); break;
    case RT_UINT64:  memcpy(out, p->uint64_data, n); break;
    case RT_UINT32:
        for (size_t i = 0; i < p->n_uint64_data; i++)
            ((uint32_t *)out)[i] = (uint32_t)p->uint64_data[i];
        break;
    default:
        narrow(out, p, rt_type(t->dtype)->size);
    }
}

/* Always false, with the file and the reason in d. */
static bool refuse(Diag *d, const char *path, const char *what)
{
    Pos pos = { .file = path };

    diag_error(d, pos, "is not a tensor that can be read: %s", what);
    return false;
}

/* Type, shape and place of the data; out gets all but the data. */
static bool take_shape(Arena *a, const char *path, const Onnx__TensorProto *p, RtTensor *out,
                       Diag *d)
{
    if (p->n_dims > RT_MAX_RANK)
        return refuse(d, path, "it has more than 16 dimensions");
    if (!rt_type(p->data_type))
        return refuse(d, path, arena_printf(a, "its elements are of type %s (%d)",
                                            rt_type_name(p->data_type), p->data_type));
    if (!rt_tensor_shape(out, p->data_type, (int)p->n_dims, p->dims))
        return refuse(d, path, "its shape is negative or too large");
    if (p->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL || p->n_external_data)
        return refuse(d, path, "its data is in another file");
    return true;
}

/* raw_data wins when both are there, as in onnx.proto; an empty tensor has neither. */
static bool take_tensor(Arena *a, const char *path, const Onnx__TensorProto *p, RtTensor *out,
                        Diag *d)
{
    size_t have;

    if (!take_shape(a, path, p, out, d))
        return false;
    have = p->raw_data.len ? p->raw_data.len
                           : field_count(p, out->dtype) * rt_type(out->dtype)->size;
    if (have != out->bytes)
        return refuse(d, path, arena_printf(a, "%s of shape %s needs %zu bytes, but it has %zu",
                                            rt_type_name(out->dtype),
                                            rt_shape_text(a, out->rank, out->dim), out->bytes,
                                            have));
    out->data = arena_alloc(a, out->bytes);
    if (p->raw_data.len)
        memcpy(out->data, p->raw_data.data, out->bytes);
    else if (out->bytes)
        copy_field(out->data, p, out);
    if (out->dtype == RT_BOOL)
        for (size_t i = 0; i < out->bytes; i++)
            ((uint8_t *)out->data)[i] = ((uint8_t *)out->data)[i] != 0;
    out->name = p->name ? arena_strdup(a, p->name) : "";
    return true;
}

bool rt_read_pb(Arena *a, const char *path, Bytes file, RtTensor *out, Diag *d)
{
    ProtobufCAllocator alloc = { .alloc = pb_alloc, .free = pb_free, .allocator_data = a };
    Onnx__TensorProto *p = onnx__tensor_proto__unpack(&alloc, file.n, file.p);

    if (!p)
        return refuse(d, path, "it is no protobuf message, or one that is damaged");
    return take_tensor(a, path, p, out, d);
}

bool rt_read_initialisers(Arena *a, const char *path, Bytes file, RtTensors *out, Diag *d)
{
    ProtobufCAllocator alloc = { .alloc = pb_alloc, .free = pb_free, .allocator_data = a };
    Onnx__ModelProto *m = onnx__model_proto__unpack(&alloc, file.n, file.p);

    memset(out, 0, sizeof *out);
    if (!m || !m->graph)
        return refuse(d, path, "it is no ONNX model, or one that is damaged");
    out->t = arena_new_n(a, RtTensor, m->graph->n_initializer);
    for (; out->n < m->graph->n_initializer; out->n++)
        if (!take_tensor(a, path, m->graph->initializer[out->n], &out->t[out->n], d))
            return false;
    return true;
}
