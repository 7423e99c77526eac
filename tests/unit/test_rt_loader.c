/* SPDX-License-Identifier: Apache-2.0 */
/* Batches: the same ones whoever makes them, and whenever; image folders as data sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "data_files.h"

#include <png.h>
#include <turbojpeg.h>

#define TEXT(...) arena_printf(&j->a, __VA_ARGS__)

enum { SAMPLES = 53, BATCH = 8, SIDE = 12, SIZE = 3 * SIDE * SIDE };

/* Samples in memory, labels as their numbers. */
static RtData in_memory(Job *j)
{
    static const char *const name[SAMPLES];
    int32_t *label = arena_new_n(&j->a, int32_t, SAMPLES);

    for (int i = 0; i < SAMPLES; i++)
        label[i] = i;
    return (RtData){ .spec = "memory", .kind = "test", .n = SAMPLES, .classes = SAMPLES,
                     .class_name = name, .channels = 3, .height = SIDE, .width = SIDE,
                     .label = label, .u8 = pixels(j, 0, SAMPLES, SIZE) };
}

static RtLoader *open_loader(Job *j, const RtData *s, const RtLoaderOptions *o)
{
    RtLoader *l = rt_loader_open(&j->a, s, o, &j->d);

    if (!l)
        fail_msg("%s", job_messages(j));
    return l;
}

/* Labels, numbers and pixels of one batch; what is behind a short one is nothing. */
static void is_batch(const RtData *s, const RtBatch *b, int64_t n)
{
    assert_int_equal(b->n, n);
    for (int64_t k = 0; k < BATCH; k++) {
        int64_t i = b->sample[k];
        assert_int_equal(b->label[k], k < n ? i : -1);
        assert_true(k < n ? i >= 0 && i < SAMPLES : i == -1);
        for (int64_t p = 0; p < SIZE; p++)
            assert_true(b->x[k * SIZE + p] == (k < n ? s->u8[i * SIZE + p] : 0));
    }
}

/* Every sample once an epoch; another order each time; the last batch short, or dropped. */
static void epochs_are_permutations(void **state)
{
    Job *j = *state;
    RtData s = in_memory(j);

    for (int drop = 0; drop < 2; drop++) {
        RtLoaderOptions o = { .batch = BATCH, .shuffle = true, .drop_last = drop, .seed = 3,
                              .workers = 2 };
        RtLoader *l = open_loader(j, &s, &o);
        int64_t batches = drop ? 6 : 7, order[2][SAMPLES], at[2] = { 0 };
        RtBatch b;
        assert_int_equal(rt_loader_batches(l), batches);
        for (int epoch = 0; epoch < 2; epoch++) {
            bool seen[SAMPLES] = { false };
            for (int64_t k = 0; k < batches; k++) {
                assert_int_equal(rt_loader_place(l).epoch, epoch);
                assert_int_equal(rt_loader_place(l).index, k * BATCH);
                assert_true(rt_loader_next(l, &b, &j->d));
                assert_true(b.place.epoch == epoch && b.place.index == k * BATCH);
                is_batch(&s, &b, k < 6 ? BATCH : SAMPLES % BATCH);
                for (int64_t i = 0; i < b.n; i++) {
                    assert_false(seen[b.sample[i]]);
                    seen[b.sample[i]] = true;
                    order[epoch][at[epoch]++] = b.sample[i];
                }
            }
            assert_int_equal(at[epoch], drop ? 48 : SAMPLES);
        }
        assert_true(rt_loader_place(l).epoch == 2 && rt_loader_place(l).index == 0);
        assert_memory_not_equal(order[0], order[1], 48 * sizeof order[0][0]);
        rt_loader_close(l);
    }
}

static const char steps[] = "pad=2,crop=12,flip,jitter=.3,.3,.3,scale=1/255";

/* n batches from a place on, one behind the other. */
static float *collect(Job *j, RtLoader *l, int n)
{
    float *x = arena_new_n(&j->a, float, (size_t)n * BATCH * SIZE);
    RtBatch b;

    for (int i = 0; i < n; i++) {
        assert_true(rt_loader_next(l, &b, &j->d));
        memcpy(x + i * BATCH * SIZE, b.x, BATCH * SIZE * sizeof *x);
    }
    return x;
}

