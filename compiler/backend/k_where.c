/* SPDX-License-Identifier: Apache-2.0 */
/* k_where: one of two operands, element by element; compilers make lanes of it by themselves. */
#include "backend/kernels.h"

/* A nest of four: the result, the condition, both choices, all broadcast. */
bool emit_where(Emit *e, const Node *n)
{
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;
    Nest nest;

    nest_elementwise(e, &nest, n->out[0], n->in, 3);
    nest_vars(&nest, v, (const char *[]){ "Y", "C", "A", "B" });
    tmpl_word(v, "T", emit_type(e, n->out[0]));
    fn = emit_function(e, "where.c.t", "where", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_in(e, n->in[1]),
                                           emit_in(e, n->in[2]), emit_out(e, n->out[0]) }, 4);
    return fn != NULL;
}
