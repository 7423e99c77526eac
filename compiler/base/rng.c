/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"

__extension__ typedef unsigned __int128 Wide;

/* The generator's state after i + 1 steps is key + (i + 1) * gamma, so any number can be had at
 * once. */
uint64_t rng_bits(uint64_t key, uint64_t i)
{
    uint64_t z = key + (i + 1) * 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* A second round, so that the key of a stream is no number that another stream gives out. */
uint64_t rng_key(uint64_t key, uint64_t name)
{
    return rng_bits(rng_bits(key, name), 0x6a09e667f3bcc908u);
}

/* A multiple of 2^-53: as fine as a double near 1 can be. */
double rng_unit(Rng *r)
{
    return (double)(rng_bits(r->key, r->at++) >> 11) * 0x1p-53;
}

/* high is not reached, but for rounding. */
double rng_between(Rng *r, double low, double high)
{
    return low + (high - low) * rng_unit(r);
}

/* The upper half of a 128-bit product; what would make some numbers likelier is drawn again
 * (Lemire, "Fast random integer generation in an interval", 2019). */
uint64_t rng_below(Rng *r, uint64_t n)
{
    uint64_t least = (0 - n) % n;              /* 2^64 mod n */
    Wide product;

    do
        product = (Wide)rng_bits(r->key, r->at++) * n;
    while ((uint64_t)product < least);
    return (uint64_t)(product >> 64);
}
