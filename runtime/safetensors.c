/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors: named arrays in one file.
 *
 * Format (huggingface/safetensors, "Format"): 8 bytes little-endian length of a JSON header, the
 * header, the data.  The header maps each name to {"dtype", "shape", "data_offsets": [begin, end)},
 * offsets from the end of the header; "__metadata__" maps texts to texts.
 */
#include "safetensors.h"

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

static void free_json(void *held)
{
    json_decref(*(json_t **)held);
}

/* The header as JSON, which goes with the arena, and what is behind it; NULL when there is none.
 * why: what is wrong then. */
static json_t *read_header(Arena *a, Bytes file, Bytes *data, const char **why)
{
    uint64_t n = 0;
    json_t **held, *root;
    json_error_t e;

    for (int i = 0; i < HEAD && file.n >= HEAD; i++)
        n |= (uint64_t)file.p[i] << 8 * i;
    *why = "its header is longer than the file";
    if (file.n < HEAD || n > MOST_HEADER || n > file.n - HEAD)
        return NULL;
    held = arena_new(a, json_t *);         /* before the JSON, which would leak without */
    arena_defer(a, free_json, held);
    root = *held = json_loadb((const char *)file.p + HEAD, (size_t)n, JSON_REJECT_DUPLICATES, &e);
    *why = "its header is no JSON object";
    *data = (Bytes){ file.p + HEAD + n, file.n - HEAD - (size_t)n };
    return json_is_object(root) ? root : NULL;
}

bool rt_read_safetensors(Arena *a, const char *path, Bytes file, RtTensors *out, Diag *d)
{
    Reader r = { a, d, { .file = path }, NULL, 0 };
    const char *why;
    Bytes data;
    json_t *root = read_header(a, file, &data, &why);

    memset(out, 0, sizeof *out);
    if (!root) {
        diag_error(d, r.pos, "is no safetensors file: %s", why);
        return false;
    }
    r.data = data.p;
    r.n = data.n;
    return read_all(&r, root, out);
}

bool rt_read_metadata(Arena *a, Bytes file, RtTexts *out)
{
    const char *why, *key;
    Bytes data;
    json_t *root = read_header(a, file, &data, &why), *texts, *v;

    memset(out, 0, sizeof *out);
    texts = root ? json_object_get(root, "__metadata__") : NULL;
    out->t = arena_new_n(a, RtText, json_object_size(texts));
    json_object_foreach(texts, key, v)
        if (json_is_string(v))
            out->t[out->n++] = (RtText){ arena_strdup(a, key),
                                         arena_strdup(a, json_string_value(v)) };
    return root != NULL;
}

/* ---- writing ---- */

static const char *name_of(int dtype)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].dtype == dtype)
            return types[i].name;
    return "U8";
}

static void put_entry(Buf *b, const RtTensor *t, size_t from)
{
    buf_json(b, t->name);
    buf_printf(b, ":{\"dtype\":\"%s\",\"shape\":[", name_of(t->dtype));
    for (int i = 0; i < t->rank; i++)
        buf_printf(b, "%s%lld", i ? "," : "", (long long)t->dim[i]);
    buf_printf(b, "],\"data_offsets\":[%zu,%zu]}", from, from + t->bytes);
}

static void put_header(Buf *b, const RtTensors *list, const RtTexts *texts)
{
    size_t at = 0;

    buf_str(b, "{\"__metadata__\":{");
    for (size_t i = 0; i < texts->n; i++) {
        buf_str(b, i ? "," : "");
        buf_json(b, texts->t[i].key);
        buf_char(b, ':');
        buf_json(b, texts->t[i].value);
    }
    buf_char(b, '}');
    for (size_t i = 0; i < list->n; i++) {
        buf_char(b, ',');
        put_entry(b, &list->t[i], at);
        at += list->t[i].bytes;
    }
    buf_char(b, '}');
    while ((b->n + HEAD) % 64)             /* the format allows spaces behind the object */
        buf_char(b, ' ');
}

void rt_write_safetensors(Buf *out, const RtTensors *list, const RtTexts *metadata)
{
    Buf header;

    buf_init(&header, out->arena);
    put_header(&header, list, metadata);
    for (int i = 0; i < HEAD; i++)
        buf_char(out, (char)(header.n >> 8 * i & 0xff));
    buf_put(out, header.p, header.n);
    for (size_t i = 0; i < list->n; i++)
        buf_put(out, list->t[i].data, list->t[i].bytes);
}
