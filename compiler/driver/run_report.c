/* SPDX-License-Identifier: Apache-2.0 */
/* run_report: what the net answered, for people, for programs, and for numpy.
 *
 * When there are photos, labels or --top, and an output is a row of scores per item, its best ones
 * are shown; else every output is summed up in a line.  Scores that are no probabilities go through
 * softmax first, unless --softmax=no; a message says so.
 */
#include "driver/run.h"

#include "classify.h"

#include <math.h>
#include <string.h>

enum { TOP = 5, MOST_VALUES = 1000 };    /* of --top; values that JSON lists of a tensor */

/* One item's scores in the output that holds them. */
typedef struct Scores {
    float *p;
    int64_t n;
    int64_t *best, n_best;
    bool softmax;
} Scores;

/* The first output of shape (items, classes), ones aside; -1 when there is none. */
static int score_output(const RunResult *r)
{
    for (int o = 0; o < r->net->n_output; o++) {
        const mnc_tensor *t = &r->net->output[o];
        int64_t most = 1, count = (int64_t)(t->bytes / sizeof(float));
        for (int i = 1; i < t->rank; i++)
            most = t->dim[i] > most ? t->dim[i] : most;
        if (t->dtype == RT_FLOAT32 && t->rank >= 2 && most >= 2 && t->dim[0] == r->at_once
            && count == most * r->at_once)
            return o;
    }
    return -1;
}

/* How many lines: photos, or what the tensors' first dimension says. */
static int64_t n_item(const RunResult *r)
{
    return r->photo ? (int64_t)r->n_photo : r->at_once;
}

/* Tensors have no name of their own: the net's, with a number when there are several items. */
static const char *item_name(Arena *a, const RunResult *r, int64_t item)
{
    if (r->photo)
        return r->photo[item];
    return r->at_once == 1 ? r->net->name : arena_printf(a, "%s[%lld]", r->net->name,
                                                         (long long)item);
}

/* A copy of the item's row of output o, as probabilities if that is wanted, and its best places. */
static Scores item_scores(Arena *a, const RunResult *r, int o, int64_t item)
{
    const RtTensor *t = &r->out[item / r->at_once][o];
    Scores s = { .n = rt_count(t) / r->at_once };

    s.p = arena_new_n(a, float, (size_t)s.n);
    memcpy(s.p, (float *)t->data + item % r->at_once * s.n, (size_t)s.n * sizeof *s.p);
    s.softmax = r->softmax == SOFTMAX_YES
        || (r->softmax == SOFTMAX_AUTO && !rt_is_distribution(s.p, s.n));
    if (s.softmax)
        rt_softmax(s.p, s.n);
    s.n_best = r->top > 0 ? r->top : TOP;
    s.n_best = s.n_best < s.n ? s.n_best : s.n;
    s.best = arena_new_n(a, int64_t, (size_t)s.n_best + 1);
    rt_top(s.p, s.n, s.best, s.n_best);
    return s;
}

/* Which output to classify by: -1 none; -2, with a message, when what was asked for is missing. */
static int choose_output(Arena *a, const RunResult *r, Diag *d)
{
    Pos pos = { .file = r->model };
    int o = score_output(r);
    const mnc_tensor *t = &r->net->output[o < 0 ? 0 : o];
    int64_t n = (int64_t)(t->bytes / sizeof(float)) / r->at_once;

    if (!r->photo && !r->label && r->top < 0)
        return -1;
    if (o < 0 && !r->label && r->top < 0)
        return -1;
    if (o < 0)
        diag_error(d, pos, "no output is a row of scores to be named or sorted");
    else if (r->label && r->n_label != n)
        diag_error(d, pos, "output '%s' has %lld scores, but there are %lld labels",
                   diag_quote(a, t->name), (long long)n, (long long)r->n_label);
    else
        return o;
    return -2;
}

/* Only when nobody has decided it: a user who said --softmax=yes knows. */
static void note_softmax(Arena *a, const RunResult *r, int o, Diag *d)
{
    Pos pos = { .file = r->model };

    if (r->softmax == SOFTMAX_AUTO)
        diag_note(d, pos, "the scores of '%s' are no probabilities; what is shown went through "
                  "softmax (--softmax=no shows them as they are)",
                  diag_quote(a, r->net->output[o].name));
}

/* ---- text ---- */

/* Columns of a UTF-8 text, counted as its code points. */
static int width(const char *s)
{
    int n = 0;

    for (; *s; s++)
        n += (*s & 0xc0) != 0x80;
    return n;
}

/* The file's name; with its folder when another photo has the same name. */
static const char *short_name(Arena *a, const RunResult *r, int64_t item)
{
    const char *name = item_name(a, r, item), *base = path_base(name);

    for (int64_t i = 0; r->photo && i < n_item(r); i++)
        if (i != item && strcmp(r->photo[i], name) && !strcmp(path_base(r->photo[i]), base))
            return diag_quote(a, name);
    return diag_quote(a, base);
}

