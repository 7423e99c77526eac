/* SPDX-License-Identifier: Apache-2.0 */
/* settings: preprocessing as users write it, in MODEL.json or on the command line.
 *
 * Both become the same thing, a key with a list of words, and one table reads the words.  Numbers
 * may be fractions (1/255), which JSON holds as strings.
 */
#include "preprocess.h"
#include "base/number.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_WORDS = 3 };

/* key=word,word,word */
typedef struct Setting {
    const char *key;
    const char *word[MAX_WORDS];
    size_t n;
} Setting;

void rt_preprocess_default(RtPreprocess *p)
{
    static const RtPreprocess start = { .std = { 1, 1, 1 }, .scale = 1 };

    *p = start;
    p->filter = rt_filter("bilinear");
}

/* ---- one reader per kind of value; false: the words are wrong ---- */

/* One or two numbers of pixels; side[1] is 0 when there is one. */
static bool read_sides(const Setting *s, int64_t side[2])
{
    double x;

    side[1] = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (i > 1 || !number_fraction(s->word[i], &x) || x < 1 || x > RT_MAX_SIDE || x != floor(x))
            return false;
        side[i] = (int64_t)x;
    }
    return s->n > 0;
}

static bool read_resize(const Setting *s, RtPreprocess *p)
{
    return read_sides(s, p->resize);
}

/* One number is a square. */
static bool read_crop(const Setting *s, RtPreprocess *p)
{
    bool ok = read_sides(s, p->crop);

    if (s->n == 1)
        p->crop[1] = p->crop[0];
    return ok;
}

/* One number for all channels, or one each. */
static bool read_channels(const Setting *s, double x[3])
{
    if (s->n != 1 && s->n != 3)
        return false;
    for (size_t c = 0; c < 3; c++)
        if (!number_fraction(s->word[s->n == 3 ? c : 0], &x[c]))
            return false;
    return true;
}

static bool read_mean(const Setting *s, RtPreprocess *p)
{
    return read_channels(s, p->mean);
}

/* What is divided by. */
static bool read_std(const Setting *s, RtPreprocess *p)
{
    return read_channels(s, p->std) && p->std[0] != 0 && p->std[1] != 0 && p->std[2] != 0;
}

static bool read_scale(const Setting *s, RtPreprocess *p)
{
    return s->n == 1 && number_fraction(s->word[0], &p->scale);
}

/* Words: filters, orders, layouts. */
static bool read_filter(const Setting *s, RtPreprocess *p)
{
    return s->n == 1 && (p->filter = rt_filter(s->word[0])) != NULL;
}

/* The place of the only word in a list of n, or -1. */
static int read_word(const Setting *s, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (s->n == 1 && !strcmp(s->word[0], list[i]))
            return i;
    return -1;
}

static bool read_order(const Setting *s, RtPreprocess *p)
{
    static const char *const list[] = { [RT_RGB] = "RGB", [RT_BGR] = "BGR", [RT_GRAY] = "GRAY" };
    int i = read_word(s, list, 3);

    p->order = (RtOrder)(i < 0 ? 0 : i);
    return i >= 0;
}

static bool read_layout(const Setting *s, RtPreprocess *p)
{
    static const char *const list[] = { "NCHW", "NHWC" };
    int i = read_word(s, list, 2);

    p->layout = i == 0 ? RT_NCHW : RT_NHWC;
    return i >= 0;
}

static bool read_rounding(const Setting *s, RtPreprocess *p)
{
    static const char *const list[] = { [RT_TORCHVISION] = "torchvision",
                                        [RT_NEAREST] = "nearest" };
    int i = read_word(s, list, 2);

    p->rounding = (RtRounding)(i < 0 ? 0 : i);
    return i >= 0;
}

static const struct {
    const char *key;
    bool (*read)(const Setting *, RtPreprocess *);
    const char *expects;
} keys[] = {
    { "resize", read_resize, "the short side's pixels, or height and width" },
    { "filter", read_filter, "bilinear, bicubic, lanczos or box" },
    { "crop", read_crop, "pixels, or height and width" },
    { "mean", read_mean, "a number, or one for each of three channels" },
    { "std", read_std, "a number, or one for each of three channels, none of them 0" },
    { "scale", read_scale, "a number or a fraction such as 1/255" },
    { "order", read_order, "RGB, BGR or GRAY" },
    { "layout", read_layout, "NCHW or NHWC" },
    { "rounding", read_rounding, "torchvision or nearest" },
};

enum { N_KEY = sizeof keys / sizeof keys[0] };

/* Finds the key's reader.  Unknown keys are errors, so that a misspelt one is not ignored. */
static bool apply(Arena *a, const Setting *s, RtPreprocess *p, Pos pos, Diag *d)
{
    const char *names[N_KEY], *near;

    for (size_t i = 0; i < N_KEY; i++) {
        names[i] = keys[i].key;
        if (strcmp(s->key, keys[i].key))
            continue;
        if (keys[i].read(s, p))
            return true;
        diag_error(d, pos, "preprocess: %s expects %s", s->key, keys[i].expects);
        return false;
    }
    diag_error(d, pos, "preprocess: there is no setting '%s'; there are resize, filter, crop, "
               "mean, std, scale, order, layout and rounding", diag_quote(a, s->key));
    near = diag_nearest(s->key, names, N_KEY);
    if (near)
        diag_hint(d, "did you mean '%s'?", near);
    return false;
}

