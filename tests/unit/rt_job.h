/* SPDX-License-Identifier: Apache-2.0 */
/* rt_job: what the runtime's tests share: an arena with messages, and hostile input.
 *
 * Include after setjmp.h and cmocka.h.  Files are handed over in blocks of exactly their size, so
 * that the sanitizers see a read of one byte too many.
 */
#ifndef MNC_TEST_RT_JOB_H
#define MNC_TEST_RT_JOB_H

#include "base/diag.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Job {
    Arena a;
    Diag d;
    jmp_buf oom;
    long left;              /* allocations that still succeed; -1: all */
} Job;

static inline void *job_alloc(void *user, void *p, size_t n)
{
    Job *j = user;

    if (n == 0) {
        free(p);
        return NULL;
    }
    if (j->left == 0)
        return NULL;
    j->left -= j->left > 0;
    return malloc(n);
}

static inline void job_begin(Job *j)
{
    arena_init(&j->a, job_alloc, j, 0, &j->oom);
    diag_init(&j->d, &j->a);
}

static inline int job_setup(void **state)
{
    Job *j = calloc(1, sizeof *j);

    j->left = -1;
    if (setjmp(j->oom))
        abort();
    job_begin(j);
    *state = j;
    return 0;
}

static inline int job_teardown(void **state)
{
    Job *j = *state;

    arena_destroy(&j->a);
    free(j);
    return 0;
}

/* All messages so far, which are then forgotten. */
static inline const char *job_messages(Job *j)
{
    Buf b;

    buf_init(&b, &j->a);
    diag_print(&j->d, &b);
    diag_init(&j->d, &j->a);
    return b.p;
}

/* Reads a file of some kind; what it returns and says is not looked at. */
typedef bool JobReader(Job *j, Bytes file);

static inline bool job_read(JobReader *read, const unsigned char *p, size_t n, long allocations)
{
    Job j = { .left = allocations };
    unsigned char *copy = malloc(n ? n : 1);
    Bytes file = { copy, n };
    volatile bool ok = false;

    memcpy(copy, p, n);
    if (!setjmp(j.oom)) {
        job_begin(&j);
        ok = read(&j, file);
        if (!ok && !j.d.n_error)
            abort();                     /* failed, and nobody said why */
    }
    arena_destroy(&j.a);
    free(copy);
    return ok;
}

/* Every shorter file, every byte damaged in four ways, every allocation failing: none may crash.
 * Returns how many of the shortened files were accepted. */
static inline size_t job_torture(JobReader *read, Bytes file, size_t step)
{
    static const unsigned char damage[] = { 0xff, 0x80, 0x01, 0x10 };
    unsigned char *p = malloc(file.n);
    size_t accepted = 0;

    for (size_t n = 0; n < file.n; n += step)
        accepted += job_read(read, file.p, n, -1);
    memcpy(p, file.p, file.n);
    for (size_t i = 0; i < file.n; i += step)
        for (size_t k = 0; k < sizeof damage; k++) {
            p[i] ^= damage[k];
            job_read(read, p, file.n, -1);
            p[i] ^= damage[k];
        }
    for (long n = 0; !job_read(read, file.p, file.n, n); n++)
        if (n > 10000)
            abort();
    free(p);
    return accepted;
}

#endif
