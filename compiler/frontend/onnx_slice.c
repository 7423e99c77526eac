/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_slice: Slice, Split and Pad: parts of a tensor, and a tensor as a part.
 *
 * In the IR a slice has a first element, a number of elements and a step for each dimension; the
 * counting from the end and the clamping that ONNX allows are resolved here.
 */
#include "frontend/onnx_import.h"

#include <string.h>

static const int64_t FARTHEST = INT64_MAX / 64;     /* of a step: more than any dimension */

static int64_t clamp(int64_t v, int64_t lo, int64_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* One axis of n elements, as ONNX has it: negative positions count from the end, then they are
 * clamped to where the step can still go.  -> the first element, and how many. */
static void slice_axis(int64_t n, int64_t step, int64_t *start, int64_t end, int64_t *count)
{
    /* where an end may lie: one before the first when going back, one after the last otherwise */
    int64_t lo = step > 0 ? 0 : -1, hi = step > 0 ? n : n - 1, span;

    *start = clamp(*start < 0 ? *start + n : *start, 0, hi < 0 ? 0 : hi);
    end = clamp(end < 0 ? end + n : end, lo, hi);
    span = step > 0 ? end - *start : *start - end;
    step = step > 0 ? step : -step;
    *count = span > 0 && n > 0 ? (span - 1) / step + 1 : 0;
}

/* Attributes before opset 10, which has no steps; operands 1 to 4 since. */
typedef struct Ranges {
    Ints start, end, axes, step;
} Ranges;

/* Lists of the same length, those that are given. */
static bool read_ranges(OnnxNode *n, Ranges *r)
{
    r->start = onnx_ints_since(n, 10, "starts", 1);
    r->end = onnx_ints_since(n, 10, "ends", 2);
    r->axes = onnx_ints_since(n, 10, "axes", 3);
    r->step = n->opset < 10 ? (Ints){ NULL, 0, false } : onnx_const_ints(n, 4, "steps");
    if (onnx_failed(n))
        return false;
    if (!r->start.given || !r->end.given)
        onnx_error(n, "lacks starts or ends");
    else if (r->start.n != r->end.n || (r->axes.given && r->axes.n != r->start.n)
             || (r->step.given && r->step.n != r->start.n))
        onnx_error(n, "has %u starts, %u ends, %u axes and %u steps", r->start.n, r->end.n,
                   r->axes.n, r->step.n);
    return !onnx_failed(n);
}

/* Axes that are not named stay whole.  Our op wants start, size and step of every dimension. */
void onnx_import_slice(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]);
    /* of each dimension of x */
    int64_t start[IR_MAX_RANK] = { 0 }, size[IR_MAX_RANK], step[IR_MAX_RANK];
    bool seen[IR_MAX_RANK] = { false };
    Attr attr[3];
    Ranges r;

    if (!read_ranges(n, &r))
        return;
    for (uint32_t i = 0; i < x.rank; i++) {
        size[i] = x.dim[i];
        step[i] = 1;
    }
    for (uint32_t i = 0, axis; i < r.start.n; i++) {
        if (!onnx_axis(n, r.axes.given ? r.axes.v[i] : i, x.rank, &axis))
            return;
        start[axis] = r.start.v[i];
        step[axis] = r.step.given ? clamp(r.step.v[i], -FARTHEST, FARTHEST) : 1;
        if (step[axis] == 0 || seen[axis]) {
            onnx_error(n, seen[axis] ? "axis %u is given twice" : "the step of axis %u is 0", axis);
            return;
        }
        seen[axis] = true;
        slice_axis(x.dim[axis], step[axis], &start[axis], r.end.v[i], &size[axis]);
    }
    attr[0] = attr_ints(A_start, start, x.rank);
    attr[1] = attr_ints(A_size, size, x.rank);
    attr[2] = attr_ints(A_step, step, x.rank);
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_slice, .in = n->in, .n_in = 1,
                                            .attr = attr, .n_attr = 3 }, NULL);
}

/* ---- split ---- */

/* The sizes as given (attribute, since opset 13 operand), or equal ones; since opset 18, with
 * num_outputs, the last may be smaller.  Their sum is checked by the shape rule. */
