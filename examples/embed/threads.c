/* SPDX-License-Identifier: 0BSD */
/* One net called from two threads: the code and the weights are shared, each has its own arena. */
#include "sepcnn.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 50 };

typedef struct Caller {
    float image[sepcnn_INPUT_image_COUNT], scores[sepcnn_OUTPUT_dense_COUNT];
    int code;
} Caller;

static void *call(void *arg)
{
    Caller *c = arg;
    void *arena = aligned_alloc(64, (sepcnn_ARENA_BYTES + 63) / 64 * 64);
    sepcnn_inputs in = { c->image };
    sepcnn_outputs out = { c->scores };

    c->code = !arena;
    for (int i = 0; i < ROUNDS && !c->code; i++)
        c->code = sepcnn_run(&in, &out, NULL, arena);
    free(arena);
    return NULL;
}

int main(void)
{
    static Caller alone, together[2];
    pthread_t thread;

    for (int i = 0; i < sepcnn_INPUT_image_COUNT; i++)
        alone.image[i] = together[0].image[i] = together[1].image[i] = (float)(i % 17) / 17;
    call(&alone);
    if (pthread_create(&thread, NULL, call, &together[0]))
        return 1;
    call(&together[1]);
    pthread_join(thread, NULL);
    for (int i = 0; i < 2; i++)
        if (together[i].code || memcmp(together[i].scores, alone.scores, sizeof alone.scores)) {
            puts("failed");
            return 1;
        }
    puts("two threads, the same bits as one");
    return alone.code;
}
