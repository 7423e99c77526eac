/* SPDX-License-Identifier: Apache-2.0 */
/* data_npz: images and labels as numpy arrays, in one .npz file.
 *
 * x_train and x_test (Keras' names) are the two parts; a lone x is split.  The axis of 1 or 3
 * elements, of a rank 4 array, is the channels'; where both ends could be, nothing is guessed.
 * All arrays of the file are read at once: the zip directory does not say what a member is for.
 */
#include "data_parts.h"

#include "build.h"
#include "tensor.h"

#include <math.h>
#include <string.h>

enum { MOST_SIDE = 65535 };

/* Numbers of elements count from 0, in the order of the file. */
static bool fail(Diag *d, const char *path, const RtTensor *t, const char *what)
{
    diag_error(d, (Pos){ .file = path }, "array '%s' %s", t->name, what);
    return false;
}

/* Of the names (NULL at the end), the first that is there; NULL: none of them. */
static const RtTensor *find(const RtTensors *all, const char *const *name)
{
    for (; *name; name++)
        for (size_t i = 0; i < all->n; i++)
            if (!strcmp(all->t[i].name, *name))
                return &all->t[i];
    return NULL;
}

/* Element i as a whole number; false when it is none. */
static bool whole(const RtTensor *t, int64_t i, int64_t *out)
{
    double x = rt_element(t, i);               /* beyond 2^53 it may be rounded */

    if (!(fabs(x) <= 0x1p53) || x != floor(x))
        return false;
    *out = (int64_t)x;
    return true;
}

/* (n) or (n,1), of any type that holds whole numbers: Keras' CIFAR has (n,1) of uint8, others save
 * labels as floats. */
static bool take_labels(Arena *a, const char *path, const RtTensor *y, RtData *out, Diag *d)
{
    int64_t n = y->rank ? y->dim[0] : 0;
    int64_t *label = arena_new_n(a, int64_t, (size_t)n);
    int32_t *narrow = arena_new_n(a, int32_t, (size_t)n);

    if (n != out->n || y->rank > 2 || (y->rank == 2 && y->dim[1] != 1)) {
        diag_error(d, (Pos){ .file = path }, "array '%s' has shape %s, where %lld images want "
                   "(%lld)", y->name, rt_shape_text(a, y->rank, y->dim), (long long)out->n,
                   (long long)out->n);
        return false;
    }
    for (int64_t i = 0; i < n; i++)
        if (!whole(y, i, &label[i]))
            return fail(d, path, y, arena_printf(a, "has a label that is no whole number: element "
                                                 "%lld is %g", (long long)i, rt_element(y, i)));
    out->classes = rt_count_classes(path, label, n, d);
    for (int64_t i = 0; i < n && out->classes; i++)
        narrow[i] = (int32_t)label[i];
    out->label = narrow;
    return out->classes != 0;
}

/* Shape and layout of x; *last: the channels stand last.  A side of 1 or 3 pixels would look like
 * channels, which is refused rather than guessed when the other end could be, too. */
static bool image_shape(Arena *a, const char *path, const RtTensor *x, RtData *out, bool *last,
                        Diag *d)
{
    const int64_t *dim = x->dim;
    bool first = x->rank == 4 && (dim[1] == 1 || dim[1] == 3);
    int64_t h, w, c;

    *last = x->rank == 4 && (dim[3] == 1 || dim[3] == 3);
    if (x->rank == 3)
        h = dim[1], w = dim[2], c = 1;
    else if (first != *last)
        h = dim[first ? 2 : 1], w = dim[first ? 3 : 2], c = dim[first ? 1 : 3];
    else
        h = w = c = 0;                         /* (N,3,H,3), or another rank */
    if (h < 1 || w < 1 || h > MOST_SIDE || w > MOST_SIDE || dim[0] < 1
        || (x->dtype != RT_UINT8 && x->dtype != RT_FLOAT32)) {
        diag_error(d, (Pos){ .file = path }, "array '%s', %s of shape %s, holds no images: they "
                   "are uint8 or float32, (N,H,W), (N,H,W,C) or (N,C,H,W) with C 1 or 3", x->name,
                   rt_type_name(x->dtype), rt_shape_text(a, x->rank, dim));
        return false;
    }
    out->n = dim[0];
    out->height = (int)h;
    out->width = (int)w;
    out->channels = (int)c;
    return true;
}

