/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_parse_line: the statements of a single line: names, layers, constants, numbers, outputs. */
#include "frontend/mnet_ast.h"

#include <stdlib.h>
#include <string.h>

/* A name that a statement sets.  Reserved words cannot be names unless quoted. */
Name *parse_name(Parser *p)
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

/* A body's end is a statement's end too: { relu } */
bool parse_at_end(const Parser *p)
{
    return p->bad || p->tok.kind == '\n' || p->tok.kind == T_END || p->tok.kind == '}';
}

/* arguments = { [ NAME "=" ] expr } */
Arg *parse_arguments(Parser *p)
{
    Arg *first = NULL, **last = &first;

    while (!parse_at_end(p)) {
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

/* A body follows: the keyword was meant to be one of these. */
static void misspelt_loop(Parser *p, const char *keyword)
{
    static const char *const words[] = { "repeat", "for", "if", "block" };
    const char *near = diag_nearest(keyword, words, sizeof words / sizeof *words);

    if (near)
        diag_hint(p->d, "did you mean '%s'?", near);
}

/* layer = KEYWORD arguments */
void parse_layer(Parser *p, Stmt *s)
{
    const bool named = p->tok.kind == T_NAME;      /* else the token has no symbol */

    s->kind = S_LAYER;
    s->op = p->tok.sym;
    s->at = p->tok.at;
    if (!named)
        parse_error(p, s->at, "here should be a layer, not %s", parse_found(p));
    parse_advance(p);
    s->bare = parse_at_end(p);
    s->arg = parse_arguments(p);
    if (named && p->bad && p->tok.kind == '{')
        misspelt_loop(p, s->op);
}

/* Said once: where one weight was left out all were. */
static void left_out(Parser *p)
{
    if (!p->bad && !p->omitted) {
        parse_error(p, p->tok.at, "these numbers were left out when the text was written");
        diag_hint(p->d, "mnc dump -o FILE keeps them, in FILE.data");
    }
    p->bad = p->omitted = true;
}

/* file = "@" NAME "+" NUMBER */
static void data_file(Parser *p, Stmt *s)
{
    Expr *e;

    if (p->tok.kind == '-') {
        left_out(p);
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

static void no_type(Parser *p)
{
    parse_error(p, p->tok.at, "there is no type '%s'", diag_quote(p->arena, p->tok.sym));
    diag_hint(p->d, "types are f32, f64, f16, i8 to i64, u8 to u64, bool");
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
            no_type(p);
        parse_advance(p);
    }
    if (p->tok.kind != '[')
        parse_error(p, p->tok.at, "here should be a shape in '[', not %s", parse_found(p));
    if (p->bad)
        return;
    s->expr = parse_list(p);
    if (parse_accept(p, '@'))
        data_file(p, s);
    else if (!parse_at_end(p))
        s->data = parse_expr(p, true);
}

int parse_data_kind(const Token *t)
{
    static const struct { const char *word; ValueKind kind; } kinds[] = {
        { "input", VAL_INPUT }, { "param", VAL_PARAM }, { "const", VAL_CONST },
        { "state", VAL_STATE },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (parse_is_word(t, kinds[i].word))
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
        || (t->kind == T_NAME && !parse_is_word(t, "and") && !parse_is_word(t, "or"));
}

/* assignment = NAME { "," NAME } "=" ( data | layer | expr ) */
Stmt *parse_assignment(Parser *p)
{
    Stmt *s = parse_new_stmt(p, S_LET);
    Name **last = &s->name;

    do {
        *last = parse_name(p);
        last = &(*last)->next;
    } while (parse_accept(p, ','));
    parse_expect(p, '=', "'='");
    if (p->bad)
        return NULL;
    if (parse_data_kind(&p->tok) >= 0)
        data(p, s, (ValueKind)parse_data_kind(&p->tok));
    else if (looks_like_layer(p) || s->name->next)
        parse_layer(p, s);
    else
        s->expr = parse_expr(p, false);
    return s;
}

/* output = "output" { value } */
Stmt *parse_output(Parser *p)
{
    Stmt *s = parse_new_stmt(p, S_OUTPUT);

    parse_advance(p);
    s->arg = parse_arguments(p);
    return s;
}

/* name = "name" NAME */
Stmt *parse_model_name(Parser *p)
{
    Stmt *s = parse_new_stmt(p, S_NAME);

    parse_advance(p);
    s->name = parse_name(p);
    return s;
}
