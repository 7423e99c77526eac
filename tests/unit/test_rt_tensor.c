/* SPDX-License-Identifier: Apache-2.0 */
/* Tensor files: what numpy and ONNX write is read, what they would not is refused with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "tensor.h"

#include "onnx.pb-c.h"

#include <zlib.h>

/* A .npy file of version 1.0 around a header and the data 0, 1, 2 ... */
static Bytes npy(Job *j, const char *header, size_t data_bytes)
{
    Buf b;
    size_t n = strlen(header);

    buf_init(&b, &j->a);
    buf_put(&b, "\x93NUMPY\1\0", 8);
    buf_char(&b, (char)n);
    buf_char(&b, (char)(n >> 8));
    buf_str(&b, header);
    for (size_t i = 0; i < data_bytes; i++)
        buf_char(&b, (char)i);
    return (Bytes){ (const unsigned char *)b.p, b.n };
}

static Bytes written(Buf *b)
{
    return (Bytes){ (const unsigned char *)b->p, b->n };
}

static void reads_both_byte_orders_and_fortran_order(void **state)
{
    Job *j = *state;
    RtTensor t;
    Bytes f = npy(j, "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }", 12);

    assert_true(rt_read_npy(&j->a, "x.npy", f, &t, &j->d));
    assert_int_equal(t.dtype, RT_INT16);
    assert_int_equal(t.rank, 2);
    /* stored by columns: (0,0) (1,0) (0,1) ... as 0x0001 0x0203 0x0405 ... */
    assert_int_equal(((int16_t *)t.data)[0], 0x0001);
    assert_int_equal(((int16_t *)t.data)[1], 0x0405);
    assert_int_equal(((int16_t *)t.data)[2], 0x0809);
    assert_int_equal(((int16_t *)t.data)[3], 0x0203);
    f = npy(j, "{'shape':(), 'descr':'|b1', 'fortran_order':False}", 1);
    assert_true(rt_read_npy(&j->a, "x.npy", f, &t, &j->d));
    assert_int_equal(t.rank, 0);
    assert_int_equal(rt_count(&t), 1);
}

static void refuses_bad_headers_with_a_reason(void **state)
{
    static const struct { const char *header; size_t bytes; const char *reason; } bad[] = {
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 7, "has 7 bytes of data" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 9, "needs 8" },
        { "{'descr': '<f4', 'fortran_order': False, }", 0, "lacks" },
        { "{'descr': '<f4', 'descr': '<f4', }", 0, "doubled key" },
        { "{'descr': '<c8', 'fortran_order': False, 'shape': (), }", 8, "element type" },
        { "{'descr': '|O', 'fortran_order': False, 'shape': (), }", 8, "pickled" },
        { "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (), }", 4, "records" },
        { "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (), }", 4, "fortran_order" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4, "shape is damaged" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }", 4,
          "too large" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 4,
          "shape is damaged" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (3037000500, 3037000500, 0), }", 0,
          "too large" },
        { "{'descr': '<f4', 'fortran_order': False, "
          "'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1), }", 4, "16 dimensions" },
        { "{'descr': '<f4", 4, "records" },
        { "", 4, "header is damaged" },
    };
    Job *j = *state;
    RtTensor t;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(rt_read_npy(&j->a, "x.npy", npy(j, bad[i].header, bad[i].bytes), &t, &j->d));
        const char *said = job_messages(j);
        if (!strstr(said, bad[i].reason))
            fail_msg("case %zu says: %s", i, said);
    }
}

static RtTensor sample(Job *j, int dtype, const char *name)
{
    static const int64_t dim[3] = { 2, 1, 5 };
    RtTensor t;

    assert_true(rt_tensor_shape(&t, dtype, 3, dim));
    t.name = name;
    t.data = arena_alloc(&j->a, t.bytes);
    for (size_t i = 0; i < t.bytes; i++)
        ((unsigned char *)t.data)[i] = (unsigned char)(dtype == RT_BOOL ? i & 1 : i * 7);
    return t;
}

static void assert_same(const RtTensor *a, const RtTensor *b)
{
    assert_int_equal(a->dtype, b->dtype);
    assert_true(rt_same_shape(a, b->rank, b->dim));
    assert_memory_equal(a->data, b->data, a->bytes);
}

static void every_type_survives_npy(void **state)
{
    Job *j = *state;

    for (int dtype = 0; dtype < 20; dtype++) {
        RtTensor t, back;
        Buf b;
        if (!rt_type(dtype))
            continue;
        t = sample(j, dtype, "");
        buf_init(&b, &j->a);
        rt_write_npy(&b, &t);
        assert_int_equal((b.n - t.bytes) % 64, 0);
        assert_true(rt_read_npy(&j->a, "x.npy", written(&b), &back, &j->d));
        assert_same(&t, &back);
    }
}

