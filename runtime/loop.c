/* SPDX-License-Identifier: Apache-2.0 */
/* loop: see loop.h.
 *
 * After each step, in this order: an epoch's end is noticed, the test part is evaluated when it is
 * due, the log is written, then the checkpoint.  So a checkpoint never lacks what was known of its
 * step, and a log that is ahead of it is cut when the run goes on.
 */
#include "loop.h"

#include "build.h"
#include "classify.h"
#include "measure.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const double BAR_SECONDS = .1;      /* between two drawings of the bar, as tqdm's */

const char *rt_loop_file(Arena *a, const RtLoop *l, const char *name)
{
    return arena_printf(a, "%s/%s", l->dir, name);
}

static int n_ranks(const RtLoop *l)
{
    return l->ranks ? l->ranks->n : 1;
}

static int64_t batches(const RtLoop *l)
{
    return rt_loader_batches(l->train);
}

/* ---- the beginning ---- */

static int64_t epochs_to_steps(double epochs, int64_t per_epoch)
{
    return (int64_t)ceil(epochs * (double)per_epoch);
}

/* A schedule that needs its end, and was given none, ends with the run. */
static void complete_schedule(RtLoop *l)
{
    RtSchedule *s = &l->recipe.schedule;
    bool by_epoch = rt_schedule_by_epoch(s);
    int64_t per_epoch = by_epoch ? 1 : batches(l);

    if (l->recipe.schedule_epochs > 0)
        s->total = epochs_to_steps(l->recipe.schedule_epochs, per_epoch);
    if (l->recipe.warmup_epochs > 0)
        s->warmup = epochs_to_steps(l->recipe.warmup_epochs, per_epoch);
    if (s->total <= 0)
        s->total = by_epoch ? (l->steps + batches(l) - 1) / batches(l) : l->steps;
}

bool rt_loop_begin(Arena *a, RtLoop *l, Diag *d)
{
    RtSchedule *s = &l->recipe.schedule;

    memset(&l->at, 0, sizeof l->at);
    memset(&l->history, 0, sizeof l->history);
    l->at.best = -1;
    l->at.seed = l->recipe.seed;
    l->at.samples = l->n_train;
    l->at.batch = (int64_t)l->trainer->api->batch * n_ranks(l);
    l->saved = -1;
    l->stopped = l->early = l->together = false;
    l->scores = arena_array(a, (size_t)n_ranks(l), l->trainer->scores->tensor.bytes);
    l->label = arena_new_n(a, int32_t, (size_t)l->at.batch);
    rt_metrics_init(a, &l->metrics, l->trainer->api->classes, true);
    l->metrics.probabilities = l->recipe.loss != 0;
    l->metrics.smoothing = l->recipe.smoothing;
    l->steps = l->recipe.steps > 0 ? l->recipe.steps : l->recipe.epochs * batches(l);
    complete_schedule(l);
    if (l->steps < 1)
        diag_error(d, (Pos){ .file = l->trainer->name }, "neither epochs nor steps are given");
    else if (s->warmup >= s->total && s->kind == RT_COSINE)
        diag_error(d, (Pos){ .file = l->trainer->name },
                   "schedule: the warm-up of %lld is not shorter than the whole, %lld",
                   (long long)s->warmup, (long long)s->total);
    rt_trainer_recipe(l->trainer, &l->recipe);
    return l->steps > 0 && !d->n_error;
}

/* A run on other data would not be the same run, and nobody could tell afterwards. */
static bool same_data(const RtLoop *l, const RtCheckpoint *c, Diag *d)
{
    static const struct { const char *what; size_t at; } must[] = {
        { "the seed was", offsetof(RtPosition, seed) },
        { "the training samples were", offsetof(RtPosition, samples) },
        { "the batch was", offsetof(RtPosition, batch) },
    };
    bool ok = true;

    for (size_t i = 0; i < sizeof must / sizeof must[0]; i++) {
        int64_t was, is;
        memcpy(&was, (const char *)&c->at + must[i].at, sizeof was);
        memcpy(&is, (const char *)&l->at + must[i].at, sizeof is);
        if (was == is)
            continue;
        diag_error(d, (Pos){ .file = c->path }, "cannot be gone on from: %s %lld, now %lld",
                   must[i].what, (long long)was, (long long)is);
        ok = false;
    }
    return ok;
}

