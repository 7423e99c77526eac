/* SPDX-License-Identifier: 0BSD */
/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_1(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 8; first += 16) {
        const int left = 8 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)27;

        for (int r = 0; r < 3; r++)
        for (int s = 0; s < 3; s++)
        for (int c = 0; c < 3; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)27 + c * (ptrdiff_t)(9)
                + r * (ptrdiff_t)(3) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)27];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* 3 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_2(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    int r0, int r1, int top,
    int left, int right,
    const net_tile t)
{
    v_f32 a[3][2];

    NET_UNROLL
    for (int i = 0; i < 3; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++)
            a[i][j] = v_load(b + j * V);

    for (int r = r0; r < r1; r++)
    NET_UNROLL
    for (int q = 0; q < t.s; q++) {
        const ptrdiff_t row = t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r;
        const float *xq = x + at + row * t.xr + q * t.xq, *wq = w + (r * t.s + q) * t.c * 8;
        NET_ROLLED
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
                if (i * t.step + q * t.dil < left || i * t.step + q * t.dil >= right)
                    continue;
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 2; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
        }
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

/* 2 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_3(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    int r0, int r1, int top,
    int left, int right,
    const net_tile t)
{
    v_f32 a[2][2];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++)
            a[i][j] = v_load(b + j * V);

    for (int r = r0; r < r1; r++)
    NET_UNROLL
    for (int q = 0; q < t.s; q++) {
        const ptrdiff_t row = t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r;
        const float *xq = x + at + row * t.xr + q * t.xq, *wq = w + (r * t.s + q) * t.c * 8;
        NET_ROLLED
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
            for (int i = 0; i < 2; i++) {
                if (i * t.step + q * t.dil < left || i * t.step + q * t.dil >= right)
                    continue;
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 2; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
        }
    }

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* Convolution, 5 rows in register tiles along each, by panels of output channels.
 * Tiles at the border leave out kernel columns, rows at the border kernel rows.
 */
NET_FN void conv_c_4(const float *xs, const float *ws, const float *bs,
    float *ys, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 2, t.xc = 81, t.panel = 432, t.ahead = 0;
    t.s = 3, t.xr = 9, t.xq = 1, t.ring = 0, t.dil_h = 1;
    t.step = 2, t.dil = 1;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int n = 0; n < 4; n++)
    for (int g = 0; g < 1; g++) {
    const float *x = xs + n * (ptrdiff_t)243 + g * 243, *w = ws + g * 216;
    const float *b = bs + g * 16;
    float *y = ys + n * (ptrdiff_t)200 + g * 8;
    for (int row = (int)NET_ROW_FROM(4, 5);
         row < (int)NET_ROW_TO(4, 5); row++) {
    for (int c = 0; c < 8; c += 8) {
        const int top = row * 2 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 9 ? 3 : (9 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)18 - 10;
        const float *wc = w + (ptrdiff_t)c * 27;
        float *yr = y + row * (ptrdiff_t)40 + c;
        for (int i = 0; i < 3; i += 3)
            tile_c_2(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, 1, 7, t);
        for (int i = 3; i < 5; i += 2)
            tile_c_3(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, 0, 4, t);
    }
    }
    }
}

/* bn_stats of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_stats_c_5(const float *x,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    /* the block's own mean first: squares of what is far from 0 would lose their digits; what is
     * left of it is the rounding of the mean */
    v_f32 mean[2], left[2];
    v_f32 squares[2], old, d;
    const float all = (float)(before + n);

    for (int k = 0; k < 2; k++)
        mean[k] = left[k] = squares[k] = v_set1(0);
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++)
            mean[k] = v_add(mean[k], v_load(x + i * 8 + c * 1));
    for (int k = 0; k < 2; k++)
        mean[k] = v_mul(mean[k], v_set1(1 / (float)n));
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            (void)k;
            d = v_sub(v, mean[k]);
            left[k] = v_add(left[k], d);
            squares[k] = v_fma(d, d, squares[k]);
        }
    for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++) {
        mean[k] = v_fma(left[k], v_set1(1 / (float)n), mean[k]);
        old = v_load(y + c);
        d = v_sub(mean[k], old);
        squares[k] = v_add(squares[k], v_load(y + 8 + c));
        squares[k] = v_fma(v_mul(d, d),
            v_set1((float)before * ((float)n / all)), squares[k]);
        v_store(y + c, v_fma(d, v_set1((float)n / all), old));
        v_store(y + 8 + c, squares[k]);
    }
}

/* Pixels by channels, in runs of at most 64 pixels. */
NET_FN void bn_stats_c_6(const float *x0,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)100 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)100 * (k + 1) / 16;

        for (int c = 0; c < 16; c++)
            y0[k * 16 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 100;
            const float *x = x0;
            float *y = y0 + k * 16;

            n = 100 - i < to - p ? 100 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 100;
            rest /= 100;
            x += i * 8;
            bn_stats_c_5(x,
                y, n, p - from);
        }
    }
}

/* Mean and variance from those of 16 parts (Chan, Golub, LeVeque 1979). */
NET_FN void bn_merge_c_7(const float *x, float *mean, float *variance)
{
    for (int c = 0; c < 8; c++) {
        double n = 0, m = 0, squares = 0;

        for (ptrdiff_t k = 0; k < 16; k++) {
            const double more = (double)((ptrdiff_t)100 * (k + 1) / 16
                                         - (ptrdiff_t)100 * k / 16);
            const double d = (double)x[k * 16 + c] - m;
            if (more == 0)
                continue;
            squares += (double)x[k * 16 + 8 + c] + d * d * (n * more / (n + more));
            m += d * (more / (n + more));
            n += more;
        }
        mean[c] = (float)m;
        variance[c] = (float)(squares / 100);
    }
}

/* s = scale / sqrt(variance + eps) */
NET_FN void bn_factor_c_8(const float *scale, const float *variance, float *s)
{
    for (int c = 0; c < 8; c++)
        s[c] = (float)((double)scale[c] / sqrt((double)variance[c] + 1e-05));
}

NET_FN v_f32 clip_c_9(v_f32 x)
{
    return v_min(v_set1(6.0f), v_max(v_set1(0.0f), x));
}

/* bn_apply of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_apply_c_10(const float *x,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            (void)k;
            v_store(y + i * 8 + c * 1, clip_c_9(v_fma(v_sub(v, k0), k1, k2)));
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_apply_c_11(const float *x0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(100), to = NET_TO(100);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 100;
            const float *x = x0;
            float *y = y0;

            n = 100 - i < to - p ? 100 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 100;
            rest /= 100;
            x += i * 8;
            y += i * 8;
            bn_apply_c_10(x,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void conv_c_12(const float *x, const float *w,
    const float *b,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 4; n++)
    for (ptrdiff_t o0 = NET_FROM(5); o0 < NET_TO(5); o0++) {
        const ptrdiff_t i0 = o0 * 1 - 1;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (5 - i0) / 1;
        const ptrdiff_t end0 = room0 < 3 ? room0 : 3;
    for (ptrdiff_t o1 = 0; o1 < 5; o1++) {
        const ptrdiff_t i1 = o1 * 1 - 1;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (5 - i1) / 1;
        const ptrdiff_t end1 = room1 < 3 ? room1 : 3;
        for (ptrdiff_t k = 0; k < 8; k++) {
            const ptrdiff_t c0 = k / 4 * 4;
            float sum = b[k * 1];

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            for (ptrdiff_t c = 0; c < 4; c++)
                sum = s_fma(x[n * 200 + (c0 + c) * 1
                    + (i0 + r0 * 1) * 40
                    + (i1 + r1 * 1) * 8
                    ], w[k * 36 + c * 9
                    + r0 * 3
                    + r1 * 1
                    ], sum);
            y[n * 200 + k * 1
                + o0 * 40
                + o1 * 8
                ] = (sum);
        }
    }
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_13(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 1;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 9; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 8 ? end : 8;
            const ptrdiff_t last = c + 16 < 9 ? c + 16 : 9;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 8 + i] = x0[i * 9 + j];
        }
}

/* Depthwise: 5 columns of output x V channels, row by row and tap by tap of the kernel.
 * Of the columns of x that meet the tile those from left to right are in the image. */
NET_INLINE void depthwise_tile_c_14(const float *x, ptrdiff_t at, const float *w, const float *b, float *y,
    int r0, int r1, int top, int left, int right, const net_tile t)
{
    v_f32 a[5], wq[3];

    NET_UNROLL
    for (int i = 0; i < 5; i++)
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
                    && (j - q * t.dil) / t.step < 5)
                    a[(j - q * t.dil) / t.step] = v_fma(p, wq[q], a[(j - q * t.dil) / t.step]);
        }
    }
    NET_UNROLL
    for (int i = 0; i < 5; i++)
        v_store(y + i * t.yw, v_same(a[i]));
}

/* Depthwise, 5 rows of output, blocks of channels, tiles of columns.  A last block that is
 * not whole overlaps the one before it, so that all are whole vectors. */
NET_FN void depthwise_c_15(const float *xs, const float *w, const float *b, float *ys,
    int part, int parts)
{
    net_tile t;

    t.xr = 40, t.xw = 8, t.panel = 8, t.yw = 8;
    t.step = 1, t.dil = 1, t.ring = 0, t.dil_h = 1;
    for (int n = 0; n < 4; n++) {
    const float *x = xs + n * (ptrdiff_t)200;
    float *y = ys + n * (ptrdiff_t)200;
    for (int row = (int)NET_ROW_FROM(4, 5);
         row < (int)NET_ROW_TO(4, 5); row++) {
        const int top = row * 1 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 5 ? 3 : (5 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)40 - 48;
        float *yr = y + row * (ptrdiff_t)40;

        for (int k = 0; k < 8; k += 4) {
            const int c = k;
            for (int i = 0; i < 5; i += 5)
                depthwise_tile_c_14(x, at + i * t.step * t.xw + c, w + c, b + c,
                    yr + i * t.yw + c, r0, r1, top, 1, 6, t);
        }
    }
    }
}

