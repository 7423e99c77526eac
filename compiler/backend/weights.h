/* SPDX-License-Identifier: Apache-2.0 */
/* weights: the constants of a generated file, packed for the kernels, each once.
 *
 * One block, 64-byte aligned; each part begins at a multiple of 64.  Equal parts are stored once
 * (which also serves the second target of a file, that packs the same way).
 */
#ifndef MNC_BACKEND_WEIGHTS_H
#define MNC_BACKEND_WEIGHTS_H

#include "base/buf.h"
#include "ir/graph.h"

typedef struct WeightPart {
    DType dtype;
    const void *data;
    int64_t count;
    int64_t offset;          /* bytes */
    const char *what;        /* for the comment: "stem, 32x3x3x3" */
    uint64_t hash;
} WeightPart;

typedef struct Weights {
    Arena *arena;
    WeightPart *part;
    uint32_t n, cap;
    uint32_t *slot;          /* hash table of part numbers + 1 */
    uint32_t n_slot;
    int64_t bytes;
    bool wide;               /* f32 parts become doubles */
} Weights;

void weights_init(Weights *w, Arena *a);

/* Adds count elements (kept) unless equal ones are there; the byte offset. */
int64_t weights_add(Weights *w, DType t, const void *data, int64_t count, const char *what);

/* As C: a struct of typed arrays when small, one string literal when large.  name is the
 * object's. */
void weights_emit(const Weights *w, const char *name, Buf *out);

/* As one block in the arena. */
const void *weights_block(const Weights *w);

/* As a file's bytes. */
void weights_raw(const Weights *w, Buf *out);

#endif
