/* SPDX-License-Identifier: Apache-2.0 */
/* mnet: reads a net written in the spec language, which is the text form of the IR as well.
 *
 * In: the text of a .mnet file.  Out: a graph with every shape known.  The language is described
 * in mnet(5); the grammar stands above the functions in mnet_parse.c.
 */
#ifndef MNC_FRONTEND_MNET_H
#define MNC_FRONTEND_MNET_H

#include "base/file.h"
#include "ir/graph.h"

typedef struct MnetOptions {
    const char *file;                  /* the text's name, for messages */
    const char *dir;                   /* of @file+offset, as path_dir has it; NULL: nowhere */
    const char *const *define;         /* "width=0.5", replaces the default; ends with NULL */
    bool blank;                        /* parameters are not drawn but 0: others will be put in */
} MnetOptions;

/* NULL, with all that is wrong in d.  The text must live as long as d. */
Graph *mnet_read(Arena *a, Bytes text, const MnetOptions *o, Diag *d);

/* Appends a spec that people can read: with blocks and loops where the graph repeats itself.  Large
 * constants are parameters in it, without their numbers.  Returns the graph that it reads as, which
 * is g but for names, with g's numbers; NULL when the language cannot say g in that way.  out's
 * arena is used for work. */
Graph *mnet_write(const Graph *g, Buf *out);

#endif
