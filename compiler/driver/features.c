/* SPDX-License-Identifier: Apache-2.0 */
/* features: what the frozen part of a net says of each image, computed once and kept.
 *
 * in: a set of images that are prepared in the same way every time.  out: a set of float32 samples
 * with the same labels in the same order, each what the frozen part gives, for the rest of the net
 * to be trained on.  The values have the bits that they have within a step.
 */
#include "driver/train.h"

#include "mnc/net.h"

#include <string.h>

/* The frozen part, compiled as any net for inference: batch norms folded, layers in bands. */
typedef struct Front {
    Work *w;
    Loaded net;
    const mnc_net *api;
    void *arena, *context;
    int64_t batch;
    size_t count;              /* numbers of one image */
} Front;

static void end_threads(void *arg)
{
    Front *f = arg;

    f->api->close(f->context);
}

static bool start(Front *f, int threads)
{
    Arena *a = &f->w->a;

    f->arena = arena_alloc(a, f->api->arena_bytes + 64);
    if (threads <= 1)
        return true;
    f->context = arena_alloc(a, f->api->context_bytes);
    if (f->api->open(f->context, threads) != MNC_NET_OK) {
        diag_error(&f->w->d, (Pos){ .file = f->w->model }, "the system gives no more threads");
        return false;
    }
    arena_defer(a, end_threads, f);
    return true;
}

Front *features_open(Work *w, const Training *t, int threads)
{
    Front *f = arena_new(&w->a, Front);
    mnc_options whole = w->options;
    bool ok;

    w->options.train = NULL;
    w->options.max_ram = 0;
    w->part = PART_FROZEN;
    w->freeze = t->how.freeze;
    f->w = w;
    ok = load_model(w, 0, &f->net);
    w->options = whole;
    if (!ok)
        return NULL;
    f->api = f->net.net;
    f->batch = f->api->input[0].dim[0];
    f->count = f->api->output[0].bytes / sizeof(float) / (size_t)f->batch;
    return start(f, threads) ? f : NULL;
}

const mnc_tensor *features_input(const Front *f)
{
    return &f->api->input[0];
}

static bool run(Front *f, const float *x, float *y)
{
    const void *weights;
    size_t n;
    int code;

    weights = mnc_weights(f->net.model, &n);
    code = f->context ? f->api->run_with(f->context, (const void *[]){ x }, (void *[]){ y },
                                         weights, f->arena)
                      : f->api->run((const void *[]){ x }, (void *[]){ y }, weights, f->arena);
    if (code == MNC_NET_OK)
        return true;
    diag_error(&f->w->d, (Pos){ .file = f->w->model }, "the net refuses an image: %s",
               rt_net_error(code));
    return false;
}

/* In the order of the set, which sample says. */
bool features_of(Front *f, RtLoader *from, RtData *data)
{
    Arena *a = &f->w->a;
    float *all = arena_array(a, (size_t)data->n, f->count * sizeof *all);
    float *y = arena_new_n(a, float, f->count * (size_t)f->batch);
    RtBatch b;

    fprintf(stderr, "%s: what the frozen part gives for %lld images, %zu bytes\n", f->w->model,
            (long long)data->n, (size_t)data->n * f->count * sizeof *all);
    for (int64_t left = rt_loader_batches(from); left > 0; left--) {
        if (!rt_loader_next(from, &b, &f->w->d) || !run(f, b.x, y))
            return false;
        for (int64_t i = 0; i < b.n; i++)
            memcpy(all + (size_t)b.sample[i] * f->count, y + (size_t)i * f->count,
                   f->count * sizeof *all);
    }
    data->u8 = NULL;
    data->path = NULL;
    data->f32 = all;
    data->channels = data->height = 1;
    data->width = (int)f->count;
    return true;
}