NET_FN v_f32 hard_swish_c_16(v_f32 x)
{
    v_f32 gate = v_min(v_set1(6.0f), v_max(v_set1(0.0f), v_add(x, v_set1(3.0f))));
    return v_mul(x, v_mul(gate, v_set1(1.0f / 6.0f)));
}

/* bn_apply of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_apply_c_17(const float *x,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            (void)k;
            v_store(y + i * 8 + c * 1, hard_swish_c_16(v_fma(v_sub(v, k0), k1, k2)));
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_apply_c_18(const float *x0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(100), to = NET_TO(100);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 100;
            const float *x = x0;
            float *y = y0;

            n = 100 - i < to - p ? 100 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 100;
            rest /= 100;
            x += i * 8;
            y += i * 8;
            bn_apply_c_17(x,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* Depthwise: 3 columns of output x V channels, row by row and tap by tap of the kernel.
 * Of the columns of x that meet the tile those from left to right are in the image. */
NET_INLINE void depthwise_tile_c_19(const float *x, ptrdiff_t at, const float *w, const float *b, float *y,
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
        v_store(y + i * t.yw, v_same(a[i]));
}

/* Depthwise, 3 rows of output, blocks of channels, tiles of columns.  A last block that is
 * not whole overlaps the one before it, so that all are whole vectors. */
NET_FN void depthwise_c_20(const float *xs, const float *w, const float *b, float *ys,
    int part, int parts)
{
    net_tile t;

    t.xr = 40, t.xw = 8, t.panel = 8, t.yw = 8;
    t.step = 2, t.dil = 1, t.ring = 0, t.dil_h = 1;
    for (int n = 0; n < 4; n++) {
    const float *x = xs + n * (ptrdiff_t)200;
    float *y = ys + n * (ptrdiff_t)72;
    for (int row = (int)NET_ROW_FROM(4, 3);
         row < (int)NET_ROW_TO(4, 3); row++) {
        const int top = row * 2 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 5 ? 3 : (5 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)80 - 48;
        float *yr = y + row * (ptrdiff_t)24;

        for (int k = 0; k < 8; k += 4) {
            const int c = k;
            for (int i = 0; i < 3; i += 3)
                depthwise_tile_c_19(x, at + i * t.step * t.xw + c, w + c, b + c,
                    yr + i * t.yw + c, r0, r1, top, 1, 6, t);
        }
    }
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_21(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(5) * 16;
    const int to = (int)NET_TO(5) * 16;

    for (int first = from; first < to && first < 65; first += 16) {
        const int left = 65 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)8;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 8; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)8 + c * (ptrdiff_t)(1)
                + r * (ptrdiff_t)(1) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)8];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* 2 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_22(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[2][4];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
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
        for (int j = 0; j < 4; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* 4 pixels x 1 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_23(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[4][1];

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
            v_f32 wj[1];
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 8);
            NET_UNROLL
            for (int i = 0; i < 4; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++) {
            v_hold(a[i][j]);
            if (j == 0) {
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
NET_FN void conv_c_24(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 8, t.xw = 8, t.xc = 1, t.panel = 128, t.ahead = 8;
    t.yw = 65, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(4); k < (int)NET_TO(4); k++) {
        const int c = 0 + k * 16;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)288 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)2340 + c;
        for (int i = 0; i < 36; i += 2)
            tile_c_22(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 64 + k * 1;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)288 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)2340 + c;
        for (int i = 0; i < 36; i += 4)
            tile_c_23(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* bn_stats of n pixels, channels 64 to 65, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_stats_c_25(const float *x,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    /* the block's own mean first: squares of what is far from 0 would lose their digits; what is
     * left of it is the rounding of the mean */
    v_f32 mean[1], left[1];
    v_f32 squares[1], old, d;
    const float all = (float)(before + n);

    for (int k = 0; k < 1; k++)
        mean[k] = left[k] = squares[k] = v_set1(0);
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 64, k = 0; c < 65; c += 4, k++)
            mean[k] = v_add(mean[k], v_load_n(x + i * 65 + c * 1, 1));
    for (int k = 0; k < 1; k++)
        mean[k] = v_mul(mean[k], v_set1(1 / (float)n));
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 64, k = 0; c < 65; c += 4, k++) {
            const v_f32 v = v_load_n(x + i * 65 + c * 1, 1);
            (void)k;
            d = v_sub(v, mean[k]);
            left[k] = v_add(left[k], d);
            squares[k] = v_fma(d, d, squares[k]);
        }
    for (ptrdiff_t c = 64, k = 0; c < 65; c += 4, k++) {
        mean[k] = v_fma(left[k], v_set1(1 / (float)n), mean[k]);
        old = v_load_n(y + c, 1);
        d = v_sub(mean[k], old);
        squares[k] = v_add(squares[k], v_load_n(y + 65 + c, 1));
        squares[k] = v_fma(v_mul(d, d),
            v_set1((float)before * ((float)n / all)), squares[k]);
        v_store_n(y + c, v_fma(d, v_set1((float)n / all), old), 1);
        v_store_n(y + 65 + c, squares[k], 1);
    }
}

/* bn_stats of n pixels, channels 0 to 64, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_stats_c_26(const float *x,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    /* the block's own mean first: squares of what is far from 0 would lose their digits; what is
     * left of it is the rounding of the mean */
    v_f32 mean[16], left[16];
    v_f32 squares[16], old, d;
    const float all = (float)(before + n);

    for (int k = 0; k < 16; k++)
        mean[k] = left[k] = squares[k] = v_set1(0);
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 64; c += 4, k++)
            mean[k] = v_add(mean[k], v_load(x + i * 65 + c * 1));
    for (int k = 0; k < 16; k++)
        mean[k] = v_mul(mean[k], v_set1(1 / (float)n));
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 64; c += 4, k++) {
            const v_f32 v = v_load(x + i * 65 + c * 1);
            (void)k;
            d = v_sub(v, mean[k]);
            left[k] = v_add(left[k], d);
            squares[k] = v_fma(d, d, squares[k]);
        }
    for (ptrdiff_t c = 0, k = 0; c < 64; c += 4, k++) {
        mean[k] = v_fma(left[k], v_set1(1 / (float)n), mean[k]);
        old = v_load(y + c);
        d = v_sub(mean[k], old);
        squares[k] = v_add(squares[k], v_load(y + 65 + c));
        squares[k] = v_fma(v_mul(d, d),
            v_set1((float)before * ((float)n / all)), squares[k]);
        v_store(y + c, v_fma(d, v_set1((float)n / all), old));
        v_store(y + 65 + c, squares[k]);
    }
}

/* Pixels by channels, in runs of at most 64 pixels. */
NET_FN void bn_stats_c_27(const float *x0,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)36 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)36 * (k + 1) / 16;

        for (int c = 0; c < 130; c++)
            y0[k * 130 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 36;
            const float *x = x0;
            float *y = y0 + k * 130;

            n = 36 - i < to - p ? 36 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 36;
            rest /= 36;
            x += i * 65;
            bn_stats_c_26(x,
                y, n, p - from);
            bn_stats_c_25(x,
                y, n, p - from);
        }
    }
}

/* Mean and variance from those of 16 parts (Chan, Golub, LeVeque 1979). */
NET_FN void bn_merge_c_28(const float *x, float *mean, float *variance)
{
    for (int c = 0; c < 65; c++) {
        double n = 0, m = 0, squares = 0;

        for (ptrdiff_t k = 0; k < 16; k++) {
            const double more = (double)((ptrdiff_t)36 * (k + 1) / 16
                                         - (ptrdiff_t)36 * k / 16);
            const double d = (double)x[k * 130 + c] - m;
            if (more == 0)
                continue;
            squares += (double)x[k * 130 + 65 + c] + d * d * (n * more / (n + more));
            m += d * (more / (n + more));
            n += more;
        }
        mean[c] = (float)m;
        variance[c] = (float)(squares / 36);
    }
}

/* s = scale / sqrt(variance + eps) */
NET_FN void bn_factor_c_29(const float *scale, const float *variance, float *s)
{
    for (int c = 0; c < 65; c++)
        s[c] = (float)((double)scale[c] / sqrt((double)variance[c] + 1e-05));
}

NET_FN v_f32 relu_c_30(v_f32 x)
{
    return v_max(v_set1(0.0f), x);
}

/* bn_apply of n pixels, channels 64 to 65, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_apply_c_31(const float *x,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 64, k = 0; c < 65; c += 4, k++) {
            const v_f32 v = v_load_n(x + i * 65 + c * 1, 1);
            NET_UNUSED const v_f32 k0 = v_load_n(c0 + c, 1);
            NET_UNUSED const v_f32 k1 = v_load_n(c1 + c, 1);
            NET_UNUSED const v_f32 k2 = v_load_n(c2 + c, 1);
            (void)k;
            v_store_n(y + i * 65 + c * 1, relu_c_30(v_fma(v_sub(v, k0), k1, k2)), 1);
        }
}

/* bn_apply of n pixels, channels 0 to 64, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_apply_c_32(const float *x,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 64; c += 4, k++) {
            const v_f32 v = v_load(x + i * 65 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            (void)k;
            v_store(y + i * 65 + c * 1, relu_c_30(v_fma(v_sub(v, k0), k1, k2)));
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_apply_c_33(const float *x0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(36), to = NET_TO(36);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 36;
            const float *x = x0;
            float *y = y0;

            n = 36 - i < to - p ? 36 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 36;
            rest /= 36;
            x += i * 65;
            y += i * 65;
            bn_apply_c_32(x,
                c0,
                c1,
                c2,
                y, n, p - from);
            bn_apply_c_31(x,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_34(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 8; first += 16) {
        const int left = 8 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)65;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 65; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)65 + c * (ptrdiff_t)(1)
                + r * (ptrdiff_t)(1) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)65];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* 4 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_35(const float *x, ptrdiff_t at, const float *w, const float *b,
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
    for (int from = 0; from < t.c; from += 64) {
        const int to = NET_LEAST(from + 64, t.c);
        v_f32 sum[4][2];

        NET_UNROLL
        for (int i = 0; i < 4; i++)
            NET_UNROLL
            for (int j = 0; j < 2; j++)
                sum[i][j] = a[i][j], a[i][j] = v_set1(0.0f);
        for (int k = from; k < to; k++) {
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
            for (int j = 0; j < 2; j++)
                a[i][j] = v_add(sum[i][j], a[i][j]);
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
NET_FN void conv_c_36(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 65, t.xw = 65, t.xc = 1, t.panel = 1040, t.ahead = 8;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 8;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)2340 - 0;
        const float *wc = w + (ptrdiff_t)c * 65;
        float *yr = y + row * (ptrdiff_t)288 + c;
        for (int i = 0; i < 36; i += 4)
            tile_c_35(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Pooling (max).  Output o reads the inputs i + r * dilation, i = o * stride - pad, for the r in
 * [first, end) that lie inside the image. */
