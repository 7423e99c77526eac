/* SPDX-License-Identifier: Apache-2.0 */
/* loader: batches, made ahead by worker threads.
 *
 * A ring of slots, each a batch.  Batches have numbers, counted from the last seek; batch b lies in
 * slot b % depth:
 *     head   the user's next one; the one before it is the user's until he comes for this
 *     work   the one whose samples are being handed out
 *     tail   the first that has not been planned
 * Only the user's thread plans (chooses samples) and frees; the workers take samples of the batch
 * at work, and fill in x.  So what a batch holds does not depend on who makes it, or when.
 *
 * All that several threads change is guarded by lock.  Each worker has an arena of its own.
 */
#include "data.h"

#include "augment.h"
#include "loader.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { DEPTH = 3, MOST_WORKERS = 64, CHUNK = 8 };      /* CHUNK: samples in memory, at a time */

/* A batch in the making.  x, label and sample are written by whoever has taken a sample, each its
 * own places; the counters are written under lock.  done == n: the batch is whole. */
typedef struct Slot {
    float *x;                          /* (batch,C,H,W) */
    int32_t *label;
    int64_t *sample;
    int64_t all;                       /* samples of all ranks */
    int64_t n, taken, done;            /* samples: all, given to workers, finished by them */
    int64_t bad;                       /* the first sample that failed; n: none */
    const char *why, *what;            /* in a worker's arena */
    RtPlace place;
} Slot;

/* Words outlive the sample that they are about, for they are read by another thread, later. */
typedef struct Worker {
    RtLoader *l;
    pthread_t thread;
    bool started;
    Arena file, words;                 /* of one sample; of what is to be said */
    jmp_buf oom;
} Worker;

struct RtLoader {
    Arena *a;
    RtData data;
    RtLoaderOptions o;
    RtSteps steps;
    RtNormalise normalise;
    int channels, height, width;
    RtOrder order;                     /* the user's thread alone looks at it */
    int64_t *whole;                    /* (order.batch), the samples of a batch of all ranks */
    RtPlace next, plan;                /* of the batches head and tail */
    Slot slot[DEPTH];
    int depth;                         /* DEPTH; 1 without threads */
    Worker *worker;
    int n_worker;                      /* at least one; without threads it is the user's own */
    /* under lock */
    pthread_mutex_t lock;
    pthread_cond_t to_do, done;
    int64_t head, work, tail;
    int busy;                          /* workers in the middle of samples */
    bool stop, no_memory;
};

/* Batches that are alive together have different slots. */
static Slot *slot_of(RtLoader *l, int64_t batch)
{
    return &l->slot[batch % l->depth];
}

/* ---- samples ---- */

/* The pixels of a sample.  NULL, or why there are none. */
static const char *open_sample(Worker *w, int64_t i, RtView *v)
{
    const RtData *s = &w->l->data;
    size_t size = (size_t)s->channels * (size_t)s->height * (size_t)s->width;
    const Message *m;
    RtImage image;
    Bytes file;
    Diag d;

    if (!s->path) {
        rt_view_planes(v, s->channels, s->height, s->width);
        v->u8 = s->u8 ? s->u8 + (size_t)i * size : NULL;
        v->f32 = s->f32 ? s->f32 + (size_t)i * size : NULL;
        return NULL;
    }
    diag_init(&d, &w->file);
    if (file_read(&w->file, s->path[i], &file, &d)
        && rt_image_decode(&w->file, s->path[i], file, &image, &d)) {
        rt_view_image(v, &image);
        return NULL;
    }
    for (m = d.first; m->next && m->kind != DIAG_ERROR; m = m->next)
        ;
    return m->text;
}

/* Sample k of a batch, to its place.  NULL, or why not.  Its random numbers depend on seed, epoch
 * and the sample's own number: neither on k nor on the worker. */
