/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_own: layers that make their own parameters.
 *
 * conv x k=3 out=32 is conv x w b with a weight (32,C,3,3) and a bias (32) that are called after
 * the line.  Running means and variances are no parameters but constants: nothing learns them.
 */
#include "frontend/mnet_layer.h"

#include <inttypes.h>
#include <string.h>

static const struct Own {
    Op op;
    uint32_t operand;
    const char *key, *name;
    ValueKind kind;
    const char *fill;          /* where the line says nothing; NULL: he_normal */
} owns[] = {
    { OP_conv, 1, "w", "weight", VAL_PARAM, NULL },
    { OP_conv, 2, "b", "bias", VAL_PARAM, "0" },
    { OP_conv_transpose, 1, "w", "weight", VAL_PARAM, NULL },
    { OP_conv_transpose, 2, "b", "bias", VAL_PARAM, "0" },
    { OP_dense, 1, "w", "weight", VAL_PARAM, NULL },
    { OP_dense, 2, "b", "bias", VAL_PARAM, "0" },
    { OP_batch_norm, 1, "gamma", "gamma", VAL_PARAM, "1" },
    { OP_batch_norm, 2, "beta", "beta", VAL_PARAM, "0" },
    { OP_batch_norm, 3, "mean", "mean", VAL_CONST, "0" },
    { OP_batch_norm, 4, "var", "var", VAL_CONST, "1" },
    { OP_instance_norm, 1, "gamma", "gamma", VAL_PARAM, "1" },
    { OP_instance_norm, 2, "beta", "beta", VAL_PARAM, "0" },
    { OP_layer_norm, 1, "gamma", "gamma", VAL_PARAM, "1" },
    { OP_layer_norm, 2, "beta", "beta", VAL_PARAM, "0" },
    { OP_prelu, 1, "slope", "slope", VAL_PARAM, "0.25" },
};

enum { N_OWN = sizeof owns / sizeof *owns };

/* These have a weight, and a bias that may be left out; the others have vectors. */
static bool has_weight(Op op)
{
    return op == OP_conv || op == OP_conv_transpose || op == OP_dense;
}

bool own_parameters(Op op)
{
    for (int i = 0; i < N_OWN; i++)
        if (owns[i].op == op)
            return true;
    return false;
}

size_t own_keys(Op op, const char **names)
{
    size_t n = 0;

    for (int i = 0; i < N_OWN; i++)
        if (owns[i].op == op)
            names[n++] = owns[i].key;
    if (has_weight(op))
        names[n++] = "out";
    if (has_weight(op) && op != OP_dense)
        names[n++] = "k";
    return n;
}

/* ---- shapes ---- */

/* The layer's input, which is there. */
static const Shape *x_shape(const Layer *l)
{
    return &ir_val(l->m->g, l->in[0])->shape;
}

/* The shapes of parameters are computed from x before the shape rule sees it. */
static bool check_x(const Layer *l, uint32_t least, uint32_t most, const char *what)
{
    uint32_t rank = x_shape(l)->rank;

    if (rank >= least && rank <= most)
        return true;
    mnet_error(l->m, l->s->at, "%s reads %s; '%s' has the shape %s", l->s->op, what,
               diag_quote(l->m->arena, ir_val(l->m->g, l->in[0])->name),
               shape_text(l->m->arena, x_shape(l)));
    return false;
}

/* How many outputs: out=, or for a depthwise convolution as many as inputs. */
static bool outputs(Layer *l, int64_t *n)
{
    *n = l->depthwise ? x_shape(l)->dim[1] : 0;
    if (!l->out && !l->depthwise) {
        mnet_error(l->m, l->s->at, "%s needs out=, its number of outputs", l->s->op);
        return false;
    }
    if (l->out && !mnet_int(l->m, l->out, n))
        return false;
    if (*n < 1)
        mnet_error(l->m, l->out ? l->out->at : l->s->at, "out=%" PRId64 " is less than 1", *n);
    return *n > 0;
}

/* The group attribute, which must divide inputs and outputs. */
static bool groups(Layer *l, int64_t out, int64_t *group)
{
    int64_t in = x_shape(l)->dim[1];

    *group = 1;
    for (uint32_t i = 0; i < l->n_attr; i++)
        if (l->attr[i].name == A_group)
            *group = l->attr[i].u.i;
    if (*group >= 1 && in % *group == 0 && out % *group == 0)
        return true;
    mnet_error(l->m, l->s->at, "%" PRId64 " inputs and %" PRId64 " outputs are no %" PRId64
               " groups", in, out, *group);
    return false;
}

