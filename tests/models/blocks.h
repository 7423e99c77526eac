/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for the programs in this folder: it lives as long as the program.  Where malloc put it is
 * kept, so that a leak checker finds the block however the compiler keeps the aligned address. */
#ifndef TESTS_MODELS_BLOCKS_H
#define TESTS_MODELS_BLOCKS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BLOCKS = 256 };

static void *blocks[MOST_BLOCKS];
static int n_blocks;

/* n bytes on a multiple of 64, each set to fill; ends the program when there are none. */
static inline void *aligned(size_t n, int fill)
{
    char *p = n_blocks < MOST_BLOCKS ? (char *)malloc(n + 64) : NULL;

    if (!p) {
        fprintf(stderr, "no memory for %zu bytes\n", n);
        exit(1);
    }
    blocks[n_blocks++] = p;
    memset(p, fill, n + 64);
    return p + (64 - (uintptr_t)p % 64) % 64;
}

/* A weights file of exactly n bytes. */
static inline void *read_weights(const char *path, size_t n)
{
    FILE *f = fopen(path, "rb");
    void *p = aligned(n, 0);

    if (!f || fread(p, 1, n, f) != n || fgetc(f) != EOF) {
        fprintf(stderr, "%s: cannot read %zu bytes\n", path, n);
        exit(1);
    }
    fclose(f);
    return p;
}

#endif
