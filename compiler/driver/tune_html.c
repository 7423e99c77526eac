/* SPDX-License-Identifier: Apache-2.0 */
/* tune_html: what the tuning log has for a net, as a section of `mnc report`.
 *
 * in: the log that the net was compiled by, and the net's sites; out: a line for each kernel and
 * shape that is computed otherwise than by the rule.  Gains are those of the time of tuning. */
#include "driver/tune.h"

#include "base/xml.h"

#include <math.h>
#include <stdlib.h>

/* Texts are a log's, so anybody's. */
static void cell(Buf *out, const char *text)
{
    buf_str(out, "<td class=\"text\">");
    xml_text(out, text, 400);
    buf_str(out, "</td>");
}

/* In tenths, by whole numbers: the page has points whatever the locale. */
static const char *percent(Arena *a, double gain)
{
    long tenths = lround(1000 * (gain - 1));

    return arena_printf(a, "%s%ld.%ld %%", tenths < 0 ? "-" : "+", labs(tenths) / 10,
                        labs(tenths) % 10);
}

/* A kernel, how many layers have it, how it is computed, and its shape, which may be long: a band's
 * is of all its layers. */
static void row(Arena *a, const RtTuned *r, size_t layers, Buf *out)
{
    buf_str(out, "<tr><th scope=\"row\">");
    xml_text(out, r->key.kernel, 80);
    buf_printf(out, "</th><td>%s</td><td>%zu</td>", percent(a, r->gain), layers);
    cell(out, r->rule);
    cell(out, r->knobs);
    buf_str(out, "<td class=\"text wrap\">");
    xml_text(out, r->key.shape, 400);
    buf_str(out, "</td></tr>\n");
}

/* Returns how many lines there are. */
static size_t rows(Work *w, mnc_model *m, RtTuneKey *key, Buf *out)
{
    const mnc_site *site;
    size_t n, count = 0;

    if (mnc_sites(m, &site, &n) != MNC_OK)
        return 0;
    for (size_t i = 0; i < n; i++) {
        const RtTuned *r;
        key->target = site[i].now.target;
        key->kernel = site[i].now.kernel;
        key->shape = site[i].now.shape;
        r = rt_tune_find(w->tuned, key);
        if (!r || !r->sure || !*r->knobs)
            continue;
        row(&w->a, r, site[i].n_layer, out);
        count++;
    }
    return count;
}

/* The net that was timed was compiled by the same log, so this is what the times are of. */
bool tune_section(Work *w, mnc_model *m, mnc_section *out)
{
    RtCpu cpu = rt_cpu(&w->a);
    RtTuneKey key = { cpu.model, cpu.features, w->tuned_for, "", "", "" };
    size_t n;
    Buf b;

    if (!w->tuned)
        return false;
    buf_init(&b, &w->a);
    buf_str(&b, "<p>By the tuning log of this machine (");
    xml_text(&b, cpu.model, 80);
    buf_str(&b, ", ");
    xml_text(&b, w->tuned_for, 80);
    buf_str(&b, "), these are computed otherwise than by the rules; gains are those that were "
            "measured then.</p>\n<div class=\"frame\" role=\"region\" "
            "aria-labelledby=\"tuning-title\" tabindex=\"0\">\n"
            "<table>\n<caption>What is computed otherwise than by the rules</caption>\n<thead><tr>"
            "<th scope=\"col\">Kernel</th><th scope=\"col\">Gain</th><th scope=\"col\">Layers</th>"
            "<th scope=\"col\" class=\"text\">Rule</th><th scope=\"col\" class=\"text\">Chosen</th>"
            "<th scope=\"col\" class=\"text\">Shape</th></tr></thead>\n<tbody>\n");
    n = rows(w, m, &key, &b);
    buf_str(&b, "</tbody></table>\n</div>\n");
    *out = (mnc_section){ .id = "tuning", .title = "Tuning gains", .html = b.p };
    return n > 0;
}
