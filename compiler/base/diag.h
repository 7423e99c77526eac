/* SPDX-License-Identifier: Apache-2.0 */
/* diag: what is wrong with the input, collected, all of it, and shown by the caller.
 *
 * The library never prints.  A pass or a frontend that finds a mistake says so here and goes on
 * where it can, so that one run tells everything.  Errors that are ours are assertions instead.
 */
#ifndef MNC_BASE_DIAG_H
#define MNC_BASE_DIAG_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdbool.h>

/* Where something stands: in a text by line and column, in an ONNX file by the node's words. */
typedef struct Pos {
    const char *file;      /* as the user named it; NULL when unknown */
    uint32_t line, col;    /* from 1; 0: no line */
    uint32_t len;          /* columns to underline; 0 counts as 1 */
    const char *where;     /* "node 'stem' (Conv, opset 13)"; NULL for texts */
} Pos;

typedef enum { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR } DiagKind;

typedef struct Message {
    struct Message *next;
    DiagKind kind;
    Pos pos;
    const char *text;
    const char *hint;      /* what would help, or NULL */
} Message;

typedef struct Diag {
    Arena *arena;
    Message *first, **last;
    uint32_t n_error, n_message;
    uint32_t n_file;       /* files that were opened with their messages to go here */
    struct DiagSource *source;
} Diag;

enum { DIAG_MAX = 100 };   /* messages kept; the rest is only counted */

void diag_init(Diag *d, Arena *a);

/* Keeps a text so that messages about it can show the line.  The text must live as long. */
void diag_source(Diag *d, const char *file, const char *text, size_t n);

void diag_error(Diag *d, Pos pos, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void diag_note(Diag *d, Pos pos, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Adds a hint to the message that was said last: "did you mean 'stride'?" */
void diag_hint(Diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends all messages as text:
 *     net.mnet:3:14: error: conv has no attribute 'strid'
 *         c1 = conv x strid=2
 *                     ^~~~~
 *         did you mean 'stride'?
 *     net.onnx: node 'a/b' (Foo, opset 13): error: ...
 * Control characters that come from the input are escaped.
 */
void diag_print(const Diag *d, Buf *out);

/* The member of list (n strings) that word is probably a misspelling of, or NULL. */
const char *diag_nearest(const char *word, const char *const *list, size_t n);

/* Text from an input file, made safe to print: control bytes become \xNN, long ones end in
 * "...". */
const char *diag_quote(Arena *a, const char *s);

#endif
