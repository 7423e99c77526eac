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

/* 3 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_2(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[3][2];

    NET_UNROLL
    for (int i = 0; i < 3; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
            v_f32 wj[2];
            NET_UNROLL
            for (int j = 0; j < 2; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 8);
            NET_UNROLL
            for (int i = 0; i < 3; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 2; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 3; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void conv_c_3(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 8, t.xw = 8, t.xc = 1, t.panel = 128, t.ahead = 8;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 8;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)72 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)72 + c;
        for (int i = 0; i < 9; i += 3)
            tile_c_2(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
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

