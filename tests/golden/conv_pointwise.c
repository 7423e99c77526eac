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

/* 2 pixels x 16 channels, the sum over 8 channels of each tap in order.
 * x: pixel step 8, channel step 1; w: rows of 16 channels. */
NET_FN void tile_c_2(const float *x, ptrdiff_t at, const float *w, const float *b,
    float *y)
{
    v_f32 a0_0 = v_load(b + 0);
    v_f32 a0_1 = v_load(b + 4);
    v_f32 a0_2 = v_load(b + 8);
    v_f32 a0_3 = v_load(b + 12);
    v_f32 a1_0 = v_load(b + 0);
    v_f32 a1_1 = v_load(b + 4);
    v_f32 a1_2 = v_load(b + 8);
    v_f32 a1_3 = v_load(b + 12);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < 8; k++) {
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            NET_UNUSED const v_f32 w1 = v_load(wq + 4);
            NET_UNUSED const v_f32 w2 = v_load(wq + 8);
            NET_UNUSED const v_f32 w3 = v_load(wq + 12);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            a0_1 = v_fma(p, w1, a0_1);
            a0_2 = v_fma(p, w2, a0_2);
            a0_3 = v_fma(p, w3, a0_3);
            p = v_set1(xq[8]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            a1_2 = v_fma(p, w2, a1_2);
            a1_3 = v_fma(p, w3, a1_3);
            xq += 1;
            wq += 16;
    }

    v_store(y + 0, v_same(a0_0));
    v_store(y + 4, v_same(a0_1));
    v_store(y + 8, v_same(a0_2));
    v_store(y + 12, v_same(a0_3));
    v_store(y + 24, v_same(a1_0));
    v_store(y + 28, v_same(a1_1));
    v_store(y + 32, v_same(a1_2));
    v_store(y + 36, v_same(a1_3));
}

/* 4 pixels x 8 channels, the sum over 8 channels of each tap in order.
 * x: pixel step 8, channel step 1; w: rows of 8 channels. */
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
    v_store(y + 24, v_same(a1_0));
    v_store(y + 28, v_same(a1_1));
    v_store(y + 48, v_same(a2_0));
    v_store(y + 52, v_same(a2_1));
    v_store(y + 72, v_same(a3_0));
    v_store(y + 76, v_same(a3_1));
}

/* Convolution: 1 x 1 x 1 rows of output, each in register tiles along the row,
 * by panels of output channels.  Tiles at the border leave out the kernel columns that fall
 * outside; rows at the border shorten the loop over the kernel's rows. */
NET_FN void conv_c_4(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)288 + g * 8, *wg = w + g * 192;
        const float *bg = b + g * 32;
        float *yg = y + n * (ptrdiff_t)864 + g * 24;
        for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
            const int c = 0 + k * 16;
            for (int row = 0; row < 1; row++) {
            const ptrdiff_t at = row * (ptrdiff_t)288 - 0;
            const float *wc = wg + (ptrdiff_t)c * 8;
            float *yr = yg + row * (ptrdiff_t)864 + c;
            for (int i = 0; i < 36; i += 2)
                tile_c_2(xg, at + i * (ptrdiff_t)8, wc, bg + c,
                    yr + i * (ptrdiff_t)24);
            }
        }
        for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
            const int c = 16 + k * 8;
            for (int row = 0; row < 1; row++) {
            const ptrdiff_t at = row * (ptrdiff_t)288 - 0;
            const float *wc = wg + (ptrdiff_t)c * 8;
            float *yr = yg + row * (ptrdiff_t)864 + c;
            for (int i = 0; i < 36; i += 4)
                tile_c_3(xg, at + i * (ptrdiff_t)8, wc, bg + c,
                    yr + i * (ptrdiff_t)24);
            }
        }
    }
}

/* 4 pixels x 8 channels, the sum over 24 channels of each tap in order.
 * x: pixel step 24, channel step 1; w: rows of 8 channels. */
