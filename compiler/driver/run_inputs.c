/* SPDX-License-Identifier: Apache-2.0 */
/* run_inputs: the files on the command line, sorted into tensors for the net's inputs and photos.
 *
 * A file is known by its content, raw ones (.bin) by their name.  NAME=FILE goes to the input NAME;
 * members of a .npz go by their names; all else goes to the inputs in order.  Photos share the one
 * input that nothing else was given for, and may be as many as one likes.
 */
#include "driver/run.h"

#include "build.h"

#include <string.h>

/* What the files are sorted into, and what is needed to say what is wrong with them. */
typedef struct Sorter {
    Arena *a;
    const mnc_net *net;
    RunInputs *out;
    Diag *d;
    const char **file;           /* by input: where its tensor came from */
} Sorter;

/* -1: the net has none of that name; name has n bytes and need not end. */
static int input_by_name(const mnc_net *net, const char *name, size_t n)
{
    for (int i = 0; i < net->n_input; i++)
        if (strlen(net->input[i].name) == n && !memcmp(net->input[i].name, name, n))
            return i;
    return -1;
}

/* The first input that has nothing yet; -1: all have. */
static int next_free(const Sorter *s)
{
    for (int i = 0; i < s->net->n_input; i++)
        if (!s->out->tensor[i])
            return i;
    return -1;
}

/* "'images' float32 (1,3,224,224), 'size' int64 (2)" */
static const char *list_inputs(Arena *a, const mnc_net *net)
{
    Buf b;

    buf_init(&b, a);
    for (int i = 0; i < net->n_input; i++) {
        const mnc_tensor *t = &net->input[i];
        buf_printf(&b, "%s'%s' %s %s", i ? ", " : "", diag_quote(a, t->name),
                   rt_type_name(t->dtype), rt_shape_text(a, t->rank, t->dim));
    }
    return b.p;
}

/* Gives tensor t to input i (below 0: the next free one). */
static bool give(Sorter *s, const char *path, const RtTensor *t, int i)
{
    Pos pos = { .file = path };

    if (i < 0)
        i = next_free(s);
    if (i < 0) {
        diag_error(s->d, pos, "is one input too many");
        diag_hint(s->d, "the net has %s", list_inputs(s->a, s->net));
        return false;
    }
    if (s->out->tensor[i]) {
        diag_error(s->d, pos, "input '%s' has got %s already",
                   diag_quote(s->a, s->net->input[i].name), diag_quote(s->a, s->file[i]));
        return false;
    }
    s->out->tensor[i] = t->data;
    s->file[i] = path;
    return fits_net(s->a, path, t, &s->net->input[i], s->d);
}

/* Raw numbers: the net knows their type and shape. */
static bool give_raw(Sorter *s, const char *path, int i)
{
    Pos pos = { .file = path };
    RtTensor t;
    Bytes file;

    if (!file_read(s->a, path, &file, s->d))
        return false;
    i = i < 0 ? next_free(s) : i;
    t = i < 0 ? (RtTensor){ .name = "" } : net_tensor(&s->net->input[i]);
    if (i >= 0 && file.n != t.bytes) {
        s->out->tensor[i] = file.p;
        diag_error(s->d, pos, "has %zu bytes, but input '%s' takes %zu (%s %s)", file.n,
                   diag_quote(s->a, t.name), t.bytes, rt_type_name(t.dtype),
                   rt_shape_text(s->a, t.rank, t.dim));
        return false;
    }
    t.data = (void *)(uintptr_t)file.p;
    return give(s, path, &t, i);
}

/* A file of one tensor may go anywhere; several can only be told apart by their names. */
static bool give_members(Sorter *s, const char *path, const RtTensors *all, int i)
{
    Pos pos = { .file = path };
    bool ok = true;

    if (all->n == 1)
        return give(s, path, &all->t[0],
                    i >= 0 ? i : input_by_name(s->net, all->t[0].name, strlen(all->t[0].name)));
    for (size_t k = 0; k < all->n; k++) {
        const char *name = all->t[k].name;
        int to = input_by_name(s->net, name, strlen(name));
        if (to >= 0) {
            ok &= give(s, path, &all->t[k], to);
            continue;
        }
        diag_error(s->d, pos, "the net has no input '%s'", diag_quote(s->a, name));
        diag_hint(s->d, "it has %s", list_inputs(s->a, s->net));
        ok = false;
    }
    return ok;
}

