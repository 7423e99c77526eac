/* SPDX-License-Identifier: Apache-2.0 */
/* jit: the contract between the runtime and libmncjit, a library of its own that holds LLVM.
 *
 * LLVM has 28 MB; who does not ask for MNC_JIT must not carry it, nor wait until it is relocated.
 * So the runtime looks for libmncjit when it is asked, and is complete without it.
 */
#ifndef MNC_RT_JIT_H
#define MNC_RT_JIT_H

#include <stddef.h>

/* Changes with this file; a libmncjit of another version is refused. */
enum { RT_JIT_ABI = 1 };

typedef struct RtJit RtJit;          /* an object file, linked into this process */

/* What libmncjit exports, as the variable mnc_jit. */
typedef struct RtJitLibrary {
    int abi;

    /* Links the relocatable object of n bytes, which are copied, against this process and the C and
     * mathematical libraries.  Everything is resolved here, so that nothing fails later; entry is
     * the name that must be in it.  NULL: why, of n_why bytes, says what is wrong. */
    RtJit *(*load)(const void *object, size_t n, const char *entry, char *why, size_t n_why);

    /* NULL: there is none of that name. */
    void *(*symbol)(RtJit *j, const char *name);

    /* Code and data go; no thread may be in them. */
    void (*close)(RtJit *j);
} RtJitLibrary;

#endif