NET_FN void tile_c_5(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s,
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
    for (int k = 0; k < 24; k++) {
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            NET_UNUSED const v_f32 w1 = v_load(wq + 4);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            a0_1 = v_fma(p, w1, a0_1);
            p = v_set1(xq[24]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            p = v_set1(xq[48]);
            a2_0 = v_fma(p, w0, a2_0);
            a2_1 = v_fma(p, w1, a2_1);
            p = v_set1(xq[72]);
            a3_0 = v_fma(p, w0, a3_0);
            a3_1 = v_fma(p, w1, a3_1);
            xq += 1;
            wq += 8;
    }

    a0_0 = v_add(a0_0, v_load(s + 0));
    v_store(y + 0, v_same(a0_0));
    a0_1 = v_add(a0_1, v_load(s + 4));
    v_store(y + 4, v_same(a0_1));
    a1_0 = v_add(a1_0, v_load(s + 8));
    v_store(y + 8, v_same(a1_0));
    a1_1 = v_add(a1_1, v_load(s + 12));
    v_store(y + 12, v_same(a1_1));
    a2_0 = v_add(a2_0, v_load(s + 16));
    v_store(y + 16, v_same(a2_0));
    a2_1 = v_add(a2_1, v_load(s + 20));
    v_store(y + 20, v_same(a2_1));
    a3_0 = v_add(a3_0, v_load(s + 24));
    v_store(y + 24, v_same(a3_0));
    a3_1 = v_add(a3_1, v_load(s + 28));
    v_store(y + 28, v_same(a3_1));
}

/* Convolution: 1 x 1 x 1 rows of output, each in register tiles along the row,
 * by panels of output channels.  Tiles at the border leave out the kernel columns that fall
 * outside; rows at the border shorten the loop over the kernel's rows. */
NET_FN void conv_c_6(const float *x, const float *w, const float *b,
    const float *s,
    float *y, int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)864 + g * 24, *wg = w + g * 192;
        const float *bg = b + g * 16;
        float *yg = y + n * (ptrdiff_t)288 + g * 8;
        const float *sg = s + n * (ptrdiff_t)288 + g * 8;
        for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
            const int c = 0 + k * 8;
            for (int row = 0; row < 1; row++) {
            const ptrdiff_t at = row * (ptrdiff_t)864 - 0;
            const float *wc = wg + (ptrdiff_t)c * 24;
            float *yr = yg + row * (ptrdiff_t)288 + c;
            const float *sr = sg + row * (ptrdiff_t)288 + c;
            for (int i = 0; i < 36; i += 4)
                tile_c_5(xg, at + i * (ptrdiff_t)24, wc, bg + c,
                    sr + i * (ptrdiff_t)8,
                    yr + i * (ptrdiff_t)8);
            }
        }
    }
}

NET_FN v_f32 relu_c_7(v_f32 x)
{
    return v_max(v_set1(0.0f), x);
}

/* 4 pixels x 4 channels, the sum over 8 channels of each tap in order.
 * x: pixel step 8, channel step 1; w: rows of 8 channels. */
NET_FN void tile_c_8(const float *x, ptrdiff_t at, const float *w, const float *b,
    float *y)
{
    v_f32 a0_0 = v_load(b + 0);
    v_f32 a1_0 = v_load(b + 0);
    v_f32 a2_0 = v_load(b + 0);
    v_f32 a3_0 = v_load(b + 0);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < 8; k++) {
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            p = v_set1(xq[8]);
            a1_0 = v_fma(p, w0, a1_0);
            p = v_set1(xq[16]);
            a2_0 = v_fma(p, w0, a2_0);
            p = v_set1(xq[24]);
            a3_0 = v_fma(p, w0, a3_0);
            xq += 1;
            wq += 8;
    }

    v_store(y + 0, relu_c_7(a0_0));
    v_store(y + 4, relu_c_7(a1_0));
    v_store(y + 8, relu_c_7(a2_0));
    v_store(y + 12, relu_c_7(a3_0));
}

/* Convolution: 1 x 1 x 1 rows of output, each in register tiles along the row,
 * by panels of output channels.  Tiles at the border leave out the kernel columns that fall
 * outside; rows at the border shorten the loop over the kernel's rows. */
NET_FN void conv_c_9(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)288 + g * 8, *wg = w + g * 64;
        const float *bg = b + g * 16;
        float *yg = y + n * (ptrdiff_t)144 + g * 4;
        for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
            const int c = 0 + k * 4;
            for (int row = 0; row < 1; row++) {
            const ptrdiff_t at = row * (ptrdiff_t)288 - 0;
            const float *wc = wg + (ptrdiff_t)c * 8;
            float *yr = yg + row * (ptrdiff_t)144 + c;
            for (int i = 0; i < 36; i += 4)
                tile_c_8(xg, at + i * (ptrdiff_t)8, wc, bg + c,
                    yr + i * (ptrdiff_t)4);
            }
        }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_10(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 36;
    for (ptrdiff_t i1 = 0; i1 < 36; i1++) {
        const float *x2 = x1 + i1 * 4;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

