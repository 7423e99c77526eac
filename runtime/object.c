/* SPDX-License-Identifier: Apache-2.0 */
/* object: a file of machine code, loaded; and where libmncjit is found. */
#include "object.h"
#include "build.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

static const char jit_name[] = "libmncjit.so.0";

/* The folder of the file that this code is in, be it a program or libmncrt; NULL when unknown.  The
 * loader knows a program only by what it was called, and the system knows where that is. */
static const char *own_folder(Arena *a)
{
    struct link_map *map;
    char exe[PATH_MAX];
    ssize_t n;
    Dl_info info;

    if (!dladdr1(jit_name, &info, (void **)&map, RTLD_DL_LINKMAP))
        return NULL;
    if (*map->l_name)
        return path_dir(a, map->l_name);
    n = readlink("/proc/self/exe", exe, sizeof exe);
    return n > 0 && (size_t)n < sizeof exe ? path_dir(a, arena_strndup(a, exe, (size_t)n)) : NULL;
}

/* Beside us, as libraries are; where libraries are, seen from a program's folder; and where the
 * system looks.  It is never unloaded: LLVM leaves destructors for the end of the process. */
static void *find_library(Arena *a)
{
    const char *own = own_folder(a);
    const char *const place[] = { "", MNC_LIB_FROM_BIN "/" };
    void *h = NULL;

    for (size_t i = 0; own && !h && i < sizeof place / sizeof place[0]; i++)
        h = dlopen(arena_printf(a, "%s%s%s", own, place[i], jit_name),
                   RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    return h ? h : dlopen(jit_name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

/* Its handle stays open as the library stays loaded. */
const RtJitLibrary *rt_jit_library(Arena *a, Diag *d)
{
    const RtJitLibrary *by = NULL;
    Pos pos = { .file = NULL };
    void *h = find_library(a);

    if (h)
        by = dlsym(h, "mnc_jit");
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