static const char *make_sample(Worker *w, const Slot *s, int64_t k)
{
    RtLoader *l = w->l;
    Rng r = { rt_sample_key(l->o.seed, s->place.epoch, s->sample[k]), 0 };
    size_t size = (size_t)l->channels * (size_t)l->height * (size_t)l->width;
    RtView v;
    const char *why = open_sample(w, s->sample[k], &v);

    if (!why)
        why = rt_augment(&w->file, &l->steps, &r, &v);
    if (!why && (v.height != l->height || v.width != l->width))
        why = arena_printf(&w->file, "has %dx%d pixels (height x width) in the end, where the net "
                           "takes %dx%d; resize=%d,%d fits it", v.height, v.width, l->height,
                           l->width, l->height, l->width);
    if (why)
        return why;
    rt_view_write(&v, &l->normalise, s->x + (size_t)k * size);
    s->label[k] = l->data.label[s->sample[k]];
    return NULL;
}

/* Of several failures the first one counts, so that the message is the same each time. */
static void failed(Worker *w, Slot *s, int64_t k, const char *why)
{
    RtLoader *l = w->l;
    const char *words = arena_strdup(&w->words, why);
    const char *what = l->data.path ? l->data.path[s->sample[k]]
        : arena_printf(&w->words, "%s: sample %lld", l->data.spec, (long long)s->sample[k]);

    pthread_mutex_lock(&l->lock);
    if (k < s->bad) {
        s->bad = k;
        s->why = words;
        s->what = what;
    }
    pthread_mutex_unlock(&l->lock);
}

/* Goes on after a failure: the samples behind it may be wanted by who looks at the batch. */
static void make_samples(Worker *w, Slot *s, int64_t from, int64_t n)
{
    for (int64_t k = from; k < from + n; k++) {
        const char *why = make_sample(w, s, k);
        if (why)
            failed(w, s, k, why);
        arena_destroy(&w->file);
    }
}

/* Under lock: takes samples of the batch at work and leaves the lock while it makes them. */
static void do_some(Worker *w)
{
    RtLoader *l = w->l;
    Slot *s = slot_of(l, l->work);
    int64_t from = s->taken, n = l->data.path ? 1 : CHUNK;

    n = n < s->n - from ? n : s->n - from;
    s->taken += n;
    l->work += s->taken == s->n;
    l->busy++;
    pthread_mutex_unlock(&l->lock);
    make_samples(w, s, from, n);
    pthread_mutex_lock(&l->lock);
    l->busy--;
    s->done += n;
    if (s->done == s->n || !l->busy)
        pthread_cond_signal(&l->done);
}

