/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors: the texts beside the tensors, and the writer; the reader is in tensor.h. */
#ifndef MNC_RT_SAFETENSORS_H
#define MNC_RT_SAFETENSORS_H

#include "tensor.h"

typedef struct RtText {
    const char *key, *value;
} RtText;

typedef struct RtTexts {
    RtText *t;
    size_t n;
} RtTexts;

/* What stands under __metadata__; none is no error.  False when the file has no valid header. */
bool rt_read_metadata(Arena *a, Bytes file, RtTexts *out);

/* The metadata comes first and in its order, then the tensors in theirs; the data begins at a
 * multiple of 64 bytes of the file, and each tensor where the one before ends. */
void rt_write_safetensors(Buf *out, const RtTensors *list, const RtTexts *metadata);

#endif
