/* SPDX-License-Identifier: Apache-2.0 */
/* train_ranks: `mpirun -n N mnc train`: what N processes of one training must agree on beside its
 * steps.
 *
 * Rank 0 writes everything that is written, and says everything that is true of all.  Until the
 * steps begin the ranks go from stage to stage together; what fails on some of them ends all, and
 * the first of those says why.  Later a rank that fails ends the others by MPI's means.
 */
#include "driver/train.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Called in the middle of a step, of which nothing can be saved. */
static void lost(void)
{
    static const char text[] =
        "mnc: another process of this training has died, or does not answer\n"
        "The same command with --resume=last goes on from the newest checkpoint.\n";

    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        abort();
    _exit(EXIT_FAILED);
}

bool ranks_open(const volatile sig_atomic_t *stop, const RtRanks **out)
{
    const char *size = getenv("OMPI_COMM_WORLD_SIZE");

    *out = NULL;
#ifdef MNC_MPI
    *out = rt_mpi_open(&(RtRanksOptions){ stop, lost });
    (void)size;
    return true;
#else
    (void)stop, (void)lost;
    if (!size || atoi(size) <= 1)
        return true;
    fputs("mnc: was built without MPI, so that each process would train alone; configure with "
          "-DMNC_MPI=ON\n", stderr);
    return false;
#endif
}

bool ranks_first(const RtRanks *r)
{
    return !r || r->rank == 0;
}

/* Messages of all but the first rank that failed are dropped. */
bool ranks_agree(const RtRanks *r, Diag *d, bool ok)
{
    unsigned char own = ok, *all;
    int k = 0;

    if (!r)
        return ok;
    all = arena_alloc(d->arena, (size_t)r->n);
    r->gather(r->others.user, &own, all, sizeof own);
    while (k < r->n && all[k])
        k++;
    if (k < r->n && k != r->rank)
        diag_init(d, d->arena);
    return k == r->n;
}

/* What the options say of the batch is said of all of it; the net has a part. */
bool ranks_split(const RtRanks *r, Work *w, Training *t)
{
    Pos pos = { .file = w->model };

    if (!r)
        return true;
    t->how.ranks = r->n;
    if (w->options.batch <= 0)
        diag_error(&w->d, pos, "its batch is fixed: it cannot be shared by %d ranks", r->n);
    else if (w->options.batch % r->n)
        diag_error(&w->d, pos, "a batch of %lld cannot be shared evenly by %d ranks",
                   (long long)w->options.batch, r->n);
    w->options.batch /= r->n;
    return !w->d.n_error;
}
