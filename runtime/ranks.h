/* SPDX-License-Identifier: Apache-2.0 */
/* ranks: the processes of a training, or of a search for faster kernels, that several do together.
 *
 * In a training all of them run the same loop on the same order of samples, and each takes its part
 * of every batch.  What they have to agree on goes through these functions, which all ranks call in
 * the same order.  libmncmpi (mpi/mpi.c) has them on MPI, where mnc was built with it; a pointer to
 * ranks that is NULL means one process alone.
 */
#ifndef MNC_RT_RANKS_H
#define MNC_RT_RANKS_H

#include "base/diag.h"
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

/* The ranks that this process is one of; *out NULL: it was started alone, and MPI is not loaded.
 * One call in a process.  False, with a message: it was not, but they cannot be reached. */
bool rt_ranks_open(Arena *a, const RtRanksOptions *o, const RtRanks **out, Diag *d);

/* What libmncmpi exports, as the variable mnc_mpi.  open: NULL, when MPI does not start. */
enum { RT_MPI_ABI = 1 };               /* changes with this file */
typedef struct RtMpiLibrary {
    int abi;
    const RtRanks *(*open)(const RtRanksOptions *o);
} RtMpiLibrary;

#endif
