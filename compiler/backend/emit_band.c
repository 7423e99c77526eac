/* SPDX-License-Identifier: Apache-2.0 */
/* emit_band: layers that are computed together, by bands of rows (plan.h: Band).
 *
 * in: a band of the plan.  out: loops in the run function, the last layer's outside, which ask
 * backwards for rows and call the layers' kernels forwards:
 *
 *     while (row2 < to2) {                           some rows of the last layer, up to end2;
 *         const int end2 = NET_LEAST(row2 + 2, to2);
 *         const int end0 = NET_LEAST(end2 + 1, 56);  they need rows of the first up to end0,
 *         conv(..., row0, end0);                     of which those below row0 are there
 *         row0 = end0;
 *         depthwise(..., row2, end2);
 *         conv(..., row2, end2);
 *         row2 = end2;
 *     }
 *     NET_LAYER(0, "rows");
 *
 * A layer before a pointwise one makes the same rows as that, and so shares its variables.  Every
 * row is computed once by each thread that needs it, so only where two threads' shares meet some
 * are computed twice.
 */
#include "backend/kernels.h"
#include "ir/band.h"

#include <inttypes.h>
#include <stdarg.h>

/* One layer, which makes rows (0: all that are asked for) at a time.  loop: it has variables of its
 * own, called by its number; else those of the next. */
typedef struct Stage {
    const Node *n;
    Rows r;
    int64_t rows;
    uint32_t var;
    bool loop;
} Stage;

typedef struct Stages {
    Emit *e;
    uint32_t first, n;           /* nodes */
    Stage *s;
} Stages;

/* A line of the run function, as deep as the loops around it. */
static void put(Emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void put(Emit *e, const char *fmt, ...)
{
    va_list ap;

    buf_printf(&e->body, "%*s", 4 + 4 * e->depth, "");
    va_start(ap, fmt);
    buf_vprintf(&e->body, fmt, ap);
    va_end(ap);
    buf_char(&e->body, '\n');
}

static Stages find_stages(Emit *e, const Band *b)
{
    Stages t = { e, b->first, b->last - b->first + 1, NULL };

    t.s = arena_new_n(e->arena, Stage, t.n);
    for (uint32_t k = t.n; k-- > 0;) {
        const Node *n = &e->g->node[b->first + k];
        bool shared = k + 1 < t.n && rows_alike(&t.s[k + 1].r);
        t.s[k] = (Stage){ n, rows_of(e->g, n), b->rows[k], shared ? t.s[k + 1].var : k, !shared };
    }
    return t;
}

/* "row2 * 2 - 1": a linear function of a variable; n is its number. */
static const char *linear(Emit *e, const char *var, uint32_t n, int64_t factor, int64_t plus)
{
    const char *times = factor == 1 ? "" : arena_printf(e->arena, " * %" PRId64, factor);

    return plus == 0 ? arena_printf(e->arena, "%s%u%s", var, n, times)
         : arena_printf(e->arena, "%s%u%s %c %" PRId64, var, n, times, plus < 0 ? '-' : '+',
                        plus < 0 ? -plus : plus);
}

/* Where each layer begins: the last with the thread's share, the others with what that needs. */
static void declare(const Stages *t)
{
    Emit *e = t->e;
    const Stage *last = &t->s[t->n - 1];

    put(e, "const int to%u = NET_SHARE(%" PRId64 ", part + 1, %" PRId64 ");", last->var,
        last->r.out, e->plan->parts);
    put(e, "int row%u = NET_SHARE(%" PRId64 ", part, %" PRId64 ");", last->var, last->r.out,
        e->plan->parts);
    for (uint32_t k = t->n - 1; k-- > 0;) {
        const Stage *s = &t->s[k], *next = s + 1;
        if (s->loop)
            put(e, "int row%u = NET_MOST(%s, 0);", s->var,
                linear(e, "row", next->var, next->r.stride, -next->r.pad));
    }
    buf_char(&e->body, '\n');
}

/* The row that the next layer's rows below its end need last; less 1. */
static const char *limit(const Stages *t, uint32_t k)
{
    const Stage *s = &t->s[k], *next = s + 1;

    return arena_printf(t->e->arena, "NET_LEAST(%s, %" PRId64 ")",
                        linear(t->e, "end", next->var, next->r.stride,
                               next->r.span - next->r.pad - next->r.stride), s->r.out);
}

/* A layer that makes at once what is asked for needs no loop. */
static void open_loop(const Stages *t, uint32_t k)
{
    Emit *e = t->e;
    const Stage *s = &t->s[k];

    if (!s->loop)
        return;
    if (!s->rows) {
        put(e, "const int end%u = %s;", s->var, limit(t, k));
        return;
    }
    if (k + 1 < t->n)
        put(e, "const int to%u = %s;", s->var, limit(t, k));
    put(e, "while (row%u < to%u) {", s->var, s->var);
    e->depth++;
    put(e, "const int end%u = NET_LEAST(row%u + %" PRId64 ", to%u);", s->var, s->var, s->rows,
        s->var);
}

static void close_loop(const Stages *t, uint32_t k)
{
    const Stage *s = &t->s[k];

    if (!s->loop)
        return;
    put(t->e, "row%u = end%u;", s->var, s->var);
    if (s->rows) {
        t->e->depth--;
        put(t->e, "}");
    }
}

/* Its rows lie where the kernels of bands look for them; the planner puts no other layer into
 * one. */
static bool call(const Stages *t, uint32_t k)
{
    Emit *e = t->e;
    const Stage *s = &t->s[k];
    KernelFn *kernel = kernel_for(e, s->n);
    bool ok;

    if (kernel != emit_conv && kernel != emit_depthwise) {
        diag_error(e->d, s->n->pos, "internal error: %s cannot be computed by rows",
                   op_info[s->n->op].name);
        return false;
    }
    e->rows = arena_printf(e->arena, "row%u, end%u", s->var, s->var);
    ok = emit_layer(e, kernel, t->first + k);
    e->rows = NULL;
    return ok;
}

bool emit_band(Emit *e, const Band *b)
{
    Stages t = find_stages(e, b);
    int64_t images = emit_shape(e, e->g->node[b->last].out[0])->dim[0];
    bool ok = true;

    if (images > 1)
        put(e, "for (int image = 0; image < %" PRId64 "; image++) {", images);
    else
        put(e, "{");
    e->image = images > 1 ? "image" : NULL;
    e->depth++;
    declare(&t);
    for (uint32_t k = t.n; k-- > 0;)
        open_loop(&t, k);
    for (uint32_t k = 0; k < t.n; k++) {
        ok = call(&t, k) && ok;
        close_loop(&t, k);
    }
    e->depth--;
    e->image = NULL;
    put(e, "}");
    put(e, "NET_LAYER(0, \"rows\");");
    return ok;
}
