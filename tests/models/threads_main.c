/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a net made with --threads (net.c beside it, prefix net) on 1, 2, 3 and 7 threads, also two
 * contexts at once, and compares all outputs with those of one thread, bit by bit. */
#include "blocks.h"
#include "net.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 16, ROUNDS = 5 };

typedef struct Run {
    const void *in[MOST];
    void *out[MOST], *arena, *context;
    int threads, code;
} Run;

static const mnc_net *net;

static void prepare(Run *r, int threads)
{
    memset(r, 0, sizeof *r);
    r->threads = threads;
    for (int i = 0; i < net->n_input; i++) {
        float *x = (float *)aligned(net->input[i].bytes, 0);
        for (size_t k = 0; k < net->input[i].bytes / sizeof *x; k++)
            x[k] = (float)(k * 7919 % 1000) / 500.0f - 1.0f;
        r->in[i] = x;
    }
    for (int i = 0; i < net->n_output; i++)
        r->out[i] = aligned(net->output[i].bytes, 0);
    r->arena = aligned(net->arena_bytes, 0);
    r->context = aligned(net->context_bytes, 0);
}

static void *run_rounds(void *arg)
{
    Run *r = (Run *)arg;

    r->code = net->open(r->context, r->threads);
    for (int i = 0; i < ROUNDS && r->code == MNC_NET_OK; i++)
        r->code = net->run_with(r->context, r->in, r->out, NULL, r->arena);
    if (r->code != MNC_NET_THREADS)
        net->close(r->context);
    return NULL;
}

static int compare(const Run *a, const Run *b)
{
    for (int i = 0; i < net->n_output; i++)
        if (b->code != MNC_NET_OK || memcmp(a->out[i], b->out[i], net->output[i].bytes)) {
            fprintf(stderr, "%d threads: code %d, output %d differs\n", b->threads, b->code, i);
            return 1;
        }
    return 0;
}

int main(void)
{
    static const int threads[] = { 1, 2, 3, 7 };
    Run one, r[4];
    pthread_t caller;
    int bad = 0;

    net = net_describe();
    prepare(&one, 1);
    one.code = net->run(one.in, one.out, NULL, one.arena);
    for (int i = 0; i < 4; i++) {
        prepare(&r[i], threads[i]);
        run_rounds(&r[i]);
        bad |= one.code != MNC_NET_OK || compare(&one, &r[i]);
    }
    prepare(&r[0], 2);
    prepare(&r[1], 3);
    if (pthread_create(&caller, NULL, run_rounds, &r[0]))
        return 1;
    run_rounds(&r[1]);
    pthread_join(caller, NULL);
    bad |= compare(&one, &r[0]) || compare(&one, &r[1]);
    bad |= net->open(r[0].context, 0) != MNC_NET_THREADS;
    bad |= net->open(r[0].context, 65) != MNC_NET_THREADS;
    puts(bad ? "FAILED" : "the same bits on 1, 2, 3 and 7 threads");
    return bad;
}
