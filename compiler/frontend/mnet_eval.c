/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_eval: the value of an expression: a whole number, a float, a word, or a value of the graph.
 *
 * Whole numbers stay whole as long as the operation allows: 7 * 2, 32 / 4, floor(2.5).  7 / 2 is
 * 3.5, never 3: a channel count that is no whole number is an error and not a silent loss.
 */
#include "frontend/mnet_run.h"

#include <math.h>
#include <string.h>

/* For messages, so names are made safe to print. */
const char *mnet_item_text(Mnet *m, const Item *x)
{
    switch (x->kind) {
    case I_INT: return arena_printf(m->arena, "%lld", (long long)x->u.i);
    case I_FLOAT: return arena_printf(m->arena, "%g", x->u.f);
    case I_WORD: return arena_printf(m->arena, "the word '%s'", diag_quote(m->arena, x->u.word));
    case I_VALUE: return arena_printf(m->arena, "the value '%s'",
                                      diag_quote(m->arena, ir_val(m->g, x->u.v)->name));
    case I_OMITTED: return "'_'";
    case I_FAILED: break;
    }
    return "nothing";
}

/* ---- operators ---- */

/* Whole numbers never wrap. */
static Item overflow(Mnet *m, At at)
{
    mnet_error(m, at, "the result is too large for a whole number");
    return item_failed();
}

/* Only / may leave the whole numbers, when it has a remainder. */
static Item int_op(Mnet *m, const Expr *e, int64_t a, int64_t b)
{
    int64_t r = 0;

    switch (e->op) {
    case '+': return __builtin_add_overflow(a, b, &r) ? overflow(m, e->at) : item_int(r);
    case '-': return __builtin_sub_overflow(a, b, &r) ? overflow(m, e->at) : item_int(r);
    case '*': return __builtin_mul_overflow(a, b, &r) ? overflow(m, e->at) : item_int(r);
    default: break;
    }
    if (b == 0) {
        mnet_error(m, e->at, "division by 0");
        return item_failed();
    }
    if (b == -1)
        return e->op == '%' ? item_int(0)
            : a == INT64_MIN ? overflow(m, e->at) : item_int(-a);
    if (e->op == '%')
        return item_int(a % b);
    return a % b ? item_float((double)a / (double)b) : item_int(a / b);
}

/* As C has it, but division by zero is an error: an infinite width is a mistake. */
static Item float_op(Mnet *m, const Expr *e, double a, double b)
{
    switch (e->op) {
    case '+': return item_float(a + b);
    case '-': return item_float(a - b);
    case '*': return item_float(a * b);
    default: break;
    }
    if (b == 0) {
        mnet_error(m, e->at, "division by 0");
        return item_failed();
    }
    return item_float(e->op == '%' ? fmod(a, b) : a / b);
}

/* 1 or 0.  Whole numbers beyond 2^53 compare as their nearest doubles. */
static Item compare(const Expr *e, double a, double b)
{
    switch (e->op) {
    case T_EQ: return item_int(a == b);
    case T_NE: return item_int(a != b);
    case T_LE: return item_int(a <= b);
    case T_GE: return item_int(a >= b);
    case '<': return item_int(a < b);
    default: return item_int(a > b);
    }
}

Item mnet_wrong_operand(Mnet *m, const Expr *e, const Item *x)
{
    mnet_error(m, e->at, "here should be a number, not %s", mnet_item_text(m, x));
    return item_failed();
}

/* Words and values can be equal or not, nothing else. */
static Item same_thing(Mnet *m, const Expr *e, const Item *a, const Item *b)
{
    bool equal = a->kind == b->kind
        && (a->kind == I_WORD ? a->u.word == b->u.word : a->u.v.id == b->u.v.id);

    if (e->op != T_EQ && e->op != T_NE)
        return mnet_wrong_operand(m, e->kid, item_is_number(a) ? b : a);
    return item_int(equal == (e->op == T_EQ));
}

/* Numbers other than 0 are true; words and values are no truths. */
static bool truth(Mnet *m, const Expr *e, bool *out)
{
    Item x = mnet_eval(m, e);

    if (item_is_number(&x))
        *out = item_number(&x) != 0;
    else if (x.kind != I_FAILED)
        mnet_wrong_operand(m, e, &x);
    return item_is_number(&x);
}

