/* SPDX-License-Identifier: Apache-2.0 */
/* plan: arithmetic on strides. */
#include "ir/plan.h"

#include <string.h>
#include "ir/shape.h"

/* The layout of inputs, outputs and constants: (N,C,H,W) with W innermost. */
void plan_row_major(const Shape *s, int64_t stride[IR_MAX_RANK])
{
    shape_strides(s, stride);
}

/* (N,C,D1..Dn) stored as N,D1..Dn,C: the channels of a pixel lie side by side.  Rank 2 or more. */
void plan_channels_last(const Shape *s, int64_t stride[IR_MAX_RANK])
{
    int64_t n = s->dim[1];

    stride[1] = 1;
    for (uint32_t i = s->rank; i-- > 2;) {
        stride[i] = n;
        n *= s->dim[i];
    }
    stride[0] = n;
}

/* The step of a dimension of 1 is never taken, so it may be anything. */
bool plan_same_strides(const Shape *s, const int64_t *a, const int64_t *b)
{
    for (uint32_t i = 0; i < s->rank; i++)
        if (s->dim[i] > 1 && a[i] != b[i])
            return false;
    return true;
}

/* In effect: see plan_same_strides. */
bool plan_is_row_major(const Shape *s, const int64_t *stride)
{
    int64_t dense[IR_MAX_RANK];

    plan_row_major(s, dense);
    return plan_same_strides(s, stride, dense);
}

/* Without spatial dimensions there is no difference to row-major. */
bool plan_is_channels_last(const Shape *s, const int64_t *stride)
{
    int64_t dense[IR_MAX_RANK];

    if (s->rank < 3)
        return false;
    plan_channels_last(s, dense);
    return plan_same_strides(s, stride, dense);
}

/* Dimensions of 1 dropped, neighbours merged that lie one inside the other. */
static uint32_t merged(const Shape *s, const int64_t *stride, int64_t *dim, int64_t *step)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->rank; i++) {
        if (s->dim[i] == 1)
            continue;
        if (n && step[n - 1] == s->dim[i] * stride[i]) {
            dim[n - 1] *= s->dim[i];
            step[n - 1] = stride[i];
        } else {
            dim[n] = s->dim[i];
            step[n++] = stride[i];
        }
    }
    return n;
}

/* Each merged run of the operand must be used up by whole dimensions of the result. */
bool plan_reshape(const Shape *from, const int64_t *stride, const Shape *to,
                  int64_t out[IR_MAX_RANK])
{
    int64_t dim[IR_MAX_RANK], step[IR_MAX_RANK], left = 1, inner = 1;
    uint32_t n = merged(from, stride, dim, step);

    if (shape_count(from) == 0) {
        plan_row_major(to, out);
        return true;
    }
    for (uint32_t i = to->rank; i-- > 0;) {
        if (to->dim[i] == 1) {
            out[i] = inner;
            continue;
        }
        if (left == 1) {
            if (n == 0)
                return false;
            left = dim[--n];
            inner = step[n];
        }
        if (left % to->dim[i])
            return false;
        out[i] = inner;
        inner *= to->dim[i];
        left /= to->dim[i];
    }
    return true;
}

/* By halves: bands do not overlap. */
const Band *plan_band(const Plan *p, uint32_t i)
{
    uint32_t low = 0, high = p->n_band;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (p->band[middle].last < i)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->n_band && p->band[low].first <= i ? &p->band[low] : NULL;
}

int64_t plan_panels_count(const Shape *w)
{
    int64_t k = (w->dim[0] + PANEL_ROUND - 1) / PANEL_ROUND * PANEL_ROUND;

    return w->dim[0] ? shape_count(w) / w->dim[0] * k : 0;
}

void plan_taps_outside(const Shape *w, bool inputs_inside, int64_t stride[IR_MAX_RANK])
{
    int64_t inner = w->dim[0] * w->dim[1];

    memset(stride, 0, IR_MAX_RANK * sizeof *stride);
    stride[0] = inputs_inside ? w->dim[1] : 1;
    stride[1] = inputs_inside ? 1 : w->dim[0];
    for (uint32_t d = w->rank; d-- > 2; inner *= w->dim[d])
        stride[d] = inner;
}

enum { SUM_PARTS = 16, FEW_SUMS = 4 };

/* Of each channel over all pixels, which lie one behind the other. */
static bool sums_pixels(const Graph *g, const Plan *p, const Node *n)
{
    const Value *x = ir_val(g, n->in[0]);
    const int64_t *stride = p->place[n->in[0].id].stride;
    uint32_t count;
    const int64_t *axes;

    if (n->op != OP_reduce_sum || x->dtype != DT_F32 || x->shape.rank < 2)
        return false;
    axes = ir_ints(n, A_axes, &count);
    if (count != x->shape.rank - 1)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (axes[i] == 1)
            return false;
    return x->shape.rank > 2 ? plan_is_channels_last(&x->shape, stride)
                             : plan_is_row_major(&x->shape, stride);
}

int64_t plan_sum_parts(const Graph *g, const Plan *p, const Node *n)
{
    const Place *y = &p->place[n->out[0].id];
    int64_t read = 0;

    if (y->kind != PLACE_ARENA || y->owner.id != n->out[0].id
        || (n->op != OP_conv_grad && !sums_pixels(g, p, n)))
        return 1;
    for (uint32_t k = 0; k < n->n_in; k++)
        read += shape_count(&ir_val(g, n->in[k])->shape);
    return shape_count(&ir_val(g, n->out[0])->shape) < read / FEW_SUMS / SUM_PARTS ? SUM_PARTS : 1;
}

/* A view needs no code: all its results lie in the operand's buffer. */
bool plan_is_view(const Plan *p, const Node *n)
{
    if (!(op_info[n->op].flags & VIEW))
        return false;
    for (uint32_t i = 0; i < n->n_out; i++)
        if (p->place[n->out[i].id].owner.id != p->place[n->in[0].id].owner.id)
            return false;
    return true;
}
