/* SPDX-License-Identifier: Apache-2.0 */
/* summary_html: the table of layers as HTML, for a page that has the styles .text and .share.
 *
 * In: a summary.  Out: a <table>, well-formed as XML too; names are the model's and escaped.  A
 * layer's share of the mult-adds is a bar behind its number, by the style variable --w.  Numbers
 * are put together from whole ones, so that no locale gets at them.
 */
#include "ir/summary.h"

#include "base/xml.h"

#include <inttypes.h>

enum { LETTERS = 200 };            /* of a name: its end, where it is longer */

/* Empty for 0: most layers have neither parameters nor mult-adds. */
static void count_cell(Buf *out, int64_t n)
{
    buf_str(out, "<td>");
    if (n)
        xml_count(out, n);
    buf_str(out, "</td>");
}

static int permille(int64_t part, int64_t whole)
{
    return whole ? (int)(1000 * (double)part / (double)whole + 0.5) : 0;
}

/* Of all mult-adds, as "12.3 %", and a bar, of which the longest is the costliest layer's. */
static void share_cell(Buf *out, int64_t macs, int64_t most, int64_t all)
{
    int bar = permille(macs, most), share = permille(macs, all);

    if (macs)
        buf_printf(out, "<td class=\"share\" style=\"--w: %d.%d%%\">%d.%d %%</td>", bar / 10,
                   bar % 10, share / 10, share % 10);
    else
        buf_str(out, "<td></td>");
}

/* In units of 1/10000. */
static void ratio_cell(Buf *out, const SummaryRow *r)
{
    if (r->theory > 0)
        buf_printf(out, "<td>0.%04d = 0.%04d</td>", (int)(10000 * r->ratio + 0.5),
                   (int)(10000 * r->theory + 0.5));
    else
        buf_str(out, "<td></td>");
}

static void row(const Summary *s, const SummaryRow *r, int64_t most, Buf *out)
{
    buf_str(out, "<tr><th scope=\"row\">");
    xml_text(out, r->name, LETTERS);
    buf_printf(out, "</th><td class=\"text\">%s</td><td class=\"text\">%s</td>", r->type, r->shape);
    count_cell(out, r->params.trainable + r->params.frozen + r->params.statistics);
    count_cell(out, r->macs);
    share_cell(out, r->macs, most, s->macs);
    count_cell(out, r->bytes);
    ratio_cell(out, r);
    buf_str(out, "</tr>\n");
}

void summary_html(const Summary *s, Buf *out)
{
    int64_t most = 0;

    for (uint32_t i = 0; i < s->n_row; i++)
        most = s->row[i].macs > most ? s->row[i].macs : most;
    buf_str(out, "<table>\n<caption>Layers in running order</caption>\n<thead><tr>"
            "<th scope=\"col\">Layer</th><th scope=\"col\" class=\"text\">Type</th>"
            "<th scope=\"col\" class=\"text\">Output</th><th scope=\"col\">Parameters</th>"
            "<th scope=\"col\">Mult-adds</th><th scope=\"col\">Share</th>"
            "<th scope=\"col\">Bytes</th>"
            "<th scope=\"col\">Separable / standard</th></tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < s->n_row; i++)
        row(s, &s->row[i], most, out);
    buf_str(out, "</tbody>\n<tfoot><tr><th scope=\"row\">all</th><td></td><td></td>");
    count_cell(out, s->params.trainable + s->params.frozen + s->params.statistics);
    count_cell(out, s->macs);
    buf_str(out, "<td></td><td></td><td></td></tr></tfoot>\n</table>\n");
}
