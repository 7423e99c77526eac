/* SPDX-License-Identifier: Apache-2.0 */
/* tmpl_expr: the expressions of templates, from text to a tree.
 *
 * In: a cursor in a line; out: a tree of bounded height whose names are bound.  What is known
 * while parsing (words, the lengths of lists) becomes a number at once: parameters do not change
 * during an expansion, only loop variables do.
 *
 *     cond    = binary [ "?" cond ":" cond ]
 *     binary  = unary { OPERATOR unary }        by C's precedence
 *     unary   = ("-" | "!") unary | primary
 *     primary = NUMBER | NAME | NAME "[" cond "]" | "(" cond ")"
 *             | ("min" | "max") "(" cond "," cond ")" | "len" "(" NAME ")"
 *     WORD ("==" | "!=") NAME is a binary whose right side is a text, not a name
 */
#include "backend/tmpl_impl.h"

#include <string.h>

typedef enum { T_END, T_NUM, T_NAME, T_OP } TokenKind;

typedef struct Token {
    TokenKind kind;
    const char *s;
    size_t n;
    int64_t x;
} Token;

typedef struct Parser {
    Cursor *c;              /* stands behind tok */
    Token tok;              /* the next one */
    uint32_t depth;         /* of cond and unary within each other */
} Parser;

/* Every parse function returns NULL after its mistake has been said, and whoever gets a NULL
 * returns NULL: one message for an expression, about its first mistake. */
static Expr *cond(Parser *p);

/* Messages go where the expansion's go. */
static Diag *diag(const Parser *p)
{
    return p->c->unit->job->diag;
}

/* A token of length 0, at the end of the line, is pointed at too. */
static Pos at(const Parser *p, Token t)
{
    return tmpl_pos(p->c, t.s, t.n);
}

/* Tokens are not terminated: their length counts. */
static bool spelled(Token t, const char *s)
{
    return t.n == strlen(s) && !memcmp(t.s, s, t.n);
}

/* A name is never an operator, whatever it is called. */
static bool next_is(const Parser *p, const char *op)
{
    return p->tok.kind == T_OP && spelled(p->tok, op);
}

/* Decimal digits only: a leading 0 would mean octal to a reader of C. */
static bool number(Parser *p, Token *t)
{
    const char *s = t->s, *end = p->c->end;

    t->kind = T_NUM;
    while (s + t->n < end && s[t->n] >= '0' && s[t->n] <= '9') {
        int64_t digit = s[t->n++] - '0';
        if (__builtin_mul_overflow(t->x, 10, &t->x) || __builtin_add_overflow(t->x, digit, &t->x)) {
            diag_error(diag(p), at(p, *t), "the number does not fit in 64 bits");
            return false;
        }
    }
    if ((*s == '0' && t->n > 1) || tmpl_ident(s + t->n, end)) {
        t->n += tmpl_ident(s + t->n, end);
        diag_error(diag(p), at(p, *t), "not a decimal number");
        return false;
    }
    return true;
}

/* What is no operator at all is a token of one character, for the message to point at. */
static size_t op_length(const char *s, const char *end)
{
    static const char two[][3] = { "==", "!=", "<=", ">=", "&&", "||", ".." };

    for (size_t i = 0; i < sizeof two / sizeof *two; i++)
        if (end - s >= 2 && !memcmp(s, two[i], 2))
            return 2;
    return 1;
}

/* Reads the token behind the current one.  The expression ends where the grammar cannot go on;
 * what follows (a brace, "..", more text) is for the caller to judge. */
static bool advance(Parser *p)
{
    Cursor *c = p->c;
    Token t = { .kind = T_END };

    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r'))
        c->p++;
    t.s = c->p;
    if (c->p < c->end && *c->p >= '0' && *c->p <= '9') {
        if (!number(p, &t))
            return false;
    } else if ((t.n = tmpl_ident(c->p, c->end)) > 0) {
        t.kind = T_NAME;
    } else if (c->p < c->end) {
        t.kind = T_OP;
        t.n = op_length(c->p, c->end);
    }
    c->p += t.n;
    p->tok = t;
    return true;
}

/* Takes the operator, or says that it is missing where it should stand. */
static bool expect(Parser *p, const char *op)
{
    if (next_is(p, op))
        return advance(p);
    diag_error(diag(p), at(p, p->tok), "expected '%s'", op);
    return false;
}

/* Counts the recursion in, before it happens; whoever succeeds counts it out again. */
static bool enter(Parser *p)
{
    if (++p->depth <= MAX_DEPTH)
        return true;
    diag_error(diag(p), at(p, p->tok), "the expression nests deeper than %d", MAX_DEPTH);
    return false;
}

