/* SPDX-License-Identifier: Apache-2.0 */
/* curves: a history as SVG: two charts above each other, the epoch to the right.
 *
 * Colours are of Okabe and Ito's set, which colour-blind people tell apart; train is dashed as
 * well.  Coordinates are in CSS pixels.
 */
#include "history.h"

#include "base/xml.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { WIDTH = 640, HEIGHT = 590, LEFT = 64, RIGHT = 16, CHART = 210, TOP = 44, GAP = 56,
       MOST_DOTS = 60 };       /* more would hide the lines */

typedef struct Chart {
    const char *title;
    size_t train, test;            /* places in RtRow */
    double low, high;              /* of the values shown */
    double top;                    /* the upper edge */
    double epochs;                 /* at the right edge */
} Chart;

static double at(const RtRow *row, size_t place)
{
    double x;

    memcpy(&x, (const char *)row + place, sizeof x);
    return x;
}

/* 1, 2 or 5 times a power of ten, so that there are four to ten of them. */
static double tick_step(double span)
{
    double base = pow(10, floor(log10(span > 0 ? span / 4 : 1))), rest = span / 4 / base;

    return base * (rest >= 5 ? 5 : rest >= 2 ? 2 : 1);
}

static void find_range(Chart *c, const RtHistory *h)
{
    double low = INFINITY, high = -INFINITY, step;

    for (size_t i = 0; i < h->n; i++)
        for (int k = 0; k < 2; k++) {
            double x = at(&h->row[i], k ? c->test : c->train);
            if (!isfinite(x))
                continue;
            low = fmin(low, x);
            high = fmax(high, x);
        }
    if (low > high)
        low = high = 0;
    step = tick_step(high > low ? high - low : .1);
    c->low = floor(low / step) * step;
    c->high = fmax(ceil(high / step) * step, c->low + step);
}

static double x_of(const Chart *c, double epoch)
{
    return LEFT + (WIDTH - LEFT - RIGHT) * epoch / c->epochs;
}

static double y_of(const Chart *c, double value)
{
    return c->top + CHART * (c->high - value) / (c->high - c->low);
}

/* With as many digits behind the point as all ticks of that step need. */
static void put_tick(Buf *b, double v, double step)
{
    int digits = step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;

    if (fabs(v) < 1e6 && digits < 7)
        buf_printf(b, "%.*f", digits, fabs(v) < step / 2 ? 0 : v);
    else
        buf_printf(b, "%.6g", v);
}

static void put_axes(Buf *b, const Chart *c)
{
    double step = tick_step(c->high - c->low), epochs = tick_step(c->epochs);

    buf_printf(b, "<text x=\"%d\" y=\"%g\" class=\"t\">%s</text>\n", LEFT, c->top - 10, c->title);
    for (double v = c->low; v <= c->high + step / 2; v += step) {
        buf_printf(b, "<path d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" class=\"e\">",
                   LEFT, y_of(c, v), WIDTH - RIGHT, LEFT - 8, y_of(c, v) + 4);
        put_tick(b, v, step);
        buf_str(b, "</text>\n");
    }
    for (double e = 0; e <= c->epochs + epochs / 2; e += epochs)
        if (e <= c->epochs * 1.001)
            buf_printf(b, "<text x=\"%.1f\" y=\"%g\" class=\"m\">%.6g</text>\n", x_of(c, e),
                       c->top + CHART + 18, e);
}

static void put_line(Buf *b, const Chart *c, const RtHistory *h, bool test)
{
    const char *name = test ? "test" : "train";
    bool open = false;

    buf_printf(b, "<path class=\"%s\" d=\"", name);
    for (size_t i = 0; i < h->n; i++) {
        double v = at(&h->row[i], test ? c->test : c->train);
        if (!isfinite(v))
            continue;
        buf_printf(b, "%s%.1f %.1f", open ? " L" : "M", x_of(c, h->row[i].epoch), y_of(c, v));
        open = true;
    }
    buf_str(b, "\"/>\n");
    for (size_t i = 0; i < h->n && h->n <= MOST_DOTS; i++) {
        double v = at(&h->row[i], test ? c->test : c->train);
        if (isfinite(v))
            buf_printf(b, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>\n", name,
                       x_of(c, h->row[i].epoch), y_of(c, v));
    }
}

static void put_chart(Buf *b, Chart *c, const RtHistory *h)
{
    find_range(c, h);
    put_axes(b, c);
    put_line(b, c, h, false);
    put_line(b, c, h, true);
}

static const char style[] =
    "<style>text{font:12px sans-serif;fill:#333}.t{font-weight:bold}.e{text-anchor:end}"
    ".m{text-anchor:middle}path{stroke:#ddd;fill:none}"
    "path.train{stroke:#0072b2;stroke-width:1.5;stroke-dasharray:5 3}"
    "path.test{stroke:#d55e00;stroke-width:2}"
    "circle.train{fill:#0072b2}circle.test{fill:#d55e00}</style>\n";

void rt_history_svg(Buf *b, const char *net, const RtHistory *h)
{
    Chart loss = { "loss", offsetof(RtRow, train_loss), offsetof(RtRow, test_loss), 0, 0, TOP + 20,
                   1 };
    Chart accuracy = { "accuracy", offsetof(RtRow, train_top1), offsetof(RtRow, test_top1), 0, 0,
                       TOP + 20 + CHART + GAP, 1 };

    if (h->n && h->row[h->n - 1].epoch > 0)
        loss.epochs = accuracy.epochs = h->row[h->n - 1].epoch;
    buf_printf(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
               "viewBox=\"0 0 %d %d\">\n", WIDTH, HEIGHT, WIDTH, HEIGHT);
    buf_str(b, style);
    buf_printf(b, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n<text x=\"%d\" y=\"22\" "
               "class=\"t\">", WIDTH, HEIGHT, LEFT);
    xml_text(b, net, 60);
    buf_printf(b, "</text>\n<path class=\"train\" d=\"M%d 18h24\"/><text x=\"%d\" y=\"22\">train"
               "</text><path class=\"test\" d=\"M%d 18h24\"/><text x=\"%d\" y=\"22\">test</text>\n",
               WIDTH - 170, WIDTH - 140, WIDTH - 90, WIDTH - 60);
    put_chart(b, &loss, h);
    put_chart(b, &accuracy, h);
    buf_printf(b, "<text x=\"%d\" y=\"%d\" class=\"m\">epoch</text>\n</svg>\n",
               (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10);
}
