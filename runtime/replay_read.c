/* SPDX-License-Identifier: Apache-2.0 */
/* replay_read: a folder of stored training steps, checked to be of one piece. */
#include "replay.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *in_dir(Arena *a, const RtReplay *r, const char *name)
{
    return arena_printf(a, "%s/%s", r->dir, name);
}

static bool read_tensor(Arena *a, const RtReplay *r, const char *name, RtTensor *out, Diag *d)
{
    const char *path = in_dir(a, r, name);
    Bytes file;

    return file_read(a, path, &file, d) && rt_read_pb(a, path, file, out, d);
}

/* ---- losses.csv ---- */

typedef struct Table {
    Pos pos;                   /* the line being read */
    const char *p;             /* what is left */
    int column[3];             /* of learning_rate, loss_float64, loss_float32; -1: none */
} Table;

static const char *const columns[3] = { "learning_rate", "loss_float64", "loss_float32" };

static void read_head(Table *t)
{
    const char *p = t->p;
    int n = 0;

    for (int k = 0; k < 3; k++)
        t->column[k] = -1;
    for (;; n++, p++) {
        size_t len = strcspn(p, ",\r\n");
        for (int k = 0; k < 3; k++)
            if (strlen(columns[k]) == len && !memcmp(columns[k], p, len))
                t->column[k] = n;
        p += len;
        if (*p != ',')
            break;
    }
    t->p = p + strspn(p, "\r\n");
}

/* One line's numbers into the row's places; false when one of those wanted is no number. */
static bool read_row(Table *t, double *const to[3], int64_t row)
{
    int found = 0, wanted = 0;

    for (int n = 0;; n++, t->p++) {
        char *end;
        double x = number_read(t->p, &end);
        for (int k = 0; k < 3; k++)
            if (t->column[k] == n && end != t->p) {
                to[k][row] = x;
                found++;
            }
        t->p += strcspn(t->p, ",\r\n");
        if (*t->p != ',')
            break;
    }
    t->p += strspn(t->p, "\r\n");
    for (int k = 0; k < 3; k++)
        wanted += t->column[k] >= 0;
    return found == wanted;
}

static bool read_losses(Arena *a, RtReplay *r, Diag *d)
{
    Table t = { .pos = { .file = in_dir(a, r, "losses.csv"), .line = 1, .col = 1 } };
    double *to[3];
    Bytes file;

    if (!file_read(a, t.pos.file, &file, d))
        return false;
    t.p = (const char *)file.p;
    for (int k = 0; k < 3; k++)
        to[k] = arena_new_n(a, double, (size_t)r->steps);
    read_head(&t);
    if (t.column[0] < 0 || t.column[1] < 0) {
        diag_error(d, t.pos, "needs columns learning_rate and loss_float64");
        return false;
    }
    for (int64_t i = 0; i < r->steps; i++) {
        t.pos.line++;
        if (!*t.p || !read_row(&t, to, i)) {
            diag_error(d, t.pos,
                       *t.p ? "a number is missing" : "there are more batches than lines");
            return false;
        }
    }
    r->rate = to[0];
    r->loss64 = to[1];
    r->loss32 = t.column[2] >= 0 ? to[2] : NULL;
    return true;
}

/* ---- the rest ---- */

static bool fits(Arena *a, RtReplay *r, Diag *d)
{
    Pos pos = { .file = in_dir(a, r, "x.pb") };

    if (r->x.dtype != RT_FLOAT32 || r->x.rank < 3 || rt_count(&r->x) == 0)
        diag_error(d, pos, "is %s of shape %s, but float32 of (steps, batch, ...) is wanted",
                   rt_type_name(r->x.dtype), rt_shape_text(a, r->x.rank, r->x.dim));
    else if (rt_type(r->y.dtype)->kind == 'f' || !rt_same_shape(&r->y, 2, r->x.dim))
        diag_error(d, (Pos){ .file = in_dir(a, r, "y.pb") },
                   "is %s of shape %s, but x.pb has %lld steps of %lld samples",
                   rt_type_name(r->y.dtype), rt_shape_text(a, r->y.rank, r->y.dim),
                   (long long)r->x.dim[0], (long long)r->x.dim[1]);
    else
        return true;
    return false;
}

static bool read_gradients(Arena *a, RtReplay *r, Diag *d)
{
    const char *path = in_dir(a, r, "gradients_step_0.onnx");
    Bytes file;

    if (access(path, F_OK))
        return true;
    return file_read(a, path, &file, d)
        && rt_read_initialisers(a, path, file, &r->gradient, d);
}

bool rt_replay_read(Arena *a, const char *dir, RtReplay *out, Diag *d)
{
    bool ok;

    memset(out, 0, sizeof *out);
    out->dir = dir;
    rt_recipe_default(&out->recipe);
    ok = rt_recipe_read(a, in_dir(a, out, "recipe.json"), &out->recipe, d);
    ok &= read_tensor(a, out, "x.pb", &out->x, d);
    ok &= read_tensor(a, out, "y.pb", &out->y, d);
    ok = ok && fits(a, out, d);
    ok = read_gradients(a, out, d) && ok;
    if (!access(in_dir(a, out, "scores_after.pb"), F_OK))
        ok &= read_tensor(a, out, "scores_after.pb", &out->scores, d);
    if (!ok)
        return false;
    out->steps = out->x.dim[0];
    out->batch = out->x.dim[1];
    return read_losses(a, out, d);
}
