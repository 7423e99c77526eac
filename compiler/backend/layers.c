/* SPDX-License-Identifier: Apache-2.0 */
/* layers: what was emitted, layer by layer, for who times it; and the loop that shows how fast a
 * target's multiply-adds can be.
 *
 * In: calls of layers_tile and layers_end while a target is written.  Out: mnc_layers' list, of all
 * targets in the file one behind the other. */
#include "backend/emit.h"
#include "backend/model.h"
#include "ir/count.h"

#include <stdarg.h>
#include <string.h>

/* The kernel says how it cuts its work; pieces of a layer that are cut differently add up. */
void layers_tile(Emit *e, const char *fmt, ...)
{
    const char *before = e->layers.tile;
    va_list ap;
    Buf b;

    buf_init(&b, e->arena);
    if (before)
        buf_printf(&b, "%s + ", before);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    e->layers.tile = b.p;
}

/* Bytes of value v, as the model counts them: a panel's padding is not traffic of the layer's. */
static int64_t value_bytes(const Emit *e, ValueId v)
{
    return plan_size(e->g, v);
}

/* An operand that is read twice (x * x) comes from memory once: operand k is looked for among those
 * before it. */
static bool seen_before(const Node *n, uint32_t k)
{
    for (uint32_t i = 0; i < k; i++)
        if (n->in[i].id == n->in[k].id)
            return true;
    return false;
}

/* What must go through the layer at least: operands, weights among them, and results. */
static int64_t node_bytes(const Emit *e, const Node *n)
{
    int64_t sum = 0;

    for (uint32_t k = 0; k < n->n_in; k++)
        if (n->in[k].id && !seen_before(n, k))
            sum += value_bytes(e, n->in[k]);
    for (uint32_t k = 0; k < n->n_out; k++)
        sum += value_bytes(e, n->out[k]);
    return sum;
}

/* "conv + add + clip": the op and what is fused into it. */
const char *layers_op(Arena *a, const Node *n)
{
    bool add = (n->op == OP_conv || n->op == OP_dense) && ir_in(n, 3).id;

    return arena_printf(a, "%s%s%s%s", op_info[n->op].name, add ? " + add" : "",
                        n->act.op ? " + " : "", n->act.op ? op_info[n->act.op].name : "");
}

/* Node n, number i, is written completely. */
void layers_end(Emit *e, const Node *n, uint32_t i)
{
    Layers *l = &e->layers;

    if (l->n == l->cap) {
        uint32_t cap = l->cap ? 2 * l->cap : 128;
        l->list = arena_resize(e->arena, l->list, l->cap * sizeof *l->list,
                               cap * sizeof *l->list);
        l->cap = cap;
    }
    l->list[l->n++] = (mnc_layer){
        .number = (int)i, .target = e->target->name, .name = ir_val(e->g, n->out[0])->name,
        .op = layers_op(e->arena, n), .kernel = l->called ? l->called : "",
        .tile = l->tile ? l->tile : "", .macs = count_macs(e->g, n), .bytes = node_bytes(e, n),
    };
    l->called = l->tile = NULL;
}

/* The list was put into the model when its text was made. */
mnc_status mnc_layers(const mnc_model *m, const mnc_layer **list, size_t *n)
{
    *list = m->layers;
    *n = m->n_layer;
    return m->layers ? MNC_OK : MNC_INVALID;
}

/* ---- the most that a target can do ---- */

enum { LEAST_SUMS = 14 };      /* hide the latency of a product and a sum one after the other, and
                                  fit in 16 registers */

/* As many sums as the target's convolutions hold in registers. */
static bool peak_text(mnc_model *m, const char *name, Buf *out)
{
    const Target *t = target_by_name(name);
    TmplVars *v = tmpl_vars(&m->arena), *none = tmpl_vars(&m->arena);
    const char *dir = m->options.templates;

    if (!t) {
        diag_error(&m->diag, (Pos){ 0 }, "there is no target '%s'",
                   diag_quote(&m->arena, name));
        return false;
    }
    tmpl_int(v, "SUMS", t->tile_m * t->tile_v > LEAST_SUMS ? t->tile_m * t->tile_v : LEAST_SUMS);
    tmpl_word(v, "CPU", t->cpu);
    buf_str(out, "#include <stddef.h>\n#include <stdint.h>\n");
    return tmpl_expand(dir, "common.c.t", none, out, &m->diag)
        && tmpl_expand(dir, t->vocabulary, none, out, &m->diag)
        && tmpl_expand(dir, "peak.c.t", v, out, &m->diag);
}

const char *mnc_native_target(void)
{
    return target_native();
}

/* The text is the same each time, so that the cache of compiled objects finds it. */
mnc_status mnc_peak_text(mnc_model *m, const char *target, const char **text, size_t *n)
{
    Buf out;
    bool ok;

    PROTECT(m);
    buf_init(&out, &m->arena);
    ok = peak_text(m, target, &out);
    *text = out.p;
    *n = out.n;
    return model_result(m, ok);
}
