/* SPDX-License-Identifier: Apache-2.0 */
/* history: rows as CSV and JSON, by one table of columns. */
#include "history.h"
#include "base/number.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Column {
    const char *name;
    size_t at;
} Column;

/* In the order of their names, which is JSON's; so CSV's as well. */
#define COLUMN(member) { #member, offsetof(RtRow, member) }
static const Column columns[] = {
    COLUMN(epoch), COLUMN(rate), COLUMN(seconds), COLUMN(step), COLUMN(test_auc),
    COLUMN(test_loss), COLUMN(test_recall), COLUMN(test_top1), COLUMN(test_top5),
    COLUMN(train_loss), COLUMN(train_top1),
};
enum { N_COLUMN = sizeof columns / sizeof columns[0] };

static double cell(const RtRow *row, int k)
{
    double x;

    memcpy(&x, (const char *)row + columns[k].at, sizeof x);
    return x;
}

void rt_history_add(Arena *a, RtHistory *h, const RtRow *row)
{
    if (h->n == h->cap) {
        size_t cap = h->cap ? 2 * h->cap : 64;
        h->row = arena_resize(a, h->row, h->cap * sizeof *h->row, cap * sizeof *h->row);
        h->cap = cap;
    }
    h->row[h->n++] = *row;
}

/* An empty cell is NaN. */
bool rt_history_write(Arena *a, const char *path, const RtHistory *h, Diag *d)
{
    OutFile *f = file_create(a, path, d);
    Buf *b;

    if (!f)
        return false;
    b = file_buf(f);
    for (int k = 0; k < N_COLUMN; k++)
        buf_printf(b, "%s%s", k ? "," : "", columns[k].name);
    buf_char(b, '\n');
    for (size_t i = 0; i < h->n; i++) {
        for (int k = 0; k < N_COLUMN; k++) {
            double x = cell(&h->row[i], k);
            buf_str(b, k ? "," : "");
            if (!isnan(x))
                buf_printf(b, "%.9g", x);
        }
        buf_char(b, '\n');
    }
    return file_commit(f, d);
}

/* One line; false when it has not our columns. */
static bool read_row(const char **p, RtRow *row)
{
    for (int k = 0; k < N_COLUMN; k++) {
        char *end;
        double x = **p == ',' || **p == '\n' ? NAN : number_read(*p, &end);
        if (!isnan(x))
            *p = end;
        memcpy((char *)row + columns[k].at, &x, sizeof x);
        if (**p != (k == N_COLUMN - 1 ? '\n' : ','))
            return false;
        ++*p;
    }
    return true;
}

bool rt_history_read(Arena *a, const char *path, int64_t step, RtHistory *h, Diag *d)
{
    Pos pos = { .file = path, .line = 1, .col = 1 };
    const char *p;
    Bytes file;

    memset(h, 0, sizeof *h);
    if (access(path, F_OK))
        return true;
    if (!file_read(a, path, &file, d))
        return false;
    p = strchr((const char *)file.p, '\n');
    for (p = p ? p + 1 : ""; *p;) {
        RtRow row;
        pos.line++;
        if (!read_row(&p, &row)) {
            diag_error(d, pos, "is no line of a training's log");
            return false;
        }
        if (row.step <= (double)step)
            rt_history_add(a, h, &row);
    }
    return true;
}

void rt_history_json(Buf *out, const char *net, const RtHistory *h)
{
    buf_str(out, "{\n  \"net\": ");
    buf_json(out, net);
    buf_str(out, ",\n  \"rows\": [");
    for (size_t i = 0; i < h->n; i++) {
        buf_printf(out, "%s\n    {", i ? "," : "");
        for (int k = 0; k < N_COLUMN; k++) {
            double x = cell(&h->row[i], k);
            buf_printf(out, "%s\"%s\": ", k ? ", " : "", columns[k].name);
            if (isfinite(x))
                buf_printf(out, "%.9g", x);
            else
                buf_str(out, "null");
        }
        buf_char(out, '}');
    }
    buf_str(out, "\n  ],\n  \"schema\": 1\n}\n");
}
