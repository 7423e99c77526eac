/* SPDX-License-Identifier: Apache-2.0 */
/* schedule: closed formulas, operation by operation as PyTorch's source has them, so that the
 * doubles are the same (torch/optim/lr_scheduler.py: StepLR, ExponentialLR, CosineAnnealingLR and
 * LinearLR by their _get_closed_form_lr, OneCycleLR by get_lr). */
#include "schedule.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

void rt_schedule_default(RtSchedule *s)
{
    static const RtSchedule start = {
        .gamma = .1, .step_size = 1, .warmup_factor = 1.0 / 3, .pct_start = .3, .div_factor = 25,
        .final_div_factor = 1e4, .cycle_momentum = true, .base_momentum = .85, .max_momentum = .95
    };

    *s = start;
}

bool rt_schedule_by_epoch(const RtSchedule *s)
{
    if (s->unit != RT_UNIT_AUTO)
        return s->unit == RT_UNIT_EPOCH;
    return s->kind == RT_STEP || s->kind == RT_EXPONENTIAL;
}

/* OneCycleLR._annealing_cos and _annealing_linear: from start to end as pct goes from 0 to 1. */
static double anneal(const RtSchedule *s, double start, double end, double pct)
{
    if (s->linear)
        return (end - start) * pct + start;
    return end + (start - end) / 2.0 * (cos(PI * pct) + 1);
}

/* Two phases: low to high until pct_start * total - 1, then to last until total - 1.  Behind the
 * end PyTorch raises an error; here the last value stays. */
static double one_cycle(const RtSchedule *s, int64_t t, const double at[3])
{
    double peak = s->pct_start * (double)s->total - 1, end = (double)(s->total - 1);
    double now = (double)t;

    if (now > end)
        now = end;
    if (now <= peak)
        return anneal(s, at[0], at[1], peak > 0 ? now / peak : 1);
    return anneal(s, at[1], at[2], (now - peak) / (end - peak));
}

static double one_cycle_rate(const RtSchedule *s, int64_t t)
{
    double most = s->max_rate > 0 ? s->max_rate : s->rate, first = most / s->div_factor;
    double at[3] = { first, most, first / s->final_div_factor };

    return one_cycle(s, t, at);
}

static double cosine(const RtSchedule *s, int64_t t)
{
    int64_t total = s->total - s->warmup;

    if (t >= total)
        return s->eta_min;
    return s->eta_min + (s->rate - s->eta_min)
        * (1 + cos(PI * (double)t / (double)total)) / 2;
}

double rt_schedule_rate(const RtSchedule *s, int64_t t)
{
    if (s->kind == RT_ONE_CYCLE)
        return one_cycle_rate(s, t);
    if (t < s->warmup)
        return s->rate * (s->warmup_factor
            + (1.0 - s->warmup_factor) * (double)t / (double)s->warmup);
    t -= s->warmup;
    switch (s->kind) {
    case RT_STEP:        return s->rate * pow(s->gamma, (double)(t / s->step_size));
    case RT_EXPONENTIAL: return s->rate * pow(s->gamma, (double)t);
    case RT_COSINE:      return cosine(s, t);
    default:             return s->rate;
    }
}

double rt_schedule_momentum(const RtSchedule *s, int64_t t)
{
    double at[3] = { s->max_momentum, s->base_momentum, s->max_momentum };

    return one_cycle(s, t, at);
}
