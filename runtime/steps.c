/* SPDX-License-Identifier: Apache-2.0 */
/* steps: the text of --augment and of a recipe, key=number,number,key,key=number ...
 *
 * One table says what each step takes; the order of the text is kept, because a crop before a
 * resize is another thing than one behind it.  All that is wrong is said at once.  What a step does
 * stands in augment.c; here it is only known what it makes of an image's size.
 */
#include "augment.h"
#include "base/number.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 5 };

/* A step: how many numbers it takes, which values those may have, and what stands for those that
 * are missing; sides are whole numbers of pixels. */
static const struct StepInfo {
    const char *name;
    RtStepKind kind;
    int least, most, sides;
    double low, high, missing[MOST];
} infos[] = {
    /* name, kind, numbers: least and most, of which sides; range of the others; defaults */
    { "resize", ST_RESIZE, 1, 2, 2, 0, 0, { 0 } },
    { "pad", ST_PAD, 1, 1, 1, 0, 0, { 0 } },
    { "center", ST_CENTER, 1, 2, 2, 0, 0, { 0 } },
    { "crop", ST_CROP, 1, 2, 2, 0, 0, { 0 } },
    { "resized", ST_RESIZED, 1, 5, 1, 1e-6, 1e6, { 0, .08, 1, 3. / 4, 4. / 3 } },
    { "flip", ST_FLIP, 0, 1, 0, 0, 1, { .5 } },
    { "jitter", ST_JITTER, 1, 3, 0, 0, 100, { 0 } },
};

enum { N_INFO = sizeof infos / sizeof *infos };

static const char *const other_keys[] = { "filter", "scale", "mean", "std" };

/* One key with what stands behind it; the words point into the text. */
typedef struct Setting {
    const char *key, *word[MOST];
    int n;
} Setting;

/* Torchvision's default filter. */
void rt_steps_none(RtSteps *s)
{
    *s = (RtSteps){ .filter = rt_filter("bilinear"), .scale = 1, .std = { 1, 1, 1 } };
}

/* The numbers of a setting, of which there are least to most; -1: they are wrong. */
static int numbers(const Setting *s, int least, int most, double *out)
{
    if (s->n < least || s->n > most)
        return -1;
    for (int i = 0; i < s->n; i++)
        if (!number_fraction(s->word[i], &out[i]))
            return -1;
    return s->n;
}

/* Pixels: 1 to the most that a decoder gives. */
static bool is_side(double x)
{
    return x >= 1 && x <= RT_MAX_SIDE && x == floor(x);
}

/* False: a number is wrong, or there is no room for one more. */
static bool add_step(const Setting *s, const struct StepInfo *info, RtSteps *out)
{
    RtStep *step = &out->step[out->n];         /* read only after the check that it is there */
    int n;

    if (out->n == RT_MAX_STEPS)
        return false;
    *step = (RtStep){ .kind = info->kind, .filter = out->filter };
    memcpy(step->v, info->missing, sizeof step->v);
    step->n = n = numbers(s, info->least, info->most, step->v);
    if (n < 0)
        return false;
    for (int i = 0; i < n; i++)
        if (i < info->sides ? !is_side(step->v[i])
                            : !(step->v[i] >= info->low && step->v[i] <= info->high))
            return false;
    if (info->kind == ST_RESIZED
        && (step->v[1] > step->v[2] || step->v[2] > 1 || step->v[3] > step->v[4]))
        return false;
    if (n == 1 && (info->kind == ST_CENTER || info->kind == ST_CROP))
        step->v[1] = step->v[0];               /* a resize of one side leaves the other open */
    out->n++;
    return true;
}

/* One number for all channels, or three. */
static bool channels(const Setting *s, double *out, bool may_be_0)
{
    double x[3];
    int n = numbers(s, 1, 3, x);

    if (n != 1 && n != 3)
        return false;
    for (int c = 0; c < 3; c++) {
        out[c] = x[n == 1 ? 0 : c];
        if (out[c] == 0 && !may_be_0)
            return false;
    }
    return true;
}

/* Said again, they replace what was said before: a recipe may be overridden. */
static bool add_other(const Setting *s, RtSteps *out)
{
    if (!strcmp(s->key, "filter"))
        return s->n == 1 && (out->filter = rt_filter(s->word[0]));
    if (!strcmp(s->key, "scale"))
        return numbers(s, 1, 1, &out->scale) == 1;
    if (!strcmp(s->key, "mean"))
        return channels(s, out->mean, true);
    return channels(s, out->std, false);
}

static void hint_all(Arena *a, const char *const *name, int n, Diag *d)
{
    const char *all = "";

    for (int i = 0; i < n; i++)
        all = arena_printf(a, "%s %s", all, name[i]);
    diag_hint(d, "there is:%s", all);
}

/* A step or one of the other keys; false with a message.  Unknown keys get the nearest one as a
 * hint. */
