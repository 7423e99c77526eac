/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_read, by the cases in tests/onnx: each is a model as text (support/onnx_text.h) and what
 * comes of it: all messages, then the graph (support/graph_text.h).  tests/onnx/README.md says
 * more.
 *
 * With MNC_REGEN=1 the files are written anew with what came out: to be read before it is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/onnx.h"
#include "support/graph_text.h"
#include "support/onnx_text.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 8, MAX_FILES = 64 };

/* A case stands from p to end: title, options and model, "--", expectation, blank line. */
typedef struct Case {
    const char *p, *model, *expected, *end;
    OnnxOptions o;
    const char *shape[MAX_OPTIONS + 1], *bind[MAX_OPTIONS + 1];
    size_t n_shape, n_bind;
} Case;

static const char *next_line(const char *p)
{
    p += strcspn(p, "\n");
    return *p ? p + 1 : p;
}

static bool begins(const char *p, const char *word)
{
    return !strncmp(p, word, strlen(word));
}

/* "option batch 4", "option input_shape x=1,2", "option bind x=FILE" (below tests/) */
static void read_option(Arena *a, Case *c, const char *line)
{
    size_t n = strcspn(line, "\n");
    char *text = arena_strndup(a, line, n), *value = strrchr(text, ' ') + 1;
    char *eq = strchr(value, '=');

    if (begins(text, "option batch"))
        c->o.batch = strtoll(value, NULL, 10);
    else if (begins(text, "option input_shape"))
        c->shape[c->n_shape++] = value;
    else if (begins(text, "option bind"))
        c->bind[c->n_bind++] = arena_printf(a, "%.*s=%s/%s", (int)(eq - value), value, MNC_TESTS,
                                            eq + 1);
    else
        fail_msg("%s", text);
}

/* The case that begins at p, the line with its title. */
static Case read_case(Arena *a, const char *p)
{
    Case c = { .p = p, .model = next_line(p) };

    c.o.file = "net.onnx";
    c.o.dir = MNC_TESTS "/onnx/data/";
    while (begins(c.model, "option")) {
        read_option(a, &c, c.model);
        c.model = next_line(c.model);
    }
    for (p = c.model; *p && !begins(p, "--\n"); p = next_line(p))
        ;
    c.expected = next_line(p);
    c.end = strstr(c.expected, "\n== ");
    c.end = c.end ? c.end + 1 : c.expected + strlen(c.expected);
    return c;
}

static const char *outcome(Arena *a, Case *c)
{
    const char *stop = strstr(c->model, "--\n");
    Bytes model = onnx_text_bytes(a, arena_strndup(a, c->model, (size_t)(stop - c->model)));
    Diag d;
    Graph *g;
    Buf b;

    c->o.input_shape = c->shape;
    c->o.bind = c->bind;
    diag_init(&d, a);
    buf_init(&b, a);
    g = onnx_read(a, model, &c->o, &d);
    assert_int_equal(!g, d.n_error != 0);          /* refused, and said why; or neither */
    if (g)
        assert_true(ir_check(g, "import", &d));
    diag_print(&d, &b);
    if (g)
        buf_str(&b, graph_text(g, a));
    return b.p;
}

/* Paths of this machine do not belong into expectations. */
static const char *without_path(Arena *a, const char *s)
{
    Buf b;

    buf_init(&b, a);
    while (*s) {
        size_t n = begins(s, MNC_TESTS "/") ? strlen(MNC_TESTS "/") : 0;
        s += n;
        buf_char(&b, *s++);
    }
    return b.p;
}

/* Blank lines at the end do not count. */
static bool same(const char *got, const Case *c)
{
    size_t n = strlen(got), expected = (size_t)(c->end - c->expected);

    return n <= expected && !strncmp(got, c->expected, n)
        && n + strspn(c->expected + n, "\n") >= expected;
}

static void write_back(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* All cases of a file; the differences are shown, all of them. */
static void run_file(void **state)
{
    const char *path = *state, *p, *got;
    volatile unsigned n_bad = 0;
    jmp_buf oom;
    Arena a;
    Bytes text;
    Diag d;
    Buf all;

    if (setjmp(oom))
        fail_msg("out of memory");
    arena_init(&a, NULL, NULL, 0, &oom);
    diag_init(&d, &a);
    buf_init(&all, &a);
    assert_true(file_read(&a, path, &text, &d));
    p = strstr((const char *)text.p, "== ");
    buf_put(&all, text.p, (size_t)((const unsigned char *)p - text.p));
    while (*p) {
        Case c = read_case(&a, p);
        got = without_path(&a, outcome(&a, &c));
        if (!same(got, &c)) {
            print_error("%.*s\ngot:\n%s\nexpected:\n%.*s\n", (int)strcspn(p, "\n"), p, got,
                        (int)(c.end - c.expected), c.expected);
            n_bad++;
        }
        buf_put(&all, c.p, (size_t)(c.expected - c.p));
        buf_printf(&all, "%s%s", got, *c.end ? "\n" : "");
        p = c.end;
    }
    if (getenv("MNC_REGEN"))
        write_back(path, all.p, all.n);
    else if (n_bad)
        fail_msg("%u cases of %s", n_bad, path);
    arena_destroy(&a);
}

int main(void)
{
    struct CMUnitTest tests[MAX_FILES] = { 0 };
    size_t n = 0;
    glob_t found;
    int failed;

    if (glob(MNC_TESTS "/onnx/*.txt", 0, NULL, &found) || found.gl_pathc > MAX_FILES)
        return 1;
    for (; n < found.gl_pathc; n++) {
        tests[n].name = path_base(found.gl_pathv[n]);
        tests[n].test_func = run_file;
        tests[n].initial_state = found.gl_pathv[n];
    }
    failed = _cmocka_run_group_tests("onnx", tests, n, NULL, NULL);
    globfree(&found);
    return failed;
}
