/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write_lines: a graph's nodes as lines of a spec.
 *
 * In: a checked graph whose activations stand alone or are fused.  Out: lines in the nodes' order,
 * so that reading them makes the same nodes in the same order; inputs come first, a constant that
 * no layer makes for itself comes before its first reader.
 *
 * A key has all of its op's attributes, with those that need not be said marked, so that lines that
 * differ in a stride alone are alike; what is left out is decided when the text is made.
 *
 * A line takes in the nodes that follow it at once and alone read it: a batch norm, an activation.
 */
#include "frontend/mnet_write.h"
#include "ir/shape.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

/* Numbers that stand in the text: real ones, which are trained, and others. */
enum { MOST_REAL = 4, MOST_WHOLE = 4096 };

/* ---- keys ---- */

/* Slots are compared and printed by their kind; these make one of each. */
Slot write_int(int64_t i)
{
    return (Slot){ .kind = SLOT_INT, .i = i };
}

static Slot number(double f)
{
    return (Slot){ .kind = SLOT_FLOAT, .f = f };
}

static Slot word(const char *s)
{
    return (Slot){ .kind = SLOT_WORD, .s = s };
}

/* Floats as f32, which is what ONNX has: 1e-5 from there is the usual eps. */
bool write_same_slot(const Slot *a, const Slot *b)
{
    float p = (float)a->f, q = (float)b->f;

    if (a->kind != b->kind)
        return false;
    if (a->kind == SLOT_WORD)
        return !strcmp(a->s, b->s);
    return a->kind == SLOT_INT ? a->i == b->i : !memcmp(&p, &q, sizeof p);
}

/* key.n values from slot on; key.slot is set here. */
void write_key(Line *l, Key key, const Slot *slot)
{
    key.slot = l->n_slot;
    memcpy(l->slot + l->n_slot, slot, key.n * sizeof *slot);
    l->n_slot += key.n;
    l->key[l->n_key++] = key;
}

/* A key that must always be said. */
static void key_one(Line *l, const char *name, Slot s)
{
    write_key(l, (Key){ .name = name, .n = 1 }, &s);
}

/* A key that is left out where it says what it usually says. */
static void key_usual(Line *l, const char *name, Slot s, Slot usual)
{
    write_key(l, (Key){ .name = name, .n = 1, .has_usual = true, .usual = usual }, &s);
}

/* once: a single number can stand for all, and need not if it is usual. */
static void key_list(Line *l, const char *name, const int64_t *v, uint32_t n, const int64_t *usual)
{
    Key key = { .name = name, .n = n, .list = true, .once = usual != NULL };
    Slot slot[2 * IR_MAX_RANK];

    for (uint32_t i = 0; i < n; i++)
        slot[i] = write_int(v[i]);
    if (usual && *usual >= 0) {
        key.has_usual = true;
        key.usual = write_int(*usual);
    }
    write_key(l, key, slot);
}

/* Everything but the values. */
void write_sign(Line *l)
{
    XXH64_hash_t h = XXH64(l->word, strlen(l->word), l->n_in);

    h = XXH64(l->tail, strlen(l->tail), h + l->n_out + (uint64_t)(uintptr_t)l->block);
    for (uint32_t i = 0; i < l->n_key; i++) {
        const Key *k = &l->key[i];
        const uint32_t part[2] = { k->n, l->slot[k->slot].kind };
        h = XXH64(k->name ? k->name : "", k->name ? strlen(k->name) : 0, h);
        h = XXH64(part, sizeof part, h);
    }
    for (uint32_t i = 0; i < l->n_in; i++)
        h = h * 2 + (l->in[i].line != NULL);
    l->sig = h;
}

/* ---- lines ---- */

/* Room for all slots that a node can have: 8 attributes, of which lists have one per dimension. */
static Line *new_line(Writer *w, const char *keyword)
{
    Line *l = arena_new(w->a, Line);

    l->word = keyword;
    l->tail = "";
    l->slot = arena_new_n(w->a, Slot, WRITE_MOST_SLOTS);
    return l;
}

