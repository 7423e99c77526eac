/* SPDX-License-Identifier: Apache-2.0 */
/* plugin: where mnc's own libraries are found. */
#include "plugin.h"
#include "base/file.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <unistd.h>

/* The folder of the file that this code is in, be it a program or libmncrt; NULL when unknown.  The
 * loader knows a program only by what it was called, and the system knows where that is. */
static const char *own_folder(Arena *a)
{
    static const char here = 0;
    struct link_map *map;
    char exe[PATH_MAX];
    ssize_t n;
    Dl_info info;

    if (!dladdr1(&here, &info, (void **)&map, RTLD_DL_LINKMAP))
        return NULL;
    if (*map->l_name)
        return path_dir(a, map->l_name);
    n = readlink("/proc/self/exe", exe, sizeof exe);
    return n > 0 && (size_t)n < sizeof exe ? path_dir(a, arena_strndup(a, exe, (size_t)n)) : NULL;
}

/* Beside us, as libraries are; where libraries are, seen from a program's folder; and where the
 * system looks.  It is never unloaded: LLVM and MPI leave work for the end of the process. */
const void *rt_plugin(Arena *a, const char *file, const char *variable, int global)
{
    const char *own = own_folder(a);
    const char *const place[] = { "", MNC_LIB_FROM_BIN "/" };
    int how = RTLD_NOW | RTLD_NODELETE | (global ? RTLD_GLOBAL : RTLD_LOCAL);
    void *h = NULL;

    for (size_t i = 0; own && !h && i < sizeof place / sizeof place[0]; i++)
        h = dlopen(arena_printf(a, "%s%s%s", own, place[i], file), how);
    if (!h)
        h = dlopen(file, how);
    return h ? dlsym(h, variable) : NULL;
}
