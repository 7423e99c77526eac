/* SPDX-License-Identifier: Apache-2.0 */
/* ref_train: batch normalisation by the batch's own statistics and its gradient, activations'
 * gradients, loss, updates.  The formulas stand in ops.def; C is dimension 1. */
#include "ref/ref_impl.h"

#include <math.h>
#include <string.h>

/* x (N,C,D1..): pixel p of all, of channel c. */
typedef struct Pixels { int64_t inner, channels, count; } Pixels;

static Pixels pixels_of(const Shape *x)
{
    Pixels p = { 1, x->dim[1], 0 };

    for (uint32_t d = 2; d < x->rank; d++)
        p.inner *= x->dim[d];
    p.count = x->dim[0] * p.inner;
    return p;
}

static int64_t pixel(const Pixels *p, int64_t i, int64_t c)
{
    return (i / p->inner * p->channels + c) * p->inner + i % p->inner;
}

static int64_t part_begin(int64_t count, int64_t part, int64_t parts)
{
    return count * part / parts;
}

bool ref_bn_stats(const RefArgs *r)
{
    Pixels p = pixels_of(&r->in->shape);
    int64_t parts = ir_int(r->n, A_parts);

    for (int64_t k = 0; k < parts; k++)
        for (int64_t c = 0; c < p.channels; c++) {
            int64_t from = part_begin(p.count, k, parts), to = part_begin(p.count, k + 1, parts);
            double mean = 0, m2 = 0;

            for (int64_t i = from; i < to; i++)
                mean += ref_f(r->in, pixel(&p, i, c)) / (double)(to - from);
            for (int64_t i = from; i < to; i++)
                m2 += pow(ref_f(r->in, pixel(&p, i, c)) - mean, 2);
            ref_set_f(r->out, (2 * k) * p.channels + c, mean);
            ref_set_f(r->out, (2 * k + 1) * p.channels + c, m2);
        }
    return true;
}

/* Chan, Golub and LeVeque (1979): the mean and sum of squares of two sets from those of each. */
bool ref_bn_merge(const RefArgs *r)
{
    const Shape *s = &r->in->shape;
    int64_t count = ir_int(r->n, A_count), parts = s->dim[0], channels = s->dim[2];

    for (int64_t c = 0; c < channels; c++) {
        double n = 0, mean = 0, m2 = 0;

        for (int64_t k = 0; k < parts; k++) {
            double m = (double)(part_begin(count, k + 1, parts) - part_begin(count, k, parts));
            double d = ref_f(r->in, 2 * k * channels + c) - mean;
            if (m == 0)
                continue;
            m2 += ref_f(r->in, (2 * k + 1) * channels + c) + d * d * n * m / (n + m);
            mean += d * m / (n + m);
            n += m;
        }
        ref_set_f(&r->out[0], c, mean);
        ref_set_f(&r->out[1], c, m2 / n);
    }
    return true;
}

/* Of ranks that all have the same parts, for there is but one: moments n m and sum x^2, or sums. */
bool ref_bn_total(const RefArgs *r)
{
    const Shape *s = &r->in->shape;
    int64_t count = ir_int(r->n, A_count), channels = s->dim[2];
    double ranks = (double)ir_int(r->n, A_ranks);

    for (int64_t c = 0; c < channels; c++) {
        double first = 0, second = 0, all = (double)count * ranks;

        for (int64_t k = 0; k < s->dim[0]; k++) {
            double x = ref_f(r->in, 2 * k * channels + c);
            double n = (double)(part_begin(count, k + 1, s->dim[0])
                                - part_begin(count, k, s->dim[0]));
            if (count && n == 0)          /* a part without pixels counts for nothing */
                continue;
            first += count ? n * x : x;
            second += ref_f(r->in, (2 * k + 1) * channels + c) + n * x * x;
        }
        ref_set_f(&r->out[1], c, first *= ranks);
        ref_set_f(&r->out[1], channels + c, second *= ranks);
        ref_set_f(r->out, c, count ? first / all : first);
        ref_set_f(r->out, channels + c, count ? fmax(second - first * first / all, 0) : second);
    }
    return true;
}

bool ref_bn_factor(const RefArgs *r)
{
    for (int64_t c = 0; c < r->in->shape.dim[0]; c++)
        ref_set_f(&r->out[0], c, ref_f(&r->in[0], c)
                                 / sqrt(ref_f(&r->in[1], c) + ir_float(r->n, A_eps)));
    return true;
}

bool ref_bn_apply(const RefArgs *r)
{
    Pixels p = pixels_of(&r->in->shape);

    for (int64_t i = 0; i < p.count; i++)
        for (int64_t c = 0; c < p.channels; c++) {
            int64_t at = pixel(&p, i, c);
            ref_set_f(r->out, at, (ref_f(r->in, at) - ref_f(&r->in[1], c)) * ref_f(&r->in[2], c)
                                  + ref_f(&r->in[3], c));
        }
    return true;
}

/* ---- activations ---- */

/* Derivatives; relu to tanh from the result or the operand alike, or from the result. */
static double derivative(Op op, double z, double a, double b)
{
    double s = 1 / (1 + exp(-z));

    switch (op) {
    case OP_relu: return z > 0;
    case OP_clip: return z > a && z < b;
    case OP_leaky_relu: return z > 0 ? 1 : a;
    case OP_elu: return z < 0 ? a * exp(z) : 1;
    case OP_selu: return z > 0 ? b : b * a * exp(z);
    case OP_celu: return z < 0 ? exp(z / a) : 1;
    case OP_sigmoid: return z * (1 - z);
    case OP_tanh: return 1 - z * z;
    case OP_hard_sigmoid: return a * z + b > 0 && a * z + b < 1 ? a : 0;
    case OP_hard_swish: return z <= -3 ? 0 : z < 3 ? z / 3 + 0.5 : 1;
    case OP_silu: return s * (1 + z * (1 - s));
    default: return 0;
    }
}

