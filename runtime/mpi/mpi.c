/* SPDX-License-Identifier: Apache-2.0 */
/* mpi: ranks on MPI 3; libmncmpi, which only processes that mpirun started load (runtime/ranks.c).
 *
 * Gradients come one close behind the other.  They are gathered until they are PIECE bytes, or
 * finish is called, and then one non-blocking all-reduce is begun, which goes on each time that the
 * step comes by here; the backward pass computes meanwhile.  What is sent, and when, depends on the
 * net alone, so an MPI that adds up the same operands in the same order, as the standard advises
 * (MPI 4.0, 6.9.1) and Open MPI does, gives the same bits each time.
 *
 * Nobody waits in MPI: a rank that has died would never be noticed there.  Requests are tested, and
 * a process that was told to end gives up soon after.
 */
#include "ranks.h"

#include <mpi.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 4 << 20, MOST_REQUESTS = 1024, GAP = 64 };

static const double PATIENCE = .3;         /* seconds: mpirun kills a second after it has asked */
static const double LONG = .05;            /* who waits so long leaves the processor alone */

/* A process is one rank of one run: what MPI itself keeps once in a process. */
typedef struct Mpi {
    RtRanks ranks;
    RtRanksOptions o;
    float *from, *to;                      /* gradients that wait for more of them; NULL: none */
    MPI_Request request[MOST_REQUESTS];
    int n_request;
} Mpi;

static void check(const Mpi *m, int code)
{
    if (code != MPI_SUCCESS)
        m->o.lost();
}

static bool done(Mpi *m)
{
    int all = 0;

    check(m, MPI_Testall(m->n_request, m->request, &all, MPI_STATUSES_IGNORE));
    if (all)
        m->n_request = 0;
    return all;
}

/* Until all requests are done.  Others may need the processor to get there; or they measure. */
static void await(Mpi *m)
{
    double since = 0, begun = MPI_Wtime();

    while (!done(m)) {
        if (MPI_Wtime() - begun > LONG)
            usleep(1000);
        sched_yield();
        if (!*m->o.stop)
            continue;
        if (since == 0)
            since = MPI_Wtime();
        else if (MPI_Wtime() - since > PATIENCE)
            m->o.lost();
    }
}

static MPI_Request *request(Mpi *m)
{
    if (m->n_request == MOST_REQUESTS)
        await(m);
    return &m->request[m->n_request++];
}

/* ---- what a step needs ---- */

static void sum(void *user, double *x, size_t n)
{
    Mpi *m = user;
    MPI_Request one;
    double since = 0;
    int over = 0;

    check(m, MPI_Iallreduce(MPI_IN_PLACE, x, (int)n, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD, &one));
    for (;;) {                             /* gradients that are on their way need not be done */
        check(m, MPI_Test(&one, &over, MPI_STATUS_IGNORE));
        if (over)
            return;
        sched_yield();
        if (*m->o.stop && since == 0)
            since = MPI_Wtime();
        if (since > 0 && MPI_Wtime() - since > PATIENCE)
            m->o.lost();
    }
}

static void send(Mpi *m)
{
    if (m->from)
        check(m, MPI_Iallreduce(MPI_IN_PLACE, m->from, (int)(m->to - m->from), MPI_FLOAT, MPI_SUM,
                                MPI_COMM_WORLD, request(m)));
    m->from = NULL;
}

/* The numbers between two gradients are zeros, and stay so. */
static void begin(void *user, float *x, size_t n)
{
    Mpi *m = user;

    if (m->from && (x < m->to || (size_t)(x - m->to) > GAP / sizeof *x))
        send(m);
    if (!m->from)
        m->from = x;
    m->to = x + n;
    if ((size_t)(m->to - m->from) * sizeof *x >= PIECE)
        send(m);
    done(m);
}

static void finish(void *user)
{
    Mpi *m = user;

    send(m);
    await(m);
}

/* ---- what the loop needs ---- */

static void gather(void *user, const void *mine, void *all, size_t bytes)
{
    Mpi *m = user;

    check(m, MPI_Iallgather(mine, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, MPI_COMM_WORLD,
                            request(m)));
    await(m);
}

/* In parts, because MPI counts in int. */
static void share(void *user, void *data, size_t bytes)
{
    Mpi *m = user;
    const size_t most = 1 << 30;

    for (size_t at = 0; at < bytes; at += most) {
        size_t n = bytes - at < most ? bytes - at : most;
        check(m, MPI_Ibcast((char *)data + at, (int)n, MPI_BYTE, 0, MPI_COMM_WORLD, request(m)));
        await(m);
    }
}

static void end(void *user, bool agreed, int code)
{
    (void)user;
    if (!agreed)
        MPI_Abort(MPI_COMM_WORLD, code);
    MPI_Finalize();
}

static const RtRanks *open_ranks(const RtRanksOptions *o)
{
    static Mpi m;
    int level;

    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
        return NULL;
    m = (Mpi){ .o = *o, .ranks = { .others = { &m, sum, begin, finish }, .gather = gather,
                                   .share = share, .end = end } };
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &m.ranks.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &m.ranks.n);
    return &m.ranks;
}

extern const RtMpiLibrary mnc_mpi;
__attribute__((visibility("default"))) const RtMpiLibrary mnc_mpi = { RT_MPI_ABI, open_ranks };
