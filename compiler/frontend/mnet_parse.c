/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_parse: the spec language's statements.  A grammar rule stands above each function.
 *
 *   file  = { line }
 *   line  = [ statement ] "\n"
 *   body  = "{" { line } "}"
 *
 * One error is said per statement; parsing goes on with the next line.
 */
#include "frontend/mnet_ast.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 100 };      /* nested brackets, calls and bodies */

void parse_advance(Parser *p)
{
    p->tok = p->next;
    p->next = lex_next(&p->lex);
    if (p->tok.kind == T_BAD)
        p->bad = true;       /* the lexer has said it */
}

void parse_error(Parser *p, At at, const char *fmt, ...)
{
    Pos pos = { .file = p->lex.file, .line = at.line, .col = at.col, .len = at.len };
    va_list ap;
    Buf b;

    if (p->bad)
        return;
    p->bad = true;
    buf_init(&b, p->arena);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    diag_error(p->d, pos, "%s", b.p);
}

const char *parse_found(Parser *p)
{
    switch (p->tok.kind) {
    case T_END: return "the end of the file";
    case '\n': return "the end of the line";
    case T_NAME: return arena_printf(p->arena, "'%s'", diag_quote(p->arena, p->tok.sym));
    case T_STRING: return "a quoted name";
    case T_NUMBER: return "a number";
    case T_EQ: return "'=='";
    case T_NE: return "'!='";
    case T_LE: return "'<='";
    case T_GE: return "'>='";
    default: return arena_printf(p->arena, "'%c'", p->tok.kind);
    }
}

bool parse_accept(Parser *p, int kind)
{
    if (p->bad || p->tok.kind != kind)
        return false;
    parse_advance(p);
    return true;
}

bool parse_expect(Parser *p, int kind, const char *what)
{
    if (parse_accept(p, kind))
        return true;
    parse_error(p, p->tok.at, "here should be %s, not %s", what, parse_found(p));
    return false;
}

void parse_close(Parser *p, int kind, At open)
{
    bool end = !p->bad && p->tok.kind == T_END;
    Pos pos = { .file = p->lex.file, .line = open.line, .col = open.col, .len = open.len };

    parse_expect(p, kind, arena_printf(p->arena, "'%c'", kind));
    if (end)
        diag_note(p->d, pos, "to close this one");
}

bool parse_enter(Parser *p)
{
    if (++p->depth > DEEPEST)
        parse_error(p, p->tok.at, "nested more than %d deep", DEEPEST);
    return !p->bad;
}

static bool is_word(const Token *t, const char *word)
{
    return t->kind == T_NAME && !strcmp(t->sym, word);
}

/* After an error: on to the next line, over bodies that begin on this one. */
static void resume(Parser *p)
{
    uint32_t open = 0;

    p->lex.depth = 0;
    while (p->tok.kind != T_END && !(p->tok.kind == '\n' && !open)
           && !(p->tok.kind == '}' && !open)) {
        open += p->tok.kind == '{';
        open -= p->tok.kind == '}';
        parse_advance(p);
    }
    p->bad = false;
}

static Stmt *new_stmt(Parser *p, StmtKind kind)
{
    Stmt *s = arena_new(p->arena, Stmt);

    s->kind = kind;
    s->at = p->tok.at;
    s->in_loop = s->numbered = p->loops > 0;
    return s;
}

static Stmt *statement(Parser *p);

/* The statements up to the end of the file, or of the body. */
static Stmt *lines(Parser *p, bool body)
{
    Stmt *first = NULL, **last = &first;

    while (p->tok.kind != T_END && !(body && p->tok.kind == '}')) {
        if (p->tok.kind == '\n') {
            parse_advance(p);
            continue;
        }
        *last = statement(p);
        if (*last)
            last = &(*last)->next;
        if (p->tok.kind != '\n' && p->tok.kind != T_END && !(body && p->tok.kind == '}'))
            parse_error(p, p->tok.at, "here should be the end of the line, not %s",
                        parse_found(p));
        if (p->bad) {
            resume(p);
            if (!body && p->tok.kind == '}')
                parse_advance(p);
        }
    }
    return first;
}

