//@ params NAME OP A B
/* ${OP} of a double. */
NET_FN double ${NAME}(double x)
{
//@ if OP == relu
    return x < 0.0 ? 0.0 : x;
//@ elif OP == clip
    const double low = ${A}, high = ${B};

    x = x < low ? low : x;
    return x > high ? high : x;
//@ elif OP == leaky_relu
    return x < 0.0 ? ${A} * x : x;
//@ elif OP == elu
    return x < 0.0 ? ${A} * expm1(x) : x;
//@ elif OP == selu
    return ${B} * (x > 0.0 ? x : ${A} * expm1(x));
//@ elif OP == celu
    return x < 0.0 ? ${A} * expm1(x / ${A}) : x;
//@ elif OP == sigmoid
    return 1.0 / (1.0 + exp(-x));
//@ elif OP == hard_sigmoid
    x = ${A} * x + ${B};
    x = x < 0.0 ? 0.0 : x;
    return x > 1.0 ? 1.0 : x;
//@ elif OP == hard_swish
    double gate = x / 6.0 + 0.5;

    gate = gate < 0.0 ? 0.0 : gate;
    return x * (gate > 1.0 ? 1.0 : gate);
//@ elif OP == silu
    return x / (1.0 + exp(-x));
//@ elif OP == tanh
    return tanh(x);
//@ elif OP == gelu_tanh
    return 0.5 * x * (1.0 + tanh(0.79788456080286536 * (x + 0.044715 * x * x * x)));
//@ elif OP == gelu
    return 0.5 * x * (1.0 + erf(x * 0.70710678118654752));
//@ elif OP == mish
    return x * tanh((x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x))));
//@ elif OP == softplus
    return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x)));
//@ elif OP == softsign
    return x / (1.0 + fabs(x));
//@ elif OP == thresholded_relu
    return x > ${A} ? x : 0.0;
//@ elif OP == erf
    return erf(x);
//@ elif OP == sqrt
    return sqrt(x);
//@ elif OP == exp
    return exp(x);
//@ elif OP == log
    return log(x);
//@ elif OP == neg
    return -x;
//@ elif OP == abs
    return fabs(x);
//@ elif OP == reciprocal
    return 1.0 / x;
//@ elif OP == floor
    return floor(x);
//@ elif OP == ceil
    return ceil(x);
//@ elif OP == round
    return rint(x);
//@ elif OP == sign
    return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x;
//@ elif OP == sin
    return sin(x);
//@ elif OP == cos
    return cos(x);
//@ else
    return ${OP}(x);
//@ end
}
