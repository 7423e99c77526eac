/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write: the file: its head with the parameters that people change, blocks, lines, loops.
 *
 * What is written is read again, and compared: a spec that would not give the same graph is none.
 */
#include "frontend/mnet_write.h"
#include "ir/count.h"
#include "ir/same.h"

#include <inttypes.h>
#include <string.h>

/* ---- head ---- */

/* Numbers of the file's head; 0: it is not one. */
typedef struct Head {
    int64_t batch, size;
    const Line *classes;               /* the layer whose out= is one */
    int64_t n_class;
} Head;

/* Shapes that are said in numbers hold for one size only. */
static bool has_shapes(const Graph *g)
{
    for (uint32_t i = 1; i < g->n_node; i++) {
        const Node *n = &g->node[i];
        if (n->op == OP_expand || n->op == OP_resize || n->op == OP_slice || n->op == OP_tile)
            return true;
        if (n->op == OP_reshape) {
            const Shape *x = &ir_val(g, n->in[0])->shape, *y = &ir_val(g, n->out[0])->shape;
            if (y->rank != 2 || x->rank < 3 || x->dim[0] != y->dim[0])
                return true;
        }
    }
    return false;
}

/* The first value of that key; NULL: the line has none. */
static const Slot *slot_of(const Line *l, const char *key)
{
    for (uint32_t i = 0; i < l->n_key; i++)
        if (l->key[i].name && !strcmp(l->key[i].name, key))
            return &l->slot[l->key[i].slot];
    return NULL;
}

/* batch and size are those of the one image that goes in. */
static Head find_head(Writer *w)
{
    const Shape *s = w->g->n_input == 1 ? &ir_val(w->g, w->g->input[0])->shape : NULL;
    Head h = { 0 };

    if (s && s->rank && !has_shapes(w->g)) {
        h.batch = s->dim[0];
        if (s->rank == 4 && s->dim[2] == s->dim[3])
            h.size = s->dim[2];
    }
    for (uint32_t i = w->n; i-- > 0 && !h.classes;) {
        const Slot *out = slot_of(w->line[i], "out");
        if (w->line[i]->block)
            break;
        if (out && !strcmp(w->line[i]->word, "dense")) {
            h.classes = w->line[i];
            h.n_class = out->i;
        }
    }
    return h;
}

/* Each number on a line of its own, as parameters that -D sets. */
static void put_head(Writer *w, const Head *h, Buf *out)
{
    buf_str(out, "name ");
    ir_print_name(w->g->name, out);
    buf_str(out, "\n\n");
    if (h->size)
        buf_printf(out, "size = %" PRId64 "\n", h->size);
    if (h->classes)
        buf_printf(out, "classes = %" PRId64 "\n", h->n_class);
    if (h->batch)
        buf_printf(out, "batch = %" PRId64 "\n", h->batch);
    if (w->eps)
        buf_printf(out, "eps = %s\n", w->eps);
}

/* Before all the rest, when it is known. */
static void put_counts(const Graph *g, Buf *out)
{
    ParamCount n = count_all_params(g);

    buf_printf(out, "# %" PRId64 " parameters, %" PRId64 " statistics, %" PRId64 " mult-adds.\n",
               n.trainable + n.frozen, n.statistics, count_graph_macs(g));
}

/* The texts of a line's slots at the top: numbers, but for what the head has. */
static const char **texts(Writer *w, const Head *h, const Line *l)
{
    const char **text = arena_new_n(w->a, const char *, l->n_slot + 1);

    for (uint32_t i = 0; i < l->n_slot; i++)
        text[i] = write_slot(w->a, &l->slot[i]);
    if (l->input && h->batch)
        text[0] = "batch";
    if (l->input && h->size)
        text[2] = text[3] = "size";
    for (uint32_t i = 0; l == h->classes && i < l->n_key; i++)
        if (l->key[i].name && !strcmp(l->key[i].name, "out"))
            text[l->key[i].slot] = "classes";
    return text;
}

/* ---- lines ---- */

/* The layer before line i, which it can read without saying so. */
static const Line *above(const Writer *w, uint32_t i)
{
    while (i-- > 0)
        if (!w->line[i]->data || w->line[i]->input)
            return w->line[i];
    return NULL;
}

