/* SPDX-License-Identifier: Apache-2.0 */
/* tmpl: the parameters of an expansion, where templates come from, and the expansion's two steps.
 *
 * In: a template's name and parameters; out: text appended to a Buf, or messages with positions.
 * What holds: the same template and the same tmpl_key give the same text.
 */
#include "backend/tmpl_impl.h"
#include "base/file.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* No parameters yet; everything about them, and about their expansion, lives in a. */
TmplVars *tmpl_vars(Arena *a)
{
    TmplVars *v = arena_new(a, TmplVars);

    v->arena = a;
    return v;
}

/* Length of the identifier at s, 0 when there is none.  Not isalpha: that depends on the
 * locale. */
size_t tmpl_ident(const char *s, const char *end)
{
    const char *p = s;

    while (p < end && (*p == '_' || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')
                       || (p > s && *p >= '0' && *p <= '9')))
        p++;
    return (size_t)(p - s);
}

/* The variable called name, new or to be overwritten.  Linear search: a kernel has some twenty. */
static Var *set(TmplVars *v, const char *name)
{
    Var *x;

    assert(*name && tmpl_ident(name, name + strlen(name)) == strlen(name));
    for (uint32_t i = 0; i < v->n; i++)
        if (!strcmp(v->var[i]->name, name))
            return v->var[i];
    if (v->n == v->cap) {
        uint32_t cap = v->cap ? 2 * v->cap : 32;
        v->var = arena_resize(v->arena, v->var, v->cap * sizeof *v->var, cap * sizeof *v->var);
        v->cap = cap;
    }
    x = arena_new(v->arena, Var);
    x->name = arena_strdup(v->arena, name);
    v->var[v->n++] = x;
    return x;
}

/* Setting a parameter again replaces it, its kind too. */
void tmpl_int(TmplVars *v, const char *name, int64_t x)
{
    Var *var = set(v, name);

    var->kind = VAR_INT;
    var->x = x;
}

/* x is copied: callers build their lists on the stack. */
void tmpl_ints(TmplVars *v, const char *name, const int64_t *x, uint32_t n)
{
    Var *var = set(v, name);
    int64_t *copy = arena_new_n(v->arena, int64_t, n);

    if (n)
        memcpy(copy, x, n * sizeof *x);
    var->kind = VAR_LIST;
    var->list = copy;
    var->n = n;
}

/* text is copied and inserted as it stands; it must be C already. */
void tmpl_word(TmplVars *v, const char *name, const char *text)
{
    Var *var = set(v, name);

    var->kind = VAR_WORD;
    var->text = arena_strdup(v->arena, text);
}

/* For qsort over pointers to Var. */
static int by_name(const void *a, const void *b)
{
    return strcmp((*(Var *const *)a)->name, (*(Var *const *)b)->name);
}

/* A word is written with its length, so that no text in it can look like another parameter. */
static void put_var(const Var *var, Buf *out)
{
    switch (var->kind) {
    case VAR_INT:
        buf_printf(out, "%s=%" PRId64 ";", var->name, var->x);
        break;
    case VAR_LIST:
        buf_printf(out, "%s=[", var->name);
        for (uint32_t i = 0; i < var->n; i++)
            buf_printf(out, "%s%" PRId64, i ? "," : "", var->list[i]);
        buf_str(out, "];");
        break;
    case VAR_WORD:
        buf_printf(out, "%s:%zu:%s;", var->name, strlen(var->text), var->text);
        break;
    }
}

/* "A=3;X=[1,2];W:4:relu;": the kind shows in the character behind the name, which is an
 * identifier, so the text can be taken apart in one way only. */
const char *tmpl_key(const TmplVars *v, const char *except)
{
    Var **sorted = arena_new_n(v->arena, Var *, v->n);
    Buf out;

    if (v->n) {
        memcpy(sorted, v->var, v->n * sizeof *sorted);
        qsort(sorted, v->n, sizeof *sorted, by_name);
    }
    buf_init(&out, v->arena);
    for (uint32_t i = 0; i < v->n; i++)
        if (!except || strcmp(sorted[i]->name, except))
            put_var(sorted[i], &out);
    return out.p;
}

/* A template's name is a plain file name: no way out of the folder. */
static bool plain(const char *file)
{
    return *file && *file != '.' && !strchr(file, '/');
}

/* False, without a message, when the folder does not have it, so that the built-in one counts.
 * True with text NULL, and a message, when it has something that cannot be a template. */
static bool in_dir(Job *job, const char *file, Pos pos, const char **text, size_t *n)
{
    const char *path = arena_printf(job->arena, "%s/%s", job->dir, file);
    struct stat st;
    Bytes b;

    if (stat(path, &st))
        return false;
    *text = NULL;
    if (!S_ISREG(st.st_mode))          /* opening a pipe could wait for ever */
        diag_error(job->diag, pos, "'%s' is not a regular file", diag_quote(job->arena, file));
    else if (st.st_size > MAX_TEXT)
        diag_error(job->diag, pos, "'%s' has more than %d bytes", diag_quote(job->arena, file),
                   MAX_TEXT);
    else if (file_read(job->arena, path, &b, job->diag)) {
        *text = (const char *)b.p;
        *n = b.n;
    }
    return true;
}

/* A folder given by the user goes before the built-in templates, file by file. */
bool tmpl_source(Job *job, const char *file, Pos pos, const char **text, size_t *n)
{
    const TmplFile *f = tmpl_files;

    if (!plain(file)) {
        diag_error(job->diag, pos, "'%s' is not the plain name of a template",
                   diag_quote(job->arena, file));
        return false;
    }
    if (job->dir && in_dir(job, file, pos, text, n))
        return *text != NULL;
    while (f->name && strcmp(f->name, file))
        f++;
    if (!f->name)
        diag_error(job->diag, pos, "there is no template '%s'", diag_quote(job->arena, file));
    *text = f->text;
    *n = f->n;
    return f->name != NULL;
}

/* The caller's values as the scope around the template's own parameters: to a template it makes
 * no difference whether the emitter or another template wants it. */
static Name *outer_names(const TmplVars *v)
{
    Name *list = NULL;

    for (uint32_t i = v->n; i-- > 0;) {
        Name *name = arena_new(v->arena, Name);
        name->var = v->var[i];
        name->next = list;
        list = name;
    }
    return list;
}

/* A value that is not named is looked for only where the params line could be read: otherwise
 * one missing line would be as many messages as there are values. */
bool tmpl_expand(const char *dir, const char *file, const TmplVars *v, Buf *out, Diag *d)
{
    Job job = { .arena = v->arena, .diag = d, .dir = dir, .errors_before = d->n_error };
    Pos pos = { .file = arena_strdup(v->arena, file), .line = 0 };
    Name *outer = outer_names(v);
    Unit *u = tmpl_parse(&job, pos.file, NULL, outer, pos);

    if (!u)
        return false;
    for (const Name *name = outer; name && u->params.line; name = name->next)
        if (!name->used)
            diag_error(d, u->params, "'%s' gets a value and is not named here", name->var->name);
    return d->n_error == job.errors_before && tmpl_run(u, out);
}
