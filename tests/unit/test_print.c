/* SPDX-License-Identifier: Apache-2.0 */
/* The graph's text form: what ir_print writes, mnet_read makes into the same graph again.
 *
 * Random graphs are made of all ops: operands and attributes are drawn until the shape rule takes
 * them.  Names, numbers and data are as odd as they may be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/mnet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Arena arena;
static jmp_buf oom;

/* Out of memory must not pass for a test that has passed. */
static void with_arena(void (*test)(void))
{
    if (setjmp(oom)) {
        fail_msg("out of memory");
        return;
    }
    arena_init(&arena, NULL, NULL, (size_t)1 << 30, &oom);
    test();
    arena_destroy(&arena);
}

static const char *print(const Graph *g, uint32_t inline_max, Buf *data, const char *data_name)
{
    PrintOptions o = { .inline_max = inline_max, .data = data, .data_name = data_name };
    Buf b;

    buf_init(&b, &arena);
    ir_print(g, &o, &b);
    return b.p;
}

/* Reads what must be right; shows the messages when it is not. */
static Graph *read_text(const char *text, const char *dir)
{
    MnetOptions o = { .file = "t.mnet", .dir = dir };
    Bytes bytes = { (const unsigned char *)text, strlen(text) };
    Diag d;
    Graph *g;
    Buf b;

    diag_init(&d, &arena);
    g = mnet_read(&arena, bytes, &o, &d);
    if (!g) {
        buf_init(&b, &arena);
        diag_print(&d, &b);
        fprintf(stderr, "%s\n%s\n", text, b.p);
    }
    assert_non_null(g);
    return g;
}

/* ---- random graphs ---- */

static uint64_t seed;

static uint32_t draw(uint32_t n)
{
    uint64_t z = seed += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (uint32_t)((z ^ z >> 31) >> 32) % n;
}

static const char *draw_name(void)
{
    static const char *const odd[] = {
        "x", "conv", "relu", "a/b:0", "block3.expand", "474", "*/ int x; /*", "\"", "back\\slash",
        "input", "_", "a b", "new\nline", "\x01", "\xc3\xa9t\xc3\xa9", "x_1", "nan", "-1", ".",
        "name", "end#", "f32", "in", "v[0]", "relu6", "same", "bn", "none",
    };

    return odd[draw(sizeof odd / sizeof *odd)];
}

static Shape draw_shape(void)
{
    Shape s = { .rank = draw(4) ? 4 : draw(6) };

    for (uint32_t i = 0; i < s.rank; i++)
        s.dim[i] = draw(20) ? 1 + draw(3) : draw(7);
    return s;
}

/* Any bits, but one kind of nan: the text does not keep a nan's payload. */
static void draw_data(void *to, DType t, int64_t n)
{
    for (int64_t i = 0; i < n * (int64_t)dtype_info[t].size; i++)
        ((uint8_t *)to)[i] = (uint8_t)draw(t == DT_BOOL ? 2 : 256);
    for (int64_t i = 0; i < n; i++) {
        float *f = (float *)to + i;
        double *d = (double *)to + i;
        uint16_t *h = (uint16_t *)to + i;
        if (t == DT_F32 && !(*f == *f))
            *f = strtof("nan", NULL);
        if (t == DT_F64 && !(*d == *d))
            *d = strtod("nan", NULL);
        if (t == DT_F16 && (*h & 0x7c00) == 0x7c00)
            *h = draw(2) ? 0x7e00 : draw(2) ? 0x7c00 : 0xfc00;
    }
}

/* Mostly floats, which most ops want. */
static ValueId draw_source(Graph *g, ValueKind kind)
{
    DType t = draw(4) ? DT_F32 : (DType)(1 + draw(DT_COUNT - 1));
    Shape s = draw_shape();
    ValueId v = ir_value(g, draw_name(), kind, t, &s, (Pos){ 0 });
    size_t bytes = (size_t)shape_count(&s) * dtype_info[t].size;

    if (kind == VAL_PARAM || kind == VAL_CONST || (kind == VAL_STATE && draw(2))) {
        void *data = arena_alloc(&arena, bytes);
        draw_data(data, t, shape_count(&s));
        ir_val(g, v)->data = data;
    }
    return v;
}

static Attr draw_attr(const Attr *like)
{
    static const char *const words[] = { "none", "tanh", "f32", "i64", "linear", "floor", "edge",
                                         "reflect", "asymmetric", "align_corners", "bool" };
    static const double floats[] = { 0, -0.0, 1, 1e-5, (double)0.1F, 1e300, -1, 6, 3.5 };
    int64_t *v = arena_new_n(&arena, int64_t, 8);
    uint32_t n = draw(3) ? 2U << draw(2) : draw(9);

    switch (like->type) {
    case ATTR_INT: return attr_int(like->name, (int64_t)draw(5) - 2);
    case ATTR_FLOAT: return attr_float(like->name, floats[draw(9)]);
    case ATTR_WORD: return attr_word(like->name, words[draw(11)]);
    default: break;
    }
    for (uint32_t i = 0; i < n; i++)
        v[i] = (int64_t)draw(4) - !draw(9);
    return attr_ints(like->name, v, n);
}

