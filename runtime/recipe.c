/* SPDX-License-Identifier: Apache-2.0 */
/* recipe: one table of keys; JSON and command line both come down to it.
 *
 * needs: values as JSON scalars, or arrays of them.  A text from the command line is made a scalar
 * first (number, true, false, or a string), so that there is one reader per type of value.
 */
#include "recipe.h"
#include "base/number.h"

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef enum { REAL, COUNT, FLAG, WORD, TEXT, TEXTS, PAIR } Type;

typedef struct Key {
    const char *name;
    size_t at;                     /* in RtRecipe */
    Type type;
    const char *words;             /* WORD: "sgd adam adamw", in the order of the enum */
    double low, high;              /* REAL, COUNT, PAIR: what is allowed */
} Key;

#define AT(member) offsetof(RtRecipe, member)
static const Key keys[] = {
    { "net", AT(net), TEXT, NULL, 0, 0 },
    { "data", AT(data), TEXT, NULL, 0, 0 },
    { "define", AT(define), TEXTS, NULL, 0, 0 },
    { "optimizer.kind", AT(optimizer), WORD, "sgd adam adamw", 0, 0 },
    { "optimizer.learning_rate", AT(schedule.rate), REAL, NULL, 0, 1e38 },
    { "optimizer.momentum", AT(momentum), REAL, NULL, 0, 1 },
    { "optimizer.weight_decay", AT(decay), REAL, NULL, 0, 1e6 },
    { "optimizer.nesterov", AT(nesterov), FLAG, NULL, 0, 0 },
    { "optimizer.betas", AT(betas), PAIR, NULL, 0, 1 },
    { "optimizer.eps", AT(eps), REAL, NULL, 0, 1 },
    { "schedule.kind", AT(schedule.kind), WORD,
      "constant step exponential cosine one_cycle", 0, 0 },
    { "schedule.unit", AT(schedule.unit), WORD, "auto step epoch", 0, 0 },
    { "schedule.total_steps", AT(schedule.total), COUNT, NULL, 1, 1e15 },
    { "schedule.total_epochs", AT(schedule_epochs), REAL, NULL, 0, 1e9 },
    { "schedule.gamma", AT(schedule.gamma), REAL, NULL, 0, 1e6 },
    { "schedule.step_size", AT(schedule.step_size), COUNT, NULL, 1, 1e15 },
    { "schedule.eta_min", AT(schedule.eta_min), REAL, NULL, 0, 1e6 },
    { "schedule.warmup_steps", AT(schedule.warmup), COUNT, NULL, 0, 1e15 },
    { "schedule.warmup_epochs", AT(warmup_epochs), REAL, NULL, 0, 1e9 },
    { "schedule.warmup_factor", AT(schedule.warmup_factor), REAL, NULL, 0, 1 },
    { "schedule.max_learning_rate", AT(schedule.max_rate), REAL, NULL, 0, 1e38 },
    { "schedule.pct_start", AT(schedule.pct_start), REAL, NULL, 0, 1 },
    { "schedule.div_factor", AT(schedule.div_factor), REAL, NULL, 1e-9, 1e15 },
    { "schedule.final_div_factor", AT(schedule.final_div_factor), REAL, NULL, 1e-9, 1e15 },
    { "schedule.anneal", AT(schedule.linear), WORD, "cos linear", 0, 0 },
    { "schedule.cycle_momentum", AT(schedule.cycle_momentum), FLAG, NULL, 0, 0 },
    { "schedule.base_momentum", AT(schedule.base_momentum), REAL, NULL, 0, 1 },
    { "schedule.max_momentum", AT(schedule.max_momentum), REAL, NULL, 0, 1 },
    { "loss", AT(loss), WORD, "cross_entropy probabilities", 0, 0 },
    { "label_smoothing", AT(smoothing), REAL, NULL, 0, 1 },
    { "clip_norm", AT(clip), REAL, NULL, 0, 1e30 },
    { "bn_momentum", AT(bn_momentum), REAL, NULL, 0, 1 },
    { "average", AT(average), REAL, NULL, 0, 1 },
    { "trainable", AT(trainable), TEXTS, NULL, 0, 0 },
    { "freeze", AT(freeze), TEXTS, NULL, 0, 0 },
    { "cache_features", AT(cache_features), FLAG, NULL, 0, 0 },
    { "eval_mode", AT(eval_mode), TEXTS, NULL, 0, 0 },
    { "augment", AT(augment), TEXT, NULL, 0, 0 },
    { "test_augment", AT(test_augment), TEXT, NULL, 0, 0 },
    { "normalise", AT(normalise), TEXT, NULL, 0, 0 },
    { "share", AT(share), REAL, NULL, 1e-6, 1 },
    { "shuffle", AT(shuffle), FLAG, NULL, 0, 0 },
    { "batch", AT(batch), COUNT, NULL, 1, 1e6 },
    { "workers", AT(workers), COUNT, NULL, 0, 256 },
    { "seed", AT(seed), COUNT, NULL, 0, 9e15 },
    { "bad_images", AT(bad), WORD, "stop skip later", 0, 0 },
    { "epochs", AT(epochs), COUNT, NULL, 1, 1e9 },
    { "steps", AT(steps), COUNT, NULL, 1, 1e15 },
    { "report_every", AT(report_every), COUNT, NULL, 0, 1e15 },
    { "test_every", AT(test_every), COUNT, NULL, 0, 1e15 },
    { "test_batches", AT(test_batches), COUNT, NULL, 0, 1e15 },
    { "patience", AT(patience), COUNT, NULL, 0, 1e9 },
    { "save_every", AT(save_every), COUNT, NULL, 0, 1e15 },
    { "keep", AT(keep), COUNT, NULL, 1, 1000 },
    { "log_format", AT(log_format), WORD, "plain step epoch iter", 0, 0 },
};
enum { N_KEY = sizeof keys / sizeof keys[0] };