/* and, or: the right side is evaluated only when it matters. */
static Item logic(Mnet *m, const Expr *e)
{
    bool x = false;

    if (!truth(m, e->kid, &x))
        return item_failed();
    if (x == (e->op == '|'))
        return item_int(x);
    return truth(m, e->kid->next, &x) ? item_int(x) : item_failed();
}

/* Both sides are evaluated, and fail together, before their kinds are looked at. */
static Item binary(Mnet *m, const Expr *e)
{
    Item a, b;

    if (e->op == '&' || e->op == '|')
        return logic(m, e);
    a = mnet_eval(m, e->kid);
    b = mnet_eval(m, e->kid->next);
    if (a.kind == I_FAILED || b.kind == I_FAILED)
        return item_failed();
    if ((a.kind == I_WORD || a.kind == I_VALUE) && (b.kind == I_WORD || b.kind == I_VALUE))
        return same_thing(m, e, &a, &b);
    if (!item_is_number(&a))
        return mnet_wrong_operand(m, e->kid, &a);
    if (!item_is_number(&b))
        return mnet_wrong_operand(m, e->kid->next, &b);
    if (!strchr("+-*/%", e->op) || e->op > 127)
        return compare(e, item_number(&a), item_number(&b));
    if (a.kind == I_INT && b.kind == I_INT)
        return int_op(m, e, a.u.i, b.u.i);
    return float_op(m, e, item_number(&a), item_number(&b));
}

/* - and !. */
static Item unary(Mnet *m, const Expr *e)
{
    Item x = mnet_eval(m, e->kid);

    if (x.kind == I_FAILED)
        return x;
    if (!item_is_number(&x))
        return mnet_wrong_operand(m, e->kid, &x);
    if (e->op == '!')
        return item_int(item_number(&x) == 0);
    if (x.kind == I_FLOAT)
        return item_float(-x.u.f);
    return x.u.i == INT64_MIN ? overflow(m, e->at) : item_int(-x.u.i);
}

/* ---- any expression ---- */

/* A variable, else a word.  inf and nan are no names: a value called "nan" is always quoted. */
static Item named(Mnet *m, const Expr *e)
{
    const Item *x;

    if (e->kind == E_NAME && !strcmp(e->name, "inf"))
        return item_float((double)INFINITY);
    if (e->kind == E_NAME && !strcmp(e->name, "nan"))
        return item_float((double)NAN);
    x = mnet_find(m, e->name);
    if (x)
        return *x;
    if (e->kind == E_NAME && mnet_is_word(e->name))
        return (Item){ .kind = I_WORD, .u = { .word = e->name } };
    mnet_unknown(m, e->at, e->name);
    return item_failed();
}

Item mnet_eval(Mnet *m, const Expr *e)
{
    switch (e->kind) {
    case E_NUMBER: return e->is_int ? item_int(e->i) : item_float(e->f);
    case E_NAME: case E_STRING: return named(m, e);
    case E_CALL: return mnet_call(m, e);
    case E_UNARY: return unary(m, e);
    case E_BINARY: return binary(m, e);
    case E_OMITTED: return (Item){ .kind = I_OMITTED };
    case E_LIST: break;
    }
    mnet_error(m, e->at, "here should be a number, not a list");
    return item_failed();
}

/* 7.0 is whole enough: it comes from divisions and products that happen to be whole. */
bool mnet_int(Mnet *m, const Expr *e, int64_t *out)
{
    Item x = mnet_eval(m, e);

    if (x.kind == I_FLOAT && x.u.f == floor(x.u.f) && fabs(x.u.f) < 9e15)
        x = item_int((int64_t)x.u.f);
    if (x.kind != I_INT && x.kind != I_FAILED)
        mnet_error(m, e->at, "here should be a whole number, not %s", mnet_item_text(m, &x));
    *out = x.u.i;
    return x.kind == I_INT;
}

/* A literal keeps its sign: -0 is a float here, where a whole number would lose it. */
bool mnet_float(Mnet *m, const Expr *e, double *out)
{
    Item x = e->kind == E_NUMBER ? item_float(e->f) : mnet_eval(m, e);     /* -0 keeps its sign */

    if (!item_is_number(&x) && x.kind != I_FAILED)
        mnet_error(m, e->at, "here should be a number, not %s", mnet_item_text(m, &x));
    *out = item_is_number(&x) ? item_number(&x) : 0;
    return item_is_number(&x);
}
