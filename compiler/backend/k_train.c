/* SPDX-License-Identifier: Apache-2.0 */
/* k_train: batch normalisation by the batch's statistics, its gradient, and those of activations.
 *
 * Everything here reads and writes large tensors once and computes next to nothing, so it is
 * bound by memory: a run of pixels is short enough to stay in the L1 cache while its channels go
 * by, a vector at a time with that channel's numbers in registers.
 *
 * Templates are written in words (v_add, s_add, d_add) for vectors of f32, for f32 and for f64
 * alike: what the f64 build of a net proves by finite differences is the text that f32 runs. */
#include "backend/kernels.h"

#include <inttypes.h>
#include <string.h>

/* The words of a type, with or without vectors. */
typedef struct Words {
    const char *p, *t, *vt;        /* "v", "float", "v_f32" */
    int64_t step;                  /* elements at a time */
} Words;

static Words words_of(const Emit *e, DType t, bool vector)
{
    if (t == DT_F64)
        return (Words){ "d", "double", "double", 1 };
    return vector ? (Words){ "v", "float", "v_f32", e->target->width }
                  : (Words){ "s", "float", "float", 1 };
}

/* ---- derivatives of activations ---- */

/* The name of a function (z, dy) -> dy act'(z) in these words; "none" for no activation. */
static const char *derivative(Emit *e, const Node *n, const Words *w)
{
    DType t = !strcmp(w->p, "d") ? DT_F64 : DT_F32;
    TmplVars *v = tmpl_vars(e->arena);

    if (!*ir_word(n, A_act))
        return "none";
    tmpl_word(v, "P", w->p);
    tmpl_word(v, "VT", w->vt);
    tmpl_word(v, "OP", ir_word(n, A_act));
    tmpl_word(v, "A", emit_float(e, ir_float(n, A_alpha), t));
    tmpl_word(v, "B", emit_float(e, ir_float(n, A_beta), t));
    return emit_function(e, "act_grad.c.t", arena_printf(e->arena, "d_%s", ir_word(n, A_act)), v);
}

const char *emit_derivative(Emit *e, const Node *n, DType t, bool vector)
{
    const Words w = words_of(e, t, vector);

    return derivative(e, n, &w);
}

bool emit_act_grad(Emit *e, const Node *n)
{
    DType t = ir_val(e->g, n->in[0])->dtype;
    Zip z = { .a = t, .b = t, .y = t, .act = "v_same", .post = "x" };
    const char *d;
    bool vector;
    Nest nest;
    Words w;

    nest_elementwise(e, &nest, n->out[0], n->in, 2);
    vector = t == DT_F32 && !e->plain && nest_is_vector(&nest);
    w = words_of(e, t, vector);
    d = derivative(e, n, &w);
    z.type = w.t;
    if (vector)
        z.vector = d;
    else
        z.expr = d ? arena_printf(e->arena, "%s(a, b)", d) : NULL;
    return d && emit_zip_call(e, n, &nest, &z);
}

/* ---- pixels by channels ---- */

/* Operands of an op over pixels: x and perhaps g, vectors of channels, and the result. */
typedef struct Pixels {
    ValueId x, g, y;           /* g: 0 when there is none */
    uint32_t first, count;     /* operands of the node that are vectors of channels */
    int64_t parts;             /* of sums; 0: y is as x */
    int64_t block;             /* pixels of a run */
    bool stream;               /* y is stored past the caches */
} Pixels;

enum { ELEMENT_BLOCK = 256, SUM_BLOCK = 64 };

/* The loops over all dimensions but the channels, row-major, not reordered: parts of sums are
 * counted in this order. */
static void pixel_nest(const Emit *e, const Pixels *p, Nest *nest)
{
    const Shape *x = emit_shape(e, p->x);
    ValueId v[3] = { p->x, p->g.id ? p->g : p->x, p->parts ? p->x : p->y };

    nest_init(nest, 3);
    for (uint32_t d = 0; d < x->rank; d++) {
        int64_t step[NEST_OPERANDS] = { 0 };
        uint32_t last = nest->rank - 1;
        bool merged = nest->rank > 0;

        if (d == 1 || x->dim[d] == 1)
            continue;
        for (int i = 0; i < 3; i++)
            step[i] = emit_place(e, v[i])->stride[d];
        for (int i = 0; i < 3 && merged; i++)
            merged = nest->step[i][last] == step[i] * x->dim[d];
        if (!merged) {
            nest_add(nest, x->dim[d], step);
            continue;
        }
        nest->dim[last] *= x->dim[d];
        for (int i = 0; i < 3; i++)
            nest->step[i][last] = step[i];
    }
    if (!nest->rank)
        nest_add(nest, 1, (int64_t[NEST_OPERANDS]){ 0 });
}

