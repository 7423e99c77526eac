/* SPDX-License-Identifier: Apache-2.0 */
/* tunelog: what was found out about kernels on some CPU, kept in a file: the tuning log.
 *
 * A log is JSON: {"schema": 1, "records": [...]}, a record for each CPU, compiler, target, kernel
 * and shape that something was tried for.  So logs of several machines may be one file, and be
 * handed around; what is for another CPU or compiler is not looked at.  A net as a whole is a
 * record too, of the kernel "net": whether another compiler than the usual one serves it better.
 */
#ifndef MNC_RT_TUNELOG_H
#define MNC_RT_TUNELOG_H

#include "build.h"
#include "mnc/mnc.h"

#include <stdbool.h>

/* The CPU's name, family and model, and those of its instruction sets that matter to kernels. */
typedef struct RtCpu { const char *model, *features; } RtCpu;
RtCpu rt_cpu(Arena *a);

/* What records call a compiler: its version, and not whether it was called cc or gcc. */
const char *rt_tune_compiler(Arena *a, const RtCompiler *cc);

/* For whom a record is: all of it must be the same. */
typedef struct RtTuneKey {
    const char *cpu, *features, *compiler, *target, *kernel, *shape;
} RtTuneKey;

typedef struct RtTuned {
    RtTuneKey key;
    const char *rule;            /* the knobs that the kernel has without a choice */
    const char *knobs;           /* those that were faster; "": none were */
    double gain;                 /* the rule's time over theirs; 1 without */
    bool sure;                   /* in the whole net, too: others use it only then */
    const char **tried;          /* what was measured and was not faster */
    size_t n_tried;
} RtTuned;

typedef struct RtTuneLog {
    RtTuned *list;
    size_t n, cap;
} RtTuneLog;

/* $XDG_CACHE_HOME/mnc/tune/log.json; make: its folder is made if need be.  NULL: no place. */
const char *rt_tune_path(Arena *a, bool make);

/* No file is an empty log.  One that is no log is a note and an empty log as well, and false: who
 * wants to write there would destroy something.  Damaged records are left out, with a note. */
bool rt_tune_read(Arena *a, const char *path, RtTuneLog *out, Diag *d);
bool rt_tune_parse(Arena *a, const char *path, Bytes text, RtTuneLog *out, Diag *d);

/* Whole or not at all; sorted, so that equal logs are equal files.  False with a message. */
bool rt_tune_write(Arena *a, const char *path, const RtTuneLog *log, Diag *d);
void rt_tune_text(Arena *a, const RtTuneLog *log, Buf *out);

/* What log knows, into the file as it is now: others who do so at the same time wait for each
 * other, and nothing of anybody's is lost.  False with a message: the file is no log, or no place
 * for one. */
bool rt_tune_update(Arena *a, const char *path, const RtTuneLog *log, Diag *d);

/* The record of that key; NULL: there is none.  rt_tune_add: then a new one. */
RtTuned *rt_tune_find(const RtTuneLog *log, const RtTuneKey *key);
RtTuned *rt_tune_add(Arena *a, RtTuneLog *log, const RtTuneKey *key);

bool rt_tune_was_tried(const RtTuned *t, const char *knobs);
void rt_tune_tried(Arena *a, RtTuned *t, const char *knobs);

/* Of two records with one key the winner is that which knows more, then that which gained more;
 * what either has tried has been tried. */
void rt_tune_merge(Arena *a, RtTuneLog *into, const RtTuneLog *from);

/* All choices for the CPU and compiler of key, or the sure ones among them; their number to n. */
const mnc_choice *rt_tune_choices(Arena *a, const RtTuneLog *log, const RtTuneKey *key, bool sure,
                                  size_t *n);

/* ---- is it faster? ---- */

/* n pairs of seconds, each of one moment. */
typedef struct RtPairs { const double *before, *after; size_t n; } RtPairs;

/* Of runs that were done in turn: what else a machine does only adds to times, so the shortest of a
 * few neighbours is what the code takes. */
RtPairs rt_tune_pairs(Arena *a, const double *before, const double *after, size_t rounds);

double rt_median(Arena *a, const double *x, size_t n);

/* The median of before / after. */
double rt_tune_gain(Arena *a, const RtPairs *p);

/* How many standard deviations the sum of ranks of those pairs in which after was faster lies above
 * what chance would give (Wilcoxon, Individual comparisons by ranking methods, 1945). */
double rt_tune_score(Arena *a, const RtPairs *p);

#endif
