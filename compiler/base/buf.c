/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 256, PIECE = 1 << 20 };    /* a sink gets pieces of about 1 MB */

/* p is never NULL, and always a string: there is a 0 behind the n bytes. */
void buf_init(Buf *b, Arena *a)
{
    memset(b, 0, sizeof *b);
    b->arena = a;
    b->cap = FIRST;
    b->p = arena_alloc(a, b->cap);
}

/* What has gone to the sink is forgotten: n then counts what waits. */
void buf_init_sink(Buf *b, Arena *a, BufSink *sink, void *user)
{
    buf_init(b, a);
    b->sink = sink;
    b->user = user;
}

/* Room for n more bytes and the 0 behind them.  The limits keep the doubling from wrapping
 * around. */
static void reserve(Buf *b, size_t n)
{
    size_t cap = b->cap;

    if (n >= SIZE_MAX / 4 || b->n >= SIZE_MAX / 4)
        arena_out_of_memory(b->arena);
    while (cap < b->n + n + 1)
        cap *= 2;
    if (cap != b->cap) {
        b->p = arena_resize(b->arena, b->p, b->cap, cap);
        b->cap = cap;
    }
}

/* After a failure nothing more is handed to the sink; the failure is told at each flush. */
bool buf_flush(Buf *b)
{
    if (b->sink && b->n) {
        if (!b->failed && !b->sink(b->user, b->p, b->n))
            b->failed = true;
        b->n = 0;
        b->p[0] = 0;
    }
    return !b->failed;
}

/* n may be 0, and p then anything.  Bytes, not a string: they may hold a 0. */
void buf_put(Buf *b, const void *p, size_t n)
{
    reserve(b, n);
    if (n)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = 0;
    if (b->sink && b->n >= PIECE)
        buf_flush(b);
}

/* Without its 0. */
void buf_str(Buf *b, const char *s)
{
    buf_put(b, s, strlen(s));
}

void buf_char(Buf *b, char c)
{
    buf_put(b, &c, 1);
}

/* Formats twice, the first time for the length: there is no limit to a text. */
void buf_vprintf(Buf *b, const char *fmt, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    n = number_print(NULL, 0, fmt, again);
    va_end(again);
    reserve(b, (size_t)n);
    number_print(b->p + b->n, (size_t)n + 1, fmt, ap);
    b->n += (size_t)n;
    if (b->sink && b->n >= PIECE)
        buf_flush(b);
}

/* Only %s and numbers: a name from a file is an argument, never the format. */
void buf_printf(Buf *b, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

/* nan, whatever its sign, and whole numbers, which "%.1g" would write as 1e+01. */
static bool put_plain(Buf *b, double x)
{
    if (isnan(x))
        buf_str(b, "nan");
    else if (fabs(x) < 1e7 && x == trunc(x))
        buf_printf(b, "%.0f", x);
    else
        return false;
    return true;
}

__attribute__((format(printf, 3, 4)))
static void print(char *to, size_t size, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    number_print(to, size, fmt, ap);
    va_end(ap);
}

/* The least number of digits that reads back as x; 17 always do (IEEE 754, 5.12.2). */
void buf_double(Buf *b, double x)
{
    char s[40];

    if (put_plain(b, x))
        return;
    for (int digits = 1; digits <= 17; digits++) {
        print(s, sizeof s, "%.*g", digits, x);
        if (number_read(s, NULL) == x)
            break;
    }
    buf_str(b, s);
}

/* As buf_double for f32, where 9 digits always do.  Not for a Buf: weights are written by the
 * million. */
const char *float_text(float x, char text[32])
{
    if (isnan(x))
        return "nan";
    for (int digits = 1; digits <= 9; digits++) {
        print(text, 32, "%.*g", digits, (double)x);
        if (number_read_f32(text, NULL) == x)
            break;
    }
    return text;
}

/* Converted to double first, which is exact, and so is the test for a whole number. */
void buf_float(Buf *b, float x)
{
    char text[32];

    if (!put_plain(b, (double)x))
        buf_str(b, float_text(x, text));
}

/* RFC 8259, section 7.  Bytes from 0x80 on stay: the text is taken for UTF-8. */
void buf_json(Buf *b, const char *s)
{
    buf_char(b, '"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20 || c == '"' || c == '\\')
            buf_printf(b, "\\u%04x", c);
        else
            buf_char(b, (char)c);
    }
    buf_char(b, '"');
}
