/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_move: shapes and the order of elements.
 *
 * The IR's shapes are fixed: what ONNX leaves to run time (a Reshape's 0 and -1, the shape of an
 * Expand) must be constant here, and is made explicit.
 */
#include "frontend/onnx_import.h"

#include <string.h>

/* As many numbers as a shape can have dimensions. */
static bool list_fits(OnnxNode *n, Ints list, const char *what)
{
    if (list.n <= IR_MAX_RANK)
        return true;
    onnx_error(n, "its operand '%s' has %u numbers; at most %d dimensions are supported", what,
               list.n, IR_MAX_RANK);
    return false;
}

/* ---- reshape ---- */

/* One dimension may be -1: what is left over.  s->dim[unknown] is 1 until then.  With a dimension
 * of 0 among the others there is no telling, and it is refused. */
static bool fill_unknown(Shape *s, uint32_t unknown, int64_t total)
{
    int64_t known;

    if (!shape_ok(s))
        return false;
    known = shape_count(s);
    if (known == 0 || total % known)
        return false;
    s->dim[unknown] = total / known;
    return true;
}

/* 0 takes the dimension of x at the same place, unless allowzero says that it is one. */
static bool resolve_shape(OnnxNode *n, Ints want, const Shape *x, Shape *out)
{
    bool keep_zero = n->opset >= 14 && onnx_int(n, "allowzero", 0), ok = true;
    uint32_t unknown = IR_MAX_RANK;

    memset(out, 0, sizeof *out);
    out->rank = want.n;
    for (uint32_t i = 0; i < want.n && ok; i++) {
        out->dim[i] = want.v[i];
        if (want.v[i] == 0 && !keep_zero) {
            ok = i < x->rank;
            out->dim[i] = ok ? x->dim[i] : 0;
        } else if (want.v[i] == -1) {
            ok = unknown == IR_MAX_RANK;
            unknown = i;
            out->dim[i] = 1;
        }
    }
    if (ok && unknown < IR_MAX_RANK)              /* all others are known by now */
        ok = fill_unknown(out, unknown, shape_count(x));
    return ok && shape_ok(out) && shape_count(out) == shape_count(x);
}

/* Operand 1 is the shape. */
void onnx_import_reshape(OnnxNode *n)
{
    Ints want = onnx_const_ints(n, 1, "shape");
    Shape x = onnx_shape(n, n->in[0]), y, given = { 0 };

    if (!want.given || !list_fits(n, want, "shape"))
        return;
    if (!resolve_shape(n, want, &x, &y)) {
        given.rank = want.n;
        memcpy(given.dim, want.v, want.n * sizeof *want.v);
        onnx_error(n, "cannot give the shape %s to %s", shape_text(n->m->a, &given),
                   shape_text(n->m->a, &x));
        return;
    }
    n->result[0] = onnx_reshape(n, n->in[0], &y, NULL);
}

/* A matrix: the dimensions before axis, and those from it on.  axis may be the rank: (count,1). */
void onnx_import_flatten(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]), y = { .rank = 2, .dim = { 1, 1 } };
    int64_t axis = onnx_int(n, "axis", 1);

    if (axis < -(int64_t)x.rank || axis > (int64_t)x.rank) {
        onnx_error(n, "axis %lld is outside of %u dimensions", (long long)axis, x.rank);
        return;
    }
    axis += axis < 0 ? x.rank : 0;
    for (uint32_t i = 0; i < x.rank; i++)
        y.dim[i >= axis] *= x.dim[i];             /* column 0 before the axis, 1 from it on */
    n->result[0] = onnx_reshape(n, n->in[0], &y, NULL);
}

/* Marks the axes in a shape of rank dimensions; each may stand once. */
static bool mark_axes(OnnxNode *n, Ints axes, uint32_t rank, bool *mark)
{
    for (uint32_t i = 0, axis; i < axes.n; i++) {
        if (!onnx_axis(n, axes.v[i], rank, &axis))
            return false;
        if (mark[axis]) {
            onnx_error(n, "axis %u is given twice", axis);
            return false;
        }
        mark[axis] = true;
    }
    return true;
}

