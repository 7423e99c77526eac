/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors: named arrays in one file.
 *
 * Format (huggingface/safetensors, "Format"): 8 bytes little-endian length of a JSON header, the
 * header, the data.  The header maps each name to {"dtype", "shape", "data_offsets": [begin, end)},
 * offsets from the end of the header; "__metadata__" maps texts to texts.
 */
#include "tensor.h"

#include <jansson.h>
#include <string.h>

enum { HEAD = 8, MOST_HEADER = 100 * 1000 * 1000 };      /* the format's own limit */

static const struct { const char *name; int dtype; } types[] = {
    { "F32", RT_FLOAT32 }, { "F64", RT_FLOAT64 }, { "F16", RT_FLOAT16 }, { "I64", RT_INT64 },
    { "I32", RT_INT32 }, { "I16", RT_INT16 }, { "I8", RT_INT8 }, { "U8", RT_UINT8 },
    { "U16", RT_UINT16 }, { "U32", RT_UINT32 }, { "U64", RT_UINT64 }, { "BOOL", RT_BOOL },
};

typedef struct Reader {
    Arena *a;
    Diag *d;
    Pos pos;
    const unsigned char *data;
    size_t n;                     /* bytes of data */
} Reader;

static bool wrong(Reader *r, const char *name, const char *what)
{
    diag_error(r->d, r->pos, "tensor '%s' %s", diag_quote(r->a, name), what);
    return false;
}

static int type_of(const json_t *dtype)
{
    const char *name = json_string_value(dtype);

    for (size_t i = 0; name && i < sizeof types / sizeof types[0]; i++)
        if (!strcmp(types[i].name, name))
            return types[i].dtype;
    return 0;
}

static bool read_shape(const json_t *shape, int64_t *dim)
{
    if (!json_is_array(shape) || json_array_size(shape) > RT_MAX_RANK)
        return false;
    for (size_t i = 0; i < json_array_size(shape); i++) {
        const json_t *x = json_array_get(shape, i);
        if (!json_is_integer(x) || json_integer_value(x) < 0)
            return false;
        dim[i] = json_integer_value(x);
    }
    return true;
}

/* The tensor's bytes, which must be as many as its type and shape say and lie in the file. */
static bool take_data(Reader *r, const json_t *offsets, RtTensor *t)
{
    const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
    json_int_t from = json_integer_value(begin), to = json_integer_value(end);

    if (!json_is_integer(begin) || !json_is_integer(end) || from < 0 || to < from
        || (uint64_t)to > r->n || (uint64_t)(to - from) != t->bytes)
        return false;
    t->data = arena_alloc(r->a, t->bytes);
    if (t->bytes)
        memcpy(t->data, r->data + from, t->bytes);
    return true;
}

static bool read_one(Reader *r, const char *name, const json_t *entry, RtTensor *t)
{
    const json_t *shape = json_object_get(entry, "shape");
    int dtype = type_of(json_object_get(entry, "dtype"));
    int64_t dim[RT_MAX_RANK];

    if (!dtype)
        return wrong(r, name, "has a type that is not known here");
    if (!read_shape(shape, dim)
        || !rt_tensor_shape(t, dtype, (int)json_array_size(shape), dim))
        return wrong(r, name, "has no valid shape");
    if (!take_data(r, json_object_get(entry, "data_offsets"), t))
        return wrong(r, name, "has data offsets that contradict its shape or the file");
    t->name = arena_strdup(r->a, name);
    return true;
}

static bool read_all(Reader *r, json_t *root, RtTensors *out)
{
    const char *name;
    json_t *entry;
    bool ok = true;

    out->t = arena_new_n(r->a, RtTensor, json_object_size(root));
    json_object_foreach(root, name, entry)
        if (strcmp(name, "__metadata__")) {
            RtTensor *t = &out->t[out->n];
            bool good = read_one(r, name, entry, t);
            out->n += good;
            ok = good && ok;
        }
    return ok;
}

static void free_json(void *root)
{
    json_decref(root);
}

bool rt_read_safetensors(Arena *a, const char *path, Bytes file, RtTensors *out, Diag *d)
{
    Reader r = { a, d, { .file = path }, NULL, 0 };
    uint64_t n = 0;
    json_error_t e;
    json_t *root;

    memset(out, 0, sizeof *out);
    for (int i = 0; i < HEAD && file.n >= HEAD; i++)
        n |= (uint64_t)file.p[i] << 8 * i;
    if (file.n < HEAD || n > MOST_HEADER || n > file.n - HEAD) {
        diag_error(d, r.pos, "is no safetensors file: its header is longer than the file");
        return false;
    }
    root = json_loadb((const char *)file.p + HEAD, (size_t)n, JSON_REJECT_DUPLICATES, &e);
    if (!json_is_object(root)) {
        diag_error(d, r.pos, "is no safetensors file: its header is no JSON object");
        json_decref(root);
        return false;
    }
    arena_defer(a, free_json, root);
    r.data = file.p + HEAD + n;
    r.n = file.n - HEAD - (size_t)n;
    return read_all(&r, root, out);
}
