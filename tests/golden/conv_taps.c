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
NET_INLINE void tap_tile_c_3(const float *xq, const float *wq, float *y, int n,
    const net_tile t)
{
    v_f32 a[2][4];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            a[i][j] = v_load(y + (i * 4 + j) * V);
    for (int k = 0; k < n; k++) {
            v_f32 wj[4];
            NET_UNROLL
            for (int j = 0; j < 4; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 16);
            NET_UNROLL
            for (int i = 0; i < 2; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 4; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 16;
    }
    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            v_store(y + (i * 4 + j) * V, a[i][j]);
}

/* Adds the products of n channels of one tap to 1 pixels' sums of 16 channels. */
NET_INLINE void tap_tile_c_4(const float *xq, const float *wq, float *y, int n,
    const net_tile t)
{
    v_f32 a[1][4];

    NET_UNROLL
    for (int i = 0; i < 1; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            a[i][j] = v_load(y + (i * 4 + j) * V);
    for (int k = 0; k < n; k++) {
            v_f32 wj[4];
            NET_UNROLL
            for (int j = 0; j < 4; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 16);
            NET_UNROLL
            for (int i = 0; i < 1; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 4; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 16;
    }
    NET_UNROLL
    for (int i = 0; i < 1; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            v_store(y + (i * 4 + j) * V, a[i][j]);
}

/* Convolution whose weights are too large for a cache: a panel's are passed over tap by tap, in
 * parts that stay in the L1 cache while 5 rows of output go by, whose sums wait. */
NET_FN void conv_c_5(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.xw = 160, t.xc = 1, t.panel = 23040, t.ahead = 0;
    for (int n = 0; n < 1; n++)
    for (int g = 0; g < 1; g++) {
        const float *xg = x + n * (ptrdiff_t)4800 + g * 160, *bg = b + g * 96;
        const float *wg = w + g * 138240;
        float *yg = y + n * (ptrdiff_t)2880 + g * 96;

        for (int k = (int)NET_FROM(6); k < (int)NET_TO(6); k++)
        for (int top = 0; top < 5; top += 5) {
            const int c = 0 + k * 16, end = NET_LEAST(top + 5, 5);
            const float *wc = wg + (ptrdiff_t)c * 1440;
            NET_ALIGN(64) float sums[480];

            for (int i = 0; i < (end - top) * 6; i++)
                for (int j = 0; j < 16; j += 4)
                    v_store(sums + i * 16 + j, v_load(bg + c + j));
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
                                sums + ((row - top) * 6 + i) * 16, count, t);
                        for (int i = 5; i < 6; i += 1)
                            tap_tile_c_4(xg + at + i * (ptrdiff_t)160 + from * 1, wq,
                                sums + ((row - top) * 6 + i) * 16, count, t);
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
                                sums + ((row - top) * 6 + i) * 16, count, t);
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
                                sums + ((row - top) * 6 + i) * 16, count, t);
                        for (int i = 4; i < 5; i += 1)
                            tap_tile_c_4(xg + at + i * (ptrdiff_t)160 + from * 1, wq,
                                sums + ((row - top) * 6 + i) * 16, count, t);
                    }
                }
            }
            for (int row = top; row < end; row++)
                for (int i = 0; i < 6; i++)
                    for (int j = 0; j < 16; j += 4) {
                        v_f32 a = v_load(sums + ((row - top) * 6 + i) * 16 + j);
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

