/* SPDX-License-Identifier: Apache-2.0 */
/* train_ranks: what is special to N processes that train together.
 *
 * Until the steps begin the ranks agree before each stage (driver/team.h).  Later a rank that fails
 * ends the others by MPI's means. */
#include "driver/stop.h"
#include "driver/train.h"

#include <stdlib.h>
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

bool train_ranks(const RtRanks **out)
{
    return team_open(&(RtRanksOptions){ &stop_signal, lost }, out);
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
