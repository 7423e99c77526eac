/* SPDX-License-Identifier: Apache-2.0 */
/* measure: what timing a net needs beside the net: a clock, cold caches, and the speed of this
 * machine's multiply-adds at best, which is what a net's speed is a share of. */
#ifndef MNC_RT_MEASURE_H
#define MNC_RT_MEASURE_H

#include "build.h"

/* Seconds, from some moment on; never set back. */
double rt_now(void);

/* Seconds that this thread has run, so without those of other processes on its core; looking takes
 * longer than rt_now, some 0.3 us. */
double rt_thread_now(void);

/* Takes n bytes at p out of all caches.  False where the CPU has no instruction for it. */
bool rt_flush(const void *p, size_t n);

/* A compiled loop of multiply-adds (mnc_peak_text). */
typedef struct RtPeak {
    double (*run)(long rounds);      /* returns how many floating-point operations it did */
    void *handle;                    /* of dlopen; closed with the arena */
    long rounds;                     /* that take about a millisecond */
} RtPeak;

/* Compiles and loads it, through the cache in dir (rt_cache_dir's result); a few milliseconds go
 * into finding out how many rounds a millisecond has.  False with a message. */
bool rt_peak_open(Arena *a, const char *text, size_t n, const char *dir, RtPeak *out, Diag *d);

/* False: this CPU has not what it needs, and there is nothing to probe. */
bool rt_peak_runs(const RtPeak *p);

/* Floating-point operations per second of one probe, on that many threads (1 to 64) at once, from
 * the start of all to the end of the last.  0: the threads could not be started.  The most of
 * several probes is what the machine can do. */
double rt_peak_probe(const RtPeak *p, int threads);

#endif
