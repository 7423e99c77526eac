/* SPDX-License-Identifier: Apache-2.0 */
/* trainer: see trainer.h. */
#include "trainer.h"

#include <math.h>
#include <string.h>

/* Threads that the arena ends. */
typedef struct Threads {
    const mnc_net *net;
    void *context;
} Threads;

const char *rt_net_error(int code)
{
    static const char *const text[] = {
        [MNC_NET_OK] = "nothing is wrong",
        [MNC_NET_NULL] = "a pointer is missing",
        [MNC_NET_MISALIGNED] = "its memory is not aligned",
        [MNC_NET_CPU] = "it was made for another CPU",
        [MNC_NET_THREADS] = "the system gives no more threads",
        [MNC_NET_STATE] = "the state is of another net",
        [MNC_NET_ALONE] = "the other ranks are not known",
        [MNC_NET_LABEL] = "a label is out of range",
    };

    if (code < 0 || (size_t)code >= sizeof text / sizeof text[0] || !text[code])
        return "it does not say why";
    return text[code];
}

static bool refused(RtTrainer *t, const char *what, int code, Diag *d)
{
    if (code == MNC_NET_OK)
        return true;
    diag_error(d, (Pos){ .file = t->name }, "the net refuses %s: %s", what, rt_net_error(code));
    return false;
}

static void end_threads(void *arg)
{
    Threads *h = arg;

    h->net->close(h->context);
}

static bool start_threads(Arena *a, RtTrainer *t, int threads, Diag *d)
{
    Threads *h = arena_new(a, Threads);

    if (!t->net->open) {
        diag_error(d, (Pos){ .file = t->name }, "was made for one thread");
        return false;
    }
    *h = (Threads){ t->net, arena_alloc(a, t->net->context_bytes) };
    if (!refused(t, "its threads", t->net->open(h->context, threads), d))
        return false;
    arena_defer(a, end_threads, h);
    t->context = h->context;
    return true;
}

static const mnc_slot *slot_of_kind(const mnc_trainer *api, int kind)
{
    for (int i = 0; i < api->n_slot; i++)
        if (api->slot[i].kind == kind)
            return &api->slot[i];
    return NULL;
}

/* The state is at least 64 bytes, so the arena aligns it to 64. */
bool rt_trainer_open(Arena *a, RtTrainer *t, int threads, uint64_t seed, Diag *d)
{
    t->api = t->net->trainer;
    t->context = NULL;
    if (!t->api || t->api->abi != MNC_TRAIN_ABI) {
        diag_error(d, (Pos){ .file = t->name },
                   t->api ? "trains by another interface" : "does not train");
        return false;
    }
    t->scores = slot_of_kind(t->api, MNC_SLOT_SCORES);
    t->state = arena_alloc(a, t->api->state_bytes);
    t->head = t->state;
    return (threads <= 1 || start_threads(a, t, threads, d))
        && refused(t, "to begin", t->api->init(t->state, seed), d);
}

const mnc_slot *rt_trainer_slot(const RtTrainer *t, const char *name)
{
    for (int i = 0; i < t->api->n_slot; i++)
        if (!strcmp(t->api->slot[i].tensor.name, name))
            return &t->api->slot[i];
    return NULL;
}

void *rt_trainer_data(const RtTrainer *t, const mnc_slot *slot)
{
    return (char *)t->state + slot->offset;
}

static const RtTensor *find(const RtTensor *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].name, name))
            return &list[i];
    return NULL;
}