/* The best classes of one item, to the end of the line. */
static void put_scores(Arena *a, const RunResult *r, const Scores *s, Buf *out)
{
    for (int64_t k = 0; k < s->n_best; k++) {
        int64_t i = s->best[k];
        buf_printf(out, k ? ", %lld " : "%4lld ", (long long)i);
        if (r->label)
            buf_printf(out, "%s ", diag_quote(a, r->label[i]));
        buf_printf(out, s->softmax || r->softmax == SOFTMAX_AUTO ? "%.3f" : "%.6g",
                   (double)s->p[i]);
    }
    buf_char(out, '\n');
}

/* "coffee.png    967 espresso 0.951, 968 cup 0.015": names in a column, the best class first. */
static void text_classes(Arena *a, const RunResult *r, int o, Buf *out, Diag *d)
{
    int64_t n = n_item(r);
    bool softmax = false;
    int column = 0;

    for (int64_t i = 0; i < n; i++) {
        int w = width(short_name(a, r, i));
        column = w > column ? w : column;
    }
    for (int64_t i = 0; i < n; i++) {
        const char *name = short_name(a, r, i);
        Scores s = item_scores(a, r, o, i);
        buf_printf(out, "%s%*s", name, column - width(name) + 2, "");
        put_scores(a, r, &s, out);
        softmax |= s.softmax;
    }
    if (softmax)
        note_softmax(a, r, o, d);
}

/* Smallest, largest and mean of the numbers, NaN aside. */
typedef struct Summary {
    double min, max, mean;
    int64_t n, n_nan;
} Summary;

/* Of no numbers at all, min and max are infinite the wrong way round, and mean is NaN. */
static Summary summarise(const RtTensor *t)
{
    Summary s = { INFINITY, -INFINITY, 0, rt_count(t), 0 };

    for (int64_t i = 0; i < s.n; i++) {
        double x = rt_element(t, i);
        s.n_nan += isnan(x);
        if (isnan(x))
            continue;
        s.min = x < s.min ? x : s.min;
        s.max = x > s.max ? x : s.max;
        s.mean += x;
    }
    s.mean /= (double)(s.n - s.n_nan);
    return s;
}

/* "y  float32 (1,4)  min 0  max 3  mean 1.625": a line per output. */
static void text_summary(Arena *a, const RunResult *r, size_t run, Buf *out)
{
    for (int o = 0; o < r->net->n_output; o++) {
        const RtTensor *t = &r->out[run][o];
        Summary s = summarise(t);
        if (r->photo)
            buf_printf(out, "%s  ", short_name(a, r, (int64_t)run * r->at_once));
        buf_printf(out, "%s  %s %s", diag_quote(a, t->name), rt_type_name(t->dtype),
                   rt_shape_text(a, t->rank, t->dim));
        if (s.n > s.n_nan)
            buf_printf(out, "  min %.6g  max %.6g  mean %.6g", s.min, s.max, s.mean);
        if (s.n_nan)
            buf_printf(out, "  nan %lld", (long long)s.n_nan);
        buf_char(out, '\n');
    }
}

/* Everything is made before the first byte is written: a report appears whole or not at all. */
bool report_text(Arena *a, const RunResult *r, Diag *d)
{
    int o = choose_output(a, r, d);
    Buf out;

    if (o == -2)
        return false;
    buf_init(&out, a);
    if (o >= 0)
        text_classes(a, r, o, &out, d);
    for (size_t run = 0; o < 0 && run < r->n_run; run++)
        text_summary(a, r, run, &out);
    return print_out(a, out.p, d);
}

/* ---- JSON ---- */

/* {"input": file, "output": name, "softmax": was it applied, "top": [{index, label, score}...]} */
static json_t *json_item(Arena *a, const RunResult *r, int o, int64_t item)
{
    Scores s = item_scores(a, r, o, item);
    json_t *top = json_array(), *out = json_object();

    for (int64_t k = 0; k < s.n_best; k++) {
        json_t *one = json_object();
        json_object_set_new(one, "index", json_integer(s.best[k]));
        json_object_set_new(one, "score", json_number((double)s.p[s.best[k]]));
        if (r->label)
            json_object_set_new(one, "label", json_text(a, r->label[s.best[k]]));
        json_array_append_new(top, one);
    }
    json_object_set_new(out, "input", json_text(a, item_name(a, r, item)));
    json_object_set_new(out, "output", json_text(a, r->net->output[o].name));
    json_object_set_new(out, "softmax", json_boolean(s.softmax));
    json_object_set_new(out, "top", top);
    return out;
}

