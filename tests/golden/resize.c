/* SPDX-License-Identifier: 0BSD */
/* 3 pixels x 5 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_1(const float *x, ptrdiff_t at, const float *w, const float *b,
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
            if (j == 1) {
                if (t.add)
                    a[i][j] = v_add(a[i][j], v_load_n(s + i * t.sw + j * V, 1));
                v_store_n(y + i * t.yw + j * V, v_same(a[i][j]), 1);
                continue;
            }
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void conv_c_2(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 1, t.xw = 1, t.xc = 9, t.panel = 16, t.ahead = 8;
    t.yw = 5, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 5;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)9 - 0;
        const float *wc = w + (ptrdiff_t)c * 1;
        float *yr = y + row * (ptrdiff_t)45 + c;
        for (int i = 0; i < 9; i += 3)
            tile_c_1(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
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

