/* SPDX-License-Identifier: Apache-2.0 */
/* The plan as a table and as a picture: the table word for word for a small net, the picture as XML
 * that is sound whatever the values are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "passes/pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PassFn pass_layout, pass_plan_memory;

typedef struct World {
    Arena a;
    jmp_buf oom;
    Diag d;
    Graph *g;
    Job job;
    mnc_options options;
} World;

/* x -> softmax a -> relu b (in place) -> its transpose c -> softmax d, e from both. */
static void build(World *w, const char *const name[6])
{
    Shape s = { .rank = 2, .dim = { 3, 16 } };
    ValueId x, a, b, c, d, in[2];

    arena_init(&w->a, NULL, NULL, 0, &w->oom);
    diag_init(&w->d, &w->a);
    w->g = ir_new(&w->a);
    w->options = (mnc_options){ 0 };
    w->job = (Job){ .g = w->g, .options = &w->options, .d = &w->d };
    x = ir_value(w->g, name[0], VAL_INPUT, DT_F32, &s, (Pos){ 0 });
    ir_set_inputs(w->g, &x, 1);
    a = ir_add1(w->g, name[1], &(NodeSpec){ .op = OP_softmax, .in = &x, .n_in = 1 }, &w->d);
    b = ir_add1(w->g, name[2], &(NodeSpec){ .op = OP_relu, .in = &a, .n_in = 1 }, &w->d);
    c = ir_add1(w->g, name[3], &(NodeSpec){ .op = OP_transpose, .in = &b, .n_in = 1 }, &w->d);
    d = ir_add1(w->g, name[4], &(NodeSpec){ .op = OP_softmax, .in = &b, .n_in = 1 }, &w->d);
    in[0] = d;
    in[1] = c;
    c = ir_add1(w->g, name[5], &(NodeSpec){ .op = OP_matmul, .in = in, .n_in = 2 }, &w->d);
    ir_set_outputs(w->g, &c, 1);
    assert_true(pass_layout(&w->job) && pass_plan_memory(&w->job));
}

static const char *text(World *w, void (*print)(const Graph *, const Plan *, Buf *))
{
    Buf b;

    buf_init(&b, &w->a);
    print(w->g, w->job.plan, &b);
    assert_true(strlen(b.p) == b.n);
    return b.p;
}

static void test_table(void **state)
{
    static const char *const name[] = { "x", "a", "a\nb", "c", "d", "e" };
    World w;

    (void)state;
    if (setjmp(w.oom))
        fail_msg("out of memory");
    build(&w, name);
    assert_string_equal(text(&w, plan_print),
        "memory plan of net: 5 nodes, 3 buffers\n"
        "\n"
        "    bytes     offset  nodes        buffer\n"
        "      192    input 0               x       f32  (3,16)\n"
        "      192          0  1..5         a       f32  (3,16)  until e\n"
        "      192          0  2..5         a\\x0ab  f32  (3,16)  shares a  until e  (1 view)\n"
        "      192        192  4..5         d       f32  (3,16)  until e\n"
        "       36   output 0               e       f32  (3,3)\n"
        "\n"
        "arena                    384  384 bytes\n"
        "least possible           384  384 bytes: what node 4, d, needs\n"
        "side by side             384  384 bytes\n");
    arena_destroy(&w.a);
}

/* ---- XML ---- */

/* The length of the character at p, which must be one that XML 1.0 (2.2) allows; 0 when not. */
static size_t character(const unsigned char *p)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = *p < 0x80 ? 1 : *p >> 5 == 6 ? 2 : *p >> 4 == 14 ? 3 : *p >> 3 == 30 ? 4 : 0;
    uint32_t c = n == 1 ? *p : *p & (0xffu >> (n + 1));

    for (size_t i = 1; i < n; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        c = c << 6 | (p[i] & 63);
    }
    if (n == 0 || c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) || c == 0xfffe
        || c == 0xffff || (c < 0x20 && c != '\n'))
        return 0;
    return n;
}

