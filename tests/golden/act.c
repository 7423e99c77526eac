/* SPDX-License-Identifier: 0BSD */
NET_FN v_f32 hard_swish_c_1(v_f32 x)
{
    v_f32 gate = v_min(v_set1(6.0f), v_max(v_set1(0.0f), v_add(x, v_set1(3.0f))));
    return v_mul(x, v_mul(gate, v_set1(1.0f / 6.0f)));
}

/* y = f(x), element by element. */
NET_FN void map_c_2(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(40);
        ptrdiff_t i = NET_FROM16(40);
        for (; i + V <= n; i += V)
            v_store(y0 + i, hard_swish_c_1(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, hard_swish_c_1(v_load_n(x0 + i, left)), left);
        }
}

NET_FN v_f32 leaky_relu_c_3(v_f32 x)
{
    return v_if_less(x, v_set1(0.0f), v_mul(x, v_set1(0.1f)), x);
}

/* y = f(x), element by element. */
NET_FN void map_c_4(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(40);
        ptrdiff_t i = NET_FROM16(40);
        for (; i + V <= n; i += V)
            v_store(y0 + i, leaky_relu_c_3(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, leaky_relu_c_3(v_load_n(x0 + i, left)), left);
        }
}

NET_FN v_f32 gelu_c_5(v_f32 x)
{
    v_f32 u = v_mul(x, v_fma(v_mul(x, x), v_set1(0.0356774081f), v_set1(0.797884561f)));
    return v_mul(v_mul(v_set1(0.5f), x), v_add(v_set1(1.0f), v_tanh(u)));
}

/* y = f(x), element by element. */
NET_FN void map_c_6(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(40);
        ptrdiff_t i = NET_FROM16(40);
        for (; i + V <= n; i += V)
            v_store(y0 + i, gelu_c_5(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, gelu_c_5(v_load_n(x0 + i, left)), left);
        }
}