/* Leaves without the lock when memory ends: samples are made without it. */
static void *work(void *arg)
{
    Worker *w = arg;
    RtLoader *l = w->l;

    if (setjmp(w->oom)) {
        pthread_mutex_lock(&l->lock);
        l->no_memory = true;
        l->busy--;
        pthread_cond_signal(&l->done);
        pthread_mutex_unlock(&l->lock);
        return NULL;
    }
    pthread_mutex_lock(&l->lock);
    while (!l->stop) {
        if (l->work < l->tail)
            do_some(w);
        else
            pthread_cond_wait(&l->to_do, &l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* ---- batches ---- */

/* Under lock: chooses the samples of one more batch, of which this rank's part is made.  The rest
 * of a short one's x is 0. */
static void plan_batch(RtLoader *l)
{
    Slot *s = slot_of(l, l->tail);
    int64_t first = l->o.rank * l->o.batch;
    size_t size = (size_t)l->channels * (size_t)l->height * (size_t)l->width;

    s->place = l->plan;
    s->all = rt_order_batch(&l->order, &l->plan, l->whole);
    memcpy(s->sample, l->whole + first, (size_t)l->o.batch * sizeof *s->sample);
    s->n = s->all < first ? 0 : s->all - first < l->o.batch ? s->all - first : l->o.batch;
    s->taken = s->done = 0;
    s->bad = s->n;
    for (int64_t k = s->n; k < l->o.batch; k++) {
        s->label[k] = -1;
        memset(s->x + (size_t)k * size, 0, size * sizeof *s->x);
    }
    l->tail++;
}

/* Under lock: plans as far as there are slots; without threads it also makes the samples. */
static void fill(RtLoader *l)
{
    while (l->tail < l->head + l->depth)
        plan_batch(l);
    while (!l->worker[0].started && l->work < l->tail)
        do_some(&l->worker[0]);
    pthread_cond_broadcast(&l->to_do);
}

/* False, with a message, when a sample of it failed; the batch then stays where it is. */
bool rt_loader_next(RtLoader *l, RtBatch *out, Diag *d)
{
    Slot *s = slot_of(l, l->head);
    bool no_memory;

    pthread_mutex_lock(&l->lock);
    fill(l);                           /* also the slot that the user held */
    while (s->done < s->n && !l->no_memory)    /* a thread that has no memory leaves some undone */
        pthread_cond_wait(&l->done, &l->lock);
    no_memory = l->no_memory;
    l->head += !no_memory && s->bad == s->n;
    pthread_mutex_unlock(&l->lock);
    if (no_memory)
        arena_out_of_memory(l->a);
    if (s->bad < s->n) {
        diag_error(d, (Pos){ .file = arena_strdup(d->arena, s->what) }, "%s", s->why);
        return false;
    }
    *out = (RtBatch){ s->x, s->label, s->sample, s->n, s->all, s->place };
    l->next = rt_order_normal(&l->order, (RtPlace){ s->place.epoch, s->place.index + s->all });
    return true;
}

/* The same in each epoch. */
int64_t rt_loader_batches(const RtLoader *l)
{
    return rt_order_batches(&l->order);
}

/* Not where the workers are: they are ahead. */
RtPlace rt_loader_place(const RtLoader *l)
{
    return l->next;
}

void rt_loader_shape(const RtLoader *l, int *channels, int *height, int *width)
{
    *channels = l->channels;
    *height = l->height;
    *width = l->width;
}

/* What was planned is forgotten, when the workers are done with what they have in hand. */
bool rt_loader_seek(RtLoader *l, RtPlace to, Diag *d)
{
    if (to.epoch < 0 || to.index < 0 || to.index >= l->data.n) {
        diag_error(d, (Pos){ .file = l->data.spec }, "has %lld samples: there is no place %lld in "
                   "epoch %lld of it", (long long)l->data.n, (long long)to.index,
                   (long long)to.epoch);
        return false;
    }
    pthread_mutex_lock(&l->lock);
    l->work = l->tail;
    while (l->busy)                    /* their samples go into slots that are planned anew */
        pthread_cond_wait(&l->done, &l->lock);
    l->head = l->work = l->tail = 0;
    l->next = l->plan = rt_order_normal(&l->order, to);
    pthread_mutex_unlock(&l->lock);
    return true;
}

/* ---- opening and closing ---- */

/* Sizes in the end: what the steps make of the samples, and what the net wants. */
static bool find_shape(RtLoader *l, Diag *d)
{
    const RtLoaderOptions *o = &l->o;
    Pos pos = { .file = l->data.spec };
    int h = l->data.height, w = l->data.width;

    if (!rt_steps_size(&l->steps, &h, &w, d))
        return false;
    l->channels = o->channels ? o->channels : l->data.channels;
    l->height = o->height ? o->height : h;
    l->width = o->width ? o->width : w;
    if (l->channels != 1 && l->channels != 3) {
        diag_error(d, pos, "holds images, but the net takes %d channels", l->channels);
        return false;
    }
    if (!l->height || !l->width) {
        diag_error(d, pos, "has images of many sizes");
        diag_hint(d, "resize=H,W or resized=N or crop=N makes them one size");
        return false;
    }
    if (h && (h != l->height || w != l->width)) {
        diag_error(d, pos, "gives images of %dx%d (height x width), but the net takes %dx%d", h, w,
                   l->height, l->width);
        diag_hint(d, "resize=%d,%d or center=%d,%d fits them", l->height, l->width, l->height,
                  l->width);
        return false;
    }
    return true;
}

/* What is wrong is said at once, not at the first batch. */
static bool fits(RtLoader *l, Diag *d)
{
    Pos pos = { .file = l->data.spec };

    if (l->data.f32 && rt_steps_need_bytes(&l->steps)) {
        diag_error(d, pos, "holds float32 samples, which are not resized or jittered");
        return false;
    }
    if (l->o.batch < 1) {
        diag_error(d, pos, "cannot be cut into batches of %lld", (long long)l->o.batch);
        return false;
    }
    if (l->o.drop_last && l->data.n < l->order.batch) {
        diag_error(d, pos, "has %lld samples, fewer than a batch of %lld, and short batches are "
                   "dropped", (long long)l->data.n, (long long)l->order.batch);
        return false;
    }
    return find_shape(l, d);
}

/* All memory for batches is taken here; none later. */
static void make_slots(RtLoader *l)
{
    size_t n = (size_t)l->o.batch;
    size_t size = (size_t)l->channels * (size_t)l->height * (size_t)l->width;

    l->depth = l->o.workers > 0 ? DEPTH : 1;
    l->whole = arena_new_n(l->a, int64_t, (size_t)l->order.batch);
    for (int i = 0; i < l->depth; i++) {
        Slot *s = &l->slot[i];
        s->label = arena_new_n(l->a, int32_t, n);
        s->sample = arena_new_n(l->a, int64_t, n);
        s->x = arena_array(l->a, n, size * sizeof *s->x);
    }
}

/* Ends the threads; their words are needed until here.  The second time it does nothing. */
void rt_loader_close(RtLoader *l)
{
    if (!l->n_worker)
        return;
    pthread_mutex_lock(&l->lock);
    l->stop = true;
    pthread_cond_broadcast(&l->to_do);
    pthread_mutex_unlock(&l->lock);
    for (int i = 0; i < l->n_worker; i++) {
        if (l->worker[i].started)
            pthread_join(l->worker[i].thread, NULL);
        arena_destroy(&l->worker[i].file);
        arena_destroy(&l->worker[i].words);
    }
    pthread_cond_destroy(&l->to_do);
    pthread_cond_destroy(&l->done);
    pthread_mutex_destroy(&l->lock);
    l->n_worker = 0;
}

/* For arena_defer. */
static void close_loader(void *arg)
{
    rt_loader_close(arg);
}

/* Without threads the one worker is the caller, and memory ends as it does for the caller; so it is
 * when no thread can be started.  Signals are the main thread's. */
static void start(RtLoader *l)
{
    int n = l->o.workers < 1 ? 1 : l->o.workers > MOST_WORKERS ? MOST_WORKERS : l->o.workers;
    sigset_t all, before;

    l->worker = arena_new_n(l->a, Worker, (size_t)n);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->to_do, NULL);
    pthread_cond_init(&l->done, NULL);
    l->n_worker = n;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int i = 0; i < n; i++) {
        Worker *w = &l->worker[i];
        w->l = l;
        arena_init(&w->file, NULL, NULL, l->a->limit, &w->oom);
        arena_init(&w->words, NULL, NULL, l->a->limit, &w->oom);
        w->started = l->o.workers > 0 && !pthread_create(&w->thread, NULL, work, w);
        if (!w->started)
            w->file.oom = w->words.oom = l->a->oom;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    arena_defer(l->a, close_loader, l);
}

static int64_t whole_batch(const RtLoaderOptions *o)
{
    return o->ranks > 1 ? o->ranks * o->batch : o->batch;
}

/* Nothing is planned yet: a seek may follow. */
RtLoader *rt_loader_open(Arena *a, const RtData *data, const RtLoaderOptions *o, Diag *d)
{
    RtLoader *l = arena_new(a, RtLoader);
    bool ok;

    l->a = a;
    l->data = *data;
    l->o = *o;
    l->order = (RtOrder){ .a = a, .n = data->n, .batch = whole_batch(o), .shuffle = o->shuffle,
                          .drop_last = o->drop_last, .seed = o->seed, .epoch = -1 };
    rt_steps_none(&l->steps);
    ok = rt_steps_text(a, o->steps ? o->steps : "", &l->steps, d);
    ok &= rt_steps_text(a, o->normalise ? o->normalise : "", &l->steps, d);
    if (!ok || !fits(l, d))
        return NULL;
    rt_normalise(&l->normalise, &l->steps, l->channels);
    make_slots(l);
    start(l);
    return l;
}