static void workers_change_nothing(void **state)
{
    enum { N = 20, BYTES = N * BATCH * SIZE * (int)sizeof(float) };
    Job *j = *state;
    RtData s = in_memory(j);
    RtLoaderOptions o = { .batch = BATCH, .shuffle = true, .seed = 7, .steps = steps };
    float *one = collect(j, open_loader(j, &s, &o), N);

    for (o.workers = 1; o.workers < 6; o.workers++)
        assert_memory_equal(collect(j, open_loader(j, &s, &o), N), one, BYTES);
    o.seed = 8;
    assert_memory_not_equal(collect(j, open_loader(j, &s, &o), N), one, BYTES);
}

/* Samples are prepared differently in each epoch. */
static void epochs_are_augmented_anew(void **state)
{
    Job *j = *state;
    RtData s = in_memory(j);
    RtLoaderOptions o = { .batch = BATCH, .steps = steps };
    float *x = collect(j, open_loader(j, &s, &o), 14);

    assert_memory_not_equal(x, x + 7 * BATCH * SIZE, BATCH * SIZE * sizeof *x);
}

/* From each place on, also while workers are ahead. */
static void goes_on_from_any_place(void **state)
{
    enum { N = 16 };
    Job *j = *state;
    RtData s = in_memory(j);

    for (int workers = 0; workers < 4; workers += 3) {
        RtLoaderOptions o = { .batch = BATCH, .shuffle = true, .seed = 5, .steps = steps,
                              .workers = workers };
        RtLoader *l = open_loader(j, &s, &o), *m = open_loader(j, &s, &o);
        float *all = collect(j, l, N);
        for (int from = N - 1; from >= 0; from--) {
            RtPlace to = { from / 7, from % 7 * BATCH };
            assert_true(rt_loader_seek(from % 2 ? m : l, to, &j->d));
            assert_memory_equal(collect(j, from % 2 ? m : l, N - from), all + from * BATCH * SIZE,
                                (size_t)(N - from) * BATCH * SIZE * sizeof *all);
        }
    }
}

static void refuses(Job *j, const RtData *s, const RtLoaderOptions *o, const char *message)
{
    assert_null(rt_loader_open(&j->a, s, o, &j->d));
    assert_string_equal(job_messages(j), message);
}

static void says_what_does_not_fit(void **state)
{
    Job *j = *state;
    RtData s = in_memory(j), f = s;
    RtLoaderOptions big = { .batch = 64, .drop_last = true }, none = { .batch = 0 },
        size = { .batch = 1, .height = 28, .width = 28 }, four = { .batch = 1, .channels = 4 },
        step = { .batch = 1, .steps = "flip=3", .normalise = "sclae=2" },
        floats = { .batch = 1, .steps = "jitter=.1" };
    RtLoader *l;

    refuses(j, &s, &big, "memory: error: has 53 samples, fewer than a batch of 64, and short "
            "batches are dropped\n");
    refuses(j, &s, &none, "memory: error: cannot be cut into batches of 0\n");
    refuses(j, &s, &size, "memory: error: gives images of 12x12 (height x width), but the net "
            "takes 28x28\n    resize=28,28 or center=28,28 fits them\n");
    refuses(j, &s, &four, "memory: error: holds images, but the net takes 4 channels\n");
    refuses(j, &s, &step, "error: the values of 'flip' are wrong, or there are too many steps\n"
            "error: 'sclae' is no step of preparing images\n    did you mean 'scale'?\n");
    f.u8 = NULL;
    f.f32 = (const float *)(const void *)s.u8;
    refuses(j, &f, &floats, "memory: error: holds float32 samples, which are not resized or "
            "jittered\n");
    size.steps = "resize=20,center=28";
    l = open_loader(j, &s, &size);
    assert_false(rt_loader_seek(l, (RtPlace){ 0, SAMPLES }, &j->d));
    assert_string_equal(job_messages(j), "memory: error: has 53 samples: there is no place 53 in "
                                         "epoch 0 of it\n");
}

/* ---- image folders ---- */

static Bytes png(Job *j, int width, int height, int grey)
{
    png_image m = { .version = PNG_IMAGE_VERSION, .width = (unsigned)width,
                    .height = (unsigned)height, .format = PNG_FORMAT_RGB };
    unsigned char *p = arena_array(&j->a, (size_t)(width * height), 3);
    png_alloc_size_t n = 0;
    void *out;

    memset(p, grey, (size_t)(width * height * 3));
    assert_true(png_image_write_to_memory(&m, NULL, &n, 0, p, 0, NULL));
    out = arena_alloc(&j->a, n);
    assert_true(png_image_write_to_memory(&m, out, &n, 0, p, 0, NULL));
    return (Bytes){ out, n };
}

static void free_jpeg(void *p)
{
    tjFree(p);
}

