/* SPDX-License-Identifier: Apache-2.0 */
/* ref_matmul: matrix products.  Sums are double, or 128 bits for integers. */
#include "ref/ref_impl.h"
#include "ir/shape.h"

/* x (N,C), w (K,C), bias (K) or none -> (N,K) */
bool ref_dense(const RefArgs *r)
{
    const RefTensor *x = &r->in[0], *w = &r->in[1];
    int64_t n = x->shape.dim[0], c = x->shape.dim[1], k = w->shape.dim[0];

    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < k; j++) {
            double sum = r->in[2].data ? ref_f(&r->in[2], j) : 0;
            for (int64_t l = 0; l < c; l++)
                sum += ref_f(x, i * c + l) * ref_f(w, j * c + l);
            ref_set_f(r->out, i * k + j, sum);
        }
    return true;
}

/* One pair of matrices: a (m,n) at ia, b (n,k) at ib, row-major. */
typedef struct Product {
    const RefTensor *a, *b;
    RefTensor *y;
    int64_t m, n, k, ia, ib, iy;
    double *row;                        /* [k] */
} Product;

/* Row by row, and in a row one term of all sums at a time: both matrices are read in order. */
static void multiply(const Product *p)
{
    for (int64_t i = 0; i < p->m; i++) {
        for (int64_t j = 0; j < p->k; j++)
            p->row[j] = 0;
        for (int64_t l = 0; l < p->n; l++) {
            double x = ref_f(p->a, p->ia + i * p->n + l);
            for (int64_t j = 0; j < p->k; j++)
                p->row[j] += x * ref_f(p->b, p->ib + l * p->k + j);
        }
        for (int64_t j = 0; j < p->k; j++)
            ref_set_f(p->y, p->iy + i * p->k + j, p->row[j]);
    }
}

static void multiply_int(const Product *p)
{
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t j = 0; j < p->k; j++) {
            uint64_t sum = 0;               /* only the low bits are stored: it may wrap around */
            for (int64_t l = 0; l < p->n; l++)
                sum += (uint64_t)ref_i(p->a, p->ia + i * p->n + l)
                     * (uint64_t)ref_i(p->b, p->ib + l * p->k + j);
            ref_set_i(p->y, p->iy + i * p->k + j, (RefInt)sum);
        }
}

/* The matrices' part of a shape, as (rows, columns), and the rest: a vector on the left is one
 * row, on the right one column. */
static Shape stack_of(const Shape *s, bool left, int64_t *rows, int64_t *columns)
{
    Shape rest = *s;

    *rows = s->rank > 1 ? s->dim[s->rank - 2] : left ? 1 : s->dim[0];
    *columns = s->rank > 1 || left ? s->dim[s->rank - 1] : 1;
    rest.rank = s->rank > 2 ? s->rank - 2 : 0;
    return rest;
}

/* Strides, in elements, along the stack that both broadcast to. */
static void walk_stack(RefRows *w, const Shape *stack, int64_t matrix)
{
    int64_t stride[IR_MAX_RANK] = { 0 }, own[IR_MAX_RANK];
    uint32_t skip = w->s.rank - stack->rank;

    shape_strides(stack, own);
    for (uint32_t d = 0; d < stack->rank; d++)
        stride[skip + d] = stack->dim[d] == 1 ? 0 : own[d] * matrix;
    ref_rows_strided(w, stride);
}

/* numpy.matmul: (...,M,N) by (...,N,K) -> (...,M,K), a product for each place in the stack. */
bool ref_matmul(const RefArgs *r)
{
    Product p = { .a = &r->in[0], .b = &r->in[1], .y = r->out };
    Shape a = stack_of(&p.a->shape, true, &p.m, &p.n);
    Shape b = stack_of(&p.b->shape, false, &p.n, &p.k), both;
    RefRows w;

    shape_broadcast(&a, &b, &both);
    p.row = arena_new_n(r->scratch, double, (size_t)p.k);
    ref_rows(&w, &both);
    walk_stack(&w, &a, p.m * p.n);
    walk_stack(&w, &b, p.n * p.k);
    while (ref_next_row(&w))
        for (int64_t i = 0; i < w.length; i++, p.iy += p.m * p.k) {
            p.ia = w.off[0] + i * w.step[0];
            p.ib = w.off[1] + i * w.step[1];
            if (ref_is_float(p.y->dtype))
                multiply(&p);
            else
                multiply_int(&p);
        }
    return true;
}
