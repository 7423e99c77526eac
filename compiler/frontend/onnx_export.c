/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_export: the model, its values, and the parts that nodes are made of.
 *
 * All protobuf objects live in the graph's arena; weights are pointed at, and copied once, into the
 * packed bytes.
 */
#include "frontend/onnx_export.h"
#include "onnx.pb-c.h"
#include "ref/ref_impl.h"

#include <string.h>

enum { IR_VERSION = 8, OPSET = 17 };      /* ONNX 1.12 */

static char *own(OnnxExport *x, const char *s)
{
    return arena_strdup(x->a, s);
}

static void push(OnnxExport *x, void ***list, size_t *n, size_t *cap, void *item)
{
    if (*n == *cap) {
        size_t more = *cap ? 2 * *cap : 64;
        *list = arena_resize(x->a, *list, *cap * sizeof **list, more * sizeof **list);
        *cap = more;
    }
    (*list)[(*n)++] = item;
}

/* ---- nodes and attributes ---- */

static char **own_names(OnnxExport *x, const char *const *name, size_t n)
{
    char **copy = arena_new_n(x->a, char *, n);

    for (size_t i = 0; i < n; i++)
        copy[i] = own(x, name[i]);
    return copy;
}

OnnxNodeProto *export_node(OnnxExport *x, const char *op, const char *const *in, size_t n_in,
                           const char *const *out, size_t n_out)
{
    Onnx__NodeProto *n = arena_new(x->a, Onnx__NodeProto);

    onnx__node_proto__init(n);
    n->op_type = own(x, op);
    n->name = own(x, out[0]);
    n->input = own_names(x, in, n_in);
    n->n_input = n_in;
    n->output = own_names(x, out, n_out);
    n->n_output = n_out;
    n->attribute = arena_new_n(x->a, Onnx__AttributeProto *, 16);
    push(x, &x->node, &x->n_node, &x->cap_node, n);
    return n;
}

static Onnx__AttributeProto *attribute(OnnxExport *x, OnnxNodeProto *n, const char *name)
{
    Onnx__AttributeProto *a = arena_new(x->a, Onnx__AttributeProto);

    onnx__attribute_proto__init(a);
    a->name = own(x, name);
    a->has_type = 1;
    n->attribute[n->n_attribute++] = a;
    return a;
}

void export_int(OnnxExport *x, OnnxNodeProto *n, const char *name, int64_t i)
{
    Onnx__AttributeProto *a = attribute(x, n, name);

    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
    a->has_i = 1;
    a->i = i;
}

void export_float(OnnxExport *x, OnnxNodeProto *n, const char *name, double f)
{
    Onnx__AttributeProto *a = attribute(x, n, name);

    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
    a->has_f = 1;
    a->f = (float)f;
}

void export_ints(OnnxExport *x, OnnxNodeProto *n, const char *name, const int64_t *v, size_t k)
{
    Onnx__AttributeProto *a = attribute(x, n, name);

    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
    a->ints = arena_new_n(x->a, int64_t, k);
    a->n_ints = k;
    if (k)
        memcpy(a->ints, v, k * sizeof *v);
}

void export_word(OnnxExport *x, OnnxNodeProto *n, const char *name, const char *s)
{
    Onnx__AttributeProto *a = attribute(x, n, name);

    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
    a->has_s = 1;
    a->s.len = strlen(s);
    a->s.data = (uint8_t *)own(x, s);
}

/* ---- initialisers ---- */

static void initializer(OnnxExport *x, const char *name, DType t, const Shape *s, const void *data)
{
    Onnx__TensorProto *p = arena_new(x->a, Onnx__TensorProto);

    onnx__tensor_proto__init(p);
    p->name = own(x, name);
    p->has_data_type = 1;
    p->data_type = dtype_info[t].onnx;
    p->n_dims = s->rank;
    p->dims = arena_new_n(x->a, int64_t, s->rank);
    memcpy(p->dims, s->dim, s->rank * sizeof *p->dims);
    p->has_raw_data = 1;
    p->raw_data.len = (size_t)shape_count(s) * dtype_info[t].size;
    p->raw_data.data = (uint8_t *)(uintptr_t)data;       /* only read, by the packing */
    push(x, &x->init, &x->n_init, &x->cap_init, p);
}

const char *export_temp(OnnxExport *x, const char *base)
{
    const char *name;

    do
        name = arena_printf(x->a, "%s/%u", base, ++x->n_extra);
    while (intern_mark((Intern *)(uintptr_t)&x->g->names, name));
    return name;
}

