/* SPDX-License-Identifier: Apache-2.0 */
/* start: a net that was compiled before, found again without reading its model.
 *
 * The cache keeps, under a key over all that the net was made from, which object it became and its
 * weights, ready to be mapped.  A key costs one pass over the model's file. */
#ifndef MNC_RT_START_H
#define MNC_RT_START_H

#include "build.h"
#include "mnc/run.h"

/* What a key is made of, in order.  rt_key_file takes a file's bytes, and is false where it cannot
 * be read; rt_key_stat which file it is and when it changed, for programs. */
typedef struct RtKey RtKey;
RtKey *rt_key_new(Arena *a);
void rt_key_text(RtKey *k, const char *s);                   /* NULL: none */
bool rt_key_file(RtKey *k, const char *path);
void rt_key_stat(RtKey *k, const char *path);
void rt_key_compiler(RtKey *k, const RtCompiler *cc);        /* its words, and their programs */
const char *rt_key_end(RtKey *k);                            /* 32 hexadecimal digits */

/* Loads what was kept under that key, as mnc_program_load_text does; name is for messages.  False,
 * and p as it was, when there is nothing that can be used. */
bool rt_program_recall(mnc_program *p, const char *key, const char *name);

/* Keeps what p has loaded from text, if its cache takes it. */
void rt_program_keep(mnc_program *p, const char *key);

#endif