bool rt_loop_resume(Arena *a, RtLoop *l, const RtCheckpoint *c, Diag *d)
{
    if (!same_data(l, c, d) || !rt_checkpoint_load(a, c, l->trainer, d)
        || !rt_loader_seek(l->train, (RtPlace){ c->at.epoch, c->at.index }, d)
        || !rt_history_read(a, rt_loop_file(a, l, "log.csv"), c->head.step, &l->history, d))
        return false;
    l->at = c->at;
    l->saved = c->head.step;
    rt_trainer_recipe(l->trainer, &l->recipe);
    return true;
}

/* The state as rank 0 has read or drawn it, so that no file need be everywhere. */
bool rt_loop_join(RtLoop *l, Diag *d)
{
    const RtRanks *r = l->ranks;

    if (!r)
        return true;
    r->share(r->others.user, &l->at, sizeof l->at);
    r->share(r->others.user, &l->saved, sizeof l->saved);
    r->share(r->others.user, l->trainer->state, l->trainer->api->kept_bytes);
    return l->trainer->api->join(l->trainer->state, &r->others) == MNC_NET_OK
        && rt_loader_seek(l->train, (RtPlace){ l->at.epoch, l->at.index }, d);
}

/* ---- what is shown ---- */

static void fill_progress(const RtLoop *l, RtProgress *p)
{
    int64_t all = batches(l), left = l->steps - l->at.epoch * all;
    double now = rt_now();

    *p = (RtProgress){
        .format = l->recipe.log_format, .epoch = l->at.epoch, .epochs = l->recipe.epochs,
        .step = l->trainer->head->step, .steps = l->steps,
        .done = l->at.index / l->at.batch, .total = left < all ? left : all, .samples = l->n_train,
        .batch = l->at.batch, .batch_loss = l->batch_loss, .batch_top1 = l->batch_top1,
        .rate = l->trainer->head->rate, .seconds = now - l->epoch_started,
        .all_seconds = now - l->started, .timed = l->timed,
    };
    p->loss = l->at.seen ? l->at.loss / (double)l->at.seen : 0;
    p->top1 = l->at.seen ? (double)l->at.top1 / (double)l->at.seen : 0;
}

static void show_bar(RtLoop *l, Arena *a, const RtProgress *p)
{
    Arena *scratch;
    Buf b;

    if (!l->log.bar || rt_now() - l->shown < BAR_SECONDS)
        return;
    l->shown = rt_now();
    scratch = rt_scratch(a);
    buf_init(&b, scratch);
    rt_progress_bar(&b, p, l->log.columns());
    l->log.bar(l->log.user, b.p);
    arena_destroy(scratch);
}

static void say(RtLoop *l, const char *text)
{
    if (l->log.bar)
        l->log.bar(l->log.user, NULL);
    if (l->log.line && *text)
        l->log.line(l->log.user, text);
}

static void show_line(RtLoop *l, Arena *a, const RtProgress *p)
{
    Arena *scratch = rt_scratch(a);
    Buf b;

    buf_init(&b, scratch);
    rt_progress_line(&b, p);
    say(l, b.p);
    arena_destroy(scratch);
}

/* ---- evaluation ---- */

/* Every rank adds up the scores of all, in the order of the samples: figures and decisions are the
 * same everywhere, and those of one process. */
