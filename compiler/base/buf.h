/* SPDX-License-Identifier: Apache-2.0 */
/* buf: a growing text, in an arena; or, with a sink, a text that flows on in pieces. */
#ifndef MNC_BASE_BUF_H
#define MNC_BASE_BUF_H

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>

/* Takes n bytes; false when it cannot (a full disk), after which nothing more is handed over. */
typedef bool BufSink(void *user, const char *p, size_t n);

typedef struct Buf {
    Arena *arena;
    char *p;              /* always followed by a 0 */
    size_t n, cap;
    BufSink *sink;        /* NULL: keeps all */
    void *user;
    bool failed;          /* the sink has refused */
} Buf;

void buf_init(Buf *b, Arena *a);
void buf_init_sink(Buf *b, Arena *a, BufSink *sink, void *user);
void buf_put(Buf *b, const void *p, size_t n);
void buf_str(Buf *b, const char *s);
void buf_char(Buf *b, char c);
void buf_printf(Buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(Buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* The shortest text that reads back as the same float ("0.1", "1e-05", "inf", "nan"). */
const char *float_text(float x, char text[32]);
void buf_float(Buf *b, float x);
void buf_double(Buf *b, double x);

/* s as a JSON string, quotes included; bytes above 127 as they are. */
void buf_json(Buf *b, const char *s);

/* Hands what is left to the sink; false when anything was refused. */
bool buf_flush(Buf *b);

#endif