static Bytes jpeg(Job *j, int width, int height, int grey)
{
    tjhandle h = tjInitCompress();
    unsigned char *p = arena_array(&j->a, (size_t)(width * height), 3), *out = NULL;
    unsigned long n = 0;

    memset(p, grey, (size_t)(width * height * 3));
    assert_int_equal(tjCompress2(h, p, width, 0, height, TJPF_RGB, &out, &n, TJSAMP_444, 95, 0), 0);
    tjDestroy(h);
    arena_defer(&j->a, free_jpeg, out);
    return (Bytes){ out, n };
}

/* Classes b, a, c of 10 images each, whose grey tells class and number. */
static const char *image_folder(Job *j)
{
    const char *dir = new_folder(j);

    for (int c = 0; c < 3; c++) {
        const char *name = TEXT("%c", "bac"[c]);
        make_folder(j, dir, name);
        for (int i = 0; i < 10; i++)
            write_file(j, in(j, dir, name), TEXT("%d.%s", i, i % 2 ? "JPG" : "png"),
                       (i % 2 ? jpeg : png)(j, 10 + i, 20 - i, (name[0] - 'a') * 80 + i * 5));
        write_file(j, in(j, dir, name), "notes.txt", (Bytes){ (const unsigned char *)"x", 1 });
    }
    write_file(j, dir, "README", (Bytes){ (const unsigned char *)"x", 1 });
    return dir;
}

static bool open_set(Job *j, const char *spec, RtPart part, RtBad bad, RtData *s)
{
    RtDataOptions o = { .part = part, .bad = bad, .workers = 2 };

    return rt_data_open(&j->a, spec, &o, s, &j->d);
}

static void folders_of_images(void **state)
{
    Job *j = *state;
    const char *dir = image_folder(j);
    RtLoaderOptions o = { .batch = 30, .steps = "resize=8,8", .workers = 2 };
    RtData s;
    RtBatch b;

    for (int part = 0; part < 2; part++) {
        assert_true(open_set(j, dir, (RtPart)part, RT_BAD_STOP, &s));
        assert_string_equal(s.kind, "folder");
        assert_int_equal(s.n, part ? 9 : 21);
        assert_int_equal(s.classes, 3);
        assert_string_equal(s.class_name[1], "b");
        assert_true(rt_loader_next(open_loader(j, &s, &o), &b, &j->d));
        assert_int_equal(b.n, s.n);
        for (int64_t k = 0; k < b.n; k++) {
            int i = path_base(s.path[k])[0] - '0', grey = b.label[k] * 80 + i * 5;
            assert_int_equal(b.label[k], s.path[k][strlen(dir) + 1] - 'a');
            assert_true(k == 0 || strcmp(s.path[k - 1], s.path[k]) < 0);
            for (int p = 0; p < 3 * 8 * 8; p++)
                assert_in_range((int)b.x[k * 192 + p] + 2, grey + 1, grey + 3);
        }
    }
}

static void folders_with_parts(void **state)
{
    Job *j = *state;
    const char *dir = image_folder(j), *both = new_folder(j);
    RtData s;

    assert_int_equal(rename(dir, in(j, both, "train")), 0);
    make_folder(j, both, "val");
    make_folder(j, in(j, both, "val"), "c");
    write_file(j, in(j, both, "val/c"), "x.png", png(j, 3, 3, 9));
    assert_true(open_set(j, both, RT_TRAIN, RT_BAD_STOP, &s));
    assert_int_equal(s.n, 30);
    assert_true(open_set(j, both, RT_TEST, RT_BAD_SKIP, &s));
    assert_true(s.n == 1 && s.classes == 3 && s.label[0] == 2);
    assert_string_equal(job_messages(j), TEXT("%s/val/a: note: is a class without an image\n"
                                              "%s/val/b: note: is a class without an image\n", both,
                                              both));
    make_folder(j, in(j, both, "val"), "d");
    assert_false(open_set(j, both, RT_TEST, RT_BAD_SKIP, &s));
    assert_string_equal(job_messages(j), TEXT("%s/val/d: error: is a class that the training "
                                              "images do not have\n", both));
}

