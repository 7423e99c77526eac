/* SPDX-License-Identifier: Apache-2.0 */
/* xml: text from a model, made safe for SVG and HTML. */
#ifndef MNC_BASE_XML_H
#define MNC_BASE_XML_H

#include "base/buf.h"

#include <stdint.h>

/* s as character data, also good inside of an attribute.  Of more than most letters only the last
 * are shown, behind an ellipsis: names of layers begin alike and differ at their end. */
void xml_text(Buf *out, const char *s, uint32_t most);

/* The same where there is little room: without what PyTorch puts around a node's name to call its
 * result ("/block/Conv_output_0"). */
void xml_short(Buf *out, const char *s, uint32_t most);

/* A number from 0 on, its digits in groups of three with narrow spaces between that do not break
 * (U+202F). */
void xml_count(Buf *out, int64_t n);

#endif
