/* SPDX-License-Identifier: Apache-2.0 */
/* Data sets: the same samples from every form of a set, and a reason for each that is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "data_files.h"
#include "data_open.h"
#include "data_parts.h"
#include "tensor.h"

enum { N = 4, SIZE = 3072 };           /* samples in a small CIFAR file */

/* ---- CIFAR ---- */

/* File number i (5: the test file) in the binary version, labels modulo classes. */
static Bytes binary(Job *j, int i, int classes, int label_bytes)
{
    unsigned char *p = pixels(j, i * N, N, SIZE);
    Buf b;

    buf_init(&b, &j->a);
    for (int k = 0; k < N; k++) {
        if (label_bytes == 2)
            buf_char(&b, 19);                      /* the coarse label */
        buf_char(&b, (char)((i * N + k) % classes));
        buf_put(&b, p + k * SIZE, SIZE);
    }
    return bytes_of(&b);
}

static Bytes pickled(Job *j, int i, int classes, const char *labels_key)
{
    unsigned char *p = pixels(j, i * N, N, SIZE), label[N];
    Buf b;

    for (int k = 0; k < N; k++)
        label[k] = (unsigned char)((i * N + k) % classes);
    buf_init(&b, &j->a);
    put_batch(&b, labels_key, label, N, p);
    return bytes_of(&b);
}

static Bytes names(Job *j, bool pickle, const char *key, int classes)
{
    Buf b;

    buf_init(&b, &j->a);
    if (pickle)
        put_names(&b, key, classes);
    for (int i = 0; i < classes && !pickle; i++)
        buf_printf(&b, "class %d\n", i);
    return bytes_of(&b);
}

/* The parts of CIFAR-10 in either version, as (name, bytes). */
typedef struct File {
    const char *name;
    Bytes b;
} File;

static void cifar10_files(Job *j, bool pickle, File f[7])
{
    for (int i = 0; i < 6; i++) {
        const char *end = pickle ? "" : ".bin";
        f[i].name = i < 5 ? TEXT("data_batch_%d%s", i + 1, end) : TEXT("test_batch%s", end);
        f[i].b = pickle ? pickled(j, i, 10, "labels") : binary(j, i, 10, 1);
    }
    f[6].name = pickle ? "batches.meta" : "batches.meta.txt";
    f[6].b = names(j, pickle, "label_names", 10);
}

static void is_cifar10(Job *j, const char *spec)
{
    for (int part = 0; part < 2; part++) {
        int64_t first = part ? 5 * N : 0;
        RtData s;
        if (!open_set(j, spec, (RtPart)part, &s))
            fail_msg("%s", job_messages(j));
        assert_string_equal(s.kind, "cifar10");
        assert_int_equal(s.n, part ? N : 5 * N);
        assert_int_equal(s.classes, 10);
        assert_string_equal(s.class_name[9], "class 9");
        assert_true(s.channels == 3 && s.height == 32 && s.width == 32);
        assert_memory_equal(s.u8, pixels(j, first, s.n, SIZE), (size_t)s.n * SIZE);
        for (int64_t i = 0; i < s.n; i++)
            assert_int_equal(s.label[i], (first + i) % 10);
    }
}

/* Folders; folders in folders; tar, gzip or not, its members in any order and with other files. */
static void cifar10_in_every_form(void **state)
{
    Job *j = *state;

    for (int pickle = 0; pickle < 2; pickle++) {
        const char *dir = new_folder(j), *sub = pickle ? "cifar-10-batches-py"
                                                       : "cifar-10-batches-bin";
        File f[7];
        Buf tar;
        cifar10_files(j, pickle, f);
        make_folder(j, dir, sub);
        buf_init(&tar, &j->a);
        tar_add(&tar, TEXT("%s/", sub), '5', (Bytes){ NULL, 0 });
        for (int i = 6; i >= 0; i--) {
            write_file(j, in(j, dir, sub), f[i].name, f[i].b);
            tar_add(&tar, TEXT("%s/%s", sub, f[i].name), '0', f[i].b);
            tar_add(&tar, "../../etc/passwd", i % 2 ? '0' : 'x', (Bytes){ f[i].b.p, 100 });
        }
        tar_end(&tar);
        write_file(j, dir, "c.tar", bytes_of(&tar));
        write_file(j, dir, "c.tar.gz", gzip(j, bytes_of(&tar)));
        is_cifar10(j, dir);
        is_cifar10(j, TEXT("cifar10:%s/%s", dir, sub));
        is_cifar10(j, in(j, dir, "c.tar"));
        is_cifar10(j, TEXT("cifar10:%s/c.tar.gz", dir));
    }
}