/* Only notes it: which input the photos share is known when all files have been seen. */
static bool give_photo(Sorter *s, const char *path, int i)
{
    RunInputs *out = s->out;
    Pos pos = { .file = path };

    if (i >= 0 && out->photo_input >= 0 && i != out->photo_input) {
        diag_error(s->d, pos, "images can go to one input only");
        return false;
    }
    out->photo_input = i >= 0 ? i : out->photo_input;
    out->photo[out->n_photo++] = path;
    return true;
}

/* Reads the file only to see what it is; an image is decoded when its turn comes. */
static bool is_photo(Sorter *s, const char *path, bool *yes)
{
    Arena *scratch = rt_scratch(s->a);
    Bytes file;
    bool ok = file_read(scratch, path, &file, s->d);

    *yes = ok && rt_is_image(file);
    arena_destroy(scratch);
    return ok;
}

/* A path may have = in it, and so may a name: the shortest name that the net knows is meant. */
static bool sort_arg(Sorter *s, const char *arg)
{
    const char *equals = strchr(arg, '='), *path = arg;
    RtTensors all;
    int i = -1;
    bool photo;

    for (; equals && i < 0; equals = strchr(equals + 1, '=')) {
        i = input_by_name(s->net, arg, (size_t)(equals - arg));
        if (i >= 0)
            path = equals + 1;
    }
    if (path_has_suffix(path, ".bin"))
        return give_raw(s, path, i);
    if (!is_photo(s, path, &photo))
        return false;
    if (photo)
        return give_photo(s, path, i);
    return rt_read_tensors(s->a, path, &all, s->d) && give_members(s, path, &all, i);
}

/* Photos take the input that is left. */
static bool place_photos(Sorter *s, const RunRequest *r)
{
    RunInputs *out = s->out;
    Pos pos = { .file = r->model };
    RtTensor shape;

    if (out->photo_input < 0)
        out->photo_input = next_free(s);
    if (out->photo_input < 0 || out->tensor[out->photo_input]) {
        diag_error(s->d, pos, "no input is left for the images; the net has %s",
                   list_inputs(s->a, s->net));
        return false;
    }
    if (!r->preprocess && !r->file->has_preprocess) {
        diag_error(s->d, pos, "nothing says how images are prepared for this net");
        diag_hint(s->d, "say it: --preprocess=resize=256,crop=224,scale=1/255,mean=...,std=... "
                  "or write %s.json beside the model", path_stem(s->a, r->model));
        return false;
    }
    shape = net_tensor(&s->net->input[out->photo_input]);
    if (!rt_image_input(s->a, &shape, &out->preprocess, &out->image, s->d))
        return false;
    out->at_once = out->image.batch;
    return true;
}

/* Says all that is missing at once. */
static bool nothing_missing(Sorter *s, const RunRequest *r)
{
    Pos pos = { .file = r->model };
    bool ok = true;

    for (int i = 0; i < s->net->n_input; i++) {
        const mnc_tensor *t = &s->net->input[i];
        if (s->out->tensor[i] || i == s->out->photo_input)
            continue;
        diag_error(s->d, pos, "input '%s' is missing: %s %s", diag_quote(s->a, t->name),
                   rt_type_name(t->dtype), rt_shape_text(s->a, t->rank, t->dim));
        ok = false;
    }
    return ok;
}

/* Goes on after a mistake, so that one call tells them all; only the last checks need all files. */
bool find_inputs(Arena *a, const RunRequest *r, const mnc_net *net, RunInputs *out, Diag *d)
{
    Sorter s = { a, net, out, d, arena_new_n(a, const char *, (size_t)net->n_input + 1) };
    bool ok = true;

    memset(out, 0, sizeof *out);
    out->tensor = arena_new_n(a, const void *, (size_t)net->n_input + 1);
    out->photo = arena_new_n(a, const char *, r->n_arg + 1);
    out->photo_input = -1;
    out->at_once = 1;
    out->preprocess = r->file->preprocess;
    if (r->preprocess)
        ok &= rt_preprocess_text(a, r->preprocess, &out->preprocess, d);
    for (size_t i = 0; i < r->n_arg; i++)
        ok &= sort_arg(&s, r->arg[i]);
    if (ok && out->n_photo)
        ok &= place_photos(&s, r);
    return ok && nothing_missing(&s, r);
}