/* The line is complete: it computes those values. */
static void push(Writer *w, Line *l, const ValueId *out, uint32_t n_out)
{
    if (w->n == w->cap) {
        uint32_t cap = w->cap ? 2 * w->cap : 256;
        w->line = arena_resize(w->a, w->line, w->cap * sizeof l, cap * sizeof l);
        w->cap = cap;
    }
    l->out = out;
    l->n_out = n_out;
    for (uint32_t i = 0; i < n_out; i++)
        w->by_value[out[i].id] = l;
    write_sign(l);
    l->pos = w->n;
    w->line[w->n++] = l;
}

/* A value as result r.out of the line that makes it.  Topological order: that line exists. */
static Ref ref_of(const Writer *w, ValueId v)
{
    Ref r = { .line = v.id ? w->by_value[v.id] : NULL };

    while (r.line && r.line->out[r.out].id != v.id)
        r.out++;
    return r;
}

/* ---- constants ---- */

/* All its bits the same, element by element. */
static bool uniform(const Value *v, int64_t n)
{
    size_t size = dtype_info[v->dtype].size;

    return n > 0 && !memcmp(v->data, (const char *)v->data + size, (size_t)(n - 1) * size);
}

/* Behind the dimensions. */
static bool contents(const Writer *w, Line *l, const Value *v)
{
    int64_t n = shape_count(&v->shape);
    bool real = v->dtype == DT_F32 || v->dtype == DT_F64;
    Buf b;

    if (real && (uniform(v, n) || n > MOST_REAL)) {     /* others are loaded by name */
        key_one(l, NULL, number(uniform(v, n) ? ir_element(v, 0) : 0));
        return true;
    }
    if (n > MOST_WHOLE)
        return false;
    buf_init(&b, w->a);
    ir_print_numbers(v, &b);
    l->tail = b.p;
    return true;
}

/* param f32[1, 16, 1, 1] 0: an input, or what has numbers. */
static bool put_data(Writer *w, ValueId id)
{
    static const char *const kinds[] = { [VAL_INPUT] = "input", [VAL_CONST] = "const",
                                         [VAL_PARAM] = "param" };
    const Value *v = ir_val(w->g, id);
    int64_t n = shape_count(&v->shape);
    bool large = v->data && n > MOST_REAL && !uniform(v, n);
    ValueKind kind = large && (v->dtype == DT_F32 || v->dtype == DT_F64) ? VAL_PARAM : v->kind;
    ValueId *out = arena_new(w->a, ValueId);
    Line *l;

    if (w->by_value[id.id])
        return true;
    if (kind > VAL_CONST || v->producer.id)
        return false;
    l = new_line(w, kind == VAL_INPUT && v->dtype == DT_F32 ? "input "
                 : arena_printf(w->a, "%s %s", kinds[kind], dtype_info[v->dtype].name));
    l->data = true;
    l->input = kind == VAL_INPUT;
    l->output = l->input ? v->name : NULL;
    key_list(l, "", v->shape.dim, v->shape.rank, NULL);
    if (v->data && !contents(w, l, v))
        return false;
    *out = id;
    push(w, l, out, 1);
    return true;
}

/* ---- attributes ---- */

/* Is the window padded as pad=same pads?  See layer_same. */
static bool pads_same(const Graph *g, const Node *n, bool *odd)
{
    const Shape *x = &ir_val(g, n->in[0])->shape;
    const int64_t *pad = ir_ints(n, A_pad, NULL), *stride = ir_ints(n, A_stride, NULL);
    const int64_t *dilation = ir_ints(n, A_dilation, NULL);
    const int64_t *k = n->op == OP_conv ? ir_val(g, n->in[1])->shape.dim + 2
                                        : ir_ints(n, A_kernel, NULL);
    uint32_t d = x->rank - 2;

    for (uint32_t i = 0; i < d; i++) {
        int64_t all = ((x->dim[2 + i] + stride[i] - 1) / stride[i] - 1) * stride[i]
                      + (k[i] - 1) * dilation[i] + 1 - x->dim[2 + i];
        all = all > 0 ? all : 0;
        if (pad[i] != all / 2 || pad[d + i] != all - all / 2)
            return false;
        *odd |= pad[i] != pad[d + i];
    }
    return true;
}

/* Ops of which pad=same can be said. */
static bool is_window(const Node *n)
{
    return n->op == OP_conv || n->op == OP_max_pool || n->op == OP_avg_pool;
}

