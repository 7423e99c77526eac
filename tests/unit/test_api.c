/* SPDX-License-Identifier: Apache-2.0 */
/* The library's API: what a program relies on.  The N-th allocation fails, for all N; files appear
 * whole or not at all; models are independent; messages say what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mnc/mnc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A small net with what nets have: a stem, a depthwise and a pointwise layer, a residual, a
 * head. */
static char spec[8192];

static void param(const char *name, const char *shape, int n)
{
    char *p = spec + strlen(spec);

    p += sprintf(p, "%s = param f32[%s] [", name, shape);
    for (int i = 0; i < n; i++)
        p += sprintf(p, "%s%d.%d", i ? " " : "", i * 7 % 3 - 1, i % 10);
    strcpy(p, "]\n");
}

static void make_spec(void)
{
    param("w1", "8,3,3,3", 216);
    param("w2", "8,1,3,3", 72);
    param("w3", "8,8,1,1", 64);
    param("w4", "5,8", 40);
    strcat(spec, "x = input f32[1,3,12,12]\n"
                 "c = conv x w1 stride=[2 2] pad=[1 1 1 1] act=clip(0,6)\n"
                 "d = conv c w2 pad=[1 1 1 1] group=8 act=relu\n"
                 "e = conv d w3\n"
                 "s = add e c\n"
                 "m = reduce_mean s axes=[2 3] keep=0\n"
                 "y = dense m w4\n"
                 "output y\n");
}

/* ---- an allocator that counts, and fails from the N-th call on ---- */

typedef struct Count { long calls, fail_at, alive; } Count;

static void *counting(void *user, void *ptr, size_t size)
{
    Count *c = user;

    if (size == 0) {
        c->alive -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    if (++c->calls >= c->fail_at)
        return NULL;
    c->alive += ptr == NULL;
    return realloc(ptr, size);
}

static void temp_path(char *path, size_t n, const char *name)
{
    const char *dir = getenv("TMPDIR");

    snprintf(path, n, "%s/mnc_api_%ld_%s", dir ? dir : "/tmp", (long)getpid(), name);
}

static int exists(const char *path)
{
    struct stat st;

    return !stat(path, &st);
}

/* Reads the spec and writes C; the first status that is not MNC_OK, or MNC_OK. */
static mnc_status compile(mnc_model *m, const char *path)
{
    mnc_status s = mnc_read_data(m, "tiny.mnet", spec, strlen(spec));

    return s == MNC_OK ? mnc_write_c(m, path) : s;
}

static void every_allocation_fails(void **state)
{
    char c[256], h[256];
    mnc_status s = MNC_NO_MEMORY;

    (void)state;
    temp_path(c, sizeof c, "n.c");
    temp_path(h, sizeof h, "n.h");
    for (long n = 1; s != MNC_OK; n++) {
        Count count = { .fail_at = n };
        mnc_options o = { .alloc = counting, .alloc_user = &count };
        mnc_model *m = mnc_open(&o);

        assert_true(n < 100000);
        assert_true(m != NULL || n == 1);
        s = MNC_NO_MEMORY;
        if (m) {
            s = compile(m, c);
            assert_true(s == MNC_OK || s == MNC_NO_MEMORY);
            if (s == MNC_NO_MEMORY)
                assert_string_equal(mnc_messages(m), "error: out of memory\n");
            assert_int_equal(exists(c), s == MNC_OK);
            mnc_close(m);
        }
        assert_int_equal(count.alive, 0);
    }
    assert_true(exists(h));
    unlink(c);
    unlink(h);
}

static void a_limit_is_kept(void **state)
{
    mnc_options o = { .max_memory = 200 * 1024 };
    mnc_model *m = mnc_open(&o);

    (void)state;
    assert_int_equal(compile(m, "/dev/null"), MNC_NO_MEMORY);
    assert_int_equal(mnc_read_data(m, "x.mnet", spec, 10), MNC_NO_MEMORY);     /* stays dead */
    mnc_close(m);
}

/* ---- failures of files ---- */

static void expect_message(mnc_model *m, const char *part)
{
    if (!strstr(mnc_messages(m), part))
        fail_msg("'%s' is not in: %s", part, mnc_messages(m));
}

static void no_folder_no_file(void **state)
{
    mnc_options o = { 0 };
    mnc_model *m = mnc_open(&o);

    (void)state;
    assert_int_equal(compile(m, "/nonexistent/net.c"), MNC_INVALID);
    expect_message(m, "/nonexistent/net.c: error: cannot write: No such file or directory");
    mnc_close(m);
    m = mnc_open(&o);
    assert_int_equal(mnc_read(m, "/nonexistent.onnx"), MNC_INVALID);
    expect_message(m, "/nonexistent.onnx: error: cannot read: No such file or directory");
    mnc_close(m);
    m = mnc_open(&o);
    assert_int_equal(mnc_read(m, "/"), MNC_INVALID);
    expect_message(m, "is not a regular file");
    mnc_close(m);
}

static void full_disk(void **state)
{
    mnc_options o = { .prefix = "net" };
    mnc_model *m = mnc_open(&o);

    (void)state;
    assert_int_equal(compile(m, "/dev/full"), MNC_INVALID);
    expect_message(m, "No space left on device");
    mnc_close(m);
}

static void wrong_options(void **state)
{
    static const mnc_options wrong[] = { { .prefix = "1net" }, { .prefix = "int" },
                                         { .target = "vax" } };
    static const char *const says[] = { "the prefix '1net' is not a C identifier",
                                        "the prefix 'int' is not a C identifier",
                                        "there is no target 'vax'" };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        mnc_model *m = mnc_open(&wrong[i]);
        assert_int_equal(compile(m, "/dev/null"), MNC_INVALID);
        expect_message(m, says[i]);
        mnc_close(m);
    }
}

/* ---- the text is the same each time ---- */

static char *slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *p = calloc(1, 1 << 20);

    assert_non_null(f);
    assert_true(fread(p, 1, (1 << 20) - 1, f) > 1000);
    fclose(f);
    return p;
}

static void same_bytes_each_time(void **state)
{
    char path[2][256], *text[2];
    mnc_options o = { .prefix = "net" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        mnc_model *m = mnc_open(&o);
        temp_path(path[i], sizeof path[i], i ? "b.c" : "a.c");
        assert_int_equal(compile(m, path[i]), MNC_OK);
        mnc_close(m);
        text[i] = slurp(path[i]);
        unlink(path[i]);
        path[i][strlen(path[i]) - 1] = 'h';
        unlink(path[i]);
    }
    assert_string_equal(text[0], text[1]);
    free(text[0]);
    free(text[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_fails), cmocka_unit_test(a_limit_is_kept),
        cmocka_unit_test(no_folder_no_file), cmocka_unit_test(full_disk),
        cmocka_unit_test(wrong_options), cmocka_unit_test(same_bytes_each_time),
    };

    make_spec();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