static void cifar100_has_fine_labels(void **state)
{
    Job *j = *state;

    for (int pickle = 0; pickle < 2; pickle++) {
        const char *dir = new_folder(j);
        RtData s;
        write_file(j, dir, pickle ? "train" : "train.bin",
                   pickle ? pickled(j, 20, 100, "fine_labels") : binary(j, 20, 100, 2));
        write_file(j, dir, pickle ? "test" : "test.bin",
                   pickle ? pickled(j, 24, 100, "fine_labels") : binary(j, 24, 100, 2));
        write_file(j, dir, pickle ? "meta" : "fine_label_names.txt",
                   names(j, pickle, "fine_label_names", 100));
        assert_true(open_set(j, dir, RT_TEST, &s));
        assert_string_equal(s.kind, "cifar100");
        assert_int_equal(s.label[3], 99);
        assert_string_equal(s.class_name[99], "class 99");
        assert_true(open_set(j, dir, RT_TRAIN, &s));
        assert_int_equal(s.label[0], 80);
        assert_memory_equal(s.u8, pixels(j, 80, N, SIZE), N * SIZE);
    }
}

static void cifar_that_is_wrong(void **state)
{
    Job *j = *state;
    const char *dir = new_folder(j), *spec = TEXT("cifar10:%s", dir);
    File f[7];
    Buf b;

    cifar10_files(j, false, f);
    for (int i = 0; i < 7; i++)
        if (i != 1 && i != 3)
            write_file(j, dir, f[i].name, f[i].b);
    refuses(j, spec, TEXT("%s: error: has neither data_batch_2.bin nor data_batch_2\n"
                          "%s: error: has neither data_batch_4.bin nor data_batch_4\n", dir, dir));
    write_file(j, dir, "data_batch_2.bin", (Bytes){ f[1].b.p, 3073 + 17 });
    refuses(j, spec, TEXT("%s/data_batch_2.bin: error: has 3090 bytes, which is no multiple of a "
                          "record's 3073: the one at byte 3073 is cut short\n", dir));
    buf_init(&b, &j->a);
    buf_put(&b, f[1].b.p, f[1].b.n);
    b.p[3073 * 2] = 10;
    write_file(j, dir, "data_batch_2.bin", bytes_of(&b));
    refuses(j, spec, TEXT("%s/data_batch_2.bin: error: has label 10 at byte 6146, where labels are "
                          "below 10\n", dir));
}

static void pickled_cifar_that_is_wrong(void **state)
{
    Job *j = *state;
    const char *dir = new_folder(j), *spec = TEXT("cifar10:%s", dir);
    const char *head = TEXT("%s/data_batch_1: error: is not a file of CIFAR-10 that can be read",
                            dir);
    unsigned char label[2] = { 1, 10 };
    Buf b;

    buf_init(&b, &j->a);
    put_batch(&b, "labels", label, 2, pixels(j, 0, 2, SIZE));
    write_file(j, dir, "data_batch_1", bytes_of(&b));
    refuses(j, spec, TEXT("%s: label number 1 is not below 10\n", head));
    buf_init(&b, &j->a);
    put_batch(&b, "fine_labels", label, 2, pixels(j, 0, 2, SIZE));
    write_file(j, dir, "data_batch_1", bytes_of(&b));
    refuses(j, spec, TEXT("%s: it has no list 'labels' with a label for each of 2 images\n", head));
    buf_init(&b, &j->a);
    buf_str(&b, "\x80\2}.");
    write_file(j, dir, "data_batch_1", bytes_of(&b));
    refuses(j, spec, TEXT("%s: it has no 'data' of uint8, (n,3072)\n", head));
    buf_init(&b, &j->a);
    buf_str(&b, "\x80\2cposix\nsystem\n.");
    write_file(j, dir, "data_batch_1", bytes_of(&b));
    refuses(j, spec, TEXT("%s/data_batch_1: error: is not a pickle that can be read: it would call "
                          "'posix system', which is refused, at byte 2\n", dir));
}

/* ---- npz ---- */

static RtTensor tensor(const char *name, int dtype, int rank, const int64_t *dim, void *data)
{
    RtTensor t;

    assert_true(rt_tensor_shape(&t, dtype, rank, dim));
    t.name = name;
    t.data = data;
    return t;
}