/* Any padding at all; without it there is nothing to say. */
static bool is_padded(const Node *n)
{
    uint32_t k;
    const int64_t *pad = ir_ints(n, A_pad, &k);

    for (uint32_t i = 0; i < k; i++)
        if (pad[i])
            return true;
    return false;
}

/* pad=same is said where it says all of the graph's padding, and numbers would not. */
static bool all_same(const Graph *g)
{
    bool odd = false;

    for (uint32_t i = 1; i < g->n_node; i++) {
        const Node *n = &g->node[i];
        if (is_window(n) && is_padded(n) && !pads_same(g, n, &odd))
            return false;
    }
    return odd;
}

/* One attribute of the op. */
static void put_attr(const Writer *w, Line *l, const Node *n, int k)
{
    static const int64_t one = 1, none = 0, any = -1;
    const Attr *a = &n->attr[k], *usual = &op_info[n->op].attr[k];
    const char *name = a->name == A_kernel ? "k" : attr_name[a->name];

    switch (a->type) {
    case ATTR_INT: key_usual(l, name, write_int(a->u.i), write_int(usual->u.i)); break;
    case ATTR_FLOAT: key_usual(l, name, number(a->u.f), number(usual->u.f)); break;
    case ATTR_WORD: key_usual(l, name, word(a->u.word), word(usual->u.word)); break;
    case ATTR_INTS:
        if (a->name == A_pad && w->same && is_window(n) && is_padded(n))
            key_one(l, name, word("same"));
        else if (a->n)
            key_list(l, name, a->u.ints, a->n,
                     a->name == A_stride || a->name == A_dilation ? &one :
                     a->name == A_pad || a->name == A_out_pad ? &none :
                     a->name == A_kernel ? &any : NULL);
        break;
    case ATTR_NONE: break;
    }
}

/* What layers that make their weights say of them: k= and out=. */
static void put_own(Line *l, const Graph *g, const Node *n)
{
    static const int64_t any = -1;
    const Shape *w = &ir_val(g, n->in[1])->shape, *x = &ir_val(g, n->in[0])->shape;
    int64_t group = n->op == OP_dense ? 1 : ir_int(n, A_group);
    int64_t out = n->op == OP_conv_transpose ? w->dim[1] * group : w->dim[0];
    bool one = n->op == OP_conv, depthwise = one && group > 1 && group == x->dim[1];

    for (uint32_t i = 2; i < w->rank; i++)
        one &= w->dim[i] == 1;
    if (depthwise)
        l->word = "depthwise";
    else if (one)
        l->word = "pointwise";
    if (n->op != OP_dense && (depthwise || !one))
        key_list(l, "k", w->dim + 2, w->rank - 2, &any);
    if (!depthwise || out != group)
        key_one(l, "out", write_int(out));
    for (int k = 0; k < IR_MAX_ATTR && n->attr[k].name; k++)
        if (n->attr[k].name == A_group && !depthwise)
            key_usual(l, "group", write_int(group), write_int(1));
}

/* ---- nodes ---- */

/* The node after i, if it alone reads i's only result, and first. */
static const Node *follower(const Writer *w, uint32_t *i)
{
    const Node *n = &w->g->node[*i], *next;
    uint32_t k = *i + 1;

    while (k < w->g->n_node && !w->g->node[k].op)
        k++;
    next = &w->g->node[k];
    if (k == w->g->n_node || n->n_out != 1 || w->uses[n->out[0].id] != 1 || !next->n_in
        || next->in[0].id != n->out[0].id || next->n_out != 1)
        return NULL;
    *i = k;
    return next;
}

/* bn and an activation, as far as they follow node *i. */
static void put_words(Writer *w, Line *l, uint32_t *i)
{
    uint32_t k = *i;
    const Node *n = &w->g->node[*i], *next = follower(w, &k);
    bool bn = next && l->makes && next->op == OP_batch_norm && write_own_vectors(w->g, next);
    bool bias = ir_in(n, 2).id != 0;

    if (l->makes && n->op != OP_batch_norm)
        l->tail = bn ? bias ? " bias bn" : " bn" : bias ? "" : " nobias";
    if (bn) {
        key_usual(l, "eps", number(ir_float(next, A_eps)), number(1e-5));
        key_usual(l, "momentum", number(ir_float(next, A_momentum)), number(0.1));
        *i = k;
        next = follower(w, &k);
    }
    if (next && write_act_word(w->g, next)) {
        key_one(l, NULL, word(write_act_word(w->g, next)));
        *i = k;
    }
}

