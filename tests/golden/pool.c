/* SPDX-License-Identifier: 0BSD */
/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_1(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 1;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 25; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 8 ? end : 8;
            const ptrdiff_t last = c + 16 < 25 ? c + 16 : 25;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 8 + i] = x0[i * 25 + j];
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

/* 3 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_3(const float *x, ptrdiff_t at, const float *w, const float *b,
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
NET_FN void conv_c_4(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 8, t.xw = 8, t.xc = 1, t.panel = 128, t.ahead = 8;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 8;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)200 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)200 + c;
        for (int i = 0; i < 16; i += 4)
            tile_c_2(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        for (int i = 16; i < 25; i += 3)
            tile_c_3(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Pooling (max).  Output o reads the inputs i + r * dilation, i = o * stride - pad, for the r in
 * [first, end) that lie inside the image. */
NET_FN void max_pool_c_5(const float *x, float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 1; n++)
    for (ptrdiff_t o0 = NET_FROM(3); o0 < NET_TO(3); o0++) {
        const ptrdiff_t i0 = o0 * 2 - 1;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (5 - i0) / 1;
        const ptrdiff_t end0 = room0 < 3 ? room0 : 3;
    for (ptrdiff_t o1 = 0; o1 < 3; o1++) {
        const ptrdiff_t i1 = o1 * 2 - 1;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (5 - i1) / 1;
        const ptrdiff_t end1 = room1 < 3 ? room1 : 3;
        const ptrdiff_t from = n * 200
            + i0 * 40
            + i1 * 8
            ;
        float *yo = y + n * 72
            + o0 * 24
            + o1 * 8
            ;

        for (ptrdiff_t c = 0; c < 8; c += 4) {
            v_f32 a = v_set1((float)-INFINITY);

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            {
                const float *p = x + from + c
                    + r0 * 40
                    + r1 * 8
                    ;
                a = v_most(v_load(p), a);
            }
            v_store(yo + c, a);
        }
    }
    }
}

/* Pooling (avg).  Output o reads the inputs i + r * dilation, i = o * stride - pad, for the r in
 * [first, end) that lie inside the image. */
NET_FN void avg_pool_c_6(const float *x, float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 1; n++)
    for (ptrdiff_t o0 = NET_FROM(2); o0 < NET_TO(2); o0++) {
        const ptrdiff_t i0 = o0 * 1 - 0;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (3 - i0) / 1;
        const ptrdiff_t end0 = room0 < 2 ? room0 : 2;
        const ptrdiff_t count0 = end0 > first0 ? end0 - first0 : 1;
    for (ptrdiff_t o1 = 0; o1 < 2; o1++) {
        const ptrdiff_t i1 = o1 * 1 - 0;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (3 - i1) / 1;
        const ptrdiff_t end1 = room1 < 2 ? room1 : 2;
        const ptrdiff_t count1 = end1 > first1 ? end1 - first1 : 1;
        const ptrdiff_t from = n * 72
            + i0 * 24
            + i1 * 8
            ;
        float *yo = y + n * 32
            + o0 * 16
            + o1 * 8
            ;
        const float count = (float)(count0
            * count1
            );

        for (ptrdiff_t c = 0; c < 8; c += 4) {
            v_f32 a = v_set1(0.0f);

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            {
                const float *p = x + from + c
                    + r0 * 24
                    + r1 * 8
                    ;
                a = v_add(a, v_load(p));
            }
            a = v_div(a, v_set1(count));
            v_store(yo + c, a);
        }
    }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_7(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(8); i0 < NET_TO(8); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 4;
    for (ptrdiff_t i1 = 0; i1 < 4; i1++) {
        const float *x2 = x1 + i1 * 8;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

