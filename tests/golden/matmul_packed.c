/* SPDX-License-Identifier: 0BSD */
/* 2 rows x 16 columns of a product, a part of its depth, added to y if it
 * is not the first. */
NET_FN void product_c_1(const float *a, const float *b, float *y, ptrdiff_t depth, int first)
{
    v_f32 s0_0 = first ? v_set1(0.0f) : v_load(y + 0);
    v_f32 s0_1 = first ? v_set1(0.0f) : v_load(y + 4);
    v_f32 s0_2 = first ? v_set1(0.0f) : v_load(y + 8);
    v_f32 s0_3 = first ? v_set1(0.0f) : v_load(y + 12);
    v_f32 s1_0 = first ? v_set1(0.0f) : v_load(y + 20);
    v_f32 s1_1 = first ? v_set1(0.0f) : v_load(y + 24);
    v_f32 s1_2 = first ? v_set1(0.0f) : v_load(y + 28);
    v_f32 s1_3 = first ? v_set1(0.0f) : v_load(y + 32);

    for (ptrdiff_t k = 0; k < depth; k++) {
        v_f32 p;
        const v_f32 b0 = v_load(b + k * 16 + 0);
        const v_f32 b1 = v_load(b + k * 16 + 4);
        const v_f32 b2 = v_load(b + k * 16 + 8);
        const v_f32 b3 = v_load(b + k * 16 + 12);
        p = v_set1(a[k * 1 + 0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        s0_2 = v_fma(p, b2, s0_2);
        s0_3 = v_fma(p, b3, s0_3);
        p = v_set1(a[k * 1 + 150]);
        s1_0 = v_fma(p, b0, s1_0);
        s1_1 = v_fma(p, b1, s1_1);
        s1_2 = v_fma(p, b2, s1_2);
        s1_3 = v_fma(p, b3, s1_3);
    }

    v_store(y + 0, s0_0);
    v_store(y + 4, s0_1);
    v_store(y + 8, s0_2);
    v_store(y + 12, s0_3);
    v_store(y + 20, s1_0);
    v_store(y + 24, s1_1);
    v_store(y + 28, s1_2);
    v_store(y + 32, s1_3);
}

/* 2 rows x 4 columns of a product, a part of its depth, added to y if it
 * is not the first. */
NET_FN void product_c_2(const float *a, const float *b, float *y, ptrdiff_t depth, int first)
{
    v_f32 s0_0 = first ? v_set1(0.0f) : v_load(y + 0);
    v_f32 s1_0 = first ? v_set1(0.0f) : v_load(y + 20);

    for (ptrdiff_t k = 0; k < depth; k++) {
        v_f32 p;
        const v_f32 b0 = v_load(b + k * 16 + 0);
        p = v_set1(a[k * 1 + 0]);
        s0_0 = v_fma(p, b0, s0_0);
        p = v_set1(a[k * 1 + 150]);
        s1_0 = v_fma(p, b0, s1_0);
    }

    v_store(y + 0, s0_0);
    v_store(y + 20, s1_0);
}

/* 1 rows x 16 columns of a product, a part of its depth, added to y if it
 * is not the first. */
NET_FN void product_c_3(const float *a, const float *b, float *y, ptrdiff_t depth, int first)
{
    v_f32 s0_0 = first ? v_set1(0.0f) : v_load(y + 0);
    v_f32 s0_1 = first ? v_set1(0.0f) : v_load(y + 4);
    v_f32 s0_2 = first ? v_set1(0.0f) : v_load(y + 8);
    v_f32 s0_3 = first ? v_set1(0.0f) : v_load(y + 12);

    for (ptrdiff_t k = 0; k < depth; k++) {
        v_f32 p;
        const v_f32 b0 = v_load(b + k * 16 + 0);
        const v_f32 b1 = v_load(b + k * 16 + 4);
        const v_f32 b2 = v_load(b + k * 16 + 8);
        const v_f32 b3 = v_load(b + k * 16 + 12);
        p = v_set1(a[k * 1 + 0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        s0_2 = v_fma(p, b2, s0_2);
        s0_3 = v_fma(p, b3, s0_3);
    }

    v_store(y + 0, s0_0);
    v_store(y + 4, s0_1);
    v_store(y + 8, s0_2);
    v_store(y + 12, s0_3);
}

/* 1 rows x 4 columns of a product, a part of its depth, added to y if it
 * is not the first. */
NET_FN void product_c_4(const float *a, const float *b, float *y, ptrdiff_t depth, int first)
{
    v_f32 s0_0 = first ? v_set1(0.0f) : v_load(y + 0);

    for (ptrdiff_t k = 0; k < depth; k++) {
        v_f32 p;
        const v_f32 b0 = v_load(b + k * 16 + 0);
        p = v_set1(a[k * 1 + 0]);
        s0_0 = v_fma(p, b0, s0_0);
    }

    v_store(y + 0, s0_0);
}

/* y = a b, (3,150) x (150,20), each sum in the order of k. */
NET_FN void matmul_c_5(const float *a0, const float *b0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = 0; i0 < 1; i0++) {
        const float *a1 = a0 + i0 * 0, *b1 = b0 + i0 * 0;
        float *y1 = y0 + i0 * 0;
        const float *a = a1, *b = b1;
        float *y = y1;
        const ptrdiff_t m0 = NET_FROM(2) * 2, n0 = 0, n1 = 20;
        const ptrdiff_t m1 = part + 1 == parts ? 3 : NET_TO(2) * 2;

        for (ptrdiff_t n = n0; n < n1; n += 16) {
        for (ptrdiff_t k = 0; k < 150; k += 128) {
            const ptrdiff_t depth = 150 - k < 128 ? 150 - k : 128;
            const ptrdiff_t width = 20 - n < 16 ? 20 - n : 16;
            float panel[2048];

            for (ptrdiff_t j = 0; j < width; j++)
                for (ptrdiff_t i = 0; i < depth; i++)
                    panel[i * 16 + j] = b[(k + i) * 1 + (n + j) * 150];
            for (ptrdiff_t m = m0; m < m1; m += 2) {
                const float *am = a + m * 150 + k * 1, *bn = panel;
                float *yt = y + m * 20 + n;

                if (m + 2 <= 3 && n + 16 <= 20)
                    product_c_1(am, bn, yt, depth, k == 0);
                if (m + 2 <= 3 && n + 16 > 20)
                    product_c_2(am, bn, yt, depth, k == 0);
                if (m + 2 > 3 && n + 16 <= 20)
                    product_c_3(am, bn, yt, depth, k == 0);
                if (m + 2 > 3 && n + 16 > 20)
                    product_c_4(am, bn, yt, depth, k == 0);
            }
        }
        }
    }
}

