/* SPDX-License-Identifier: Apache-2.0 */
/* bench_run: nets are compiled, loaded, and run in turn.
 *
 * A turn is one run to wake the threads and to bring the net's data back into the caches, and one
 * that is timed; so nets that are timed together meet the same machine.  In each round the peak is
 * probed too: a share of peak then compares what happened within the same milliseconds.
 */
#include "driver/bench.h"

#include "dataset.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    FEWEST = 3, SEED = 1,
    COLD = 5,                    /* runs with cold caches, of which the shortest counts */
    PAUSE = 10                   /* ms after which threads that wait for work have gone to sleep */
};

/* ---- setting up ---- */

/* Random numbers: zeros or denormals could be faster or slower than what nets see. */
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

/* For arena_defer. */
static void close_model(void *m)
{
    mnc_close(m);
}

/* For arena_defer: the threads are in the loaded object, which goes after them. */
static void end_threads(void *arg)
{
    Lane *l = arg;

    if (l->context)
        l->net.net->close(l->context);
}

/* The context is the caller's memory, and lives as long as the arena. */
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

static double lane_now(const Lane *l)
{
    return l->thread_time ? rt_thread_now() : rt_now();
}

/* What NET_LAYER calls when a layer is done.  One that is reached several times in a run, band by
 * band, adds up; number 0 ends a band, whose time is its last layer's if it counts as a whole: each
 * look at the clock waits for all that is under way, which is a time that bands have not. */
static void layer_done(void *user, int number)
{
    Lane *l = user;
    double now;

    if (l->whole && number < l->n_number && l->whole[number]) {
        l->inside = number;
        return;
    }
    now = lane_now(l);
    number = number ? number : l->inside;
    l->inside = 0;
    if (l->round >= 0 && number < l->n_number && l->by_number[number])
        l->by_number[number]->seconds[l->round] += now - l->mark;
    l->mark = now;
}

/* Those of the target that this CPU runs; the file may hold others. */
static void take_layers(Work *w, Bench *b, Lane *l)
{
    const char *target = l->net.net->target();
    LayerHook *hook = mnc_program_symbol(l->net.program, "net_layer_hook");
    const mnc_layer *all;
    size_t n;

    /* the barrier stands before the hook, so only thread 0 writes */
    *hook = (LayerHook){ layer_done, l };
    mnc_layers(l->net.model, &all, &n);
    l->layer = arena_new_n(&w->a, LayerTime, n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(all[i].target, target)) {
            l->layer[l->n_layer++] = (LayerTime){
                &all[i], arena_new_n(&w->a, double, (size_t)b->rounds) };
            l->n_number = all[i].number + 1;
        }
    l->by_number = arena_new_n(&w->a, LayerTime *, (size_t)l->n_number);
    for (uint32_t i = 0; i < l->n_layer; i++)
        l->by_number[l->layer[i].layer->number] = &l->layer[i];
}

/* Lane i is the net that is operand i. */
bool bench_open(Work *w, Bench *b, int i)
{
    Lane *l = &b->lane[i];

    l->name = w->model = w->args->operand[i];
    w->options.threads = b->threads > 1;
    if (!load_model(w, (b->layers ? LOAD_TIMED : 0) | (b->fresh ? LOAD_FRESH : 0)
                       | (b->quiet ? LOAD_QUIET : LOAD_TUNED), &l->net))
        return false;
    l->weights = mnc_weights(l->net.model, &l->weight_bytes);
    mnc_count(l->net.model, &l->params, &l->macs);
    l->seconds = arena_new_n(&w->a, double, (size_t)b->rounds);
    fill_inputs(&w->a, l);
    if (b->layers)
        take_layers(w, b, l);
    return b->threads == 1 || start_threads(w, l, b->threads);
}

/* m gives the text; it need not be a model of that target. */
static bool open_probe(Work *w, mnc_model *m, const char *target, RtPeak *probe)
{
    const char *text;
    size_t n;

    if (mnc_peak_text(m, target, &text, &n) != MNC_OK) {
        fputs(mnc_messages(m), stderr);
        return false;
    }
    return rt_peak_open(&w->a, text, n, rt_cache_dir(&w->a, NULL), probe, &w->d);
}

/* ---- running ---- */

/* round: where the layers' times go; -1: nowhere. */
bool bench_run_once(Work *w, Lane *l, int round, double *seconds)
{
    const mnc_net *net = l->net.net;
    double start = lane_now(l);
    int code;

    l->round = round;
    l->mark = start;
    code = l->context ? net->run_with(l->context, l->in, l->out, l->weights, l->arena)
                      : net->run(l->in, l->out, l->weights, l->arena);
    *seconds = lane_now(l) - start;
    if (code == MNC_NET_CPU)
        diag_error(&w->d, (Pos){ .file = l->name }, "is compiled for %s, which this CPU is not",
                   w->options.target ? w->options.target : "another target");
    else if (code != MNC_NET_OK)
        diag_error(&w->d, (Pos){ .file = l->name }, "the net refuses to run: code %d", code);
    return code == MNC_NET_OK;
}

