/* SPDX-License-Identifier: Apache-2.0 */
/* ranks: the processes of a training that several do together, as the loop sees them.
 *
 * All of them run the same loop on the same order of samples, and each takes its part of every
 * batch; what they have to agree on goes through these functions, which all ranks call in the same
 * order.  mpi.c has them on MPI, where mnc was built with it; a pointer to ranks that is NULL means
 * one process alone.
 */
#ifndef MNC_RT_RANKS_H
#define MNC_RT_RANKS_H

#include "mnc/net.h"
#include "mnc/train.h"

#include <signal.h>
#include <stdbool.h>

typedef struct RtRanks {
    int rank, n;                   /* this one's number, of n */
    mnc_ranks others;              /* what a step needs; the functions below take its user */
    /* all: (n, bytes), the same on all ranks, in the order of their numbers. */
    void (*gather)(void *user, const void *mine, void *all, size_t bytes);
    /* What rank 0 has there, all have afterwards. */
    void (*share)(void *user, void *data, size_t bytes);
    /* All end: in order, when they agree on it; else this one takes the others with it. */
    void (*end)(void *user, bool agreed, int code);
} RtRanks;

/* stop: not 0 once the process was told to end.  lost: called, and must not return, when the others
 * do not answer any more. */
typedef struct RtRanksOptions {
    const volatile sig_atomic_t *stop;
    void (*lost)(void);
} RtRanksOptions;

#ifdef MNC_MPI
/* NULL: this process was started alone.  One call in a process. */
const RtRanks *rt_mpi_open(const RtRanksOptions *o);
#endif

#endif
