/* SPDX-License-Identifier: Apache-2.0 */
/* build: from C text to an object on disk, by the machine's compiler, through a cache.
 *
 * Compiling happens in a folder of its own under $TMPDIR.  The cache is only ever a shortcut: when
 * it cannot be used (read-only, full, somebody else's) things are compiled each time.
 */
#ifndef MNC_RT_BUILD_H
#define MNC_RT_BUILD_H

#include "base/file.h"

#include <signal.h>
#include <stdbool.h>

/* An arena for a part of a job: the same allocator and the same way out.  It is destroyed with its
 * parent at the latest; arena_destroy earlier is welcome. */
Arena *rt_scratch(Arena *parent);

/* Runs a program without a shell and waits.  Its output, both streams, up to 64 KB, goes to out.
 * Returns the status as waitpid gives it, or -1 when it could not be started (errno says why).
 * A signal that is held back (rt_hold_signals) and arrives meanwhile ends the program. */
int rt_spawn(const char *const *argv, Buf *out);

/* Holds back SIGINT, SIGTERM and SIGHUP in this thread, and lets them through again. */
void rt_hold_signals(sigset_t *before);
void rt_release_signals(const sigset_t *before);
bool rt_signal_waits(void);

typedef struct RtCompiler {
    const char *const *argv;     /* the command's words, NULL at the end */
    size_t argc;
    const char *path;            /* of the program, found in $PATH */
    const char *version;         /* what it says to --version; part of the cache's key */
} RtCompiler;

/* What C text becomes: RT_SHARED for dlopen, RT_RELOCATABLE for the JIT. */
typedef enum RtForm { RT_SHARED, RT_RELOCATABLE } RtForm;

typedef struct RtFormInfo {
    const char *suffix;
    const char *const *flags, *const *libs;      /* of the compiler, NULL at the end */
    const char *const *usual;                    /* compilers, the best first, NULL at the end */
} RtFormInfo;
extern const RtFormInfo rt_form[];

/* command NULL: $CC, else the first of the form's usual ones.  False, with a message: there is
 * none. */
bool rt_find_compiler(Arena *a, const char *command, RtForm form, RtCompiler *out, Diag *d);

/* The same without asking for its version, which takes a process. */
bool rt_choose_compiler(Arena *a, const char *command, RtForm form, RtCompiler *out, Diag *d);

/* Where execvp would find a program; NULL: nowhere. */
const char *rt_in_path(Arena *a, const char *program);

/* Compiles c_path to out_path.  False with the compiler's output in d. */
typedef struct RtCompile {
    const RtCompiler *cc;
    RtForm form;
    const char *c_path, *out_path;
} RtCompile;
bool rt_compile(Arena *a, const RtCompile *job, Diag *d);

/* The cache's folder, made if need be; NULL when there is none to use.  dir as in
 * mnc_program_options.cache. */
const char *rt_cache_dir(Arena *a, const char *dir);

/* The file of that name in the cache, 32 hexadecimal digits and a form's suffix; false when it is
 * not there or damaged (it is removed then). */
bool rt_cache_find(Arena *a, const char *dir, const char *name, const char **path_out);

/* The same, with its bytes mapped, 64-byte aligned, as long as the arena lives. */
bool rt_cache_map(Arena *a, const char *dir, const char *name, Bytes *out);

/* Copies a file into the cache under that name and sweeps it; false when that fails. */
bool rt_cache_put(Arena *a, const char *dir, const char *name, const char *from,
                  const char **cached);

/* The same with the bytes of n parts, one behind the other. */
bool rt_cache_put_parts(Arena *a, const char *dir, const char *name, const Bytes *part, size_t n);

/* Loads what was made from text: load(user, path) is called once, with a file that exists only
 * during the call.  False when compiling or load fails. */
typedef bool RtLoad(void *user, const char *path, Diag *d);
typedef struct RtBuild {
    const RtCompiler *cc;
    RtForm form;
    const char *cache;           /* rt_cache_dir's result */
    const char *text;
    size_t n;
    RtLoad *load;
    void *user;
    void (*compiling)(void *user, const char *compiler);     /* before it starts; NULL: nothing */
    void *compiling_user;
    double *seconds;             /* that the compiler took; left alone when the cache had it */
    const char **cached;         /* its name in the cache; left alone when it is not there */
} RtBuild;
bool rt_build(Arena *a, const RtBuild *b, Diag *d);

#endif
