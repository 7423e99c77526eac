/* SPDX-License-Identifier: Apache-2.0 */
/* plan_svg: the memory plan as a picture: time (nodes) across, bytes of the arena upwards.
 *
 * Each buffer is a box from the node that first writes it to the one that last reads it, in the
 * colour of the kind of op that makes it; one that is computed in place of another goes on where
 * that ends, with broken lines.  The strip below shows what is alive at each node: where it is as
 * high as the arena, no plan could be lower.
 *
 * In: a plan with offsets.  Names are the model's, which may be anything: xml_text makes them safe.
 * All coordinates are whole pixels, so that no locale gets at them.
 */
#include "ir/picture.h"
#include "ir/plan_rows.h"

#include "base/xml.h"

#include <inttypes.h>
#include <string.h>

enum {
    LEFT = 92, TOP = 84, RIGHT = 24, BOTTOM = 210,     /* margins, around plot and strip */
    COLUMN = 36, HEIGHT = 520, LEAST_WIDTH = 900,
    GAP = 12, STRIP = 48,                              /* the strip below: what is alive */
    LETTER = 6, LINE = 12,                             /* of the text in boxes, about */
    AXIS_NAME = 30                                     /* letters of a node's name under the axis */
};

typedef struct Picture {
    PlanRows r;
    int64_t top;             /* bytes that the plot's height stands for */
    uint32_t *end;           /* by owner: the last node at which its buffer is its own */
    Buf *out;
} Picture;

/* ---- coordinates ---- */

static int64_t plot_width(const Picture *p)
{
    return (int64_t)(p->r.g->n_node - 1) * COLUMN;
}

static int64_t width(const Picture *p)
{
    int64_t w = LEFT + plot_width(p) + RIGHT;

    return w < LEAST_WIDTH ? LEAST_WIDTH : w;
}

/* The left edge of node i's column. */
static int64_t x_of(uint32_t i)
{
    return LEFT + ((int64_t)i - 1) * COLUMN;
}

static int64_t y_of(const Picture *p, int64_t bytes)
{
    double share = (double)bytes / (double)p->top;

    return TOP + HEIGHT - (int64_t)(share * HEIGHT + 0.5);
}

/* ---- axes ---- */

/* The distance of the lines across: a power of two of bytes, so that there are 5 to 10 of them. */
static int64_t byte_step(const Picture *p)
{
    int64_t step = 64;

    while (p->top / step >= 10)
        step *= 2;
    return step;
}

static void byte_axis(const Picture *p)
{
    int64_t step = byte_step(p);

    buf_printf(p->out, "<path class=\"grid\" d=\"M%d %dh%" PRId64 "\"/>\n", LEFT, TOP,
               plot_width(p));
    for (int64_t at = 0; at <= p->top; at += step) {
        int64_t y = y_of(p, at);
        buf_printf(p->out, "<path class=\"grid\" d=\"M%d %" PRId64 "h%" PRId64 "\"/>\n"
                   "<text class=\"axis\" x=\"%d\" y=\"%" PRId64 "\" text-anchor=\"end\">%s"
                   "</text>\n", LEFT - 5, y, plot_width(p) + 5, LEFT - 10, y + 4,
                   plan_bytes(p->r.arena, at));
    }
}

/* Names stand on end, read upwards; those of nodes that move nothing are grey. */
static void node_axis(const Picture *p)
{
    const Graph *g = p->r.g;

    for (uint32_t i = 1; i < g->n_node; i++) {
        int64_t x = x_of(i) + COLUMN / 2 + 4;
        int y = TOP + HEIGHT + GAP + STRIP + 8;
        if (i % 2 == 0)
            buf_printf(p->out, "<rect class=\"band\" x=\"%" PRId64 "\" y=\"%d\" width=\"%d\" "
                       "height=\"%d\"/>\n", x_of(i), TOP, COLUMN, HEIGHT);
        buf_printf(p->out, "<text class=\"axis%s\" transform=\"translate(%" PRId64 " %d) "
                   "rotate(-90)\" text-anchor=\"end\">", plan_is_view(p->r.p, &g->node[i])
                   ? " view" : "", x, y);
        xml_short(p->out, plan_node_name(g, i), AXIS_NAME);
        buf_printf(p->out, " <tspan class=\"number\">%u</tspan><title>node %u: %s ", i, i,
                   op_info[g->node[i].op].name);
        xml_text(p->out, plan_node_name(g, i), 200);
        buf_str(p->out, "</title></text>\n");
    }
}

