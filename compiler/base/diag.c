/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <stdarg.h>
#include <string.h>

/* text is not copied: it must live as long as the messages are printed. */
typedef struct DiagSource {
    struct DiagSource *next;
    const char *file, *text;
    size_t n;
} DiagSource;

/* last always points at where the next message's address goes. */
void diag_init(Diag *d, Arena *a)
{
    memset(d, 0, sizeof *d);
    d->arena = a;
    d->last = &d->first;
}

/* For the lines under messages about file.  One said later hides an earlier one of the same
 * name. */
void diag_source(Diag *d, const char *file, const char *text, size_t n)
{
    DiagSource *s = arena_new(d->arena, DiagSource);

    s->next = d->source;
    s->file = file;
    s->text = text;
    s->n = n;
    d->source = s;
}

/* The text goes into the arena: messages outlive what they are about. */
static const char *vformat(Arena *a, const char *fmt, va_list ap)
{
    Buf b;

    buf_init(&b, a);
    buf_vprintf(&b, fmt, ap);
    return b.p;
}

/* Everything is counted, the first DIAG_MAX are kept: a hostile file must not fill the memory
 * with messages.  Names are copied: they may be of an arena that ends before they are shown. */
static void say(Diag *d, DiagKind kind, Pos pos, const char *text)
{
    Message *m;

    d->n_error += kind == DIAG_ERROR;
    if (d->n_message++ >= DIAG_MAX)
        return;
    m = arena_new(d->arena, Message);
    m->kind = kind;
    m->pos = pos;
    m->pos.file = pos.file ? arena_strdup(d->arena, pos.file) : NULL;
    m->pos.where = pos.where ? arena_strdup(d->arena, pos.where) : NULL;
    m->text = text;
    *d->last = m;
    d->last = &m->next;
}

/* Does not end anything: who says it decides how far to go on. */
void diag_error(Diag *d, Pos pos, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(d, DIAG_ERROR, pos, vformat(d->arena, fmt, ap));
    va_end(ap);
}

/* Counts as a message, not as an error. */
void diag_note(Diag *d, Pos pos, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(d, DIAG_NOTE, pos, vformat(d->arena, fmt, ap));
    va_end(ap);
}

/* Belongs to the newest message; without one, or when that one was not kept, it is dropped. */
void diag_hint(Diag *d, const char *fmt, ...)
{
    va_list ap;

    if (!d->first || d->n_message > DIAG_MAX)
        return;
    va_start(ap, fmt);
    /* last points at the next member of the newest message, which is its first member */
    ((Message *)(void *)d->last)->hint = vformat(d->arena, fmt, ap);
    va_end(ap);
}

/* A tab becomes one blank, so that columns of the text are columns of the screen; other control
 * bytes could command the terminal. */
static void put_safe(Buf *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '\t')
            buf_char(out, ' ');
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\x%02x", c);
        else
            buf_char(out, (char)c);
    }
}

/* Names from a file may be of any length and hold anything. */
const char *diag_quote(Arena *a, const char *s)
{
    enum { LONGEST = 120 };
    size_t n = strnlen(s, LONGEST + 1);
    Buf b;

    buf_init(&b, a);
    put_safe(&b, s, n < LONGEST ? n : LONGEST);
    if (n > LONGEST)
        buf_str(&b, "...");
    return b.p;
}

/* The line and a caret under col, 1-based, with tildes for the rest of len bytes.  Nothing when
 * the source is not known or the line is too long to be read. */
static void print_line(const Diag *d, const Pos *pos, Buf *out)
{
    const DiagSource *s = d->source;
    const char *p, *end, *stop;

    while (s && strcmp(s->file, pos->file))
        s = s->next;
    if (!s)
        return;
    p = s->text;
    stop = s->text + s->n;
    for (uint32_t line = 1; line < pos->line && p < stop; line++) {
        const char *nl = memchr(p, '\n', (size_t)(stop - p));
        p = nl ? nl + 1 : stop;
    }
    end = memchr(p, '\n', (size_t)(stop - p));
    end = end ? end : stop;
    if (end - p > 200 || (size_t)(end - p) + 1 < pos->col)     /* a caret under it helps nobody */
        return;
    buf_str(out, "    ");
    put_safe(out, p, (size_t)(end - p));
    buf_printf(out, "\n    %*s", (int)(pos->col ? pos->col - 1 : 0), "");
    buf_char(out, '^');
    for (uint32_t i = 1; i < pos->len && pos->col - 1 + i < (size_t)(end - p); i++)
        buf_char(out, '~');
    buf_char(out, '\n');
}

/* FILE:LINE:COL: WHERE: KIND: TEXT, as compilers write it, so that editors can jump there; then
 * the line, then the hint. */
static void print_message(const Diag *d, const Message *m, Buf *out)
{
    static const char *const kind[] = { "note", "warning", "error" };

    if (m->pos.file) {
        put_safe(out, m->pos.file, strlen(m->pos.file));
        if (m->pos.line)
            buf_printf(out, ":%u:%u", m->pos.line, m->pos.col);
        buf_str(out, ": ");
    }
    if (m->pos.where) {
        put_safe(out, m->pos.where, strlen(m->pos.where));
        buf_str(out, ": ");
    }
    buf_printf(out, "%s: ", kind[m->kind]);
    put_safe(out, m->text, strlen(m->text));
    buf_char(out, '\n');
    if (m->pos.file && m->pos.line)
        print_line(d, &m->pos, out);
    if (m->hint) {
        buf_str(out, "    ");
        put_safe(out, m->hint, strlen(m->hint));
        buf_char(out, '\n');
    }
}

/* In the order in which they were said. */
void diag_print(const Diag *d, Buf *out)
{
    for (const Message *m = d->first; m; m = m->next)
        print_message(d, m, out);
    if (d->n_message > DIAG_MAX)
        buf_printf(out, "... and %u more messages\n", d->n_message - DIAG_MAX);
}

/* Edit distance with adjacent transpositions (optimal string alignment), for short words. */
static size_t distance(const char *a, const char *b)
{
    enum { MAX = 32 };
    size_t la = strlen(a), lb = strlen(b), row[3][MAX + 1];

    if (la > MAX || lb > MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= lb; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *now = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);
            best = up[j] + 1 < best ? up[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]
                && up2[j - 2] + 1 < best)
                best = up2[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[la % 3][lb];
}

/* Of two that are equally near the first in the list.  NULL: none is near enough to be meant. */
const char *diag_nearest(const char *word, const char *const *list, size_t n)
{
    /* more edits than that is another word; one letter is none that could be mistaken */
    size_t best = strlen(word) < 2 ? 1 : strlen(word) / 3 + 2;
    const char *near = NULL;

    for (size_t i = 0; i < n; i++) {
        size_t k = distance(word, list[i]);
        if (k < best) {
            best = k;
            near = list[i];
        }
    }
    return near;
}
