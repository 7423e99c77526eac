/* SPDX-License-Identifier: Apache-2.0 */
/* data_idx: MNIST and the sets that came in its format: Fashion-MNIST, EMNIST, Kuzushiji-MNIST.
 *
 * An IDX file: two zero bytes, the type (8: uint8), the rank, then each dimension as 4 bytes, big
 * endian, then the elements, row-major.  Images are (n,H,W) or (n,H,W,C), labels (n).
 */
#include "data_parts.h"

#include "archive.h"
#include "build.h"

#include <string.h>

enum { UINT8 = 8, MOST_SIDE = 65535, RGB = 3 };

/* Not for what the stream says by itself: a file that is cut short, or damaged. */
static bool fail(RtStream *s, const char *what)
{
    diag_error(s->d, (Pos){ .file = s->path }, "is not an IDX file that can be read: %s", what);
    return false;
}

static uint32_t big32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Sizes are checked against overflow only: the stream finds out whether the data is there. */
static bool read_head(RtStream *s, RtIdx *x)
{
    unsigned char p[4];

    if (!rt_stream_read(s, p, 4, "the head"))
        return false;
    if (p[0] || p[1])
        return fail(s, "it does not begin with two zero bytes");
    if (p[2] != UINT8)
        return fail(s, "its elements are not uint8");
    x->rank = p[3];
    if (x->rank < 1 || x->rank > RT_IDX_RANK)
        return fail(s, "it has not one to four dimensions");
    x->size = 1;
    for (int i = 0; i < x->rank; i++) {
        if (!rt_stream_read(s, p, 4, "a dimension"))
            return false;
        x->dim[i] = big32(p);
        if (__builtin_mul_overflow(x->size, x->dim[i], &x->size) || x->size > PTRDIFF_MAX)
            return fail(s, "its dimensions are too large");
    }
    return true;
}

/* The elements must end where the file does. */
bool rt_idx_read(Arena *a, const char *path, Bytes file, RtIdx *x, Diag *d)
{
    unsigned char more;
    size_t got = 0;
    RtStream s;

    rt_stream_open(a, &s, path, file, d);
    if (!read_head(&s, x) || !(x->data = rt_stream_take(a, &s, x->size, "the data"))
        || !rt_stream_some(&s, &more, 1, &got))
        return false;
    return !got || fail(&s, "it has more bytes than its dimensions say");
}

/* The file as it is on disk is not kept. */
static bool read_idx(Arena *a, const char *path, RtIdx *x, Diag *d)
{
    Arena *scratch = rt_scratch(a);
    Bytes file;
    bool ok = file_read(scratch, path, &file, d) && rt_idx_read(a, path, file, x, d);

    arena_destroy(scratch);
    return ok;
}

/* As in train-images-idx3-ubyte.gz, t10k-labels.idx1-ubyte (one of the mirrors writes the dot),
 * emnist-digits-test-images-idx3-ubyte. */
static bool is_named(const char *name, RtPart part, const char *what)
{
    bool test = strstr(name, "t10k") || strstr(name, "test");

    return strstr(name, what) && strstr(name, "idx")
           && (part == RT_TEST ? test : !test && strstr(name, "train"));
}

/* The file of a part's images or labels; where there is one packed and one not, the shorter
 * name, which is the one that is not.  NULL: none. */
static const char *find(Arena *a, const char *dir, RtPart part, const char *what)
{
    RtNames names = rt_list(a, dir, NULL);
    const char *best = NULL;

    for (size_t i = 0; i < names.n; i++)
        if (is_named(names.v[i], part, what) && (!best || strlen(names.v[i]) < strlen(best)))
            best = names.v[i];
    return best ? arena_printf(a, "%s/%s", dir, best) : NULL;
}

