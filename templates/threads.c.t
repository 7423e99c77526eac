//@ params PREFIX
#include <pthread.h>
#include <sched.h>

/* Threads that run the same layers side by side, each its share of every layer, with a barrier
 * after each.  Between two runs they spin for a while, then sleep.  The caller is thread 0. */
enum { NET_MAX_THREADS = 64, NET_SPINS = 4000 };

typedef struct net_context {
    int parts, stop;
    unsigned arrived, round;          /* the barrier: how many wait, how often it has opened */
    unsigned job;                     /* number of the run; workers wait for the next */
    int sleepers;
    const ${PREFIX}_inputs *in;
    const ${PREFIX}_outputs *out;
    const unsigned char *w;
    unsigned char *a;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread[NET_MAX_THREADS];
    int started;
} net_context;

NET_UNUSED static void net_pause(int spins)
{
    if (spins > NET_SPINS)
        sched_yield();                /* more threads than processors: let the others go on */
#if defined(__x86_64__)
    else
        __builtin_ia32_pause();
#endif
}

/* Nobody goes on before all have come. */
static void net_barrier(net_context *c)
{
    unsigned round;

    if (!c || c->parts == 1)
        return;
    round = __atomic_load_n(&c->round, __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&c->arrived, 1, __ATOMIC_ACQ_REL) == (unsigned)c->parts) {
        __atomic_store_n(&c->arrived, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&c->round, round + 1, __ATOMIC_RELEASE);
        return;
    }
    for (int i = 0; __atomic_load_n(&c->round, __ATOMIC_ACQUIRE) == round; i += i <= NET_SPINS)
        net_pause(i);
}

typedef char net_context_fits[sizeof(net_context) <= ${PREFIX}_CONTEXT_BYTES ? 1 : -1];
