/* SPDX-License-Identifier: Apache-2.0 */
/* replay: how close float32 can be to float64.
 *
 * A net without batch norms stays within 2e-5 of each loss, relative, and within 1e-6 where a
 * frozen part feeds it the same features each time.  Batch norms that train amplify rounding
 * from step to step: the first two losses hold 1e-5, later ones drift from float64 by as much as
 * the other framework's float32 did up to then (loss_float32), to a factor of ten.  The gradients
 * of step 0 hold 1e-4 of each tensor's largest; those that are zero but for rounding (of a bias in
 * front of a batch norm) 1e-7 of the largest of all.  The scores hold 1e-3 of the largest (Adam
 * makes whole steps of gradients that are all rounding); behind batch norms that trained they drift
 * about six times as far as the loss in PyTorch's float32, so sixty times that drift is allowed, up
 * to a half.
 */
#include "replay.h"

#include <math.h>
#include <string.h>

static const double LOSS = 2e-5, LOSS_FROZEN = 1e-6, LOSS_FIRST = 1e-5, TENSOR = 1e-4;
static const double ROUNDING = 1e-7, SCORES = 1e-3, DRIFT = 10, SCORE_DRIFT = 60;

bool rt_replay_row_holds(const RtReplayRow *row)
{
    return row->off <= row->allowed;
}

/* A statistic whose batch norm has a parameter that trains: "a.b.running_mean" beside "a.b.". */
static bool trains_statistics(const mnc_trainer *api)
{
    for (int i = 0; i < api->n_slot; i++) {
        const char *name = api->slot[i].tensor.name, *end = strrchr(name, '.');
        size_t n = end ? (size_t)(end - name) + 1 : 0;
        if (api->slot[i].kind != MNC_SLOT_STATISTIC)
            continue;
        for (int k = 0; k < api->n_slot; k++)
            if (api->slot[k].kind == MNC_SLOT_PARAM && n
                && !strncmp(api->slot[k].tensor.name, name, n))
                return true;
    }
    return false;
}

/* The other framework's own drift up to step i, absolute. */
static double drift(const RtReplay *r, int64_t i)
{
    double most = 0;

    for (int64_t k = 0; r->loss32 && k <= i; k++)
        most = fmax(most, fabs(r->loss32[k] - r->loss64[k]));
    return most;
}

/* The first two losses of a net with batch norms have hardly drifted yet, unless PyTorch's float32
 * has: Adam, which makes as much of the smallest gradient as of the largest, needs but one step. */
static bool is_early(const RtReplay *r, int64_t i)
{
    return i < 2 && drift(r, i) <= LOSS_FIRST * fabs(r->loss64[i]);
}

static double loss_allowed(const RtReplay *r, const RtReplayResult *out, int64_t i, double rtol)
{
    double want = fabs(r->loss64[i]);

    if (rtol > 0)
        return rtol * want;
    if (out->statistics)
        return is_early(r, i) ? LOSS_FIRST * want : fmax(LOSS_FIRST * want, DRIFT * drift(r, i));
    return (r->recipe.eval_mode ? LOSS_FROZEN : LOSS) * want;
}

/* got against want of the same shape, by the element that is farthest off. */
static RtReplayRow compare(const RtTensor *got, const RtTensor *want, double share)
{
    RtReplayRow row = { .name = want->name, .off = -1 };

    for (int64_t i = 0, n = rt_count(want); i < n; i++) {
        double a = rt_element(got, i), b = rt_element(want, i), off = fabs(a - b);
        row.scale = fmax(row.scale, fabs(b));
        if (off > row.off || isnan(off)) {
            row.off = off;
            row.got = a;
            row.want = b;
        }
        if (isnan(off))
            break;
    }
    row.allowed = share * row.scale;
    return row;
}

/* The slot as a tensor; false, with a message, when it is missing or of another shape. */
static bool slot_like(Arena *a, const RtTrainer *t, const mnc_slot *s, const RtTensor *want,
                      RtTensor *out, Diag *d)
{
    Pos pos = { .file = t->name };

    if (!s) {
        diag_error(d, pos, "has no gradient for '%s'", diag_quote(a, want->name));
        return false;
    }
    if (!rt_same_shape(want, s->tensor.rank, s->tensor.dim)) {
        diag_error(d, pos, "'%s' is of shape %s, what is stored of shape %s",
                   diag_quote(a, s->tensor.name),
                   rt_shape_text(a, s->tensor.rank, s->tensor.dim),
                   rt_shape_text(a, want->rank, want->dim));
        return false;
    }
    rt_tensor_shape(out, s->tensor.dtype, s->tensor.rank, s->tensor.dim);
    out->data = rt_trainer_data(t, s);
    return true;
}

