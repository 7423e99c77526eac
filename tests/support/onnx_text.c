/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_text: text -> protobuf-c messages.  A wrong text is a mistake of the test: abort. */
#include "support/onnx_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Words {
    char **w;
    size_t n, at;
} Words;

/* Where items go: a graph, or a function's body. */
typedef struct Place {
    Onnx__GraphProto *g;
    Onnx__FunctionProto *f;
} Place;

typedef struct Reader {
    Arena *a;
    Onnx__ModelProto *model;
    Place here;
    struct { const char *name; Onnx__GraphProto *g; } graph[8];      /* "#name" */
    size_t n_graph;
} Reader;

static _Noreturn void wrong(const char *what)
{
    fprintf(stderr, "onnx_text: '%s'\n", what);
    abort();
}

/* Appends p to a repeated field. */
#define PUSH(a, list, n, p) \
    ((list) = arena_resize((a), (list), (n) * sizeof *(list), ((n) + 1) * sizeof *(list)), \
     (list)[(n)++] = (p))

#define NEW(a, T, init) init_message((a), sizeof(T), (init))

static void *init_message(Arena *a, size_t size, void (*init)(void *))
{
    void *p = arena_alloc(a, size);

    init(p);
    return p;
}

/* protobuf-c's initialisers take the type itself; one shape for all. */
#define INIT(T, small) \
    static void init_##small(void *p) { onnx__##small##__init((Onnx__##T *)p); }
INIT(ModelProto, model_proto)
INIT(GraphProto, graph_proto)
INIT(FunctionProto, function_proto)
INIT(NodeProto, node_proto)
INIT(AttributeProto, attribute_proto)
INIT(TensorProto, tensor_proto)
INIT(ValueInfoProto, value_info_proto)
INIT(TypeProto, type_proto)
INIT(TypeProto__Tensor, type_proto__tensor)
INIT(TensorShapeProto, tensor_shape_proto)
INIT(TensorShapeProto__Dimension, tensor_shape_proto__dimension)
INIT(OperatorSetIdProto, operator_set_id_proto)
INIT(StringStringEntryProto, string_string_entry_proto)

static char *unescape(Arena *a, const char *s, size_t n)
{
    char *out = arena_alloc(a, n + 1), *q = out;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\' && i + 1 < n) {
            i++;
            *q++ = s[i] == 'n' ? '\n' : ' ';
        } else {
            *q++ = s[i];
        }
    }
    return out;
}

static Words split(Arena *a, const char *line, size_t n)
{
    Words w = { 0 };

    for (size_t i = 0, k; i < n; i += k) {
        size_t blank = strspn(line + i, " ");
        i += blank;
        k = strcspn(line + i, " \n");
        k = i + k > n ? n - i : k;
        if (i < n && k)
            PUSH(a, w.w, w.n, unescape(a, line + i, k));
    }
    return w;
}

static char *next(Words *w)
{
    return w->at < w->n ? w->w[w->at++] : NULL;
}

static bool accept(Words *w, const char *word)
{
    if (w->at < w->n && !strcmp(w->w[w->at], word)) {
        w->at++;
        return true;
    }
    return false;
}

static char *none(char *word)
{
    static char empty[] = "";

    return strcmp(word, "_") ? word : empty;
}

/* ---- types and tensors ---- */

static int32_t type_number(const char *name)
{
    static const char *const names[] = {
        "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string",
        "bool", "float16", "double", "uint32", "uint64", "complex64", "complex128", "bfloat16"
    };

    for (int32_t i = 0; i < 17; i++)
        if (!strcmp(name, names[i]))
            return i;
    wrong(name);
}

static void put_number(unsigned char *p, int32_t type, double v)
{
    int64_t i = (int64_t)v;
    float f = (float)v;
    uint32_t bits;

    memcpy(&bits, &f, 4);
    switch (type) {
    case 1: memcpy(p, &f, 4); break;
    case 11: memcpy(p, &v, 8); break;
    case 16: memcpy(p, (char *)&bits + 2, 2); break;
    default: memcpy(p, &i, 8); break;       /* low bytes first; float16 as its bits */
    }
}

