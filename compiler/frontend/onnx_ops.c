/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_ops: which operators are read, by which function, and what to say about the others.
 *
 * A new operator is a line of the table and, if no importer fits, a function; its cases go to
 * tests/onnx.  An importer gets a node with as many operands as its line says, sound ones; it reads
 * the attributes, adds IR nodes and sets n->result.  What differs between opsets is told apart in
 * the importer, by n->opset: see ONNX's Changelog.md.
 */
#include "frontend/onnx_import.h"

#include <stdlib.h>
#include <string.h>

OnnxImport onnx_import_activation, onnx_import_arg, onnx_import_batch_norm, onnx_import_cast,
    onnx_import_cast_like, onnx_import_chain, onnx_import_clip, onnx_import_concat,
    onnx_import_constant, onnx_import_constant_of_shape, onnx_import_conv,
    onnx_import_conv_transpose, onnx_import_depth_to_space, onnx_import_dropout,
    onnx_import_expand, onnx_import_flatten, onnx_import_gather, onnx_import_gelu,
    onnx_import_gemm, onnx_import_global_pool, onnx_import_group_norm, onnx_import_instance_norm,
    onnx_import_layer_norm, onnx_import_lrn, onnx_import_mean, onnx_import_mod, onnx_import_mvn,
    onnx_import_pad, onnx_import_plain, onnx_import_pool, onnx_import_pow, onnx_import_range,
    onnx_import_reduce, onnx_import_reduce_l1, onnx_import_reduce_l2, onnx_import_reduce_log_sum,
    onnx_import_reduce_log_sum_exp, onnx_import_reduce_sum_square, onnx_import_reshape,
    onnx_import_resize, onnx_import_rms_norm, onnx_import_shape, onnx_import_size,
    onnx_import_slice, onnx_import_softmax, onnx_import_space_to_depth, onnx_import_split,
    onnx_import_squeeze, onnx_import_swish, onnx_import_tile, onnx_import_transpose,
    onnx_import_unsqueeze, onnx_import_upsample, onnx_import_sequence_at,
    onnx_import_sequence_construct, onnx_import_sequence_length, onnx_import_split_to_sequence,
    onnx_import_concat_from_sequence;

/* Sorted by name, for the search.  Of each:
 *   - its importer;
 *   - operands, least and most, and results at most, in any opset (importers check the rest);
 *   - the first opset that has it, 1 for all before opset 7, and the last (0: it is still there);
 *     what opsets 1 to 6 had otherwise, is in onnx_legacy.c;
 *   - our op, where an importer serves several operators.
 */
