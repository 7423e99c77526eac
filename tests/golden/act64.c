/* SPDX-License-Identifier: 0BSD */
/* elu of a double. */
NET_FN double elu_c_1(double x)
{
    return x < 0.0 ? 1.0 * expm1(x) : x;
}

/* y = f(x), element by element. */
NET_FN void map_c_2(const double *x0, double *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const double *x1 = x0 + i0 * 1;
        double *y1 = y0 + i0 * 1;
        double x = *x1;
        *y1 = (double)(elu_c_1(x));
    }
}

/* gelu_tanh of a double. */
NET_FN double gelu_c_3(double x)
{
    return 0.5 * x * (1.0 + tanh(0.79788456080286536 * (x + 0.044715 * x * x * x)));
}

/* y = f(x), element by element. */
NET_FN void map_c_4(const double *x0, double *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const double *x1 = x0 + i0 * 1;
        double *y1 = y0 + i0 * 1;
        double x = *x1;
        *y1 = (double)(gelu_c_3(x));
    }
}