static bool compare_gradients(Arena *a, const RtReplay *r, const RtTrainer *t, RtReplayResult *out,
                              Diag *d)
{
    double most = 0;
    bool ok = true;

    out->gradient = arena_new_n(a, RtReplayRow, r->gradient.n);
    for (size_t i = 0; i < r->gradient.n; i++) {
        const RtTensor *want = &r->gradient.t[i];
        const char *name = arena_printf(a, "%s.grad", want->name);
        RtTensor got;
        if (slot_like(a, t, rt_trainer_slot(t, name), want, &got, d))
            out->gradient[out->n_gradient++] = compare(&got, want, TENSOR);
        else
            ok = false;
    }
    for (size_t i = 0; i < out->n_gradient; i++)
        most = fmax(most, out->gradient[i].scale);
    for (size_t i = 0; i < out->n_gradient; i++)
        out->gradient[i].allowed = fmax(out->gradient[i].allowed, ROUNDING * most);
    return ok;
}

static void one_loss(const RtReplay *r, RtReplayResult *out, int64_t i, double rtol, double loss)
{
    RtReplayRow *row = &out->loss[i];

    row->name = "";
    row->got = loss;
    row->want = r->loss64[i];
    row->off = fabs(row->got - row->want);
    row->allowed = loss_allowed(r, out, i, rtol);
    row->scale = fabs(row->want);
}

/* All steps; a rate that differs from the stored one would make every later figure meaningless. */
static bool run_steps(Arena *a, const RtReplay *r, RtTrainer *t, double rtol, RtReplayResult *out,
                      Diag *d)
{
    int64_t size = rt_count(&r->x) / r->steps;
    int32_t *label = arena_new_n(a, int32_t, (size_t)r->batch);
    bool ok = true;

    for (int64_t i = 0; ok && i < r->steps; i++) {
        float loss;
        for (int64_t k = 0; k < r->batch; k++)
            label[k] = (int32_t)rt_element(&r->y, i * r->batch + k);
        rt_trainer_rate(t, &r->recipe, 0);
        out->rate[i] = rt_schedule_rate(&r->recipe.schedule, i);
        if (fabs(out->rate[i] - r->rate[i]) > 1e-12 * fabs(r->rate[i])) {
            diag_error(d, (Pos){ .file = r->dir }, "step %lld was done at rate %.17g, but the "
                       "recipe's schedule gives %.17g", (long long)i, r->rate[i], out->rate[i]);
            return false;
        }
        ok = rt_trainer_step(t, (const float *)r->x.data + i * size, label, &loss, d);
        if (ok && i == 0)
            ok = compare_gradients(a, r, t, out, d);
        one_loss(r, out, i, rtol, ok ? (double)loss : 0);
    }
    return ok;
}

static bool compare_scores(Arena *a, const RtReplay *r, RtTrainer *t, RtReplayResult *out, Diag *d)
{
    double moved = SCORE_DRIFT * drift(r, r->steps - 1) / fabs(r->loss64[r->steps - 1]);
    double share = out->statistics ? fmax(SCORES, fmin(moved, .5)) : SCORES;
    RtTensor got;
    bool ok;

    if (!r->scores.data)
        return true;
    rt_trainer_swap_averages(t);             /* which are what is judged, where there are such */
    ok = rt_trainer_eval(t, r->x.data, d) && slot_like(a, t, t->scores, &r->scores, &got, d);
    rt_trainer_swap_averages(t);
    if (!ok)
        return false;
    out->scores = compare(&got, &r->scores, share);
    out->scores.name = "scores";
    return true;
}

static bool all_hold(const RtReplayRow *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!rt_replay_row_holds(&row[i]))
            return false;
    return true;
}

/* The net must take the batches as they are stored. */
static bool fits_net(Arena *a, const RtReplay *r, const RtTrainer *t, Diag *d)
{
    const mnc_tensor *x = &t->net->input[0];
    RtTensor one = r->x;

    one.rank--;
    memmove(one.dim, one.dim + 1, (size_t)one.rank * sizeof *one.dim);
    if (rt_same_shape(&one, x->rank, x->dim))
        return true;
    diag_error(d, (Pos){ .file = t->name }, "takes batches of shape %s, but x.pb has %s",
               rt_shape_text(a, x->rank, x->dim),
               rt_shape_text(a, one.rank, one.dim));
    return false;
}

bool rt_replay_run(Arena *a, const RtReplay *r, RtTrainer *t, double rtol, RtReplayResult *out,
                   Diag *d)
{
    memset(out, 0, sizeof *out);
    out->n_loss = (size_t)r->steps;
    out->loss = arena_new_n(a, RtReplayRow, out->n_loss);
    out->rate = arena_new_n(a, double, out->n_loss);
    out->statistics = trains_statistics(t->api);
    rt_trainer_recipe(t, &r->recipe);
    if (!fits_net(a, r, t, d) || !run_steps(a, r, t, rtol, out, d)
        || !compare_scores(a, r, t, out, d))
        return false;
    out->holds = all_hold(out->loss, out->n_loss) && all_hold(out->gradient, out->n_gradient)
        && (!out->scores.name || rt_replay_row_holds(&out->scores));
    return true;
}
