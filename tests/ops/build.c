/* SPDX-License-Identifier: Apache-2.0 */
/* build: cases become nodes of a graph. */
#include "ops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Build {
    Net *net;
    Graph *g;
    const Case *c;
    int64_t channels;
    Layout layout;
    uint32_t seed;            /* of its first operand */
} Build;

/* ---- random numbers ---- */

static uint32_t scramble(uint32_t u)
{
    u = (u ^ u >> 16) * 0x7feb352du;
    u = (u ^ u >> 15) * 0x846ca68bu;
    return u ^ u >> 16;
}

static void put_float(void *data, DType t, int64_t i, double x)
{
    if (t == DT_F32)
        ((float *)data)[i] = (float)x;
    else
        ((double *)data)[i] = x;
}

/* Small integers, so that sums and powers of them stay exact, and that many are equal. */
static void put_int(void *data, DType t, int64_t i, uint32_t u)
{
    bool positive = t == DT_U8 || t == DT_U16 || t == DT_U32 || t == DT_U64;
    int64_t x = t == DT_BOOL ? (int64_t)(u >> 16 & 1) : (int64_t)(u % 13) - (positive ? 0 : 6);

    memcpy((char *)data + (size_t)i * dtype_info[t].size, &x, dtype_info[t].size);
}

void fill(void *data, DType t, int64_t n, Origin from)
{
    double low = from.c->low, high = from.c->high;

    if (low == 0 && high == 0) {
        low = -4;
        high = 4;
    }
    for (int64_t i = 0; i < n; i++) {
        uint32_t u = scramble(from.seed * 0x9e3779b9u + (uint32_t)i);
        if (from.c->nan && u % 8 == 0 && (t == DT_F32 || t == DT_F64))
            put_float(data, t, i, (double)NAN);
        else if (t == DT_F32 || t == DT_F64)
            put_float(data, t, i, low + (high - low) * u / 4294967296.0);
        else
            put_int(data, t, i, u);
    }
}

/* ---- operands ---- */

static ValueId input(Build *b, DType t, const Shape *s, uint32_t operand)
{
    Net *net = b->net;

    net->input[net->n_in] = ir_value(b->g, "x", VAL_INPUT, t, s, (Pos){ 0 });
    net->in[net->n_in] = (Origin){ b->c, b->seed + operand };
    ir_set_inputs(b->g, net->input, net->n_in + 1);
    return net->input[net->n_in++];
}

static ValueId add(Build *b, Op op, const ValueId *in, uint32_t n_in, const Attr *attr,
                   uint32_t n_attr)
{
    NodeSpec spec = { .op = op, .in = in, .n_in = n_in, .out = (const char *[]){ "t" }, .n_out = 1,
                      .attr = attr, .n_attr = n_attr };
    NodeId n = ir_add(b->g, &spec, b->net->d);

    return n.id ? ir_node(b->g, n)->out[0] : (ValueId){ 0 };
}

/* The part of x from start on along dimension d, by steps. */
static ValueId part(Build *b, ValueId x, uint32_t d, int64_t start, const Shape *size,
                    int64_t by)
{
    int64_t first[IR_MAX_RANK] = { 0 }, step[IR_MAX_RANK];

    for (uint32_t i = 0; i < size->rank; i++)
        step[i] = 1;
    first[d] = start;
    step[d] = by;
    return add(b, OP_slice, &x, 1, (Attr[]){ attr_ints(A_start, first, size->rank),
               attr_ints(A_size, size->dim, size->rank),
               attr_ints(A_step, step, size->rank) }, 3);
}

/* (N,C,D...) as a view of (N,D...,C). */
static ValueId channels_last(Build *b, DType t, const Shape *s, uint32_t operand)
{
    int64_t perm[IR_MAX_RANK] = { 0, s->rank - 1 };
    Shape last = { s->rank, { s->dim[0] } };
    ValueId x;

    if (s->rank == 2) {
        perm[0] = 1;
        perm[1] = 0;
        last = (Shape){ 2, { s->dim[1], s->dim[0] } };
    }
    for (uint32_t i = 2; i < s->rank; i++) {
        perm[i] = i - 1;
        last.dim[i - 1] = s->dim[i];
    }
    if (s->rank > 2)
        last.dim[s->rank - 1] = s->dim[1];
    x = input(b, t, &last, operand);
    return add(b, OP_transpose, &x, 1, (Attr[]){ attr_ints(A_perm, perm, s->rank) }, 1);
}

