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

/* Convolution, 3 rows in register tiles along each, by panels of output channels.
 * Tiles at the border leave out kernel columns, rows at the border kernel rows.
 */
NET_FN void conv_c_3(const float *xs, const float *ws, const float *bs,
    float *ys, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 2, t.xc = 36, t.panel = 432, t.ahead = 0;
    t.s = 3, t.xr = 6, t.xq = 1, t.ring = 0, t.dil_h = 1;
    t.step = 2, t.dil = 1;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int n = 0; n < 2; n++)
    for (int g = 0; g < 1; g++) {
    const float *x = xs + n * (ptrdiff_t)108 + g * 108, *w = ws + g * 216;
    const float *b = bs + g * 16;
    float *y = ys + n * (ptrdiff_t)72 + g * 8;
    for (int row = (int)NET_ROW_FROM(2, 3);
         row < (int)NET_ROW_TO(2, 3); row++) {
    for (int c = 0; c < 8; c += 8) {
        const int top = row * 2 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 6 ? 3 : (6 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)12 - 7;
        const float *wc = w + (ptrdiff_t)c * 27;
        float *yr = y + row * (ptrdiff_t)24 + c;
        for (int i = 0; i < 3; i += 3)
            tile_c_2(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, 1, 7, t);
    }
    }
    }
}

/* bn_stats of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_stats_c_4(const float *x,
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
NET_FN void bn_stats_c_5(const float *x0,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)18 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)18 * (k + 1) / 16;

        for (int c = 0; c < 16; c++)
            y0[k * 16 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 18;
            const float *x = x0;
            float *y = y0 + k * 16;

            n = 18 - i < to - p ? 18 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 18;
            rest /= 18;
            x += i * 8;
            bn_stats_c_4(x,
                y, n, p - from);
        }
    }
}

/* Means, and sums of squared distances from them, of 16 parts (Chan, Golub, LeVeque 1979); of
 * 2 ranks by their moments, n mean and sum x^2: in double, the difference of two large
 * numbers keeps more digits than x has. */
NET_FN void bn_total_c_6(const float *x,
    const mnc_ranks *others,
    float *y, double *t)
{
    for (int c = 0; c < 8; c++) {
        double n = 0, m = 0, squares = 0;

        for (ptrdiff_t k = 0; k < 16; k++) {
            const double more = (double)((ptrdiff_t)18 * (k + 1) / 16
                                         - (ptrdiff_t)18 * k / 16);
            const double d = (double)x[k * 16 + c] - m;
            if (more == 0)
                continue;
            squares += (double)x[k * 16 + 8 + c] + d * d * (n * more / (n + more));
            m += d * (more / (n + more));
            n += more;
        }
        t[c] = n * m;
        t[8 + c] = squares + n * m * m;
    }
    others->sum(others->user, t, 16);
    for (int c = 0; c < 8; c++) {
        const double m = t[c] / (double)36, squares = t[8 + c] - t[c] * m;

        y[c] = (float)m;
        y[8 + c] = (float)(squares > 0 ? squares : 0);
    }
}

