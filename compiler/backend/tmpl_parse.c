/* SPDX-License-Identifier: Apache-2.0 */
/* tmpl_parse: a template's lines to a tree of items.
 *
 * In: a file's name and the scope around it; out: a Unit.  All mistakes of a file are said, up
 * to MAX_ERRORS; a line with a mistake leaves no item.  What holds afterwards, when there was no
 * mistake: blocks are closed, names are bound, each parameter has a value of its kind and a use.
 */
#include "backend/tmpl_impl.h"

#include <string.h>

typedef enum { END_OF_FILE, ELIF, ELSE, END, IN_BLOCK } Stop;     /* what a block ends with */

typedef struct Reader {
    Unit *u;
    Cursor c;               /* the current line; in a directive, behind its word */
    const char *next;       /* where the next line starts */
    Item **tail;            /* where the next item goes */
    uint32_t nest;          /* blocks around the line */
    bool stopped;           /* given up; the end of the file is not the end of the text */
    const char *word;       /* the directive's, n_word bytes */
    size_t n_word;
} Reader;

Pos tmpl_pos(const Cursor *c, const char *s, size_t n)
{
    Expr e = { .line = c->line, .col = (uint32_t)(s - c->start) + 1, .len = (uint32_t)n };

    return tmpl_expr_pos(c->unit, &e);
}

/* Diag gets the text on the first message only: most templates have none. */
Pos tmpl_expr_pos(Unit *u, const Expr *e)
{
    Pos pos = { .file = u->file, .line = e->line, .col = e->col, .len = e->len };

    if (!u->shown)
        diag_source(u->job->diag, u->file, u->text, u->n);
    u->shown = true;
    return pos;
}

/* s is not terminated: n bytes.  The innermost name comes first. */
Name *tmpl_find(Name *names, const char *s, size_t n)
{
    while (names && (strncmp(names->var->name, s, n) || names->var->name[n]))
        names = names->next;
    return names;
}

static Diag *diag(const Reader *r)
{
    return r->u->job->diag;
}

static Pos at(const Reader *r, const char *s, size_t n)
{
    return tmpl_pos(&r->c, s, n);
}

static Item *new_item(Reader *r, ItemKind kind)
{
    Item *item = arena_new(r->u->job->arena, Item);

    item->kind = kind;
    return item;
}

/* Appends to the list that is being read. */
static Item *add(Reader *r, ItemKind kind)
{
    Item *item = new_item(r, kind);

    *r->tail = item;
    r->tail = &item->next;
    return item;
}

/* A carriage return is one: files may come with either kind of line end. */
static void skip_blanks(Cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r'))
        c->p++;
}

/* The identifier at the cursor, which moves behind it; n 0 when there is none. */
static const char *take_ident(Cursor *c, size_t *n)
{
    const char *s;

    skip_blanks(c);
    s = c->p;
    *n = tmpl_ident(s, c->end);
    c->p += *n;
    return s;
}

/* The cursor stays where it is: the next line is found by r->next. */
static void want_end_of_line(Reader *r)
{
    skip_blanks(&r->c);
    if (r->c.p < r->c.end)
        diag_error(diag(r), at(r, r->c.p, (size_t)(r->c.end - r->c.p)),
                   "this does not belong to the directive");
}

/* Gives the file up: whatever is open ends now, and is not blamed for it. */
static void stop_reading(Reader *r)
{
    r->next = r->u->text + r->u->n;
    r->stopped = true;
}

/* Moves the cursor to the start of the next line.  A last line without newline is one. */
static bool next_line(Reader *r)
{
    const char *end = r->u->text + r->u->n, *nl;

    if (r->next >= end)
        return false;
    nl = memchr(r->next, '\n', (size_t)(end - r->next));
    r->c.line++;
    r->c.start = r->c.p = r->next;
    r->c.end = nl ? nl : end;
    r->next = nl ? nl + 1 : end;
    return true;
}

