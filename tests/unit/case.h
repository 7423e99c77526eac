/* SPDX-License-Identifier: Apache-2.0 */
/* case: tests of single ops as tables.  A Case is an op, its operands and attributes as text, and
 * the results as text, or the message that refuses it.
 *
 * A tensor is "f32(2,3)", an input, or "f32(2,3) 1 2 3 4 5 6", a constant; the last number counts
 * for all that follow.  Operands are called a, b, c, d, e.
 */
#ifndef MNC_UNIT_CASE_H
#define MNC_UNIT_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ir/graph.h"
#include "ir/shape.h"

#include <stdlib.h>
#include <string.h>

typedef struct Case {
    Op op;
    const char *in[5];        /* "-": left out */
    Attr attr[6];
    const char *want;
    uint32_t n_out;           /* 0: one */
    Act act;
} Case;

#define INTS(a, ...) \
    { .name = A_##a, .type = ATTR_INTS, .n = sizeof (int64_t[]){ __VA_ARGS__ } / sizeof(int64_t), \
      .u = { .ints = (const int64_t[]){ __VA_ARGS__ } } }
#define INT(a, v) { .name = A_##a, .type = ATTR_INT, .u = { .i = (v) } }
#define FLOAT(a, v) { .name = A_##a, .type = ATTR_FLOAT, .u = { .f = (v) } }
#define WORD(a, v) { .name = A_##a, .type = ATTR_WORD, .u = { .word = (v) } }

typedef struct World {
    Arena a;
    jmp_buf oom;
    Diag d;
    Graph *g;
} World;

static inline void world_open(World *w)
{
    if (setjmp(w->oom))
        fail_msg("out of memory");
    arena_init(&w->a, NULL, NULL, 0, &w->oom);
    diag_init(&w->d, &w->a);
    w->g = ir_new(&w->a);
}

/* An element from text, which moves on; of integers all 64 bits count. */
static inline void put_element(void *data, DType t, int64_t i, const char **p)
{
    bool is_float = t == DT_F32 || t == DT_F64;
    char *end;
    double f = strtod(*p, &end);
    long long n = is_float ? 0
                : **p == '-' ? strtoll(*p, &end, 10) : (long long)strtoull(*p, &end, 0);

    assert_ptr_not_equal(*p, end);
    if (t == DT_F32)
        ((float *)data)[i] = (float)f;
    else if (t == DT_F64)
        ((double *)data)[i] = f;
    else                                     /* little-endian, as all hosts of the tests are */
        memcpy((char *)data + (size_t)i * dtype_info[t].size, &n, dtype_info[t].size);
    *p = end + strspn(end, " ");
}

static inline ValueId value(World *w, const char *name, const char *text)
{
    const char *p = strchr(text, '('), *last;
    DType t = dtype_by_name(arena_strndup(&w->a, text, (size_t)(p - text)));
    Shape s = { 0 };
    int64_t n;
    void *data;
    char *end;

    assert_int_not_equal(t, DT_NONE);
    while (*p != ')' && p[1] != ')') {
        s.dim[s.rank++] = strtoll(p + 1, &end, 10);
        p = end;
    }
    p = strchr(p, ')') + 1;
    p += strspn(p, " ");
    if (!*p)
        return ir_value(w->g, name, VAL_INPUT, t, &s, (Pos){ 0 });
    n = shape_count(&s);
    data = arena_array(&w->a, (size_t)n, dtype_info[t].size);
    for (int64_t i = 0; i < n; i++) {
        last = p;
        put_element(data, t, i, &p);
        p = *p ? p : last;
    }
    return ir_const(w->g, name, VAL_CONST, t, &s, data);
}

static inline NodeId add_case(World *w, const Case *c)
{
    static const char *const name[] = { "a", "b", "c", "d", "e" };
    static const char *const out[] = { "y", "y1", "y2" };
    ValueId in[5];
    NodeSpec spec = { .op = c->op, .in = in, .out = out, .n_out = c->n_out ? c->n_out : 1,
                      .attr = c->attr, .act = c->act };

    for (; spec.n_in < 5 && c->in[spec.n_in]; spec.n_in++)
        in[spec.n_in] = *c->in[spec.n_in] == '-' ? (ValueId){ 0 }
                      : value(w, name[spec.n_in], c->in[spec.n_in]);
    while (spec.n_attr < 6 && c->attr[spec.n_attr].name)
        spec.n_attr++;
    return ir_add(w->g, &spec, &w->d);
}

#endif
