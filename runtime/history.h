/* SPDX-License-Identifier: Apache-2.0 */
/* history: what a training has reached, evaluation by evaluation: as CSV, JSON and learning curves.
 *
 * The CSV is also where a resumed run finds what was before, so a line holds all of a row.
 */
#ifndef MNC_RT_HISTORY_H
#define MNC_RT_HISTORY_H

#include "base/file.h"

#include <stdbool.h>
#include <stdint.h>

/* NaN: was not measured. */
typedef struct RtRow {
    double step, epoch;            /* done; epoch with its fraction */
    double rate;                   /* of the last step */
    double train_loss, train_top1; /* means since the epoch's beginning */
    double test_loss, test_top1, test_top5, test_recall, test_auc;
    double seconds;                /* of training, evaluations included */
} RtRow;

typedef struct RtHistory {
    RtRow *row;
    size_t n, cap;
} RtHistory;

void rt_history_add(Arena *a, RtHistory *h, const RtRow *row);

/* Whole or not at all. */
bool rt_history_write(Arena *a, const char *path, const RtHistory *h, Diag *d);

/* The rows up to step, into h.  No file is an empty history; false when it is no such file. */
bool rt_history_read(Arena *a, const char *path, int64_t step, RtHistory *h, Diag *d);

/* {"schema": 1, "net", "rows": [{...}]} with sorted keys; null for NaN. */
void rt_history_json(Buf *out, const char *net, const RtHistory *h);

/* Loss above, accuracy below, by epoch; train and test in two colours. */
void rt_history_svg(Buf *out, const char *net, const RtHistory *h);

#endif
