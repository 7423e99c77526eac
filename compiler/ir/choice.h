/* SPDX-License-Identifier: Apache-2.0 */
/* choice: what a kernel lets one choose, as numbers and as text.
 *
 * A kernel computes the same bits in many ways: with tiles of another size, loops in another
 * order, weights fetched earlier, together with its neighbours or not.  Each of these is a knob; a
 * choice sets some of them, and the kernel's own rule the others.  As text: "pixels=6 ahead=48".
 * Which layers a choice is for says the kernel's name and a shape, also as text.
 */
#ifndef MNC_IR_CHOICE_H
#define MNC_IR_CHOICE_H

#include "ir/graph.h"

typedef enum Knob {
    KNOB_pixels,       /* of a register tile: pixels side by side in a row */
    KNOB_vectors,      /* of a register tile: vectors of output channels */
    KNOB_narrow,       /* pixels of the tiles that are less than that wide */
    KNOB_row,          /* pixels that go by between two passes over the weights */
    KNOB_order,        /* 0: the rule's first loop outside; 1: the other: see k_conv, k_depthwise */
    KNOB_ahead,        /* rows of weights that are fetched ahead; 0: none are */
    KNOB_next,         /* 1: a panel's weights are fetched evenly while the one before is used */
    KNOB_block,        /* channels of a depthwise layer that all rows go by for, before others */
    KNOB_rows,         /* of a band's last result, made at a time; 0: no band */
    KNOB_COUNT
} Knob;

enum { KNOB_RULE = -1 };

typedef struct Choice { int64_t knob[KNOB_COUNT]; } Choice;

/* Of every knob the rule's. */
Choice choice_none(void);

/* False, with *out of none, when text names no knob, or a number that no kernel could take: it may
 * come from a file of anybody's. */
bool choice_parse(const char *text, Choice *out);

/* The knobs that are set, in the order of the enum. */
const char *choice_text(Arena *a, const Choice *c);

/* Everything about a node that its speed depends on and its kernel's name does not say. */
const char *choice_shape(Arena *a, const Graph *g, const Node *n);

/* The nodes first .. last as one shape. */
const char *choice_band_shape(Arena *a, const Graph *g, uint32_t first, uint32_t last);

#endif
