/* SPDX-License-Identifier: Apache-2.0 */
/* ref_case: runs the reference on Cases whose operands are all constants. */
#ifndef MNC_UNIT_REF_CASE_H
#define MNC_UNIT_REF_CASE_H

#include "case.h"

#include "ref/ref.h"

#include <math.h>

/* The n-th tensor of a list with " ; " in between. */
static inline const char *nth(World *w, const char *list, uint32_t n)
{
    const char *end;

    while (n-- > 0)
        list = strstr(list, " ; ") + 3;
    end = strstr(list, " ; ");
    return end ? arena_strndup(&w->a, list, (size_t)(end - list)) : list;
}

/* Floats may differ by tolerance, relative or absolute. */
static inline void compare(const RefTensor *got, const Value *want, const char *what,
                           double tolerance)
{
    if (got->dtype != want->dtype || !shape_equal(&got->shape, &want->shape))
        fail_msg("%s: another type or shape", what);
    for (int64_t i = 0; i < shape_count(&got->shape); i++) {
        double x = ir_element(&(Value){ .dtype = got->dtype, .data = got->data }, i);
        double y = ir_element(want, i);
        size_t size = dtype_info[got->dtype].size, at = (size_t)i * size;
        bool near = isnan(y) ? isnan(x) : isinf(y) ? x == y
                  : fabs(x - y) <= tolerance * fmax(1, fabs(y));
        if (got->dtype == DT_F32 || got->dtype == DT_F64 ? !near
            : memcmp((char *)got->data + at, (const char *)want->data + at, size) != 0)
            fail_msg("%s: element %lld is %.17g, not %.17g", what, (long long)i, x, y);
    }
}

static inline void run_case(const Case *c, size_t number)
{
    World w;
    NodeId id;
    const Node *n;
    RefTensor in[5] = { { .data = NULL } }, out[3];
    const char *what;

    world_open(&w);
    what = arena_printf(&w.a, "case %zu (%s)", number, op_info[c->op].name);
    id = add_case(&w, c);
    if (!id.id)
        fail_msg("%s: %s", what, w.d.first->text);
    n = ir_node(w.g, id);
    for (uint32_t k = 0; k < n->n_in; k++) {
        const Value *v = ir_val(w.g, n->in[k]);
        in[k] = (RefTensor){ v->dtype, v->shape, (void *)(uintptr_t)v->data };
    }
    for (uint32_t k = 0; k < n->n_out; k++) {
        const Value *v = ir_val(w.g, n->out[k]);
        out[k] = (RefTensor){ v->dtype, v->shape, arena_array(&w.a,
                              (size_t)shape_count(&v->shape), dtype_info[v->dtype].size) };
    }
    assert_true(ref_node(w.g, n, in, out, &w.a));
    for (uint32_t k = 0; k < n->n_out; k++)
        compare(&out[k], ir_val(w.g, value(&w, "want", nth(&w, c->want, k))), what,
                c->op == OP_cast ? 0 : out[k].dtype == DT_F64 ? 1e-14 : 1e-6);
    arena_destroy(&w.a);
}

#define RUN_CASES(cases) \
    for (size_t i_ = 0; i_ < sizeof (cases) / sizeof *(cases); i_++) \
        run_case(&(cases)[i_], i_)

#endif
