/* SPDX-License-Identifier: Apache-2.0 */
/* schedule: the learning rate at each step, by the formulas and with the defaults of
 * torch.optim.lr_scheduler, in double as PyTorch computes them.
 *
 * In: the settings and the number of steps (or epochs) done.  Out: the rate of the next one.  It
 * keeps no state: a run that goes on after a stop needs nothing but its step.
 */
#ifndef MNC_RT_SCHEDULE_H
#define MNC_RT_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum RtScheduleKind {
    RT_CONSTANT,
    RT_STEP,               /* StepLR: rate * gamma^(t / step_size), the quotient cut */
    RT_EXPONENTIAL,        /* ExponentialLR: rate * gamma^t */
    RT_COSINE,             /* CosineAnnealingLR: from rate to eta_min in total */
    RT_ONE_CYCLE           /* OneCycleLR: up to max_rate, down again and further */
} RtScheduleKind;

/* Automatic: step and exponential go by epoch, as they are used with PyTorch, the others by
 * step. */
typedef enum RtScheduleUnit { RT_UNIT_AUTO, RT_UNIT_STEP, RT_UNIT_EPOCH } RtScheduleUnit;

typedef struct RtSchedule {
    int kind;              /* RtScheduleKind */
    double rate;           /* the optimiser's learning rate */
    int64_t total;         /* steps in all (one_cycle, cosine); cosine stays at eta_min behind it */
    int unit;              /* RtScheduleUnit: what t counts */
    double gamma;          /* .1 */
    int64_t step_size;
    double eta_min;        /* 0 */
    /* LinearLR before any of the others, which then count from warmup on: the rate grows from
     * warmup_factor (1/3) of it in so many steps */
    int64_t warmup;
    double warmup_factor;
    double max_rate;       /* 0: rate */
    double pct_start;      /* .3: share of total in which the rate grows */
    double div_factor;     /* 25: it begins at max_rate / div_factor */
    double final_div_factor;   /* 1e4: and ends at that beginning / final_div_factor */
    bool linear;           /* anneal_strategy "linear" instead of "cos" */
    /* one_cycle: the momentum (sgd) or the first beta goes the other way, from max to base and
     * back.  True by default, as PyTorch has it: also where the optimiser was given no momentum */
    bool cycle_momentum;
    double base_momentum, max_momentum;    /* .85, .95 */
} RtSchedule;

/* PyTorch's defaults, constant. */
void rt_schedule_default(RtSchedule *s);

bool rt_schedule_by_epoch(const RtSchedule *s);

/* The rate of the step with t steps (or epochs) before it. */
double rt_schedule_rate(const RtSchedule *s, int64_t t);

/* The momentum of that step, where cycle_momentum is set. */
double rt_schedule_momentum(const RtSchedule *s, int64_t t);

#endif
