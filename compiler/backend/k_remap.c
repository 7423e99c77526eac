/* SPDX-License-Identifier: Apache-2.0 */
/* k_remap: results whose every index is, dimension by dimension, that of an element of the operand:
 * resize, tile, pad other than with a constant.
 *
 * Where the operand's index is a straight line of the result's, a dimension is an ordinary loop;
 * where it is not, the steps in the operand come from a table among the weights. */
#include "backend/remap.h"

#include <string.h>

/* Is from[i] = from[0] + i * by for all i? */
static bool is_line(const int64_t *from, int64_t n, int64_t *by)
{
    *by = n > 1 ? from[1] - from[0] : 0;
    for (int64_t i = 2; i < n; i++)
        if (from[i] - from[i - 1] != *by)
            return false;
    return true;
}

/* entries counts up to what the tables can hold at most, then from 0 on what they do hold. */
void remap_init(Remap *m, Emit *e, const Node *n)
{
    memset(m, 0, sizeof *m);
    m->e = e;
    m->n = n;
    nest_init(&m->lines, 2);
    for (uint32_t d = 0; d < emit_shape(e, n->out[0])->rank; d++)
        m->entries += emit_shape(e, n->out[0])->dim[d];
    m->lo = arena_new_n(e->arena, int64_t, (size_t)m->entries);
    m->hi = arena_new_n(e->arena, int64_t, (size_t)m->entries);
    m->w = arena_new_n(e->arena, double, (size_t)m->entries);
    m->entries = 0;
}

/* Does every result meet an element exactly? */
static bool all_zero(const double *w, int64_t n)
{
    for (int64_t i = 0; w && i < n; i++)
        if (w[i] != 0)
            return false;
    return true;
}

/* A weight of 0 must not let an infinite neighbour in (0 * inf is NaN): both are then the same. */
void remap_dim(Remap *m, uint32_t d, const int64_t *lo, const int64_t *hi, const double *w)
{
    int64_t n = emit_shape(m->e, m->n->out[0])->dim[d], by;
    int64_t x = emit_place(m->e, m->n->in[0])->stride[d];
    int64_t y = emit_place(m->e, m->n->out[0])->stride[d];

    if (all_zero(w, n) && is_line(lo, n, &by)) {
        m->offset += lo[0] * x;
        nest_add(&m->lines, n, (int64_t[]){ y, by * x });
        return;
    }
    m->dim[m->rank] = n;
    m->y[m->rank] = y;
    m->first[m->rank++] = m->entries;
    for (int64_t i = 0; i < n; i++, m->entries++) {
        m->lo[m->entries] = lo[i] * x;
        m->w[m->entries] = w ? w[i] : 0;
        m->hi[m->entries] = (m->w[m->entries] != 0 ? hi[i] : lo[i]) * x;
    }
}

/* ---- tables ---- */

/* Half the bytes, nearly always. */
static bool fits_i32(const Remap *m)
{
    for (int64_t i = 0; i < m->entries; i++)
        if (m->lo[i] != (int32_t)m->lo[i] || m->hi[i] != (int32_t)m->hi[i])
            return false;
    return true;
}

/* Tables as weights; C pointer expressions. */
static const char *put_steps(const Remap *m, const int64_t *steps, DType t, const char *what)
{
    int32_t *narrow = arena_new_n(m->e->arena, int32_t, (size_t)m->entries);

    for (int64_t i = 0; i < m->entries; i++)
        narrow[i] = (int32_t)steps[i];
    return emit_weights(m->e, t, t == DT_I32 ? (const void *)narrow : steps, m->entries, what);
}

/* t is f32 or f64: the type that is interpolated in. */
static const char *put_weights(const Remap *m, DType t)
{
    float *narrow = arena_new_n(m->e->arena, float, (size_t)m->entries);

    for (int64_t i = 0; i < m->entries; i++)
        narrow[i] = (float)m->w[i];
    return emit_weights(m->e, t, t == DT_F32 ? (const void *)narrow : m->w, m->entries,
                        "weights of the second neighbours");
}

/* Dimensions with tables are loops outside, straight lines loops inside, where lanes may be. */
static void set_vars(Remap *m, DType index, TmplVars *v)
{
    nest_simplify(&m->lines);
    nest_vars(&m->lines, v, (const char *[]){ "Y", "X" });
    tmpl_int(v, "TRANK", m->rank);
    tmpl_ints(v, "TDIM", m->dim, m->rank);
    tmpl_ints(v, "TFIRST", m->first, m->rank);
    tmpl_ints(v, "TY", m->y, m->rank);
    tmpl_word(v, "T", emit_type(m->e, m->n->in[0]));
    tmpl_word(v, "TI", dtype_info[index].c);
}

/* Without a table it is a copy. */
bool remap_take(Remap *m)
{
    DType index = fits_i32(m) ? DT_I32 : DT_I64;
    TmplVars *v = tmpl_vars(m->e->arena);
    const char *fn, *x = emit_in_at(m->e, m->n->in[0], m->offset);

    if (!m->rank) {
        nest_simplify(&m->lines);
        return emit_nest_copy(m->e, &m->lines, ir_val(m->e->g, m->n->in[0])->dtype, x,
                              emit_out(m->e, m->n->out[0]));
    }
    set_vars(m, index, v);
    fn = emit_function(m->e, "remap.c.t", op_info[m->n->op].name, v);
    if (fn)
        emit_call_parts(m->e, fn, (const char *[]){ x, put_steps(m, m->lo, index, "steps"),
                                              emit_out(m->e, m->n->out[0]) }, 3);
    return fn != NULL;
}

/* With tables for r dimensions, 2^r neighbours: corner number c has the second one in dimension d
 * where bit[d] is set.  They are interpolated dimension by dimension, the first one first. */
bool remap_interpolate(Remap *m)
{
    DType index = fits_i32(m) ? DT_I32 : DT_I64, t = ir_val(m->e->g, m->n->in[0])->dtype;
    TmplVars *v = tmpl_vars(m->e->arena);
    const char *fn, *args[5];
    int64_t bit[IR_MAX_RANK];

    if (!m->rank)
        return remap_take(m);
    set_vars(m, index, v);
    for (uint32_t d = 0; d < m->rank; d++)
        bit[d] = (int64_t)1 << (m->rank - 1 - d);
    tmpl_ints(v, "BIT", bit, m->rank);
    tmpl_int(v, "CORNERS", (int64_t)1 << m->rank);
    tmpl_int(v, "VECTOR", t == DT_F32 && !m->e->plain && nest_is_vector(&m->lines)
                          && m->lines.step[1][m->lines.rank - 1] == 1);
    fn = emit_function(m->e, "resize.c.t", op_info[m->n->op].name, v);
    args[0] = emit_in_at(m->e, m->n->in[0], m->offset);
    args[1] = put_steps(m, m->lo, index, "first neighbours");
    args[2] = put_steps(m, m->hi, index, "second neighbours");
    args[3] = put_weights(m, t);
    args[4] = emit_out(m->e, m->n->out[0]);
    if (fn)
        emit_call_parts(m->e, fn, args, 5);
    return fn != NULL;
}
