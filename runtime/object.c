/* SPDX-License-Identifier: Apache-2.0 */
/* object: a file of machine code, loaded. */
#include "object.h"
#include "build.h"
#include "plugin.h"

#include <dlfcn.h>
#include <string.h>

static const char jit_name[] = "libmncjit.so.0";

const RtJitLibrary *rt_jit_library(Arena *a, Diag *d)
{
    const RtJitLibrary *by = rt_plugin(a, jit_name, "mnc_jit", false);
    Pos pos = { .file = NULL };

    if (by && by->abi == RT_JIT_ABI)
        return by;
    if (by)
        diag_error(d, pos, "%s is of another version of mnc", jit_name);
    else
        diag_error(d, pos, "there is no JIT: mnc was built without LLVM, or its %s is not "
                   "installed", jit_name);
    diag_hint(d, "build with -DMNC_LLVM=ON where LLVM's development files are (Debian: llvm-dev)");
    return NULL;
}

/* The file may be longer than the object, which says itself how long it is: the cache's seal. */
static bool link_object(Arena *a, const RtObjectFile *f, RtObject *out, Diag *d)
{
    Arena *scratch = rt_scratch(a);
    char why[512];
    Bytes b;
    bool ok = file_read(scratch, f->path, &b, d);

    if (ok) {
        out->by = f->by;
        out->jit = f->by->load(b.p, b.n, f->entry, why, sizeof why);
        if (!out->jit)
            diag_error(d, f->pos, "cannot link the compiled net: %s", diag_quote(a, why));
    }
    arena_destroy(scratch);
    return out->jit != NULL;
}

bool rt_object_open(Arena *a, const RtObjectFile *f, RtObject *out, Diag *d)
{
    if (f->by)
        return link_object(a, f, out, d);
    out->shared = dlopen(f->path, RTLD_NOW | RTLD_LOCAL);
    if (!out->shared)
        diag_error(d, f->pos, "cannot load the compiled net: %s", dlerror());
    return out->shared != NULL;
}

void *rt_object_symbol(const RtObject *o, const char *name)
{
    return o->jit ? o->by->symbol(o->jit, name) : o->shared ? dlsym(o->shared, name) : NULL;
}

void rt_object_close(RtObject *o)
{
    if (o->jit)
        o->by->close(o->jit);
    if (o->shared)
        dlclose(o->shared);
    memset(o, 0, sizeof *o);
}