/* Mean and variance from those of 1 parts (Chan, Golub, LeVeque 1979). */
NET_FN void bn_merge_c_7(const float *x, float *mean, float *variance)
{
    for (int c = 0; c < 8; c++) {
        double n = 0, m = 0, squares = 0;

        for (ptrdiff_t k = 0; k < 1; k++) {
            const double more = (double)((ptrdiff_t)36 * (k + 1) / 1
                                         - (ptrdiff_t)36 * k / 1);
            const double d = (double)x[k * 16 + c] - m;
            if (more == 0)
                continue;
            squares += (double)x[k * 16 + 8 + c] + d * d * (n * more / (n + more));
            m += d * (more / (n + more));
            n += more;
        }
        mean[c] = (float)m;
        variance[c] = (float)(squares / 36);
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
        const ptrdiff_t from = NET_FROM(18), to = NET_TO(18);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 18;
            const float *x = x0;
            float *y = y0;

            n = 18 - i < to - p ? 18 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 18;
            rest /= 18;
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

/* y = mean of x over 9 elements each. */
NET_FN void reduce_c_12(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *x1 = x0 + i0 * 72;
        float *y1 = y0 + i0 * 8;
    const ptrdiff_t end = 8;
    for (ptrdiff_t i = 0; i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x1 + i;
        v_f32 a = v_set1(0.0f), p;
        for (ptrdiff_t k0 = 0; k0 < 9; k0++) {
            const float *r1 = r0 + k0 * 8;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_add(a, p);
        }
        a = v_div(a, v_set1(9.0f));
        if (n == V)
            v_store(y1 + i, a);
        else
            v_store_n(y1 + i, a, n);
    }
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_13(const float *w, float *y, int part, int parts)
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

/* 2 pixels x 3 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_14(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[2][1];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
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
            for (int i = 0; i < 2; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 2; i++)
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
NET_FN void dense_c_15(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 8, t.xw = 8, t.xc = 1, t.panel = 128, t.ahead = 0;
    t.yw = 3, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 3;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)16 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)6 + c;
        for (int i = 0; i < 2; i += 2)
            tile_c_14(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Running statistics, the variance that of a sample. */
NET_FN void bn_track_c_16(float *running_mean, float *running_variance, const float *mean,
    const float *variance, const mnc_head *h)
{
    const double m = h->statistics < 0 ? 0.1 : h->statistics;

    for (int c = 0; c < 8; c++) {
        const double v = (double)variance[c] * (36 / (double)35);

        running_mean[c] = (float)((1 - m) * (double)running_mean[c] + m * (double)mean[c]);
        running_variance[c] = (float)((1 - m) * (double)running_variance[c] + m * v);
    }
}

/* What 2 of the batch's 4 rows give to its mean cross-entropy, and their gradients. */
NET_FN void cross_entropy_c_17(const float *x, const int32_t *labels,
    const mnc_head *h,
    float *loss, float *dx)
{
    const double smooth = h->smoothing;
    double total = 0;

    for (int n = 0; n < 2; n++) {
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

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_18(const float *w, float *y, int part, int parts)
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

/* 2 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_19(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[2][2];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
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
            for (int i = 0; i < 2; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 2; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
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

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void dense_c_20(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 3, t.xc = 1, t.panel = 48, t.ahead = 0;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 8;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)6 - 0;
        const float *wc = w + (ptrdiff_t)c * 3;
        float *yr = y + row * (ptrdiff_t)16 + c;
        for (int i = 0; i < 2; i += 2)
            tile_c_19(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Adds the products of 2 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_21(const float *a, const float *b, float *y, ptrdiff_t n)
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
NET_FN void grad_tile_c_22(const float *a, const float *b, float *y, ptrdiff_t n)
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
NET_FN void conv_grad_c_23(const float *x, const float *g, float *dw, int part, int parts)
{
    static const int lo[] = {
        0,
    }, hi[] = {
        2,
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
        const ptrdiff_t count = (o == 0 ? 2 : hi[s]) - first;
        const ptrdiff_t at = n * (ptrdiff_t)8 + h * (ptrdiff_t)16 - 0
            + first * (ptrdiff_t)8 + s * (ptrdiff_t)8;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)3 + o * (ptrdiff_t)6
            + first * (ptrdiff_t)3;
        float *y = dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8;

        if (h < 0 || h >= 1 || count <= 0)
            continue;
        gr += row * (ptrdiff_t)1;
        for (int c = 0; c < 8; c += 8)
            if (t < 1)
                grad_tile_c_21(gr, xr + c, y + c, count);
            else
                grad_tile_c_22(gr, xr + c, y + c, count);
    }
    }
}

/* y = sum of x over 2 elements each. */
NET_FN void reduce_c_24(const float *x0, float *y0, int part, int parts)
{
    const ptrdiff_t end = NET_TO16(3);
    for (ptrdiff_t i = NET_FROM16(3); i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x0 + i;
        v_f32 a = v_set1(0.0f), p;
        for (ptrdiff_t k0 = 0; k0 < 2; k0++) {
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
NET_FN void map_c_25(const float *x0, float *y0, int part, int parts)
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

/* A gradient is complete: those of all ranks are added up while the backward pass goes on. */
NET_FN void all_reduce_c_26(const mnc_ranks *others, float *g)
{
    others->begin(others->user, g, 24);
}

/* y = f(x), element by element. */
NET_FN void map_c_27(const float *x0, float *y0, int part, int parts)
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

/* A gradient is complete: those of all ranks are added up while the backward pass goes on. */
NET_FN void all_reduce_c_28(const mnc_ranks *others, float *g)
{
    others->begin(others->user, g, 3);
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_29(const float *a0, const float *b0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(16);
        ptrdiff_t i = NET_FROM16(16);
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

/* The gradient at the operand z, or where that tells as much the result,
 * of clip. */
NET_FN v_f32 d_clip_c_30(v_f32 z, v_f32 dy)
{
    NET_UNUSED const v_f32 zero = v_set1(0);

    return v_if_less(z, v_set1(6.0f), v_if_less(v_set1(0.0f), z, dy, zero), zero);
}

/* bn_grad_sums of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_sums_c_31(const float *x,
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
            v_f32 z = v_load(g + i * 0 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            z = d_clip_c_30(v_fma(v_sub(v, k0), k1, k2), z);
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
NET_FN void bn_grad_sums_c_32(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)18 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)18 * (k + 1) / 16;

        for (int c = 0; c < 16; c++)
            y0[k * 16 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 9;
            const float *x = x0;
            const float *g = g0;
            float *y = y0 + k * 16;

            n = 9 - i < to - p ? 9 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 9;
            rest /= 9;
            x += i * 8;
            g += i * 0;
            i = rest % 2;
            rest /= 2;
            x += i * 72;
            g += i * 8;
            bn_grad_sums_c_31(x,
                g,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* The sums of 16 parts and 2 ranks. */
NET_FN void bn_total_c_33(const float *x,
    const mnc_ranks *others,
    float *y, double *t)
{
    for (int c = 0; c < 8; c++) {
        t[c] = t[8 + c] = 0;
        for (ptrdiff_t k = 0; k < 16; k++) {
            t[c] += (double)x[k * 16 + c];
            t[8 + c] += (double)x[k * 16 + 8 + c];
        }
    }
    others->sum(others->user, t, 16);
    for (int c = 0; c < 8; c++) {
        y[c] = (float)t[c];
        y[8 + c] = (float)t[8 + c];
    }
}

/* From sums of g and g (x - mean): gradients of scale and bias, and the numbers of bn_grad. */
NET_FN void bn_grad_fold_c_34(const float *x, const float *s, const float *variance, float *dscale, float *dbias,
    float *p, float *q)
{
    for (int c = 0; c < 8; c++) {
        const double k = 1 / sqrt((double)variance[c] + 1e-05);
        double g = 0, moment = 0;

        for (int i = 0; i < 1; i++) {
            g += (double)x[i * 16 + c];
            moment += (double)x[i * 16 + 8 + c];
        }
        dscale[c] = (float)(moment * k / 2);
        dbias[c] = (float)(g / 2);
        p[c] = (float)(-(double)s[c] * k * k * moment / 36);
        q[c] = (float)(-(double)s[c] * g / 36);
    }
}

/* bn_grad of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_c_35(const float *x,
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
            v_f32 z = v_load(g + i * 0 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            NET_UNUSED const v_f32 k3 = v_load(c3 + c);
            NET_UNUSED const v_f32 k4 = v_load(c4 + c);
            z = d_clip_c_30(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            z = v_fma(z, k1, v_fma(v_sub(v, k0), k3, k4));
            v_store(y + i * 8 + c * 1, z);
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_grad_c_36(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(18), to = NET_TO(18);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 9;
            const float *x = x0;
            const float *g = g0;
            float *y = y0;

            n = 9 - i < to - p ? 9 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 9;
            rest /= 9;
            x += i * 8;
            g += i * 0;
            y += i * 8;
            i = rest % 2;
            rest /= 2;
            x += i * 72;
            g += i * 8;
            y += i * 72;
            bn_grad_c_35(x,
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
NET_FN void map_c_37(const float *x0, float *y0, int part, int parts)
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

/* A gradient is complete: those of all ranks are added up while the backward pass goes on. */
NET_FN void all_reduce_c_38(const mnc_ranks *others, float *g)
{
    others->begin(others->user, g, 8);
}

/* Adds the products of 2 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_39(const float *a, const float *b, float *y, ptrdiff_t n)
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
        p = v_set1(a[36]);
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
NET_FN void grad_tile_c_40(const float *a, const float *b, float *y, ptrdiff_t n)
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
NET_FN void conv_grad_c_41(const float *x, const float *g, float *dw, int part, int parts)
{
    static const int lo[] = {
        1,
        0,
        0,
    }, hi[] = {
        3,
        3,
        3,
    };
    const int from = (int)NET_FROM(18);
    const int to = (int)NET_TO(18);

    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int row = t * 1 + (t < 1 ? t : 1);
        memset(dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8, 0,
            (size_t)(t < 1 ? 2 : 1) * 8 * sizeof *dw);
    }
    for (int n = 0; n < 2; n++)
    for (int o = 0; o < 3; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int r = tap / 3, s = tap % 3, h = o * 2 - 1 + r * 1;
        const int row = t * 1 + (t < 1 ? t : 1), first = lo[s];
        const ptrdiff_t count = hi[s] - first;
        const ptrdiff_t at = n * (ptrdiff_t)108 + h * (ptrdiff_t)6 - 1
            + first * (ptrdiff_t)2 + s * (ptrdiff_t)1;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)72 + o * (ptrdiff_t)24
            + first * (ptrdiff_t)8;
        float *y = dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8;

        if (h < 0 || h >= 6 || count <= 0)
            continue;
        xr += row * (ptrdiff_t)36;
        for (int c = 0; c < 8; c += 8)
            if (t < 1)
                grad_tile_c_39(xr, gr + c, y + c, count);
            else
                grad_tile_c_40(xr, gr + c, y + c, count);
    }
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_42(const float *x0, float *y0, int part, int parts)
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

/* A gradient is complete: those of all ranks are added up while the backward pass goes on. */
NET_FN void all_reduce_c_43(const mnc_ranks *others, float *g)
{
    others->begin(others->user, g, 216);
}

/* Mean over 2 rows of the cross-entropy of softmax(x) with the labels, and its gradient.  A
 * label that is none has no loss. */
NET_FN void cross_entropy_c_44(const float *x, const int32_t *labels,
    const mnc_head *h,
    float *loss, float *dx)
{
    const double smooth = h->smoothing;
    double total = 0;

    for (int n = 0; n < 2; n++) {
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
                / 2);
        }
    }
    *loss = (float)(total / 2);
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_45(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const v_f32 step = v_set1((float)-h->rate), decay = v_set1((float)h->decay);

    for (ptrdiff_t i = from; i < to; i += 4) {
        v_f32 x = v_load(w + i), d = v_load(g + i * 1);

        d = v_fma(x, decay, d);
        x = v_fma(d, step, x);
        v_store(w + i, x);
    }
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_46(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const float step = s_set1((float)-h->rate), decay = s_set1((float)h->decay);

    for (ptrdiff_t i = from; i < to; i += 1) {
        float x = s_load(w + i), d = s_load(g + i * 1);

        d = s_fma(x, decay, d);
        x = s_fma(d, step, x);
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_47(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(24), to = NET_TO16(24);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_45(w + wi,
            g + gi,
            h, from, whole);
        sgd_c_46(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_48(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(3), to = NET_TO16(3);
        const ptrdiff_t whole = from;
        sgd_c_46(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_49(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(8), to = NET_TO16(8);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_45(w + wi,
            g + gi,
            h, from, whole);
        sgd_c_46(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_50(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(216), to = NET_TO16(216);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_45(w + wi,
            g + gi,
            h, from, whole);
        sgd_c_46(w + wi,
            g + gi,
            h, whole, to);
    }
}

