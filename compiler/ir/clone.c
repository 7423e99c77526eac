/* SPDX-License-Identifier: Apache-2.0 */
/* clone: a second graph of the same values and nodes, by the same names and ids, that the passes
 * can change without the first noticing.  Constants' data are shared: nobody writes to them in
 * place. */
#include "ir/graph.h"

#include <string.h>

static void *copy_of(Graph *g, const void *p, size_t n, size_t size)
{
    void *copy = arena_array(g->arena, n ? n : 1, size);

    if (n)
        memcpy(copy, p, n * size);
    return copy;
}

Graph *ir_clone(const Graph *from)
{
    Graph *g = ir_new(from->arena);

    g->name = intern(&g->names, from->name);
    g->wide = from->wide;
    for (uint32_t i = 1; i < from->n_value; i++) {
        const Value *v = &from->value[i];
        ValueId id = ir_value(g, v->name, v->kind, v->dtype, &v->shape, v->pos);
        ir_val(g, id)->data = v->data;
        ir_val(g, id)->producer = v->producer;
    }
    g->node = copy_of(g, from->node, from->n_node, sizeof *g->node);
    g->n_node = g->cap_node = from->n_node;
    for (uint32_t i = 1; i < g->n_node; i++) {
        Node *n = &g->node[i];
        n->in = copy_of(g, n->in, n->n_in, sizeof *n->in);
        n->out = copy_of(g, n->out, n->n_out, sizeof *n->out);
        for (int k = 0; k < IR_MAX_ATTR && n->attr[k].name; k++)
            if (n->attr[k].type == ATTR_WORD)
                n->attr[k].u.word = intern(&g->names, n->attr[k].u.word);
    }
    ir_set_inputs(g, from->input, from->n_input);
    ir_set_outputs(g, from->output, from->n_output);
    return g;
}
