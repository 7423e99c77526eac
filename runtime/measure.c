/* SPDX-License-Identifier: Apache-2.0 */
/* measure: clock, caches, and probes of the peak.
 *
 * The peak is measured, not looked up: what a core does depends on its clock at the moment, on its
 * number of multiply-add units, which cpuid does not tell, and on what else the machine does.
 */
#include "measure.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { MOST_THREADS = 64, LINE = 64 };

/* Monotonic: a clock that somebody sets must not end in a negative time. */
double rt_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double rt_thread_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* clflush is in every x86-64, and takes a line out of all levels of all cores. */
bool rt_flush(const void *p, size_t n)
{
#if defined(__x86_64__)
    const char *c = p;

    for (size_t i = 0; i < n; i += LINE)
        __builtin_ia32_clflush(c + i);
    if (n)
        __builtin_ia32_clflush(c + n - 1);
    __builtin_ia32_mfence();
    return true;
#else
    (void)p, (void)n;
    return false;
#endif
}

/* ---- the peak ---- */

/* For arena_defer. */
static void close_handle(void *arg)
{
    RtPeak *p = arg;

    if (p->handle)
        dlclose(p->handle);
}

/* The RtLoad of rt_build. */
static bool load(void *user, const char *so_path, Diag *d)
{
    RtPeak *p = user;
    void *symbol;

    p->handle = dlopen(so_path, RTLD_NOW | RTLD_LOCAL);
    symbol = p->handle ? dlsym(p->handle, "mnc_peak") : NULL;
    if (!symbol) {
        diag_error(d, (Pos){ .file = so_path }, "cannot load the loop that shows the peak: %s",
                   dlerror());
        return false;
    }
    memcpy(&p->run, &symbol, sizeof p->run);           /* ISO C knows no cast between the two */
    return true;
}

bool rt_peak_runs(const RtPeak *p)
{
    return p->run(1) > 0;
}

/* Doubles what it tries, so the first rounds, on a CPU that slept, weigh little. */
static void calibrate(RtPeak *p)
{
    double seconds = 0;

    if (!rt_peak_runs(p))
        return;
    for (p->rounds = 256; seconds < 1e-3 && p->rounds < 1L << 30; p->rounds *= 2) {
        double start = rt_now();
        p->run(p->rounds);
        seconds = rt_now() - start;
    }
}

/* p is in the arena, because that is what closes its handle. */
bool rt_peak_open(Arena *a, const char *text, size_t n, const char *dir, RtPeak *out, Diag *d)
{
    RtPeak *p = arena_new(a, RtPeak);
    RtCompiler cc;
    RtBuild b = { .cc = &cc, .cache = dir, .text = text, .n = n, .load = load, .user = p };

    arena_defer(a, close_handle, p);
    if (!rt_find_compiler(a, NULL, RT_SHARED, &cc, d) || !rt_build(a, &b, d))
        return false;
    calibrate(p);
    *out = *p;
    return true;
}

/* Threads come and go with each probe: beside a millisecond that is little, and between probes
 * nothing of ours disturbs the nets. */
typedef struct Probe {
    const RtPeak *peak;
    atomic_int waiting;          /* threads that have not arrived yet */
    double end[MOST_THREADS], flops[MOST_THREADS];
} Probe;

/* Number 0 is the caller. */
typedef struct Worker { Probe *probe; int number; } Worker;

/* All begin together; with fewer cores than threads waiting must let the others come. */
static void meet(Probe *p)
{
    atomic_fetch_sub(&p->waiting, 1);
    while (atomic_load(&p->waiting) > 0)
        sched_yield();
}

/* Its own end is taken by each thread: being joined takes longer. */
static void *work(void *arg)
{
    Worker *w = arg;
    Probe *p = w->probe;

    meet(p);
    p->flops[w->number] = p->peak->run(p->peak->rounds);
    p->end[w->number] = rt_now();
    return NULL;
}

/* Of those that could be started; without one of them the others must not wait for it. */
static int start_workers(Probe *p, pthread_t *thread, Worker *worker, int threads)
{
    int n = 0;

    while (n < threads - 1) {
        worker[n] = (Worker){ p, n + 1 };
        if (pthread_create(&thread[n], NULL, work, &worker[n]))
            break;
        n++;
    }
    atomic_fetch_sub(&p->waiting, threads - 1 - n);
    return n;
}

/* Too few threads would look like a slow machine, so they count as no measurement. */
double rt_peak_probe(const RtPeak *peak, int threads)
{
    Probe p = { .peak = peak, .waiting = threads };
    pthread_t thread[MOST_THREADS];
    Worker worker[MOST_THREADS];
    int n = start_workers(&p, thread, worker, threads);
    double start, end = 0, flops = 0;

    meet(&p);
    start = rt_now();
    p.flops[0] = peak->run(peak->rounds);
    p.end[0] = rt_now();
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i <= n; i++) {
        end = p.end[i] > end ? p.end[i] : end;
        flops += p.flops[i];
    }
    return n == threads - 1 ? flops / (end - start) : 0;
}
