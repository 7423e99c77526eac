/* SPDX-License-Identifier: Apache-2.0 */
/* to_dense: a product with a constant matrix becomes a dense layer.
 *
 *   x (..., C) times w (C,K)  ->  dense(x as (M,C), w^T (K,C)) as (..., K),   M: all but the last
 *   ... + b (K)               ->  the same with the bias b
 *
 * dense is linear: what follows it can be folded and fused, and its weights are packed at compile
 * time.  f32 only.  needs SORTED, LIVE; breaks SORTED, LIVE, SIMPLE (reshapes meet reshapes).
 */
#include "passes/pass.h"
#include "passes/rewrite.h"

/* A row vector on the left (rank 1) has no rows to speak of, and stays a product. */
static bool is_dense(const Graph *g, const Uses *u, const Node *n)
{
    const ValueId w = ir_in(n, 1);

    return n->op == OP_matmul && pass_is_f32(g, n->in[0]) && ir_is_const(g, w)
        && ir_val(g, w)->shape.rank == 2 && pass_may_copy(g, u, w)
        && ir_val(g, n->in[0])->shape.rank >= 2
        && shape_count(&ir_val(g, n->in[0])->shape) > 0 && shape_count(&ir_val(g, w)->shape) > 0;
}

/* w (C,K) -> (K,C), as dense weights are kept: one output's weights after the other's. */
static ValueId transposed(Graph *g, const Uses *u, ValueId w)
{
    const Value from = *ir_val(g, w);
    const int64_t rows = from.shape.dim[0], cols = from.shape.dim[1];
    const Shape shape = { 2, { cols, rows } };
    float *to = pass_new_data(g, u, &w, &shape);

    for (int64_t i = 0; i < rows; i++)
        for (int64_t k = 0; k < cols; k++)
            to[k * rows + i] = ((const float *)from.data)[i * cols + k];
    return w;
}

/* The vector that the only reader of the product adds to each of its rows; 0: none. */
static ValueId added_vector(const Graph *g, const Uses *u, ValueId product)
{
    const Node *add = pass_only_reader(g, u, product);
    const int64_t k = ir_val(g, product)->shape.dim[ir_val(g, product)->shape.rank - 1];
    ValueId b;

    if (!add || add->op != OP_add || add->act.op)
        return (ValueId){ 0 };
    b = add->in[add->in[0].id == product.id];
    if (!ir_is_const(g, b) || ir_val(g, b)->shape.rank != 1 || ir_val(g, b)->shape.dim[0] != k)
        return (ValueId){ 0 };
    return b;
}

/* x (..., C) as (M,C). */
static ValueId as_matrix(Graph *g, ValueId x, Diag *d)
{
    const Shape *s = &ir_val(g, x)->shape;
    const int64_t cols = s->dim[s->rank - 1], shape[2] = { shape_count(s) / cols, cols };

    return s->rank == 2 ? x : pass_insert(g, OP_reshape, x, attr_ints(A_shape, shape, 2), x, d);
}

/* The last node of product and addition becomes the dense layer, or the reshape of a new one: so
 * the name that others know stays. */
static bool convert(Graph *g, const Uses *u, NodeId id, Diag *d)
{
    const ValueId product = ir_node(g, id)->out[0];
    const Pos pos = ir_node(g, id)->pos;
    const Shape *shape;
    NodeId last = id;
    ValueId in[3] = { { 0 } }, y;

    in[2] = added_vector(g, u, product);
    if (in[2].id) {
        last = u->reader[product.id];
        ir_delete(g, id);
    }
    in[0] = as_matrix(g, ir_node(g, id)->in[0], d);
    in[1] = transposed(g, u, ir_node(g, id)->in[1]);
    if (in[0].id == ir_node(g, id)->in[0].id) {
        pass_become(g, ir_node(g, last), OP_dense, in, in[2].id ? 3 : 2);
        return true;
    }
    y = ir_add1(g, ir_val(g, product)->name,
                &(NodeSpec){ .op = OP_dense, .in = in, .n_in = 3, .pos = pos }, d);
    pass_become(g, ir_node(g, last), OP_reshape, &y, 1);
    shape = &ir_val(g, ir_node(g, last)->out[0])->shape;
    pass_set_list(g, ir_node(g, last), A_shape, shape->dim, shape->rank);
    return y.id != 0;
}

bool pass_to_dense(Job *job)
{
    Graph *g = job->g;
    const uint32_t n_node = g->n_node;
    Uses u = pass_uses(g);

    for (uint32_t i = 1; i < n_node; i++)
        if (is_dense(g, &u, ir_node(g, (NodeId){ i }))
            && !convert(g, &u, (NodeId){ i }, job->d))
            return false;
    return true;
}
