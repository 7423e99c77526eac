/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_layer: a line of the spec that is a layer: an op of ops.def or one of the short forms. */
#include "frontend/mnet_layer.h"

#include <string.h>

/* ---- operands and words ---- */

bool layer_has_word(const Layer *l, const char *word)
{
    for (uint32_t i = 0; i < l->n_word; i++)
        if (!strcmp(l->word[i].word, word))
            return true;
    return false;
}

/* A word may follow that makes one more node, or says whether there is a bias. */
static bool is_trailing(Sym word)
{
    return mnet_is_act_word(word) || !strcmp(word, "bn") || !strcmp(word, "bias")
        || !strcmp(word, "nobias");
}

/* Values and '_' are operands, words are kept for later; numbers are no operands of an op. */
static bool operand(Layer *l, const Arg *a)
{
    Item x;

    if (a->value->kind == E_LIST) {
        mnet_error(l->m, a->at, "%s reads values of the net; this is a list", l->s->op);
        return false;
    }
    x = mnet_eval(l->m, a->value);
    if (x.kind == I_VALUE)
        l->in[l->n_in++] = x.u.v;
    else if (x.kind == I_OMITTED)
        l->in[l->n_in++] = (ValueId){ 0 };
    else if (x.kind == I_WORD && is_trailing(x.u.word))
        l->word[l->n_word++] = (Word){ x.u.word, a->at };
    else if (x.kind != I_FAILED)
        mnet_error(l->m, a->at, "%s reads values of the net; this is %s", l->s->op,
                   mnet_item_text(l->m, &x));
    return x.kind == I_VALUE || x.kind == I_OMITTED || x.kind == I_WORD;
}

/* One operand too few: the line above comes first. */
static bool read_above(Layer *l)
{
    const Item *above = &l->m->frame->above;
    uint32_t least = own_parameters(l->op) ? 1 : op_info[l->op].min_in;

    if (l->n_in + 1 != least || above->kind == I_OMITTED)
        return true;
    if (above->kind != I_VALUE)
        return false;
    memmove(l->in + 1, l->in, l->n_in * sizeof *l->in);
    l->in[0] = above->u.v;
    l->n_in++;
    return true;
}

/* All that has no key.  Errors are said for each of them. */
static bool operands(Layer *l)
{
    uint32_t n = 4;            /* bias and statistics of batch_norm, at most, are made */
    bool ok = true;

    for (const Arg *a = l->s->arg; a; a = a->next)
        n++;
    l->in = arena_new_n(l->m->arena, ValueId, n);
    l->word = arena_new_n(l->m->arena, Word, n);
    for (const Arg *a = l->s->arg; a; a = a->next)
        if (!a->key)
            ok = operand(l, a) && ok;
    return ok && read_above(l);
}

/* ---- nodes ---- */

/* The op as a node with these names; its first result, or id 0. */
static ValueId add(const Layer *l, const char *const *name, uint32_t n)
{
    Mnet *m = l->m;
    NodeSpec spec = {
        .op = l->op, .in = l->in, .n_in = l->n_in, .out = name, .n_out = n, .attr = l->attr,
        .n_attr = l->n_attr, .act = l->act, .pos = mnet_pos(m, l->s->at),
    };
    NodeId id = ir_add(m->g, &spec, m->d);

    return id.id ? ir_node(m->g, id)->out[0] : (ValueId){ 0 };
}

/* What a short form sets is no key of its line any more. */
static void preset(Layer *l, Attr a)
{
    l->attr[l->n_attr++] = a;
    l->n_preset = l->n_attr;
}

static void preset_relu6(Layer *l)
{
    preset(l, attr_float(A_min, 0));
    preset(l, attr_float(A_max, 6));
}

/* Number name of the line's bn, where it is given. */
static bool preset_float(Layer *l, AttrName name, const Expr *value)
{
    double x;

    if (!value)
        return true;
    if (!mnet_float(l->m, value, &x))
        return false;
    preset(l, attr_float(name, x));
    return true;
}

/* The node that a word stands for, reading v. */
static ValueId add_word(const Layer *line, const Word *w, ValueId v, const char *name)
{
    bool bn = !strcmp(w->word, "bn"), relu6 = !strcmp(w->word, "relu6");
    ValueId in[5] = { v };
    Layer l = { .m = line->m, .s = line->s, .in = in, .n_in = 1, .makes = bn };

    l.op = bn ? OP_batch_norm : relu6 ? OP_clip : op_by_name(w->word);
    l.base = bn ? arena_printf(l.m->arena, "%s.bn", line->base) : line->base;
    if (relu6)
        preset_relu6(&l);
    if (bn && !(preset_float(&l, A_eps, line->eps)
                && preset_float(&l, A_momentum, line->momentum)))
        return (ValueId){ 0 };
    return bn && !own_make(&l) ? (ValueId){ 0 } : add(&l, &name, 1);
}

