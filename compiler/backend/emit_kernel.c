/* SPDX-License-Identifier: Apache-2.0 */
/* emit_kernel: what kernels are made of: functions, calls, pointers, numbers. */
#include "backend/emit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void remember(Emit *e, const char *name)
{
    if (e->n_function == e->cap_function) {
        uint32_t cap = e->cap_function ? 2 * e->cap_function : 64;
        e->function = arena_resize(e->arena, e->function, e->cap_function * sizeof *e->function,
                                   cap * sizeof *e->function);
        e->cap_function = cap;
    }
    e->function[e->n_function++] = name;
}

uint32_t emit_function_number(Emit *e, const char *file, const char *base, TmplVars *v)
{
    const char *key = arena_printf(e->arena, "%s %s %s", e->target->suffix, file,
                                   tmpl_key(v, "NAME"));
    Sym s = intern(&e->functions, key);
    uint32_t number = *intern_mark(&e->functions, s);

    if (!number) {
        const char *name;

        number = e->n_function + 1;
        name = arena_printf(e->arena, "%s_%s_%u", base, e->target->suffix, number);
        tmpl_word(v, "NAME", name);
        if (!tmpl_expand(e->options->templates, file, v, &e->kernels, e->d))
            return 0;
        buf_char(&e->kernels, '\n');
        remember(e, name);
        *intern_mark(&e->functions, s) = number;
    }
    return number;
}

const char *emit_function(Emit *e, const char *file, const char *base, TmplVars *v)
{
    uint32_t number = emit_function_number(e, file, base, v);

    return number ? e->function[number - 1] : NULL;
}

static void put_call(Emit *e, const char *fn, const char *const *args, uint32_t n)
{
    size_t line = e->body.n;

    buf_printf(&e->body, "%s(", fn);
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            buf_str(&e->body, ",");
        if (e->body.n - line + strlen(args[i]) > 88) {
            line = e->body.n;
            buf_str(&e->body, "\n        ");
        } else if (i) {
            buf_char(&e->body, ' ');
        }
        buf_str(&e->body, args[i]);
    }
    buf_str(&e->body, ");\n");
}

void emit_call(Emit *e, const char *fn, const char *const *args, uint32_t n)
{
    buf_str(&e->body, e->options->threads ? "    if (part == 0)\n        " : "    ");
    put_call(e, fn, args, n);
}

void emit_call_parts(Emit *e, const char *fn, const char *const *args, uint32_t n)
{
    const char *all[8];

    memcpy(all, args, n * sizeof *args);
    all[n] = "part";
    all[n + 1] = "parts";
    buf_str(&e->body, "    ");
    put_call(e, fn, all, n + 2);
}

const char *emit_weights(Emit *e, DType t, const void *data, int64_t count, const char *what)
{
    int64_t offset = weights_add(&e->weights, t, data, count, what);

    return arena_printf(e->arena, "AT(const %s, w, %" PRId64 ")", dtype_info[t].c, offset);
}

static const char *pointer(Emit *e, ValueId v, int64_t extra, bool write)
{
    const Place *p = emit_place(e, v);
    const Value *val = ir_val(e->g, v);
    const char *c = write ? "" : "const ", *type = dtype_info[val->dtype].c;
    int64_t at = p->offset + extra, size = (int64_t)dtype_info[val->dtype].size;

    switch (p->kind) {
    case PLACE_ARENA:
        at = e->plan->slot[p->owner.id].offset + at * size;
        return arena_printf(e->arena, "AT(%s%s, a, %" PRId64 ")", c, type, at);
    case PLACE_INPUT:
        return arena_printf(e->arena, "in->%s + %" PRId64, e->in_name[p->index], at);
    case PLACE_OUTPUT:
        return arena_printf(e->arena, "out->%s + %" PRId64, e->out_name[p->index], at);
    case PLACE_WEIGHTS: {
        const Value *own = ir_val(e->g, p->owner);
        int64_t base = weights_add(&e->weights, own->dtype, own->data, shape_count(&own->shape),
                                   c_comment(e->arena, own->name));
        return arena_printf(e->arena, "AT(const %s, w, %" PRId64 ")", type, base + at * size);
    }
    case PLACE_NONE: break;
    }
    return "0";
}

const char *emit_in_at(Emit *e, ValueId v, int64_t extra) { return pointer(e, v, extra, false); }
const char *emit_out_at(Emit *e, ValueId v, int64_t extra) { return pointer(e, v, extra, true); }
const char *emit_in(Emit *e, ValueId v) { return pointer(e, v, 0, false); }
const char *emit_out(Emit *e, ValueId v) { return pointer(e, v, 0, true); }

const char *emit_float(Emit *e, double x, DType t)
{
    const char *cast = t == DT_F32 ? "(float)" : "";
    Buf b;

    if (isnan(x))
        return arena_printf(e->arena, "%sNAN", cast);
    if (isinf(x))
        return arena_printf(e->arena, "%s%sINFINITY", cast, x < 0 ? "-" : "");
    buf_init(&b, e->arena);
    if (t == DT_F32)
        buf_float(&b, (float)x);
    else
        buf_double(&b, x);
    if (!strpbrk(b.p, ".e"))
        buf_str(&b, ".0");
    if (t == DT_F32)
        buf_char(&b, 'f');
    return b.p;
}
