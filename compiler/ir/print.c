/* SPDX-License-Identifier: Apache-2.0 */
/* print: the graph as text, in the spec language, so that reading it gives the same graph again.
 *
 * Inputs come first, in their order; then each node, and just before it the constants that it is
 * the first to read; then the outputs.  A constant that nothing reads is left out.  Numbers are
 * the shortest text that reads back as the same bits.
 */
#include "ir/shape.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

typedef struct Printer {
    const Graph *g;
    const PrintOptions *o;
    Buf *out;
    Arena *arena;
    uint64_t data_bytes;      /* written to the data file so far */
    bool *said;               /* [n_value]: already in the text */
} Printer;

/* Words of the language where a name could stand.  The others, such as input and output, which
 * exporters like for names, mean what they mean by their place. */
static const char *const reserved[] = {
    "_", "and", "block", "else", "for", "if", "in", "inf", "nan", "or", "repeat",
};

/* Not isalpha: what is plain must not depend on the locale. */
bool ir_plain_name(const char *s)
{
    if (!isalpha((unsigned char)*s) && *s != '_')
        return false;
    for (const char *p = s; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '.')
            return false;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (!strcmp(s, reserved[i]))
            return false;
    return true;
}

/* Bytes from 0x80 on are left alone: they are letters of some language. */
static void put_quoted(Buf *out, const char *s)
{
    buf_char(out, '"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
            buf_printf(out, "\\x%02x", c);
        else
            buf_char(out, (char)c);
    }
    buf_char(out, '"');
}

/* Plain where it can be, so that people can read it; else quoted, which says any name. */
void ir_print_name(const char *s, Buf *out)
{
    if (ir_plain_name(s))
        buf_str(out, s);
    else
        put_quoted(out, s);
}

/* _ is an operand left out. */
static void put_value(Printer *p, ValueId v)
{
    if (v.id)
        ir_print_name(ir_val(p->g, v)->name, p->out);
    else
        buf_char(p->out, '_');
}

/* ---- constants and inputs ---- */

/* f32[1,3,224,224] */
static void put_type(Buf *out, const Value *v)
{
    buf_printf(out, "%s[", dtype_info[v->dtype].name);
    for (uint32_t i = 0; i < v->shape.rank; i++)
        buf_printf(out, "%s%" PRId64, i ? "," : "", v->shape.dim[i]);
    buf_char(out, ']');
}

/* Every f16 is an f32 too, so its shortest text as an f32 says it exactly. */
static void put_element(Buf *out, const Value *v, int64_t i)
{
    switch (v->dtype) {
    case DT_F32: case DT_F16: buf_float(out, (float)ir_element(v, i)); break;
    case DT_F64: buf_double(out, ir_element(v, i)); break;
    case DT_I64: buf_printf(out, "%" PRId64, ((const int64_t *)v->data)[i]); break;
    case DT_U64: buf_printf(out, "%" PRIu64, ((const uint64_t *)v->data)[i]); break;
    default: buf_printf(out, "%" PRId64, (int64_t)ir_element(v, i)); break;
    }
}

/* In row-major order, without the brackets of dimensions: the type has said the shape. */
void ir_print_numbers(const Value *v, Buf *out)
{
    int64_t n = shape_count(&v->shape);

    buf_str(out, " [");
    for (int64_t i = 0; i < n; i++) {
        if (i)
            buf_char(out, ' ');
        put_element(out, v, i);
    }
    buf_char(out, ']');
}

/* All elements the same bits: one number says it. */
static bool is_uniform(const Value *v)
{
    size_t size = dtype_info[v->dtype].size;
    size_t n = (size_t)shape_count(&v->shape);

    return n > 1 && !memcmp(v->data, (const char *)v->data + size, (n - 1) * size);
}

/* Each constant begins at a multiple of 64 bytes, the alignment of the arena. */
static void put_data(Printer *p, const Value *v)
{
    static const char zeros[64];
    size_t n = (size_t)shape_count(&v->shape) * dtype_info[v->dtype].size;
    size_t gap = (size_t)(-p->data_bytes & 63);

    if (!p->o->data) {
        buf_str(p->out, " @-");
        return;
    }
    buf_put(p->o->data, zeros, gap);
    p->data_bytes += gap;
    buf_str(p->out, " @");
    ir_print_name(p->o->data_name, p->out);
    buf_printf(p->out, "+%" PRIu64, p->data_bytes);
    buf_put(p->o->data, v->data, n);
    p->data_bytes += n;
}

/* One number, a list, or a place in the data file. */
static void put_contents(Printer *p, const Value *v)
{
    if (is_uniform(v)) {
        buf_char(p->out, ' ');
        put_element(p->out, v, 0);
    } else if (shape_count(&v->shape) <= (int64_t)p->o->inline_max) {
        ir_print_numbers(v, p->out);
    } else {
        put_data(p, v);
    }
}

/* An input, or what has data, unless it has been said. */
static void put_source(Printer *p, ValueId id)
{
    static const char *const word[] = {
        [VAL_INPUT] = "input", [VAL_PARAM] = "param", [VAL_CONST] = "const", [VAL_STATE] = "state",
    };
    const Value *v = ir_val(p->g, id);

    if (!id.id || v->producer.id || p->said[id.id])
        return;
    p->said[id.id] = true;
    ir_print_name(v->name, p->out);
    buf_printf(p->out, " = %s ", word[v->kind]);
    put_type(p->out, v);
    if (v->data)
        put_contents(p, v);
    buf_char(p->out, '\n');
}

