/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_layer: what the parts of a layer's making share.
 *
 * A line like
 *     stem = conv x k=3 out=32 stride=2 pad=same bn relu6
 * goes through these steps: operands (x), keys (attributes of the op, and what the layer's own
 * parameters are made from), own parameters (weight, bias), padding, the node, and one more node
 * for each word that follows.  The last node has the line's name, stem; the others are stem.conv
 * and stem.bn, the parameters stem.weight, stem.bn.gamma and so on.
 */
#ifndef MNC_FRONTEND_MNET_LAYER_H
#define MNC_FRONTEND_MNET_LAYER_H

#include "frontend/mnet_run.h"

enum { MNET_MOST_KEYS = IR_MAX_ATTR + 8 };

typedef enum Same { SAME_NO, SAME_UPPER, SAME_LOWER } Same;

typedef struct Word {
    Sym word;
    At at;
} Word;

typedef struct Layer {
    Mnet *m;
    const Stmt *s;
    Op op;
    const char *base;          /* the line's name in full, before which parameters' names begin */
    ValueId *in;               /* room for 3 more than there are */
    uint32_t n_in;
    Word *word;                /* bn, relu6 ... */
    uint32_t n_word;
    Attr attr[IR_MAX_ATTR];
    uint32_t n_attr;
    uint32_t n_preset;         /* the first ones, which a short form has set */
    Act act;
    Same same;                 /* pad=same, once the kernel is known */
    bool makes;                /* it makes its own parameters */
    const Expr *out, *kernel;  /* out=, k= of a layer that does; NULL: not given */
    const Expr *eps, *momentum;        /* those of the line's bn */
    bool depthwise;            /* out= may be left out */
} Layer;

/* ---- mnet_layer.c ---- */

bool layer_has_word(const Layer *l, const char *word);

/* ---- mnet_attr.c ---- */

/* All NAME=VALUE of the line. */
bool layer_keys(Layer *l);
/* A number for each spatial dimension, or one for all; false, with an error, for others. */
bool layer_window(Layer *l, const Expr *e, uint32_t n, int64_t *out);
/* pad=same, as explicit pads. */
bool layer_same(Layer *l);

/* ---- mnet_own.c ---- */

/* Does this op make its own parameters when it is given nothing but x? */
bool own_parameters(Op op);
/* The names of its keys; returns how many. */
size_t own_keys(Op op, const char **names);
/* Makes the operands that were not given. */
bool own_make(Layer *l);

#endif
