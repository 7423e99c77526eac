/* SPDX-License-Identifier: Apache-2.0 */
/* plan_graphs: see the header.  One function per kind of op proposes a node on values that are
 * already there; a proposal that the shape rules refuse is forgotten. */
#include "plan_graphs.h"

#include <string.h>

enum { MOST_ELEMENTS = 400, TRIES = 8 };

typedef struct Grower {
    Graph *g;
    Random *r;
    Diag d;
    Attr attr[6];
    uint32_t n_attr, n_out;
    ValueId in[5];
    uint32_t n_in;
    Act act;
} Grower;

uint32_t random_below(Random *r, uint32_t n)
{
    r->state += 0x9e3779b97f4a7c15u;                  /* splitmix64 (Steele et al., 2014) */
    uint64_t z = r->state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return n ? (uint32_t)((z ^ z >> 31) % n) : 0;
}

static bool chance(Grower *w, uint32_t one_in)
{
    return random_below(w->r, one_in) == 0;
}

static int64_t between(Grower *w, int64_t low, int64_t high)
{
    return low + random_below(w->r, (uint32_t)(high - low + 1));
}

/* ---- values ---- */

static ValueId constant(Grower *w, DType t, const Shape *s)
{
    size_t n = (size_t)shape_count(s) * dtype_info[t].size;

    return ir_const(w->g, "k", VAL_CONST, t, s, arena_alloc(w->g->arena, n ? n : 1));
}

static ValueId constant_of(Grower *w, DType t, uint32_t rank, const int64_t *dim)
{
    Shape s = { .rank = rank };

    memcpy(s.dim, dim, rank * sizeof *dim);
    return constant(w, t, &s);
}

/* Any value of the type (DT_NONE: any); late ones more often, so that lifetimes are short. */
static ValueId pick(Grower *w, DType t)
{
    for (int i = 0; i < TRIES; i++) {
        uint32_t last = w->g->n_value - 1, back = chance(w, 3) ? last : last < 6 ? last : 6;
        ValueId v = { last - random_below(w->r, back) };
        if (!t || ir_val(w->g, v)->dtype == t)
            return v;
    }
    return (ValueId){ 1 };
}

static const Shape *shape(Grower *w, ValueId v)
{
    return &ir_val(w->g, v)->shape;
}

/* A value of the same type and shape as v, perhaps v itself; else a constant. */
static ValueId alike(Grower *w, ValueId v)
{
    for (int i = 0; i < TRIES; i++) {
        ValueId u = pick(w, ir_val(w->g, v)->dtype);
        if (shape_equal(shape(w, u), shape(w, v)) && (u.id != v.id || chance(w, 4)))
            return u;
    }
    return constant(w, ir_val(w->g, v)->dtype, shape(w, v));
}

/* ---- proposals ---- */

static Op unary(Grower *w)
{
    static const Op ops[] = { OP_relu, OP_sigmoid, OP_neg, OP_clip, OP_abs, OP_cast, OP_identity };
    static const char *const types[] = { "f32", "f64", "i32", "i64" };

    w->in[w->n_in++] = pick(w, DT_NONE);
    w->attr[0] = attr_word(A_to, types[random_below(w->r, 4)]);
    w->n_attr = 0;
    Op op = ops[random_below(w->r, 7)];
    w->n_attr = op == OP_cast;
    return op;
}

static Op binary(Grower *w)
{
    static const Op ops[] = { OP_add, OP_mul, OP_sub, OP_max, OP_less, OP_equal, OP_prelu };
    ValueId x = pick(w, DT_NONE), y = alike(w, x);

    if (chance(w, 4))
        y = pick(w, ir_val(w->g, x)->dtype);                        /* may broadcast */
    w->in[chance(w, 2)] = x;
    w->in[w->in[0].id ? 1 : 0] = y;
    w->n_in = 2;
    return ops[random_below(w->r, 7)];
}

