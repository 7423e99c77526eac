/* SPDX-License-Identifier: Apache-2.0 */
/* summary: counting, the table, and JSON. */
#include "ir/summary.h"

#include <inttypes.h>
#include <string.h>

/* ---- what a layer is called ---- */

/* One filter per channel, and no channel multiplier: group = C = K. */
static bool is_depthwise(const Graph *g, const Node *n)
{
    int64_t group;

    if (n->op != OP_conv)
        return false;
    group = ir_int(n, A_group);
    return group > 1 && group == ir_val(g, n->in[0])->shape.dim[1]
        && group == ir_val(g, n->out[0])->shape.dim[1];
}

/* R S of weights (K,C/group,R,S). */
static int64_t kernel_elements(const Graph *g, const Node *n)
{
    const Shape *w = &ir_val(g, n->in[1])->shape;
    int64_t taps = 1;

    for (uint32_t i = 2; i < w->rank; i++)
        taps *= w->dim[i];
    return taps;
}

/* A 1x1 kernel over all channels, whatever the stride. */
static bool is_pointwise(const Graph *g, const Node *n)
{
    return n->op == OP_conv && ir_int(n, A_group) == 1 && kernel_elements(g, n) == 1;
}

/* The op's name, but for the two halves of a separable convolution. */
static const char *type_of(const Graph *g, const Node *n)
{
    return is_depthwise(g, n) ? "depthwise" : is_pointwise(g, n) ? "pointwise"
         : op_info[n->op].name;
}

/* ---- separable pairs ---- */

/* The depthwise convolution whose result, normalised and activated perhaps, n reads. */
static const Node *depthwise_before(const Graph *g, const Node *n)
{
    const Node *p = ir_producer(g, n->in[0]);

    while (p && (p->op == OP_batch_norm || op_info[p->op].flags & ACT))
        p = ir_producer(g, p->in[0]);
    return p && is_depthwise(g, p) ? p : NULL;
}

/* The standard convolution has the pointwise's channels and the depthwise's kernel:
 *     (C R S + C K) P / (C K R S P) = 1/K + 1/(R S). */
static void find_pair(const Graph *g, const Node *n, SummaryRow *r)
{
    const Node *d = is_pointwise(g, n) ? depthwise_before(g, n) : NULL;
    double taps, standard;

    if (!d)
        return;
    taps = (double)kernel_elements(g, d);
    standard = (double)count_macs(g, n) * taps;
    if (standard > 0)
        r->ratio = (double)(count_macs(g, d) + count_macs(g, n)) / standard;
    r->theory = 1 / (double)ir_val(g, n->out[0])->shape.dim[1] + 1 / taps;
}

/* ---- counting ---- */

static void add(ParamCount *sum, const ParamCount *c)
{
    sum->trainable += c->trainable;
    sum->frozen += c->frozen;
    sum->statistics += c->statistics;
}

/* Appends node id's row and adds it to the sums.  bytes: of its results. */
static void count_row(Summary *s, const Graph *g, uint32_t id, uint8_t *seen)
{
    const Node *n = &g->node[id];
    const Value *y = ir_val(g, n->out[0]);
    SummaryRow *r = &s->row[s->n_row++];

    r->name = y->name;
    r->type = type_of(g, n);
    r->shape = shape_text(g->arena, &y->shape);
    r->params = count_node_params(g, n, seen);
    r->macs = count_macs(g, n);
    r->node = id;
    for (uint32_t i = 0; i < n->n_out; i++) {
        const Value *v = ir_val(g, n->out[i]);
        r->bytes += shape_count(&v->shape) * (int64_t)dtype_info[v->dtype].size;
    }
    find_pair(g, n, r);
    add(&s->params, &r->params);
    s->macs += r->macs;
}

/* Rows in the order of the nodes.  The bytes for inference are the caller's to fill in: they
 * need a plan. */
Summary *summary_make(const Graph *g)
{
    uint8_t *seen = arena_new_n(g->arena, uint8_t, g->n_value);
    Summary *s = arena_new(g->arena, Summary);

    s->name = g->name;
    s->row = arena_new_n(g->arena, SummaryRow, g->n_node);
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op)
            count_row(s, g, i, seen);
    return s;
}

/* ---- text ---- */

/* As Keras counts: the running statistics too. */
static int64_t all_params(const ParamCount *c)
{
    return c->trainable + c->frozen + c->statistics;
}

/* Names come from files: control bytes would spoil a terminal. */
static const char *shown(const Buf *out, const char *name)
{
    return diag_quote(out->arena, name);
}

