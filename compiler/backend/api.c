/* SPDX-License-Identifier: Apache-2.0 */
/* api: include/mnc/mnc.h.  Each entry sets the way out for "no memory" and then works as if memory
 * were endless. */
#include "backend/emit.h"
#include "backend/model.h"
#include "backend/train.h"
#include "base/file.h"
#include "ir/count.h"
#include "mnc/mnc.h"
#include "passes/pass.h"
#include "ref/ref.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Bounds what the sample adds to the time of a compilation, in the steps that count_work
 * counts. */
static const int64_t DEFAULT_WORK = 25LL * 1000 * 1000 * 1000;

/* The caller's allocator has realloc's manners: size 0 frees. */
static void *call_alloc(mnc_model *m, void *ptr, size_t size)
{
    if (m->options.alloc)
        return m->options.alloc(m->options.alloc_user, ptr, size);
    if (size)
        return realloc(ptr, size);
    free(ptr);
    return NULL;
}

/* Nothing in the arena can be trusted half-made; the handle itself is left for mnc_close. */
mnc_status model_no_memory(mnc_model *m)
{
    arena_destroy(&m->arena);
    m->text = NULL;
    m->dead = MNC_NO_MEMORY;
    return m->dead;
}

/* By itself because PROTECT's way out is a return of a status. */
static mnc_status start(mnc_model *m)
{
    PROTECT(m);
    diag_init(&m->diag, &m->arena);
    return MNC_OK;
}

/* The handle is not in the arena: it outlives the arena's end. */
mnc_model *mnc_open(const mnc_options *options)
{
    mnc_model head = { .options = *options }, *m = call_alloc(&head, NULL, sizeof *m);

    if (!m)
        return NULL;
    *m = head;
    if (options->train) {
        m->train = *options->train;
        m->options.train = &m->train;
    }
    arena_init(&m->arena, m->options.alloc, m->options.alloc_user, m->options.max_memory, &m->oom);
    start(m);
    return m;
}

void mnc_close(mnc_model *m)
{
    if (!m)
        return;
    arena_destroy(&m->arena);
    call_alloc(&(mnc_model){ .options = m->options }, m, 0);
}

/* An error that was said counts even where the work went on. */
mnc_status model_result(const mnc_model *m, bool ok)
{
    return m->too_large ? MNC_TOO_LARGE : ok && !m->diag.n_error ? MNC_OK : MNC_INVALID;
}

/* ---- the self-test's sample ---- */

/* Element i of every sample input: templates/selftest.c.t has the same formulas. */
static double sample(DType t, int64_t i)
{
    uint32_t u = (uint32_t)i * 2654435761u;

    if (t != DT_F32 && t != DT_F64)
        return i % 2 ? 1 : 0;
    u ^= u >> 15;
    u *= 2246822519u;
    u ^= u >> 13;
    return (double)(u >> 8) / 8388608.0 - 1;
}

/* x is in the range of every type: 0 and 1, or in [-1, 1) for floats. */
static void fill(DType t, void *data, int64_t i, double x)
{
    switch (t) {
    case DT_F32: ((float *)data)[i] = (float)x; break;
    case DT_F64: ((double *)data)[i] = x; break;
    case DT_I8: case DT_U8: case DT_BOOL: ((uint8_t *)data)[i] = (uint8_t)x; break;
    case DT_I16: case DT_U16: case DT_F16: ((uint16_t *)data)[i] = (uint16_t)x; break;
    case DT_I32: case DT_U32: ((uint32_t *)data)[i] = (uint32_t)x; break;
    case DT_I64: case DT_U64: ((uint64_t *)data)[i] = (uint64_t)x; break;
    case DT_NONE: case DT_COUNT: break;
    }
}

/* Dense, in row-major order, as the generated program's inputs are. */
static void *sample_input(mnc_model *m, ValueId v)
{
    const Value *val = ir_val(m->g, v);
    int64_t n = shape_count(&val->shape);
    void *data = arena_array(&m->arena, (size_t)n, dtype_info[val->dtype].size);

    for (int64_t i = 0; i < n; i++)
        fill(val->dtype, data, i, sample(val->dtype, i));
    return data;
}

