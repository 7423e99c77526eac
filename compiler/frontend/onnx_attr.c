/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_attr: what a node's attributes say, and what its constant operands hold.
 *
 * Who asks for an attribute marks it as seen; one that nobody asked for is an error later on.  A
 * value of the wrong type is an error at once, and the default is returned, so that importers read
 * all they need first and look at onnx_failed once.
 *
 * A constant operand is an initialiser, a Constant, or anything that follows from those and from
 * shapes.  What is integer has been folded by the time it is asked for; floats are folded here, on
 * demand (scales of a Resize, the bounds of a Clip).
 */
#include "frontend/onnx_import.h"
#include "base/number.h"
#include "ref/ref.h"

#include <math.h>
#include <string.h>

enum { FOLD_DEPTH = 64 };        /* how far back a constant is looked for */

/* As onnx.proto calls it: "INTS". */
static const char *attr_type_name(Onnx__AttributeProto__AttributeType t)
{
    const ProtobufCEnumValue *v =
        protobuf_c_enum_descriptor_get_value(&onnx__attribute_proto__attribute_type__descriptor,
                                             (int)t);

    return v ? v->name : "unknown";
}

/* Files of IR version 1 say no type: what is there, counts. */
static Onnx__AttributeProto__AttributeType type_of(const Onnx__AttributeProto *p)
{
    if (p->has_type && p->type)
        return p->type;
    if (p->has_f)
        return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
    if (p->has_i)
        return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
    if (p->has_s)
        return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
    if (p->t)
        return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR;
    if (p->n_ints)
        return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
    if (p->n_floats)
        return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS;
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED;
}

void onnx_ignore(OnnxNode *n, const char *name)
{
    for (uint32_t i = 0; i < n->n_attr; i++)
        if (!strcmp(n->attr[i].name, name))
            n->attr[i].seen = true;
}

/* NULL when the node has none, or one of another type, which is said. */
const Onnx__AttributeProto *onnx_attr(OnnxNode *n, const char *name,
                                      Onnx__AttributeProto__AttributeType type)
{
    const OnnxAttr *a = onnx_find_attr(n->attr, n->n_attr, name);

    if (!a)
        return NULL;
    onnx_ignore(n, name);
    if (type_of(a->p) == type)
        return a->p;
    onnx_error(n, "has the attribute '%s' of type %s; it must be of type %s", name,
               attr_type_name(type_of(a->p)), attr_type_name(type));
    return NULL;
}

/* A writer of proto3 leaves out numbers that are 0, so that has_i and has_f say nothing here. */
int64_t onnx_int(OnnxNode *n, const char *name, int64_t otherwise)
{
    const Onnx__AttributeProto *p = onnx_attr(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);

    return p ? p->i : otherwise;
}

/* float in the file; the defaults of importers are ONNX's, rounded to float where it matters. */
double onnx_float(OnnxNode *n, const char *name, double otherwise)
{
    const Onnx__AttributeProto *p =
        onnx_attr(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);

    return p ? (double)p->f : otherwise;
}

/* The decimal number that stood where the file was made: 0.001, not 0.001F, which is another number
 * in the double arithmetic that folds batch norms. */
double onnx_decimal(OnnxNode *n, const char *name, double otherwise)
{
    double x = onnx_float(n, name, otherwise);
    char text[32];

    return isfinite(x) ? number_read(float_text((float)x, text), NULL) : x;
}

/* Bytes in the file, 0-terminated here; what comes after a 0 byte does not count. */
const char *onnx_word(OnnxNode *n, const char *name, const char *otherwise)
{
    const Onnx__AttributeProto *p =
        onnx_attr(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING);

    if (!p)
        return otherwise;
    return p->s.len ? arena_strndup(n->m->a, (const char *)p->s.data, p->s.len) : "";
}

/* The list lies in the message, and lives as long as the arena. */
Ints onnx_ints(OnnxNode *n, const char *name)
{
    const Onnx__AttributeProto *p = onnx_attr(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);

    return p ? (Ints){ p->ints, (uint32_t)p->n_ints, true } : (Ints){ NULL, 0, false };
}

/* axis in [-rank, rank) -> [0, rank); an error otherwise. */
bool onnx_axis(OnnxNode *n, int64_t axis, uint32_t rank, uint32_t *out)
{
    if (shape_axis(axis, rank, out))
        return true;
    onnx_error(n, "axis %lld is outside of %u dimensions", (long long)axis, rank);
    return false;
}

