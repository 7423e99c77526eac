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

/* 4 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_2(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    int r0, int r1, int top,
    int left, int right,
    const net_tile t)
{
    v_f32 a[4][2];

    NET_UNROLL
    for (int i = 0; i < 4; i++)
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
            for (int i = 0; i < 4; i++) {
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
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* 4 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_3(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    int r0, int r1, int top,
    const net_tile t)
{
    v_f32 a[4][2];

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++)
            a[i][j] = v_load(b + j * V);

    for (int r = r0; r < r1; r++)
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
            for (int i = 0; i < 4; i++) {
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
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* Convolution, 24 rows in register tiles along each, by panels of output channels.
 * Tiles at the border leave out kernel columns, rows at the border kernel rows.
 */
NET_FN void conv_c_4(const float *xs, const float *ws, const float *bs,
    float *ys, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 1, t.xc = 576, t.panel = 432, t.ahead = 0;
    t.s = 3, t.xr = 24, t.xq = 1, t.ring = 0, t.dil_h = 1;
    t.step = 1, t.dil = 1;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int n = 0; n < 4; n++)
    for (int g = 0; g < 1; g++) {
    const float *x = xs + n * (ptrdiff_t)1728 + g * 1728, *w = ws + g * 216;
    const float *b = bs + g * 16;
    float *y = ys + n * (ptrdiff_t)4608 + g * 8;
    for (int row = (int)NET_ROW_FROM(4, 24);
         row < (int)NET_ROW_TO(4, 24); row++) {
    for (int c = 0; c < 8; c += 8) {
        const int top = row * 1 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 24 ? 3 : (24 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)24 - 25;
        const float *wc = w + (ptrdiff_t)c * 27;
        float *yr = y + row * (ptrdiff_t)192 + c;
        for (int i = 0; i < 4; i += 4)
            tile_c_2(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, 1, 6, t);
        for (int i = 4; i < 20; i += 4)
            tile_c_3(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, t);
        for (int i = 20; i < 24; i += 4)
            tile_c_2(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, 0, 5, t);
    }
    }
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_5(const float *x0, float *y0, int part, int parts)
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

/* Depthwise: 8 columns of output x V channels, row by row and tap by tap of the kernel.
 * Of the columns of x that meet the tile those from left to right are in the image. */
NET_INLINE void depthwise_tile_c_6(const float *x, ptrdiff_t at, const float *w, const float *b, float *y,
    int r0, int r1, int top, int left, int right, const net_tile t)
{
    v_f32 a[8], wq[3];

    NET_UNROLL
    for (int i = 0; i < 8; i++)
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
                    && (j - q * t.dil) / t.step < 8)
                    a[(j - q * t.dil) / t.step] = v_fma(p, wq[q], a[(j - q * t.dil) / t.step]);
        }
    }
    NET_UNROLL
    for (int i = 0; i < 8; i++)
        v_store(y + i * t.yw, v_same(a[i]));
}

/* Depthwise, 24 rows of output, blocks of channels, tiles of columns.  A last block that is
 * not whole overlaps the one before it, so that all are whole vectors. */
NET_FN void depthwise_c_7(const float *xs, const float *w, const float *b, float *ys,
    int part, int parts)
{
    net_tile t;

    t.xr = 192, t.xw = 8, t.panel = 8, t.yw = 8;
    t.step = 1, t.dil = 1, t.ring = 0, t.dil_h = 1;
    for (int n = 0; n < 4; n++) {
    const float *x = xs + n * (ptrdiff_t)4608;
    float *y = ys + n * (ptrdiff_t)4608;
    for (int row = (int)NET_ROW_FROM(4, 24);
         row < (int)NET_ROW_TO(4, 24); row++) {
        const int top = row * 1 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 24 ? 3 : (24 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)192 - 200;
        float *yr = y + row * (ptrdiff_t)192;

        for (int k = 0; k < 8; k += 4) {
            const int c = k;
            for (int i = 0; i < 8; i += 8)
                depthwise_tile_c_6(x, at + i * t.step * t.xw + c, w + c, b + c,
                    yr + i * t.yw + c, r0, r1, top, 1, 10, t);
            for (int i = 8; i < 16; i += 8)
                depthwise_tile_c_6(x, at + i * t.step * t.xw + c, w + c, b + c,
                    yr + i * t.yw + c, r0, r1, top, 0, 10, t);
            for (int i = 16; i < 24; i += 8)
                depthwise_tile_c_6(x, at + i * t.step * t.xw + c, w + c, b + c,
                    yr + i * t.yw + c, r0, r1, top, 0, 9, t);
        }
    }
    }
}

