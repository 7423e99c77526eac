/* SPDX-License-Identifier: Apache-2.0 */
/* The template engine: every file of tests/tmpl/, the keys, the limits, and damaged templates.
 *
 * tests/tmpl/README.md describes the files.  Each is cut into the templates it holds, which go
 * to a folder of their own, as they would for --templates.
 */
#include "backend/tmpl.h"
#include "base/file.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct Env {
    Arena arena;
    Diag diag;
    Buf out;
    jmp_buf oom;
} Env;

static char folder[] = "/tmp/mnc_tmpl_XXXXXX";

static void env_init(Env *e)
{
    arena_init(&e->arena, NULL, NULL, 0, &e->oom);
    diag_init(&e->diag, &e->arena);
    buf_init(&e->out, &e->arena);
}

static void save(const char *name, const char *text, size_t n)
{
    char path[300];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* What the expansion of text gives: the text, or the messages. */
static const char *expand(Env *e, const char *text, const TmplVars *v)
{
    Buf messages;

    save("t.t", text, strlen(text));
    if (tmpl_expand(folder, "t.t", v, &e->out, &e->diag)) {
        assert_int_equal(e->diag.n_error, 0);
        return e->out.p;
    }
    assert_int_not_equal(e->diag.n_error, 0);
    buf_init(&messages, &e->arena);
    diag_print(&e->diag, &messages);
    return messages.p;
}

/* "3", "[1,2]", or else a word */
static void set_value(TmplVars *v, const char *name, char *value)
{
    int64_t list[64];
    uint32_t n = 0;
    char *end;
    long long x = strtoll(value, &end, 10);

    if (*value == '[') {
        for (char *p = strtok(value + 1, ",]"); p; p = strtok(NULL, ",]"))
            list[n++] = strtoll(p, NULL, 10);
        tmpl_ints(v, name, list, n);
    } else if (*end || end == value) {
        tmpl_word(v, name, value);
    } else {
        tmpl_int(v, name, x);
    }
}

/* The NAME=VALUE of the remarks at the top. */
static TmplVars *read_values(Env *e, const char *text)
{
    TmplVars *v = tmpl_vars(&e->arena);

    while (!strncmp(text, "//#", 3)) {
        char *line = arena_strndup(&e->arena, text, strcspn(text, "\r\n")), *rest, *eq;
        for (char *w = strtok_r(line, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
            eq = strchr(w, '=');
            if (!eq)
                continue;
            *eq = 0;
            set_value(v, w, eq + 1);
        }
        text += strcspn(text, "\n") + 1;
    }
    return v;
}

/* The next line that starts with "//# WORD", or NULL */
static const char *find_line(const char *text, const char *word)
{
    char mark[40];
    const char *p = text;

    snprintf(mark, sizeof mark, "//# %s", word);
    while ((p = strstr(p, mark)) != NULL && p > text && p[-1] != '\n')
        p++;
    return p;
}

/* Saves the templates of a test; what is expected comes last, and is returned. */
static const char *cut(Env *e, const char *file, const char *text, bool *good)
{
    const char *expect = find_line(text, "expect\n"), *end, *next;
    const char *name = file;

    *good = expect != NULL;
    if (!expect)
        expect = find_line(text, "error\n");
    if (!expect)
        fail_msg("%s expects nothing", file);
    while (text < expect) {
        next = find_line(text, "file ");
        end = next && next < expect ? next : expect;
        save(name, text, (size_t)(end - text));
        text = end;
        if (text < expect) {
            name = text + strlen("//# file ");
            name = arena_strndup(&e->arena, name, strcspn(name, "\n"));
            text += strcspn(text, "\n") + 1;
        }
    }
    return expect + strcspn(expect, "\n") + 1;
}

static const char *read_test(Env *e, const char *file)
{
    Bytes b;

    assert_true(file_read(&e->arena, arena_printf(&e->arena, MNC_TESTS "/tmpl/%s", file), &b,
                          &e->diag));
    return (const char *)b.p;
}

/* 1: as expected; 0: not, and said so */
static int run_file(const char *file)
{
    Env e;
    const char *text, *expect, *is;
    bool good, ok;
    Buf messages;

    env_init(&e);
    text = read_test(&e, file);
    expect = cut(&e, file, text, &good);
    ok = tmpl_expand(folder, file, read_values(&e, text), &e.out, &e.diag);
    buf_init(&messages, &e.arena);
    diag_print(&e.diag, &messages);
    is = ok ? e.out.p : messages.p;
    ok = ok == good && !strcmp(is, expect) && ok == (e.diag.n_error == 0);
    if (!ok)
        fprintf(stderr, "%s: expected:\n%s---- and got:\n%s----\n", file, expect, is);
    arena_destroy(&e.arena);
    return ok;
}

static int is_test(const struct dirent *d)
{
    return path_has_suffix(d->d_name, ".t");
}

static void files(void **state)
{
    struct dirent **list;
    int n = scandir(MNC_TESTS "/tmpl", &list, is_test, alphasort), good = 0;

    (void)state;
    assert_true(n >= 30);
    for (int i = 0; i < n; i++) {
        good += run_file(list[i]->d_name);
        free(list[i]);
    }
    free(list);
    assert_int_equal(good, n);
}

/* Equal keys for equal parameters, whatever the order; no text can forge another parameter. */
static void keys(void **state)
{
    static const int64_t list[] = { 1, -2 };
    Env e;
    TmplVars *a, *b;

    (void)state;
    env_init(&e);
    a = tmpl_vars(&e.arena);
    assert_string_equal(tmpl_key(a, NULL), "");
    tmpl_word(a, "W", "x;Z=3;");
    tmpl_int(a, "N", -5);
    tmpl_ints(a, "L", list, 2);
    tmpl_ints(a, "E", NULL, 0);
    assert_string_equal(tmpl_key(a, NULL), "E=[];L=[1,-2];N=-5;W:6:x;Z=3;;");
    assert_string_equal(tmpl_key(a, "N"), "E=[];L=[1,-2];W:6:x;Z=3;;");
    b = tmpl_vars(&e.arena);
    tmpl_ints(b, "E", list, 1);
    tmpl_ints(b, "L", list, 2);
    tmpl_int(b, "N", -5);
    tmpl_word(b, "W", "x;Z=3;");
    assert_string_not_equal(tmpl_key(a, NULL), tmpl_key(b, NULL));
    tmpl_ints(b, "E", NULL, 0);
    assert_string_equal(tmpl_key(a, NULL), tmpl_key(b, NULL));
    arena_destroy(&e.arena);
}

/* A word is any text, and is not looked at again: no directive, no value comes to life in it. */
static void words(void **state)
{
    Env e;
    TmplVars *v;

    (void)state;
    env_init(&e);
    v = tmpl_vars(&e.arena);
    tmpl_word(v, "W", "${N}\n//@ end\n");
    tmpl_word(v, "E", "");
    assert_string_equal(expand(&e, "//@ params W E\n<${W}|${E}>", v), "<${N}\n//@ end\n|>");
    arena_destroy(&e.arena);
}

/* Many variables, set twice: the last value counts. */
static void many(void **state)
{
    Env e;
    TmplVars *v;
    Buf text, expect;
    char name[20];

    (void)state;
    env_init(&e);
    v = tmpl_vars(&e.arena);
    buf_init(&text, &e.arena);
    buf_init(&expect, &e.arena);
    buf_str(&text, "//@ params");
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "V%d", i % 100);
        tmpl_int(v, name, i);
        if (i < 100)
            buf_printf(&text, " %s", name);
    }
    for (int i = 0; i < 100; i++) {
        buf_printf(&text, "%s${V%d}", i ? "," : "\n", i);
        buf_printf(&expect, "%s%d", i ? "," : "", 100 + i);
    }
    assert_string_equal(expand(&e, text.p, v), expect.p);
    arena_destroy(&e.arena);
}