/* Any byte is a label; rt_data_open compares them with the net's classes. */
static bool read_labels(Arena *a, const char *path, RtIdx *x, Diag *d)
{
    if (!read_idx(a, path, x, d))
        return false;
    if (x->rank == 1)
        return true;
    diag_error(d, (Pos){ .file = path }, "has %d dimensions, where labels have one", x->rank);
    return false;
}

/* (n,H,W,C) -> (n,C,H,W): sets in memory are planes, because nets take planes. */
static unsigned char *to_planes(Arena *a, const RtIdx *x)
{
    size_t pixels = (size_t)(x->dim[1] * x->dim[2]), c = (size_t)x->dim[3];
    unsigned char *y = arena_alloc(a, (size_t)x->size), *out = y;

    for (size_t n = 0; n < x->dim[0]; n++)
        for (size_t k = 0; k < c; k++)
            for (size_t p = 0; p < pixels; p++)
                *y++ = x->data[(n * pixels + p) * c + k];
    return out;
}

/* Zero is a size of no image.  dim[0] fits: the data is in memory. */
static bool read_images(Arena *a, const char *path, RtData *out, Diag *d)
{
    RtIdx x = { 0 };
    uint64_t c;

    if (!read_idx(a, path, &x, d))
        return false;
    c = x.rank == 4 ? x.dim[3] : 1;
    if (x.rank < 3 || x.size == 0 || x.dim[1] > MOST_SIDE || x.dim[2] > MOST_SIDE
        || (c != 1 && c != RGB)) {
        diag_error(d, (Pos){ .file = path }, "holds no images: they have three dimensions, or a "
                   "fourth of 1 or 3");
        return false;
    }
    out->n = (int64_t)x.dim[0];
    out->height = (int)x.dim[1];
    out->width = (int)x.dim[2];
    out->channels = (int)c;
    out->u8 = c == 1 ? x.data : to_planes(a, &x);
    return true;
}

/* The labels of both parts, or of the one that is there, say how many classes there are. */
static bool take_labels(Arena *a, const char *const *path, RtPart part, RtData *out, Diag *d)
{
    RtIdx x[2] = { { 0 }, { 0 } };
    int32_t *label;

    for (int p = 0; p < 2; p++)
        if (path[p] && !read_labels(a, path[p], &x[p], d))
            return false;
    if (x[part].size != (uint64_t)out->n) {
        diag_error(d, (Pos){ .file = path[part] }, "has %llu labels for %lld images",
                   (unsigned long long)x[part].size, (long long)out->n);
        return false;
    }
    for (int p = 0; p < 2; p++)
        for (uint64_t i = 0; i < x[p].size; i++)
            out->classes = x[p].data[i] >= out->classes ? x[p].data[i] + 1 : out->classes;
    out->label = label = arena_new_n(a, int32_t, (size_t)out->n);
    for (int64_t i = 0; i < out->n; i++)
        label[i] = x[part].data[i];
    out->class_name = rt_class_numbers(a, out->classes);
    return true;
}

/* A part needs its own images and labels; the other part's labels are welcome. */
static bool open_idx(Arena *a, const char *path, const RtDataOptions *o, RtData *out, Diag *d)
{
    const char *part = o->part == RT_TEST ? "test" : "training";
    const char *images = find(a, path, o->part, "images");
    const char *labels[2] = { find(a, path, RT_TRAIN, "labels"), find(a, path, RT_TEST, "labels") };

    if (!images || !labels[o->part]) {
        diag_error(d, (Pos){ .file = path }, "has no IDX file of %s %s", part,
                   images ? "labels" : "images");
        diag_hint(d, "they are called like %s-images-idx3-ubyte.gz",
                  o->part == RT_TEST ? "t10k" : "train");
        return false;
    }
    return read_images(a, images, out, d) && take_labels(a, labels, o->part, out, d);
}

/* One part is enough to know a folder by. */
static bool is_idx(Arena *a, const char *path)
{
    return find(a, path, RT_TRAIN, "images") || find(a, path, RT_TEST, "images");
}

const RtKind rt_idx = { "idx", open_idx, is_idx };
