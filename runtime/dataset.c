/* SPDX-License-Identifier: Apache-2.0 */
/* dataset: folders of stored tensors in ONNX's backend-test layout, and a random generator whose
 * numbers are the same on every machine. */
#include "dataset.h"

#include "base/rng.h"
#include "build.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prefix[] = "test_data_set_";

/* Shorter names first, so that 10 comes behind 9. */
static int by_number(const void *x, const void *y)
{
    const char *a = *(const char *const *)x, *b = *(const char *const *)y;
    size_t n = strlen(a), m = strlen(b);

    return n != m ? (n > m) - (n < m) : strcmp(a, b);
}

static void close_dir(void *arg)
{
    closedir(arg);
}

/* dir ends in / or is empty.  None are found where there is no such folder. */
const char *const *rt_find_data_sets(Arena *a, const char *dir, size_t *n)
{
    enum { MOST = 1000 };
    Arena *scratch = rt_scratch(a);
    const char **found = arena_new_n(a, const char *, MOST);
    DIR *h = opendir(*dir ? dir : ".");
    const struct dirent *e;

    *n = 0;
    if (!h)
        return found;
    arena_defer(scratch, close_dir, h);
    while ((e = readdir(h)) && *n < MOST)
        if (!strncmp(e->d_name, prefix, sizeof prefix - 1))
            found[(*n)++] = arena_printf(a, "%s%s", dir, e->d_name);
    arena_destroy(scratch);
    qsort(found, *n, sizeof *found, by_number);
    return found;
}

/* DIR/KIND_0.pb, DIR/KIND_1.pb ... until one is missing. */
static bool read_series(Arena *a, const char *dir, const char *kind, RtTensors *out, Diag *d)
{
    size_t cap = 4;
    bool ok = true;

    out->t = arena_new_n(a, RtTensor, cap);
    for (out->n = 0;; out->n++) {
        const char *path = arena_printf(a, "%s/%s_%zu.pb", dir, kind, out->n);
        Bytes file;
        if (access(path, F_OK))
            return ok;
        if (out->n == cap) {
            out->t = arena_resize(a, out->t, cap * sizeof *out->t, 2 * cap * sizeof *out->t);
            cap *= 2;
        }
        ok &= file_read(a, path, &file, d) && rt_read_pb(a, path, file, &out->t[out->n], d);
    }
}

/* A net may have no inputs, but a test without an expected output tests nothing. */
bool rt_read_data_set(Arena *a, const char *dir, RtDataSet *out, Diag *d)
{
    RtTensors in, expected;
    bool ok = read_series(a, dir, "input", &in, d);

    ok &= read_series(a, dir, "output", &expected, d);
    if (ok && expected.n == 0) {
        diag_error(d, (Pos){ .file = dir }, "is no test data set: there is no output_0.pb in it");
        return false;
    }
    *out = (RtDataSet){ in.t, expected.t, in.n, expected.n };
    return ok;
}

/* Floats have 24 random bits, the same value in float and double. */
void rt_random(RtTensor *t, uint64_t seed)
{
    const RtType *type = rt_type(t->dtype);
    unsigned char *p = t->data;

    for (size_t i = 0; i < t->bytes; i += type->size) {
        uint64_t x = rng_bits(seed, i / type->size), whole = type->kind == 'b' ? x & 1 : x % 10;
        double d = (double)(x >> 40) * 0x1p-23 - 1;    /* 24 bits: exact in float too */
        float s = (float)d;
        if (type->kind == 'f' && type->size == 8)
            memcpy(p + i, &d, 8);
        else if (type->kind == 'f' && type->size == 4)
            memcpy(p + i, &s, 4);
        else if (t->dtype == RT_UINT8)
            p[i] = (unsigned char)x;
        else
            memcpy(p + i, &whole, type->size);         /* little endian: the low bytes */
    }
}