/* Drops the axes, which must be 1; without axes, all that are 1.  Axes are an operand since 13. */
void onnx_import_squeeze(OnnxNode *n)
{
    Ints axes = onnx_ints_since(n, 13, "axes", 1);
    Shape x = onnx_shape(n, n->in[0]), y = { 0 };
    bool gone[IR_MAX_RANK] = { false };           /* dimensions of x */

    if (onnx_failed(n) || !mark_axes(n, axes, x.rank, gone))
        return;
    for (uint32_t i = 0; i < x.rank; i++) {
        if (gone[i] && x.dim[i] != 1) {
            onnx_error(n, "cannot squeeze axis %u of %s, which is not 1", i,
                       shape_text(n->m->a, &x));
            return;
        }
        if (axes.given ? !gone[i] : x.dim[i] != 1)
            y.dim[y.rank++] = x.dim[i];
    }
    n->result[0] = onnx_reshape(n, n->in[0], &y, NULL);
}

/* Adds dimensions of 1; the axes count in the result. */
void onnx_import_unsqueeze(OnnxNode *n)
{
    Ints axes = onnx_ints_since(n, 13, "axes", 1);
    Shape x = onnx_shape(n, n->in[0]), y = { 0 };
    bool added[IR_MAX_RANK] = { false };          /* dimensions of y */

    if (onnx_failed(n))
        return;
    if (!axes.given) {
        onnx_error(n, "lacks the axes");
        return;
    }
    if (axes.n > IR_MAX_RANK - x.rank) {
        onnx_error(n, "gives %u dimensions to %s; at most %d are supported", axes.n,
                   shape_text(n->m->a, &x), IR_MAX_RANK);
        return;
    }
    y.rank = x.rank + axes.n;
    if (!mark_axes(n, axes, y.rank, added))
        return;
    for (uint32_t i = 0, k = 0; i < y.rank; i++)
        y.dim[i] = added[i] ? 1 : x.dim[k++];
    n->result[0] = onnx_reshape(n, n->in[0], &y, NULL);
}

/* ---- transpose, and what is made of it ---- */

/* Without perm the dimensions are reversed. */
void onnx_import_transpose(OnnxNode *n)
{
    Ints perm = onnx_ints(n, "perm");
    uint32_t rank = onnx_shape(n, n->in[0]).rank;
    int64_t reverse[IR_MAX_RANK];

    for (uint32_t i = 0; i < rank; i++)
        reverse[i] = rank - 1 - i;
    if (perm.given && perm.n != rank) {
        onnx_error(n, "perm has %u numbers; %u are expected", perm.n, rank);
        return;
    }
    n->result[0] = onnx_transpose(n, n->in[0], perm.given ? perm.v : reverse, NULL);
}

/* x (N,C,H,W) seen as six dimensions, permuted, and seen as y.  Our IR has no op for it: the
 * kernels of transpose serve, and a net has at most one or two of these. */
static void shuffle(OnnxNode *n, const int64_t *six, const int64_t *perm, const Shape *y)
{
    Shape split = { .rank = 6 };
    ValueId v;

    memcpy(split.dim, six, 6 * sizeof *six);
    v = onnx_reshape(n, n->in[0], &split, "split");
    v = onnx_transpose(n, v, perm, "shuffled");
    n->result[0] = onnx_reshape(n, v, y, NULL);
}

/* The block size, when x is (N,C,H,W) and its dimensions c, h, w are multiples of it; else 0. */
static int64_t block_size(OnnxNode *n, const Shape *x, bool to_depth)
{
    /* at most 2^31, so that b b fits in 64 bits */
    int64_t b = onnx_int(n, "blocksize", 0);
    bool fits = x->rank == 4 && b >= 1 && b <= INT32_MAX;

    if (fits)
        fits = to_depth ? x->dim[2] % b == 0 && x->dim[3] % b == 0 : x->dim[1] % (b * b) == 0;
    if (!fits)
        onnx_error(n, "cannot make blocks of %lld of %s", (long long)b, shape_text(n->m->a, x));
    return fits ? b : 0;
}

/* (N, C b b, H, W) -> (N, C, H b, W b).  DCR: channels are (b, b, C); CRD: they are (C, b, b). */
void onnx_import_depth_to_space(OnnxNode *n)
{
    static const int64_t dcr[] = { 0, 3, 4, 1, 5, 2 }, crd[] = { 0, 1, 4, 2, 5, 3 };
    const char *mode = onnx_word(n, "mode", "DCR");
    Shape x = onnx_shape(n, n->in[0]), y = x;
    int64_t b = block_size(n, &x, false), c;

    if (!b)
        return;
    c = x.dim[1] / (b * b);
    y = (Shape){ 4, { x.dim[0], c, x.dim[2] * b, x.dim[3] * b } };
    if (!strcmp(mode, "DCR"))
        shuffle(n, (int64_t[]){ x.dim[0], b, b, c, x.dim[2], x.dim[3] }, dcr, &y);
    else if (!strcmp(mode, "CRD"))
        shuffle(n, (int64_t[]){ x.dim[0], c, b, b, x.dim[2], x.dim[3] }, crd, &y);
    else
        onnx_error(n, "mode is '%s'; DCR or CRD are possible", diag_quote(n->m->a, mode));
}