/* Neighbouring lines of plain text are one item. */
static void add_text(Reader *r, Item **open, const char *from, const char *to)
{
    Item *item = *open;

    if (from == to)
        return;
    if (item && item->text + item->n == from && r->tail == &item->next) {
        item->n += (size_t)(to - from);
        return;
    }
    item = add(r, I_TEXT);
    item->text = from;
    item->n = (size_t)(to - from);
    *open = item;
}

/* A line of text, newline included, with its ${values}.  A directive in the middle of a line
 * would be copied into the C as a comment and do nothing: certainly not what was meant. */
static void read_text(Reader *r, Item **open)
{
    Cursor *c = &r->c;
    const char *mark = memmem(c->start, (size_t)(c->end - c->start), "//@", 3);

    if (mark)
        diag_error(diag(r), at(r, mark, 3), "a directive stands alone on its line");
    c->p = c->start;
    while ((mark = memmem(c->p, (size_t)(c->end - c->p), "${", 2)) != NULL) {
        Expr *e;
        add_text(r, open, c->p, mark);
        c->p = mark + 2;
        e = tmpl_expr(c);
        if (!e)
            return;
        if (c->p == c->end || *c->p != '}') {
            diag_error(diag(r), at(r, c->p, 1), "expected '}'");
            return;
        }
        c->p++;
        add(r, I_VALUE)->e = e;
    }
    add_text(r, open, c->p, r->next);
}

static Name *new_name(Reader *r, Var *var, Pos pos)
{
    Name *name = arena_new(r->u->job->arena, Name);

    name->var = var;
    name->pos = pos;
    return name;
}

static Var *new_var(Reader *r, const char *s, size_t n, VarKind kind)
{
    Var *var = arena_new(r->u->job->arena, Var);

    var->name = arena_strndup(r->u->job->arena, s, n);
    var->kind = kind;
    return var;
}

/* One parameter takes the variable of the same name outside, or for want of a fitting one a new
 * one, so that its uses are no mistakes.  The names stay in the order of the line. */
static void bind(Reader *r, const char *s, size_t n, bool list, Name *outer)
{
    static const char *const kind[] = { "an integer", "a list", "a word" };
    Name *from = tmpl_find(outer, s, n), **last = &r->u->names;
    Var *var = new_var(r, s, n, list ? VAR_LIST : VAR_INT);
    Pos pos = at(r, s, n);

    if (tmpl_find(r->u->names, s, n))
        diag_error(diag(r), pos, "'%s' is named twice", var->name);
    else if (!from)
        diag_error(diag(r), pos, "'%s' gets no value", var->name);
    else if (list != (from->var->kind == VAR_LIST))
        diag_error(diag(r), pos, "'%s' gets %s and is named %s", var->name,
                   kind[from->var->kind], list ? "as a list" : "without []");
    else
        var = from->var;
    if (from)
        from->used = true;
    while (*last)
        last = &(*last)->next;
    *last = new_name(r, var, pos);
}

/* params A B C[] */
static void read_params(Reader *r, Name *outer)
{
    Cursor *c = &r->c;
    size_t n;
    const char *s = take_ident(c, &n);

    for (; n; s = take_ident(c, &n)) {
        bool list = c->end - c->p >= 2 && c->p[0] == '[' && c->p[1] == ']';
        c->p += list ? 2 : 0;
        bind(r, s, n, list, outer);
    }
    want_end_of_line(r);
}

static Stop read_block(Reader *r);

/* Reads a block's lines into list.  opening: the directive that wants an end. */
static Stop read_body(Reader *r, Item **list, Pos opening)
{
    Item **tail = r->tail;
    Stop stop;

    if (++r->nest > MAX_NEST) {
        diag_error(diag(r), opening, "blocks nest deeper than %d", MAX_NEST);
        stop_reading(r);
    }
    r->tail = list;
    stop = read_block(r);
    r->tail = tail;
    r->nest--;
    if (stop == END_OF_FILE && !r->stopped)
        diag_error(diag(r), opening, "has no //@ end");
    return stop;
}

/* The expression that a line ends with. */
static Expr *read_condition(Reader *r)
{
    Expr *e = tmpl_int_expr(&r->c);

    if (e)
        want_end_of_line(r);
    return e;
}

