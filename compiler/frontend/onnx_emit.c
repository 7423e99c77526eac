/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_emit: adding IR nodes for one ONNX node.
 *
 * An importer builds expressions, as in
 *     y = onnx_binary(n, OP_add, onnx_unary(n, OP_sqrt, x, "root"), z, NULL);
 * which adds "y.root = sqrt x" and "y = add y.root z".  Each function gives the new value, or 0
 * once anything about the node has failed, and 0 goes through all that follows without another
 * message.
 */
#include "frontend/onnx_import.h"

#include <string.h>

enum { NAME_MAX_LEN = 400 };     /* of a name that gets a suffix: many nodes may come of one */

/* Copies: the table of values moves when it grows.  For id 0 an empty shape and no type. */
Shape onnx_shape(const OnnxNode *n, ValueId v)
{
    return ir_val(n->g, v)->shape;
}

DType onnx_dtype(const OnnxNode *n, ValueId v)
{
    return ir_val(n->g, v)->dtype;
}

bool onnx_is_float(DType t)
{
    return t == DT_F32 || t == DT_F64 || t == DT_F16;
}

/* The value's name in the IR; see onnx_import.h about the suffix. */
static const char *result_name(OnnxNode *n, const char *suffix)
{
    const char *base = n->out[0];

    if (!*base)                          /* only later results are named */
        base = *onnx_text(n->p->name) ? onnx_ir_name(n->scope, n->p->name) : "v";
    for (uint32_t i = 1; i < n->n_out; i++)
        if (suffix == n->out[i])
            return suffix;
    return suffix ? arena_printf(n->m->a, "%.*s.%s", NAME_MAX_LEN, base, suffix) : base;
}

/* One result; spec says op, operands and attributes, the rest is filled in here. */
ValueId onnx_emit(OnnxNode *n, NodeSpec spec, const char *suffix)
{
    const char *name;
    NodeId id;

    if (onnx_failed(n))
        return (ValueId){ 0 };
    name = result_name(n, suffix);
    spec.out = &name;
    spec.n_out = 1;
    spec.pos = n->pos;
    id = ir_add(n->g, &spec, n->m->d);
    return id.id ? ir_node(n->g, id)->out[0] : (ValueId){ 0 };
}

/* One operand, no attribute that differs from its default; likewise two. */
ValueId onnx_unary(OnnxNode *n, Op op, ValueId x, const char *suffix)
{
    return onnx_emit(n, (NodeSpec){ .op = op, .in = &x, .n_in = 1 }, suffix);
}

ValueId onnx_binary(OnnxNode *n, Op op, ValueId x, ValueId y, const char *suffix)
{
    ValueId in[] = { x, y };

    return onnx_emit(n, (NodeSpec){ .op = op, .in = in, .n_in = 2 }, suffix);
}

/* An operator of one operand and one attribute. */
static ValueId with_attr(OnnxNode *n, Op op, ValueId x, Attr a, const char *suffix)
{
    return onnx_emit(n, (NodeSpec){ .op = op, .in = &x, .n_in = 1, .attr = &a, .n_attr = 1 },
                     suffix);
}

/* s has as many elements as x. */
ValueId onnx_reshape(OnnxNode *n, ValueId x, const Shape *s, const char *suffix)
{
    return with_attr(n, OP_reshape, x, attr_ints(A_shape, s->dim, s->rank), suffix);
}

/* x broadcast with s. */
ValueId onnx_expand(OnnxNode *n, ValueId x, const Shape *s, const char *suffix)
{
    return with_attr(n, OP_expand, x, attr_ints(A_shape, s->dim, s->rank), suffix);
}

/* perm has one entry per dimension of x. */
ValueId onnx_transpose(OnnxNode *n, ValueId x, const int64_t *perm, const char *suffix)
{
    return with_attr(n, OP_transpose, x, attr_ints(A_perm, perm, onnx_shape(n, x).rank), suffix);
}

ValueId onnx_cast(OnnxNode *n, ValueId x, DType t, const char *suffix)
{
    return with_attr(n, OP_cast, x, attr_word(A_to, dtype_info[t].name), suffix);
}

/* axes empty: over all. */
ValueId onnx_reduce(OnnxNode *n, Op op, ValueId x, Ints axes, bool keep, const char *suffix)
{
    Attr attr[] = { attr_ints(A_axes, axes.v, axes.n), attr_int(A_keep, keep) };

    return onnx_emit(n, (NodeSpec){ .op = op, .in = &x, .n_in = 1, .attr = attr, .n_attr = 2 },
                     suffix);
}

/* data is kept, not copied. */
ValueId onnx_constant(OnnxNode *n, DType t, const Shape *s, const void *data, const char *suffix)
{
    return onnx_failed(n) ? (ValueId){ 0 }
                          : ir_const(n->g, result_name(n, suffix), VAL_CONST, t, s, data);
}

/* A constant without dimensions, to compute with a tensor of type t. */
ValueId onnx_scalar(OnnxNode *n, DType t, double v)
{
    Shape s = { .rank = 0 };
    void *data = arena_alloc(n->m->a, dtype_info[t].size);

    onnx_store(t, data, 0, v);
    return onnx_constant(n, t, &s, data, "c");
}