/* conv: (K,C/group,R,S).  conv_transpose: (C,K/group,R,S).  out is K. */
static bool conv_weight(Layer *l, int64_t out, Shape *s)
{
    int64_t group;
    bool transposed = l->op == OP_conv_transpose;

    if (!l->kernel) {
        mnet_error(l->m, l->s->at, "%s needs k=, the size of its kernel", l->s->op);
        return false;
    }
    *s = *x_shape(l);
    if (!groups(l, out, &group)
        || !layer_window(l, l->kernel, s->rank - 2, s->dim + 2))
        return false;
    s->dim[0] = transposed ? s->dim[1] : out;
    s->dim[1] = (transposed ? out : s->dim[1]) / group;
    for (uint32_t i = 2; i < s->rank; i++)
        if (s->dim[i] < 1) {
            mnet_error(l->m, l->kernel->at, "k=%" PRId64 " is less than 1", s->dim[i]);
            return false;
        }
    if (!shape_ok(s))
        mnet_error(l->m, l->s->at, "the weight would have the shape %s, which is too large",
                   shape_text(l->m->arena, s));
    return shape_ok(s);
}

/* conv, dense: weight and bias. */
static bool weight_shapes(Layer *l, Shape *weight, Shape *bias)
{
    int64_t out;

    if (l->op == OP_dense ? !check_x(l, 2, 2, "(N,C), as flatten makes it")
                          : !check_x(l, 3, 5, "images (N,C,H,W)"))
        return false;
    if (!outputs(l, &out))
        return false;
    *bias = (Shape){ 1, { out } };
    *weight = (Shape){ 2, { out, x_shape(l)->dim[1] } };
    if (l->op == OP_dense && !shape_ok(weight))
        mnet_error(l->m, l->s->at, "the weight would have the shape %s, which is too large",
                   shape_text(l->m->arena, weight));
    return l->op == OP_dense ? shape_ok(weight) : conv_weight(l, out, weight);
}

/* Norms and prelu: one number per channel; layer_norm: one for each element from its axis on. */
static bool vector_shape(Layer *l, Shape *s)
{
    const Shape *x = x_shape(l);
    int64_t axis = -1;

    if (!check_x(l, l->op == OP_layer_norm ? 1 : 2, IR_MAX_RANK, "(N,C,...)"))
        return false;
    *s = (Shape){ 1, { x->dim[1] } };
    for (uint32_t i = 0; l->op == OP_prelu && i + 2 < x->rank; i++)
        s->dim[s->rank++] = 1;
    if (l->op != OP_layer_norm)
        return true;
    for (uint32_t i = 0; i < l->n_attr; i++)
        if (l->attr[i].name == A_axis)
            axis = l->attr[i].u.i;
    axis += axis < 0 ? x->rank : 0;
    s->rank = 0;
    for (int64_t i = axis < 0 ? 0 : axis; i < x->rank; i++)
        s->dim[s->rank++] = x->dim[i];
    return true;
}

/* ---- making ---- */

/* NULL when the line does not say; layer_keys has found that it says it once at most. */
static const Expr *value_of(const Layer *l, const char *key)
{
    for (const Arg *a = l->s->arg; a; a = a->next)
        if (a->key && !strcmp(a->key, key))
            return a->value;
    return NULL;
}

/* Batch norm takes away what a bias adds, so before it there is none unless the line says so. */
static bool wants_bias(const Layer *l)
{
    return value_of(l, "b") || layer_has_word(l, "bias")
        || !(layer_has_word(l, "nobias") || layer_has_word(l, "bn"));
}

/* What the line says, or else the default. */
static const float *numbers(Layer *l, const struct Own *own, const Shape *s, const char *name)
{
    const Expr he = { .kind = E_NAME, .name = intern(&l->m->names, "he_normal"), .at = l->s->at };
    const Expr fill = { .kind = E_NUMBER, .text = own->fill, .at = l->s->at };
    const Expr *said = value_of(l, own->key);

    return init_data(l->m, said ? said : own->fill ? &fill : &he, s, name);
}

/* Fills the operands between with "left out", for a bias that is not wanted. */
static bool make(Layer *l, const struct Own *own, const Shape *s)
{
    const char *name = arena_printf(l->m->arena, "%s.%s", l->base, own->name);
    const float *data = numbers(l, own, s, name);

    if (!data)
        return false;
    while (l->n_in <= own->operand)
        l->in[l->n_in++] = (ValueId){ 0 };
    l->in[own->operand] = ir_const(l->m->g, name, own->kind, DT_F32, s, data);
    ir_val(l->m->g, l->in[own->operand])->pos = mnet_pos(l->m, l->s->at);
    return true;
}

/* An operand that is given stays; so does a bias that is left out by '_'. */
bool own_make(Layer *l)
{
    Shape weight, vector;
    uint32_t given = l->n_in;

    if (has_weight(l->op) ? !weight_shapes(l, &weight, &vector) : !vector_shape(l, &vector))
        return false;
    for (int i = 0; i < N_OWN; i++) {
        const struct Own *own = &owns[i];
        bool is_bias = has_weight(l->op) && own->operand == 2;
        if (own->op != l->op || (own->operand < given && (l->in[own->operand].id || is_bias))
            || (is_bias && !wants_bias(l)))
            continue;
        if (!make(l, own, has_weight(l->op) && !is_bias ? &weight : &vector))
            return false;
    }
    return true;
}
