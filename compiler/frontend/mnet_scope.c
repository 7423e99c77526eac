/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_scope: names of a spec and what they stand for, frames, full names, errors. */
#include "frontend/mnet_run.h"
#include "base/number.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

Pos mnet_pos(const Mnet *m, At at)
{
    return (Pos){ .file = m->o->file, .line = at.line, .col = at.col, .len = at.len };
}

void mnet_error(Mnet *m, At at, const char *fmt, ...)
{
    va_list ap;
    Buf b;

    buf_init(&b, m->arena);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    diag_error(m->d, mnet_pos(m, at), "%s", b.p);
}

/* Said once; then everything stops. */
bool mnet_step(Mnet *m, At at)
{
    if (!m->stop && ++m->steps > MNET_MAX_STEPS) {
        mnet_error(m, at, "the spec goes on for more than %d steps", MNET_MAX_STEPS);
        m->stop = true;
    }
    return !m->stop;
}

/* ---- names ---- */

Var *mnet_var(Mnet *m, Sym sym)
{
    uint32_t *mark = intern_mark(&m->names, sym);

    if (*mark)
        return &m->var[*mark - 1];
    if (m->n_var == m->cap_var) {
        uint32_t cap = m->cap_var ? 2 * m->cap_var : 64;
        m->var = arena_resize(m->arena, m->var, m->cap_var * sizeof *m->var,
                              cap * sizeof *m->var);
        m->cap_var = cap;
    }
    *mark = m->n_var + 1;
    m->var[m->n_var].sym = sym;
    return &m->var[m->n_var++];
}

/* The binding that this frame sees, or NULL. */
static struct Binding *binding(Mnet *m, Sym sym)
{
    Var *v = mnet_var(m, sym);

    if (m->frame->id && v->local.set && v->frame == m->frame->id)
        return &v->local;
    return v->file.set ? &v->file : NULL;
}

/* A pointer into a table that grows: dead after the next name. */
const Item *mnet_find(Mnet *m, Sym sym)
{
    struct Binding *b = binding(m, sym);

    return b ? &b->item : NULL;
}

/* Keeps what another frame has bound, for mnet_leave. */
static void save(Mnet *m, const Var *v)
{
    if (m->n_saved == m->cap_saved) {
        uint32_t cap = m->cap_saved ? 2 * m->cap_saved : 64;
        m->saved = arena_resize(m->arena, m->saved, m->cap_saved * sizeof *m->saved,
                                cap * sizeof *m->saved);
        m->cap_saved = cap;
    }
    m->saved[m->n_saved++] = (struct Saved){ (uint32_t)(v - m->var), v->local, v->frame };
}

/* The binding in this very frame, made when new. */
static struct Binding *own_binding(Mnet *m, Sym sym)
{
    Var *v = mnet_var(m, sym);

    if (!m->frame->id)
        return &v->file;
    if (v->frame != m->frame->id) {
        save(m, v);
        v->frame = m->frame->id;
        memset(&v->local, 0, sizeof v->local);
    }
    return &v->local;
}

/* A name is set once, but what stands in a loop may set it again, and so may the for of another
 * loop. */
void mnet_set(Mnet *m, Name name, Item item, const Stmt *by)
{
    struct Binding *b = own_binding(m, name.sym);
    bool again;

    if (b->set && item.kind == I_FAILED)
        return;
    again = by && (b->by == by || (b->by && b->by->in_loop && by->in_loop)
                   || (b->by && b->by->kind == S_FOR && by->kind == S_FOR));
    if (b->set && !again) {
        mnet_error(m, name.at, "'%s' is set already", diag_quote(m->arena, name.sym));
        diag_note(m->d, mnet_pos(m, b->at), "here");
        return;
    }
    *b = (struct Binding){ .item = item, .by = by, .at = name.at, .set = true,
                           .parameter = m->head && !m->frame->id && by && by->kind != S_FOR
                                        && item.kind != I_VALUE };
}

/* The hint may be a name that is seen here, or a word. */
void mnet_unknown(Mnet *m, At at, Sym sym)
{
    const char **known, *near;
    size_t n = 0;

    mnet_error(m, at, "there is nothing called '%s' here", diag_quote(m->arena, sym));
    if (m->d->n_error > DIAG_MAX)
        return;
    known = arena_new_n(m->arena, const char *, m->n_var + MNET_MOST_WORDS);
    for (uint32_t i = 0; i < m->n_var; i++)
        if (m->var[i].sym != sym && binding(m, m->var[i].sym))
            known[n++] = m->var[i].sym;
    n += mnet_words(known + n);
    near = diag_nearest(sym, known, n);
    if (near)
        diag_hint(m->d, "did you mean '%s'?", near);
}

