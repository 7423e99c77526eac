/* SPDX-License-Identifier: Apache-2.0 */
/* emit: one model to one C file, through the public interface.
 *
 * Many tests give as an input what the compiler must know: a shape, the axes, a number of repeats.
 * When a model is refused, it is tried again with its integer inputs bound to the stored ones, then
 * with all but the first, then with all.
 */
#include "node_test.h"

#include "mnc/mnc.h"

#include <string.h>

/* A second way through the compiler for one in four, chosen by the name so that it stays: all
 * targets in one file and chosen at run time, and the plain loops. */
static void choose(const Model *m, mnc_options *o)
{
    unsigned h = 0;

    for (const char *p = m->name; *p; p++)
        h = h * 31 + (unsigned char)*p;
    o->target = h / 8 % 8 == 0 ? "auto" : "portable";
    o->plain = h / 8 % 8 == 1;
}

/* "NAME=FILE" for each bound input, NULL at the end. */
static const char **bindings(Arena *a, const Model *m, Bound bound)
{
    const char **list = arena_new_n(a, const char *, m->n_input + 1);
    size_t n = 0;

    for (size_t i = 0; i < m->n_input; i++)
        if (bound == BIND_ALL || (bound == BIND_ALL_BUT_FIRST && i > 0)
            || (bound == BIND_INTEGERS && !m->is_float[i]))
            list[n++] = arena_printf(a, "%s=%s/test_data_set_0/input_%zu.pb", m->input[i], m->dir,
                                     i);
    return list;
}

/* "FILE: node 'x' (Op, opset 13): error: its ..." -> "Op: its ...": only what stays the same from
 * node to node can be counted in a table.  The node may have no name. */
static void refuse(Result *r, const char *messages)
{
    const char *error = strstr(messages, "error: "), *line = error, *end, *op;

    if (!error) {
        result_set(r, WRONG, "refused without a reason: %s", messages);
        return;
    }
    while (line > messages && line[-1] != '\n')
        line--;
    error += strlen("error: ");
    end = op = strstr(line, ", opset ");
    while (op && op > line && op[-1] != '(')
        op--;
    if (op && op < error)
        result_set(r, REFUSED, "%.*s: %.*s", (int)(end - op), op, (int)strcspn(error, "\n"),
                   error);
    else
        result_set(r, REFUSED, "%.*s", (int)strcspn(error, "\n"), error);
    if (strstr(messages, "internal error"))
        r->outcome = WRONG;
}

/* Whether it is C now. */
static bool attempt(const Suite *s, size_t i, Bound bound)
{
    mnc_options o = { .prefix = arena_printf(s->a, "t%zu", i), .max_memory = (size_t)1 << 30 };
    const Model *m = &s->model[i];
    mnc_model *model;
    bool ok;

    choose(m, &o);
    o.bind = bindings(s->a, m, bound);
    model = mnc_open(&o);
    ok = mnc_read(model, arena_printf(s->a, "%s/model.onnx", m->dir)) == MNC_OK
        && mnc_write_c(model, arena_printf(s->a, "%s/t%zu.c", s->work, i)) == MNC_OK;
    s->result[i].bound = bound;
    s->result[i].outcome = PENDING;
    if (!ok)
        refuse(&s->result[i], mnc_messages(model));
    mnc_close(model);
    return ok;
}

void emit_case(Suite *s, size_t i)
{
    for (Bound b = BIND_NONE; b < N_BOUND; b++)
        if (attempt(s, i, b) || !strstr(s->result[i].why, "must be a constant"))
            return;
}