/* The other words only say something about the layer itself. */
static bool makes_node(const Word *w)
{
    return strcmp(w->word, "bias") && strcmp(w->word, "nobias") && strcmp(w->word, "none");
}

/* The op, then a node for each word.  The last of them has the line's own name. */
static ValueId add_all(Layer *l, const Results *r)
{
    uint32_t left = 0;
    const char *name = r->name[0];
    ValueId v;

    for (uint32_t i = 0; i < l->n_word; i++)
        left += makes_node(&l->word[i]);
    if (left && r->n > 1) {
        mnet_error(l->m, l->word[0].at, "words can follow only where there is one result");
        return (ValueId){ 0 };
    }
    if (left)
        name = arena_printf(l->m->arena, "%s.%s", l->base, op_info[l->op].name);
    v = add(l, left ? &name : r->name, r->n);
    for (uint32_t i = 0; i < l->n_word && v.id; i++) {
        const char *word = l->word[i].word;
        if (!makes_node(&l->word[i]))
            continue;
        name = --left ? arena_printf(l->m->arena, "%s.%s", l->base, word) : r->name[0];
        v = add_word(l, &l->word[i], v, name);
    }
    return v;
}

/* ---- short forms ---- */

/* build has made sure that the first operand is there. */
static const Shape *x_shape(const Layer *l)
{
    return &ir_val(l->m->g, l->in[0])->shape;
}

/* One group per channel: (N,C,H,W) with weights (C,1,R,S). */
static void preset_depthwise(Layer *l)
{
    l->depthwise = true;
    preset(l, attr_int(A_group, x_shape(l)->rank > 1 ? x_shape(l)->dim[1] : 1));
}

/* The kernel's size is no attribute of conv but part of its weights' shape. */
static void preset_pointwise(Layer *l)
{
    static const Expr one = { .kind = E_NUMBER, .is_int = true, .i = 1 };

    l->kernel = &one;
}

/* (N,C,H,W) -> (N,C) */
static void preset_global_avg_pool(Layer *l)
{
    static const int64_t axes[IR_MAX_RANK] = { 2, 3, 4, 5, 6, 7 };

    preset(l, attr_ints(A_axes, axes, x_shape(l)->rank > 2 ? x_shape(l)->rank - 2 : 0));
    preset(l, attr_int(A_keep, 0));
}

/* (N,C,H,W) -> (N,C*H*W) */
static void preset_flatten(Layer *l)
{
    int64_t *dim = arena_new_n(l->m->arena, int64_t, 2);

    dim[0] = x_shape(l)->rank ? x_shape(l)->dim[0] : 1;
    dim[1] = dim[0] ? shape_count(x_shape(l)) / dim[0] : 0;
    preset(l, attr_ints(A_shape, dim, 2));
}

static const struct Short {
    const char *name;
    Op op;
    void (*preset)(Layer *);
} shorts[] = {
    { "depthwise", OP_conv, preset_depthwise },    /* conv with group = channels */
    { "pointwise", OP_conv, preset_pointwise },    /* conv with k=1 */
    { "relu6", OP_clip, preset_relu6 },
    { "global_avg_pool", OP_reduce_mean, preset_global_avg_pool },
    { "flatten", OP_reshape, preset_flatten },
};

enum { N_SHORT = sizeof shorts / sizeof *shorts };

static const struct Short *find_short(const char *name)
{
    for (int i = 0; i < N_SHORT; i++)
        if (!strcmp(shorts[i].name, name))
            return &shorts[i];
    return NULL;
}

bool mnet_is_layer(const char *keyword)
{
    return op_by_name(keyword) || find_short(keyword) || !strcmp(keyword, "separable");
}

/* ---- making ---- */

/* bias and nobias need a layer that makes its bias: not add, and not conv x w. */
static bool check_words(const Layer *l)
{
    bool ok = true;

    for (uint32_t i = 0; i < l->n_word; i++) {
        const Word *w = &l->word[i];
        bool biased = l->makes && (op_info[l->op].flags & LINEAR);
        if ((!strcmp(w->word, "bias") || !strcmp(w->word, "nobias")) && !biased) {
            mnet_error(l->m, w->at, "%s makes no bias, so '%s' means nothing", l->s->op, w->word);
            ok = false;
        }
    }
    return ok;
}

