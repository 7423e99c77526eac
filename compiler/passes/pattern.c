/* SPDX-License-Identifier: Apache-2.0 */
/* pattern: reads the rules of match.h, by recursive descent; the grammar is above each function.
 *
 * in: a rule's text.  out: its two sides as trees, in the arena.  The texts are ours and not the
 * user's: a mistake in one is an assertion, and numbers have no sign of an exponent to care for.
 */
#include "passes/match.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void skip_space(const char **s)
{
    while (**s == ' ')
        ++*s;
}

/* Steps over the token if it is next. */
static bool accept(const char **s, const char *token)
{
    size_t n = strlen(token);

    skip_space(s);
    if (strncmp(*s, token, n))
        return false;
    *s += n;
    return true;
}

static void expect(const char **s, const char *token)
{
    bool there = accept(s, token);

    assert(there);
    (void)there;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* decimal = digit { digit } [ "." { digit } ]     (not strtod's: that depends on the locale) */
static double decimal(const char **s)
{
    double x = 0, unit = 1;

    assert(digit(**s));
    while (digit(**s))
        x = x * 10 + (*(*s)++ - '0');
    if (**s == '.')
        ++*s;
    while (digit(**s)) {
        x = x * 10 + (*(*s)++ - '0');
        unit *= 10;
    }
    return x / unit;
}

/* number = [ "-" ] ( "inf" | decimal [ "/" decimal ] ) */
static double number(const char **s)
{
    double sign = accept(s, "-") ? -1 : 1, x;

    if (accept(s, "inf"))
        return sign * (double)INFINITY;
    x = sign * decimal(s);
    return accept(s, "/") ? x / decimal(s) : x;
}

/* letter = "a" .. "z" */
static uint32_t letter(const char **s)
{
    assert(**s >= 'a' && **s <= 'z');
    return (uint32_t)(*(*s)++ - 'a');
}

/* word = "'" letters "'" */
static const char *word(Arena *a, const char **s)
{
    size_t n = strcspn(*s, "'");
    const char *w = arena_strndup(a, *s, n);

    *s += n;
    expect(s, "'");
    return w;
}

static Pat *pattern(Arena *a, const char **s);

/* call = op "(" pattern { "," pattern } ")" */
static void call(Arena *a, const char **s, size_t length, Pat *p)
{
    p->kind = PAT_OP;
    p->op = op_by_name(arena_strndup(a, *s, length));
    assert(p->op);
    *s += length;
    expect(s, "(");
    do {
        assert(p->n < PAT_ARGS);
        p->arg[p->n++] = pattern(a, s);
    } while (accept(s, ","));
    expect(s, ")");
}

/* pattern = call | letter | number | "$" letter | word */
static Pat *pattern(Arena *a, const char **s)
{
    Pat *p = arena_new(a, Pat);
    size_t length;

    skip_space(s);
    length = strspn(*s, "abcdefghijklmnopqrstuvwxyz_0123456789");
    if (accept(s, "$")) {
        p->kind = PAT_CAPTURE;
        p->letter = letter(s);
    } else if (accept(s, "'")) {
        p->kind = PAT_WORD;
        p->word = word(a, s);
    } else if (length && (*s)[length] == '(') {
        call(a, s, length, p);
    } else if (length == 1 && !digit(**s)) {
        p->kind = PAT_VAR;
        p->letter = letter(s);
    } else {
        p->kind = PAT_NUMBER;
        p->number = number(s);
    }
    return p;
}

/* rule = pattern "->" pattern */
void pattern_parse(Arena *a, const char *text, Pat **from, Pat **to)
{
    *from = pattern(a, &text);
    expect(&text, "->");
    *to = pattern(a, &text);
    skip_space(&text);
    assert(!*text && (*from)->kind == PAT_OP && (*to)->kind == PAT_OP);
}
