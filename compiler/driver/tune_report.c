/* SPDX-License-Identifier: Apache-2.0 */
/* tune_report: what a search has gained, and what a log has. */
#include "driver/tune.h"

#include "base/xml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 1.05 is five per cent. */
static double percent(double gain)
{
    return 100 * (gain - 1);
}

/* The words of knobs that the rule has not. */
static const char *changes(Arena *a, const RtTuned *r)
{
    const char *all = arena_printf(a, " %s ", r->rule);
    char *rest = arena_strdup(a, r->knobs), *word;
    Buf b;

    buf_init(&b, a);
    while ((word = strsep(&rest, " ")))
        if (!strstr(all, arena_printf(a, " %s ", word)))
            buf_printf(&b, "%s%s", b.n ? " " : "", word);
    return b.p;
}

/* What saved most comes first. */
static int by_seconds(const void *x, const void *y)
{
    const Gain *a = x, *b = y;
    double p = a->before - a->after, q = b->before - b->after;

    return p > q ? -1 : p < q;
}

/* What happens to the winners. */
static const char *verdict(const Tune *t)
{
    bool chosen = t->n_gain || t->command;

    return chosen ? t->kept ? "kept" : "slower as a whole: the rules stay"
         : t->n_tried || t->complete ? "nothing is faster than the rules"
         : "nothing was tried: it takes a longer --budget";
}

/* ---- text ---- */

/* Microseconds of all layers of that kernel and shape together, in the run's median. */
static void table(const Tune *t, Buf *out)
{
    size_t shape = 5;

    for (size_t i = 0; i < t->n_gain; i++) {
        size_t n = strlen(t->gain[i].record->key.shape);
        shape = n > shape ? n : shape;
    }
    shape = shape < 60 ? shape : 60;
    if (t->n_gain)
        buf_printf(out, "\n%-15s  %-*s  %6s  %9s  %9s  %7s  %s\n", "kernel", (int)shape, "shape",
                   "layers", "rule us", "tuned us", "gain", "knobs");
    for (size_t i = 0; i < t->n_gain; i++) {
        const Gain *g = &t->gain[i];
        const char *name = g->record->key.shape;
        buf_printf(out, "%-15s  %-*s  %6zu  %9.1f  %9.1f  %+6.1f%%  %s\n", g->record->key.kernel,
                   (int)shape, strlen(name) > shape ? name + strlen(name) - shape : name, g->layers,
                   1e6 * g->before, 1e6 * g->after, percent(g->before / g->after),
                   g->dropped || !t->kept ? "not kept" : changes(&t->w->a, g->record));
    }
}

/* The first line says for whom it holds, the last one what it came to. */
static void gains_text(const Tune *t, Buf *out)
{
    int digits = tune_digits(t->net_before);

    buf_printf(out, "%s, %s, %d thread%s, %s\n", t->cpu.model, t->target, t->threads,
               t->threads == 1 ? "" : "s", t->compiler);
    table(t, out);
    buf_printf(out, "\n%s: by the rules %.*f ms, tuned %.*f ms: %+.1f %% (median of %d pairs of "
               "runs, %.1f sigma); %s\n", t->w->model, digits, 1e3 * t->net_before, digits,
               1e3 * t->net_after, percent(t->net_gain), t->rounds, t->net_score, verdict(t));
}

/* ---- JSON ---- */

/* As the log has it, so that a program need not read that. */
static json_t *json_record(Arena *a, const RtTuned *r)
{
    json_t *tried = json_array();

    for (size_t i = 0; i < r->n_tried; i++)
        json_array_append_new(tried, json_text(a, r->tried[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:b, s:o}",
                     "cpu", json_text(a, r->key.cpu), "features", json_text(a, r->key.features),
                     "compiler", json_text(a, r->key.compiler), "target",
                     json_text(a, r->key.target), "kernel", json_text(a, r->key.kernel), "shape",
                     json_text(a, r->key.shape), "rule", json_text(a, r->rule), "knobs",
                     json_text(a, r->knobs), "gain", r->gain, "sure", r->sure, "tried", tried);
}

/* Seconds of all layers of the site in a run. */
static json_t *json_gain(Arena *a, const Gain *g)
{
    json_t *o = json_record(a, g->record);

    json_object_set_new(o, "seconds_rule", json_number(g->before));
    json_object_set_new(o, "seconds_tuned", json_number(g->after));
    json_object_set_new(o, "layers", json_integer((json_int_t)g->layers));
    return o;
}

static bool gains_json(const Tune *t)
{
    Arena *a = &t->w->a;
    json_t *gains = json_array();

    for (size_t i = 0; i < t->n_gain; i++)
        json_array_append_new(gains, json_gain(a, &t->gain[i]));
    return print_json(a, json_pack("{s:i, s:o, s:s, s:s, s:o, s:i, s:f, s:f, s:f, s:f, s:b, s:o}",
                                   "schema", 1, "model", json_text(a, t->w->model), "cpu",
                                   t->cpu.model, "target", t->target, "compiler",
                                   json_text(a, t->compiler), "threads", t->threads,
                                   "seconds_rule", t->net_before, "seconds_tuned", t->net_after,
                                   "gain", t->net_gain, "sigma", t->net_score, "kept", t->kept,
                                   "sites", gains), &t->w->d);
}

/* ---- picture ---- */

enum { WIDTH = 1000, LEFT = 430, ROW = 24, HEAD = 64, LETTER = 7 };      /* pixels */

/* One bar; scale is in pixels per second. */
static void bar(Buf *out, int y, double seconds, double scale, const char *colour)
{
    buf_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%ld\" height=\"9\" fill=\"%s\"/>\n", LEFT, y,
               lround(seconds * scale), colour);
}