/* if EXPR, its arms, end.  The arms hang on each other (other), not on the C stack: there may be
 * as many as the file has room for. */
static void read_if(Reader *r)
{
    Item *arm = add(r, I_IF);
    Pos opening = at(r, r->word, r->n_word);
    bool last = false;
    Stop stop;

    arm->e = read_condition(r);
    while ((stop = read_body(r, &arm->body, opening)) == ELIF || stop == ELSE) {
        if (last)
            diag_error(diag(r), at(r, r->word, r->n_word), "follows the else of its if");
        last |= stop == ELSE;
        arm = arm->other = new_item(r, I_IF);
        if (stop == ELIF)
            arm->e = read_condition(r);
        else
            want_end_of_line(r);
    }
}

/* NAME in EXPR..EXPR */
static void read_range(Reader *r, Item *loop, const char *s, size_t n)
{
    Cursor *c = &r->c;
    size_t n_in;
    const char *in = take_ident(c, &n_in);

    if (!n || n_in != 2 || memcmp(in, "in", 2)) {
        diag_error(diag(r), at(r, s, n), "expected: for NAME in FIRST..END");
        return;
    }
    loop->e = tmpl_int_expr(c);
    if (!loop->e)
        return;
    if (c->end - c->p < 2 || memcmp(c->p, "..", 2)) {
        diag_error(diag(r), at(r, c->p, 1), "expected '..'");
        return;
    }
    c->p += 2;
    loop->last = read_condition(r);
}

/* for NAME in EXPR..EXPR, body, end.  The name is known in the body alone. */
static void read_for(Reader *r)
{
    Item *loop = add(r, I_FOR);
    Pos opening = at(r, r->word, r->n_word);
    size_t n;
    const char *s = take_ident(&r->c, &n);
    Name *outer = r->u->names, *name;
    Stop stop;

    loop->var = new_var(r, s, n, VAR_INT);
    name = new_name(r, loop->var, at(r, s, n));
    if (n && tmpl_find(outer, s, n))
        diag_error(diag(r), name->pos, "'%s' has a value already", loop->var->name);
    read_range(r, loop, s, n);
    name->next = outer;
    r->u->names = n ? name : outer;
    while ((stop = read_body(r, &loop->body, opening)) == ELIF || stop == ELSE)
        diag_error(diag(r), at(r, r->word, r->n_word), "does not belong to an if");
    r->u->names = outer;
}

/* include FILE, with the names in scope here.  It is parsed at each place that includes it,
 * because its names mean other variables there. */
static void read_include(Reader *r)
{
    Cursor *c = &r->c;
    const char *s;
    uint32_t before = diag(r)->n_error;
    Pos pos;
    Unit *u;

    skip_blanks(c);
    s = c->p;
    while (c->p < c->end && *c->p != ' ' && *c->p != '\t' && *c->p != '\r')
        c->p++;
    pos = at(r, s, (size_t)(c->p - s));
    s = arena_strndup(r->u->job->arena, s, (size_t)(c->p - s));
    want_end_of_line(r);
    for (u = r->u; u && strcmp(u->file, s); u = u->parent)
        ;
    if (u) {
        diag_error(diag(r), pos, "'%s' includes itself", s);
    } else if ((u = tmpl_parse(r->u->job, s, r->u, r->u->names, pos)) != NULL) {
        Item *item = add(r, I_INCLUDE);
        item->unit = u;
        item->pos = pos;
        if (diag(r)->n_error > before)
            diag_note(diag(r), pos, "included from here");
    }
}

/* What may stand in a block.  An elif, else or end goes up to the block's reader, which knows
 * what was opened. */
typedef struct Directive {
    const char *word;
    void (*read)(Reader *r);    /* NULL: it ends the block, or an arm of it */
    Stop stop;
} Directive;

static const Directive directives[] = {
    { "if", read_if, IN_BLOCK }, { "elif", NULL, ELIF }, { "else", NULL, ELSE },
    { "for", read_for, IN_BLOCK }, { "include", read_include, IN_BLOCK }, { "end", NULL, END },
};
enum { N_DIRECTIVE = sizeof directives / sizeof *directives };

