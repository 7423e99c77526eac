/* SPDX-License-Identifier: Apache-2.0 */
/* emit_head: the parts of the file that people and other programs read: preface, declarations,
 * description, self-test. */
#include "backend/emit.h"
#include "passes/pass.h"

#include <inttypes.h>
#include <string.h>

/* No wish is the default, which is to embed. */
static bool embeds(const Emit *e)
{
    return !e->options->weights || strcmp(e->options->weights, "file");
}

/* Nothing in it depends on the machine, the time or a path: the same model and options give the
 * same file, byte for byte.  The licence's tag is in two pieces so that a scanner does not take
 * it for this file's. */
void emit_preface(Emit *e, Buf *out, const char *file)
{
    const mnc_options *o = e->options;

    buf_printf(out, "/* %s.%s: %s as C, made by mnc " MNC_VERSION ".\n", e->prefix, file,
               c_comment(e->arena, e->g->name));
    buf_str(out, " * SPDX-License-" "Identifier: 0BSD\n *\n");
    buf_printf(out, " * model       %s\n * options     -O%d --target=%s --weights=%s%s\n", e->hash,
               o->plain ? 0 : 2, o->target ? c_comment(e->arena, o->target) : "auto",
               embeds(e) ? "embed" : "file", o->winograd ? " --winograd" : "");
    buf_str(out, " * passes     ");
    for (const PassInfo *p = pass_info; p->name; p++)
        if (!o->plain || p->when & WHEN_ALWAYS)
            buf_printf(out, " %s", p->name);
    buf_printf(out, "\n * parameters  %" PRId64 "\n * mult-adds   %" PRId64 "\n",
               e->params, e->macs);
    buf_printf(out, " * weights     %" PRId64 " bytes\n * arena       %" PRId64 " bytes\n */\n",
               e->weights.bytes, e->plan->arena_bytes);
}

/* PREFIX_INPUT_name_COUNT elements, _BYTES bytes; the shape stands beside it. */
static void shape_macro(Emit *e, const char *kind, const char *name, ValueId v, Buf *out)
{
    const Value *val = ir_val(e->g, v);
    const char *p = e->prefix;

    buf_printf(out, "#define %s_%s_%s_COUNT %" PRId64 "    /* %s, %s */\n", p, kind, name,
               shape_count(&val->shape), shape_text(e->arena, &val->shape),
               plan_type(e->g, val->dtype)->name);
    buf_printf(out, "#define %s_%s_%s_BYTES %" PRId64 "\n", p, kind, name, plan_size(e->g, v));
}

/* One tensor's pointer in a struct.  constant: "const " for what a run only reads. */
static void member(Emit *e, ValueId v, const char *name, const char *constant, Buf *out)
{
    const Value *val = ir_val(e->g, v);

    buf_printf(out, "    %s%s *%s;    /* %s: %s %s */\n", constant, dtype_info[val->dtype].c, name,
               c_comment(e->arena, val->name), plan_type(e->g, val->dtype)->name,
               shape_text(e->arena, &val->shape));
}

/* C has no empty struct: a net without inputs gets a member that nobody reads. */
static void structs(Emit *e, Buf *out)
{
    const char *p = e->prefix;

    buf_printf(out, "\ntypedef struct %s_inputs {\n", p);
    for (uint32_t i = 0; i < e->g->n_input; i++)
        member(e, e->g->input[i], e->in_name[i], "const ", out);
    buf_printf(out, "%s} %s_inputs;\n\ntypedef struct %s_outputs {\n",
               e->g->n_input ? "" : "    char none;\n", p, p);
    for (uint32_t i = 0; i < e->g->n_output; i++)
        member(e, e->g->output[i], e->out_name[i], "", out);
    buf_printf(out, "} %s_outputs;\n\n", p);
}

