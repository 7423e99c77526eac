/* SPDX-License-Identifier: 0BSD */
/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_1(const float *a0, const float *b0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(9); i0 < NET_TO(9); i0++) {
        const float *a1 = a0 + i0 * 1;
        const float *b1 = b0 + i0 * 0;
        float *y1 = y0 + i0 * 8;
    for (ptrdiff_t i1 = 0; i1 < 8; i1++) {
        const float *a2 = a1 + i1 * 9;
        const float *b2 = b1 + i1 * 1;
        float *y2 = y1 + i1 * 1;
        const float a = *a2;
        const float b = *b2;
        const float x = (float)(a - b);
        *y2 = (float)((x));
    }
    }
}

/* 3 pixels x 8 channels, the sum over 8 channels of each tap in order.
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
            xq += 1;
            wq += 8;
    }

    v_store(y + 0, v_same(a0_0));
    v_store(y + 4, v_same(a0_1));
    v_store(y + 8, v_same(a1_0));
    v_store(y + 12, v_same(a1_1));
    v_store(y + 16, v_same(a2_0));
    v_store(y + 20, v_same(a2_1));
}

/* Convolution: 1 x 1 x 1 rows of output, each in register tiles along the row,
 * by panels of output channels.  Tiles at the border leave out the kernel columns that fall
 * outside; rows at the border shorten the loop over the kernel's rows. */
NET_FN void conv_c_3(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)72 + g * 8, *wg = w + g * 64;
        const float *bg = b + g * 16;
        float *yg = y + n * (ptrdiff_t)72 + g * 8;
        for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
            const int c = 0 + k * 8;
            for (int row = 0; row < 1; row++) {
            const ptrdiff_t at = row * (ptrdiff_t)72 - 0;
            const float *wc = wg + (ptrdiff_t)c * 8;
            float *yr = yg + row * (ptrdiff_t)72 + c;
            for (int i = 0; i < 9; i += 3)
                tile_c_2(xg, at + i * (ptrdiff_t)8, wc, bg + c,
                    yr + i * (ptrdiff_t)8);
            }
        }
    }
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_4(const float *a0, const float *b0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(72);
        ptrdiff_t i = NET_FROM16(72);
        for (; i + V <= n; i += V) {
            const v_f32 a = v_load(a0 + i);
            const v_f32 b = v_load(b0 + i);
            v_store(y0 + i, v_same(v_mul(a, b)));
        }
        if (i < n) {
            const int left = (int)(n - i);
            const v_f32 a = v_load_n(a0 + i, left);
            const v_f32 b = v_load_n(b0 + i, left);
            v_store_n(y0 + i, v_same(v_mul(a, b)), left);
        }
}

NET_FN v_f32 relu_c_5(v_f32 x)
{
    return v_max(v_set1(0.0f), x);
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_6(const float *a0, const float *b0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(72);
        ptrdiff_t i = NET_FROM16(72);
        for (; i + V <= n; i += V) {
            const v_f32 a = v_load(a0 + i);
            const v_f32 b = v_load(b0 + i);
            v_store(y0 + i, relu_c_5(v_add(a, b)));
        }
        if (i < n) {
            const int left = (int)(n - i);
            const v_f32 a = v_load_n(a0 + i, left);
            const v_f32 b = v_load_n(b0 + i, left);
            v_store_n(y0 + i, relu_c_5(v_add(a, b)), left);
        }
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_7(const float *a0, const float *b0, unsigned char *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(72); i0 < NET_TO(72); i0++) {
        const float *a1 = a0 + i0 * 1;
        const float *b1 = b0 + i0 * 1;
        unsigned char *y1 = y0 + i0 * 1;
        const float a = *a1;
        const float b = *b1;
        const unsigned char x = (unsigned char)(a < b);
        *y1 = (unsigned char)((x));
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_8(const unsigned char *x0, unsigned char *y0, int part, int parts)
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

