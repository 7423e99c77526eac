/* SPDX-License-Identifier: 0BSD */
/* y = f(x), element by element. */
NET_FN void map_c_1(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(63); i0 < NET_TO(63); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 5;
    for (ptrdiff_t i1 = 0; i1 < 5; i1++) {
        const float *x2 = x1 + i1 * 63;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

NET_FN v_f32 clip_c_2(v_f32 x)
{
    return v_min(v_set1(6.0f), v_max(v_set1(0.0f), x));
}

/* 2 pixels x 16 channels, the sum over 5 channels of each tap in order.
 * x: pixel step 10, channel step 1; w: rows of 16 channels. */
NET_FN void tile_c_3(const float *x, ptrdiff_t at, const float *w, const float *b,
    int r0, int r1,
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

    for (int r = r0; r < r1; r++) {
        const float *xr = x + at + r * (ptrdiff_t)45;
        const float *wr = w + r * 240;
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 0 + k * 1, *wq = wr + 0 + k * 16;
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            NET_UNUSED const v_f32 w1 = v_load(wq + 4);
            NET_UNUSED const v_f32 w2 = v_load(wq + 8);
            NET_UNUSED const v_f32 w3 = v_load(wq + 12);
            p = v_set1(xq[10]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            a1_2 = v_fma(p, w2, a1_2);
            a1_3 = v_fma(p, w3, a1_3);
        }
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 5 + k * 1, *wq = wr + 80 + k * 16;
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
            p = v_set1(xq[10]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            a1_2 = v_fma(p, w2, a1_2);
            a1_3 = v_fma(p, w3, a1_3);
        }
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 10 + k * 1, *wq = wr + 160 + k * 16;
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
            p = v_set1(xq[10]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            a1_2 = v_fma(p, w2, a1_2);
            a1_3 = v_fma(p, w3, a1_3);
        }
    }

    v_store(y + 0, clip_c_2(a0_0));
    v_store(y + 4, clip_c_2(a0_1));
    v_store(y + 8, clip_c_2(a0_2));
    v_store(y + 12, clip_c_2(a0_3));
    v_store(y + 19, clip_c_2(a1_0));
    v_store(y + 23, clip_c_2(a1_1));
    v_store(y + 27, clip_c_2(a1_2));
    v_store(y + 31, clip_c_2(a1_3));
}

/* 2 pixels x 16 channels, the sum over 5 channels of each tap in order.
 * x: pixel step 10, channel step 1; w: rows of 16 channels. */
NET_FN void tile_c_4(const float *x, ptrdiff_t at, const float *w, const float *b,
    int r0, int r1,
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

    for (int r = r0; r < r1; r++)
    for (int q = 0; q < 3; q++) {
        const float *xq = x + at + r * (ptrdiff_t)45 + q * 5;
        const float *wq = w + (r * 3 + q) * 80;
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
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
            p = v_set1(xq[10]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            a1_2 = v_fma(p, w2, a1_2);
            a1_3 = v_fma(p, w3, a1_3);
            xq += 1;
            wq += 16;
        }
    }

    v_store(y + 0, clip_c_2(a0_0));
    v_store(y + 4, clip_c_2(a0_1));
    v_store(y + 8, clip_c_2(a0_2));
    v_store(y + 12, clip_c_2(a0_3));
    v_store(y + 19, clip_c_2(a1_0));
    v_store(y + 23, clip_c_2(a1_1));
    v_store(y + 27, clip_c_2(a1_2));
    v_store(y + 31, clip_c_2(a1_3));
}

/* 1 pixels x 16 channels, the sum over 5 channels of each tap in order.
 * x: pixel step 10, channel step 1; w: rows of 16 channels. */
NET_FN void tile_c_5(const float *x, ptrdiff_t at, const float *w, const float *b,
    int r0, int r1,
    float *y)
{
    v_f32 a0_0 = v_load(b + 0);
    v_f32 a0_1 = v_load(b + 4);
    v_f32 a0_2 = v_load(b + 8);
    v_f32 a0_3 = v_load(b + 12);

    for (int r = r0; r < r1; r++) {
        const float *xr = x + at + r * (ptrdiff_t)45;
        const float *wr = w + r * 240;
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 0 + k * 1, *wq = wr + 0 + k * 16;
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
        }
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 5 + k * 1, *wq = wr + 80 + k * 16;
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
        }
    }

    v_store(y + 0, clip_c_2(a0_0));
    v_store(y + 4, clip_c_2(a0_1));
    v_store(y + 8, clip_c_2(a0_2));
    v_store(y + 12, clip_c_2(a0_3));
}

/* 3 pixels x 3 channels, the sum over 5 channels of each tap in order.
 * x: pixel step 10, channel step 1; w: rows of 8 channels. */