static size_t type_size(int32_t type)
{
    static const size_t size[] = { 0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 8, 16, 2 };

    return size[type];
}

/* "2,3" -> dims, "-" -> none; returns the product */
static size_t read_dims(Arena *a, Onnx__TensorProto *t, const char *text)
{
    size_t count = 1;

    while (strcmp(text, "-")) {
        char *end;
        int64_t d = strtoll(text, &end, 10);
        PUSH(a, t->dims, t->n_dims, d);
        count *= (size_t)d;
        if (*end != ',')
            break;
        text = end + 1;
    }
    return count;
}

/* TYPE DIMS = NUMBERS */
static Onnx__TensorProto *tensor(Arena *a, Words *w)
{
    Onnx__TensorProto *t = NEW(a, Onnx__TensorProto, init_tensor_proto);
    size_t count, size, n = 0;
    unsigned char *p;

    t->has_data_type = 1;
    t->data_type = type_number(next(w));
    count = read_dims(a, t, next(w));
    if (!accept(w, "="))
        return t;
    size = type_size(t->data_type);
    p = arena_alloc(a, (w->n + count) * size + 8);
    if (accept(w, "*"))
        for (; n < count; n++)
            put_number(p + n * size, t->data_type, (double)(n + 1) / (t->data_type == 1 ? 8 : 1));
    while (w->at < w->n)
        put_number(p + n++ * size, t->data_type, strtod(next(w), NULL));
    t->has_raw_data = 1;
    t->raw_data = (ProtobufCBinaryData){ n * size, p };
    return t;
}

Onnx__TensorProto *onnx_text_tensor(Arena *a, const char *text)
{
    Words w = split(a, text, strlen(text));

    return tensor(a, &w);
}

static Onnx__TensorShapeProto__Dimension *dimension(Arena *a, const char *s, size_t n)
{
    Onnx__TensorShapeProto__Dimension *d =
        NEW(a, Onnx__TensorShapeProto__Dimension, init_tensor_shape_proto__dimension);
    char *end, *text = arena_strndup(a, s, n);
    int64_t v = strtoll(text, &end, 10);

    if (*text && !*end) {
        d->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        d->dim_value = v;
    } else if (strcmp(text, "?")) {
        d->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
        d->dim_param = text;
    }
    return d;
}

static Onnx__TypeProto *tensor_type(Arena *a, Words *w)
{
    Onnx__TypeProto *t = NEW(a, Onnx__TypeProto, init_type_proto);
    Onnx__TypeProto__Tensor *x = NEW(a, Onnx__TypeProto__Tensor, init_type_proto__tensor);
    const char *dims;

    t->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    t->tensor_type = x;
    x->has_elem_type = 1;
    x->elem_type = type_number(next(w));
    dims = next(w);
    if (!dims)
        return t;
    x->shape = NEW(a, Onnx__TensorShapeProto, init_tensor_shape_proto);
    while (strcmp(dims, "-")) {
        size_t n = strcspn(dims, ",");
        PUSH(a, x->shape->dim, x->shape->n_dim, dimension(a, dims, n));
        if (!dims[n])
            break;
        dims += n + 1;
    }
    return t;
}

static Onnx__ValueInfoProto *value_info(Arena *a, Words *w)
{
    Onnx__ValueInfoProto *v = NEW(a, Onnx__ValueInfoProto, init_value_info_proto);

    v->name = none(next(w));
    if (w->at < w->n)
        v->type = tensor_type(a, w);
    return v;
}

/* ---- attributes ---- */

static void list_attr(Arena *a, Onnx__AttributeProto *p, const char *s)
{
    bool floats = strchr(s, '.');
    char *end;

    p->type = floats ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS
                     : ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
    for (s++; *s && *s != ']'; s = *end == ',' ? end + 1 : end) {
        if (floats)
            PUSH(a, p->floats, p->n_floats, strtof(s, &end));
        else
            PUSH(a, p->ints, p->n_ints, strtoll(s, &end, 10));
        if (end == s)
            wrong(s);
    }
}