static void add_scores(RtLoop *l, const RtBatch *b)
{
    const float *own = rt_trainer_data(l->trainer, l->trainer->scores);
    int64_t each = l->trainer->api->batch, left = b->all;

    if (!l->ranks) {
        rt_metrics_add(&l->metrics, own, b->label, b->n);
        return;
    }
    l->ranks->gather(l->ranks->others.user, own, l->scores, l->trainer->scores->tensor.bytes);
    l->ranks->gather(l->ranks->others.user, b->label, l->label, (size_t)each * sizeof *l->label);
    for (int k = 0; k < l->ranks->n && left > 0; k++, left -= each)
        rt_metrics_add(&l->metrics, l->scores + k * each * l->trainer->api->classes,
                       l->label + k * each, left < each ? left : each);
}

static bool evaluate_all(Arena *a, RtLoop *l, RtProgress *p, Diag *d)
{
    double start = rt_now();
    RtBatch b;

    rt_metrics_clear(&l->metrics);
    if (!rt_loader_seek(l->test, (RtPlace){ 0, 0 }, d))
        return false;
    for (p->done = 0; p->done < p->total; p->done++) {
        if (!rt_loader_next(l->test, &b, d) || !rt_trainer_eval(l->trainer, b.x, d))
            return false;
        add_scores(l, &b);
        p->timed = p->done + 1;
        p->seconds = rt_now() - start;
        p->loss = rt_metrics_loss(&l->metrics);
        p->top1 = rt_metrics_top1(&l->metrics);
        show_bar(l, a, p);
    }
    return true;
}

/* The averaged weights are what is judged, where there are such. */
bool rt_loop_evaluate(Arena *a, RtLoop *l, Diag *d)
{
    int64_t all = rt_loader_batches(l->test), most = l->recipe.test_batches;
    RtProgress p;
    bool ok;

    fill_progress(l, &p);
    p.test = true;
    p.total = most > 0 && most < all ? most : all;
    p.samples = l->n_test;
    if (l->at.index == 0 && p.epoch > 0)
        p.epoch--;                         /* of the epoch that has just ended */
    rt_trainer_swap_averages(l->trainer);
    ok = evaluate_all(a, l, &p, d);
    rt_trainer_swap_averages(l->trainer);
    if (ok)
        show_line(l, a, &p);
    return ok;
}

/* One line with everything, for the plain format: the other formats have their own. */
static void say_row(RtLoop *l, Arena *a, const RtRow *r)
{
    Arena *scratch = rt_scratch(a);
    Buf b;

    buf_init(&b, scratch);
    buf_printf(&b, "epoch %.4g  step %.0f  train loss %.4f  acc %.4f", r->epoch, r->step,
               r->train_loss, r->train_top1);
    if (!isnan(r->test_loss))
        buf_printf(&b, "  test loss %.4f  acc %.4f  top-5 %.4f  recall %.4f  auc %.4f",
                   r->test_loss, r->test_top1, r->test_top5, r->test_recall, r->test_auc);
    buf_printf(&b, "  %.1f s\n", r->seconds);
    say(l, b.p);
    arena_destroy(scratch);
}

static RtRow row_of(const RtLoop *l, const RtProgress *train, bool tested)
{
    RtRow r = { .step = (double)train->step, .rate = train->rate, .train_loss = train->loss,
                .train_top1 = train->top1, .seconds = rt_now() - l->started };

    r.epoch = (double)train->step / (double)batches(l);
    r.test_loss = tested ? rt_metrics_loss(&l->metrics) : NAN;
    r.test_top1 = tested ? rt_metrics_top1(&l->metrics) : NAN;
    r.test_top5 = tested ? rt_metrics_top5(&l->metrics) : NAN;
    r.test_recall = tested ? rt_metrics_recall(&l->metrics) : NAN;
    r.test_auc = tested ? rt_metrics_auc(&l->metrics) : NAN;
    return r;
}

/* ---- checkpoints ---- */

