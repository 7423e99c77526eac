/* SPDX-License-Identifier: Apache-2.0 */
/* k_reduce: sums, means, extremes over some dimensions.
 *
 * Two nests: the results, and for each the elements that go into it.  Where the results lie side by
 * side as their operands do (channels last, reduced over the image), lanes are results; else each
 * is a scalar loop, f32 sums in double.  Either way the order is fixed by the shape alone. */
#include "backend/kernels.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* outer: operands y and x.  inner: x alone.  count: elements that go into one result. */
typedef struct Reduction { Nest outer, inner; int64_t count; } Reduction;

/* axes are normalised: 0 <= axis < rank. */
static bool is_reduced(const Node *n, uint32_t d)
{
    uint32_t count;
    const int64_t *axes = ir_ints(n, A_axes, &count);

    for (uint32_t i = 0; i < count; i++)
        if (axes[i] == d)
            return true;
    return false;
}

/* k is y's dimension beside x's d: it goes on over a reduced one only where that is kept, as 1. */
static void find_nests(const Emit *e, const Node *n, Reduction *r)
{
    const Shape *x = emit_shape(e, n->in[0]);
    const int64_t *xs = emit_place(e, n->in[0])->stride, *ys = emit_place(e, n->out[0])->stride;
    bool keep = ir_int(n, A_keep) != 0;

    nest_init(&r->outer, 2);
    nest_init(&r->inner, 1);
    r->count = 1;
    for (uint32_t d = 0, k = 0; d < x->rank; d++) {
        if (is_reduced(n, d)) {
            nest_add(&r->inner, x->dim[d], &xs[d]);
            r->count *= x->dim[d];
            k += keep;
        } else {
            nest_add(&r->outer, x->dim[d], (int64_t[]){ ys[k++], xs[d] });
        }
    }
    nest_simplify(&r->outer);
    nest_simplify(&r->inner);
}

/* The types whose sums go in double. */
static bool is_float(DType t)
{
    return t == DT_F32 || t == DT_F64;
}

/* Integer sums and products wrap around, which unsigned ones may. */
static const char *accumulator(const Node *n, DType t)
{
    bool wraps = n->op == OP_reduce_sum || n->op == OP_reduce_prod;

    return is_float(t) ? "double" : wraps || t == DT_U64 ? "uint64_t" : "int64_t";
}

/* What there is before the first element: 0, 1, or what every element replaces. */
static double start(const Node *n)
{
    return n->op == OP_reduce_max ? (double)-INFINITY : n->op == OP_reduce_min ? (double)INFINITY
         : n->op == OP_reduce_prod;
}

/* The mean of no floats is NaN, of no integers 0. */
static const char *divisor(Emit *e, DType t, int64_t count)
{
    return is_float(t) ? emit_float(e, (double)count, t) : arena_printf(e->arena, "%" PRId64,
                                                                        count ? count : 1);
}

bool emit_reduce(Emit *e, const Node *n)
{
    DType t = ir_val(e->g, n->in[0])->dtype;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;
    Reduction r;
    bool vector;

    find_nests(e, n, &r);
    vector = t == DT_F32 && nest_is_vector(&r.outer) && r.outer.step[1][r.outer.rank - 1] == 1
        && r.outer.dim[r.outer.rank - 1] > 1;
    nest_vars(&r.outer, v, (const char *[]){ "Y", "X" });
    tmpl_int(v, "INNER", r.inner.rank);
    tmpl_ints(v, "LOOP", r.inner.dim, r.inner.rank);
    tmpl_ints(v, "XR", r.inner.step[0], r.inner.rank);
    tmpl_int(v, "COUNT", r.count);
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "ACC", vector ? "float" : accumulator(n, t));
    tmpl_word(v, "START", emit_number(e, start(n), t));
    tmpl_word(v, "DIVISOR", divisor(e, t, r.count));
    tmpl_word(v, "OP", op_info[n->op].name + strlen("reduce_"));
    tmpl_int(v, "VECTOR", vector);
    fn = emit_function(e, "reduce.c.t", "reduce", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_out(e, n->out[0]) }, 2);
    return fn != NULL;
}

/* ---- in parts ---- */

/* All parts are there before they are added up. */
bool emit_add_parts(Emit *e, const Node *n)
{
    int64_t parts = plan_sum_parts(e->g, e->plan, n);
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;

    if (parts == 1)
        return true;
    tmpl_int(v, "COUNT", shape_count(emit_shape(e, n->out[0])));
    tmpl_int(v, "PARTS", parts);
    tmpl_int(v, "VW", e->target->width);
    fn = emit_function(e, "sum_parts.c.t", "sum_parts", v);
    emit_barrier(e);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_out(e, n->out[0]) }, 1);
    return fn != NULL;
}

bool fits_sum_pixels(const Emit *e, const Node *n)
{
    return !e->plain && !e->rows && plan_sum_parts(e->g, e->plan, n) > 1;
}

bool emit_sum_pixels(Emit *e, const Node *n)
{
    const Shape *x = emit_shape(e, n->in[0]);
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;

    tmpl_int(v, "C", x->dim[1]);
    tmpl_int(v, "PIXELS", shape_count(x) / x->dim[1]);
    tmpl_int(v, "PARTS", plan_sum_parts(e->g, e->plan, n));
    tmpl_int(v, "VW", e->target->width);
    fn = emit_function(e, "sum_pixels.c.t", "sum_pixels", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_out(e, n->out[0]) }, 2);
    return fn && emit_add_parts(e, n);
}
