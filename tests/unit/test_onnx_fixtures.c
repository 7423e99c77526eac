/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_read on whole models by PyTorch's two exporters and by Keras (../shared/fixtures): what the
 * reference computes from the graph is what ONNX Runtime and PyTorch computed from the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/onnx.h"
#include "ref/ref.h"
#include "rt_job.h"

#include <math.h>

/* The tensor in a .pb file of a test data set. */
static RefTensor stored(Job *j, const char *folder, const char *file)
{
    const char *path = arena_printf(&j->a, "%s/test_data_set_0/%s", folder, file);
    OnnxTensor t;
    Bytes b;

    if (!file_read(&j->a, path, &b, &j->d)
        || !onnx_tensor(&j->a, b, &t, &j->d))
        fail_msg("%s", job_messages(j));
    return (RefTensor){ t.dtype, t.shape, (void *)(uintptr_t)t.data };
}

static Graph *read_model(Job *j, const char *folder)
{
    const char *path = arena_printf(&j->a, "%s/model.onnx", folder);
    OnnxOptions o = { .file = path, .dir = arena_printf(&j->a, "%s/", folder) };
    Graph *g;
    Bytes b;

    if (!file_read(&j->a, path, &b, &j->d))
        fail_msg("%s", job_messages(j));
    g = onnx_read(&j->a, b, &o, &j->d);
    if (!g || !ir_check(g, "import", &j->d))
        fail_msg("%s", job_messages(j));
    assert_string_equal(job_messages(j), "");
    return g;
}

/* The fixtures' README: up to 2e-5 of the largest output needs no explanation. */
static void compare(const RefTensor *got, const RefTensor *want)
{
    const float *x = got->data, *y = want->data;
    float largest = 0, off = 0;

    assert_int_equal(got->dtype, DT_F32);
    assert_int_equal(want->dtype, DT_F32);
    assert_true(shape_equal(&got->shape, &want->shape));
    for (int64_t i = 0; i < shape_count(&want->shape); i++) {
        largest = fmaxf(largest, fabsf(y[i]));
        off = fmaxf(off, fabsf(x[i] - y[i]));
    }
    assert_true(largest > 0 && off <= 2e-5F * largest);
}

static const char *fixtures(void)
{
    const char *dir = getenv("MNC_FIXTURES");

    return dir ? dir : MNC_TESTS "/../../shared/fixtures";
}

static bool present(const char *folder)
{
    FILE *f = fopen(folder, "r");

    if (f)
        fclose(f);
    return f;
}

static void run_fixture(Job *j, const char *name)
{
    const char *folder = arena_printf(&j->a, "%s/%s", fixtures(), name);
    RefTensor in, want, *all;
    Graph *g;

    if (!present(folder)) {
        print_message("SKIP: there is no %s\n", folder);
        skip();
    }
    g = read_model(j, folder);
    in = stored(j, folder, "input_0.pb");
    want = stored(j, folder, "output_0.pb");
    assert_int_equal(g->n_input, 1);
    assert_int_equal(g->n_output, 1);
    assert_true(shape_equal(&ir_val(g, g->input[0])->shape, &in.shape));
    assert_true(ref_run(g, (const void *[]){ in.data }, &j->a, &all, &j->d));
    compare(&all[g->output[0].id], &want);
}

#define FIXTURE(name) static void name(void **state) { run_fixture(*state, #name); }
FIXTURE(efficientnet_lite0)
FIXTURE(mobilenet_v1)
FIXTURE(mobilenet_v2)
FIXTURE(mobilenet_v2_035_96)
FIXTURE(mobilenet_v2_keras)
FIXTURE(sepcnn_cifar10)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(efficientnet_lite0, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(mobilenet_v1, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(mobilenet_v2, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(mobilenet_v2_035_96, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(mobilenet_v2_keras, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(sepcnn_cifar10, job_setup, job_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