/* What the self-test needs beside the arena: inputs and outputs, each 64-byte aligned. */
static int64_t sample_bytes(Emit *e)
{
    int64_t n = 0;

    for (uint32_t i = 0; i < e->g->n_input + e->g->n_output; i++) {
        ValueId v = i < e->g->n_input ? e->g->input[i] : e->g->output[i - e->g->n_input];
        n = (n + plan_size(e->g, v) + 63) / 64 * 64;
    }
    return n;
}

/* include/mnc/net.h, which every file carries, or train.h, word for word. */
void emit_abi(const char *file, Buf *out)
{
    const TmplFile *f = tmpl_files;

    while (strcmp(f->name, file))
        f++;
    buf_put(out, f->text, f->n);
}

/* p seven times: printf has no portable way to name an argument twice. */
static void thread_declarations(const char *p, Buf *out)
{
    buf_printf(out,
        "/* Several threads: context is %s_CONTEXT_BYTES of the caller's memory, 64-byte aligned.\n"
        " * open starts threads - 1 more (1 to 64 in all), which wait; run_with runs on all of\n"
        " * them, with the same bits as run; close ends them.  One call at a time.\n"
        " * Returns MNC_NET_THREADS when there is no such number of threads. */\n"
        "#define %s_CONTEXT_BYTES 2048\n"
        "int %s_open(void *context, int threads);\n"
        "int %s_run_with(void *context, const %s_inputs *in, const %s_outputs *out,\n"
        "    const void *weights, void *arena);\n"
        "void %s_close(void *context);\n\n", p, p, p, p, p, p, p);
}

/* The same text begins the .c and is the .h: the .c stands alone, and a program that includes
 * the header sees exactly what the code was compiled with. */
