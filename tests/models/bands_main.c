/* SPDX-License-Identifier: Apache-2.0 */
/* Compares two files made from one net, whole.h (prefix whole) and bands.h (prefix bands, with
 * threads): all outputs on one thread and on several must be the same bits.  The arena holds NaNs
 * before, so that reading what nobody wrote is noticed, and ends where its memory ends. */
#include "bands.h"
#include "blocks.h"
#include "whole.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 16 };

static const void *in[MOST];
static void *want[MOST], *got[MOST];

static void prepare(const mnc_net *net)
{
    for (int i = 0; i < net->n_input; i++) {
        float *x = (float *)aligned(net->input[i].bytes, 0xff);
        for (size_t k = 0; k < net->input[i].bytes / sizeof *x; k++)
            x[k] = (float)(k * 7919 % 1000) / 500.0f - 1.0f;
        in[i] = x;
    }
    for (int i = 0; i < net->n_output; i++) {
        want[i] = aligned(net->output[i].bytes, 0xff);
        got[i] = aligned(net->output[i].bytes, 0xff);
    }
}

static int compare(const mnc_net *net, int code, const char *how, int threads)
{
    int bad = code != MNC_NET_OK;

    for (int i = 0; i < net->n_output; i++) {
        bad |= memcmp(want[i], got[i], net->output[i].bytes) != 0;
        memset(got[i], 0, net->output[i].bytes);
    }
    if (bad)
        fprintf(stderr, "%s, %d threads: code %d, other bits\n", how, threads, code);
    return bad;
}

int main(void)
{
    static const int threads[] = { 2, 3, 7, 40 };
    const mnc_net *whole = whole_describe(), *bands = bands_describe();
    void *arena = aligned(bands->arena_bytes, 0xff), *context = aligned(bands->context_bytes, 0xff);
    int bad = 0;

    prepare(whole);
    if (whole->run(in, want, NULL, aligned(whole->arena_bytes, 0xff)) != MNC_NET_OK)
        return 1;
    bad |= compare(whole, bands->run(in, got, NULL, arena), "without a context", 1);
    for (int i = 0; i < 4; i++) {
        memset(arena, 0xff, bands->arena_bytes);
        bad |= bands->open(context, threads[i]) != MNC_NET_OK;
        bad |= compare(whole, bands->run_with(context, in, got, NULL, arena), "in bands",
                       threads[i]);
        bands->close(context);
    }
    puts(bad ? "FAILED" : "the same bits");
    return bad;
}
