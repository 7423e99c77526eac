/* SPDX-License-Identifier: Apache-2.0 */
/* team: how the processes of one command are opened, and how they agree. */
#include "driver/team.h"

#include <stdio.h>

/* Before there is any work whose arena could be used. */
bool team_open(const RtRanksOptions *o, const RtRanks **out)
{
    jmp_buf oom;
    Arena a;
    Diag d;
    Buf b;
    bool ok;

    arena_init(&a, NULL, NULL, 0, &oom);
    if (setjmp(oom)) {
        arena_destroy(&a);
        fputs("mnc: out of memory\n", stderr);
        return false;
    }
    diag_init(&d, &a);
    ok = rt_ranks_open(&a, o, out, &d);
    buf_init(&b, &a);
    diag_print(&d, &b);
    fputs(b.p, stderr);
    arena_destroy(&a);
    return ok;
}

bool team_first(const RtRanks *r)
{
    return !r || r->rank == 0;
}

/* Messages of all but the first rank that failed are dropped. */
bool team_agree(const RtRanks *r, Diag *d, bool ok)
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
