/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_math: element by element, and matrix products.
 *
 * Since opset 7 all operands broadcast as numpy has it, which is what our ops do; so most operators
 * are one node.  Types are checked by the shape rules.
 */
#include "frontend/onnx_import.h"

#include <math.h>
#include <string.h>

/* One of our ops with the same operands and no attribute. */
/* Relu, Add, MatMul, Where ...: the table says which; the operands are all that the file gives. */
void onnx_import_plain(OnnxNode *n)
{
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = n->op->op, .in = n->in, .n_in = n->n_in }, NULL);
}

/* The attribute of an op in ops.def; NULL when it has none of that name. */
static const Attr *op_attr(Op op, AttrName name)
{
    for (int k = 0; k < IR_MAX_ATTR && op_info[op].attr[k].name; k++)
        if (op_info[op].attr[k].name == name)
            return &op_info[op].attr[k];
    return NULL;
}

/* LeakyRelu, Elu, Selu, Celu, HardSigmoid, ThresholdedRelu: alpha, beta, gamma, those that our op
 * has.  Its defaults are ONNX's, which are floats: 0.01 means 0.01F. */
void onnx_import_activation(OnnxNode *n)
{
    static const AttrName name[] = { A_alpha, A_beta, A_gamma };
    Attr attr[3];
    uint32_t k = 0;

    for (int i = 0; i < 3; i++) {
        const Attr *a = op_attr(n->op->op, name[i]);
        if (a)
            attr[k++] = attr_float(name[i], onnx_float(n, attr_name[name[i]],
                                                       (double)(float)a->u.f));
    }
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = n->op->op, .in = n->in, .n_in = 1,
                                            .attr = attr, .n_attr = k }, NULL);
}

/* approximate: none (by erf) or tanh */
void onnx_import_gelu(OnnxNode *n)
{
    Attr attr = attr_word(A_approximate, onnx_word(n, "approximate", "none"));

    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_gelu, .in = n->in, .n_in = 1, .attr = &attr,
                                            .n_attr = 1 }, NULL);
}

/* x sigmoid(alpha x) */
void onnx_import_swish(OnnxNode *n)
{
    double alpha = onnx_float(n, "alpha", 1);
    ValueId x = n->in[0];

    if (alpha == 1) {
        n->result[0] = onnx_unary(n, OP_silu, x, NULL);
        return;
    }
    x = onnx_binary(n, OP_mul, x, onnx_scalar(n, onnx_dtype(n, x), alpha), "scaled");
    n->result[0] = onnx_binary(n, OP_mul, n->in[0], onnx_unary(n, OP_sigmoid, x, "gate"), NULL);
}

/* ---- clip ---- */

/* A bound that is no constant is compared like any other operand.  So are those of integers,
 * exactly: our clip has its bounds as double.  min after max, as ONNX has it when they cross. */
static ValueId clip_by_nodes(OnnxNode *n)
{
    ValueId x = n->in[0], min = onnx_in(n, 1), max = onnx_in(n, 2);

    if (min.id)
        x = onnx_binary(n, OP_max, x, min, max.id ? "low" : NULL);
    if (max.id)
        x = onnx_binary(n, OP_min, x, max, NULL);
    return min.id || max.id ? x : onnx_unary(n, OP_identity, x, NULL);
}

/* Attributes before opset 11, operands 1 and 2 since; a bound left out is infinite. */
void onnx_import_clip(OnnxNode *n)
{
    static const char *const name[] = { "min", "max" };
    double bound[2] = { -INFINITY, INFINITY };
    bool constant = true;                /* both bounds, those that are there */
    Attr attr[2];

    for (uint32_t i = 0; i < 2; i++) {
        ValueId v = n->opset < 11 ? (ValueId){ 0 } : onnx_in(n, 1 + i);
        if (n->opset < 11)
            bound[i] = onnx_float(n, name[i], bound[i]);
        else if (v.id && shape_count(&ir_val(n->g, v)->shape) != 1)
            onnx_error(n, "its operand '%s' must be a single number", name[i]);
        else if (v.id && !(onnx_try_const(n->g, v) && ir_scalar(n->g, v, &bound[i])))
            constant = false;
    }
    if (n->opset >= 11 && (!constant || !onnx_is_float(onnx_dtype(n, n->in[0])))) {
        n->result[0] = clip_by_nodes(n);
        return;
    }
    attr[0] = attr_float(A_min, bound[0]);
    attr[1] = attr_float(A_max, bound[1]);
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_clip, .in = n->in, .n_in = 1, .attr = attr,
                                            .n_attr = 2 }, NULL);
}

/* ---- casts ---- */

/* to: a TensorProto.DataType.  float16 and bfloat16 would need results of that type. */
static void cast_to(OnnxNode *n, int64_t to)
{
    DType t = to >= INT32_MIN && to <= INT32_MAX ? dtype_by_onnx((int)to) : DT_NONE;

    if (t && t != DT_F16) {
        n->result[0] = onnx_cast(n, n->in[0], t, NULL);
        return;
    }
    onnx_error(n, "casts to %s, which is not supported",
               onnx_type_name(to < 0 || to > 1000 ? -1 : (int32_t)to));
    if (t == DT_F16 || to == ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16)
        diag_hint(n->m->d, "give the model in float32; only constants may be of that type");
}