const char *export_i64(OnnxExport *x, const int64_t *v, size_t n)
{
    const char *name = export_temp(x, "const");
    Shape s = { .rank = 1, .dim = { (int64_t)n } };
    int64_t *copy = arena_new_n(x->a, int64_t, n);

    if (n)
        memcpy(copy, v, n * sizeof *v);
    initializer(x, name, DT_I64, &s, copy);
    return name;
}

const char *export_scalar(OnnxExport *x, DType t, double v)
{
    const char *name = export_temp(x, "const");
    Shape s = { .rank = 0 };
    RefTensor one = { .dtype = t, .data = arena_alloc(x->a, sizeof(int64_t)) };

    ref_set_any_f(&one, 0, v);
    initializer(x, name, t, &s, one.data);
    return name;
}

/* Constants that somebody reads. */
static void constants(OnnxExport *x)
{
    uint32_t *use = ir_count_uses(x->g, x->a);

    for (uint32_t i = 1; i < x->g->n_value; i++) {
        const Value *v = &x->g->value[i];
        if (v->data && use[i])
            initializer(x, v->name, v->dtype, &v->shape, v->data);
    }
}

/* ---- the model ---- */

static Onnx__ValueInfoProto *value_info(OnnxExport *x, ValueId id)
{
    const Value *v = ir_val(x->g, id);
    Onnx__ValueInfoProto *info = arena_new(x->a, Onnx__ValueInfoProto);
    Onnx__TypeProto *type = arena_new(x->a, Onnx__TypeProto);
    Onnx__TypeProto__Tensor *tensor = arena_new(x->a, Onnx__TypeProto__Tensor);
    Onnx__TensorShapeProto *shape = arena_new(x->a, Onnx__TensorShapeProto);

    onnx__value_info_proto__init(info);
    onnx__type_proto__init(type);
    onnx__type_proto__tensor__init(tensor);
    onnx__tensor_shape_proto__init(shape);
    shape->n_dim = v->shape.rank;
    shape->dim = arena_new_n(x->a, Onnx__TensorShapeProto__Dimension *, shape->n_dim);
    for (uint32_t i = 0; i < v->shape.rank; i++) {
        shape->dim[i] = arena_new(x->a, Onnx__TensorShapeProto__Dimension);
        onnx__tensor_shape_proto__dimension__init(shape->dim[i]);
        shape->dim[i]->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        shape->dim[i]->dim_value = v->shape.dim[i];
    }
    tensor->has_elem_type = 1;
    tensor->elem_type = dtype_info[v->dtype].onnx;
    tensor->shape = shape;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type = tensor;
    info->name = own(x, v->name);
    info->type = type;
    return info;
}

static Onnx__ValueInfoProto **value_infos(OnnxExport *x, const ValueId *v, uint32_t n)
{
    Onnx__ValueInfoProto **list = arena_new_n(x->a, Onnx__ValueInfoProto *, n);

    for (uint32_t i = 0; i < n; i++)
        list[i] = value_info(x, v[i]);
    return list;
}

static void fill_graph(OnnxExport *x, Onnx__GraphProto *p)
{
    onnx__graph_proto__init(p);
    p->name = own(x, x->g->name);
    p->input = value_infos(x, x->g->input, x->g->n_input);
    p->n_input = x->g->n_input;
    p->output = value_infos(x, x->g->output, x->g->n_output);
    p->n_output = x->g->n_output;
    p->node = (Onnx__NodeProto **)(void *)x->node;
    p->n_node = x->n_node;
    p->initializer = (Onnx__TensorProto **)(void *)x->init;
    p->n_initializer = x->n_init;
}

static void pack(OnnxExport *x, Buf *out)
{
    Onnx__ModelProto model = ONNX__MODEL_PROTO__INIT;
    Onnx__GraphProto graph;
    Onnx__OperatorSetIdProto opset = ONNX__OPERATOR_SET_ID_PROTO__INIT, *opsets[] = { &opset };
    uint8_t *bytes;
    size_t n;

    fill_graph(x, &graph);
    model.has_ir_version = 1;
    model.ir_version = IR_VERSION;
    model.producer_name = own(x, "mnc");
    model.producer_version = own(x, MNC_VERSION);
    opset.domain = own(x, "");
    opset.has_version = 1;
    opset.version = OPSET;
    model.opset_import = opsets;
    model.n_opset_import = 1;
    model.graph = &graph;
    n = onnx__model_proto__get_packed_size(&model);
    bytes = arena_alloc(x->a, n);
    onnx__model_proto__pack(&model, bytes);
    buf_put(out, bytes, n);
}

bool onnx_write(const Graph *g, Buf *out, Diag *d)
{
    OnnxExport x = { .a = g->arena, .g = g, .d = d };
    bool ok = true;

    constants(&x);
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op)
            ok = export_op(&x, &g->node[i]) && ok;
    if (ok)
        pack(&x, out);
    return ok;
}
