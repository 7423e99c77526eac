/* SPDX-License-Identifier: Apache-2.0 */
/* bench_svg: where a net's time goes, as bars of bars.
 *
 * Time runs to the right.  The top bar is the net; each row below it has one part more of the
 * layers' names: a block is as wide as what lies under it.  The colour is the share of peak, from
 * red (little) to green (all of it); what has no mult-adds is grey.  A bar with no room for its
 * name tells it to the pointer.
 *
 * In: lanes with sorted layer times.  All coordinates are hundredths of a pixel as whole numbers
 * with a point put in, so that no locale gets at them.
 */
#include "driver/bench.h"

#include "base/xml.h"
#include "ir/picture.h"

#include <math.h>
#include <string.h>

enum {
    WIDTH = 1400, LEFT = 20, ROW = 26, HEAD = 54, GAP = 30,      /* pixels */
    LETTER = 8, LEAST_LETTERS = 4, PARTS = 8         /* a letter's; of a name; rows at most */
};

typedef struct Flame {
    const Bench *b;
    const Lane *lane;
    double *end;                 /* [n_layer + 1]: seconds from the net's start to a layer's end */
    double scale;                /* pixels per second */
    int top;                     /* pixels */
    Buf *out;
} Flame;

/* Length of the first `parts` parts of a name, which dots or slashes keep apart; 0: it has
 * fewer. */
static size_t prefix(const char *name, int parts)
{
    size_t n = 0;

    while (parts-- > 0) {
        if (n && !name[n])
            return 0;
        n += n > 0;
        n += strcspn(name + n, "./");
    }
    return n;
}

/* ONNX exporters begin names with a slash, which is no part of its own. */
static const char *layer_name(const Flame *f, uint32_t i)
{
    const char *name = f->lane->layer[i].layer->name;

    return *name == '/' ? name + 1 : name;
}

/* Layers i and on that lie in the same bar of a row; at least one. */
static uint32_t run_length(const Flame *f, uint32_t i, int parts)
{
    const char *name = layer_name(f, i);
    size_t n = prefix(name, parts);
    uint32_t end = i + 1;

    while (n && end < f->lane->n_layer && prefix(layer_name(f, end), parts) == n
           && !strncmp(layer_name(f, end), name, n))
        end++;
    return end - i;
}

/* x, to a hundredth. */
static void put_number(Buf *out, double x)
{
    long c = lround(100 * x);

    buf_printf(out, "%ld.%02ld", c / 100, c % 100);
}

/* Red, yellow, green; each about as bright as the others. */
static const char *colour(Arena *a, double part)
{
    double x = part < 0 ? 0 : part > 1 ? 1 : part;

    return arena_printf(a, "#%02x%02x%02x", (unsigned)lround(x < 0.5 ? 240 : 370 - 260 * x),
                        (unsigned)lround(x < 0.5 ? 120 + 180 * x : 210), 110u);
}

/* One rectangle of layers from i to end, with the text that the pointer finds. */
static void bar(Flame *f, uint32_t i, uint32_t end, int row, const char *name)
{
    double seconds = f->end[end] - f->end[i], width = seconds * f->scale, part;
    int64_t macs = 0;
    int y = f->top + row * ROW;

    for (uint32_t k = i; k < end; k++)
        macs += f->lane->layer[k].layer->macs;
    part = f->b->peak > 0 ? 2 * (double)macs / seconds / f->b->peak : 0;
    buf_str(f->out, "<g><title>");
    xml_text(f->out, name, 200);
    buf_str(f->out, ": ");
    put_number(f->out, 1e6 * seconds);
    buf_printf(f->out, " us, %ld %% of the time, %ld %% of peak",
               lround(100 * seconds / f->end[f->lane->n_layer]), lround(100 * part));
    if (end == i + 1)
        buf_printf(f->out, ", %s %s", f->lane->layer[i].layer->kernel,
                   f->lane->layer[i].layer->tile);
    buf_str(f->out, "</title><svg x=\"");
    put_number(f->out, LEFT + f->end[i] * f->scale);
    buf_printf(f->out, "\" y=\"%d\" width=\"", y);
    put_number(f->out, width);
    buf_printf(f->out, "\" height=\"%d\"><rect class=\"bar\" width=\"100%%\" height=\"100%%\" "
               "fill=\"%s\"/>", ROW - 1, macs ? colour(f->out->arena, part) : "#c8c8c8");
    if (width > LEAST_LETTERS * LETTER) {
        buf_str(f->out, "<text x=\"4\" y=\"17\">");
        xml_short(f->out, name, (uint32_t)((width - LETTER) / LETTER));
        buf_str(f->out, "</text>");
    }
    buf_str(f->out, "</svg></g>\n");
}

/* Returns false when no name has that many parts. */
static bool flame_row(Flame *f, Arena *a, int parts)
{
    bool any = false;

    for (uint32_t i = 0, n; i < f->lane->n_layer; i += n) {
        const char *name = layer_name(f, i);
        size_t whole = prefix(name, parts), before = parts > 1 ? prefix(name, parts - 1) : 0;
        n = run_length(f, i, parts);
        if (!whole)
            continue;
        any = true;
        bar(f, i, i + n, parts, arena_strndup(a, name + before + (before > 0),
                                              whole - before - (before > 0)));
    }
    return any;
}

/* The layers' shortest times one behind the other, which no single run need have had.  Returns the
 * height that it took, in pixels. */
static int flame(const Bench *b, const Lane *l, Arena *a, int top, Buf *out)
{
    Flame f = { .b = b, .lane = l, .top = top, .out = out };
    int row = 1;

    if (!l->n_layer)
        return 0;
    f.end = arena_new_n(a, double, l->n_layer + 1);
    for (uint32_t i = 0; i < l->n_layer; i++)
        f.end[i + 1] = f.end[i] + least(l->layer[i].seconds);
    f.scale = (WIDTH - 2 * LEFT) / f.end[l->n_layer];
    bar(&f, 0, l->n_layer, 0, l->name);
    while (row < PARTS && flame_row(&f, a, row))
        row++;
    return row * ROW + GAP;
}

/* The bars come first, because the picture's height stands in its first line. */
void bench_svg(const Bench *b, Arena *a, Buf *out)
{
    int height = HEAD;
    Buf body;

    buf_init(&body, a);
    for (int i = 0; i < b->n_lane; i++)
        height += flame(b, &b->lane[i], a, height, &body);
    picture_begin(&(PictureHead){ "flame", "Time per layer, as bars from left to right", WIDTH,
                                  height, "text { font-size: 12px }\n"
                                  ".bar { stroke: #fff; stroke-width: .5 }\n" }, out);
    buf_printf(out, "<text class=\"head\" x=\"%d\" y=\"24\">"
               "Time per layer, %s, %d thread%s</text>\n"
               "<text class=\"note\" x=\"%d\" y=\"42\">shortest of %d rounds; red to green: share "
               "of the peak of %ld GFLOP/s; grey: no mult-adds</text>\n<g class=\"in\">\n",
               LEFT, b->lane[0].net.net->target(), b->threads, b->threads == 1 ? "" : "s", LEFT,
               b->rounds, lround(1e-9 * b->peak));
    buf_put(out, body.p, body.n);
    buf_str(out, "</g></svg>\n");
}
