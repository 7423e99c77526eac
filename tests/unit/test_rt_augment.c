/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of preparing a sample: the same bits as torchvision's, for the same random numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "augment.h"
#include "image_pattern.h"

static RtSteps steps_of(Job *j, const char *text)
{
    RtSteps s;

    rt_steps_none(&s);
    if (!rt_steps_text(&j->a, text, &s, &j->d))
        fail_msg("%s", job_messages(j));
    return s;
}

/* What a view writes, as bytes, channels last. */
static unsigned char *written(Job *j, const RtView *v)
{
    size_t pixels = (size_t)v->height * (size_t)v->width;
    float *y = arena_array(&j->a, pixels, 3 * sizeof *y);
    unsigned char *out = arena_array(&j->a, pixels, 3);
    RtSteps none;
    RtNormalise m;

    rt_steps_none(&none);
    rt_normalise(&m, &none, 3);
    rt_view_write(v, &m, y);
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < 3; c++)
            out[i * 3 + c] = (unsigned char)y[c * pixels + i];
    return out;
}

/* Hashes of what torchvision.transforms.functional (0.29, with Pillow 13) makes of the pattern, the
 * random numbers being those of base/rng with that key. */
static const struct {
    const char *steps;
    uint64_t key;
    int width, height;
    uint64_t hash;
} want[] = {
    { "pad=3,crop=40", 1, 40, 40, 0x12181b33c7260351 },
    { "pad=3,crop=40", 3, 40, 40, 0x4a841f9384df3fe5 },
    { "flip", 1, 67, 41, 0xc399e29cc2a5daf4 },
    { "flip", 3, 67, 41, 0x51cc597b63730028 },
    { "flip,pad=5,crop=32,flip", 1, 32, 32, 0x5a8f8eae69a029f5 },
    { "flip,pad=5,crop=32,flip", 3, 32, 32, 0x2b10437293fd7a11 },
    { "center=50", 1, 50, 50, 0xcee2588d3e22cca0 },
    { "center=33", 1, 33, 33, 0xa3d8e8cf3d48133e },
    { "resize=30", 1, 49, 30, 0x238f7a0021ddd97f },
    { "resize=90,30", 1, 30, 90, 0x1dea4493790fb77c },
    { "jitter=0.4,0.4,0.4", 1, 67, 41, 0xd94602308267fa1d },
    { "jitter=0.4,0.4,0.4", 3, 67, 41, 0x02c5d61f5a2ab1b7 },
    { "jitter=2.0,3.0,1.5", 1, 67, 41, 0xe9331178a45c3879 },
    { "jitter=2.0,3.0,1.5", 3, 67, 41, 0x8b8ff2091e3d2d68 },
    { "jitter=0.0,0.5,0.0", 1, 67, 41, 0xd62d9fbbd3295c2c },
    { "jitter=0.0,0.5,0.0", 3, 67, 41, 0xa5cb9b97edd1224d },
    { "resized=24", 1, 24, 24, 0xb12ee0052f45270a },
    { "resized=24", 3, 24, 24, 0x56d851b743060105 },
    { "crop=32,resize=48,flip,jitter=0.2,0.2,0.2,pad=4,crop=48", 1, 48, 48, 0xc1758ba8e329a871 },
    { "crop=32,resize=48,flip,jitter=0.2,0.2,0.2,pad=4,crop=48", 3, 48, 48, 0x6361b2e507ef4732 },
};

static void steps_as_torchvision(void **state)
{
    Job *j = *state;

    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        RtSteps s = steps_of(j, want[i].steps);
        RtImage m = pattern(j, 67, 41);
        Rng r = { want[i].key, 0 };
        RtView v;
        int h = 41, w = 67;
        rt_view_image(&v, &m);
        assert_null(rt_augment(&j->a, &s, &r, &v));
        assert_true(v.width == want[i].width && v.height == want[i].height);
        assert_true(rt_steps_size(&s, &h, &w, &j->d));
        assert_true(w == want[i].width && h == want[i].height);
        if (fnv(written(j, &v), (size_t)(v.width * v.height * 3)) != want[i].hash)
            fail_msg("%s differs", want[i].steps);
    }
}

/* The same from planes as from an image: sets in memory give what files give. */
static void planes_are_images(void **state)
{
    Job *j = *state;
    RtImage m = pattern(j, 67, 41);
    unsigned char *planes = arena_alloc(&j->a, 67 * 41 * 3);

    for (int i = 0; i < 67 * 41; i++)
        for (int c = 0; c < 3; c++)
            planes[c * 67 * 41 + i] = m.rgb[i * 3 + c];
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        RtSteps s = steps_of(j, want[i].steps);
        Rng r = { want[i].key, 0 };
        RtView v;
        rt_view_planes(&v, 3, 41, 67);
        v.u8 = planes;
        assert_null(rt_augment(&j->a, &s, &r, &v));
        assert_true(fnv(written(j, &v), (size_t)(v.width * v.height * 3)) == want[i].hash);
    }
}