static bool split_sizes(OnnxNode *n, int64_t total, int64_t *size, uint32_t parts)
{
    Ints given = onnx_ints_since(n, 13, "split", 1);
    int64_t count = n->opset >= 18 ? onnx_int(n, "num_outputs", parts) : parts;
    int64_t part = (total + parts - 1) / parts;

    if (onnx_failed(n))
        return false;
    if (given.given ? given.n != parts : count != parts) {
        onnx_error(n, "splits into %lld parts, but has %u results",
                   given.given ? (long long)given.n : (long long)count, parts);
        return false;
    }
    if (!given.given && n->opset < 18 && total % parts) {
        onnx_error(n, "cannot split %lld elements into %u equal parts", (long long)total, parts);
        return false;
    }
    for (uint32_t i = 0; i < parts; i++) {
        size[i] = given.given ? given.v[i] : part < total ? part : total;
        total -= given.given ? 0 : size[i];       /* what is left for the others */
    }
    return true;
}

/* One node with all results; those that the file does not name exist too. */
void onnx_import_split(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]);
    uint32_t parts = (uint32_t)n->p->n_output, axis;
    int64_t *size = arena_new_n(n->m->a, int64_t, parts);
    const char **name = arena_new_n(n->m->a, const char *, parts);
    Attr attr[2];
    NodeSpec spec = { .op = OP_split, .in = n->in, .n_in = 1, .out = name, .n_out = parts,
                      .attr = attr, .n_attr = 2, .pos = n->pos };
    NodeId id;

    if (!parts || !onnx_axis(n, onnx_int(n, "axis", 0), x.rank, &axis)
        || !split_sizes(n, x.dim[axis], size, parts))
        return;
    for (uint32_t i = 0; i < parts; i++)
        name[i] = i < n->n_out && *n->out[i] ? n->out[i] : "unused";
    attr[0] = attr_int(A_axis, axis);
    attr[1] = attr_ints(A_sizes, size, parts);
    id = ir_add(n->g, &spec, n->m->d);
    for (uint32_t i = 0; i < n->n_out && id.id; i++)
        n->result[i] = ir_node(n->g, id)->out[i];
}

/* ---- pad ---- */

/* pads for all dimensions: the begins, then the ends.  With axes (opset 18) they are for these
 * alone. A negative pad crops, in ONNX as in the IR. */
static bool spread_pads(OnnxNode *n, Ints pads, uint32_t rank, int64_t *all)
{
    Ints axes = n->opset < 18 ? (Ints){ NULL, 0, false } : onnx_const_ints(n, 3, "axes");
    uint32_t count = axes.given ? axes.n : rank;

    if (onnx_failed(n))
        return false;
    if (pads.n != 2 * (uint64_t)count || count > rank) {
        onnx_error(n, "pads has %u numbers; %u are expected", pads.n, 2 * count);
        return false;
    }
    for (uint32_t i = 0, axis; i < count; i++) {
        if (!onnx_axis(n, axes.given ? axes.v[i] : i, rank, &axis))
            return false;
        all[axis] = pads.v[i];
        all[rank + axis] = pads.v[count + i];
    }
    return true;
}

/* Attributes before opset 11, operands since: pads, the value for mode constant, axes. */
void onnx_import_pad(OnnxNode *n)
{
    Ints pads = onnx_ints_since(n, 11, "pads", 1);
    double value = n->opset < 11 ? onnx_float(n, "value", 0) : 0;
    uint32_t rank = onnx_shape(n, n->in[0]).rank;
    int64_t all[2 * IR_MAX_RANK] = { 0 };
    Attr attr[3] = { [2] = attr_word(A_mode, onnx_word(n, "mode", "constant")) };

    if (n->opset >= 11)
        onnx_const_floats(n, 2, "constant_value", &value, 1);
    if (onnx_failed(n))
        return;
    if (!pads.given) {
        onnx_error(n, "lacks the pads");
        return;
    }
    if (!spread_pads(n, pads, rank, all))
        return;
    attr[0] = attr_ints(A_pad, all, 2 * rank);
    attr[1] = attr_float(A_value, value);
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_pad, .in = n->in, .n_in = 1, .attr = attr,
                                            .n_attr = 3 }, NULL);
}
