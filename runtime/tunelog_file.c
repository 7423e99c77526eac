/* SPDX-License-Identifier: Apache-2.0 */
/* tunelog_file: the tuning log as a file.
 *
 * It may come from anybody, be cut short, or be something else: whatever stands in it, nothing
 * worse happens than that it is not used.  Knobs are texts here, which only the kernels read.
 */
#include "tunelog.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { SCHEMA = 1, MOST_BYTES = 64 << 20, MOST_TEXT = 4096, MOST_GAIN = 1000 };

const char *rt_tune_path(Arena *a, bool make)
{
    const char *dir = rt_cache_dir(a, NULL);

    dir = dir ? arena_printf(a, "%s/tune", dir) : NULL;
    if (dir && make)
        dir = rt_cache_dir(a, dir);
    return dir ? arena_printf(a, "%s/log.json", dir) : NULL;
}

/* For arena_defer. */
static void free_json(void *arg)
{
    json_decref(*(json_t **)arg);
}

/* ---- reading ---- */

/* NULL: it is no text, or an unreasonable one. */
static const char *text_of(Arena *a, const json_t *object, const char *name)
{
    const json_t *t = json_object_get(object, name);

    return json_is_string(t) && json_string_length(t) <= MOST_TEXT
         ? arena_strdup(a, json_string_value(t)) : NULL;
}

/* A list of texts, which may be empty but must be there. */
static bool read_tried(Arena *a, const json_t *object, RtTuned *t)
{
    const json_t *list = json_object_get(object, "tried");

    t->n_tried = json_array_size(list);
    t->tried = arena_new_n(a, const char *, t->n_tried + 1);
    for (size_t i = 0; i < t->n_tried; i++) {
        const json_t *x = json_array_get(list, i);
        if (!json_is_string(x))
            return false;
        t->tried[i] = arena_strdup(a, json_string_value(x));
    }
    return json_is_array(list);
}

/* False: it is no record. */
static bool read_record(Arena *a, const json_t *object, RtTuned *t)
{
    const json_t *gain = json_object_get(object, "gain");

    *t = (RtTuned){
        .key = { text_of(a, object, "cpu"), text_of(a, object, "features"),
                 text_of(a, object, "compiler"), text_of(a, object, "target"),
                 text_of(a, object, "kernel"), text_of(a, object, "shape") },
        .rule = text_of(a, object, "rule"), .knobs = text_of(a, object, "knobs"),
        .gain = json_number_value(gain),
        .sure = json_is_true(json_object_get(object, "sure")),
    };
    return t->key.cpu && t->key.features && t->key.compiler && t->key.target && t->key.kernel
        && t->key.shape && t->rule && t->knobs && t->gain > 0 && t->gain < MOST_GAIN
        && read_tried(a, object, t);
}

/* Of two records with one key the later one counts. */
static void read_records(Arena *a, const char *path, const json_t *list, RtTuneLog *out, Diag *d)
{
    size_t n = json_array_size(list), bad = 0;
    RtTuned t;

    for (size_t i = 0; i < n; i++) {
        if (!read_record(a, json_array_get(list, i), &t))
            bad++;
        else
            *rt_tune_add(a, out, &t.key) = t;
    }
    if (bad)
        diag_note(d, (Pos){ .file = path }, "%zu of %zu records of this tuning log are damaged, "
                  "and ignored", bad, n);
}

/* Reasons are told as notes: one does without. */
bool rt_tune_parse(Arena *a, const char *path, Bytes text, RtTuneLog *out, Diag *d)
{
    json_t **held = arena_new(a, json_t *), *records;
    const char *why = "it is no tuning log";
    json_error_t e;

    memset(out, 0, sizeof *out);
    arena_defer(a, free_json, held);
    if (text.n <= MOST_BYTES)
        *held = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &e);
    records = json_object_get(*held, "records");
    if (*held && json_integer_value(json_object_get(*held, "schema")) > SCHEMA)
        why = "it is of a later version";
    else if (*held && json_is_array(records)) {
        read_records(a, path, records, out, d);
        return true;
    } else if (!*held) {
        why = "it is damaged";
    }
    diag_note(d, (Pos){ .file = path }, "the tuning log is ignored: %s", why);
    return false;
}

