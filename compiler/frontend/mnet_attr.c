/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_attr: the NAME=VALUE of a layer's line.
 *
 * Names are those of the op's attributes in ops.def, act= where an activation can be fused, and the
 * keys of a layer's own parameters.  A single number stands for a list of equal ones: stride=2.
 */
#include "frontend/mnet_layer.h"

#include <string.h>

/* ---- values ---- */

/* The rank of the first operand; 0 when there is none yet, and errors will say so. */
static uint32_t x_rank(const Layer *l)
{
    return l->n_in && l->in[0].id ? ir_val(l->m->g, l->in[0])->shape.rank : 0;
}

/* How many numbers a list attribute has when a single one stands for all of them. */
static uint32_t list_length(const Layer *l, AttrName name)
{
    uint32_t rank = x_rank(l), spatial = rank > 2 ? rank - 2 : 1;

    switch (name) {
    case A_stride: case A_dilation: case A_kernel: case A_out_pad: return spatial;
    case A_pad: return 2 * (l->op == OP_pad ? rank : spatial);
    default: return 1;
    }
}

/* A list attribute: its elements, or one number repeated.  out->name decides how often. */
static bool int_list(Layer *l, const Expr *e, Attr *out)
{
    bool list = e->kind == E_LIST;
    uint32_t n = 0, i = 0;
    int64_t *v;

    for (const Expr *k = e->kid; list && k; k = k->next)
        n++;
    if (!list)
        n = list_length(l, out->name);
    v = arena_new_n(l->m->arena, int64_t, n);
    for (const Expr *k = e->kid; list && k; k = k->next)
        if (!mnet_int(l->m, k, &v[i++]))
            return false;
    if (!list && n && !mnet_int(l->m, e, v))
        return false;
    for (i = 1; !list && i < n; i++)
        v[i] = v[0];
    *out = attr_ints(out->name, v, n);
    return true;
}

bool layer_window(Layer *l, const Expr *e, uint32_t n, int64_t *out)
{
    Attr a = { .name = A_kernel };

    if (!int_list(l, e, &a))
        return false;
    if (a.n != n) {
        mnet_error(l->m, e->at, "here should be %u numbers, not %u", n, a.n);
        return false;
    }
    memcpy(out, a.u.ints, n * sizeof *out);
    return true;
}

/* The word as it stands, or that of a variable. */
static const char *word_of(const Layer *l, const Expr *e)
{
    const Item *x = e->kind == E_NAME ? mnet_find(l->m, e->name) : NULL;

    if (x && x->kind == I_WORD)
        return x->u.word;
    return e->kind == E_NAME || e->kind == E_STRING ? e->name : NULL;
}

/* A word attribute keeps what is written even if it is no known word: the shape rule of the op
 * knows which ones there are, and says so. */
static bool word(Layer *l, const Expr *e, Attr *out)
{
    const char *s = word_of(l, e);

    if (!s) {
        mnet_error(l->m, e->at, "here should be a word");
        return false;
    }
    *out = attr_word(out->name, s);
    return true;
}

/* pad=same, pad=same_lower: kept until the kernel is known. */
static bool is_same(Layer *l, const Attr *kind, const Expr *e)
{
    const char *s = kind->name == A_pad && l->op != OP_pad ? word_of(l, e) : NULL;

    if (s && !strcmp(s, "same"))
        l->same = SAME_UPPER;
    else if (s && !strcmp(s, "same_lower"))
        l->same = SAME_LOWER;
    else
        return false;
    return true;
}

/* One attribute of the op into l->attr.  Values are checked for their type here, for their range
 * by the shape rule. */
static bool attribute(Layer *l, const Expr *e, const Attr *kind)
{
    Attr *out = &l->attr[l->n_attr];

    if (is_same(l, kind, e))
        return true;
    *out = *kind;
    l->n_attr++;
    switch (kind->type) {
    case ATTR_INT: return mnet_int(l->m, e, &out->u.i);
    case ATTR_FLOAT: return mnet_float(l->m, e, &out->u.f);
    case ATTR_INTS: return int_list(l, e, out);
    default: return word(l, e, out);
    }
}

/* act=relu, act=clip(0,6): the op's float attributes in their order, or their defaults. */
static bool fused_act(Layer *l, const Expr *e)
{
    const char *name = e->kind == E_CALL ? e->name : word_of(l, e);
    Op op = name ? op_by_name(name) : OP_none;
    const Expr *arg = e->kid;
    float *slot[2] = { &l->act.a, &l->act.b };
    int n = 0;

    if (name && !strcmp(name, "relu6") && !arg) {
        l->act = (Act){ .op = OP_clip, .a = 0, .b = 6 };
        return true;
    }
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
        mnet_error(l->m, arg->at, "%s has %d parameters, this is one more", name, n);
    return !arg;
}

/* ---- names ---- */

/* The op's attribute of that name, unless a short form has set it. */
static const Attr *attr_of(const Layer *l, const char *name)
{
    const OpInfo *info = &op_info[l->op];

    for (uint32_t i = 0; i < l->n_preset; i++)
        if (!strcmp(attr_name[l->attr[i].name], name))
            return NULL;
    for (int k = 0; k < IR_MAX_ATTR && info->attr[k].name; k++)
        if (!strcmp(attr_name[info->attr[k].name], name))
            return &info->attr[k];
    return NULL;
}

