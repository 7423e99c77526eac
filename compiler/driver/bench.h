/* SPDX-License-Identifier: Apache-2.0 */
/* bench: the parts of `mnc bench`.
 *
 * The way of the data: cmd_bench.c reads the command line, bench_run.c compiles, loads and times
 * the nets, bench_report.c and bench_svg.c say what came out. */
#ifndef MNC_DRIVER_BENCH_H
#define MNC_DRIVER_BENCH_H

#include "driver/run.h"

#include "measure.h"

/* One call of a kernel, timed. */
typedef struct LayerTime {
    const mnc_layer *layer;
    double *seconds;             /* [rounds]; ascending once all have run */
} LayerTime;

/* One net, on a number of threads. */
typedef struct Lane {
    Loaded net;
    const char *name;
    const void **in;
    void **out;
    void *arena, *context;       /* context NULL: one thread, without a pool */
    size_t weight_bytes;
    const void *weights;
    int64_t params, macs;
    double *seconds;             /* [rounds], of each run; ascending once all have run */
    double first, cold;          /* of the first run ever; with cold caches, 0: not measured */
    LayerTime *layer;            /* n_layer 0: they are not timed */
    uint32_t n_layer;
    LayerTime **by_number;       /* [n_number]: the layer of a number that NET_LAYER gives */
    int n_number;
    bool thread_time;            /* what other processes take does not count; for one thread */
    const bool *whole;           /* [n_number]: its band is timed as a whole; NULL: no band is */
    int inside;                  /* a layer of such a band, which runs now */
    double mark;                 /* when the layer before ended */
    int round;                   /* that runs now; -1: one that does not count */
} Lane;

typedef struct Bench {
    int threads, rounds;
    double budget;               /* seconds for all; at least a few rounds are run */
    bool layers, fresh, svg;     /* --layers, --fresh, --format=svg */
    bool quiet;                  /* a load that fails is not told */
    const char *target;          /* of --peak */
    int n_lane;
    Lane *lane;
    RtPeak probe;
    double peak;                 /* FLOP/s on that many threads: the most that was seen */
} Bench;

/* Least and median over the rounds of what has been sorted. */
static inline double least(const double *seconds) { return seconds[0]; }
static inline double median(const Bench *b, const double *seconds)
{
    return seconds[b->rounds / 2];
}

/* --threads and --rounds; false with a message: exit code 2. */
bool bench_numbers(const Args *args, Bench *b);

/* Images of one run: the first dimension of the first input. */
int64_t bench_batch(const Lane *l);

/* Floating-point operations per second: a product and a sum for each mult-add; and what share of
 * the peak that is, 0 where the peak could not be measured. */
double bench_flops(int64_t macs, double seconds);
double bench_share(const Bench *b, int64_t macs, double seconds);

/* Compiles and loads operand i as lane i, with what it takes to run it. */
bool bench_open(Work *w, Bench *b, int i);

/* One run; round: where the layers' times are added, -1: nowhere.  bench_pause: before another
 * net's turn, for threads that have just worked spin for a while. */
bool bench_run_once(Work *w, Lane *l, int round, double *seconds);
void bench_pause(const Bench *b);

/* Compiles, loads and runs all; false with what is wrong shown or in w->d. */
bool bench_run(Work *w, Bench *b);

/* --start: what comes before; measured and reported. */
bool bench_start(Work *w);

/* --peak: probes alone, of b->target. */
bool bench_peak(Work *w, Bench *b);

/* As the options say: text, JSON or a picture, to standard output. */
bool bench_report(Work *w, const Bench *b);
bool bench_report_peak(Work *w, const Bench *b);

/* The layers of the first net as a table and a picture: a section of mnc_report's page. */
mnc_section bench_section(const Bench *b, Arena *a);

/* The layers of each net as bars one beside the other, as wide as the time they took, in as many
 * rows as their names have parts: blocks above their layers. */
void bench_svg(const Bench *b, Arena *a, Buf *out);

#endif
