/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_call: the functions of expressions: those of the language, and a spec's own.
 *
 * The language has the few that nets need.  A spec defines its own as ch(c) = expression; each call
 * has a frame of its own, counts as a step, and calls within calls are bounded.
 */
#include "frontend/mnet_run.h"

#include <math.h>
#include <string.h>

/* A float that is whole and fits becomes a whole number. */
static Item whole(Mnet *m, At at, double f)
{
    if (!(fabs(f) < 9.2e18)) {
        mnet_error(m, at, "%g is out of range", f);
        return item_failed();
    }
    return item_int((int64_t)f);
}

typedef struct Call {
    Mnet *m;
    const Expr *e;
    Item arg[MNET_MAX_ARGS];
    int n;
} Call;

/* Arguments have been checked to be numbers before a function sees them. */
static double number_at(const Call *c, int i)
{
    return item_number(&c->arg[i]);
}

/* The argument itself, so that the maximum of whole numbers is whole. */
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

/* Towards minus infinity. */
static Item call_floor(const Call *c)
{
    return whole(c->m, c->e->at, floor(number_at(c, 0)));
}

/* Towards infinity. */
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
        return item_failed();
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
        return item_failed();
    if (x->kind != I_VALUE) {
        mnet_error(c->m, c->e->at, "%s needs a value of the net", c->e->name);
        return item_failed();
    }
    s = &ir_val(c->m->g, x->u.v)->shape;
    if (k < 0 || k >= s->rank) {
        mnet_error(c->m, c->e->at, "%s has no dimension %lld: its shape is %s",
                   mnet_item_text(c->m, x), (long long)k, shape_text(c->m->arena, s));
        return item_failed();
    }
    return item_int(s->dim[k]);
}

/* Images are (N,C,H,W). */
static Item call_channels(const Call *c)
{
    return dimension(c, 1);
}

/* dim(x, 2): the height. */
static Item call_dim(const Call *c)
{
    return c->arg[1].kind == I_INT ? dimension(c, c->arg[1].u.i)
                                   : mnet_wrong_operand(c->m, c->e->kid->next, &c->arg[1]);
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

/* A function of the language.  channels and dim take a value first, all else are numbers. */
static Item call_builtin(Mnet *m, const Expr *e, const struct Function *f)
{
    Call c = { .n = 0 };
    const Expr *k = e->kid;

    if (!arguments(m, e, f->least, f->most, &c))
        return item_failed();
    for (int i = 0; i < c.n; i++, k = k->next)
        if (!(f->value && i == 0) && !item_is_number(&c.arg[i]))
            return mnet_wrong_operand(m, k, &c.arg[i]);
    return f->call(&c);
}

/* f(a, b) = expr: evaluated in a frame of its own. */
static Item call_own(Mnet *m, const Expr *e, const Stmt *f)
{
    Call c = { .n = 0 };
    Frame frame;
    Item r;
    int n = 0;

    for (const Arg *a = f->arg; a; a = a->next)
        n++;
    if (!arguments(m, e, n, n, &c) || !mnet_step(m, e->at))
        return item_failed();
    if (m->n_call == MNET_MAX_CALLS) {
        mnet_error(m, e->at, "calls are more than %d deep: does %s call itself?", MNET_MAX_CALLS,
                   e->name);
        m->stop = true;
        return item_failed();
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

Item mnet_call(Mnet *m, const Expr *e)
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
    return item_failed();
}
