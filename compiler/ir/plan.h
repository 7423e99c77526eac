/* SPDX-License-Identifier: Apache-2.0 */
/* plan: where each value lies in memory when the net runs.
 *
 * A Place is an address and strides: the element with logical index (i0, i1 ...) of value v lies
 * at base + offset + sum of i_d * stride[d].  A transposition, a split, a slice is therefore a
 * Place in the buffer of its operand and costs nothing, and "channels last" is no op but the
 * strides that a kernel's result was given.  Kernels get the strides as constants.
 *
 * Made by passes/layout.c (strides and sharing) and passes/plan_memory.c (offsets in the arena).
 */
#ifndef MNC_IR_PLAN_H
#define MNC_IR_PLAN_H

#include "ir/graph.h"

typedef enum PlaceKind {
    PLACE_NONE,        /* the value is dead, or folded into packed weights */
    PLACE_ARENA,
    PLACE_INPUT,       /* the caller's input number index, row-major */
    PLACE_OUTPUT,      /* the caller's output number index, row-major */
    PLACE_WEIGHTS,     /* a constant; the backend decides where in the weights */
    PLACE_STATE        /* in the slot of the owner's name (state.h), row-major */
} PlaceKind;

/* How elements lie: by the strides; or as a convolution's weights, in panels of output channels,
 * for the kernels that take them so (panels_count elements; the strides do not count). */
typedef enum PlaceFormat { FORMAT_STRIDED, FORMAT_PANELS } PlaceFormat;

enum { PANEL_WIDTH = 16, PANEL_ROUND = 8 };

/* Floats between pixels: at multiples of it these meet in few of a cache's sets (pad_stride). */
enum { PLAN_FEW_SETS = 256 };

typedef struct Place {
    PlaceKind kind;
    PlaceFormat format;
    uint32_t index;                  /* INPUT, OUTPUT */
    ValueId owner;                   /* whose buffer this is a part of; itself when its own */
    int64_t offset;                  /* elements from the start of the owner's buffer */
    int64_t stride[IR_MAX_RANK];     /* elements, per logical dimension */
    int64_t ring;                    /* rows that are kept, row r at r % ring; 0: all of them */
} Place;

/* A buffer in the arena: one per owner.  Owners that work in place share one. */
typedef struct Slot {
    int64_t offset, bytes;           /* offset: 64-byte aligned; bytes 0: has none */
    uint32_t first, last;            /* the nodes from whose start to whose end it is needed */
    ValueId shares;                  /* the owner whose slot this one lies in; 0: its own */
} Slot;

/* Nodes first .. last, computed together by bands of rows: each reads what the one before it
 * wrote, and asks for as many rows of that as its own next rows need.  What lies between them is
 * no more than a ring of few rows, one for each thread; a thread makes some rows of the last
 * result, and all that these depend on.  rows[i]: how many node first + i makes at a time; 0: as
 * many as are asked for. */
typedef struct Band {
    uint32_t first, last;
    const int64_t *rows;
} Band;

/* A 3 x 3 convolution by Winograd's F(4x4, 3x3) or F(2x2, 3x3) (passes/winograd.c): so many of its
 * tiles, each side x side pixels of the result, are under way at a time on each of at most so many
 * threads, which have parts of work, a value that no node computes: it lives while the node runs.
 * tiles 0: it is not one. */
typedef struct Winograd { ValueId work; int64_t side, tiles, threads; } Winograd;

enum {
    WINOGRAD_MORE = 15           /* tiles that may be under way beside those of the plan */
};

typedef struct Plan {
    Place *place;                    /* [n_value] */
    uint32_t n_place;
    Slot *slot;                      /* [n_value], of owners in the arena */
    Band *band;                      /* [n_band], in the order of nodes */
    uint32_t n_band;
    Band *maybe;                     /* [n_maybe]: could be bands, but would gain too little */
    uint32_t n_maybe;
    Winograd *winograd;              /* [n_node], or NULL: none */
    int64_t parts;                   /* for how many threads there are rings */
    int64_t arena_bytes;
    int64_t naive_bytes;             /* all slots side by side, for the report */
    int64_t least_bytes;             /* the most that is alive at one node: no plan can be below */
} Plan;

/* What a type is in the generated file, and a value's bytes there. */
static inline const DTypeInfo *plan_type(const Graph *g, DType t)
{
    return &dtype_info[g->wide && t == DT_F32 ? DT_F64 : t];
}

static inline int64_t plan_size(const Graph *g, ValueId v)
{
    const Value *val = ir_val(g, v);

    return shape_count(&val->shape) * (int64_t)plan_type(g, val->dtype)->size;
}

/* The layouts that the plan gives by itself, dense: row-major, and channels last (dimension 1
 * innermost, then the last, the one before ...), which needs a rank of 3 or more. */
void plan_row_major(const Shape *s, int64_t stride[IR_MAX_RANK]);
void plan_channels_last(const Shape *s, int64_t stride[IR_MAX_RANK]);

/* Whether two sets of strides mean the same places; strides of dimensions of 1 do not matter. */
bool plan_same_strides(const Shape *s, const int64_t *a, const int64_t *b);
bool plan_is_row_major(const Shape *s, const int64_t *stride);
bool plan_is_channels_last(const Shape *s, const int64_t *stride);     /* dense */

/* The strides of shape to over the same elements as shape from with stride, in row-major order of
 * the logical index; false when that takes a copy. */
bool plan_reshape(const Shape *from, const int64_t *stride, const Shape *to,
                  int64_t out[IR_MAX_RANK]);

/* The band that node i is one of, or NULL. */
const Band *plan_band(const Plan *p, uint32_t i);

/* Elements of weights (K,C,...) in panels: the last panel is rounded up to PANEL_ROUND channels. */
int64_t plan_panels_count(const Shape *w);

/* Strides of weights (K,C,R,S), which the taps are outside of: kernel rows, columns, then outputs
 * by inputs, or inputs by outputs. */
void plan_taps_outside(const Shape *w, bool inputs_inside, int64_t stride[IR_MAX_RANK]);

/* Of such a convolution's result, channels that products are kept of at a time. */
int64_t plan_winograd_channels(int64_t out);

/* With so many tiles under way, floats from one of its matrices of operands, or of products, to the
 * next: no multiple of a page, for then all would be in one set of a cache.  And of both for one
 * thread.  in, out: channels. */
int64_t plan_winograd_in(int64_t tiles, int64_t in);
int64_t plan_winograd_out(int64_t tiles, int64_t out);
int64_t plan_winograd_work(const Winograd *w, int64_t in, int64_t out);

/* In how many parts n adds up, a conv_grad or a sum of all pixels: runs of the pixels of all
 * images, of a number that the shapes decide, so that the bits are the same for any number of
 * threads, each of which has the parts that it finds in its own cache.  The result's buffer has
 * room for all of them; the first becomes the result.  1 where parts would take long to add up. */
int64_t plan_sum_parts(const Graph *g, const Plan *p, const Node *n);

/* As many as there are pixels in what a tile of the result depends on. */
static inline int64_t plan_winograd_matrices(int64_t side)
{
    return (side + 2) * (side + 2);
}

/* Does node n move or compute anything, or is its result just a Place in its operand's buffer? */
bool plan_is_view(const Plan *p, const Node *n);

/* The plan as a table, and as a picture: time (nodes) across, bytes upwards. */
void plan_print(const Graph *g, const Plan *p, Buf *out);
void plan_svg(const Graph *g, const Plan *p, Buf *out);

#endif
