/* SPDX-License-Identifier: Apache-2.0 */
/* export: the model, with its weights, as a file of another kind: ONNX, a spec, or the parameters
 * alone as safetensors. */
#include "backend/model.h"
#include "base/file.h"
#include "frontend/mnet.h"
#include "frontend/onnx_export.h"
#include "passes/pass.h"

#include <inttypes.h>
#include <string.h>

/* ---- safetensors: length of the header, JSON header, data (huggingface/safetensors, "Format")
 * ---- */

static const char *safetensors_type(int onnx)
{
    switch (dtype_by_onnx(onnx)) {
    case DT_F32: return "F32";
    case DT_F64: return "F64";
    case DT_F16: return "F16";
    case DT_I64: return "I64";
    case DT_I32: return "I32";
    default: return NULL;            /* no parameter has another type */
    }
}

/* data_offsets count from the first byte after the header; the parameters lie without gaps, in
 * the order of the list, as the format demands. */
static void put_header(const mnc_param *p, size_t n, Buf *b)
{
    size_t at = 0;

    buf_char(b, '{');
    for (size_t i = 0; i < n; i++) {
        buf_str(b, i ? "," : "");
        buf_json(b, p[i].tensor.name);
        buf_printf(b, ":{\"dtype\":\"%s\",\"shape\":[", safetensors_type(p[i].tensor.dtype));
        for (int d = 0; d < p[i].tensor.rank; d++)
            buf_printf(b, "%s%" PRId64, d ? "," : "", p[i].tensor.dim[d]);
        buf_printf(b, "],\"data_offsets\":[%zu,%zu]}", at, at + p[i].tensor.bytes);
        at += p[i].tensor.bytes;
    }
    buf_char(b, '}');
    while (b->n % 8)                 /* the data begins aligned */
        buf_char(b, ' ');
}

/* The length is a little-endian u64 and covers the blanks that pad the header. */
static void put_safetensors(mnc_model *m, Buf *out)
{
    unsigned char length[8];
    Buf header;

    buf_init(&header, &m->arena);
    put_header(m->param, m->n_param, &header);
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)header.n >> 8 * i);
    buf_put(out, length, sizeof length);
    buf_put(out, header.p, header.n);
    for (size_t i = 0; i < m->n_param; i++)
        buf_put(out, m->param[i].data, m->param[i].tensor.bytes);
}

/* ---- which kind ---- */

/* The passes up to and with fuse_act: batch norms go into the weights, but nothing yet is laid
 * out for a machine, so the graph can still be said in ONNX. */
static bool run_until(mnc_model *m, const char *pass)
{
    Job job = { .g = m->g, .options = &m->options, .d = &m->diag };

    return pass_run_all(&job, pass);
}

/* The suffix has been checked; a file that fails half-way never gets its name. */
static bool export(mnc_model *m, const char *path)
{
    bool onnx = path_has_suffix(path, ".onnx");
    OutFile *f = file_create(&m->arena, path, &m->diag);

    if (!f)
        return false;
    if (!onnx)
        put_safetensors(m, file_buf(f));
    else if (!onnx_write(m->g, file_buf(f), &m->diag))
        return false;
    return file_commit(f, &m->diag);
}

/* .mnet is named in the message, but export_spec has taken it before. */
static bool check_suffix(mnc_model *m, const char *path)
{
    Pos pos = { .file = path };

    if (path_has_suffix(path, ".onnx") || path_has_suffix(path, ".safetensors"))
        return true;
    diag_error(&m->diag, pos, "is neither .onnx, .safetensors nor .mnet");
    return false;
}

/* ---- a spec ---- */

/* The spec and, unless it goes to a pipe, its parameters in NAME.safetensors: both or none. */
static bool write_spec(mnc_model *m, const char *path, const Buf *text)
{
    const char *beside = arena_printf(&m->arena, "%s%s.safetensors", path_dir(&m->arena, path),
                                      path_stem(&m->arena, path));
    OutFile *spec = file_create(&m->arena, path, &m->diag), *weights = NULL;

    if (spec && !path_is_special(path))
        weights = file_create(&m->arena, beside, &m->diag);
    if (!spec || (!path_is_special(path) && !weights))
        return false;
    buf_put(file_buf(spec), text->p, text->n);
    if (weights) {
        model_list_params(m);
        put_safetensors(m, file_buf(weights));
    }
    return (!weights || file_commit(weights, &m->diag)) && file_commit(spec, &m->diag);
}

/* What exporters leave is tidied first, but nothing is folded into weights or fused.  A graph that
 * the language's short forms cannot say goes out as mnc dump has it: node by node. */
static bool spec(mnc_model *m, const char *path, bool folded)
{
    Graph *again;
    Buf text;

    if (!run_until(m, folded ? "fold_pad" : "to_dense"))
        return false;
    buf_init(&text, &m->arena);
    again = mnet_write(m->g, &text);
    if (!again) {
        diag_note(&m->diag, (Pos){ .file = path }, "is written node by node, with its numbers in "
                  "%s.data: short forms cannot say this graph", path_base(path));
        return model_dump(m, path);
    }
    m->g = again;
    return write_spec(m, path, &text);
}

static mnc_status export_spec(mnc_model *m, const char *path, bool folded)
{
    PROTECT(m);
    return model_result(m, spec(m, path, folded));
}

/* The parameters are listed before the passes run: .safetensors has those of the model as it
 * was read. */
mnc_status mnc_export(mnc_model *m, const char *path, int folded)
{
    const mnc_param *list;
    size_t n;

    if (path_has_suffix(path, ".mnet") || path_is_special(path))
        return export_spec(m, path, folded);
    if (mnc_params(m, &list, &n) != MNC_OK)
        return MNC_NO_MEMORY;
    PROTECT(m);
    if (!check_suffix(m, path) || (folded && !run_until(m, "fuse_act")))
        return MNC_INVALID;
    return model_result(m, export(m, path));
}
