/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_layer: a line of the spec that is an op: its operands and attributes, checked. */
#include "frontend/mnet_run.h"

#include <string.h>

enum { MOST_KEYS = IR_MAX_ATTR + 8 };

/* A layer being built. */
typedef struct Layer {
    Mnet *m;
    const Stmt *s;
    const OpInfo *info;
    ValueId *in;
    uint32_t n_in;
    Attr attr[IR_MAX_ATTR];
    uint32_t n_attr;
    Act act;
} Layer;

bool mnet_is_layer(const char *keyword)
{
    return op_by_name(keyword) != OP_none;
}

/* ---- operands ---- */

static bool operand(Layer *l, const Arg *a)
{
    Item x = mnet_eval(l->m, a->value);

    if (x.kind == I_VALUE || x.kind == I_OMITTED) {
        l->in[l->n_in++] = x.kind == I_VALUE ? x.u.v : (ValueId){ 0 };
        return true;
    }
    if (x.kind != I_FAILED)
        mnet_error(l->m, a->at, "%s reads values of the net; this is %s", l->s->op,
                   mnet_item_text(l->m, &x));
    return false;
}

/* One operand too few: the line above comes first. */
static bool read_above(Layer *l)
{
    const Item *above = &l->m->frame->above;

    if (l->n_in + 1 != l->info->min_in || above->kind == I_OMITTED)
        return true;
    if (above->kind != I_VALUE)
        return false;
    memmove(l->in + 1, l->in, l->n_in * sizeof *l->in);
    l->in[0] = above->u.v;
    l->n_in++;
    return true;
}

static bool operands(Layer *l)
{
    bool ok = true;
    uint32_t n = 1;

    for (const Arg *a = l->s->arg; a; a = a->next)
        n++;
    l->in = arena_new_n(l->m->arena, ValueId, n);
    for (const Arg *a = l->s->arg; a; a = a->next)
        if (!a->key)
            ok = operand(l, a) && ok;
    return ok && read_above(l);
}

/* ---- attributes ---- */

/* How many numbers a list attribute has when a single one stands for all of them. */
static uint32_t list_length(const Layer *l, AttrName name)
{
    uint32_t rank = l->n_in && l->in[0].id ? ir_val(l->m->g, l->in[0])->shape.rank : 0;
    uint32_t spatial = rank > 2 ? rank - 2 : 1;

    switch (name) {
    case A_stride: case A_dilation: case A_kernel: case A_out_pad: return spatial;
    case A_pad: return 2 * (l->info == &op_info[OP_pad] ? rank : spatial);
    default: return 1;
    }
}

static bool int_list(Layer *l, const Expr *e, Attr *out)
{
    bool one = e->kind != E_LIST;
    int64_t *v;
    uint32_t n = 0;

    for (const Expr *k = e->kid; k && !one; k = k->next)
        n++;
    if (one)
        n = list_length(l, out->name);
    v = arena_new_n(l->m->arena, int64_t, n);
    if (one && !mnet_int(l->m, e, v))
        return false;
    for (uint32_t i = 1; i < n && one; i++)
        v[i] = v[0];
    n = one ? n : 0;
    for (const Expr *k = e->kid; k && !one; k = k->next)
        if (!mnet_int(l->m, k, &v[n++]))
            return false;
    *out = attr_ints(out->name, v, n);
    return true;
}

/* The word as it stands, or that of a variable. */
static bool word(Layer *l, const Expr *e, Attr *out)
{
    const Item *x = e->kind == E_NAME ? mnet_find(l->m, e->name) : NULL;

    if (e->kind != E_NAME && e->kind != E_STRING) {
        mnet_error(l->m, e->at, "here should be a word");
        return false;
    }
    *out = attr_word(out->name, x && x->kind == I_WORD ? x->u.word : e->name);
    return true;
}

static bool attribute(Layer *l, const Arg *a, const Attr *kind)
{
    Attr *out = &l->attr[l->n_attr++];

    *out = *kind;
    switch (kind->type) {
    case ATTR_INT: return mnet_int(l->m, a->value, &out->u.i);
    case ATTR_FLOAT: return mnet_float(l->m, a->value, &out->u.f);
    case ATTR_INTS: return int_list(l, a->value, out);
    default: return word(l, a->value, out);
    }
}

