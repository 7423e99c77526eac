/* SPDX-License-Identifier: Apache-2.0 */
/* data: which kind of set a spec means, the split, and what holds of every set.
 *
 * A reader (RtKind) fills in samples and labels; that there is a sample at all, and that its label
 * is one of the net's, is checked here, once for all of them.
 */
#include "data_parts.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* In the order in which they are asked whether a path is theirs: the first bytes of a file cost
 * less than all names in an archive, and a folder is an image folder when it is nothing else. */
static const RtKind *const kinds[] = { &rt_npz, &rt_idx, &rt_cifar10, &rt_cifar100, &rt_folder };

enum { N_KIND = sizeof kinds / sizeof *kinds };

/* As other frameworks show classes that have no names. */
const char *const *rt_class_numbers(Arena *a, int classes)
{
    const char **name = arena_new_n(a, const char *, (size_t)classes);

    for (int i = 0; i < classes; i++)
        name[i] = arena_printf(a, "%d", i);
    return name;
}

/* Selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S), for each class
 * by itself: of the left samples of its class, this one is taken with probability want / left.
 * Exactly want are taken, in one pass and without lists; each choice of them is as likely. */
int64_t *rt_split(Arena *a, const int32_t *label, int64_t *n, int classes,
                  const RtDataOptions *o)
{
    struct Class { int64_t left, want; Rng r; } *c = arena_array(a, (size_t)classes, sizeof *c);
    int64_t *pick = arena_new_n(a, int64_t, (size_t)*n), k = 0;
    double share = o->share > 0 ? o->share : 0.7;

    for (int64_t i = 0; i < *n; i++)
        c[label[i]].left++;
    for (int i = 0; i < classes; i++) {
        c[i].want = (int64_t)floor(share * (double)c[i].left + 0.5);
        c[i].r.key = rng_key(o->seed, (uint64_t)i);
    }
    for (int64_t i = 0; i < *n; i++) {
        struct Class *x = &c[label[i]];
        bool train = (int64_t)rng_below(&x->r, (uint64_t)x->left--) < x->want;
        x->want -= train;
        if (train == (o->part == RT_TRAIN))
            pick[k++] = i;
    }
    *n = k;
    return pick;
}

/* Of those out of range: how many, and the first. */
int rt_count_classes(const char *path, const int64_t *label, int64_t n, Diag *d)
{
    int64_t classes = 0, bad = 0, first = 0;

    for (int64_t i = 0; i < n; i++) {
        if ((label[i] < 0 || label[i] >= RT_MAX_CLASSES) && !bad++)
            first = i;
        if (label[i] >= classes)
            classes = label[i] + 1;
    }
    if (!bad)
        return (int)classes;
    diag_error(d, (Pos){ .file = path }, "has %lld label%s out of range, which begins at 0; the "
               "first is %lld, of sample %lld", (long long)bad, bad == 1 ? "" : "s",
               (long long)label[first], (long long)first);
    return 0;
}

/* The kind that a prefix names, with *path behind it; NULL: there is no such prefix.  A path may
 * have a colon, too. */
static const RtKind *by_prefix(const char *spec, const char **path)
{
    const char *colon = strchr(spec, ':');

    for (int i = 0; colon && i < N_KIND; i++)
        if (strlen(kinds[i]->name) == (size_t)(colon - spec)
            && !memcmp(kinds[i]->name, spec, (size_t)(colon - spec))) {
            *path = colon + 1;
            return kinds[i];
        }
    return NULL;
}

/* Always NULL, for who returns it.
 * A word before a colon that is none of ours, where no such path is: "cifar:x". */
static const RtKind *unknown(Arena *a, const char *spec, Diag *d)
{
    const char *colon = strchr(spec, ':'), *name[N_KIND], *nearest;
    bool there = !access(spec, F_OK);

    for (int i = 0; i < N_KIND; i++)
        name[i] = kinds[i]->name;
    nearest = colon ? diag_nearest(arena_strndup(a, spec, (size_t)(colon - spec)), name, N_KIND)
                    : NULL;
    diag_error(d, (Pos){ .file = spec }, there ? "is no data set of a kind that is known"
                                               : "is not there");
    if (nearest)
        diag_hint(d, "did you mean '%s:%s'?", nearest, colon + 1);
    else
        diag_hint(d, "a data set is cifar10:PATH, cifar100:PATH, idx:DIR, folder:DIR or npz:FILE%s",
                  there ? "; with its kind in front, it is told what is wrong" : "");
    return NULL;
}

/* A prefix is believed; the reader says what is wrong. */
static const RtKind *find_kind(Arena *a, const char *spec, const char **path, Diag *d)
{
    const RtKind *kind = by_prefix(spec, path);

    if (kind)
        return kind;
    *path = spec;
    for (int i = 0; i < N_KIND && !access(spec, F_OK); i++)
        if (kinds[i]->is(a, spec))
            return kinds[i];
    return unknown(a, spec, d);
}

/* Labels beyond the net's classes: how many, and the first. */
static bool labels_fit(const RtData *s, const char *path, int classes, Diag *d)
{
    int64_t bad = 0, first = 0;

    for (int64_t i = 0; i < s->n && classes; i++)
        if (s->label[i] >= classes && !bad++)
            first = i;
    if (!bad)
        return true;
    diag_error(d, (Pos){ .file = path }, "has %lld label%s beyond the net's %d classes; the "
               "first is %d ('%s'), of sample %lld", (long long)bad,
               bad == 1 ? "" : "s", classes, s->label[first],
               diag_quote(d->arena, s->class_name[s->label[first]]), (long long)first);
    return false;
}

/* A net may know classes that a set has nothing of; they get numbers as names.  That is hardly
 * meant when the net is yet to learn. */
static void more_classes(Arena *a, const char *path, const RtDataOptions *o, RtData *out,
                         Diag *d)
{
    const char **name = arena_new_n(a, const char *, (size_t)o->classes);

    for (int i = 0; i < o->classes; i++)
        name[i] = i < out->classes ? out->class_name[i] : arena_printf(a, "%d", i);
    if (o->part == RT_TRAIN)
        diag_note(d, (Pos){ .file = path }, "has %d classes, the net %d", out->classes,
                  o->classes);
    out->class_name = name;
    out->classes = o->classes;
}

/* spec must live as long as the set: it is what messages call it.  Only a test part may be empty,
 * of who wants all samples for training. */
bool rt_data_open(Arena *a, const char *spec, const RtDataOptions *o, RtData *out, Diag *d)
{
    const char *path;
    const RtKind *kind;

    if (!(o->share >= 0 && o->share <= 1)) {
        diag_error(d, (Pos){ .file = spec }, "cannot be split: %g is no share between 0 and 1",
                   o->share);
        return false;
    }
    kind = find_kind(a, spec, &path, d);
    *out = (RtData){ .spec = spec };
    if (!kind || !kind->open(a, path, o, out, d))
        return false;
    out->kind = kind->name;
    if (out->n == 0 && !(o->part == RT_TEST && o->share == 1)) {
        diag_error(d, (Pos){ .file = path }, "has no sample for %s",
                   o->part == RT_TRAIN ? "training" : "testing");
        return false;
    }
    if (!labels_fit(out, path, o->classes, d))
        return false;
    if (out->classes < o->classes)
        more_classes(a, path, o, out, d);
    return true;
}