/* Says so when it is not; lists do not get here, for their name alone is no expression. */
static bool is_int(Unit *u, const Expr *e)
{
    if (e->op != E_WORD)
        return true;
    diag_error(u->job->diag, tmpl_expr_pos(u, e),
               "'%s' is a word: it can be inserted alone or compared with == and !=",
               e->var->name);
    return false;
}

/* An operator over n operands; NULL when one of them is, or is no integer.  A chain like
 * 1+1+1 needs no recursion here but makes a tree as high as it is long, and eval does recurse:
 * hence the limit on the height. */
static Expr *make(Parser *p, ExprOp op, Token t, unsigned n, Expr *const kid[])
{
    Expr *e = arena_new(p->c->unit->job->arena, Expr);

    e->op = op;
    e->line = p->c->line;
    e->col = (uint32_t)(t.s - p->c->start) + 1;
    e->len = (uint32_t)t.n;
    for (unsigned i = 0; i < n; i++)
        if (!kid[i])
            return NULL;
    for (unsigned i = 0; i < n; i++) {
        if (!is_int(p->c->unit, kid[i]))
            return NULL;
        e->kid[i] = kid[i];
        if (e->height < kid[i]->height)
            e->height = kid[i]->height;
    }
    if (++e->height <= MAX_DEPTH)
        return e;
    diag_error(diag(p), at(p, t), "more than %d operators above each other", MAX_DEPTH);
    return NULL;
}

/* A value that is known now, at the place of token t. */
static Expr *make_number(Parser *p, Token t, int64_t x)
{
    Expr *e = make(p, E_NUM, t, 0, NULL);

    e->x = x;
    return e;
}

/* The name t, from now on a used one; NULL, with a message, when there is none. */
static Name *known_name(Parser *p, Token t)
{
    const char *list[64], *near;
    Unit *u = p->c->unit;
    Name *name = tmpl_find(u->names, t.s, t.n);
    const char *word = arena_strndup(u->job->arena, t.s, t.n);
    size_t n = 0;

    if (name) {
        name->used = true;
        return name;
    }
    diag_error(diag(p), at(p, t), "unknown name '%s'", diag_quote(u->job->arena, word));
    for (name = u->names; name && n < 64; name = name->next)
        list[n++] = name->var->name;
    near = t.n > 1 ? diag_nearest(word, list, n) : NULL;    /* one letter is like any other */
    if (near)
        diag_hint(diag(p), "did you mean '%s'?", near);
    return NULL;
}

/* "(" NAME ")", behind len */
static Expr *length(Parser *p, Token t)
{
    Name *name = NULL;

    if (!expect(p, "("))
        return NULL;
    if (p->tok.kind == T_NAME && !(name = known_name(p, p->tok)))
        return NULL;
    if (!name || name->var->kind != VAR_LIST) {
        diag_error(diag(p), at(p, p->tok), "len wants the name of a list");
        return NULL;
    }
    return advance(p) && expect(p, ")") ? make_number(p, t, name->var->n) : NULL;
}

/* The arguments of function t, at the "(" */
static Expr *call(Parser *p, Token t)
{
    Expr *kid[2];

    if (spelled(t, "len"))
        return length(p, t);
    if (!spelled(t, "min") && !spelled(t, "max")) {
        diag_error(diag(p), at(p, t), "there is no such function; there are min, max and len");
        return NULL;
    }
    if (!expect(p, "(") || !(kid[0] = cond(p)) || !expect(p, ",") || !(kid[1] = cond(p))
        || !expect(p, ")"))
        return NULL;
    return make(p, spelled(t, "min") ? E_MIN : E_MAX, t, 2, kid);
}

/* "[" cond "]", behind the list t */
static Expr *element(Parser *p, Token t, const Var *var)
{
    Expr *e, *index;

    if (!next_is(p, "[")) {
        diag_error(diag(p), at(p, t), "'%s' is a list: it is used as %s[...] or len(%s)",
                   var->name, var->name, var->name);
        return NULL;
    }
    if (!advance(p) || !(index = cond(p)) || !expect(p, "]"))
        return NULL;
    e = make(p, E_INDEX, t, 1, &index);
    if (e)
        e->var = var;
    return e;
}

