//@ params PREFIX TRAIN
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

/* Threads that run the same layers side by side, each its share of every layer, with a barrier
 * after each.  Between two runs they spin for a while, then sleep.  The caller is thread 0. */
enum { NET_MAX_THREADS = 64, NET_SPINS = 4000, NET_YIELDS = 5000 };

typedef struct net_context {
    int parts, stop;
    int spins;                        /* before yielding: none with more threads than processors */
    unsigned arrived, round;          /* the barrier: how many wait, how often it has opened */
    unsigned job;                     /* number of the run; workers wait for the next */
    int sleepers, waiters;            /* for the next job; at the barrier */
    const ${PREFIX}_inputs *in;
    const ${PREFIX}_outputs *out;
    const unsigned char *w;
    unsigned char *a;
//@ if TRAIN
    unsigned char *s;
    int program;
//@ end
    pthread_mutex_t lock;
    pthread_cond_t wake, gate;
    pthread_t thread[NET_MAX_THREADS];
    int started;
} net_context;

NET_UNUSED static void net_pause(int yield)
{
    if (yield)
        sched_yield();
#if defined(__x86_64__)
    else
        __builtin_ia32_pause();
#endif
}

/* Nobody goes on before all have come.  Who waits spins, then lets others have the processor, for
 * which the missing thread may be waiting, and sleeps in the end.  That must not come early: waking
 * takes so long that the others would be asleep by then, in every layer.  Both sides order their
 * store before their load: the sleeper sees the new round, or the last to come sees the sleeper. */
static void net_barrier(net_context *c)
{
    unsigned round;

    if (!c || c->parts == 1)
        return;
    round = __atomic_load_n(&c->round, __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&c->arrived, 1, __ATOMIC_ACQ_REL) == (unsigned)c->parts) {
        __atomic_store_n(&c->arrived, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&c->round, round + 1, __ATOMIC_SEQ_CST);
        if (__atomic_load_n(&c->waiters, __ATOMIC_SEQ_CST)) {
            pthread_mutex_lock(&c->lock);
            pthread_cond_broadcast(&c->gate);
            pthread_mutex_unlock(&c->lock);
        }
        return;
    }
    for (int i = 0; i < c->spins + NET_YIELDS; i++) {
        if (__atomic_load_n(&c->round, __ATOMIC_ACQUIRE) != round)
            return;
        net_pause(i >= c->spins);
    }
    pthread_mutex_lock(&c->lock);
    __atomic_add_fetch(&c->waiters, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&c->round, __ATOMIC_SEQ_CST) == round)
        pthread_cond_wait(&c->gate, &c->lock);
    __atomic_sub_fetch(&c->waiters, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&c->lock);
}

typedef char net_context_fits[sizeof(net_context) <= ${PREFIX}_CONTEXT_BYTES ? 1 : -1];
