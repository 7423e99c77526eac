/* SPDX-License-Identifier: Apache-2.0 */
/* listing: the names in a folder, in an order that does not depend on the file system. */
#include "data_parts.h"

#include "build.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* For arena_defer: the handle is registered before there is one, so that no lack of memory can come
 * between. */
static void close_dir(void *arg)
{
    DIR **h = arg;

    if (*h)
        closedir(*h);
}

/* Doubles, so that a million files cost a few copies. */
void rt_names_add(Arena *a, RtNames *s, const char *name)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        s->v = arena_resize(a, s->v, s->cap * sizeof *s->v, cap * sizeof *s->v);
        s->cap = cap;
    }
    s->v[s->n++] = name;
}

/* Code points and bytes of UTF-8 have the same order, so this is that of Python's sorted(), which
 * the classes' numbers come from in other frameworks. */
int rt_by_bytes(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* A folder that is not there, or cannot be read, has no names. */
RtNames rt_list(Arena *a, const char *dir, RtWantName *want)
{
    Arena *scratch = rt_scratch(a);
    DIR **h = arena_new(scratch, DIR *);
    RtNames names = { 0 };
    const struct dirent *e;

    arena_defer(scratch, close_dir, h);
    *h = opendir(dir);
    while (*h && (e = readdir(*h)))
        if (e->d_name[0] != '.' && (!want || want(scratch, dir, e->d_name)))
            rt_names_add(a, &names, arena_strdup(a, e->d_name));
    arena_destroy(scratch);
    if (names.n)
        qsort(names.v, names.n, sizeof *names.v, rt_by_bytes);
    return names;
}