/* A call, an element, a word or an integer: what the name and the token behind it say. */
static Expr *named(Parser *p)
{
    Token t = p->tok;
    Name *name;
    Expr *e;

    if (!advance(p))
        return NULL;
    if (next_is(p, "("))
        return call(p, t);
    name = known_name(p, t);
    if (!name)
        return NULL;
    if (name->var->kind == VAR_LIST)
        return element(p, t, name->var);
    if (next_is(p, "[")) {
        diag_error(diag(p), at(p, t), "'%s' is not a list", name->var->name);
        return NULL;
    }
    e = make(p, name->var->kind == VAR_WORD ? E_WORD : E_VAR, t, 0, NULL);
    e->var = name->var;
    return e;
}

/* NUMBER, "(" cond ")", or what begins with a name */
static Expr *primary(Parser *p)
{
    Token t = p->tok;
    Expr *e;

    if (t.kind == T_NAME)
        return named(p);
    if (t.kind == T_NUM)
        return advance(p) ? make_number(p, t, t.x) : NULL;
    if (!next_is(p, "(")) {
        diag_error(diag(p), at(p, t), "expected a value");
        return NULL;
    }
    if (!advance(p) || !(e = cond(p)) || !expect(p, ")"))
        return NULL;
    return e;
}

/* Signs and nots are read by recursion, so they count as depth: "-----1" is hostile, too. */
static Expr *unary(Parser *p)
{
    Token t = p->tok;
    Expr *e;

    if (!next_is(p, "-") && !next_is(p, "!"))
        return primary(p);
    if (!enter(p) || !advance(p))
        return NULL;
    e = unary(p);
    p->depth--;
    return make(p, *t.s == '-' ? E_NEG : E_NOT, t, 1, &e);
}

typedef struct Operator {
    const char *text;
    int level;              /* higher binds tighter */
    ExprOp op;
} Operator;

/* C's levels, without those of the bit operators, which the language has not. */
static const Operator *operator_at(const Parser *p)
{
    static const Operator list[] = {
        { "||", 1, E_OR },  { "&&", 2, E_AND }, { "==", 3, E_EQ },  { "!=", 3, E_NE },
        { "<", 4, E_LT },   { "<=", 4, E_LE },  { ">", 4, E_GT },   { ">=", 4, E_GE },
        { "+", 5, E_ADD },  { "-", 5, E_SUB },  { "*", 6, E_MUL },  { "/", 6, E_DIV },
        { "%", 6, E_MOD },
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (next_is(p, list[i].text))
            return &list[i];
    return NULL;
}

/* The right side of WORD == NAME.  A parameter there would look as if it were compared. */
static Expr *same_word(Parser *p, Token t, const Expr *left, bool equal)
{
    Token right = p->tok;

    if (right.kind != T_NAME || tmpl_find(p->c->unit->names, right.s, right.n)) {
        diag_error(diag(p), at(p, right), "'%s' is a word: it is compared with a bare word",
                   left->var->name);
        return NULL;
    }
    return advance(p) ? make_number(p, t, spelled(right, left->var->text) == equal) : NULL;
}

/* Operators of at least this level; each takes what binds tighter as its right side. */
static Expr *binary(Parser *p, int level)
{
    Expr *kid[2] = { unary(p), NULL };
    const Operator *o;

    while (kid[0] && (o = operator_at(p)) && o->level >= level) {
        Token t = p->tok;
        if (!advance(p))
            return NULL;
        if (kid[0]->op == E_WORD && (o->op == E_EQ || o->op == E_NE)) {
            kid[0] = same_word(p, t, kid[0], o->op == E_EQ);
            continue;
        }
        kid[1] = binary(p, o->level + 1);
        kid[0] = make(p, o->op, t, 2, kid);
    }
    return kid[0];
}

/* Right-associative, as in C: a ? 1 : b ? 2 : 3.  Every bracket of the language comes here. */
static Expr *cond(Parser *p)
{
    Expr *kid[3];
    Token t;

    if (!enter(p))
        return NULL;
    kid[0] = binary(p, 1);
    t = p->tok;
    if (kid[0] && next_is(p, "?")) {
        if (!advance(p) || !(kid[1] = cond(p)) || !expect(p, ":"))
            return NULL;
        kid[2] = cond(p);
        kid[0] = make(p, E_COND, t, 3, kid);
    }
    p->depth--;
    return kid[0];
}

/* Leaves the cursor at the first token that is not the expression's. */
Expr *tmpl_expr(Cursor *c)
{
    Parser p = { .c = c };
    Expr *e;

    if (!advance(&p))
        return NULL;
    e = cond(&p);
    c->p = p.tok.s;
    return e;
}

/* For bounds, conditions and indices, where a word is a mistake. */
Expr *tmpl_int_expr(Cursor *c)
{
    Expr *e = tmpl_expr(c);

    return e && is_int(c->unit, e) ? e : NULL;
}
