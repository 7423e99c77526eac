/* SPDX-License-Identifier: Apache-2.0 */
/* ref_pool: pooling of x (N,C,D1..Dn), n = 1 to 3.  Elements outside the input do not take part in
 * a maximum, and in a mean only when count_pad is set, as zeros. */
#include "ref/ref_impl.h"

#include <string.h>

/* The part of a window at one output that lies inside the input: its elements in each dimension. */
typedef struct Span {
    int64_t first[3], step[3], n[3];
} Span;

/* Windows begin at o stride - begin; taps are dilation apart. */
static Span inside(const RefWindow *w, const int64_t o[3])
{
    Span s;

    for (int d = 0; d < 3; d++) {
        int64_t at = o[d] * w->stride[d] - w->begin[d], step = w->dilation[d];
        int64_t skip = at < 0 ? (-at + step - 1) / step : 0;        /* taps before the input */
        int64_t taps = at < w->in[d] ? (w->in[d] - 1 - at) / step + 1 : 0;
        if (taps > w->kernel[d])
            taps = w->kernel[d];
        s.first[d] = at + skip * step;
        s.step[d] = step;
        s.n[d] = taps > skip ? taps - skip : 0;
    }
    return s;
}

/* What is known of the window that is being looked at. */
typedef struct Pool {
    const RefTensor *x;
    RefWindow w;
    int64_t best;                 /* element number, -1: none yet */
    double sum;
    int64_t count;
} Pool;
typedef void PoolFn(Pool *p, int64_t e);

/* Calls one(p, e) for each element of a span, e its number in x; x0: where the plane begins. */
static void each(Pool *p, const Span *s, int64_t x0, PoolFn *one)
{
    const int64_t *in = p->w.in;

    for (int64_t z = 0; z < s->n[0]; z++)
        for (int64_t y = 0; y < s->n[1]; y++) {
            int64_t row = x0 + ((s->first[0] + z * s->step[0]) * in[1]
                                + s->first[1] + y * s->step[1]) * in[2] + s->first[2];
            for (int64_t x = 0; x < s->n[2]; x++)
                one(p, row + x * s->step[2]);
        }
}

static void take_max(Pool *p, int64_t e)
{
    if (p->best < 0 || ref_beats(p->x, e, p->best, 1))
        p->best = e;
}

static void take_sum(Pool *p, int64_t e)
{
    p->sum += ref_f(p->x, e);
    p->count++;
}

/* How many taps of the window at o are inside the input and its pads.  A window that is there only
 * because the size was rounded up reaches beyond them. */
static int64_t padded_count(const RefWindow *w, const int64_t o[3])
{
    int64_t n = 1;

    for (int d = 0; d < 3; d++) {
        int64_t room = w->in[d] + w->end[d] - (o[d] * w->stride[d] - w->begin[d]);
        int64_t taps = (room + w->dilation[d] - 1) / w->dilation[d];
        n *= taps < w->kernel[d] ? taps : w->kernel[d];
    }
    return n;
}

/* Output number at: the window at o over the plane at x0. */
typedef void PoolOut(const RefArgs *r, Pool *p, const int64_t o[3], int64_t x0, int64_t at);

/* The element itself is copied: exact for all types.  A dilated window may step over a small input
 * and hold nothing. */
static void max_out(const RefArgs *r, Pool *p, const int64_t o[3], int64_t x0, int64_t at)
{
    Span s = inside(&p->w, o);

    p->best = -1;
    each(p, &s, x0, take_max);
    if (p->best < 0)
        ref_set_worst(r->out, at, 1);
    else
        memcpy(ref_at(r->out, at), ref_at(r->in, p->best), dtype_info[r->out->dtype].size);
}

/* The sum over what is inside, divided by that many or, with count_pad, by the taps in the pads
 * too; 0 when there are none. */
static void mean_out(const RefArgs *r, Pool *p, const int64_t o[3], int64_t x0, int64_t at)
{
    Span s = inside(&p->w, o);

    p->sum = 0;
    p->count = 0;
    each(p, &s, x0, take_sum);
    if (ir_int(r->n, A_count_pad))
        p->count = padded_count(&p->w, o);
    ref_set_f(r->out, at, p->count ? p->sum / (double)p->count : 0);
}

/* x (N,C,D1..Dn) -> y (N,C,O1..On), each plane by itself. */
static bool pool(const RefArgs *r, PoolOut *out)
{
    const Shape *x = &r->in->shape;
    Pool p = { .x = r->in };
    const int64_t *n = p.w.out, *in = p.w.in;
    int64_t at = 0, planes = x->dim[0] * x->dim[1];

    ref_window(r->n, x, &r->out->shape, ir_ints(r->n, A_kernel, NULL), &p.w);
    for (int64_t c = 0; c < planes; c++)
        for (int64_t z = 0; z < n[0]; z++)
            for (int64_t y = 0; y < n[1]; y++)
                for (int64_t i = 0; i < n[2]; i++)
                    out(r, &p, (int64_t[]){ z, y, i }, c * in[0] * in[1] * in[2], at++);
    return true;
}

bool ref_max_pool(const RefArgs *r)
{
    return pool(r, max_out);
}

bool ref_avg_pool(const RefArgs *r)
{
    return pool(r, mean_out);
}
