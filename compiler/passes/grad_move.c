/* SPDX-License-Identifier: Apache-2.0 */
/* grad_move: gradients of what moves data: elements go back to where they came from, and where an
 * element went to several places its gradients are added.
 *
 * Names: y = op(x ...), dy the gradient of the loss by y. */
#include "passes/grad.h"

#include <string.h>

/* ---- views ---- */

bool grad_reshape(Autodiff *ad, const Node *n)
{
    Shape s = *grad_shape(ad, n->in[0]);

    grad_add(ad, n->in[0], grad_reshaped(ad, n->in[0], grad_dy(ad, n), &s));
    return true;
}

/* Only numbers of one type have gradients: what was cast to whole numbers has none. */
bool grad_identity(Autodiff *ad, const Node *n)
{
    if (ir_val(ad->g, n->in[0])->dtype == ir_val(ad->g, n->out[0])->dtype)
        grad_add(ad, n->in[0], grad_dy(ad, n));
    return true;
}

bool grad_transpose(Autodiff *ad, const Node *n)
{
    uint32_t rank;
    const int64_t *perm = ir_ints(n, A_perm, &rank);
    int64_t inverse[IR_MAX_RANK];
    ValueId dy = grad_dy(ad, n);
    Attr attr;

    for (uint32_t i = 0; i < rank; i++)
        inverse[perm[i]] = i;
    attr = attr_ints(A_perm, inverse, rank);
    grad_add(ad, n->in[0], grad_node(ad, OP_transpose, n->in[0], &dy, &attr, 1));
    return true;
}

bool grad_expand(Autodiff *ad, const Node *n)
{
    grad_give(ad, n, 0, grad_dy(ad, n));
    return true;
}

/* The elements of dy from start on, of shape s, backwards in one dimension: s->rank turns none. */
static ValueId sliced(Autodiff *ad, ValueId v, ValueId dy, const int64_t *start, const Shape *s,
                      uint32_t backwards)
{
    int64_t step[IR_MAX_RANK];
    Attr attr[3];

    for (uint32_t d = 0; d < s->rank; d++)
        step[d] = d == backwards ? -1 : 1;
    attr[0] = attr_ints(A_start, start, s->rank);
    attr[1] = attr_ints(A_size, s->dim, s->rank);
    attr[2] = attr_ints(A_step, step, s->rank);
    return grad_node(ad, OP_slice, v, &dy, attr, 3);
}

/* The part of dy that lies at from, of shape s. */
static ValueId part(Autodiff *ad, ValueId v, ValueId dy, const int64_t *from, const Shape *s)
{
    return sliced(ad, v, dy, from, s, s->rank);
}

/* dy with zeros around it, or cut off where pad is negative. */
static ValueId padded(Autodiff *ad, ValueId v, ValueId dy, const int64_t *pad)
{
    uint32_t rank = grad_shape(ad, dy)->rank;
    Attr attr = attr_ints(A_pad, pad, 2 * rank);
    bool any = false;

    for (uint32_t i = 0; i < 2 * rank; i++)
        any = any || pad[i];
    return any ? grad_node(ad, OP_pad, v, &dy, &attr, 1) : dy;
}

bool grad_concat(Autodiff *ad, const Node *n)
{
    int64_t axis = ir_int(n, A_axis), from[IR_MAX_RANK] = { 0 };

    for (uint32_t k = 0; k < n->n_in; k++) {
        Shape s = *grad_shape(ad, n->in[k]);
        if (grad_needs(ad, n, k))
            grad_add(ad, n->in[k], part(ad, n->in[k], grad_dy(ad, n), from, &s));
        from[axis] += s.dim[axis];
    }
    return true;
}

/* dx of y = pad(x): what of dy lies between the pads, or with negative pads around them zeros. */
bool grad_pad(Autodiff *ad, const Node *n)
{
    Shape s = *grad_shape(ad, n->in[0]);
    const int64_t *pad = ir_ints(n, A_pad, NULL);
    int64_t back[2 * IR_MAX_RANK];
    bool cuts = false;

    for (uint32_t i = 0; i < 2 * s.rank; i++) {
        back[i] = -pad[i];
        cuts = cuts || pad[i] < 0;
    }
    if (strcmp(ir_word(n, A_mode), "constant")) {
        diag_error(ad->job->d, n->pos, "pad of mode %s has no gradient", ir_word(n, A_mode));
        return false;
    }
    grad_add(ad, n->in[0], cuts ? padded(ad, n->in[0], grad_dy(ad, n), back)
                                : part(ad, n->in[0], grad_dy(ad, n), pad, &s));
    return true;
}

/* ---- slices and splits ---- */

/* A shape as (before, the dimension, after) it. */
typedef struct Cut { int64_t before, dim, after; } Cut;

