/* SPDX-License-Identifier: 0BSD */
/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_1(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 1;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 36; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 8 ? end : 8;
            const ptrdiff_t last = c + 16 < 36 ? c + 16 : 36;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 8 + i] = x0[i * 36 + j];
        }
}

/* 4 pixels x 8 channels, the sum over 8 channels of each tap in order.
 * x: pixel step 8, channel step 1; w: rows of 8 channels. */
NET_FN void tile_c_2(const float *x, ptrdiff_t at, const float *w, const float *b,
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
    for (int k = 0; k < 8; k++) {
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            NET_UNUSED const v_f32 w1 = v_load(wq + 4);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            a0_1 = v_fma(p, w1, a0_1);
            p = v_set1(xq[8]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            p = v_set1(xq[16]);
            a2_0 = v_fma(p, w0, a2_0);
            a2_1 = v_fma(p, w1, a2_1);
            p = v_set1(xq[24]);
            a3_0 = v_fma(p, w0, a3_0);
            a3_1 = v_fma(p, w1, a3_1);
            xq += 1;
            wq += 8;
    }

    v_store(y + 0, v_same(a0_0));
    v_store(y + 4, v_same(a0_1));
    v_store(y + 8, v_same(a1_0));
    v_store(y + 12, v_same(a1_1));
    v_store(y + 16, v_same(a2_0));
    v_store(y + 20, v_same(a2_1));
    v_store(y + 24, v_same(a3_0));
    v_store(y + 28, v_same(a3_1));
}

/* Convolution: 1 x 1 x 1 rows of output, each in register tiles along the row,
 * by panels of output channels.  Tiles at the border leave out the kernel columns that fall
 * outside; rows at the border shorten the loop over the kernel's rows. */
NET_FN void conv_c_3(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)288 + g * 8, *wg = w + g * 64;
        const float *bg = b + g * 16;
        float *yg = y + n * (ptrdiff_t)288 + g * 8;
        for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
            const int c = 0 + k * 8;
            for (int row = 0; row < 1; row++) {
            const ptrdiff_t at = row * (ptrdiff_t)288 - 0;
            const float *wc = wg + (ptrdiff_t)c * 8;
            float *yr = yg + row * (ptrdiff_t)288 + c;
            for (int i = 0; i < 36; i += 4)
                tile_c_2(xg, at + i * (ptrdiff_t)8, wc, bg + c,
                    yr + i * (ptrdiff_t)8);
            }
        }
    }
}

NET_FN v_f32 clip_c_4(v_f32 x)
{
    return v_min(v_set1(6.0f), v_max(v_set1(0.0f), x));
}

/* Depthwise 3x3: 3 columns of output x 4 channels. */
NET_FN void depthwise_c_5_0(const float *x, ptrdiff_t at, const float *w, const float *b, float *y,
    int r0, int r1)
{
    const v_f32 bias = v_load(b);
    v_f32 a0 = bias;
    v_f32 a1 = bias;
    v_f32 a2 = bias;
    for (int r = r0; r < r1; r++) {
        const float *xr = x + at + r * (ptrdiff_t)48;
        const float *wr = w + r * 24;
        NET_UNUSED v_f32 p;
        NET_UNUSED const v_f32 w0 = v_load(wr + 0);
        NET_UNUSED const v_f32 w1 = v_load(wr + 8);
        NET_UNUSED const v_f32 w2 = v_load(wr + 16);
        p = v_load(xr + 8);
        a0 = v_fma(p, w1, a0);
        p = v_load(xr + 16);
        a0 = v_fma(p, w2, a0);
        a1 = v_fma(p, w0, a1);
        p = v_load(xr + 24);
        a1 = v_fma(p, w1, a1);
        p = v_load(xr + 32);
        a1 = v_fma(p, w2, a1);
        a2 = v_fma(p, w0, a2);
        p = v_load(xr + 40);
        a2 = v_fma(p, w1, a2);
        p = v_load(xr + 48);
        a2 = v_fma(p, w2, a2);
    }
    v_store(y + 0, clip_c_4(a0));
    v_store(y + 8, clip_c_4(a1));
    v_store(y + 16, clip_c_4(a2));
}

/* 1 x 3 rows of output, blocks of channels, tiles of columns.  The last block may
 * overlap the one before it, so that all are whole vectors. */
NET_FN void depthwise_c_5(const float *x, const float *w, const float *b, float *y,
    int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int row = (int)NET_FROM(3); row < (int)NET_TO(3); row++) {
        const int top = row * 2 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 6 ? 3 : (6 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)96 - 56;
        const float *xn = x + n * (ptrdiff_t)288;
        float *yr = y + n * (ptrdiff_t)72 + row * (ptrdiff_t)24;

        for (int k = 0; k < 8; k += 4) {
            const int c = k;
            for (int i = 0; i < 3; i += 3)
                depthwise_c_5_0(xn, at + i * (ptrdiff_t)16 + c, w + c, b + c,
                    yr + i * (ptrdiff_t)8 + c,
                    r0, r1);
        }
    }
}

NET_FN v_f32 sigmoid_c_6(v_f32 x)
{
    return v_sigmoid(x);
}

/* y = f(x), element by element. */
NET_FN void map_c_7(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(72);
        ptrdiff_t i = NET_FROM16(72);
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
            const ptrdiff_t end = b * 16 + 16, most = end < 9 ? end : 9;
            const ptrdiff_t last = c + 16 < 8 ? c + 16 : 8;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 9 + i] = x0[i * 8 + j];
        }
}

