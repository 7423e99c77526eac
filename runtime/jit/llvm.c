/* SPDX-License-Identifier: Apache-2.0 */
/* llvm: libmncjit, the RtJitLibrary on ORC's C API (llvm-c/LLJIT.h).
 *
 * In: the object file that a C compiler made, in memory.  Out: the same, linked at addresses of
 * this process.  The compiler is a program and not part of this library: the answers are then those
 * of a shared object, bit for bit, and LLVM's optimisers need not be here.
 *
 * Nothing here prints: ORC's complaints are collected in the RtJit.
 */
#include "jit.h"

#include <llvm-c/Core.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Target.h>

#include <dlfcn.h>
#include <gnu/lib-names.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct RtJit {
    LLVMOrcLLJITRef lljit;
    char why[512];               /* what ORC has reported, cut off */
};

/* What __builtin_cpu_supports reads: gcc and clang take it from their own static library, where no
 * dlsym finds it.  This library has a copy of it, from the compiler that made it; the layout is the
 * same for both. */
#if defined __x86_64__ || defined __i386__
extern unsigned __cpu_model[4], __cpu_features2[];
#endif

typedef struct Known {
    const char *name;
    const void *at;
} Known;
static const Known from_compiler[] = {
#if defined __x86_64__ || defined __i386__
    { "__cpu_model", __cpu_model },
    { "__cpu_features2", __cpu_features2 },
#endif
    { NULL, NULL }
};
enum { MOST_KNOWN = sizeof from_compiler / sizeof from_compiler[0] };

/* Takes the error; an empty text stands for none. */
static bool failed(LLVMErrorRef e, char *why, size_t n_why)
{
    char *text;

    if (!e)
        return false;
    text = LLVMGetErrorMessage(e);
    if (!*why)
        snprintf(why, n_why, "%s", text);
    LLVMDisposeErrorMessage(text);
    return true;
}

/* ORC names the missing symbols here, and only the wanted ones in the error that it returns. */
static void report(void *jit, LLVMErrorRef e)
{
    RtJit *j = jit;

    failed(e, j->why, sizeof j->why);
}

/* Names that dlsym does not know come first; then all of this process, and what it has loaded for
 * everybody.  A program that was not linked with libm has it only from here on. */
static bool add_symbols(RtJit *j, char *why, size_t n_why)
{
    LLVMOrcJITDylibRef all = LLVMOrcLLJITGetMainJITDylib(j->lljit);
    LLVMOrcDefinitionGeneratorRef process;

    LLVMJITCSymbolMapPair pair[MOST_KNOWN];
    size_t n = 0;

    for (const Known *k = from_compiler; k->name; k++)
        pair[n++] = (LLVMJITCSymbolMapPair){
            LLVMOrcLLJITMangleAndIntern(j->lljit, k->name),
            { (uintptr_t)k->at, { LLVMJITSymbolGenericFlagsExported, 0 } } };
    if (failed(LLVMOrcJITDylibDefine(all, LLVMOrcAbsoluteSymbols(pair, n)), why, n_why))
        return false;
    dlopen(LIBM_SO, RTLD_NOW | RTLD_GLOBAL);
    if (failed(LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(
                   &process, LLVMOrcLLJITGetGlobalPrefix(j->lljit), NULL, NULL), why, n_why))
        return false;
    LLVMOrcJITDylibAddGenerator(all, process);
    return true;
}

/* One object is linked as a whole as soon as one of its names is asked for. */
static bool add_object(RtJit *j, const void *object, size_t n, const char *entry, char *why,
                       size_t n_why)
{
    LLVMMemoryBufferRef copy = LLVMCreateMemoryBufferWithMemoryRangeCopy(object, n, "net.o");
    LLVMOrcJITDylibRef all = LLVMOrcLLJITGetMainJITDylib(j->lljit);
    LLVMOrcExecutorAddress at;

    if (failed(LLVMOrcLLJITAddObjectFile(j->lljit, all, copy), why, n_why))
        return false;
    if (!failed(LLVMOrcLLJITLookup(j->lljit, &at, entry), why, n_why))
        return true;
    if (*j->why)
        snprintf(why, n_why, "%s", j->why);
    return false;
}

static void close_jit(RtJit *j)
{
    char why[1] = "";

    if (j->lljit)
        failed(LLVMOrcDisposeLLJIT(j->lljit), why, sizeof why);
    free(j);
}

/* LLVM's list of targets is not made for two threads at once. */
static void init_target(void)
{
    LLVMInitializeNativeTarget();
}

/* Without a builder LLJIT takes this machine's target, and RuntimeDyld as the linker. */
static RtJit *load(const void *object, size_t n, const char *entry, char *why, size_t n_why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    RtJit *j = calloc(1, sizeof *j);

    *why = 0;
    if (!j) {
        snprintf(why, n_why, "out of memory");
        return NULL;
    }
    pthread_once(&once, init_target);
    if (failed(LLVMOrcCreateLLJIT(&j->lljit, NULL), why, n_why)) {
        j->lljit = NULL;
        close_jit(j);
        return NULL;
    }
    LLVMOrcExecutionSessionSetErrorReporter(LLVMOrcLLJITGetExecutionSession(j->lljit), report, j);
    if (add_symbols(j, why, n_why) && add_object(j, object, n, entry, why, n_why))
        return j;
    close_jit(j);
    return NULL;
}

static void *symbol(RtJit *j, const char *name)
{
    LLVMOrcExecutorAddress at;
    char why[1] = "";

    return failed(LLVMOrcLLJITLookup(j->lljit, &at, name), why, sizeof why)
        ? NULL : (void *)(uintptr_t)at;
}

extern const RtJitLibrary mnc_jit;
__attribute__((visibility("default"))) const RtJitLibrary mnc_jit = {
    RT_JIT_ABI, load, symbol, close_jit
};