static Op where(Grower *w)
{
    w->in[0] = pick(w, DT_BOOL);
    w->in[1] = pick(w, chance(w, 4) ? DT_BOOL : DT_F32);
    w->in[2] = alike(w, w->in[1]);
    w->n_in = 3;
    return OP_where;
}

/* With a residual half the time: then x has the residual's size, and the stride is 1. */
static Op conv(Grower *w)
{
    ValueId x = pick(w, DT_F32);
    Shape s = *shape(w, x);
    int64_t k = between(w, 1, 4), r = chance(w, 2) ? 1 : 3, c = s.dim[1];
    bool depthwise = chance(w, 3);
    int64_t stride[2] = { 1, 1 }, pad[4] = { r / 2, r / 2, r / 2, r / 2 };

    if (s.rank != 4)
        return OP_none;
    w->in[0] = x;
    if (chance(w, 2)) {
        ValueId res = pick(w, DT_F32);
        const Shape *t = shape(w, res);
        if (t->rank == 4 && t->dim[2] == s.dim[2] && t->dim[3] == s.dim[3] && t->dim[1])
            w->in[3] = res;
        k = w->in[3].id ? t->dim[1] : k;
    } else if (chance(w, 2)) {
        stride[0] = stride[1] = 2;
    }
    k = depthwise && c ? (k + c - 1) / c * c : k;
    w->in[1] = constant_of(w, DT_F32, 4, (int64_t[]){ k, depthwise ? 1 : c, r, r });
    w->in[2] = chance(w, 2) ? constant_of(w, DT_F32, 1, &k) : (ValueId){ 0 };
    w->n_in = 4;
    w->attr[w->n_attr++] = attr_ints(A_stride, stride, 2);
    w->attr[w->n_attr++] = attr_ints(A_pad, pad, 4);
    w->attr[w->n_attr++] = attr_int(A_group, depthwise ? c : 1);
    for (uint32_t i = 0; i < 2; i++)           /* the lists are on this stack: keep copies */
        w->attr[i].u.ints = memcpy(arena_new_n(w->g->arena, int64_t, 4), w->attr[i].u.ints,
                                   w->attr[i].n * sizeof(int64_t));
    w->act.op = chance(w, 2) ? OP_relu : OP_none;
    return OP_conv;
}

static Op concat(Grower *w)
{
    ValueId x = pick(w, DT_NONE);
    const Shape *s = shape(w, x);
    uint32_t axis = chance(w, 3) ? 0 : random_below(w->r, s->rank);
    uint32_t want = (uint32_t)between(w, 1, 4);

    w->in[w->n_in++] = x;
    for (int i = 0; i < 3 * TRIES && w->n_in < want; i++) {
        ValueId u = chance(w, 9) ? x : pick(w, ir_val(w->g, x)->dtype);
        Shape t = *shape(w, u);
        t.dim[axis] = s->dim[axis];
        if (shape_equal(&t, s) && (u.id != x.id || chance(w, 3)))
            w->in[w->n_in++] = u;
    }
    w->attr[w->n_attr++] = attr_int(A_axis, axis);
    return OP_concat;
}

static Op split(Grower *w)
{
    ValueId x = pick(w, DT_NONE);
    const Shape *s = shape(w, x);
    uint32_t axis = random_below(w->r, s->rank);
    int64_t *size = arena_new_n(w->g->arena, int64_t, 3), left = s->rank ? s->dim[axis] : 0;

    w->in[w->n_in++] = x;
    w->n_out = (uint32_t)between(w, 1, 3);
    for (uint32_t i = 0; i < w->n_out; i++) {
        size[i] = i + 1 == w->n_out ? left : between(w, left > 1, left);
        left -= size[i];
    }
    w->attr[w->n_attr++] = attr_int(A_axis, axis);
    w->attr[w->n_attr++] = attr_ints(A_sizes, size, w->n_out);
    return OP_split;
}

