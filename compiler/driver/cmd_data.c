/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_data: `mnc data SPEC`: what a data set holds, as `mnc train --data SPEC` would see it; with
 * --sheet, a picture of its first samples as the net gets them. */
#include "driver/train.h"

#include "image.h"

#include <string.h>

/* A sheet has SIDE x SIDE samples; those below SMALL pixels are enlarged. */
enum { SIDE = 8, GAP = 2, SMALL = 64 };

/* What the verb works with: both parts. */
typedef struct Show {
    Work *w;
    RtRecipe recipe;
    RtData part[2];
    int64_t *count[2];           /* by part: samples of each class */
    int classes;
} Show;

/* ---- what there is ---- */

/* Mostly the same is wrong with both parts, so the first that is stops. */
static bool open_parts(Show *s)
{
    bool ok = true;

    for (int p = 0; p < 2 && ok; p++) {
        RtDataOptions o = { .part = (RtPart)p, .share = s->recipe.share,
                            .seed = (uint64_t)s->recipe.seed, .bad = (RtBad)s->recipe.bad,
                            .workers = (int)s->recipe.workers };
        ok = rt_data_open(&s->w->a, s->w->model, &o, &s->part[p], &s->w->d);
    }
    return ok;
}

/* The parts may have different numbers of classes: the training part has all of them. */
static void count(Show *s)
{
    s->classes = s->part[RT_TRAIN].classes;
    for (int p = 0; p < 2; p++) {
        const RtData *d = &s->part[p];
        s->count[p] = arena_new_n(&s->w->a, int64_t, (size_t)d->classes + (size_t)s->classes);
        for (int64_t i = 0; i < d->n; i++)
            s->count[p][d->label[i]]++;
    }
}

static bool show_text(Show *s)
{
    const RtData *d = &s->part[RT_TRAIN];
    int width = 8;
    Buf b;

    buf_init(&b, &s->w->a);
    buf_printf(&b, "kind      %s\n", d->kind);
    if (d->height)
        buf_printf(&b, "images    %dx%dx%d %s\n", d->channels, d->height, d->width,
                   d->f32 ? "float32" : "uint8");
    else
        buf_str(&b, "images    files of many sizes\n");
    buf_printf(&b, "classes   %d\n\n", s->classes);
    for (int c = 0; c < s->classes; c++) {
        int n = (int)strlen(diag_quote(&s->w->a, d->class_name[c]));
        width = n > width ? n : width;
    }
    buf_printf(&b, "%-*s  %9s  %9s\n", width, "class", "training", "test");
    for (int c = 0; c < s->classes; c++)
        buf_printf(&b, "%-*s  %9lld  %9lld\n", width, diag_quote(&s->w->a, d->class_name[c]),
                   (long long)s->count[0][c], (long long)s->count[1][c]);
    buf_printf(&b, "%-*s  %9lld  %9lld\n", width, "all", (long long)d->n,
               (long long)s->part[RT_TEST].n);
    return print_out(&s->w->a, b.p, &s->w->d);
}

static json_t *json_class(Show *s, int c)
{
    json_t *o = json_object();

    json_object_set_new(o, "name", json_text(&s->w->a, s->part[RT_TRAIN].class_name[c]));
    json_object_set_new(o, "test", json_integer(s->count[RT_TEST][c]));
    json_object_set_new(o, "train", json_integer(s->count[RT_TRAIN][c]));
    return o;
}

/* "shape" is null for images of many sizes. */
static bool show_json(Show *s)
{
    const RtData *d = &s->part[RT_TRAIN];
    int64_t shape[3] = { d->channels, d->height, d->width };
    json_t *root = json_object(), *classes = json_array();

    for (int c = 0; c < s->classes; c++)
        json_array_append_new(classes, json_class(s, c));
    json_object_set_new(root, "schema", json_integer(1));
    json_object_set_new(root, "kind", json_text(&s->w->a, d->kind));
    json_object_set_new(root, "dtype", json_text(&s->w->a, d->f32 ? "float32" : "uint8"));
    json_object_set_new(root, "shape", d->height ? json_shape(3, shape) : json_null());
    json_object_set_new(root, "train", json_integer(d->n));
    json_object_set_new(root, "test", json_integer(s->part[RT_TEST].n));
    json_object_set_new(root, "classes", classes);
    return print_json(&s->w->a, root, &s->w->d);
}

/* ---- the sheet ---- */

/* x (3,h,w) of 0 to 255 to the place (top,left) of the sheet, each pixel zoom x zoom times.  What
 * float32 sets hold beyond bytes is cut. */
static void paste(RtImage *m, const float *x, const int size[2], int zoom, const int at[2])
{
    int h = size[0], w = size[1];

    for (int y = 0; y < h * zoom; y++)
        for (int i = 0; i < w * zoom; i++)
            for (int c = 0; c < 3; c++) {
                float v = x[(c * h + y / zoom) * w + i / zoom];
                m->rgb[((size_t)(at[0] + y) * (size_t)m->width + (size_t)(at[1] + i)) * 3
                       + (size_t)c] = (unsigned char)(v > 0 ? v < 255 ? v : 255 : 0);
            }
}

/* The first batch of the training part, on white. */
static bool draw(Show *s, RtLoader *l, RtImage *m)
{
    int size[2], channels, zoom, cell[2];
    RtBatch b;

    rt_loader_shape(l, &channels, &size[0], &size[1]);
    zoom = size[0] < SMALL ? SMALL / size[0] : 1;
    for (int i = 0; i < 2; i++)
        cell[i] = size[i] * zoom + GAP;
    if (!rt_loader_next(l, &b, &s->w->d)
        || !rt_image_alloc(&s->w->a, s->w->args->value[OPT_sheet], (int64_t)SIDE * cell[1] + GAP,
                           (b.n + SIDE - 1) / SIDE * cell[0] + GAP, m, &s->w->d))
        return false;
    memset(m->rgb, 255, (size_t)m->width * (size_t)m->height * 3);
    for (int k = 0; k < (int)b.n; k++) {
        int at[2] = { k / SIDE * cell[0] + GAP, k % SIDE * cell[1] + GAP };
        paste(m, b.x + (size_t)k * 3 * (size_t)size[0] * (size_t)size[1], size, zoom, at);
    }
    return true;
}

/* Without the recipe's normalisation: what a viewer sees are pixels. */
static bool write_sheet(Show *s, const char *path)
{
    RtLoaderOptions o = { .batch = SIDE * SIDE, .channels = 3, .steps = s->recipe.augment,
                          .shuffle = true, .seed = (uint64_t)s->recipe.seed };
    RtLoader *l = rt_loader_open(&s->w->a, &s->part[RT_TRAIN], &o, &s->w->d);
    OutFile *f;
    RtImage m;

    if (!l || !draw(s, l, &m))
        return false;
    f = file_create(&s->w->a, path, &s->w->d);
    return f && rt_png_encode(&s->w->a, &m, file_buf(f)) && file_commit(f, &s->w->d);
}

static int show(Work *w)
{
    const char *sheet = w->args->value[OPT_sheet];
    Show s = { .w = w };

    if (!read_recipe(w, &s.recipe) || !open_parts(&s))
        return EXIT_FAILED;
    count(&s);
    if (!(w->args->value[OPT_json] ? show_json(&s) : show_text(&s)))
        return EXIT_FAILED;
    return !sheet || write_sheet(&s, sheet) ? EXIT_DONE : EXIT_FAILED;
}

int cmd_data(const Args *args)
{
    if (args->n_operand != 1)
        return usage_error("data takes one data set");
    return do_work(args, show, NULL);
}