static int64_t channel_step(const Emit *e, ValueId v)
{
    return v.id ? emit_place(e, v)->stride[1] : 0;
}

static bool vector_fits(const Emit *e, const Pixels *p)
{
    return ir_val(e->g, p->x)->dtype == DT_F32 && !e->plain && channel_step(e, p->x) == 1
        && (!p->g.id || channel_step(e, p->g) == 1)
        && (p->parts || channel_step(e, p->y) == 1);
}

typedef struct Channels { int64_t from, to; } Channels;

/* The function that does a run of pixels, of channels from .. to: lanes at a time, 0: whole
 * vectors. */
static const char *run_function(Emit *e, const Node *n, const Pixels *p, const Nest *nest,
                                Words words, Channels run)
{
    const Words *w = &words;
    const int64_t from = run.from, to = run.to;
    TmplVars *v = tmpl_vars(e->arena);
    DType t = ir_val(e->g, p->x)->dtype;
    bool tail = to - from < w->step;
    const char *act = n->op != OP_bn_apply ? "" : !strcmp(w->p, "v") ? emit_act(e, &n->act)
                    : emit_scalar_act(e, &n->act, t);
    const char *d = n->op == OP_bn_grad || n->op == OP_bn_grad_sums ? derivative(e, n, w) : "none";
    uint32_t last = nest->rank - 1;
    const IntVar vars[] = {
        { "STEP", w->step }, { "FROM", from }, { "TO", to }, { "C", emit_shape(e, p->x)->dim[1] },
        { "XS", nest->step[0][last] }, { "GS", nest->step[1][last] },
        { "YS", nest->step[2][last] }, { "XC", channel_step(e, p->x) },
        { "GC", channel_step(e, p->g) }, { "YC", p->parts ? 1 : channel_step(e, p->y) },
        { "HAS_G", p->g.id != 0 }, { "CH", p->count },
    };

    if (!act || !d)
        return NULL;
    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    tmpl_word(v, "P", w->p);
    tmpl_word(v, "T", w->t);
    tmpl_word(v, "VT", w->vt);
    tmpl_word(v, "OP", op_info[n->op].name);
    tmpl_word(v, "ACT", act);
    tmpl_word(v, "D", d);
    tmpl_word(v, "PUT", arena_printf(e->arena, "%s_%s(", w->p,
                                     p->stream ? "stream" : tail ? "store_n" : "store"));
    tmpl_word(v, "LD", arena_printf(e->arena, "%s_load%s(", w->p, tail ? "_n" : ""));
    tmpl_word(v, "ST", arena_printf(e->arena, "%s_store%s(", w->p, tail ? "_n" : ""));
    tmpl_word(v, "RD", tail ? arena_printf(e->arena, ", %" PRId64 ")", to - from) : ")");
    return emit_function(e, "channels.c.t", op_info[n->op].name, v);
}

/* Operands in the order x, g, vectors, y. */
static void call_pixels(Emit *e, const Node *n, const Pixels *p, const char *fn)
{
    const char *args[10];
    uint32_t k = 0;

    args[k++] = emit_in(e, p->x);
    if (p->g.id)
        args[k++] = emit_in(e, p->g);
    for (uint32_t i = 0; i < p->count; i++)
        args[k++] = emit_in(e, n->in[p->first + i]);
    args[k++] = emit_out(e, p->y);
    emit_call_parts(e, fn, args, k);
}

static bool emit_pixels(Emit *e, const Node *n, const Pixels *p)
{
    int64_t channels = emit_shape(e, p->x)->dim[1], total;
    Words w = words_of(e, ir_val(e->g, p->x)->dtype, vector_fits(e, p));
    int64_t whole = channels / w.step * w.step;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *run = NULL, *tail = "none";
    Nest nest;

    pixel_nest(e, p, &nest);
    total = shape_count(emit_shape(e, p->x)) / channels;
    if (whole < channels)
        tail = run_function(e, n, p, &nest, w, (Channels){ whole, channels });
    if (whole)
        run = run_function(e, n, p, &nest, w, (Channels){ 0, whole });
    if (!tail || (whole && !run))
        return false;
    nest_vars(&nest, v, (const char *[]){ "X", "G", "Y" });
    emit_int_vars(v, (const IntVar[]){
        { "C", channels }, { "TOTAL", total }, { "PARTS", p->parts }, { "BLOCK", p->block },
        { "HAS_G", p->g.id != 0 }, { "CH", p->count }, { "STREAM", p->stream } }, 7);
    tmpl_word(v, "T", w.t);
    tmpl_word(v, "RUN", run ? run : tail);
    tmpl_word(v, "TAIL", run ? tail : "none");
    fn = emit_function(e, "pixels.c.t", op_info[n->op].name, v);
    if (fn)
        call_pixels(e, n, p, fn);
    return fn != NULL;
}

