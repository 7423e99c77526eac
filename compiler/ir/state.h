/* SPDX-License-Identifier: Apache-2.0 */
/* state: what a net that trains keeps between steps, as tensors in one block of the caller's memory
 * (mnc/train.h).
 *
 * A value of kind VAL_STATE lies in the slot of its name.  Slots are added by the passes train and
 * autodiff; then state_place gives them their offsets, what is kept first. */
#ifndef MNC_IR_STATE_H
#define MNC_IR_STATE_H

#include "ir/graph.h"

/* The numbers of mnc_slot_kind, where they are explained. */
typedef enum StateKind {
    STATE_PARAM = 1, STATE_STATISTIC, STATE_MOMENT, STATE_AVERAGE, STATE_GRADIENT, STATE_SCORES
} StateKind;

typedef struct StateSlot {
    Sym name;
    StateKind kind;
    DType dtype;
    Shape shape;
    const void *initial;       /* row-major; NULL: zeros */
    int64_t offset;            /* bytes, once placed */
} StateSlot;

typedef struct State {
    Arena *arena;
    StateSlot *slot;
    uint32_t n, cap;
    int64_t kept_bytes, bytes; /* without what is used during a step */
    bool wide;                 /* as in Graph */
    int64_t others;            /* where a pointer to the other ranks is; 0: there are none */
} State;

void state_init(State *s, Arena *a);

/* The slot of that name: a new one, or the one that is there, of the same kind and shape. */
uint32_t state_add(State *s, const char *name, StateKind kind, const Value *like);

/* Number of the slot of that name; s->n when there is none. */
uint32_t state_find(const State *s, const char *name);

/* Has v, a value of kind state, its slot in s (NULL: nothing trains)?  If not, an error in d. */
void state_check(const State *s, const Value *v, Diag *d);

/* Sorts the slots, what is kept first, and gives them their offsets behind a head of so many
 * bytes. */
void state_place(State *s, size_t head);

#endif
