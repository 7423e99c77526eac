/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: any bytes as a file of a data set: a pickle, an IDX file, a tar file of pickles.
 *
 * Built three times, by FUZZ_KIND.  What must hold: no crash, no leak, no hang, memory within the
 * limit, and a message whenever it is refused.  Gzip is part of the last two.
 */
#include "archive.h"
#include "data_parts.h"
#include "pickle.h"

#include <stdlib.h>

enum { PICKLE, IDX, TAR };

typedef struct Job {
    Arena a;
    Diag d;
} Job;

/* What CIFAR's reader does with a member, without its folders. */
static bool take(void *user, size_t i, const char *path, Bytes file)
{
    Job *j = user;

    (void)i;
    return rt_pickle(&j->a, path, file, &j->d) != NULL;
}

static bool read_file(Job *j, Bytes file)
{
    static const RtWanted wanted[] = { { "a", "b" }, { "data_batch_1", NULL } };
    RtFiles f = { .wanted = wanted, .n = 2, .most = 1 << 20, .take = take, .user = j };
    RtIdx x;

    if (FUZZ_KIND == IDX)
        return rt_idx_read(&j->a, "x", file, &x, &j->d);
    if (FUZZ_KIND == TAR)
        return rt_each_member(&j->a, "x", &f, file, &j->d);
    return rt_pickle(&j->a, "x", file, &j->d) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Job j;
    jmp_buf oom;

    if (setjmp(oom) == 0) {
        arena_init(&j.a, NULL, NULL, 512u << 20, &oom);
        diag_init(&j.d, &j.a);
        if (!read_file(&j, (Bytes){ data, size }) && j.d.n_error == 0)
            abort();
    }
    arena_destroy(&j.a);
    return 0;
}
