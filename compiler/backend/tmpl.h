/* SPDX-License-Identifier: Apache-2.0 */
/* tmpl: the template engine.  The language is described in templates/README.md.
 *
 * A template may be anything, an expansion ends soon and takes bounded memory; parameter names
 * are C identifiers, chosen by us. */
#ifndef MNC_BACKEND_TMPL_H
#define MNC_BACKEND_TMPL_H

#include "base/buf.h"
#include "base/diag.h"

#include <stdint.h>

/* The built-in templates, by file name ("pointwise.c.t"); ends with a name of NULL. */
typedef struct TmplFile {
    const char *name, *text;
    size_t n;
} TmplFile;
extern const TmplFile tmpl_files[];

/* The parameters of one expansion: integers, lists of integers, words (any text). */
typedef struct TmplVars TmplVars;

TmplVars *tmpl_vars(Arena *a);
void tmpl_int(TmplVars *v, const char *name, int64_t x);
void tmpl_ints(TmplVars *v, const char *name, const int64_t *x, uint32_t n);      /* copied */
void tmpl_word(TmplVars *v, const char *name, const char *text);                  /* copied */

/* All parameters as one text, sorted by name: equal text means equal expansion.  A parameter called
 * except is left out. */
const char *tmpl_key(const TmplVars *v, const char *except);

/* Expands the template called file (looked up in dir first when that is not NULL) onto out.  False,
 * with file, line and column in d, for a mistake in the template, a parameter that the template
 * does not name, or one that it names and does not get or never uses; out is then left half done.
 * Takes about as long as writing the text: 0.2 ms for 30 KB. */
bool tmpl_expand(const char *dir, const char *file, const TmplVars *v, Buf *out, Diag *d);

#endif
