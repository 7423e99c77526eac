/* SPDX-License-Identifier: Apache-2.0 */
/* ir_check: a sound graph passes, and each of many ways to break it is found and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ir/graph.h"

#include <string.h>

typedef struct World {
    Arena a;
    jmp_buf oom;
    Diag d;
    Graph *g;
    ValueId x, w, c, y, z;
} World;

/* c = conv x w; y = relu c; z = add y x, the output. */
static void build(World *t)
{
    const Shape image = { 4, { 1, 2, 4, 4 } }, kernel = { 4, { 2, 2, 3, 3 } };
    const char *const name = "c";
    const Attr pad = attr_ints(A_pad, (int64_t[]){ 1, 1, 1, 1 }, 4);
    NodeId n;

    if (setjmp(t->oom))
        fail_msg("out of memory");
    arena_init(&t->a, NULL, NULL, 0, &t->oom);
    diag_init(&t->d, &t->a);
    t->g = ir_new(&t->a);
    t->x = ir_value(t->g, "x", VAL_INPUT, DT_F32, &image, (Pos){ 0 });
    t->w = ir_const(t->g, "w", VAL_PARAM, DT_F32, &kernel, arena_new_n(&t->a, float, 36));
    n = ir_add(t->g, &(NodeSpec){ .op = OP_conv, .in = (ValueId[]){ t->x, t->w }, .n_in = 2,
                                  .out = &name, .n_out = 1, .attr = &pad, .n_attr = 1 }, &t->d);
    assert_int_equal(n.id, 1);
    t->c = ir_node(t->g, n)->out[0];
    t->y = ir_add1(t->g, "y", &(NodeSpec){ .op = OP_relu, .in = &t->c, .n_in = 1 }, &t->d);
    t->z = ir_add1(t->g, "z", &(NodeSpec){ .op = OP_add, .in = (ValueId[]){ t->y, t->x },
                                           .n_in = 2 }, &t->d);
    ir_set_inputs(t->g, &t->x, 1);
    ir_set_outputs(t->g, &t->z, 1);
}

static const int64_t zeros[2];

static void out_of_range(World *t) { t->g->node[2].in[0].id = 77; }
static void no_operand(World *t) { t->g->node[2].in[0].id = 0; }
static void too_many(World *t) { ir_set_in(t->g, &t->g->node[2], 1, t->x); }
static void later(World *t) { t->g->node[2].in[0] = t->z; }
static void deleted(World *t) { t->g->node[2].op = OP_none; }
static void two_producers(World *t) { t->g->node[3].out[0] = t->y; }
static void wrong_shape(World *t) { ir_val(t->g, t->y)->shape.dim[2] = 5; }
static void wrong_type(World *t) { ir_val(t->g, t->y)->dtype = DT_F64; }
static void bad_rank(World *t) { ir_val(t->g, t->y)->shape.rank = 9; }
static void bad_attr(World *t) { t->g->node[1].attr[0].u.ints = zeros; }
static void lost_attr(World *t) { t->g->node[1].attr[0].name = A_axis; }
static void bad_op(World *t) { t->g->node[2].op = OP_COUNT; }
static void bad_act(World *t) { t->g->node[1].act.op = OP_add; }
static void same_name(World *t) { ir_val(t->g, t->y)->name = ir_val(t->g, t->w)->name; }
static void no_data(World *t) { ir_val(t->g, t->w)->data = NULL; }
static void odd_data(World *t) { ir_val(t->g, t->y)->data = t; }
static void no_producer(World *t) { ir_val(t->g, t->y)->producer.id = 0; }
static void no_input(World *t) { t->g->n_input = 0; }
static void odd_input(World *t) { t->g->input[0] = t->w; }
static void odd_output(World *t) { t->g->output[0].id = 0; }

static void twice(World *t)
{
    ir_set_inputs(t->g, (ValueId[]){ t->x, t->x }, 2);
}

static void dead_output(World *t)
{
    t->g->node[3].op = OP_none;
}

static const struct {
    void (*harm)(World *t);
    const char *want;         /* a part of the first message, after "internal error after here: " */
} broken[] = {
    { out_of_range, "there is no value 77" },
    { no_operand, "there is no value 0" },
    { too_many, "node 2 (relu) has 2 operands" },
    { later, "node 2 (relu) reads 'z', which nothing before it computes" },
    { deleted, "node 3 (add) reads 'y', which nothing before it computes" },
    { two_producers, "node 3 (add) computes 'y', whose producer is node 2" },
    { wrong_shape, "'y' is f32(1,2,5,4), but node 2 (relu) gives f32(1,2,4,4)" },
    { wrong_type, "'y' is f64(1,2,4,4), but node 2 (relu) gives f32(1,2,4,4)" },
    { bad_rank, "value 4 has no name, type or shape" },
    { bad_attr, "node 1 (conv): stride 0 is less than 1" },
    { lost_attr, "attribute 0 of node 1 (conv) is not stride" },
    { bad_op, "node 2 (no op)" },
    { bad_act, "node 1 (conv): add is not an activation" },
    { same_name, "two values are called 'w'" },
    { no_data, "'w' has no data" },
    { odd_data, "'y' has its own data" },
    { no_producer, "'y' has no producer" },
    { no_input, "node 1 (conv) reads 'x', which nothing before it computes" },
    { odd_input, "input 'w' is of another kind" },
    { odd_output, "there is no value 0" },
    { twice, "input 'x' is there twice" },
    { dead_output, "output 'z' is not computed" },
};

static void test_sound(void **state)
{
    World t;

    (void)state;
    build(&t);
    assert_true(ir_check(t.g, "here", &t.d));
    assert_int_equal(t.d.n_message, 0);
    arena_destroy(&t.a);
}

static void test_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const char *prefix = "internal error after here: ";
        World t;
        build(&t);
        broken[i].harm(&t);
        if (ir_check(t.g, "here", &t.d) || !t.d.n_error)
            fail_msg("\"%s\" was not found", broken[i].want);
        assert_memory_equal(t.d.first->text, prefix, strlen(prefix));
        assert_string_equal(t.d.first->text + strlen(prefix), broken[i].want);
        arena_destroy(&t.a);
    }
}

/* A dead value may be in any state: passes leave them behind. */
static void test_dead_values(void **state)
{
    const Shape s = { 0 };
    World t;

    (void)state;
    build(&t);
    ir_val(t.g, ir_value(t.g, "old", VAL_CONST, DT_F32, &s, (Pos){ 0 }))->name = "w";
    assert_true(ir_check(t.g, "here", &t.d));
    arena_destroy(&t.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_dead_values),
    };

    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
