/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_bench: `mnc bench MODEL...`: how long a run takes on this machine.
 *
 * All nets are compiled and loaded first; then they run in turn, one run each per round, so that
 * what else the machine does meets all alike.  The shortest run is what the code can do, the median
 * what one gets.  Inputs are random.
 */
#include "driver/run.h"

#include "dataset.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 60, FEWEST = 3, SEED = 1 };

/* One net, on a number of threads. */
typedef struct Lane {
    Loaded net;
    const char *name;
    const void **in;
    void **out;
    void *arena, *context;
    size_t weight_bytes;
    const void *weights;
    int64_t params, macs;
    double *seconds;             /* [rounds], of each run */
} Lane;

typedef struct Bench {
    int threads, rounds;
    double budget;               /* seconds for all; at least FEWEST rounds are run */
    int n_lane;
    Lane *lane;
} Bench;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- setting up ---- */

static void fill_inputs(Arena *a, Lane *l)
{
    const mnc_net *net = l->net.net;

    l->in = arena_new_n(a, const void *, (size_t)net->n_input);
    for (int i = 0; i < net->n_input; i++) {
        RtTensor t = net_tensor(&net->input[i]);
        t.data = arena_alloc(a, t.bytes);
        rt_random(&t, SEED + (uint64_t)i);
        l->in[i] = t.data;
    }
    l->out = arena_new_n(a, void *, (size_t)net->n_output);
    for (int i = 0; i < net->n_output; i++)
        l->out[i] = arena_alloc(a, net->output[i].bytes);
    l->arena = arena_alloc(a, net->arena_bytes + 64);
}

static void end_threads(void *arg)
{
    Lane *l = arg;

    if (l->context)
        l->net.net->close(l->context);
}

static bool start_threads(Work *w, Lane *l, int threads)
{
    const mnc_net *net = l->net.net;
    void *context = arena_alloc(&w->a, net->context_bytes + 64);

    if (net->open(context, threads) != MNC_NET_OK) {
        diag_error(&w->d, (Pos){ .file = l->name }, "cannot start %d threads", threads);
        return false;
    }
    l->context = context;
    arena_defer(&w->a, end_threads, l);
    return true;
}

static bool set_up(Work *w, Bench *b, int i)
{
    Lane *l = &b->lane[i];
    Args one = *w->args;
    const Args *all = w->args;
    bool ok;

    one.operand = all->operand + i;
    w->args = &one;
    w->options.threads = b->threads > 1;
    ok = load_model(w, false, &l->net);
    w->args = all;
    if (!ok)
        return false;
    l->name = all->operand[i];
    l->weights = mnc_weights(l->net.model, &l->weight_bytes);
    mnc_count(l->net.model, &l->params, &l->macs);
    l->seconds = arena_new_n(&w->a, double, (size_t)b->rounds);
    fill_inputs(&w->a, l);
    return b->threads == 1 || start_threads(w, l, b->threads);
}

/* ---- running ---- */

static bool run_once(Work *w, Lane *l, double *seconds)
{
    const mnc_net *net = l->net.net;
    double start = now();
    int code = l->context ? net->run_with(l->context, l->in, l->out, l->weights, l->arena)
                          : net->run(l->in, l->out, l->weights, l->arena);

    *seconds = now() - start;
    if (code != MNC_NET_OK)
        diag_error(&w->d, (Pos){ .file = l->name }, "the net refuses to run: code %d", code);
    return code == MNC_NET_OK;
}

static bool run_rounds(Work *w, Bench *b)
{
    double start = now(), warm;
    int rounds = 0;

    for (int i = 0; i < b->n_lane; i++)
        if (!run_once(w, &b->lane[i], &warm))
            return false;
    for (; rounds < b->rounds && (rounds < FEWEST || now() - start < b->budget); rounds++)
        for (int i = 0; i < b->n_lane; i++)
            if (!run_once(w, &b->lane[i], &b->lane[i].seconds[rounds]))
                return false;
    b->rounds = rounds;
    return true;
}

