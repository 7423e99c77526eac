/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_eval: the value of an expression: a whole number, a float, a word, or a value of the graph.
 *
 * Whole numbers stay whole as long as the operation allows: 7 * 2, 32 / 4, floor(2.5).  7 / 2 is
 * 3.5, never 3: a channel count that is no whole number is an error and not a silent loss.
 */
#include "frontend/mnet_run.h"

#include <math.h>
#include <string.h>

static const Item failed = { .kind = I_FAILED };

static Item from_int(int64_t i)
{
    return (Item){ .kind = I_INT, .u = { .i = i } };
}

static Item from_float(double f)
{
    return (Item){ .kind = I_FLOAT, .u = { .f = f } };
}

static bool is_number(const Item *x)
{
    return x->kind == I_INT || x->kind == I_FLOAT;
}

static double to_double(const Item *x)
{
    return x->kind == I_INT ? (double)x->u.i : x->u.f;
}

/* A float that is whole and fits becomes a whole number. */
static Item whole(Mnet *m, At at, double f)
{
    if (!(fabs(f) < 9.2e18)) {
        mnet_error(m, at, "%g is out of range", f);
        return failed;
    }
    return from_int((int64_t)f);
}

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

static const char *const act_words[] = { "relu6", "none" };
static const char *const other_words[] = { "bn", "bias", "nobias", "same", "same_lower" };

static bool is_one_of(const char *s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(s, list[i]))
            return true;
    return false;
}

bool mnet_is_act_word(Sym s)
{
    Op op = op_by_name(s);

    return (op && (op_info[op].flags & ACT)) || is_one_of(s, act_words, 2);
}

bool mnet_is_word(Sym s)
{
    return mnet_is_act_word(s) || is_one_of(s, other_words, 5) || init_is_word(s);
}

size_t mnet_words(const char **names)
{
    size_t n = init_words(names);

    for (int op = 1; op < OP_COUNT; op++)
        if (op_info[op].flags & ACT)
            names[n++] = op_info[op].name;
    memcpy(names + n, act_words, sizeof act_words);
    memcpy(names + n + 2, other_words, sizeof other_words);
    return n + 7;
}

/* ---- operators ---- */

static Item overflow(Mnet *m, At at)
{
    mnet_error(m, at, "the result is too large for a whole number");
    return failed;
}

static Item int_op(Mnet *m, const Expr *e, int64_t a, int64_t b)
{
    int64_t r = 0;

    switch (e->op) {
    case '+': return __builtin_add_overflow(a, b, &r) ? overflow(m, e->at) : from_int(r);
    case '-': return __builtin_sub_overflow(a, b, &r) ? overflow(m, e->at) : from_int(r);
    case '*': return __builtin_mul_overflow(a, b, &r) ? overflow(m, e->at) : from_int(r);
    default: break;
    }
    if (b == 0) {
        mnet_error(m, e->at, "division by 0");
        return failed;
    }
    if (b == -1)
        return e->op == '%' ? from_int(0)
            : a == INT64_MIN ? overflow(m, e->at) : from_int(-a);
    if (e->op == '%')
        return from_int(a % b);
    return a % b ? from_float((double)a / (double)b) : from_int(a / b);
}

static Item float_op(Mnet *m, const Expr *e, double a, double b)
{
    switch (e->op) {
    case '+': return from_float(a + b);
    case '-': return from_float(a - b);
    case '*': return from_float(a * b);
    default: break;
    }
    if (b == 0) {
        mnet_error(m, e->at, "division by 0");
        return failed;
    }
    return from_float(e->op == '%' ? fmod(a, b) : a / b);
}

static Item compare(const Expr *e, double a, double b)
{
    switch (e->op) {
    case T_EQ: return from_int(a == b);
    case T_NE: return from_int(a != b);
    case T_LE: return from_int(a <= b);
    case T_GE: return from_int(a >= b);
    case '<': return from_int(a < b);
    default: return from_int(a > b);
    }
}

static Item wrong_operand(Mnet *m, const Expr *e, const Item *x)
{
    mnet_error(m, e->at, "here should be a number, not %s", mnet_item_text(m, x));
    return failed;
}

/* Words and values can be equal or not, nothing else. */
static Item same_thing(Mnet *m, const Expr *e, const Item *a, const Item *b)
{
    bool equal = a->kind == b->kind
        && (a->kind == I_WORD ? a->u.word == b->u.word : a->u.v.id == b->u.v.id);

    if (e->op != T_EQ && e->op != T_NE)
        return wrong_operand(m, e->kid, is_number(a) ? b : a);
    return from_int(equal == (e->op == T_EQ));
}

static bool truth(Mnet *m, const Expr *e, bool *out)
{
    Item x = mnet_eval(m, e);

    if (is_number(&x))
        *out = to_double(&x) != 0;
    else if (x.kind != I_FAILED)
        wrong_operand(m, e, &x);
    return is_number(&x);
}

