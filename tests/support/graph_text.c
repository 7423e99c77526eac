/* SPDX-License-Identifier: Apache-2.0 */
#include "support/graph_text.h"

#include <string.h>

enum { SHOWN = 8 };

static void put_attr(Buf *b, const Attr *a, const Attr *otherwise)
{
    switch (a->type) {
    case ATTR_INT:
        if (a->u.i != otherwise->u.i)
            buf_printf(b, " %s=%lld", attr_name[a->name], (long long)a->u.i);
        break;
    case ATTR_FLOAT:
        if ((float)a->u.f != (float)otherwise->u.f) {
            buf_printf(b, " %s=", attr_name[a->name]);
            buf_float(b, (float)a->u.f);
        }
        break;
    case ATTR_INTS:
        buf_printf(b, " %s=[", attr_name[a->name]);
        for (uint32_t i = 0; i < a->n; i++)
            buf_printf(b, "%s%lld", i ? "," : "", (long long)a->u.ints[i]);
        buf_char(b, ']');
        break;
    case ATTR_WORD:
        if (strcmp(a->u.word, otherwise->u.word))
            buf_printf(b, " %s=%s", attr_name[a->name], a->u.word);
        break;
    case ATTR_NONE:
        break;
    }
}

static void put_operand(Buf *b, const Graph *g, ValueId id)
{
    const Value *v = ir_val(g, id);

    if (!id.id) {
        buf_str(b, " _");
    } else if (v->kind == VAL_CONST && shape_count(&v->shape) <= SHOWN) {
        buf_str(b, " {");
        for (int64_t i = 0; i < shape_count(&v->shape); i++) {
            buf_str(b, i ? " " : "");
            buf_float(b, (float)ir_element(v, i));
        }
        buf_char(b, '}');
    } else {
        buf_printf(b, " %s", v->name);
    }
}

static void put_node(Buf *b, const Graph *g, Arena *a, const Node *n)
{
    for (uint32_t i = 0; i < n->n_out; i++)
        buf_printf(b, "%s%s", i ? ", " : "", ir_val(g, n->out[i])->name);
    buf_printf(b, " = %s", op_info[n->op].name);
    for (uint32_t i = 0; i < n->n_in; i++)
        put_operand(b, g, n->in[i]);
    for (int k = 0; k < IR_MAX_ATTR && n->attr[k].name; k++)
        put_attr(b, &n->attr[k], &op_info[n->op].attr[k]);
    for (uint32_t i = 0; i < n->n_out; i++) {
        const Value *v = ir_val(g, n->out[i]);
        buf_printf(b, "%s %s %s", i ? "," : " ->", dtype_info[v->dtype].name,
                   shape_text(a, &v->shape));
    }
    buf_char(b, '\n');
}

const char *graph_text(const Graph *g, Arena *a)
{
    Buf b;

    buf_init(&b, a);
    for (uint32_t i = 0; i < g->n_input; i++) {
        const Value *v = ir_val(g, g->input[i]);
        buf_printf(&b, "%s: input %s %s\n", v->name, dtype_info[v->dtype].name,
                   shape_text(a, &v->shape));
    }
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op)
            put_node(&b, g, a, &g->node[i]);
    buf_str(&b, "output");
    for (uint32_t i = 0; i < g->n_output; i++)
        buf_printf(&b, " %s", ir_val(g, g->output[i])->name);
    buf_char(&b, '\n');
    return b.p;
}
