/* SPDX-License-Identifier: Apache-2.0 */
/* order: which samples make a batch.  It follows from seed and place alone, so that a place is all
 * that a checkpoint needs. */
#include "loader.h"

#include "base/rng.h"

/* Streams within the seed's: the order must not be made of numbers that a sample is flipped by. */
enum { ORDER = 1, SAMPLE = 2 };

uint64_t rt_order_key(uint64_t seed, int64_t epoch)
{
    return rng_key(rng_key(seed, ORDER), (uint64_t)epoch);
}

uint64_t rt_sample_key(uint64_t seed, int64_t epoch, int64_t sample)
{
    return rng_key(rng_key(rng_key(seed, SAMPLE), (uint64_t)epoch), (uint64_t)sample);
}

/* Fisher and Yates' shuffle (Durstenfeld 1964), from the identity each time: the epoch before does
 * not matter, so any epoch can be gone on with. */
static void make_order(RtOrder *o, int64_t epoch)
{
    Rng r = { rt_order_key(o->seed, epoch), 0 };

    if (!o->order)
        o->order = arena_new_n(o->a, int64_t, (size_t)o->n);
    for (int64_t i = 0; i < o->n; i++)
        o->order[i] = i;
    for (int64_t i = o->n - 1; i > 0 && o->shuffle; i--) {
        int64_t k = (int64_t)rng_below(&r, (uint64_t)i + 1), t = o->order[i];
        o->order[i] = o->order[k];
        o->order[k] = t;
    }
    o->epoch = epoch;
}

RtPlace rt_order_normal(const RtOrder *o, RtPlace place)
{
    int64_t least = o->drop_last ? o->batch : 1;

    return o->n - place.index >= least ? place : (RtPlace){ place.epoch + 1, 0 };
}

/* Rounded up, unless short ones are dropped. */
int64_t rt_order_batches(const RtOrder *o)
{
    return o->n / o->batch + (!o->drop_last && o->n % o->batch);
}

/* The order is kept from one batch to the next, and made again after a seek. */
int64_t rt_order_batch(RtOrder *o, RtPlace *place, int64_t *sample)
{
    int64_t left = o->n - place->index, n = left < o->batch ? left : o->batch;

    if (o->epoch != place->epoch || !o->order)
        make_order(o, place->epoch);
    for (int64_t i = 0; i < o->batch; i++)
        sample[i] = i < n ? o->order[place->index + i] : -1;
    place->index += n;
    *place = rt_order_normal(o, *place);
    return n;
}
