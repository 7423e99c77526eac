/* SPDX-License-Identifier: 0BSD */
/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_1(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 1;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 25; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 8 ? end : 8;
            const ptrdiff_t last = c + 16 < 25 ? c + 16 : 25;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 8 + i] = x0[i * 25 + j];
        }
}

/* 2 pixels x 12 channels, the sum over 8 channels of each tap in order.
 * x: pixel step 8, channel step 1; w: rows of 16 channels. */
NET_FN void tile_c_2(const float *x, ptrdiff_t at, const float *w, const float *b,
    float *y)
{
    v_f32 a0_0 = v_load(b + 0);
    v_f32 a0_1 = v_load(b + 4);
    v_f32 a0_2 = v_load(b + 8);
    v_f32 a1_0 = v_load(b + 0);
    v_f32 a1_1 = v_load(b + 4);
    v_f32 a1_2 = v_load(b + 8);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < 8; k++) {
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            NET_UNUSED const v_f32 w1 = v_load(wq + 4);
            NET_UNUSED const v_f32 w2 = v_load(wq + 8);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            a0_1 = v_fma(p, w1, a0_1);
            a0_2 = v_fma(p, w2, a0_2);
            p = v_set1(xq[8]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            a1_2 = v_fma(p, w2, a1_2);
            xq += 1;
            wq += 16;
    }

    v_store(y + 0, v_same(a0_0));
    v_store(y + 4, v_same(a0_1));
    v_store(y + 8, v_same(a0_2));
    v_store(y + 12, v_same(a1_0));
    v_store(y + 16, v_same(a1_1));
    v_store(y + 20, v_same(a1_2));
}

/* 1 pixels x 12 channels, the sum over 8 channels of each tap in order.
 * x: pixel step 8, channel step 1; w: rows of 16 channels. */
NET_FN void tile_c_3(const float *x, ptrdiff_t at, const float *w, const float *b,
    float *y)
{
    v_f32 a0_0 = v_load(b + 0);
    v_f32 a0_1 = v_load(b + 4);
    v_f32 a0_2 = v_load(b + 8);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < 8; k++) {
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            NET_UNUSED const v_f32 w1 = v_load(wq + 4);
            NET_UNUSED const v_f32 w2 = v_load(wq + 8);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            a0_1 = v_fma(p, w1, a0_1);
            a0_2 = v_fma(p, w2, a0_2);
            xq += 1;
            wq += 16;
    }

    v_store(y + 0, v_same(a0_0));
    v_store(y + 4, v_same(a0_1));
    v_store(y + 8, v_same(a0_2));
}

/* Convolution: 1 x 1 x 1 rows of output, each in register tiles along the row,
 * by panels of output channels.  Tiles at the border leave out the kernel columns that fall
 * outside; rows at the border shorten the loop over the kernel's rows. */
NET_FN void conv_c_4(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)200 + g * 8, *wg = w + g * 128;
        const float *bg = b + g * 16;
        float *yg = y + n * (ptrdiff_t)300 + g * 12;
        for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
            const int c = 0 + k * 12;
            for (int row = 0; row < 1; row++) {
            const ptrdiff_t at = row * (ptrdiff_t)200 - 0;
            const float *wc = wg + (ptrdiff_t)c * 8;
            float *yr = yg + row * (ptrdiff_t)300 + c;
            for (int i = 0; i < 24; i += 2)
                tile_c_2(xg, at + i * (ptrdiff_t)8, wc, bg + c,
                    yr + i * (ptrdiff_t)12);
            for (int i = 24; i < 25; i += 1)
                tile_c_3(xg, at + i * (ptrdiff_t)8, wc, bg + c,
                    yr + i * (ptrdiff_t)12);
            }
        }
    }
}

/* y = mean of x over 25 elements each. */
NET_FN void reduce_c_5(const float *x0, float *y0, int part, int parts)
{
    const ptrdiff_t end = NET_TO16(12);
    for (ptrdiff_t i = NET_FROM16(12); i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x0 + i;
        v_f32 a = v_set1(0.0f), p;
        for (ptrdiff_t k0 = 0; k0 < 25; k0++) {
            const float *r1 = r0 + k0 * 12;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_add(a, p);
        }
        a = v_div(a, v_set1(25.0f));
        if (n == V)
            v_store(y0 + i, a);
        else
            v_store_n(y0 + i, a, n);
    }
}

/* y = max of x over 12 elements each. */
NET_FN void reduce_c_6(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(1); i0 < NET_TO(1); i0++) {
        const float *x1 = x0 + i0 * 0;
        float *y1 = y0 + i0 * 0;
        const float *r0 = x1;
        double a = (float)-INFINITY;
        for (ptrdiff_t k0 = 0; k0 < 12; k0++) {
            const float *r1 = r0 + k0 * 1;
            const double p = (double)*r1;
            a = a < p || p != p ? p : a;
        }
        *y1 = (float)a;
    }
}

