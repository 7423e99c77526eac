/* SPDX-License-Identifier: Apache-2.0 */
/* data_cifar: CIFAR-10 and CIFAR-100, as their author gives them away.
 *
 * Binary: records of one label (CIFAR-100: the coarse one, then the fine one) and 3 x 32 x 32
 * bytes, plane by plane.  Python: a pickle of a dict with 'data', uint8 (n, 3072) of the same
 * order, and 'labels' or 'fine_labels'.  The names of the classes are lines of a text, or a list in
 * a pickle of their own.
 */
#include "data_parts.h"

#include "archive.h"
#include "build.h"
#include "pickle.h"

#include <string.h>

enum { PIXELS = 3 * 32 * 32, MAX_FILES = 5 };

static const uint64_t largest = 256 << 20;     /* CIFAR-100's training file has 156 MB */

/* One of the two sets.  Its binary and its Python version have the same parts under names that
 * differ by a suffix, so one list of pairs of names serves both; which version a file is of, its
 * first bytes tell. */
typedef struct Cifar {
    RtWanted part[2][MAX_FILES];       /* by RtPart: binary, Python */
    size_t n_part[2];
    RtWanted names;
    const char *names_key, *labels_key;
    const char *sub[3];
    int classes;
    size_t label_bytes;                /* before the pixels; the last one counts */
} Cifar;

static const Cifar cifar10 = {
    { { { "data_batch_1.bin", "data_batch_1" }, { "data_batch_2.bin", "data_batch_2" },
        { "data_batch_3.bin", "data_batch_3" }, { "data_batch_4.bin", "data_batch_4" },
        { "data_batch_5.bin", "data_batch_5" } },
      { { "test_batch.bin", "test_batch" } } },
    { 5, 1 }, { "batches.meta.txt", "batches.meta" }, "label_names", "labels",
    { "cifar-10-batches-bin", "cifar-10-batches-py" }, 10, 1
};
static const Cifar cifar100 = {
    { { { "train.bin", "train" } }, { { "test.bin", "test" } } },
    { 1, 1 }, { "fine_label_names.txt", "meta" }, "fine_label_names", "fine_labels",
    { "cifar-100-binary", "cifar-100-python" }, 100, 2
};

/* One file's samples.  Files come in any order and their sizes are known when they are read, so
 * each has memory of its own until all are there. */
typedef struct Chunk {
    bool there;
    int64_t n;
    int32_t *label;                    /* (n) */
    unsigned char *pixels;             /* (n, PIXELS) */
} Chunk;

/* What the calls of rt_each_file share: the files that are there fill in the chunks, and the names'
 * file the names. */
typedef struct Reader {
    Arena *a, *scratch;                /* the set's, the chunks' */
    Diag *d;
    const Cifar *c;
    Chunk chunk[MAX_FILES];
    size_t n_chunk;
    const char **name;                 /* of the classes; NULL: not found */
} Reader;

/* For what is wrong with the file as a whole; labels have messages of their own. */
static bool fail(const Reader *r, const char *path, const char *what)
{
    diag_error(r->d, (Pos){ .file = path }, "is not a file of %s that can be read: %s",
               r->c == &cifar10 ? "CIFAR-10" : "CIFAR-100", what);
    return false;
}

/* Until the number of all samples is known, they live in the scratch arena. */
static void room(Reader *r, Chunk *k, size_t n)
{
    k->n = (int64_t)n;
    k->label = arena_new_n(r->scratch, int32_t, n);
    k->pixels = arena_array(r->scratch, n, PIXELS);
}

/* A Python file begins with the opcode of its protocol, which is no label. */
static bool is_pickle(Bytes f)
{
    return f.n >= 2 && f.p[0] == 0x80 && f.p[1] >= 2 && f.p[1] <= 5;
}

