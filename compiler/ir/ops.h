/* SPDX-License-Identifier: Apache-2.0 */
/* ops: what graphs are made of, as data: element types, shapes, the operators of ops.def with their
 * attributes.  Nothing here knows of a particular graph. */
#ifndef MNC_IR_OPS_H
#define MNC_IR_OPS_H

#include "base/arena.h"
#include "base/intern.h"

#include <stdbool.h>
#include <stdint.h>

enum { IR_MAX_RANK = 8, IR_MAX_ATTR = 9, MANY = 255 };


/* Element types.  f16 appears in constants only and is cast to f32 on reading. */
typedef enum DType {
    DT_NONE, DT_F32, DT_F64, DT_F16, DT_I8, DT_U8, DT_I16, DT_U16, DT_I32, DT_U32, DT_I64, DT_U64,
    DT_BOOL, DT_COUNT
} DType;

typedef struct DTypeInfo {
    const char *name;      /* "f32": in dumps and specs */
    const char *c;         /* "float": in generated code */
    size_t size;           /* bytes */
    int onnx;              /* TensorProto.DataType */
} DTypeInfo;

extern const DTypeInfo dtype_info[DT_COUNT];
DType dtype_by_name(const char *name);     /* DT_NONE when there is no such type */
DType dtype_by_onnx(int onnx);

typedef struct Shape {
    uint32_t rank;
    int64_t dim[IR_MAX_RANK];     /* >= 0 */
} Shape;

/* Number of elements.  Shapes in a Graph have less than 2^31, which generated loops rely on: ir_add
 * and the frontends reject larger ones (shape_ok). */
int64_t shape_count(const Shape *s);
bool shape_ok(const Shape *s);
bool shape_equal(const Shape *a, const Shape *b);
const char *shape_text(Arena *a, const Shape *s);     /* "(1,3,224,224)" */

#define OP(name, ...) OP_##name,
typedef enum Op {
    OP_none,
#include "ir/ops.def"
    OP_COUNT
} Op;
#undef OP

typedef enum OpFlag {
    LINEAR = 1,           /* x, w, b: linear in x, so that BN and constant factors fold into w, b */
    UNARY = 2,             /* elementwise, one operand */
    BINARY = 4,            /* elementwise, broadcast */
    COMMUTES = 8,
    ACT = 16,              /* can be fused into a producer that FUSES_ACT */
    FUSES_ACT = 32,
    REDUCE = 64,
    VIEW = 128,            /* moves no data if the plan can help it */
    UPDATES = 256          /* result i replaces operand i in its place; never dead, never shared */
} OpFlag;

typedef enum AttrType { ATTR_NONE, ATTR_INT, ATTR_FLOAT, ATTR_INTS, ATTR_WORD } AttrType;

/* Attribute names, as A_stride and so on. */
#define ATTRS(X) \
    X(stride) X(pad) X(dilation) X(group) X(out_pad) X(kernel) X(ceil) X(count_pad) X(eps) \
    X(axis) X(axes) X(keep) X(last) X(size) X(alpha) X(beta) X(gamma) X(bias) X(min) X(max) \
    X(approximate) X(to) X(fmod) X(shape) X(perm) X(start) X(step) X(sizes) X(repeats) X(value) \
    X(mode) X(coord) X(nearest) X(parts) X(count) X(act) X(nesterov) X(decoupled) X(ranks) \
    X(momentum)
#define ATTR_ENUM(name) A_##name,
typedef enum AttrName { A_none, ATTRS(ATTR_ENUM) A_COUNT } AttrName;
#undef ATTR_ENUM
extern const char *const attr_name[A_COUNT];

typedef struct Attr {
    AttrName name;
    AttrType type;
    uint32_t n;            /* INTS: how many */
    union {
        int64_t i;
        double f;
        const int64_t *ints;
        Sym word;
    } u;
} Attr;

typedef struct OpInfo {
    const char *name, *onnx;
    uint8_t min_in, max_in, n_out;
    uint16_t flags;
    Attr attr[IR_MAX_ATTR];      /* names, types and defaults; ends at A_none */
} OpInfo;

extern const OpInfo op_info[OP_COUNT];
Op op_by_name(const char *name);           /* OP_none when there is no such op */

/* An activation fused into a node: an ACT op and its parameters; OP_none when there is none. */
typedef struct Act {
    Op op;
    float a, b;          /* clip: min, max; leaky_relu, elu, celu: alpha; hard_sigmoid: alpha, beta;
                              selu: alpha, gamma */
} Act;

static inline bool dtype_is_unsigned(DType t)
{
    return t == DT_U8 || t == DT_U16 || t == DT_U32 || t == DT_U64 || t == DT_BOOL;
}

#endif
