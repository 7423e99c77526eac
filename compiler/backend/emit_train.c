/* SPDX-License-Identifier: Apache-2.0 */
/* emit_train: the parts of a file that belong to training: the state's table, initial values, and
 * the functions around the programs (templates/train.c.t).
 *
 * The state is, one behind the other, what is kept between steps, what is not, and the arena, which
 * the programs share. */
#include "backend/emit.h"
#include "passes/pass.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

/* The graphs number the kinds of slots as the generated files do. */
_Static_assert((int)STATE_PARAM == (int)MNC_SLOT_PARAM && (int)STATE_SCORES == (int)MNC_SLOT_SCORES,
               "kinds of slots");

/* The scores' slot; there is one. */
static const StateSlot *scores(const Emit *e)
{
    uint32_t i = 0;

    while (e->state->slot[i].kind != STATE_SCORES)
        i++;
    return &e->state->slot[i];
}

int64_t emit_train_arena(const Emit *e)
{
    int64_t most = 0;

    for (uint32_t i = 0; i < e->n_program; i++)
        if (e->program[i].plan->arena_bytes > most)
            most = e->program[i].plan->arena_bytes;
    return most;
}

/* ---- declarations ---- */

static const Shape *image(const Emit *e)
{
    return &ir_val(e->program[0].g, e->program[0].g->input[0])->shape;
}

static void set_sizes(Emit *e, TmplVars *v)
{
    const Shape *s = &scores(e)->shape;

    tmpl_word(v, "PREFIX", e->prefix);
    tmpl_int(v, "BATCH", s->dim[0]);
    tmpl_int(v, "CLASSES", s->dim[1]);
    tmpl_int(v, "KEPT", e->state->kept_bytes);
    tmpl_int(v, "STATE", e->state->bytes + emit_train_arena(e));
    tmpl_int(v, "THREADS", e->options->threads != 0);
    tmpl_int(v, "KEEP", e->options->train->keep_gradients != 0);
    tmpl_int(v, "RANKS", train_ranks(e->options->train));
}

void emit_train_declarations(Emit *e, Buf *out)
{
    TmplVars *v = tmpl_vars(e->arena);

    buf_printf(out, "#ifndef %s_NET_H\n#define %s_NET_H\n\n", e->prefix, e->prefix);
    emit_abi("net.h", out);
    emit_abi("train.h", out);
    buf_str(out, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    set_sizes(e, v);
    tmpl_int(v, "IMAGE", shape_count(image(e)) / image(e)->dim[0]);
    tmpl_expand(e->options->templates, "train_head.c.t", v, out, e->d);
    buf_str(out, "\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
}

bool emit_scalars(Emit *e, Buf *out)
{
    static const char *const kinds[2][2] = { { "s", "f" }, { "d", "" } };
    bool wanted = e->state != NULL;

    for (uint32_t i = 1; i < e->program[0].g->n_node; i++)
        wanted = wanted || e->program[0].g->node[i].op >= OP_bn_stats;
    for (int i = 0; wanted && i < 2; i++) {
        TmplVars *v = tmpl_vars(e->arena);
        tmpl_word(v, "P", kinds[i][0]);
        tmpl_word(v, "F", kinds[i][1]);
        if (!tmpl_expand(e->options->templates, "scalar.c.t", v, out, e->d))
            return false;
    }
    if (e->state)
        buf_printf(out, "\ntypedef struct %s_inputs {\n    const float *x;\n"
                   "    const int32_t *labels;\n%s} %s_inputs;\n\n"
                   "typedef struct %s_outputs {\n    float *loss, *scores;\n} %s_outputs;\n",
                   e->prefix, train_ranks(e->options->train) > 1
                   ? "    const mnc_ranks *others;\n" : "", e->prefix, e->prefix, e->prefix);
    return true;
}

/* ---- tables ---- */

static void tensor(Emit *e, const char *name, DType t, const Shape *s, const char *dim, Buf *out)
{
    buf_printf(out, "{ %s, %d, %u, %s, %" PRId64 " }", c_string(e->arena, name),
               plan_type(e->g, t)->onnx, s->rank, dim,
               shape_count(s) * (int64_t)plan_type(e->g, t)->size);
}

static void dimensions(const char *name, const Shape *s, Buf *out)
{
    buf_printf(out, "static const int64_t %s[] = { ", name);
    for (uint32_t d = 0; d < s->rank; d++)
        buf_printf(out, "%" PRId64 ", ", s->dim[d]);
    buf_str(out, "0 };\n");
}

static void ends(Emit *e, Buf *out)
{
    const Graph *g = e->program[0].g;
    const Value *x = ir_val(g, g->input[0]);

    dimensions("input_dim0", &x->shape, out);
    dimensions("output_dim0", &scores(e)->shape, out);
    buf_str(out, "static const mnc_tensor input_table[] = { ");
    tensor(e, x->name, x->dtype, &x->shape, "input_dim0", out);
    buf_str(out, " };\nstatic const mnc_tensor output_table[] = { ");
    tensor(e, scores(e)->name, scores(e)->dtype, &scores(e)->shape, "output_dim0", out);
    buf_str(out, " };\n");
}

static void slots(Emit *e, Buf *out)
{
    for (uint32_t i = 0; i < e->state->n; i++)
        dimensions(arena_printf(e->arena, "slot_dim%u", i), &e->state->slot[i].shape, out);
    buf_str(out, "static const mnc_slot slot_table[] = {\n");
    for (uint32_t i = 0; i < e->state->n; i++) {
        const StateSlot *s = &e->state->slot[i];
        buf_str(out, "    { ");
        tensor(e, s->name, s->dtype, &s->shape, arena_printf(e->arena, "slot_dim%u", i), out);
        buf_printf(out, ", %d, %" PRId64 " },\n", (int)s->kind, s->offset);
    }
    buf_str(out, "};\n");
}

/* Where in the weights the slots' first numbers are; how many there are. */
static uint32_t initial(Emit *e, Buf *out)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < e->state->n; i++) {
        const StateSlot *s = &e->state->slot[i];
        int64_t count = shape_count(&s->shape);
        if (!s->initial || !count)
            continue;
        if (!n++)
            buf_str(out, "static const struct { size_t to, from, bytes; } initial_table[] = {\n");
        buf_printf(out, "    { %" PRId64 ", %" PRId64 ", %" PRId64 " },\n", s->offset,
                   weights_add(&e->weights, s->dtype, s->initial, count,
                               c_comment(e->arena, s->name)),
                   count * (int64_t)plan_type(e->g, s->dtype)->size);
    }
    buf_str(out, n ? "};\n" : "");
    return n;
}

