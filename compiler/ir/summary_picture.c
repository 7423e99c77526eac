/* SPDX-License-Identifier: Apache-2.0 */
/* summary_picture: the graph as SVG and as Graphviz text.
 *
 * The SVG has a line per layer, top to bottom in the order of computation: a box as wide as the
 * layer's mult-adds, its name, type and shape.  A value that the next line reads is a short line;
 * one that is read further down, a residual say, is an arc on the left.
 */
#include "ir/summary.h"

#include "base/xml.h"
#include "ir/picture.h"

#include <inttypes.h>
#include <math.h>

enum {
    LEFT = 104, TOP = 84, STEP = 30, BOX = 22, BARS = 130, LEAST = 14,     /* pixels */
    NAME = LEFT + BARS + 16, NAME_WIDTH = 300, LETTERS = NAME_WIDTH / 7 - 1,
    TYPE = NAME + NAME_WIDTH, SHAPE = TYPE + 120, WIDTH = SHAPE + 200
};

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
    int x = LEFT - 30 - (far < 90 ? far : 90);

    if (b == a + 1)
        buf_printf(out, "<path class=\"edge\" d=\"M%d %dV%d\"/>\n", LEFT + LEAST / 2, y1, y2);
    else
        buf_printf(out, "<path class=\"edge\" d=\"M%d %dC%d %d %d %d %d %d\"/>\n", LEFT,
                   y1 - BOX / 2, x, y1, x, y2, LEFT, y2 + BOX / 2);
}

static void svg_edges(const Summary *s, const Graph *g, Buf *out)
{
    uint32_t *row_of = rows_by_node(s, g);

    for (uint32_t i = 0; i < s->n_row; i++) {
        const Node *n = &g->node[s->row[i].node];
        for (uint32_t k = 0; k < n->n_in; k++) {
            uint32_t p = ir_val(g, n->in[k])->producer.id;
            if (p)
                svg_edge(row_of[p], i, out);
        }
    }
}

/* Of the costliest layer's mult-adds, by square root, so that small shares can be seen. */
static int box_width(const SummaryRow *r, int64_t most)
{
    double share = most ? (double)r->macs / (double)most : 0;

    return LEAST + (int)((BARS - LEAST) * sqrt(share));
}

static void svg_row(const Summary *s, const Graph *g, uint32_t i, int64_t most, Buf *out)
{
    const SummaryRow *r = &s->row[i];
    int y = line_of(i);

    buf_printf(out, "<g class=\"k%d\"><title>", picture_kind(&g->node[r->node]));
    xml_text(out, r->name, 200);
    buf_printf(out, ": %" PRId64 " parameters, %" PRId64 " mult-adds (%.1f %%)</title>\n"
               "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>\n"
               "<text x=\"%d\" y=\"%d\">",
               r->params.trainable + r->params.frozen + r->params.statistics, r->macs,
               s->macs ? 100 * (double)r->macs / (double)s->macs : 0, LEFT, y,
               box_width(r, most), BOX, NAME, y + 15);
    xml_short(out, r->name, LETTERS);
    buf_printf(out, "</text>\n<text class=\"note\" x=\"%d\" y=\"%d\">%s</text>\n"
               "<text class=\"note\" x=\"%d\" y=\"%d\">%s</text></g>\n", TYPE, y + 15, r->type,
               SHAPE, y + 15, r->shape);
}

static void svg_heading(const Summary *s, const Graph *g, Buf *out)
{
    bool seen[KIND_COUNT] = { false };

    buf_printf(out, "<text class=\"head\" x=\"%d\" y=\"28\">", LEFT);
    xml_text(out, s->name, 80);
    buf_printf(out, "</text>\n<text class=\"note\" x=\"%d\" y=\"46\">%" PRId64 " parameters, %"
               PRId64 " mult-adds; a box is as wide as the root of its share</text>\n", LEFT,
               s->params.trainable + s->params.frozen, s->macs);
    for (uint32_t i = 0; i < s->n_row; i++)
        seen[picture_kind(&g->node[s->row[i].node])] = true;
    picture_legend(seen, LEFT, 56, out);
}

void summary_svg(const Summary *s, const Graph *g, Buf *out)
{
    int64_t most = 0;

    picture_begin(&(PictureHead){ "graph", "The graph: a line for each layer, in the order of "
                                  "computation", WIDTH, line_of(s->n_row) + 20,
                                  "text { font-size: 12px }\n"
                                  ".edge { fill: none; stroke: #888; stroke-width: 1.5 }\n" }, out);
    svg_heading(s, g, out);
    svg_edges(s, g, out);
    for (uint32_t i = 0; i < s->n_row; i++)
        most = s->row[i].macs > most ? s->row[i].macs : most;
    for (uint32_t i = 0; i < s->n_row; i++)
        svg_row(s, g, i, most, out);
    buf_str(out, "</svg>\n");
}

/* ---- Graphviz ---- */

void summary_dot(const Summary *s, const Graph *g, Buf *out)
{
    buf_str(out, "digraph net {\n  node [shape=box, style=filled, fontname=\"sans-serif\"];\n");
    for (uint32_t i = 0; i < s->n_row; i++) {
        const SummaryRow *r = &s->row[i];
        buf_printf(out, "  n%u [fillcolor=\"%s\", label=\"", r->node,
                   picture_kind_fill(picture_kind(&g->node[r->node])));
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
