/* SPDX-License-Identifier: 0BSD */
/* 2 rows x 9 columns of a product, a part of its depth, added to y if it
 * is not the first. */
NET_FN void product_c_1(const float *a, const float *b, float *y, ptrdiff_t depth, int first)
{
    v_f32 s0_0 = first ? v_set1(0.0f) : v_load(y + 0);
    v_f32 s0_1 = first ? v_set1(0.0f) : v_load(y + 4);
    v_f32 s0_2 = first ? v_set1(0.0f) : v_load_n(y + 8, 1);
    v_f32 s1_0 = first ? v_set1(0.0f) : v_load(y + 9);
    v_f32 s1_1 = first ? v_set1(0.0f) : v_load(y + 13);
    v_f32 s1_2 = first ? v_set1(0.0f) : v_load_n(y + 17, 1);

    for (ptrdiff_t k = 0; k < depth; k++) {
        v_f32 p;
        const v_f32 b0 = v_load(b + k * 9 + 0);
        const v_f32 b1 = v_load(b + k * 9 + 4);
        const v_f32 b2 = v_load_n(b + k * 9 + 8, 1);
        p = v_set1(a[k * 1 + 0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        s0_2 = v_fma(p, b2, s0_2);
        p = v_set1(a[k * 1 + 5]);
        s1_0 = v_fma(p, b0, s1_0);
        s1_1 = v_fma(p, b1, s1_1);
        s1_2 = v_fma(p, b2, s1_2);
    }

    v_store(y + 0, s0_0);
    v_store(y + 4, s0_1);
    v_store_n(y + 8, s0_2, 1);
    v_store(y + 9, s1_0);
    v_store(y + 13, s1_1);
    v_store_n(y + 17, s1_2, 1);
}

/* 1 rows x 9 columns of a product, a part of its depth, added to y if it
 * is not the first. */
NET_FN void product_c_2(const float *a, const float *b, float *y, ptrdiff_t depth, int first)
{
    v_f32 s0_0 = first ? v_set1(0.0f) : v_load(y + 0);
    v_f32 s0_1 = first ? v_set1(0.0f) : v_load(y + 4);
    v_f32 s0_2 = first ? v_set1(0.0f) : v_load_n(y + 8, 1);

    for (ptrdiff_t k = 0; k < depth; k++) {
        v_f32 p;
        const v_f32 b0 = v_load(b + k * 9 + 0);
        const v_f32 b1 = v_load(b + k * 9 + 4);
        const v_f32 b2 = v_load_n(b + k * 9 + 8, 1);
        p = v_set1(a[k * 1 + 0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        s0_2 = v_fma(p, b2, s0_2);
    }

    v_store(y + 0, s0_0);
    v_store(y + 4, s0_1);
    v_store_n(y + 8, s0_2, 1);
}

/* y = a b, (3,5) x (5,9), each sum in the order of k. */
NET_FN void matmul_c_3(const float *a0, const float *b0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = 0; i0 < 2; i0++) {
        const float *a1 = a0 + i0 * 15, *b1 = b0 + i0 * 45;
        float *y1 = y0 + i0 * 27;
        const float *a = a1, *b = b1;
        float *y = y1;
        const ptrdiff_t m0 = NET_FROM(2) * 2, n0 = 0, n1 = 9;
        const ptrdiff_t m1 = part + 1 == parts ? 3 : NET_TO(2) * 2;

        for (ptrdiff_t n = n0; n < n1; n += 16) {
            for (ptrdiff_t m = m0; m < m1; m += 2) {
                const float *am = a + m * 5, *bn = b + n;
                const ptrdiff_t k = 0, depth = 5;
                float *yt = y + m * 9 + n;

                if (m + 2 <= 3 && n + 16 > 9)
                    product_c_1(am, bn, yt, depth, k == 0);
                if (m + 2 > 3 && n + 16 > 9)
                    product_c_2(am, bn, yt, depth, k == 0);
            }
        }
    }
}

