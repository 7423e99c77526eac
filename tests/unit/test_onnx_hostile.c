/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_read on hostile files: damaged, cut off, nested without end, small files that want to become
 * large; and with every allocation failing in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/onnx.h"
#include "rt_job.h"
#include "support/onnx_text.h"

static bool read_model(Job *j, Bytes file)
{
    const OnnxOptions o = { .file = "net.onnx", .batch = 2 };

    return onnx_read(&j->a, file, &o, &j->d);
}

/* A bit of everything: initialisers, Constant, a function, a branch, shape arithmetic. */
static const char *const model =
    "opset 13\nopset my 1\nname net\ninput x float N,3,4,4\ninit w float 2,3,1,1 = *\n"
    "init h float16 - = 15360\nstem: Conv x w -> c | auto_pad=SAME_UPPER\nAdd c h -> d\n"
    "Shape d -> s\nConstant -> k | value=int64(2)[0,-1]\nReshape d k -> e\n"
    "f: my.F e -> g | alpha=0.5\nSize g -> n\nEqual n n -> q\nIf q -> y | then_branch=#t "
    "else_branch=#t\noutput y float\n"
    "function my.F a -> b : alpha\nopset 13\nLeakyRelu a -> b | alpha=@alpha\nend\n"
    "graph t\nRelu g -> r\noutput r\nend\n";

static void damaged(void **state)
{
    Job *j = *state;
    Bytes file = onnx_text_bytes(&j->a, model);

    assert_true(job_read(read_model, file.p, file.n, -1));
    job_torture(read_model, file, 1);
}

/* ---- nesting and repetition, which protobuf-c itself does not bound ---- */

/* prefix, then a length, then inner: a field that holds a message. */
static Bytes wrap(Arena *a, unsigned char tag, Bytes inner)
{
    unsigned char *p = arena_alloc(a, inner.n + 11), *q = p;

    *q++ = tag;
    for (size_t n = inner.n; ; n >>= 7) {
        *q++ = (unsigned char)(n & 127) | (n > 127 ? 128 : 0);
        if (n <= 127)
            break;
    }
    memcpy(q, inner.p, inner.n);
    return (Bytes){ p, (size_t)(q - p) + inner.n };
}

#define DAMAGED "net.onnx: error: is no ONNX model, or a damaged one: "

static void refused(Job *j, Bytes file, const char *messages)
{
    assert_false(read_model(j, file));
    assert_string_equal(job_messages(j), messages);
}

enum { LEN = 2, GRAPH = 7 << 3 | LEN, INPUT = 11 << 3 | LEN, TYPE = 2 << 3 | LEN,
       SEQUENCE = 4 << 3 | LEN, ELEM = 1 << 3 | LEN };

static void nested_types(void **state)
{
    Job *j = *state;
    Bytes b = { (const unsigned char *)"", 0 };

    for (int i = 0; i < 5000; i++)
        b = wrap(&j->a, i % 2 ? SEQUENCE : ELEM, b);
    b = wrap(&j->a, GRAPH, wrap(&j->a, INPUT, wrap(&j->a, TYPE, b)));
    assert_false(read_model(j, b));
    assert_non_null(strstr(job_messages(j), "the file nests too deeply"));
}

static void singular_twice(void **state)
{
    static const unsigned char two[] = { GRAPH, 2, INPUT, 0, GRAPH, 2, INPUT, 0 };
    Job *j = *state;

    refused(j, (Bytes){ two, sizeof two },
            DAMAGED "the file has a part twice that may stand only once, at byte 4\n");
}

static void many_empty_nodes(void **state)
{
    Job *j = *state;
    size_t n = (size_t)5 << 20;
    unsigned char *p = arena_alloc(&j->a, n);

    for (size_t i = 0; i < n; i += 2)
        p[i] = 1 << 3 | LEN;                   /* a node of no bytes */
    j->a.limit = (size_t)64 << 20;
    refused(j, wrap(&j->a, GRAPH, (Bytes){ p, n }), DAMAGED
            "the file has too many parts, at byte 4194307\n");
}