/* and, or: the right side is evaluated only when it matters. */
static Item logic(Mnet *m, const Expr *e)
{
    bool x = false;

    if (!truth(m, e->kid, &x))
        return failed;
    if (x == (e->op == '|'))
        return from_int(x);
    return truth(m, e->kid->next, &x) ? from_int(x) : failed;
}

static Item binary(Mnet *m, const Expr *e)
{
    Item a, b;

    if (e->op == '&' || e->op == '|')
        return logic(m, e);
    a = mnet_eval(m, e->kid);
    b = mnet_eval(m, e->kid->next);
    if (a.kind == I_FAILED || b.kind == I_FAILED)
        return failed;
    if ((a.kind == I_WORD || a.kind == I_VALUE) && (b.kind == I_WORD || b.kind == I_VALUE))
        return same_thing(m, e, &a, &b);
    if (!is_number(&a) || !is_number(&b))
        return wrong_operand(m, is_number(&a) ? e->kid->next : e->kid, is_number(&a) ? &b : &a);
    if (!strchr("+-*/%", e->op) || e->op > 127)
        return compare(e, to_double(&a), to_double(&b));
    if (a.kind == I_INT && b.kind == I_INT)
        return int_op(m, e, a.u.i, b.u.i);
    return float_op(m, e, to_double(&a), to_double(&b));
}

static Item unary(Mnet *m, const Expr *e)
{
    Item x = mnet_eval(m, e->kid);

    if (x.kind == I_FAILED)
        return x;
    if (!is_number(&x))
        return wrong_operand(m, e->kid, &x);
    if (e->op == '!')
        return from_int(to_double(&x) == 0);
    if (x.kind == I_FLOAT)
        return from_float(-x.u.f);
    return x.u.i == INT64_MIN ? overflow(m, e->at) : from_int(-x.u.i);
}

/* ---- functions ---- */

typedef struct Call {
    Mnet *m;
    const Expr *e;
    Item arg[MNET_MAX_ARGS];
    int n;
} Call;

static double number_at(const Call *c, int i)
{
    return to_double(&c->arg[i]);
}

static Item call_max(const Call *c)
{
    int best = 0;

    for (int i = 1; i < c->n; i++)
        if (number_at(c, i) > number_at(c, best))
            best = i;
    return c->arg[best];
}

static Item call_min(const Call *c)
{
    int best = 0;

    for (int i = 1; i < c->n; i++)
        if (number_at(c, i) < number_at(c, best))
            best = i;
    return c->arg[best];
}

static Item call_floor(const Call *c)
{
    return whole(c->m, c->e->at, floor(number_at(c, 0)));
}

static Item call_ceil(const Call *c)
{
    return whole(c->m, c->e->at, ceil(number_at(c, 0)));
}

/* Halves away from zero, as people do. */
static Item call_round(const Call *c)
{
    return whole(c->m, c->e->at, round(number_at(c, 0)));
}

/* The rule of the MobileNet papers' code: to the nearest multiple of d, at least d, and never more
 * than a tenth below x. */
static Item call_make_divisible(const Call *c)
{
    double x = number_at(c, 0), d = c->n > 1 ? number_at(c, 1) : 8, y;

    if (!(d > 0)) {
        mnet_error(c->m, c->e->at, "make_divisible by %g", d);
        return failed;
    }
    y = fmax(d, floor((x + d / 2) / d) * d);
    return whole(c->m, c->e->at, y < 0.9 * x ? y + d : y);
}

/* Dimension k of the value that was given, or of the line above. */
static Item dimension(const Call *c, int64_t k)
{
    const Item *x = c->n ? &c->arg[0] : &c->m->frame->above;
    const Shape *s;

    if (x->kind == I_FAILED)
        return failed;
    if (x->kind != I_VALUE) {
        mnet_error(c->m, c->e->at, "%s needs a value of the net", c->e->name);
        return failed;
    }
    s = &ir_val(c->m->g, x->u.v)->shape;
    if (k < 0 || k >= s->rank) {
        mnet_error(c->m, c->e->at, "%s has no dimension %lld: its shape is %s",
                   mnet_item_text(c->m, x), (long long)k, shape_text(c->m->arena, s));
        return failed;
    }
    return from_int(s->dim[k]);
}

static Item call_channels(const Call *c)
{
    return dimension(c, 1);
}

static Item call_dim(const Call *c)
{
    return c->arg[1].kind == I_INT ? dimension(c, c->arg[1].u.i)
                                   : wrong_operand(c->m, c->e->kid->next, &c->arg[1]);
}

static const struct Function {
    const char *name;
    int least, most;
    bool value;                /* its first argument is a value of the net */
    Item (*call)(const Call *);
} functions[] = {
    { "max", 1, MNET_MAX_ARGS, false, call_max }, { "min", 1, MNET_MAX_ARGS, false, call_min },
    { "floor", 1, 1, false, call_floor },          { "ceil", 1, 1, false, call_ceil },
    { "round", 1, 1, false, call_round },
    { "make_divisible", 1, 2, false, call_make_divisible },
    { "channels", 0, 1, true, call_channels },     { "dim", 2, 2, true, call_dim },
};

