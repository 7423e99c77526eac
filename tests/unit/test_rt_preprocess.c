/* SPDX-License-Identifier: Apache-2.0 */
/* preprocess: settings in both spellings, their mistakes; and the fixtures' photos, bit for bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "preprocess.h"

#include <unistd.h>

static RtTensor shape(int dtype, int64_t n, int64_t c, int64_t h, int64_t w)
{
    int64_t dim[4] = { n, c, h, w };
    RtTensor t;

    assert_true(rt_tensor_shape(&t, dtype, 4, dim));
    t.name = "x";
    return t;
}

static void reads_settings(void **state)
{
    Job *j = *state;
    RtPreprocess p;

    rt_preprocess_default(&p);
    assert_true(rt_preprocess_text(&j->a, "resize=256,filter=bicubic,crop=200,224,mean=1,2,3.5,"
                                   "std=2,scale=1/255,order=BGR,layout=NHWC,rounding=nearest", &p,
                                   &j->d));
    assert_true(p.resize[0] == 256 && p.resize[1] == 0 && p.crop[0] == 200 && p.crop[1] == 224);
    assert_ptr_equal(p.filter, rt_filter("bicubic"));
    assert_true(p.mean[0] == 1 && p.mean[2] == 3.5 && p.std[0] == 2 && p.std[2] == 2);
    assert_true(p.scale == 1 / 255.0 && p.order == RT_BGR && p.layout == RT_NHWC);
    assert_true(p.rounding == RT_NEAREST);
}

static void explains_bad_settings(void **state)
{
    static const char *const bad[][2] = {
        { "resise=3", "error: preprocess: there is no setting 'resise'; there are resize, filter, "
          "crop, mean, std, scale, order, layout and rounding\n    did you mean 'resize'?\n" },
        { "resize=0", "error: preprocess: resize expects the short side's pixels, or height and "
          "width\n" },
        { "resize=1.5", NULL }, { "resize=1e9", NULL }, { "resize=", NULL }, { "resize=2x", NULL },
        { "crop=1,2,3", NULL }, { "mean=1,2", NULL }, { "mean=nan", NULL }, { "mean= 1", NULL },
        { "std=1,0,1", NULL }, { "scale=1/0", NULL }, { "scale=1/", NULL }, { "scale=1,1", NULL },
        { "filter=cubic", "error: preprocess: filter expects bilinear, bicubic, lanczos or box\n" },
        { "order=rgb", "error: preprocess: order expects RGB, BGR or GRAY\n" },
        { "layout=CHW", NULL }, { "rounding=up", NULL },
        { "mean=1,2,3,4", "error: preprocess: '4' is too much; write key=value,key=value\n" },
        { "", "error: preprocess: '' is too much; write key=value,key=value\n" },
        { "mean=1,foo=2,std=a", "error: preprocess: there is no setting 'foo'; there are resize, "
          "filter, crop, mean, std, scale, order, layout and rounding\n"
          "error: preprocess: std expects a number, or one for each of three channels, none of "
          "them 0\n" },
    };
    Job *j = *state;
    RtPreprocess p;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rt_preprocess_default(&p);
        if (rt_preprocess_text(&j->a, bad[i][0], &p, &j->d))
            fail_msg("'%s' was accepted", bad[i][0]);
        const char *said = job_messages(j);
        if (bad[i][1])
            assert_string_equal(said, bad[i][1]);
    }
}

/* Writes text as DIR/m.json and reads it as the side file of DIR/m.onnx. */
static bool side_file(Job *j, const char *text, RtModelFile *out)
{
    char dir[] = "/tmp/mnc-side-XXXXXX";
    const char *path, *model;
    FILE *f;
    bool ok;

    assert_non_null(mkdtemp(dir));
    path = arena_printf(&j->a, "%s/m.json", dir);
    model = arena_printf(&j->a, "%s/m.onnx", dir);
    if (text) {
        f = fopen(path, "w");
        fputs(text, f);
        fclose(f);
    }
    ok = rt_model_file(&j->a, model, out, &j->d);
    unlink(path);
    rmdir(dir);
    return ok;
}

