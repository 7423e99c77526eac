/* SPDX-License-Identifier: 0BSD */
/* 3 pixels x 5 channels, the sum over 1 channels of each tap in order.
 * x: pixel step 1, channel step 9; w: rows of 8 channels. */
NET_FN void tile_c_1(const float *x, ptrdiff_t at, const float *w, const float *b,
    float *y)
{
    v_f32 a0_0 = v_load(b + 0);
    v_f32 a0_1 = v_load(b + 4);
    v_f32 a1_0 = v_load(b + 0);
    v_f32 a1_1 = v_load(b + 4);
    v_f32 a2_0 = v_load(b + 0);
    v_f32 a2_1 = v_load(b + 4);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < 1; k++) {
            NET_UNUSED v_f32 p;
            NET_UNUSED const v_f32 w0 = v_load(wq + 0);
            NET_UNUSED const v_f32 w1 = v_load(wq + 4);
            p = v_set1(xq[0]);
            a0_0 = v_fma(p, w0, a0_0);
            a0_1 = v_fma(p, w1, a0_1);
            p = v_set1(xq[1]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            p = v_set1(xq[2]);
            a2_0 = v_fma(p, w0, a2_0);
            a2_1 = v_fma(p, w1, a2_1);
            xq += 9;
            wq += 8;
    }

    v_store(y + 0, v_same(a0_0));
    v_store_n(y + 4, v_same(a0_1), 1);
    v_store(y + 5, v_same(a1_0));
    v_store_n(y + 9, v_same(a1_1), 1);
    v_store(y + 10, v_same(a2_0));
    v_store_n(y + 14, v_same(a2_1), 1);
}

/* Convolution: 1 x 1 x 1 rows of output, each in register tiles along the row,
 * by panels of output channels.  Tiles at the border leave out the kernel columns that fall
 * outside; rows at the border shorten the loop over the kernel's rows. */
NET_FN void conv_c_2(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)9 + g * 9, *wg = w + g * 8;
        const float *bg = b + g * 16;
        float *yg = y + n * (ptrdiff_t)45 + g * 5;
        for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
            const int c = 0 + k * 5;
            for (int row = 0; row < 1; row++) {
            const ptrdiff_t at = row * (ptrdiff_t)9 - 0;
            const float *wc = wg + (ptrdiff_t)c * 1;
            float *yr = yg + row * (ptrdiff_t)45 + c;
            for (int i = 0; i < 9; i += 3)
                tile_c_1(xg, at + i * (ptrdiff_t)1, wc, bg + c,
                    yr + i * (ptrdiff_t)5);
            }
        }
    }
}

/* Linear interpolation in 2 dimensions. */
NET_FN void resize_c_3(const float *x, const int32_t *lo, const int32_t *hi, const float *w,
    float *y, int part, int parts)
{
    for (ptrdiff_t j0 = NET_FROM(6); j0 < NET_TO(6); j0++) {
        const ptrdiff_t lo0 = lo[0 + j0], hi0 = hi[0 + j0];
        const float w0 = w[0 + j0];
    for (ptrdiff_t j1 = 0; j1 < 5; j1++) {
        const ptrdiff_t lo1 = lo[6 + j1], hi1 = hi[6 + j1];
        const float w1 = w[6 + j1];
        const float *x0 = x;
        float *y0 = y
            + j0 * 25
            + j1 * 5
            ;

            for (ptrdiff_t i = 0; i < 5; i += V) {
                const int n = (int)(5 - i < V ? 5 - i : V);
                const float *p = x0 + i;
                v_f32 p0 = v_load_n(p
                    + lo0
                    + lo1
                    , n);
                v_f32 p1 = v_load_n(p
                    + lo0
                    + hi1
                    , n);
                v_f32 p2 = v_load_n(p
                    + hi0
                    + lo1
                    , n);
                v_f32 p3 = v_load_n(p
                    + hi0
                    + hi1
                    , n);
                p0 = v_fma(v_set1(w0), v_sub(p2, p0), p0);
                p1 = v_fma(v_set1(w0), v_sub(p3, p1), p1);
                p0 = v_fma(v_set1(w1), v_sub(p1, p0), p0);
                v_store_n(y0 + i, p0, n);
            }
    }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_4(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(5); i0 < NET_TO(5); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 30;
    for (ptrdiff_t i1 = 0; i1 < 30; i1++) {
        const float *x2 = x1 + i1 * 5;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