/* The first label out of range ends the file: what follows is hardly of records either. */
static bool take_binary(Reader *r, Chunk *k, const char *path, Bytes f)
{
    size_t skip = r->c->label_bytes, record = skip + PIXELS;

    if (f.n == 0 || f.n % record) {
        diag_error(r->d, (Pos){ .file = path }, "has %zu bytes, which is no multiple of a "
                   "record's %zu: the one at byte %zu is cut short", f.n, record,
                   f.n / record * record);
        return false;
    }
    room(r, k, f.n / record);
    for (size_t i = 0; i < f.n / record; i++) {
        const unsigned char *p = f.p + i * record;
        k->label[i] = p[skip - 1];
        if (k->label[i] >= r->c->classes) {
            diag_error(r->d, (Pos){ .file = path }, "has label %d at byte %zu, where labels are "
                       "below %d", k->label[i], i * record + skip - 1, r->c->classes);
            return false;
        }
        memcpy(k->pixels + i * PIXELS, p + skip, PIXELS);
    }
    return true;
}

/* The dict's parts must be of the same length.  The array is (n,3072), as a pickle's own check has
 * made sure that n * 3072 bytes are there. */
static bool take_pickle(Reader *r, Chunk *k, const char *path, const PyValue *dict)
{
    const PyValue *data = rt_py_get(dict, "data"), *labels = rt_py_get(dict, r->c->labels_key);

    if (!data || data->kind != PY_ARRAY || data->cap != 2 || data->item[1]->i != PIXELS
        || data->n == 0)
        return fail(r, path, "it has no 'data' of uint8, (n,3072)");
    if (!labels || labels->kind != PY_LIST || labels->n != data->n / PIXELS)
        return fail(r, path, arena_printf(r->a, "it has no list '%s' with a label for each of %zu "
                                          "images", r->c->labels_key, data->n / PIXELS));
    room(r, k, labels->n);
    for (size_t i = 0; i < labels->n; i++) {
        const PyValue *x = labels->item[i];
        if (x->kind != PY_INT || x->i < 0 || x->i >= r->c->classes)
            return fail(r, path, arena_printf(r->a, "label number %zu is not below %d", i,
                                              r->c->classes));
        k->label[i] = (int32_t)x->i;
    }
    memcpy(k->pixels, data->p, data->n);
    return true;
}

/* A line each; what follows the last class is passed over, as is the file when lines are missing:
 * names are only for show. */
static void names_of_lines(Reader *r, Bytes f)
{
    const char **name = arena_new_n(r->a, const char *, (size_t)r->c->classes);
    const char *p = (const char *)f.p, *end = p + f.n;

    for (int i = 0; i < r->c->classes; i++) {
        const char *eol = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
        if (!eol)
            return;
        name[i] = arena_strndup(r->a, p, (size_t)(eol - p) - (eol > p && eol[-1] == '\r'));
        p = eol + 1;
    }
    r->name = name;
}

/* Bytes of Latin-1 or UTF-8, as they are. */
static bool names_of_pickle(Reader *r, const char *path, const PyValue *dict)
{
    const PyValue *list = rt_py_get(dict, r->c->names_key);
    const char **name = arena_new_n(r->a, const char *, (size_t)r->c->classes);

    if (!list || list->kind != PY_LIST || list->n != (size_t)r->c->classes)
        return fail(r, path, arena_printf(r->a, "it has no list '%s'", r->c->names_key));
    for (size_t i = 0; i < list->n; i++) {
        if (list->item[i]->kind != PY_TEXT)
            return fail(r, path, "a class's name is no text");
        name[i] = arena_strndup(r->a, (const char *)list->item[i]->p, list->item[i]->n);
    }
    r->name = name;
    return true;
}

/* The dict lives as long as it is looked at: from Python 3 it may hold a copy of the pixels. */
static bool unpickle(Reader *r, size_t i, const char *path, Bytes f)
{
    Arena *values = rt_scratch(r->scratch);
    const PyValue *dict = rt_pickle(values, path, f, r->d);
    bool ok = dict && (i == r->n_chunk ? names_of_pickle(r, path, dict)
                                       : take_pickle(r, &r->chunk[i], path, dict));

    arena_destroy(values);
    return ok;
}

/* The RtTakeFile: file n_chunk has the names, those before it are parts. */
static bool take(void *user, size_t i, const char *path, Bytes f)
{
    Reader *r = user;

    if (i < r->n_chunk)
        r->chunk[i].there = true;
    if (is_pickle(f))
        return unpickle(r, i, path, f);
    if (i < r->n_chunk)
        return take_binary(r, &r->chunk[i], path, f);
    names_of_lines(r, f);
    return true;
}

