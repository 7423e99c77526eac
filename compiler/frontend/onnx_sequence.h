/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_sequence: lists of tensors, which exist only while reading.
 *
 * A list of known length is a stand-in, an empty constant, and goes through functions and branches
 * like any value.  Who reads it and is not about lists, must refuse it.
 */
#ifndef MNC_FRONTEND_ONNX_SEQUENCE_H
#define MNC_FRONTEND_ONNX_SEQUENCE_H

#include "frontend/onnx_import.h"

bool onnx_is_sequence(const Import *m, ValueId v);

/* Says what is wrong when an operand is a list where a tensor is expected. */
void onnx_check_sequences(OnnxNode *n);

#endif