static const char *write_npz(Job *j, const char *dir, const RtTensor *t, size_t n)
{
    Buf b;

    buf_init(&b, &j->a);
    assert_true(rt_write_npz(&j->a, &b, t, n, "x.npz", &j->d));
    write_file(j, dir, "x.npz", bytes_of(&b));
    return in(j, dir, "x.npz");
}

static void npz_in_both_layouts(void **state)
{
    Job *j = *state;
    const char *dir = new_folder(j);
    int64_t y[10] = { 0, 1, 2, 3, 4, 0, 1, 2, 3, 4 };
    RtTensor t[2] = { tensor("x", RT_UINT8, 4, (int64_t[]){ 10, 4, 5, 3 }, pixels(j, 0, 10, 60)),
                      tensor("y", RT_INT64, 1, (int64_t[]){ 10 }, y) };
    RtDataOptions o = { .share = 1 };
    RtData s;

    assert_true(rt_data_open(&j->a, write_npz(j, dir, t, 2), &o, &s, &j->d));
    assert_true(s.n == 10 && s.classes == 5 && s.channels == 3 && s.height == 4 && s.width == 5);
    for (int k = 0; k < 60; k++)
        assert_int_equal(s.u8[60 + k], pixel(1, k % 20 * 3 + k / 20));
    t[0] = tensor("x", RT_UINT8, 4, (int64_t[]){ 10, 3, 4, 5 }, t[0].data);
    assert_true(rt_data_open(&j->a, write_npz(j, dir, t, 2), &o, &s, &j->d));
    assert_true(s.channels == 3 && s.height == 4 && s.width == 5);
    assert_memory_equal(s.u8, t[0].data, 600);
}

/* Keras' names; float32; labels (n,1); the test part has fewer classes. */
static void npz_with_parts(void **state)
{
    Job *j = *state;
    const char *path;
    float x[24];
    uint8_t y[4] = { 5, 0, 1, 2 };
    RtTensor t[4] = { tensor("x_train", RT_FLOAT32, 3, (int64_t[]){ 4, 2, 3 }, x),
                      tensor("y_train", RT_UINT8, 2, (int64_t[]){ 4, 1 }, y),
                      tensor("x_test", RT_FLOAT32, 3, (int64_t[]){ 2, 2, 3 }, x + 12),
                      tensor("y_test", RT_UINT8, 1, (int64_t[]){ 2 }, y + 2) };
    RtData s;

    for (int i = 0; i < 24; i++)
        x[i] = (float)i / 7;
    path = write_npz(j, new_folder(j), t, 4);
    assert_true(open_set(j, TEXT("npz:%s", path), RT_TRAIN, &s));
    assert_true(s.n == 4 && s.classes == 6 && s.channels == 1 && s.height == 2 && s.width == 3);
    assert_memory_equal(s.f32, x, sizeof x);
    assert_true(open_set(j, path, RT_TEST, &s));
    assert_true(s.n == 2 && s.classes == 6 && s.label[1] == 2);
    assert_memory_equal(s.f32, x + 12, sizeof x / 2);
}

static void npz_that_is_wrong(void **state)
{
    Job *j = *state;
    const char *dir = new_folder(j), *path = in(j, dir, "x.npz");
    float y[3] = { 0, 1, 1.5f };
    int32_t low[3] = { 0, -1, 3 };
    RtTensor t[2] = { tensor("x", RT_UINT8, 3, (int64_t[]){ 3, 4, 5 }, pixels(j, 0, 3, 20)),
                      tensor("y", RT_FLOAT32, 1, (int64_t[]){ 3 }, y) };

    refuses(j, write_npz(j, dir, t, 2), TEXT("%s: error: array 'y' has a label that is no whole "
                                             "number: element 2 is 1.5\n", path));
    t[1] = tensor("y", RT_INT32, 1, (int64_t[]){ 3 }, low);
    refuses(j, write_npz(j, dir, t, 2), TEXT("%s: error: has 1 label out of range, which begins "
                                             "at 0; the first is -1, of sample 1\n", path));
    t[1] = tensor("y", RT_INT32, 1, (int64_t[]){ 2 }, low);
    refuses(j, write_npz(j, dir, t, 2), TEXT("%s: error: array 'y' has shape (2), where 3 images "
                                             "want (3)\n", path));
    refuses(j, write_npz(j, dir, t, 1), TEXT("%s: error: has no array 'y_train', nor 'y'\n", path));
    t[0] = tensor("x", RT_INT32, 2, (int64_t[]){ 1, 3 }, low);
    refuses(j, write_npz(j, dir, t, 2), TEXT("%s: error: array 'x', int32 of shape (1,3), holds no "
            "images: they are uint8 or float32, (N,H,W), (N,H,W,C) or (N,C,H,W) with C 1 or 3\n",
            path));
}

