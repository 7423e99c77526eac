/* SPDX-License-Identifier: Apache-2.0 */
/* summary: a graph as a table of layers with what each costs, and as pictures of it. */
#ifndef MNC_IR_SUMMARY_H
#define MNC_IR_SUMMARY_H

#include "base/buf.h"
#include "ir/count.h"

/* One node. */
typedef struct SummaryRow {
    const char *name, *type;       /* "block1.expand", "pointwise" */
    const char *shape;             /* of the result */
    ParamCount params;             /* that no row before has counted */
    int64_t macs;
    int64_t bytes;                 /* of the result */
    uint32_t node;
    /* For the pointwise half of a separable pair: mult-adds of both over those of the standard
     * convolution they replace, and what theory says of it, 1/Cout + 1/(R S).  0: it is none. */
    double ratio, theory;
} SummaryRow;

typedef struct Summary {
    const char *name;
    SummaryRow *row;
    uint32_t n_row;
    ParamCount params;
    int64_t macs;
    int64_t weight_bytes, arena_bytes;    /* for inference, after the passes; the caller's to set */
    /* the state of a net that trains with sgd, and of it what is kept between steps; images in a
     * step; 0: it cannot be trained.  The caller's as well */
    int64_t train_bytes, kept_bytes, batch;
} Summary;

/* Counts g as it is: before the passes, batch norms are layers. */
Summary *summary_make(const Graph *g);

/* keras: totals as Keras names them (total, trainable, non-trainable). */
void summary_text(const Summary *s, bool keras, Buf *out);
void summary_json(const Summary *s, Buf *out);

/* The table as HTML: a <table>, with the layers' names as row headings. */
void summary_html(const Summary *s, Buf *out);

/* The graph as a picture, boxes from top to bottom as wide as their share of the cost, and as a
 * text for Graphviz. */
void summary_svg(const Summary *s, const Graph *g, Buf *out);
void summary_dot(const Summary *s, const Graph *g, Buf *out);

#endif