/* Of everything that a saved state relies on.  It may go on with another number of ranks, so
 * gradients, which one alone does not keep, are left out, and the batch is that of all of them. */
static uint64_t layout_hash(const Emit *e)
{
    const char *optimizer = train_optimizer(e->options->train);
    uint64_t h = XXH64(optimizer, strlen(optimizer), sizeof(mnc_head));

    for (uint32_t i = 0; i < e->state->n; i++) {
        StateSlot s = e->state->slot[i];
        if (s.kind == STATE_GRADIENT)
            continue;
        if (s.kind == STATE_SCORES)
            s.shape.dim[0] *= train_ranks(e->options->train);
        h = XXH64(s.name, strlen(s.name) + 1, h);
        h = XXH64(s.shape.dim, s.shape.rank * sizeof *s.shape.dim, h + (uint64_t)s.kind);
    }
    return h;
}

static uint32_t program_number(const Emit *e, const char *name)
{
    uint32_t i = 0;

    while (i < e->n_program && strcmp(e->program[i].name, name))
        i++;
    return i;
}

/* Called before the weights are written, because the initial ones are among them. */
bool emit_train_tables(Emit *e, Buf *out)
{
    ends(e, out);
    slots(e, out);
    e->n_initial = e->options->train->initial ? initial(e, out) : 0;
    return true;
}

bool emit_train(Emit *e, Buf *out)
{
    uint64_t hash = layout_hash(e);
    TmplVars *v = tmpl_vars(e->arena);

    set_sizes(e, v);
    tmpl_word(v, "NAME", c_string(e->arena, e->program[0].g->name));
    tmpl_word(v, "VERSION", MNC_VERSION);
    tmpl_word(v, "OPTIMIZER", train_optimizer(e->options->train));
    tmpl_int(v, "ARENA", e->state->bytes);
    tmpl_int(v, "SCORES", scores(e)->offset);
    tmpl_int(v, "OTHERS", e->state->others);
    tmpl_int(v, "LAYOUT_HIGH", (int64_t)(hash >> 32));
    tmpl_int(v, "LAYOUT_LOW", (int64_t)(hash & UINT32_MAX));
    tmpl_word(v, "WEIGHTS", e->weights.bytes ? arena_printf(e->arena, "%s_weights", e->prefix)
                                             : "0");
    tmpl_int(v, "N_SLOT", e->state->n);
    tmpl_int(v, "N_INITIAL", e->n_initial);
    tmpl_int(v, "SPLIT", program_number(e, "update") < e->n_program);
    tmpl_int(v, "EVAL", program_number(e, "eval"));
    tmpl_int(v, "UPDATE", program_number(e, "update"));
    return tmpl_expand(e->options->templates, "train.c.t", v, out, e->d);
}