/* A constant of x's type, whose dimensions are drawn where dim is 0. */
static ValueId draw_const(Graph *g, ValueId x, uint32_t rank, const int64_t *dim)
{
    Shape s = { .rank = rank };
    DType t = ir_val(g, x)->dtype;
    ValueId v;
    void *data;

    for (uint32_t i = 0; i < rank; i++)
        s.dim[i] = dim[i] ? dim[i] : (int64_t)draw(3) + 1;
    data = arena_alloc(&arena, (size_t)shape_count(&s) * dtype_info[t].size);
    draw_data(data, t, shape_count(&s));
    v = ir_value(g, draw_name(), VAL_PARAM, t, &s, (Pos){ 0 });
    ir_val(g, v)->data = data;
    return v;
}

/* Training's ops: vectors of channels at 1 .. count, everything else as operand 0. */
static void fit_train(Graph *g, Op op, ValueId *in, uint32_t n)
{
    const Shape x = ir_val(g, in[0])->shape;
    int64_t dim[1] = { x.rank > 1 && x.dim[1] < 100 ? x.dim[1] : 0 };
    uint32_t count = op == OP_bn_apply || op == OP_bn_grad_sums ? 3 : op == OP_bn_grad ? 5 : 0;

    for (uint32_t i = 1; i < n && op >= OP_bn_stats && op != OP_cross_entropy; i++)
        in[i] = i <= count ? draw_const(g, in[0], 1, dim) : in[0];
}

/* Weights for x as the op wants them: chance alone hardly finds them. */
static void fit(Graph *g, Op op, ValueId *in, uint32_t n)
{
    const Shape x = ir_val(g, in[0])->shape;
    int64_t dim[5] = { 0, x.rank > 1 && x.dim[1] < 100 ? x.dim[1] : 0 };

    if (op == OP_conv || op == OP_conv_transpose)
        in[1] = draw_const(g, in[0], 4, op == OP_conv ? dim : &dim[1]);
    if (op == OP_dense)
        in[1] = draw_const(g, in[0], 2, dim);
    for (uint32_t i = 1; i < n && (op == OP_batch_norm || op == OP_instance_norm); i++)
        in[i] = draw_const(g, in[0], 1, &dim[1]);
    fit_train(g, op, in, n);
}

/* One try to add a node; the rule decides whether it is one. */
static void try_node(Graph *g)
{
    Op op = (Op)(1 + draw(OP_COUNT - 1));
    const OpInfo *info = &op_info[op];
    uint32_t most = info->max_in == MANY ? 3 : info->max_in;
    ValueId in[8];
    const char *out[4] = { draw_name(), draw_name(), draw_name(), draw_name() };
    NodeSpec s = { .op = op, .in = in, .out = out,
                   .n_out = info->n_out == MANY ? 1 + draw(3) : info->n_out };
    Attr attr[IR_MAX_ATTR];
    Diag d;

    diag_init(&d, &arena);
    s.n_in = info->min_in + draw(most - info->min_in + 1);
    for (uint32_t i = 0; i < s.n_in; i++)
        in[i] = (ValueId){ i >= info->min_in && !draw(4) ? 0 : 1 + draw(g->n_value - 1) };
    if (draw(4))
        fit(g, op, in, s.n_in);
    for (int k = 0; k < IR_MAX_ATTR && info->attr[k].name; k++)
        if (!draw(3))
            attr[s.n_attr++] = draw_attr(&info->attr[k]);
    s.attr = attr;
    if ((info->flags & FUSES_ACT) && draw(2))
        s.act = draw(2) ? (Act){ .op = OP_relu } : (Act){ .op = OP_clip, .a = -0.0F, .b = 6.1F };
    ir_add(g, &s, &d);
}

static Graph *draw_graph(void)
{
    static const ValueKind kinds[] = { VAL_PARAM, VAL_CONST, VAL_STATE };
    Graph *g = ir_new(&arena);
    ValueId in[3], out[4];
    uint32_t n = 1 + draw(3);

    g->name = intern(&g->names, draw_name());
    for (uint32_t i = 0; i < 24; i++) {
        if (i < n)
            in[i] = draw_source(g, VAL_INPUT);
        else
            draw_source(g, kinds[draw(3)]);
    }
    ir_set_inputs(g, in, n);
    for (int i = 0; i < 400; i++)
        try_node(g);
    n = 1 + draw(4);
    for (uint32_t i = 0; i < n; i++)
        out[i].id = draw(2) ? 1 + draw(g->n_value - 1) : g->n_value - 1 - draw(g->n_value / 2);
    ir_set_outputs(g, out, n);
    return g;
}

