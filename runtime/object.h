/* SPDX-License-Identifier: Apache-2.0 */
/* object: machine code from a file into this process: a shared object by dlopen, or a relocatable
 * one by libmncjit. */
#ifndef MNC_RT_OBJECT_H
#define MNC_RT_OBJECT_H

#include "base/file.h"
#include "jit.h"

/* All zero: nothing is loaded. */
typedef struct RtObject {
    void *shared;                /* of dlopen */
    RtJit *jit;
    const RtJitLibrary *by;      /* what linked jit */
} RtObject;

/* libmncjit, loaded once and for all; NULL, with a message in d, when there is none: this mnc was
 * built without LLVM. */
const RtJitLibrary *rt_jit_library(Arena *a, Diag *d);

/* Loads path; entry is a name that must be in it.  by NULL: with dlopen.  pos is what messages are
 * about.  False, with a message in d, when that fails. */
typedef struct RtObjectFile {
    const char *path, *entry;
    const RtJitLibrary *by;
    Pos pos;
} RtObjectFile;
bool rt_object_open(Arena *a, const RtObjectFile *f, RtObject *out, Diag *d);

/* NULL: there is none of that name, or nothing is loaded. */
void *rt_object_symbol(const RtObject *o, const char *name);

/* No thread may be in its code. */
void rt_object_close(RtObject *o);

#endif
