/* SPDX-License-Identifier: Apache-2.0 */
/* grad_norm: gradients of layer_norm, instance_norm and lrn, made of reductions and arithmetic.
 *
 *   h = (x - mean) r, r = 1 / sqrt(var + eps), y = h scale + bias; g = dy scale:
 *   dx = r (g - mean g - h mean(g h)),  dscale = sum of dy h,  dbias = sum of dy
 *
 * means over the dimensions that are normalised (Ba, Kiros, Hinton 2016). */
#include "passes/grad.h"

/* One norm on the way: what its new nodes are called after, and over what it goes. */
typedef struct Norm {
    Autodiff *ad;
    ValueId v;
    Attr over[2];                /* of its means: axes, keep */
} Norm;

static ValueId two(const Norm *m, Op op, ValueId a, ValueId b)
{
    return grad_node(m->ad, op, m->v, (ValueId[]){ a, b }, NULL, 0);
}

static ValueId mean(const Norm *m, ValueId x)
{
    return grad_node(m->ad, OP_reduce_mean, m->v, &x, m->over, 2);
}

/* From x: r and h. */
static ValueId normalised(const Norm *m, const Node *n, ValueId *r)
{
    ValueId c = two(m, OP_sub, n->in[0], mean(m, n->in[0]));
    ValueId eps = ir_const_f32(m->ad->g, "eps", (float)ir_float(n, A_eps));
    ValueId s = two(m, OP_add, mean(m, two(m, OP_mul, c, c)), eps);

    s = grad_node(m->ad, OP_sqrt, m->v, &s, NULL, 0);
    *r = grad_node(m->ad, OP_reciprocal, m->v, &s, NULL, 0);
    return two(m, OP_mul, c, *r);
}

/* Scale and bias of an instance_norm are (C), and lie along dimension 1: as (C,1..). */
static Shape lying(const Autodiff *ad, const Node *n, uint32_t k)
{
    Shape s = *grad_shape(ad, n->in[k]);

    if (n->op == OP_instance_norm)
        for (s.rank = 1; s.rank + 1 < grad_shape(ad, n->in[0])->rank; s.rank++)
            s.dim[s.rank] = 1;
    return s;
}

/* The gradient of scale or bias, of which each element of dv is a part. */
static void give_vector(Autodiff *ad, const Node *n, uint32_t k, ValueId dv)
{
    Shape s = lying(ad, n, k), own = *grad_shape(ad, n->in[k]);

    dv = grad_unbroadcast(ad, n->in[k], dv, &s);
    grad_add(ad, n->in[k], grad_reshaped(ad, n->in[k], dv, &own));
}

bool grad_norm(Autodiff *ad, const Node *n)
{
    Norm m = { .ad = ad, .v = n->in[0] };
    int64_t axes[IR_MAX_RANK];
    uint32_t rank = grad_shape(ad, n->in[0])->rank, count = 0;
    uint32_t first = n->op == OP_layer_norm ? (uint32_t)ir_int(n, A_axis) : 2;
    ValueId dy = grad_dy(ad, n), h, r, g, gh;
    Shape s = lying(ad, n, 1);

    while (first + count < rank) {
        axes[count] = first + count;
        count++;
    }
    m.over[0] = attr_ints(A_axes, axes, count);
    m.over[1] = attr_int(A_keep, 1);
    h = normalised(&m, n, &r);
    if (grad_needs(ad, n, 0)) {
        g = two(&m, OP_mul, dy, grad_reshaped(ad, m.v, n->in[1], &s));
        gh = mean(&m, two(&m, OP_mul, g, h));
        g = two(&m, OP_sub, two(&m, OP_sub, g, mean(&m, g)), two(&m, OP_mul, h, gh));
        grad_add(ad, n->in[0], two(&m, OP_mul, r, g));
    }
    if (grad_needs(ad, n, 1))
        give_vector(ad, n, 1, two(&m, OP_mul, dy, h));
    if (grad_needs(ad, n, 2))
        give_vector(ad, n, 2, dy);
    return true;
}

/* ---- local response normalisation (Krizhevsky, Sutskever, Hinton 2012) ---- */

/* The mean over a window of size channels, of which before lie before each one; what is outside
 * counts as 0.  A pooling of (N,1,C,rest). */
static ValueId window(const Norm *m, ValueId x, int64_t size, int64_t before)
{
    Shape s = *grad_shape(m->ad, x), flat = { 4, { s.dim[0], 1, s.dim[1], 1 } };
    const Attr attr[3] = { attr_ints(A_kernel, (const int64_t[]){ size, 1 }, 2),
                           attr_ints(A_pad, (const int64_t[]){ before, 0, size - 1 - before, 0 },
                                     4),
                           attr_int(A_count_pad, 1) };

    for (uint32_t d = 2; d < s.rank; d++)
        flat.dim[3] *= s.dim[d];
    x = grad_reshaped(m->ad, m->v, x, &flat);
    x = grad_node(m->ad, OP_avg_pool, m->v, &x, attr, 3);
    return grad_reshaped(m->ad, m->v, x, &s);
}

/* y = x p, p = s^-beta, s = bias + alpha window(x^2):
 * dx = dy p - 2 alpha beta x window'(dy x p / s), with the window turned round. */
bool grad_lrn(Autodiff *ad, const Node *n)
{
    const Norm m = { .ad = ad, .v = n->in[0] };
    int64_t size = ir_int(n, A_size), before = (size - 1) / 2;
    double alpha = ir_float(n, A_alpha), beta = ir_float(n, A_beta);
    ValueId x = n->in[0], s = window(&m, two(&m, OP_mul, x, x), size, before), p, t;

    s = two(&m, OP_mul, s, ir_const_f32(ad->g, "alpha", (float)alpha));
    s = two(&m, OP_add, s, ir_const_f32(ad->g, "bias", (float)ir_float(n, A_bias)));
    p = two(&m, OP_pow, s, ir_const_f32(ad->g, "power", (float)-beta));
    p = two(&m, OP_mul, grad_dy(ad, n), p);
    t = window(&m, two(&m, OP_div, two(&m, OP_mul, p, x), s), size, size - 1 - before);
    t = two(&m, OP_mul, two(&m, OP_mul, x, t),
            ir_const_f32(ad->g, "factor", (float)(2 * alpha * beta)));
    grad_add(ad, x, two(&m, OP_sub, p, t));
    return true;
}
