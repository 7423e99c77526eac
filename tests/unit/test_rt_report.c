/* SPDX-License-Identifier: Apache-2.0 */
/* What a training says: metrics against their definitions, lines in the forms that are quoted, the
 * history as CSV, JSON and curves. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "history.h"
#include "metrics.h"
#include "progress.h"

#include <unistd.h>

/* ---- metrics ---- */

enum { N = 40, K = 7 };

static void make_scores(float score[N][K], int32_t label[N])
{
    uint32_t r = 7;

    for (int n = 0; n < N; n++) {
        label[n] = n * 3 % K;
        for (int k = 0; k < K; k++) {
            r = r * 1664525u + 1013904223u;
            score[n][k] = (float)(r >> 20) / 1000 + (float)(k == label[n] && n % 3);
        }
    }
}

static double probability(const float *x, int k)
{
    double sum = 0;

    for (int i = 0; i < K; i++)
        sum += exp((double)x[i]);
    return exp((double)x[k]) / sum;
}

/* How many of class (positive) or not of class have a probability above t. */
static double above(float score[N][K], const int32_t *label, double t, bool positive)
{
    double count = 0;

    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++)
            count += (k == label[n]) == positive && (double)(float)probability(score[n], k) > t;
    return count;
}

/* Keras's AUC by its definition: 200 thresholds, trapezoids. */
static double slow_auc(float score[N][K], const int32_t *label)
{
    double area = 0, x = 1, y = 1;

    for (int i = 0; i < 200; i++) {
        double t = i == 0 ? -1e-7 : i == 199 ? 1 + 1e-7 : i / 199.;
        double nx = above(score, label, t, false) / (N * (K - 1));
        double ny = above(score, label, t, true) / N;
        area += (x - nx) * (y + ny) / 2;
        x = nx;
        y = ny;
    }
    return area;
}

static void metrics_by_definition(void **state)
{
    Job *j = *state;
    float score[N][K];
    int32_t label[N];
    double loss = 0, recall = 0, top1 = 0, top5 = 0;
    RtMetrics m;

    make_scores(score, label);
    rt_metrics_init(&j->a, &m, K, true);
    rt_metrics_add(&m, score[0], label, 25);
    rt_metrics_add(&m, score[25], label + 25, N - 25);
    for (int n = 0; n < N; n++) {
        int better = 0;
        for (int k = 0; k < K; k++)
            better += score[n][k] > score[n][label[n]];
        top1 += better == 0;
        top5 += better < 5;
        loss -= log(probability(score[n], label[n]));
        recall += probability(score[n], label[n]) > .5;
    }
    assert_int_equal(m.n, N);
    assert_true(fabs(rt_metrics_loss(&m) - loss / N) < 1e-12);
    assert_true(rt_metrics_top1(&m) == top1 / N && rt_metrics_top5(&m) == top5 / N);
    assert_true(top1 > 0 && top1 < top5 && top5 < N);
    assert_true(rt_metrics_recall(&m) == recall / N && recall > 0 && recall < N);
    assert_true(fabs(rt_metrics_auc(&m) - slow_auc(score, label)) < 1e-12);
    for (int k = 0, sum = 0; k < K * K; k++) {
        sum += (int)m.confusion[k];
        assert_true(k < K * K - 1 || sum == N);
    }
    rt_metrics_clear(&m);
    assert_true(isnan(rt_metrics_top1(&m)) && m.confusion[0] == 0);
}

/* torch.nn.CrossEntropyLoss(label_smoothing=.1) of (1, 2, 3) and class 0: 2.307606; of
 * probabilities (.2, .3, .5) and class 2: -log .5. */
