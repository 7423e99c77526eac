/* SPDX-License-Identifier: Apache-2.0 */
/* Every net of models/ has the parameters and mult-adds that tests/models/figures.txt says, and
 * every net is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/mnet.h"
#include "ir/count.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODELS MNC_TESTS "/../models/"

enum { TRAINABLE, FROZEN, STATISTICS, MACS, N_FIGURE };

typedef struct Line {
    char model[40], define[80];
    char want[N_FIGURE][20];          /* "-": not known */
} Line;

/* The constants among a node's operands, each counted once for the whole graph. */
static void count_node(const Graph *g, const Node *n, bool *seen, int64_t *sum)
{
    for (uint32_t i = 1; i < n->n_in; i++) {
        const Value *v = ir_val(g, n->in[i]);
        bool statistic = n->op == OP_batch_norm && i >= 3;
        if (!v->data || seen[n->in[i].id])
            continue;
        seen[n->in[i].id] = true;
        sum[statistic ? STATISTICS : v->kind == VAL_PARAM ? TRAINABLE : FROZEN]
            += shape_count(&v->shape);
    }
}

static void count(Arena *a, const Graph *g, int64_t sum[N_FIGURE])
{
    bool *seen = arena_new_n(a, bool, g->n_value);

    memset(sum, 0, N_FIGURE * sizeof *sum);
    for (uint32_t i = 1; i < g->n_node; i++)
        count_node(g, &g->node[i], seen, sum);
    sum[MACS] = count_graph_macs(g);
}

static Graph *read_model(Arena *a, const char *model, char *define)
{
    const char *path = arena_printf(a, "%s%s.mnet", MODELS, model), *def[8] = { NULL };
    MnetOptions o = { .file = path, .define = def };
    Bytes text;
    Graph *g;
    Diag d;
    int n = 0;

    if (strcmp(define, "-"))
        for (char *p = strtok(define, ","); p && n < 7; p = strtok(NULL, ","))
            def[n++] = p;
    diag_init(&d, a);
    g = file_read(a, path, &text, &d) ? mnet_read(a, text, &o, &d) : NULL;
    if (!g || !ir_check(g, "import", &d)) {
        Buf b;
        buf_init(&b, a);
        diag_print(&d, &b);
        print_error("%s\n", b.p);
        return NULL;
    }
    return g;
}

static bool check(Arena *a, Line *l)
{
    static const char *const what[] = { "trainable", "frozen", "statistics", "mult-adds" };
    const Graph *g = read_model(a, l->model, l->define);
    int64_t sum[N_FIGURE];
    bool ok = g != NULL;

    if (!g)
        return false;
    count(a, g, sum);
    for (int i = 0; i < N_FIGURE; i++) {
        if (!strcmp(l->want[i], "-") || strtoll(l->want[i], NULL, 10) == sum[i])
            continue;
        print_error("%s: %lld %s, not %s\n", l->model, (long long)sum[i], what[i], l->want[i]);
        ok = false;
    }
    return ok;
}

static bool read_line(FILE *f, Line *l)
{
    char text[200];

    while (fgets(text, sizeof text, f))
        if (text[0] != '#')
            return sscanf(text, "%39s %79s %19s %19s %19s %19s", l->model, l->define, l->want[0],
                          l->want[1], l->want[2], l->want[3]) == 6;
    return false;
}

static void test_figures(void **state)
{
    FILE *f = fopen(MNC_TESTS "/models/figures.txt", "r");
    int wrong = 0, n = 0;
    jmp_buf oom;
    Arena a;
    Line l;

    (void)state;
    assert_non_null(f);
    while (read_line(f, &l)) {
        if (setjmp(oom)) {
            fail_msg("out of memory");
            return;
        }
        arena_init(&a, NULL, NULL, 0, &oom);
        wrong += !check(&a, &l);
        n++;
        arena_destroy(&a);
    }
    assert_true(feof(f));
    fclose(f);
    assert_int_equal(wrong, 0);
    assert_true(n > 10);
}

/* ---- single layers ---- */

/* The elements of all constants whose names begin with the layer's. */
static int64_t count_layer(const Graph *g, const char *layer)
{
    size_t n = strlen(layer);
    int64_t sum = 0;

    for (uint32_t i = 1; i < g->n_value; i++) {
        const Value *v = &g->value[i];
        if (v->data && !strncmp(v->name, layer, n) && v->name[n] == '.')
            sum += shape_count(&v->shape);
    }
    return sum;
}

static bool check_layer(Arena *a, const char *model, const char *layer, long long want)
{
    char none[] = "-";
    const Graph *g = read_model(a, model, none);

    if (g && count_layer(g, layer) != want)
        print_error("%s: %s has %lld parameters, not %lld\n", model, layer,
                    (long long)count_layer(g, layer), want);
    return g && count_layer(g, layer) == want;
}

static void test_layers(void **state)
{
    FILE *f = fopen(MNC_TESTS "/models/layers.txt", "r");
    char text[200], model[40], layer[40];
    int wrong = 0, n = 0;
    long long want;
    jmp_buf oom;
    Arena a;

    (void)state;
    assert_non_null(f);
    while (fgets(text, sizeof text, f)) {
        if (text[0] == '#')
            continue;
        assert_int_equal(sscanf(text, "%39s %39s %lld", model, layer, &want), 3);
        if (setjmp(oom)) {
            fail_msg("out of memory");
            return;
        }
        arena_init(&a, NULL, NULL, 0, &oom);
        wrong += !check_layer(&a, model, layer, want);
        n++;
        arena_destroy(&a);
    }
    fclose(f);
    assert_int_equal(wrong, 0);
    assert_true(n > 20);
}

/* ---- all of them ---- */

static bool has_figures(const char *model)
{
    FILE *f = fopen(MNC_TESTS "/models/figures.txt", "r");
    bool found = false;
    Line l;

    assert_non_null(f);
    while (!found && read_line(f, &l))
        found = !strcmp(l.model, model);
    fclose(f);
    return found;
}

static void test_every_model_has_figures(void **state)
{
    DIR *d = opendir(MODELS);
    int n = 0;

    (void)state;
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char *dot = strrchr(e->d_name, '.');
        if (!dot || strcmp(dot, ".mnet"))
            continue;
        *dot = 0;
        if (!has_figures(e->d_name))
            fail_msg("%s has no line in figures.txt", e->d_name);
        n++;
    }
    closedir(d);
    assert_true(n > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_every_model_has_figures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
