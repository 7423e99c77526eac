/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_run: runs the statements of a spec, which builds the graph.
 *
 * needs what mnet_parse made without an error; gives a graph whose every value has its shape, or
 * messages.  All loops and calls count their steps, so a short text cannot run for long.
 */
#include "frontend/mnet_run.h"

#include <string.h>

static const Item failed = { .kind = I_FAILED };

static void push(Mnet *m, Ids *list, ValueId v)
{
    if (list->n == list->cap) {
        uint32_t cap = list->cap ? 2 * list->cap : 16;
        list->v = arena_resize(m->arena, list->v, list->cap * sizeof v, cap * sizeof v);
        list->cap = cap;
    }
    list->v[list->n++] = v;
}

/* s is not run again; the calls that led to it follow as notes, one from each statement. */
static void fail(Mnet *m, Stmt *s)
{
    const Stmt *call = m->frame->call;

    s->failed = true;
    if (call && call != m->noted)      /* recursion: once */
        diag_note(m->d, mnet_pos(m, call->at), "in %s, called here", call->op);
    m->noted = call;
}

/* ---- one function for each kind of statement ---- */

/* The file's name is the default. */
static void run_name(Mnet *m, Stmt *s)
{
    m->g->name = intern(&m->g->names, s->name->sym);
}

/* Without operands, the line above. */
static void run_output(Mnet *m, Stmt *s)
{
    if (!s->arg && m->frame->above.kind == I_VALUE)
        push(m, &m->output, m->frame->above.u.v);
    else if (!s->arg && m->frame->above.kind == I_OMITTED)
        mnet_error(m, s->at, "output of what? there is no layer above");
    for (const Arg *a = s->arg; a; a = a->next) {
        Item x = mnet_eval(m, a->value);
        if (x.kind == I_VALUE && !a->key)
            push(m, &m->output, x.u.v);
        else if (x.kind != I_FAILED)
            mnet_error(m, a->at, "an output is a value of the net, not %s", mnet_item_text(m, &x));
    }
}

/* An input can be the line above for the first layer; a constant cannot. */
static void run_data(Mnet *m, Stmt *s)
{
    Item x = mnet_data(m, s, mnet_full_name(m, s->name->sym, s->numbered));

    if (x.kind == I_VALUE && s->value_kind == VAL_INPUT)
        push(m, &m->input, x.u.v);
    if (x.kind == I_FAILED || s->value_kind == VAL_INPUT)
        m->frame->above = x;
    mnet_set(m, *s->name, x, s);
    m->head = false;
}

/* x is what the statement's expression gave. */
static void run_let(Mnet *m, Stmt *s, Item x)
{
    if (x.kind == I_OMITTED) {
        mnet_error(m, s->at, "'_' is no value");
        x = failed;
    }
    if (m->head && !m->frame->id)
        x = mnet_override(m, s, x);
    mnet_set(m, *s->name, x, s);
}

/* "x = y" is another name for y when there is no layer y; in the head, where no layer can stand
 * yet, it is a parameter: a number, or a word such as relu. */
static bool is_let(Mnet *m, const Stmt *s)
{
    bool head = m->head && !m->frame->id;
    bool layer = mnet_is_layer(s->op) || mnet_var(m, s->op)->block;

    if (!s->bare || !s->name || s->name->next || (layer && !head))
        return false;
    return mnet_find(m, s->op) || (head && mnet_is_word(s->op));
}

/* Names are given out before the layer is made, so that numbers count lines and not successes. */
static Results results(Mnet *m, const Stmt *s)
{
    Results r = { .n = 0 };
    uint32_t i = 0;

    for (const Name *n = s->name; n; n = n->next)
        r.n++;
    r.n += !s->name;
    r.name = arena_new_n(m->arena, const char *, r.n);
    r.item = arena_new_n(m->arena, Item, r.n);          /* zero: I_FAILED */
    if (!s->name)
        r.name[0] = mnet_full_name(m, s->op, s->numbered);
    for (const Name *n = s->name; n; n = n->next)
        r.name[i++] = mnet_full_name(m, n->sym, s->numbered);
    return r;
}

/* A block's name comes before a layer's; mnet_read has seen to it that no name is both. */
static void run_layer(Mnet *m, Stmt *s)
{
    const Stmt *block = mnet_var(m, s->op)->block;
    uint32_t i = 0;
    Results r;

    if (is_let(m, s)) {
        run_let(m, s, mnet_eval(m, &(Expr){ .kind = E_NAME, .at = s->at, .name = s->op }));
        return;
    }
    m->head = false;
    r = results(m, s);
    if (block)
        mnet_call_block(m, s, block, &r);
    else
        mnet_layer(m, s, &r);
    m->frame->above = r.item[r.n - 1];
    for (const Name *n = s->name; n; n = n->next)
        mnet_set(m, *n, r.item[i++], s);
}

/* The parameters so far are fixed: they do not train. */
static void run_freeze(Mnet *m, Stmt *s)
{
    (void)s;
    for (; m->n_frozen < m->g->n_value; m->n_frozen++)
        if (m->g->value[m->n_frozen].kind == VAL_PARAM)
            m->g->value[m->n_frozen].kind = VAL_CONST;
}

/* ---- control ---- */

/* Less than 1: not at all. */
static void run_repeat(Mnet *m, Stmt *s)
{
    int64_t n;

    if (!mnet_int(m, s->expr, &n)) {
        fail(m, s);
        return;
    }
    for (int64_t i = 0; i < n && mnet_step(m, s->at); i++)
        mnet_run(m, s->body);
}

