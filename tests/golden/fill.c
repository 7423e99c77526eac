/* SPDX-License-Identifier: 0BSD */
NET_FN void fill_c_1(float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(5); i0 < NET_TO(5); i0++) {
        float *y1 = y0 + i0 * 1;
        *y1 = 0.5f;
    }
}

NET_FN void fill_c_2(float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        float *y1 = y0 + i0 * 5;
    for (ptrdiff_t i1 = 0; i1 < 2; i1++) {
        float *y2 = y1 + i1 * 1;
        *y2 = 0.5f;
    }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_3(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *x1 = x0 + i0 * 3;
        float *y1 = y0 + i0 * 5;
        const ptrdiff_t n = 3;
        ptrdiff_t i = 0;
        for (; i + V <= n; i += V)
            v_store(y1 + i, v_same(v_load(x1 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y1 + i, v_same(v_load_n(x1 + i, left)), left);
        }
    }
}

