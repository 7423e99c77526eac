/* SPDX-License-Identifier: 0BSD */
/* The shortest program that runs a net: mnc compile tiny.mnet -o tiny.c */
#include "tiny.h"

#include <stdio.h>

static _Alignas(64) unsigned char arena[tiny_ARENA_BYTES];

int main(void)
{
    static float image[tiny_INPUT_image_COUNT];      /* (1,3,8,8) */
    float scores[tiny_OUTPUT_dense_COUNT];           /* (1,3) */
    tiny_inputs in = { image };
    tiny_outputs out = { scores };

    for (int i = 0; i < tiny_INPUT_image_COUNT; i++)
        image[i] = (float)i / tiny_INPUT_image_COUNT;
    if (tiny_run(&in, &out, NULL, arena) != MNC_NET_OK)
        return 1;
    for (int i = 0; i < tiny_OUTPUT_dense_COUNT; i++)
        printf("class %d: %g\n", i, (double)scores[i]);
    return 0;
}