static Bytes sample_npz(Job *j, RtTensor t[2])
{
    Buf b;

    t[0] = sample(j, RT_FLOAT32, "a/b:0");
    t[1] = sample(j, RT_INT64, "second");
    buf_init(&b, &j->a);
    assert_true(rt_write_npz(&j->a, &b, t, 2, "x.npz", &j->d));
    return written(&b);
}

static void npz_keeps_names_and_values(void **state)
{
    Job *j = *state;
    RtTensors back;
    RtTensor t[2];
    Bytes f = sample_npz(j, t);

    assert_true(rt_is_npz(f));
    assert_true(rt_read_npz(&j->a, "x.npz", f, &back, &j->d));
    assert_int_equal(back.n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(back.t[i].name, t[i].name);
        assert_same(&back.t[i], &t[i]);
    }
}

static void put(Buf *b, uint64_t x, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_char(b, (char)(i < 8 ? x >> 8 * i : 0));
}

/* A zip file of one deflated member "x.npy", whose directory claims the given size. */
static Bytes deflated(Job *j, Bytes npy_file, size_t claimed)
{
    uLong crc = crc32(crc32(0, NULL, 0), npy_file.p, (uInt)npy_file.n), n;
    unsigned char packed[1000];
    z_stream z = { .next_in = (Bytef *)(uintptr_t)npy_file.p, .avail_in = (uInt)npy_file.n,
                   .next_out = packed, .avail_out = sizeof packed };
    Buf b;

    deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    n = z.total_out;
    deflateEnd(&z);
    buf_init(&b, &j->a);
    for (int central = 0; central < 2; central++) {
        put(&b, central ? 0x02014b50 : 0x04034b50, 4);
        put(&b, 20, central ? 4 : 2);                  /* versions */
        put(&b, 0, 2);
        put(&b, 8, 2);
        put(&b, 0, 4);
        put(&b, crc, 4);
        put(&b, n, 4);
        put(&b, claimed, 4);
        put(&b, 5, 2);
        put(&b, 0, central ? 16 : 2);
        buf_str(&b, "x.npy");
        if (!central)
            buf_put(&b, packed, n);
    }
    put(&b, 0x06054b50, 8);
    put(&b, 1, 2);
    put(&b, 1, 2);
    put(&b, 46 + 5, 4);
    put(&b, 30 + 5 + n, 4);
    put(&b, 0, 2);
    return written(&b);
}

static void npz_inflates_and_finds_lies(void **state)
{
    Job *j = *state;
    Bytes f = npy(j, "{'descr': '|u1', 'fortran_order': False, 'shape': (200,), }", 200);
    RtTensors t;

    assert_true(rt_read_npz(&j->a, "x.npz", deflated(j, f, f.n), &t, &j->d));
    assert_int_equal(t.n, 1);
    assert_int_equal(((uint8_t *)t.t[0].data)[199], 199);
    assert_false(rt_read_npz(&j->a, "x.npz", deflated(j, f, f.n - 1), &t, &j->d));
    assert_string_equal(job_messages(j), "x.npz: error: member 'x.npy' is damaged\n");
    assert_false(rt_read_npz(&j->a, "x.npz", deflated(j, f, 0xfffffff0), &t, &j->d));
    assert_string_equal(job_messages(j), "x.npz: error: member 'x.npy' lies about its size\n");
}

static Bytes sample_pb(Job *j, Onnx__TensorProto *p)
{
    size_t n = onnx__tensor_proto__get_packed_size(p);
    unsigned char *out = arena_alloc(&j->a, n);

    onnx__tensor_proto__pack(p, out);
    return (Bytes){ out, n };
}

static void pb_reads_raw_and_typed_fields(void **state)
{
    Job *j = *state;
    int64_t dim[1] = { 3 };
    float raw[3] = { 1, -2, 0.5F };
    int32_t small[3] = { -1, 127, -128 }, halves[3] = { 0x3c00, 0xc000, 0x7bff };
    Onnx__TensorProto p = ONNX__TENSOR_PROTO__INIT;
    RtTensor t;

    p.n_dims = 1;
    p.dims = dim;
    p.has_data_type = p.has_raw_data = 1;
    p.data_type = RT_FLOAT32;
    p.raw_data.len = sizeof raw;
    p.raw_data.data = (uint8_t *)raw;
    assert_true(rt_read_pb(&j->a, "x.pb", sample_pb(j, &p), &t, &j->d));
    assert_memory_equal(t.data, raw, sizeof raw);
    p.has_raw_data = 0;
    p.data_type = RT_INT8;
    p.n_int32_data = 3;
    p.int32_data = small;
    assert_true(rt_read_pb(&j->a, "x.pb", sample_pb(j, &p), &t, &j->d));
    for (int i = 0; i < 3; i++)
        assert_int_equal(((int8_t *)t.data)[i], small[i]);
    p.data_type = RT_FLOAT16;
    p.int32_data = halves;
    assert_true(rt_read_pb(&j->a, "x.pb", sample_pb(j, &p), &t, &j->d));
    assert_true(rt_element(&t, 0) == 1 && rt_element(&t, 1) == -2 && rt_element(&t, 2) == 65504);
}

