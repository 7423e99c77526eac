/* SPDX-License-Identifier: Apache-2.0 */
/* bench_html: the times of a net's layers as a section of a report.
 *
 * In: a bench of one net, its layers timed and sorted.  Out: HTML that is well-formed XML, for a
 * page with the styles .frame, .text and .share.  Names of layers are the model's and escaped.
 * Numbers are put together from whole ones, so that no locale gets at them.
 */
#include "driver/bench.h"

#include "base/xml.h"

#include <math.h>

enum { LETTERS = 200 };            /* of a name: its end, where it is longer */

/* x from 0 on, with that many digits behind the point; up to 6. */
static const char *decimal(Arena *a, double x, int digits)
{
    long long one = llround(pow(10, digits)), n = llround(x * (double)one);

    return arena_printf(a, "%lld.%0*lld", n / one, digits, n % one);
}

static void number(Buf *out, double x, int digits)
{
    buf_printf(out, "<td>%s</td>", decimal(out->arena, x, digits));
}

/* A share of all in per cent, and its bar, of which the longest is most's. */
static void bar(Buf *out, double x, double most, double all)
{
    Arena *a = out->arena;

    buf_printf(out, "<td class=\"share\" style=\"--w: %s%%\">%s %%</td>",
               decimal(a, most > 0 ? 100 * x / most : 0, 1),
               decimal(a, all > 0 ? 100 * x / all : 0, 1));
}

/* Rates only of what multiplies: the rest has none. */
static void rates(const Bench *b, int64_t macs, double seconds, Buf *out)
{
    if (!macs) {
        buf_str(out, "<td></td><td></td>");
        return;
    }
    number(out, 1e-9 * bench_flops(macs, seconds), 1);
    buf_printf(out, "<td>%s %%</td>", decimal(out->arena, 100 * bench_share(b, macs, seconds), 1));
}

/* most, all: seconds of the slowest layer, and of all. */
static void row(const Bench *b, const LayerTime *t, double most, double all, Buf *out)
{
    const mnc_layer *y = t->layer;
    double s = least(t->seconds);

    buf_str(out, "<tr><th scope=\"row\">");
    xml_short(out, y->name, LETTERS);
    buf_printf(out, "</th><td class=\"text\">%s</td>", y->op);
    number(out, 1e3 * s, 4);
    bar(out, s, most, all);
    rates(b, y->macs, s, out);
    number(out, (double)y->bytes / 1024, 1);
    buf_printf(out, "<td class=\"text\">%s</td><td class=\"text\">%s</td></tr>\n", y->kernel,
               y->tile);
}

static void table(const Bench *b, const Lane *l, Buf *out)
{
    double sum = 0, most = 0;

    for (uint32_t i = 0; i < l->n_layer; i++) {
        sum += least(l->layer[i].seconds);
        most = fmax(most, least(l->layer[i].seconds));
    }
    buf_str(out, "<table>\n<caption>Times of layers in running order</caption>\n<thead><tr>"
            "<th scope=\"col\">Layer</th><th scope=\"col\" class=\"text\">Operations</th>"
            "<th scope=\"col\">ms</th><th scope=\"col\">Share</th><th scope=\"col\">GFLOP/s</th>"
            "<th scope=\"col\">Of peak</th><th scope=\"col\">KiB moved</th>"
            "<th scope=\"col\" class=\"text\">Kernel</th>"
            "<th scope=\"col\" class=\"text\">Tile</th></tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < l->n_layer; i++)
        row(b, &l->layer[i], most, sum, out);
    buf_str(out, "</tbody>\n<tfoot><tr><th scope=\"row\">all</th><td></td>");
    number(out, 1e3 * sum, 4);
    buf_str(out, "<td></td>");
    rates(b, l->macs, sum, out);
    buf_str(out, "<td></td><td></td><td></td></tr></tfoot>\n</table>\n");
}

static const char *body(const Bench *b, Arena *a)
{
    static const char frame[] = "<div class=\"frame\" role=\"region\" "
                                "aria-labelledby=\"times-title\" tabindex=\"0\">\n";
    const Lane *l = &b->lane[0];
    Buf out;

    buf_init(&out, a);
    buf_printf(&out, "<p>On %s with %d thread%s, the shortest of %d rounds, a clock read after "
               "each layer; layers are those that are left after the passes. The peak is %s "
               "GFLOP/s, measured in the same rounds. The shortest times of all layers need not "
               "be of one run.</p>\n", l->net.net->target(), b->threads, b->threads == 1 ? "" : "s",
               b->rounds, decimal(a, 1e-9 * b->peak, 1));
    buf_str(&out, frame);
    bench_svg(b, a, &out);
    buf_printf(&out, "</div>\n%s", frame);
    table(b, l, &out);
    buf_str(&out, "</div>\n");
    return out.p;
}

/* "3.605 ms", "0.26 \u00b5s". */
static const char *time_text(Arena *a, double seconds)
{
    return seconds < 1e-4 ? arena_printf(a, "%s \u00b5s", decimal(a, 1e6 * seconds, 2))
                          : arena_printf(a, "%s ms", decimal(a, 1e3 * seconds, 3));
}

mnc_section bench_section(const Bench *b, Arena *a)
{
    const Lane *l = &b->lane[0];
    double best = least(l->seconds);
    Buf note;

    buf_init(&note, a);
    buf_printf(&note, "%s, %d thread%s; ", l->net.net->target(), b->threads,
               b->threads == 1 ? "" : "s");
    xml_count(&note, llround((double)bench_batch(l) / best));
    buf_printf(&note, " images/s, %ld %% of peak", lround(100 * bench_share(b, l->macs, best)));
    return (mnc_section){ .id = "times", .title = "Layer times", .html = body(b, a),
                          .label = "Time", .figure = time_text(a, best), .note = note.p };
}
