/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a net made with --threads --weights=file (net.c beside it, prefix net) on each number of
 * threads in argv[2..], weights from the file argv[1]; prints a hash of the output's bits for each.
 * The inputs are the same on every machine.  Exit code 77: this CPU is not what it was made for. */
#include "blocks.h"
#include "net.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 16 };

typedef struct Tensors { const void *in[MOST]; void *out[MOST]; } Tensors;

/* Multiples of 1/512 in [-1, 1]: exact in any float arithmetic. */
static void make_tensors(const mnc_net *net, Tensors *t)
{
    for (int i = 0; i < net->n_input; i++) {
        float *x = (float *)aligned(net->input[i].bytes, 0);
        for (size_t k = 0; k < net->input[i].bytes / sizeof *x; k++)
            x[k] = (float)(k * 7919 % 1024) / 512.0f - 1.0f;
        t->in[i] = x;
    }
    for (int i = 0; i < net->n_output; i++)
        t->out[i] = aligned(net->output[i].bytes, 0);
}

/* FNV-1a of all output bytes.  An output of NaN, or of one number over and over, proves nothing. */
static uint64_t hash(const mnc_net *net, void *const *out)
{
    uint64_t h = 14695981039346656037u;

    for (int i = 0; i < net->n_output; i++) {
        const unsigned char *p = (const unsigned char *)out[i];
        const float *x = (const float *)out[i];
        size_t n = net->output[i].bytes, same = 0;
        for (size_t k = 0; k < n; k++)
            h = (h ^ p[k]) * 1099511628211u;
        for (size_t k = 0; k < n / sizeof *x; k++) {
            same += x[k] == x[0];
            if (!isfinite(x[k]))
                exit((fprintf(stderr, "output %d is not finite at %zu\n", i, k), 1));
        }
        if (same > 1 && same == n / sizeof *x)
            exit((fprintf(stderr, "output %d is the same number everywhere\n", i), 1));
    }
    return h;
}

int main(int argc, char **argv)
{
    const mnc_net *net = net_describe();
    const void *w = argc > 1 ? read_weights(argv[1], net->weight_bytes) : NULL;
    void *arena = aligned(net->arena_bytes, 0), *context = aligned(net->context_bytes, 0);
    Tensors t;

    make_tensors(net, &t);
    for (int i = 2; i < argc; i++) {
        int code = net->open(context, atoi(argv[i]));
        if (code == MNC_NET_OK) {
            code = net->run_with(context, t.in, t.out, w, arena);
            net->close(context);
        }
        if (code == MNC_NET_CPU)
            return 77;
        if (code != MNC_NET_OK)
            return fprintf(stderr, "code %d\n", code), 1;
        printf("%016llx\n", (unsigned long long)hash(net, t.out));
    }
    return 0;
}