/* The sum over all nodes; one that does not fit in 64 bits is too much as well. */
static bool affordable(const Graph *g, int64_t most_work)
{
    int64_t work = 0;

    for (uint32_t i = 1; i < g->n_node; i++)
        if (__builtin_add_overflow(work, count_work(g, &g->node[i]), &work) || work > most_work)
            return false;
    return true;
}

/* Runs the reference on the graph as it was read, before any pass could spoil it. */
static bool compute_sample(mnc_model *m)
{
    const void **in = arena_new_n(&m->arena, const void *, m->g->n_input);
    RefTensor *all;

    if (m->options.selftest_work < 0)
        return true;
    if (!affordable(m->g, m->options.selftest_work ? m->options.selftest_work : DEFAULT_WORK)) {
        diag_note(&m->diag, (Pos){ 0 }, "the net is too large for a self-test in the file");
        return true;
    }
    for (uint32_t i = 0; i < m->g->n_input; i++)
        in[i] = sample_input(m, m->g->input[i]);
    if (!ref_run(m->g, in, &m->arena, &all, &m->diag))
        return false;
    m->expect = arena_new_n(&m->arena, const void *, m->g->n_output);
    for (uint32_t i = 0; i < m->g->n_output; i++)
        m->expect[i] = all[m->g->output[i].id].data;
    return true;
}

/* ---- passes ---- */

/* The pass before layout: after it the graph has its final nodes, and no plan yet. */
static const char *last_graph_pass(void)
{
    const PassInfo *p = pass_info;

    while (strcmp(p[1].name, "layout"))
        p++;
    return p->name;
}

/* Results that nothing reads any more are dead; dce has dropped their nodes. */
static void all_outputs(mnc_model *m)
{
    ValueId *out = arena_new_n(&m->arena, ValueId, m->g->n_value);
    uint32_t n = 0;

    for (uint32_t i = 1; i < m->g->n_node; i++)
        for (uint32_t k = 0; m->g->node[i].op != OP_none && k < m->g->node[i].n_out; k++)
            out[n++] = m->g->node[i].out[k];
    ir_set_outputs(m->g, out, n);
}

/* all_layers: results become outputs after the last pass that could take a node away, so that
 * exposing them changes nothing about the nodes that compute them. */
static bool run_passes(mnc_model *m, const char *after)
{
    Job job = { .g = m->g, .options = &m->options, .d = &m->diag };
    bool ok = !m->all_layers || pass_run_all(&job, last_graph_pass());

    if (ok && m->all_layers)
        all_outputs(m);
    ok = ok && pass_run_all(&job, after);

    m->plan = job.plan;
    m->too_large = job.too_large;
    return ok;
}

/* Weights of more than inline_max elements go to PATH.data beside it; a stream has no beside,
 * and says of them only that they are there. */
bool model_dump(mnc_model *m, const char *path)
{
    PrintOptions o = { .inline_max = 64 };
    OutFile *f = file_create(&m->arena, path, &m->diag), *data = NULL;
    const char *data_path = arena_printf(&m->arena, "%s.data", path);

    if (!path_is_special(path)) {
        data = file_create(&m->arena, data_path, &m->diag);
        o.data = data ? file_buf(data) : NULL;
        o.data_name = path_base(data_path);
    }
    if (!f || (o.data_name && !data))
        return false;
    ir_print(m->g, &o, file_buf(f));
    return (!data || file_commit(data, &m->diag)) && file_commit(f, &m->diag);
}

mnc_status mnc_dump(mnc_model *m, const char *after, const char *path)
{
    PROTECT(m);
    if ((!after || strcmp(after, "import")) && !run_passes(m, after))
        return model_result(m, false);
    return model_result(m, model_dump(m, path));
}