bool emit_bn_apply(Emit *e, const Node *n)
{
    Pixels p = { .x = n->in[0], .y = n->out[0], .first = 1, .count = 3, .block = ELEMENT_BLOCK };

    p.stream = vector_fits(e, &p) && emit_streams(e, p.y);
    return emit_pixels(e, n, &p);
}

bool emit_bn_stats(Emit *e, const Node *n)
{
    return emit_pixels(e, n, &(Pixels){ .x = n->in[0], .y = n->out[0],
                                        .parts = ir_int(n, A_parts), .block = SUM_BLOCK });
}

bool emit_bn_grad_sums(Emit *e, const Node *n)
{
    return emit_pixels(e, n, &(Pixels){ .x = n->in[0], .g = n->in[4], .y = n->out[0], .first = 1,
                                        .count = 3, .parts = ir_int(n, A_parts),
                                        .block = SUM_BLOCK });
}

bool emit_bn_grad(Emit *e, const Node *n)
{
    return emit_pixels(e, n, &(Pixels){ .x = n->in[0], .g = n->in[6], .y = n->out[0], .first = 1,
                                        .count = 5, .block = ELEMENT_BLOCK });
}

/* ---- per channel ---- */

/* bn_merge, bn_factor, bn_grad_fold, bn_track */
bool emit_bn_small(Emit *e, const Node *n)
{
    const Shape *s = emit_shape(e, n->in[0]);
    bool parts = s->rank == 3;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *args[8];
    uint32_t k = 0;

    tmpl_word(v, "OP", op_info[n->op].name);
    tmpl_word(v, "T", emit_type(e, n->in[0]));
    tmpl_int(v, "C", s->dim[parts ? 2 : 0]);
    tmpl_int(v, "PARTS", parts ? s->dim[0] : 0);
    tmpl_int(v, "COUNT", ir_attr(n, A_count) ? ir_int(n, A_count) : 0);
    tmpl_int(v, "RANKS", ir_attr(n, A_ranks) ? ir_int(n, A_ranks) : 1);
    tmpl_word(v, "EPS", ir_attr(n, A_eps) ? emit_float(e, ir_float(n, A_eps), DT_F64) : "0");
    tmpl_word(v, "MOMENTUM", ir_attr(n, A_momentum)
              ? emit_float(e, ir_float(n, A_momentum), DT_F64) : "0");
    fn = emit_function(e, "bn_small.c.t", op_info[n->op].name, v);
    for (uint32_t i = n->op == OP_bn_track ? 2 : 0; i < n->n_in; i++)
        args[k++] = emit_in(e, n->in[i]);
    if (n->op == OP_bn_track) {
        args[2] = args[0];
        args[3] = args[1];
        args[0] = emit_out(e, n->out[0]);
        args[1] = emit_out(e, n->out[1]);
        args[4] = "AT(const mnc_head, s, 0)";
        k = 5;
    } else {
        for (uint32_t i = 0; i < n->n_out; i++)
            args[k++] = emit_out(e, n->out[i]);
    }
    if (fn)
        emit_call(e, fn, args, k);
    return fn != NULL;
}

/* ---- of several ranks ---- */

/* The way to them is among the inputs of a step; in a file that does not train there is none. */
static const char OTHERS[] = "in->others";

bool emit_bn_total(Emit *e, const Node *n)
{
    const Shape *s = emit_shape(e, n->in[0]);
    bool others = e->state && ir_int(n, A_ranks) > 1;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *args[4];
    uint32_t k = 0;

    tmpl_word(v, "T", emit_type(e, n->in[0]));
    emit_int_vars(v, (const IntVar[]){
        { "C", s->dim[2] }, { "PARTS", s->dim[0] }, { "COUNT", ir_int(n, A_count) },
        { "RANKS", ir_int(n, A_ranks) }, { "OTHERS", others } }, 5);
    fn = emit_function(e, "bn_total.c.t", "bn_total", v);
    args[k++] = emit_in(e, n->in[0]);
    if (others)
        args[k++] = OTHERS;
    args[k++] = emit_out(e, n->out[0]);
    args[k++] = emit_out(e, n->out[1]);
    if (fn)
        emit_call(e, fn, args, k);
    return fn != NULL;
}

/* By one thread, behind the barrier of what wrote the gradient. */
bool emit_all_reduce(Emit *e, const Node *n)
{
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;

    tmpl_int(v, "COUNT", shape_count(emit_shape(e, n->in[0])));
    fn = emit_function(e, "all_reduce.c.t", "all_reduce", v);
    if (fn)
        emit_call(e, fn, (const char *[]){ OTHERS, emit_out(e, n->out[0]) }, 2);
    return fn != NULL;
}
