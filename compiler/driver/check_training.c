/* SPDX-License-Identifier: Apache-2.0 */
/* check_training: `mnc check --training DIR [MODEL]`: stored training steps done again. */
#include "driver/training.h"
#include "base/number.h"

#include <stdlib.h>
#include <string.h>

static bool run(Work *w, const RtReplay *r, RtReplayResult *out)
{
    Training t = { .how = { .keep_gradients = 1 } };
    const char *rtol = w->args->value[OPT_rtol];
    RtTrainer trainer = { .name = w->model };

    w->options.batch = r->batch;
    if (!load_training(w, &r->recipe, &t))
        return false;
    trainer.net = t.net.net;
    return rt_trainer_open(&w->a, &trainer, 1, 0, &w->d)
        && rt_trainer_set(&w->a, &trainer, t.param, t.n_param, &w->d)
        && rt_replay_run(&w->a, r, &trainer, rtol ? number_read(rtol, NULL) : 0, out, &w->d);
}

int check_training(Work *w)
{
    const char *dir = w->args->value[OPT_training];
    RtReplayResult out;
    RtReplay r;

    if (!w->model)
        w->model = arena_printf(&w->a, "%s/model.onnx", dir);
    if (!rt_replay_read(&w->a, dir, &r, &w->d) || !run(w, &r, &out)
        || !(w->args->value[OPT_json] ? replay_json : replay_text)(&w->a, &r, &out, &w->d))
        return EXIT_FAILED;
    return out.holds ? EXIT_DONE : EXIT_NOT_HELD;
}

/* ---- reports ---- */

static const char *verdict(const RtReplayRow *row)
{
    return rt_replay_row_holds(row) ? "ok" : "OUTSIDE";
}

static void put_losses(const RtReplayResult *out, Buf *b)
{
    buf_str(b, "step  rate          loss          expected      off by    allowed\n");
    for (size_t i = 0; i < out->n_loss; i++) {
        const RtReplayRow *row = &out->loss[i];
        buf_printf(b, "%-4zu  %-12.8g  %-12.9g  %-12.9g  %-8.2g  %-8.2g  %s\n", i, out->rate[i],
                   row->got, row->want, row->off, row->allowed, verdict(row));
    }
}

static double share(const RtReplayRow *row)
{
    return row->off > 0 && row->allowed > 0 ? row->off / row->allowed : row->off > 0;
}

/* All that are outside, else the one that is nearest to it. */
static void put_gradients(Arena *a, const RtReplayResult *out, Buf *b)
{
    const RtReplayRow *worst = out->gradient;
    size_t bad = 0;

    for (size_t i = 0; i < out->n_gradient; i++) {
        const RtReplayRow *row = &out->gradient[i];
        worst = share(row) > share(worst) ? row : worst;
        if (rt_replay_row_holds(row))
            continue;
        bad++;
        buf_printf(b, "gradient %s  off by %.2g of its largest %.3g: %.9g instead of %.9g  "
                   "OUTSIDE\n", diag_quote(a, row->name), row->off / row->scale, row->scale,
                   row->got, row->want);
    }
    if (!bad && out->n_gradient)
        buf_printf(b, "gradients of step 0: %zu within what is allowed; nearest to it %s, off by "
                   "%.2g, %.2g is allowed\n", out->n_gradient, diag_quote(a, worst->name),
                   worst->off, worst->allowed);
}

static void put_scores(const RtReplay *r, const RtReplayResult *out, Buf *b)
{
    const RtReplayRow *row = &out->scores;

    if (row->name)
        buf_printf(b, "scores after %lld steps: off by %.2g of the largest, %.3g; %.2g is allowed"
                   "  %s\n", (long long)r->steps, row->off / row->scale, row->scale,
                   row->allowed / row->scale, verdict(row));
}

bool replay_text(Arena *a, const RtReplay *r, const RtReplayResult *out, Diag *d)
{
    Buf b;

    buf_init(&b, a);
    put_losses(out, &b);
    put_gradients(a, out, &b);
    put_scores(r, out, &b);
    buf_str(&b, out->holds ? "all within tolerance\n" : "outside the tolerance\n");
    return print_out(a, b.p, d);
}

static json_t *json_row(Arena *a, const RtReplayRow *row)
{
    json_t *o = json_object();

    if (*row->name)
        json_object_set_new(o, "name", json_text(a, row->name));
    json_object_set_new(o, "got", json_number(row->got));
    json_object_set_new(o, "expected", json_number(row->want));
    json_object_set_new(o, "off", json_number(row->off));
    json_object_set_new(o, "allowed", json_number(row->allowed));
    json_object_set_new(o, "largest", json_number(row->scale));
    json_object_set_new(o, "ok", json_boolean(rt_replay_row_holds(row)));
    return o;
}

/* {"schema": 1, "training", "ok", "steps": [row with learning_rate...], "gradients": [row...],
 * "scores": row or null} */
bool replay_json(Arena *a, const RtReplay *r, const RtReplayResult *out, Diag *d)
{
    json_t *root = json_object(), *steps = json_array(), *gradients = json_array();

    for (size_t i = 0; i < out->n_loss; i++) {
        json_t *row = json_row(a, &out->loss[i]);
        json_object_set_new(row, "learning_rate", json_number(out->rate[i]));
        json_array_append_new(steps, row);
    }
    for (size_t i = 0; i < out->n_gradient; i++)
        json_array_append_new(gradients, json_row(a, &out->gradient[i]));
    json_object_set_new(root, "schema", json_integer(1));
    json_object_set_new(root, "training", json_text(a, r->dir));
    json_object_set_new(root, "ok", json_boolean(out->holds));
    json_object_set_new(root, "steps", steps);
    json_object_set_new(root, "gradients", gradients);
    json_object_set_new(root, "scores", out->scores.name ? json_row(a, &out->scores)
                                                         : json_null());
    return print_json(a, root, d);
}
