/* SPDX-License-Identifier: Apache-2.0 */
/* k_move: tile, pad, resize: the result's index says, dimension by dimension, which element of the
 * operand is meant.  Any element type, any layout; nothing is written twice. */
#include "backend/remap.h"
#include "ref/ref.h"

#include <string.h>

/* ---- tile ---- */

/* Each dimension is two loops: the repetitions, which do not move in x, and the operand's own. */
bool emit_tile(Emit *e, const Node *n)
{
    const Shape *x = emit_shape(e, n->in[0]);
    const int64_t *xs = emit_place(e, n->in[0])->stride, *ys = emit_place(e, n->out[0])->stride;
    const int64_t *repeats = ir_ints(n, A_repeats, NULL);
    Nest nest;

    nest_init(&nest, 2);
    for (uint32_t d = 0; d < x->rank; d++) {
        nest_add(&nest, repeats[d], (int64_t[]){ x->dim[d] * ys[d], 0 });
        nest_add(&nest, x->dim[d], (int64_t[]){ ys[d], xs[d] });
    }
    nest_simplify(&nest);
    return emit_nest_copy(e, &nest, ir_val(e->g, n->in[0])->dtype, emit_in(e, n->in[0]),
                          emit_out(e, n->out[0]));
}

/* ---- pad ---- */

/* A part of a tensor: from first on, count elements along each dimension. */
typedef struct Box { int64_t first[IR_MAX_RANK], count[IR_MAX_RANK]; } Box;

/* The box of y becomes value; nothing is called for an empty one. */
static bool fill_box(Emit *e, ValueId y, const Box *box, double value)
{
    const int64_t *ys = emit_place(e, y)->stride;
    DType t = ir_val(e->g, y)->dtype;
    TmplVars *v = tmpl_vars(e->arena);
    int64_t at = 0;
    const char *fn;
    Nest nest;

    nest_init(&nest, 1);
    for (uint32_t d = 0; d < emit_shape(e, y)->rank; d++) {
        if (box->count[d] == 0)
            return true;
        at += box->first[d] * ys[d];
        nest_add(&nest, box->count[d], &ys[d]);
    }
    nest_simplify(&nest);
    nest_vars(&nest, v, (const char *[]){ "Y" });
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "VALUE", emit_number(e, value, t));
    fn = emit_function(e, "fill.c.t", "fill", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_out_at(e, y, at) }, 1);
    return fn != NULL;
}

/* All of a tensor of shape s. */
static Box whole(const Shape *s)
{
    Box b = { { 0 }, { 0 } };

    memcpy(b.count, s->dim, s->rank * sizeof *b.count);
    return b;
}

/* Every element of y becomes value. */
bool emit_fill(Emit *e, ValueId y, double value)
{
    Box b = whole(emit_shape(e, y));

    return fill_box(e, y, &b, value);
}

/* low <= high. */
static int64_t clamp(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* The part of y that comes from x. */
static Box inside(const Shape *x, const Shape *y, const int64_t *pad)
{
    Box b = { { 0 }, { 0 } };

    for (uint32_t d = 0; d < y->rank; d++) {
        b.first[d] = clamp(pad[d], 0, y->dim[d]);
        b.count[d] = clamp(pad[d] + x->dim[d], b.first[d], y->dim[d]) - b.first[d];
    }
    return b;
}

/* The elements of x that are not cropped. */
static bool copy_inside(Emit *e, const Node *n, const Box *in, const int64_t *pad)
{
    const int64_t *xs = emit_place(e, n->in[0])->stride, *ys = emit_place(e, n->out[0])->stride;
    int64_t from = 0, to = 0;
    Nest nest;

    nest_init(&nest, 2);
    for (uint32_t d = 0; d < emit_shape(e, n->out[0])->rank; d++) {
        if (in->count[d] == 0)
            return true;
        from += (in->first[d] - pad[d]) * xs[d];
        to += in->first[d] * ys[d];
        nest_add(&nest, in->count[d], (int64_t[]){ ys[d], xs[d] });
    }
    nest_simplify(&nest);
    return emit_nest_copy(e, &nest, ir_val(e->g, n->in[0])->dtype,
                          emit_in_at(e, n->in[0], from), emit_out_at(e, n->out[0], to));
}

/* Before and behind the operand along dimension d, inside along those before it, everything along
 * those behind it: so no element is written twice. */
static bool pad_constant(Emit *e, const Node *n, const int64_t *pad)
{
    const Shape *y = emit_shape(e, n->out[0]);
    Box in = inside(emit_shape(e, n->in[0]), y, pad), slab = whole(y);
    double value = ir_float(n, A_value);
    bool ok = true;

    for (uint32_t d = 0; d < y->rank; d++) {
        int64_t end = in.first[d] + in.count[d];
        slab.first[d] = 0;
        slab.count[d] = in.first[d];
        ok = fill_box(e, n->out[0], &slab, value) && ok;
        slab.first[d] = end;
        slab.count[d] = y->dim[d] - end;
        ok = fill_box(e, n->out[0], &slab, value) && ok;
        slab.first[d] = in.first[d];
        slab.count[d] = in.count[d];
    }
    return copy_inside(e, n, &in, pad) && ok;
}

/* The element of n that stands at index i: edge: the nearest; reflect: c b a b c d c b; wrap:
 * c d a b c d a b. */
static int64_t source(int64_t i, int64_t n, const char *mode)
{
    int64_t period = n > 1 ? 2 * (n - 1) : 1;

    if (!strcmp(mode, "edge"))
        return clamp(i, 0, n - 1);
    if (!strcmp(mode, "wrap"))
        return (i % n + n) % n;
    i = (i % period + period) % period;
    return i < n ? i : period - i;
}

/* pad: begin of each dimension, then end of each; negative ones crop. */
bool emit_pad(Emit *e, const Node *n)
{
    const Shape *x = emit_shape(e, n->in[0]), *y = emit_shape(e, n->out[0]);
    const int64_t *pad = ir_ints(n, A_pad, NULL);
    const char *mode = ir_word(n, A_mode);
    Remap m;

    if (!strcmp(mode, "constant"))
        return pad_constant(e, n, pad);
    remap_init(&m, e, n);
    for (uint32_t d = 0; d < y->rank; d++) {
        int64_t *from = arena_new_n(e->arena, int64_t, (size_t)y->dim[d]);
        for (int64_t i = 0; i < y->dim[d]; i++)
            from[i] = source(i - pad[d], x->dim[d], mode);
        remap_dim(&m, d, from, from, NULL);
    }
    return remap_take(&m);
}

/* ---- resize ---- */

/* The coordinates are those of the reference, ONNX's: there is one place for them. */
bool emit_resize(Emit *e, const Node *n)
{
    bool linear = !strcmp(ir_word(n, A_mode), "linear");
    Remap m;

    remap_init(&m, e, n);
    for (uint32_t d = 0; d < emit_shape(e, n->out[0])->rank; d++) {
        RefResize axis;
        ref_resize_axis(e->g, n, d, e->arena, &axis);
        remap_dim(&m, d, axis.lo, axis.hi, axis.w);
    }
    return linear ? remap_interpolate(&m) : remap_take(&m);
}