static bool add(Arena *a, const Setting *s, RtSteps *out, Diag *d)
{
    const char *name[N_INFO + 4], *near;
    Pos pos = { .file = NULL };
    int known = 0;

    for (; known < N_INFO; known++) {
        name[known] = infos[known].name;
        if (!strcmp(s->key, infos[known].name)) {
            if (add_step(s, &infos[known], out))
                return true;
            break;
        }
    }
    for (int i = 0; i < 4 && known == N_INFO; i++) {
        name[N_INFO + i] = other_keys[i];
        if (!strcmp(s->key, other_keys[i])) {
            if (add_other(s, out))
                return true;
            known = -1;
        }
    }
    if (known != N_INFO) {
        diag_error(d, pos, "the values of '%s' are wrong, or there are too many steps",
                   diag_quote(a, s->key));
        return false;
    }
    diag_error(d, pos, "'%s' is no step of preparing images", diag_quote(a, s->key));
    if ((near = diag_nearest(s->key, name, N_INFO + 4)))
        diag_hint(d, "did you mean '%s'?", near);
    else
        hint_all(a, name, N_INFO + 4, d);
    return false;
}

/* Splits at the commas: a word that begins with a letter begins a setting, another is one more
 * value of the setting before it. */
bool rt_steps_text(Arena *a, const char *text, RtSteps *out, Diag *d)
{
    Setting s = { .key = NULL };
    char *at = arena_strdup(a, text), *word, *equals;
    bool ok = true;

    while ((word = strsep(&at, ","))) {
        if (isalpha((unsigned char)*word)) {
            ok &= !s.key || add(a, &s, out, d);
            s = (Setting){ .key = word };
            equals = strchr(word, '=');
            if (!equals)
                continue;
            *equals = 0;
            word = equals + 1;
        }
        if (!*word && !s.key)
            continue;
        if (!s.key || s.n == MOST) {
            diag_error(d, (Pos){ .file = NULL }, "'%s' belongs to no step", diag_quote(a, word));
            return false;
        }
        s.word[s.n++] = word;
    }
    return (!s.key || add(a, &s, out, d)) && ok;
}

/* The resampler and the jitter are those of Pillow, for bytes. */
bool rt_steps_need_bytes(const RtSteps *s)
{
    for (int i = 0; i < s->n; i++)
        if (s->step[i].kind == ST_RESIZE || s->step[i].kind == ST_RESIZED
            || s->step[i].kind == ST_JITTER)
            return true;
    return false;
}

/* int(size * long / short), as torchvision's resize computes it.  A side beyond RT_MAX_SIDE becomes
 * RT_MAX_SIDE + 1, which the check of the size refuses. */
static void resized_sides(const RtStep *s, int *h, int *w)
{
    int side = (int)s->v[0];

    if (s->n == 2) {
        *h = side;
        *w = (int)s->v[1];
    } else if (*h == 0 || *w == 0)
        *h = *w = 0;
    else {
        int64_t other = (int64_t)side * (*h < *w ? *w : *h) / (*h < *w ? *h : *w);
        int longer = other > RT_MAX_SIDE ? RT_MAX_SIDE + 1 : (int)other;
        bool wide = *h < *w;
        *h = wide ? side : longer;
        *w = wide ? longer : side;
    }
}

/* Sizes of 0 stay 0 until a step gives a size of its own. */
bool rt_steps_size(const RtSteps *s, int *height, int *width, Diag *d)
{
    for (int i = 0; i < s->n; i++) {
        const RtStep *t = &s->step[i];
        int h = (int)t->v[0], w = (int)t->v[1];
        if (t->kind == ST_RESIZE)
            resized_sides(t, height, width);
        else if (t->kind == ST_PAD && *height) {
            *height += 2 * h;
            *width += 2 * h;
        } else if (t->kind == ST_RESIZED)
            *height = *width = h;
        else if (t->kind == ST_CENTER || t->kind == ST_CROP) {
            if (t->kind == ST_CROP && *height && (*height < h || *width < w)) {
                diag_error(d, (Pos){ .file = NULL }, "%dx%d pixels (height x width) cannot be "
                           "cropped from %dx%d", h, w, *height, *width);
                diag_hint(d, "pad=N or resize=N before it makes them more");
                return false;
            }
            *height = h;
            *width = w;
        }
        if ((int64_t)*height * *width > RT_MAX_PIXELS) {
            diag_error(d, (Pos){ .file = NULL }, "images would become too large");
            return false;
        }
    }
    return true;
}

/* What is wrong in the text is said elsewhere. */
bool rt_steps_random(Arena *a, const char *text)
{
    RtSteps s;
    Diag quiet;

    diag_init(&quiet, a);
    rt_steps_none(&s);
    rt_steps_text(a, text ? text : "", &s, &quiet);
    for (int i = 0; i < s.n; i++) {
        RtStepKind k = s.step[i].kind;
        if (k == ST_CROP || k == ST_RESIZED || k == ST_FLIP || k == ST_JITTER)
            return true;
    }
    return false;
}
