/* SPDX-License-Identifier: 0BSD */
/* A net in 256 KB of RAM, its weights in flash: the self-test, then one image. */
#include "net.h"

#include <stdio.h>

#define TEXT(x) #x
#define NUMBER(x) TEXT(x)
#pragma message("arena: " NUMBER(net_ARENA_BYTES) " bytes")

#ifndef RAM_FOR_NET
#define RAM_FOR_NET (200 * 1024)
#endif
_Static_assert(net_ARENA_BYTES <= RAM_FOR_NET, "the net needs more RAM than it may have");
_Static_assert(net_SELFTEST_BYTES <= RAM_FOR_NET, "and so does its self-test");

static _Alignas(64) unsigned char memory[RAM_FOR_NET];

int main(void)
{
    static float image[net_INPUT_image_COUNT];     /* (1,3,32,32) */
    float scores[net_OUTPUT_dense_COUNT];           /* (1,10) */
    net_inputs in = { image };
    net_outputs out = { scores };
    int best = 0;

    if (net_selftest(NULL, memory) != MNC_NET_OK) {
        puts("the self-test failed");
        return 1;
    }
    for (int i = 0; i < net_INPUT_image_COUNT; i++)
        image[i] = (float)(i % 17) / 17;
    if (net_run(&in, &out, NULL, memory) != MNC_NET_OK)
        return 1;
    for (int i = 1; i < net_OUTPUT_dense_COUNT; i++)
        if (scores[i] > scores[best])
            best = i;
    printf("self-test ok; weights at %p; class %d\n", net_describe()->weights, best);
    return 0;
}