static const OnnxOp table[] = {
    { "Abs", onnx_import_plain, 1, 1, 1, 1, 0, OP_abs },
    { "Add", onnx_import_plain, 2, 2, 1, 1, 0, OP_add },
    { "And", onnx_import_plain, 2, 2, 1, 1, 0, OP_and },
    { "ArgMax", onnx_import_arg, 1, 1, 1, 1, 0, OP_argmax },
    { "ArgMin", onnx_import_arg, 1, 1, 1, 1, 0, OP_argmin },
    { "AveragePool", onnx_import_pool, 1, 1, 1, 1, 0, OP_avg_pool },
    { "BatchNormalization", onnx_import_batch_norm, 5, 5, 5, 1, 0, OP_none },
    { "Cast", onnx_import_cast, 1, 1, 1, 1, 0, OP_none },
    { "CastLike", onnx_import_cast_like, 2, 2, 1, 15, 0, OP_none },
    { "Ceil", onnx_import_plain, 1, 1, 1, 1, 0, OP_ceil },
    { "Celu", onnx_import_activation, 1, 1, 1, 12, 0, OP_celu },
    { "Clip", onnx_import_clip, 1, 3, 1, 1, 0, OP_none },
    { "Concat", onnx_import_concat, 1, MANY, 1, 1, 0, OP_none },
    { "ConcatFromSequence", onnx_import_concat_from_sequence, 1, 1, 1, 11, 0, OP_none },
    { "Constant", onnx_import_constant, 0, 0, 1, 1, 0, OP_none },
    { "ConstantOfShape", onnx_import_constant_of_shape, 1, 1, 1, 9, 0, OP_none },
    { "Conv", onnx_import_conv, 2, 3, 1, 1, 0, OP_none },
    { "ConvTranspose", onnx_import_conv_transpose, 2, 3, 1, 1, 0, OP_none },
    { "Cos", onnx_import_plain, 1, 1, 1, 7, 0, OP_cos },
    { "DepthToSpace", onnx_import_depth_to_space, 1, 1, 1, 1, 0, OP_none },
    { "Div", onnx_import_plain, 2, 2, 1, 1, 0, OP_div },
    { "Dropout", onnx_import_dropout, 1, 3, 2, 1, 0, OP_none },
    { "Elu", onnx_import_activation, 1, 1, 1, 1, 0, OP_elu },
    { "Equal", onnx_import_plain, 2, 2, 1, 1, 0, OP_equal },
    { "Erf", onnx_import_plain, 1, 1, 1, 9, 0, OP_erf },
    { "Exp", onnx_import_plain, 1, 1, 1, 1, 0, OP_exp },
    { "Expand", onnx_import_expand, 2, 2, 1, 8, 0, OP_none },
    { "Flatten", onnx_import_flatten, 1, 1, 1, 1, 0, OP_none },
    { "Floor", onnx_import_plain, 1, 1, 1, 1, 0, OP_floor },
    { "Gather", onnx_import_gather, 2, 2, 1, 1, 0, OP_none },
    { "Gelu", onnx_import_gelu, 1, 1, 1, 20, 0, OP_none },
    { "Gemm", onnx_import_gemm, 2, 3, 1, 1, 0, OP_none },
    { "GlobalAveragePool", onnx_import_global_pool, 1, 1, 1, 1, 0, OP_reduce_mean },
    { "GlobalMaxPool", onnx_import_global_pool, 1, 1, 1, 1, 0, OP_reduce_max },
    { "Greater", onnx_import_plain, 2, 2, 1, 1, 0, OP_greater },
    { "GreaterOrEqual", onnx_import_plain, 2, 2, 1, 12, 0, OP_greater_equal },
    { "GroupNormalization", onnx_import_group_norm, 3, 3, 1, 18, 0, OP_none },
    { "HardSigmoid", onnx_import_activation, 1, 1, 1, 1, 0, OP_hard_sigmoid },
    { "HardSwish", onnx_import_plain, 1, 1, 1, 14, 0, OP_hard_swish },
    { "Hardmax", onnx_import_softmax, 1, 1, 1, 1, 0, OP_argmax },
    { "Identity", onnx_import_plain, 1, 1, 1, 1, 0, OP_identity },
    { "If", onnx_import_if, 1, 1, MANY, 1, 0, OP_none },
    { "InstanceNormalization", onnx_import_instance_norm, 3, 3, 1, 1, 0, OP_none },
    { "LRN", onnx_import_lrn, 1, 1, 1, 1, 0, OP_none },
    { "LayerNormalization", onnx_import_layer_norm, 2, 3, 3, 17, 0, OP_none },
    { "LeakyRelu", onnx_import_activation, 1, 1, 1, 1, 0, OP_leaky_relu },
    { "Less", onnx_import_plain, 2, 2, 1, 1, 0, OP_less },
    { "LessOrEqual", onnx_import_plain, 2, 2, 1, 12, 0, OP_less_equal },
    { "Log", onnx_import_plain, 1, 1, 1, 1, 0, OP_log },
    { "LogSoftmax", onnx_import_softmax, 1, 1, 1, 1, 0, OP_log_softmax },
    { "MatMul", onnx_import_plain, 2, 2, 1, 1, 0, OP_matmul },
    { "Max", onnx_import_chain, 1, MANY, 1, 1, 0, OP_max },
    { "MaxPool", onnx_import_pool, 1, 1, 2, 1, 0, OP_max_pool },
    { "Mean", onnx_import_mean, 1, MANY, 1, 1, 0, OP_none },
    { "MeanVarianceNormalization", onnx_import_mvn, 1, 1, 1, 9, 0, OP_none },
    { "Min", onnx_import_chain, 1, MANY, 1, 1, 0, OP_min },
    { "Mish", onnx_import_plain, 1, 1, 1, 18, 0, OP_mish },
    { "Mod", onnx_import_mod, 2, 2, 1, 10, 0, OP_none },
    { "Mul", onnx_import_plain, 2, 2, 1, 1, 0, OP_mul },
    { "Neg", onnx_import_plain, 1, 1, 1, 1, 0, OP_neg },
    { "Not", onnx_import_plain, 1, 1, 1, 1, 0, OP_not },
    { "Or", onnx_import_plain, 2, 2, 1, 1, 0, OP_or },
    { "PRelu", onnx_import_plain, 2, 2, 1, 1, 0, OP_prelu },
    { "Pad", onnx_import_pad, 1, 4, 1, 1, 0, OP_none },
    { "Pow", onnx_import_pow, 2, 2, 1, 1, 0, OP_none },
    { "RMSNormalization", onnx_import_rms_norm, 2, 2, 1, 23, 0, OP_none },
    { "Range", onnx_import_range, 3, 3, 1, 11, 0, OP_none },
    { "Reciprocal", onnx_import_plain, 1, 1, 1, 1, 0, OP_reciprocal },
    { "ReduceL1", onnx_import_reduce_l1, 1, 2, 1, 1, 0, OP_none },
    { "ReduceL2", onnx_import_reduce_l2, 1, 2, 1, 1, 0, OP_none },
    { "ReduceLogSum", onnx_import_reduce_log_sum, 1, 2, 1, 1, 0, OP_none },
    { "ReduceLogSumExp", onnx_import_reduce_log_sum_exp, 1, 2, 1, 1, 0, OP_none },
    { "ReduceMax", onnx_import_reduce, 1, 2, 1, 1, 0, OP_reduce_max },
    { "ReduceMean", onnx_import_reduce, 1, 2, 1, 1, 0, OP_reduce_mean },
    { "ReduceMin", onnx_import_reduce, 1, 2, 1, 1, 0, OP_reduce_min },
    { "ReduceProd", onnx_import_reduce, 1, 2, 1, 1, 0, OP_reduce_prod },
    { "ReduceSum", onnx_import_reduce, 1, 2, 1, 1, 0, OP_reduce_sum },
    { "ReduceSumSquare", onnx_import_reduce_sum_square, 1, 2, 1, 1, 0, OP_none },
    { "Relu", onnx_import_plain, 1, 1, 1, 1, 0, OP_relu },
    { "Reshape", onnx_import_reshape, 2, 2, 1, 1, 0, OP_none },
    { "Resize", onnx_import_resize, 1, 4, 1, 10, 0, OP_none },
    { "Round", onnx_import_plain, 1, 1, 1, 11, 0, OP_round },
    { "Selu", onnx_import_activation, 1, 1, 1, 1, 0, OP_selu },
    { "SequenceAt", onnx_import_sequence_at, 2, 2, 1, 11, 0, OP_none },
    { "SequenceConstruct", onnx_import_sequence_construct, 1, MANY, 1, 11, 0, OP_none },
    { "SequenceLength", onnx_import_sequence_length, 1, 1, 1, 11, 0, OP_none },
    { "Shape", onnx_import_shape, 1, 1, 1, 1, 0, OP_none },
    { "Sigmoid", onnx_import_plain, 1, 1, 1, 1, 0, OP_sigmoid },
    { "Sign", onnx_import_plain, 1, 1, 1, 9, 0, OP_sign },
    { "Sin", onnx_import_plain, 1, 1, 1, 7, 0, OP_sin },
    { "Size", onnx_import_size, 1, 1, 1, 1, 0, OP_none },
    { "Slice", onnx_import_slice, 1, 5, 1, 1, 0, OP_none },
    { "Softmax", onnx_import_softmax, 1, 1, 1, 1, 0, OP_softmax },
    { "Softplus", onnx_import_plain, 1, 1, 1, 1, 0, OP_softplus },
    { "Softsign", onnx_import_plain, 1, 1, 1, 1, 0, OP_softsign },
    { "SpaceToDepth", onnx_import_space_to_depth, 1, 1, 1, 1, 0, OP_none },
    { "Split", onnx_import_split, 1, 2, MANY, 1, 0, OP_none },
    { "SplitToSequence", onnx_import_split_to_sequence, 1, 2, 1, 11, 0, OP_none },
    { "Sqrt", onnx_import_plain, 1, 1, 1, 1, 0, OP_sqrt },
    { "Squeeze", onnx_import_squeeze, 1, 2, 1, 1, 0, OP_none },
    { "Sub", onnx_import_plain, 2, 2, 1, 1, 0, OP_sub },
    { "Sum", onnx_import_chain, 1, MANY, 1, 1, 0, OP_add },
    { "Swish", onnx_import_swish, 1, 1, 1, 24, 0, OP_none },
    { "Tanh", onnx_import_plain, 1, 1, 1, 1, 0, OP_tanh },
    { "ThresholdedRelu", onnx_import_activation, 1, 1, 1, 10, 0, OP_thresholded_relu },
    { "Tile", onnx_import_tile, 2, 2, 1, 1, 0, OP_none },
    { "Transpose", onnx_import_transpose, 1, 1, 1, 1, 0, OP_none },
    { "Unsqueeze", onnx_import_unsqueeze, 1, 2, 1, 1, 0, OP_none },
    { "Upsample", onnx_import_upsample, 1, 2, 1, 1, 9, OP_none },
    { "Where", onnx_import_plain, 3, 3, 1, 9, 0, OP_where },
    { "Xor", onnx_import_plain, 2, 2, 1, 1, 0, OP_xor },
};

