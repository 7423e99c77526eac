/* SPDX-License-Identifier: 0BSD */
/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_1(const double *w, double *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 4; first += 16) {
        const int left = 4 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        double *p = y + first * (ptrdiff_t)27;

        for (int r = 0; r < 3; r++)
        for (int s = 0; s < 3; s++)
        for (int c = 0; c < 3; c++, p += width) {
            const double *q = w + first * (ptrdiff_t)27 + c * (ptrdiff_t)(9)
                + r * (ptrdiff_t)(3) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)27];
            for (int k = n; k < width; k++)
                p[k] = 0.0;
        }
    }
}

NET_FN v_f32 relu_c_2(v_f32 x)
{
    return v_max(v_set1(0.0), x);
}

/* 4 pixels x 4 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_3(const double *x, ptrdiff_t at, const double *w, const double *b,
    const double *s, double *y,
    int r0, int r1, int top,
    const net_tile t)
{
    v_f32 a[4][1];

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    for (int r = r0; r < r1; r++)
    for (int q = 0; q < t.s; q++) {
        const ptrdiff_t row = t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r;
        const double *xq = x + at + row * t.xr + q * t.xq, *wq = w + (r * t.s + q) * t.c * 8;
        NET_ROLLED
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
    }

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, relu_c_2(a[i][j]));
        }
}

/* Convolution, 4 rows in register tiles along each, by panels of output channels.
 * Tiles at the border leave out kernel columns, rows at the border kernel rows.
 */
NET_FN void conv_c_4(const double *xs, const double *ws, const double *bs,
    double *ys, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 1, t.xc = 36, t.panel = 432, t.ahead = 0;
    t.s = 3, t.xr = 6, t.xq = 1, t.ring = 0, t.dil_h = 1;
    t.step = 1, t.dil = 1;
    t.yw = 4, t.sw = 0, t.add = 0;
    for (int n = 0; n < 2; n++)
    for (int g = 0; g < 1; g++) {
    const double *x = xs + n * (ptrdiff_t)108 + g * 108, *w = ws + g * 216;
    const double *b = bs + g * 16;
    double *y = ys + n * (ptrdiff_t)64 + g * 4;
    for (int row = (int)NET_ROW_FROM(2, 4);
         row < (int)NET_ROW_TO(2, 4); row++) {
    for (int c = 0; c < 4; c += 4) {
        const int top = row * 1 - 0;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 6 ? 3 : (6 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)6 - 0;
        const double *wc = w + (ptrdiff_t)c * 27;
        double *yr = y + row * (ptrdiff_t)16 + c;
        for (int i = 0; i < 4; i += 4)
            tile_c_3(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, t);
    }
    }
    }
}

/* Pooling (max).  Output o reads the inputs i + r * dilation, i = o * stride - pad, for the r in
 * [first, end) that lie inside the image. */
NET_FN void max_pool_c_5(const double *x, double *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 2; n++)
    for (ptrdiff_t o0 = NET_ROW_FROM(2, 2); o0 < NET_ROW_TO(2, 2); o0++) {
        const ptrdiff_t i0 = o0 * 2 - 0;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (4 - i0) / 1;
        const ptrdiff_t end0 = room0 < 2 ? room0 : 2;
    for (ptrdiff_t o1 = 0; o1 < 2; o1++) {
        const ptrdiff_t i1 = o1 * 2 - 0;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (4 - i1) / 1;
        const ptrdiff_t end1 = room1 < 2 ? room1 : 2;
        const ptrdiff_t from = n * 64
            + i0 * 16
            + i1 * 4
            ;
        double *yo = y + n * 16
            + o0 * 8
            + o1 * 4
            ;

        for (ptrdiff_t c = 0; c < 4; c += 4) {
            v_f32 a = v_set1(-INFINITY);

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            {
                const double *p = x + from + c
                    + r0 * 16
                    + r1 * 4
                    ;
                a = v_most(v_load(p), a);
            }
            v_store(yo + c, a);
        }
    }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_6(const double *x0, double *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const double *x1 = x0 + i0 * 16;
        double *y1 = y0 + i0 * 16;
    for (ptrdiff_t i1 = 0; i1 < 4; i1++) {
        const double *x2 = x1 + i1 * 1;
        double *y2 = y1 + i1 * 4;
    for (ptrdiff_t i2 = 0; i2 < 4; i2++) {
        const double *x3 = x2 + i2 * 4;
        double *y3 = y2 + i2 * 1;
        double x = *x3;
        *y3 = (double)(x);
    }
    }
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_7(const double *w, double *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 3; first += 16) {
        const int left = 3 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        double *p = y + first * (ptrdiff_t)16;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 16; c++, p += width) {
            const double *q = w + first * (ptrdiff_t)16 + c * (ptrdiff_t)(1)
                + r * (ptrdiff_t)(0) + s * (ptrdiff_t)(0);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)16];
            for (int k = n; k < width; k++)
                p[k] = 0.0;
        }
    }
}

