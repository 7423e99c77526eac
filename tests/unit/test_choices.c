/* SPDX-License-Identifier: Apache-2.0 */
/* Choices: their texts, hostile ones among them; and that they change what a file does but not a
 * bit of what it gives: a net with everything that can be chosen is compiled in many ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "ir/choice.h"
#include "mnc/run.h"

#include <unistd.h>

/* Pointwise and dense layers wide and narrow, bands, residuals, borders, a large kernel, one by
 * Winograd. */
static const char spec[] =
    "name choices\n"
    "block inverted(x, c, k, s) {\n"
    "    expand  = pointwise out=4*channels(x) bn relu6\n"
    "    depth   = depthwise k=k stride=s pad=(k - 1) / 2 bn relu6\n"
    "    project = pointwise out=c bn\n"
    "    if s == 1 and c == channels(x) { add x }\n"
    "}\n"
    "image = input [1, 3, 36, 36]\n"
    "stem = conv k=3 out=24 stride=2 pad=1 bn relu6\n"
    "inverted 24 3 1\n"
    "inverted 40 5 2\n"
    "inverted 40 3 1\n"
    "conv k=3 out=40 pad=1 bn relu\n"
    "head = pointwise out=136 bn relu\n"
    "global_avg_pool\n"
    "dense out=19\n"
    "output\n";

enum { N_IN = 3 * 36 * 36, N_OUT = 19, WAYS = 10, MOST = 64 };

static mnc_model *open_net(const char *target, bool threads, const mnc_choice *list, size_t n)
{
    mnc_options o = { .target = target, .threads = threads, .prefix = "net", .weights = "file",
                      .choices = list, .n_choices = n, .winograd = 2 };
    mnc_model *m = mnc_open(&o);

    assert_non_null(m);
    assert_int_equal(mnc_read_data(m, "net.mnet", spec, sizeof spec - 1), MNC_OK);
    return m;
}

/* The outputs of one run, as bits; m's text is made. */
static void run_net(mnc_model *m, const char *text, size_t n, uint32_t *out)
{
    mnc_program_options o = { .cache = "" };
    mnc_program *p = mnc_program_open(&o);
    static float x[N_IN];
    size_t bytes;
    const void *weights = mnc_weights(m, &bytes);

    for (int i = 0; i < N_IN; i++)
        x[i] = (float)(i * 37 % 101) / 50 - 1;
    mnc_program_weights(p, weights, bytes);
    assert_int_equal(mnc_program_load_text(p, "net.c", text, n), MNC_OK);
    assert_int_equal(mnc_program_run(p, (const void *const[]){ x }, (void *const[]){ out }),
                     MNC_OK);
    mnc_program_close(p);
}

/* Every site of m takes the way-th of its others; returns how many there are. */
static size_t choose(mnc_model *m, size_t way, mnc_choice *out)
{
    const mnc_site *s;
    size_t n;

    assert_int_equal(mnc_sites(m, &s, &n), MNC_OK);
    assert_in_range(n, 10, MOST);
    for (size_t i = 0; i < n; i++) {
        assert_in_range(s[i].n_layer, 1, 3);
        out[i] = s[i].now;
        if (s[i].n_other)
            out[i].knobs = s[i].other[(way * 7 + i) % s[i].n_other];
    }
    return n;
}

/* From one choice to a neighbour of it, and on. */
static void test_same_bits(void **state)
{
    const char *target = mnc_native_target(), *text, *before = "";
    mnc_model *from = open_net(target, false, NULL, 0);
    uint32_t right[N_OUT], got[N_OUT];
    mnc_choice list[MOST];
    size_t n, texts = 0;

    (void)state;
    assert_int_equal(mnc_c_text(from, &text, &n), MNC_OK);
    run_net(from, text, n, right);
    for (size_t way = 0; way < WAYS; way++) {
        size_t chosen = choose(from, way, list);
        mnc_model *m = open_net(target, way % 2, list, chosen);
        const char *now;
        assert_int_equal(mnc_c_text(m, &now, &n), MNC_OK);
        texts += strcmp(now, way % 2 ? before : text) != 0;
        run_net(m, now, n, got);
        assert_memory_equal(got, right, sizeof right);
        mnc_close(m);
    }
    assert_int_equal(texts, WAYS);
    mnc_close(from);
}

/* What the text says of itself is what was chosen, if the kernel can do it. */
static void test_followed(void **state)
{
    static const char head[] = "1x40x9x9 by 136x40x1x1 + relu";
    mnc_choice c[] = {
        { "x86-64-v3", "conv", head, "pixels=3 vectors=4 row=27 order=1 ahead=24 next=1" },
        { "x86-64-v3", "conv", "1x3x36x36 by 24x3x3x3 stride 2x2 pad 1x1x1x1 + relu6",
          "vectors=1" },
        { "x86-64-v3", "conv", "nonsense", "pixels=1000" },
    };
    mnc_model *m = open_net("x86-64-v3", false, c, 3);
    const mnc_site *s;
    const char *text;
    size_t n, found = 0;

    (void)state;
    assert_int_equal(mnc_c_text(m, &text, &n), MNC_OK);
    assert_int_equal(mnc_sites(m, &s, &n), MNC_OK);
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(s[i].now.shape, head)) {
            assert_string_equal(s[i].now.knobs, c[0].knobs);
            found++;
        }
        assert_null(strstr(s[i].now.knobs, "vectors=1 "));     /* half a panel */
    }
    assert_int_equal(found, 1);
    mnc_close(m);
}

/* A band can be split up, and layers joined. */
static void test_bands(void **state)
{
    mnc_model *m = open_net("x86-64-v3", false, NULL, 0);
    const mnc_site *s;
    const char *text;
    mnc_choice join = { 0 };
    size_t n;

    (void)state;
    assert_int_equal(mnc_c_text(m, &text, &n), MNC_OK);
    assert_null(strstr(text, "while (row"));                    /* all small */
    assert_int_equal(mnc_sites(m, &s, &n), MNC_OK);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(s[i].now.kernel, "band")) {
            join = s[i].now;
            join.knobs = "rows=2";
        }
    assert_non_null(join.shape);
    text = strdup(join.shape);
    join.shape = text;
    mnc_close(m);
    m = open_net("x86-64-v3", false, &join, 1);
    assert_int_equal(mnc_c_text(m, &join.shape, &n), MNC_OK);
    assert_non_null(strstr(join.shape, "while (row"));
    mnc_close(m);
    free((void *)(uintptr_t)text);
}

static void test_texts(void **state)
{
    static const char *const bad[] = {
        "pixels", "pixels=", "pixels=0", "pixels=33", "pixels=-1", "pixels=6  row=1",
        "pixels=99999999999999999999", "pixel=6", "PIXELS=6", "rows=6x", "=6", "order=2",
        "vectors=0x2", "ahead=65537", "pixels=6,row=2", "\xff",
    };
    Job *j = *state;
    Choice c, none = choice_none();

    assert_true(choice_parse("", &c));
    assert_memory_equal(&c, &none, sizeof c);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(choice_parse(bad[i], &c));
        assert_memory_equal(&c, &none, sizeof c);
    }
    assert_true(choice_parse("ahead=0 pixels=6 order=1", &c));
    assert_int_equal(c.knob[KNOB_pixels], 6);
    assert_int_equal(c.knob[KNOB_row], KNOB_RULE);
    assert_string_equal(choice_text(&j->a, &c), "pixels=6 order=1 ahead=0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_texts, job_setup, job_teardown),
        cmocka_unit_test(test_followed),
        cmocka_unit_test(test_bands),
        cmocka_unit_test(test_same_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
