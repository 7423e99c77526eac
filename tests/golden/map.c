/* SPDX-License-Identifier: 0BSD */
NET_FN v_f32 relu_c_1(v_f32 x)
{
    return v_max(v_set1(0.0f), x);
}

/* y = f(x), element by element. */
NET_FN void map_c_2(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(24);
        ptrdiff_t i = NET_FROM16(24);
        for (; i + V <= n; i += V)
            v_store(y0 + i, relu_c_1(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, relu_c_1(v_load_n(x0 + i, left)), left);
        }
}

/* y = f(x), element by element. */
NET_FN void map_c_3(const float *x0, int32_t *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(24); i0 < NET_TO(24); i0++) {
        const float *x1 = x0 + i0 * 1;
        int32_t *y1 = y0 + i0 * 1;
        float x = *x1;
        *y1 = (int32_t)(x != x ? 0 : x <= (float)INT32_MIN ? INT32_MIN : x >= (float)INT32_MAX ? INT32_MAX : (int32_t)x);
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_4(const int32_t *x0, int32_t *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const int32_t *x1 = x0 + i0 * 12;
        int32_t *y1 = y0 + i0 * 12;
    for (ptrdiff_t i1 = 0; i1 < 4; i1++) {
        const int32_t *x2 = x1 + i1 * 1;
        int32_t *y2 = y1 + i1 * 3;
    for (ptrdiff_t i2 = 0; i2 < 3; i2++) {
        const int32_t *x3 = x2 + i2 * 4;
        int32_t *y3 = y2 + i2 * 1;
        int32_t x = *x3;
        *y3 = (int32_t)(x);
    }
    }
    }
}