/* What the reader of one file, or of one option, works with. */
typedef struct Reader {
    Arena *a;
    Pos pos;
    RtRecipe *r;
    Diag *d;
} Reader;

void rt_recipe_default(RtRecipe *r)
{
    memset(r, 0, sizeof *r);
    r->betas[0] = .9;
    r->betas[1] = .999;
    r->eps = 1e-8;
    r->bn_momentum = -1;
    rt_schedule_default(&r->schedule);
    r->schedule.rate = 1e-3;
    r->shuffle = true;
    r->workers = 1;
    r->keep = 2;
}

/* ---- one reader per type; NULL, or what the key wants instead ---- */

static bool in_range(const Key *k, const json_t *v)
{
    double x = json_number_value(v);

    return json_is_number(v) && isfinite(x) && x >= k->low && x <= k->high
        && (k->type != COUNT || x == floor(x));
}

static const char *range_text(Reader *r, const Key *k)
{
    return arena_printf(r->a, "%s%s from %g to %g", k->type == PAIR ? "two numbers" : "a ",
                        k->type == PAIR ? "" : k->type == COUNT ? "whole number" : "number",
                        k->low, k->high);
}

static const char *read_number(Reader *r, const Key *k, const json_t *v, void *to)
{
    if (!in_range(k, v))
        return range_text(r, k);
    if (k->type == COUNT)
        *(int64_t *)to = (int64_t)json_number_value(v);
    else
        *(double *)to = json_number_value(v);
    return NULL;
}

static const char *read_pair(Reader *r, const Key *k, const json_t *v, void *to)
{
    double *out = to;

    if (json_array_size(v) != 2)
        return range_text(r, k);
    for (size_t i = 0; i < 2; i++) {
        if (!in_range(k, json_array_get(v, i)))
            return range_text(r, k);
        out[i] = json_number_value(json_array_get(v, i));
    }
    return NULL;
}

/* A word's place in the list; bool members are words of two. */
static const char *read_word(Reader *r, const Key *k, const json_t *v, void *to)
{
    const char *word = json_string_value(v), *p = k->words;
    bool small = k->at == AT(schedule.linear);

    for (int i = 0; word && *p; i++) {
        size_t n = strcspn(p, " ");
        if (strlen(word) == n && !memcmp(p, word, n)) {
            if (small)
                *(bool *)to = i > 0;
            else
                *(int *)to = i;
            return NULL;
        }
        p += n + (p[n] == ' ');
    }
    return arena_printf(r->a, "one of: %s", k->words);
}

static const char *read_texts(Reader *r, const json_t *v, void *to)
{
    size_t n = json_is_array(v) ? json_array_size(v) : 1;
    const char **out = arena_new_n(r->a, const char *, n + 1);

    for (size_t i = 0; i < n; i++) {
        const json_t *e = json_is_array(v) ? json_array_get(v, i) : v;
        if (!json_is_string(e))
            return "a text, or a list of texts";
        out[i] = arena_strdup(r->a, json_string_value(e));
    }
    *(const char *const **)to = out;
    return NULL;
}

static const char *read_value(Reader *r, const Key *k, const json_t *v)
{
    void *to = (char *)r->r + k->at;

    switch (k->type) {
    case REAL:
    case COUNT: return read_number(r, k, v, to);
    case PAIR:  return read_pair(r, k, v, to);
    case WORD:  return read_word(r, k, v, to);
    case TEXTS: return read_texts(r, v, to);
    case FLAG:
        if (!json_is_boolean(v))
            return "true or false";
        *(bool *)to = json_is_true(v);
        return NULL;
    default:
        if (!json_is_string(v))
            return "a text";
        *(const char **)to = arena_strdup(r->a, json_string_value(v));
        return NULL;
    }
}

/* ---- keys ---- */

static const Key *find_key(const char *name)
{
    for (int i = 0; i < N_KEY; i++)
        if (!strcmp(keys[i].name, name))
            return &keys[i];
    return NULL;
}

/* The keys of the same group, or those without one: what could have been meant. */
static const char *key_list(Reader *r, const char *group, size_t n)
{
    Buf b;

    buf_init(&b, r->a);
    for (int i = 0; i < N_KEY; i++) {
        const char *dot = strchr(keys[i].name, '.');
        if (n ? dot && !strncmp(keys[i].name, group, n) && keys[i].name[n] == '.' : true)
            buf_printf(&b, "%s%s", b.n ? " " : "", n ? dot + 1 : keys[i].name);
    }
    return b.p;
}