NET_FN void max_pool_c_37(const float *x, float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 4; n++)
    for (ptrdiff_t o0 = NET_ROW_FROM(4, 2); o0 < NET_ROW_TO(4, 2); o0++) {
        const ptrdiff_t i0 = o0 * 1 - 0;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (3 - i0) / 1;
        const ptrdiff_t end0 = room0 < 2 ? room0 : 2;
    for (ptrdiff_t o1 = 0; o1 < 2; o1++) {
        const ptrdiff_t i1 = o1 * 1 - 0;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (3 - i1) / 1;
        const ptrdiff_t end1 = room1 < 2 ? room1 : 2;
        const ptrdiff_t from = n * 72
            + i0 * 24
            + i1 * 8
            ;
        float *yo = y + n * 32
            + o0 * 16
            + o1 * 8
            ;

        for (ptrdiff_t c = 0; c < 8; c += 4) {
            v_f32 a = v_set1((float)-INFINITY);

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            {
                const float *p = x + from + c
                    + r0 * 24
                    + r1 * 8
                    ;
                a = v_most(v_load(p), a);
            }
            v_store(yo + c, a);
        }
    }
    }
}

/* y = mean of x over 4 elements each. */
NET_FN void reduce_c_38(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const float *x1 = x0 + i0 * 32;
        float *y1 = y0 + i0 * 8;
    const ptrdiff_t end = 8;
    for (ptrdiff_t i = 0; i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x1 + i;
        v_f32 a = v_set1(0.0f), p;
        for (ptrdiff_t k0 = 0; k0 < 4; k0++) {
            const float *r1 = r0 + k0 * 8;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_add(a, p);
        }
        a = v_div(a, v_set1(4.0f));
        if (n == V)
            v_store(y1 + i, a);
        else
            v_store_n(y1 + i, a, n);
    }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_39(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(32);
        ptrdiff_t i = NET_FROM16(32);
        for (; i + V <= n; i += V)
            v_store(y0 + i, relu_c_30(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, relu_c_30(v_load_n(x0 + i, left)), left);
        }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_40(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 3; first += 16) {
        const int left = 3 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)8;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 8; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)8 + c * (ptrdiff_t)(1)
                + r * (ptrdiff_t)(0) + s * (ptrdiff_t)(0);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)8];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* 4 pixels x 3 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_41(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[4][1];

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
            v_f32 wj[1];
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 8);
            NET_UNROLL
            for (int i = 0; i < 4; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++) {
            v_hold(a[i][j]);
            if (j == 0) {
                if (t.add)
                    a[i][j] = v_add(a[i][j], v_load_n(s + i * t.sw + j * V, 3));
                v_store_n(y + i * t.yw + j * V, v_same(a[i][j]), 3);
                continue;
            }
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void dense_c_42(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 8, t.xw = 8, t.xc = 1, t.panel = 128, t.ahead = 8;
    t.yw = 3, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 3;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)32 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)12 + c;
        for (int i = 0; i < 4; i += 4)
            tile_c_41(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* y = e^(x - max) / sum over 3 elements, or the logarithm of it.  Every sum has a fixed
 * order: along the axis, or 16 partial sums that are then added one after the other. */
NET_FN void softmax_c_43(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const float *x1 = x0 + i0 * 3;
        float *y1 = y0 + i0 * 3;
        const float *x = x1;
        float *y = y1, sums[16], most = x[0], sum = 0;
        v_f32 m = v_set1(x[0]);
        ptrdiff_t i = 0;
        v_f32 s0 = v_set1(0.0f);
        v_f32 s1 = v_set1(0.0f);
        v_f32 s2 = v_set1(0.0f);
        v_f32 s3 = v_set1(0.0f);

        for (; i + V <= 3; i += V)
            m = v_max(v_load(x + i), m);
        v_store(sums, m);
        for (int j = 0; j < V; j++)
            most = sums[j] > most ? sums[j] : most;
        for (; i < 3; i++)
            most = x[i] > most ? x[i] : most;
        m = v_set1(most);

        for (i = 0; i < 0; i += 16) {
            v_f32 t;
            t = v_exp(v_sub(v_load(x + i + 0), m));
            v_store(y + i + 0, t);
            s0 = v_add(s0, t);
            t = v_exp(v_sub(v_load(x + i + 4), m));
            v_store(y + i + 4, t);
            s1 = v_add(s1, t);
            t = v_exp(v_sub(v_load(x + i + 8), m));
            v_store(y + i + 8, t);
            s2 = v_add(s2, t);
            t = v_exp(v_sub(v_load(x + i + 12), m));
            v_store(y + i + 12, t);
            s3 = v_add(s3, t);
        }
        {
            const int n = 3;
            const ptrdiff_t k = 0;

            v_store_n(y + k, v_exp(v_sub(v_load_n(x + k, n), m)), n);
            s0 = v_add(s0, v_load_n(y + k, n));
        }
        v_store(sums + 0, s0);
        v_store(sums + 4, s1);
        v_store(sums + 8, s2);
        v_store(sums + 12, s3);
        for (int j = 0; j < 16; j++)
            sum += sums[j];
        m = v_set1(sum);
        for (i = 0; i + V <= 3; i += V)
            v_store(y + i, v_div(v_load(y + i), m));
        for (; i < 3; i++)
            y[i] /= sum;
    }
}

/* Running statistics, the variance that of a sample. */
NET_FN void bn_track_c_44(float *running_mean, float *running_variance, const float *mean,
    const float *variance, const mnc_head *h)
{
    const double m = h->statistics < 0 ? 0.1 : h->statistics;

    for (int c = 0; c < 8; c++) {
        const double v = (double)variance[c] * (100 / (double)99);

        running_mean[c] = (float)((1 - m) * (double)running_mean[c] + m * (double)mean[c]);
        running_variance[c] = (float)((1 - m) * (double)running_variance[c] + m * v);
    }
}

/* Running statistics, the variance that of a sample. */
NET_FN void bn_track_c_45(float *running_mean, float *running_variance, const float *mean,
    const float *variance, const mnc_head *h)
{
    const double m = h->statistics < 0 ? 0.1 : h->statistics;

    for (int c = 0; c < 65; c++) {
        const double v = (double)variance[c] * (36 / (double)35);

        running_mean[c] = (float)((1 - m) * (double)running_mean[c] + m * (double)mean[c]);
        running_variance[c] = (float)((1 - m) * (double)running_variance[c] + m * v);
    }
}

/* Mean over 4 rows of the cross-entropy of softmax(x) with the labels, and its gradient.  A
 * label that is none has no loss. */
NET_FN void cross_entropy_c_46(const float *x, const int32_t *labels,
    const mnc_head *h,
    float *loss, float *dx)
{
    const double smooth = h->smoothing;
    double total = 0;

    for (int n = 0; n < 4; n++) {
        const float *xn = x + n * (ptrdiff_t)3;
        float *dn = dx + n * (ptrdiff_t)3;
        const int32_t label = labels[n * 1];
        double most = (double)xn[0], sum = 0, mean = 0;

        for (int k = 1; k < 3; k++) {
            const double v = (double)xn[k * (ptrdiff_t)1];
            most = v > most ? v : most;
        }
        for (int k = 0; k < 3; k++) {
            const double d = (double)xn[k * (ptrdiff_t)1] - most;
            const double e = exp(d);
            dn[k * (ptrdiff_t)1] = (float)e;
            sum += e;
            mean += d;
        }
        if (label >= 0 && label < 3)
            total += log(sum) - (1 - smooth) * ((double)xn[label * (ptrdiff_t)1] - most)
                - smooth * (mean / 3);
        for (int k = 0; k < 3; k++) {
            const double target = (k == label ? 1 - smooth : 0) + smooth / 3;
            dn[k * (ptrdiff_t)1] = (float)(((double)dn[k * (ptrdiff_t)1] / sum - target)
                / 4);
        }
    }
    *loss = (float)(total / 4);
}

