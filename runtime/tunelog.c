/* SPDX-License-Identifier: Apache-2.0 */
/* tunelog: the log's records, and how sure a gain is.  Reading and writing: tunelog_file.c. */
#include "tunelog.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the CPU ---- */

/* The value of a line "key : value" of /proc/cpuinfo, if it is one. */
static bool take(Arena *a, const char *line, const char *key, const char **out)
{
    size_t n = strlen(key);
    const char *colon = strchr(line, ':');

    if (*out || strncmp(line, key, n) || !colon || (line[n] != '\t' && line[n] != ' '
                                                    && line[n] != ':'))
        return false;
    colon += 1 + strspn(colon + 1, " \t");
    *out = arena_strndup(a, colon, strcspn(colon, "\n"));
    return true;
}

/* Those words of flags that kernels could make use of. */
static const char *known_features(Arena *a, const char *flags)
{
    static const char *const known[] = {
        "sse4_2", "avx", "fma", "avx2", "bmi2", "avx512f", "avx512dq", "avx512bw", "avx512vl",
        "avx512_vnni", "avx512_bf16", "avx_vnni", "avx512_fp16", "asimd", "fphp", "asimdhp", "sve",
    };
    Buf b;

    buf_init(&b, a);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t n = strlen(known[i]);
        for (const char *p = flags; (p = strstr(p, known[i])); p += n)
            if ((p == flags || p[-1] == ' ') && (!p[n] || p[n] == ' ')) {
                buf_printf(&b, "%s%s", b.n ? " " : "", known[i]);
                break;
            }
    }
    return b.p;
}

/* What virtual machines call "Processor" has its family and model still.  Elsewhere than on Linux
 * all CPUs have one name, and logs should not be handed around. */
RtCpu rt_cpu(Arena *a)
{
    static const char *const keys[] = { "model name", "cpu family", "model", "stepping", "flags",
                                        "CPU implementer", "CPU part", "Features" };
    enum { N = sizeof keys / sizeof keys[0] };
    const char *v[N] = { NULL };
    FILE *f = fopen("/proc/cpuinfo", "r");
    char line[8192];
    Buf name;

    while (f && fgets(line, sizeof line, f) && *line != '\n')
        for (size_t i = 0; i < N; i++)
            take(a, line, keys[i], &v[i]);
    if (f)
        fclose(f);
    buf_init(&name, a);
    buf_str(&name, v[0] ? v[0] : "CPU");
    for (size_t i = 1; i < 7; i++)
        if (i != 4 && v[i])
            buf_printf(&name, "%s%s", i == 1 || i == 5 ? " " : "/", v[i]);
    return (RtCpu){ name.p, known_features(a, v[4] ? v[4] : v[7] ? v[7] : "") };
}

/* The first line of --version; GNU's begins with the name that it was called by. */
const char *rt_tune_compiler(Arena *a, const RtCompiler *cc)
{
    const char *v = cc->version, *gnu = strstr(v, "Free Software Foundation") ? "gcc" : "";
    size_t skip = *gnu ? strcspn(v, " \n") : 0, n = strcspn(v + skip, "\n");
    Buf b;

    buf_init(&b, a);
    buf_str(&b, gnu);
    buf_put(&b, v + skip, n);
    for (size_t i = 1; i < cc->argc; i++)
        buf_printf(&b, " %s", cc->argv[i]);
    return b.p;
}

/* ---- records ---- */

/* 0: the same. */
static int compare_keys(const RtTuneKey *a, const RtTuneKey *b)
{
    const char *const x[] = { a->cpu, a->features, a->compiler, a->target, a->kernel, a->shape };
    const char *const y[] = { b->cpu, b->features, b->compiler, b->target, b->kernel, b->shape };
    int c = 0;

    for (int i = 5; i >= 0 && c == 0; i--)       /* shapes differ most often */
        c = strcmp(x[i], y[i]);
    return c;
}

RtTuned *rt_tune_find(const RtTuneLog *log, const RtTuneKey *key)
{
    for (size_t i = 0; i < log->n; i++)
        if (!compare_keys(&log->list[i].key, key))
            return &log->list[i];
    return NULL;
}

/* Pointers to records are dead after it. */
RtTuned *rt_tune_add(Arena *a, RtTuneLog *log, const RtTuneKey *key)
{
    RtTuned *t = rt_tune_find(log, key);

    if (t)
        return t;
    if (log->n == log->cap) {
        size_t cap = log->cap ? 2 * log->cap : 64;
        log->list = arena_resize(a, log->list, log->cap * sizeof *t, cap * sizeof *t);
        log->cap = cap;
    }
    t = &log->list[log->n++];
    *t = (RtTuned){ .key = *key, .rule = "", .knobs = "", .gain = 1 };
    return t;
}

/* The rule and the winner have been measured, too. */
bool rt_tune_was_tried(const RtTuned *t, const char *knobs)
{
    if (!strcmp(t->knobs, knobs) || !strcmp(t->rule, knobs))
        return true;
    for (size_t i = 0; i < t->n_tried; i++)
        if (!strcmp(t->tried[i], knobs))
            return true;
    return false;
}