/* ---- boxes ---- */

typedef struct Box {
    uint32_t id;
    int64_t x, y, w, h;
} Box;

static Box box_of(const Picture *p, uint32_t id)
{
    const Slot *s = &p->r.p->slot[id];
    int64_t low = y_of(p, s->offset), high = y_of(p, s->offset + s->bytes);

    return (Box){ id, x_of(s->first) + 1, high,
                  (int64_t)(p->end[id] - s->first + 1) * COLUMN - 2, low > high ? low - high : 1 };
}

/* Of the values that share a buffer each has it until the next is computed. */
static void find_ends(Picture *p)
{
    uint32_t *newest = arena_new_n(p->r.arena, uint32_t, p->r.g->n_value);      /* by first owner */

    p->end = arena_new_n(p->r.arena, uint32_t, p->r.g->n_value);
    for (uint32_t i = 0; i < p->r.n; i++) {
        uint32_t id = p->r.owner[i], root = id;
        const Slot *s = &p->r.p->slot[id];
        while (p->r.p->slot[root].shares.id)
            root = p->r.p->slot[root].shares.id;
        if (root != id)
            p->end[newest[root]] = s->first - 1;
        newest[root] = id;
        p->end[id] = s->last;
    }
}

static void tooltip(const Picture *p, uint32_t id)
{
    const Value *v = &p->r.g->value[id];
    const Slot *s = &p->r.p->slot[id];

    buf_str(p->out, "<title>");
    xml_text(p->out, v->name, 200);
    buf_printf(p->out, "\n%s %s\n%s at offset %" PRId64 "\nnodes %u to %u, ",
               dtype_info[v->dtype].name, shape_text(p->r.arena, &v->shape),
               plan_bytes(p->r.arena, s->bytes), s->offset, s->first, s->last);
    xml_text(p->out, plan_node_name(p->r.g, s->last), 200);
    if (s->shares.id) {
        buf_str(p->out, "\nin place of ");
        xml_text(p->out, ir_val(p->r.g, s->shares)->name, 200);
    }
    if (p->r.views[id])
        buf_printf(p->out, "\n%u views", p->r.views[id]);
    buf_str(p->out, "</title>");
}

/* The name, and the size below it where there is room; upwards where that gives more room. */
static void box_text(const Picture *p, const Box *b)
{
    const Value *v = &p->r.g->value[b->id];
    bool upwards = b->w < (int64_t)strnlen(v->name, 256) * LETTER + 8 && b->h > b->w;
    int64_t along = upwards ? b->h : b->w, across = upwards ? b->w : b->h;

    if (across < LINE || along < 2 * LETTER + 8)
        return;
    if (upwards)
        buf_printf(p->out, "<g transform=\"translate(0 %" PRId64 ") rotate(-90)\">", b->h);
    buf_printf(p->out, "<text x=\"5\" y=\"%d\">", across < LINE + 4 ? LINE - 2 : LINE + 1);
    xml_short(p->out, v->name, (uint32_t)((along - 8) / LETTER));
    buf_str(p->out, "</text>");
    if (across >= 2 * LINE + 4)
        buf_printf(p->out, "<text class=\"size\" x=\"5\" y=\"%d\">%s</text>", 2 * LINE + 1,
                   plan_bytes(p->r.arena, p->r.p->slot[b->id].bytes));
    buf_str(p->out, upwards ? "</g>" : "");
}

