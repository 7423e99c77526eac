/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint: what stands in the file, once, as a table of texts; reading and writing go by it.
 *
 * Doubles are written in C's %a, which loses no bit.
 */
#include "checkpoint.h"

#include "base/number.h"
#include "build.h"
#include "safetensors.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static const char FORMAT[] = "mnc checkpoint 1";
enum { HASH_DIGITS = 32 };

/* ---- numbers as texts ---- */

typedef enum { I64, U64, F64 } Kind;

typedef struct Field {
    const char *key;
    Kind kind;
    size_t at;                     /* in RtCheckpoint */
} Field;

#define HEAD(member, kind) { "head." #member, kind, offsetof(RtCheckpoint, head.member) }
#define PLACE(member, kind) { "at." #member, kind, offsetof(RtCheckpoint, at.member) }
static const Field fields[] = {
    HEAD(layout, U64), HEAD(step, I64), HEAD(beta1_power, F64), HEAD(beta2_power, F64),
    HEAD(rate, F64), HEAD(momentum, F64), HEAD(decay, F64), HEAD(beta1, F64), HEAD(beta2, F64),
    HEAD(eps, F64), HEAD(clip, F64), HEAD(smoothing, F64), HEAD(statistics, F64),
    HEAD(average, F64),
    PLACE(epoch, I64), PLACE(index, I64), PLACE(seed, I64), PLACE(samples, I64),
    PLACE(batch, I64), PLACE(tests_without_better, I64), PLACE(best, F64), PLACE(loss, F64),
    PLACE(seen, I64), PLACE(top1, I64), PLACE(seconds, F64), PLACE(epoch_seconds, F64),
    { "mnc.parameters", I64, offsetof(RtCheckpoint, n_param) },
    { "mnc.averages", I64, offsetof(RtCheckpoint, n_average) },
};
enum { N_FIELD = sizeof fields / sizeof fields[0] };

static const char *field_text(Arena *a, const Field *f, const RtCheckpoint *base)
{
    const char *p = (const char *)base + f->at;
    union { int64_t i; uint64_t u; double d; } v;

    memcpy(&v, p, sizeof v);
    switch (f->kind) {
    case I64: return arena_printf(a, "%" PRId64, v.i);
    case U64: return arena_printf(a, "%" PRIu64, v.u);
    default:  return arena_printf(a, "%a", v.d);
    }
}

static bool read_field(const Field *f, const char *text, RtCheckpoint *base)
{
    char *p = (char *)base + f->at, *end = NULL;
    union { int64_t i; uint64_t u; double d; } v;

    switch (f->kind) {
    case I64: v.i = strtoll(text, &end, 10); break;
    case U64: v.u = strtoull(text, &end, 10); break;
    default:  v.d = number_read(text, &end); break;
    }
    memcpy(p, &v, sizeof v);
    return end != text && !*end;
}

/* ---- the hash ---- */

static void hash_digits(const unsigned char *file, size_t n, char out[HASH_DIGITS + 1])
{
    XXH128_hash_t h = XXH3_128bits(file, n);

    snprintf(out, HASH_DIGITS + 1, "%016" PRIx64 "%016" PRIx64, (uint64_t)h.high64,
             (uint64_t)h.low64);
}

/* Where the hash's digits stand: behind the key, which the writer puts in front of all names that a
 * model could choose. */
static size_t hash_place(const unsigned char *p, size_t n)
{
    static const char key[] = "\"mnc.hash\":\"";
    const size_t k = sizeof key - 1;
    const unsigned char *at = memmem(p, n, key, k);

    return at && (size_t)(at - p) + k + HASH_DIGITS <= n ? (size_t)(at - p) + k : 0;
}

static bool whole(Arena *a, Bytes file)
{
    size_t at = hash_place(file.p, file.n);
    unsigned char *copy;
    char digits[HASH_DIGITS + 1];

    if (!at)
        return false;
    copy = arena_alloc(a, file.n);
    memcpy(copy, file.p, file.n);
    memset(copy + at, '0', HASH_DIGITS);
    hash_digits(copy, file.n, digits);
    return !memcmp(digits, file.p + at, HASH_DIGITS);
}

/* ---- reading ---- */