/* dx = y (dy - sum of y dy) along one dimension of 3. */
NET_FN void softmax_grad_c_47(const float *a0, const float *b0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const float *a1 = a0 + i0 * 3, *b1 = b0 + i0 * 3;
        float *y1 = y0 + i0 * 3;
        double dot = 0;

        for (ptrdiff_t k = 0; k < 3; k++)
            dot += (double)a1[k * 1] * (double)b1[k * 1];
        for (ptrdiff_t k = 0; k < 3; k++)
            y1[k * 1] = (float)((double)a1[k * 1]
                * ((double)b1[k * 1] - dot));
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_48(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 8; first += 16) {
        const int left = 8 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)3;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 3; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)1 + c * (ptrdiff_t)(8)
                + r * (ptrdiff_t)(0) + s * (ptrdiff_t)(0);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)1];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* 4 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_49(const float *x, ptrdiff_t at, const float *w, const float *b,
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
NET_FN void dense_c_50(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 3, t.xc = 1, t.panel = 48, t.ahead = 8;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 8;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)12 - 0;
        const float *wc = w + (ptrdiff_t)c * 3;
        float *yr = y + row * (ptrdiff_t)32 + c;
        for (int i = 0; i < 4; i += 4)
            tile_c_49(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Adds the products of 2 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_51(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s0_1 = v_set1(0.0f);
    v_f32 s1_0 = v_set1(0.0f);
    v_f32 s1_1 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        const v_f32 b1 = v_load(b + 4);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        p = v_set1(a[1]);
        s1_0 = v_fma(p, b0, s1_0);
        s1_1 = v_fma(p, b1, s1_1);
        a += 3;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
    v_store(y + 8, v_add(v_load(y + 8), s1_0));
    v_store(y + 12, v_add(v_load(y + 12), s1_1));
}

/* Adds the products of 1 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_52(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s0_1 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        const v_f32 b1 = v_load(b + 4);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        a += 3;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void conv_grad_c_53(const float *x, const float *g, float *dw, int part, int parts)
{
    static const int lo[] = {
        0,
    }, hi[] = {
        4,
    };
    const int from = (int)NET_FROM(2);
    const int to = (int)NET_TO(2);

    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int row = t * 1 + (t < 1 ? t : 1);
        memset(dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8, 0,
            (size_t)(t < 1 ? 2 : 1) * 8 * sizeof *dw);
    }
    for (int n = 0; n < 1; n++)
    for (int o = 0; o < 1; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int r = tap / 1, s = tap % 1, h = o * 1 - 0 + r * 1;
        const int row = t * 1 + (t < 1 ? t : 1), first = lo[s];
        const ptrdiff_t count = (o == 0 ? 4 : hi[s]) - first;
        const ptrdiff_t at = n * (ptrdiff_t)8 + h * (ptrdiff_t)32 - 0
            + first * (ptrdiff_t)8 + s * (ptrdiff_t)8;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)3 + o * (ptrdiff_t)12
            + first * (ptrdiff_t)3;
        float *y = dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8;

        if (h < 0 || h >= 1 || count <= 0)
            continue;
        gr += row * (ptrdiff_t)1;
        for (int c = 0; c < 8; c += 8)
            if (t < 1)
                grad_tile_c_51(gr, xr + c, y + c, count);
            else
                grad_tile_c_52(gr, xr + c, y + c, count);
    }
    }
}

/* y = sum of x over 4 elements each. */
NET_FN void reduce_c_54(const float *x0, float *y0, int part, int parts)
{
    const ptrdiff_t end = NET_TO16(3);
    for (ptrdiff_t i = NET_FROM16(3); i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x0 + i;
        v_f32 a = v_set1(0.0f), p;
        for (ptrdiff_t k0 = 0; k0 < 4; k0++) {
            const float *r1 = r0 + k0 * 3;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_add(a, p);
        }
        if (n == V)
            v_store(y0 + i, a);
        else
            v_store_n(y0 + i, a, n);
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_55(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(24);
        ptrdiff_t i = NET_FROM16(24);
        for (; i + V <= n; i += V)
            v_store(y0 + i, v_same(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, v_same(v_load_n(x0 + i, left)), left);
        }
}

/* y = f(x), element by element. */
NET_FN void map_c_56(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(3);
        ptrdiff_t i = NET_FROM16(3);
        for (; i + V <= n; i += V)
            v_store(y0 + i, v_same(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, v_same(v_load_n(x0 + i, left)), left);
        }
}

/* The gradient at the operand z, or where that tells as much the result,
 * of relu. */
NET_FN v_f32 d_relu_c_57(v_f32 z, v_f32 dy)
{
    NET_UNUSED const v_f32 zero = v_set1(0);

    return v_if_less(zero, z, dy, zero);
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_58(const float *a0, const float *b0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(32);
        ptrdiff_t i = NET_FROM16(32);
        for (; i + V <= n; i += V) {
            const v_f32 a = v_load(a0 + i);
            const v_f32 b = v_load(b0 + i);
            v_store(y0 + i, v_same(d_relu_c_57(a, b)));
        }
        if (i < n) {
            const int left = (int)(n - i);
            const v_f32 a = v_load_n(a0 + i, left);
            const v_f32 b = v_load_n(b0 + i, left);
            v_store_n(y0 + i, v_same(d_relu_c_57(a, b)), left);
        }
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_59(const float *a0, const float *b0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(32);
        ptrdiff_t i = NET_FROM16(32);
        const v_f32 b = v_set1(*b0);
        for (; i + V <= n; i += V) {
            const v_f32 a = v_load(a0 + i);
            v_store(y0 + i, v_same(v_mul(a, b)));
        }
        if (i < n) {
            const int left = (int)(n - i);
            const v_f32 a = v_load_n(a0 + i, left);
            v_store_n(y0 + i, v_same(v_mul(a, b)), left);
        }
}

/* Gradient of pooling (max): each window gives back to what it saw. */
NET_FN void max_pool_grad_c_60(
    const float *x,
    const float *g, float *dx, int part, int parts)
{
    for (ptrdiff_t n = NET_FROM(4); n < NET_TO(4); n++) {
        for (ptrdiff_t i0 = 0; i0 < 3; i0++)
        for (ptrdiff_t i1 = 0; i1 < 3; i1++)
            memset(dx + n * 72
                + i0 * 24
                + i1 * 8
                , 0, 8 * sizeof *dx);
        for (ptrdiff_t o0 = 0; o0 < 2; o0++) {
        const ptrdiff_t i0 = o0 * 1 - 0;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (3 - i0) / 1;
        const ptrdiff_t end0 = room0 < 2 ? room0 : 2;
        for (ptrdiff_t o1 = 0; o1 < 2; o1++) {
        const ptrdiff_t i1 = o1 * 1 - 0;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (3 - i1) / 1;
        const ptrdiff_t end1 = room1 < 2 ? room1 : 2;
        const float *go = g + n * 8
            + o0 * 0
            + o1 * 0
            ;
        float *to = dx + n * 72
            + i0 * 24
            + i1 * 8
            ;
        const float *from = x + n * 72
            + i0 * 24
            + i1 * 8
            ;

        for (ptrdiff_t c = 0; c < 8; c += 4) {
            v_f32 left = v_load(go + c);
            const v_f32 zero = v_set1(0.0f);
            v_f32 best = v_set1(-INFINITY);

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            {
                const float *p = from + c
                    + r0 * 24
                    + r1 * 8
                    ;
                best = v_most(v_load(p), best);
            }
            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            {
                float *q = to + c
                    + r0 * 24
                    + r1 * 8
                    ;
                const float *p = from + c
                    + r0 * 24
                    + r1 * 8
                    ;
                const v_f32 z = v_load(p);
                /* the first of the largest takes all; of NaN, which is the largest, the first */
                v_f32 give = v_if_number(z, v_if_number(best,
                    v_if_less(z, best, zero, left), zero), left);

                left = v_if_number(z, v_if_number(best,
                    v_if_less(z, best, left, zero), left), zero);
                give = v_add(v_load(q), give);
                v_store(q, give);
            }
        }
        }
        }
    }
}

/* Adds the products of 2 x 16 channels, summed over n pixels. */
NET_FN void grad_tile_c_61(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s0_1 = v_set1(0.0f);
    v_f32 s0_2 = v_set1(0.0f);
    v_f32 s0_3 = v_set1(0.0f);
    v_f32 s1_0 = v_set1(0.0f);
    v_f32 s1_1 = v_set1(0.0f);
    v_f32 s1_2 = v_set1(0.0f);
    v_f32 s1_3 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        const v_f32 b1 = v_load(b + 4);
        const v_f32 b2 = v_load(b + 8);
        const v_f32 b3 = v_load(b + 12);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        s0_2 = v_fma(p, b2, s0_2);
        s0_3 = v_fma(p, b3, s0_3);
        p = v_set1(a[1]);
        s1_0 = v_fma(p, b0, s1_0);
        s1_1 = v_fma(p, b1, s1_1);
        s1_2 = v_fma(p, b2, s1_2);
        s1_3 = v_fma(p, b3, s1_3);
        a += 8;
        b += 65;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
    v_store(y + 8, v_add(v_load(y + 8), s0_2));
    v_store(y + 12, v_add(v_load(y + 12), s0_3));
    v_store(y + 65, v_add(v_load(y + 65), s1_0));
    v_store(y + 69, v_add(v_load(y + 69), s1_1));
    v_store(y + 73, v_add(v_load(y + 73), s1_2));
    v_store(y + 77, v_add(v_load(y + 77), s1_3));
}

/* Adds the products of 2 x 1 channels, summed over n pixels. */
NET_FN void grad_tile_c_62(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s1_0 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load_n(b + 0, 1);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        p = v_set1(a[1]);
        s1_0 = v_fma(p, b0, s1_0);
        a += 8;
        b += 65;
    }
    v_store_n(y + 0, v_add(v_load_n(y + 0, 1), s0_0),
        1);
    v_store_n(y + 65, v_add(v_load_n(y + 65, 1), s1_0),
        1);
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void conv_grad_c_63(const float *x, const float *g, float *dw, int part, int parts)
{
    static const int lo[] = {
        0,
    }, hi[] = {
        36,
    };
    const int from = (int)NET_FROM(4);
    const int to = (int)NET_TO(4);

    for (int k = from; k < to; k++) {
        const int tap = k / 4, t = k % 4;
        const int row = t * 2 + (t < 0 ? t : 0);
        memset(dw + tap * (ptrdiff_t)520 + row * (ptrdiff_t)65, 0,
            (size_t)(t < 0 ? 3 : 2) * 65 * sizeof *dw);
    }
    for (int n = 0; n < 1; n++)
    for (int o = 0; o < 1; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 4, t = k % 4;
        const int r = tap / 1, s = tap % 1, h = o * 1 - 0 + r * 1;
        const int row = t * 2 + (t < 0 ? t : 0), first = lo[s];
        const ptrdiff_t count = (o == 0 ? 36 : hi[s]) - first;
        const ptrdiff_t at = n * (ptrdiff_t)585 + h * (ptrdiff_t)2340 - 0
            + first * (ptrdiff_t)65 + s * (ptrdiff_t)65;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)72 + o * (ptrdiff_t)288
            + first * (ptrdiff_t)8;
        float *y = dw + tap * (ptrdiff_t)520 + row * (ptrdiff_t)65;

        if (h < 0 || h >= 1 || count <= 0)
            continue;
        gr += row * (ptrdiff_t)1;
        for (int c = 0; c < 64; c += 16)
                grad_tile_c_61(gr, xr + c, y + c, count);
        for (int c = 64; c < 65; c += 1)
                grad_tile_c_62(gr, xr + c, y + c, count);
    }
    }
}

/* y = sum of x over 36 elements each. */
NET_FN void reduce_c_64(const float *x0, float *y0, int part, int parts)
{
    const ptrdiff_t end = NET_TO16(8);
    for (ptrdiff_t i = NET_FROM16(8); i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x0 + i;
        v_f32 a = v_set1(0.0f), p;
        for (ptrdiff_t k0 = 0; k0 < 36; k0++) {
            const float *r1 = r0 + k0 * 8;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_add(a, p);
        }
        if (n == V)
            v_store(y0 + i, a);
        else
            v_store_n(y0 + i, a, n);
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_65(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(520);
        ptrdiff_t i = NET_FROM16(520);
        for (; i + V <= n; i += V)
            v_store(y0 + i, v_same(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, v_same(v_load_n(x0 + i, left)), left);
        }
}

/* y = f(x), element by element. */
NET_FN void map_c_66(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(8);
        ptrdiff_t i = NET_FROM16(8);
        for (; i + V <= n; i += V)
            v_store(y0 + i, v_same(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, v_same(v_load_n(x0 + i, left)), left);
        }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_67(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(5) * 16;
    const int to = (int)NET_TO(5) * 16;

    for (int first = from; first < to && first < 65; first += 16) {
        const int left = 65 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)8;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 8; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)1 + c * (ptrdiff_t)(65)
                + r * (ptrdiff_t)(1) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)1];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* bn_grad_sums of n pixels, channels 64 to 65, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_sums_c_68(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    v_f32 sum[1], moment[1];

    for (int k = 0; k < 1; k++)
        sum[k] = moment[k] = v_set1(0);
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 64, k = 0; c < 65; c += 4, k++) {
            const v_f32 v = v_load_n(x + i * 65 + c * 1, 1);
            v_f32 z = v_load_n(g + i * 65 + c * 1, 1);
            NET_UNUSED const v_f32 k0 = v_load_n(c0 + c, 1);
            NET_UNUSED const v_f32 k1 = v_load_n(c1 + c, 1);
            NET_UNUSED const v_f32 k2 = v_load_n(c2 + c, 1);
            z = d_relu_c_57(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            sum[k] = v_add(sum[k], z);
            moment[k] = v_fma(z, v_sub(v, k0), moment[k]);
        }
    for (ptrdiff_t c = 64, k = 0; c < 65; c += 4, k++) {
        v_store_n(y + c, v_add(v_load_n(y + c, 1), sum[k]), 1);
        v_store_n(y + 65 + c, v_add(v_load_n(y + 65 + c, 1), moment[k]), 1);
    }
}

/* bn_grad_sums of n pixels, channels 0 to 64, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_sums_c_69(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    v_f32 sum[16], moment[16];

    for (int k = 0; k < 16; k++)
        sum[k] = moment[k] = v_set1(0);
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 64; c += 4, k++) {
            const v_f32 v = v_load(x + i * 65 + c * 1);
            v_f32 z = v_load(g + i * 65 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            z = d_relu_c_57(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            sum[k] = v_add(sum[k], z);
            moment[k] = v_fma(z, v_sub(v, k0), moment[k]);
        }
    for (ptrdiff_t c = 0, k = 0; c < 64; c += 4, k++) {
        v_store(y + c, v_add(v_load(y + c), sum[k]));
        v_store(y + 65 + c, v_add(v_load(y + 65 + c), moment[k]));
    }
}

/* Pixels by channels, in runs of at most 64 pixels. */
NET_FN void bn_grad_sums_c_70(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)36 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)36 * (k + 1) / 16;

        for (int c = 0; c < 130; c++)
            y0[k * 130 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 36;
            const float *x = x0;
            const float *g = g0;
            float *y = y0 + k * 130;

            n = 36 - i < to - p ? 36 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 36;
            rest /= 36;
            x += i * 65;
            g += i * 65;
            bn_grad_sums_c_69(x,
                g,
                c0,
                c1,
                c2,
                y, n, p - from);
            bn_grad_sums_c_68(x,
                g,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* From sums of g and g (x - mean): gradients of scale and bias, and the numbers of bn_grad. */
NET_FN void bn_grad_fold_c_71(const float *x, const float *s, const float *variance, float *dscale, float *dbias,
    float *p, float *q)
{
    for (int c = 0; c < 65; c++) {
        const double k = 1 / sqrt((double)variance[c] + 1e-05);
        double g = 0, moment = 0;

        for (int i = 0; i < 16; i++) {
            g += (double)x[i * 130 + c];
            moment += (double)x[i * 130 + 65 + c];
        }
        dscale[c] = (float)(moment * k);
        dbias[c] = (float)g;
        p[c] = (float)(-(double)s[c] * k * k * moment / 36);
        q[c] = (float)(-(double)s[c] * g / 36);
    }
}

/* bn_grad of n pixels, channels 64 to 65, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_c_72(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 64, k = 0; c < 65; c += 4, k++) {
            const v_f32 v = v_load_n(x + i * 65 + c * 1, 1);
            v_f32 z = v_load_n(g + i * 65 + c * 1, 1);
            NET_UNUSED const v_f32 k0 = v_load_n(c0 + c, 1);
            NET_UNUSED const v_f32 k1 = v_load_n(c1 + c, 1);
            NET_UNUSED const v_f32 k2 = v_load_n(c2 + c, 1);
            NET_UNUSED const v_f32 k3 = v_load_n(c3 + c, 1);
            NET_UNUSED const v_f32 k4 = v_load_n(c4 + c, 1);
            z = d_relu_c_57(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            z = v_fma(z, k1, v_fma(v_sub(v, k0), k3, k4));
            v_store_n(y + i * 65 + c * 1, z, 1);
        }
}

/* bn_grad of n pixels, channels 0 to 64, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_c_73(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 64; c += 4, k++) {
            const v_f32 v = v_load(x + i * 65 + c * 1);
            v_f32 z = v_load(g + i * 65 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            NET_UNUSED const v_f32 k3 = v_load(c3 + c);
            NET_UNUSED const v_f32 k4 = v_load(c4 + c);
            z = d_relu_c_57(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            z = v_fma(z, k1, v_fma(v_sub(v, k0), k3, k4));
            v_store(y + i * 65 + c * 1, z);
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_grad_c_74(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(36), to = NET_TO(36);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 36;
            const float *x = x0;
            const float *g = g0;
            float *y = y0;

            n = 36 - i < to - p ? 36 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 36;
            rest /= 36;
            x += i * 65;
            g += i * 65;
            y += i * 65;
            bn_grad_c_73(x,
                g,
                c0,
                c1,
                c2,
                c3,
                c4,
                y, n, p - from);
            bn_grad_c_72(x,
                g,
                c0,
                c1,
                c2,
                c3,
                c4,
                y, n, p - from);
        }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_75(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(65);
        ptrdiff_t i = NET_FROM16(65);
        for (; i + V <= n; i += V)
            v_store(y0 + i, v_same(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, v_same(v_load_n(x0 + i, left)), left);
        }
}

/* Adds the products of 2 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_76(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s0_1 = v_set1(0.0f);
    v_f32 s1_0 = v_set1(0.0f);
    v_f32 s1_1 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        const v_f32 b1 = v_load(b + 4);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        p = v_set1(a[1]);
        s1_0 = v_fma(p, b0, s1_0);
        s1_1 = v_fma(p, b1, s1_1);
        a += 65;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
    v_store(y + 8, v_add(v_load(y + 8), s1_0));
    v_store(y + 12, v_add(v_load(y + 12), s1_1));
}

/* Adds the products of 1 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_77(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s0_1 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        const v_f32 b1 = v_load(b + 4);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        a += 65;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void conv_grad_c_78(const float *x, const float *g, float *dw, int part, int parts)
{
    static const int lo[] = {
        0,
    }, hi[] = {
        36,
    };
    const int from = (int)NET_FROM(33);
    const int to = (int)NET_TO(33);

    for (int k = from; k < to; k++) {
        const int tap = k / 33, t = k % 33;
        const int row = t * 1 + (t < 32 ? t : 32);
        memset(dw + tap * (ptrdiff_t)520 + row * (ptrdiff_t)8, 0,
            (size_t)(t < 32 ? 2 : 1) * 8 * sizeof *dw);
    }
    for (int n = 0; n < 1; n++)
    for (int o = 0; o < 1; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 33, t = k % 33;
        const int r = tap / 1, s = tap % 1, h = o * 1 - 0 + r * 1;
        const int row = t * 1 + (t < 32 ? t : 32), first = lo[s];
        const ptrdiff_t count = (o == 0 ? 36 : hi[s]) - first;
        const ptrdiff_t at = n * (ptrdiff_t)72 + h * (ptrdiff_t)288 - 0
            + first * (ptrdiff_t)8 + s * (ptrdiff_t)8;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)585 + o * (ptrdiff_t)2340
            + first * (ptrdiff_t)65;
        float *y = dw + tap * (ptrdiff_t)520 + row * (ptrdiff_t)8;

        if (h < 0 || h >= 1 || count <= 0)
            continue;
        gr += row * (ptrdiff_t)1;
        for (int c = 0; c < 8; c += 8)
            if (t < 32)
                grad_tile_c_76(gr, xr + c, y + c, count);
            else
                grad_tile_c_77(gr, xr + c, y + c, count);
    }
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_79(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 8; first += 16) {
        const int left = 8 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)65;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 65; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)1 + c * (ptrdiff_t)(8)
                + r * (ptrdiff_t)(1) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)1];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* Transposed depthwise convolution: for each pixel the list of what it meets, then channel by
 * channel. */
NET_FN void depthwise_back_c_80(const float *x, const float *w, float *y, int part, int parts)
{
    for (int n = 0; n < 4; n++)
    for (int h = (int)NET_ROW_FROM(4, 5); h < (int)NET_ROW_TO(4, 5); h++)
    for (int i = 0; i < 5; i++) {
        const float *xs[9], *ws[9];
        float *p = y + n * (ptrdiff_t)200 + h * (ptrdiff_t)40 + i * (ptrdiff_t)8;
        int count = 0;

        for (int r = 0; r < 3; r++) {
            const int oh = h + 1 - r * 1;
            if (oh < 0 || oh % 2 || oh / 2 >= 3)
                continue;
            for (int s = 0; s < 3; s++) {
                const int ow = i + 1 - s * 1;
                if (ow < 0 || ow % 2 || ow / 2 >= 3)
                    continue;
                xs[count] = x + n * (ptrdiff_t)72 + oh / 2 * (ptrdiff_t)24
                    + ow / 2 * (ptrdiff_t)8;
                ws[count++] = w + (r * 3 + s) * 8;
            }
        }
        for (int c = 0; c < 8; c += 4) {
            v_f32 a = v_set1(0.0f);
            for (int k = 0; k < count; k++)
                a = v_fma(v_load(xs[k] + c), v_load(ws[k] + c), a);
            v_store(p + c, a);
        }
    }
}

/* Row o of dy, all taps of one block of channels. */
NET_FN void depthwise_grad_c_81_0(const float *x, const float *g, float *dw, int o)
{
    for (int r = 0; r < 3; r++) {
        const int h = o * 2 - 1 + r * 1;
        const float *xr = x + h * (ptrdiff_t)40;

        if (h < 0 || h >= 5)
            continue;
        if (1 < 3) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (1) * (ptrdiff_t)8;
            const float *gq = g + 1 * (ptrdiff_t)8;
            float *p = dw + (r * 3 + 0) * (ptrdiff_t)8;
            int i = 1;

            for (; i + 4 <= 3; i += 4, xq += 64, gq += 32) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 16), v_load(gq + 8), b);
                c = v_fma(v_load(xq + 32), v_load(gq + 16), c);
                d = v_fma(v_load(xq + 48), v_load(gq + 24), d);
            }
            for (; i < 3; i++, xq += 16, gq += 8)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
        if (0 < 3) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (0) * (ptrdiff_t)8;
            const float *gq = g + 0 * (ptrdiff_t)8;
            float *p = dw + (r * 3 + 1) * (ptrdiff_t)8;
            int i = 0;

            for (; i + 4 <= 3; i += 4, xq += 64, gq += 32) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 16), v_load(gq + 8), b);
                c = v_fma(v_load(xq + 32), v_load(gq + 16), c);
                d = v_fma(v_load(xq + 48), v_load(gq + 24), d);
            }
            for (; i < 3; i++, xq += 16, gq += 8)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
        if (0 < 2) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (1) * (ptrdiff_t)8;
            const float *gq = g + 0 * (ptrdiff_t)8;
            float *p = dw + (r * 3 + 2) * (ptrdiff_t)8;
            int i = 0;

            for (; i + 4 <= 2; i += 4, xq += 64, gq += 32) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 16), v_load(gq + 8), b);
                c = v_fma(v_load(xq + 32), v_load(gq + 16), c);
                d = v_fma(v_load(xq + 48), v_load(gq + 24), d);
            }
            for (; i < 2; i++, xq += 16, gq += 8)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
    }
}

