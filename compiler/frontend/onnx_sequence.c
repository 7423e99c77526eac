/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_sequence: lists of tensors, as exporters leave them where a model splits and joins.
 *
 * In: SplitToSequence, SequenceConstruct.  Out: their members, wherever SequenceAt takes one or
 * ConcatFromSequence joins them.  A Graph has no lists: the Import knows which constants stand for
 * one, and they are dead when reading is done.
 */
#include "frontend/onnx_sequence.h"

#include <string.h>

OnnxImport onnx_import_concat_from_sequence, onnx_import_sequence_at,
    onnx_import_sequence_construct, onnx_import_sequence_length, onnx_import_split_to_sequence;

enum { LONGEST = 1024 };

typedef struct Sequence {
    struct Sequence *next;
    ValueId id;                      /* the stand-in */
    uint32_t n;
    const ValueId *item;
} Sequence;

/* Stand-ins are constants of shape (0), which hardly anything else is: so most values need no
 * search. */
static const Sequence *find(const Import *m, ValueId v)
{
    const Value *val = ir_val(m->g, v);
    const Sequence *s = m->sequence;

    if (!v.id || val->kind != VAL_CONST || val->shape.rank != 1 || val->shape.dim[0])
        return NULL;
    while (s && s->id.id != v.id)
        s = s->next;
    return s;
}

bool onnx_is_sequence(const Import *m, ValueId v)
{
    return find(m, v) != NULL;
}

/* The node's result is that list; item is kept. */
static void make(OnnxNode *n, const ValueId *item, uint32_t count)
{
    Sequence *s = arena_new(n->m->a, Sequence);
    Shape none = { .rank = 1 };

    s->id = onnx_constant(n, DT_I64, &none, arena_alloc(n->m->a, 0), NULL);
    s->n = count;
    s->item = item;
    s->next = n->m->sequence;
    n->m->sequence = s;
    n->result[0] = s->id;
}

/* Operand i as a list; NULL with a message. */
static const Sequence *operand(OnnxNode *n, uint32_t i)
{
    const Sequence *s = find(n->m, n->in[i]);

    if (!s)
        onnx_error(n, "its operand %u is a tensor; a sequence is expected", i + 1);
    return s;
}

/* ---- making lists ---- */

void onnx_import_sequence_construct(OnnxNode *n)
{
    make(n, n->in, n->n_in);
}

/* Parts of the sizes given, of one size given for all (the last may be smaller), or of 1. */
static Ints part_sizes(OnnxNode *n, int64_t total)
{
    Ints given = onnx_const_ints(n, 1, "split"), none = { NULL, 0, false };
    bool one = !given.given || onnx_shape(n, n->in[1]).rank == 0;
    int64_t size = given.given && one ? given.v[0] : 1, count, *v;

    if (onnx_failed(n))
        return none;
    if (!one && given.n && given.n <= LONGEST)
        return given;
    count = size > 0 ? total / size + (total % size != 0) : 0;
    if (!one || count < 1 || count > LONGEST) {
        onnx_error(n, "cannot split %lld elements like that; 1 to %d parts are possible",
                   (long long)total, LONGEST);
        return none;
    }
    v = arena_new_n(n->m->a, int64_t, (size_t)count);
    for (int64_t i = 0; i < count; i++, total -= size)
        v[i] = total < size ? total : size;
    return (Ints){ v, (uint32_t)count, true };
}

/* x without dimension axis, which is 1 */
static ValueId squeezed(OnnxNode *n, ValueId x, uint32_t axis)
{
    Shape s = onnx_shape(n, x);

    s.rank--;
    memmove(s.dim + axis, s.dim + axis + 1, (s.rank - axis) * sizeof *s.dim);
    return onnx_reshape(n, x, &s, "item");
}

