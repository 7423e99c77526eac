/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_tensor: TensorProto files of every type, by raw_data and by typed fields, and wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/onnx.h"
#include "rt_job.h"
#include "support/onnx_text.h"

typedef struct Read {
    bool ok;
    OnnxTensor t;
} Read;

static Read read_pb(Job *j, const Onnx__TensorProto *t)
{
    Read r = { 0 };

    r.ok = onnx_tensor(&j->a, onnx_pack(&j->a, t), &r.t, &j->d);
    assert_int_equal(!r.ok, j->d.n_error != 0);
    return r;
}

/* The numbers of the tensor are 1, 2, 3 whatever its type. */
static void check_123(const Read *r, DType t)
{
    Value v = { .dtype = t, .data = r->t.data };

    assert_true(r->ok);
    assert_int_equal(r->t.dtype, t);
    assert_int_equal(r->t.shape.rank, 1);
    assert_int_equal(r->t.shape.dim[0], 3);
    assert_int_equal((uintptr_t)r->t.data % 16, 0);
    for (int64_t i = 0; i < 3; i++)
        assert_true(ir_element(&v, i) == (double)(i + 1));
}

static void raw(void **state)
{
    static const struct { const char *text; DType t; } line[] = {
        { "float 3 = 1 2 3", DT_F32 }, { "double 3 = 1 2 3", DT_F64 },
        { "int8 3 = 1 2 3", DT_I8 }, { "uint8 3 = 1 2 3", DT_U8 },
        { "int16 3 = 1 2 3", DT_I16 }, { "uint16 3 = 1 2 3", DT_U16 },
        { "int32 3 = 1 2 3", DT_I32 }, { "uint32 3 = 1 2 3", DT_U32 },
        { "int64 3 = 1 2 3", DT_I64 }, { "uint64 3 = 1 2 3", DT_U64 },
        { "bfloat16 3 = 1 2 3", DT_F32 }, { "float16 3 = 15360 16384 16896", DT_F16 },
    };
    Job *j = *state;

    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        Read r = read_pb(j, onnx_text_tensor(&j->a, line[i].text));
        check_123(&r, line[i].t);
        assert_string_equal(r.t.name, "");
    }
}

/* int32_data holds every type up to 32 bits, float16 and bfloat16 as their bits. */
static void typed(void **state)
{
    static int32_t small[] = { 1, 2, 3 }, half[] = { 15360, 16384, 16896 };
    static int32_t brain[] = { 0x3f80, 0x4000, 0x4040 };
    static float f32[] = { 1, 2, 3 };
    static double f64[] = { 1, 2, 3 };
    static int64_t i64[] = { 1, 2, 3 };
    static uint64_t u64[] = { 1, 2, 3 };
    static const DType by_small[] = { DT_I8, DT_U8, DT_I16, DT_U16, DT_I32 };
    Job *j = *state;
    Onnx__TensorProto *t = onnx_text_tensor(&j->a, "float 3");
    Read r;

    t->name = arena_strdup(&j->a, "w");
    t->float_data = f32, t->n_float_data = 3;
    r = read_pb(j, t);
    check_123(&r, DT_F32);
    assert_string_equal(r.t.name, "w");
    t->double_data = f64, t->n_double_data = 3, t->data_type = 11;
    r = read_pb(j, t);
    check_123(&r, DT_F64);
    t->int64_data = i64, t->n_int64_data = 3, t->data_type = 7;
    r = read_pb(j, t);
    check_123(&r, DT_I64);
    t->uint64_data = u64, t->n_uint64_data = 3, t->data_type = 13;
    r = read_pb(j, t);
    check_123(&r, DT_U64);
    t->data_type = 12;
    r = read_pb(j, t);
    check_123(&r, DT_U32);
    t->int32_data = small, t->n_int32_data = 3;
    for (size_t i = 0; i < sizeof by_small / sizeof *by_small; i++) {
        t->data_type = dtype_info[by_small[i]].onnx;
        r = read_pb(j, t);
        check_123(&r, by_small[i]);
    }
    t->int32_data = half, t->data_type = 10;
    r = read_pb(j, t);
    check_123(&r, DT_F16);
    t->int32_data = brain, t->data_type = 16;
    r = read_pb(j, t);
    check_123(&r, DT_F32);
}

/* Whatever byte says true in the file, 1 does in memory. */
static void bools(void **state)
{
    Job *j = *state;
    Read r = read_pb(j, onnx_text_tensor(&j->a, "bool 4 = 0 1 2 255"));

    assert_true(r.ok);
    assert_int_equal(r.t.dtype, DT_BOOL);
    assert_memory_equal(r.t.data, "\0\1\1\1", 4);
}

static void scalars_and_empty(void **state)
{
    Job *j = *state;
    Read r = read_pb(j, onnx_text_tensor(&j->a, "double - = 2.5"));

    assert_true(r.ok && r.t.shape.rank == 0 && *(const double *)r.t.data == 2.5);
    r = read_pb(j, onnx_text_tensor(&j->a, "float 2,0,3"));
    assert_true(r.ok && r.t.shape.rank == 3 && r.t.data);
    r = read_pb(j, onnx_text_tensor(&j->a, "int64 0 ="));
    assert_true(r.ok && r.t.shape.rank == 1 && r.t.data);
}

static void refused(Job *j, const Onnx__TensorProto *t, const char *messages)
{
    Read r = read_pb(j, t);

    assert_false(r.ok);
    assert_string_equal(job_messages(j), messages);
}

static void wrong(void **state)
{
    Job *j = *state;
    Onnx__TensorProto__Segment segment = ONNX__TENSOR_PROTO__SEGMENT__INIT;
    Onnx__TensorProto *t = onnx_text_tensor(&j->a, "float 3 = 1 2 3");
    Bytes broken = { (const unsigned char *)"\x0a", 1 };
    Read r;

    refused(j, onnx_text_tensor(&j->a, "float 3 = 1 2"),
            "tensor: error: has 8 bytes in raw_data, but its shape needs 12\n");
    refused(j, onnx_text_tensor(&j->a, "string 3"),
            "tensor: error: is of type string, which is not supported\n");
    t->segment = &segment;
    refused(j, t, "tensor: error: is a segment of a tensor, which is not supported\n");
    t->segment = NULL;
    t->has_data_location = 1;
    t->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
    refused(j, t, "tensor: error: has its data in another file, which cannot be read here\n");
    t->has_data_type = 0;
    refused(j, t, "tensor: error: is of type undefined, which is not supported\n");
    assert_false(onnx_tensor(&j->a, broken, &r.t, &j->d));
    assert_string_equal(job_messages(j), "tensor: error: is no TensorProto: the file ends in the "
                                         "middle of a number, at byte 1\n");
}

static bool read_any(Job *j, Bytes file)
{
    Read r;

    return onnx_tensor(&j->a, file, &r.t, &j->d);
}

static void damaged(void **state)
{
    Job *j = *state;
    Onnx__TensorProto *t = onnx_text_tensor(&j->a, "bfloat16 2,3 = 1 2 3 4 5 6");

    t->name = arena_strdup(&j->a, "name");
    job_torture(read_any, onnx_pack(&j->a, t), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(raw, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(typed, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(bools, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(scalars_and_empty, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(wrong, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(damaged, job_setup, job_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
