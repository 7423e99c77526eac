/* SPDX-License-Identifier: Apache-2.0 */
/* table: what came of the tests, per operator, as a page of the manual.
 *
 * In: all results.  Out: a table in Markdown, the same bytes for the same results.
 *
 * A test that passes counts for every operator in it.  One that is refused counts for the operator
 * that is to blame, or for all in it when the message is about the model's inputs.
 */
#include "node_test.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

static const char head[] =
    "# ONNX operators\n"
    "\n"
    "What becomes of ONNX's own backend tests (`node`, `simple`, `pytorch-operator` and\n"
    "`pytorch-converted` of release 1.12, as Debian's libonnx-testdata has them): each model is\n"
    "compiled, run on the stored inputs and compared with the stored results. None crashes or\n"
    "gives a wrong number. Made by the test `onnx_node`, which fails when this page is out of\n"
    "date.\n"
    "\n"
    "A test counts for each operator in its model; a refused one for the operator to blame.\n"
    "*Constant* tells how many of those that pass do so with operands given as constants\n"
    "(`--bind NAME=FILE`), because shapes, axes and the like must be known to the compiler.\n"
    "\n";

/* A list that knows its length. */
typedef struct Names {
    const char **v;
    size_t n;
} Names;

static bool has(const Model *m, const char *op)
{
    for (size_t i = 0; i < m->n_op; i++)
        if (!strcmp(m->op[i], op))
            return true;
    return false;
}

/* Tests with that operator that pass. */
size_t count_passed(const Suite *s, const char *op)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->result[i].outcome == PASSED && has(&s->model[i], op);
    return n;
}

/* "Op: message" -> message when that is this operator's; NULL when another one is to blame. */
static const char *blame(const Model *m, const char *why, const char *op)
{
    size_t n = strlen(op);

    if (!strncmp(why, op, n) && !strncmp(why + n, ": ", 2))
        return why + n + 2;
    for (size_t i = 0; i < m->n_op; i++)
        if (!strncmp(why, m->op[i], strlen(m->op[i])) && why[strlen(m->op[i])] == ':')
            return NULL;
    return has(m, op) ? why : NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Once each; the list has room. */
static void add(Names *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->v[i], name))
            return;
    list->v[list->n++] = name;
}

/* All operators of all models, sorted. */
static Names operators(const Suite *s)
{
    Names list = { 0 };
    size_t most = 0;

    for (size_t i = 0; i < s->n; i++)
        most += s->model[i].n_op;
    list.v = arena_new_n(s->a, const char *, most);
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->model[i].n_op; k++)
            add(&list, s->model[i].op[k]);
    qsort(list.v, list.n, sizeof *list.v, by_name);
    return list;
}

/* Reasons in the order of the tests, each once, with how often it was given if more than once. */
static void put_reasons(const Suite *s, const char *op, Buf *out)
{
    Names why = { arena_new_n(s->a, const char *, s->n), 0 };
    size_t *count = arena_new_n(s->a, size_t, s->n);

    for (size_t i = 0; i < s->n; i++) {
        const Result *r = &s->result[i];
        const char *text = r->outcome == REFUSED ? blame(&s->model[i], r->why, op) : NULL;
        if (!text)
            continue;
        add(&why, text);
        for (size_t k = 0; k < why.n; k++)
            count[k] += !strcmp(why.v[k], text);
    }
    for (size_t k = 0; k < why.n; k++) {
        buf_str(out, k ? "; " : "");
        buf_str(out, why.v[k]);
        if (count[k] > 1)
            buf_printf(out, " (%zu)", count[k]);
    }
}

/* Tests that are refused because of this operator. */
static size_t count_refused(const Suite *s, const char *op)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->result[i].outcome == REFUSED && blame(&s->model[i], s->result[i].why, op);
    return n;
}

/* Tests that pass with operands given as constants. */
static size_t count_bound(const Suite *s, const char *op)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->result[i].outcome == PASSED && s->result[i].bound && has(&s->model[i], op);
    return n;
}

/* A cell; 0 is left blank, which makes the rest easier to see. */
static void put_number(size_t n, Buf *out)
{
    if (n)
        buf_printf(out, " %zu |", n);
    else
        buf_str(out, " |");
}

/* Nothing in it depends on the machine. */
const char *make_table(const Suite *s)
{
    Names op = operators(s);
    size_t passed = 0;
    Buf b;

    buf_init(&b, s->a);
    for (size_t i = 0; i < s->n; i++)
        passed += s->result[i].outcome == PASSED;
    buf_str(&b, head);
    buf_printf(&b, "Of %zu tests %zu pass.\n\n| operator | pass | constant | refused | why |\n"
               "|---|---|---|---|---|\n", s->n, passed);
    for (size_t i = 0; i < op.n; i++) {
        buf_printf(&b, "| %s |", op.v[i]);
        put_number(count_passed(s, op.v[i]), &b);
        put_number(count_bound(s, op.v[i]), &b);
        put_number(count_refused(s, op.v[i]), &b);
        buf_char(&b, ' ');
        put_reasons(s, op.v[i], &b);
        buf_str(&b, " |\n");
    }
    return b.p;
}
