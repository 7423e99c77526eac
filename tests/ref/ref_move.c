/* SPDX-License-Identifier: Apache-2.0 */
/* ref_move: data movement, for elements of any type.
 *
 * Most of these ops compute a source coordinate per dimension, independently of the others.  So
 * each makes one table per dimension of its result: map[d][i] is the way, in elements of x, to
 * index i of dimension d, or OUTSIDE; the element's place in x is the sum over d.
 */
#include "ref/ref_impl.h"
#include "ir/shape.h"

#include <string.h>

enum { OUTSIDE = -1 };

typedef struct Maps {
    int64_t *map[IR_MAX_RANK];
} Maps;

/* Zero everywhere: a dimension that is not filled in repeats what is at its start. */
static Maps new_maps(Arena *a, const Shape *s)
{
    Maps m = { { NULL } };

    for (uint32_t d = 0; d < s->rank; d++)
        m.map[d] = arena_new_n(a, int64_t, (size_t)s->dim[d]);
    return m;
}

/* Where the row that begins at index at begins in x, or OUTSIDE. */
static int64_t row_base(const Maps *m, const RefRows *w)
{
    int64_t base = 0;

    for (uint32_t d = 0; d + 1 < w->s.rank; d++) {
        if (m->map[d][w->at[d]] == OUTSIDE)
            return OUTSIDE;
        base += m->map[d][w->at[d]];
    }
    return base;
}

/* y, seen in the shape s, gets the elements of x that the maps say, or fill where there is none. */
static bool copy_mapped(const RefTensor *x, RefTensor *y, const Shape *s, const Maps *m,
                        const void *fill)
{
    const int64_t nowhere[1] = { 0 };       /* the map of the one element of a scalar */
    size_t size = dtype_info[y->dtype].size;
    const int64_t *last = s->rank ? m->map[s->rank - 1] : nowhere;
    char *to = y->data;
    RefRows w;

    ref_rows(&w, s);
    while (ref_next_row(&w)) {
        int64_t base = row_base(m, &w);
        for (int64_t i = 0; i < w.length; i++, to += size)
            if (base == OUTSIDE || last[i] == OUTSIDE)
                memcpy(to, fill, size);
            else
                memcpy(to, ref_at(x, base + last[i]), size);
    }
    return true;
}

/* Row-major before and after: the bytes are the same. */
static bool copy_all(const RefArgs *r)
{
    memcpy(r->out->data, r->in->data,
           (size_t)shape_count(&r->out->shape) * dtype_info[r->out->dtype].size);
    return true;
}

bool ref_identity(const RefArgs *r)
{
    return copy_all(r);
}

bool ref_reshape(const RefArgs *r)
{
    return copy_all(r);
}

/* y[i0, i1 ...] = x at the index whose component perm[d] is i_d */
bool ref_transpose(const RefArgs *r)
{
    const Shape *y = &r->out->shape;
    const int64_t *perm = ir_ints(r->n, A_perm, NULL);
    int64_t stride[IR_MAX_RANK];
    Maps m = new_maps(r->scratch, y);

    shape_strides(&r->in->shape, stride);
    for (uint32_t d = 0; d < y->rank; d++)
        for (int64_t i = 0; i < y->dim[d]; i++)
            m.map[d][i] = i * stride[perm[d]];
    return copy_mapped(r->in, r->out, y, &m, NULL);
}

/* y[i] = x[start + i step], in each dimension */
bool ref_slice(const RefArgs *r)
{
    const Shape *y = &r->out->shape;
    const int64_t *start = ir_ints(r->n, A_start, NULL), *step = ir_ints(r->n, A_step, NULL);
    int64_t stride[IR_MAX_RANK];
    Maps m = new_maps(r->scratch, y);

    shape_strides(&r->in->shape, stride);
    for (uint32_t d = 0; d < y->rank; d++)
        for (int64_t i = 0; i < y->dim[d]; i++)
            m.map[d][i] = (start[d] + i * step[d]) * stride[d];
    return copy_mapped(r->in, r->out, y, &m, NULL);
}

/* Each result goes on along axis where the one before it ended. */
bool ref_split(const RefArgs *r)
{
    int64_t axis = ir_int(r->n, A_axis), stride[IR_MAX_RANK], first = 0;

    shape_strides(&r->in->shape, stride);
    for (uint32_t k = 0; k < r->n->n_out; k++) {
        const Shape *y = &r->out[k].shape;
        Maps m = new_maps(r->scratch, y);
        for (uint32_t d = 0; d < y->rank; d++)
            for (int64_t i = 0; i < y->dim[d]; i++)
                m.map[d][i] = (i + (d == axis ? first : 0)) * stride[d];
        copy_mapped(r->in, &r->out[k], y, &m, NULL);
        first += y->dim[axis];
    }
    return true;
}

