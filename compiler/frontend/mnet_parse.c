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

/* Two tokens are looked at: the one after a name says what kind of statement it is. */
void parse_advance(Parser *p)
{
    p->tok = p->next;
    p->next = lex_next(&p->lex);
    if (p->tok.kind == T_BAD)
        p->bad = true;       /* the lexer has said it */
}

/* Only the first error of a statement is said: the others mostly follow from it. */
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

/* At the end of the file the place that matters is where it was opened. */
void parse_close(Parser *p, int kind, At open)
{
    bool end = !p->bad && p->tok.kind == T_END;
    Pos pos = { .file = p->lex.file, .line = open.line, .col = open.col, .len = open.len };

    parse_expect(p, kind, arena_printf(p->arena, "'%c'", kind));
    if (end)
        diag_note(p->d, pos, "to close this one");
}

/* Bounds the recursion; the caller takes 1 from depth again in either case. */
bool parse_enter(Parser *p)
{
    if (++p->depth > DEEPEST)
        parse_error(p, p->tok.at, "nested more than %d deep", DEEPEST);
    return !p->bad;
}

bool parse_is_word(const Token *t, const char *word)
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

Stmt *parse_new_stmt(Parser *p, StmtKind kind)
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
    bool said = p->bad;

    if (!parse_expect(p, '{', "'{'")) {
        if (!said && p->tok.kind == '=')
            diag_hint(p->d, "'==' compares");
        return NULL;
    }
    if (parse_enter(p))
        s = lines(p, true);
    p->depth--;
    parse_close(p, '}', at);
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
        Name *n = parse_name(p);
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

/* Definitions are made before the file runs, so a condition around one would mean nothing. */
static void outermost(Parser *p, const char *what)
{
    if (p->depth)
        parse_error(p, p->tok.at, "%s cannot be defined inside another body", what);
}

/* function = NAME parameters "=" expr */
static Stmt *function(Parser *p)
{
    Stmt *s = parse_new_stmt(p, S_FUNCTION);

    outermost(p, "a function");
    s->op = parse_name(p)->sym;
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
    Stmt *s = parse_new_stmt(p, S_BLOCK);
    uint32_t loops = p->loops;
    Stmt *unnamed = p->unnamed;

    outermost(p, "a block");
    parse_advance(p);
    s->at = p->tok.at;
    s->op = parse_name(p)->sym;
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
    Stmt *s = parse_new_stmt(p, S_REPEAT);

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
    Stmt *s = parse_new_stmt(p, S_FOR);
    Name **last = &s->name;

    parse_advance(p);
    do {
        *last = parse_name(p);
        last = &(*last)->next;
        parse_accept(p, ',');
        if (p->tok.kind != T_NAME)
            parse_error(p, p->tok.at, "here should be a name or 'in', not %s", parse_found(p));
    } while (!p->bad && !parse_is_word(&p->tok, "in"));
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
           && (p->next.kind == '\n' || parse_is_word(&p->next, "else")))
        parse_advance(p);
    return !p->bad && parse_is_word(&p->tok, "else");
}

/* if = "if" expr body [ "else" ( if | body ) ] */
static Stmt *condition(Parser *p)
{
    Stmt *s = parse_new_stmt(p, S_IF), **end = &s->other;

    parse_advance(p);
    s->expr = parse_expr(p, false);
    s->body = body(p);
    while (at_else(p)) {
        parse_advance(p);
        if (!parse_is_word(&p->tok, "if")) {
            *end = body(p);
            break;
        }
        *end = parse_new_stmt(p, S_IF);
        parse_advance(p);
        (*end)->expr = parse_expr(p, false);
        (*end)->body = body(p);
        end = &(*end)->other;
    }
    return s;
}

/* freeze = "freeze" */
static Stmt *freeze(Parser *p)
{
    Stmt *s = parse_new_stmt(p, S_FREEZE);

    parse_advance(p);
    return s;
}

/* statement = name | output | block | repeat | for | if | "freeze"
 *           | function | assignment | layer */
static Stmt *statement(Parser *p)
{
    static const struct { const char *word; Stmt *(*parse)(Parser *); } begin[] = {
        { "name", parse_model_name }, { "output", parse_output }, { "block", block },
        { "repeat", repeat }, { "for", loop }, { "if", condition }, { "freeze", freeze },
    };
    Stmt *s;

    if (p->next.kind == '=' || p->next.kind == ',')
        return parse_assignment(p);
    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
        if (parse_is_word(&p->tok, begin[i].word))
            return begin[i].parse(p);
    if (p->tok.kind == '}')
        parse_error(p, p->tok.at, "this '}' closes nothing");
    if (p->tok.kind == T_NAME && p->next.kind == '(' && p->next.glued)
        return function(p);
    if (parse_data_kind(&p->tok) >= 0) {
        parse_error(p, p->tok.at, "%s needs a name: x = %s ...", p->tok.sym, p->tok.sym);
        return NULL;
    }
    s = parse_new_stmt(p, S_LAYER);
    parse_layer(p, s);
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