/* {"name", "dtype", "shape", "min", "max", "mean", "nan": how many, "values": when they are few} */
static json_t *json_tensor(Arena *a, const RtTensor *t)
{
    Summary s = summarise(t);
    json_t *out = json_object(), *values = json_array();

    json_object_set_new(out, "name", json_text(a, t->name));
    json_object_set_new(out, "dtype", json_string(rt_type_name(t->dtype)));
    json_object_set_new(out, "shape", json_shape(t->rank, t->dim));
    json_object_set_new(out, "min", json_number(s.min));
    json_object_set_new(out, "max", json_number(s.max));
    json_object_set_new(out, "mean", json_number(s.mean));
    json_object_set_new(out, "nan", json_integer(s.n_nan));
    for (int64_t i = 0; s.n <= MOST_VALUES && i < s.n; i++)
        json_array_append_new(values, rt_type(t->dtype)->kind == 'f'
                                      ? json_number(rt_element(t, i))
                                      : json_integer((json_int_t)rt_element(t, i)));
    if (s.n <= MOST_VALUES)
        json_object_set(out, "values", values);
    json_decref(values);
    return out;
}

/* {"inputs": the photos of this run, "outputs": [tensor...]} */
static json_t *json_run(Arena *a, const RunResult *r, size_t run)
{
    json_t *out = json_object(), *list = json_array(), *input = json_array();

    for (int o = 0; o < r->net->n_output; o++)
        json_array_append_new(list, json_tensor(a, &r->out[run][o]));
    for (int64_t i = 0; r->photo && i < r->at_once; i++)
        if ((int64_t)run * r->at_once + i < (int64_t)r->n_photo)
            json_array_append_new(input, json_text(a, r->photo[(int64_t)run * r->at_once + i]));
    json_object_set_new(out, "outputs", list);
    json_object_set_new(out, "inputs", input);
    return out;
}

/* {"schema": 1, "model", "target", "classes": [item...]}, or "runs": [run...] in its place. */
bool report_json(Arena *a, const RunResult *r, Diag *d)
{
    int o = choose_output(a, r, d);
    json_t *root, *list;

    if (o == -2)
        return false;
    root = json_object();
    list = json_array();
    for (int64_t i = 0; o >= 0 && i < n_item(r); i++)
        json_array_append_new(list, json_item(a, r, o, i));
    for (size_t run = 0; o < 0 && run < r->n_run; run++)
        json_array_append_new(list, json_run(a, r, run));
    json_object_set_new(root, "schema", json_integer(1));
    json_object_set_new(root, "model", json_text(a, r->net->name));
    json_object_set_new(root, "target", json_text(a, r->net->target()));
    json_object_set_new(root, o >= 0 ? "classes" : "runs", list);
    return print_json(a, root, d);
}

/* ---- files ---- */

/* Output o of all runs as one tensor: one run's as it is, several runs' rows one after another. */
static bool join_runs(Arena *a, const RunResult *r, int o, RtTensor *out, Diag *d)
{
    const RtTensor *first = &r->out[0][o];
    Pos pos = { .file = r->model };
    size_t row, items = r->photo ? r->n_photo : (size_t)r->at_once;
    int64_t dim[RT_MAX_RANK];

    *out = *first;
    if (!r->photo || (r->n_run == 1 && items == (size_t)r->at_once))
        return true;
    if (first->rank == 0 || first->dim[0] != r->at_once) {
        diag_error(d, pos, "output '%s' of shape %s has no axis for several images",
                   diag_quote(a, first->name), rt_shape_text(a, first->rank, first->dim));
        return false;
    }
    memcpy(dim, first->dim, sizeof dim);
    dim[0] = (int64_t)items;
    if (!rt_tensor_shape(out, first->dtype, first->rank, dim))
        arena_out_of_memory(a);
    out->name = first->name;
    out->data = arena_alloc(a, out->bytes);
    row = first->bytes / (size_t)r->at_once;
    for (size_t i = 0; i < items; i++) {
        const char *from = r->out[i / (size_t)r->at_once][o].data;
        memcpy((char *)out->data + i * row, from + i % (size_t)r->at_once * row, row);
    }
    return true;
}

/* The numbers as the net gave them: softmax is for showing. */
bool save_outputs(Arena *a, const RunResult *r, const char *path, Diag *d)
{
    size_t n = (size_t)r->net->n_output;
    RtTensor *all = arena_new_n(a, RtTensor, n);
    OutFile *f;

    if (n != 1 && !path_has_suffix(path, ".npz")) {
        diag_error(d, (Pos){ .file = path }, "cannot hold %zu outputs; a .npz file can", n);
        return false;
    }
    for (size_t o = 0; o < n; o++)
        if (!join_runs(a, r, (int)o, &all[o], d))
            return false;
    f = file_create(a, path, d);
    if (!f)
        return false;
    if (!path_has_suffix(path, ".npz"))
        rt_write_npy(file_buf(f), &all[0]);
    else if (!rt_write_npz(a, file_buf(f), all, n, path, d))
        return false;
    return file_commit(f, d);
}
