/* SPDX-License-Identifier: Apache-2.0 */
/* loader: the order of the samples, for loader.c and its test alone. */
#ifndef MNC_RT_LOADER_H
#define MNC_RT_LOADER_H

#include "data.h"

/* Everything that says which samples come when. */
typedef struct RtOrder {
    Arena *a;
    int64_t n, batch;          /* samples in the set, in a batch */
    bool shuffle, drop_last;
    uint64_t seed;
    int64_t epoch;             /* of order; -1: none yet */
    int64_t *order;            /* (n), a permutation */
} RtOrder;

/* The samples of the batch at *place, which moves on to the next batch: their numbers, (batch), the
 * rest -1.  Returns how many.  *place is normal, and is so afterwards. */
int64_t rt_order_batch(RtOrder *o, RtPlace *place, int64_t *sample);

/* A place at which no batch begins any more becomes the beginning of the next epoch. */
RtPlace rt_order_normal(const RtOrder *o, RtPlace place);
int64_t rt_order_batches(const RtOrder *o);

/* The streams of random numbers: of an epoch's order, of a sample's augmentation. */
uint64_t rt_order_key(uint64_t seed, int64_t epoch);
uint64_t rt_sample_key(uint64_t seed, int64_t epoch, int64_t sample);

#endif
