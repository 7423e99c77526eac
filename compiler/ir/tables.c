/* SPDX-License-Identifier: Apache-2.0 */
/* tables: ops.def, the attribute names and the element types as data. */
#include "ir/graph.h"

#include <math.h>
#include <string.h>

/* Name here, name in C, bytes, number in ONNX (onnx.proto, TensorProto.DataType).  f16 has no
 * type in C11: its bits are kept as they are. */
const DTypeInfo dtype_info[DT_COUNT] = {
    [DT_NONE] = { "none", "void", 0, 0 },        [DT_F32] = { "f32", "float", 4, 1 },
    [DT_F64] = { "f64", "double", 8, 11 },       [DT_F16] = { "f16", "uint16_t", 2, 10 },
    [DT_I8] = { "i8", "int8_t", 1, 3 },          [DT_U8] = { "u8", "uint8_t", 1, 2 },
    [DT_I16] = { "i16", "int16_t", 2, 5 },       [DT_U16] = { "u16", "uint16_t", 2, 4 },
    [DT_I32] = { "i32", "int32_t", 4, 6 },       [DT_U32] = { "u32", "uint32_t", 4, 12 },
    [DT_I64] = { "i64", "int64_t", 8, 7 },       [DT_U64] = { "u64", "uint64_t", 8, 13 },
    [DT_BOOL] = { "bool", "unsigned char", 1, 9 },
};

#define ATTR_TEXT(name) #name,
const char *const attr_name[A_COUNT] = { "", ATTRS(ATTR_TEXT) };
#undef ATTR_TEXT

#define I(a, d) { A_##a, ATTR_INT, 0, { .i = (d) } },
#define F(a, d) { A_##a, ATTR_FLOAT, 0, { .f = (d) } },
#define L(a) { A_##a, ATTR_INTS, 0, { .ints = NULL } },
#define S(a, d) { A_##a, ATTR_WORD, 0, { .word = (d) } },
#define NO_ATTR { A_none, ATTR_NONE, 0, { .i = 0 } }
#define OP(name, onnx, min, max, n_out, flags, rule, ...) \
    [OP_##name] = { #name, onnx, min, max, n_out, flags, { __VA_ARGS__ NO_ATTR } },
const OpInfo op_info[OP_COUNT] = {
    [OP_none] = { "none", "", 0, 0, 0, 0, { NO_ATTR } },
#include "ir/ops.def"
};
#undef OP
#undef I
#undef F
#undef L
#undef S
#undef NO_ATTR

/* DT_NONE: there is no such type. */
DType dtype_by_name(const char *name)
{
    for (int t = 1; t < DT_COUNT; t++)
        if (!strcmp(dtype_info[t].name, name))
            return (DType)t;
    return DT_NONE;
}

/* DT_NONE for the types that are not supported: strings, complex numbers, the small floats. */
DType dtype_by_onnx(int onnx)
{
    for (int t = 1; t < DT_COUNT; t++)
        if (dtype_info[t].onnx == onnx)
            return (DType)t;
    return DT_NONE;
}

/* By its name in the spec language; OP_none when there is none. */
Op op_by_name(const char *name)
{
    for (int op = 1; op < OP_COUNT; op++)
        if (!strcmp(op_info[op].name, name))
            return (Op)op;
    return OP_none;
}