/* All chunks one behind the other, in the order of their numbers, whatever the archive's is. */
static void join(Reader *r, RtData *out)
{
    int32_t *label;
    unsigned char *pixels;
    int64_t at = 0;

    for (size_t i = 0; i < r->n_chunk; i++)
        out->n += r->chunk[i].n;
    out->label = label = arena_new_n(r->a, int32_t, (size_t)out->n);
    out->u8 = pixels = arena_array(r->a, (size_t)out->n, PIXELS);
    for (size_t i = 0; i < r->n_chunk; at += r->chunk[i++].n) {
        const Chunk *k = &r->chunk[i];
        memcpy(label + at, k->label, (size_t)k->n * sizeof *label);
        memcpy(pixels + at * PIXELS, k->pixels, (size_t)k->n * PIXELS);
    }
}

/* All that are missing are named, by both names that they may have. */
static bool complete(const Reader *r, const char *path, const RtWanted *wanted)
{
    bool ok = true;

    for (size_t i = 0; i < r->n_chunk; i++)
        if (!r->chunk[i].there) {
            diag_error(r->d, (Pos){ .file = path }, "has neither %s nor %s", wanted[i].name,
                       wanted[i].other);
            ok = false;
        }
    return ok;
}

/* The names' file is asked for with the parts', so that an archive is read once. */
static bool read_cifar(Arena *a, const char *path, const RtDataOptions *o, RtData *out, Diag *d,
                       const Cifar *c)
{
    RtWanted wanted[MAX_FILES + 1];
    Reader r = { .a = a, .scratch = rt_scratch(a), .d = d, .c = c,
                 .n_chunk = c->n_part[o->part] };
    RtFiles files = { .wanted = wanted, .n = r.n_chunk + 1, .sub = { c->sub[0], c->sub[1] },
                      .most = largest, .take = take, .user = &r };
    bool ok;

    memcpy(wanted, c->part[o->part], r.n_chunk * sizeof *wanted);
    wanted[r.n_chunk] = c->names;
    ok = rt_each_file(a, path, &files, d) && complete(&r, path, wanted);
    if (ok) {
        join(&r, out);
        out->classes = c->classes;
        out->class_name = r.name ? r.name : rt_class_numbers(a, c->classes);
        out->channels = 3;
        out->height = out->width = 32;
    }
    arena_destroy(r.scratch);
    return ok;
}

static bool open10(Arena *a, const char *path, const RtDataOptions *o, RtData *out, Diag *d)
{
    return read_cifar(a, path, o, out, d, &cifar10);
}

static bool open100(Arena *a, const char *path, const RtDataOptions *o, RtData *out, Diag *d)
{
    return read_cifar(a, path, o, out, d, &cifar100);
}

/* ---- is it one? ---- */

/* The RtTakeFile that only counts, up to two. */
static bool count(void *user, size_t i, const char *path, Bytes f)
{
    (void)i, (void)path, (void)f;
    return ++*(int *)user < 2;
}

/* It has a test file and a names file, which in an archive are found by reading it.  Messages are
 * for nobody: who opens it hears them again. */
static bool is_cifar(Arena *a, const char *path, const Cifar *c)
{
    RtWanted wanted[2] = { c->part[RT_TEST][0], c->names };
    int n = 0;
    RtFiles files = { .wanted = wanted, .n = 2, .sub = { c->sub[0], c->sub[1] }, .most = largest,
                      .take = count, .user = &n };
    Arena *scratch = rt_scratch(a);
    Diag nobody;

    diag_init(&nobody, scratch);
    rt_each_file(scratch, path, &files, &nobody);
    arena_destroy(scratch);
    return n == 2;
}

static bool is10(Arena *a, const char *path)
{
    return is_cifar(a, path, &cifar10);
}

static bool is100(Arena *a, const char *path)
{
    return is_cifar(a, path, &cifar100);
}

const RtKind rt_cifar10 = { "cifar10", open10, is10 };
const RtKind rt_cifar100 = { "cifar100", open100, is100 };
