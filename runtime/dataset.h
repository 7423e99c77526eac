/* SPDX-License-Identifier: Apache-2.0 */
/* dataset: inputs to try a net with: stored ones with their outputs, or made-up ones. */
#ifndef MNC_RT_DATASET_H
#define MNC_RT_DATASET_H

#include "tensor.h"

/* The folders DIR/test_data_set_* of ONNX's backend tests, in the order of their numbers. */
const char *const *rt_find_data_sets(Arena *a, const char *dir, size_t *n);

typedef struct RtDataSet {
    RtTensor *input, *output;      /* input_0.pb, input_1.pb ...; output_0.pb ... */
    size_t n_input, n_output;
} RtDataSet;

/* Reads one folder.  An error when it has no output_0.pb, or when a file cannot be read. */
bool rt_read_data_set(Arena *a, const char *dir, RtDataSet *out, Diag *d);

/* Fills t (which has its shape) with numbers that follow from seed alone: floats uniform in
 * [-1, 1), integers in 0..9, uint8 in 0..255, bool 0 or 1. */
void rt_random(RtTensor *t, uint64_t seed);

#endif