void rt_tune_tried(Arena *a, RtTuned *t, const char *knobs)
{
    for (size_t i = 0; i < t->n_tried; i++)
        if (!strcmp(t->tried[i], knobs))
            return;
    t->tried = arena_resize(a, t->tried, t->n_tried * sizeof *t->tried,
                            (t->n_tried + 1) * sizeof *t->tried);
    t->tried[t->n_tried++] = knobs;
}

/* Strings are shared with from, which must live as long. */
void rt_tune_merge(Arena *a, RtTuneLog *into, const RtTuneLog *from)
{
    for (size_t i = 0; i < from->n; i++) {
        const RtTuned *f = &from->list[i];
        RtTuned *t = rt_tune_find(into, &f->key);
        if (!t) {
            *rt_tune_add(a, into, &f->key) = *f;
            continue;
        }
        if (f->n_tried > t->n_tried || (f->n_tried == t->n_tried && f->gain > t->gain)) {
            t->rule = f->rule;
            t->knobs = f->knobs;
            t->gain = f->gain;
            t->sure = f->sure;
        }
        for (size_t k = 0; k < f->n_tried; k++)
            rt_tune_tried(a, t, f->tried[k]);
    }
}

/* A net's record is no choice of a kernel. */
const mnc_choice *rt_tune_choices(Arena *a, const RtTuneLog *log, const RtTuneKey *key, bool sure,
                                  size_t *n)
{
    mnc_choice *out = arena_new_n(a, mnc_choice, log->n);

    *n = 0;
    for (size_t i = 0; i < log->n; i++) {
        const RtTuned *t = &log->list[i];
        if (*t->knobs && (t->sure || !sure) && strcmp(t->key.kernel, "net")
            && !strcmp(t->key.cpu, key->cpu) && !strcmp(t->key.features, key->features)
            && !strcmp(t->key.compiler, key->compiler))
            out[(*n)++] = (mnc_choice){ t->key.target, t->key.kernel, t->key.shape, t->knobs };
    }
    return out;
}

/* ---- is it faster? ---- */

enum { NEIGHBOURS = 3 };

/* What is left over after the last whole group does not count. */
static const double *shortest(Arena *a, const double *seconds, size_t n)
{
    double *out = arena_new_n(a, double, n);

    for (size_t i = 0; i < n; i++) {
        out[i] = seconds[i * NEIGHBOURS];
        for (size_t k = 1; k < NEIGHBOURS; k++)
            out[i] = fmin(out[i], seconds[i * NEIGHBOURS + k]);
    }
    return out;
}

/* Both are cut at the same places, so that a pair stays of one moment. */
RtPairs rt_tune_pairs(Arena *a, const double *before, const double *after, size_t rounds)
{
    size_t n = rounds / NEIGHBOURS;

    return (RtPairs){ shortest(a, before, n), shortest(a, after, n), n };
}

static int ascending(const void *x, const void *y)
{
    const double *a = x, *b = y;

    return *a < *b ? -1 : *a > *b;
}

/* The upper one of an even number; 0 of none. */
double rt_median(Arena *a, const double *x, size_t n)
{
    double *s = arena_new_n(a, double, n);

    if (!n)
        return 0;
    memcpy(s, x, n * sizeof *s);
    qsort(s, n, sizeof *s, ascending);
    return s[n / 2];
}

/* A pair's difference as a logarithm, so that halves and doubles weigh alike. */
typedef struct Difference { double log, size; } Difference;

/* For qsort: by how far apart a pair is, and by who is ahead. */
static int by_size(const void *x, const void *y)
{
    const Difference *a = x, *b = y;

    return a->size < b->size ? -1 : a->size > b->size;
}

static int by_log(const void *x, const void *y)
{
    const Difference *a = x, *b = y;

    return a->log < b->log ? -1 : a->log > b->log;
}

/* A clock that stood still says nothing. */
static Difference *differences(Arena *a, const RtPairs *p)
{
    Difference *d = arena_new_n(a, Difference, p->n);

    for (size_t i = 0; i < p->n; i++) {
        bool both = p->before[i] > 0 && p->after[i] > 0;
        d[i].log = both ? log(p->before[i] / p->after[i]) : 0;
        d[i].size = fabs(d[i].log);
    }
    return d;
}

/* Of an even number the mean of both medians, in logarithms: the same from either side. */
double rt_tune_gain(Arena *a, const RtPairs *p)
{
    Difference *d = differences(a, p);

    if (!p->n)
        return 1;
    qsort(d, p->n, sizeof *d, by_log);
    return exp((d[(p->n - 1) / 2].log + d[p->n / 2].log) / 2);
}

/* Equal sizes share their ranks' mean; differences of 0 share theirs between both sides. */
double rt_tune_score(Arena *a, const RtPairs *p)
{
    Difference *d = differences(a, p);
    double n = (double)p->n, sum = 0, end;

    qsort(d, p->n, sizeof *d, by_size);
    for (size_t i = 0; i < p->n; i = (size_t)end) {
        size_t k = i;
        while (k < p->n && d[k].size == d[i].size)
            k++;
        end = (double)k;
        for (size_t j = i; j < k; j++)
            sum += ((double)i + 1 + end) / 2 * (d[j].log > 0 ? 1 : d[j].log == 0 ? 0.5 : 0);
    }
    return p->n ? (sum - n * (n + 1) / 4) / sqrt(n * (n + 1) * (2 * n + 1) / 24) : 0;
}