NET_FN void tile_c_6(const float *x, ptrdiff_t at, const float *w, const float *b,
    int r0, int r1,
    float *y)
{
    v_f32 a0_0 = v_load(b + 0);
    v_f32 a1_0 = v_load(b + 0);
    v_f32 a2_0 = v_load(b + 0);

    for (int r = r0; r < r1; r++) {
        const float *xr = x + at + r * (ptrdiff_t)45;
        const float *wr = w + r * 120;
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 0 + k * 1, *wq = wr + 0 + k * 8;
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            p = v_set1(xq[10]);
            a1_0 = v_fma(p, w0, a1_0);
            p = v_set1(xq[20]);
            a2_0 = v_fma(p, w0, a2_0);
        }
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 5 + k * 1, *wq = wr + 40 + k * 8;
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            p = v_set1(xq[10]);
            a1_0 = v_fma(p, w0, a1_0);
            p = v_set1(xq[20]);
            a2_0 = v_fma(p, w0, a2_0);
        }
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 10 + k * 1, *wq = wr + 80 + k * 8;
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            p = v_set1(xq[10]);
            a1_0 = v_fma(p, w0, a1_0);
            p = v_set1(xq[20]);
            a2_0 = v_fma(p, w0, a2_0);
        }
    }

    v_store_n(y + 0, clip_c_2(a0_0), 3);
    v_store_n(y + 19, clip_c_2(a1_0), 3);
    v_store_n(y + 38, clip_c_2(a2_0), 3);
}

/* 2 pixels x 3 channels, the sum over 5 channels of each tap in order.
 * x: pixel step 10, channel step 1; w: rows of 8 channels. */
NET_FN void tile_c_7(const float *x, ptrdiff_t at, const float *w, const float *b,
    int r0, int r1,
    float *y)
{
    v_f32 a0_0 = v_load(b + 0);
    v_f32 a1_0 = v_load(b + 0);

    for (int r = r0; r < r1; r++) {
        const float *xr = x + at + r * (ptrdiff_t)45;
        const float *wr = w + r * 120;
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 0 + k * 1, *wq = wr + 0 + k * 8;
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            p = v_set1(xq[10]);
            a1_0 = v_fma(p, w0, a1_0);
        }
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 5 + k * 1, *wq = wr + 40 + k * 8;
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            p = v_set1(xq[10]);
            a1_0 = v_fma(p, w0, a1_0);
        }
        NET_ROLLED
        for (int k = 0; k < 5; k++) {
            const float *xq = xr + 10 + k * 1, *wq = wr + 80 + k * 8;
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
        }
    }

    v_store_n(y + 0, clip_c_2(a0_0), 3);
    v_store_n(y + 19, clip_c_2(a1_0), 3);
}

/* Convolution: 1 x 1 x 4 rows of output, each in register tiles along the row,
 * by panels of output channels.  Tiles at the border leave out the kernel columns that fall
 * outside; rows at the border shorten the loop over the kernel's rows. */
NET_FN void conv_c_8(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)315 + g * 5, *wg = w + g * 1080;
        const float *bg = b + g * 32;
        float *yg = y + n * (ptrdiff_t)380 + g * 19;
        for (int row = (int)NET_FROM(4); row < (int)NET_TO(4); row++) {
        for (int c = 0; c < 16; c += 16) {
            const int top = row * 2 - 1;
            const int r0 = top < 0 ? (-top + 0) / 1 : 0;
            const int r1 = top + 2 < 7 ? 3 : (7 - top) / 1;
            const ptrdiff_t at = row * (ptrdiff_t)90 - 50;
            const float *wc = wg + (ptrdiff_t)c * 45;
            float *yr = yg + row * (ptrdiff_t)95 + c;
            for (int i = 0; i < 2; i += 2)
                tile_c_3(xg, at + i * (ptrdiff_t)10, wc, bg + c,
                    r0, r1,
                    yr + i * (ptrdiff_t)19);
            for (int i = 2; i < 4; i += 2)
                tile_c_4(xg, at + i * (ptrdiff_t)10, wc, bg + c,
                    r0, r1,
                    yr + i * (ptrdiff_t)19);
            for (int i = 4; i < 5; i += 1)
                tile_c_5(xg, at + i * (ptrdiff_t)10, wc, bg + c,
                    r0, r1,
                    yr + i * (ptrdiff_t)19);
        }
        for (int c = 16; c < 19; c += 3) {
            const int top = row * 2 - 1;
            const int r0 = top < 0 ? (-top + 0) / 1 : 0;
            const int r1 = top + 2 < 7 ? 3 : (7 - top) / 1;
            const ptrdiff_t at = row * (ptrdiff_t)90 - 50;
            const float *wc = wg + (ptrdiff_t)c * 45;
            float *yr = yg + row * (ptrdiff_t)95 + c;
            for (int i = 0; i < 3; i += 3)
                tile_c_6(xg, at + i * (ptrdiff_t)10, wc, bg + c,
                    r0, r1,
                    yr + i * (ptrdiff_t)19);
            for (int i = 3; i < 5; i += 2)
                tile_c_7(xg, at + i * (ptrdiff_t)10, wc, bg + c,
                    r0, r1,
                    yr + i * (ptrdiff_t)19);
        }
        }
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_9(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 2;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 19; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 20 ? end : 20;
            const ptrdiff_t last = c + 16 < 19 ? c + 16 : 19;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 20 + i] = x0[i * 19 + j];
        }
}