static void losses(void **state)
{
    static const float logits[3] = { 1, 2, 3 }, p[3] = { .2f, .3f, .5f };
    Job *j = *state;
    RtMetrics m;

    rt_metrics_init(&j->a, &m, 3, false);
    m.smoothing = .1;
    rt_metrics_add(&m, logits, (int32_t[]){ 0 }, 1);
    assert_true(fabs(rt_metrics_loss(&m) - 2.3076059644443806) < 1e-12);
    rt_metrics_clear(&m);
    m.smoothing = 0;
    m.probabilities = true;
    rt_metrics_add(&m, p, (int32_t[]){ 2 }, 1);
    assert_true(fabs(rt_metrics_loss(&m) - log(2)) < 1e-7);
    assert_true(rt_metrics_recall(&m) == 0);               /* .5 is not above .5 */
}

/* ---- lines ---- */

static const char *line(Job *j, RtProgress p, int format, bool test)
{
    Buf b;

    p.format = format;
    p.test = test;
    buf_init(&b, &j->a);
    rt_progress_line(&b, &p);
    return b.p;
}

static void lines_as_quoted(void **state)
{
    static const RtProgress p = {
        .epochs = 20, .step = 500, .steps = 1820, .done = 91, .total = 91, .samples = 50000,
        .batch = 640, .loss = 2.1838, .top1 = .4021, .batch_loss = 1.577712, .batch_top1 = .45,
        .rate = .004117, .seconds = 38.4, .all_seconds = 3797, .timed = 91
    };
    Job *j = *state;

    assert_string_equal(line(j, p, RT_LOG_STEP, false),
                        "[Train] Step: 500, loss: 1.57771, acc: 0.45000\n");
    assert_string_equal(line(j, p, RT_LOG_STEP, true), "[Test ] Step: 500, acc: 0.40210\n");
    assert_string_equal(line(j, p, RT_LOG_EPOCH, false),
                        "train epoch[1/20] loss:2.184, acc:0.402: 100%|███| 91/91 "
                        "[00:38<00:00, 2.37it/s]\n");
    assert_string_equal(line(j, p, RT_LOG_EPOCH, true),
                        "valid epoch[1/20] loss:2.184, acc:0.402: 100%|███| 91/91 "
                        "[00:38<00:00, 2.37it/s]\n");
    assert_string_equal(line(j, p, RT_LOG_ITER, false),
                        "Epoch:0 Iter 50000/50000 Train ACC: 0.40210 Used_Time:00:00:38 / "
                        "Total_Time:01:03:17\n");
    assert_string_equal(line(j, p, RT_LOG_PLAIN, false),
                        "epoch 1/20  step 500/1820  loss 2.1838  acc 0.4021  rate 0.00412  "
                        "1517 images/s\n");
    assert_string_equal(line(j, p, RT_LOG_PLAIN, true), "");
}

static void bar_of(Job *j, const RtProgress *p, int columns, const char *want)
{
    Buf b;

    buf_init(&b, &j->a);
    rt_progress_bar(&b, p, columns);
    assert_string_equal(b.p, want);
}

static void bars(void **state)
{
    RtProgress p = { .format = RT_LOG_EPOCH, .done = 37, .total = 80, .loss = 1, .top1 = .5,
                     .seconds = 3700, .timed = 37 };
    Job *j = *state;

    bar_of(j, &p, 92, "train epoch[1] loss:1.000, acc:0.500:  46%|█████▌      | 37/80 "
                      "[1:01:40<1:11:40, 100.00s/it]");
    bar_of(j, &p, 80, "train 1 loss 1.000 acc 0.500  46%|████▏    | 37/80 "
                      "[1:01:40<1:11:40, 100.00s/it]");
    bar_of(j, &p, 74, "train 1 loss 1.000 acc 0.500  46%|████▏    | "
                      "[1:01:40<1:11:40, 100.00s/it]");
    bar_of(j, &p, 60, "train 1 loss 1.000 acc 0.500  46%|███▏   | [1:01:40<1:11:40]");
    bar_of(j, &p, 40, "1 loss 1.000 acc 0.500  46% <1:11:40");
    bar_of(j, &p, 20, "1 loss 1.000 acc 0.5");
    p = (RtProgress){ .done = 10, .total = 15, .loss = 2.314, .top1 = .19, .seconds = 4,
                      .batch = 20, .epochs = 30, .timed = 10 };
    bar_of(j, &p, 110, "train epoch[1/30] loss:2.314, acc:0.190:  66%|█████████████▎      "
                       "| 10/15 [00:04<00:02, 2.50it/s, 50 images/s]");
    bar_of(j, &p, 90, "train epoch[1/30] loss:2.314, acc:0.190:  66%|██████▋   | "
                      "10/15 [00:04<00:02, 50 images/s]");
    bar_of(j, &p, 79, "train 1/30 loss 2.314 acc 0.190  66%|█████▎  | "
                      "10/15 [00:04<00:02, 50 images/s]");
    bar_of(j, &p, 39, "1/30 loss 2.314 acc 0.190  66% <00:02");
    p.timed = 0;
    p.format = RT_LOG_EPOCH;
    p.done = p.total = 0;
    bar_of(j, &p, 75, "train epoch[1/30] loss:2.314, acc:0.190:   0%|       | 0/0 "
                      "[00:04<?, ?it/s]");
}