static bool set_key(Reader *r, const char *key, const json_t *v)
{
    const char *wants, *dot = strchr(key, '.');
    const Key *k = find_key(key);

    if (!k) {
        bool group = dot && *key_list(r, key, (size_t)(dot - key));
        diag_error(r->d, r->pos, "a recipe has no '%s'", diag_quote(r->a, key));
        diag_hint(r->d, "there is: %s", key_list(r, key, group ? (size_t)(dot - key) : 0));
        return false;
    }
    wants = read_value(r, k, v);
    if (wants)
        diag_error(r->d, r->pos, "'%s' is %s", key, wants);
    return !wants;
}

/* An object's members are keys of its group. */
static bool set_all(Reader *r, json_t *root)
{
    const char *name, *inner;
    json_t *v, *w;
    bool ok = true;

    json_object_foreach(root, name, v)
        if (json_is_object(v)) {
            json_object_foreach(v, inner, w)
                ok &= set_key(r, arena_printf(r->a, "%s.%s", name, inner), w);
        } else {
            ok &= set_key(r, name, v);
        }
    return ok;
}

static void drop_json(void *held)
{
    json_decref(*(json_t **)held);
}

/* A place whose JSON goes with the arena; made before the JSON, or that would leak where there is
 * no memory left to remember it. */
static json_t **hold_json(Arena *a)
{
    json_t **held = arena_new(a, json_t *);

    arena_defer(a, drop_json, held);
    return held;
}

bool rt_recipe_read(Arena *a, const char *path, RtRecipe *out, Diag *d)
{
    Bytes text;

    return file_read(a, path, &text, d) && rt_recipe_parse(a, path, text, out, d);
}

bool rt_recipe_parse(Arena *a, const char *path, Bytes text, RtRecipe *out, Diag *d)
{
    Reader r = { a, { .file = path }, out, d };
    json_t **held = hold_json(a), *root;
    json_error_t e;

    root = *held = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &e);
    if (json_is_object(root))
        return set_all(&r, root);
    if (!root) {
        diag_source(d, path, (const char *)text.p, text.n);
        r.pos.line = e.line > 0 ? (uint32_t)e.line : 1;
        r.pos.col = e.column > 0 ? (uint32_t)e.column : 1;
    }
    diag_error(d, r.pos, "is not a JSON object: %s", root ? "it is something else" : e.text);
    return false;
}

/* ---- texts ---- */

/* One word of a text as the JSON scalar that its key can read. */
static json_t *scalar(const Key *k, const char *text)
{
    bool as_text = k && (k->type == TEXT || k->type == TEXTS || k->type == WORD);
    char *end;
    double x = number_read(text, &end);

    if (!as_text && (!strcmp(text, "true") || !strcmp(text, "false")))
        return json_boolean(*text == 't');
    if (!as_text && *text && !*end && isfinite(x))
        return json_real(x);
    return json_string(text);
}

/* Commas part the texts of a list and the numbers of a pair; in other values they mean something
 * of their own. */
static json_t *value_of(Reader *r, const Key *k, const char *text)
{
    json_t **held = hold_json(r->a);

    if (!k || (k->type != TEXTS && k->type != PAIR))
        return *held = scalar(k, text);
    *held = json_array();
    for (;;) {
        size_t n = strcspn(text, ",");
        json_array_append_new(*held, scalar(k, arena_strndup(r->a, text, n)));
        if (!text[n])
            return *held;
        text += n + 1;
    }
}

static bool set_text(Reader *r, const char *key, const char *text)
{
    json_t *v = value_of(r, find_key(key), text);

    if (!v) {
        diag_error(r->d, r->pos, "'%s' is no UTF-8 text", key);
        return false;
    }
    return set_key(r, key, v);
}

/* Where a member of a group ends: at the comma in front of the next NAME=, so that a pair may have
 * a comma of its own. */
static size_t member_length(const char *s)
{
    size_t n = strcspn(s, ",");

    while (s[n] && !memchr(s + n + 1, '=', strcspn(s + n + 1, ",")))
        n += 1 + strcspn(s + n + 1, ",");
    return n;
}

bool rt_recipe_set(Arena *a, const char *file, const char *key, const char *text, RtRecipe *out,
                   Diag *d)
{
    Reader r = { a, { .file = file }, out, d };
    const char *p = text;
    bool ok = true;

    if (!find_key(arena_printf(a, "%s.kind", key)))
        return set_text(&r, key, text);
    while (*p) {
        size_t n = member_length(p), name = strcspn(p, "=,");
        if (p[name] == '=')
            ok &= set_text(&r, arena_printf(a, "%s.%.*s", key, (int)name, p),
                           arena_strndup(a, p + name + 1, n - name - 1));
        else
            ok &= set_text(&r, arena_printf(a, "%s.kind", key), arena_strndup(a, p, n = name));
        p += n + (p[n] == ',');
    }
    return ok;
}
