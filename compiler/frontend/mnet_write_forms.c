/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write_forms: which nodes the short forms of the spec language say: layers that make their
 * own parameters, as mnet_own.c makes them, and keywords that stand for attributes. */
#include "frontend/mnet_write.h"
#include "ir/shape.h"

#include <string.h>

/* A vector of n numbers, f32. */
static bool is_vector(const Graph *g, ValueId id, const Shape *s)
{
    const Value *v = ir_val(g, id);

    return ir_is_const(g, id) && v->dtype == DT_F32 && shape_equal(&v->shape, s);
}

/* conv, conv_transpose, dense with constants as w and b, and nothing else. */
bool write_own_weight(const Graph *g, const Node *n)
{
    const Value *x = ir_val(g, n->in[0]), *w = ir_val(g, ir_in(n, 1));
    Shape k = { .rank = 1 };

    if (n->op != OP_conv && n->op != OP_conv_transpose && n->op != OP_dense)
        return false;
    if (!ir_is_const(g, ir_in(n, 1)) || w->dtype != DT_F32 || ir_in(n, 3).id
        || (n->op == OP_dense && x->shape.rank != 2))
        return false;
    k.dim[0] = n->op == OP_conv_transpose ? w->shape.dim[1] * ir_int(n, A_group) : w->shape.dim[0];
    return !ir_in(n, 2).id || is_vector(g, ir_in(n, 2), &k);
}

/* Norms and prelu, all of whose vectors are there. */
bool write_own_vectors(const Graph *g, const Node *n)
{
    static const struct { Op op; uint32_t n; } of[] = {
        { OP_batch_norm, 4 }, { OP_instance_norm, 2 }, { OP_layer_norm, 2 }, { OP_prelu, 1 },
    };
    const Shape *x = &ir_val(g, n->in[0])->shape;
    Shape s = { .rank = 1, .dim = { x->rank > 1 ? x->dim[1] : 1 } };
    uint32_t k = 0;

    while (k < 4 && of[k].op != n->op)
        k++;
    if (k == 4 || x->rank < (n->op == OP_layer_norm ? 1 : 2) || n->n_in != of[k].n + 1)
        return false;
    for (uint32_t i = 2; n->op == OP_prelu && i < x->rank; i++)
        s.dim[s.rank++] = 1;
    if (n->op == OP_layer_norm) {
        int64_t axis = ir_int(n, A_axis);
        s.rank = 0;
        for (int64_t i = axis < 0 ? axis + x->rank : axis; i >= 0 && i < x->rank; i++)
            s.dim[s.rank++] = x->dim[i];
    }
    for (uint32_t i = 1; i <= of[k].n; i++)
        if (!is_vector(g, n->in[i], &s))
            return false;
    return true;
}

/* The keyword that says all the attributes, or NULL. */
const char *write_short_form(const Graph *g, const Node *n)
{
    const Shape *x = n->n_in ? &ir_val(g, n->in[0])->shape : NULL;
    uint32_t k;

    if (n->op == OP_clip && ir_float(n, A_min) == 0 && ir_float(n, A_max) == 6)
        return "relu6";
    if (n->op == OP_reshape) {
        const Shape *y = &ir_val(g, n->out[0])->shape;
        return y->rank == 2 && x->rank > 2 && y->dim[0] == x->dim[0] ? "flatten" : NULL;
    }
    if (n->op == OP_reduce_mean && x->rank > 2 && !ir_int(n, A_keep)) {
        const int64_t *axes = ir_ints(n, A_axes, &k);
        for (uint32_t i = 0; i < k; i++)
            if (axes[i] != 2 + (int64_t)i)
                return NULL;
        return k == x->rank - 2 ? "global_avg_pool" : NULL;
    }
    return NULL;
}

/* The word that an activation is behind other layers, or NULL: it has attributes of its own. */
const char *write_act_word(const Graph *g, const Node *n)
{
    const char *s = write_short_form(g, n);

    if (s || !(op_info[n->op].flags & ACT) || n->op == OP_clip)
        return op_info[n->op].flags & ACT ? s : NULL;
    for (int k = 0; k < IR_MAX_ATTR && n->attr[k].name; k++) {
        const Attr *a = &n->attr[k], *usual = &op_info[n->op].attr[k];
        if (a->type == ATTR_FLOAT ? a->u.f != usual->u.f
            : a->type != ATTR_WORD || strcmp(a->u.word, usual->u.word))
            return NULL;
    }
    return op_info[n->op].name;
}
