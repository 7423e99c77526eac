/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_const: nodes whose result is known while reading: Constant, Shape, Size, Range.
 *
 * Since all shapes are fixed, Shape and Size are constants whatever they are asked about; with them
 * begin the chains (Gather, Concat, Mul, Cast ...) that exporters write in front of a Reshape, an
 * Expand or a Pad.  The rest of such a chain is folded as it is read (onnx_node.c).
 */
#include "frontend/onnx_import.h"

#include <math.h>
#include <string.h>

/* ---- Constant: one of several attributes ---- */

/* value: a TensorProto, like an initialiser, but fixed and not a parameter. */
static ValueId constant_tensor(OnnxNode *n, const Onnx__TensorProto *t)
{
    OnnxTensor x;

    return onnx_read_tensor(n->m, t, n->pos, &x) ? onnx_constant(n, x.dtype, &x.shape, x.data, NULL)
                                                 : (ValueId){ 0 };
}

/* count numbers in one dimension, or a single one without dimensions. */
static ValueId constant_list(OnnxNode *n, DType t, const void *data, size_t count, bool scalar)
{
    Shape s = { .rank = scalar ? 0 : 1, .dim = { (int64_t)count } };
    void *copy = arena_array(n->m->a, count, dtype_info[t].size);

    if (count)
        memcpy(copy, data, count * dtype_info[t].size);
    return onnx_constant(n, t, &s, copy, NULL);
}

/* Strings and sparse values are refused with all else that is not listed here. */
void onnx_import_constant(OnnxNode *n)
{
    const Onnx__AttributeProto *p = n->n_attr == 1 ? n->attr[0].p : NULL;
    const char *name = p ? n->attr[0].name : "";

    if (!p)
        onnx_error(n, "has %u attributes; exactly one value is expected", n->n_attr);
    else if (!strcmp(name, "value") && p->t)
        n->result[0] = constant_tensor(n, p->t);
    else if (!strcmp(name, "value_float"))
        n->result[0] = constant_list(n, DT_F32, &p->f, 1, true);
    else if (!strcmp(name, "value_int"))
        n->result[0] = constant_list(n, DT_I64, &p->i, 1, true);
    else if (!strcmp(name, "value_floats"))
        n->result[0] = constant_list(n, DT_F32, p->floats, p->n_floats, false);
    else if (!strcmp(name, "value_ints"))
        n->result[0] = constant_list(n, DT_I64, p->ints, p->n_ints, false);
    else
        onnx_error(n, "has its value as '%s', which is not supported", diag_quote(n->m->a, name));
    onnx_ignore(n, name);
}

/* ---- shapes as values ---- */

/* Without attributes the whole shape, as int64.  Since opset 15 the dimensions from start to end,
 * both counted from the end when negative. */
void onnx_import_shape(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]), s = { .rank = 1 };
    int64_t start = n->opset < 15 ? 0 : onnx_int(n, "start", 0);
    int64_t end = n->opset < 15 ? x.rank : onnx_int(n, "end", x.rank);
    int64_t *dims = arena_new_n(n->m->a, int64_t, IR_MAX_RANK), rank = x.rank;

    /* clamped to the dimensions that there are, as a slice is */
    start += start < 0 ? rank : 0;
    end += end < 0 ? rank : 0;
    start = start < 0 ? 0 : start > rank ? rank : start;
    end = end < start ? start : end > rank ? rank : end;
    s.dim[0] = end - start;
    memcpy(dims, x.dim + start, (size_t)s.dim[0] * sizeof *dims);
    n->result[0] = onnx_constant(n, DT_I64, &s, dims, NULL);
}

/* The number of elements, as a scalar. */
void onnx_import_size(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]);
    int64_t count = shape_count(&x);

    n->result[0] = constant_list(n, DT_I64, &count, 1, true);
}

/* Operand 0 is the shape, the attribute a tensor of one element (float32 0 when it is left out).
 * The result is a scalar, broadcast: so that a large result takes no memory until somebody needs
 * it. */
void onnx_import_constant_of_shape(OnnxNode *n)
{
    const Onnx__AttributeProto *p =
        onnx_attr(n, "value", ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR);
    Ints want = onnx_const_ints(n, 0, "shape");
    OnnxTensor x = { .dtype = DT_F32, .data = arena_new(n->m->a, float) };
    Shape s = { .rank = want.n }, none = { 0 };

    if (!want.given || (p && !onnx_read_tensor(n->m, p->t, n->pos, &x)))
        return;
    if (want.n > IR_MAX_RANK || shape_count(&x.shape) != 1) {
        onnx_error(n, "makes %u dimensions of %lld values; at most %d of one are possible", want.n,
                   (long long)shape_count(&x.shape), IR_MAX_RANK);
        return;
    }
    memcpy(s.dim, want.v, want.n * sizeof *want.v);
    if (s.rank == 0)
        n->result[0] = onnx_constant(n, x.dtype, &none, x.data, NULL);
    else
        n->result[0] = onnx_expand(n, onnx_constant(n, x.dtype, &none, x.data, "value"), &s, NULL);
}

/* ---- Range: start, limit, delta ---- */

/* ceil((limit - start) / delta), which is NaN or infinite for a delta of 0; or -1 when that is no
 * sensible number. */
static int64_t range_count(double start, double limit, double delta)
{
    double count = ceil((limit - start) / delta);

    if (!(count <= ONNX_FOLD_MAX))
        return -1;
    return count < 0 ? 0 : (int64_t)count;
}

/* start + i delta for i below the count, computed in double: exact for integers up to 2^53. */
void onnx_import_range(OnnxNode *n)
{
    static const char *const what[] = { "start", "limit", "delta" };
    double v[3] = { 0 };
    DType t = onnx_dtype(n, n->in[0]);
    Shape s = { .rank = 1 };
    void *data;

    for (uint32_t i = 0; i < 3; i++) {
        if (onnx_const_floats(n, i, what[i], &v[i], 1) != 1 && !onnx_failed(n))
            onnx_error(n, "its operand '%s' is empty", what[i]);
        if (onnx_dtype(n, n->in[i]) != t || t == DT_BOOL)
            onnx_error(n, "its operands differ in type, or are of type bool");
    }
    if (onnx_failed(n))
        return;
    s.dim[0] = range_count(v[0], v[1], v[2]);
    if (s.dim[0] < 0) {
        onnx_error(n, "goes from %g to %g by %g, which is not possible, or too far", v[0], v[1],
                   v[2]);
        return;
    }
    data = arena_array(n->m->a, (size_t)s.dim[0], dtype_info[t].size);
    for (int64_t i = 0; i < s.dim[0]; i++)
        onnx_store(t, data, i, v[0] + (double)i * v[2]);
    n->result[0] = onnx_constant(n, t, &s, data, NULL);
}
