/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers have a point, also in a program whose locale has a comma.  Such a locale is made here, in
 * a folder of the test's own; where there is nothing to make it of, the test says that it skips. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/number.h"
#include "mnc/mnc.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[] = "/tmp/mnc_locale_XXXXXX";

/* de_DE: 0,5 */
static int with_comma(void **state)
{
    char command[200];

    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(command, sizeof command,
             "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s/log 2>&1", folder, folder);
    if (system(command) == 0)
        setenv("LOCPATH", folder, 1);
    setlocale(LC_ALL, "de_DE.UTF-8");
    return 0;
}

static int clean(void **state)
{
    char command[100];

    (void)state;
    setlocale(LC_ALL, "C");
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void need_comma(void)
{
    if (strcmp(localeconv()->decimal_point, ",")) {
        print_message("no locale with a comma can be made here\n");
        skip();
    }
}

static void points(void **state)
{
    jmp_buf oom;
    char *end, text[32], plain[32];
    Arena a;
    Buf b;

    (void)state;
    need_comma();
    snprintf(plain, sizeof plain, "%.1f", 0.5);
    assert_string_equal(plain, "0,5");              /* it is what the program itself sees */
    assert_int_equal(setjmp(oom), 0);
    arena_init(&a, NULL, NULL, 0, &oom);
    buf_init(&b, &a);
    buf_double(&b, 0.1);
    buf_float(&b, 1e-5f);
    buf_printf(&b, " %.2f", 2.25);
    assert_string_equal(b.p, "0.11e-05 2.25");
    assert_string_equal(float_text(0.75f, text), "0.75");
    assert_string_equal(arena_printf(&a, "%.1f", 3.5), "3.5");
    assert_true(number_read("0.5x", &end) == 0.5);
    assert_string_equal(end, "x");
    assert_true(number_read_f32("0.25", NULL) == 0.25f);
    snprintf(plain, sizeof plain, "%.1f", 0.5);
    assert_string_equal(plain, "0,5");              /* and it is left so */
    arena_destroy(&a);
}

/* A spec with fractions as C: the numbers are in it. */
static void whole_way(void **state)
{
    static const char spec[] = "name n\nslope = 0.5\nx = input [4]\ny = leaky_relu alpha=slope\n"
                               "w = const [4] [0.5 1.25 2.5 3.75]\nz = mul y w\noutput z\n";
    const char *const define[] = { "slope=0.125", NULL };
    mnc_options o = { .define = define, .target = "portable" };
    const char *text;
    size_t n;
    mnc_model *m = mnc_open(&o);

    (void)state;
    need_comma();
    assert_non_null(m);
    if (mnc_read_data(m, "n.mnet", spec, sizeof spec - 1) != MNC_OK
        || mnc_c_text(m, &text, &n) != MNC_OK)
        fail_msg("%s", mnc_messages(m));
    assert_non_null(strstr(text, "0.125f"));
    assert_non_null(strstr(text, "3.75f"));
    mnc_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(points), cmocka_unit_test(whole_way) };

    return cmocka_run_group_tests(tests, with_comma, clean);
}
