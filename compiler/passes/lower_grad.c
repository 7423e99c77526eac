/* SPDX-License-Identifier: Apache-2.0 */
/* lower_grad: a transposed convolution of stride 1 is a convolution with the weights turned round.
 *
 *   conv_transpose(y, w (K,C,R,S), pad p)  ->  conv(y, w' (C,K,R,S), pad (R - 1) dilation - p)
 *   w'[c][k][r][s] = w[k][c][R - 1 - r][S - 1 - s]
 *
 * of one group, or of one channel per group (depthwise).  Both turns are views.  So the gradients
 * of convolutions are computed by their own kernels.  needs SORTED; breaks SORTED. */
#include "passes/pass.h"
#include "passes/rewrite.h"

static bool fits(const Graph *g, const Node *n)
{
    const Shape *w = &ir_val(g, n->in[1])->shape;
    const int64_t *pad = ir_ints(n, A_pad, NULL), *out = ir_ints(n, A_out_pad, NULL);
    const int64_t *dil = ir_ints(n, A_dilation, NULL);
    int64_t group = ir_int(n, A_group);

    for (uint32_t d = 0; d + 2 < w->rank; d++)
        if (ir_ints(n, A_stride, NULL)[d] != 1
            || (w->dim[2 + d] - 1) * dil[d] < pad[d]
            || (w->dim[2 + d] - 1) * dil[d] + out[d] < pad[w->rank - 2 + d])
            return false;
    return group == 1 || (w->dim[0] == group && w->dim[1] == 1);
}

/* The first two dimensions change places. */
static ValueId swap(Job *job, ValueId w)
{
    int64_t perm[IR_MAX_RANK];
    uint32_t rank = ir_val(job->g, w)->shape.rank;

    for (uint32_t d = 0; d < rank; d++)
        perm[d] = d < 2 ? 1 - d : d;
    return pass_insert(job->g, OP_transpose, w, attr_ints(A_perm, perm, rank), w, job->d);
}

/* The kernel's elements in reverse. */
static ValueId reverse(Job *job, ValueId w)
{
    Shape s = ir_val(job->g, w)->shape;
    int64_t start[IR_MAX_RANK], step[IR_MAX_RANK];
    const char *name = arena_printf(job->g->arena, "%s.turned", ir_val(job->g, w)->name);
    Attr attr[3];
    NodeSpec spec = { .op = OP_slice, .in = &w, .n_in = 1, .attr = attr, .n_attr = 3 };
    bool any = false;

    for (uint32_t d = 0; d < s.rank; d++) {
        step[d] = d < 2 || s.dim[d] == 1 ? 1 : -1;
        start[d] = step[d] < 0 ? s.dim[d] - 1 : 0;
        any = any || step[d] < 0;
    }
    attr[0] = attr_ints(A_start, start, s.rank);
    attr[1] = attr_ints(A_size, s.dim, s.rank);
    attr[2] = attr_ints(A_step, step, s.rank);
    return any ? ir_add1(job->g, name, &spec, job->d) : w;
}

static void lower(Job *job, NodeId id)
{
    Graph *g = job->g;
    Node n = *ir_node(g, id);
    const Shape *w = &ir_val(g, n.in[1])->shape;
    const int64_t *own = ir_ints(&n, A_pad, NULL), *dil = ir_ints(&n, A_dilation, NULL);
    int64_t pad[2 * IR_MAX_RANK], group = ir_int(&n, A_group);
    uint32_t sp = w->rank - 2;
    Attr attr[3];
    ValueId in[3] = { n.in[0], n.in[1], ir_in(&n, 2) };
    NodeSpec spec = { .op = OP_conv, .in = in, .n_in = 3, .attr = attr, .n_attr = 3,
                      .out = (const char *[]){ ir_val(g, n.out[0])->name }, .n_out = 1,
                      .pos = n.pos };
    NodeId conv;

    for (uint32_t d = 0; d < sp; d++) {
        pad[d] = (w->dim[2 + d] - 1) * dil[d] - own[d];
        pad[sp + d] = (w->dim[2 + d] - 1) * dil[d] - own[sp + d]
                    + ir_ints(&n, A_out_pad, NULL)[d];
    }
    if (group == 1)
        in[1] = swap(job, in[1]);
    in[1] = reverse(job, in[1]);
    attr[0] = attr_ints(A_pad, pad, 2 * sp);
    attr[1] = attr_ints(A_dilation, dil, sp);
    attr[2] = attr_int(A_group, group);
    conv = ir_add(g, &spec, job->d);
    ir_take_output(g, conv, id);
}

bool pass_lower_grad(Job *job)
{
    for (uint32_t i = 1, n = job->g->n_node; i < n; i++) {
        const Node *node = &job->g->node[i];
        if (node->op == OP_conv_transpose && ir_val(job->g, node->in[1])->dtype == DT_F32
            && fits(job->g, node))
            lower(job, (NodeId){ i });
    }
    return true;
}