static int ascending(const void *x, const void *y)
{
    const double *a = x, *b = y;

    return *a < *b ? -1 : *a > *b;
}

/* ---- reporting ---- */

/* Images of one run: the first dimension of the first input. */
static int64_t batch_of(const Lane *l)
{
    const mnc_net *net = l->net.net;

    return net->n_input && net->input[0].rank ? net->input[0].dim[0] : 1;
}

static void text_line(const Bench *b, const Lane *l, size_t width, Buf *out)
{
    double least = l->seconds[0], median = l->seconds[b->rounds / 2];

    buf_printf(out, "%-*s  %9.6f s  median %9.6f  %8.1f images/s  %7.1f GFLOP/s  %11lld params"
               "  %13lld mult-adds  %s\n", (int)width, l->name, least, median,
               (double)batch_of(l) / least, 2e-9 * (double)l->macs / least, (long long)l->params,
               (long long)l->macs, l->net.net->target());
}

static bool report_lines(Work *w, const Bench *b)
{
    size_t width = 0;
    Buf out;

    buf_init(&out, &w->a);
    for (int i = 0; i < b->n_lane; i++)
        width = strlen(b->lane[i].name) > width ? strlen(b->lane[i].name) : width;
    for (int i = 0; i < b->n_lane; i++)
        text_line(b, &b->lane[i], width, &out);
    return print_out(&w->a, out.p, &w->d);
}

static json_t *json_lane(Work *w, const Bench *b, const Lane *l)
{
    const mnc_net *net = l->net.net;

    return json_pack("{s:o, s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:I, s:s}", "model",
                     json_text(&w->a, l->name), "seconds_min", l->seconds[0], "seconds_median",
                     l->seconds[b->rounds / 2], "images_per_second",
                     (double)batch_of(l) / l->seconds[0], "gflops",
                     2e-9 * (double)l->macs / l->seconds[0], "parameters", (json_int_t)l->params,
                     "mult_adds", (json_int_t)l->macs, "arena_bytes",
                     (json_int_t)net->arena_bytes, "weight_bytes", (json_int_t)net->weight_bytes,
                     "target", net->target());
}

static bool report_all(Work *w, const Bench *b)
{
    json_t *nets;

    if (!w->args->value[OPT_json])
        return report_lines(w, b);
    nets = json_array();
    for (int i = 0; i < b->n_lane; i++)
        json_array_append_new(nets, json_lane(w, b, &b->lane[i]));
    return print_json(&w->a, json_pack("{s:i, s:i, s:i, s:o}", "schema", 1, "rounds", b->rounds,
                                       "threads", b->threads, "nets", nets), &w->d);
}

static int bench(Work *w)
{
    Bench *b = w->own;

    b->lane = arena_new_n(&w->a, Lane, (size_t)b->n_lane);
    for (int i = 0; i < b->n_lane; i++)
        if (!set_up(w, b, i))
            return EXIT_FAILED;
    if (!run_rounds(w, b))
        return EXIT_FAILED;
    for (int i = 0; i < b->n_lane; i++)
        qsort(b->lane[i].seconds, (size_t)b->rounds, sizeof(double), ascending);
    return report_all(w, b) ? EXIT_DONE : EXIT_FAILED;
}

static bool number(const Args *args, OptionId id, size_t most, int *out)
{
    size_t n;

    if (!args->value[id])
        return true;
    if (!args_bytes(args->value[id], &n) || n < 1 || n > most)
        return false;
    *out = (int)n;
    return true;
}

int cmd_bench(const Args *args)
{
    Bench b = { .threads = 1, .rounds = ROUNDS, .budget = 60, .n_lane = args->n_operand };

    if (args->n_operand < 1)
        return usage_error("bench takes one model or more");
    if (!number(args, OPT_on_threads, 64, &b.threads))
        return usage_error("--threads is a number of threads from 1 to 64, not '%s'",
                           args->value[OPT_on_threads]);
    if (!number(args, OPT_rounds, 1000000, &b.rounds))
        return usage_error("--rounds is a positive number, not '%s'", args->value[OPT_rounds]);
    return do_work(args, bench, &b);
}