static void reads_the_side_file(void **state)
{
    Job *j = *state;
    RtModelFile m;

    assert_true(side_file(j, NULL, &m));
    assert_false(m.has_preprocess);
    assert_null(m.labels);
    assert_true(side_file(j, "{\"preprocess\": {\"resize\": 256, \"mean\": [0.5, 1, 2], \"scale\": "
                          "\"1/255\", \"filter\": \"bicubic\"}, \"labels\": \"l.txt\", "
                          "\"softmax\": false}", &m));
    assert_int_equal(m.softmax, 0);
    assert_true(m.has_preprocess && m.preprocess.resize[0] == 256);
    assert_true(m.preprocess.mean[0] == 0.5 && m.preprocess.scale == 1 / 255.0);
    assert_string_equal(path_base(m.labels), "l.txt");
}

static void explains_bad_side_files(void **state)
{
    static const char *const bad[][2] = {
        { "{\"preproces\": {}}", "there is no key 'preproces' here; there are preprocess, labels "
          "and softmax" },
        { "{\"softmax\": 1}", "\"softmax\" is neither true nor false" },
        { "{\"preprocess\": 3}", "\"preprocess\" is not an object" },
        { "{\"preprocess\": {\"crop\": null}}", "crop expects pixels, or height and width" },
        { "{\"preprocess\": {\"mean\": [1, [2], 3]}}", "mean expects a number" },
        { "{\"preprocess\": {\"mean\": [1, 2, 3, 4]}}", "mean expects a number" },
        { "{\"labels\": \"/etc/passwd\"}", "\"labels\" is not the name of a file in this folder" },
        { "{\"labels\": \"../x\"}", "not the name of a file in this folder" },
        { "{\"labels\": 3}", "not the name of a file in this folder" },
        { "[1]", "is not a JSON object: it is something else" },
        { "{\"labels\" \"x\"}", "m.json:1:" },
        { "", "m.json:1:1: error: is not a JSON object" },
        { "{\"labels\": \"a\", \"labels\": \"b\"}", "duplicate" },
    };
    Job *j = *state;
    RtModelFile m;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(side_file(j, bad[i][0], &m));
        const char *said = job_messages(j);
        if (!strstr(said, bad[i][1]))
            fail_msg("%s\nsays: %s", bad[i][0], said);
    }
}

static void finds_the_layout(void **state)
{
    Job *j = *state;
    RtPreprocess p;
    RtImageInput in;
    RtTensor t = shape(RT_FLOAT32, 1, 3, 4, 5);

    rt_preprocess_default(&p);
    assert_true(rt_image_input(&j->a, &t, &p, &in, &j->d));
    assert_true(in.layout == RT_NCHW && in.height == 4 && in.width == 5 && in.channels == 3);
    t = shape(RT_FLOAT32, 2, 4, 5, 3);
    assert_true(rt_image_input(&j->a, &t, &p, &in, &j->d));
    assert_true(in.layout == RT_NHWC && in.batch == 2 && in.height == 4 && in.width == 5);
    t = shape(RT_FLOAT32, 1, 3, 5, 3);
    assert_false(rt_image_input(&j->a, &t, &p, &in, &j->d));
    assert_string_equal(job_messages(j), "error: input 'x', float32 of shape (1,3,5,3), does not "
                        "take colour images: say layout=NCHW or layout=NHWC\n");
    t = shape(RT_FLOAT32, 1, 1, 28, 28);
    assert_false(rt_image_input(&j->a, &t, &p, &in, &j->d));
    assert_string_equal(job_messages(j), "error: input 'x', float32 of shape (1,1,28,28), does not "
                        "take colour images: say order=GRAY\n");
    t = shape(RT_INT64, 1, 3, 28, 28);
    assert_false(rt_image_input(&j->a, &t, &p, &in, &j->d));
    job_messages(j);
    t = shape(RT_UINT8, 1, 3, 28, 28);
    assert_true(rt_image_input(&j->a, &t, &p, &in, &j->d));
    p.mean[1] = 1;
    assert_false(rt_image_input(&j->a, &t, &p, &in, &j->d));
}

/* 3 x 2 pixels with the values 0, 10, 20 ... */
static RtImage ramp(Job *j)
{
    RtImage m;

    assert_true(rt_image_alloc(&j->a, "x", 3, 2, &m, &j->d));
    for (int i = 0; i < 18; i++)
        m.rgb[i] = (unsigned char)(i * 10);
    return m;
}