/* ---- frames ---- */

/* Each frame has an id of its own, so bindings of frames that are gone are never seen. */
void mnet_enter(Mnet *m, Frame *f, Sym prefix, const Stmt *call)
{
    *f = (Frame){ .id = m->n_frame++, .prefix = prefix, .above = { .kind = I_OMITTED },
                  .call = call, .n_saved = m->n_saved, .up = m->frame };
    m->frame = f;
}

/* Gives back what the frame has hidden: a block within a block may have the same parameters. */
void mnet_leave(Mnet *m)
{
    while (m->n_saved > m->frame->n_saved) {
        const struct Saved *s = &m->saved[--m->n_saved];
        m->var[s->var].local = s->local;
        m->var[s->var].frame = s->frame;
    }
    m->frame = m->frame->up;
}

Sym mnet_full_name(Mnet *m, const char *base, bool number)
{
    const char *full = arena_printf(m->arena, "%s%s", m->frame->prefix, base);
    uint32_t k;

    if (!number)
        return full;
    intern(&m->counts, full);
    k = ++*intern_mark(&m->counts, full);
    return arena_printf(m->arena, "%s%u", full, k);
}

/* ---- parameters of the spec ---- */

/* The text of -D NAME=TEXT as a number or a word; I_FAILED when it is neither. */
static Item read_define(Mnet *m, const char *text)
{
    Item x = { .kind = I_INT };
    char *end;

    errno = 0;
    x.u.i = strtoll(text, &end, 10);
    if (*text && !*end && !errno)
        return x;
    x.kind = I_FLOAT;
    x.u.f = number_read(text, &end);
    if (*text && !*end && isfinite(x.u.f))
        return x;
    x.kind = ir_plain_name(text) ? I_WORD : I_FAILED;
    x.u.word = intern(&m->names, text);
    return x;
}

/* As it would stand in the spec. */
static const char *item_text(Mnet *m, const Item *x)
{
    return x->kind == I_WORD ? x->u.word : mnet_item_text(m, x);
}

Item mnet_override(Mnet *m, const Stmt *s, Item item)
{
    size_t n = strlen(s->name->sym);
    Item x;

    for (const char *const *def = m->o->define; def && *def; def++) {
        if (strncmp(*def, s->name->sym, n) || (*def)[n] != '=')
            continue;
        x = read_define(m, *def + n + 1);
        if (x.kind == I_INT && item.kind == I_FLOAT)
            x = (Item){ .kind = I_FLOAT, .u = { .f = (double)x.u.i } };
        if (x.kind == item.kind)
            item = x;
        else if (item.kind != I_FAILED)
            mnet_error(m, s->name->at, "-D %s: here should be a %s, like the default %s",
                       diag_quote(m->arena, *def), item.kind == I_WORD ? "word"
                       : item.kind == I_INT ? "whole number" : "number",
                       item_text(m, &item));
    }
    return item;
}

/* "width = 1, size = 224": what was set in the head. */
static const char *parameters(Mnet *m, const char **names, size_t *n)
{
    Buf b;

    buf_init(&b, m->arena);
    *n = 0;
    for (uint32_t i = 0; i < m->n_var; i++) {
        const struct Binding *v = &m->var[i].file;
        if (!v->parameter)
            continue;
        buf_printf(&b, "%s%s = %s", *n ? ", " : "", m->var[i].sym, item_text(m, &v->item));
        names[(*n)++] = m->var[i].sym;
    }
    return *n ? b.p : "none";
}

/* A -D that nobody asked for is an error, with a list of what there is. */
void mnet_check_overrides(Mnet *m)
{
    const char **names = arena_new_n(m->arena, const char *, m->n_var), *near, *list;
    size_t n, i;

    list = parameters(m, names, &n);
    for (const char *const *def = m->o->define; def && *def; def++) {
        const char *end = strchrnul(*def, '=');
        const char *name = arena_strndup(m->arena, *def, (size_t)(end - *def));
        for (i = 0; i < n && strcmp(names[i], name); i++)
            ;
        if (i < n && *end)
            continue;
        diag_error(m->d, (Pos){ .file = m->o->file }, i < n ? "-D %s: a value is missing: %s=..."
                   : "-D %s: there is no parameter '%s'", name, name);
        near = diag_nearest(name, names, n);
        if (near && i == n)
            diag_hint(m->d, "did you mean '%s'? parameters: %s", near, list);
        else
            diag_hint(m->d, "parameters: %s", list);
    }
}