void emit_declarations(Emit *e, Buf *out)
{
    const char *p = e->prefix;

    if (e->state) {
        emit_train_declarations(e, out);
        return;
    }
    buf_printf(out, "#ifndef %s_NET_H\n#define %s_NET_H\n\n", p, p);
    emit_abi("net.h", out);
    buf_str(out, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    for (uint32_t i = 0; i < e->g->n_input; i++)
        shape_macro(e, "INPUT", e->in_name[i], e->g->input[i], out);
    for (uint32_t i = 0; i < e->g->n_output; i++)
        shape_macro(e, "OUTPUT", e->out_name[i], e->g->output[i], out);
    buf_printf(out, "#define %s_ARENA_BYTES %" PRId64 "\n#define %s_WEIGHT_BYTES %" PRId64 "\n"
               "#define %s_SELFTEST_BYTES %" PRId64 "\n", p, e->plan->arena_bytes, p,
               e->weights.bytes, p, e->plan->arena_bytes + sample_bytes(e));
    structs(e, out);
    buf_printf(out,
        "/* Computes the outputs.  All tensors are row-major, aligned as their element type.\n"
        " * weights: %s, 64-byte aligned.\n"
        " * arena: %s_ARENA_BYTES of memory for this call alone, 64-byte aligned; not kept.\n"
        " * Returns MNC_NET_OK, MNC_NET_NULL, MNC_NET_MISALIGNED or MNC_NET_CPU. */\n"
        "int %s_run(const %s_inputs *in, const %s_outputs *out, const void *weights,"
        " void *arena);\n\n", embeds(e) ? "NULL for the embedded ones, or a copy of them"
                                        : "the contents of the .weights file", p, p, p, p);
    buf_printf(out,
        "/* Runs a sample input and compares with what the reference implementation gave.\n"
        " * memory: %s_SELFTEST_BYTES, 64-byte aligned.  MNC_NET_OK or MNC_NET_DIFFERS. */\n"
        "int %s_selftest(const void *weights, void *memory);\n\n"
        "/* Names, shapes and sizes. */\nconst mnc_net *%s_describe(void);\n\n", p, p, p);
    if (e->options->threads)
        thread_declarations(p, out);
    buf_str(out, "#ifdef __cplusplus\n}\n#endif\n#endif\n");
}

/* ---- description ---- */

/* Ends with an empty entry, as the dimensions end with a 0: neither array may be empty in C. */
static void tensor_table(Emit *e, const char *kind, const ValueId *v, uint32_t n, Buf *out)
{
    for (uint32_t i = 0; i < n; i++) {
        const Shape *s = emit_shape(e, v[i]);
        buf_printf(out, "static const int64_t %s_dim%u[] = { ", kind, i);
        for (uint32_t d = 0; d < s->rank; d++)
            buf_printf(out, "%" PRId64 ", ", s->dim[d]);
        buf_str(out, "0 };\n");
    }
    buf_printf(out, "static const mnc_tensor %s_table[] = {\n", kind);
    for (uint32_t i = 0; i < n; i++) {
        const Value *val = ir_val(e->g, v[i]);
        const DTypeInfo *t = plan_type(e->g, val->dtype);
        buf_printf(out, "    { %s, %d, %u, %s_dim%u, %" PRId64 " },\n",
                   c_string(e->arena, val->name), t->onnx, val->shape.rank, kind, i,
                   shape_count(&val->shape) * (int64_t)t->size);
    }
    buf_str(out, "    { 0, 0, 0, 0, 0 }\n};\n");
}

/* run by position: unpacks the arrays of pointers into the structs. */
static void run_by_position(Emit *e, const char *with, Buf *out)
{
    const char *p = e->prefix;

    buf_printf(out, "\nstatic int run_%sby_position(%sconst void *const *in, void *const *out,\n"
               "    const void *weights, void *arena)\n{\n    %s_inputs x;\n    %s_outputs y;\n\n",
               with, *with ? "void *context, " : "", p, p);
    if (!e->g->n_input)
        buf_str(out, "    (void)in;\n    x.none = 0;\n");
    for (uint32_t i = 0; i < e->g->n_input; i++)
        buf_printf(out, "    x.%s = (const %s *)in[%u];\n", e->in_name[i],
                   emit_type(e, e->g->input[i]), i);
    for (uint32_t i = 0; i < e->g->n_output; i++)
        buf_printf(out, "    y.%s = (%s *)out[%u];\n", e->out_name[i],
                   emit_type(e, e->g->output[i]), i);
    buf_printf(out, "    return %s_run%s(%s&x, &y, weights, arena);\n}\n", p,
               *with ? "_with" : "", *with ? "context, " : "");
}

/* A field of zeros says what the net has not: embedded weights, threads. */
void emit_describe(Emit *e, Buf *out)
{
    const char *p = e->prefix;

    buf_char(out, '\n');
    tensor_table(e, "input", e->g->input, e->g->n_input, out);
    tensor_table(e, "output", e->g->output, e->g->n_output, out);
    run_by_position(e, "", out);
    if (e->options->threads)
        run_by_position(e, "with_", out);
    buf_printf(out, "\nconst mnc_net *%s_describe(void)\n{\n    static const mnc_net net = {\n"
               "        MNC_NET_ABI, %s, \"" MNC_VERSION "\", variant_name,\n"
               "        %u, %u, input_table, output_table,\n", p, c_string(e->arena, e->g->name),
               e->g->n_input, e->g->n_output);
    buf_printf(out, "        %s_ARENA_BYTES, %s_WEIGHT_BYTES, %s%s,\n        run_by_position,\n"
               "        %s_SELFTEST_BYTES, %s_selftest,\n", p, p,
               embeds(e) && e->weights.bytes ? p : "0",
               embeds(e) && e->weights.bytes ? "_weights" : "", p, p);
    if (e->options->threads)
        buf_printf(out, "        %s_CONTEXT_BYTES, %s_open, run_with_by_position, %s_close,\n", p,
                   p, p);
    else
        buf_str(out, "        0, 0, 0, 0,\n");
    buf_str(out, "        0\n");
    buf_str(out, "    };\n\n    return &net;\n}\n");
}

/* ---- self-test ---- */

/* The expected outputs as C arrays; false for types that it does not compare. */
static void expected_arrays(Emit *e, Buf *out)
{
    for (uint32_t i = 0; i < e->g->n_output; i++) {
        const Value *v = ir_val(e->g, e->g->output[i]);
        int64_t n = shape_count(&v->shape);
        Value all = *v;

        all.data = e->expect[i];
        buf_printf(out, "static const float expect%u[] = {", i);
        for (int64_t k = 0; k < n; k += n / 4096 + 1)
            buf_printf(out, "%s%s,", k % 6 ? " " : "\n    ",
                       emit_float(e, (double)(float)ir_element(&all, k), DT_F32));
        buf_printf(out, "%s\n};\n", n ? "" : " 0");
    }
}

/* Inputs, then outputs, each 64-byte aligned, behind the arena: at counts as sample_bytes does. */
static void selftest_body(Emit *e, Buf *out)
{
    int64_t at = 0;

    for (uint32_t i = 0; i < e->g->n_input; i++) {
        const char *t = emit_type(e, e->g->input[i]);
        int64_t n = shape_count(emit_shape(e, e->g->input[i]));
        buf_printf(out, "    in.%s = AT(%s, m, %s_ARENA_BYTES + %" PRId64 ");\n"
                   "    for (i = 0; i < %" PRId64 "; i++)\n        AT(%s, m, %s_ARENA_BYTES + %"
                   PRId64 ")[i] = (%s)SAMPLE_%s(i);\n", e->in_name[i], t, e->prefix, at, n, t,
                   e->prefix, at, t, dtype_info[ir_val(e->g, e->g->input[i])->dtype].name);
        at = (at + plan_size(e->g, e->g->input[i]) + 63) / 64 * 64;
    }
    for (uint32_t i = 0; i < e->g->n_output; i++) {
        buf_printf(out, "    out.%s = AT(%s, m, %s_ARENA_BYTES + %" PRId64 ");\n", e->out_name[i],
                   emit_type(e, e->g->output[i]), e->prefix, at);
        at = (at + plan_size(e->g, e->g->output[i]) + 63) / 64 * 64;
    }
}

/* Without a sample (too much work, or not wanted) the function is there and says so: callers
 * need not ask how the file was made. */
void emit_selftest(Emit *e, Buf *out)
{
    const char *p = e->prefix;

    buf_char(out, '\n');
    if (!e->expect) {
        buf_printf(out, "int %s_selftest(const void *weights, void *memory)\n{\n"
                   "    (void)weights, (void)memory;\n    return MNC_NET_NO_SAMPLE;\n}\n", p);
        return;
    }
    expected_arrays(e, out);
    tmpl_expand(e->options->templates, "selftest.c.t", tmpl_vars(e->arena), out, e->d);
    buf_printf(out, "\nint %s_selftest(const void *weights, void *memory)\n{\n"
               "    unsigned char *m = (unsigned char *)memory;\n    %s_inputs in;\n"
               "    %s_outputs out;\n    int64_t i;\n    int code;\n\n"
               "    if (!m)\n        return MNC_NET_NULL;\n", p, p, p);
    if (!e->g->n_input)
        buf_str(out, "    (void)i;\n    in.none = 0;\n");
    selftest_body(e, out);
    buf_printf(out, "    code = %s_run(&in, &out, weights, memory);\n"
               "    if (code != MNC_NET_OK)\n        return code;\n", p);
    for (uint32_t i = 0; i < e->g->n_output; i++)
        buf_printf(out, "    SAMPLE_COMPARE(out.%s, expect%u, %" PRId64 ");\n", e->out_name[i], i,
                   shape_count(emit_shape(e, e->g->output[i])));
    buf_str(out, "    return MNC_NET_OK;\n}\n");
}
