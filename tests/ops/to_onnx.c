/* SPDX-License-Identifier: Apache-2.0 */
/* to_onnx: every case of every table as an ONNX model, read back: the same results.
 *
 * One node is the same bits, unless it has numbers that are doubles here and floats there.  What
 * opset 17 has no node for is composed, and rounds more often; or it must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/onnx.h"
#include "frontend/onnx_export.h"
#include "ref/ref.h"
#include "tables.h"

#include <math.h>
#include <string.h>

typedef struct World {
    Arena a;
    jmp_buf oom;
    Diag d;
    const Case *c;
} World;

static const Table tables[] = {
    { "linear", cases_linear, &n_cases_linear, true },
    { "reduce", cases_reduce, &n_cases_reduce, true },
    { "elementwise", cases_elementwise, &n_cases_elementwise, true },
    { "move", cases_move, &n_cases_move, true },
    { NULL, NULL, NULL, false }
};

static void complain(World *w, const char *what)
{
    Buf b;

    buf_init(&b, &w->a);
    diag_print(&w->d, &b);
    fail_msg("%s: %s\n%s", op_info[w->c->op].name, what, b.p);
}

/* What must be refused: an operator that is not made for these numbers, or came later. */
static const struct { Op op; const char *type; AttrName attr; const char *word; } refused[] = {
    { OP_matmul, "u8", A_none, NULL }, { OP_max_pool, "i64", A_none, NULL },
    { OP_reduce_sum, "u8", A_none, NULL }, { OP_celu, "f64", A_none, NULL },
    { OP_pow, "u8", A_none, NULL }, { OP_pad, "f32", A_mode, "wrap" },
    { OP_resize, "f32", A_coord, "half_pixel_symmetric" }, { OP_avg_pool, "f32", A_dilation, NULL },
};

static bool has_attr(const Case *c, AttrName name, const char *word)
{
    for (int i = 0; i < 6 && c->attr[i].name; i++)
        if (c->attr[i].name == name)
            return !word || !strcmp(c->attr[i].u.word, word);
    return name == A_none;
}

static bool is_refused(const Case *c)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (refused[i].op == c->op && has_attr(c, refused[i].attr, refused[i].word)
            && !strncmp(c->in[0], refused[i].type, strlen(refused[i].type)))
            return true;
    return false;
}

/* Several nodes where we have one, or a number of less precision. */
static bool may_round(const Case *c)
{
    for (int k = 0; k < IR_MAX_ATTR; k++)
        if (op_info[c->op].attr[k].type == ATTR_FLOAT)
            return true;
    return c->act.op || c->op == OP_silu || c->op == OP_mish || c->op == OP_gelu
        || ((c->op == OP_conv || c->op == OP_dense) && c->in[3]);
}

static double element(const RefTensor *t, int64_t i)
{
    return t->dtype == DT_F32 ? (double)((float *)t->data)[i] : ((double *)t->data)[i];
}

static void compare(World *w, const RefTensor *got, const RefTensor *want)
{
    int64_t n = shape_count(&want->shape);
    double most = 1;

    if (got->dtype != want->dtype || !shape_equal(&got->shape, &want->shape))
        complain(w, "another type or shape");
    if (!memcmp(got->data, want->data, (size_t)n * dtype_info[want->dtype].size))
        return;
    if (!may_round(w->c) || (want->dtype != DT_F32 && want->dtype != DT_F64))
        complain(w, "other bits");
    for (int64_t i = 0; i < n; i++)
        most = fmax(most, fabs(element(want, i)));
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(element(got, i) - element(want, i)) <= 4e-7 * most))
            complain(w, "other numbers");
}

static const RefTensor *results(World *w, Net *net, const Graph *g)
{
    const void **in = arena_new_n(&w->a, const void *, g->n_input);
    RefTensor *all;

    for (uint32_t i = 0; i < g->n_input; i++) {
        const Value *v = ir_val(g, g->input[i]);
        void *p = arena_array(&w->a, (size_t)shape_count(&v->shape), dtype_info[v->dtype].size);
        fill(p, v->dtype, shape_count(&v->shape), net->in[i]);
        in[i] = p;
    }
    if (!ref_run(g, in, &w->a, &all, &w->d))
        complain(w, "no reference");
    return all;
}

/* Nothing is written, and one message says of which result and why. */
static void check_refusal(World *w, const Buf *b)
{
    const char *want = arena_printf(&w->a, "'y': opset 17 has no %s ", op_info[w->c->op].name);

    assert_int_equal(b->n, 0);
    assert_int_equal(w->d.n_error, 1);
    assert_memory_equal(w->d.first->text, want, strlen(want));
}

static void round_trip(World *w, Net *net)
{
    const RefTensor *want = results(w, net, net->g), *got;
    OnnxOptions o = { .file = "x.onnx" };
    bool written;
    Graph *g;
    Buf b;

    buf_init(&b, &w->a);
    written = onnx_write(net->g, &b, &w->d);
    if (written == is_refused(w->c))
        complain(w, written ? "opset 17 cannot say this" : "cannot be written");
    if (!written) {
        check_refusal(w, &b);
        return;
    }
    g = onnx_read(&w->a, (Bytes){ (const unsigned char *)b.p, b.n }, &o, &w->d);
    if (!g || !ir_check(g, "import", &w->d))
        complain(w, "cannot be read");
    assert_int_equal(g->n_input, net->g->n_input);
    assert_int_equal(g->n_output, net->g->n_output);
    got = results(w, net, g);
    for (uint32_t i = 0; i < g->n_output; i++)
        compare(w, &got[g->output[i].id], &want[net->g->output[i].id]);
}

static void try_case(const Case *c, int64_t channels)
{
    World w = { .c = c };
    Net *net;

    if (setjmp(w.oom)) {
        fail_msg("out of memory");
        return;
    }
    arena_init(&w.a, NULL, NULL, 0, &w.oom);
    diag_init(&w.d, &w.a);
    net = arena_new(&w.a, Net);
    net->g = ir_new(&w.a);
    net->g->name = "case";
    net->d = &w.d;
    if (!add_case(net, c, channels, DENSE))
        complain(&w, "no case");
    round_trip(&w, net);
    arena_destroy(&w.a);
}

static void every_case(void **state)
{
    (void)state;
    for (const Table *t = tables; t->name; t++)
        for (size_t k = 0; k < *t->n; k++)
            for (int64_t channels = 1; channels <= 5; channels += 4)
                try_case(&t->cases[k], channels);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_case) };

    return cmocka_run_group_tests_name("ops.to_onnx", tests, NULL, NULL);
}
