/* SPDX-License-Identifier: Apache-2.0 */
/* report: mnc_report: a model as one page of HTML.
 *
 * In: a model that was read, and the caller's sections.  Out: a page that is HTML and well-formed
 * XML in one ("polyglot": <meta .../>, xmlns), so that any XML reader can check it.  It loads
 * nothing and runs nothing, and says so to the browser by its Content-Security-Policy; how it
 * looks stands in templates/report.css.  The same model gives the same bytes.  Every text that
 * comes from the model goes through xml_text.
 */
#include "backend/emit.h"
#include "backend/model.h"
#include "base/xml.h"
#include "ir/plan_rows.h"
#include "ir/summary.h"

#include <inttypes.h>

enum { LETTERS = 200 };            /* of a name: its end, where it is longer */

typedef struct Page {
    mnc_model *m;
    Summary *s;
    Buf graph;                     /* the svg of the graph as it was read */
    const mnc_section *more;
    size_t n_more;
    Buf *out;
} Page;

/* ---- the top ---- */

static void head(const Page *p)
{
    buf_str(p->out, "<!DOCTYPE html>\n"
            "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
            "<meta charset=\"utf-8\"/>\n"
            "<meta http-equiv=\"Content-Security-Policy\" "
            "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
            "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
            "<meta name=\"generator\" content=\"mnc " MNC_VERSION "\"/>\n<title>");
    xml_text(p->out, p->s->name, LETTERS);
    buf_str(p->out, ": report</title>\n<style>\n");
    emit_abi("report.css", p->out);
    buf_str(p->out, "</style>\n</head>\n");
}

/* "x float32 (1,3,224,224), ..." */
static void wires(const Page *p, const ValueId *list, uint32_t n)
{
    const Graph *g = p->m->g;

    for (uint32_t i = 0; i < n; i++) {
        const Value *v = ir_val(g, list[i]);
        buf_str(p->out, i ? ", " : "");
        xml_text(p->out, v->name, LETTERS);
        buf_printf(p->out, " %s %s", dtype_info[v->dtype].name, shape_text(g->arena, &v->shape));
    }
}

/* Three digits of a number from 0 on: "3.50 M". */
static const char *three_digits(Arena *a, int64_t n)
{
    static const char *const unit[] = { "", " k", " M", " G", " T", " P", " E" };
    int64_t rest = 0, cents;
    int k = 0;

    for (; n >= 1000; k++) {
        rest = n % 1000;
        n /= 1000;
    }
    cents = n * 100 + (rest + 5) / 10;
    if (k == 0 || cents >= 10000)
        return arena_printf(a, "%" PRId64 "%s", (cents + 50) / 100, unit[k]);
    if (cents >= 1000)
        return arena_printf(a, "%" PRId64 ".%" PRId64 "%s", (cents + 5) / 100,
                            (cents + 5) / 10 % 10, unit[k]);
    return arena_printf(a, "%" PRId64 ".%02" PRId64 "%s", cents / 100, cents % 100, unit[k]);
}

/* "3 504 872 trainable". */
static const char *counted(Arena *a, int64_t n, const char *of)
{
    Buf b;

    buf_init(&b, a);
    xml_count(&b, n);
    buf_printf(&b, " %s", of);
    return b.p;
}

/* A figure under its name, and a line about it below. */
static void tile(Buf *out, const char *label, const char *figure, const char *note)
{
    buf_printf(out, "<div><dt>%s</dt><dd>%s</dd><dd>%s</dd></div>\n", label, figure, note);
}

static void parameter_tile(const Page *p)
{
    const ParamCount *c = &p->s->params;
    Arena *a = p->out->arena;
    const char *note = counted(a, c->trainable, "trainable");

    if (c->frozen)
        note = arena_printf(a, "%s, %s", note, counted(a, c->frozen, "frozen"));
    if (c->statistics)
        note = arena_printf(a, "%s, %s", note, counted(a, c->statistics, "statistics"));
    tile(p->out, "Parameters", three_digits(a, c->trainable + c->frozen), note);
}

static void tiles(const Page *p)
{
    const Summary *s = p->s;
    Arena *a = p->out->arena;

    buf_str(p->out, "<dl class=\"tiles\">\n");
    parameter_tile(p);
    tile(p->out, "Mult-adds", three_digits(a, s->macs), counted(a, s->macs, "in all"));
    tile(p->out, "Weights", plan_bytes(a, s->weight_bytes),
         counted(a, s->weight_bytes, "bytes, batch norms folded"));
    tile(p->out, "Arena", plan_bytes(a, s->arena_bytes),
         counted(a, s->arena_bytes, "bytes for inference"));
    if (s->train_bytes)
        tile(p->out, "Training", plan_bytes(a, s->train_bytes),
             arena_printf(a, "batch %" PRId64 ", sgd; %s", s->batch,
                          counted(a, s->kept_bytes, "bytes kept")));
    for (size_t i = 0; i < p->n_more; i++)
        if (p->more[i].figure)
            tile(p->out, p->more[i].label, p->more[i].figure, p->more[i].note);
    buf_str(p->out, "</dl>\n");
}

