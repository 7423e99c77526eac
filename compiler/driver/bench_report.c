/* SPDX-License-Identifier: Apache-2.0 */
/* bench_report: what the runs took, as tables or as JSON.
 *
 * Rates are of the shortest run.  A share of peak counts two operations per mult-add of
 * convolutions and dense layers, and nothing for the rest: that is the share of the machine that
 * does what the net is for.
 */
#include "driver/bench.h"

#include <string.h>

int64_t bench_batch(const Lane *l)
{
    const mnc_net *net = l->net.net;

    return net->n_input && net->input[0].rank ? net->input[0].dim[0] : 1;
}

/* A layer may be faster than the clock is fine. */
double bench_flops(int64_t macs, double seconds)
{
    return seconds > 0 ? 2 * (double)macs / seconds : 0;
}

double bench_share(const Bench *b, int64_t macs, double seconds)
{
    return b->peak > 0 ? bench_flops(macs, seconds) / b->peak : 0;
}

/* ---- text ---- */

/* "-" for what was not measured. */
static const char *figure(Arena *a, double x, int digits)
{
    return x > 0 ? arena_printf(a, "%.*f", digits, x) : "-";
}

/* One net.  Times in ms, sizes in units of 1024 bytes; "first" is the very first run, which finds
 * its memory untouched; C is the text without weights, object what the C compiler made of it. */
static void net_line(Arena *a, const Bench *b, const Lane *l, size_t width, Buf *out)
{
    const mnc_net *net = l->net.net;
    const mnc_built *built = mnc_program_built(l->net.program);
    double best = least(l->seconds);

    buf_printf(out, "%-*s  %9.3f  %9.3f  %9.3f  %9s  %9.1f  %8.1f  %5.1f%%  %10lld  %11lld",
               (int)width, l->name, 1e3 * best, 1e3 * median(b, l->seconds), 1e3 * l->first,
               figure(a, 1e3 * l->cold, 3), (double)bench_batch(l) / best,
               1e-9 * bench_flops(l->macs, best), 100 * bench_share(b, l->macs, best),
               (long long)l->params, (long long)l->macs);
    buf_printf(out, "  %8zu  %8zu  %6zu  %6zu  %6s  %6s\n", net->arena_bytes / 1024,
               net->weight_bytes / 1024, l->net.text_bytes / 1024, built->object_bytes / 1024,
               figure(a, l->net.translate_seconds, 2), figure(a, built->compile_seconds, 2));
}

/* A line per layer, in running order.  KB and GB/s count operands, weights and results once each:
 * what must move at least, be it from memory or from a cache.  The last line sums the minima: the
 * net's shortest run, if all layers had their best in it. */
static void layer_table(const Bench *b, const Lane *l, Buf *out)
{
    size_t name = 5, op = 2, kernel = 6;
    double sum = 0;

    for (uint32_t i = 0; i < l->n_layer; i++) {
        const mnc_layer *y = l->layer[i].layer;
        sum += least(l->layer[i].seconds);
        name = strlen(y->name) > name ? strlen(y->name) : name;
        op = strlen(y->op) > op ? strlen(y->op) : op;
        kernel = strlen(y->kernel) > kernel ? strlen(y->kernel) : kernel;
    }
    buf_printf(out, "\n%-*s  %-*s  %9s  %6s  %8s  %7s  %9s  %7s  %-*s  %s\n", (int)name, "layer",
               (int)op, "op", "ms", "time", "GFLOP/s", "of peak", "KB", "GB/s", (int)kernel,
               "kernel", "tile");
    for (uint32_t i = 0; i < l->n_layer; i++) {
        const mnc_layer *y = l->layer[i].layer;
        double s = least(l->layer[i].seconds);
        buf_printf(out, "%-*s  %-*s  %9.4f  %5.1f%%  %8.1f  %6.1f%%  %9.1f  %7.1f  %-*s  %s\n",
                   (int)name, y->name, (int)op, y->op, 1e3 * s, 100 * s / sum,
                   1e-9 * bench_flops(y->macs, s), 100 * bench_share(b, y->macs, s),
                   (double)y->bytes / 1024, 1e-9 * (double)y->bytes / s, (int)kernel, y->kernel,
                   y->tile);
    }
    buf_printf(out, "%-*s  %-*s  %9.4f  %5.1f%%  %8.1f  %6.1f%%\n", (int)name, "all", (int)op, "",
               1e3 * sum, 100.0, 1e-9 * bench_flops(l->macs, sum),
               100 * bench_share(b, l->macs, sum));
}