static void pb_refuses_contradictions(void **state)
{
    Job *j = *state;
    int64_t dim[2] = { 3, 1 };
    float f[3] = { 0 };
    Onnx__TensorProto p = ONNX__TENSOR_PROTO__INIT;
    RtTensor t;

    p.n_dims = 2;
    p.dims = dim;
    p.has_data_type = 1;
    p.data_type = RT_FLOAT32;
    p.n_float_data = 2;
    p.float_data = f;
    assert_false(rt_read_pb(&j->a, "x.pb", sample_pb(j, &p), &t, &j->d));
    assert_string_equal(job_messages(j), "x.pb: error: is not a tensor that can be read: float32 "
                                         "of shape (3,1) needs 12 bytes, but it has 8\n");
    dim[0] = INT64_C(1) << 62;
    assert_false(rt_read_pb(&j->a, "x.pb", sample_pb(j, &p), &t, &j->d));
    assert_non_null(strstr(job_messages(j), "negative or too large"));
    dim[0] = -3;
    assert_false(rt_read_pb(&j->a, "x.pb", sample_pb(j, &p), &t, &j->d));
    assert_non_null(strstr(job_messages(j), "negative or too large"));
    p.data_type = 8;
    assert_false(rt_read_pb(&j->a, "x.pb", sample_pb(j, &p), &t, &j->d));
    assert_non_null(strstr(job_messages(j), "of type string (8)"));
    assert_false(rt_read_pb(&j->a, "x.pb", (Bytes){ (const unsigned char *)"\xff\xff", 2 }, &t,
                            &j->d));
    assert_non_null(strstr(job_messages(j), "no protobuf message"));
}

static bool read_npy(Job *j, Bytes f)
{
    RtTensor t;

    return rt_read_npy(&j->a, "x", f, &t, &j->d);
}

static bool read_npz(Job *j, Bytes f)
{
    RtTensors t;

    return rt_read_npz(&j->a, "x", f, &t, &j->d);
}

static bool read_pb(Job *j, Bytes f)
{
    RtTensor t;

    return rt_read_pb(&j->a, "x", f, &t, &j->d);
}

static void damage_never_crashes(void **state)
{
    Job *j = *state;
    int64_t dim[1] = { 3 };
    float f[3] = { 1, 2, 3 };
    Onnx__TensorProto p = ONNX__TENSOR_PROTO__INIT;
    RtTensor t[2];
    Bytes n = npy(j, "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }", 24);

    assert_int_equal(job_torture(read_npy, n, 1), 0);
    assert_int_equal(job_torture(read_npz, sample_npz(j, t), 1), 0);
    assert_int_equal(job_torture(read_npz, deflated(j, n, n.n), 1), 0);
    p.n_dims = 1;
    p.dims = dim;
    p.has_data_type = 1;
    p.data_type = RT_FLOAT32;
    p.n_float_data = 3;
    p.float_data = f;
    p.name = (char *)(uintptr_t)"name";
    job_torture(read_pb, sample_pb(j, &p), 1);         /* a name that is cut off is no loss */
}

static void halves_are_exact(void **state)
{
    (void)state;
    assert_true(rt_half(0x0001) == 0x1p-24F);
    assert_true(rt_half(0x03ff) == 0x1.ff8p-15F);
    assert_true(rt_half(0x0400) == 0x1p-14F);
    assert_true(rt_half(0xfbff) == -65504.0F);
    assert_true(rt_half(0x7c00) > 65504.0F && rt_half(0x7e00) != rt_half(0x7e00));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_both_byte_orders_and_fortran_order, job_setup,
                                        job_teardown),
        cmocka_unit_test_setup_teardown(refuses_bad_headers_with_a_reason, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(every_type_survives_npy, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(npz_keeps_names_and_values, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(npz_inflates_and_finds_lies, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(pb_reads_raw_and_typed_fields, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(pb_refuses_contradictions, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(damage_never_crashes, job_setup, job_teardown),
        cmocka_unit_test(halves_are_exact),
    };

    return cmocka_run_group_tests_name("rt_tensor", tests, NULL, NULL);
}