void onnx_import_cast(OnnxNode *n)
{
    onnx_ignore(n, "saturate");               /* about float8 only, like round_mode */
    onnx_ignore(n, "round_mode");
    cast_to(n, onnx_int(n, "to", 0));
}

/* To the type of operand 1, whose numbers do not matter. */
void onnx_import_cast_like(OnnxNode *n)
{
    onnx_ignore(n, "saturate");
    onnx_ignore(n, "round_mode");
    cast_to(n, dtype_info[onnx_dtype(n, n->in[1])].onnx);
}

/* ---- two operands and more ---- */

/* fmod=0: the sign of the divisor, as in Python; 1: of the dividend, as in C. */
void onnx_import_mod(OnnxNode *n)
{
    Attr attr = attr_int(A_fmod, onnx_int(n, "fmod", 0) != 0);

    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_mod, .in = n->in, .n_in = 2, .attr = &attr,
                                            .n_attr = 1 }, NULL);
}

/* The exponent may be of another type than the base, whose type the result has. */
void onnx_import_pow(OnnxNode *n)
{
    DType base = onnx_dtype(n, n->in[0]), exponent = onnx_dtype(n, n->in[1]);
    ValueId y = n->in[1];

    if (base != exponent && onnx_is_float(base))
        y = onnx_cast(n, y, base, "exponent");
    n->result[0] = onnx_binary(n, OP_pow, n->in[0], y, NULL);
}

/* Sum, Max, Min: a chain over the operands, which broadcast. */
static ValueId chain(OnnxNode *n, Op op, const char *last)
{
    ValueId x = n->in[0];

    if (n->n_in == 1)
        return onnx_unary(n, OP_identity, x, last);
    for (uint32_t i = 1; i < n->n_in; i++)
        x = onnx_binary(n, op, x, n->in[i], i + 1 < n->n_in ? "part" : last);
    return x;
}

void onnx_import_chain(OnnxNode *n)
{
    n->result[0] = chain(n, n->op->op, NULL);
}

/* The sum of all operands over their number. */
void onnx_import_mean(OnnxNode *n)
{
    ValueId sum = chain(n, OP_add, "sum");
    ValueId count = onnx_scalar(n, onnx_dtype(n, n->in[0]), n->n_in);

    n->result[0] = onnx_binary(n, OP_div, sum, count, NULL);
}

/* ---- matrix products ---- */

/* v times a factor; a constant v is multiplied later, by constant folding. */
static ValueId scaled(OnnxNode *n, ValueId v, double factor, const char *suffix)
{
    if (factor == 1)
        return v;
    return onnx_binary(n, OP_mul, v, onnx_scalar(n, onnx_dtype(n, v), factor), suffix);
}

/* The transposed matrix; that of a constant is computed later, by constant folding. */
static ValueId flipped(OnnxNode *n, ValueId v, const char *suffix)
{
    static const int64_t perm[] = { 1, 0 };

    return onnx_transpose(n, v, perm, suffix);
}

/* alpha A' B' + beta C.  dense is (N,C) x (K,C)^T + bias (K), and B' is (C,K): so B is flipped when
 * the file does not flip it.  A C of another shape is added afterwards. */
void onnx_import_gemm(OnnxNode *n)
{
    double alpha = onnx_float(n, "alpha", 1), beta = onnx_float(n, "beta", 1);
    bool flip_a = onnx_int(n, "transA", 0), flip_b = onnx_int(n, "transB", 0), fits = false;
    Shape a = onnx_shape(n, n->in[0]), b = onnx_shape(n, n->in[1]), bias = { .rank = 1 };
    ValueId in[3] = { n->in[0], n->in[1], { 0 } }, c = onnx_in(n, 2);
    Shape cs = onnx_shape(n, c);

    if (a.rank != 2 || b.rank != 2) {
        onnx_error(n, "multiplies %s and %s; two matrices are expected", shape_text(n->m->a, &a),
                   shape_text(n->m->a, &b));
        return;
    }
    bias.dim[0] = b.dim[!flip_b];        /* K */
    if (flip_a)
        in[0] = flipped(n, in[0], "a");
    if (!flip_b)
        in[1] = flipped(n, in[1], "b");
    in[1] = scaled(n, in[1], alpha, "alpha");
    if (beta == 0)
        c.id = 0;
    if (c.id) {
        fits = cs.rank >= 1 && cs.rank <= 2 && cs.dim[cs.rank - 1] == bias.dim[0]
            && (cs.rank == 1 || cs.dim[0] == 1);
        if (fits && cs.rank == 2)
            c = onnx_reshape(n, c, &bias, "bias");
        c = scaled(n, c, beta, "beta");
    }
    if (fits)
        in[2] = c;                       /* as the bias; else it is added below */
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_dense, .in = in, .n_in = 3 },
                             c.id && !fits ? "product" : NULL);
    if (c.id && !fits)
        n->result[0] = onnx_binary(n, OP_add, n->result[0], c, NULL);
}