static const char *value_of(const RtTexts *m, const char *key)
{
    for (size_t i = 0; i < m->n; i++)
        if (!strcmp(m->t[i].key, key))
            return m->t[i].value;
    return NULL;
}

bool rt_is_checkpoint(Arena *a, Bytes file)
{
    Arena *scratch = rt_scratch(a);
    RtTexts m;
    const char *format;
    bool is;

    is = rt_read_metadata(scratch, file, &m) && (format = value_of(&m, "mnc.format"))
        && !strncmp(format, FORMAT, strlen("mnc checkpoint"));
    arena_destroy(scratch);
    return is;
}

/* The hash has been checked, so what is missing was never there. */
static bool read_fields(const RtTexts *m, RtCheckpoint *out)
{
    for (int i = 0; i < N_FIELD; i++) {
        const char *text = value_of(m, fields[i].key);
        if (!text || !read_field(&fields[i], text, out))
            return false;
    }
    return true;
}

bool rt_checkpoint_read(Arena *a, const char *path, RtCheckpoint *out, Diag *d)
{
    Bytes file;

    return file_read(a, path, &file, d) && rt_checkpoint_parse(a, path, file, out, d);
}

bool rt_checkpoint_parse(Arena *a, const char *path, Bytes file, RtCheckpoint *out, Diag *d)
{
    Pos pos = { .file = path };
    const char *format;
    RtTexts m;

    memset(out, 0, sizeof *out);
    out->path = path;
    if (!whole(a, file)) {
        diag_error(d, pos, rt_read_metadata(a, file, &m) && value_of(&m, "mnc.format")
                               ? "is damaged: its content is not what was written"
                               : "is no checkpoint, or only a part of one");
        return false;
    }
    if (!rt_read_metadata(a, file, &m) || !(format = value_of(&m, "mnc.format"))
        || strcmp(format, FORMAT) || !read_fields(&m, out)) {
        diag_error(d, pos, "is a checkpoint of another version");
        return false;
    }
    out->net = value_of(&m, "mnc.net");
    out->texts = m;
    if (!rt_read_safetensors(a, path, file, &out->tensors, d))
        return false;
    if (out->n_param < 0 || (size_t)out->n_param > out->tensors.n)
        out->n_param = (int64_t)out->tensors.n;
    return true;
}

static const RtTensor *find(const RtTensors *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->t[i].name, name))
            return &list->t[i];
    return NULL;
}

static bool kept(const mnc_slot *s)
{
    return s->kind != MNC_SLOT_GRADIENT && s->kind != MNC_SLOT_SCORES;
}

/* layout is a hash of the slots, so that one test tells; the slots' own are for a file that was
 * made to deceive. */
bool rt_checkpoint_load(Arena *a, const RtCheckpoint *c, RtTrainer *t, Diag *d)
{
    Pos pos = { .file = c->path };

    if (c->head.layout != t->head->layout) {
        diag_error(d, pos, "belongs to another net, or to another optimiser: '%s', not this '%s' "
                   "with %s", diag_quote(a, c->net ? c->net : "?"), diag_quote(a, t->net->name),
                   t->api->optimizer);
        return false;
    }
    for (int i = 0; i < t->api->n_slot; i++) {
        const mnc_slot *s = &t->api->slot[i];
        const RtTensor *from = find(&c->tensors, s->tensor.name);
        if (!kept(s))
            continue;
        if (!from || from->dtype != s->tensor.dtype || from->bytes != s->tensor.bytes
            || !rt_same_shape(from, s->tensor.rank, s->tensor.dim)) {
            diag_error(d, pos, "has no '%s' of the net's shape", diag_quote(a, s->tensor.name));
            return false;
        }
        memcpy(rt_trainer_data(t, s), from->data, from->bytes);
    }
    *t->head = c->head;
    return true;
}

/* ---- writing ---- */

static bool is_finite(const RtTensor *t)
{
    for (int64_t i = 0, n = rt_count(t); i < n; i++)
        if (!isfinite(rt_element(t, i)))
            return false;
    return true;
}

static void add_slots(const RtTrainer *t, int kind, RtTensors *out)
{
    for (int i = 0; i < t->api->n_slot; i++) {
        const mnc_slot *s = &t->api->slot[i];
        RtTensor *to = &out->t[out->n];
        if (s->kind != kind
            || !rt_tensor_shape(to, s->tensor.dtype, s->tensor.rank, s->tensor.dim))
            continue;
        to->name = s->tensor.name;
        to->data = rt_trainer_data(t, s);
        out->n++;
    }
}