static bool save(Arena *a, RtLoop *l, const char *path, Diag *d)
{
    l->at.seconds = rt_now() - l->started;
    l->at.epoch_seconds = rt_now() - l->epoch_started;
    return rt_checkpoint_write(a, path, l->trainer, &l->extra, &l->at, d);
}

static bool save_step(Arena *a, RtLoop *l, Diag *d)
{
    int64_t step = l->trainer->head->step;
    Arena *scratch;
    bool ok;

    if (!l->dir || l->saved == step)
        return true;
    scratch = rt_scratch(a);
    ok = save(scratch, l, rt_checkpoint_path(scratch, l->dir, step), d);
    if (ok) {
        l->saved = step;
        rt_checkpoint_sweep(scratch, l->dir, l->recipe.keep);
    }
    arena_destroy(scratch);
    return ok;
}

/* Judged by test accuracy, by the train loss where there is no test part. */
static bool judge(Arena *a, RtLoop *l, const RtRow *r, Diag *d)
{
    double score = isnan(r->test_top1) ? 1 / (1 + fmax(r->train_loss, 0)) : r->test_top1;
    Arena *scratch;
    bool ok;

    if (!(score > l->at.best)) {
        l->at.tests_without_better++;
        l->early = l->recipe.patience > 0 && l->at.tests_without_better >= l->recipe.patience;
        return true;
    }
    l->at.best = score;
    l->at.tests_without_better = 0;
    if (!l->dir)
        return true;
    scratch = rt_scratch(a);
    ok = save(scratch, l, rt_loop_file(scratch, l, "best.safetensors"), d);
    arena_destroy(scratch);
    return ok;
}

/* train: the epoch's figures, taken before they begin anew. */
static bool test_and_log(Arena *a, RtLoop *l, const RtProgress *train, Diag *d)
{
    Arena *scratch;
    RtRow row;
    bool ok;

    if (l->test && !rt_loop_evaluate(a, l, d))
        return false;
    row = row_of(l, train, l->test != NULL);
    rt_history_add(a, &l->history, &row);
    if (l->recipe.log_format == RT_LOG_PLAIN)
        say_row(l, a, &row);
    if (!judge(a, l, &row, d))
        return false;
    if (!l->dir)
        return true;
    scratch = rt_scratch(a);
    ok = rt_history_write(scratch, rt_loop_file(scratch, l, "log.csv"), &l->history, d);
    arena_destroy(scratch);
    return ok;
}

/* ---- steps ---- */

/* The first of a batch's samples that holds a number that is not finite; -1: none does. */
static int64_t bad_sample(const RtLoop *l, const RtBatch *b)
{
    const mnc_tensor *x = &l->trainer->net->input[0];
    int64_t each = (int64_t)(x->bytes / sizeof(float)) / l->trainer->api->batch;

    for (int64_t i = 0; i < b->n * each; i++)
        if (!isfinite(b->x[i]))
            return b->sample[i / each];
    return -1;
}

/* The first rank's that has one. */
static int64_t bad_of_all(Arena *a, const RtLoop *l, const RtBatch *b)
{
    int64_t own = bad_sample(l, b), *all = arena_new_n(a, int64_t, (size_t)n_ranks(l)), k = 0;

    if (!l->ranks)
        return own;
    l->ranks->gather(l->ranks->others.user, &own, all, sizeof own);
    while (k + 1 < l->ranks->n && all[k] < 0)
        k++;
    return all[k];
}