/* Two bars for each site: by the rule above, tuned below. */
static void picture(const Tune *t, Buf *out)
{
    double most = 1e-9, room = WIDTH - LEFT - 90;

    for (size_t i = 0; i < t->n_gain; i++)
        most = fmax(most, fmax(t->gain[i].before, t->gain[i].after));
    buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%zu\" "
               "font-family=\"sans-serif\" font-size=\"12\">\n"
               "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
               "<text x=\"20\" y=\"24\" font-size=\"16\">", WIDTH, HEAD + t->n_gain * ROW + 20);
    xml_text(out, t->w->model, 80);
    buf_printf(out, ": %ld us by the rules, %ld us tuned</text>\n"
               "<text x=\"20\" y=\"44\" fill=\"#555\">", lround(1e6 * t->net_before),
               lround(1e6 * t->net_after));
    xml_text(out, t->cpu.model, 80);
    buf_printf(out, ", %s; each kernel and shape, by the rule (grey) and tuned</text>\n",
               t->target);
    for (size_t i = 0; i < t->n_gain; i++) {
        const Gain *g = &t->gain[i];
        int y = HEAD + (int)i * ROW;
        buf_printf(out, "<g><title>%ld us, then %ld us</title><text x=\"%d\" y=\"%d\" "
                   "text-anchor=\"end\">", lround(1e6 * g->before), lround(1e6 * g->after),
                   LEFT - 8, y + 14);
        xml_short(out, g->record->key.shape, (LEFT - 30) / LETTER);
        buf_str(out, "</text>\n");
        bar(out, y, g->before, room / most, "#b0b0b0");
        bar(out, y + 10, g->after, room / most, g->dropped ? "#d08060" : "#50a060");
        buf_printf(out, "<text x=\"%ld\" y=\"%d\">%+ld %%</text></g>\n",
                   LEFT + 6 + lround(fmax(g->before, g->after) * room / most), y + 14,
                   lround(percent(g->before / g->after)));
    }
    buf_str(out, "</svg>\n");
}

/* Whole or not at all, like all files. */
static bool draw(const Tune *t, const char *path)
{
    OutFile *f = file_create(&t->w->a, path, &t->w->d);

    if (!f)
        return false;
    picture(t, file_buf(f));
    return file_commit(f, &t->w->d);
}

/* The picture first: what is shown can be had again from the log. */
bool tune_report(const Tune *t)
{
    const char *svg = t->w->args->value[OPT_gains];
    Buf out;

    if (t->n_gain)
        qsort(t->gain, t->n_gain, sizeof *t->gain, by_seconds);
    if (svg && !draw(t, svg))
        return false;
    if (t->w->args->value[OPT_json])
        return gains_json(t);
    buf_init(&out, &t->w->a);
    gains_text(t, &out);
    return print_out(&t->w->a, out.p, &t->w->d);
}

/* ---- a log ---- */

/* A heading for each CPU, target and compiler: the log is sorted by them. */
bool tune_list(Work *w, const RtTuneLog *log, const char *path)
{
    json_t *all;
    Buf out;

    if (w->args->value[OPT_json]) {
        all = json_array();
        for (size_t i = 0; i < log->n; i++)
            json_array_append_new(all, json_record(&w->a, &log->list[i]));
        return print_json(&w->a, json_pack("{s:i, s:o}", "schema", 1, "records", all), &w->d);
    }
    buf_init(&out, &w->a);
    buf_printf(&out, "%s: %zu records\n", path, log->n);
    for (size_t i = 0; i < log->n; i++) {
        const RtTuned *r = &log->list[i];
        if (i == 0 || strcmp(r->key.cpu, r[-1].key.cpu) || strcmp(r->key.target, r[-1].key.target)
            || strcmp(r->key.compiler, r[-1].key.compiler))
            buf_printf(&out, "\n%s, %s, %s\n", r->key.cpu, r->key.target, r->key.compiler);
        buf_printf(&out, "  %-15s  %+6.1f%%  %3zu tried  %-40s  %s%s\n", r->key.kernel,
                   percent(r->gain), r->n_tried, r->key.shape,
                   *r->knobs ? changes(&w->a, r) : "the rule", r->sure || !*r->knobs ? ""
                   : " (not sure yet)");
    }
    return print_out(&w->a, out.p, &w->d);
}
