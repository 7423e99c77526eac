/* SPDX-License-Identifier: Apache-2.0 */
/* run.h: generated C files, compiled, loaded and run inside a program.
 *
 *     mnc_program *p = mnc_program_open(NULL);
 *     if (mnc_program_load(p, "net.c") == MNC_OK) {
 *         const void *in[] = { image };              (1,3,224,224) float32, say
 *         void *out[] = { scores };                  (1,1000)
 *         mnc_program_run(p, in, out);
 *     }
 *     fputs(mnc_program_messages(p), stderr);
 *     mnc_program_close(p);
 *
 * This needs a C compiler where it runs; programs that are built once need none of it: they
 * include net.h and call net_run.  The library never prints, never exits and has no global state.
 * Programs are independent of each other and may be used from different threads, each from one
 * thread at a time; for several threads in one net call mnc_program_net(p)->run, each thread with
 * an arena of its own.
 */
#ifndef MNC_RUN_H
#define MNC_RUN_H

#include "mnc/mnc.h"
#include "mnc/net.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)     /* the libraries hide everything else */

/* What the compiler makes of the C text: a shared object, loaded as such; or, for the JIT, an
 * object file that is linked in memory, by LLVM's ORC, and does not stay on disk unless a cache is
 * used.  The JIT is in a library of its own, libmncjit, which exists where mnc was built with LLVM.
 * The net's answers are the same bits. */
typedef enum mnc_load { MNC_SHARED_OBJECT, MNC_JIT } mnc_load;

/* All zero is the default.  The strings must live until mnc_program_load has returned. */
typedef struct mnc_program_options {
    const char *compiler;    /* command, split at spaces; NULL: $CC, else cc, gcc or clang; for the
                                JIT clang, cc or gcc */
    const char *prefix;      /* the net's external names begin with it; NULL: "net" */
    const char *cache;       /* folder of compiled nets; "": none; NULL: $XDG_CACHE_HOME/mnc,
                                else $HOME/.cache/mnc */
    /* Called before the compiler is started, with its path: that takes seconds.  Not called when
     * the cache has the net.  NULL: nobody wants to know. */
    void (*compiling)(void *user, const char *compiler);
    void *compiling_user;
    mnc_load load;           /* how; 0: MNC_SHARED_OBJECT */
    mnc_alloc_fn *alloc;     /* NULL: malloc */
    void *alloc_user;
} mnc_program_options;

typedef struct mnc_program mnc_program;

/* options may be NULL.  NULL when there is no memory. */
mnc_program *mnc_program_open(const mnc_program_options *options);

/* Everything that belongs to the program goes, also what mnc_program_net gave. */
void mnc_program_close(mnc_program *p);

/* Compiles a generated C file (once per content: the result is cached) and loads it; once per
 * program.  A net whose weights are in a file of their own finds them beside it, as STEM.weights.
 * MNC_INVALID: no compiler, or one that failed (its output is in the messages), or a file that is
 * no generated net, or one of another ABI, or no libmncjit where it is wanted.
 *
 * While the compiler runs, SIGINT, SIGTERM and SIGHUP are held back in the calling thread, so that
 * they end the compiler and the process but leave no temporary files. */
mnc_status mnc_program_load(mnc_program *p, const char *c_path);

/* The same for C text in memory, n bytes; name is used in messages.  The weights must be in it, or
 * have been given by mnc_program_weights. */
mnc_status mnc_program_load_text(mnc_program *p, const char *name, const char *text, size_t n);

/* The weights for a text that has them apart (mnc_weights): n bytes, 64-byte aligned; they must
 * live as long as the program.  Before the load. */
void mnc_program_weights(mnc_program *p, const void *weights, size_t n);

/* Shapes, types and names of what goes in and out; NULL before a load that succeeded. */
const mnc_net *mnc_program_net(const mnc_program *p);

/* What the load has made. */
typedef struct mnc_built {
    double compile_seconds;      /* 0: the cache had it */
    size_t object_bytes;         /* of the shared object, or the object file */
} mnc_built;
const mnc_built *mnc_program_built(const mnc_program *p);

/* The address of what the loaded file calls name and does not keep static; NULL: there is none. */
void *mnc_program_symbol(const mnc_program *p, const char *name);

/* in[i] and out[i] belong to net->input[i] and net->output[i], row-major, with their bytes; they
 * are the caller's, and the alignment that C gives their element type is enough.  MNC_INVALID when
 * the net refuses, or when nothing is loaded. */
mnc_status mnc_program_run(mnc_program *p, const void *const *in, void *const *out);

/* Runs the sample inside the file and compares with the output recorded there. */
mnc_status mnc_program_selftest(mnc_program *p);

/* What was said so far, as text; "" when nothing was.  Lives until the next call with p. */
const char *mnc_program_messages(mnc_program *p);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
