/* SPDX-License-Identifier: Apache-2.0 */
/* program: the public API of run.h.
 *
 * Each entry sets the way out for lack of memory, so that nothing below it checks for NULL.
 */
#include "mnc/run.h"

#include "build.h"
#include "object.h"
#include "start.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* arena holds all but the struct itself and the loaded object. */
struct mnc_program {
    mnc_program_options o;
    const char *name;            /* of what was loaded, for messages */
    Arena arena;
    jmp_buf oom;
    Diag diag;
    RtObject object;
    const RtJitLibrary *jit;     /* NULL: shared objects */
    const mnc_net *net;
    const char *cached;          /* the object's name in the cache; NULL: it is not there */
    const void *weights;
    const void *given;             /* by mnc_program_weights */
    size_t n_given;
    void *work;                  /* net->arena_bytes */
    mnc_built built;
};

/* The arena's way to the caller's allocator. */
static void *call_alloc(void *user, void *ptr, size_t size)
{
    const mnc_program_options *o = user;

    return o->alloc(o->alloc_user, ptr, size);
}

/* Nothing loaded, nothing said. */
static void reset(mnc_program *p)
{
    mnc_program_options o = p->o;

    memset(p, 0, sizeof *p);
    p->o = o;
    arena_init(&p->arena, o.alloc ? call_alloc : NULL, &p->o, 0, &p->oom);
    diag_init(&p->diag, &p->arena);
}

/* The struct itself comes from the caller's allocator too. */
mnc_program *mnc_program_open(const mnc_program_options *options)
{
    static const mnc_program_options none = { .alloc = NULL };
    mnc_program_options o = options ? *options : none;
    mnc_program *p = o.alloc ? o.alloc(o.alloc_user, NULL, sizeof *p) : malloc(sizeof *p);

    if (!p)
        return NULL;
    p->o = o;
    reset(p);
    return p;
}

void mnc_program_close(mnc_program *p)
{
    if (!p)
        return;
    arena_destroy(&p->arena);
    rt_object_close(&p->object);
    if (p->o.alloc)
        p->o.alloc(p->o.alloc_user, p, 0);
    else
        free(p);
}

/* The function that every generated net has. */
static const char *entry_name(mnc_program *p)
{
    return arena_printf(&p->arena, "%s_describe", p->o.prefix ? p->o.prefix : "net");
}

/* What was made for another ABI must not be believed in anything but its first member. */
static bool take_net(mnc_program *p, Diag *d)
{
    const char *name = entry_name(p);
    void *symbol = mnc_program_symbol(p, name);
    const mnc_net *(*describe)(void);
    Pos pos = { .file = p->name };

    if (!symbol) {
        diag_error(d, pos, "is no generated net: it has no function %s",
                   diag_quote(d->arena, name));
        return false;
    }
    memcpy(&describe, &symbol, sizeof describe);       /* ISO C knows no cast between the two */
    p->net = describe();
    if (p->net && p->net->abi == MNC_NET_ABI)
        return true;
    diag_error(d, pos, "was made for ABI %d, and this is ABI %d",
               p->net ? p->net->abi : 0, MNC_NET_ABI);
    diag_hint(d, "compile the model again with this version of mnc");
    p->net = NULL;
    return false;
}

/* The RtLoad of rt_build. */
static bool load_object(void *user, const char *path, Diag *d)
{
    mnc_program *p = user;
    RtObjectFile file = { path, entry_name(p), p->jit, { .file = p->name } };
    struct stat st;

    p->built.object_bytes = stat(path, &st) ? 0 : (size_t)st.st_size;
    return rt_object_open(&p->arena, &file, &p->object, d) && take_net(p, d);
}

/* c_path NULL: the text came from memory, so there is no file beside it. */
static bool take_weights(mnc_program *p, const char *c_path)
{
    Arena *a = &p->arena;
    Pos pos = { .file = p->name };
    const char *path;
    Bytes b;

    p->weights = p->net->weights;
    if (p->weights || !p->net->weight_bytes)
        return true;
    if (p->given && p->n_given == p->net->weight_bytes) {
        p->weights = p->given;
        return true;
    }
    if (!c_path) {
        diag_error(&p->diag, pos, "has its weights in a file beside it; load its C file by path");
        return false;
    }
    path = arena_printf(a, "%s%s.weights", path_dir(a, c_path), path_stem(a, c_path));
    if (!file_read(a, path, &b, &p->diag))
        return false;
    p->weights = b.p;
    if (b.n == p->net->weight_bytes)
        return true;
    pos.file = path;
    diag_error(&p->diag, pos, "has %zu bytes, but the net has weights of %zu", b.n,
               p->net->weight_bytes);
    return false;
}

