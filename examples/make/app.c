/* SPDX-License-Identifier: 0BSD */
/* app: a net on numbers from a pipe.  Standard input: raw float32, image after image, (1,3,8,8) each;
 * standard output: a line for each with its scores. */
#include "net.h"

#include <stdio.h>

static _Alignas(64) unsigned char arena[net_ARENA_BYTES];

int main(void)
{
    static float image[net_INPUT_image_COUNT];
    float scores[net_OUTPUT_dense_COUNT];
    net_inputs in = { image };
    net_outputs out = { scores };

    while (fread(image, sizeof image, 1, stdin) == 1) {
        if (net_run(&in, &out, NULL, arena) != MNC_NET_OK)
            return 1;
        for (int i = 0; i < net_OUTPUT_dense_COUNT; i++)
            printf("%s%g", i ? " " : "", (double)scores[i]);
        putchar('\n');
    }
    return 0;
}
