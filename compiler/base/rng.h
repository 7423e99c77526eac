/* SPDX-License-Identifier: Apache-2.0 */
/* rng: random numbers by counter: number i of a stream follows from the stream's key and i alone,
 * so that it does not matter in which order, or by which thread, they are drawn.
 *
 * splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014).  Not for
 * secrets.
 */
#ifndef MNC_BASE_RNG_H
#define MNC_BASE_RNG_H

#include <stdint.h>

/* 64 bits: number i (from 0) of the stream key. */
uint64_t rng_bits(uint64_t key, uint64_t i);

/* The key of a stream within the stream key: of an epoch, of a sample in it. */
uint64_t rng_key(uint64_t key, uint64_t name);

/* A stream that is drawn from in order. */
typedef struct Rng {
    uint64_t key, at;
} Rng;

double rng_unit(Rng *r);                       /* [0, 1), 53 bits */
double rng_between(Rng *r, double low, double high);
uint64_t rng_below(Rng *r, uint64_t n);        /* 0..n-1, each alike; n at least 1 */

#endif