/* k= is another name for the kernel of these. */
static bool is_pool(Op op)
{
    return op == OP_max_pool || op == OP_avg_pool;
}

/* What may stand before '=' in this line. */
static size_t known_keys(const Layer *l, const char **names)
{
    const OpInfo *info = &op_info[l->op];
    size_t n = 0;

    for (int k = 0; k < IR_MAX_ATTR && info->attr[k].name; k++)
        if (attr_of(l, attr_name[info->attr[k].name]))
            names[n++] = attr_name[info->attr[k].name];
    if (info->flags & FUSES_ACT)
        names[n++] = "act";
    if (l->makes)
        n += own_keys(l->op, names + n);
    if (is_pool(l->op))
        names[n++] = "k";
    if (layer_has_word(l, "bn"))
        names[n++] = "eps", names[n++] = "momentum";
    return n;
}

/* A key may be a slip of the pen, or one that would be right if the layer made its parameters. */
static bool unknown_key(Layer *l, const Arg *a, const char *const *names, size_t n)
{
    const char *near = diag_nearest(a->key, names, n), *own[MNET_MOST_KEYS];

    mnet_error(l->m, a->at, "%s has no attribute '%s'", l->s->op, a->key);
    for (size_t i = own_keys(l->op, own); i > 0; i--)
        if (!strcmp(own[i - 1], a->key)) {
            diag_hint(l->m->d, "that is for a layer that makes its parameters; "
                      "this one is given them");
            return false;
        }
    if (near)
        diag_hint(l->m->d, "did you mean '%s'?", near);
    return false;
}

/* Takes one NAME=VALUE.  The keys of own parameters are looked up when these are made. */
static bool take(Layer *l, const Arg *a)
{
    const char *name = is_pool(l->op) && !strcmp(a->key, "k") ? "kernel" : a->key;

    if (attr_of(l, name))
        return attribute(l, a->value, attr_of(l, name));
    if (!strcmp(name, "act"))
        return fused_act(l, a->value);
    if (!strcmp(name, "out"))
        l->out = a->value;
    else if (!strcmp(name, "k"))
        l->kernel = a->value;
    else if (!strcmp(name, "eps"))
        l->eps = a->value;
    else if (!strcmp(name, "momentum"))
        l->momentum = a->value;
    return true;
}

/* Goes on after an error, so that all wrong keys of a line are said in one run. */
bool layer_keys(Layer *l)
{
    const char *names[MNET_MOST_KEYS];
    size_t n = known_keys(l, names), i;
    unsigned seen = 0;
    bool ok = true;

    for (const Arg *a = l->s->arg; a; a = a->next) {
        if (!a->key)
            continue;
        for (i = 0; i < n && strcmp(names[i], a->key); i++)
            ;
        if (i == n) {
            ok = unknown_key(l, a, names, n);
            continue;
        }
        if (seen >> i & 1)
            mnet_error(l->m, a->at, "'%s' is given twice", a->key);
        ok = !(seen >> i & 1) && take(l, a) && ok;
        seen |= 1u << i;
    }
    return ok;
}

/* ---- pad=same ---- */

/* Number i of a list attribute of this line; fill when it is not there. */
static int64_t list_at(const Layer *l, AttrName name, uint32_t i, int64_t fill)
{
    for (uint32_t k = 0; k < l->n_attr; k++)
        if (l->attr[k].name == name)
            return i < l->attr[k].n ? l->attr[k].u.ints[i] : fill;
    return fill;
}

/* Size i of the window: of the weight (K,C,R,S) from its third dimension on, or the attribute of
 * a pool.  By now own parameters have been made. */
static int64_t kernel_at(const Layer *l, uint32_t i)
{
    const Shape *w = op_info[l->op].max_in > 1 && l->n_in > 1
        ? &ir_val(l->m->g, l->in[1])->shape : NULL;

    return !w ? list_at(l, A_kernel, i, 1) : i + 2 < w->rank ? w->dim[i + 2] : 1;
}

/* The padding that makes out = ceil(in / stride), TensorFlow's SAME and ONNX's SAME_UPPER: an odd
 * one goes to the end, with SAME_LOWER to the beginning. */
bool layer_same(Layer *l)
{
    uint32_t n = x_rank(l) > 2 ? x_rank(l) - 2 : 0;
    int64_t *pad = arena_new_n(l->m->arena, int64_t, 2 * n);

    if (l->same == SAME_NO)
        return true;
    if (l->op == OP_conv_transpose) {
        mnet_error(l->m, l->s->at, "pad=same means nothing for %s", l->s->op);
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        int64_t in = ir_val(l->m->g, l->in[0])->shape.dim[2 + i];
        int64_t stride = list_at(l, A_stride, i, 1), dilation = list_at(l, A_dilation, i, 1);
        int64_t k = kernel_at(l, i), all;
        if (stride < 1 || stride > INT32_MAX || dilation < 1 || dilation > INT32_MAX || k < 1
            || k > INT32_MAX)
            continue;                /* the shape rule says what is wrong */
        all = ((in + stride - 1) / stride - 1) * stride + (k - 1) * dilation + 1 - in;
        all = all > 0 ? all : 0;
        pad[i] = (all + (l->same == SAME_LOWER)) / 2;
        pad[n + i] = all - pad[i];
    }
    l->attr[l->n_attr++] = attr_ints(A_pad, pad, 2 * n);
    return true;
}
