/* SPDX-License-Identifier: Apache-2.0 */
/* metrics: what a net's scores are worth, added up batch by batch, all in double.
 *
 * Recall and AUC are Keras's for one-hot labels, over all classes at once (keras.metrics.Recall and
 * AUC, flattened): a positive is the label's probability, all others of a sample are negatives; a
 * threshold of .5 for the recall, 200 of them and the trapezoidal rule for the area under the ROC
 * curve.
 */
#ifndef MNC_RT_METRICS_H
#define MNC_RT_METRICS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { RT_THRESHOLDS = 200 };

typedef struct RtMetrics {
    int classes;
    bool probabilities;            /* the scores are, and the loss is -log of the label's */
    double smoothing;              /* of the labels, in the loss */
    int64_t n;
    double loss;                   /* summed over samples */
    int64_t top1, top5, recalled;
    int64_t positive[RT_THRESHOLDS + 1];   /* by how many thresholds the probability exceeds */
    int64_t negative[RT_THRESHOLDS + 1];
    int64_t *confusion;            /* (classes,classes): label, answer; NULL: not wanted */
    float *row;                    /* (classes) */
} RtMetrics;

/* confusion: also count the confusion matrix. */
void rt_metrics_init(Arena *a, RtMetrics *m, int classes, bool confusion);
void rt_metrics_clear(RtMetrics *m);

/* score: (n,classes); label: (n), each below classes. */
void rt_metrics_add(RtMetrics *m, const float *score, const int32_t *label, int64_t n);

/* Means; NaN when nothing was added. */
double rt_metrics_loss(const RtMetrics *m);
double rt_metrics_top1(const RtMetrics *m);
double rt_metrics_top5(const RtMetrics *m);
double rt_metrics_recall(const RtMetrics *m);
double rt_metrics_auc(const RtMetrics *m);

#endif
