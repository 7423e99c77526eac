/* SPDX-License-Identifier: Apache-2.0 */
/* order: in a step, an update writes over a parameter only when nobody is left to read it.
 *
 * Tested on the graph that the backend gets.  With gradients kept, updates are a graph of their
 * own; here they are not. */
#include "frontend/mnet.h"
#include "grad.h"

#include <string.h>

static const char *const nets[] = {
    "image = input [2, 3, 8, 8]\nconv k=3 out=8 pad=1 relu\n"
    "repeat 2 { separable k=3 out=8 pad=1 relu }\nglobal_avg_pool\ndense out=3\noutput\n",
    "image = input [2, 3, 8, 8]\nconv k=3 out=8 pad=1 bn relu6\n"
    "block inverted(x) { pointwise out=16 bn relu6\ndepthwise k=3 pad=1 bn relu6\n"
    "pointwise out=8 bn\nadd x }\ninverted\ninverted\nglobal_avg_pool\ndense out=3\noutput\n",
};

/* What v shows, when it is a view. */
static uint32_t shown(const Graph *g, ValueId v)
{
    const Node *p = ir_producer(g, v);

    while (p && op_info[p->op].flags & VIEW) {
        v = p->in[0];
        p = ir_producer(g, v);
    }
    return v.id;
}

static void check_order(const Graph *g)
{
    int updates = 0;

    for (uint32_t i = 1; i < g->n_node; i++) {
        const Node *u = &g->node[i];
        updates += (op_info[u->op].flags & UPDATES) != 0;
        for (uint32_t k = 0; op_info[u->op].flags & UPDATES && k < u->n_out; k++)
            for (uint32_t j = i + 1; j < g->n_node; j++)
                for (uint32_t m = 0; m < g->node[j].n_in; m++)
                    if (g->node[j].in[m].id && shown(g, g->node[j].in[m]) == u->in[k].id)
                        fail_msg("'%s' is read after its update", ir_val(g, u->in[k])->name);
    }
    assert_true(updates > 10);
}

static void check_net(const char *text, RecomputeInfo again)
{
    mnc_train_options train = { .optimizer = "momentum" };
    mnc_options options = { .train = &train };
    const MnetOptions mnet = { .file = "net" };
    Diag d;
    State slots;
    Arena a;
    jmp_buf oom;
    Job job = { .options = &options, .d = &d, .state = &slots, .backward = true,
                .again = again };

    if (setjmp(oom))
        fail_msg("out of memory");
    arena_init(&a, NULL, NULL, 0, &oom);
    diag_init(&d, &a);
    state_init(&slots, &a);
    job.g = mnet_read(&a, (Bytes){ (const unsigned char *)text, strlen(text) }, &mnet, &d);
    assert_non_null(job.g);
    assert_true(pass_run_all(&job, "recompute"));
    check_order(job.g);
    assert_true(again.most ? job.again.copies > 2 : job.again.copies == 0);
    arena_destroy(&a);
}

/* As it is, and with all that can be computed again. */
static void test_net(void **state)
{
    check_net(*state, (RecomputeInfo){ 0 });
    check_net(*state, (RecomputeInfo){ .most = UINT32_MAX, .links = 3 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "separable", test_net, NULL, NULL, (void *)(uintptr_t)nets[0] },
        { "inverted", test_net, NULL, NULL, (void *)(uintptr_t)nets[1] },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