/* keepdims=0 drops the axis, when no sizes are given. */
void onnx_import_split_to_sequence(OnnxNode *n)
{
    Shape x = onnx_shape(n, n->in[0]);
    bool drop = !onnx_int(n, "keepdims", 1) && !onnx_in(n, 1).id;
    uint32_t axis;
    const char **name;
    ValueId *item;
    Ints sizes;
    Attr attr[2];
    NodeId id;

    if (!onnx_axis(n, onnx_int(n, "axis", 0), x.rank, &axis))
        return;
    sizes = part_sizes(n, x.dim[axis]);
    if (onnx_failed(n))
        return;
    name = arena_new_n(n->m->a, const char *, sizes.n);
    item = arena_new_n(n->m->a, ValueId, sizes.n);
    for (uint32_t i = 0; i < sizes.n; i++)
        name[i] = arena_printf(n->m->a, "%.400s.%u", n->out[0], i);
    attr[0] = attr_int(A_axis, axis);
    attr[1] = attr_ints(A_sizes, sizes.v, sizes.n);
    n->m->spent += sizes.n;
    id = ir_add(n->g, &(NodeSpec){ .op = OP_split, .in = n->in, .n_in = 1, .out = name,
                                   .n_out = sizes.n, .attr = attr, .n_attr = 2, .pos = n->pos },
                n->m->d);
    for (uint32_t i = 0; i < sizes.n && id.id; i++) {
        item[i] = ir_node(n->g, id)->out[i];
        if (drop)
            item[i] = squeezed(n, item[i], axis);
    }
    make(n, item, sizes.n);
}

/* ---- taking them apart ---- */

/* Operand 1 is the position, from the end when negative. */
void onnx_import_sequence_at(OnnxNode *n)
{
    const Sequence *s = operand(n, 0);
    Ints at = onnx_const_ints(n, 1, "position");
    int64_t i;

    if (onnx_failed(n))
        return;
    i = at.n == 1 ? at.v[0] : s->n;
    i += i < 0 ? s->n : 0;
    if (i < 0 || i >= s->n)
        onnx_error(n, "its position is outside of a sequence of %u", s->n);
    else
        n->result[0] = onnx_unary(n, OP_identity, s->item[i], NULL);
}

void onnx_import_sequence_length(OnnxNode *n)
{
    const Sequence *s = operand(n, 0);
    Shape none = { 0 };
    int64_t *count = arena_new(n->m->a, int64_t);

    if (!s)
        return;
    *count = s->n;
    n->result[0] = onnx_constant(n, DT_I64, &none, count, NULL);
}

/* Along an axis, or with new_axis=1 along one that is made for it. */
void onnx_import_concat_from_sequence(OnnxNode *n)
{
    const Sequence *s = operand(n, 0);
    bool added = onnx_int(n, "new_axis", 0);
    int64_t given = onnx_int(n, "axis", 0);
    uint32_t axis;
    ValueId *item;
    Attr attr;

    if (!s)
        return;
    if (!s->n || !onnx_find_attr(n->attr, n->n_attr, "axis")) {
        onnx_error(n, s->n ? "lacks the attribute 'axis'" : "joins an empty sequence");
        return;
    }
    item = arena_new_n(n->m->a, ValueId, s->n);
    for (uint32_t i = 0; i < s->n; i++) {
        Shape x = onnx_shape(n, s->item[i]);
        if (added && x.rank == IR_MAX_RANK)
            onnx_error(n, "makes more than %d dimensions", IR_MAX_RANK);
        if (onnx_failed(n) || !onnx_axis(n, given, x.rank + added, &axis))
            return;
        if (added) {
            memmove(x.dim + axis + 1, x.dim + axis, (x.rank++ - axis) * sizeof *x.dim);
            x.dim[axis] = 1;
        }
        item[i] = added ? onnx_reshape(n, s->item[i], &x, "item") : s->item[i];
        attr = attr_int(A_axis, axis);
    }
    n->m->spent += s->n;
    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_concat, .in = item, .n_in = s->n,
                                            .attr = &attr, .n_attr = 1 }, NULL);
}

/* A list where a tensor is expected, is refused. */
void onnx_check_sequences(OnnxNode *n)
{
    OnnxImport *f = n->op->import;

    if (f == onnx_import_sequence_at || f == onnx_import_sequence_length
        || f == onnx_import_concat_from_sequence)
        return;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (find(n->m, n->in[i]))
            onnx_error(n, "its operand %u is a sequence; only tensors are supported here", i + 1);
}
