/* SPDX-License-Identifier: Apache-2.0 */
/* emit_kernel: what kernels are made of: functions, calls, pointers, numbers. */
#include "backend/emit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    LINE = 16,                         /* floats in a cache line */
    STREAM_BYTES = 8 * 1024 * 1024     /* several L2 caches */
};

/* Its number is its place in the list plus one; numbers are never given back. */
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

/* The key is everything that the template can see but the name itself: equal keys, equal
 * functions.  So a kernel is written once per target, however many layers call it.  0: a
 * message has been said. */
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

/* NULL: the template has a mistake, which has been said. */
const char *emit_function(Emit *e, const char *file, const char *base, TmplVars *v)
{
    uint32_t number = emit_function_number(e, file, base, v);

    return number ? e->function[number - 1] : NULL;
}

/* The line is broken in front of an argument that would reach beyond column 88 or so. */
static void put_call(Emit *e, const char *fn, const char *const *args, uint32_t n)
{
    size_t line = e->body.n;

    e->layers.called = fn;
    buf_printf(&e->body, "%s(", fn);
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            buf_str(&e->body, ",");
        if (e->body.n - line + strlen(args[i]) > 88) {
            line = e->body.n;
            buf_printf(&e->body, "\n%*s", 8 + 4 * e->depth, "");
        } else if (i) {
            buf_char(&e->body, ' ');
        }
        buf_str(&e->body, args[i]);
    }
    buf_str(&e->body, ");\n");
}

/* For kernels that do not divide their work: one thread does it while the others go on to the
 * barrier. */
void emit_call(Emit *e, const char *fn, const char *const *args, uint32_t n)
{
    buf_str(&e->body, e->options->threads ? "    if (part == 0)\n        " : "    ");
    put_call(e, fn, args, n);
}

/* n is at most 10: one or two more go behind. */
void emit_call_parts(Emit *e, const char *fn, const char *const *args, uint32_t n)
{
    const char *all[12];

    memcpy(all, args, n * sizeof *args);
    all[n] = e->rows ? e->rows : "part, parts";
    buf_printf(&e->body, "%*s", 4 + 4 * e->depth, "");
    put_call(e, fn, all, n + 1);
}

/* The text of a pointer to the data, of the type that the kernel reads it with. */
const char *emit_weights(Emit *e, DType t, const void *data, int64_t count, const char *what)
{
    int64_t offset = weights_add(&e->weights, t, data, count, what);

    return arena_printf(e->arena, "AT(const %s, w, %" PRId64 ")", dtype_info[t].c, offset);
}

/* In a band: where the image's part of v begins, behind the first byte of its buffer or its first
 * element; size is that of what is counted.  A ring has no images, but one part for each thread. */
static const char *band_offset(Emit *e, ValueId v, int64_t size)
{
    const Place *p = emit_place(e, v);

    if (p->ring)
        return e->plan->parts == 1 ? ""
             : arena_printf(e->arena, " + part * (ptrdiff_t)%" PRId64,
                            e->plan->slot[p->owner.id].bytes / e->plan->parts);
    return e->image ? arena_printf(e->arena, " + %s * (ptrdiff_t)%" PRId64, e->image,
                                   p->stride[0] * size) : "";
}

/* Offsets in a place count elements of the value's type, and so does extra; slots and weights
 * count bytes.  What is dead, or folded into packed weights, has no place, and no kernel looks
 * at its pointer. */
static const char *pointer(Emit *e, ValueId v, int64_t extra, bool write)
{
    const Place *p = emit_place(e, v);
    const Value *val = ir_val(e->g, v);
    const char *c = write ? "" : "const ", *type = dtype_info[val->dtype].c;
    int64_t at = p->offset + extra, size = (int64_t)plan_type(e->g, val->dtype)->size;

    switch (p->kind) {
    case PLACE_ARENA:
        at = e->plan->slot[p->owner.id].offset + at * size;
        return arena_printf(e->arena, "AT(%s%s, a, %" PRId64 "%s)", c, type, at,
                            band_offset(e, v, size));
    case PLACE_INPUT:
        return arena_printf(e->arena, "in->%s + %" PRId64 "%s", e->in_name[p->index], at,
                            band_offset(e, v, 1));
    case PLACE_OUTPUT:
        return arena_printf(e->arena, "out->%s + %" PRId64 "%s", e->out_name[p->index], at,
                            band_offset(e, v, 1));
    case PLACE_WEIGHTS: {
        const Value *own = ir_val(e->g, p->owner);
        int64_t base = weights_add(&e->weights, own->dtype, own->data, shape_count(&own->shape),
                                   c_comment(e->arena, own->name));
        return arena_printf(e->arena, "AT(const %s, w, %" PRId64 ")", type, base + at * size);
    }
    case PLACE_STATE:
        at = e->state->slot[state_find(e->state, ir_val(e->g, p->owner)->name)].offset + at * size;
        return arena_printf(e->arena, "AT(%s%s, s, %" PRId64 ")", c, type, at);
    case PLACE_NONE: break;
    }
    return "0";
}

const char *emit_in_at(Emit *e, ValueId v, int64_t extra) { return pointer(e, v, extra, false); }
const char *emit_out_at(Emit *e, ValueId v, int64_t extra) { return pointer(e, v, extra, true); }
const char *emit_in(Emit *e, ValueId v) { return pointer(e, v, 0, false); }
const char *emit_out(Emit *e, ValueId v) { return pointer(e, v, 0, true); }

/* The caller's outputs may lie anywhere; a ring stays in the cache, and that is its purpose. */
bool emit_streams(const Emit *e, ValueId v)
{
    const Place *p = emit_place(e, v);
    const Shape *s = emit_shape(e, v);

    if ((p->kind != PLACE_ARENA && p->kind != PLACE_STATE) || p->ring || p->offset % LINE
        || ir_val(e->g, v)->dtype != DT_F32 || s->rank < 2 || p->stride[1] != 1
        || s->dim[1] % LINE || shape_count(s) * 4 < STREAM_BYTES)
        return false;
    for (uint32_t d = 0; d < s->rank; d++)
        if (d != 1 && s->dim[d] > 1 && p->stride[d] % LINE)
            return false;
    return true;
}

/* Shortest text that reads back as the same number, made a literal of type t: a point, and f
 * for f32.  inf and nan are macros of math.h, floats by type. */
const char *emit_float(Emit *e, double x, DType t)
{
    const char *cast;
    Buf b;

    t = plan_type(e->g, t) == &dtype_info[DT_F64] ? DT_F64 : t;
    cast = t == DT_F32 ? "(float)" : "";
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