/* "float(2,2)[1,2,3,4]" -> "float 2,2 = 1 2 3 4" */
static void tensor_attr(Arena *a, Onnx__AttributeProto *p, const char *s)
{
    char *type = arena_strdup(a, s), *dims = strchr(type, '('), *end = strchr(type, ')');

    if (!dims || !end)
        wrong(s);
    *dims++ = *end = 0;
    for (char *q = end + 1; *q; q++)
        if (strchr("[],", *q))
            *q = ' ';
    p->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR;
    p->t = onnx_text_tensor(a, arena_printf(a, "%s %s = %s", type, *dims ? dims : "-", end + 1));
}

static void graph_attr(Reader *r, Onnx__AttributeProto *p, const char *name)
{
    p->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH;
    for (size_t i = 0; i < r->n_graph; i++)
        if (!strcmp(r->graph[i].name, name))
            p->g = r->graph[i].g;
    if (p->g)
        return;
    p->g = NEW(r->a, Onnx__GraphProto, init_graph_proto);
    r->graph[r->n_graph].name = name;
    r->graph[r->n_graph++].g = p->g;
}

static Onnx__AttributeProto *attribute(Reader *r, const char *word)
{
    Onnx__AttributeProto *p = NEW(r->a, Onnx__AttributeProto, init_attribute_proto);
    const char *s = strchr(word, '=');
    char *end;

    if (!s)
        wrong(word);
    p->name = arena_strndup(r->a, word, (size_t)(s++ - word));
    p->has_type = 1;
    if (*s == '@') {
        p->ref_attr_name = arena_strdup(r->a, s + 1);
        p->has_type = 0;
    } else if (*s == '#') {
        graph_attr(r, p, s + 1);
    } else if (*s == '[') {
        list_attr(r->a, p, s);
    } else if (strchr(s, '(')) {
        tensor_attr(r->a, p, s);
    } else if (strtod(s, &end), end != s && !*end && strpbrk(s, ".en")) {
        p->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
        p->has_f = 1;
        p->f = strtof(s, NULL);
    } else if (end != s && !*end) {
        p->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
        p->has_i = 1;
        p->i = strtoll(s, NULL, 10);
    } else {
        p->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
        p->has_s = 1;
        p->s = (ProtobufCBinaryData){ strlen(s), (uint8_t *)arena_strdup(r->a, s) };
    }
    return p;
}

/* ---- items ---- */

/* "my.domain.F" -> domain, name */
static void set_op(Arena *a, char *word, char **domain, char **op)
{
    char *dot = strrchr(word, '.');

    *op = dot ? dot + 1 : word;
    if (dot)
        *domain = arena_strndup(a, word, (size_t)(dot - word));
}

static void node(Reader *r, Words *w)
{
    Onnx__NodeProto *p = NEW(r->a, Onnx__NodeProto, init_node_proto);
    Place *here = &r->here;
    char *word = next(w);

    if (word[strlen(word) - 1] == ':') {
        p->name = arena_strndup(r->a, word, strlen(word) - 1);
        word = next(w);
    }
    set_op(r->a, word, &p->domain, &p->op_type);
    while (w->at < w->n && !accept(w, "->"))
        PUSH(r->a, p->input, p->n_input, none(next(w)));
    while (w->at < w->n && !accept(w, "|"))
        PUSH(r->a, p->output, p->n_output, none(next(w)));
    while (w->at < w->n)
        PUSH(r->a, p->attribute, p->n_attribute, attribute(r, next(w)));
    if (here->f)
        PUSH(r->a, here->f->node, here->f->n_node, p);
    else
        PUSH(r->a, here->g->node, here->g->n_node, p);
}

static void opset(Reader *r, Words *w)
{
    Onnx__OperatorSetIdProto *o =
        NEW(r->a, Onnx__OperatorSetIdProto, init_operator_set_id_proto);

    if (w->n == 3)
        o->domain = next(w);
    o->has_version = 1;
    o->version = strtoll(next(w), NULL, 10);
    if (r->here.f)
        PUSH(r->a, r->here.f->opset_import, r->here.f->n_opset_import, o);
    else
        PUSH(r->a, r->model->opset_import, r->model->n_opset_import, o);
}