/* The operands that stand in the line; add x reads the line above first, whose sum is the same. */
static bool put_operands(Writer *w, Line *l, const Node *n)
{
    uint32_t k = l->makes ? 1 : n->n_in;
    Ref above;

    for (uint32_t i = 0; i < k; i++)
        if (n->in[i].id && !ir_val(w->g, n->in[i])->producer.id && !put_data(w, n->in[i]))
            return false;
    l->in = arena_new_n(w->a, Ref, k);
    l->n_in = k;
    for (uint32_t i = 0; i < k; i++)
        l->in[i] = ref_of(w, n->in[i]);
    l->least = l->makes ? 1 : op_info[n->op].max_in == MANY ? 0 : op_info[n->op].min_in;
    l->commutes = k == 2 && op_info[n->op].flags & COMMUTES;
    if (l->commutes && l->in[0].line && l->in[1].line
        && l->in[1].line->pos > l->in[0].line->pos && !l->in[1].line->data) {
        above = l->in[1];
        l->in[1] = l->in[0];
        l->in[0] = above;
    }
    return true;
}

/* By the weight, since biases may be shared constants that a pass has merged. */
static bool frozen(const Graph *g, const Node *n)
{
    return n->n_in > 1 && n->in[1].id && ir_val(g, n->in[1])->kind == VAL_CONST;
}

/* The line of node *i, which becomes the last that it takes in. */
static bool put_node(Writer *w, uint32_t *i)
{
    const Node *n = &w->g->node[*i];
    bool weight = write_own_weight(w->g, n);
    const char *form = write_short_form(w->g, n);
    Line *l = new_line(w, form ? form : op_info[n->op].name);
    Buf b;

    l->makes = weight || write_own_vectors(w->g, n);
    l->frozen = l->makes && frozen(w->g, n);
    l->wish = l->makes ? write_wish(w, n) : NULL;
    if (!put_operands(w, l, n))
        return false;
    if (weight)
        put_own(l, w->g, n);
    for (int k = 0; !form && k < IR_MAX_ATTR && n->attr[k].name; k++)
        if (!weight || n->attr[k].name != A_group)
            put_attr(w, l, n, k);
    if (n->act.op) {
        buf_init(&b, w->a);
        ir_print_act(&n->act, &b);
        l->tail = arena_printf(w->a, "%s%s", b.p, l->makes && !ir_in(n, 2).id ? " nobias" : "");
    } else {
        put_words(w, l, i);
    }
    push(w, l, w->g->node[*i].out, w->g->node[*i].n_out);
    return true;
}

/* One eps= for all is a number of the file's head. */
static void find_eps(Writer *w)
{
    const Slot *eps = NULL;
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->n; i++)
        for (uint32_t k = 0; k < w->line[i]->n_key; k++) {
            const Slot *s = &w->line[i]->slot[w->line[i]->key[k].slot];
            if (!w->line[i]->key[k].name || strcmp(w->line[i]->key[k].name, "eps"))
                continue;
            if (n++ && !write_same_slot(eps, s))
                return;
            eps = s;
        }
    if (n > 1 && (float)eps->f != 1e-5f)
        w->eps = write_slot(w->a, eps);
}

/* Inputs, then nodes; outputs are marked last, when every value has its line. */
bool write_lines(Writer *w)
{
    const Graph *g = w->g;

    w->by_value = arena_new_n(w->a, Line *, g->n_value);
    w->uses = ir_count_uses(g, w->a);
    w->same = all_same(g);
    for (uint32_t i = 0; i < g->n_input; i++)
        if (!put_data(w, g->input[i]))
            return false;
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op && !put_node(w, &i))
            return false;
    write_separable(w);
    find_eps(w);
    for (uint32_t i = 0; i < g->n_output; i++) {
        Line *l = w->by_value[g->output[i].id];
        if (!l || l->data || l->output || l->n_out != 1)
            return false;                      /* one that is read under two names, or given */
        l->output = ir_val(g, g->output[i])->name;
    }
    return true;
}