/* A tag, an entity or a character; moves past it.  open: names of the elements that are open. */
static bool token(const char **p, char open[][32], int *depth)
{
    char name[32] = "", rest[400] = "", end = 0;
    int n = 0;

    if (**p == '&') {
        bool ok = sscanf(*p, "&%31[a-z0-9#];%n", name, &n) == 1 && n > 0
               && strstr("amp lt gt quot #39", name);
        *p += n;
        return ok;
    }
    if (**p != '<') {
        n = (int)character((const unsigned char *)*p);
        *p += n;
        return n > 0;
    }
    if (sscanf(*p, "</%31[a-z]>%n", name, &n) == 1 && n > 0) {
        *p += n;
        return *depth > 0 && !strcmp(open[--*depth], name);
    }
    if (sscanf(*p, "<%31[a-z]%399[^<>]%c%n", name, rest, &end, &n) < 3
        && sscanf(*p, "<%31[a-z]%c%n", name, &end, &n) < 2)
        return false;
    *p += n;
    for (const char *q = rest; *q && *q != '/'; q += n)
        if (n = 0, sscanf(q, " %*[a-zA-Z-]=\"%*[^\"&]\"%n", &n), n == 0)
            return false;
    if (end == '>' && (!*rest || rest[strlen(rest) - 1] != '/') && *depth < 8)
        memcpy(open[(*depth)++], name, sizeof name);
    return end == '>' && *depth < 8;
}

static void assert_xml(const char *s)
{
    const char *p = s;
    char open[8][32];
    int depth = 0;

    while (*p) {
        const char *at = p;
        if (!token(&p, open, &depth))
            fail_msg("not XML: %.60s", at);
    }
    assert_int_equal(depth, 0);
}

static void check_picture(const char *const name[6])
{
    World w;

    if (setjmp(w.oom))
        fail_msg("out of memory");
    build(&w, name);
    assert_xml(text(&w, plan_svg));
    arena_destroy(&w.a);
}

static void test_picture(void **state)
{
    static const char *const names[][6] = {
        { "x", "a", "b", "c", "d", "e" },
        { "</svg>", "<script>alert(1)</script>", "a & b", "\"'", "]]>", "<!--" },
        { "\x01\x1f\x7f", "\xff\xfe", "\xed\xa0\x80", "\xef\xbf\xbf", "\xc0\x80",
          "\xf5\x80\x80\x80" },
        { "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf0\x9f\x98", "\xc3", "\xe2\x82" },
        { "a\nb", "\t", " ", "&amp;", "&#0;", "%s%n" },
    };
    char longest[10001] = "";
    const char *const same[] = { longest, longest, longest, longest, longest, longest };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check_picture(names[i]);
    memset(longest, '<', sizeof longest - 1);
    check_picture(same);
}

/* A net with nothing in the arena still has a picture. */
static void test_empty(void **state)
{
    Shape s = { .rank = 0 };
    ValueId x;
    World w;

    (void)state;
    if (setjmp(w.oom))
        fail_msg("out of memory");
    arena_init(&w.a, NULL, NULL, 0, &w.oom);
    diag_init(&w.d, &w.a);
    w.g = ir_new(&w.a);
    w.options = (mnc_options){ 0 };
    w.job = (Job){ .g = w.g, .options = &w.options, .d = &w.d };
    x = ir_value(w.g, "x", VAL_INPUT, DT_F32, &s, (Pos){ 0 });
    ir_set_inputs(w.g, &x, 1);
    x = ir_add1(w.g, "y", &(NodeSpec){ .op = OP_relu, .in = &x, .n_in = 1 }, &w.d);
    ir_set_outputs(w.g, &x, 1);
    assert_true(pass_layout(&w.job) && pass_plan_memory(&w.job));
    assert_xml(text(&w, plan_svg));
    assert_non_null(strstr(text(&w, plan_print), "1 nodes, 0 buffers"));
    arena_destroy(&w.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_empty),
    };

    return cmocka_run_group_tests_name("plan_print", tests, NULL, NULL);
}
