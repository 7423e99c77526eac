/* SPDX-License-Identifier: Apache-2.0 */
/* tmpl_run: the expansion.  In: a tree without mistakes; out: text; or the first mistake that
 * only values show (division by zero, an index outside a list, a loop without end).
 *
 * Recursion is bounded by the parser's limits, time and output by the counters in Run.
 */
#include "backend/tmpl_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The loops around the current item, innermost first; lives on the C stack. */
typedef struct Loop {
    const Var *var;
    struct Loop *up;
} Loop;

typedef struct Run {
    Unit *unit;             /* the file that the current item stands in */
    Buf *out;
    Loop *loop;
    size_t bytes;           /* written so far; out may be a stream, which forgets */
    uint32_t steps;
} Run;

/* Adds the round to the last message: "with j = 0, i = 3". */
static bool stop(const Run *r)
{
    Buf b;

    if (!r->loop)
        return false;
    buf_init(&b, r->unit->job->arena);
    for (const Loop *l = r->loop; l; l = l->up)
        buf_printf(&b, "%s%s = %" PRId64, l == r->loop ? "" : ", ", l->var->name, l->var->x);
    diag_hint(r->unit->job->diag, "with %s", b.p);
    return false;
}

/* A message at an operator or a name. */
static bool fail(const Run *r, const Expr *e, const char *text)
{
    diag_error(r->unit->job->diag, tmpl_expr_pos(r->unit, e), "%s", text);
    return stop(r);
}

/* Whether there is still time and room.  Every item and every operator asks, so that empty loops
 * within loops end as well.  No line is to blame, the sum of all is. */
static bool count(Run *r, size_t bytes)
{
    Pos pos = { .file = r->unit->file };

    r->bytes += bytes;
    if (++r->steps <= MAX_STEPS && r->bytes <= MAX_OUTPUT)
        return true;
    if (r->steps > MAX_STEPS)
        diag_error(r->unit->job->diag, pos, "the expansion takes more than %d steps", MAX_STEPS);
    else
        diag_error(r->unit->job->diag, pos, "the expansion is longer than %d bytes", MAX_OUTPUT);
    return stop(r);
}

/* The operators that need both sides, or their only one as a. */
static bool apply(const Run *r, const Expr *e, int64_t a, int64_t b, int64_t *x)
{
    bool over = false;

    switch (e->op) {
    case E_NOT: *x = !a; break;
    case E_NEG: over = __builtin_sub_overflow((int64_t)0, a, x); break;
    case E_ADD: over = __builtin_add_overflow(a, b, x); break;
    case E_SUB: over = __builtin_sub_overflow(a, b, x); break;
    case E_MUL: over = __builtin_mul_overflow(a, b, x); break;
    case E_DIV:
    case E_MOD:
        if (b == 0)
            return fail(r, e, "division by zero");
        over = a == INT64_MIN && b == -1;
        if (!over)
            *x = e->op == E_DIV ? a / b : a % b;
        break;
    case E_EQ: *x = a == b; break;
    case E_NE: *x = a != b; break;
    case E_LT: *x = a < b; break;
    case E_LE: *x = a <= b; break;
    case E_GT: *x = a > b; break;
    case E_GE: *x = a >= b; break;
    case E_MIN: *x = a < b ? a : b; break;
    case E_MAX: *x = a > b ? a : b; break;
    default: *x = 0; break;
    }
    return over ? fail(r, e, "the result does not fit in 64 bits") : true;
}

/* X[i] */
static bool element(const Run *r, const Expr *e, int64_t i, int64_t *x)
{
    if (i < 0 || i >= (int64_t)e->var->n) {
        diag_error(r->unit->job->diag, tmpl_expr_pos(r->unit, e),
                   "%s has %" PRIu32 " elements, there is no %s[%" PRId64 "]", e->var->name,
                   e->var->n, e->var->name, i);
        return stop(r);
    }
    *x = e->var->list[i];
    return true;
}