/* Gradient of depthwise weights: threads share channels, each of which is one sum per tap. */
NET_FN void depthwise_grad_c_81(const float *x, const float *g, float *dw, int part, int parts)
{
    const int from = (int)NET_FROM(2), to = (int)NET_TO(2);

    for (int k = from; k < to; k++)
        for (int t = 0; t < 9; t++)
            for (int c = k * 4; c < (k + 1) * 4 && c < 8; c++)
                dw[t * 8 + c] = 0.0f;
    for (int n = 0; n < 4; n++)
    for (int o = 0; o < 3; o++) {
        const float *xn = x + n * (ptrdiff_t)200;
        const float *gn = g + n * (ptrdiff_t)72 + o * (ptrdiff_t)24;

        for (int k = from; k < to; k++)
            depthwise_grad_c_81_0(xn + k * 4, gn + k * 4, dw + k * 4, o);
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_82(const float *x0, float *y0, int part, int parts)
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

/* The gradient at the operand z, or where that tells as much the result,
 * of hard_swish. */
NET_FN v_f32 d_hard_swish_c_83(v_f32 z, v_f32 dy)
{
    NET_UNUSED const v_f32 zero = v_set1(0);

    const v_f32 slope = v_add(v_div(z, v_set1(3)), v_set1(0.5f));

    z = v_if_less(z, v_set1(3), v_mul(dy, slope), dy);
    return v_if_less(v_set1(-0.5f), slope, z, zero);
}

/* bn_grad_sums of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_sums_c_84(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    v_f32 sum[2], moment[2];

    for (int k = 0; k < 2; k++)
        sum[k] = moment[k] = v_set1(0);
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            v_f32 z = v_load(g + i * 8 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            z = d_hard_swish_c_83(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            sum[k] = v_add(sum[k], z);
            moment[k] = v_fma(z, v_sub(v, k0), moment[k]);
        }
    for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++) {
        v_store(y + c, v_add(v_load(y + c), sum[k]));
        v_store(y + 8 + c, v_add(v_load(y + 8 + c), moment[k]));
    }
}

/* Pixels by channels, in runs of at most 64 pixels. */
NET_FN void bn_grad_sums_c_85(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)100 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)100 * (k + 1) / 16;

        for (int c = 0; c < 16; c++)
            y0[k * 16 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 100;
            const float *x = x0;
            const float *g = g0;
            float *y = y0 + k * 16;

            n = 100 - i < to - p ? 100 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 100;
            rest /= 100;
            x += i * 8;
            g += i * 8;
            bn_grad_sums_c_84(x,
                g,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* From sums of g and g (x - mean): gradients of scale and bias, and the numbers of bn_grad. */
NET_FN void bn_grad_fold_c_86(const float *x, const float *s, const float *variance, float *dscale, float *dbias,
    float *p, float *q)
{
    for (int c = 0; c < 8; c++) {
        const double k = 1 / sqrt((double)variance[c] + 1e-05);
        double g = 0, moment = 0;

        for (int i = 0; i < 16; i++) {
            g += (double)x[i * 16 + c];
            moment += (double)x[i * 16 + 8 + c];
        }
        dscale[c] = (float)(moment * k);
        dbias[c] = (float)g;
        p[c] = (float)(-(double)s[c] * k * k * moment / 100);
        q[c] = (float)(-(double)s[c] * g / 100);
    }
}

/* bn_grad of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_c_87(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            v_f32 z = v_load(g + i * 8 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            NET_UNUSED const v_f32 k3 = v_load(c3 + c);
            NET_UNUSED const v_f32 k4 = v_load(c4 + c);
            z = d_hard_swish_c_83(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            z = v_fma(z, k1, v_fma(v_sub(v, k0), k3, k4));
            v_store(y + i * 8 + c * 1, z);
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_grad_c_88(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(100), to = NET_TO(100);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 100;
            const float *x = x0;
            const float *g = g0;
            float *y = y0;

            n = 100 - i < to - p ? 100 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 100;
            rest /= 100;
            x += i * 8;
            g += i * 8;
            y += i * 8;
            bn_grad_c_87(x,
                g,
                c0,
                c1,
                c2,
                c3,
                c4,
                y, n, p - from);
        }
    }
}

/* Row o of dy, all taps of one block of channels. */
NET_FN void depthwise_grad_c_89_0(const float *x, const float *g, float *dw, int o)
{
    for (int r = 0; r < 3; r++) {
        const int h = o * 1 - 1 + r * 1;
        const float *xr = x + h * (ptrdiff_t)40;

        if (h < 0 || h >= 5)
            continue;
        if (1 < 5) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (0) * (ptrdiff_t)8;
            const float *gq = g + 1 * (ptrdiff_t)8;
            float *p = dw + (r * 3 + 0) * (ptrdiff_t)8;
            int i = 1;

            for (; i + 4 <= 5; i += 4, xq += 32, gq += 32) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 8), v_load(gq + 8), b);
                c = v_fma(v_load(xq + 16), v_load(gq + 16), c);
                d = v_fma(v_load(xq + 24), v_load(gq + 24), d);
            }
            for (; i < 5; i++, xq += 8, gq += 8)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
        if (0 < 5) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (0) * (ptrdiff_t)8;
            const float *gq = g + 0 * (ptrdiff_t)8;
            float *p = dw + (r * 3 + 1) * (ptrdiff_t)8;
            int i = 0;

            for (; i + 4 <= 5; i += 4, xq += 32, gq += 32) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 8), v_load(gq + 8), b);
                c = v_fma(v_load(xq + 16), v_load(gq + 16), c);
                d = v_fma(v_load(xq + 24), v_load(gq + 24), d);
            }
            for (; i < 5; i++, xq += 8, gq += 8)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
        if (0 < 4) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (1) * (ptrdiff_t)8;
            const float *gq = g + 0 * (ptrdiff_t)8;
            float *p = dw + (r * 3 + 2) * (ptrdiff_t)8;
            int i = 0;

            for (; i + 4 <= 4; i += 4, xq += 32, gq += 32) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 8), v_load(gq + 8), b);
                c = v_fma(v_load(xq + 16), v_load(gq + 16), c);
                d = v_fma(v_load(xq + 24), v_load(gq + 24), d);
            }
            for (; i < 4; i++, xq += 8, gq += 8)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
    }
}

