/* SPDX-License-Identifier: Apache-2.0 */
/* test_ranks: a batch that several ranks share is what it is for one of them with all of it.
 *
 * Ranks are threads here, each with a state of its own; what they say to each other is added up in
 * the order of their numbers.  After some steps loss, parameters and running statistics must be
 * those of one process, to rounding; all ranks must have the same bits, and have them again, also
 * with less memory, where results are computed again. */
#include "grad.h"
#include "mnc/mnc.h"
#include "mnc/train.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 8, CLASSES = 3, STEPS = 3, MOST_RANKS = 4, MOST_GRADIENTS = 32 };

/* Every kind of layer that looks at the whole batch, and a loss over it; few channels, so that
 * rounding is what differs. */
static const char spec[] =
    "batch = 1\nx = input [batch, 3, 9, 7]\n"
    "s = conv k=3 out=6 pad=1 stride=2 bn relu6\n"
    "pointwise out=9 bn hard_swish\ndepthwise k=3 pad=1 bn relu6\npointwise out=6 bn\nadd s\n"
    "global_avg_pool\ndense out=3\noutput\n";
enum { IMAGE = 3 * 9 * 7 };

/* ---- ranks that are threads ---- */

typedef struct Group {
    int n;
    pthread_barrier_t gate;
    double *sum[MOST_RANKS];
    float *gradient[MOST_RANKS][MOST_GRADIENTS];
    size_t count[MOST_GRADIENTS];
    size_t messages;           /* sums of one rank */
} Group;

typedef struct Rank {
    Group *group;
    int number, n_gradient;
    const mnc_net *net;
    int threads;
    mnc_ranks others;
    unsigned char *state;
    float loss[STEPS];
    bool ordered;              /* gradients came one close behind the other */
} Rank;

static void sum(void *user, double *x, size_t n)
{
    Rank *r = user;
    Group *g = r->group;
    double *all = calloc(n, sizeof *all);

    g->sum[r->number] = x;
    g->messages += r->number == 0;
    pthread_barrier_wait(&g->gate);
    for (int k = 0; k < g->n; k++)
        for (size_t i = 0; i < n; i++)
            all[i] += g->sum[k][i];
    pthread_barrier_wait(&g->gate);
    memcpy(x, all, n * sizeof *x);
    pthread_barrier_wait(&g->gate);
    free(all);
}

static void begin(void *user, float *x, size_t n)
{
    Rank *r = user;
    Group *g = r->group;
    int k = r->n_gradient++;

    if (k > 0) {
        const float *end = g->gradient[r->number][k - 1] + g->count[k - 1];
        r->ordered = r->ordered && x >= end && x < end + 16;
    }
    g->gradient[r->number][k] = x;
    g->count[k] = n;
}

/* Each rank adds up its share of the gradients, in everybody's memory. */
static void finish(void *user)
{
    Rank *r = user;
    Group *g = r->group;

    pthread_barrier_wait(&g->gate);
    for (int k = r->number; k < r->n_gradient; k += g->n)
        for (size_t i = 0; i < g->count[k]; i++) {
            float all = 0;
            for (int j = 0; j < g->n; j++)
                all += g->gradient[j][k][i];
            for (int j = 0; j < g->n; j++)
                g->gradient[j][k][i] = all;
        }
    pthread_barrier_wait(&g->gate);
    r->n_gradient = 0;
}

/* ---- a training ---- */

static float *slot_data(const mnc_slot *slot, unsigned char *state)
{
    return (float *)(void *)(state + slot->offset);
}

static void fill_state(const mnc_trainer *t, unsigned char *state)
{
    mnc_head *head = (mnc_head *)(void *)state;

    assert_int_equal(t->init(state, 7), MNC_NET_OK);
    head->rate = .05;
    head->momentum = .9;
    head->clip = .5;
    head->smoothing = .1;
}

/* Rank r has images r BATCH / n and so on. */
static void *train(void *arg)
{
    Rank *r = arg;
    const mnc_trainer *t = r->net->trainer;
    static const int one = 1;
    const int n = r->group ? r->group->n : one;
    float x[BATCH * IMAGE];
    int32_t label[BATCH];
    void *context = r->threads > 1 ? aligned_alloc(64, 4096) : NULL;

    fill_state(t, r->state);
    if (context)
        assert_int_equal(r->net->open(context, r->threads), MNC_NET_OK);
    if (r->group)
        assert_int_equal(t->join(r->state, &r->others), MNC_NET_OK);
    for (int i = 0; i < STEPS; i++) {
        const char name[2] = { (char)('a' + i), 0 };
        int from = r->number * (BATCH / n);
        numbers_of(name, x, BATCH * IMAGE);
        labels_of(label, BATCH, CLASSES);
        assert_int_equal(t->step(context, r->state, x + from * IMAGE, label + from,
                                 &r->loss[i]), MNC_NET_OK);
    }
    if (context)
        r->net->close(context);
    free(context);
    return NULL;
}

static Rank *train_group(const mnc_net *net, int n, int threads)
{
    Rank *rank = calloc((size_t)n, sizeof *rank);
    Group *group = calloc(1, sizeof *group);
    pthread_t thread[MOST_RANKS];

    group->n = n;
    pthread_barrier_init(&group->gate, NULL, (unsigned)n);
    for (int k = 0; k < n; k++) {
        rank[k] = (Rank){ .group = n > 1 ? group : NULL, .number = k, .net = net, .ordered = true,
                          .threads = threads, .others = { &rank[k], sum, begin, finish },
                          .state = aligned_alloc(64, (net->trainer->state_bytes + 63) / 64 * 64) };
        assert_int_equal(pthread_create(&thread[k], NULL, train, &rank[k]), 0);
    }
    for (int k = 0; k < n; k++)
        pthread_join(thread[k], NULL);
    pthread_barrier_destroy(&group->gate);
    if (n > 1)                             /* 4 batch norms, there and back; the loss */
        assert_int_equal(group->messages, STEPS * (2 * 4 + 1));
    free(group);
    return rank;
}

