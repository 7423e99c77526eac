/* SPDX-License-Identifier: Apache-2.0 */
/* Archives and IDX files: what is in them, and a reason for each that is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "data_files.h"
#include "data_open.h"
#include "archive.h"
#include "data_parts.h"

/* ---- tar and gzip ---- */

static bool take_nothing(void *user, size_t i, const char *path, Bytes file)
{
    (void)i, (void)path;
    *(size_t *)user += file.n;
    return true;
}

/* The bytes of the members a and b. */
static bool read_tar(Job *j, Bytes file)
{
    static const RtWanted wanted[] = { { "a", NULL }, { "b", "c" } };
    size_t bytes = 0;
    RtFiles f = { .wanted = wanted, .n = 2, .most = 1000, .take = take_nothing, .user = &bytes };

    return rt_each_member(&j->a, "x", &f, file, &j->d);
}

static void refuses_tar(Job *j, Bytes file, const char *why)
{
    assert_false(read_tar(j, file));
    assert_string_equal(job_messages(j), TEXT("x: error: %s\n", why));
}

static void tars_that_are_wrong(void **state)
{
    Job *j = *state;
    Bytes data = { (const unsigned char *)"data", 4 };
    Buf t;

    buf_init(&t, &j->a);
    tar_add(&t, "x/a", '0', data);
    tar_add(&t, "c", 0, data);
    assert_true(read_tar(j, bytes_of(&t)));            /* its zeros may be missing */
    refuses_tar(j, (Bytes){ bytes_of(&t).p, 1024 + 100 }, "is not a tar file that can be read: a "
                "header is cut short at byte 612 of it");
    refuses_tar(j, (Bytes){ bytes_of(&t).p, 600 }, "is cut short: a member of the tar file would "
                "take 508 bytes from byte 516 on, and 84 are there");
    tar_add(&t, "y/b", '0', data);
    refuses_tar(j, bytes_of(&t), "is not a tar file that can be read: a file is there twice at "
                "byte 2048 of it");
    t.p[2] = 'z';
    refuses_tar(j, bytes_of(&t), "is not a tar file that can be read: a header's checksum is wrong "
                "at byte 0 of it");
    t.n = 0;
    tar_add(&t, "a", '0', (Bytes){ pixels(j, 0, 1, 1001), 1001 });
    refuses_tar(j, bytes_of(&t), "is not a tar file that can be read: a member is larger than any "
                "such file at byte 0 of it");
}

static void damage_never_crashes(void **state)
{
    Job *j = *state;
    Bytes data = { (const unsigned char *)"data", 4 };
    Buf t;

    buf_init(&t, &j->a);
    tar_add(&t, "x/a", '0', data);
    tar_add(&t, "c", 0, data);
    tar_end(&t);
    job_torture(read_tar, bytes_of(&t), 3);
    assert_int_equal(job_torture(read_tar, gzip(j, bytes_of(&t)), 1), 1);     /* 0 bytes are none */
}

/* ---- IDX ---- */

static Bytes idx(Job *j, int rank, const int *dim)
{
    int64_t n = 1;
    Buf b;

    buf_init(&b, &j->a);
    buf_put(&b, "\0\0\10", 3);
    buf_char(&b, (char)rank);
    for (int i = 0; i < rank; i++) {
        buf_put(&b, (char[]){ 0, 0, 0, (char)dim[i] }, 4);
        n *= dim[i];
    }
    if (rank == 1)
        for (int i = 0; i < n; i++)
            buf_char(&b, (char)(i % 7));
    else
        buf_put(&b, pixels(j, 0, dim[0], n / dim[0]), (size_t)n);
    return bytes_of(&b);
}

static void idx_packed_and_not(void **state)
{
    Job *j = *state;
    const char *dir = new_folder(j);
    RtData s;

    write_file(j, dir, "train-images-idx3-ubyte.gz", gzip(j, idx(j, 3, (int[]){ 9, 4, 5 })));
    write_file(j, dir, "train-labels-idx1-ubyte.gz", gzip(j, idx(j, 1, (int[]){ 9 })));
    write_file(j, dir, "t10k-images.idx3-ubyte", idx(j, 4, (int[]){ 3, 2, 2, 3 }));
    write_file(j, dir, "t10k-labels.idx1-ubyte", idx(j, 1, (int[]){ 3 }));
    assert_true(open_set(j, dir, RT_TRAIN, &s));
    assert_string_equal(s.kind, "idx");
    assert_true(s.n == 9 && s.channels == 1 && s.height == 4 && s.width == 5);
    assert_memory_equal(s.u8, pixels(j, 0, 9, 20), 9 * 20);
    assert_int_equal(s.label[8], 1);
    assert_int_equal(s.classes, 7);
    assert_true(open_set(j, TEXT("idx:%s", dir), RT_TEST, &s));
    assert_true(s.n == 3 && s.channels == 3 && s.height == 2 && s.width == 2);
    assert_int_equal(s.classes, 7);                    /* as in training */
    for (int k = 0; k < 12; k++)
        assert_int_equal(s.u8[12 + k], pixel(1, k % 4 * 3 + k / 4));
}

