/* SPDX-License-Identifier: Apache-2.0 */
/* train_recipe: the command line as a recipe: a file by name, and an option for each key. */
#include "driver/train.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Options that are a key of the recipe (runtime/recipe.h). */
static const struct { OptionId option; const char *key; } overrides[] = {
    { OPT_epochs, "epochs" }, { OPT_steps, "steps" }, { OPT_batch, "batch" },
    { OPT_train_optimizer, "optimizer" }, { OPT_learning_rate, "optimizer.learning_rate" },
    { OPT_schedule, "schedule" }, { OPT_train_loss, "loss" },
    { OPT_label_smoothing, "label_smoothing" }, { OPT_train_clip, "clip_norm" },
    { OPT_train_average, "average" }, { OPT_train_data, "data" }, { OPT_augment, "augment" },
    { OPT_test_augment, "test_augment" }, { OPT_normalise, "normalise" }, { OPT_share, "share" },
    { OPT_bad_images, "bad_images" }, { OPT_seed, "seed" }, { OPT_workers, "workers" },
    { OPT_test_every, "test_every" }, { OPT_test_batches, "test_batches" },
    { OPT_report_every, "report_every" }, { OPT_save_every, "save_every" }, { OPT_keep, "keep" },
    { OPT_patience, "patience" }, { OPT_log_format, "log_format" },
    { OPT_train_freeze, "freeze" }, { OPT_cache_features, "cache_features" },
    { OPT_bn_momentum, "bn_momentum" },
};

/* The folder of the program itself, with its slash; "" where the system does not tell. */
static const char *own_folder(Arena *a)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

    path[n > 0 ? n : 0] = 0;
    return path_dir(a, path);
}

/* From a build tree the models are two folders up; installed, they are under share. */
const char *find_recipe(Work *w, const char *name)
{
    const char *own = own_folder(&w->a), *models = getenv("MNC_MODELS");
    const char *place[] = {
        name,
        models ? arena_printf(&w->a, "%s/recipes/%s.json", models, name) : NULL,
        arena_printf(&w->a, "models/recipes/%s.json", name),
        arena_printf(&w->a, "%s../share/mnc/models/recipes/%s.json", own, name),
        arena_printf(&w->a, "%s../../models/recipes/%s.json", own, name),
    };
    size_t first = strchr(name, '/') || path_has_suffix(name, ".json") ? 0 : 1;

    for (size_t i = first; i < (first ? sizeof place / sizeof place[0] : 1); i++)
        if (place[i] && !access(place[i], R_OK))
            return place[i];
    diag_error(&w->d, (Pos){ .file = name }, "there is no such recipe%s",
               first ? ", neither in models/recipes nor where mnc is installed" : "");
    return NULL;
}

/* Paths in a recipe are relative to its file. */
static const char *beside(Arena *a, const char *file, const char *path)
{
    return path && *path != '/' ? arena_printf(a, "%s%s", path_dir(a, file), path) : path;
}

/* The recipe's parameters of the spec first: of two settings the later counts. */
static void join_defines(Work *w, const RtRecipe *r)
{
    const char *const *own = w->options.define;
    const char **all;
    size_t n = 0, k = 0;

    while (r->define && r->define[n])
        n++;
    while (own && own[k])
        k++;
    all = arena_new_n(&w->a, const char *, n + k + 1);
    for (size_t i = 0; i < n + k; i++)
        all[i] = i < n ? r->define[i] : own[i - n];
    w->options.define = n + k ? all : NULL;
}

static const char *joined(Arena *a, const char *const *list)
{
    const char *all = *list;

    while (*++list)
        all = arena_printf(a, "%s,%s", all, *list);
    return all;
}

bool read_recipe(Work *w, RtRecipe *r)
{
    const char *name = w->args->value[OPT_recipe], *file = name ? find_recipe(w, name) : NULL;
    bool ok = !name || file;

    rt_recipe_default(r);
    if (file) {
        ok = rt_recipe_read(&w->a, file, r, &w->d);
        r->net = beside(&w->a, file, r->net);
    }
    for (size_t i = 0; i < sizeof overrides / sizeof overrides[0]; i++) {
        OptionId id = overrides[i].option;
        const char *text = w->args->list[id] ? joined(&w->a, w->args->list[id])
                                             : w->args->value[id];
        const char *as = arena_printf(&w->a, "--%s", option_name(id));
        if (text)
            ok = rt_recipe_set(&w->a, as, overrides[i].key,
                               id == OPT_cache_features ? "true" : text, r, &w->d) && ok;
    }
    join_defines(w, r);
    if (!w->model)
        w->model = r->net;
    if (!w->model)
        diag_error(&w->d, (Pos){ 0 }, "no net is given, and the recipe names none");
    return ok && w->model;
}

int thread_count(Work *w)
{
    const char *text = w->args->value[OPT_on_threads];
    size_t n = 1;

    if (!text || (args_bytes(text, &n) && n >= 1 && n <= 64))
        return (int)n;
    diag_error(&w->d, (Pos){ 0 }, "--threads is a number from 1 to 64, not '%s'", text);
    return 0;
}
