/* SPDX-License-Identifier: Apache-2.0 */
/* ranks: whether this process is one of several, by what its launcher has put into the environment.
 *
 * Who is alone does not load MPI, which takes milliseconds and, in MPI_Init, starts a daemon. */
#include "ranks.h"
#include "plugin.h"

#include <stdlib.h>

static const char library[] = "libmncmpi.so.0";

/* How many there are, as Open MPI, and those who speak PMI, say; 1: alone. */
static int launched(void)
{
    static const char *const sign[] = { "OMPI_COMM_WORLD_SIZE", "PMI_SIZE" };

    for (size_t i = 0; i < sizeof sign / sizeof sign[0]; i++) {
        const char *n = getenv(sign[i]);
        if (n && atoi(n) > 1)
            return atoi(n);
    }
    return 1;
}

bool rt_ranks_open(Arena *a, const RtRanksOptions *o, const RtRanks **out, Diag *d)
{
    const RtMpiLibrary *by;
    const RtRanks *r;
    int n = launched();

    *out = NULL;
    if (n == 1)
        return true;
    by = rt_plugin(a, library, "mnc_mpi", true);
    if (!by || by->abi != RT_MPI_ABI) {
        if (by)
            diag_error(d, (Pos){ 0 }, "%s is of another version of mnc", library);
        else
            diag_error(d, (Pos){ 0 }, "each of %d processes would work alone: mnc was built "
                       "without MPI, or its %s is not installed", n, library);
        diag_hint(d, "build with -DMNC_MPI=ON where MPI's development files are (Debian: "
                  "libopenmpi-dev)");
        return false;
    }
    r = by->open(o);
    if (r && r->n == n) {
        *out = r;
        return true;
    }
    if (!r)
        diag_error(d, (Pos){ 0 }, "MPI cannot be started");
    else
        diag_error(d, (Pos){ 0 }, "the launcher has started %d processes, of which MPI knows %d: "
                   "it is of another MPI than the one that mnc was built with", n, r->n);
    return false;
}
