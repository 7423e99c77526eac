/* SPDX-License-Identifier: Apache-2.0 */
/* Learning rates against what torch.optim.lr_scheduler (2.15) prints: one-cycle bit for bit; the
 * others, which PyTorch computes from the rate before, to a few units in the last place. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "schedule.h"

enum { MOST = 20 };

/* OneCycleLR(max_lr=.1, total_steps=20) */
static void one_cycle_is_pytorchs(void **state)
{
    static const double want[MOST] = {
        0.0040000000000000036, 0.013167184270002533, 0.037167184270002526, 0.06683281572999747,
        0.09083281572999748, 0.1, 0.09874640062350874, 0.09504846320134738, 0.089091617757105,
        0.0811745653949763, 0.07169430017913009, 0.06112620219362893, 0.0500002,
        0.03887419780637107, 0.028306099820869922, 0.0188258346050237, 0.010908782242895003,
        0.004951936798652629, 0.0012539993764912555, 4e-07
    };
    static const double momentum[MOST] = {
        0.95, 0.9404508497187474, 0.9154508497187474, 0.8845491502812526, 0.8595491502812526, 0.85,
        0.8512536043909088, 0.854951556604879, 0.8609084258765984, 0.8688255099070633,
        0.878305813044122, 0.8888739533021842, 0.8999999999999999, 0.9111260466978157,
        0.9216941869558779, 0.9311744900929366, 0.9390915741234015, 0.945048443395121,
        0.9487463956090911, 0.95
    };
    RtSchedule s;

    (void)state;
    rt_schedule_default(&s);
    s.kind = RT_ONE_CYCLE;
    s.max_rate = .1;
    s.total = MOST;
    for (int i = 0; i < MOST; i++) {
        assert_true(rt_schedule_rate(&s, i) == want[i]);
        assert_true(rt_schedule_momentum(&s, i) == momentum[i]);
    }
    assert_true(rt_schedule_rate(&s, 1000) == want[MOST - 1]);
}

/* OneCycleLR(.1, total_steps=7, anneal_strategy="linear", pct_start=.4) */
static void one_cycle_linear(void **state)
{
    static const double want[7] = { 0.004, 0.05733333333333332, 0.0952381142857143,
        0.07142868571428572, 0.04761925714285714, 0.023809828571428562, 3.999999999976245e-07 };
    RtSchedule s;

    (void)state;
    rt_schedule_default(&s);
    s.kind = RT_ONE_CYCLE;
    s.rate = .1;                           /* stands for max_rate where that is not given */
    s.total = 7;
    s.pct_start = .4;
    s.linear = true;
    for (int i = 0; i < 7; i++)
        assert_true(rt_schedule_rate(&s, i) == want[i]);
}

static void same(const RtSchedule *s, const double *want, int n)
{
    for (int i = 0; i < n; i++)
        assert_true(fabs(rt_schedule_rate(s, i) - want[i]) <= 1e-15);
}

/* StepLR(step_size=3), ExponentialLR(.9), from .1 */
static void steps_and_powers(void **state)
{
    static const double step[8] = { .1, .1, .1, .01, .01, .01, .001, .001 };
    static const double power[8] = { 0.1, 0.09, 0.081, 0.0729, 0.06561, 0.059049, 0.0531441,
        0.04782969 };
    RtSchedule s;

    (void)state;
    rt_schedule_default(&s);
    s.rate = .1;
    same(&s, (double[]){ .1, .1 }, 2);
    s.kind = RT_STEP;
    s.step_size = 3;
    same(&s, step, 8);
    s.kind = RT_EXPONENTIAL;
    s.gamma = .9;
    same(&s, power, 8);
}

/* CosineAnnealingLR(10, eta_min=.001); then SequentialLR of LinearLR(total_iters=4) and
 * CosineAnnealingLR(8), which begins at step 4. */
static void cosine_with_warmup(void **state)
{
    static const double plain[11] = { 0.1, 0.09757729755661011, 0.0905463412215599,
        0.07959536998847742, 0.0657963412215599, 0.0505, 0.03520365877844011, 0.02140463001152259,
        0.010453658778440109, 0.0034227024433899004, 0.001 };
    static const double warm[13] = { 0.03333333333333333, 0.05, 0.06666666666666668,
        0.08333333333333334, 0.1, 0.09619397662556434, 0.08535533905932738, 0.0691341716182545,
        0.05, 0.030865828381745515, 0.014644660940672627, 0.0038060233744356634, 0.0 };
    RtSchedule s;

    (void)state;
    rt_schedule_default(&s);
    s.rate = .1;
    s.kind = RT_COSINE;
    s.total = 10;
    s.eta_min = .001;
    same(&s, plain, 11);
    s.eta_min = 0;
    s.total = 12;
    s.warmup = 4;
    same(&s, warm, 13);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_cycle_is_pytorchs),
        cmocka_unit_test(one_cycle_linear),
        cmocka_unit_test(steps_and_powers),
        cmocka_unit_test(cosine_with_warmup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
