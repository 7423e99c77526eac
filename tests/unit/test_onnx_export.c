/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_write on whole nets: those of models/, small, and the fixtures.  What is read back computes
 * the same bits, also where a node carries its activation and its residual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/mnet.h"
#include "frontend/onnx.h"
#include "frontend/onnx_export.h"
#include "passes/pass.h"
#include "ref/ref.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODELS MNC_TESTS "/../models"

typedef struct World {
    Arena a;
    jmp_buf oom;
    Diag d;
} World;

static void explain(World *w, const char *what)
{
    Buf b;

    buf_init(&b, &w->a);
    diag_print(&w->d, &b);
    fail_msg("%s\n%s", what, b.p);
}

/* ---- reading ---- */

static Graph *parse(World *w, const char *path, const char *const *define)
{
    const char *dir = path_dir(&w->a, path);
    MnetOptions spec = { .file = path, .dir = dir, .define = define };
    OnnxOptions onnx = { .file = path, .dir = dir };
    Graph *g;
    Bytes b;

    if (!file_read(&w->a, path, &b, &w->d))
        explain(w, path);
    g = path_has_suffix(path, ".mnet") ? mnet_read(&w->a, b, &spec, &w->d)
                                       : onnx_read(&w->a, b, &onnx, &w->d);
    if (!g || !ir_check(g, "import", &w->d))
        explain(w, path);
    return g;
}

static Graph *through_onnx(World *w, const Graph *g)
{
    OnnxOptions o = { .file = "x.onnx" };
    Graph *back;
    Buf b;

    buf_init(&b, &w->a);
    if (!onnx_write(g, &b, &w->d))
        explain(w, "cannot be written");
    back = onnx_read(&w->a, (Bytes){ (const unsigned char *)b.p, b.n }, &o, &w->d);
    if (!back || !ir_check(back, "import", &w->d))
        explain(w, "cannot be read");
    return back;
}

/* ---- running ---- */

/* The same numbers for the same graph, in [-1, 1). */
static const void *input(World *w, const Graph *g, ValueId v)
{
    int64_t n = shape_count(&ir_val(g, v)->shape);
    float *data = arena_new_n(&w->a, float, (size_t)n);
    uint32_t u = 1;

    assert_int_equal(ir_val(g, v)->dtype, DT_F32);
    for (int64_t i = 0; i < n; i++) {
        u = u * 1664525 + 1013904223;
        data[i] = (float)(u >> 8) / 8388608 - 1;
    }
    return data;
}

static const RefTensor *run(World *w, const Graph *g)
{
    const void *in[4];
    RefTensor *all;

    assert_true(g->n_input <= 4);
    for (uint32_t i = 0; i < g->n_input; i++)
        in[i] = input(w, g, g->input[i]);
    if (!ref_run(g, in, &w->a, &all, &w->d))
        explain(w, "does not run");
    return all;
}

/* tolerance 0: the same bits; else relative to the largest element. */
static void compare(const RefTensor *got, const RefTensor *want, float tolerance)
{
    const float *x = got->data, *y = want->data;
    float most = 0;

    assert_true(shape_equal(&got->shape, &want->shape));
    for (int64_t i = 0; i < shape_count(&want->shape); i++)
        most = fmaxf(most, fabsf(y[i]));
    assert_true(most > 0);
    for (int64_t i = 0; i < shape_count(&want->shape); i++)
        if (!(fabsf(x[i] - y[i]) <= tolerance * most))
            fail_msg("element %lld: %.9g instead of %.9g", (long long)i, (double)x[i],
                     (double)y[i]);
}

static void check(World *w, const Graph *g, float tolerance)
{
    const RefTensor *want = run(w, g), *got;
    const Graph *back = through_onnx(w, g);

    assert_int_equal(back->n_output, g->n_output);
    got = run(w, back);
    for (uint32_t i = 0; i < g->n_output; i++) {
        const Value *y = ir_val(g, g->output[i]);
        assert_string_equal(ir_val(back, back->output[i])->name, y->name);
        compare(&got[back->output[i].id], &want[g->output[i].id], tolerance);
    }
}

/* A bias, a residual and an activation round once when they are fused, and three times when not. */
static void check_folded(World *w, Graph *g)
{
    mnc_options options = { 0 };
    Job job = { .g = g, .options = &options, .d = &w->d };

    if (!pass_run_all(&job, "fuse_act"))
        explain(w, "passes");
    check(w, g, 1e-5F);
}

/* ---- nets ---- */

/* A net in an arena of its own: some take half a gigabyte. */
static void check_file(const char *path, const char *define)
{
    World *w = calloc(1, sizeof *w);
    const char *const defines[] = { define, NULL };
    Graph *g;

    if (!w || setjmp(w->oom)) {
        fail_msg("out of memory");
        return;
    }
    arena_init(&w->a, NULL, NULL, 0, &w->oom);
    diag_init(&w->d, &w->a);
    g = parse(w, path, defines);
    check(w, g, path_has_suffix(path, ".mnet") ? 1e-6F : 0);
    check_folded(w, g);
    arena_destroy(&w->a);
    free(w);
}

/* What takes long or much memory; the command line's test has its graph. */
static bool is_large(const char *name)
{
    return !strncmp(name, "vgg", 3) || !strcmp(name, "resnet152.mnet") || strstr(name, "_paddle");
}

static void specs(void **state)
{
    DIR *d = opendir(MODELS);
    char path[600];
    int n = 0;

    (void)state;
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        if (!path_has_suffix(e->d_name, ".mnet") || is_large(e->d_name))
            continue;
        snprintf(path, sizeof path, "%s/%s", MODELS, e->d_name);
        check_file(path, strcmp(e->d_name, "googlenet.mnet") ? "size=32" : "size=64");
        n++;
    }
    closedir(d);
    assert_true(n > 12);
}

static void run_fixture(const char *name)
{
    const char *dir = getenv("MNC_FIXTURES");
    char path[600];

    snprintf(path, sizeof path, "%s/%s/model.onnx", dir ? dir : MNC_TESTS "/../../shared/fixtures",
             name);
    if (access(path, R_OK)) {
        print_message("SKIP: there is no %s\n", path);
        skip();
    }
    check_file(path, NULL);
}

#define FIXTURE(name) static void name(void **state) { (void)state; run_fixture(#name); }
FIXTURE(efficientnet_lite0)
FIXTURE(mobilenet_v1)
FIXTURE(mobilenet_v2)
FIXTURE(mobilenet_v2_035_96)
FIXTURE(mobilenet_v2_keras)
FIXTURE(sepcnn_cifar10)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(specs),
        cmocka_unit_test(efficientnet_lite0),
        cmocka_unit_test(mobilenet_v1),
        cmocka_unit_test(mobilenet_v2),
        cmocka_unit_test(mobilenet_v2_035_96),
        cmocka_unit_test(mobilenet_v2_keras),
        cmocka_unit_test(sepcnn_cifar10),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
