/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged specs: they must give a sound graph or messages, soon and in little memory; and a graph's
 * text must give the same text again.
 *
 * The files of tests/bad and tests/ir are damaged in ways that depend on the round's number alone.
 * tests/fuzz does the same by coverage, for longer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/mnet.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

static void die(const char *why, const char *text)
{
    print_error("%s:\n%s\n", why, text);
    fail();
}

/* NULL, after all its messages were made into text. */
static Graph *read_spec(Arena *a, Bytes text)
{
    MnetOptions o = { .file = "fuzz.mnet" };
    Graph *g;
    Diag d;
    Buf b;

    diag_init(&d, a);
    buf_init(&b, a);
    g = mnet_read(a, text, &o, &d);
    if (!g != !!d.n_error)
        die("a graph or an error, not both", (const char *)text.p);
    if (g && !ir_check(g, "import", &d)) {
        diag_print(&d, &b);
        die(b.p, (const char *)text.p);
    }
    diag_print(&d, &b);
    return g;
}

static Bytes print(Arena *a, const Graph *g)
{
    PrintOptions o = { .inline_max = 1000 };
    Buf b;

    buf_init(&b, a);
    ir_print(g, &o, &b);
    return (Bytes){ (const unsigned char *)b.p, b.n };
}

/* Constants that are too large for the text cannot be read again. */
static void again(Arena *a, const Graph *g)
{
    Bytes once = print(a, g), twice;

    if (strstr((const char *)once.p, " @-\n"))
        return;
    g = read_spec(a, once);
    if (!g)
        die("not read again", (const char *)once.p);
    twice = print(a, g);
    if (once.n != twice.n || memcmp(once.p, twice.p, once.n))
        die("not printed again", (const char *)once.p);
}

/* The input of a golden test ends where its expectation begins. */
static size_t input_length(const uint8_t *data, size_t n)
{
    static const char expect[] = "# >>> expect";
    const uint8_t *end = memmem(data, n, expect, strlen(expect));

    return end ? (size_t)(end - data) : n;
}

static void try_spec(Arena *a, const uint8_t *data, size_t n)
{
    unsigned char *copy = arena_alloc(a, n + 1);
    const Graph *g;

    if (n)
        memcpy(copy, data, n);
    g = read_spec(a, (Bytes){ copy, n });
    if (g)
        again(a, g);
}

static void run(const uint8_t *data, size_t n)
{
    jmp_buf oom;
    Arena a;

    arena_init(&a, NULL, NULL, (size_t)1 << 28, &oom);
    if (!setjmp(oom))
        try_spec(&a, data, n);
    arena_destroy(&a);
}

static uint64_t state;

static uint32_t draw(size_t n)
{
    uint64_t z = state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (uint32_t)((z ^ z >> 31) % (n ? n : 1));
}

/* A piece of the text is dropped, doubled, put elsewhere, or replaced by something odd. */
static size_t damage(uint8_t *p, size_t n, size_t room)
{
    static const char *const odd[] = {
        "9999999999", "-1", "[", "(", "{", "}", "=", "_", "\"", "@", "\n", "1e308", "0", "inf",
        "repeat 1000000000 {", "input", "x", ",", "-", "same", "out=", "\xff", "block b(x) {",
        " f32[", "16777216", "bn", "for a in [", "\\x0", "nan", "!", "channels(",
    };
    size_t from = draw(n), len = draw(n - from < 40 ? n - from + 1 : 40), to = draw(n);
    const char *s = odd[draw(sizeof odd / sizeof *odd)];
    uint8_t piece[64];

    memcpy(piece, p + from, len);
    if (draw(3)) {
        memmove(p + from, p + from + len, n - from - len);
        n -= len;
        to = draw(n + 1);
    }
    if (draw(2))
        memcpy(piece, s, len = strlen(s));
    if (!draw(3) || n + len > room)
        return n;
    memmove(p + to + len, p + to, n - to);
    memcpy(p + to, piece, len);
    return n + len;
}

static void damage_file(const char *path, int rounds)
{
    static uint8_t original[1 << 16], text[(1 << 16) + 4096];
    FILE *f = fopen(path, "rb");
    size_t n;

    assert_non_null(f);
    n = fread(original, 1, sizeof original, f);
    fclose(f);
    n = input_length(original, n);
    for (int i = 0; i < rounds; i++) {
        size_t k = n, times = 1 + draw(4);
        memcpy(text, original, n);
        for (size_t j = 0; j < times; j++)
            k = damage(text, k, sizeof text);
        run(text, k);
    }
}

/* Each file by itself decides its damage, whatever the order in which the folder names them. */
static int damage_folder(const char *folder, int rounds)
{
    DIR *d = opendir(folder);
    int n = 0;

    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[1000];
        if (!path_has_suffix(e->d_name, ".mnet"))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        state = 1;
        damage_file(path, rounds);
        n++;
    }
    closedir(d);
    return n;
}

static void test_damage(void **unused)
{
    (void)unused;
    assert_true(damage_folder(MNC_TESTS "/bad", 100) > 50);
    assert_true(damage_folder(MNC_TESTS "/ir", 100) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_damage) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