/* An svg of its own, because that clips what is in it. */
static void put_box(const Picture *p, uint32_t id)
{
    Box b = box_of(p, id);
    int kind = picture_kind(ir_producer(p->r.g, (ValueId){ id }));

    buf_printf(p->out, "<svg x=\"%" PRId64 "\" y=\"%" PRId64 "\" width=\"%" PRId64 "\" height=\"%"
               PRId64 "\"><g class=\"in k%d\">", b.x, b.y, b.w, b.h, kind);
    tooltip(p, id);
    buf_printf(p->out, "<rect class=\"box%s\" width=\"%" PRId64 "\" height=\"%" PRId64 "\"/>",
               p->r.p->slot[id].shares.id ? " shared" : "", b.w, b.h);
    box_text(p, &b);
    buf_str(p->out, "</g></svg>\n");
}

/* ---- what is alive ---- */

/* A bar per node, below the plot and to the same scale sideways; the highest is the peak. */
static void alive_strip(const Picture *p)
{
    const int base = TOP + HEIGHT + GAP + STRIP;

    buf_printf(p->out, "<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"end\">alive</text>\n"
               "<path class=\"grid\" d=\"M%d %dh%" PRId64 "\"/>\n", LEFT - 10, base - STRIP / 2 + 4,
               LEFT - 5, base, plot_width(p) + 5);
    for (uint32_t i = 1; i < p->r.g->n_node; i++) {
        double share = (double)p->r.alive[i] / (double)p->top;
        int64_t h = (int64_t)(share * STRIP + 0.5);
        buf_printf(p->out, "<rect class=\"alive%s\" x=\"%" PRId64 "\" y=\"%" PRId64 "\" "
                   "width=\"%d\" height=\"%" PRId64 "\"><title>node %u needs %s</title></rect>\n",
                   i == p->r.peak ? " peak" : "", x_of(i) + 1, base - h, COLUMN - 2, h, i,
                   plan_bytes(p->r.arena, p->r.alive[i]));
    }
}

/* ---- the whole ---- */

static const char style[] =
    "text.axis { font-size: 10px; fill: #4a5563 }\n"
    ".in text { font-size: 10px }\n"
    "text.view { fill: #a3acb8 }\n"
    ".number { font-size: 8px; fill: #8a94a1 }\n"
    "text.size { font-size: 9px; fill-opacity: .65 }\n"
    ".band { fill: #f5f6f8 }\n"
    ".grid { stroke: #dfe3e8; fill: none }\n"
    ".shared { stroke-dasharray: 4 3 }\n"
    "g:hover > .box { filter: brightness(1.08) }\n"
    ".alive { fill: #b8c0ca }\n"
    ".peak { fill: #c0392b }\n";

static void legend(const Picture *p)
{
    bool seen[KIND_COUNT] = { false };

    for (uint32_t i = 0; i < p->r.n; i++)
        seen[picture_kind(ir_producer(p->r.g, (ValueId){ p->r.owner[i] }))] = true;
    picture_legend(seen, LEFT, 52, p->out);
}

static void heading(const Picture *p)
{
    const Plan *plan = p->r.p;
    Arena *a = p->r.arena;

    buf_printf(p->out, "<text class=\"head\" x=\"%d\" y=\"24\">", LEFT);
    xml_text(p->out, p->r.g->name, 80);
    buf_printf(p->out, "</text>\n<text class=\"note\" x=\"%d\" y=\"42\">arena %s, "
               "least possible %s, side by side %s; %u nodes, %u buffers</text>\n", LEFT,
               plan_bytes(a, plan->arena_bytes), plan_bytes(a, plan->least_bytes),
               plan_bytes(a, plan->naive_bytes), p->r.g->n_node - 1, p->r.n);
    legend(p);
}

void plan_svg(const Graph *g, const Plan *plan, Buf *out)
{
    Picture p = { plan_rows(g, plan), plan->arena_bytes ? plan->arena_bytes : 1, NULL, out };
    int64_t w = width(&p), h = TOP + HEIGHT + GAP + STRIP + BOTTOM;

    find_ends(&p);
    picture_begin(&(PictureHead){ "plan", "Memory plan: nodes across, bytes of the arena upwards",
                                  w, h, style }, out);
    heading(&p);
    node_axis(&p);
    byte_axis(&p);
    for (uint32_t i = 0; i < p.r.n; i++)
        put_box(&p, p.r.owner[i]);
    alive_strip(&p);
    buf_str(out, "</svg>\n");
}
