/* SPDX-License-Identifier: Apache-2.0 */
/* check: the parts of `mnc check`: comparisons made (cmd_check.c) and shown (check_report.c). */
#ifndef MNC_DRIVER_CHECK_H
#define MNC_DRIVER_CHECK_H

#include "driver/run.h"

#include "compare.h"

/* One output, or one layer, against what it should be. */
typedef struct Comparison {
    const char *data;            /* the data set's folder, or "random input" */
    RtTensor want;               /* its name is the output's */
    RtDiff diff;
} Comparison;

typedef struct CheckResult {
    const char *model;
    Comparison *c;
    size_t n, cap;
    bool layers;                 /* all layers, in the order of computation */
} CheckResult;

void add_comparison(Arena *a, CheckResult *r, const char *data, const RtTensor *want,
                    const RtDiff *diff);
bool check_holds(const CheckResult *r);
bool check_text(Arena *a, const CheckResult *r, Diag *d);
bool check_json(Arena *a, const CheckResult *r, Diag *d);

#endif