/* ---- equality ---- */

static void same_value(const Graph *a, ValueId va, const Graph *b, ValueId vb)
{
    const Value *x = ir_val(a, va), *y = ir_val(b, vb);

    assert_int_equal(!va.id, !vb.id);
    if (!va.id)
        return;
    assert_string_equal(x->name, y->name);
    assert_int_equal(x->dtype, y->dtype);
    assert_int_equal(x->kind, y->kind);
    assert_true(shape_equal(&x->shape, &y->shape));
    assert_int_equal(!x->data, !y->data);
    if (x->data)
        assert_memory_equal(x->data, y->data,
                            (size_t)shape_count(&x->shape) * dtype_info[x->dtype].size);
}

static void same_attr(const Attr *x, const Attr *y)
{
    assert_int_equal(x->name, y->name);
    switch (x->type) {
    case ATTR_INT: assert_int_equal(x->u.i, y->u.i); break;
    case ATTR_FLOAT: assert_memory_equal(&x->u.f, &y->u.f, sizeof x->u.f); break;
    case ATTR_WORD: assert_string_equal(x->u.word, y->u.word); break;
    case ATTR_INTS:
        assert_int_equal(x->n, y->n);
        for (uint32_t i = 0; i < x->n; i++)
            assert_int_equal(x->u.ints[i], y->u.ints[i]);
        break;
    case ATTR_NONE: break;
    }
}

static void same_node(const Graph *a, const Node *x, const Graph *b, const Node *y)
{
    assert_string_equal(op_info[x->op].name, op_info[y->op].name);
    assert_int_equal(x->n_in, y->n_in);
    assert_int_equal(x->n_out, y->n_out);
    for (uint32_t i = 0; i < x->n_in; i++)
        same_value(a, x->in[i], b, y->in[i]);
    for (uint32_t i = 0; i < x->n_out; i++)
        same_value(a, x->out[i], b, y->out[i]);
    for (int k = 0; k < IR_MAX_ATTR; k++)
        same_attr(&x->attr[k], &y->attr[k]);
    assert_int_equal(x->act.op, y->act.op);
    assert_memory_equal(&x->act.a, &y->act.a, sizeof x->act.a);
    assert_memory_equal(&x->act.b, &y->act.b, sizeof x->act.b);
}

static void same_graph(const Graph *a, const Graph *b)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->n_node, b->n_node);
    assert_int_equal(a->n_input, b->n_input);
    assert_int_equal(a->n_output, b->n_output);
    for (uint32_t i = 0; i < a->n_input; i++)
        same_value(a, a->input[i], b, b->input[i]);
    for (uint32_t i = 1; i < a->n_node; i++)
        same_node(a, &a->node[i], b, &b->node[i]);
    for (uint32_t i = 0; i < a->n_output; i++)
        same_value(a, a->output[i], b, b->output[i]);
}

/* ---- tests ---- */

static void random_graphs_come_back(void)
{
    uint32_t nodes = 0, seen[OP_COUNT] = { 0 }, ops = 0;

    for (uint64_t round = 1; round <= 40; round++) {
        const Graph *g, *again;
        const char *text;
        seed = round;
        g = draw_graph();
        text = print(g, UINT32_MAX, NULL, NULL);
        again = read_text(text, NULL);
        same_graph(g, again);
        assert_string_equal(print(again, UINT32_MAX, NULL, NULL), text);
        nodes += g->n_node - 1;
        for (uint32_t i = 1; i < g->n_node; i++)
            seen[g->node[i].op] = 1;
        arena_destroy(&arena);           /* may be used again */
    }
    for (int op = 1; op < OP_COUNT; op++)
        ops += seen[op];
    assert_true(nodes > 1000);            /* the generator works */
    assert_true(ops > (OP_COUNT - 1) * 9 / 10);
}

static void data_in_a_file_comes_back(void)
{
    char dir[] = "/tmp/mnc-print-XXXXXX";
    const char *text, *path;
    const Graph *g, *again;
    FILE *f;
    Buf data;

    seed = 77;
    g = draw_graph();
    buf_init(&data, &arena);
    text = print(g, 2, &data, "net-1.data");
    assert_non_null(mkdtemp(dir));
    path = arena_printf(&arena, "%s/net-1.data", dir);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data.p, 1, data.n, f), data.n);
    fclose(f);
    again = read_text(text, arena_printf(&arena, "%s/", dir));
    same_graph(g, again);
    unlink(path);
    rmdir(dir);
}

static void test_random(void **state)
{
    (void)state;
    with_arena(random_graphs_come_back);
}

static void test_file(void **state)
{
    (void)state;
    with_arena(data_in_a_file_comes_back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