static ValueId lay_out(Build *b, DType t, const Shape *s, uint32_t operand)
{
    Layout how = b->layout == MIXED ? (Layout)((operand + 1) % MIXED) : b->layout;
    Shape more = *s;

    if (s->rank == 0 || (s->rank == 1 && how == LAST))
        return input(b, t, s, operand);
    if (s->rank == 1 && how != DENSE) {
        more.dim[0] = 2 * s->dim[0] + 1;
        return part(b, input(b, t, &more, operand), 0, 1, s, 2);
    }
    more.dim[1] += 5;
    switch (how) {
    case LAST: return channels_last(b, t, s, operand);
    case PART: return part(b, input(b, t, &more, operand), 1, 2, s, 1);
    case LAST_PART: return part(b, channels_last(b, t, &more, operand), 1, 3, s, 1);
    case DENSE: case MIXED: case N_LAYOUT: break;
    }
    return input(b, t, s, operand);
}

/* "f32(2,c,3)=" */
static ValueId operand(Build *b, const char *text, uint32_t i)
{
    const char *p = strchr(text, '(');
    Shape s = { 0 };
    void *data;
    DType t;

    if (*text == '-')
        return (ValueId){ 0 };
    t = dtype_by_name(arena_strndup(b->g->arena, text, (size_t)(p - text)));
    while (*p != ')' && p[1] != ')') {
        char *end = (char *)(uintptr_t)p + 2;
        s.dim[s.rank++] = p[1] == 'c' ? b->channels : strtoll(p + 1, &end, 10);
        p = end;
    }
    if (!strchr(p, '='))
        return lay_out(b, t, &s, i);
    data = arena_array(b->g->arena, (size_t)shape_count(&s), dtype_info[t].size);
    fill(data, t, shape_count(&s), (Origin){ b->c, b->seed + i });
    return ir_const(b->g, "const", VAL_PARAM, t, &s, data);
}

/* ---- the node ---- */

static uint32_t attributes(Build *b, Attr *out)
{
    uint32_t n = 0;

    for (; n < 6 && b->c->attr[n].name; n++) {
        out[n] = b->c->attr[n];
        if (out[n].type == ATTR_INT && out[n].u.i == CH)
            out[n].u.i = b->channels;
        if (out[n].type == ATTR_INTS) {
            int64_t *v = arena_new_n(b->g->arena, int64_t, out[n].n);
            for (uint32_t i = 0; i < out[n].n; i++)
                v[i] = out[n].u.ints[i] == CH ? b->channels : out[n].u.ints[i];
            out[n].u.ints = v;
        }
    }
    return n;
}

static void output(Build *b, ValueId v)
{
    Net *net = b->net;

    net->out[net->n_out] = (Origin){ b->c, b->seed };
    net->output[net->n_out++] = v;
    ir_set_outputs(b->g, net->output, net->n_out);
}

/* The result as the first or second half of a concat, along the channels. */
static bool into_concat(Build *b, ValueId y)
{
    const Value v = *ir_val(b->g, y);
    ValueId other = lay_out(b, v.dtype, &v.shape, 6), both[2] = { y, other };

    if (b->layout == LAST_PART) {
        both[0] = other;
        both[1] = y;
    }
    y = add(b, OP_concat, both, 2, (Attr[]){ attr_int(A_axis, 1) }, 1);
    output(b, y);
    return y.id != 0;
}

bool add_case(Net *net, const Case *c, int64_t channels, Layout layout)
{
    static const char *const names[] = { "y", "y", "y", "y" };
    Build b = { .net = net, .g = net->g, .c = c, .channels = channels, .layout = layout,
                .seed = 8 * net->g->n_node };
    ValueId in[7];
    Attr attr[6];
    NodeSpec spec = { .op = c->op, .in = in, .out = names, .n_out = c->n_out ? c->n_out : 1,
                      .attr = attr, .act = c->act };
    NodeId id;

    for (; spec.n_in < 7 && c->in[spec.n_in]; spec.n_in++)
        in[spec.n_in] = operand(&b, c->in[spec.n_in], spec.n_in);
    spec.n_attr = attributes(&b, attr);
    id = ir_add(net->g, &spec, net->d);
    if (!id.id)
        return false;
    if ((layout == PART || layout == LAST_PART) && spec.n_out == 1
        && ir_val(net->g, ir_node(net->g, id)->out[0])->shape.rank > 1)
        return into_concat(&b, ir_node(net->g, id)->out[0]);
    for (uint32_t i = 0; i < spec.n_out; i++)
        output(&b, ir_node(net->g, id)->out[i]);
    return true;
}