/* What both loads do; c_path is NULL for text from memory. */
static bool load_text(mnc_program *p, const char *name, const char *c_path, const char *text,
                      size_t n)
{
    Arena *a = &p->arena;
    RtCompiler cc;
    RtForm form = p->o.load == MNC_JIT ? RT_RELOCATABLE : RT_SHARED;
    RtBuild b = { .cc = &cc, .form = form, .text = text, .n = n, .load = load_object, .user = p,
                  .compiling = p->o.compiling, .compiling_user = p->o.compiling_user,
                  .seconds = &p->built.compile_seconds, .cached = &p->cached };

    if (p->object.by || p->object.shared) {
        diag_error(&p->diag, (Pos){ .file = name }, "cannot be loaded: this program has a net");
        return false;
    }
    p->name = name;
    if (form == RT_RELOCATABLE && !(p->jit = rt_jit_library(a, &p->diag)))
        return false;
    b.cache = rt_cache_dir(a, p->o.cache);
    if (!rt_find_compiler(a, p->o.compiler, form, &cc, &p->diag)
        || !rt_build(a, &b, &p->diag))
        return false;
    if (!take_weights(p, c_path)) {
        p->net = NULL;
        return false;
    }
    p->work = arena_alloc(a, p->net->arena_bytes + 64);
    return true;
}

/* The way out of a load.  All goes, so that no temporary folder and no held signal stays. */
static mnc_status out_of_memory(mnc_program *p)
{
    arena_destroy(&p->arena);
    rt_object_close(&p->object);
    reset(p);
    return MNC_NO_MEMORY;
}

mnc_status mnc_program_load_text(mnc_program *p, const char *name, const char *text, size_t n)
{
    if (setjmp(p->oom))
        return out_of_memory(p);
    return load_text(p, arena_strdup(&p->arena, name), NULL, text, n) ? MNC_OK : MNC_INVALID;
}

/* ---- again, without the model ---- */

/* What stands before the weights in a .start file; a page with the zeros behind it. */
typedef struct StartHead {
    char magic[8];
    uint64_t weight_bytes;
    char object[48];             /* its name in the cache, with a 0 */
} StartHead;
enum { START_PAGE = 4096, MOST_KEPT = 1 << 29 };     /* bytes; a quarter of the cache */
static const char start_magic[8] = { 'm', 'n', 'c', 's', 't', 'a', 'r', '1' };

/* The weights are read where they are mapped. */
static bool recall(mnc_program *p, const char *cache, const char *key)
{
    Arena *a = &p->arena;
    const char *path;
    StartHead head;
    Bytes b;
    Diag quiet;

    diag_init(&quiet, a);
    if (p->o.load == MNC_JIT && !(p->jit = rt_jit_library(a, &quiet)))
        return false;
    if (!rt_cache_map(a, cache, arena_printf(a, "%s.start", key), &b) || b.n < START_PAGE)
        return false;
    memcpy(&head, b.p, sizeof head);
    if (memcmp(head.magic, start_magic, sizeof start_magic) || !memchr(head.object, 0, 48)
        || head.weight_bytes != b.n - START_PAGE || !rt_cache_find(a, cache, head.object, &path))
        return false;
    if (!load_object(p, path, &quiet) || p->net->weights
        || p->net->weight_bytes != head.weight_bytes)
        return false;
    p->weights = b.p + START_PAGE;
    p->work = arena_alloc(a, p->net->arena_bytes + 64);
    return true;
}

bool rt_program_recall(mnc_program *p, const char *key, const char *name)
{
    const char *cache;

    if (setjmp(p->oom))
        return out_of_memory(p) == MNC_OK;
    p->name = arena_strdup(&p->arena, name);
    cache = rt_cache_dir(&p->arena, p->o.cache);
    if (cache && recall(p, cache, key))
        return true;
    rt_object_close(&p->object);
    p->net = NULL;
    return false;
}