/* What the graph's own names are comes first, then what is read by its name. */
static void name_lines(Writer *w, const Head *h)
{
    static const char *const head[] = { "size", "classes", "batch", "eps" };
    const int64_t has[] = { h->size, h->n_class, h->batch, w->eps != NULL };

    for (uint32_t i = 0; i < w->n; i++)
        if (w->line[i]->output)
            w->line[i]->name = write_take_name(w, w->line[i]->output);
    for (int i = 0; i < 4; i++)
        if (has[i])
            write_take_name(w, head[i]);
    for (uint32_t i = 0; i < w->n; i++)
        write_note(w->line[i], NULL, above(w, i));
    for (uint32_t i = 0; i < w->n; i++) {
        Line *l = w->line[i];
        write_find_run(w, i);
        if (l->run)
            i += l->run - 1;
        else if (!l->name && (l->wish || l->named || l->data))
            l->name = write_take_name(w, l->wish ? l->wish : write_any_name(l));
    }
}

/* The line behind which all layers learn; n: none is frozen.  False: they are mixed. */
static bool find_freeze(const Writer *w, uint32_t *at)
{
    bool learns = false;

    *at = w->n;
    for (uint32_t i = 0; i < w->n; i++) {
        if (w->line[i]->makes && w->line[i]->frozen && learns)
            return false;
        if (w->line[i]->makes && w->line[i]->frozen)
            *at = i;
        learns |= w->line[i]->makes && !w->line[i]->frozen;
    }
    return true;
}

/* In the order of the graph, by the names that its users know. */
static void put_outputs(const Graph *g, Buf *out)
{
    buf_str(out, "output");
    for (uint32_t i = 0; i < g->n_output; i++) {
        buf_char(out, ' ');
        ir_print_name(ir_val(g, g->output[i])->name, out);
    }
    buf_char(out, '\n');
}

/* False: layers that learn stand before frozen ones, and freeze works upwards only.  Blocks are
 * named before lines, which call them; runs are decided while lines are named. */
static bool put_all(Writer *w, Buf *out)
{
    Head h = find_head(w);
    uint32_t frozen;

    if (!find_freeze(w, &frozen))
        return false;
    for (Block *b = w->blocks; b; b = b->next)
        write_name_block(w, b);
    name_lines(w, &h);
    put_head(w, &h, out);
    for (Block *b = w->blocks; b; b = b->next)
        write_block(w, b, out);
    buf_char(out, '\n');
    for (uint32_t i = 0; i < w->n; i++) {
        uint32_t run = w->line[i]->run;
        if (run)
            write_run(w, i, out);
        else
            write_line(w, w->line[i], NULL, above(w, i), texts(w, &h, w->line[i]), out);
        i += run ? run - 1 : 0;
        if (i == frozen)
            buf_str(out, "freeze\n");
    }
    put_outputs(w->g, out);
    return true;
}

/* ---- check ---- */

/* The spec read again, with g's numbers; NULL: it is not the same graph. */
static Graph *read_again(Arena *a, const Graph *g, const Buf *text)
{
    MnetOptions o = { .file = "spec", .blank = true };
    uint32_t *map;
    Graph *again;
    Diag d;

    diag_init(&d, a);
    again = mnet_read(a, (Bytes){ (const unsigned char *)text->p, text->n }, &o, &d);
    if (!again)
        return NULL;
    map = arena_new_n(a, uint32_t, again->n_value);
    if (!ir_same(g, again, map))
        return NULL;
    for (uint32_t i = 1; i < again->n_value; i++)
        if (map[i] && again->value[i].data)
            again->value[i].data = g->value[map[i]].data;
    return again;
}

/* plain: without blocks. */
static Graph *try_write(const Graph *g, bool plain, Buf *out)
{
    Writer w = { .g = g, .a = out->arena };

    intern_init(&w.names, w.a);
    intern_init(&w.counts, w.a);
    if (!write_lines(&w))
        return NULL;
    write_blocks(&w, plain);
    return put_all(&w, out) ? read_again(w.a, g, out) : NULL;
}

/* Blocks are found by what looks alike; should one of them not hold, the lines still do. */
Graph *mnet_write(const Graph *g, Buf *out)
{
    Graph *again = NULL;
    Buf text;

    for (int plain = 0; plain < 2 && !again; plain++) {
        buf_init(&text, out->arena);
        again = try_write(g, plain, &text);
    }
    if (again) {
        put_counts(again, out);
        buf_put(out, text.p, text.n);
    }
    return again;
}
