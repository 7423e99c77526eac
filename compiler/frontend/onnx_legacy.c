/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_legacy: nodes of opsets 1 to 6 become what opset 7 would have.
 *
 * In: a node whose operands are known.  Out: the same node with the operands and attributes that
 * its importer expects.  What changed is in ONNX's Changelog.md: broadcasting was asked for by
 * attributes, some operands were attributes, types had names, some defaults were others.
 */
#include "frontend/onnx_import.h"

#include <string.h>

/* ---- changing a node ---- */

/* One attribute more; it comes behind those of the file and is not looked for among them. */
static Onnx__AttributeProto *give(OnnxNode *n, const char *name,
                                  Onnx__AttributeProto__AttributeType type)
{
    Onnx__AttributeProto *p = arena_new(n->m->a, Onnx__AttributeProto);
    OnnxAttr *more = arena_new_n(n->m->a, OnnxAttr, n->n_attr + 1);

    onnx__attribute_proto__init(p);
    p->has_type = 1;
    p->type = type;
    if (n->n_attr)
        memcpy(more, n->attr, n->n_attr * sizeof *more);
    more[n->n_attr] = (OnnxAttr){ .name = name, .p = p };
    n->attr = more;
    n->n_attr++;
    return p;
}

static void give_int(OnnxNode *n, const char *name, int64_t v)
{
    give(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT)->i = v;
}

static void give_ints(OnnxNode *n, const char *name, Ints v)
{
    Onnx__AttributeProto *p = give(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);

    p->ints = arena_new_n(n->m->a, int64_t, v.n);
    p->n_ints = v.n;
    if (v.n)
        memcpy(p->ints, v.v, v.n * sizeof *v.v);
}

/* Unless the file has it. */
static void give_default(OnnxNode *n, const char *name, double v)
{
    if (!onnx_find_attr(n->attr, n->n_attr, name))
        give(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT)->f = (float)v;
}

/* Operand 1 becomes this list of integers, whatever it was. */
static void give_operand(OnnxNode *n, const int64_t *v, uint32_t count, const char *suffix)
{
    Shape s = { .rank = 1, .dim = { count } };
    ValueId *in = arena_new_n(n->m->a, ValueId, 2);
    int64_t *copy = arena_new_n(n->m->a, int64_t, count);

    if (count)
        memcpy(copy, v, count * sizeof *v);
    in[0] = n->in[0];
    in[1] = onnx_constant(n, DT_I64, &s, copy, suffix);
    n->in = in;
    n->n_in = 2;
}

/* v (..) with ones behind, so that it meets the dimensions of x from axis on. */
static ValueId align(OnnxNode *n, ValueId v, uint32_t axis, uint32_t rank, const char *suffix)
{
    Shape s = onnx_shape(n, v);

    for (; s.rank < rank - axis; s.rank++)
        s.dim[s.rank] = 1;
    return onnx_reshape(n, v, &s, suffix);
}

/* ---- the changes ---- */

/* Until opset 6: broadcast=1 spreads operand 1 along x, whose dimensions from axis on are its own;
 * without axis, they are the last ones, as they are now. */
static void old_broadcast(OnnxNode *n)
{
    bool broadcast = onnx_int(n, "broadcast", 0);
    int64_t axis = onnx_int(n, "axis", -1);
    ValueId y = onnx_in(n, 1);
    Shape a, b;

    if (!broadcast || axis == -1 || !y.id)
        return;
    a = onnx_shape(n, n->in[0]);
    b = onnx_shape(n, y);
    if (axis < 0 || axis + b.rank > a.rank)
        onnx_error(n, "cannot broadcast %s along axis %lld of %s", shape_text(n->m->a, &b),
                   (long long)axis, shape_text(n->m->a, &a));
    else
        n->in[1] = align(n, y, (uint32_t)axis, a.rank, "aligned");
}

/* One slope for each channel, dimension 1 of x. */
static void old_prelu(OnnxNode *n)
{
    ValueId slope = onnx_in(n, 1);
    Shape x = onnx_shape(n, n->in[0]), s;

    if (!slope.id)
        return;
    s = onnx_shape(n, slope);
    if (s.rank == 1 && s.dim[0] > 1 && x.rank > 2)
        n->in[1] = align(n, slope, 1, x.rank, "slope");
}

/* C (N,K) may be smaller only with broadcast=1; now it broadcasts in any case. */
static void old_gemm(OnnxNode *n)
{
    onnx_ignore(n, "broadcast");
}

/* is_test=0, the default, would use the batch's own statistics. */
static void old_batch_norm(OnnxNode *n)
{
    if (onnx_int(n, "is_test", 0))
        return;
    onnx_error(n, "is in training mode");
    diag_hint(n->m->d, "export the model in evaluation mode, in PyTorch after model.eval()");
}

