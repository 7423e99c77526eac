/* SPDX-License-Identifier: 0BSD */
/* y = f(x), element by element. */
NET_FN void map_c_1(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(16); i0 < NET_TO(16); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 6;
    for (ptrdiff_t i1 = 0; i1 < 6; i1++) {
        const float *x2 = x1 + i1 * 16;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

NET_FN v_f32 relu_c_2(v_f32 x)
{
    return v_max(v_set1(0.0f), x);
}

/* 4 pixels x 8 channels, the sum over 6 channels of each tap in order.
 * x: pixel step 6, channel step 1; w: rows of 8 channels. */
NET_FN void tile_c_3(const float *x, ptrdiff_t at, const float *w, const float *b,
    float *y)
{
    v_f32 a0_0 = v_load(b + 0);
    v_f32 a0_1 = v_load(b + 4);
    v_f32 a1_0 = v_load(b + 0);
    v_f32 a1_1 = v_load(b + 4);
    v_f32 a2_0 = v_load(b + 0);
    v_f32 a2_1 = v_load(b + 4);
    v_f32 a3_0 = v_load(b + 0);
    v_f32 a3_1 = v_load(b + 4);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < 6; k++) {
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            NET_UNUSED const v_f32 w1 = v_load(wq + 4);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            a0_1 = v_fma(p, w1, a0_1);
            p = v_set1(xq[6]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            p = v_set1(xq[12]);
            a2_0 = v_fma(p, w0, a2_0);
            a2_1 = v_fma(p, w1, a2_1);
            p = v_set1(xq[18]);
            a3_0 = v_fma(p, w0, a3_0);
            a3_1 = v_fma(p, w1, a3_1);
            xq += 1;
            wq += 8;
    }

    v_store(y + 0, relu_c_2(a0_0));
    v_store(y + 4, relu_c_2(a0_1));
    v_store(y + 8, relu_c_2(a1_0));
    v_store(y + 12, relu_c_2(a1_1));
    v_store(y + 16, relu_c_2(a2_0));
    v_store(y + 20, relu_c_2(a2_1));
    v_store(y + 24, relu_c_2(a3_0));
    v_store(y + 28, relu_c_2(a3_1));
}

/* Convolution: 1 x 1 x 1 rows of output, each in register tiles along the row,
 * by panels of output channels.  Tiles at the border leave out the kernel columns that fall
 * outside; rows at the border shorten the loop over the kernel's rows. */
NET_FN void conv_c_4(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)96 + g * 6, *wg = w + g * 48;
        const float *bg = b + g * 16;
        float *yg = y + n * (ptrdiff_t)128 + g * 8;
        for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
            const int c = 0 + k * 8;
            for (int row = 0; row < 1; row++) {
            const ptrdiff_t at = row * (ptrdiff_t)96 - 0;
            const float *wc = wg + (ptrdiff_t)c * 6;
            float *yr = yg + row * (ptrdiff_t)128 + c;
            for (int i = 0; i < 16; i += 4)
                tile_c_3(xg, at + i * (ptrdiff_t)6, wc, bg + c,
                    yr + i * (ptrdiff_t)8);
            }
        }
    }
}

/* y = x s + t, s and t per channel. */
NET_FN void batch_norm_c_5(const float *x0, const float *s0, const float *t0, float *y0,
    int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(16); i0 < NET_TO(16); i0++) {
        const float *x1 = x0 + i0 * 8;
        const float *s1 = s0 + i0 * 0, *t1 = t0 + i0 * 0;
        float *y1 = y0 + i0 * 8;
        const float *x = x1, *s = s1, *t = t1;
        float *y = y1;
        const ptrdiff_t end = 8;
        ptrdiff_t i = 0;

        for (; i + V <= end; i += V)
            v_store(y + i, v_fma(v_load(x + i), v_load(s + i), v_load(t + i)));
        for (; i < end; i++)
            y[i] = s_fma(x[i], s[i], t[i]);
    }
}

NET_FN v_f32 sigmoid_c_6(v_f32 x)
{
    return v_sigmoid(x);
}

/* y = f(x), element by element. */
NET_FN void map_c_7(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(128);
        ptrdiff_t i = NET_FROM16(128);
        for (; i + V <= n; i += V)
            v_store(y0 + i, sigmoid_c_6(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, sigmoid_c_6(v_load_n(x0 + i, left)), left);
        }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_8(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 1;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 8; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 16 ? end : 16;
            const ptrdiff_t last = c + 16 < 8 ? c + 16 : 8;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 16 + i] = x0[i * 8 + j];
        }
}