/* m->plan is complete: all passes have run. */
static bool dump_plan(mnc_model *m, const char *format, const char *path)
{
    OutFile *f = file_create(&m->arena, path, &m->diag);

    if (!f)
        return false;
    if (!strcmp(format, "svg"))
        plan_svg(m->g, m->plan, file_buf(f));
    else
        plan_print(m->g, m->plan, file_buf(f));
    return file_commit(f, &m->diag);
}

mnc_status mnc_dump_plan(mnc_model *m, const char *format, const char *path)
{
    PROTECT(m);
    if (!run_passes(m, NULL))
        return model_result(m, false);
    return model_result(m, dump_plan(m, format, path));
}

/* ---- writing C ---- */

/* The file's name, made an identifier; a stream has none. */
static const char *default_prefix(mnc_model *m, const char *path)
{
    return strcmp(path, "-") ? c_identifier(&m->arena, path_stem(&m->arena, path)) : "net";
}

static bool check_prefix(mnc_model *m, const char *prefix)
{
    if (!strcmp(c_identifier(&m->arena, prefix), prefix))
        return true;
    diag_error(&m->diag, (Pos){ 0 }, "the prefix '%s' is not a C identifier",
               diag_quote(&m->arena, prefix));
    return false;
}

/* "dir/net.c" and ".h" to "dir/net.h". */
static const char *beside(mnc_model *m, const char *path, const char *suffix)
{
    return arena_printf(&m->arena, "%s%s%s", path_dir(&m->arena, path),
                        path_stem(&m->arena, path), suffix);
}

static bool separate_weights(const mnc_model *m)
{
    return m->options.weights && !strcmp(m->options.weights, "file");
}

/* net.h cannot be the C file and its header both; beside a pipe or a device nothing can stand. */
static bool check_path(mnc_model *m, const char *path)
{
    Pos pos = { .file = path };
    bool special = path_is_special(path);

    if (!special && (path_has_suffix(path, ".h") || !*path_base(path)
                     || (separate_weights(m) && path_has_suffix(path, ".weights"))))
        diag_error(&m->diag, pos, "is no name for a C file: NAME.c is, with NAME.h beside it");
    else if (special && separate_weights(m))
        diag_error(&m->diag, pos, "weights in a file of their own need a C file to stand beside");
    else
        return true;
    return false;
}

/* As a string literal, weights take a C compiler 14 times their size (gcc 12: 3.3 GB for
 * ResNet-152, 7.9 GB for VGG-19). */
static void note_large(mnc_model *m, const Emit *e, const char *path)
{
    const int64_t mib = 1 << 20;

    if (e->weights.bytes >= 128 * mib)
        diag_note(&m->diag, (Pos){ .file = path }, "holds %" PRId64 " MiB of weights, for which a "
                  "C compiler takes some 14 times as much memory; in a file of their own "
                  "(--weights=file) they take none", e->weights.bytes / mib);
}

/* The files of one compilation: all are written before the first is put in place. */
static bool write_files(mnc_model *m, Emit *e, const char *path)
{
    bool header = !path_is_special(path), separate = separate_weights(m), ok;
    OutFile *c = file_create(&m->arena, path, &m->diag), *h = NULL, *w = NULL;
    Buf none;

    buf_init(&none, &m->arena);
    if (header)
        h = file_create(&m->arena, beside(m, path, ".h"), &m->diag);
    if (separate)
        w = file_create(&m->arena, beside(m, path, ".weights"), &m->diag);
    if (!c || (header && !h) || (separate && !w))
        return false;
    ok = emit_file(e, file_buf(c), h ? file_buf(h) : &none);
    if (ok && w)
        weights_raw(&e->weights, file_buf(w));
    else if (ok)
        note_large(m, e, path);
    return ok && !m->diag.n_error && (!w || file_commit(w, &m->diag))
        && (!h || file_commit(h, &m->diag)) && file_commit(c, &m->diag);
}

