/* SPDX-License-Identifier: Apache-2.0 */
/* read: a model's bytes become its graph, by the frontend that the name's suffix says.
 *
 * What comes out has passed ir_check, and its counts are of the graph as it was read, before any
 * pass.  Options of the other frontend are errors, not ignored.
 */
#include "backend/model.h"
#include "base/file.h"
#include "frontend/mnet.h"
#include "frontend/onnx.h"
#include "ir/count.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

/* A spec's batch is a parameter of it, which the option names for short. */
static const char *const *definitions(mnc_model *m)
{
    const char *const *given = m->options.define;
    const char **all;
    size_t n = 0;

    if (!m->options.batch)
        return given;
    while (given && given[n])
        n++;
    all = arena_new_n(&m->arena, const char *, n + 2);
    for (size_t i = 0; i < n; i++)
        all[i] = given[i];
    all[n] = arena_printf(&m->arena, "batch=%" PRId64, m->options.batch);
    return all;
}

/* An option that the other kind of model has: it was meant to do something, so it is an error. */
static bool unused(mnc_model *m, const char *name, const char *option, const char *const *list)
{
    Pos pos = { .file = name };

    if (!list || !list[0])
        return true;
    diag_error(&m->diag, pos, "%s %s is for %s", option, diag_quote(&m->arena, list[0]),
               strcmp(option, "-D") ? "ONNX files: -D sets the parameters of a spec" :
               "specs: an ONNX file has no parameters to set");
    return false;
}

/* The suffix decides, not the contents.  dir: where the model's other files are looked for. */
static Graph *parse(mnc_model *m, const char *name, const char *dir, Bytes bytes)
{
    if (path_has_suffix(name, ".mnet")) {
        MnetOptions o = { .file = name, .dir = dir, .define = definitions(m) };
        bool ok = unused(m, name, "--input-shape", m->options.input_shape);
        ok &= unused(m, name, "--bind", m->options.bind);
        return ok ? mnet_read(&m->arena, bytes, &o, &m->diag) : NULL;
    } else if (!unused(m, name, "-D", m->options.define)) {
        return NULL;
    } else {
        OnnxOptions o = { .batch = m->options.batch, .input_shape = m->options.input_shape,
                          .bind = m->options.bind, .dir = dir, .file = name };
        return onnx_read(&m->arena, bytes, &o, &m->diag);
    }
}

/* bytes live as long as the model: constants may be read in place. */
static bool take(mnc_model *m, const char *path, Bytes bytes)
{
    const char *name = arena_strdup(&m->arena, path);

    m->hash = XXH3_64bits(bytes.p, bytes.n);
    m->g = parse(m, name, path_dir(&m->arena, path), bytes);
    if (!m->g)
        return false;
    m->g->wide = m->options.dtype && !strcmp(m->options.dtype, "f64");
    if (!path_has_suffix(name, ".mnet"))      /* exporters call every graph main_graph */
        m->g->name = intern(&m->g->names, path_stem(&m->arena, name));
    m->params = count_params(m->g);
    m->macs = count_graph_macs(m->g);
    return ir_check(m->g, "import", &m->diag);
}

/* The caller's buffer may go after the call.  One byte more, so that there is something to
 * point to. */
static bool take_copy(mnc_model *m, const char *name, const void *data, size_t n)
{
    unsigned char *copy = arena_alloc(&m->arena, n + 1);

    if (n)
        memcpy(copy, data, n);
    return take(m, name, (Bytes){ copy, n });
}

mnc_status mnc_read_data(mnc_model *m, const char *name, const void *data, size_t n)
{
    PROTECT(m);
    return model_result(m, take_copy(m, name, data, n));
}

/* The file is read as a whole, into the arena. */
static bool take_file(mnc_model *m, const char *path)
{
    Bytes bytes;

    return file_read(&m->arena, path, &bytes, &m->diag) && take(m, path, bytes);
}

mnc_status mnc_read(mnc_model *m, const char *path)
{
    PROTECT(m);
    return model_result(m, take_file(m, path));
}

unsigned mnc_files(const mnc_model *m)
{
    return m->diag.n_file;
}