/* Floats of other widths are converted: a file may hold more digits than the net. */
static bool fill(Arena *a, RtTrainer *t, const mnc_slot *s, const RtTensor *from, Diag *d)
{
    float *to = rt_trainer_data(t, s);
    Pos pos = { .file = t->name };

    if (!from)
        diag_error(d, pos, "parameter '%s' has no value", diag_quote(a, s->tensor.name));
    else if (rt_type(from->dtype)->kind != 'f'
             || !rt_same_shape(from, s->tensor.rank, s->tensor.dim))
        diag_error(d, pos, "parameter '%s' is of shape %s, its value %s of shape %s",
                   diag_quote(a, s->tensor.name),
                   rt_shape_text(a, s->tensor.rank, s->tensor.dim), rt_type_name(from->dtype),
                   rt_shape_text(a, from->rank, from->dim));
    else
        for (int64_t i = 0, n = rt_count(from); i < n; i++)
            to[i] = (float)rt_element(from, i);
    return !d->n_error;
}

/* An average begins as the parameter that it follows. */
bool rt_trainer_set(Arena *a, RtTrainer *t, const RtTensor *list, size_t n, Diag *d)
{
    bool ok = true;

    for (int i = 0; i < t->api->n_slot; i++) {
        const mnc_slot *s = &t->api->slot[i];
        const char *name = s->tensor.name, *end = strrchr(name, '.');
        if (s->kind == MNC_SLOT_AVERAGE && end)
            name = arena_strndup(a, name, (size_t)(end - name));
        else if (s->kind != MNC_SLOT_PARAM && s->kind != MNC_SLOT_STATISTIC)
            continue;
        ok = fill(a, t, s, find(list, n, name), d) && ok;
    }
    return ok;
}

void rt_trainer_recipe(RtTrainer *t, const RtRecipe *r)
{
    mnc_head *h = t->head;

    h->momentum = r->momentum;
    h->decay = r->decay;
    h->beta1 = r->betas[0];
    h->beta2 = r->betas[1];
    h->eps = r->eps;
    h->clip = r->clip;
    h->smoothing = r->smoothing;
    h->average = r->average;
    h->statistics = r->bn_momentum;
}

/* OneCycleLR sets the first of Adam's betas; its bias correction is by the newest one to the
 * number of steps, of which the step itself multiplies the last. */
static void set_momentum(RtTrainer *t, const RtRecipe *r, double momentum)
{
    if (r->optimizer == RT_SGD) {
        t->head->momentum = momentum;
        return;
    }
    t->head->beta1 = momentum;
    t->head->beta1_power = pow(momentum, (double)t->head->step);
}

void rt_trainer_rate(RtTrainer *t, const RtRecipe *r, int64_t steps_per_epoch)
{
    int64_t at = t->head->step;

    if (rt_schedule_by_epoch(&r->schedule) && steps_per_epoch > 0)
        at /= steps_per_epoch;
    t->head->rate = rt_schedule_rate(&r->schedule, at);
    if (r->schedule.kind == RT_ONE_CYCLE && r->schedule.cycle_momentum)
        set_momentum(t, r, rt_schedule_momentum(&r->schedule, at));
}

static void swap(float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float z = x[i];
        x[i] = y[i];
        y[i] = z;
    }
}

void rt_trainer_swap_averages(RtTrainer *t)
{
    for (int i = 0; i < t->api->n_slot; i++) {
        const mnc_slot *s = &t->api->slot[i];
        const char *name = s->tensor.name;
        size_t n = strlen(name), tail = strlen(".average");
        if (s->kind != MNC_SLOT_AVERAGE || n <= tail)
            continue;
        for (int k = 0; k < t->api->n_slot; k++) {
            const char *of = t->api->slot[k].tensor.name;
            if (strlen(of) == n - tail && !memcmp(of, name, n - tail))
                swap(rt_trainer_data(t, s), rt_trainer_data(t, &t->api->slot[k]),
                     s->tensor.bytes / sizeof(float));
        }
    }
}

bool rt_trainer_step(RtTrainer *t, const float *x, const int32_t *label, float *loss, Diag *d)
{
    return refused(t, "a step", t->api->step(t->context, t->state, x, label, loss), d);
}

bool rt_trainer_eval(RtTrainer *t, const float *x, Diag *d)
{
    return refused(t, "to evaluate", t->api->eval(t->context, t->state, x, NULL, NULL), d);
}
