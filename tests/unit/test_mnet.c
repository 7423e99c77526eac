/* SPDX-License-Identifier: Apache-2.0 */
/* The spec language: each case is a text, and what it means in the text form of the IR, or the
 * messages.  Longer examples are in tests/ir and tests/bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/mnet.h"

#include <string.h>

typedef struct Case {
    const char *text, *want;
    const char *define[3];
} Case;

static const Case cases[] = {
    /* ---- the text form ---- */
    { "x = input f32[1,2]\noutput x\n",
      "name t\nx = input f32[1,2]\noutput x\n", { NULL } },
    { "# comment\n\nname \"a b\"   # more\nx=input[ 1 2\n3 ]\r\ny =relu x\noutput y x",
      "name \"a b\"\nx = input f32[1,2,3]\ny = relu x\noutput y x\n", { NULL } },
    { "x = input [1,3,8,8]\nw = param [4,3,1,1] [1 2 3 4 5 6 7 8 9 10 11 12]\n"
      "y = conv x w stride=[1 1] pad=[0 0 0 0] group=1 dilation=[1 1] act=clip(0,6)\n"
      "z = conv y w2 _ y\noutput y\n",
      "t.mnet:4:12: error: there is nothing called 'w2' here\n"
      "    z = conv y w2 _ y\n"
      "               ^~\n"
      "    did you mean 'w'?\n", { NULL } },
    { "x = input [1,3,8,8]\nw = param [4,3,1,1] [1 2 3 4 5 6 7 8 9 10 11 12]\n"
      "y = conv x w stride=[1 1] pad=[0 0 0 0] group=1 dilation=[1 1] act=clip(0,6)\n"
      "z = max_pool y kernel=2 stride=2\na, b = split z axis=-1\noutput a b\n",
      "name t\nx = input f32[1,3,8,8]\n"
      "w = param f32[4,3,1,1] [1 2 3 4 5 6 7 8 9 10 11 12]\n"
      "y = conv x w act=clip(0,6)\n"
      "z = max_pool y kernel=[2 2] stride=[2 2]\na, b = split z axis=3\noutput a b\n", { NULL } },
    { "c = const u64[2] [18446744073709551615 0]\nd = const i64[1] [-9223372036854775808]\n"
      "e = const f16[3] [65504 6e-8 -0]\nf = const bool[2] [0 1]\noutput c d e f\n",
      "name t\nc = const u64[2] [18446744073709551615 0]\n"
      "d = const i64[1] [-9223372036854775808]\ne = const f16[3] [65504 5.9604645e-08 -0]\n"
      "f = const bool[2] [0 1]\noutput c d e f\n", { NULL } },
    { "c = const u8[2] [256 0]\noutput c\n",
      "t.mnet:1:18: error: 256 is no u8\n"
      "    c = const u8[2] [256 0]\n"
      "                     ^~~\n", { NULL } },
    /* ---- numbers, blocks, loops ---- */
    { "n = 2\nx = input [1,4]\nrepeat n {\n  y = relu\n}\nif n > 1 and n != 3 { y3 = neg }\n"
      "output\n",
      "name t\nx = input f32[1,4]\ny1 = relu x\ny2 = relu y1\ny3 = neg y2\noutput y3\n",
      { NULL } },
    { "n = 2\nx = input [1,n*3/2]\noutput x\n",
      "name t\nx = input f32[1,6]\noutput x\n", { "n=4", NULL } },
    { "n = 2\nx = input [1,n]\noutput x\n",
      "t.mnet: error: -D m: there is no parameter 'm'\n"
      "    parameters: n = 2\n", { "m=4", NULL } },
    { "n = 2\nx = input [1,n]\noutput x\n",
      "t.mnet:1:1: error: -D n=0.5: here should be a whole number, like the default 2\n"
      "    n = 2\n"
      "    ^\n", { "n=0.5", NULL } },
    { "block twice(x, n = 1) {\n  a = relu\n  add a x\n}\nx = input [1,4]\n"
      "y = twice\nz = twice y n=3\ntwice\noutput\n",
      "name t\nx = input f32[1,4]\ny.a = relu x\ny.add = add y.a x\nz.a = relu y.add\n"
      "z.add = add z.a y.add\ntwice.a = relu z.add\ntwice.add = add twice.a z.add\n"
      "output twice.add\n", { NULL } },
    { "f(n) = f(n + 1)\nx = input [1,f(1)]\noutput x\n",
      "t.mnet:1:8: error: calls are more than 32 deep: does f call itself?\n"
      "    f(n) = f(n + 1)\n"
      "           ^\n", { NULL } },
    { "x = input [1,4]\nrepeat 1000000000 { }\noutput x\n",
      "t.mnet:2:1: error: the spec goes on for more than 100000 steps\n"
      "    repeat 1000000000 { }\n"
      "    ^~~~~~\n", { NULL } },
    { "for a b in [1 relu 2 neg] { }\nx = input [1,b]\noutput x\n",
      "t.mnet:1:22: error: there is nothing called 'neg' here\n"
      "    for a b in [1 relu 2 neg] { }\n"
      "                         ^~~\n"
      "t.mnet:2:14: error: here should be a whole number, not the word 'relu'\n"
      "    x = input [1,b]\n"
      "                 ^\n", { NULL } },
};

/* The graph's text, or the messages. */
static const char *outcome(Arena *a, const Case *c)
{
    MnetOptions o = { .file = "t.mnet", .define = c->define };
    PrintOptions print = { .inline_max = UINT32_MAX };
    Bytes text = { (const unsigned char *)c->text, strlen(c->text) };
    const Graph *g;
    Diag d;
    Buf b;

    diag_init(&d, a);
    buf_init(&b, a);
    g = mnet_read(a, text, &o, &d);
    if (g)
        ir_print(g, &print, &b);
    else
        diag_print(&d, &b);
    return b.p;
}

static void test_cases(void **state)
{
    jmp_buf oom;
    Arena a;

    (void)state;
    if (setjmp(oom)) {
        fail_msg("out of memory");
        return;
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arena_init(&a, NULL, NULL, (size_t)1 << 30, &oom);
        assert_string_equal(outcome(&a, &cases[i]), cases[i].want);
        arena_destroy(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