static void link(Buf *out, const char *id, const char *title)
{
    buf_printf(out, "<a href=\"#%s\">%s</a>\n", id, title);
}

/* What the net is called, what goes in and out, its figures, and the way to the sections. */
static void top(const Page *p)
{
    const Graph *g = p->m->g;

    buf_str(p->out, "<body>\n<header>\n<h1>");
    xml_text(p->out, p->s->name, LETTERS);
    buf_str(p->out, "</h1>\n<p class=\"io\">");
    wires(p, g->input, g->n_input);
    buf_str(p->out, " \u2192 ");
    wires(p, g->output, g->n_output);
    buf_str(p->out, "</p>\n");
    tiles(p);
    buf_str(p->out, "<nav aria-label=\"Sections\">\n");
    link(p->out, "layers", "Layers");
    link(p->out, "graph", "Graph");
    link(p->out, "memory", "Memory");
    for (size_t i = 0; i < p->n_more; i++)
        link(p->out, p->more[i].id, p->more[i].title);
    buf_str(p->out, "</nav>\n</header>\n<main>\n");
}

/* ---- sections ---- */

static void section(Buf *out, const char *id, const char *title)
{
    buf_printf(out, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n"
               "<h2 id=\"%s-title\">%s</h2>\n", id, id, id, title);
}

/* What is wider or higher than the page scrolls inside of its frame, by the keyboard too. */
static void open_frame(Buf *out, const char *id)
{
    buf_printf(out, "<div class=\"frame\" role=\"region\" aria-labelledby=\"%s-title\" "
               "tabindex=\"0\">\n", id);
}

static const char section_end[] = "</div>\n</section>\n";

static void layers(const Page *p)
{
    section(p->out, "layers", "Layers");
    buf_str(p->out, "<p>As the model was read. A mult-add is one multiplication of a weight of a "
            "convolution or dense layer. Bytes are those of the result. Of a separable pair: its "
            "mult-adds over those of the standard convolution that it replaces, and what the rule "
            "1/Cout + 1/K\u00b2 says.</p>\n");
    open_frame(p->out, "layers");
    summary_html(p->s, p->out);
    buf_str(p->out, section_end);
}

static void graph(const Page *p)
{
    section(p->out, "graph", "Graph");
    buf_str(p->out, "<p>From the input down; a curve leads to a layer that is not the next. The "
            "pointer finds parameters and mult-adds of a box.</p>\n");
    open_frame(p->out, "graph");
    buf_put(p->out, p->graph.p, p->graph.n);
    buf_str(p->out, section_end);
}

static void memory(const Page *p)
{
    section(p->out, "memory", "Memory");
    buf_str(p->out, "<p>The arena, whose addresses are fixed: what lies where, from the layer that "
            "writes it to the last that reads it, after all passes. Broken lines: computed in "
            "place. The strip below is what is alive at each layer; no plan can need less than its "
            "highest, which is red.</p>\n");
    open_frame(p->out, "memory");
    plan_svg(p->m->g, p->m->plan, p->out);
    buf_str(p->out, section_end);
}

static void more_sections(const Page *p)
{
    for (size_t i = 0; i < p->n_more; i++) {
        section(p->out, p->more[i].id, p->more[i].title);
        buf_str(p->out, p->more[i].html);
        buf_str(p->out, "</section>\n");
    }
}

/* The graph and the counts come before the passes, which change what is counted. */
static bool report(mnc_model *m, const mnc_section *more, size_t n, Buf *out)
{
    Page p = { .m = m, .s = summary_make(m->g), .more = more, .n_more = n, .out = out };

    buf_init(&p.graph, &m->arena);
    summary_svg(p.s, m->g, &p.graph);
    if (!model_plan(m, p.s))
        return false;
    head(&p);
    top(&p);
    layers(&p);
    graph(&p);
    memory(&p);
    more_sections(&p);
    buf_str(out, "</main>\n<footer>mnc " MNC_VERSION "</footer>\n</body>\n</html>\n");
    return true;
}

mnc_status mnc_report(mnc_model *m, const mnc_section *more, size_t n, const char **text,
                      size_t *size)
{
    Buf out;
    bool ok;

    PROTECT(m);
    buf_init(&out, &m->arena);
    ok = report(m, more, n, &out);
    *text = out.p;
    *size = out.n;
    return model_result(m, ok);
}