/* Also counts them, for the texts. */
static RtTensors tensors_of(Arena *a, const RtTrainer *t, const RtTensors *frozen,
                            RtCheckpoint *count)
{
    RtTensors out = { arena_new_n(a, RtTensor, (size_t)t->api->n_slot + frozen->n + 1), 0 };

    add_slots(t, MNC_SLOT_PARAM, &out);
    add_slots(t, MNC_SLOT_STATISTIC, &out);
    for (size_t i = 0; i < frozen->n; i++)
        if (!rt_trainer_slot(t, frozen->t[i].name))
            out.t[out.n++] = frozen->t[i];
    count->n_param = (int64_t)out.n;
    add_slots(t, MNC_SLOT_AVERAGE, &out);
    count->n_average = (int64_t)out.n - count->n_param;
    add_slots(t, MNC_SLOT_MOMENT, &out);
    return out;
}

static RtTexts texts_of(Arena *a, const RtTrainer *t, const RtTexts *extra,
                        const RtCheckpoint *count)
{
    RtTexts m = { arena_new_n(a, RtText, N_FIELD + 4 + extra->n), 0 };

    m.t[m.n++] = (RtText){ "mnc.hash", arena_printf(a, "%0*d", HASH_DIGITS, 0) };
    m.t[m.n++] = (RtText){ "mnc.format", FORMAT };
    m.t[m.n++] = (RtText){ "mnc.net", t->net->name };
    m.t[m.n++] = (RtText){ "mnc.optimizer", t->api->optimizer };
    for (int i = 0; i < N_FIELD; i++)
        m.t[m.n++] = (RtText){ fields[i].key, field_text(a, &fields[i], count) };
    for (size_t i = 0; i < extra->n; i++)
        m.t[m.n++] = extra->t[i];
    return m;
}

static bool all_finite(Arena *a, const char *path, const RtTensors *list, Diag *d)
{
    for (size_t i = 0; i < list->n; i++)
        if (!is_finite(&list->t[i])) {
            diag_error(d, (Pos){ .file = path }, "is not written: '%s' has values that are not "
                       "finite", diag_quote(a, list->t[i].name));
            return false;
        }
    return true;
}

bool rt_checkpoint_write(Arena *a, const char *path, const RtTrainer *t, const RtExtra *extra,
                         const RtPosition *at, Diag *d)
{
    Arena *scratch = rt_scratch(a);
    RtCheckpoint c = { .head = *t->head, .at = *at };
    RtTensors list = tensors_of(scratch, t, &extra->frozen, &c);
    RtTexts texts = texts_of(scratch, t, &extra->texts, &c);
    char digits[HASH_DIGITS + 1];
    OutFile *f;
    Buf b;
    bool ok = all_finite(scratch, path, &list, d);

    if (ok) {
        buf_init(&b, scratch);
        rt_write_safetensors(&b, &list, &texts);
        hash_digits((unsigned char *)b.p, b.n, digits);
        memcpy(b.p + hash_place((unsigned char *)b.p, b.n), digits, HASH_DIGITS);
        f = file_create(scratch, path, d);
        if (f)
            buf_put(file_buf(f), b.p, b.n);
        ok = f && file_commit(f, d);
    }
    arena_destroy(scratch);
    return ok;
}

void rt_checkpoint_params(Arena *a, const RtCheckpoint *c, RtTensors *out)
{
    size_t n = (size_t)c->n_param, end = n + (size_t)c->n_average;

    out->n = n < c->tensors.n ? n : c->tensors.n;
    out->t = arena_new_n(a, RtTensor, out->n + 1);
    memcpy(out->t, c->tensors.t, out->n * sizeof *out->t);
    for (size_t k = n; k < end && k < c->tensors.n; k++)
        for (size_t i = 0; i < out->n; i++)
            if (!strcmp(arena_printf(a, "%s.average", out->t[i].name), c->tensors.t[k].name))
                out->t[i].data = c->tensors.t[k].data;
}

const char *rt_checkpoint_text(const RtCheckpoint *c, const char *key)
{
    return value_of(&c->texts, key);
}