static void function(Reader *r, Words *w)
{
    Onnx__FunctionProto *f = NEW(r->a, Onnx__FunctionProto, init_function_proto);

    set_op(r->a, next(w), &f->domain, &f->name);
    while (w->at < w->n && !accept(w, "->"))
        PUSH(r->a, f->input, f->n_input, next(w));
    while (w->at < w->n && !accept(w, ":"))
        PUSH(r->a, f->output, f->n_output, next(w));
    while (w->at < w->n) {
        char *word = next(w);
        if (strchr(word, '='))
            PUSH(r->a, f->attribute_proto, f->n_attribute_proto, attribute(r, word));
        else
            PUSH(r->a, f->attribute, f->n_attribute, word);
    }
    PUSH(r->a, r->model->functions, r->model->n_functions, f);
    r->here = (Place){ .f = f };
}

static void external(Reader *r, Words *w)
{
    char *name = next(w);
    Onnx__TensorProto *t = NEW(r->a, Onnx__TensorProto, init_tensor_proto);

    t->name = name;
    t->has_data_type = t->has_data_location = 1;
    t->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
    t->data_type = type_number(next(w));
    read_dims(r->a, t, next(w));
    while (w->at < w->n) {
        Onnx__StringStringEntryProto *e =
            NEW(r->a, Onnx__StringStringEntryProto, init_string_string_entry_proto);
        e->key = next(w);
        e->value = strchr(e->key, '=');
        *e->value++ = 0;
        PUSH(r->a, t->external_data, t->n_external_data, e);
    }
    PUSH(r->a, r->here.g->initializer, r->here.g->n_initializer, t);
}

static void item(Reader *r, Words *w)
{
    Onnx__GraphProto *g = r->here.g;

    if (!w->n || w->w[0][0] == '#')
        return;
    if (accept(w, "opset")) {
        opset(r, w);
    } else if (accept(w, "name")) {
        g->name = next(w);
    } else if (accept(w, "input")) {
        PUSH(r->a, g->input, g->n_input, value_info(r->a, w));
    } else if (accept(w, "output")) {
        PUSH(r->a, g->output, g->n_output, value_info(r->a, w));
    } else if (accept(w, "init")) {
        char *name = none(next(w));
        Onnx__TensorProto *t = tensor(r->a, w);
        t->name = name;
        PUSH(r->a, g->initializer, g->n_initializer, t);
    } else if (accept(w, "external")) {
        external(r, w);
    } else if (accept(w, "function")) {
        function(r, w);
    } else if (accept(w, "graph")) {
        Onnx__AttributeProto find;
        init_attribute_proto(&find);
        graph_attr(r, &find, next(w));
        r->here = (Place){ .g = find.g };
    } else if (accept(w, "end")) {
        r->here = (Place){ .g = r->model->graph };
    } else {
        node(r, w);
    }
}

Onnx__ModelProto *onnx_text_model(Arena *a, const char *text)
{
    Reader r = { .a = a, .model = NEW(a, Onnx__ModelProto, init_model_proto) };

    r.model->has_ir_version = 1;
    r.model->ir_version = 8;
    r.here.g = r.model->graph = NEW(a, Onnx__GraphProto, init_graph_proto);
    while (*text) {
        size_t n = strcspn(text, "\n");
        Words w = split(a, text, n);
        item(&r, &w);
        text += n + (text[n] == '\n');
    }
    return r.model;
}

Bytes onnx_pack(Arena *a, const void *message)
{
    size_t n = protobuf_c_message_get_packed_size(message);
    unsigned char *p = arena_alloc(a, n + 1);

    protobuf_c_message_pack(message, p);
    return (Bytes){ p, n };
}

Bytes onnx_text_bytes(Arena *a, const char *text)
{
    return onnx_pack(a, onnx_text_model(a, text));
}