/* At least the heading's 5, at most 60: a longer name pushes its own line only. */
static int width_of_names(const Summary *s)
{
    size_t most = 5;

    for (uint32_t i = 0; i < s->n_row; i++)
        most = strlen(s->row[i].name) > most ? strlen(s->row[i].name) : most;
    return most < 60 ? (int)most : 60;
}

/* The last column is there for the second half of a separable pair only. */
static void text_row(const SummaryRow *r, int width, Buf *out)
{
    buf_printf(out, "%-*s  %-14s  %-18s  %11" PRId64 "  %13" PRId64 "  %11" PRId64, width,
               shown(out, r->name), r->type, r->shape, all_params(&r->params), r->macs, r->bytes);
    if (r->theory > 0)
        buf_printf(out, "  %.4f = %.4f", r->ratio, r->theory);
    buf_char(out, '\n');
}

/* keras: in the words of its model.summary(). */
static void text_totals(const Summary *s, bool keras, Buf *out)
{
    const ParamCount *p = &s->params;

    if (keras)
        buf_printf(out, "Total params: %" PRId64 "\nTrainable params: %" PRId64
                   "\nNon-trainable params: %" PRId64 "\n", all_params(p), p->trainable,
                   p->frozen + p->statistics);
    else
        buf_printf(out, "parameters   %13" PRId64 " trainable, %" PRId64 " frozen, %" PRId64
                   " batch norm statistics\n", p->trainable, p->frozen, p->statistics);
    buf_printf(out, "mult-adds    %13" PRId64 "\nweights      %13" PRId64
               " bytes for inference, batch norms folded\narena        %13" PRId64
               " bytes for inference\n", s->macs, s->weight_bytes, s->arena_bytes);
    if (s->train_bytes)
        buf_printf(out, "training     %13" PRId64 " bytes with batch %" PRId64 " and sgd, %" PRId64
                   " of them kept between steps\n", s->train_bytes, s->batch, s->kept_bytes);
}

/* The columns are as wide as the numbers of nets that people use. */
void summary_text(const Summary *s, bool keras, Buf *out)
{
    int width = width_of_names(s);

    buf_printf(out, "%s\n\n%-*s  %-14s  %-18s  %11s  %13s  %11s  %s\n", shown(out, s->name), width,
               "layer", "type", "output", "parameters", "mult-adds", "bytes",
               "separable / standard = 1/Cout + 1/K^2");
    for (uint32_t i = 0; i < s->n_row; i++)
        text_row(&s->row[i], width, out);
    buf_char(out, '\n');
    text_totals(s, keras, out);
}

/* ---- JSON, keys sorted ---- */

static void json_params(const ParamCount *c, Buf *out)
{
    buf_printf(out, "{\"frozen\": %" PRId64 ", \"statistics\": %" PRId64 ", \"trainable\": %" PRId64
               "}", c->frozen, c->statistics, c->trainable);
}

/* shape is the text "(1,2,3)": without its brackets it is a list's inside. */
static void json_row(const SummaryRow *r, Buf *out)
{
    buf_printf(out, "    {\"bytes\": %" PRId64 ", \"mult_adds\": %" PRId64 ", \"name\": ",
               r->bytes, r->macs);
    buf_json(out, r->name);
    buf_str(out, ", \"output\": [");
    buf_put(out, r->shape + 1, strlen(r->shape) - 2);
    buf_str(out, "], \"parameters\": ");
    json_params(&r->params, out);
    if (r->theory > 0)
        buf_printf(out, ", \"separable_ratio\": %.6g, \"separable_theory\": %.6g", r->ratio,
                   r->theory);
    buf_printf(out, ", \"type\": \"%s\"}", r->type);
}

/* "schema" is raised when a key changes its meaning. */
void summary_json(const Summary *s, Buf *out)
{
    buf_printf(out, "{\n  \"arena_bytes\": %" PRId64 ",\n  \"layers\": [\n", s->arena_bytes);
    for (uint32_t i = 0; i < s->n_row; i++) {
        json_row(&s->row[i], out);
        buf_str(out, i + 1 < s->n_row ? ",\n" : "\n");
    }
    buf_printf(out, "  ],\n  \"mult_adds\": %" PRId64 ",\n  \"name\": ", s->macs);
    buf_json(out, s->name);
    buf_str(out, ",\n  \"parameters\": ");
    json_params(&s->params, out);
    buf_str(out, ",\n  \"schema\": 1,\n");
    if (s->train_bytes)
        buf_printf(out, "  \"training\": {\"batch\": %" PRId64 ", \"bytes\": %" PRId64
                   ", \"kept_bytes\": %" PRId64 "},\n", s->batch, s->train_bytes, s->kept_bytes);
    buf_printf(out, "  \"weight_bytes\": %" PRId64 "\n}\n", s->weight_bytes);
}