/* ---- attributes ---- */

/* Of the same type.  Floats are compared by their bits: -0 is not 0, a nan is itself. */
static bool same_attr(const Attr *a, const Attr *b)
{
    switch (a->type) {
    case ATTR_INT: return a->u.i == b->u.i;
    case ATTR_FLOAT: return !memcmp(&a->u.f, &b->u.f, sizeof a->u.f);
    case ATTR_INTS: return a->n == b->n
        && (!a->n || !memcmp(a->u.ints, b->u.ints, a->n * sizeof *a->u.ints));
    case ATTR_WORD: return !strcmp(a->u.word, b->u.word);
    case ATTR_NONE: break;
    }
    return true;
}

/* Does the shape rule give n's results and attributes again when it starts from attr? */
static bool rule_restores(Printer *p, const Node *n, const Attr *attr)
{
    Graph g = *p->g;
    Node trial = *n;
    Shape *shape = arena_new_n(p->arena, Shape, n->n_out);
    DType *dtype = arena_new_n(p->arena, DType, n->n_out);
    Diag ignored;

    diag_init(&ignored, p->arena);
    g.arena = p->arena;
    memcpy(trial.attr, attr, sizeof trial.attr);
    if (!shape_infer(n->op, &(RuleArgs){ &g, &trial, shape, dtype, &ignored }))
        return false;
    for (uint32_t i = 0; i < n->n_out; i++) {
        const Value *v = ir_val(p->g, n->out[i]);
        if (!shape_equal(&v->shape, &shape[i]) || v->dtype != dtype[i])
            return false;
    }
    for (int k = 0; k < IR_MAX_ATTR && n->attr[k].name; k++)
        if (!same_attr(&trial.attr[k], &n->attr[k]))
            return false;
    return true;
}

static void put_attr(Buf *out, const Attr *a)
{
    buf_printf(out, " %s=", attr_name[a->name]);
    switch (a->type) {
    case ATTR_INT: buf_printf(out, "%" PRId64, a->u.i); break;
    case ATTR_WORD: ir_print_name(a->u.word, out); break;
    case ATTR_FLOAT: buf_double(out, a->u.f); break;
    case ATTR_INTS:
        buf_char(out, '[');
        for (uint32_t i = 0; i < a->n; i++)
            buf_printf(out, "%s%" PRId64, i ? " " : "", a->u.ints[i]);
        buf_char(out, ']');
        break;
    case ATTR_NONE: break;
    }
}

/* Only what has to be said: an attribute is left out when the rule fills it in again. */
static void put_attrs(Printer *p, const Node *n)
{
    const OpInfo *info = &op_info[n->op];
    Attr attr[IR_MAX_ATTR];

    memcpy(attr, n->attr, sizeof attr);
    for (int k = 0; k < IR_MAX_ATTR && info->attr[k].name; k++) {
        Attr kept = attr[k];
        attr[k] = info->attr[k];
        if (!same_attr(&kept, &attr[k]) && !rule_restores(p, n, attr)) {
            attr[k] = kept;
            put_attr(p->out, &kept);
        }
    }
}

/* act=clip(0,6): the float attributes of the activation's op, in their order. */
void ir_print_act(const Act *act, Buf *out)
{
    const OpInfo *info = &op_info[act->op];
    const float arg[2] = { act->a, act->b };
    int n = 0;

    buf_printf(out, " act=%s", info->name);
    for (int k = 0; k < IR_MAX_ATTR && info->attr[k].name && n < 2; k++)
        if (info->attr[k].type == ATTR_FLOAT) {
            buf_char(out, n ? ',' : '(');
            buf_float(out, arg[n++]);
        }
    if (n)
        buf_char(out, ')');
}

/* ---- nodes ---- */

/* results = op operands attributes, after the constants that it is the first to read */
static void put_node(Printer *p, const Node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        put_source(p, n->in[i]);
    for (uint32_t i = 0; i < n->n_out; i++) {
        buf_str(p->out, i ? ", " : "");
        put_value(p, n->out[i]);
    }
    buf_printf(p->out, " = %s", op_info[n->op].name);
    for (uint32_t i = 0; i < n->n_in; i++) {
        buf_char(p->out, ' ');
        put_value(p, n->in[i]);
    }
    put_attrs(p, n);
    if (n->act.op)
        ir_print_act(&n->act, p->out);
    buf_char(p->out, '\n');
}

/* out's arena is used for work: the graph is only read. */
void ir_print(const Graph *g, const PrintOptions *o, Buf *out)
{
    Printer p = { .g = g, .o = o, .out = out, .arena = out->arena };

    p.said = arena_new_n(p.arena, bool, g->n_value);
    buf_str(out, "name ");
    ir_print_name(g->name, out);
    buf_char(out, '\n');
    for (uint32_t i = 0; i < g->n_input; i++)
        put_source(&p, g->input[i]);
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op)
            put_node(&p, &g->node[i]);
    for (uint32_t i = 0; i < g->n_output; i++)
        put_source(&p, g->output[i]);
    buf_str(out, "output");
    for (uint32_t i = 0; i < g->n_output; i++) {
        buf_char(out, ' ');
        put_value(&p, g->output[i]);
    }
    buf_char(out, '\n');
}