/* body = "{" { line } "}" */
static Stmt *body(Parser *p)
{
    At at = p->tok.at;
    Stmt *s = NULL;

    if (!parse_expect(p, '{', "'{'"))
        return NULL;
    if (parse_enter(p))
        s = lines(p, true);
    p->depth--;
    parse_close(p, '}', at);
    return s;
}

/* A name that a statement sets.  Reserved words cannot be names unless quoted. */
static Name *set_name(Parser *p)
{
    Name *n = arena_new(p->arena, Name);

    n->sym = p->tok.sym;
    n->at = p->tok.at;
    if (p->tok.kind == T_NAME && !ir_plain_name(n->sym))
        parse_error(p, n->at, "'%s' is a word of the language and no name", n->sym);
    else if (p->tok.kind == T_STRING && !*n->sym)
        parse_error(p, n->at, "a name cannot be empty");
    else if (p->tok.kind != T_NAME && p->tok.kind != T_STRING)
        parse_error(p, n->at, "here should be a name, not %s", parse_found(p));
    parse_advance(p);
    return n;
}

/* ---- layers ---- */

static bool ends_statement(const Parser *p)
{
    return p->bad || p->tok.kind == '\n' || p->tok.kind == T_END || p->tok.kind == '}';
}

/* arguments = { [ NAME "=" ] expr } */
static Arg *arguments(Parser *p)
{
    Arg *first = NULL, **last = &first;

    while (!ends_statement(p)) {
        Arg *a = *last = arena_new(p->arena, Arg);
        a->at = p->tok.at;
        if (p->tok.kind == T_NAME && p->next.kind == '=') {
            a->key = p->tok.sym;
            parse_advance(p);
            parse_advance(p);
        }
        a->value = parse_expr(p, true);
        last = &a->next;
    }
    return first;
}

/* layer = KEYWORD arguments */
static void layer(Parser *p, Stmt *s)
{
    s->kind = S_LAYER;
    s->op = p->tok.sym;
    s->at = p->tok.at;
    if (p->tok.kind != T_NAME)
        parse_error(p, s->at, "here should be a layer, not %s", parse_found(p));
    parse_advance(p);
    s->bare = ends_statement(p);
    s->arg = arguments(p);
}

/* file = "@" NAME "+" NUMBER */
static void data_file(Parser *p, Stmt *s)
{
    Expr *e;

    if (p->tok.kind == '-') {
        parse_error(p, p->tok.at, "these numbers were left out when the text was written");
        return;
    }
    if (p->tok.kind != T_NAME && p->tok.kind != T_STRING)
        parse_error(p, p->tok.at, "here should be a file's name, not %s", parse_found(p));
    s->file = p->tok.sym;
    parse_advance(p);
    parse_expect(p, '+', "'+' and an offset");
    e = parse_expr(p, true);
    if (e->kind != E_NUMBER || !e->is_int || e->i < 0)
        parse_error(p, e->at, "here should be an offset in bytes");
    s->offset = e->i;
}

/* data = ( "input" | "param" | "const" | "state" ) [ type ] "[" { expr } "]" [ file | expr ] */
static void data(Parser *p, Stmt *s, ValueKind kind)
{
    s->kind = S_DATA;
    s->at = p->tok.at;
    s->value_kind = kind;
    s->type = DT_F32;
    parse_advance(p);
    if (p->tok.kind == T_NAME) {
        s->type = dtype_by_name(p->tok.sym);
        if (!s->type)
            parse_error(p, p->tok.at, "there is no type '%s'",
                        diag_quote(p->arena, p->tok.sym));
        parse_advance(p);
    }
    if (p->tok.kind != '[')
        parse_error(p, p->tok.at, "here should be a shape in '[', not %s", parse_found(p));
    if (p->bad)
        return;
    s->expr = parse_list(p);
    if (parse_accept(p, '@'))
        data_file(p, s);
    else if (!ends_statement(p))
        s->data = parse_expr(p, true);
}