/* Grey samples: one channel, three alike, and back. */
static void channels_fit_the_net(void **state)
{
    Job *j = *state;
    unsigned char grey[6] = { 0, 50, 100, 150, 200, 250 }, rgb[6] = { 255, 0, 0, 255, 0, 0 };
    RtSteps s = steps_of(j, "flip=1,scale=1/255,mean=0.5,0.25,0,std=0.5,1,2");
    float y[20], floats[6] = { 0, 1, 2, 3, 4, 5 };
    Rng r = { 1, 0 };
    RtNormalise m;
    RtView v;

    rt_view_planes(&v, 1, 2, 3);
    v.u8 = grey;
    assert_null(rt_augment(&j->a, &s, &r, &v));
    rt_normalise(&m, &s, 3);
    rt_view_write(&v, &m, y);
    assert_true(y[0] == (100.f / 255 - .5f) / .5f && y[6] == 100.f / 255 - .25f);
    assert_true(y[12] == (float)(100 * (1. / 255)) / 2 && y[17] == (float)(150 * (1. / 255)) / 2);
    rt_normalise(&m, &s, 1);
    rt_view_planes(&v, 3, 1, 2);
    v.u8 = rgb;                                /* red 255 0, green 0 255, blue 0 0 */
    rt_view_write(&v, &m, y);
    assert_true(y[0] == ((float)(76 * (1. / 255)) - .5f) / .5f);
    assert_true(y[1] == ((float)(150 * (1. / 255)) - .5f) / .5f);
    s = steps_of(j, "pad=1,flip=1,scale=2,mean=1");
    rt_normalise(&m, &s, 1);
    rt_view_planes(&v, 1, 2, 3);
    v.u8 = NULL;
    v.f32 = floats;
    assert_null(rt_augment(&j->a, &s, &r, &v));
    rt_view_write(&v, &m, y);                  /* 4 rows of 5: black is 0 * 2 - 1 */
    assert_true(y[0] == -1 && y[5] == -1 && y[6] == 3 && y[7] == 1 && y[8] == -1 && y[11] == 9);
}

static void refuses(Job *j, const char *text, const char *message)
{
    RtSteps s;

    rt_steps_none(&s);
    assert_false(rt_steps_text(&j->a, text, &s, &j->d));
    assert_string_equal(job_messages(j), message);
}

static void wrong_steps(void **state)
{
#define VALUES(key) "error: the values of '" key "' are wrong, or there are too many steps\n"
    Job *j = *state;

    refuses(j, "flop", "error: 'flop' is no step of preparing images\n    did you mean 'flip'?\n");
    refuses(j, "xyzzy", "error: 'xyzzy' is no step of preparing images\n    there is: resize pad "
            "center crop resized flip jitter filter scale mean std\n");
    refuses(j, "crop", VALUES("crop"));
    refuses(j, "crop=0,flip=2", VALUES("crop") VALUES("flip"));
    refuses(j, "crop=32.5", VALUES("crop"));
    refuses(j, "resize=1,2,3", VALUES("resize"));
    refuses(j, "resized=24,.5,.1", VALUES("resized"));
    refuses(j, "resized=24,0,1", VALUES("resized"));
    refuses(j, "jitter=-1", VALUES("jitter"));
    refuses(j, "std=0", VALUES("std"));
    refuses(j, "mean=1,2", VALUES("mean"));
    refuses(j, "scale=1/0", VALUES("scale"));
    refuses(j, "filter=fancy", VALUES("filter"));
    refuses(j, "flip,,flip", VALUES("flip"));
    refuses(j, "4,flip", "error: '4' belongs to no step\n");
    refuses(j, "flip,flip,flip,flip,flip,flip,flip,flip," "flip,flip,flip,flip,flip,flip,flip,flip,"
            "flip",
            VALUES("flip"));
}

static void sizes_that_do_not_fit(void **state)
{
    Job *j = *state;
    RtSteps s = steps_of(j, "resize=30,crop=31");
    RtImage m = pattern(j, 67, 41);
    Rng r = { 1, 0 };
    int h = 41, w = 67;
    RtView v;

    assert_false(rt_steps_size(&s, &h, &w, &j->d));
    assert_string_equal(job_messages(j), "error: 31x31 pixels (height x width) cannot be cropped "
                        "from 30x49\n    pad=N or resize=N before it makes them more\n");
    rt_view_image(&v, &m);
    assert_string_equal(rt_augment(&j->a, &s, &r, &v), "has 30x49 pixels (height x width), too few "
                                                       "to crop 31x31");
    s = steps_of(j, "pad=60000,resize=2");
    h = w = 0;
    assert_true(rt_steps_size(&s, &h, &w, &j->d));
    assert_true(h == 0 && w == 0);
    rt_view_image(&v, &m);
    assert_string_equal(rt_augment(&j->a, &s, &r, &v), "would have too many pixels");
    s = steps_of(j, "resize=65535");
    rt_view_image(&v, &m);
    assert_string_equal(rt_augment(&j->a, &s, &r, &v), "would have too many pixels after resizing");
}

/* Each number of a stream by itself; below is fair and covers all; keys make other streams. */
static void random_numbers(void **state)
{
    Rng r = { 42, 0 };
    int count[6] = { 0 };
    double sum = 0;

    (void)state;
    assert_true(rng_bits(0, 0) == 0xe220a8397b1dcdafu);        /* splitmix64's first from 0 */
    assert_true(rng_bits(0, 1) == 0x6e789e6aa1b965f4u);
    for (int i = 0; i < 60000; i++)
        count[rng_below(&r, 6)]++;
    for (int i = 0; i < 6; i++)
        assert_in_range(count[i], 9600, 10400);
    for (int i = 0; i < 10000; i++)
        sum += rng_between(&r, -1, 3);
    assert_true(sum / 10000 > .95 && sum / 10000 < 1.05);
    assert_true(rng_key(1, 2) != rng_key(2, 1) && rng_key(1, 2) != rng_bits(1, 2));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)
    static const struct CMUnitTest tests[] = {
        T(steps_as_torchvision), T(planes_are_images), T(channels_fit_the_net), T(wrong_steps),
        T(sizes_that_do_not_fit), T(random_numbers),
    };

    return cmocka_run_group_tests_name("rt_augment", tests, NULL, NULL);
}
