/* SPDX-License-Identifier: Apache-2.0 */
/* summary_picture: the graph as SVG and as Graphviz text.
 *
 * The SVG has a line per layer, top to bottom in the order of computation: a box as wide as the
 * layer's share of the mult-adds (by square root, so that small ones can be seen), its name, type
 * and shape.  A value that the next line reads is a short line; one that is read further down, a
 * residual say, is an arc on the left.
 */
#include "ir/summary.h"

#include <inttypes.h>
#include <math.h>

enum { LEFT = 150, TOP = 60, STEP = 30, BOX = 22, BARS = 260, TEXT = 12, WIDTH = 1000 };

static void put_xml(Buf *out, const char *s)
{
    for (int n = 0; *s && n < 60; s++, n++) {
        unsigned char c = (unsigned char)*s;
        if (c == '<' || c == '>' || c == '&' || c == '"')
            buf_printf(out, "&#%d;", c);
        else if (c < 0x20 || c >= 0x7f)
            buf_char(out, '?');
        else
            buf_char(out, (char)c);
    }
}

static const char *colour(const SummaryRow *r, const Node *n)
{
    if (r->type[0] == 'd' && n->op == OP_conv)
        return "#f2b880";                                  /* depthwise */
    if (op_info[n->op].flags & LINEAR)
        return "#8fb8de";
    if (op_info[n->op].flags & ACT)
        return "#d8e8c8";
    return op_info[n->op].flags & BINARY ? "#e6c8e6" : "#dddddd";
}

static int line_of(uint32_t row)
{
    return TOP + (int)row * STEP;
}

/* row_of[node]: its line. */
static uint32_t *rows_by_node(const Summary *s, const Graph *g)
{
    uint32_t *row_of = arena_new_n(g->arena, uint32_t, g->n_node);

    for (uint32_t i = 0; i < s->n_row; i++)
        row_of[s->row[i].node] = i;
    return row_of;
}

/* From the box of line a to that of line b below it. */
static void svg_edge(uint32_t a, uint32_t b, Buf *out)
{
    int y1 = line_of(a) + BOX, y2 = line_of(b), far = (int)(b - a) * 4;

    if (b == a + 1)
        buf_printf(out, "<path d=\"M%d %dV%d\"/>\n", LEFT + 10, y1, y2);
    else
        buf_printf(out, "<path d=\"M%d %dC%d %d %d %d %d %d\"/>\n", LEFT, y1 - BOX / 2,
                   LEFT - 40 - (far < 90 ? far : 90), y1, LEFT - 40 - (far < 90 ? far : 90), y2,
                   LEFT, y2 + BOX / 2);
}

static void svg_edges(const Summary *s, const Graph *g, Buf *out)
{
    uint32_t *row_of = rows_by_node(s, g);

    buf_str(out, "<g fill=\"none\" stroke=\"#888\" stroke-width=\"1.5\">\n");
    for (uint32_t i = 0; i < s->n_row; i++) {
        const Node *n = &g->node[s->row[i].node];
        for (uint32_t k = 0; k < n->n_in; k++) {
            uint32_t p = ir_val(g, n->in[k])->producer.id;
            if (p)
                svg_edge(row_of[p], i, out);
        }
    }
    buf_str(out, "</g>\n");
}

static void svg_row(const Summary *s, const Graph *g, uint32_t i, Buf *out)
{
    const SummaryRow *r = &s->row[i];
    double share = s->macs ? (double)r->macs / (double)s->macs : 0;
    int y = line_of(i), width = 20 + (int)(BARS * sqrt(share));

    buf_printf(out, "<g><title>");
    put_xml(out, r->name);
    buf_printf(out, ": %" PRId64 " parameters, %" PRId64 " mult-adds (%.1f %%)</title>\n"
               "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"%s\" "
               "stroke=\"#666\"/>\n<text x=\"%d\" y=\"%d\">",
               r->params.trainable + r->params.frozen + r->params.statistics, r->macs, 100 * share,
               LEFT, y, width, BOX, colour(r, &g->node[r->node]), LEFT + BARS + 40, y + 15);
    put_xml(out, r->name);
    buf_printf(out, "</text>\n<text x=\"%d\" y=\"%d\" fill=\"#555\">%s</text>\n"
               "<text x=\"%d\" y=\"%d\" fill=\"#555\">%s</text></g>\n", LEFT + BARS + 330, y + 15,
               r->type, LEFT + BARS + 440, y + 15, r->shape);
}

void summary_svg(const Summary *s, const Graph *g, Buf *out)
{
    buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
               "font-family=\"sans-serif\" font-size=\"%d\">\n"
               "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
               "<text x=\"%d\" y=\"28\" font-size=\"18\">", WIDTH, line_of(s->n_row) + 20, TEXT,
               LEFT);
    put_xml(out, s->name);
    buf_printf(out, "</text>\n<text x=\"%d\" y=\"46\" fill=\"#555\">%" PRId64 " parameters, %"
               PRId64 " mult-adds; a box is as wide as the root of its share</text>\n", LEFT,
               s->params.trainable + s->params.frozen, s->macs);
    svg_edges(s, g, out);
    for (uint32_t i = 0; i < s->n_row; i++)
        svg_row(s, g, i, out);
    buf_str(out, "</svg>\n");
}

/* ---- Graphviz ---- */

void summary_dot(const Summary *s, const Graph *g, Buf *out)
{
    buf_str(out, "digraph net {\n  node [shape=box, style=filled, fontname=\"sans-serif\"];\n");
    for (uint32_t i = 0; i < s->n_row; i++) {
        const SummaryRow *r = &s->row[i];
        buf_printf(out, "  n%u [fillcolor=\"%s\", label=\"", r->node,
                   colour(r, &g->node[r->node]));
        for (const char *p = r->name; *p; p++)
            buf_char(out, *p == '"' || *p == '\\' || (unsigned char)*p < 0x20 ? '?' : *p);
        buf_printf(out, "\\n%s %s\"];\n", r->type, r->shape);
    }
    for (uint32_t i = 0; i < s->n_row; i++) {
        const Node *n = &g->node[s->row[i].node];
        for (uint32_t k = 0; k < n->n_in; k++)
            if (ir_val(g, n->in[k])->producer.id)
                buf_printf(out, "  n%u -> n%u;\n", ir_val(g, n->in[k])->producer.id,
                           s->row[i].node);
    }
    buf_str(out, "}\n");
}
