/* SPDX-License-Identifier: Apache-2.0 */
/* data_folder: one folder a class, of image files.
 *
 * Classes and files come in the order of their names' bytes.  A file is known as an image by its
 * suffix, so that those of kinds that are not read (TIFF, say) are named and not passed over.
 * Folders within a class's folder are not looked into.
 *
 * Images are decoded each time they are needed, at full size: libturbojpeg could decode to a half
 * or less in less time, but what a resize makes of that is not what it makes of the whole image.
 */
#include "data_parts.h"

#include "archive.h"
#include "check_images.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The samples of the whole set, before they are split: a million of them are a million paths, so
 * labels and paths are arrays that grow, not a list of structs. */
typedef struct Listing {
    RtNames class_name, path;
    int32_t *label;                    /* as many as paths */
    size_t cap;
    bool bad;                          /* something was complained of as an error */
} Listing;

/* Links to folders count as folders. */
static bool want_folder(Arena *a, const char *dir, const char *name)
{
    return rt_is_folder(arena_printf(a, "%s/%s", dir, name));
}

/* TIFF and its like are listed to be complained of when they are opened. */
static bool want_image(Arena *a, const char *dir, const char *name)
{
    static const char *const suffix[] = { ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif",
                                          ".tiff", ".bmp", ".gif", ".webp", ".ppm", ".pgm" };
    const char *dot = strrchr(name, '.');

    (void)a, (void)dir;
    for (size_t i = 0; dot && i < sizeof suffix / sizeof *suffix; i++)
        if (!strcasecmp(dot, suffix[i]))
            return true;
    return false;
}

/* DIR/NAME when there is such a folder, of the names the first; NULL: none. */
static const char *sub_folder(Arena *a, const char *dir, const char *const *name)
{
    for (; *name; name++)
        if (want_folder(a, dir, *name))
            return arena_printf(a, "%s/%s", dir, *name);
    return NULL;
}

/* Where the training and the test images are; the same folder twice: they are to be split. */
static void find_roots(Arena *a, const char *path, const char *root[2])
{
    static const char *const train[] = { "train", "training", NULL };
    static const char *const test[] = { "test", "val", "valid", "validation", NULL };

    root[RT_TRAIN] = sub_folder(a, path, train);
    root[RT_TEST] = sub_folder(a, path, test);
    if (!root[RT_TRAIN] || !root[RT_TEST])
        root[RT_TRAIN] = root[RT_TEST] = path;
}

/* Appends what a class's folder has; the labels grow beside the paths. */
static size_t add_class(Arena *a, Listing *l, const char *dir, int32_t label)
{
    RtNames files = rt_list(a, dir, want_image);
    size_t most = l->path.n + files.n;

    if (most > l->cap) {
        size_t cap = most * 2;
        l->label = arena_resize(a, l->label, l->cap * sizeof *l->label, cap * sizeof *l->label);
        l->cap = cap;
    }
    for (size_t i = 0; i < files.n; i++) {
        l->label[l->path.n] = label;
        rt_names_add(a, &l->path, arena_printf(a, "%s/%s", dir, files.v[i]));
    }
    return files.n;
}

/* An error or a note, as the user wants; true: go on.  path and text live as long as d. */
static bool complain(const RtDataOptions *o, const char *path, const char *text, Diag *d)
{
    if (o->bad == RT_BAD_STOP)
        diag_error(d, (Pos){ .file = path }, "%s", text);
    else
        diag_note(d, (Pos){ .file = path }, "%s", text);
    return o->bad != RT_BAD_STOP;
}

/* Test folders may only be of classes that were trained. */
static bool same_classes(Arena *a, const Listing *l, const char *root, Diag *d)
{
    RtNames names = rt_list(a, root, want_folder);
    bool ok = true;

    for (size_t i = 0; i < names.n; i++)
        if (!bsearch(&names.v[i], l->class_name.v, l->class_name.n, sizeof *names.v, rt_by_bytes)) {
            diag_error(d, (Pos){ .file = arena_printf(d->arena, "%s/%s", root, names.v[i]) },
                       "is a class that the training images do not have");
            ok = false;
        }
    return ok;
}

/* All classes that are empty are named.  False when nothing can be listed. */
static bool list_all(Arena *a, const char *const root[2], const RtDataOptions *o, Listing *l,
                     Diag *d)
{
    const char *here = root[o->part];

    l->class_name = rt_list(a, root[RT_TRAIN], want_folder);
    if (l->class_name.n == 0 || l->class_name.n > RT_MAX_CLASSES) {
        diag_error(d, (Pos){ .file = root[RT_TRAIN] }, l->class_name.n ? "has too many folders"
                   : rt_is_folder(root[RT_TRAIN]) ? "is a folder without one for each class"
                   : "is no folder");
        return false;
    }
    if (root[RT_TRAIN] != root[RT_TEST] && !same_classes(a, l, root[RT_TEST], d))
        return false;
    for (size_t i = 0; i < l->class_name.n; i++) {
        const char *dir = arena_printf(d->arena, "%s/%s", here, l->class_name.v[i]);
        if (!add_class(a, l, dir, (int32_t)i))
            l->bad |= !complain(o, dir, "is a class without an image", d);
    }
    return true;
}

/* Takes the samples of the part that decode: pick are their numbers in the listing, NULL all.  What
 * does not decode closes up: paths and labels keep their order. */
static bool take(Arena *a, const Listing *l, const int64_t *pick, const RtDataOptions *o,
                 RtData *out, Diag *d)
{
    const char **path = arena_new_n(a, const char *, (size_t)out->n);
    int32_t *label = arena_new_n(a, int32_t, (size_t)out->n);
    const char **why = NULL;
    int64_t n = 0;
    bool ok = !l->bad;

    for (int64_t i = 0; i < out->n; i++) {
        path[i] = l->path.v[pick ? pick[i] : i];
        label[i] = l->label[pick ? pick[i] : i];
    }
    if (o->bad != RT_BAD_LATER)
        why = rt_check_images(a, path, out->n, o->workers);
    for (int64_t i = 0; i < out->n; i++) {
        if (why && why[i])
            ok &= complain(o, path[i], why[i], d);
        else {
            path[n] = path[i];
            label[n++] = label[i];
        }
    }
    out->n = n;
    out->path = path;
    out->label = label;
    return ok;
}

/* The split comes before the check: a file that is damaged later moves no other one. */
static bool open_folder(Arena *a, const char *path, const RtDataOptions *o, RtData *out, Diag *d)
{
    Listing l = { 0 };
    const char *root[2];
    int64_t *pick = NULL;

    find_roots(a, path, root);
    if (!list_all(a, root, o, &l, d))
        return false;
    out->n = (int64_t)l.path.n;
    out->classes = (int)l.class_name.n;
    out->class_name = l.class_name.v;
    out->channels = 3;
    if (root[RT_TRAIN] == root[RT_TEST])
        pick = rt_split(a, l.label, &out->n, out->classes, o);
    return take(a, &l, pick, o, out, d);
}

/* Any folder that no other kind wants. */
static bool is_image_folder(Arena *a, const char *path)
{
    (void)a;
    return rt_is_folder(path);
}

const RtKind rt_folder = { "folder", open_folder, is_image_folder };