static Cut cut_at(const Shape *s, uint32_t d)
{
    Cut c = { 1, s->dim[d], 1 };

    for (uint32_t i = 0; i < d; i++)
        c.before *= s->dim[i];
    for (uint32_t i = d + 1; i < s->rank; i++)
        c.after *= s->dim[i];
    return c;
}

/* Dimension d of dy turned round. */
static ValueId turned(Autodiff *ad, ValueId v, ValueId dy, uint32_t d)
{
    Shape s = *grad_shape(ad, dy);
    int64_t start[IR_MAX_RANK] = { 0 };

    start[d] = s.dim[d] - 1;
    return sliced(ad, v, dy, start, &s, d);
}

/* Zeros behind each element of dimension d, so that elements lie step apart: (b,n,a) as (b n,1,a)
 * padded to (b n,step,a) is (b,n step,a). */
static ValueId spaced(Autodiff *ad, ValueId v, ValueId dy, uint32_t d, int64_t step)
{
    Shape s = *grad_shape(ad, dy), apart = { .rank = 3 };
    Cut c = cut_at(&s, d);
    int64_t pad[6] = { 0, 0, 0, 0, step - 1, 0 };

    apart.dim[0] = c.before * c.dim;
    apart.dim[1] = 1;
    apart.dim[2] = c.after;
    s.dim[d] *= step;
    return grad_reshaped(ad, v, padded(ad, v, grad_reshaped(ad, v, dy, &apart), pad), &s);
}

/* dy where the slice was, zeros around and between it. */
bool grad_slice(Autodiff *ad, const Node *n)
{
    Shape x = *grad_shape(ad, n->in[0]);
    const int64_t *start = ir_ints(n, A_start, NULL), *step = ir_ints(n, A_step, NULL);
    ValueId dy = grad_dy(ad, n);
    int64_t pad[2 * IR_MAX_RANK];

    for (uint32_t d = 0; d < x.rank; d++) {
        int64_t count = grad_shape(ad, dy)->dim[d], by = step[d] < 0 ? -step[d] : step[d];

        pad[d] = step[d] < 0 ? start[d] - (count - 1) * by : start[d];
        if (count < 2)
            by = 1;
        if (step[d] < 0 && count > 1)
            dy = turned(ad, n->in[0], dy, d);
        if (by > 1)
            dy = spaced(ad, n->in[0], dy, d, by);
        pad[x.rank + d] = x.dim[d] - count * by - pad[d];
    }
    grad_add(ad, n->in[0], padded(ad, n->in[0], dy, pad));
    return true;
}

/* Zeros of the shape of v. */
static ValueId zeros(Autodiff *ad, ValueId v)
{
    Shape s = *grad_shape(ad, v);
    Attr shape = attr_ints(A_shape, s.dim, s.rank);
    ValueId zero = ir_const_f32(ad->g, "zero", 0);

    return grad_node(ad, OP_expand, v, &zero, &shape, 1);
}

/* Parts that nobody reads count as zeros. */
bool grad_split(Autodiff *ad, const Node *n)
{
    Attr axis = *ir_attr(n, A_axis);
    ValueId *in = arena_new_n(ad->g->arena, ValueId, n->n_out);
    NodeSpec spec = { .op = OP_concat, .in = in, .n_in = n->n_out, .attr = &axis, .n_attr = 1,
                      .pos = n->pos };

    for (uint32_t k = 0; k < n->n_out; k++)
        in[k] = ad->grad[n->out[k].id].id ? ad->grad[n->out[k].id] : zeros(ad, n->out[k]);
    grad_add(ad, n->in[0], ir_add1(ad->g, arena_printf(ad->g->arena, "%s.delta",
                                   ir_val(ad->g, n->in[0])->name), &spec, ad->job->d));
    return true;
}

/* (b,r d,a) as (b,r,d,a) summed over r, for each dimension d that comes r times. */
bool grad_tile(Autodiff *ad, const Node *n)
{
    Shape s = *grad_shape(ad, n->out[0]);
    const int64_t *repeats = ir_ints(n, A_repeats, NULL);
    const Attr sum[2] = { attr_ints(A_axes, (const int64_t[]){ 1 }, 1), attr_int(A_keep, 0) };
    ValueId dy = grad_dy(ad, n);

    for (uint32_t d = 0; d < s.rank; d++) {
        Cut c = cut_at(&s, d);
        Shape four = { 4, { c.before, repeats[d], c.dim, c.after } };

        if (repeats[d] < 2)
            continue;
        four.dim[2] /= repeats[d];
        dy = grad_reshaped(ad, n->in[0], dy, &four);
        dy = grad_node(ad, OP_reduce_sum, n->in[0], &dy, sum, 2);
        s.dim[d] = four.dim[2];
        dy = grad_reshaped(ad, n->in[0], dy, &s);
    }
    grad_add(ad, n->in[0], dy);
    return true;
}
