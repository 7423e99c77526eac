/* SPDX-License-Identifier: 0BSD */
/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_1(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 10;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 30; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 160 ? end : 160;
            const ptrdiff_t last = c + 16 < 30 ? c + 16 : 30;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 160 + i] = x0[i * 30 + j];
        }
}

NET_FN v_f32 clip_c_2(v_f32 x)
{
    return v_min(v_set1(6.0f), v_max(v_set1(0.0f), x));
}

/* Adds the products of n channels of one tap to 2 pixels' sums of 16 channels. */
NET_FN void tap_tile_c_3(const float *xq, const float *wq, float *t, int n)
{
    v_f32 a0_0 = v_load(t + 0);
    v_f32 a0_1 = v_load(t + 4);
    v_f32 a0_2 = v_load(t + 8);
    v_f32 a0_3 = v_load(t + 12);
    v_f32 a1_0 = v_load(t + 16);
    v_f32 a1_1 = v_load(t + 20);
    v_f32 a1_2 = v_load(t + 24);
    v_f32 a1_3 = v_load(t + 28);

    for (int k = 0; k < n; k++) {
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
            p = v_set1(xq[160]);
            a1_0 = v_fma(p, w0, a1_0);
            a1_1 = v_fma(p, w1, a1_1);
            a1_2 = v_fma(p, w2, a1_2);
            a1_3 = v_fma(p, w3, a1_3);
            xq += 1;
            wq += 16;
    }
    v_store(t + 0, a0_0);
    v_store(t + 4, a0_1);
    v_store(t + 8, a0_2);
    v_store(t + 12, a0_3);
    v_store(t + 16, a1_0);
    v_store(t + 20, a1_1);
    v_store(t + 24, a1_2);
    v_store(t + 28, a1_3);
}

/* Adds the products of n channels of one tap to 1 pixels' sums of 16 channels. */
NET_FN void tap_tile_c_4(const float *xq, const float *wq, float *t, int n)
{
    v_f32 a0_0 = v_load(t + 0);
    v_f32 a0_1 = v_load(t + 4);
    v_f32 a0_2 = v_load(t + 8);
    v_f32 a0_3 = v_load(t + 12);

    for (int k = 0; k < n; k++) {
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
            xq += 1;
            wq += 16;
    }
    v_store(t + 0, a0_0);
    v_store(t + 4, a0_1);
    v_store(t + 8, a0_2);
    v_store(t + 12, a0_3);
}

/* Convolution whose weights are too large for a cache: a panel's are passed over tap by tap, in
 * parts that stay in the L1 cache while 5 rows of output go by, whose sums wait in t. */
NET_FN void conv_c_5(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)4800 + g * 160, *bg = b + g * 96;
        const float *wg = w + g * 138240;
        float *yg = y + n * (ptrdiff_t)2880 + g * 96;

        for (int k = (int)NET_FROM(6); k < (int)NET_TO(6); k++)
        for (int top = 0; top < 5; top += 5) {
            const int c = 0 + k * 16, end = NET_LEAST(top + 5, 5);
            const float *wc = wg + (ptrdiff_t)c * 1440;
            NET_ALIGN(64) float t[480];

            for (int i = 0; i < (end - top) * 6; i++)
                for (int j = 0; j < 16; j += 4)
                    v_store(t + i * 16 + j, v_load(bg + c + j));
            for (int r = 0; r < 3; r++) {
                for (int from = 0; from < 160; from += 80) {
                    const float *wq = wc + ((r * 3 + 0) * 160 + from) * 16;
                    const float *next = wq + 1280;
                    const int count = NET_LEAST(80, 160 - from);

                    for (int row = top; row < end; row++) {
                        const int h = row * 1 - 1 + r * 1;
                        const ptrdiff_t at = h * (ptrdiff_t)960 + -160;

                        for (int i = 0; i < 256; i += 16) {
                            v_prefetch(next + 0 + i);
                        }
                        next += 256;
                        if (h < 0 || h >= 5)
                            continue;
                        for (int i = 1; i < 5; i += 2)
                            tap_tile_c_3(xg + at + i * (ptrdiff_t)160 + from * 1, wq,
                                t + ((row - top) * 6 + i) * 16, count);
                        for (int i = 5; i < 6; i += 1)
                            tap_tile_c_4(xg + at + i * (ptrdiff_t)160 + from * 1, wq,
                                t + ((row - top) * 6 + i) * 16, count);
                    }
                }
                for (int from = 0; from < 160; from += 80) {
                    const float *wq = wc + ((r * 3 + 1) * 160 + from) * 16;
                    const float *next = wq + 1280;
                    const int count = NET_LEAST(80, 160 - from);

                    for (int row = top; row < end; row++) {
                        const int h = row * 1 - 1 + r * 1;
                        const ptrdiff_t at = h * (ptrdiff_t)960 + 0;

                        for (int i = 0; i < 256; i += 16) {
                            v_prefetch(next + 0 + i);
                        }
                        next += 256;
                        if (h < 0 || h >= 5)
                            continue;
                        for (int i = 0; i < 6; i += 2)
                            tap_tile_c_3(xg + at + i * (ptrdiff_t)160 + from * 1, wq,
                                t + ((row - top) * 6 + i) * 16, count);
                    }
                }
                for (int from = 0; from < 160; from += 80) {
                    const float *wq = wc + ((r * 3 + 2) * 160 + from) * 16;
                    const float *next = wq + 1280;
                    const int count = NET_LEAST(80, 160 - from);

                    for (int row = top; row < end; row++) {
                        const int h = row * 1 - 1 + r * 1;
                        const ptrdiff_t at = h * (ptrdiff_t)960 + 160;

                        for (int i = 0; i < 256; i += 16) {
                            v_prefetch(next + 0 + i);
                        }
                        next += 256;
                        if (h < 0 || h >= 5)
                            continue;
                        for (int i = 0; i < 4; i += 2)
                            tap_tile_c_3(xg + at + i * (ptrdiff_t)160 + from * 1, wq,
                                t + ((row - top) * 6 + i) * 16, count);
                        for (int i = 4; i < 5; i += 1)
                            tap_tile_c_4(xg + at + i * (ptrdiff_t)160 + from * 1, wq,
                                t + ((row - top) * 6 + i) * 16, count);
                    }
                }
            }
            for (int row = top; row < end; row++)
                for (int i = 0; i < 6; i++)
                    for (int j = 0; j < 16; j += 4) {
                        v_f32 a = v_load(t + ((row - top) * 6 + i) * 16 + j);
                        v_store(yg + row * (ptrdiff_t)576 + i * 96 + c + j, clip_c_2(a));
                    }
        }
    }
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_6(const float *a0, const float *b0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(2880);
        ptrdiff_t i = NET_FROM16(2880);
        for (; i + V <= n; i += V) {
            const v_f32 a = v_load(a0 + i);
            const v_f32 b = v_load(b0 + i);
            v_store(y0 + i, v_same(v_add(a, b)));
        }
        if (i < n) {
            const int left = (int)(n - i);
            const v_f32 a = v_load_n(a0 + i, left);
            const v_f32 b = v_load_n(b0 + i, left);
            v_store_n(y0 + i, v_same(v_add(a, b)), left);
        }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_7(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 2;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 96; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 30 ? end : 30;
            const ptrdiff_t last = c + 16 < 96 ? c + 16 : 96;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 30 + i] = x0[i * 96 + j];
        }
}

