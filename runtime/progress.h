/* SPDX-License-Identifier: Apache-2.0 */
/* progress: how far a training is, as lines and as a bar in the manner of tqdm.  Texts alone:
 * who shows them, and where, is the caller's. */
#ifndef MNC_RT_PROGRESS_H
#define MNC_RT_PROGRESS_H

#include "base/buf.h"

#include <stdint.h>

/* The forms in which the systems that are reproduced report:
 *   plain   epoch 1/60  step 100/23400  loss 2.0313  acc 0.2391  rate 0.00412  371 images/s
 *   step    [Train] Step: 500, loss: 1.57771, acc: 0.45000
 *   epoch   train epoch[1/20] loss:2.184, acc:0.402: 100%|███| 91/91 [00:38<00:00, 2.37it/s]
 *   iter    Epoch:0 Iter 50000/50000 Train ACC: 0.47304 Used_Time:00:01:37 / Total_Time:00:01:37
 */
typedef enum RtLogFormat { RT_LOG_PLAIN, RT_LOG_STEP, RT_LOG_EPOCH, RT_LOG_ITER } RtLogFormat;

typedef struct RtProgress {
    int format;                    /* RtLogFormat */
    bool test;                     /* an evaluation's, not the training's */
    int64_t epoch, epochs;         /* from 0; of how many, 0: not known */
    int64_t step, steps;           /* done, of how many */
    int64_t done, total;           /* batches of this epoch, or of this evaluation */
    int64_t samples;               /* in all those batches */
    int64_t batch;
    double loss, top1;             /* means since the epoch's (or the evaluation's) beginning */
    double batch_loss, batch_top1; /* of the last batch alone */
    double rate;
    double seconds, all_seconds;   /* since that beginning; since the training's */
    int64_t timed;                 /* batches that were done in these seconds */
} RtProgress;

/* A line of a report, with its end of line.  An empty text where the format has no such line. */
void rt_progress_line(Buf *out, const RtProgress *p);

/* A line without its end, at most columns wide, for a terminal that overwrites it. */
void rt_progress_bar(Buf *out, const RtProgress *p, int columns);

#endif