void rt_program_keep(mnc_program *p, const char *key)
{
    StartHead *head;
    const char *cache;
    Bytes part[2];

    if (setjmp(p->oom))
        return;
    if (!p->net || !p->cached || p->net->weights || p->net->weight_bytes > MOST_KEPT
        || strlen(p->cached) >= sizeof head->object)
        return;
    cache = rt_cache_dir(&p->arena, p->o.cache);
    head = arena_alloc(&p->arena, START_PAGE);
    memset(head, 0, START_PAGE);
    memcpy(head->magic, start_magic, sizeof start_magic);
    head->weight_bytes = p->net->weight_bytes;
    strcpy(head->object, p->cached);
    part[0] = (Bytes){ (const unsigned char *)head, START_PAGE };
    part[1] = (Bytes){ p->weights, p->net->weight_bytes };
    if (cache)
        rt_cache_put_parts(&p->arena, cache, arena_printf(&p->arena, "%s.start", key), part, 2);
}

void mnc_program_weights(mnc_program *p, const void *weights, size_t n)
{
    p->given = weights;
    p->n_given = n;
}

mnc_status mnc_program_load(mnc_program *p, const char *c_path)
{
    const char *path;
    Arena *scratch;
    Bytes text;
    bool ok;

    if (setjmp(p->oom))
        return out_of_memory(p);
    path = arena_strdup(&p->arena, c_path);
    scratch = rt_scratch(&p->arena);
    ok = file_read(scratch, path, &text, &p->diag)
        && load_text(p, path, path, (const char *)text.p, text.n);
    arena_destroy(scratch);
    return ok ? MNC_OK : MNC_INVALID;
}

const mnc_net *mnc_program_net(const mnc_program *p)
{
    return p->net;
}

const mnc_built *mnc_program_built(const mnc_program *p)
{
    return &p->built;
}

void *mnc_program_symbol(const mnc_program *p, const char *name)
{
    return rt_object_symbol(&p->object, name);
}

/* What a return code of the net means; MNC_NET_OK says nothing. */
static mnc_status judge(mnc_program *p, int code)
{
    static const char *const text[] = {
        [MNC_NET_NULL] = "the net got a null pointer",
        [MNC_NET_MISALIGNED] = "the net's memory is not aligned",
        [MNC_NET_DIFFERS] = "the net's answer differs from the one recorded in its file",
    };

    if (code == MNC_NET_OK)
        return MNC_OK;
    if (setjmp(p->oom))
        return MNC_NO_MEMORY;
    if (code > 0 && (size_t)code < sizeof text / sizeof text[0])
        diag_error(&p->diag, (Pos){ .file = p->name }, "%s", text[code]);
    else
        diag_error(&p->diag, (Pos){ .file = p->name }, "the net returned %d", code);
    return MNC_INVALID;
}

/* Misuse is told, not punished. */
static mnc_status nothing_loaded(mnc_program *p)
{
    if (setjmp(p->oom))
        return MNC_NO_MEMORY;
    diag_error(&p->diag, (Pos){ .file = NULL }, "no net is loaded");
    return MNC_INVALID;
}

mnc_status mnc_program_run(mnc_program *p, const void *const *in, void *const *out)
{
    if (!p->net)
        return nothing_loaded(p);
    return judge(p, p->net->run(in, out, p->weights, p->work));
}

/* selftest_bytes hold the sample's input, its outputs and the net's arena. */
mnc_status mnc_program_selftest(mnc_program *p)
{
    Arena *scratch;
    int code;

    if (!p->net)
        return nothing_loaded(p);
    if (setjmp(p->oom))
        return MNC_NO_MEMORY;
    scratch = rt_scratch(&p->arena);
    code = p->net->selftest(p->weights, arena_alloc(scratch, p->net->selftest_bytes + 64));
    arena_destroy(scratch);
    return judge(p, code);
}

const char *mnc_program_messages(mnc_program *p)
{
    Buf b;

    if (setjmp(p->oom))
        return "there is no memory for the messages\n";
    buf_init(&b, &p->arena);
    diag_print(&p->diag, &b);
    return b.p;
}