/* y = max of x over 576 elements each. */
NET_FN void reduce_c_8(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const float *x1 = x0 + i0 * 4608;
        float *y1 = y0 + i0 * 8;
    const ptrdiff_t end = 8;
    for (ptrdiff_t i = 0; i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x1 + i;
        v_f32 a = v_set1((float)-INFINITY), p;
        for (ptrdiff_t k0 = 0; k0 < 576; k0++) {
            const float *r1 = r0 + k0 * 8;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_most(p, a);
        }
        if (n == V)
            v_store(y1 + i, a);
        else
            v_store_n(y1 + i, a, n);
    }
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_9(const float *w, float *y, int part, int parts)
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
NET_INLINE void tile_c_10(const float *x, ptrdiff_t at, const float *w, const float *b,
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
NET_FN void dense_c_11(const float *x, const float *w, const float *b,
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
            tile_c_10(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Mean over 4 rows of the cross-entropy of softmax(x) with the labels, and its gradient.  A
 * label that is none has no loss. */
NET_FN void cross_entropy_c_12(const float *x, const int32_t *labels,
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

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_c_13(const float *w, float *y, int part, int parts)
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
NET_INLINE void tile_c_14(const float *x, ptrdiff_t at, const float *w, const float *b,
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
NET_FN void dense_c_15(const float *x, const float *w, const float *b,
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
            tile_c_14(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Adds the products of 2 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_16(const float *a, const float *b, float *y, ptrdiff_t n)
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
NET_FN void grad_tile_c_17(const float *a, const float *b, float *y, ptrdiff_t n)
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
NET_FN void conv_grad_c_18(const float *x, const float *g, float *dw, int part, int parts)
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
                grad_tile_c_16(gr, xr + c, y + c, count);
            else
                grad_tile_c_17(gr, xr + c, y + c, count);
    }
    }
}

/* y = sum of x over 4 elements each. */
NET_FN void reduce_c_19(const float *x0, float *y0, int part, int parts)
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

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_20(float *w,
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
NET_FN void sgd_c_21(float *w,
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
NET_FN void update_c_22(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(24), to = NET_TO16(24);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_20(w + wi,
            g + gi,
            h, from, whole);
        sgd_c_21(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_23(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(3), to = NET_TO16(3);
        const ptrdiff_t whole = from;
        sgd_c_21(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* Gradient of pooling (max): each window gives back to what it saw. */
NET_FN void max_pool_grad_c_24(
    const float *x,
    const float *g, float *dx, int part, int parts)
{
    for (ptrdiff_t n = NET_FROM(4); n < NET_TO(4); n++) {
        for (ptrdiff_t i0 = 0; i0 < 24; i0++)
        for (ptrdiff_t i1 = 0; i1 < 24; i1++)
            memset(dx + n * 4608
                + i0 * 192
                + i1 * 8
                , 0, 8 * sizeof *dx);
        for (ptrdiff_t o0 = 0; o0 < 1; o0++) {
        const ptrdiff_t i0 = o0 * 1 - 0;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (24 - i0) / 1;
        const ptrdiff_t end0 = room0 < 24 ? room0 : 24;
        for (ptrdiff_t o1 = 0; o1 < 1; o1++) {
        const ptrdiff_t i1 = o1 * 1 - 0;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (24 - i1) / 1;
        const ptrdiff_t end1 = room1 < 24 ? room1 : 24;
        const float *go = g + n * 8
            + o0 * 1
            + o1 * 1
            ;
        float *to = dx + n * 4608
            + i0 * 192
            + i1 * 8
            ;
        const float *from = x + n * 4608
            + i0 * 192
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
                    + r0 * 192
                    + r1 * 8
                    ;
                best = v_most(v_load(p), best);
            }
            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            {
                float *q = to + c
                    + r0 * 192
                    + r1 * 8
                    ;
                const float *p = from + c
                    + r0 * 192
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

/* Row o of dy, all taps of one block of channels. */
NET_FN void depthwise_grad_c_25_0(const float *x, const float *g, float *dw, int o)
{
    for (int r = 0; r < 3; r++) {
        const int h = o * 1 - 1 + r * 1;
        const float *xr = x + h * (ptrdiff_t)192;

        if (h < 0 || h >= 24)
            continue;
        if (1 < 24) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (0) * (ptrdiff_t)8;
            const float *gq = g + 1 * (ptrdiff_t)8;
            float *p = dw + (r * 3 + 0) * (ptrdiff_t)8;
            int i = 1;

            for (; i + 4 <= 24; i += 4, xq += 32, gq += 32) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 8), v_load(gq + 8), b);
                c = v_fma(v_load(xq + 16), v_load(gq + 16), c);
                d = v_fma(v_load(xq + 24), v_load(gq + 24), d);
            }
            for (; i < 24; i++, xq += 8, gq += 8)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
        if (0 < 24) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (0) * (ptrdiff_t)8;
            const float *gq = g + 0 * (ptrdiff_t)8;
            float *p = dw + (r * 3 + 1) * (ptrdiff_t)8;
            int i = 0;

            for (; i + 4 <= 24; i += 4, xq += 32, gq += 32) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 8), v_load(gq + 8), b);
                c = v_fma(v_load(xq + 16), v_load(gq + 16), c);
                d = v_fma(v_load(xq + 24), v_load(gq + 24), d);
            }
            for (; i < 24; i++, xq += 8, gq += 8)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
        if (0 < 23) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (1) * (ptrdiff_t)8;
            const float *gq = g + 0 * (ptrdiff_t)8;
            float *p = dw + (r * 3 + 2) * (ptrdiff_t)8;
            int i = 0;

            for (; i + 4 <= 23; i += 4, xq += 32, gq += 32) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 8), v_load(gq + 8), b);
                c = v_fma(v_load(xq + 16), v_load(gq + 16), c);
                d = v_fma(v_load(xq + 24), v_load(gq + 24), d);
            }
            for (; i < 23; i++, xq += 8, gq += 8)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
    }
}

/* Gradient of depthwise weights in 16 parts, which threads share. */
NET_FN void depthwise_grad_c_25(const float *x, const float *g, float *sums, int part, int parts)
{
    const int from = 0, to = 2;

    for (int q = (int)NET_FROM(16); q < (int)NET_TO(16); q++) {
    const int last = (int)(96 * (ptrdiff_t)(q + 1) / 16);
    float *dw = sums + q * (ptrdiff_t)72;

    memset(dw, 0, 72 * sizeof *dw);
    for (int line = (int)(96 * (ptrdiff_t)q / 16); line < last; line++) {
        const int n = line / 24, o = line % 24;
        const float *xn = x + n * (ptrdiff_t)4608;
        const float *gn = g + n * (ptrdiff_t)4608 + o * (ptrdiff_t)192;

        for (int k = from; k < to; k++)
            depthwise_grad_c_25_0(xn + k * 4, gn + k * 4, dw + k * 4, o);
    }
    }
}

/* 16 sums of 72 numbers each become one, in the first one's place, in their order. */
NET_FN void sum_parts_c_26(float *y, int part, int parts)
{
    const ptrdiff_t to = NET_TO16(72);

    for (ptrdiff_t i = NET_FROM16(72); i < to; i += 4) {
        const int n = (int)NET_LEAST(to - i, 4);
        v_f32 a = v_load_n(y + i, n);

        for (int k = 1; k < 16; k++)
            a = v_add(a, v_load_n(y + k * (ptrdiff_t)72 + i, n));
        v_store_n(y + i, a, n);
    }
}

/* The sums of 8 channels over 2304 pixels in 16 parts, which threads share. */
NET_FN void sum_pixels_c_27(const float *x, float *sums, int part, int parts)
{
    for (int q = (int)NET_FROM(16); q < (int)NET_TO(16); q++) {
        const ptrdiff_t from = 2304 * (ptrdiff_t)q / 16;
        const ptrdiff_t to = 2304 * (ptrdiff_t)(q + 1) / 16;
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
NET_FN void sum_parts_c_28(float *y, int part, int parts)
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
NET_FN void map_c_29(const float *x0, float *y0, int part, int parts)
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

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_30(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const float step = s_set1((float)-h->rate), decay = s_set1((float)h->decay);

    for (ptrdiff_t i = from; i < to; i += 1) {
        float x = s_load(w + i), d = s_load(g + i * 8);

        d = s_fma(x, decay, d);
        x = s_fma(d, step, x);
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_31(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(8); i0 < NET_TO(8); i0++)
    {
        const ptrdiff_t wi = 0
            + i0 * 9
            , gi = 0
            + i0 * 1
            ;
        const ptrdiff_t from = 0, to = 9;
        const ptrdiff_t whole = from;
        sgd_c_30(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_32(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(8), to = NET_TO16(8);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_c_20(w + wi,
            g + gi,
            h, from, whole);
        sgd_c_21(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* Adds the products of 2 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_33(const float *a, const float *b, float *y, ptrdiff_t n)
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
        p = v_set1(a[576]);
        s1_0 = v_fma(p, b0, s1_0);
        s1_1 = v_fma(p, b1, s1_1);
        a += 1;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
    v_store(y + 8, v_add(v_load(y + 8), s1_0));
    v_store(y + 12, v_add(v_load(y + 12), s1_1));
}

/* Adds the products of 1 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_c_34(const float *a, const float *b, float *y, ptrdiff_t n)
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
        a += 1;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 4, v_add(v_load(y + 4), s0_1));
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time, in 16 parts, which threads share. */
NET_FN void conv_grad_c_35(const float *x, const float *g, float *sums, int part, int parts)
{
    static const int lo[] = {
        1,
        0,
        0,
    }, hi[] = {
        24,
        24,
        23,
    };

    for (int q = (int)NET_FROM(16); q < (int)NET_TO(16); q++) {
    const int last = (int)(96 * (ptrdiff_t)(q + 1) / 16);
    float *dw = sums + q * (ptrdiff_t)216;

    memset(dw, 0, 216 * sizeof *dw);
    for (int line = (int)(96 * (ptrdiff_t)q / 16); line < last; line++) {
    const int from = 0, to = 18, n = line / 24, o = line % 24;
    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int r = tap / 3, s = tap % 3, h = o * 1 - 1 + r * 1;
        const int row = t * 1 + (t < 1 ? t : 1), first = lo[s];
        const ptrdiff_t count = hi[s] - first;
        const ptrdiff_t at = n * (ptrdiff_t)1728 + h * (ptrdiff_t)24 - 1
            + first * (ptrdiff_t)1 + s * (ptrdiff_t)1;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)4608 + o * (ptrdiff_t)192
            + first * (ptrdiff_t)8;
        float *y = dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8;

        if (h < 0 || h >= 24 || count <= 0)
            continue;
        xr += row * (ptrdiff_t)576;
        for (int c = 0; c < 8; c += 8)
            if (t < 1)
                grad_tile_c_33(xr, gr + c, y + c, count);
            else
                grad_tile_c_34(xr, gr + c, y + c, count);
    }
    }
    }
}

/* 16 sums of 216 numbers each become one, in the first one's place, in their order. */
NET_FN void sum_parts_c_36(float *y, int part, int parts)
{
    const ptrdiff_t to = NET_TO16(216);

    for (ptrdiff_t i = NET_FROM16(216); i < to; i += 4) {
        const int n = (int)NET_LEAST(to - i, 4);
        v_f32 a = v_load_n(y + i, n);

        for (int k = 1; k < 16; k++)
            a = v_add(a, v_load_n(y + k * (ptrdiff_t)216 + i, n));
        v_store_n(y + i, a, n);
    }
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_37(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const float step = s_set1((float)-h->rate), decay = s_set1((float)h->decay);

    for (ptrdiff_t i = from; i < to; i += 1) {
        float x = s_load(w + i), d = s_load(g + i * 24);

        d = s_fma(x, decay, d);
        x = s_fma(d, step, x);
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_38(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(8); i0 < NET_TO(8); i0++)
    for (ptrdiff_t i1 = 0; i1 < 3; i1++)
    {
        const ptrdiff_t wi = 0
            + i0 * 27
            + i1 * 9
            , gi = 0
            + i0 * 1
            + i1 * 8
            ;
        const ptrdiff_t from = 0, to = 9;
        const ptrdiff_t whole = from;
        sgd_c_37(w + wi,
            g + gi,
            h, whole, to);
    }
}