static bool read_idx(Job *j, Bytes file)
{
    RtIdx x;

    return rt_idx_read(&j->a, "x", file, &x, &j->d);
}

static void refuses_idx(Job *j, const char *p, size_t n, const char *why)
{
    assert_false(read_idx(j, (Bytes){ (const unsigned char *)p, n }));
    assert_string_equal(job_messages(j), TEXT("x: error: %s\n", why));
}

static void idx_that_is_wrong(void **state)
{
    Job *j = *state;
    Bytes good = idx(j, 2, (int[]){ 3, 2 }), packed = gzip(j, good);
    unsigned char *p = arena_alloc(&j->a, packed.n);

    assert_true(read_idx(j, good));
    refuses_idx(j, "\1\0\10\1", 4, "is not an IDX file that can be read: it does not begin with "
                "two zero bytes");
    refuses_idx(j, "\0\0\15\1", 4, "is not an IDX file that can be read: its elements are not "
                "uint8");
    refuses_idx(j, "\0\0\10\5", 4, "is not an IDX file that can be read: it has not one to four "
                "dimensions");
    refuses_idx(j, "\0\0\10\1\0\0", 6, "is cut short: a dimension would take 4 bytes from byte 4 "
                "on, and 2 are there");
    refuses_idx(j, "\0\0\10\3\377\377\377\377\377\377\377\377\377\377\377\377", 16,
                "is not an IDX file that can be read: its dimensions are too large");
    refuses_idx(j, "\0\0\10\2\377\377\377\377\177\0\0\0abc", 15, "is cut short: the data would "
                "take 1048576 bytes from byte 12 on, and 3 are there");
    refuses_idx(j, "\0\0\10\1\0\0\0\1ab", 10, "is not an IDX file that can be read: it has more "
                "bytes than its dimensions say");
    assert_false(read_idx(j, (Bytes){ packed.p, packed.n - 9 }));
    assert_string_equal(job_messages(j), TEXT("x: error: its gzip data is damaged: it ends too "
                                              "early at byte %zu\n", packed.n - 9));
    memcpy(p, packed.p, packed.n);
    p[packed.n - 6] ^= 1;
    assert_false(read_idx(j, (Bytes){ p, packed.n }));
    assert_string_equal(job_messages(j), TEXT("x: error: its gzip data is damaged: incorrect data "
                                              "check at byte %zu\n", packed.n - 4));
    assert_int_equal(job_torture(read_idx, good, 1), 0);
    assert_int_equal(job_torture(read_idx, packed, 1), 0);
}

static void idx_folders_that_are_wrong(void **state)
{
    Job *j = *state;
    const char *dir = new_folder(j), *spec = TEXT("idx:%s", dir);

    refuses(j, spec, TEXT("%s: error: has no IDX file of training images\n    they are called like "
                          "train-images-idx3-ubyte.gz\n", dir));
    write_file(j, dir, "train-images-idx3-ubyte", idx(j, 3, (int[]){ 9, 4, 5 }));
    write_file(j, dir, "train-labels-idx1-ubyte", idx(j, 1, (int[]){ 8 }));
    refuses(j, spec, TEXT("%s/train-labels-idx1-ubyte: error: has 8 labels for 9 images\n", dir));
    write_file(j, dir, "train-labels-idx1-ubyte", idx(j, 2, (int[]){ 3, 3 }));
    refuses(j, spec, TEXT("%s/train-labels-idx1-ubyte: error: has 2 dimensions, where labels have "
                          "one\n", dir));
}

/* Debian's dataset-fashion-mnist, where it is installed. */
static void fashion_mnist(void **state)
{
    static const char dir[] = "/usr/share/datasets/fashion-mnist";
    Job *j = *state;
    int64_t count[10] = { 0 };
    RtData s;

    if (access(dir, F_OK)) {
        print_message("skipped: dataset-fashion-mnist is not installed\n");
        skip();
    }
    assert_true(open_set(j, dir, RT_TEST, &s));
    assert_true(s.n == 10000 && s.classes == 10);
    assert_true(open_set(j, dir, RT_TRAIN, &s));
    assert_true(s.n == 60000 && s.classes == 10 && s.channels == 1);
    assert_true(s.height == 28 && s.width == 28);
    for (int64_t i = 0; i < s.n; i++)
        count[s.label[i]]++;
    for (int c = 0; c < 10; c++)
        assert_int_equal(count[c], 6000);
    assert_int_equal(s.label[0], 9);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)
    static const struct CMUnitTest tests[] = {
        T(tars_that_are_wrong), T(damage_never_crashes), T(idx_packed_and_not),
        T(idx_that_is_wrong), T(idx_folders_that_are_wrong), T(fashion_mnist),
    };

    return cmocka_run_group_tests_name("rt_archive", tests, NULL, NULL);
}