enum { N_TABLE = sizeof table / sizeof *table };

/* For bsearch. */
static int by_name(const void *name, const void *op)
{
    return strcmp(name, ((const OnnxOp *)op)->name);
}

/* NULL: not read here. */
const OnnxOp *onnx_find_op(const char *name)
{
    return bsearch(name, table, N_TABLE, sizeof *table, by_name);
}

/* ---- what is not supported, and what would help ---- */

/* Operators that ONNX has and that are not read here, by what there is to say about them. */
typedef struct Refusal {
    const char *names;           /* each with a space before and after */
    const char *hint;
} Refusal;

/* With each goes the best that can be said in a line. */
static const Refusal refusal[] = {
    { " QuantizeLinear DequantizeLinear DynamicQuantizeLinear QLinearConv QLinearMatMul "
      "ConvInteger MatMulInteger ",
      "quantised models are not supported: give the model in float32" },
    { " LSTM GRU RNN Loop Scan SequenceMap CausalConvWithState LinearAttention ",
      "recurrent nets and loops are not supported" },
    { " NonZero Unique Compress NonMaxSuppression ", "the size of its result depends on the data: "
      "cut the model before it" },
    { " RandomNormal RandomNormalLike RandomUniform RandomUniformLike Bernoulli Multinomial ",
      "a net with random results is not supported: export it in evaluation mode" },
    { " SequenceEmpty SequenceErase SequenceInsert Optional OptionalGetElement OptionalHasElement "
      "StringConcat StringNormalizer StringSplit RegexFullMatch TfIdfVectorizer ImageDecoder ",
      "only tensors of numbers are supported" },
    { " Einsum ", "write it as MatMul and Transpose" },
    { " Attention RotaryEmbedding ", "export it as MatMul, Softmax and the like" },
    { " Acos Acosh AffineGrid Asin Asinh Atan Atanh BitCast BitShift BitwiseAnd BitwiseNot "
      "BitwiseOr BitwiseXor BlackmanWindow CenterCropPad Col2Im Cosh CumProd CumSum DFT DeformConv "
      "Det EyeLike GatherElements GatherND GlobalLpPool GridSample HammingWindow HannWindow IsInf "
      "IsNaN LpNormalization LpPool MaxRoiPool MaxUnpool MelWeightMatrix OneHot "
      "NegativeLogLikelihoodLoss ReverseSequence RoiAlign STFT Scatter ScatterElements ScatterND "
      "Shrink Sinh SoftmaxCrossEntropyLoss Tan TensorScatter TopK Trilu ",
      "cut the model before it, or write it with other operators" },
};

/* Known to ONNX, or a misspelling. */
void onnx_refuse_op(OnnxNode *n)
{
    const char *name = onnx_text(n->p->op_type), *names[N_TABLE], *near;
    const char *word = arena_printf(n->m->a, " %s ", name);

    for (size_t i = 0; i < sizeof refusal / sizeof *refusal; i++)
        if (strstr(refusal[i].names, word)) {
            onnx_error(n, "this operator is not supported");
            diag_hint(n->m->d, "%s", refusal[i].hint);
            return;
        }
    onnx_error(n, "there is no such operator");
    for (size_t i = 0; i < N_TABLE; i++)
        names[i] = table[i].name;
    near = diag_nearest(name, names, N_TABLE);       /* of those that are read */
    if (near)
        diag_hint(n->m->d, "did you mean '%s'?", near);
}
