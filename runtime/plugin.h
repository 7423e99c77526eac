/* SPDX-License-Identifier: Apache-2.0 */
/* plugin: libraries of mnc's own that hold what not everybody has or wants to wait for: LLVM, MPI.
 * They are loaded when they are needed, and mnc is complete without them. */
#ifndef MNC_RT_PLUGIN_H
#define MNC_RT_PLUGIN_H

#include "base/arena.h"

/* The address of a variable that the library exports, loaded once and for all; NULL: there is no
 * such library.  global: what it links with is seen by what that loads, as MPI wants it. */
const void *rt_plugin(Arena *a, const char *file, const char *variable, int global);

#endif