static int data_kind(const Token *t)
{
    static const struct { const char *word; ValueKind kind; } kinds[] = {
        { "input", VAL_INPUT }, { "param", VAL_PARAM }, { "const", VAL_CONST },
        { "state", VAL_STATE },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (is_word(t, kinds[i].word))
            return (int)kinds[i].kind;
    return -1;
}

/* After NAME "=": is what follows a keyword with operands, or an expression? */
static bool looks_like_layer(const Parser *p)
{
    const Token *t = &p->next;

    if (p->tok.kind != T_NAME)
        return false;
    if (t->kind == '(' || t->kind == '-')
        return !t->glued && t->kind == '(';
    return t->kind == '\n' || t->kind == T_END || t->kind == '}' || t->kind == T_STRING
        || t->kind == T_NUMBER || t->kind == '['
        || (t->kind == T_NAME && !is_word(t, "and") && !is_word(t, "or"));
}

/* assignment = NAME { "," NAME } "=" ( data | layer | expr ) */
static Stmt *assignment(Parser *p)
{
    Stmt *s = new_stmt(p, S_LET);
    Name **last = &s->name;

    do {
        *last = set_name(p);
        last = &(*last)->next;
    } while (parse_accept(p, ','));
    parse_expect(p, '=', "'='");
    if (p->bad)
        return NULL;
    if (data_kind(&p->tok) >= 0)
        data(p, s, (ValueKind)data_kind(&p->tok));
    else if (looks_like_layer(p) || s->name->next)
        layer(p, s);
    else
        s->expr = parse_expr(p, false);
    return s;
}

/* ---- definitions ---- */

/* parameters = "(" [ NAME [ "=" expr ] { "," NAME [ "=" expr ] } ] ")" */
static Arg *parameters(Parser *p, int most, bool defaults)
{
    Arg *first = NULL, **last = &first;
    int count = 0;

    parse_expect(p, '(', "'('");
    while (!p->bad && p->tok.kind != ')') {
        Name *n = set_name(p);
        Arg *a = *last = arena_new(p->arena, Arg);
        a->key = n->sym;
        a->at = n->at;
        last = &a->next;
        for (const Arg *b = first; b != a; b = b->next)
            if (b->key == a->key)
                parse_error(p, a->at, "there are two parameters '%s'", a->key);
        if (++count > most)
            parse_error(p, a->at, "more than %d parameters", most);
        if (defaults && parse_accept(p, '='))
            a->value = parse_expr(p, false);
        if (!parse_accept(p, ','))
            break;
    }
    parse_expect(p, ')', "')'");
    return first;
}

static void outermost(Parser *p, const char *what)
{
    if (p->depth)
        parse_error(p, p->tok.at, "%s cannot be defined inside another body", what);
}

/* function = NAME parameters "=" expr */
static Stmt *function(Parser *p)
{
    Stmt *s = new_stmt(p, S_FUNCTION);

    outermost(p, "a function");
    s->op = set_name(p)->sym;
    s->arg = parameters(p, MNET_MAX_ARGS, false);
    parse_expect(p, '=', "'='");
    s->expr = parse_expr(p, false);
    return s;
}

/* A layer without a name is called by its keyword, with a number when its block has several. */
static void number_unnamed(Parser *p)
{
    for (Stmt *s = p->unnamed; s; s = s->unnamed)
        ++*intern_mark(p->lex.names, s->op);
    for (Stmt *s = p->unnamed; s; s = s->unnamed)
        s->numbered = s->in_loop || *intern_mark(p->lex.names, s->op) > 1;
    for (Stmt *s = p->unnamed; s; s = s->unnamed)
        *intern_mark(p->lex.names, s->op) = 0;
}

/* block = "block" NAME parameters body */
static Stmt *block(Parser *p)
{
    Stmt *s = new_stmt(p, S_BLOCK);
    uint32_t loops = p->loops;
    Stmt *unnamed = p->unnamed;

    outermost(p, "a block");
    parse_advance(p);
    s->at = p->tok.at;
    s->op = set_name(p)->sym;
    s->arg = parameters(p, MNET_MAX_PARAMS, true);
    p->loops = 0;
    p->unnamed = NULL;
    s->body = body(p);
    number_unnamed(p);
    p->loops = loops;
    p->unnamed = unnamed;
    return s;
}

/* ---- control ---- */

/* repeat = "repeat" expr body */
static Stmt *repeat(Parser *p)
{
    Stmt *s = new_stmt(p, S_REPEAT);

    parse_advance(p);
    s->expr = parse_expr(p, false);
    p->loops++;
    s->body = body(p);
    p->loops--;
    return s;
}

/* for = "for" NAME { [ "," ] NAME } "in" expr body */
static Stmt *loop(Parser *p)
{
    Stmt *s = new_stmt(p, S_FOR);
    Name **last = &s->name;

    parse_advance(p);
    do {
        *last = set_name(p);
        last = &(*last)->next;
        parse_accept(p, ',');
        if (p->tok.kind != T_NAME)
            parse_error(p, p->tok.at, "here should be a name or 'in', not %s", parse_found(p));
    } while (!p->bad && !is_word(&p->tok, "in"));
    if (!p->bad)
        parse_advance(p);
    s->expr = parse_expr(p, false);
    p->loops++;
    s->body = body(p);
    p->loops--;
    return s;
}

/* "else" may stand on the next line. */
static bool at_else(Parser *p)
{
    while (!p->bad && p->tok.kind == '\n'
           && (p->next.kind == '\n' || is_word(&p->next, "else")))
        parse_advance(p);
    return !p->bad && is_word(&p->tok, "else");
}

/* if = "if" expr body [ "else" ( if | body ) ] */
static Stmt *condition(Parser *p)
{
    Stmt *s = new_stmt(p, S_IF), **end = &s->other;

    parse_advance(p);
    s->expr = parse_expr(p, false);
    s->body = body(p);
    while (at_else(p)) {
        parse_advance(p);
        if (!is_word(&p->tok, "if")) {
            *end = body(p);
            break;
        }
        *end = new_stmt(p, S_IF);
        parse_advance(p);
        (*end)->expr = parse_expr(p, false);
        (*end)->body = body(p);
        end = &(*end)->other;
    }
    return s;
}

/* output = "output" { value } */
static Stmt *output(Parser *p)
{
    Stmt *s = new_stmt(p, S_OUTPUT);

    parse_advance(p);
    s->arg = arguments(p);
    return s;
}

/* name = "name" NAME */
static Stmt *model_name(Parser *p)
{
    Stmt *s = new_stmt(p, S_NAME);

    parse_advance(p);
    s->name = set_name(p);
    return s;
}

static Stmt *freeze(Parser *p)
{
    Stmt *s = new_stmt(p, S_FREEZE);

    parse_advance(p);
    return s;
}

/* statement = name | output | block | repeat | for | if | "freeze"
 *           | function | assignment | layer */
static Stmt *statement(Parser *p)
{
    static const struct { const char *word; Stmt *(*parse)(Parser *); } begin[] = {
        { "name", model_name }, { "output", output }, { "block", block }, { "repeat", repeat },
        { "for", loop }, { "if", condition }, { "freeze", freeze },
    };
    Stmt *s;

    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
        if (is_word(&p->tok, begin[i].word))
            return begin[i].parse(p);
    if (p->tok.kind == '}')
        parse_error(p, p->tok.at, "this '}' closes nothing");
    if (p->next.kind == '=' || p->next.kind == ',')
        return assignment(p);
    if (p->tok.kind == T_NAME && p->next.kind == '(' && p->next.glued)
        return function(p);
    if (data_kind(&p->tok) >= 0) {
        parse_error(p, p->tok.at, "%s needs a name: x = %s ...", p->tok.sym, p->tok.sym);
        return NULL;
    }
    s = new_stmt(p, S_LAYER);
    layer(p, s);
    if (p->bad)
        return NULL;
    s->unnamed = p->unnamed;
    p->unnamed = s;
    return s;
}

Stmt *mnet_parse(Arena *a, Bytes text, const char *file, Intern *names, Diag *d)
{
    Parser p = { .arena = a, .d = d };
    Stmt *list;

    lex_init(&p.lex, text, file, names, d);
    parse_advance(&p);
    parse_advance(&p);
    p.bad = p.tok.kind == T_BAD;
    list = lines(&p, false);
    number_unnamed(&p);
    return list;
}