/* ---- the command line's text ---- */

/* A word without = continues the list before it: mean=1,2,3,std=4 */
bool rt_preprocess_text(Arena *a, const char *text, RtPreprocess *p, Diag *d)
{
    Pos pos = { .file = NULL };
    char *rest = arena_strdup(a, text), *word, *equals;
    Setting s = { .key = NULL };
    bool ok = true;

    while ((word = strsep(&rest, ","))) {
        equals = strchr(word, '=');
        if (equals) {
            if (s.key)
                ok &= apply(a, &s, p, pos, d);
            *equals = 0;
            s = (Setting){ .key = word, .word = { equals + 1 }, .n = 1 };
        } else if (s.key && s.n < MAX_WORDS) {
            s.word[s.n++] = word;
        } else {
            diag_error(d, pos, "preprocess: '%s' is too much; write key=value,key=value",
                       diag_quote(a, word));
            return false;
        }
    }
    return apply(a, &s, p, pos, d) && ok;
}

/* ---- MODEL.json ---- */

/* 17 digits, so that a number survives the way through text. */
static bool json_word(Arena *a, const json_t *v, const char **out)
{
    if (json_is_string(v))
        *out = json_string_value(v);
    else if (json_is_number(v))
        *out = arena_printf(a, "%.17g", json_number_value(v));
    else
        return false;
    return true;
}

/* A word, or a list of up to three. */
static bool json_setting(Arena *a, const json_t *v, Setting *s)
{
    if (!json_is_array(v)) {
        s->n = 1;
        return json_word(a, v, &s->word[0]);
    }
    s->n = json_array_size(v);
    if (s->n > MAX_WORDS)
        return false;
    for (size_t i = 0; i < s->n; i++)
        if (!json_word(a, json_array_get(v, i), &s->word[i]))
            return false;
    return true;
}

/* {"resize": 256, ...}; all its mistakes are told. */
static bool json_preprocess(Arena *a, Pos pos, json_t *object, RtModelFile *out, Diag *d)
{
    const char *key;
    json_t *v;
    bool ok = true;

    if (!json_is_object(object)) {
        diag_error(d, pos, "\"preprocess\" is not an object");
        return false;
    }
    out->has_preprocess = true;
    json_object_foreach(object, key, v) {
        Setting s = { .key = key };
        if (!json_setting(a, v, &s))
            s.n = 0;                 /* no reader takes an empty list: it says what it expects */
        ok &= apply(a, &s, &out->preprocess, pos, d);
    }
    return ok;
}

/* The labels stand beside the model or below it, so that a model's folder can be moved. */
static bool json_labels(Arena *a, Pos pos, const json_t *v, RtModelFile *out, Diag *d)
{
    const char *s = json_string_value(v);

    if (!s || !*s || *s == '/' || strstr(s, "..")) {
        diag_error(d, pos, "\"labels\" is not the name of a file in this folder");
        return false;
    }
    out->labels = arena_printf(a, "%s%s", path_dir(a, pos.file), s);
    return true;
}

static bool json_softmax(Pos pos, const json_t *v, RtModelFile *out, Diag *d)
{
    if (!json_is_boolean(v)) {
        diag_error(d, pos, "\"softmax\" is neither true nor false");
        return false;
    }
    out->softmax = json_is_true(v);
    return true;
}

/* The keys of the file itself. */
static bool json_top(Arena *a, Pos pos, json_t *root, RtModelFile *out, Diag *d)
{
    const char *key;
    json_t *v;
    bool ok = true;

    json_object_foreach(root, key, v) {
        if (!strcmp(key, "preprocess"))
            ok &= json_preprocess(a, pos, v, out, d);
        else if (!strcmp(key, "labels"))
            ok &= json_labels(a, pos, v, out, d);
        else if (!strcmp(key, "softmax"))
            ok &= json_softmax(pos, v, out, d);
        else {
            diag_error(d, pos, "there is no key '%s' here; there are preprocess, labels and "
                       "softmax", diag_quote(a, key));
            ok = false;
        }
    }
    return ok;
}

/* jansson's memory is its own; it goes with the arena. */
static void drop_json(void *root)
{
    json_decref(root);
}

/* Starts from the defaults, so that a file with one key is a whole one. */
bool rt_model_file(Arena *a, const char *model_path, RtModelFile *out, Diag *d)
{
    const char *path = arena_printf(a, "%s%s.json", path_dir(a, model_path),
                                    path_stem(a, model_path));
    Pos pos = { .file = path };
    json_error_t e;
    json_t *root;
    Bytes text;

    memset(out, 0, sizeof *out);
    out->softmax = -1;
    rt_preprocess_default(&out->preprocess);
    if (access(path, F_OK))
        return true;
    if (!file_read(a, path, &text, d))
        return false;
    root = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &e);
    if (root)
        arena_defer(a, drop_json, root);
    if (json_is_object(root))
        return json_top(a, pos, root, out, d);
    if (!root) {
        diag_source(d, path, (const char *)text.p, text.n);
        pos.line = e.line > 0 ? (uint32_t)e.line : 1;
        pos.col = e.column > 0 ? (uint32_t)e.column : 1;
    }
    diag_error(d, pos, "is not a JSON object: %s", root ? "it is something else" : e.text);
    return false;
}