/* Where sample pick[i] (NULL: i) of x goes: sample i of (n,C,H,W). */
static void take_pixels(Arena *a, const RtTensor *x, const int64_t *pick, bool last, RtData *out)
{
    size_t size = rt_type(x->dtype)->size, c = (size_t)out->channels;
    size_t pixels = (size_t)out->height * (size_t)out->width, sample = c * pixels * size;
    unsigned char *y = arena_array(a, (size_t)out->n, sample);

    out->u8 = x->dtype == RT_UINT8 ? y : NULL;
    out->f32 = x->dtype == RT_UINT8 ? NULL : (const float *)(const void *)y;
    for (int64_t i = 0; i < out->n; i++) {
        const unsigned char *p = (const unsigned char *)x->data
                                 + (size_t)(pick ? pick[i] : i) * sample;
        if (!last || c == 1) {
            memcpy(y, p, sample);
            y += sample;
            continue;
        }
        for (size_t k = 0; k < c; k++)
            for (size_t j = 0; j < pixels; j++, y += size)
                memcpy(y, p + (j * c + k) * size, size);
    }
}

/* The part of a lone x and y. */
static int64_t *split(Arena *a, const RtDataOptions *o, RtData *out)
{
    int64_t *pick = rt_split(a, out->label, &out->n, out->classes, o);
    int32_t *label = arena_new_n(a, int32_t, (size_t)out->n);

    for (int64_t i = 0; i < out->n; i++)
        label[i] = out->label[pick[i]];
    out->label = label;
    return pick;
}

/* A test part's classes are the training part's, which may have more. */
static bool more_classes(Arena *a, const char *path, const RtTensors *all, RtData *out, Diag *d)
{
    static const char *const name[] = { "y_train", NULL };
    const RtTensor *y = find(all, name);
    RtData train = { .n = y && y->rank ? y->dim[0] : 0 };

    if (!y)
        return true;
    if (!take_labels(a, path, y, &train, d))
        return false;
    if (train.classes > out->classes)
        out->classes = train.classes;
    return true;
}

/* The arrays of the part into *out: sizes, labels, then, when it is known which samples, pixels. */
static bool take(Arena *a, const char *path, const RtTensors *all, const RtDataOptions *o,
                 RtData *out, Diag *d)
{
    static const char *const xs[2][4] = { { "x_train", "x", "X" }, { "x_test", "x", "X" } };
    static const char *const ys[2][4] = { { "y_train", "y", "Y" }, { "y_test", "y", "Y" } };
    const RtTensor *x = find(all, xs[o->part]), *y = find(all, ys[o->part]);
    int64_t *pick = NULL;
    bool last;

    if (!x || !y) {
        diag_error(d, (Pos){ .file = path }, "has no array '%s', nor '%s'",
                   x ? ys[o->part][0] : xs[o->part][0], x ? "y" : "x");
        return false;
    }
    if (!image_shape(a, path, x, out, &last, d) || !take_labels(a, path, y, out, d)
        || !more_classes(a, path, all, out, d))
        return false;
    if (!strchr(x->name, '_'))                 /* a lone x, not x_train */
        pick = split(a, o, out);
    take_pixels(a, x, pick, last, out);
    out->class_name = rt_class_numbers(a, out->classes);
    return true;
}

/* The arrays as they were read are not needed any more; but messages may speak of them. */
static bool open_npz(Arena *a, const char *path, const RtDataOptions *o, RtData *out, Diag *d)
{
    Arena *scratch = rt_scratch(a);
    RtTensors all;
    Bytes file;
    bool ok = file_read(scratch, path, &file, d);

    if (ok && !rt_is_npz(file)) {
        diag_error(d, (Pos){ .file = path }, "is not a .npz file");
        ok = false;
    }
    ok = ok && rt_read_npz(scratch, path, file, &all, d) && take(a, path, &all, o, out, d);
    if (ok)
        arena_destroy(scratch);
    return ok;
}

/* Read as a whole only to see the first bytes; a set is opened once. */
static bool is_npz(Arena *a, const char *path)
{
    Arena *scratch = rt_scratch(a);
    Diag nobody;
    Bytes file;
    bool yes;

    diag_init(&nobody, scratch);
    yes = file_read(scratch, path, &file, &nobody) && rt_is_npz(file);
    arena_destroy(scratch);
    return yes;
}

const RtKind rt_npz = { "npz", open_npz, is_npz };
