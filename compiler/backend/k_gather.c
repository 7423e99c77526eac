/* SPDX-License-Identifier: Apache-2.0 */
/* k_gather: parts of a tensor, chosen by indices that are constant or computed.  Nothing outside
 * the tensor is ever read, whatever the indices. */
#include "backend/kernels.h"

/* y has the dimensions of x before axis, those of the indices, those of x behind axis. */
static void find_nests(const Emit *e, const Node *n, Nest *index, Nest *part)
{
    const Shape *x = emit_shape(e, n->in[0]), *k = emit_shape(e, n->in[1]);
    const int64_t *xs = emit_place(e, n->in[0])->stride, *ks = emit_place(e, n->in[1])->stride;
    const int64_t *ys = emit_place(e, n->out[0])->stride;
    uint32_t axis = (uint32_t)ir_int(n, A_axis);

    nest_init(index, 2);
    nest_init(part, 2);
    for (uint32_t d = 0; d < k->rank; d++)
        nest_add(index, k->dim[d], (int64_t[]){ ys[axis + d], ks[d] });
    for (uint32_t d = 0; d < x->rank; d++)
        if (d != axis)
            nest_add(part, x->dim[d],
                     (int64_t[]){ ys[d < axis ? d : d - 1 + k->rank], xs[d] });
    nest_simplify(index);
    nest_simplify(part);
}

/* x (before, n, behind), indices (k...) -> (before, k..., behind).  Of an empty dimension there is
 * nothing to take: whatever the indices, the result is 0. */
bool emit_gather(Emit *e, const Node *n)
{
    int64_t axis = ir_int(n, A_axis), count = emit_shape(e, n->in[0])->dim[axis];
    TmplVars *v = tmpl_vars(e->arena);
    Nest index, part;
    const char *fn;

    if (count == 0)
        return emit_fill(e, n->out[0], 0);
    find_nests(e, n, &index, &part);
    nest_vars(&part, v, (const char *[]){ "Y", "X" });
    tmpl_int(v, "KRANK", index.rank);
    tmpl_ints(v, "KDIM", index.dim, index.rank);
    tmpl_ints(v, "KY", index.step[0], index.rank);
    tmpl_ints(v, "K", index.step[1], index.rank);
    tmpl_int(v, "N", count);
    tmpl_int(v, "XA", emit_place(e, n->in[0])->stride[axis]);
    tmpl_word(v, "T", emit_type(e, n->in[0]));
    tmpl_word(v, "TI", emit_type(e, n->in[1]));
    fn = emit_function(e, "gather.c.t", "gather", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_in(e, n->in[1]),
                                           emit_out(e, n->out[0]) }, 3);
    return fn != NULL;
}