/* Says where it began, and what is left to go on from. */
static bool not_finite(Arena *a, RtLoop *l, const RtBatch *b, double loss, Diag *d)
{
    int64_t bad = bad_of_all(a, l, b);
    Pos pos = { .file = l->trainer->name };

    l->together = true;
    if (l->ranks && l->ranks->rank > 0)
        return false;
    diag_error(d, pos, "the loss is %g at step %lld (epoch %lld, batch %lld), at rate %g; it was "
               "%.6g before", loss, (long long)l->trainer->head->step, (long long)l->at.epoch + 1,
               (long long)(l->at.index / l->at.batch) + 1, l->trainer->head->rate,
               l->batch_loss);
    if (bad >= 0)
        diag_hint(d, "sample %lld has values that are not finite", (long long)bad);
    else if (l->saved >= 0)
        diag_hint(d, "the last good checkpoint is %s",
                  rt_checkpoint_path(a, l->dir, l->saved));
    else
        diag_hint(d, "a smaller learning rate, a warm-up or clip_norm may help");
    return false;
}

/* The ranks' numbers added up: exact below 2^53. */
static int64_t of_all(const RtLoop *l, int64_t own)
{
    double all = (double)own;

    if (l->ranks)
        l->ranks->others.sum(l->ranks->others.user, &all, 1);
    return (int64_t)all;
}

static void count_batch(RtLoop *l, const RtBatch *b, double loss)
{
    const float *score = rt_trainer_data(l->trainer, l->trainer->scores);
    int classes = l->trainer->api->classes;
    int64_t right = 0, best;

    for (int64_t i = 0; i < b->n; i++) {
        rt_top(score + i * classes, classes, &best, 1);
        right += best == b->label[i];
    }
    right = of_all(l, right);
    l->batch_loss = loss;
    l->batch_top1 = (double)right / (double)b->all;
    l->at.loss += loss * (double)b->all;
    l->at.top1 += right;
    l->at.seen += b->all;
    l->timed++;
}

static bool one_step(Arena *a, RtLoop *l, Diag *d)
{
    RtBatch b;
    float loss;

    rt_trainer_rate(l->trainer, &l->recipe, batches(l));
    if (!rt_loader_next(l->train, &b, d)
        || !rt_trainer_step(l->trainer, b.x, b.label, &loss, d))
        return false;
    if (!isfinite(loss))
        return not_finite(a, l, &b, (double)loss, d);
    count_batch(l, &b, (double)loss);
    l->at.index += b.all;
    return true;
}

/* Every so many steps, or at each epoch's end. */
static bool due(const RtLoop *l, int64_t every, bool epoch_ends)
{
    return every > 0 ? l->trainer->head->step % every == 0 : epoch_ends;
}

static void begin_epoch(RtLoop *l)
{
    l->at.loss = 0;
    l->at.seen = l->at.top1 = 0;
    l->timed = 0;
    l->epoch_started = rt_now();
}

static bool after_step(Arena *a, RtLoop *l, Diag *d)
{
    int64_t step = l->trainer->head->step;
    RtPlace place = rt_loader_place(l->train);
    bool ends = place.index == 0, last = step >= l->steps;
    RtProgress p;

    fill_progress(l, &p);
    l->at.epoch = place.epoch;
    l->at.index = place.index;
    show_bar(l, a, &p);
    if (due(l, l->recipe.report_every, ends && l->recipe.log_format != RT_LOG_PLAIN))
        show_line(l, a, &p);
    if ((due(l, l->recipe.test_every, ends) || last) && !test_and_log(a, l, &p, d))
        return false;
    if (ends)
        begin_epoch(l);
    if (due(l, l->recipe.save_every, ends) || last || l->early)
        return save_step(a, l, d);
    return true;
}

bool rt_loop_run(Arena *a, RtLoop *l, Diag *d)
{
    l->started = rt_now() - l->at.seconds;
    l->epoch_started = rt_now() - l->at.epoch_seconds;
    l->timed = 0;
    while (l->trainer->head->step < l->steps && !l->stopped && !l->early) {
        if (!one_step(a, l, d) || !after_step(a, l, d))
            return false;
        l->stopped = of_all(l, l->stop && *l->stop) > 0;
    }
    if (l->log.bar)
        l->log.bar(l->log.user, NULL);
    return save_step(a, l, d);
}
