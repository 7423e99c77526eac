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
    PLACE_WEIGHTS      /* a constant; the backend decides where in the weights */
} PlaceKind;

typedef struct Place {
    PlaceKind kind;
    uint32_t index;                  /* INPUT, OUTPUT */
    ValueId owner;                   /* whose buffer this is a part of; itself when its own */
    int64_t offset;                  /* elements from the start of the owner's buffer */
    int64_t stride[IR_MAX_RANK];     /* elements, per logical dimension */
} Place;

/* A buffer in the arena: one per owner, and one for a node's scratch memory. */
typedef struct Slot {
    int64_t offset, bytes;           /* offset: 64-byte aligned */
    uint32_t first, last;            /* the nodes from whose start to whose end it is needed */
} Slot;

typedef struct Plan {
    Place *place;                    /* [n_value] */
    Slot *slot;                      /* [n_value], of owners in the arena; bytes 0: has none */
    Slot *scratch;                   /* [n_node]; bytes 0: needs none */
    int64_t arena_bytes;
} Plan;

/* Bytes from the first to the last element, by the strides. */
int64_t place_bytes(const Value *v, const Place *p);

#endif
