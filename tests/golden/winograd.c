/* SPDX-License-Identifier: 0BSD */
/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_1(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 4;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 90; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 64 ? end : 64;
            const ptrdiff_t last = c + 16 < 90 ? c + 16 : 90;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 64 + i] = x0[i * 90 + j];
        }
}

NET_FN v_f32 clip_c_2(v_f32 x)
{
    return v_min(v_set1(6.0f), v_max(v_set1(0.0f), x));
}

/* 2 patches by 16 output channels: the sums over the input channels, in their order. */
NET_INLINE void winograd_tile_c_3(const float *xq, const float *wq, float *y, const net_tile t)
{
    v_f32 a[2][4];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            a[i][j] = v_set1(0.0f);
    for (int k = 0; k < t.c; k++) {
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
            v_store(y + i * t.yw + j * V, a[i][j]);
}

/* 1 patches by 16 output channels: the sums over the input channels, in their order. */
NET_INLINE void winograd_tile_c_4(const float *xq, const float *wq, float *y, const net_tile t)
{
    v_f32 a[1][4];

    NET_UNROLL
    for (int i = 0; i < 1; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            a[i][j] = v_set1(0.0f);
    for (int k = 0; k < t.c; k++) {
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
            v_store(y + i * t.yw + j * V, a[i][j]);
}

/* Six numbers, s apart, become A^T m, four, without powers of 3/4. */
NET_INLINE void winograd_out_c_5_line(v_f32 *m, int s)
{
    const v_f32 e1 = v_add(m[s], m[2 * s]), o1 = v_sub(m[s], m[2 * s]);
    const v_f32 e2 = v_add(m[3 * s], m[4 * s]), o2 = v_sub(m[3 * s], m[4 * s]);

    m[0] = v_add(v_add(m[0], e1), e2);
    m[s] = v_fma(v_set1(2.0f), o2, o1);
    m[2 * s] = v_fma(v_set1(4.0f), e2, e1);
    m[3 * s] = v_add(v_fma(v_set1(8.0f), o2, o1), m[5 * s]);
}

/* A^T m A of n channels: 4 x 4 pixels, of which rows x cols are in the image. */
NET_INLINE void winograd_out_c_5(const float *m, const float *b,
    float *y, int n, int rows, int cols)
{
    static const float scale[] = { 1.0f, 0.75f, 0.5625f, 0.421875f, 0.31640625f, 0.2373046875f,
                                   0.177978515625f };

    NET_ROLLED
    for (int c = 0; c < n; c += V) {
        const v_f32 bias = v_load(b + c);
        v_f32 t[36];

        NET_UNROLL
        for (int i = 0; i < 36; i++)
            t[i] = v_load(m + i * (ptrdiff_t)656 + c);
        NET_UNROLL
        for (int q = 0; q < 6; q++)
            winograd_out_c_5_line(t + q, 6);
        NET_UNROLL
        for (int r = 0; r < 4; r++)
            winograd_out_c_5_line(t + 6 * r, 1);
        NET_UNROLL
        for (int i = 0; i < 16; i++) {
            const int r = i / 4, q = i % 4;
            float *p = y + r * (ptrdiff_t)640 + q * (ptrdiff_t)64 + c;
            v_f32 a = v_fma(v_set1(scale[r + q]), t[6 * r + q], bias);

            if (r >= rows || q >= cols)
                continue;
            v_store(p, clip_c_2(a));
        }
    }
}

/* Six numbers, s apart, become B^T d: the interpolation points are 0, 3/4, -3/4, 3/2, -3/2 and
 * infinity, so all factors are exact. */
NET_INLINE void winograd_in_c_6_line(v_f32 *d, int s)
{
    const v_f32 d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s], d4 = d[4 * s], d5 = d[5 * s];
    const v_f32 e1 = v_fma(v_set1(-2.25f), d2, d4), o1 = v_fma(v_set1(-2.25f), d1, d3);
    const v_f32 e2 = v_fma(v_set1(-0.5625f), d2, d4), o2 = v_fma(v_set1(-0.5625f), d1, d3);

    d[0] = v_fma(v_set1(1.265625f), d0, v_fma(v_set1(-2.8125f), d2, d4));
    d[s] = v_fma(v_set1(0.75f), o1, e1);
    d[2 * s] = v_fma(v_set1(-0.75f), o1, e1);
    d[3 * s] = v_fma(v_set1(1.5f), o2, e2);
    d[4 * s] = v_fma(v_set1(-1.5f), o2, e2);
    d[5 * s] = v_fma(v_set1(1.265625f), d1, v_fma(v_set1(-2.8125f), d3, d5));
}

/* B^T d B of 6 x 6 pixels d from x + at on, channel by channel; those outside of rows
 * r0 .. r1 and columns q0 .. q1 are zero. */
NET_INLINE void winograd_in_c_6(const float *x, ptrdiff_t at, int r0, int r1, int q0, int q1, float *y)
{
    NET_ROLLED
    for (int c = 0; c < 64; c += V) {
        v_f32 t[36];

        NET_UNROLL
        for (int i = 0; i < 36; i++) {
            const int r = i / 6, q = i % 6;
            const ptrdiff_t p = at + r * (ptrdiff_t)640 + q * (ptrdiff_t)64 + c;

            if (r < r0 || r >= r1 || q < q0 || q >= q1)
                t[i] = v_set1(0.0f);
            else
                t[i] = v_load(x + p);
        }
        NET_UNROLL
        for (int q = 0; q < 6; q++)
            winograd_in_c_6_line(t + q, 6);
        NET_UNROLL
        for (int r = 0; r < 6; r++)
            winograd_in_c_6_line(t + 6 * r, 1);
        NET_UNROLL
        for (int i = 0; i < 36; i++)
            v_store(y + i * (ptrdiff_t)656 + c, t[i]);
    }
}

/* Convolution by Winograd's F(4x4, 3x3): patches of 6 x 6 pixels, 10 at a
 * time, become rows of 36 matrices v, whose products m with as many matrices of weights
 * become 4 x 4 pixels of y. */
NET_FN void winograd_c_7(const float *x, const float *w, const float *b,
    float *y, float *work, int part, int parts)
{
    const int tiles = 9;
    float *v, *m;
    net_tile t;

    if (part >= 1)
        return;
    parts = NET_LEAST(parts, 1);
    v = work + part * (ptrdiff_t)111744;
    m = v + 23616;
    t.c = 64, t.xw = 64, t.xc = 1, t.panel = 1024, t.ahead = 0;
    t.yw = 64;
    for (int from = 0; from < tiles; from += 10) {
        const int n = NET_LEAST(10, tiles - from);

        for (int i = 0; i < n; i++) {
            const int top = (from + i) / 3 % 3 * 4 - 1;
            const int left = (from + i) % 3 * 4 - 1;
            const ptrdiff_t at = (from + i) / 9 * (ptrdiff_t)5760
                               + top * (ptrdiff_t)640 + left * (ptrdiff_t)64;

            if (top >= 0 && top + 6 <= 9 && left >= 0 && left + 6 <= 10)
                winograd_in_c_6(x, at, 0, 6, 0, 6, v + i * 64);
            else
                winograd_in_c_6(x, at, -top, 9 - top, -left, 10 - left, v + i * 64);
        }
        for (int k = (int)NET_FROM(4); k < (int)NET_TO(4); k += 4) {
            const int steps = NET_LEAST(4, (int)NET_TO(4) - k);
            const int c = 0 + k * 16;

            for (int e = 0; e < 36; e++)
            for (int j = 0; j < steps; j++) {
                const float *ve = v + e * 656;
                const float *we = w + e * (ptrdiff_t)4096 + (c + j * 16) * 64;
                float *me = m + e * 656 + j * 16;
                int i = 0;

                for (; i + 2 <= n; i += 2)
                    winograd_tile_c_3(ve + i * 64, we, me + i * 64, t);
                if (i < n)
                    winograd_tile_c_4(ve + i * 64, we, me + i * 64, t);
            }
            for (int i = 0; i < n; i++) {
                const int image = (from + i) / 9;
                const int row = (from + i) / 3 % 3 * 4;
                const int col = (from + i) % 3 * 4;
                float *yi = y + image * (ptrdiff_t)5760 + row * (ptrdiff_t)640
                          + col * 64 + c;

                if (row + 4 <= 9 && col + 4 <= 10)
                    winograd_out_c_5(m + i * 64, b + c,
                        yi, steps * 16 - 0, 4, 4);
                else
                    winograd_out_c_5(m + i * 64, b + c,
                        yi, steps * 16 - 0, 9 - row, 10 - col);
            }
        }
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_8(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 4;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 36; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 64 ? end : 64;
            const ptrdiff_t last = c + 16 < 36 ? c + 16 : 36;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 64 + i] = x0[i * 36 + j];
        }
}

/* Four numbers, s apart, become A^T m, two. */
NET_INLINE void winograd_out_c_9_line(v_f32 *m, int s)
{
    m[0] = v_add(v_add(m[0], m[s]), m[2 * s]);
    m[s] = v_add(v_sub(m[s], m[2 * s]), m[3 * s]);
}

/* A^T m A of n channels: 2 x 2 pixels, of which rows x cols are in the image. */
NET_INLINE void winograd_out_c_9(const float *m, const float *b,
    float *y, int n, int rows, int cols)
{
    NET_ROLLED
    for (int c = 0; c < n; c += V) {
        const v_f32 bias = v_load(b + c);
        v_f32 t[16];

        NET_UNROLL
        for (int i = 0; i < 16; i++)
            t[i] = v_load(m + i * (ptrdiff_t)656 + c);
        NET_UNROLL
        for (int q = 0; q < 4; q++)
            winograd_out_c_9_line(t + q, 4);
        NET_UNROLL
        for (int r = 0; r < 2; r++)
            winograd_out_c_9_line(t + 4 * r, 1);
        NET_UNROLL
        for (int i = 0; i < 4; i++) {
            const int r = i / 2, q = i % 2;
            float *p = y + r * (ptrdiff_t)384 + q * (ptrdiff_t)64 + c;
            v_f32 a = v_add(t[4 * r + q], bias);

            if (r >= rows || q >= cols)
                continue;
            v_store(p, v_same(a));
        }
    }
}

/* Four numbers, s apart, become B^T d: the interpolation points are 0, 1, -1 and infinity. */
NET_INLINE void winograd_in_c_10_line(v_f32 *d, int s)
{
    const v_f32 d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s];

    d[0] = v_sub(d2, d0);
    d[s] = v_add(d1, d2);
    d[2 * s] = v_sub(d2, d1);
    d[3 * s] = v_sub(d3, d1);
}

/* B^T d B of 4 x 4 pixels d from x + at on, channel by channel; those outside of rows
 * r0 .. r1 and columns q0 .. q1 are zero. */
NET_INLINE void winograd_in_c_10(const float *x, ptrdiff_t at, int r0, int r1, int q0, int q1, float *y)
{
    NET_ROLLED
    for (int c = 0; c < 64; c += V) {
        v_f32 t[16];

        NET_UNROLL
        for (int i = 0; i < 16; i++) {
            const int r = i / 4, q = i % 4;
            const ptrdiff_t p = at + r * (ptrdiff_t)384 + q * (ptrdiff_t)64 + c;

            if (r < r0 || r >= r1 || q < q0 || q >= q1)
                t[i] = v_set1(0.0f);
            else
                t[i] = v_load(x + p);
        }
        NET_UNROLL
        for (int q = 0; q < 4; q++)
            winograd_in_c_10_line(t + q, 4);
        NET_UNROLL
        for (int r = 0; r < 4; r++)
            winograd_in_c_10_line(t + 4 * r, 1);
        NET_UNROLL
        for (int i = 0; i < 16; i++)
            v_store(y + i * (ptrdiff_t)656 + c, t[i]);
    }
}

/* Convolution by Winograd's F(2x2, 3x3): patches of 4 x 4 pixels, 10 at a
 * time, become rows of 16 matrices v, whose products m with as many matrices of weights
 * become 2 x 2 pixels of y. */
NET_FN void winograd_c_11(const float *x, const float *w, const float *b,
    float *y, float *work, int part, int parts)
{
    const int tiles = 9;
    float *v, *m;
    net_tile t;

    if (part >= 1)
        return;
    parts = NET_LEAST(parts, 1);
    v = work + part * (ptrdiff_t)49664;
    m = v + 10496;
    t.c = 64, t.xw = 64, t.xc = 1, t.panel = 1024, t.ahead = 0;
    t.yw = 64;
    for (int from = 0; from < tiles; from += 10) {
        const int n = NET_LEAST(10, tiles - from);

        for (int i = 0; i < n; i++) {
            const int top = (from + i) / 3 % 3 * 2 - 1;
            const int left = (from + i) % 3 * 2 - 1;
            const ptrdiff_t at = (from + i) / 9 * (ptrdiff_t)2304
                               + top * (ptrdiff_t)384 + left * (ptrdiff_t)64;

            if (top >= 0 && top + 4 <= 6 && left >= 0 && left + 4 <= 6)
                winograd_in_c_10(x, at, 0, 4, 0, 4, v + i * 64);
            else
                winograd_in_c_10(x, at, -top, 6 - top, -left, 6 - left, v + i * 64);
        }
        for (int k = (int)NET_FROM(4); k < (int)NET_TO(4); k += 4) {
            const int steps = NET_LEAST(4, (int)NET_TO(4) - k);
            const int c = 0 + k * 16;

            for (int e = 0; e < 16; e++)
            for (int j = 0; j < steps; j++) {
                const float *ve = v + e * 656;
                const float *we = w + e * (ptrdiff_t)4096 + (c + j * 16) * 64;
                float *me = m + e * 656 + j * 16;
                int i = 0;

                for (; i + 2 <= n; i += 2)
                    winograd_tile_c_3(ve + i * 64, we, me + i * 64, t);
                if (i < n)
                    winograd_tile_c_4(ve + i * 64, we, me + i * 64, t);
            }
            for (int i = 0; i < n; i++) {
                const int image = (from + i) / 9;
                const int row = (from + i) / 3 % 3 * 2;
                const int col = (from + i) % 3 * 2;
                float *yi = y + image * (ptrdiff_t)2304 + row * (ptrdiff_t)384
                          + col * 64 + c;

                if (row + 2 <= 6 && col + 2 <= 6)
                    winograd_out_c_9(m + i * 64, b + c,
                        yi, steps * 16 - 0, 2, 2);
                else
                    winograd_out_c_9(m + i * 64, b + c,
                        yi, steps * 16 - 0, 6 - row, 6 - col);
            }
        }
    }
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_12(const float *a0, const float *b0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(5760);
        ptrdiff_t i = NET_FROM16(5760);
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
NET_FN void transpose_c_13(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 6;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 64; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 90 ? end : 90;
            const ptrdiff_t last = c + 16 < 64 ? c + 16 : 64;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 90 + i] = x0[i * 64 + j];
        }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_14(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 3;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 64; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 36 ? end : 36;
            const ptrdiff_t last = c + 16 < 64 ? c + 16 : 64;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 36 + i] = x0[i * 64 + j];
        }
}