/* ---- specs, classes and splits ---- */

static void specs_that_are_wrong(void **state)
{
    Job *j = *state;
    const char *dir = new_folder(j);
    RtDataOptions o = { .share = 1.5 };
    RtData s;

    refuses(j, "/nonexistent/x", "/nonexistent/x: error: is not there\n    a data set is "
            "cifar10:PATH, cifar100:PATH, idx:DIR, folder:DIR or npz:FILE\n");
    refuses(j, "cifar:x", "cifar:x: error: is not there\n    did you mean 'cifar10:x'?\n");
    write_file(j, dir, "x", (Bytes){ (const unsigned char *)"hello", 5 });
    refuses(j, in(j, dir, "x"), TEXT("%s/x: error: is no data set of a kind that is known\n    a "
            "data set is cifar10:PATH, cifar100:PATH, idx:DIR, folder:DIR or npz:FILE; with its "
            "kind in front, it is told what is wrong\n", dir));
    assert_false(rt_data_open(&j->a, "x", &o, &s, &j->d));
    assert_string_equal(job_messages(j), "x: error: cannot be split: 1.5 is no share between 0 and "
                                         "1\n");
}

static void labels_beyond_the_net(void **state)
{
    Job *j = *state;
    const char *dir = new_folder(j), *path;
    uint8_t y[4] = { 5, 0, 7, 2 };
    RtTensor t[2] = { tensor("x_train", RT_UINT8, 3, (int64_t[]){ 4, 2, 3 }, pixels(j, 0, 4, 6)),
                      tensor("y_train", RT_UINT8, 1, (int64_t[]){ 4 }, y) };
    RtDataOptions o = { .classes = 5 };
    RtData s;

    path = write_npz(j, dir, t, 2);
    assert_false(rt_data_open(&j->a, path, &o, &s, &j->d));
    assert_string_equal(job_messages(j), TEXT("%s: error: has 2 labels beyond the net's 5 classes; "
                                              "the first is 5 ('5'), of sample 0\n", path));
    o.classes = 8;
    assert_true(rt_data_open(&j->a, path, &o, &s, &j->d));
    assert_string_equal(job_messages(j), "");
    o.classes = 10;                            /* more than there are: numbers are their names */
    assert_true(rt_data_open(&j->a, path, &o, &s, &j->d));
    assert_string_equal(job_messages(j), TEXT("%s: note: has 8 classes, the net 10\n", path));
    assert_int_equal(s.classes, 10);
    assert_string_equal(s.class_name[9], "9");
}

/* Each class by its share; the parts together are all, and other seeds give others. */
static void splits_class_by_class(void **state)
{
    enum { ALL = 1000, CLASSES = 3 };
    Job *j = *state;
    int32_t label[ALL];
    int64_t *pick[3], n[3] = { ALL, ALL, ALL }, count[CLASSES] = { 0 };
    bool seen[ALL] = { false };
    RtDataOptions o[3] = { { RT_TRAIN, .seed = 1 }, { RT_TEST, .seed = 1 },
                           { RT_TRAIN, .seed = 2 } };

    for (int i = 0; i < ALL; i++)
        label[i] = i % 10 < 5 ? 0 : i % 10 < 8 ? 1 : 2;
    for (int p = 0; p < 3; p++)
        pick[p] = rt_split(&j->a, label, &n[p], CLASSES, &o[p]);
    assert_true(n[0] == 700 && n[1] == 300 && n[2] == 700);
    for (int p = 0; p < 2; p++)
        for (int64_t i = 0; i < n[p]; i++) {
            assert_false(seen[pick[p][i]]);
            assert_true(i == 0 || pick[p][i] > pick[p][i - 1]);
            seen[pick[p][i]] = true;
            count[label[pick[p][i]]] += p == 0;
        }
    assert_true(count[0] == 350 && count[1] == 210 && count[2] == 140);
    assert_memory_not_equal(pick[0], pick[2], 700 * sizeof *pick[0]);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)
    static const struct CMUnitTest tests[] = {
        T(cifar10_in_every_form), T(cifar100_has_fine_labels), T(cifar_that_is_wrong),
        T(pickled_cifar_that_is_wrong), T(npz_in_both_layouts), T(npz_with_parts),
        T(npz_that_is_wrong), T(specs_that_are_wrong), T(labels_beyond_the_net),
        T(splits_class_by_class),
    };

    return cmocka_run_group_tests_name("rt_data", tests, NULL, NULL);
}