static void repeat(Buf *b, const char *s, int n)
{
    while (n-- > 0)
        buf_str(b, s);
}

/* One row a limit: a text of three parts, the middle one n times, and what it must answer. */
typedef struct Limit {
    const char *head, *middle, *tail;
    int n;
    const char *answer;      /* found in the messages; NULL: expands */
} Limit;

static void limits(void **state)
{
    static const Limit list[] = {
        { "${", "(", "", 60, "expected a value" },
        { "${", "(", "1", 63, "expected ')'" },
        { "${", "(", "1", 64, "the expression nests deeper than 64" },
        { "${", "-", "1}", 63, NULL },
        { "${", "-", "1}", 100000, "the expression nests deeper than 64" },
        { "${1", "+1", "}", 63, NULL },
        { "${1", "+1", "}", 100000, "more than 64 operators above each other" },
        { "${1", "?1:1", "}", 100000, "the expression nests deeper than 64" },
        { "", "//@ if 1\n", "", 33, "blocks nest deeper than 32" },
        { "", "//@ if 1\n", "", 100000, "blocks nest deeper than 32" },
        { "//@ if 0\n", "//@ elif 0\n", "//@ end\n", 50000, NULL },
        { "//@ if 1\n", "x\n", "//@ end\n", 200000, NULL },
        { "", "x\n", "", 600000, "has more than 1048576 bytes" },
        { "//@ for i in 0..4096\n", "x", "\n//@ end\n", 4000, NULL },
        { "//@ for i in 0..4096\n", "x", "\n//@ end\n", 5000, "is longer than 16777216 bytes" },
        { "//@ for i in 0..4096\n//@ for j in 0..4096\n", "//@ if i\n//@ end\n",
          "//@ end\n//@ end\n", 1, "takes more than 8388608 steps" },
        { "", "${X} ", "", 100, "unknown name 'X'" },
        { "", "${X}\n", "", 100000, "unknown name 'X'" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const Limit *l = &list[i];
        const char *answer;
        Buf text;
        Env e;

        env_init(&e);
        buf_init(&text, &e.arena);
        buf_printf(&text, "//@ params\n%s", l->head);
        repeat(&text, l->middle, l->n);
        buf_str(&text, l->tail);
        answer = expand(&e, text.p, tmpl_vars(&e.arena));
        if ((e.diag.n_error != 0) != (l->answer != NULL))
            fail_msg("limit %zu: %.200s", i, answer);
        if (l->answer && !strstr(answer, l->answer))
            fail_msg("limit %zu: '%s' is not in: %.300s", i, l->answer, answer);
        assert_true(e.diag.n_error <= 20);
        arena_destroy(&e.arena);
    }
}

/* Messages that others left in d before do not count as the template's. */
static void earlier_errors(void **state)
{
    Env e;
    Pos pos = { .file = "other" };

    (void)state;
    env_init(&e);
    for (int i = 0; i < 50; i++)
        diag_error(&e.diag, pos, "something else");
    save("t.t", "//@ params\nx\n", 13);
    assert_true(tmpl_expand(folder, "t.t", tmpl_vars(&e.arena), &e.out, &e.diag));
    assert_string_equal(e.out.p, "x\n");
    save("t.t", "//@ params\n${y}\n", 16);
    assert_false(tmpl_expand(folder, "t.t", tmpl_vars(&e.arena), &e.out, &e.diag));
    assert_int_equal(e.diag.n_error, 51);
    arena_destroy(&e.arena);
}

/* No name leads out of the folder, and nothing but files is read. */
static void names(void **state)
{
    static const char *const bad[] = { "", ".", "..", "../t.t", "/etc/passwd", "none.t", "sub" };
    Env e;
    char path[300];

    (void)state;
    env_init(&e);
    snprintf(path, sizeof path, "%s/sub", folder);
    assert_int_equal(symlink(folder, path), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(tmpl_expand(folder, bad[i], tmpl_vars(&e.arena), &e.out, &e.diag));
        assert_int_equal(e.diag.n_error, i + 1);
    }
    assert_int_equal(unlink(path), 0);
    arena_destroy(&e.arena);
}

/* The first n bytes of a test, the last of them replaced by c: an answer, never a crash, and
 * messages exactly when the answer is no. */
static void damage(const char *file, const char *text, size_t n, char c)
{
    Env e;
    char *copy;
    bool ok;

    env_init(&e);
    copy = arena_strndup(&e.arena, text, n);
    if (c && n)
        copy[n - 1] = c;
    save(file, copy, n);
    ok = tmpl_expand(folder, file, read_values(&e, text), &e.out, &e.diag);
    assert_int_equal(ok, e.diag.n_error == 0);
    arena_destroy(&e.arena);
}

/* Each test file, cut off at every byte, and with another byte there. */
static void damaged(void **state)
{
    static const char by[] = "}$@(09-\n";
    struct dirent **list;
    int n = scandir(MNC_TESTS "/tmpl", &list, is_test, alphasort);

    (void)state;
    for (int i = 0; i < n; i++) {
        Env e;
        bool good;
        const char *file = list[i]->d_name, *text, *end;

        env_init(&e);
        text = read_test(&e, file);
        end = cut(&e, file, text, &good);
        for (size_t k = 1; k <= (size_t)(end - text); k++) {
            damage(file, text, k, 0);
            damage(file, text, k, by[k % (sizeof by - 1)]);
        }
        arena_destroy(&e.arena);
        free(list[i]);
    }
    free(list);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct dirent **list;
    int n = scandir(folder, &list, NULL, NULL);
    char path[600];

    (void)state;
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        unlink(path);
        free(list[i]);
    }
    free(list);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files), cmocka_unit_test(keys), cmocka_unit_test(words),
        cmocka_unit_test(many), cmocka_unit_test(limits), cmocka_unit_test(earlier_errors),
        cmocka_unit_test(names), cmocka_unit_test(damaged),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