/* Stopped, skipped, or met later: damaged images and empty classes. */
static void images_that_do_not_decode(void **state)
{
    Job *j = *state;
    const char *dir = image_folder(j), *all;
    RtLoaderOptions o = { .batch = 30, .steps = "resize=8,8", .workers = 2 };
    Bytes cut = jpeg(j, 64, 64, 7);
    RtDataOptions whole = { .share = 1 };
    RtLoader *l;
    RtData s;
    RtBatch b;

    make_folder(j, dir, "empty");
    write_file(j, in(j, dir, "b"), "0.png", (Bytes){ (const unsigned char *)"GIF89a", 6 });
    write_file(j, in(j, dir, "c"), "1.JPG", (Bytes){ cut.p, cut.n - 40 });
    all = TEXT("%s/empty: KIND: is a class without an image\n%s/b/0.png: KIND: is neither a JPEG "
               "nor a PNG image\n%s/c/1.JPG: KIND: is not a JPEG file that can be read: Premature "
               "end of JPEG file\n", dir, dir, dir);
    for (int bad = 0; bad < 2; bad++) {
        const char *kind = bad == RT_BAD_STOP ? "error" : "note", *p = all, *k;
        Buf want;
        buf_init(&want, &j->a);
        for (; (k = strstr(p, "KIND")); p = k + 4) {
            buf_put(&want, p, (size_t)(k - p));
            buf_str(&want, kind);
        }
        buf_str(&want, p);
        whole.bad = (RtBad)bad;
        assert_true(rt_data_open(&j->a, dir, &whole, &s, &j->d) == (bad == RT_BAD_SKIP));
        assert_string_equal(job_messages(j), want.p);
    }
    assert_true(s.n == 28 && s.classes == 4);
    whole.bad = RT_BAD_LATER;
    assert_true(rt_data_open(&j->a, dir, &whole, &s, &j->d));
    assert_int_equal(s.n, 30);
    for (o.workers = 0; o.workers < 4; o.workers++) {
        job_messages(j);
        l = open_loader(j, &s, &o);
        for (int again = 0; again < 2; again++) {
            assert_false(rt_loader_next(l, &b, &j->d));
            assert_string_equal(job_messages(j), TEXT("%s/b/0.png: error: is neither a JPEG nor a "
                                                      "PNG image\n", dir));
        }
    }
}

static void sizes_of_images(void **state)
{
    Job *j = *state;
    const char *dir = image_folder(j);
    RtLoaderOptions o = { .batch = 4 };
    RtData s;
    RtBatch b;

    assert_true(open_set(j, dir, RT_TRAIN, RT_BAD_STOP, &s));
    refuses(j, &s, &o, TEXT("%s: error: has images of many sizes\n    resize=H,W or resized=N or "
                            "crop=N makes them one size\n", dir));
    o.height = o.width = 15;
    assert_false(rt_loader_next(open_loader(j, &s, &o), &b, &j->d));
    assert_non_null(strstr(job_messages(j), "pixels (height x width) in the end, where the net "
                           "takes 15x15; resize=15,15 fits it\n"));
    o.steps = "crop=18,resize=15";
    assert_false(rt_loader_next(open_loader(j, &s, &o), &b, &j->d));
    assert_non_null(strstr(job_messages(j), ", too few to crop 18x18\n"));
    assert_false(open_set(j, TEXT("folder:%s/a", dir), RT_TRAIN, RT_BAD_STOP, &s));
    assert_string_equal(job_messages(j), TEXT("%s/a: error: is a folder without one for "
                                              "each class\n", dir));
}

/* ---- memory ---- */

static const char *folder_to_open;

/* The JobReader: a set, a loader, a batch. */
static bool open_and_read(Job *j, Bytes file)
{
    RtLoaderOptions o = { .batch = 5, .steps = "resize=8,8,flip", .shuffle = true,
                          .workers = (int)file.n };
    RtLoader *l;
    RtData s;
    RtBatch b;

    if (!open_set(j, folder_to_open, RT_TRAIN, RT_BAD_STOP, &s))
        return false;
    l = rt_loader_open(&j->a, &s, &o, &j->d);
    return l && rt_loader_next(l, &b, &j->d);
}

/* Whichever allocation fails, nothing is left behind: the sanitizers look. */
static void memory_may_end_anywhere(void **state)
{
    Job *j = *state;
    long n;

    folder_to_open = image_folder(j);
    for (size_t workers = 0; workers < 3; workers += 2) {
        for (n = 0; !job_read(open_and_read, (const unsigned char *)"ab", workers, n); n++)
            assert_true(n < 10000);
        assert_true(n > 3);                    /* an arena takes 64 KB at a time */
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)
    static const struct CMUnitTest tests[] = {
        T(epochs_are_permutations), T(workers_change_nothing), T(epochs_are_augmented_anew),
        T(goes_on_from_any_place), T(says_what_does_not_fit), T(folders_of_images),
        T(folders_with_parts), T(images_that_do_not_decode), T(sizes_of_images),
        T(memory_may_end_anywhere),
    };

    return cmocka_run_group_tests_name("rt_loader", tests, NULL, NULL);
}
