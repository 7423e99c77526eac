/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_lex: the spec language's tokens, one at a time.
 *
 *   name      [A-Za-z_][A-Za-z0-9_.]*
 *   "text"    any bytes, with \xNN for those that cannot be written
 *   number    12  0.5  .5  1e-5       the sign belongs to the expression
 *   # ...     a comment, to the end of the line
 */
#include "frontend/mnet_ast.h"

#include <string.h>

/* The text need not end with a 0: reading goes through peek. */
void lex_init(Lexer *x, Bytes text, const char *file, Intern *names, Diag *d)
{
    memset(x, 0, sizeof *x);
    x->p = x->line_start = (const char *)text.p;
    x->end = x->p + text.n;
    x->line = 1;
    x->file = file;
    x->names = names;
    x->d = d;
}

/* Not isdigit and isalpha, which depend on the locale. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The byte k places on; 0 behind the end. */
static char peek(const Lexer *x, size_t k)
{
    return (size_t)(x->end - x->p) > k ? x->p[k] : 0;
}

/* From start up to here, on one line. */
static Pos pos_from(const Lexer *x, const char *start)
{
    return (Pos){ .file = x->file, .line = x->line, .col = (uint32_t)(start - x->line_start) + 1,
                  .len = (uint32_t)(x->p - start) };
}

/* A token from start up to here. */
static Token finish(const Lexer *x, const char *start, int kind)
{
    Pos pos = pos_from(x, start);

    return (Token){ .kind = kind, .at = { pos.line, pos.col, pos.len } };
}

/* name = [A-Za-z_][A-Za-z0-9_.]* */
static Token name(Lexer *x)
{
    const char *start = x->p;
    Token t;

    while (is_letter(peek(x, 0)) || is_digit(peek(x, 0)) || peek(x, 0) == '.')
        x->p++;
    t = finish(x, start, T_NAME);
    t.sym = intern_n(x->names, start, (size_t)(x->p - start));
    return t;
}

static void digits(Lexer *x)
{
    while (is_digit(peek(x, 0)))
        x->p++;
}

/* number = digits [ "." digits ] [ e [ sign ] digits ].  Its digits are kept for exact conversion.
 * 3x and 1.2.3 are neither number nor name. */
static Token number(Lexer *x)
{
    const char *start = x->p;
    size_t sign;
    Token t;

    digits(x);
    if (peek(x, 0) == '.') {
        x->p++;
        digits(x);
    }
    if (peek(x, 0) == 'e' || peek(x, 0) == 'E') {
        sign = peek(x, 1) == '-' || peek(x, 1) == '+';
        if (is_digit(peek(x, 1 + sign))) {
            x->p += 1 + sign;
            digits(x);
        }
    }
    if (is_letter(peek(x, 0))) {
        while (is_letter(peek(x, 0)) || is_digit(peek(x, 0)) || peek(x, 0) == '.')
            x->p++;
        diag_error(x->d, pos_from(x, start), "this is neither a number nor a name");
        return finish(x, start, T_BAD);
    }
    t = finish(x, start, T_NUMBER);
    t.text = arena_strndup(x->names->arena, start, (size_t)(x->p - start));
    return t;
}

/* -1 when it is no hexadecimal digit. */
static int hex(char c)
{
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* At the byte after a backslash: the byte that \xNN means, or -1. */
static int escape(Lexer *x)
{
    int high = hex(peek(x, 1)), low = hex(peek(x, 2));

    if (peek(x, 0) != 'x' || high < 0 || low < 0 || high + low == 0)
        return -1;
    x->p += 3;
    return 16 * high + low;
}

/* Goes on to the closing quote after a wrong escape, so that one error is said and not two. */
static Token string(Lexer *x)
{
    const char *start = x->p++;
    const char *wrong = NULL;
    Token t;
    Buf b;

    buf_init(&b, x->names->arena);
    while (x->p < x->end && *x->p != '"' && *x->p != '\n' && *x->p) {
        int c = (unsigned char)*x->p++;
        if (c == '\\' && (c = escape(x)) < 0)
            wrong = "in a quoted name, a backslash begins \\xNN, which is not \\x00";
        buf_char(&b, (char)c);
    }
    if (peek(x, 0) == '"')
        x->p++;
    else
        wrong = "the quoted name has no end on this line";
    if (wrong) {
        diag_error(x->d, pos_from(x, start), "%s", wrong);
        return finish(x, start, T_BAD);
    }
    t = finish(x, start, T_STRING);
    t.sym = intern(x->names, b.p);
    return t;
}

/* Spaces, comments, and line ends inside brackets. */
static void skip(Lexer *x)
{
    for (;; x->p++) {
        if (peek(x, 0) == '#')
            while (x->p < x->end && *x->p != '\n')
                x->p++;
        if (peek(x, 0) == '\n' && x->depth) {
            x->line++;
            x->line_start = x->p + 1;
        } else if (peek(x, 0) != ' ' && peek(x, 0) != '\t' && peek(x, 0) != '\r') {
            return;
        }
    }
}

/* One or two characters that stand for themselves. */
static Token mark(Lexer *x)
{
    static const struct { char text[3]; int kind; } two[] = {
        { "==", T_EQ }, { "!=", T_NE }, { "<=", T_LE }, { ">=", T_GE },
    };
    const char *start = x->p;

    for (size_t i = 0; i < sizeof two / sizeof *two; i++)
        if (peek(x, 0) == two[i].text[0] && peek(x, 1) == two[i].text[1]) {
            x->p += 2;
            return finish(x, start, two[i].kind);
        }
    x->p++;
    if (*start && strchr("\n=,()[]{}+-*/%<>!@", *start))
        return finish(x, start, *start);
    diag_error(x->d, pos_from(x, start), "the byte 0x%02x has no meaning here",
               (unsigned char)*start);
    return finish(x, start, T_BAD);
}

/* Any token; what nothing else wants goes to mark. */
static Token word(Lexer *x)
{
    char c = peek(x, 0);

    if (is_letter(c))
        return name(x);
    if (is_digit(c) || (c == '.' && is_digit(peek(x, 1))))
        return number(x);
    return c == '"' ? string(x) : mark(x);
}

Token lex_next(Lexer *x)
{
    const char *before = x->p;
    bool glued;
    Token t;

    skip(x);
    glued = x->p == before;
    t = x->p == x->end ? finish(x, x->p, T_END) : word(x);
    t.glued = glued;
    if (t.kind == '(' || t.kind == '[')
        x->depth++;
    else if ((t.kind == ')' || t.kind == ']') && x->depth)
        x->depth--;
    if (t.kind == '\n') {
        x->line++;
        x->line_start = x->p;
    }
    return t;
}
