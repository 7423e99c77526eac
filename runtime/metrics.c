/* SPDX-License-Identifier: Apache-2.0 */
/* metrics: see metrics.h.  Sums run over the samples in their order. */
#include "metrics.h"

#include "classify.h"

#include <math.h>
#include <string.h>

void rt_metrics_init(Arena *a, RtMetrics *m, int classes, bool confusion)
{
    size_t n = (size_t)classes;

    memset(m, 0, sizeof *m);
    m->classes = classes;
    m->row = arena_new_n(a, float, n);
    m->confusion = confusion ? arena_array(a, n, n * sizeof *m->confusion) : NULL;
}

void rt_metrics_clear(RtMetrics *m)
{
    RtMetrics kept = *m;
    size_t n = (size_t)m->classes;

    memset(m, 0, sizeof *m);
    m->classes = kept.classes;
    m->probabilities = kept.probabilities;
    m->smoothing = kept.smoothing;
    m->confusion = kept.confusion;
    m->row = kept.row;
    if (m->confusion)
        memset(m->confusion, 0, n * n * sizeof *m->confusion);
}

/* log sum exp of the scores, from the largest on so that exp does not overflow. */
static double log_sum(const float *x, int n)
{
    double most = -INFINITY, sum = 0;

    for (int i = 0; i < n; i++)
        most = fmax(most, (double)x[i]);
    for (int i = 0; i < n; i++)
        sum += exp((double)x[i] - most);
    return most + log(sum);
}

/* Cross-entropy with (1 - s) of the label and s of all classes alike, as
 * torch.nn.CrossEntropyLoss(label_smoothing=s). */
static double loss_of(const RtMetrics *m, const float *x, int32_t label)
{
    double whole = m->probabilities ? 0 : log_sum(x, m->classes), all = 0;

    if (m->smoothing > 0)
        for (int i = 0; i < m->classes; i++)
            all += whole - (m->probabilities ? log((double)x[i]) : (double)x[i]);
    return (1 - m->smoothing)
        * (whole - (m->probabilities ? log((double)x[label]) : (double)x[label]))
        + m->smoothing * all / m->classes;
}

/* How many of Keras's thresholds p exceeds: -1e-7, 1/199 ... 198/199, 1 + 1e-7. */
static int thresholds_below(float p)
{
    const int last = RT_THRESHOLDS - 1;
    int k;

    if (!(p >= 0))
        return 0;
    k = (int)fmin((double)p * last, last);             /* p >= k / last */
    if (k == last)
        return last;
    return (double)p > (double)k / last ? k + 1 : k > 0 ? k : 1;
}

static void count_probabilities(RtMetrics *m, const float *x, int32_t label)
{
    memcpy(m->row, x, (size_t)m->classes * sizeof *x);
    if (!rt_is_distribution(x, m->classes))
        rt_softmax(m->row, m->classes);
    m->recalled += m->row[label] > .5f;
    for (int i = 0; i < m->classes; i++)
        (i == label ? m->positive : m->negative)[thresholds_below(m->row[i])]++;
}

static void add_one(RtMetrics *m, const float *x, int32_t label)
{
    int64_t best[5], k = m->classes < 5 ? m->classes : 5;

    m->n++;
    m->loss += loss_of(m, x, label);
    rt_top(x, m->classes, best, k);
    m->top1 += best[0] == label;
    for (int64_t i = 0; i < k; i++)
        m->top5 += best[i] == label;
    if (m->confusion)
        m->confusion[(int64_t)label * m->classes + best[0]]++;
    count_probabilities(m, x, label);
}

void rt_metrics_add(RtMetrics *m, const float *score, const int32_t *label, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        add_one(m, score + i * m->classes, label[i]);
}

double rt_metrics_loss(const RtMetrics *m)
{
    return m->n ? m->loss / (double)m->n : NAN;
}

double rt_metrics_top1(const RtMetrics *m)
{
    return m->n ? (double)m->top1 / (double)m->n : NAN;
}

double rt_metrics_top5(const RtMetrics *m)
{
    return m->n ? (double)m->top5 / (double)m->n : NAN;
}

double rt_metrics_recall(const RtMetrics *m)
{
    return m->n ? (double)m->recalled / (double)m->n : NAN;
}

/* The curve from the lowest threshold, where all count as positive, to the highest. */
double rt_metrics_auc(const RtMetrics *m)
{
    double all_pos = (double)m->n, all_neg = (double)m->n * (m->classes - 1), area = 0;
    double tp = all_pos, fp = all_neg;

    for (int k = 0; k < RT_THRESHOLDS; k++) {
        double next_tp = tp - (double)m->positive[k], next_fp = fp - (double)m->negative[k];
        area += (fp - next_fp) * (tp + next_tp) / 2;
        tp = next_tp;
        fp = next_fp;
    }
    return m->n && m->classes > 1 ? area / all_pos / all_neg : NAN;
}