/* What holds for all nets, then a table of nets, then each net's layers. */
static void report_text_all(Arena *a, const Bench *b, Buf *out)
{
    size_t width = 3;

    for (int i = 0; i < b->n_lane; i++)
        width = strlen(b->lane[i].name) > width ? strlen(b->lane[i].name) : width;
    buf_printf(out, "%s, %d thread%s, %d rounds, peak %.1f GFLOP/s%s\n\n",
               b->lane[0].net.net->target(), b->threads, b->threads == 1 ? "" : "s", b->rounds,
               1e-9 * b->peak, b->layers ? ", a clock read after each layer" : "");
    buf_printf(out, "%-*s  %9s  %9s  %9s  %9s  %9s  %8s  %6s  %10s  %11s  %8s  %8s  %6s  %6s  %6s"
               "  %6s\n", (int)width, "net", "ms", "median", "first", "cold", "images/s",
               "GFLOP/s", "peak", "parameters", "mult-adds", "arena KB", "weights", "C", "object",
               "mnc s", "cc s");
    for (int i = 0; i < b->n_lane; i++)
        net_line(a, b, &b->lane[i], width, out);
    for (int i = 0; i < b->n_lane; i++)
        if (b->layers)
            layer_table(b, &b->lane[i], out);
}

/* ---- JSON ---- */

/* null for what was not measured. */
static json_t *json_seconds(double x)
{
    return x > 0 ? json_real(x) : json_null();
}

/* The columns of layer_table, and the number that the generated file gives the layer. */
static json_t *json_layer(Work *w, const Bench *b, const LayerTime *t)
{
    const mnc_layer *y = t->layer;
    double s = least(t->seconds);

    return json_pack("{s:o, s:s, s:s, s:s, s:i, s:I, s:I, s:f, s:f, s:f, s:f, s:f}", "layer",
                     json_text(&w->a, y->name), "op", y->op, "kernel", y->kernel, "tile", y->tile,
                     "number", y->number, "mult_adds", (json_int_t)y->macs, "bytes",
                     (json_int_t)y->bytes, "seconds_min", s, "seconds_median",
                     median(b, t->seconds), "gflops", 1e-9 * bench_flops(y->macs, s), "peak_share",
                     bench_share(b, y->macs, s), "gbytes_per_second", 1e-9 * (double)y->bytes / s);
}

/* The figures that are no rates: sizes, and what came before the first run. */
static json_t *json_made(const Lane *l)
{
    const mnc_net *net = l->net.net;
    const mnc_built *built = mnc_program_built(l->net.program);

    return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o, s:f, s:o}", "arena_bytes",
                     (json_int_t)net->arena_bytes, "weight_bytes", (json_int_t)net->weight_bytes,
                     "c_bytes", (json_int_t)l->net.text_bytes, "object_bytes",
                     (json_int_t)built->object_bytes, "mnc_seconds",
                     json_seconds(l->net.translate_seconds), "cc_seconds",
                     json_seconds(built->compile_seconds), "seconds_first", l->first,
                     "seconds_cold", json_seconds(l->cold));
}

/* Seconds are seconds here, and bytes bytes: for programs. */
static json_t *json_lane(Work *w, const Bench *b, const Lane *l)
{
    double best = least(l->seconds);
    json_t *net = json_pack("{s:o, s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:s}", "model",
                            json_text(&w->a, l->name), "seconds_min", best, "seconds_median",
                            median(b, l->seconds), "images_per_second",
                            (double)bench_batch(l) / best, "gflops",
                            1e-9 * bench_flops(l->macs, best), "peak_share",
                            bench_share(b, l->macs, best), "parameters",
                            (json_int_t)l->params, "mult_adds", (json_int_t)l->macs, "target",
                            l->net.net->target());
    json_t *layers = json_array(), *made = json_made(l);

    json_object_update(net, made);
    json_decref(made);
    for (uint32_t i = 0; i < l->n_layer; i++)
        json_array_append_new(layers, json_layer(w, b, &l->layer[i]));
    if (b->layers)
        json_object_set(net, "layers", layers);
    json_decref(layers);
    return net;
}

/* Keys come sorted; schema changes when one changes its meaning. */
static bool report_json_all(Work *w, const Bench *b)
{
    json_t *nets = json_array();

    for (int i = 0; i < b->n_lane; i++)
        json_array_append_new(nets, json_lane(w, b, &b->lane[i]));
    return print_json(&w->a, json_pack("{s:i, s:i, s:i, s:f, s:o}", "schema", 1, "rounds",
                                       b->rounds, "threads", b->threads, "peak_gflops",
                                       1e-9 * b->peak, "nets", nets), &w->d);
}

bool bench_report_peak(Work *w, const Bench *b)
{
    if (w->args->value[OPT_json])
        return print_json(&w->a, json_pack("{s:i, s:i, s:i, s:s, s:f}", "schema", 1, "rounds",
                                           b->rounds, "threads", b->threads, "target", b->target,
                                           "peak_gflops", 1e-9 * b->peak), &w->d);
    return print_out(&w->a, arena_printf(&w->a, "%s, %d thread%s, peak %.1f GFLOP/s\n", b->target,
                                         b->threads, b->threads == 1 ? "" : "s", 1e-9 * b->peak),
                     &w->d);
}

/* Everything goes out at once, when nothing runs any more. */
bool bench_report(Work *w, const Bench *b)
{
    Buf out;

    if (w->args->value[OPT_json])
        return report_json_all(w, b);
    buf_init(&out, &w->a);
    if (b->svg)
        bench_svg(b, &w->a, &out);
    else
        report_text_all(&w->a, b, &out);
    return print_out(&w->a, out.p, &w->d);
}