static void places_pixels(void **state)
{
    Job *j = *state;
    RtImage m = ramp(j);
    RtPreprocess p;
    RtImageInput in = { 2, 3, 2, 1, RT_NHWC, RT_FLOAT32 };
    float x[12] = { 0 };

    rt_preprocess_default(&p);
    p.order = RT_BGR;
    p.mean[0] = 1;
    p.scale = 0.1;
    assert_true(rt_preprocess(&j->a, "x", &m, &p, &(RtImageTarget){ &in, 1, x }, &j->d));
    assert_true(x[5] == 0);                            /* the first image's place is untouched */
    assert_true(x[6] == 4 && x[7] == 4 && x[8] == 3);  /* column 1, row 0: 3, 4, 5 backwards */
    assert_true(x[9] == 13 && x[11] == 12);
    in.layout = RT_NCHW;
    assert_true(rt_preprocess(&j->a, "x", &m, &p, &(RtImageTarget){ &in, 0, x }, &j->d));
    assert_true(x[0] == 4 && x[1] == 13 && x[2] == 4 && x[3] == 13 && x[4] == 3);
    in = (RtImageInput){ 1, 3, 4, 4, RT_NCHW, RT_FLOAT32 };
    assert_false(rt_preprocess(&j->a, "x", &m, &p, &(RtImageTarget){ &in, 0, x }, &j->d));
    assert_string_equal(job_messages(j), "x: error: has 2x3 pixels (height x width) where 4x4 are "
                        "cropped\n    resize=4 would make it large enough\n");
    p.crop[0] = p.crop[1] = 2;
    assert_false(rt_preprocess(&j->a, "x", &m, &p, &(RtImageTarget){ &in, 0, x }, &j->d));
    assert_string_equal(job_messages(j), "x: error: a crop of 2x2 does not fit the net's input of "
                        "4x4 (height x width)\n");
}

static void greys_as_pillow(void **state)
{
    Job *j = *state;
    RtImage m = ramp(j);
    RtPreprocess p;
    RtImageInput in = { 1, 1, 2, 3, RT_NCHW, RT_UINT8 };
    unsigned char y[6];

    rt_preprocess_default(&p);
    p.order = RT_GRAY;
    assert_true(rt_preprocess(&j->a, "x", &m, &p, &(RtImageTarget){ &in, 0, y }, &j->d));
    /* (0 * 19595 + 10 * 38470 + 20 * 7471 + 32768) >> 16 = 8 */
    assert_int_equal(y[0], 8);
    assert_int_equal(y[5], 158);
}

static void the_fixtures_photos_are_equal(void **state)
{
    static const char *const photo[] = {
        "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png"
    };
    Job *j = *state;
    Arena *a = &j->a;
    const char *root = getenv("MNC_FIXTURES");
    RtPreprocess p;
    RtImageInput in = { 1, 3, 224, 224, RT_NCHW, RT_FLOAT32 };

    if (!root || access(root, R_OK)) {
        print_message("skipped: there are no fixtures\n");
        skip();
    }
    rt_preprocess_default(&p);
    assert_true(rt_preprocess_text(a, "resize=256,filter=bicubic,crop=224,mean=127,std=128,"
                                   "rounding=nearest", &p, &j->d));
    for (int i = 0; i < 4; i++) {
        const char *path = arena_printf(a, "%s/efficientnet_lite0/photos/%s", root, photo[i]);
        const char *pb = arena_printf(a, "%s/efficientnet_lite0/test_data_set_%d/input_0.pb", root,
                                      i);
        RtTensors want;
        RtImage m;
        Bytes f;
        float *x;
        assert_true(rt_read_tensors(a, pb, &want, &j->d));
        x = arena_alloc(a, want.t[0].bytes);
        assert_true(file_read(a, path, &f, &j->d) && rt_image_decode(a, path, f, &m, &j->d));
        assert_true(rt_preprocess(a, path, &m, &p, &(RtImageTarget){ &in, 0, x }, &j->d));
        assert_memory_equal(x, want.t[0].data, want.t[0].bytes);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)
    static const struct CMUnitTest tests[] = {
        T(reads_settings), T(explains_bad_settings), T(reads_the_side_file),
        T(explains_bad_side_files), T(finds_the_layout), T(places_pixels), T(greys_as_pillow),
        T(the_fixtures_photos_are_equal),
    };

    return cmocka_run_group_tests_name("rt_preprocess", tests, NULL, NULL);
}