/* Evaluates the arguments after counting them. */
static bool arguments(Mnet *m, const Expr *e, int least, int most, Call *c)
{
    bool ok = true;
    int n = 0;

    for (const Expr *k = e->kid; k; k = k->next)
        n++;
    if (n < least || n > most) {
        int want = n < least ? least : most;
        mnet_error(m, e->at, "%s takes %s%d argument%s, not %d", e->name,
                   least == most ? "" : n < least ? "at least " : "at most ", want,
                   want == 1 ? "" : "s", n);
        return false;
    }
    c->m = m;
    c->e = e;
    for (const Expr *k = e->kid; k; k = k->next) {
        c->arg[c->n] = mnet_eval(m, k);
        ok = c->arg[c->n++].kind != I_FAILED && ok;
    }
    return ok;
}

static Item call_builtin(Mnet *m, const Expr *e, const struct Function *f)
{
    Call c = { .n = 0 };
    const Expr *k = e->kid;

    if (!arguments(m, e, f->least, f->most, &c))
        return failed;
    for (int i = 0; i < c.n; i++, k = k->next)
        if (!(f->value && i == 0) && !is_number(&c.arg[i]))
            return wrong_operand(m, k, &c.arg[i]);
    return f->call(&c);
}

/* f(a, b) = expr: evaluated in a frame of its own. */
static Item call_own(Mnet *m, const Expr *e, const Stmt *f)
{
    Call c = { .n = 0 };
    Frame frame;
    Item r = failed;
    int n = 0;

    for (const Arg *a = f->arg; a; a = a->next)
        n++;
    if (!arguments(m, e, n, n, &c) || !mnet_step(m, e->at))
        return failed;
    if (m->n_call == MNET_MAX_CALLS) {
        mnet_error(m, e->at, "%s calls itself without an end", e->name);
        m->stop = true;
        return failed;
    }
    m->n_call++;
    mnet_enter(m, &frame, m->frame->prefix, m->frame->call);
    n = 0;
    for (const Arg *a = f->arg; a; a = a->next)
        mnet_set(m, (Name){ .sym = a->key, .at = a->at }, c.arg[n++], NULL);
    r = mnet_eval(m, f->expr);
    mnet_leave(m);
    m->n_call--;
    return r;
}

static Item call(Mnet *m, const Expr *e)
{
    const Stmt *own = mnet_var(m, e->name)->function;
    const char *names[sizeof functions / sizeof *functions], *near;
    size_t n = sizeof functions / sizeof *functions;

    if (own)
        return call_own(m, e, own);
    for (size_t i = 0; i < n; i++) {
        names[i] = functions[i].name;
        if (!strcmp(e->name, names[i]))
            return call_builtin(m, e, &functions[i]);
    }
    mnet_error(m, e->at, "there is no function '%s'", e->name);
    near = diag_nearest(e->name, names, n);
    if (near)
        diag_hint(m->d, "did you mean '%s'?", near);
    return failed;
}

/* ---- any expression ---- */

static Item named(Mnet *m, const Expr *e)
{
    const Item *x;

    if (e->kind == E_NAME && !strcmp(e->name, "inf"))
        return from_float((double)INFINITY);
    if (e->kind == E_NAME && !strcmp(e->name, "nan"))
        return from_float((double)NAN);
    x = mnet_find(m, e->name);
    if (x)
        return *x;
    if (e->kind == E_NAME && mnet_is_word(e->name))
        return (Item){ .kind = I_WORD, .u = { .word = e->name } };
    mnet_unknown(m, e->at, e->name);
    return failed;
}

Item mnet_eval(Mnet *m, const Expr *e)
{
    switch (e->kind) {
    case E_NUMBER: return e->is_int ? from_int(e->i) : from_float(e->f);
    case E_NAME: case E_STRING: return named(m, e);
    case E_CALL: return call(m, e);
    case E_UNARY: return unary(m, e);
    case E_BINARY: return binary(m, e);
    case E_OMITTED: return (Item){ .kind = I_OMITTED };
    case E_LIST: break;
    }
    mnet_error(m, e->at, "here should be a number, not a list");
    return failed;
}

bool mnet_int(Mnet *m, const Expr *e, int64_t *out)
{
    Item x = mnet_eval(m, e);

    if (x.kind == I_FLOAT && x.u.f == floor(x.u.f) && fabs(x.u.f) < 9e15)
        x = from_int((int64_t)x.u.f);
    if (x.kind != I_INT && x.kind != I_FAILED)
        mnet_error(m, e->at, "here should be a whole number, not %s", mnet_item_text(m, &x));
    *out = x.u.i;
    return x.kind == I_INT;
}

bool mnet_float(Mnet *m, const Expr *e, double *out)
{
    Item x = e->kind == E_NUMBER ? from_float(e->f) : mnet_eval(m, e);     /* -0 keeps its sign */

    if (!is_number(&x) && x.kind != I_FAILED)
        mnet_error(m, e->at, "here should be a number, not %s", mnet_item_text(m, &x));
    *out = is_number(&x) ? to_double(&x) : 0;
    return is_number(&x);
}
