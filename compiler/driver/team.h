/* SPDX-License-Identifier: Apache-2.0 */
/* team: `mpirun -n N mnc train` and `mpirun -n N mnc tune`: what N processes agree on.
 *
 * Rank 0 writes everything that is written, and says everything that is true of all.  The ranks go
 * from stage to stage together; what fails on some of them ends all, and the first of those says
 * why.
 */
#ifndef MNC_DRIVER_TEAM_H
#define MNC_DRIVER_TEAM_H

#include "ranks.h"

/* The processes that mpirun has started; NULL: this one is alone.  False, with a message, when
 * there are some and this mnc cannot reach them. */
bool team_open(const RtRanksOptions *o, const RtRanks **out);
bool team_first(const RtRanks *r);

/* Is it ok on all of them?  If not, the first that fails keeps its messages. */
bool team_agree(const RtRanks *r, Diag *d, bool ok);

#endif
