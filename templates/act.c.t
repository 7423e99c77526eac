//# Errors, as tests/math finds them: hard_swish below 2.75 ulp; hard_sigmoid, elu, softplus below
//# 1, 1.1 and 2 ulp of the result or of 1, whichever is larger; gelu, which cancels, 2 ulp of x.
//@ params NAME OP A B
NET_FN v_f32 ${NAME}(v_f32 x)
{
//@ if OP == relu
    return v_max(v_set1(0.0f), x);
//@ elif OP == clip
    return v_min(v_set1(${B}), v_max(v_set1(${A}), x));
//@ elif OP == leaky_relu
    return v_if_less(x, v_set1(0.0f), v_mul(x, v_set1(${A})), x);
//@ elif OP == elu
    v_f32 neg = v_mul(v_set1(${A}), v_sub(v_exp(x), v_set1(1.0f)));
    return v_if_less(x, v_set1(0.0f), neg, x);
//@ elif OP == selu
    v_f32 neg = v_mul(v_set1(${A}), v_sub(v_exp(x), v_set1(1.0f)));
    return v_mul(v_set1(${B}), v_if_less(v_set1(0.0f), x, x, neg));
//@ elif OP == celu
    v_f32 neg = v_sub(v_exp(v_div(x, v_set1(${A}))), v_set1(1.0f));
    return v_if_less(x, v_set1(0.0f), v_mul(v_set1(${A}), neg), x);
//@ elif OP == sigmoid
    return v_sigmoid(x);
//@ elif OP == hard_sigmoid
    x = v_fma(x, v_set1(${A}), v_set1(${B}));
    return v_min(v_set1(1.0f), v_max(v_set1(0.0f), x));
//@ elif OP == hard_swish
    v_f32 gate = v_min(v_set1(6.0f), v_max(v_set1(0.0f), v_add(x, v_set1(3.0f))));
    return v_mul(x, v_mul(gate, v_set1(1.0f / 6.0f)));
//@ elif OP == silu
    return v_silu(x);
//@ elif OP == tanh
    return v_tanh(x);
//@ elif OP == gelu_tanh
    v_f32 u = v_mul(x, v_fma(v_mul(x, x), v_set1(0.0356774081f), v_set1(0.797884561f)));
    return v_mul(v_mul(v_set1(0.5f), x), v_add(v_set1(1.0f), v_tanh(u)));
//@ elif OP == gelu
    v_f32 u = v_erf(v_mul(x, v_set1(0.707106781f)));
    return v_mul(v_mul(v_set1(0.5f), x), v_add(v_set1(1.0f), u));
//@ elif OP == mish
    return v_mul(x, v_tanh(v_each(log1pf, v_exp(x))));
//@ elif OP == softplus
    v_f32 tail = v_each(log1pf, v_exp(v_neg(v_abs(x))));
    return v_add(v_max(v_set1(0.0f), x), tail);
//@ elif OP == softsign
    return v_div(x, v_add(v_set1(1.0f), v_abs(x)));
//@ elif OP == thresholded_relu
    return v_if_less(v_set1(${A}), x, x, v_set1(0.0f));
//@ elif OP == erf
    return v_erf(x);
//@ elif OP == sqrt
    return v_sqrt(x);
//@ elif OP == exp
    return v_exp(x);
//@ elif OP == log
    return v_each(logf, x);
//@ elif OP == neg
    return v_neg(x);
//@ elif OP == abs
    return v_abs(x);
//@ elif OP == reciprocal
    return v_div(v_set1(1.0f), x);
//@ elif OP == floor
    return v_floor(x);
//@ elif OP == ceil
    return v_ceil(x);
//@ elif OP == round
    return v_round(x);
//@ elif OP == sign
    v_f32 pos = v_if_less(v_set1(0.0f), x, v_set1(1.0f), x);
    return v_if_less(x, v_set1(0.0f), v_set1(-1.0f), pos);
//@ elif OP == sin
    return v_each(sinf, x);
//@ elif OP == cos
    return v_each(cosf, x);
//@ else
    return v_${OP}(x);
//@ end
}
