/* SPDX-License-Identifier: Apache-2.0 */
/* picture: colours and styles of pictures.
 *
 * Styles are in a <style> of the svg, so that a picture is complete in itself, and each selector
 * begins with the svg's class, because the same svg may stand inside of a page, where styles reach
 * everything.  Boxes are light on dark paper too: the names in them stay dark.
 */
#include "ir/picture.h"

#include <inttypes.h>
#include <string.h>

/* Fill and edge: after Tol's light scheme, which also colour-blind readers tell apart. */
static const struct { const char *name, *fill, *edge; } kind_info[KIND_COUNT] = {
    { "convolution", "#a8c8ee", "#3d6fa8" }, { "depthwise", "#a6dfe6", "#2a8793" },
    { "matrix", "#b9b4ea", "#5a52ab" }, { "normalisation", "#cfdf9f", "#75872a" },
    { "elementwise", "#f6d08f", "#ad7a1b" }, { "pooling", "#f3b3bf", "#b04a61" },
    { "movement", "#d8dadd", "#767d86" }, { "other", "#e3d3c1", "#8a6a49" },
};

/* Kinds that the flags of an op do not tell. */
static const struct { Op op; int kind; } by_op[] = {
    { OP_concat, KIND_MOVE }, { OP_tile, KIND_MOVE }, { OP_pad, KIND_MOVE },
    { OP_gather, KIND_MOVE }, { OP_resize, KIND_MOVE }, { OP_max_pool, KIND_REDUCTION },
    { OP_avg_pool, KIND_REDUCTION }, { OP_argmax, KIND_REDUCTION }, { OP_argmin, KIND_REDUCTION },
    { OP_dense, KIND_DENSE }, { OP_matmul, KIND_DENSE }, { OP_where, KIND_ELEMENTWISE },
    { OP_batch_norm, KIND_NORM }, { OP_instance_norm, KIND_NORM }, { OP_layer_norm, KIND_NORM },
    { OP_lrn, KIND_NORM },
};

int picture_kind(const Node *n)
{
    unsigned flags = n ? op_info[n->op].flags : 0;

    if (!n)
        return KIND_OTHER;
    if (n->op == OP_conv || n->op == OP_conv_transpose)
        return ir_int(n, A_group) > 1 ? KIND_GROUPED : KIND_CONV;
    for (size_t i = 0; i < sizeof by_op / sizeof by_op[0]; i++)
        if (n->op == by_op[i].op)
            return by_op[i].kind;
    return flags & VIEW ? KIND_MOVE : flags & REDUCE ? KIND_REDUCTION
         : flags & (UNARY | BINARY) ? KIND_ELEMENTWISE : KIND_OTHER;
}

const char *picture_kind_fill(int kind)
{
    return kind_info[kind].fill;
}

/* Rules of one selector each, behind the class: "text { ... }" becomes ".plan text { ... }". */
static void scoped(const char *class, const char *rules, Buf *out)
{
    for (size_t n; *rules; rules += n) {
        n = strcspn(rules, "\n") + 1;
        buf_printf(out, ".%s ", class);
        buf_put(out, rules, n);
    }
}

static void style(const char *class, const char *more, Buf *out)
{
    buf_str(out, "<style>\n");
    scoped(class, "text { font: 11px 'DejaVu Sans', Verdana, sans-serif; fill: #1d2733 }\n"
           "text.head { font-size: 16px; font-weight: bold }\n"
           "text.note { fill: #4a5563 }\n"
           ".paper { fill: #fff }\n"
           ".box { stroke-width: 1.5 }\n", out);
    for (int k = 0; k < KIND_COUNT; k++)
        buf_printf(out, ".%s .k%d .box { fill: %s; stroke: %s }\n", class, k, kind_info[k].fill,
                   kind_info[k].edge);
    scoped(class, more, out);
    buf_str(out, "@media screen and (prefers-color-scheme: dark) {\n");
    scoped(class, "text { fill: #dbe2ea }\n"
           "text.note { fill: #9aa6b4 }\n"
           "text.axis { fill: #9aa6b4 }\n"
           "text.view { fill: #697583 }\n"
           ".number { fill: #7d8998 }\n"
           ".paper { fill: #161b21 }\n"
           ".band { fill: #1c232b }\n"
           ".grid { stroke: #313b46 }\n"
           ".in text { fill: #1d2733 }\n", out);
    buf_str(out, "}\n</style>\n");
}

/* Class and label come from us, the paper lies under all. */
void picture_begin(const PictureHead *h, Buf *out)
{
    buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"%s\" role=\"img\" "
               "aria-label=\"%s\" width=\"%" PRId64 "\" height=\"%" PRId64 "\" viewBox=\"0 0 %"
               PRId64 " %" PRId64 "\">\n", h->class, h->label, h->width, h->height, h->width,
               h->height);
    style(h->class, h->style, out);
    buf_printf(out, "<rect class=\"paper\" width=\"%" PRId64 "\" height=\"%" PRId64 "\"/>\n",
               h->width, h->height);
}

void picture_legend(const bool seen[KIND_COUNT], int64_t x, int64_t y, Buf *out)
{
    enum { BOX = 12, LETTER = 7, GAP = 14 };       /* pixels */

    for (int k = 0; k < KIND_COUNT; k++) {
        if (!seen[k])
            continue;
        buf_printf(out, "<g class=\"k%d\"><rect class=\"box\" x=\"%" PRId64 "\" y=\"%" PRId64
                   "\" width=\"%d\" height=\"%d\"/><text x=\"%" PRId64 "\" y=\"%" PRId64
                   "\">%s</text></g>\n", k, x, y, BOX, BOX, x + BOX + 6, y + BOX - 2,
                   kind_info[k].name);
        x += BOX + 6 + (int64_t)strlen(kind_info[k].name) * LETTER + GAP;
    }
}