/* 2 pixels x 3 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_8(const double *x, ptrdiff_t at, const double *w, const double *b,
    const double *s, double *y,
    const net_tile t)
{
    v_f32 a[2][1];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    const double *xq = x + at, *wq = w;
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
NET_FN void dense_c_9(const double *x, const double *w, const double *b,
    double *y, int part, int parts)
{
    net_tile t;

    t.c = 16, t.xw = 16, t.xc = 1, t.panel = 256, t.ahead = 0;
    t.yw = 3, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 3;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)32 - 0;
        const double *wc = w + (ptrdiff_t)c * 16;
        double *yr = y + row * (ptrdiff_t)6 + c;
        for (int i = 0; i < 2; i += 2)
            tile_c_8(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Mean over 2 rows of the cross-entropy of softmax(x) with the labels, and its gradient.  A
 * label that is none has no loss. */
NET_FN void cross_entropy_c_10(const double *x, const int32_t *labels,
    const mnc_head *h,
    double *loss, double *dx)
{
    const double smooth = h->smoothing;
    double total = 0;

    for (int n = 0; n < 2; n++) {
        const double *xn = x + n * (ptrdiff_t)3;
        double *dn = dx + n * (ptrdiff_t)3;
        const int32_t label = labels[n * 1];
        double most = (double)xn[0], sum = 0, mean = 0;

        for (int k = 1; k < 3; k++) {
            const double v = (double)xn[k * (ptrdiff_t)1];
            most = v > most ? v : most;
        }
        for (int k = 0; k < 3; k++) {
            const double d = (double)xn[k * (ptrdiff_t)1] - most;
            const double e = exp(d);
            dn[k * (ptrdiff_t)1] = (double)e;
            sum += e;
            mean += d;
        }
        if (label >= 0 && label < 3)
            total += log(sum) - (1 - smooth) * ((double)xn[label * (ptrdiff_t)1] - most)
                - smooth * (mean / 3);
        for (int k = 0; k < 3; k++) {
            const double target = (k == label ? 1 - smooth : 0) + smooth / 3;
            dn[k * (ptrdiff_t)1] = (double)(((double)dn[k * (ptrdiff_t)1] / sum - target)
                / 2);
        }
    }
    *loss = (double)(total / 2);
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_11(const double *w, double *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 16; first += 16) {
        const int left = 16 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        double *p = y + first * (ptrdiff_t)3;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 3; c++, p += width) {
            const double *q = w + first * (ptrdiff_t)1 + c * (ptrdiff_t)(16)
                + r * (ptrdiff_t)(0) + s * (ptrdiff_t)(0);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)1];
            for (int k = n; k < width; k++)
                p[k] = 0.0;
        }
    }
}

/* 2 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_12(const double *x, ptrdiff_t at, const double *w, const double *b,
    const double *s, double *y,
    const net_tile t)
{
    v_f32 a[2][4];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            a[i][j] = v_load(b + j * V);

    const double *xq = x + at, *wq = w;
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

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void dense_c_13(const double *x, const double *w, const double *b,
    double *y, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 3, t.xc = 1, t.panel = 48, t.ahead = 0;
    t.yw = 16, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 16;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)6 - 0;
        const double *wc = w + (ptrdiff_t)c * 3;
        double *yr = y + row * (ptrdiff_t)32 + c;
        for (int i = 0; i < 2; i += 2)
            tile_c_12(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Adds the products of 2 x 16 channels, summed over n pixels. */
NET_FN void grad_tile_c_14(const double *a, const double *b, double *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0);
    v_f32 s0_1 = v_set1(0.0);
    v_f32 s0_2 = v_set1(0.0);
    v_f32 s0_3 = v_set1(0.0);
    v_f32 s1_0 = v_set1(0.0);
    v_f32 s1_1 = v_set1(0.0);
    v_f32 s1_2 = v_set1(0.0);
    v_f32 s1_3 = v_set1(0.0);

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
        a += 3;
        b += 16;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
    v_store(y + 8, v_add(v_load(y + 8), s0_2));
    v_store(y + 12, v_add(v_load(y + 12), s0_3));
    v_store(y + 16, v_add(v_load(y + 16), s1_0));
    v_store(y + 20, v_add(v_load(y + 20), s1_1));
    v_store(y + 24, v_add(v_load(y + 24), s1_2));
    v_store(y + 28, v_add(v_load(y + 28), s1_3));
}

