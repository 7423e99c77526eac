/* SPDX-License-Identifier: Apache-2.0 */
/* The memory plan, on random graphs.  What must hold of every plan:
 *   - run on tokens (plan_machine.h), every read finds what should be there, so nothing that is
 *     still needed is overwritten, and the outputs are what the graph says;
 *   - the figures are right: least <= arena <= side by side, counted again here;
 *   - the graph is still sound.
 * A failure names its seed; test_plan SEED runs that one alone and shows graph and plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "passes/pass.h"
#include "plan_graphs.h"
#include "plan_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRAPHS = 8000 };

PassFn pass_layout, pass_plan_memory;

typedef struct World {
    Arena a;
    jmp_buf oom;
    Diag d;
    Graph *g;
    Job job;
    mnc_options options;
} World;

static void world_open(World *w)
{
    if (setjmp(w->oom))
        fail_msg("out of memory");
    memset(&w->options, 0, sizeof w->options);
    arena_init(&w->a, NULL, NULL, 0, &w->oom);
    diag_init(&w->d, &w->a);
    w->g = ir_new(&w->a);
    w->job = (Job){ .g = w->g, .options = &w->options, .d = &w->d };
}

/* ---- the figures, counted in another way ---- */

typedef struct Range { int64_t bytes; uint32_t first, last; } Range;

static ValueId buffer_of(const Plan *p, ValueId v)
{
    v = p->place[v.id].owner;
    while (p->slot[v.id].shares.id)
        v = p->slot[v.id].shares;
    return v;
}

static void widen(const World *w, Range *r, ValueId v, uint32_t node)
{
    const Plan *p = w->job.plan;
    const Value *own = ir_val(w->g, p->place[v.id].owner);
    int64_t bytes = shape_count(&own->shape) * (int64_t)dtype_info[own->dtype].size;

    if (!v.id || p->place[v.id].kind != PLACE_ARENA)
        return;
    r += buffer_of(p, v).id;
    bytes = bytes ? (bytes + 63) / 64 * 64 : 64;
    if (!r->bytes)
        r->first = node;
    r->bytes = bytes > r->bytes ? bytes : r->bytes;
    r->last = node;
}

static Range *ranges(World *w)
{
    Range *r = arena_new_n(&w->a, Range, w->g->n_value);

    for (uint32_t i = 1; i < w->g->n_node; i++) {
        const Node *n = &w->g->node[i];
        for (uint32_t k = 0; k < n->n_in; k++)
            widen(w, r, n->in[k], i);
        for (uint32_t k = 0; k < n->n_out; k++)
            widen(w, r, n->out[k], i);
    }
    return r;
}

static const char *check_figures(World *w)
{
    const Plan *p = w->job.plan;
    Range *r = ranges(w);
    int64_t sum = 0, peak = 0;

    for (uint32_t i = 1; i < w->g->n_node; i++) {
        int64_t alive = 0;
        for (uint32_t v = 1; v < w->g->n_value; v++)
            alive += r[v].bytes && r[v].first <= i && i <= r[v].last ? r[v].bytes : 0;
        peak = alive > peak ? alive : peak;
    }
    for (uint32_t v = 1; v < w->g->n_value; v++)
        sum += r[v].bytes;
    if (p->least_bytes != peak || p->naive_bytes != sum)
        return "the figures are wrong";
    return peak <= p->arena_bytes && p->arena_bytes <= sum ? NULL : "the arena is too large";
}

/* Buffers that are alive at the same node lie side by side. */
static const char *check_overlap(World *w)
{
    const Slot *s = w->job.plan->slot;
    Range *r = ranges(w);

    for (uint32_t a = 1; a < w->g->n_value; a++)
        for (uint32_t b = a + 1; b < w->g->n_value; b++)
            if (r[a].bytes && r[b].bytes && r[a].first <= r[b].last && r[b].first <= r[a].last
                && s[a].offset < s[b].offset + s[b].bytes && s[b].offset < s[a].offset + s[a].bytes)
                return arena_printf(&w->a, "%s and %s overlap", w->g->value[a].name,
                                    w->g->value[b].name);
    return NULL;
}

/* ---- random graphs ---- */

static const char *first_message(const World *w)
{
    return w->d.first ? w->d.first->text : "no message";
}

static const char *plan_and_check(World *w)
{
    Token **all = tokens_ideal(w->g, &w->a), **want;
    const char *wrong;

    want = arena_new_n(&w->a, Token *, w->g->n_output);
    for (uint32_t i = 0; i < w->g->n_output; i++)
        want[i] = all[w->g->output[i].id];
    if (!pass_layout(&w->job) || !pass_plan_memory(&w->job))
        return first_message(w);
    if (!ir_check(w->g, "layout", &w->d))
        return first_message(w);
    wrong = machine_run(w->g, w->job.plan, want, &w->a);
    wrong = wrong ? wrong : check_figures(w);
    return wrong ? wrong : check_overlap(w);
}

static const char *check_seed(World *w, uint64_t seed)
{
    Random r = { seed };

    random_graph(w->g, &r);
    if (!ir_check(w->g, "random_graph", &w->d))
        return first_message(w);
    return plan_and_check(w);
}

static void test_random_graphs(void **state)
{
    int64_t arena = 0, least = 0;
    uint32_t nodes = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
        World w;
        const char *wrong;
        world_open(&w);
        wrong = check_seed(&w, seed);
        if (wrong)
            fail_msg("seed %d: %s", (int)seed, wrong);
        nodes += w.g->n_node - 1;
        arena += w.job.plan->arena_bytes;
        least += w.job.plan->least_bytes;
        arena_destroy(&w.a);
    }
    assert_true(nodes > 10 * GRAPHS);              /* the graphs are no trifles */
    assert_true(arena <= least + least / 50);      /* and the plans are good: 2 % above the least */
}

static int show(uint64_t seed)
{
    World w;
    const char *wrong;
    Buf b;

    world_open(&w);
    wrong = check_seed(&w, seed);
    buf_init(&b, &w.a);
    if (w.job.plan && w.job.plan->slot)
        plan_print(w.g, w.job.plan, &b);
    printf("%s%s\n", b.p, wrong ? wrong : "sound");
    return wrong != NULL;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_graphs),
    };

    if (argc == 2)
        return show(strtoull(argv[1], NULL, 10));
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
