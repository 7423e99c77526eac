/* SPDX-License-Identifier: Apache-2.0 */
/* check_images: threads take the next file that nobody has taken.
 *
 * An arena is one thread's, and so is its way out when memory ends; so each thread has its own two:
 * one for the file at hand, and one for what it has to say, which is copied when all have ended.
 */
#include "check_images.h"

#include "image.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { MOST_WORKERS = 64 };

/* What all threads see.  next is the only thing that several of them write. */
typedef struct Shared {
    const char *const *path;
    int64_t n;
    _Atomic int64_t next;
    const char **why;                  /* (n), each written by the thread that took the file */
} Shared;

/* Of one thread.  After pthread_join it is the caller's to read. */
typedef struct Worker {
    pthread_t thread;
    Shared *shared;
    Arena file, words;
    jmp_buf oom;                       /* of both arenas, on the thread's own stack */
    bool no_memory;
} Worker;

/* The first error; a note is not the reason. */
static const char *reason(const Diag *d)
{
    const Message *m = d->first;

    while (m && m->kind != DIAG_ERROR)
        m = m->next;
    return m ? m->text : "does not decode";
}

/* Decodes file i for nothing but the messages; the pixels go at once. */
static void look(Worker *w, int64_t i)
{
    const char *path = w->shared->path[i];
    RtImage image;
    Bytes file;
    Diag d;

    diag_init(&d, &w->file);
    if (!file_read(&w->file, path, &file, &d)
        || !rt_image_decode(&w->file, path, file, &image, &d))
        w->shared->why[i] = arena_strdup(&w->words, reason(&d));
    arena_destroy(&w->file);
}

/* Out of memory ends all threads soon: there is nothing left to take. */
static void *work(void *arg)
{
    Worker *w = arg;
    int64_t i;

    if (setjmp(w->oom)) {
        w->no_memory = true;
        atomic_store(&w->shared->next, w->shared->n);
        return NULL;
    }
    while ((i = atomic_fetch_add(&w->shared->next, 1)) < w->shared->n)
        look(w, i);
    return NULL;
}

/* The calling thread is the first worker; one that cannot be started is done without. */
static void run(Worker *w, int n)
{
    bool started[MOST_WORKERS] = { false };

    for (int i = 1; i < n; i++)
        started[i] = !pthread_create(&w[i].thread, NULL, work, &w[i]);
    work(&w[0]);
    for (int i = 1; i < n; i++)
        if (started[i])
            pthread_join(w[i].thread, NULL);
}

/* For arena_defer: on the way out of a lack of memory nobody else would free the words. */
static void destroy(void *arg)
{
    arena_destroy(arg);
}

const char **rt_check_images(Arena *a, const char *const *path, int64_t n, int workers)
{
    int n_worker = workers < 1 ? 1 : workers > MOST_WORKERS ? MOST_WORKERS : workers;
    Worker *w = arena_new_n(a, Worker, (size_t)n_worker);
    Shared shared = { .path = path, .n = n, .why = arena_new_n(a, const char *, (size_t)n) };
    bool no_memory = false;

    for (int i = 0; i < n_worker; i++) {
        w[i].shared = &shared;
        arena_init(&w[i].file, NULL, NULL, a->limit, &w[i].oom);
        arena_init(&w[i].words, NULL, NULL, a->limit, &w[i].oom);
        arena_defer(a, destroy, &w[i].words);
    }
    run(w, n_worker);
    for (int i = 0; i < n_worker; i++) {
        arena_destroy(&w[i].file);
        no_memory |= w[i].no_memory;
    }
    if (no_memory)                     /* the words go with a, which has them deferred */
        arena_out_of_memory(a);
    for (int64_t i = 0; i < n; i++)
        if (shared.why[i])
            shared.why[i] = arena_strdup(a, shared.why[i]);
    for (int i = 0; i < n_worker; i++)
        arena_destroy(&w[i].words);
    return shared.why;
}