/* Everything that e needs to write a file whose names begin with prefix: the passes have run. */
static bool prepare(mnc_model *m, const char *prefix, Emit *e)
{
    *e = (Emit){ .options = &m->options, .d = &m->diag, .arena = &m->arena, .prefix = prefix,
                 .g = m->g, .params = m->params, .macs = m->macs, .expect = m->expect,
                 .in_parts = m->in_parts };
    e->hash = arena_printf(&m->arena, "%016" PRIx64, m->hash);
    if (m->options.train) {
        bool ok = train_programs(e);
        m->too_large = e->too_large;
        return ok;
    }
    if (!run_passes(m, NULL))
        return false;
    e->plan = m->plan;
    return true;
}

/* The sample comes before the passes: they change the graph that it must be computed from. */
static bool write_c(mnc_model *m, const char *path)
{
    const char *prefix = m->options.prefix ? m->options.prefix : default_prefix(m, path);
    Emit e;

    return check_path(m, path) && check_prefix(m, prefix)
        && (m->options.train || compute_sample(m)) && prepare(m, prefix, &e)
        && write_files(m, &e, path);
}

mnc_status mnc_write_c(mnc_model *m, const char *path)
{
    PROTECT(m);
    return model_result(m, write_c(m, path));
}

/* For tuning in memory: no self-test, no header, and the weights as a block at hand. */
static bool c_text(mnc_model *m, Buf *c)
{
    const char *prefix = m->options.prefix ? m->options.prefix : "net";
    Emit e;
    Buf h;

    if (!check_prefix(m, prefix) || !prepare(m, prefix, &e))
        return false;
    buf_init(&h, &m->arena);
    if (!emit_file(&e, c, &h))
        return false;
    m->weights = weights_block(&e.weights);
    m->weight_bytes = (size_t)e.weights.bytes;
    m->layers = e.layers.list;
    m->n_layer = e.layers.n;
    m->site = e.layers.site;
    m->n_site = e.layers.n_site;
    return true;
}

mnc_status mnc_c_text(mnc_model *m, const char **text, size_t *n)
{
    Buf c;
    bool ok;

    PROTECT(m);
    buf_init(&c, &m->arena);
    ok = c_text(m, &c);
    *text = c.p;
    *n = c.n;
    return model_result(m, ok);
}

const void *mnc_weights(const mnc_model *m, size_t *n)
{
    *n = m->weight_bytes;
    return m->weights;
}

/* ---- layer by layer ---- */

/* Takes effect at the next run of the passes. */
mnc_status mnc_expose_layers(mnc_model *m)
{
    m->all_layers = true;
    return MNC_OK;
}

mnc_status mnc_reference(mnc_model *m, const void *const *in)
{
    PROTECT(m);
    return model_result(m, ref_run(m->g, in, &m->arena, &m->reference, &m->diag));
}

/* Only after mnc_reference; a dead value has no data then.  data lives as long as m. */
mnc_status mnc_reference_value(mnc_model *m, const char *name, mnc_tensor *t, const void **data)
{
    for (uint32_t i = 1; m->reference && i < m->g->n_value; i++) {
        const Value *v = &m->g->value[i];
        if (strcmp(v->name, name) || !m->reference[i].data)
            continue;
        *t = (mnc_tensor){ v->name, dtype_info[v->dtype].onnx, (int)v->shape.rank, v->shape.dim,
                           (size_t)shape_count(&v->shape) * dtype_info[v->dtype].size };
        *data = m->reference[i].data;
        return MNC_OK;
    }
    return MNC_INVALID;
}

void mnc_count(const mnc_model *m, int64_t *params, int64_t *macs)
{
    *params = m->params;
    *macs = m->macs;
}

/* ---- messages ---- */

/* All messages so far, each time anew: more may have come since. */
static mnc_status print_messages(mnc_model *m)
{
    Buf b;

    PROTECT(m);
    buf_init(&b, &m->arena);
    diag_print(&m->diag, &b);
    m->text = b.p;
    return MNC_OK;
}

const char *mnc_messages(mnc_model *m)
{
    if (m->dead || print_messages(m) != MNC_OK)
        return "error: out of memory\n";
    return m->text;
}
