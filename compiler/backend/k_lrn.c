/* SPDX-License-Identifier: Apache-2.0 */
/* k_lrn: local response normalisation, over neighbouring channels (Krizhevsky, Sutskever, Hinton,
 * ImageNet classification with deep convolutional neural networks, 2012, section 3.3).
 *
 * x (N,C,...) -> the same shape.  Lanes are channels where these lie side by side and beta is 0.75,
 * as in every net that has it: a power that two square roots give. */
#include "backend/kernels.h"

/* The mean over size channels, not their sum, is what alpha weighs (ONNX LRN): alpha / size. */
static void set_words(Emit *e, const Node *n, DType t, TmplVars *v)
{
    bool wide = t == DT_F64;
    double alpha = ir_float(n, A_alpha) / (double)ir_int(n, A_size);

    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "FMA", wide ? "d_fma" : "s_fma");
    tmpl_word(v, "SQRT", wide ? "sqrt" : "sqrtf");
    tmpl_word(v, "POW", wide ? "pow" : "powf");
    tmpl_word(v, "ALPHA", emit_float(e, alpha, t));
    tmpl_word(v, "BIAS", emit_float(e, ir_float(n, A_bias), t));
    tmpl_word(v, "BETA", emit_float(e, ir_float(n, A_beta), t));
}

/* A window of size channels around each, one more behind it than before it when size is even. */
bool emit_lrn(Emit *e, const Node *n)
{
    DType t = ir_val(e->g, n->in[0])->dtype;
    int64_t size = ir_int(n, A_size);
    bool quarters = ir_float(n, A_beta) == 0.75;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn;
    Nest nest;
    Axis a = emit_axis_nest(e, n, 1, &nest);
    const IntVar vars[] = {
        { "C", a.count }, { "XC", a.x }, { "YC", a.y }, { "BEFORE", (size - 1) / 2 },
        { "BEHIND", size / 2 }, { "QUARTERS", quarters },
        { "VECTOR", t == DT_F32 && quarters && !e->plain && a.x == 1 && a.y == 1 },
    };

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    nest_vars(&nest, v, (const char *[]){ "Y", "X" });
    set_words(e, n, t, v);
    fn = emit_function(e, "lrn.c.t", "lrn", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[0]), emit_out(e, n->out[0]) }, 2);
    return fn != NULL;
}