static Op slice(Grower *w)
{
    ValueId x = pick(w, DT_NONE);
    const Shape *s = shape(w, x);
    int64_t *start = arena_new_n(w->g->arena, int64_t, 2 * IR_MAX_RANK);
    int64_t *step = start + IR_MAX_RANK;

    w->in[w->n_in++] = x;
    for (uint32_t i = 0; i < s->rank; i++) {
        step[i] = chance(w, 3) ? between(w, 1, 2) : 1;
        if (chance(w, 3))
            start[i] = between(w, 0, s->dim[i] / 2);
        if (chance(w, 6) && s->dim[i]) {
            start[i] = s->dim[i] - 1;
            step[i] = -step[i];
        }
    }
    w->attr[w->n_attr++] = attr_ints(A_start, start, s->rank);
    w->attr[w->n_attr++] = attr_ints(A_step, step, s->rank);
    return OP_slice;
}

static Op transpose(Grower *w)
{
    ValueId x = pick(w, DT_NONE);
    uint32_t rank = shape(w, x)->rank;
    int64_t *perm = arena_new_n(w->g->arena, int64_t, IR_MAX_RANK);

    w->in[w->n_in++] = x;
    for (uint32_t i = 0; i < rank; i++) {
        uint32_t k = random_below(w->r, i + 1);
        perm[i] = perm[k];
        perm[k] = i;
    }
    w->attr[w->n_attr++] = attr_ints(A_perm, perm, rank);
    return OP_transpose;
}

/* Merges two neighbours, divides one by 2 or 3, adds or drops a 1. */
static Op reshape(Grower *w)
{
    ValueId x = pick(w, DT_NONE);
    Shape s = *shape(w, x);
    int64_t *dim = arena_new_n(w->g->arena, int64_t, IR_MAX_RANK), n = between(w, 2, 3);
    uint32_t at = random_below(w->r, s.rank), rank = 0;
    bool merge = chance(w, 2);

    w->in[w->n_in++] = x;
    for (uint32_t i = 0; i < s.rank; i++) {
        bool divide = !merge && i == at && s.rank < 6 && s.dim[i] % n == 0 && s.dim[i];
        if (merge && i == at + 1)
            dim[rank - 1] *= s.dim[i];
        else
            dim[rank++] = divide ? s.dim[i] / n : s.dim[i];
        if (divide)
            dim[rank++] = n;
    }
    if (rank < 5 && chance(w, 3))
        dim[rank++] = 1;
    w->attr[w->n_attr++] = attr_ints(A_shape, dim, rank);
    return OP_reshape;
}

static Op expand(Grower *w)
{
    ValueId x = pick(w, DT_NONE);
    const Shape *s = shape(w, x);
    int64_t *dim = arena_new_n(w->g->arena, int64_t, IR_MAX_RANK);
    uint32_t lead = s->rank < 4 && chance(w, 2);

    w->in[w->n_in++] = x;
    dim[0] = 2;
    for (uint32_t i = 0; i < s->rank; i++)
        dim[lead + i] = s->dim[i] == 1 && chance(w, 2) ? 3 : s->dim[i];
    w->attr[w->n_attr++] = attr_ints(A_shape, dim, lead + s->rank);
    return OP_expand;
}

static Op reduce(Grower *w)
{
    int64_t *axis = arena_new(w->g->arena, int64_t);

    w->in[w->n_in++] = pick(w, DT_F32);
    *axis = random_below(w->r, shape(w, w->in[0])->rank);
    w->attr[w->n_attr++] = attr_ints(A_axes, axis, chance(w, 5) ? 0 : 1);
    w->attr[w->n_attr++] = attr_int(A_keep, chance(w, 2));
    return chance(w, 2) ? OP_reduce_mean : OP_reduce_max;
}

static Op pool(Grower *w)
{
    static const int64_t two[] = { 2, 2 };

    w->in[w->n_in++] = pick(w, DT_F32);
    w->attr[w->n_attr++] = attr_ints(A_kernel, two, 2);
    w->attr[w->n_attr++] = attr_ints(A_stride, two, 2);
    return chance(w, 2) ? OP_max_pool : OP_avg_pool;
}