/* act=relu, act=clip(0,6): the op's float attributes in their order, or their defaults. */
static bool fused_act(Layer *l, const Expr *e)
{
    Op op = e->kind == E_NAME || e->kind == E_CALL ? op_by_name(e->name) : OP_none;
    const Expr *arg = e->kid;
    float *slot[2] = { &l->act.a, &l->act.b };
    int n = 0;

    if (!op || !(op_info[op].flags & ACT)) {
        mnet_error(l->m, e->at, "here should be an activation");
        return false;
    }
    l->act.op = op;
    for (int k = 0; k < IR_MAX_ATTR && op_info[op].attr[k].name && n < 2; k++) {
        double f = op_info[op].attr[k].u.f;
        if (op_info[op].attr[k].type != ATTR_FLOAT)
            continue;
        if (arg && !mnet_float(l->m, arg, &f))
            return false;
        *slot[n++] = (float)f;
        arg = arg ? arg->next : NULL;
    }
    if (arg)
        mnet_error(l->m, arg->at, "%s has %d parameters, this is one more", e->name, n);
    return !arg;
}

/* What may stand before '=' in this layer. */
static size_t known_keys(const Layer *l, const char **names)
{
    size_t n = 0;

    for (int k = 0; k < IR_MAX_ATTR && l->info->attr[k].name; k++)
        names[n++] = attr_name[l->info->attr[k].name];
    if (l->info->flags & FUSES_ACT)
        names[n++] = "act";
    return n;
}

static bool key(Layer *l, const Arg *a, unsigned *seen)
{
    const char *names[MOST_KEYS], *near;
    size_t n = known_keys(l, names), i = 0;

    while (i < n && strcmp(names[i], a->key))
        i++;
    if (i == n) {
        mnet_error(l->m, a->at, "%s has no attribute '%s'", l->s->op, a->key);
        near = diag_nearest(a->key, names, n);
        if (near)
            diag_hint(l->m->d, "did you mean '%s'?", near);
        return false;
    }
    if (*seen >> i & 1) {
        mnet_error(l->m, a->at, "'%s' is given twice", a->key);
        return false;
    }
    *seen |= 1u << i;
    return !strcmp(names[i], "act") ? fused_act(l, a->value) : attribute(l, a, &l->info->attr[i]);
}

static bool keys(Layer *l)
{
    unsigned seen = 0;
    bool ok = true;

    for (const Arg *a = l->s->arg; a; a = a->next)
        if (a->key)
            ok = key(l, a, &seen) && ok;
    return ok;
}

/* ---- the layer ---- */

static void unknown_layer(Mnet *m, const Stmt *s)
{
    const char *names[OP_COUNT], *near;
    size_t n = 0;

    for (int op = 1; op < OP_COUNT; op++)
        names[n++] = op_info[op].name;
    mnet_error(m, s->at, "there is no layer '%s'", s->op);
    near = diag_nearest(s->op, names, n);
    if (near)
        diag_hint(m->d, "did you mean '%s'?", near);
}

static void add(Layer *l, Results *r)
{
    Mnet *m = l->m;
    NodeSpec spec = {
        .op = (Op)(l->info - op_info), .in = l->in, .n_in = l->n_in, .out = r->name,
        .n_out = r->n, .attr = l->attr, .n_attr = l->n_attr, .act = l->act,
        .pos = mnet_pos(m, l->s->at),
    };
    NodeId n = ir_add(m->g, &spec, m->d);

    for (uint32_t i = 0; i < r->n && n.id; i++)
        r->item[i] = (Item){ .kind = I_VALUE, .u = { .v = ir_node(m->g, n)->out[i] } };
}

void mnet_layer(Mnet *m, const Stmt *s, Results *r)
{
    Layer l = { .m = m, .s = s, .info = &op_info[op_by_name(s->op)] };
    bool ok;

    if (l.info == op_info) {
        unknown_layer(m, s);
        return;
    }
    ok = operands(&l);
    if (keys(&l) && ok)
        add(&l, r);
}
