/* SPDX-License-Identifier: Apache-2.0 */
/* widen: C text of floats becomes the same of doubles, for --dtype=f64.
 *
 * The type float, literals with an f, and libm's functions for floats change; comments and strings
 * stay.  Sizes and offsets have to be those of doubles already (Graph.wide). */
#include "backend/emit.h"

#include <ctype.h>
#include <string.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Where the comment, string or character that begins at p ends; p itself: none begins there. */
static const char *skip(const char *p, const char *end)
{
    const char *q = p + 1;

    if (*p == '/' && q < end && *q == '*') {
        for (q += 1; q + 1 < end && (q[0] != '*' || q[1] != '/');)
            q++;
        return q + 2 < end ? q + 2 : end;
    }
    if (*p != '"' && *p != '\'')
        return p;
    while (q < end && *q != *p)
        q += *q == '\\' ? 2 : 1;
    return q + 1 < end ? q + 1 : end;
}

/* A preprocessing number (C11, 6.4.8). */
static size_t number(const char *p, const char *end)
{
    size_t n = 1;

    while (p + n < end && (is_word(p[n]) || p[n] == '.'
                           || ((p[n] == '+' || p[n] == '-') && strchr("eEpP", p[n - 1]))))
        n++;
    return n;
}

/* Without its f, if it is a decimal number that has one. */
static size_t without_f(const char *p, size_t n)
{
    bool hexadecimal = n > 1 && (p[1] == 'x' || p[1] == 'X');

    return !hexadecimal && p[n - 1] == 'f' ? n - 1 : n;
}

/* The functions that kernels call. */
static bool is_math(const char *p, size_t n)
{
    static const char *const names[] = { "acosf", "acoshf", "asinf", "asinhf", "atanf", "atanhf",
        "ceilf", "cosf", "coshf", "erff", "exp2f", "expf", "expm1f", "fabsf", "floorf", "fmaf",
        "fmaxf", "fminf", "fmodf", "log1pf", "logf", "powf", "rintf", "roundf", "sinf", "sinhf",
        "sqrtf", "tanf", "tanhf" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == n && !memcmp(names[i], p, n))
            return true;
    return false;
}

static void put_word(const char *p, size_t n, Buf *out)
{
    if (n == 5 && !memcmp(p, "float", n))
        buf_str(out, "double");
    else
        buf_put(out, p, is_math(p, n) ? n - 1 : n);
}

void widen_text(const Buf *from, Buf *to)
{
    const char *p = from->p, *end = p + from->n;

    while (p < end) {
        const char *next = skip(p, end);
        size_t n = 1;

        if (next > p) {
            n = (size_t)(next - p);
            buf_put(to, p, n);
        } else if (isdigit((unsigned char)*p)) {
            n = number(p, end);
            buf_put(to, p, without_f(p, n));
        } else if (is_word(*p)) {
            while (p + n < end && is_word(p[n]))
                n++;
            put_word(p, n, to);
        } else {
            buf_char(to, *p);
        }
        p += n;
    }
}
