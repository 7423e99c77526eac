/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_import: what the files of the ONNX reader share.  Nobody else includes it.
 *
 *   onnx.c         model, initialisers, outputs      onnx_wire.c    bytes -> protobuf-c messages
 *   onnx_input.c   inputs, symbolic dimensions       onnx_tensor.c  TensorProto -> data
 *   onnx_scope.c   names, node order                 onnx_attr.c    attributes, constant operands
 *   onnx_node.c    one node                          onnx_emit.c    adding IR nodes
 *   onnx_func.c    local functions, If               onnx_ops.c     the table of operators
 *   onnx_conv.c, onnx_norm.c, onnx_math.c, onnx_reduce.c, onnx_move.c, onnx_slice.c,
 *   onnx_const.c, onnx_resize.c: operators; onnx_legacy.c: as opsets 1 to 6 had them
 */
#ifndef MNC_FRONTEND_ONNX_IMPORT_H
#define MNC_FRONTEND_ONNX_IMPORT_H

#include "frontend/onnx.h"
#include "ir/shape.h"
#include "onnx.pb-c.h"

enum {
    ONNX_MIN_OPSET = 1, ONNX_MAX_OPSET = 26,
    ONNX_MAX_DEPTH = 100,            /* nesting of messages in the file */
    ONNX_MAX_MESSAGES = 1 << 21,     /* in the file: nodes, attributes, dimensions ... */
    ONNX_MAX_CALLS = 32,             /* nesting of functions and branches */
    ONNX_MAX_ATTRS = 256,            /* of a node or a function */
    ONNX_MAX_WORK = 1 << 17,         /* nodes and operands, after inlining */
    ONNX_FOLD_MAX = 1 << 16          /* elements of a constant that is computed while reading */
};

static inline const char *onnx_text(const char *s) { return s ? s : ""; }
typedef struct Import {
    Arena *a;
    Graph *g;
    Diag *d;
    const OnnxOptions *o;
    const Onnx__ModelProto *model;
    Intern functions;                /* "domain\nname\noverload"; mark: index + 1 */
    size_t spent;                    /* nodes and operands so far; see ONNX_MAX_WORK */
    struct Sequence *sequence;       /* lists of tensors; see onnx_sequence.c */
} Import;

/* ---- names ---- */

typedef enum NameState {
    NAME_FREE,                       /* nothing defines it (yet) */
    NAME_VALUE,
    NAME_ABSENT,                     /* an input of a function that the call leaves out */
    NAME_POISON,                     /* its node failed, which has been reported */
    NAME_REFUSED                     /* a result that is not supported; an error only when read */
} NameState;

typedef struct Binding {
    NameState state;
    ValueId value;
    ValueId f32;                     /* the cast of a float16 constant; 0 until it is needed */
    const char *alias;               /* the IR name it shall have, or NULL */
    const char *what;                /* REFUSED: "result 2 of node 'pool' (MaxPool, opset 13)" */
} Binding;

typedef struct OnnxAttr {
    const char *name;
    const Onnx__AttributeProto *p;   /* a reference to a function's attribute is resolved */
    bool seen;                       /* somebody has asked for it */
} OnnxAttr;

/* The names of one graph, branch or function body. */
typedef struct Scope {
    Import *m;
    struct Scope *outer;             /* a branch sees these names too; else NULL */
    struct Scope *caller;            /* who called this function or branch; NULL for the model */
    const Onnx__FunctionProto *fn;   /* the function that is being inlined, or NULL */
    const OnnxAttr *attr;            /* the function's attributes, as the call gives them */
    uint32_t n_attr, depth;
    Onnx__OperatorSetIdProto **opset;
    size_t n_opset;
    const char *prefix;              /* of IR names: "" or "call/" */
    Intern names;                    /* mark: index in bind, 0: none */
    Binding *bind;
    uint32_t n_bind, cap_bind;
} Scope;

Scope *onnx_scope_new(Import *m, Scope *caller);
Binding *onnx_bind(Scope *s, const char *name);          /* in this scope; made if need be */
Binding *onnx_lookup(Scope *s, const char *name);        /* here or outside; NULL: undefined */
const char *onnx_ir_name(Scope *s, const char *name);
/* Defines name as v (0: poison); an error at pos when it is defined already. */
void onnx_define(Scope *s, const char *name, ValueId v, Pos pos);
int64_t onnx_opset(const Scope *s, const char *domain);  /* -1: the scope imports no such domain */
bool onnx_is_standard(const char *domain);               /* "" and "ai.onnx" */
/* Reads nodes in topological order, whatever their order is.  Cycles are reported. */
void onnx_nodes(Scope *s, Onnx__NodeProto **node, size_t n);

/* ---- one node ---- */

typedef struct OnnxNode OnnxNode;
typedef void OnnxImport(OnnxNode *n);

/* A line of the table of operators. */
typedef struct OnnxOp {
    const char *name;
    OnnxImport *import;              /* sets n->result[]; what it leaves 0 is not supported */
    uint8_t min_in, max_in, max_out;
    uint8_t since, until;            /* opsets that have it; until 0: all later ones */
    Op op;                           /* for importers that serve several operators */
} OnnxOp;

