/* SPDX-License-Identifier: Apache-2.0 */
/* picture: what the pictures of a graph and of its memory plan have in common: colours by the kind
 * of op, on light and on dark paper. */
#ifndef MNC_IR_PICTURE_H
#define MNC_IR_PICTURE_H

#include "base/buf.h"
#include "ir/graph.h"

enum {
    KIND_CONV, KIND_GROUPED, KIND_DENSE, KIND_NORM, KIND_ELEMENTWISE, KIND_REDUCTION, KIND_MOVE,
    KIND_OTHER, KIND_COUNT
};

/* Of node n; KIND_OTHER of NULL, which stands for who makes an input. */
int picture_kind(const Node *n);

/* What its boxes are filled with: "#rrggbb". */
const char *picture_kind_fill(int kind);

/* An svg element. */
typedef struct PictureHead {
    const char *class;         /* a page may hold several: no style leaves the svg of its class */
    const char *label;         /* what it shows, for who cannot see it */
    int64_t width, height;     /* pixels */
    const char *style;         /* a CSS rule of one selector a line, beside those for text, .head,
                                  .note, .paper, and .box in a .kN, where N is a kind */
} PictureHead;

/* Its begin: the tag, the styles, the paper. */
void picture_begin(const PictureHead *h, Buf *out);

/* A box and a name for each kind that was seen, from left to right at (x, y). */
void picture_legend(const bool seen[KIND_COUNT], int64_t x, int64_t y, Buf *out);

#endif