/* What is not needed is not evaluated: i < len(X) && X[i] is safe. */
static bool eval(Run *r, const Expr *e, int64_t *x)
{
    int64_t a, b = 0;

    if (!count(r, 0))
        return false;
    if (e->op == E_NUM || e->op == E_VAR) {
        *x = e->op == E_NUM ? e->x : e->var->x;
        return true;
    }
    if (!eval(r, e->kid[0], &a))
        return false;
    if (e->op == E_INDEX)
        return element(r, e, a, x);
    if (e->op == E_COND)
        return eval(r, e->kid[a ? 1 : 2], x);
    if (e->op == E_AND || e->op == E_OR) {
        bool known = (e->op == E_OR) == (a != 0);
        if (!known && !eval(r, e->kid[1], &b))
            return false;
        *x = known ? a != 0 : b != 0;
        return true;
    }
    if (e->kid[1] && !eval(r, e->kid[1], &b))
        return false;
    return apply(r, e, a, b, x);
}

static bool run_list(Run *r, const Item *list);

/* All output goes through here. */
static bool put(Run *r, const char *s, size_t n)
{
    if (!count(r, n))
        return false;
    buf_put(r->out, s, n);
    return true;
}

/* ${EXPR} or ${WORD} */
static bool run_value(Run *r, const Item *item)
{
    char digits[24];
    int64_t x;
    int n;

    if (item->e->op == E_WORD)
        return put(r, item->e->var->text, strlen(item->e->var->text));
    if (!eval(r, item->e, &x))
        return false;
    n = snprintf(digits, sizeof digits, "%" PRId64, x);
    return put(r, digits, (size_t)n);
}

/* The first arm whose condition holds; else has none. */
static bool run_if(Run *r, const Item *arm)
{
    int64_t x = 1;

    for (; arm; arm = arm->other) {
        if (arm->e && !eval(r, arm->e, &x))
            return false;
        if (!arm->e || x)
            return run_list(r, arm->body);
    }
    return true;
}

/* The bounds are evaluated once, before the first round. */
static bool run_for(Run *r, const Item *item)
{
    Loop loop = { .var = item->var, .up = r->loop };
    int64_t first, end, rounds;
    bool ok = true;

    if (!eval(r, item->e, &first) || !eval(r, item->last, &end))
        return false;
    if (first < end && (__builtin_sub_overflow(end, first, &rounds) || rounds > MAX_ROUNDS)) {
        diag_error(r->unit->job->diag, tmpl_expr_pos(r->unit, item->last),
                   "the loop from %" PRId64 " to %" PRId64 " has more than %d rounds", first, end,
                   MAX_ROUNDS);
        return stop(r);
    }
    r->loop = &loop;
    for (item->var->x = first; ok && item->var->x < end; item->var->x++)
        ok = run_list(r, item->body);
    r->loop = loop.up;
    return ok;
}

/* The included file reads our variables in place (its names are bound to them), so there is
 * nothing to hand over; only messages have to know where they are. */
static bool run_include(Run *r, const Item *item)
{
    Unit *back = r->unit;
    bool ok;

    r->unit = item->unit;
    ok = run_list(r, item->unit->body);
    r->unit = back;
    if (!ok)
        diag_note(back->job->diag, item->pos, "included from here");
    return ok;
}

/* Text is copied from the template as it stands. */
static bool run_text(Run *r, const Item *item)
{
    return put(r, item->text, item->n);
}

/* Kinds index the table, so each of ItemKind must have its row. */
static bool run_list(Run *r, const Item *list)
{
    static bool (*const run[])(Run *, const Item *) = {
        [I_TEXT] = run_text, [I_VALUE] = run_value, [I_IF] = run_if, [I_FOR] = run_for,
        [I_INCLUDE] = run_include,
    };

    for (; list; list = list->next)
        if (!count(r, 0) || !run[list->kind](r, list))
            return false;
    return true;
}

/* On false out holds a part of the expansion; the caller throws it away. */
bool tmpl_run(Unit *u, Buf *out)
{
    Run r = { .unit = u, .out = out };

    return run_list(&r, u->body);
}
