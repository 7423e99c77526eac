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

/* 4 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_2(const float *x, ptrdiff_t at, const float *w, const float *b,
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
        const ptrdiff_t at = row * (ptrdiff_t)288 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)288 + c;
        for (int i = 0; i < 36; i += 4)
            tile_c_2(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

NET_FN v_f32 clip_c_4(v_f32 x)
{
    return v_min(v_set1(6.0f), v_max(v_set1(0.0f), x));
}

/* Depthwise: 3 columns of output x V channels, row by row and tap by tap of the kernel.
 * Of the columns of x that meet the tile those from left to right are in the image. */
NET_INLINE void depthwise_tile_c_5(const float *x, ptrdiff_t at, const float *w, const float *b, float *y,
    int r0, int r1, int top, int left, int right, const net_tile t)
{
    v_f32 a[3], wq[3];

    NET_UNROLL
    for (int i = 0; i < 3; i++)
        a[i] = v_load(b);
    for (int r = r0; r < r1; r++) {
        const float *xj = x + at + (t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r) * t.xr;

        NET_UNROLL
        for (int q = 0; q < 3; q++)
            wq[q] = v_load(w + (r * 3 + q) * t.panel);
        NET_UNROLL
        for (int j = left; j < right; j++) {
            v_f32 p = v_load(xj + j * t.xw);
            v_hold(p);      /* or it is loaded again for each product */
            NET_UNROLL
            for (int q = 0; q < 3; q++)
                if (j >= q * t.dil && (j - q * t.dil) % t.step == 0
                    && (j - q * t.dil) / t.step < 3)
                    a[(j - q * t.dil) / t.step] = v_fma(p, wq[q], a[(j - q * t.dil) / t.step]);
        }
    }
    NET_UNROLL
    for (int i = 0; i < 3; i++)
        v_store(y + i * t.yw, clip_c_4(a[i]));
}

/* Depthwise, 3 rows of output, blocks of channels, tiles of columns.  A last block that is
 * not whole overlaps the one before it, so that all are whole vectors. */
NET_FN void depthwise_c_6(const float *x, const float *w, const float *b, float *y,
    int part, int parts)
{
    net_tile t;

    t.xr = 48, t.xw = 8, t.panel = 8, t.yw = 8;
    t.step = 2, t.dil = 1, t.ring = 0, t.dil_h = 1;
    for (int row = (int)NET_FROM(3); row < (int)NET_TO(3); row++) {
        const int top = row * 2 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 6 ? 3 : (6 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)96 - 56;
        float *yr = y + row * (ptrdiff_t)24;

        for (int k = 0; k < 8; k += 4) {
            const int c = k;
            for (int i = 0; i < 3; i += 3)
                depthwise_tile_c_5(x, at + i * t.step * t.xw + c, w + c, b + c,
                    yr + i * t.yw + c, r0, r1, top, 1, 7, t);
        }
    }
}

NET_FN v_f32 sigmoid_c_7(v_f32 x)
{
    return v_sigmoid(x);
}

/* y = f(x), element by element. */
NET_FN void map_c_8(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(72);
        ptrdiff_t i = NET_FROM16(72);
        for (; i + V <= n; i += V)
            v_store(y0 + i, sigmoid_c_7(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, sigmoid_c_7(v_load_n(x0 + i, left)), left);
        }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_9(const float *x0, float *y0, int part, int parts)
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

