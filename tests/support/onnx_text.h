/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_text: small ONNX models written as text, for tests.  One item per line:
 *
 *     opset 13                              of ai.onnx; "opset my.domain 1" of another
 *     name NET                              of the graph
 *     input x float 1,3,N,?                 a name or ? is a symbolic dimension; "-" no dimensions;
 *                                           nothing: no shape
 *     output y float 1,10                   type and dimensions may be left out
 *     init w float 2,2 = 1 2 3 4            an initialiser, in raw_data; "= *" is 1 2 3 ... / 8
 *     external w float 2,2 location=w.bin offset=0 length=16
 *     Conv x w _ -> y | kernel_shape=[1,1] group=2 alpha=0.5 mode=word value=float(2)[1,2]
 *     named: Relu x -> y                    a node with a name; _ is an operand left out
 *     my.domain.F x -> y | k=@k             a node of another domain; k is a function's attribute
 *     If c -> y | then_branch=#yes          a graph that stands below, "graph yes" to "end"
 *     function my.domain.F x -> y : k a=1   attributes without and with a default; to "end"
 *
 *     # a remark
 *
 * Types are those of onnx.proto in small letters.  Words cannot hold blanks; \n in one is a line
 * feed, \s a blank.
 */
#ifndef MNC_TEST_ONNX_TEXT_H
#define MNC_TEST_ONNX_TEXT_H

#include "base/file.h"
#include "onnx.pb-c.h"

/* The message, to change it further; aborts on a text that is wrong. */
Onnx__ModelProto *onnx_text_model(Arena *a, const char *text);

/* The message as bytes; and any other message. */
Bytes onnx_text_bytes(Arena *a, const char *text);
Bytes onnx_pack(Arena *a, const void *message);

/* A tensor alone: "float 2,2 = 1 2 3 4". */
Onnx__TensorProto *onnx_text_tensor(Arena *a, const char *text);

#endif