static void end_group(Rank *rank, int n)
{
    for (int k = 0; k < n; k++)
        free(rank[k].state);
    free(rank);
}

/* ---- comparing ---- */

/* What is kept: the same bits. */
static void same_bits(const Rank *a, const Rank *b)
{
    assert_memory_equal(a->loss, b->loss, sizeof a->loss);
    assert_memory_equal(a->state, b->state, a->net->trainer->kept_bytes);
}

/* The same numbers but for rounding, of which a batch norm of few pixels makes much. */
static void same_numbers(const Rank *a, const Rank *b)
{
    const mnc_trainer *t = a->net->trainer;

    for (int i = 0; i < STEPS; i++)
        assert_float_equal(a->loss[i], b->loss[i], 1e-5f);
    for (int i = 0; i < t->n_slot; i++) {
        const mnc_slot *s = &t->slot[i];
        if (s->kind != MNC_SLOT_PARAM && s->kind != MNC_SLOT_STATISTIC)
            continue;
        for (size_t k = 0; k < s->tensor.bytes / sizeof(float); k++) {
            double x = (double)slot_data(s, a->state)[k], y = (double)slot_data(s, b->state)[k];
            if (!(fabs(x - y) <= 2e-5 * fmax(1, fabs(y))))
                fail_msg("%s[%zu] is %.9g, for one process %.9g", s->tensor.name, k, x, y);
        }
    }
}

/* ---- the nets ---- */

/* most: bytes of the state, 0: any. */
static const mnc_net *load(const char *dir, int ranks, size_t most)
{
    const mnc_train_options how = { .optimizer = "momentum", .clip = 1, .ranks = ranks };
    const mnc_options options = { .target = "portable", .prefix = "net", .threads = 1,
                                  .batch = BATCH / ranks, .train = &how,
                                  .max_ram = (int64_t)most };
    const char *cc = getenv("CC");
    char path[256], command[1024];
    const mnc_net *(*describe)(void);
    mnc_model *m = mnc_open(&options);
    void *lib;

    snprintf(path, sizeof path, "%s/net%d_%zu.c", dir, ranks, most);
    if (mnc_read_data(m, "net.mnet", spec, strlen(spec)) != MNC_OK
        || mnc_write_c(m, path) != MNC_OK)
        fail_msg("%s", mnc_messages(m));
    mnc_close(m);
    snprintf(command, sizeof command, "%s " MNC_TEST_CFLAGS " -O1 -pthread -fPIC -shared -o "
             "%s.so %s -lm", cc && *cc ? cc : "cc", path, path);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/net%d_%zu.c.so", dir, ranks, most);
    lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!lib)
        fail_msg("%s", dlerror());
    *(void **)&describe = dlsym(lib, "net_describe");
    assert_non_null(describe);
    return describe();
}

/* A step without the others would be of a part of the batch, and nobody would know. */
static void check_alone(const mnc_net *net)
{
    unsigned char *state = aligned_alloc(64, (net->trainer->state_bytes + 63) / 64 * 64);
    float x[BATCH * IMAGE] = { 0 }, loss;
    int32_t label[BATCH] = { 0 };

    fill_state(net->trainer, state);
    assert_int_equal(net->trainer->step(NULL, state, x, label, &loss), MNC_NET_ALONE);
    assert_int_equal(net->trainer->join(state, NULL), MNC_NET_NULL);
    free(state);
}

/* What is computed again, in less memory, is said to nobody again and is the same bits. */
static void check_little_memory(const char *dir, const Rank *first, int n)
{
    const size_t most = first->net->trainer->state_bytes - 1;
    const mnc_net *net = load(dir, n, most);
    Rank *rank = train_group(net, n, 1);

    assert_true(net->trainer->state_bytes <= most);
    for (int k = 0; k < n; k++)
        same_bits(&rank[k], first);
    end_group(rank, n);
}

static void test_ranks(void **unused)
{
    const char *tmp = getenv("TMPDIR");
    char dir[256], command[300];
    Rank *one;

    (void)unused;
    snprintf(dir, sizeof dir, "%s/mnc-ranks-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    one = train_group(load(dir, 1, 0), 1, 1);
    for (int n = 2; n <= MOST_RANKS; n *= 2) {
        const mnc_net *net = load(dir, n, 0);
        Rank *first = train_group(net, n, 1), *again = train_group(net, n, 2);

        assert_int_equal(net->trainer->ranks, n);
        check_alone(net);
        assert_int_equal(((mnc_head *)(void *)first->state)->layout,
                         ((mnc_head *)(void *)one->state)->layout);
        for (int k = 0; k < n; k++) {
            assert_true(first[k].ordered);
            same_bits(&first[k], &first[0]);
            same_bits(&again[k], &first[0]);
        }
        same_numbers(first, one);
        check_little_memory(dir, first, n);
        end_group(first, n);
        end_group(again, n);
    }
    end_group(one, 1);
    snprintf(command, sizeof command, "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_ranks) };

    return cmocka_run_group_tests_name("ranks", tests, NULL, NULL);
}