/* Each round takes as many elements of the list as there are names. */
static void run_for(Mnet *m, Stmt *s)
{
    const Expr *e = s->expr->kid;
    uint32_t n_name = 0, n = 0;

    if (s->expr->kind != E_LIST) {
        mnet_error(m, s->expr->at, "here should be a list in '['");
        fail(m, s);
        return;
    }
    for (const Name *k = s->name; k; k = k->next)
        n_name++;
    for (const Expr *k = e; k; k = k->next)
        n++;
    if (n % n_name) {
        mnet_error(m, s->expr->at, "%u elements are no rows of %u", n, n_name);
        fail(m, s);
        return;
    }
    while (e && mnet_step(m, s->at)) {
        for (const Name *k = s->name; k; k = k->next, e = e->next)
            mnet_set(m, *k, mnet_eval(m, e), s);
        mnet_run(m, s->body);
    }
}

/* A chain of "else if" is walked, not descended. */
static void run_if(Mnet *m, Stmt *s)
{
    int64_t yes;

    while (s && s->kind == S_IF) {
        Stmt *other = s->other;
        if (!mnet_int(m, s->expr, &yes)) {
            fail(m, s);
            return;
        }
        if (yes) {
            mnet_run(m, s->body);
            return;
        }
        if (!other || other->kind != S_IF || other->next) {
            mnet_run(m, other);
            return;
        }
        s = other;
    }
}

/* ---- the list ---- */

/* Definitions have been taken in by define. */
static void nothing(Mnet *m, Stmt *s)
{
    (void)m;
    (void)s;
}

static void run_value(Mnet *m, Stmt *s)
{
    run_let(m, s, mnet_eval(m, s->expr));
}

static const struct {
    void (*run)(Mnet *, Stmt *);
    bool leaf;                 /* all its errors are its own */
} kinds[] = {
    [S_NAME] = { run_name, true },       [S_OUTPUT] = { run_output, true },
    [S_DATA] = { run_data, true },       [S_LAYER] = { run_layer, true },
    [S_LET] = { run_value, true },       [S_FREEZE] = { run_freeze, true },
    [S_REPEAT] = { run_repeat, false },  [S_FOR] = { run_for, false },
    [S_IF] = { run_if, false },          [S_FUNCTION] = { nothing, true },
    [S_BLOCK] = { nothing, true },
};

/* What would have come from a statement that has failed before. */
static void poison(Mnet *m, const Stmt *s)
{
    for (const Name *n = s->name; n && s->kind != S_NAME; n = n->next)
        mnet_set(m, *n, failed, s);
    if (s->kind == S_LAYER || s->kind == S_DATA)
        m->frame->above = failed;
}

/* Steps are counted where a statement can run more than once: the file's own lines are as many as
 * they are. */
static void run_one(Mnet *m, Stmt *s)
{
    uint32_t before = m->d->n_error;

    if ((s->in_loop || m->frame->id) && !mnet_step(m, s->at))
        return;
    if (s->failed) {
        poison(m, s);
        return;
    }
    kinds[s->kind].run(m, s);
    if (kinds[s->kind].leaf && m->d->n_error != before)
        fail(m, s);
}

/* Bodies end early when a bound was passed. */
void mnet_run(Mnet *m, Stmt *list)
{
    for (Stmt *s = list; s && !m->stop; s = s->next)
        run_one(m, s);
}

/* ---- the file ---- */

/* Blocks and functions may be used above their definition. */
static void define(Mnet *m, const Stmt *list)
{
    for (const Stmt *s = list; s; s = s->next) {
        Var *v = s->op ? mnet_var(m, s->op) : NULL;
        const Stmt **slot = s->kind == S_BLOCK ? &v->block
                          : s->kind == S_FUNCTION ? &v->function : NULL;
        if (slot && s->kind == S_BLOCK && mnet_is_layer(s->op))
            mnet_error(m, s->at, "'%s' is a layer of the language", s->op);
        else if (slot && *slot)
            mnet_error(m, s->at, "'%s' is defined already", s->op);
        if (slot)
            *slot = s;
    }
}

/* Ids begin at 1, as the graph's do. */
static void init(Mnet *m, Arena *a, const MnetOptions *o, Diag *d)
{
    memset(m, 0, sizeof *m);
    m->arena = a;
    m->o = o;
    m->d = d;
    m->g = ir_new(a);
    m->g->name = intern(&m->g->names, path_stem(a, o->file));
    m->n_frozen = 1;
    m->head = true;
    intern_init(&m->names, a);
    intern_init(&m->counts, a);
}

Graph *mnet_read(Arena *a, Bytes text, const MnetOptions *o, Diag *d)
{
    uint32_t before = d->n_error;
    Frame file;
    Stmt *list;
    Mnet m;

    init(&m, a, o, d);
    if (text.n && memchr(text.p, 0, text.n)) {         /* one message instead of one a byte */
        diag_error(d, (Pos){ .file = o->file }, "is not text: it has bytes that are 0");
        return NULL;
    }
    diag_source(d, o->file, (const char *)text.p, text.n);
    list = mnet_parse(a, text, o->file, &m.names, d);
    if (d->n_error != before)
        return NULL;
    mnet_enter(&m, &file, "", NULL);
    define(&m, list);
    mnet_run(&m, list);
    mnet_check_overrides(&m);
    if (d->n_error == before && !m.output.n)
        diag_error(d, (Pos){ .file = o->file }, "the net has no output");
    ir_set_inputs(m.g, m.input.v, m.input.n);
    ir_set_outputs(m.g, m.output.v, m.output.n);
    return d->n_error == before ? m.g : NULL;
}