/* ---- history ---- */

static void history_comes_back(void **state)
{
    Job *j = *state;
    RtRow row = { .step = 11, .epoch = 1, .rate = .1, .train_loss = 1.25, .train_top1 = .5,
                  .test_loss = NAN, .test_top1 = NAN, .test_top5 = NAN, .test_recall = NAN,
                  .test_auc = NAN, .seconds = 2.5 };
    char path[] = "/tmp/mnc-log-XXXXXX";
    RtHistory h = { 0 }, back;
    Buf b;

    close(mkstemp(path));
    rt_history_add(&j->a, &h, &row);
    row.step = 22;
    row.epoch = 2;
    row.test_loss = 1;
    row.test_top1 = .75;
    rt_history_add(&j->a, &h, &row);
    assert_true(rt_history_write(&j->a, path, &h, &j->d));
    assert_true(rt_history_read(&j->a, path, 22, &back, &j->d));
    assert_int_equal(back.n, 2);
    assert_memory_equal(&back.row[1].step, &h.row[1].step, sizeof(double));
    assert_true(isnan(back.row[0].test_top1) && back.row[1].test_top1 == .75);
    assert_true(isnan(back.row[1].test_auc) && back.row[1].seconds == 2.5);
    assert_true(rt_history_read(&j->a, path, 21, &back, &j->d));
    assert_int_equal(back.n, 1);
    unlink(path);
    assert_true(rt_history_read(&j->a, path, 21, &back, &j->d));       /* none is an empty one */
    assert_int_equal(back.n, 0);

    buf_init(&b, &j->a);
    rt_history_json(&b, "a\"b", &h);
    assert_non_null(strstr(b.p, "\"net\": \"a\\u0022b\""));
    assert_non_null(strstr(b.p, "{\"epoch\": 1, \"rate\": 0.1, \"seconds\": 2.5, \"step\": 11, "
                                "\"test_auc\": null,"));
    buf_init(&b, &j->a);
    rt_history_svg(&b, "<net>", &h);
    assert_non_null(strstr(b.p, "&lt;net&gt;"));
    assert_null(strstr(b.p, "nan"));
    memset(&h, 0, sizeof h);
    rt_history_svg(&b, "none", &h);                                   /* no row, no trouble */
    assert_null(strstr(b.p, "inf"));
}

static void wrong_logs(void **state)
{
    Job *j = *state;
    char path[] = "/tmp/mnc-log-XXXXXX";
    int fd = mkstemp(path);
    RtHistory h;

    assert_int_equal(write(fd, "epoch,rate\n1,2\n", 15), 15);
    close(fd);
    assert_false(rt_history_read(&j->a, path, 5, &h, &j->d));
    assert_non_null(strstr(job_messages(j), ":2:1: error: is no line of a training's log"));
    unlink(path);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)
    static const struct CMUnitTest tests[] = {
        TEST(metrics_by_definition), TEST(losses), TEST(lines_as_quoted), TEST(bars),
        TEST(history_comes_back), TEST(wrong_logs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