struct OnnxNode {
    Scope *scope;
    const Onnx__NodeProto *p;
    const OnnxOp *op;
    int64_t opset;
    Pos pos;
    uint32_t n_in, n_out, n_attr;
    ValueId *in;                     /* 0: left out; trailing ones are not counted */
    const char **out;                /* IR names; "" when left out */
    ValueId *result;
    bool *poison;                    /* operands whose node failed */
    OnnxAttr *attr;
    uint32_t n_error;                /* errors before this node */
    Import *m;
    Graph *g;
};

void onnx_node(Scope *s, const Onnx__NodeProto *p, size_t index);
Pos onnx_node_pos(Scope *s, const Onnx__NodeProto *p, size_t index);
bool onnx_failed(const OnnxNode *n);
void onnx_error(OnnxNode *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const OnnxOp *onnx_find_op(const char *name);
void onnx_modernise(OnnxNode *n);                        /* opsets 1 to 6 -> 7 */
void onnx_refuse_op(OnnxNode *n);                        /* and says what would help */

const Onnx__FunctionProto *onnx_find_function(Import *m, const Onnx__NodeProto *p);
void onnx_call(OnnxNode *n, const Onnx__FunctionProto *f);
void onnx_index_functions(Import *m);
const OnnxAttr *onnx_find_attr(const OnnxAttr *attr, uint32_t n, const char *name);
void onnx_import_if(OnnxNode *n);

/* ---- attributes and constant operands: errors are said, and then onnx_failed ---- */

typedef struct Ints {
    const int64_t *v;
    uint32_t n;
    bool given;
} Ints;

ValueId onnx_in(const OnnxNode *n, uint32_t i);                /* 0: left out */
int64_t onnx_int(OnnxNode *n, const char *name, int64_t otherwise);
double onnx_float(OnnxNode *n, const char *name, double otherwise);
double onnx_decimal(OnnxNode *n, const char *name, double otherwise);
const char *onnx_word(OnnxNode *n, const char *name, const char *otherwise);
Ints onnx_ints(OnnxNode *n, const char *name);
const Onnx__AttributeProto *onnx_attr(OnnxNode *n, const char *name,
                                      Onnx__AttributeProto__AttributeType type);
void onnx_ignore(OnnxNode *n, const char *name);          /* an attribute without effect here */

bool onnx_try_const(Graph *g, ValueId v);   /* computes what v depends on, if that is possible */
/* Operand i, called what in messages; false when it was left out or is no constant. */
bool onnx_const(OnnxNode *n, uint32_t i, const char *what);
Ints onnx_const_ints(OnnxNode *n, uint32_t i, const char *what);
uint32_t onnx_const_floats(OnnxNode *n, uint32_t i, const char *what, double *v,
                           uint32_t cap);     /* returns how many, up to cap */
Ints onnx_ints_since(OnnxNode *n, int64_t since, const char *name,
                     uint32_t i);             /* an attribute, from opset since on operand i */
bool onnx_axis(OnnxNode *n, int64_t axis, uint32_t rank, uint32_t *out);

/* ---- adding IR nodes.  suffix NULL: the node's first result; n->out[i] itself: that result; else
 * "result.suffix" ---- */

Shape onnx_shape(const OnnxNode *n, ValueId v);
DType onnx_dtype(const OnnxNode *n, ValueId v);
bool onnx_is_float(DType t);
ValueId onnx_emit(OnnxNode *n, NodeSpec spec, const char *suffix);
ValueId onnx_unary(OnnxNode *n, Op op, ValueId x, const char *suffix);
ValueId onnx_binary(OnnxNode *n, Op op, ValueId x, ValueId y, const char *suffix);
ValueId onnx_reshape(OnnxNode *n, ValueId x, const Shape *s, const char *suffix);
ValueId onnx_transpose(OnnxNode *n, ValueId x, const int64_t *perm, const char *suffix);
ValueId onnx_cast(OnnxNode *n, ValueId x, DType t, const char *suffix);
ValueId onnx_expand(OnnxNode *n, ValueId x, const Shape *s, const char *suffix);
ValueId onnx_reduce(OnnxNode *n, Op op, ValueId x, Ints axes, bool keep, const char *suffix);
ValueId onnx_scalar(OnnxNode *n, DType t, double v);
ValueId onnx_constant(OnnxNode *n, DType t, const Shape *s, const void *data, const char *suffix);

/* ---- tensors ---- */

/* pos says whose data it is. */
bool onnx_read_tensor(Import *m, const Onnx__TensorProto *t, Pos pos, OnnxTensor *out);
void onnx_store(DType t, void *data, int64_t i, double v);

/* ---- the model ---- */

void *onnx_unpack(Arena *a, const ProtobufCMessageDescriptor *type, Bytes b,
                  const char **why);           /* NULL with the reason in *why */
void onnx_inputs(Import *m, Scope *s);
void onnx_initialisers(Scope *s, const Onnx__GraphProto *g);
const char *onnx_type_name(int32_t type);      /* "float16", of any TensorProto.DataType */

#endif