/* The threads of a net that has just run spin for a while, in the hope of more work; the next net
 * must not pay for it. */
void bench_pause(const Bench *b)
{
    if (b->threads > 1)
        nanosleep(&(struct timespec){ .tv_nsec = PAUSE * 1000000L }, NULL);
}

static void probe_once(Bench *b)
{
    double peak = rt_peak_probe(&b->probe, b->threads);

    b->peak = peak > b->peak ? peak : b->peak;
}

/* A turn for each net, then the peak, while no thread of a net is awake. */
static bool one_round(Work *w, Bench *b, int round)
{
    double warm;

    for (int i = 0; i < b->n_lane; i++) {
        Lane *l = &b->lane[i];
        if (!bench_run_once(w, l, -1, &warm) || !bench_run_once(w, l, round, &l->seconds[round]))
            return false;
        bench_pause(b);
    }
    probe_once(b);
    return true;
}

/* b->rounds becomes what the budget allowed. */
static bool run_rounds(Work *w, Bench *b)
{
    double start = rt_now();
    int rounds = 0;

    for (; rounds < b->rounds && (rounds < FEWEST || rt_now() - start < b->budget); rounds++)
        if (!one_round(w, b, rounds))
            return false;
    b->rounds = rounds;
    return true;
}

/* The caller's memory. */
static void flush_tensors(const mnc_tensor *t, int n, void *const *data)
{
    for (int i = 0; i < n; i++)
        rt_flush(data[i], t[i].bytes);
}

/* A net that somebody needs now and then finds nothing of its own in the caches but its code. */
static bool run_cold(Work *w, const Bench *b, Lane *l)
{
    const mnc_net *net = l->net.net;
    double seconds;

    for (int i = 0; i < COLD; i++) {
        if (!rt_flush(l->weights, l->weight_bytes))
            return true;
        rt_flush(l->arena, net->arena_bytes);
        flush_tensors(net->input, net->n_input, (void *const *)(uintptr_t)l->in);
        flush_tensors(net->output, net->n_output, l->out);
        if (!bench_run_once(w, l, -1, &seconds))
            return false;
        l->cold = i == 0 || seconds < l->cold ? seconds : l->cold;
        bench_pause(b);
    }
    return true;
}

/* For qsort; no time is NaN. */
static int ascending(const void *x, const void *y)
{
    const double *a = x, *b = y;

    return *a < *b ? -1 : *a > *b;
}

/* Layers each by themselves: the best of every layer need not be of one run. */
static void sort(const Bench *b, Lane *l)
{
    qsort(l->seconds, (size_t)b->rounds, sizeof(double), ascending);
    for (uint32_t i = 0; i < l->n_layer; i++)
        qsort(l->layer[i].seconds, (size_t)b->rounds, sizeof(double), ascending);
}

/* The first runs come before anything else has touched the nets' memory or started their threads'
 * work; cold runs come last, for they would disturb the others. */
bool bench_run(Work *w, Bench *b)
{
    const Loaded *net;

    b->lane = arena_new_n(&w->a, Lane, (size_t)b->n_lane);
    for (int i = 0; i < b->n_lane; i++)
        if (!bench_open(w, b, i))
            return false;
    for (int i = 0; i < b->n_lane; i++)
        if (!bench_run_once(w, &b->lane[i], -1, &b->lane[i].first))
            return false;
    /* all lanes run the same target: on this machine, with the same options */
    net = &b->lane[0].net;
    if (!open_probe(w, net->model, net->net->target(), &b->probe) || !run_rounds(w, b))
        return false;
    for (int i = 0; i < b->n_lane; i++) {
        if (!run_cold(w, b, &b->lane[i]))
            return false;
        sort(b, &b->lane[i]);
    }
    return true;
}

bool bench_peak(Work *w, Bench *b)
{
    mnc_model *m = mnc_open(&w->options);

    if (!m)
        arena_out_of_memory(&w->a);
    arena_defer(&w->a, close_model, m);
    if (!open_probe(w, m, b->target, &b->probe))
        return false;
    if (!rt_peak_runs(&b->probe)) {
        diag_error(&w->d, (Pos){ .file = NULL }, "this CPU is no %s", b->target);
        return false;
    }
    for (int i = 0; i < b->rounds; i++)
        probe_once(b);
    return true;
}