/* Operands first: the others depend on x.  Keys are checked even when operands are wrong, so that
 * one run tells all. */
static ValueId build(Layer *l, const struct Short *form, const Results *r)
{
    ValueId none = { 0 };
    bool ok = operands(l);

    l->makes = own_parameters(l->op) && (l->n_in < 2 || !l->in[1].id);
    if (ok && (form || l->makes) && !(l->n_in && l->in[0].id)) {
        mnet_error(l->m, l->s->at, "%s has nothing to read: there is no layer above", l->s->op);
        return none;
    }
    if (ok && form)
        form->preset(l);
    ok = layer_keys(l) && ok;
    ok = check_words(l) && ok;
    if (!ok || (l->makes && !own_make(l)) || !layer_same(l))
        return none;
    return add_all(l, r);
}

/* ---- separable ---- */

/* Known before it is evaluated, so that unknown names are said once, by the first half. */
static bool names_word(Mnet *m, const Expr *e)
{
    const Item *x = e->kind == E_NAME ? mnet_find(m, e->name) : NULL;

    return e->kind == E_NAME && (x ? x->kind == I_WORD : mnet_is_word(e->name));
}

/* One of the two layers of a separable convolution.  out= is for the second, the words for both,
 * all else for the first. */
static ValueId half(Mnet *m, const Stmt *s, const char *keyword, const char *base)
{
    bool first = !strcmp(keyword, "depthwise");
    const char *name = arena_printf(m->arena, "%s.%s", base, keyword);
    Item item = { .kind = I_FAILED };
    Stmt line = *s;
    Arg **last = &line.arg;

    line.op = intern(&m->names, keyword);
    for (const Arg *a = s->arg; a; a = a->next) {
        bool out = a->key && !strcmp(a->key, "out");
        if (first ? out : !out && (a->key || !names_word(m, a->value)))
            continue;
        *last = arena_new(m->arena, Arg);
        **last = *a;
        last = &(*last)->next;
    }
    *last = NULL;
    mnet_layer(m, &line, &(Results){ .n = 1, .name = &name, .item = &item });
    m->frame->above = item;
    return item.kind == I_VALUE ? item.u.v : (ValueId){ 0 };
}

/* Depthwise, then pointwise: Sifre 2014, and the MobileNets' building block. */
static ValueId separable(Mnet *m, const Stmt *s, const char *base)
{
    ValueId v = half(m, s, "depthwise", base);

    return v.id ? half(m, s, "pointwise", base) : v;
}

/* ---- the layer ---- */

/* The hint may be a layer, a short form or a block. */
static void unknown_layer(Mnet *m, const Stmt *s)
{
    const char **names = arena_new_n(m->arena, const char *, OP_COUNT + N_SHORT + 1 + m->n_var);
    const char *near;
    size_t n = 0;

    for (int op = 1; op < OP_COUNT; op++)
        names[n++] = op_info[op].name;
    for (int i = 0; i < N_SHORT; i++)
        names[n++] = shorts[i].name;
    names[n++] = "separable";
    for (uint32_t i = 0; i < m->n_var; i++)
        if (m->var[i].block)
            names[n++] = m->var[i].sym;
    mnet_error(m, s->at, "there is no layer '%s'", s->op);
    near = m->d->n_error > DIAG_MAX ? NULL : diag_nearest(s->op, names, n);
    if (near)
        diag_hint(m->d, "did you mean '%s'?", near);
}

/* r->item stays I_FAILED after an error. */
void mnet_layer(Mnet *m, const Stmt *s, Results *r)
{
    const struct Short *form = find_short(s->op);
    Layer l = { .m = m, .s = s, .base = r->name[0], .op = form ? form->op : op_by_name(s->op) };
    ValueId v = { 0 };

    if (!mnet_is_layer(s->op))
        unknown_layer(m, s);
    else if (r->n > 1 && op_info[l.op].n_out == 1)
        mnet_error(m, s->name->at, "%s has one result", s->op);
    else if (l.op && op_info[l.op].n_out != MANY && r->n != op_info[l.op].n_out)
        mnet_error(m, s->at, "%s has %d results", s->op, op_info[l.op].n_out);
    else
        v = l.op ? build(&l, form, r) : separable(m, s, r->name[0]);
    /* the results of a node have ids in a row */
    for (uint32_t i = 0; i < r->n && v.id; i++)
        r->item[i] = (Item){ .kind = I_VALUE, .u = { .v = { v.id + i } } };
}