static void no_model(void **state)
{
    Job *j = *state;

    refused(j, (Bytes){ (const unsigned char *)"", 0 },
            "net.onnx: error: the model has no graph\n");
    refused(j, (Bytes){ (const unsigned char *)"\x89PNG", 4 },
            DAMAGED "the file is cut off, at byte 2\n");
    refused(j, (Bytes){ (const unsigned char *)"\x07\x01", 2 },
            DAMAGED "the file has a field of an unknown kind, at byte 0\n");
    refused(j, (Bytes){ (const unsigned char *)"\x38\x01", 2 },
            DAMAGED "the file has fields of the wrong kind\n");
}

/* ---- small files that ask for much ---- */

/* f0 calls f1 twice, f1 calls f2 twice ... */
static void functions_that_double(void **state)
{
    Job *j = *state;
    Buf b;

    buf_init(&b, &j->a);
    buf_str(&b, "opset 18\nopset my 1\ninput x float 2\nmy.f0 x -> y\noutput y\n");
    for (int i = 0; i < 30; i++)
        buf_printf(&b, "function my.f%d a -> c\nopset my 1\nmy.f%d a -> b\nmy.f%d b -> c\nend\n", i,
                   i + 1, i + 1);
    buf_str(&b, "function my.f30 a -> b\nopset 18\nNeg a -> b\nend\n");
    refused(j, onnx_text_bytes(&j->a, b.p),
            "net.onnx: error: the model is too large: more than 131072 nodes and operands, all "
            "functions inlined\n");
}

static void functions_too_deep(void **state)
{
    Job *j = *state;
    Buf b;

    buf_init(&b, &j->a);
    buf_str(&b, "opset 18\nopset my 1\ninput x float 2\nmy.f0 x -> y\noutput y\n");
    for (int i = 0; i < 40; i++)
        buf_printf(&b, "function my.f%d a -> b\nopset my 1\nc: my.f%d a -> b\nend\n", i, i + 1);
    buf_str(&b, "function my.f40 a -> b\nopset 18\nNeg a -> b\nend\n");
    assert_false(read_model(j, onnx_text_bytes(&j->a, b.p)));
    assert_non_null(strstr(job_messages(j), "functions and branches nest more than 32 deep"));
}

/* Shapes of 2^40 elements may appear; what is computed while reading must not. */
static void huge_constants(void **state)
{
    Job *j = *state;
    const char *text =
        "opset 13\ninput x float 2\ninit s int64 2 = 1048576 1048576\n"
        "ConstantOfShape s -> a | value=int64(1)[1]\nAdd a a -> b\nExpand x b -> y\noutput y\n";

    j->a.limit = 64 << 20;
    assert_false(read_model(j, onnx_text_bytes(&j->a, text)));
}

/* Long names inside nested calls would multiply. */
static void long_names(void **state)
{
    Job *j = *state;
    char *name = arena_alloc(&j->a, 100001);
    Buf b;

    memset(name, 'n', 100000);
    buf_init(&b, &j->a);
    buf_str(&b, "opset 18\nopset my 1\ninput x float 2\n");
    buf_printf(&b, "%s: my.F x -> y\noutput y\nfunction my.F a -> b\nopset my 1\n", name);
    for (int i = 0; i < 200; i++)
        buf_printf(&b, "%s: my.G a -> b%d\n", name, i);
    buf_printf(&b, "my.G a -> b\nend\nfunction my.G a -> b\nopset 18\nNeg a -> %s\n", name);
    buf_printf(&b, "Neg %s -> b\nend\n", name);
    j->a.limit = (size_t)1 << 28;
    assert_true(read_model(j, onnx_text_bytes(&j->a, b.p)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(damaged, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(nested_types, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(singular_twice, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(many_empty_nodes, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(no_model, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(functions_that_double, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(functions_too_deep, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(huge_constants, job_setup, job_teardown),
        cmocka_unit_test_setup_teardown(long_names, job_setup, job_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
