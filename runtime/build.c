/* SPDX-License-Identifier: Apache-2.0 */
/* build: the cache asked, the compiler run in a temporary folder, the folder removed again.
 *
 * Signals are held back as long as the folder exists; whatever ends this function (an error, no
 * memory, Ctrl-C) goes through the arena's cleanups or through its end, both of which remove it.
 */
#include "build.h"
#include "measure.h"

#include "mnc/net.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

/* The temporary folder and the signals that wait for its end. */
typedef struct Workshop {
    char *dir;                   /* NULL: not there */
    const char *c, *out;
    sigset_t before;
} Workshop;

/* A waiting signal strikes when it is let through, after the folder is gone. */
static void close_workshop(void *arg)
{
    Workshop *w = arg;

    if (!w->dir)
        return;
    unlink(w->c);
    unlink(w->out);
    rmdir(w->dir);
    w->dir = NULL;
    rt_release_signals(&w->before);
}

/* Signals first: one between the folder's making and their holding would leave it behind. */
static bool open_workshop(Arena *a, Workshop *w, RtForm form, Diag *d)
{
    const char *env = getenv("TMPDIR"), *tmp = arena_strdup(a, env && *env ? env : "/tmp");
    char *dir = arena_printf(a, "%s/mnc-XXXXXX", tmp);
    Pos pos = { .file = tmp };

    w->c = arena_printf(a, "%s/net.c", dir);
    w->out = arena_printf(a, "%s/net.%s", dir, rt_form[form].suffix);
    arena_defer(a, close_workshop, w);
    rt_hold_signals(&w->before);
    if (!mkdtemp(dir)) {
        rt_release_signals(&w->before);
        diag_error(d, pos, "cannot make a temporary folder there: %s", strerror(errno));
        return false;
    }
    memcpy((char *)(uintptr_t)w->c, dir, strlen(dir));        /* mkdtemp has filled in the X */
    memcpy((char *)(uintptr_t)w->out, dir, strlen(dir));
    w->dir = dir;
    return true;
}

/* With its 0, so that "ab" "c" and "a" "bc" differ. */
static void feed(XXH3_state_t *h, const char *s)
{
    XXH3_128bits_update(h, s, strlen(s) + 1);
}

/* 32 hexadecimal digits that change with everything the result depends on, and its form. */
static const char *cache_key(Arena *a, const RtBuild *b)
{
    const char *abi = arena_printf(a, "mnc net ABI %d", MNC_NET_ABI);
    XXH3_state_t *h = XXH3_createState();
    XXH128_hash_t x;

    if (!h)
        arena_out_of_memory(a);
    XXH3_128bits_reset(h);
    feed(h, abi);
    feed(h, b->cc->path);
    feed(h, b->cc->version);
    for (size_t i = 0; i < b->cc->argc; i++)
        feed(h, b->cc->argv[i]);
    for (const char *const *f = rt_form[b->form].flags; *f; f++)
        feed(h, *f);
    XXH3_128bits_update(h, b->text, b->n);
    x = XXH3_128bits_digest(h);
    XXH3_freeState(h);
    return arena_printf(a, "%016llx%016llx.%s", (unsigned long long)x.high64,
                        (unsigned long long)x.low64, rt_form[b->form].suffix);
}

static bool write_text(Arena *a, const char *path, const RtBuild *b, Diag *d)
{
    enum { PIECE = 1 << 20 };            /* what goes on at once is not kept twice in memory */
    OutFile *f = file_create(a, path, d);

    if (!f)
        return false;
    for (size_t at = 0; at < b->n; at += PIECE)
        buf_put(file_buf(f), b->text + at, b->n - at < PIECE ? b->n - at : PIECE);
    return file_commit(f, d);
}

/* Compiles, offers the result to the cache, and loads the cached copy, or the one here. */
static bool make(Arena *a, const RtBuild *b, const char *key, Diag *d)
{
    Workshop *w = arena_new(a, Workshop);
    double start = rt_now();
    const char *path;
    RtCompile job;
    bool ok;

    if (b->compiling)
        b->compiling(b->compiling_user, b->cc->path);
    if (!open_workshop(a, w, b->form, d))
        return false;
    job = (RtCompile){ b->cc, b->form, w->c, w->out };
    ok = write_text(a, w->c, b, d) && rt_compile(a, &job, d);
    if (b->seconds)
        *b->seconds = rt_now() - start;
    if (ok) {
        if (!b->cache || !rt_cache_put(a, b->cache, key, w->out, &path))
            path = w->out;
        else if (b->cached)
            *b->cached = key;
        ok = b->load(b->user, path, d);
    }
    close_workshop(w);
    return ok;
}

/* The key is computed each time: C text and compiler decide, not names or dates. */
bool rt_build(Arena *a, const RtBuild *b, Diag *d)
{
    const char *key = cache_key(a, b), *path;

    if (b->cache && rt_cache_find(a, b->cache, key, &path)) {
        if (b->cached)
            *b->cached = key;
        return b->load(b->user, path, d);
    }
    return make(a, b, key, d);
}