/* The result's index modulo the operand's dimension: tile, and expand, where it is 1. */
static bool repeat(const RefArgs *r)
{
    const Shape *x = &r->in->shape, *y = &r->out->shape;
    uint32_t skip = y->rank - x->rank;
    int64_t stride[IR_MAX_RANK];
    Maps m = new_maps(r->scratch, y);

    shape_strides(x, stride);
    for (uint32_t d = skip; d < y->rank; d++)
        for (int64_t i = 0; i < y->dim[d]; i++)
            m.map[d][i] = i % x->dim[d - skip] * stride[d - skip];
    return copy_mapped(r->in, r->out, y, &m, NULL);
}

bool ref_expand(const RefArgs *r)
{
    return repeat(r);
}

bool ref_tile(const RefArgs *r)
{
    return repeat(r);
}

/* The index in [0, n) that stands at index i of a padded dimension, by the mode's first letter:
 *   constant: none;  edge: the nearest;  reflect: c b a b c d c b;  wrap: c d a b c d a b */
static int64_t padded_index(int64_t i, int64_t n, char mode)
{
    int64_t period = n > 1 ? 2 * (n - 1) : 1;

    if (i >= 0 && i < n)
        return i;
    switch (mode) {
    case 'e':
        return i < 0 ? 0 : n - 1;
    case 'r':
        i = (i % period + period) % period;
        return i < n ? i : period - i;
    case 'w':
        return (i % n + n) % n;
    default:
        return OUTSIDE;
    }
}

/* y[i] = x[i - pad], in each dimension; a negative pad crops.  value counts only for constant. */
bool ref_pad(const RefArgs *r)
{
    const Shape *x = &r->in->shape, *y = &r->out->shape;
    const int64_t *pad = ir_ints(r->n, A_pad, NULL);
    char mode = ir_word(r->n, A_mode)[0];
    int64_t stride[IR_MAX_RANK];
    uint64_t fill = 0;                      /* room for one element of any type */
    RefTensor one = { .dtype = r->out->dtype, .data = &fill };
    Maps m = new_maps(r->scratch, y);

    ref_set_f(&one, 0, ir_float(r->n, A_value));
    shape_strides(x, stride);
    for (uint32_t d = 0; d < y->rank; d++)
        for (int64_t i = 0; i < y->dim[d]; i++) {
            int64_t from = padded_index(i - pad[d], x->dim[d], mode);
            m.map[d][i] = from == OUTSIDE ? OUTSIDE : from * stride[d];
        }
    return copy_mapped(r->in, r->out, y, &m, &fill);
}

/* x (outer, n, inner), indices (k) -> (outer, k, inner); false for an index outside [-n, n). */
bool ref_gather(const RefArgs *r)
{
    const Shape *x = &r->in->shape;
    int64_t axis = ir_int(r->n, A_axis), n = x->dim[axis], k = shape_count(&r->in[1].shape);
    Shape y = { 3, { 1, k, 1 } };
    Maps m;

    for (uint32_t d = 0; d < x->rank; d++)
        if (d != axis)
            y.dim[d < axis ? 0 : 2] *= x->dim[d];
    m = new_maps(r->scratch, &y);
    for (int64_t i = 0; i < y.dim[0]; i++)
        m.map[0][i] = i * n * y.dim[2];
    for (int64_t i = 0; i < k; i++) {
        int64_t index = (int64_t)ref_i(&r->in[1], i);
        if (index < -n || index >= n)
            return false;
        m.map[1][i] = (index < 0 ? index + n : index) * y.dim[2];
    }
    for (int64_t i = 0; i < y.dim[2]; i++)
        m.map[2][i] = i;
    return copy_mapped(r->in, r->out, &y, &m, NULL);
}

/* Each operand is a run of bytes in each outer step of the result. */
bool ref_concat(const RefArgs *r)
{
    const Shape *y = &r->out->shape;
    int64_t axis = ir_int(r->n, A_axis), outer = 1;
    char *to = r->out->data;

    for (int64_t d = 0; d < axis; d++)
        outer *= y->dim[d];
    for (int64_t o = 0; o < outer; o++)
        for (uint32_t k = 0; k < r->n->n_in; k++) {
            const RefTensor *x = &r->in[k];
            size_t run = (size_t)(shape_count(&x->shape) / outer) * dtype_info[x->dtype].size;
            memcpy(to, (const char *)x->data + (size_t)o * run, run);
            to += run;
        }
    return true;
}