double ref_through(const RefArgs *r, double dy, double z)
{
    Op op = op_by_name(ir_word(r->n, A_act));

    return op ? dy * derivative(op, z, ir_float(r->n, A_alpha), ir_float(r->n, A_beta)) : dy;
}

bool ref_act_grad(const RefArgs *r)
{
    for (int64_t i = 0; i < shape_count(&r->in->shape); i++)
        ref_set_f(r->out, i, ref_through(r, ref_f(&r->in[1], i), ref_f(&r->in[0], i)));
    return true;
}

/* ---- the gradient of batch normalisation ---- */

/* Operands 0 to 3 are x, mean, s, bias; element at of channel c.  The kernels compute y once
 * more, as their type does it, so that what is cut off is what was cut off forward. */
static double masked(const RefArgs *r, const RefTensor *dy, int64_t at, int64_t c)
{
    double d = ref_f(r->in, at) - ref_f(&r->in[1], c);
    double z = fma(r->in->dtype == DT_F32 ? (double)(float)d : d, ref_f(&r->in[2], c),
                   ref_f(&r->in[3], c));

    return ref_through(r, ref_f(dy, at), r->in->dtype == DT_F32 ? (double)(float)z : z);
}

bool ref_bn_grad_sums(const RefArgs *r)
{
    Pixels p = pixels_of(&r->in->shape);
    int64_t parts = ir_int(r->n, A_parts);

    for (int64_t k = 0; k < parts; k++)
        for (int64_t c = 0; c < p.channels; c++) {
            double g = 0, gx = 0;

            for (int64_t i = part_begin(p.count, k, parts); i < part_begin(p.count, k + 1, parts);
                 i++) {
                int64_t at = pixel(&p, i, c);
                double m = masked(r, &r->in[4], at, c);
                g += m;
                gx += m * (ref_f(r->in, at) - ref_f(&r->in[1], c));
            }
            ref_set_f(r->out, 2 * k * p.channels + c, g);
            ref_set_f(r->out, (2 * k + 1) * p.channels + c, gx);
        }
    return true;
}

/* Ioffe and Szegedy (2015), with xhat = (x - mean) k, k = 1 / sqrt(variance + eps), n pixels:
 *   dscale = sum g xhat,  dbias = sum g,  dx = s (g - dbias / n - xhat dscale / n) */
bool ref_bn_grad_fold(const RefArgs *r)
{
    int64_t channels = r->in->shape.dim[2], parts = r->in->shape.dim[0];
    double n = (double)ir_int(r->n, A_count), ranks = (double)ir_int(r->n, A_ranks);

    for (int64_t c = 0; c < channels; c++) {
        double g = 0, gx = 0, s = ref_f(&r->in[1], c);
        double k = 1 / sqrt(ref_f(&r->in[2], c) + ir_float(r->n, A_eps));

        for (int64_t i = 0; i < parts; i++) {
            g += ref_f(r->in, 2 * i * channels + c);
            gx += ref_f(r->in, (2 * i + 1) * channels + c);
        }
        ref_set_f(&r->out[0], c, gx * k / ranks);
        ref_set_f(&r->out[1], c, g / ranks);
        ref_set_f(&r->out[2], c, -s * k * k * gx / n);
        ref_set_f(&r->out[3], c, -s * g / n);
    }
    return true;
}

bool ref_bn_grad(const RefArgs *r)
{
    Pixels p = pixels_of(&r->in->shape);

    for (int64_t i = 0; i < p.count; i++)
        for (int64_t c = 0; c < p.channels; c++) {
            int64_t at = pixel(&p, i, c);
            ref_set_f(r->out, at, masked(r, &r->in[6], at, c) * ref_f(&r->in[2], c)
                + (ref_f(r->in, at) - ref_f(&r->in[1], c)) * ref_f(&r->in[4], c)
                + ref_f(&r->in[5], c));
        }
    return true;
}

/* ---- the loss ---- */

/* By the label that is given; what stands in the head of a state is 0 here. */
bool ref_cross_entropy(const RefArgs *r)
{
    int64_t rows = r->in->shape.dim[0], k = r->in->shape.dim[1];
    double loss = 0, all = (double)rows * (double)ir_int(r->n, A_ranks);

    for (int64_t i = 0; i < rows; i++) {
        int64_t label = ((const int32_t *)r->in[1].data)[i];
        double most = -INFINITY, sum = 0;

        for (int64_t c = 0; c < k; c++)
            most = fmax(most, ref_f(r->in, i * k + c));
        for (int64_t c = 0; c < k; c++)
            sum += exp(ref_f(r->in, i * k + c) - most);
        loss += label >= 0 && label < k ? log(sum) + most - ref_f(r->in, i * k + label) : 0;
        for (int64_t c = 0; c < k; c++)
            ref_set_f(&r->out[1], i * k + c, (exp(ref_f(r->in, i * k + c) - most) / sum
                                              - (c == label)) / all);
    }
    ref_set_f(r->out, 0, loss / all);
    return true;
}

/* ---- updates: what they need stands in a state, which the reference has not ---- */

#define NO_STATE(op) bool ref_##op(const RefArgs *r) { (void)r; return false; }
NO_STATE(bn_track)
NO_STATE(sgd)
NO_STATE(sgd_momentum)
NO_STATE(adam)
NO_STATE(average)
NO_STATE(assign)
NO_STATE(all_reduce)
NO_STATE(clip_factor)