bool rt_tune_read(Arena *a, const char *path, RtTuneLog *out, Diag *d)
{
    Bytes text;
    Diag quiet;

    memset(out, 0, sizeof *out);
    if (access(path, F_OK))
        return true;
    diag_init(&quiet, a);
    if (file_read(a, path, &text, &quiet))
        return rt_tune_parse(a, path, text, out, d);
    diag_note(d, (Pos){ .file = path }, "the tuning log cannot be read, and is ignored");
    return false;
}

/* ---- writing ---- */

/* A member that is not the first one. */
static void put(Buf *b, const char *name, const char *text)
{
    buf_printf(b, ", \"%s\": ", name);
    buf_json(b, text);
}

/* A line each, so that logs can be compared and searched with the tools for texts. */
static void put_record(Buf *b, const RtTuned *t)
{
    buf_str(b, "{\"compiler\": ");
    buf_json(b, t->key.compiler);
    put(b, "cpu", t->key.cpu);
    put(b, "features", t->key.features);
    buf_str(b, ", \"gain\": ");
    buf_double(b, (double)(int64_t)(t->gain * 10000 + 0.5) / 10000);
    put(b, "kernel", t->key.kernel);
    put(b, "knobs", t->knobs);
    put(b, "rule", t->rule);
    put(b, "shape", t->key.shape);
    buf_printf(b, ", \"sure\": %s", t->sure ? "true" : "false");
    put(b, "target", t->key.target);
    buf_str(b, ", \"tried\": [");
    for (size_t i = 0; i < t->n_tried; i++) {
        buf_str(b, i ? ", " : "");
        buf_json(b, t->tried[i]);
    }
    buf_str(b, "]}");
}

/* For qsort: all of a CPU together, and of it all of a compiler. */
static int by_key(const void *x, const void *y)
{
    const RtTuneKey *a = &((const RtTuned *)x)->key, *b = &((const RtTuned *)y)->key;
    const char *const p[] = { a->cpu, a->features, a->compiler, a->target, a->kernel, a->shape };
    const char *const q[] = { b->cpu, b->features, b->compiler, b->target, b->kernel, b->shape };
    int c = 0;

    for (int i = 0; i < 6 && c == 0; i++)
        c = strcmp(p[i], q[i]);
    return c;
}

/* Numbers have a point whatever the locale: buf_double sees to it. */
void rt_tune_text(Arena *a, const RtTuneLog *log, Buf *b)
{
    RtTuned *sorted = arena_new_n(a, RtTuned, log->n);

    if (log->n)
        memcpy(sorted, log->list, log->n * sizeof *sorted);
    qsort(sorted, log->n, sizeof *sorted, by_key);
    buf_printf(b, "{\"schema\": %d, \"records\": [", SCHEMA);
    for (size_t i = 0; i < log->n; i++) {
        buf_str(b, i ? ",\n" : "\n");
        put_record(b, &sorted[i]);
    }
    buf_str(b, "\n]}\n");
}

bool rt_tune_write(Arena *a, const char *path, const RtTuneLog *log, Diag *d)
{
    OutFile *f = file_create(a, path, d);

    if (!f)
        return false;
    rt_tune_text(a, log, file_buf(f));
    return file_commit(f, d);
}

/* The log is replaced, not written into, so what is locked is its folder; the lock goes with the
 * process at the latest.  -1: a file system without locks, or somebody wants to stop: without. */
static int lock_folder(Arena *a, const char *path)
{
    const char *dir = path_dir(a, path);
    int fd = open(*dir ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0 && flock(fd, LOCK_EX)) {
        close(fd);
        return -1;
    }
    return fd;
}

bool rt_tune_update(Arena *a, const char *path, const RtTuneLog *log, Diag *d)
{
    int lock = lock_folder(a, path);
    RtTuneLog file;
    Diag quiet;
    bool ok;

    diag_init(&quiet, a);                      /* each time it would say the same */
    ok = rt_tune_read(a, path, &file, &quiet);
    if (ok) {
        rt_tune_merge(a, &file, log);
        ok = rt_tune_write(a, path, &file, d);
    } else {
        diag_error(d, (Pos){ .file = path },
                   "is not written over: remove it, or name another --log");
    }
    if (lock >= 0)
        close(lock);
    return ok;
}
