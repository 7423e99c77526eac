/* SPDX-License-Identifier: 0BSD */
/* Two different nets, and one of them again under another prefix: no name of one meets another's. */
#include "again.h"
#include "sepcnn.h"
#include "tiny.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory for the larger of arenas and self-tests, 64-byte aligned. */
static void *memory(size_t n)
{
    void *p = aligned_alloc(64, (n + 63) / 64 * 64);

    if (!p)
        exit(1);
    return p;
}

static int test(const mnc_net *net)
{
    void *m = memory(net->selftest_bytes);
    int code = net->selftest(NULL, m);

    printf("%s on %s: %s\n", net->name, net->target(), code == MNC_NET_OK ? "ok" : "failed");
    free(m);
    return code != MNC_NET_OK;
}

int main(void)
{
    static float image[tiny_INPUT_image_COUNT] = { 1, 2, 3 };
    float a[tiny_OUTPUT_dense_COUNT], b[again_OUTPUT_dense_COUNT];
    void *arena = memory(tiny_ARENA_BYTES);
    tiny_inputs in = { image };
    tiny_outputs out = { a };
    again_inputs in2 = { image };
    again_outputs out2 = { b };
    int bad = test(tiny_describe()) | test(again_describe()) | test(sepcnn_describe());

    bad |= tiny_run(&in, &out, NULL, arena) | again_run(&in2, &out2, NULL, arena);
    bad |= memcmp(a, b, sizeof a) != 0;
    free(arena);
    puts(bad ? "failed" : "the same net gives the same bits under both prefixes");
    return bad;
}