/* Adds the products of 1 x 16 channels, summed over n pixels. */
NET_FN void grad_tile_c_15(const double *a, const double *b, double *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0);
    v_f32 s0_1 = v_set1(0.0);
    v_f32 s0_2 = v_set1(0.0);
    v_f32 s0_3 = v_set1(0.0);

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
        a += 3;
        b += 16;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
    v_store(y + 8, v_add(v_load(y + 8), s0_2));
    v_store(y + 12, v_add(v_load(y + 12), s0_3));
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void conv_grad_c_16(const double *x, const double *g, double *dw, int part, int parts)
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
        memset(dw + tap * (ptrdiff_t)48 + row * (ptrdiff_t)16, 0,
            (size_t)(t < 1 ? 2 : 1) * 16 * sizeof *dw);
    }
    for (int n = 0; n < 1; n++)
    for (int o = 0; o < 1; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int r = tap / 1, s = tap % 1, h = o * 1 - 0 + r * 1;
        const int row = t * 1 + (t < 1 ? t : 1), first = lo[s];
        const ptrdiff_t count = (o == 0 ? 2 : hi[s]) - first;
        const ptrdiff_t at = n * (ptrdiff_t)16 + h * (ptrdiff_t)32 - 0
            + first * (ptrdiff_t)16 + s * (ptrdiff_t)16;
        const double *xr = x + at;
        const double *gr = g + n * (ptrdiff_t)3 + o * (ptrdiff_t)6
            + first * (ptrdiff_t)3;
        double *y = dw + tap * (ptrdiff_t)48 + row * (ptrdiff_t)16;

        if (h < 0 || h >= 1 || count <= 0)
            continue;
        gr += row * (ptrdiff_t)1;
        for (int c = 0; c < 16; c += 16)
            if (t < 1)
                grad_tile_c_14(gr, xr + c, y + c, count);
            else
                grad_tile_c_15(gr, xr + c, y + c, count);
    }
    }
}