/* Random results in training: nobody wants them of a compiled net, whatever the flag says. */
static void old_dropout(OnnxNode *n)
{
    onnx_ignore(n, "is_test");
}

/* to="FLOAT": the name of a TensorProto.DataType.  The other attributes go, so that to is one. */
static void old_cast(OnnxNode *n)
{
    const char *name = onnx_word(n, "to", "");
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(
        &onnx__tensor_proto__data_type__descriptor, name);

    if (!v)
        onnx_error(n, "casts to '%s', which is no type", diag_quote(n->m->a, name));
    else
        n->n_attr = 0;
    give_int(n, "to", v ? v->value : 0);
}

/* x, repeats, axis -> x, repeats of all dimensions */
static void old_tile(OnnxNode *n)
{
    Ints tiles = onnx_const_ints(n, 1, "tiles"), axes = onnx_const_ints(n, 2, "axis");
    uint32_t rank = onnx_shape(n, n->in[0]).rank, axis;
    int64_t repeats[IR_MAX_RANK];

    if (onnx_failed(n))
        return;
    if (tiles.n != 1 || axes.n != 1)
        onnx_error(n, "has %u tiles and %u axes; one of each is expected", tiles.n, axes.n);
    if (onnx_failed(n) || !onnx_axis(n, axes.v[0], rank, &axis))
        return;
    for (uint32_t i = 0; i < rank; i++)
        repeats[i] = i == axis ? tiles.v[0] : 1;
    give_operand(n, repeats, rank, "repeats");
}

/* Two digits were wanting in the defaults. */
static void old_selu(OnnxNode *n)
{
    give_default(n, "alpha", 1.6732);
    give_default(n, "gamma", 1.0507);
}

/* The shape, with 0 and -1 as now, was an attribute. */
static void old_reshape(OnnxNode *n)
{
    Ints shape = onnx_ints(n, "shape");

    if (!shape.given)
        onnx_error(n, "lacks the attribute 'shape'");
    give_operand(n, shape.v, shape.n, "shape");
}

/* Joined were the channels, unless the file said otherwise. */
static void old_concat(OnnxNode *n)
{
    if (!onnx_find_attr(n->attr, n->n_attr, "axis"))
        give_int(n, "axis", 1);
}

/* The sizes may be an attribute, as later, or operand 1. */
static void old_split(OnnxNode *n)
{
    Ints sizes = onnx_const_ints(n, 1, "split");

    if (sizes.given)
        give_ints(n, "split", sizes);
    n->n_in = 1;
}

/* The numbers were called paddings, in the same order. */
static void old_pad(OnnxNode *n)
{
    give_ints(n, "pads", onnx_ints(n, "paddings"));
}

/* x is (N,C,H,W). */
static void old_upsample(OnnxNode *n)
{
    Onnx__AttributeProto *p = give(n, "scales", ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS);

    p->n_floats = 4;
    p->floats = arena_new_n(n->m->a, float, p->n_floats);
    p->floats[0] = p->floats[1] = 1;
    p->floats[2] = (float)onnx_float(n, "height_scale", 1);
    p->floats[3] = (float)onnx_float(n, "width_scale", 1);
}

/* ---- which apply ---- */

typedef struct Legacy {
    const char *ops;             /* each with a space before and after */
    int64_t until;               /* the last opset that has it so */
    void (*fix)(OnnxNode *n);
} Legacy;

static const Legacy legacy[] = {
    { " Add And Div Equal Greater Less Mul Or Pow Sub Xor ", 6, old_broadcast },
    { " PRelu ", 6, old_prelu },
    { " Gemm ", 6, old_gemm },
    { " BatchNormalization ", 6, old_batch_norm },
    { " Dropout ", 6, old_dropout },
    { " Upsample ", 6, old_upsample },
    { " Cast ", 5, old_cast },
    { " Tile ", 5, old_tile },
    { " Selu ", 5, old_selu },
    { " Reshape ", 4, old_reshape },
    { " Concat ", 3, old_concat },
    { " Split ", 1, old_split },
    { " Pad ", 1, old_pad },
};

/* A node without its first operand is left alone: the count of operands is checked afterwards. */
void onnx_modernise(OnnxNode *n)
{
    const char *word = arena_printf(n->m->a, " %s ", n->op->name);

    if (n->opset > 6 || !onnx_in(n, 0).id)
        return;
    if (n->opset < 6)
        onnx_ignore(n, "consumed_inputs");    /* a hint about memory */
    for (size_t i = 0; i < sizeof legacy / sizeof *legacy; i++)
        if (n->opset <= legacy[i].until && strstr(legacy[i].ops, word))
            legacy[i].fix(n);
}
