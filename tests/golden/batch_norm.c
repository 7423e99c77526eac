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

/* 4 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_3(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[4][2];

    NET_UNROLL
    for (int i = 0; i < 4; i++)
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
            for (int i = 0; i < 4; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 2; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, relu_c_2(a[i][j]));
        }
}

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void conv_c_4(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 6, t.xw = 6, t.xc = 1, t.panel = 96, t.ahead = 8;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 8;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)96 - 0;
        const float *wc = w + (ptrdiff_t)c * 6;
        float *yr = y + row * (ptrdiff_t)128 + c;
        for (int i = 0; i < 16; i += 4)
            tile_c_3(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

NET_FN v_f32 sigmoid_c_5(v_f32 x)
{
    return v_sigmoid(x);
}

/* y = x s + t, s and t per channel, and what is fused to it. */
NET_FN void batch_norm_c_6(const float *x0, const float *s0, const float *t0, float *y0,
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
            v_store(y + i, sigmoid_c_5(v_fma(v_load(x + i), v_load(s + i), v_load(t + i))));
        if (i < end) {
            const int left = (int)(end - i);
            const v_f32 sv = v_load_n(s + i, left), tv = v_load_n(t + i, left);
            v_store_n(y + i, sigmoid_c_5(v_fma(v_load_n(x + i, left), sv, tv)), left);
        }
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_7(const float *x0, float *y0, int part, int parts)
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

