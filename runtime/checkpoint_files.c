/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint_files: the checkpoints in a folder: DIR/step-000001234.safetensors. */
#include "checkpoint.h"

#include "build.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prefix[] = "step-", suffix[] = ".safetensors";

const char *rt_checkpoint_path(Arena *a, const char *dir, int64_t step)
{
    return arena_printf(a, "%s/%s%09" PRId64 "%s", dir, prefix, step, suffix);
}

/* -1: name is no checkpoint's. */
static int64_t step_of(const char *name)
{
    size_t n = strlen(prefix);
    char *end;
    long long step;

    if (strncmp(name, prefix, n) || name[n] < '0' || name[n] > '9')
        return -1;
    step = strtoll(name + n, &end, 10);
    return strcmp(end, suffix) ? -1 : step;
}

static int newer(const void *x, const void *y)
{
    int64_t a = step_of(path_base(*(const char *const *)x));
    int64_t b = step_of(path_base(*(const char *const *)y));

    return (a < b) - (a > b);
}

static void close_dir(void *dir)
{
    closedir(dir);
}

/* A folder that is not there has none. */
const char *const *rt_checkpoint_list(Arena *a, const char *dir, size_t *n)
{
    Arena *scratch = rt_scratch(a);
    const struct dirent *e;
    const char **list = NULL;
    DIR *h = opendir(dir);
    size_t cap = 0;

    *n = 0;
    if (h)
        arena_defer(scratch, close_dir, h);
    while (h && (e = readdir(h))) {
        if (step_of(e->d_name) < 0)
            continue;
        if (*n == cap) {
            list = arena_resize(a, list, cap * sizeof *list, (2 * cap + 8) * sizeof *list);
            cap = 2 * cap + 8;
        }
        list[(*n)++] = arena_printf(a, "%s/%s", dir, e->d_name);
    }
    arena_destroy(scratch);
    if (*n)
        qsort(list, *n, sizeof *list, newer);
    return list;
}

void rt_checkpoint_sweep(Arena *a, const char *dir, int64_t keep)
{
    Arena *scratch = rt_scratch(a);
    size_t n;
    const char *const *list = rt_checkpoint_list(scratch, dir, &n);

    for (size_t i = (size_t)keep; i < n; i++)
        unlink(list[i]);
    arena_destroy(scratch);
}