static Op matrix(Grower *w)
{
    ValueId x = pick(w, DT_F32);
    const Shape *s = shape(w, x);
    int64_t k = between(w, 1, 5);

    w->in[w->n_in++] = x;
    if (s->rank != 2) {
        w->in[w->n_in++] = pick(w, DT_F32);
        return OP_matmul;
    }
    w->in[1] = constant_of(w, DT_F32, 2, (int64_t[]){ k, s->dim[1] });
    w->n_in = 2;
    return OP_dense;
}

/* Ops over one operand, with what attributes have as defaults; batch_norm has constants. */
static Op other(Grower *w)
{
    static const Op ops[] = { OP_softmax, OP_argmax, OP_batch_norm, OP_lrn, OP_log_softmax };
    Op op = ops[random_below(w->r, 5)];
    ValueId x = pick(w, DT_F32);
    const Shape *s = shape(w, x);

    w->in[w->n_in++] = x;
    if (op == OP_batch_norm && s->rank < 2)
        return OP_none;
    for (; op == OP_batch_norm && w->n_in < 5; w->n_in++)
        w->in[w->n_in] = constant_of(w, DT_F32, 1, &shape(w, x)->dim[1]);
    return op;
}

/* ---- the graph ---- */

static void add_node(Grower *w, Op op)
{
    static const char *const names[] = { "a", "b", "c" };
    NodeSpec spec = { .op = op, .in = w->in, .n_in = w->n_in, .out = names, .n_out = w->n_out,
                      .attr = w->attr, .n_attr = w->n_attr, .act = w->act };
    uint32_t before = w->g->n_value;
    NodeId id = ir_add(w->g, &spec, &w->d);

    for (uint32_t i = 0; id.id && i < w->n_out; i++)
        if (shape_count(shape(w, ir_node(w->g, id)->out[i])) > MOST_ELEMENTS) {
            w->g->n_node--;
            w->g->n_value = before;
            return;
        }
}

static void grow(Grower *w)
{
    static Op (*const propose[])(Grower *) = {
        unary, unary, binary, binary, where, conv, conv, conv, concat, concat, concat, split, slice,
        transpose, reshape, expand, reduce, pool, matrix, other,
    };
    Op op;

    memset(w->in, 0, sizeof w->in);
    w->n_in = w->n_attr = 0;
    w->n_out = 1;
    w->act = (Act){ 0 };
    diag_init(&w->d, w->g->arena);
    op = propose[random_below(w->r, sizeof propose / sizeof propose[0])](w);
    if (op)
        add_node(w, op);
}

static void add_inputs(Grower *w)
{
    ValueId in[3];
    uint32_t n = (uint32_t)between(w, 1, 3);

    for (uint32_t i = 0; i < n; i++) {
        Shape s = { .rank = 4 };
        if (i && chance(w, 2))
            s.rank = random_below(w->r, 4);
        for (uint32_t d = 0; d < s.rank; d++)
            s.dim[d] = d == 0 ? between(w, 1, 2) : between(w, chance(w, 40) ? 0 : 1, 6);
        in[i] = ir_value(w->g, "x", VAL_INPUT, i && chance(w, 4) ? DT_BOOL : DT_F32, &s,
                         (Pos){ 0 });
    }
    ir_set_inputs(w->g, in, n);
}

/* The newest value and up to two others, which may be anything, inputs and constants too. */
static void choose_outputs(Grower *w)
{
    ValueId out[3] = { { w->g->n_value - 1 } };
    uint32_t n = 1, want = (uint32_t)between(w, 1, 3);

    while (n < want)
        out[n++] = (ValueId){ 1 + random_below(w->r, w->g->n_value - 1) };
    ir_set_outputs(w->g, out, n);
}

void random_graph(Graph *g, Random *r)
{
    Grower w = { .g = g, .r = r };
    uint32_t n = 1 + random_below(r, 30);

    add_inputs(&w);
    for (uint32_t i = 0; i < n; i++)
        grow(&w);
    choose_outputs(&w);
}