/* The cursor is behind "//@". */
static Stop read_directive(Reader *r)
{
    const char *words[N_DIRECTIVE], *near;
    char *word;

    r->word = take_ident(&r->c, &r->n_word);
    word = arena_strndup(r->u->job->arena, r->word, r->n_word);
    for (size_t i = 0; i < N_DIRECTIVE; i++) {
        const Directive *d = &directives[i];
        words[i] = d->word;
        if (strcmp(d->word, word))
            continue;
        if (d->read)
            d->read(r);
        else if (!r->nest)
            diag_error(diag(r), at(r, r->word, r->n_word), "there is no open block here");
        if (d->stop == END)
            want_end_of_line(r);
        return r->nest ? d->stop : IN_BLOCK;
    }
    if (!strcmp(word, "params")) {
        diag_error(diag(r), at(r, r->word, r->n_word), "params stands at the top, and only once");
        return IN_BLOCK;
    }
    diag_error(diag(r), at(r, r->word, r->n_word), "unknown directive");
    near = diag_nearest(word, words, N_DIRECTIVE);
    if (near)
        diag_hint(diag(r), "did you mean '%s'?", near);
    return IN_BLOCK;
}

/* Whether the line starts, after blanks, with these three characters; moves behind them. */
static bool starts(Cursor *c, const char *mark)
{
    c->p = c->start;
    skip_blanks(c);
    if (c->end - c->p < 3 || memcmp(c->p, mark, 3))
        return false;
    c->p += 3;
    return true;
}

/* Returns what ended the block; only the file's own ends with END_OF_FILE without a mistake. */
static Stop read_block(Reader *r)
{
    Item *open = NULL;
    Stop stop = IN_BLOCK;

    while (stop == IN_BLOCK && next_line(r)) {
        if (starts(&r->c, "//@"))
            stop = read_directive(r);
        else if (!starts(&r->c, "//#"))
            read_text(r, &open);
        if (diag(r)->n_error - r->u->job->errors_before >= MAX_ERRORS)
            stop_reading(r);
    }
    return stop == IN_BLOCK ? END_OF_FILE : stop;
}

/* The remarks and the params line at the top. */
static bool read_head(Reader *r, Name *outer)
{
    Cursor *c = &r->c;
    size_t n;
    const char *s;

    while (next_line(r) && starts(c, "//#"))
        ;
    if (r->u->n && starts(c, "//@")) {
        s = take_ident(c, &n);
        if (n == 6 && !memcmp(s, "params", 6)) {
            r->u->params = at(r, s, n);
            read_params(r, outer);
            return true;
        }
    }
    diag_error(diag(r), r->u->n ? at(r, c->start, 1) : (Pos){ .file = r->u->file },
               "a template begins with //@ params");
    return false;
}

/* Over all branches: a use is a name in the text, whether it is ever reached or not. */
static void check_used(Unit *u)
{
    for (const Name *name = u->names; name; name = name->next)
        if (!name->used)
            diag_error(u->job->diag, name->pos, "'%s' is never used", name->var->name);
}

Unit *tmpl_parse(Job *job, const char *file, Unit *parent, Name *outer, Pos pos)
{
    Unit *u = arena_new(job->arena, Unit);
    Reader r = { .u = u, .c = { .unit = u }, .tail = &u->body };
    uint32_t before = job->diag->n_error;

    u->job = job;
    u->parent = parent;
    u->file = file;
    u->depth = parent ? parent->depth + 1 : 0;
    if (u->depth > MAX_INCLUDE) {
        diag_error(job->diag, pos, "includes nest deeper than %d", MAX_INCLUDE);
        return NULL;
    }
    if (!tmpl_source(job, file, pos, &u->text, &u->n))
        return NULL;
    job->bytes += u->n + 64;           /* an empty file costs something, too */
    if (job->bytes > MAX_TEXT) {
        diag_error(job->diag, pos, "the templates together have more than %d bytes", MAX_TEXT);
        return NULL;
    }
    r.next = u->text;
    if (read_head(&r, outer)) {
        read_block(&r);
        if (job->diag->n_error == before)
            check_used(u);
    }
    return u;
}