/* (N, C, H b, W b) -> (N, b b C, H, W) */
void onnx_import_space_to_depth(OnnxNode *n)
{
    static const int64_t perm[] = { 0, 3, 5, 1, 2, 4 };
    Shape x = onnx_shape(n, n->in[0]), y;
    int64_t b = block_size(n, &x, true), h, w;

    if (!b)
        return;
    h = x.dim[2] / b;
    w = x.dim[3] / b;
    y = (Shape){ 4, { x.dim[0], x.dim[1] * b * b, h, w } };
    shuffle(n, (int64_t[]){ x.dim[0], x.dim[1], h, b, w, b }, perm, &y);
}

/* ---- copies ---- */

/* The operands agree in all dimensions but axis. */
void onnx_import_concat(OnnxNode *n)
{
    Attr attr = attr_int(A_axis, onnx_int(n, "axis", 0));

    if (!onnx_find_attr(n->attr, n->n_attr, "axis"))
        onnx_error(n, "lacks the attribute 'axis'");
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_concat, .in = n->in, .n_in = n->n_in,
                                            .attr = &attr, .n_attr = 1 }, NULL);
}

/* Broadcasts in both directions: a 1 in the wanted shape leaves what is there. */
void onnx_import_expand(OnnxNode *n)
{
    Ints want = onnx_const_ints(n, 1, "shape");
    Shape s = { 0 };

    if (!want.given || !list_fits(n, want, "shape"))
        return;
    s.rank = want.n;
    memcpy(s.dim, want.v, want.n * sizeof *want.v);
    n->result[0] = onnx_expand(n, n->in[0], &s, NULL);
}

/* One count per dimension. */
void onnx_import_tile(OnnxNode *n)
{
    Ints repeats = onnx_const_ints(n, 1, "repeats");
    Attr attr = attr_ints(A_repeats, repeats.v, repeats.n);

    if (repeats.given && repeats.n != onnx_shape(n, n->in[0]).rank)
        onnx_error(n, "repeats has %u numbers; one for each dimension is expected", repeats.n);
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_tile, .in = n->in, .n_in = 1,
                                            .attr = &attr, .n_attr = 1 }, NULL);
}

/* Negative constant indices count from the end: replaced, so that nobody else must know.  Returns
 * v itself when there is nothing to replace. */
static ValueId positive(OnnxNode *n, ValueId v, int64_t size)
{
    const Value *val = ir_val(n->g, v);
    int64_t count = shape_count(&val->shape), *index;
    Shape s = val->shape;
    bool any = false;

    if (val->dtype != DT_I64 && val->dtype != DT_I32)
        return v;                              /* the shape rule says what is wrong */
    /* read as int64 whatever they are: the new list, if there is one, is of that type */
    index = arena_new_n(n->m->a, int64_t, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        index[i] = val->dtype == DT_I64 ? ((const int64_t *)val->data)[i]
                                        : ((const int32_t *)val->data)[i];
        any |= index[i] < 0;
        if (index[i] < -size || index[i] >= size) {
            onnx_error(n, "the index %lld is outside of %lld elements", (long long)index[i],
                       (long long)size);
            return v;
        }
        index[i] += index[i] < 0 ? size : 0;
    }
    return any ? onnx_constant(n, DT_I64, &s, index, "indices") : v;
}

/* Rows of x along axis, by indices that may be constant or not. */
void onnx_import_gather(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]);
    ValueId in[] = { n->in[0], n->in[1] };
    uint32_t axis;
    Attr attr;

    if (!onnx_axis(n, onnx_int(n, "axis", 0), x.rank, &axis))
        return;
    attr = attr_int(A_axis, axis);
    if (onnx_try_const(n->g, in[1]))
        in[1] = positive(n, in[1], x.dim[axis]);
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_gather, .in = in, .n_in = 2, .attr = &attr,
                                            .n_attr = 1 }, NULL);
}