/* y = sum of x over 2 elements each. */
NET_FN void reduce_c_17(const double *x0, double *y0, int part, int parts)
{
    const ptrdiff_t end = NET_TO16(3);
    for (ptrdiff_t i = NET_FROM16(3); i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const double *r0 = x0 + i;
        v_f32 a = v_set1(0.0), p;
        for (ptrdiff_t k0 = 0; k0 < 2; k0++) {
            const double *r1 = r0 + k0 * 3;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_add(a, p);
        }
        if (n == V)
            v_store(y0 + i, a);
        else
            v_store_n(y0 + i, a, n);
    }
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_18(double *w,
    const double *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const v_f32 step = v_set1((double)-h->rate), decay = v_set1((double)h->decay);

    for (ptrdiff_t i = from; i < to; i += 4) {
        v_f32 x = v_load(w + i), d = v_load(g + i * 1);

        d = v_fma(x, decay, d);
        x = v_fma(d, step, x);
        v_store(w + i, x);
    }
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_19(double *w,
    const double *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const double step = s_set1((double)-h->rate), decay = s_set1((double)h->decay);

    for (ptrdiff_t i = from; i < to; i += 1) {
        double x = s_load(w + i), d = s_load(g + i * 1);

        d = s_fma(x, decay, d);
        x = s_fma(d, step, x);
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_20(double *w,
    const double *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(48), to = NET_TO16(48);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_18(w + wi,
            g + gi,
            h, from, whole);
        sgd_c_19(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_21(double *w,
    const double *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(3), to = NET_TO16(3);
        const ptrdiff_t whole = from;
        sgd_c_19(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* The gradient at the operand z, or where that tells as much the result,
 * of relu. */
NET_FN double d_relu_c_22(double z, double dy)
{
    NET_UNUSED const double zero = s_set1(0);

    return s_if_less(zero, z, dy, zero);
}

/* Gradient of pooling (max): each window gives back to what it saw, image by image. */
NET_FN void max_pool_grad_c_23(
    const double *x,
    const double *g, double *dx, int part, int parts)
{
    for (ptrdiff_t n = NET_FROM(2); n < NET_TO(2); n++) {
        for (ptrdiff_t i0 = 0; i0 < 4; i0++)
        for (ptrdiff_t i1 = 0; i1 < 4; i1++)
            for (ptrdiff_t c = 0; c < 4; c++)
                dx[n * 64 + c * 1
                    + i0 * 16
                    + i1 * 4
                    ] = 0;
        for (ptrdiff_t o0 = 0; o0 < 2; o0++) {
        const ptrdiff_t i0 = o0 * 2 - 0;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (4 - i0) / 1;
        const ptrdiff_t end0 = room0 < 2 ? room0 : 2;
        for (ptrdiff_t o1 = 0; o1 < 2; o1++) {
        const ptrdiff_t i1 = o1 * 2 - 0;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (4 - i1) / 1;
        const ptrdiff_t end1 = room1 < 2 ? room1 : 2;
            const double *go = g + n * 16
                + o0 * 2
                + o1 * 1
                ;
            double *to = dx + n * 64
                + i0 * 16
                + i1 * 4
                ;
            const double *from = x + n * 64
                + i0 * 16
                + i1 * 4
                ;

            for (ptrdiff_t c = 0; c < 4; c++) {
                double best = 0;
                ptrdiff_t at = -1;

                for (ptrdiff_t r0 = first0; r0 < end0; r0++)
                for (ptrdiff_t r1 = first1; r1 < end1; r1++)
                {
                    const double v = from[c * 1
                        + r0 * 16
                        + r1 * 4
                        ];
                    if (at < 0 || v > best || (v != v && best == best)) {
                        best = v;
                        at = 0
                            + r0 * 16
                            + r1 * 4
                            ;
                    }
                }
                if (at >= 0)
                    to[at + c * 1] += d_relu_c_22(best, go[c * 4]);
            }
        }
        }
    }
}

/* Adds the products of 2 x 4 channels, summed over n pixels. */
NET_FN void grad_tile_c_24(const double *a, const double *b, double *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0);
    v_f32 s1_0 = v_set1(0.0);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        p = v_set1(a[36]);
        s1_0 = v_fma(p, b0, s1_0);
        a += 1;
        b += 4;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s1_0));
}

/* Adds the products of 1 x 4 channels, summed over n pixels. */
NET_FN void grad_tile_c_25(const double *a, const double *b, double *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        a += 1;
        b += 4;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void conv_grad_c_26(const double *x, const double *g, double *dw, int part, int parts)
{
    static const int lo[] = {
        0,
        0,
        0,
    }, hi[] = {
        4,
        4,
        4,
    };
    const int from = (int)NET_FROM(18);
    const int to = (int)NET_TO(18);

    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int row = t * 1 + (t < 1 ? t : 1);
        memset(dw + tap * (ptrdiff_t)12 + row * (ptrdiff_t)4, 0,
            (size_t)(t < 1 ? 2 : 1) * 4 * sizeof *dw);
    }
    for (int n = 0; n < 2; n++)
    for (int o = 0; o < 4; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int r = tap / 3, s = tap % 3, h = o * 1 - 0 + r * 1;
        const int row = t * 1 + (t < 1 ? t : 1), first = lo[s];
        const ptrdiff_t count = hi[s] - first;
        const ptrdiff_t at = n * (ptrdiff_t)108 + h * (ptrdiff_t)6 - 0
            + first * (ptrdiff_t)1 + s * (ptrdiff_t)1;
        const double *xr = x + at;
        const double *gr = g + n * (ptrdiff_t)64 + o * (ptrdiff_t)16
            + first * (ptrdiff_t)4;
        double *y = dw + tap * (ptrdiff_t)12 + row * (ptrdiff_t)4;

        if (h < 0 || h >= 6 || count <= 0)
            continue;
        xr += row * (ptrdiff_t)36;
        for (int c = 0; c < 4; c += 4)
            if (t < 1)
                grad_tile_c_24(xr, gr + c, y + c, count);
            else
                grad_tile_c_25(xr, gr + c, y + c, count);
    }
    }
}

/* y = sum of x over 32 elements each. */
NET_FN void reduce_c_27(const double *x0, double *y0, int part, int parts)
{
    const ptrdiff_t end = NET_TO16(4);
    for (ptrdiff_t i = NET_FROM16(4); i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const double *r0 = x0 + i;
        v_f32 a = v_set1(0.0), p;
        for (ptrdiff_t k0 = 0; k0 < 32; k0++) {
            const double *r1 = r0 + k0 * 4;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_add(a, p);
        }
        if (n == V)
            v_store(y0 + i, a);
        else
            v_store_n(y0 + i, a, n);
    }
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_28(double *w,
    const double *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const double step = s_set1((double)-h->rate), decay = s_set1((double)h->decay);

    for (ptrdiff_t i = from; i < to; i += 1) {
        double x = s_load(w + i), d = s_load(g + i * 12);

        d = s_fma(x, decay, d);
        x = s_fma(d, step, x);
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_29(double *w,
    const double *g,
    const mnc_head *h, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++)
    for (ptrdiff_t i1 = 0; i1 < 3; i1++)
    {
        const ptrdiff_t wi = 0
            + i0 * 27
            + i1 * 9
            , gi = 0
            + i0 * 1
            + i1 * 4
            ;
        const ptrdiff_t from = 0, to = 9;
        const ptrdiff_t whole = from;
        sgd_c_28(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_30(double *w,
    const double *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(4), to = NET_TO16(4);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_18(w + wi,
            g + gi,
            h, from, whole);
        sgd_c_19(w + wi,
            g + gi,
            h, whole, to);
    }
}

