/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_parse_expr: the expressions of the spec language.
 *
 * In a list of items (operands, elements, values of attributes) a space is what separates, so
 * there "a -1" is two items while "a - 1" and "a-1" are one.
 */
#include "frontend/mnet_ast.h"
#include "base/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static Expr *new_expr(Parser *p, ExprKind kind, At at)
{
    Expr *e = arena_new(p->arena, Expr);

    e->kind = kind;
    e->at = at;
    return e;
}

/* Whole numbers beyond int64 are floats to expressions; constants look at the digits. */
static void set_number(Expr *e, const char *text, bool negative)
{
    char *end;

    e->text = text;
    e->negative = negative;
    errno = 0;
    e->i = strtoll(text, &end, 10);
    e->is_int = !*end && !errno;
    e->f = number_read(text, NULL);
    if (negative) {
        e->i = -e->i;
        e->f = -e->f;
    }
}

/* number = [ "-" ] NUMBER */
static Expr *number(Parser *p, At at, bool negative)
{
    Expr *e = new_expr(p, E_NUMBER, at);

    set_number(e, p->tok.text, negative);
    parse_advance(p);
    return e;
}

/* The kids become e's.  What is evaluated by recursion must not be high: 1+1+1+... is. */
static void adopt(Parser *p, Expr *e, Expr *kids)
{
    enum { HIGHEST = 100 };

    e->kid = kids;
    for (const Expr *k = kids; k; k = k->next)
        if (k->height >= e->height)
            e->height = k->height + 1;
    if (e->height > HIGHEST)
        parse_error(p, e->at, "this expression is too long");
}

/* The expressions between brackets, with commas or without, up to the closing one. */
static void sequence(Parser *p, Expr *e, At open, bool items)
{
    int close = items ? ']' : ')';
    Expr *first = NULL, **last = &first;

    while (!p->bad && p->tok.kind != close && p->tok.kind != T_END) {
        *last = parse_expr(p, items);
        last = &(*last)->next;
        if (!parse_accept(p, ',') && !items)
            break;
    }
    adopt(p, e, first);
    parse_close(p, close, open);
}

/* list = "[" { item [ "," ] } "]" */
Expr *parse_list(Parser *p)
{
    Expr *e = new_expr(p, E_LIST, p->tok.at);

    parse_advance(p);
    if (parse_enter(p))
        sequence(p, e, e->at, true);
    p->depth--;
    return e;
}

/* call = NAME "(" [ expr { "," expr } ] ")", without a space before the bracket */
static Expr *name_or_call(Parser *p)
{
    Expr *e = new_expr(p, p->tok.kind == T_STRING ? E_STRING : E_NAME, p->tok.at);

    e->name = p->tok.sym;
    parse_advance(p);
    if (e->kind == E_NAME && p->tok.kind == '(' && p->tok.glued) {
        At open = p->tok.at;
        e->kind = E_CALL;
        parse_advance(p);
        sequence(p, e, open, false);
    } else if (e->kind == E_NAME && !strcmp(e->name, "_")) {
        e->kind = E_OMITTED;
    }
    return e;
}

/* What people write who have written other languages. */
static void hint_primary(Parser *p)
{
    if (p->tok.kind == ',' && !p->lex.depth)
        diag_hint(p->d, "spaces separate operands and attributes");
    else if (p->tok.kind == '=' && p->lex.depth)
        diag_hint(p->d, "is a bracket still open?");
}

/* primary = number | NAME | STRING | call | list | "(" expr ")" */
static Expr *primary(Parser *p)
{
    At at = p->tok.at;
    bool said = p->bad;
    Expr *e;

    if (p->tok.kind == T_NUMBER)
        return number(p, at, false);
    if (p->tok.kind == T_STRING)
        return name_or_call(p);
    if (p->tok.kind == T_NAME)
        return name_or_call(p);
    if (p->tok.kind == '[')
        return parse_list(p);
    if (parse_accept(p, '(')) {
        e = parse_expr(p, false);
        parse_close(p, ')', at);
        return e;
    }
    parse_error(p, at, "here should be a number, a name or '(', not %s", parse_found(p));
    if (!said)
        hint_primary(p);
    return new_expr(p, E_NUMBER, at);
}

/* unary = ( "-" | "!" ) unary | primary */
static Expr *unary(Parser *p)
{
    At at = p->tok.at;
    int op = p->tok.kind;
    Expr *e;

    if (op != '-' && op != '!')
        return primary(p);
    parse_advance(p);
    if (op == '-' && p->tok.kind == T_NUMBER)
        return number(p, at, true);
    e = new_expr(p, E_UNARY, at);
    e->op = op;
    if (parse_enter(p))
        adopt(p, e, unary(p));
    p->depth--;
    return e;
}

/* From the loosest to the tightest. */
enum { OR = 1, AND, COMPARE, SUM, PRODUCT };

/* 0: no operator, so the expression ends before it. */
static int level_of(const Token *t)
{
    switch (t->kind) {
    case T_NAME: return !strcmp(t->sym, "or") ? OR : !strcmp(t->sym, "and") ? AND : 0;
    case T_EQ: case T_NE: case T_LE: case T_GE: case '<': case '>': return COMPARE;
    case '+': case '-': return SUM;
    case '*': case '/': case '%': return PRODUCT;
    default: return 0;
    }
}

/* Among items, a sign with a space before it and none behind it begins the next item. */
static bool begins_item(const Parser *p)
{
    return (p->tok.kind == '-' || p->tok.kind == '+') && !p->tok.glued && p->next.glued;
}

/* binary(level) = unary { OP binary(level + 1) }, for the OPs of that level and tighter ones */
static Expr *binary(Parser *p, int least, bool items)
{
    Expr *left = unary(p);
    int level;

    while (!p->bad && (level = level_of(&p->tok)) >= least && !(items && begins_item(p))) {
        Expr *e = new_expr(p, E_BINARY, p->tok.at);
        e->op = level == OR ? '|' : level == AND ? '&' : p->tok.kind;
        parse_advance(p);
        left->next = binary(p, level + 1, items);
        adopt(p, e, left);
        left = e;
    }
    return left;
}

Expr *parse_expr(Parser *p, bool items)
{
    Expr *e = parse_enter(p) ? binary(p, OR, items) : new_expr(p, E_NUMBER, p->tok.at);

    p->depth--;
    return e;
}