/* ---- operands ---- */

ValueId onnx_in(const OnnxNode *n, uint32_t i)
{
    return i < n->n_in ? n->in[i] : (ValueId){ 0 };
}

/* Computes v from constants alone, its operands first.  Each is folded at most once, and the first
 * that cannot be ends the search: the time is linear in what is looked at. */
static bool fold_back(Graph *g, ValueId v, int depth)
{
    NodeId id = ir_val(g, v)->producer;

    if (ir_is_const(g, v))
        return true;
    if (!id.id || depth == 0)
        return false;
    for (uint32_t i = 0; i < ir_node(g, id)->n_in; i++)
        if (ir_node(g, id)->in[i].id && !fold_back(g, ir_node(g, id)->in[i], depth - 1))
            return false;
    return ref_fold(g, id, ONNX_FOLD_MAX) && ir_is_const(g, v);
}

/* No message when it is not possible: the caller may have another way. */
bool onnx_try_const(Graph *g, ValueId v)
{
    return v.id && fold_back(g, v, FOLD_DEPTH);
}

/* An input of the model can be bound to a file, which the hint says; what depends on an input's
 * numbers cannot be helped. */
bool onnx_const(OnnxNode *n, uint32_t i, const char *what)
{
    ValueId v = onnx_in(n, i);
    const Value *val = ir_val(n->g, v);

    if (!v.id)
        return false;
    if (onnx_try_const(n->g, v))
        return true;
    val = ir_val(n->g, v);
    if (val->kind == VAL_INPUT) {
        const char *name = diag_quote(n->m->a, val->name);
        onnx_error(n, "its operand '%s' must be a constant, but is the model's input '%s'", what,
                   name);
        diag_hint(n->m->d, "--bind %s=FILE.pb makes it one", name);
    } else {
        onnx_error(n, "its operand '%s' must be a constant, but '%s' depends on the model's inputs",
                   what, diag_quote(n->m->a, val->name));
    }
    return false;
}

/* Exact beyond 2^53, where ir_element is not: exporters write INT64_MAX for "to the end". */
static int64_t int_element(const Value *v, int64_t i)
{
    return v->dtype == DT_I64 ? ((const int64_t *)v->data)[i] : (int64_t)ir_element(v, i);
}

/* A list of one dimension, or a single number; of any integer type.  given is false when the
 * operand was left out, and after an error. */
Ints onnx_const_ints(OnnxNode *n, uint32_t i, const char *what)
{
    Ints none = { NULL, 0, false };
    const Value *v;
    int64_t *ints, count;

    if (!onnx_const(n, i, what))
        return none;
    v = ir_val(n->g, n->in[i]);
    count = shape_count(&v->shape);
    if (onnx_is_float(v->dtype) || v->shape.rank > 1 || count > ONNX_FOLD_MAX) {
        onnx_error(n, "its operand '%s' must be a list of integers, not %s of shape %s", what,
                   dtype_info[v->dtype].name, shape_text(n->m->a, &v->shape));
        return none;
    }
    ints = arena_new_n(n->m->a, int64_t, (size_t)count);
    for (int64_t k = 0; k < count; k++)
        ints[k] = int_element(v, k);
    return (Ints){ ints, (uint32_t)count, true };
}

/* Scales, bounds, fill values: of any number type. */
uint32_t onnx_const_floats(OnnxNode *n, uint32_t i, const char *what, double *out, uint32_t cap)
{
    const Value *v;
    int64_t count;

    if (!onnx_const(n, i, what))
        return 0;
    v = ir_val(n->g, n->in[i]);
    count = shape_count(&v->shape);
    if (count > cap) {
        onnx_error(n, "its operand '%s' has the shape %s; at most %u numbers are expected", what,
                   shape_text(n->m->a, &v->shape), cap);
        return 0;
    }
    for (int64_t k = 0; k < count; k++)
        out[k] = ir_element(v, k);
    return (uint32_t)count;
}

/* Opsets 10 to 18 turned many attributes into operands (axes, pads, split ...), so that they could
 * be computed.  The name is that of the attribute and of the operand. */
Ints onnx_ints_since(OnnxNode *n, int64_t since, const char *name, uint32_t i)
{
    if (n->opset < since)
        return onnx_ints(n, name);
    return onnx_const_ints(n, i, name);
}