/* Gradient of depthwise weights: threads share channels, each of which is one sum per tap. */
NET_FN void depthwise_grad_c_89(const float *x, const float *g, float *dw, int part, int parts)
{
    const int from = (int)NET_FROM(2), to = (int)NET_TO(2);

    for (int k = from; k < to; k++)
        for (int t = 0; t < 9; t++)
            for (int c = k * 4; c < (k + 1) * 4 && c < 8; c++)
                dw[t * 8 + c] = 0.0f;
    for (int n = 0; n < 4; n++)
    for (int o = 0; o < 5; o++) {
        const float *xn = x + n * (ptrdiff_t)200;
        const float *gn = g + n * (ptrdiff_t)200 + o * (ptrdiff_t)40;

        for (int k = from; k < to; k++)
            depthwise_grad_c_89_0(xn + k * 4, gn + k * 4, dw + k * 4, o);
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_90(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(9); i0 < NET_TO(9); i0++) {
        const float *x1 = x0 + i0 * -1;
        float *y1 = y0 + i0 * 8;
    for (ptrdiff_t i1 = 0; i1 < 8; i1++) {
        const float *x2 = x1 + i1 * 9;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

/* Transposed convolution.  Output o gets input i by the kernel's element r where i * stride + r *
 * dilation = o + pad. */
NET_FN void conv_transpose_c_91(const float *x, const float *w,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 4; n++)
    for (ptrdiff_t g = 0; g < 2; g++)
    for (ptrdiff_t o0 = NET_FROM(5); o0 < NET_TO(5); o0++) {
        const ptrdiff_t t0 = o0 + 1, past0 = t0 - 4;
        const ptrdiff_t room0 = t0 / 1 + 1;
        const ptrdiff_t end0 = room0 < 3 ? room0 : 3;
        ptrdiff_t first0 = past0 > 0 ? (past0 + 0) / 1 : 0;
    for (ptrdiff_t o1 = 0; o1 < 5; o1++) {
        const ptrdiff_t t1 = o1 + 1, past1 = t1 - 4;
        const ptrdiff_t room1 = t1 / 1 + 1;
        const ptrdiff_t end1 = room1 < 3 ? room1 : 3;
        ptrdiff_t first1 = past1 > 0 ? (past1 + 0) / 1 : 0;
        const float *xg = x + n * 200 + g * 4, *wg = w + g * 144;
        float *yo = y + n * 200 + g * 4
            + o0 * 40
            + o1 * 8
            ;

        while (first0 < end0 && (t0 - first0 * 1) % 1)
            first0++;
        while (first1 < end1 && (t1 - first1 * 1) % 1)
            first1++;
        for (ptrdiff_t k = 0; k < 4; k++) {
            float sum = 0;

            for (ptrdiff_t r0 = first0; r0 < end0; r0 += 1)
            for (ptrdiff_t r1 = first1; r1 < end1; r1 += 1)
            for (ptrdiff_t c = 0; c < 4; c++) {
                const float p = xg[c * 1
                    + (t0 - r0 * 1) / 1 * 40
                    + (t1 - r1 * 1) / 1 * 8
                    ];
                const float *q = wg + c * 36 + k * 9
                    + r0 * 3
                    + r1 * 1
                    ;

                sum = s_fma(p, *q, sum);
            }
            yo[k * 1] = sum;
        }
    }
    }
}

/* Gradient of weights in plain loops: any types, layouts, groups and dimensions. */
NET_FN void conv_grad_c_92(const float *x, const float *g, float *dw, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(8); k < NET_TO(8); k++)
    for (ptrdiff_t c = 0; c < 4; c++)
    for (ptrdiff_t r0 = 0; r0 < 3; r0++)
    for (ptrdiff_t r1 = 0; r1 < 3; r1++)
    {
        const ptrdiff_t xc = (k / 4 * 4 + c) * 1, yc = k * 1;
        double sum = 0;

        for (ptrdiff_t n = 0; n < 4; n++)
        for (ptrdiff_t o0 = 0; o0 < 5; o0++)
        for (ptrdiff_t o1 = 0; o1 < 5; o1++)
        {
            ptrdiff_t xi = n * 200 + xc, yi = n * 200 + yc;
            const ptrdiff_t i0 = o0 * 1 - 1 + r0 * 1;
            if (i0 < 0 || i0 >= 5)
                continue;
            xi += i0 * 40;
            yi += o0 * 40;
            const ptrdiff_t i1 = o1 * 1 - 1 + r1 * 1;
            if (i1 < 0 || i1 >= 5)
                continue;
            xi += i1 * 8;
            yi += o1 * 8;
            sum = d_fma((double)x[xi], (double)g[yi], sum);
        }
        dw[k * 36 + c * 1
            + r0 * 12
            + r1 * 4
            ] = (float)sum;
    }
}

/* The sums of 8 channels over 100 pixels in 16 parts, which threads share. */
NET_FN void sum_pixels_c_93(const float *x, float *sums, int part, int parts)
{
    for (int q = (int)NET_FROM(16); q < (int)NET_TO(16); q++) {
        const ptrdiff_t from = 100 * (ptrdiff_t)q / 16;
        const ptrdiff_t to = 100 * (ptrdiff_t)(q + 1) / 16;
        float *y = sums + q * (ptrdiff_t)8;

        for (int k = 0; k < 8; k += 4) {
            const float *p = x + from * 8 + k;
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            ptrdiff_t i = from;

            for (; i + 4 <= to; i += 4, p += 32) {
                a = v_add(a, v_load(p));
                b = v_add(b, v_load(p + 8));
                c = v_add(c, v_load(p + 16));
                d = v_add(d, v_load(p + 24));
            }
            for (; i < to; i++, p += 8)
                a = v_add(a, v_load(p));
            v_store(y + k, v_add(v_add(a, b), v_add(c, d)));
        }
    }
}

/* 16 sums of 8 numbers each become one, in the first one's place, in their order. */
NET_FN void sum_parts_c_94(float *y, int part, int parts)
{
    const ptrdiff_t to = NET_TO16(8);

    for (ptrdiff_t i = NET_FROM16(8); i < to; i += 4) {
        const int n = (int)NET_LEAST(to - i, 4);
        v_f32 a = v_load_n(y + i, n);

        for (int k = 1; k < 16; k++)
            a = v_add(a, v_load_n(y + k * (ptrdiff_t)8 + i, n));
        v_store_n(y + i, a, n);
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_95(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(8); i0 < NET_TO(8); i0++) {
        const float *x1 = x0 + i0 * 36;
        float *y1 = y0 + i0 * 36;
    for (ptrdiff_t i1 = 0; i1 < 4; i1++) {
        const float *x2 = x1 + i1 * 1;
        float *y2 = y1 + i1 * 9;
    for (ptrdiff_t i2 = 0; i2 < 9; i2++) {
        const float *x3 = x2 + i2 * 4;
        float *y3 = y2 + i2 * 1;
        float x = *x3;
        *y3 = (float)(x);
    }
    }
    }
}

/* The gradient at the operand z, or where that tells as much the result,
 * of clip. */
NET_FN v_f32 d_clip_c_96(v_f32 z, v_f32 dy)
{
    NET_UNUSED const v_f32 zero = v_set1(0);

    return v_if_less(z, v_set1(6.0f), v_if_less(v_set1(0.0f), z, dy, zero), zero);
}

/* bn_grad_sums of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_sums_c_97(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    v_f32 sum[2], moment[2];

    for (int k = 0; k < 2; k++)
        sum[k] = moment[k] = v_set1(0);
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            v_f32 z = v_load(g + i * 8 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            z = d_clip_c_96(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            sum[k] = v_add(sum[k], z);
            moment[k] = v_fma(z, v_sub(v, k0), moment[k]);
        }
    for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++) {
        v_store(y + c, v_add(v_load(y + c), sum[k]));
        v_store(y + 8 + c, v_add(v_load(y + 8 + c), moment[k]));
    }
}

/* Pixels by channels, in runs of at most 64 pixels. */
NET_FN void bn_grad_sums_c_98(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)100 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)100 * (k + 1) / 16;

        for (int c = 0; c < 16; c++)
            y0[k * 16 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 100;
            const float *x = x0;
            const float *g = g0;
            float *y = y0 + k * 16;

            n = 100 - i < to - p ? 100 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 100;
            rest /= 100;
            x += i * 8;
            g += i * 8;
            bn_grad_sums_c_97(x,
                g,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* bn_grad of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_c_99(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 4, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            v_f32 z = v_load(g + i * 8 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            NET_UNUSED const v_f32 k3 = v_load(c3 + c);
            NET_UNUSED const v_f32 k4 = v_load(c4 + c);
            z = d_clip_c_96(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            z = v_fma(z, k1, v_fma(v_sub(v, k0), k3, k4));
            v_store(y + i * 8 + c * 1, z);
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_grad_c_100(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(100), to = NET_TO(100);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 100;
            const float *x = x0;
            const float *g = g0;
            float *y = y0;

            n = 100 - i < to - p ? 100 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 100;
            rest /= 100;
            x += i * 8;
            g += i * 8;
            y += i * 8;
            bn_grad_c_99(x,
                g,
                c0,
                c1,
                c2,
                c3,
                c4,
                y, n, p - from);
        }
    }
}

/* Adds the products of 2 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_101(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s0_1 = v_set1(0.0f);
    v_f32 s1_0 = v_set1(0.0f);
    v_f32 s1_1 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        const v_f32 b1 = v_load(b + 4);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        p = v_set1(a[81]);
        s1_0 = v_fma(p, b0, s1_0);
        s1_1 = v_fma(p, b1, s1_1);
        a += 2;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
    v_store(y + 8, v_add(v_load(y + 8), s1_0));
    v_store(y + 12, v_add(v_load(y + 12), s1_1));
}

/* Adds the products of 1 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_102(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s0_1 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        const v_f32 b1 = v_load(b + 4);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        a += 2;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void conv_grad_c_103(const float *x, const float *g, float *dw, int part, int parts)
{
    static const int lo[] = {
        1,
        0,
        0,
    }, hi[] = {
        5,
        5,
        4,
    };
    const int from = (int)NET_FROM(18);
    const int to = (int)NET_TO(18);

    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int row = t * 1 + (t < 1 ? t : 1);
        memset(dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8, 0,
            (size_t)(t < 1 ? 2 : 1) * 8 * sizeof *dw);
    }
    for (int n = 0; n < 4; n++)
    for (int o = 0; o < 5; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int r = tap / 3, s = tap % 3, h = o * 2 - 1 + r * 1;
        const int row = t * 1 + (t < 1 ? t : 1), first = lo[s];
        const ptrdiff_t count = hi[s] - first;
        const ptrdiff_t at = n * (ptrdiff_t)243 + h * (ptrdiff_t)9 - 1
            + first * (ptrdiff_t)2 + s * (ptrdiff_t)1;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)200 + o * (ptrdiff_t)40
            + first * (ptrdiff_t)8;
        float *y = dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8;

        if (h < 0 || h >= 9 || count <= 0)
            continue;
        xr += row * (ptrdiff_t)81;
        for (int c = 0; c < 8; c += 8)
            if (t < 1)
                grad_tile_c_101(xr, gr + c, y + c, count);
            else
                grad_tile_c_102(xr, gr + c, y + c, count);
    }
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_104(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = 0; i0 < 3; i0++) {
        const float *x1 = x0 + i0 * 8;
        float *y1 = y0 + i0 * 9;
        const ptrdiff_t blocks = 1;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 8; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 9 ? end : 9;
            const ptrdiff_t last = c + 16 < 8 ? c + 16 : 8;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y1[j * 27 + i] = x1[i * 24 + j];
        }
    }
}

/* The sum of squares of all gradients so far; at the last, the factor that makes its root at most
 * h->clip (torch.nn.utils.clip_grad_norm_). */
NET_FN void clip_factor_c_105(const float *g, const mnc_head *h, float *y)
{
    double sum = 0;

    for (ptrdiff_t i = 0; i < 24; i++)
        sum += (double)g[i] * (double)g[i];
    (void)h;
    *y = (float)sum;
}

/* The sum of squares of all gradients so far; at the last, the factor that makes its root at most
 * h->clip (torch.nn.utils.clip_grad_norm_). */
NET_FN void clip_factor_c_106(const float *g, const mnc_head *h, float *y)
{
    double sum = 0;

    sum = (double)*y;
    for (ptrdiff_t i = 0; i < 3; i++)
        sum += (double)g[i] * (double)g[i];
    (void)h;
    *y = (float)sum;
}

/* The sum of squares of all gradients so far; at the last, the factor that makes its root at most
 * h->clip (torch.nn.utils.clip_grad_norm_). */
NET_FN void clip_factor_c_107(const float *g, const mnc_head *h, float *y)
{
    double sum = 0;

    sum = (double)*y;
    for (ptrdiff_t i = 0; i < 520; i++)
        sum += (double)g[i] * (double)g[i];
    (void)h;
    *y = (float)sum;
}

/* The sum of squares of all gradients so far; at the last, the factor that makes its root at most
 * h->clip (torch.nn.utils.clip_grad_norm_). */
NET_FN void clip_factor_c_108(const float *g, const mnc_head *h, float *y)
{
    double sum = 0;

    sum = (double)*y;
    for (ptrdiff_t i = 0; i < 8; i++)
        sum += (double)g[i] * (double)g[i];
    (void)h;
    *y = (float)sum;
}

/* The sum of squares of all gradients so far; at the last, the factor that makes its root at most
 * h->clip (torch.nn.utils.clip_grad_norm_). */
NET_FN void clip_factor_c_109(const float *g, const mnc_head *h, float *y)
{
    double sum = 0;

    sum = (double)*y;
    for (ptrdiff_t i = 0; i < 65; i++)
        sum += (double)g[i] * (double)g[i];
    (void)h;
    *y = (float)sum;
}

/* The sum of squares of all gradients so far; at the last, the factor that makes its root at most
 * h->clip (torch.nn.utils.clip_grad_norm_). */
NET_FN void clip_factor_c_110(const float *g, const mnc_head *h, float *y)
{
    double sum = 0;

    sum = (double)*y;
    for (ptrdiff_t i = 0; i < 72; i++)
        sum += (double)g[i] * (double)g[i];
    (void)h;
    *y = (float)sum;
}

/* The sum of squares of all gradients so far; at the last, the factor that makes its root at most
 * h->clip (torch.nn.utils.clip_grad_norm_). */
NET_FN void clip_factor_c_111(const float *g, const mnc_head *h, float *y)
{
    double sum = 0;

    sum = (double)*y;
    for (ptrdiff_t i = 0; i < 288; i++)
        sum += (double)g[i] * (double)g[i];
    (void)h;
    *y = (float)sum;
}

/* The sum of squares of all gradients so far; at the last, the factor that makes its root at most
 * h->clip (torch.nn.utils.clip_grad_norm_). */
NET_FN void clip_factor_c_112(const float *g, const mnc_head *h, float *y)
{
    double sum = 0;

    sum = (double)*y;
    for (ptrdiff_t i = 0; i < 216; i++)
        sum += (double)g[i] * (double)g[i];
    sum = h->clip / (sqrt(sum) + 1e-6);
    sum = h->clip > 0 && sum < 1 ? sum : 1;
    *y = (float)sum;
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_113(float *w,
    const float *g,
    const float *f,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const v_f32 step = v_set1((float)-h->rate), decay = v_set1((float)h->decay);
    const v_f32 factor = v_set1(*f);

    for (ptrdiff_t i = from; i < to; i += 4) {
        v_f32 x = v_load(w + i), d = v_load(g + i * 1);

        d = v_mul(d, factor);
        d = v_fma(x, decay, d);
        x = v_fma(d, step, x);
        v_store(w + i, x);
    }
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_114(float *w,
    const float *g,
    const float *f,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const float step = s_set1((float)-h->rate), decay = s_set1((float)h->decay);
    const float factor = s_set1(*f);

    for (ptrdiff_t i = from; i < to; i += 1) {
        float x = s_load(w + i), d = s_load(g + i * 1);

        d = s_mul(d, factor);
        d = s_fma(x, decay, d);
        x = s_fma(d, step, x);
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_115(float *w,
    const float *g,
    const float *f,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(24), to = NET_TO16(24);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_113(w + wi,
            g + gi,
            f,
            h, from, whole);
        sgd_c_114(w + wi,
            g + gi,
            f,
            h, whole, to);
    }
}

/* average of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void average_c_116(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const v_f32 keep = v_set1((float)h->average), take = v_set1((float)(1 - h->average));

    for (ptrdiff_t i = from; i < to; i += 4) {
        v_f32 x = v_load(w + i), d = v_load(g + i * 1);

        x = v_fma(x, keep, v_mul(d, take));
        v_store(w + i, x);
    }
}

/* average of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void average_c_117(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const float keep = s_set1((float)h->average), take = s_set1((float)(1 - h->average));

    for (ptrdiff_t i = from; i < to; i += 1) {
        float x = s_load(w + i), d = s_load(g + i * 1);

        x = s_fma(x, keep, s_mul(d, take));
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_118(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(24), to = NET_TO16(24);
        const ptrdiff_t whole = from + (to - from) / V * V;

        average_c_116(w + wi,
            g + gi,
            h, from, whole);
        average_c_117(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_119(float *w,
    const float *g,
    const float *f,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(3), to = NET_TO16(3);
        const ptrdiff_t whole = from;
        sgd_c_114(w + wi,
            g + gi,
            f,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_120(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(3), to = NET_TO16(3);
        const ptrdiff_t whole = from;
        average_c_117(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_121(float *w,
    const float *g,
    const float *f,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(520), to = NET_TO16(520);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_113(w + wi,
            g + gi,
            f,
            h, from, whole);
        sgd_c_114(w + wi,
            g + gi,
            f,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_122(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(520), to = NET_TO16(520);
        const ptrdiff_t whole = from + (to - from) / V * V;

        average_c_116(w + wi,
            g + gi,
            h, from, whole);
        average_c_117(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_123(float *w,
    const float *g,
    const float *f,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(8), to = NET_TO16(8);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_113(w + wi,
            g + gi,
            f,
            h, from, whole);
        sgd_c_114(w + wi,
            g + gi,
            f,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_124(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(8), to = NET_TO16(8);
        const ptrdiff_t whole = from + (to - from) / V * V;

        average_c_116(w + wi,
            g + gi,
            h, from, whole);
        average_c_117(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_125(float *w,
    const float *g,
    const float *f,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(65), to = NET_TO16(65);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_113(w + wi,
            g + gi,
            f,
            h, from, whole);
        sgd_c_114(w + wi,
            g + gi,
            f,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_126(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(65), to = NET_TO16(65);
        const ptrdiff_t whole = from + (to - from) / V * V;

        average_c_116(w + wi,
            g + gi,
            h, from, whole);
        average_c_117(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_127(float *w,
    const float *g,
    const float *f,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(72), to = NET_TO16(72);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_113(w + wi,
            g + gi,
            f,
            h, from, whole);
        sgd_c_114(w + wi,
            g + gi,
            f,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_128(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(72), to = NET_TO16(72);
        const ptrdiff_t whole = from + (to - from) / V * V;

        average_c_116(w + wi,
            g + gi,
            h, from, whole);
        average_c_117(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_129(float *w,
    const float *g,
    const float *f,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(288), to = NET_TO16(288);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_113(w + wi,
            g + gi,
            f,
            h, from, whole);
        sgd_c_114(w + wi,
            g + gi,
            f,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_130(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(288), to = NET_TO16(288);
        const ptrdiff_t whole = from + (to - from) / V * V;

        average_c_116(w + wi,
            g + gi,
            h, from, whole);
        average_c_117(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_131(float *w,
    const float *g,
    const float *f,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(216), to = NET_TO16(216);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_113(w + wi,
            g + gi,
            f,
            h, from, whole);
        sgd_c_114(w + wi,
            g + gi,
            f,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_132(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(216), to = NET_TO16(216);
        const ptrdiff_t whole = from + (to - from) / V * V;

        average_c_116(w + wi,
            g + gi,
            h, from, whole);
        average_c_117(w + wi,
            g + gi,
            h, whole, to);
    }
}

