/* SPDX-License-Identifier: 0BSD */
/* y = (x - mean) / sqrt(variance + eps) scale + bias, mean and variance over 16 elements. */
NET_FN void instance_norm_c_1(const float *x0, const float *s0,
    const float *b0,
    float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *x1 = x0 + i0 * 48, *s1 = s0 + i0 * 0;
        const float *b1 = b0 + i0 * 0;
        float *y1 = y0 + i0 * 48;
    for (ptrdiff_t i1 = 0; i1 < 3; i1++) {
        const float *x2 = x1 + i1 * 16, *s2 = s1 + i1 * 1;
        const float *b2 = b1 + i1 * 1;
        float *y2 = y1 + i1 * 16;
        const float *x = x2, *s = s2;
        const float *b = b2;
        float *y = y2, sums[16], mean = 0, var = 0, r;
        v_f32 m, t;
        ptrdiff_t i;
        v_f32 p0 = v_set1(0.0f);
        v_f32 p1 = v_set1(0.0f);
        v_f32 p2 = v_set1(0.0f);
        v_f32 p3 = v_set1(0.0f);

        for (i = 0; i < 16; i += 16) {
            p0 = v_add(p0, v_load(x + i + 0));
            p1 = v_add(p1, v_load(x + i + 4));
            p2 = v_add(p2, v_load(x + i + 8));
            p3 = v_add(p3, v_load(x + i + 12));
        }
        v_store(sums + 0, p0);
        p0 = v_set1(0.0f);
        v_store(sums + 4, p1);
        p1 = v_set1(0.0f);
        v_store(sums + 8, p2);
        p2 = v_set1(0.0f);
        v_store(sums + 12, p3);
        p3 = v_set1(0.0f);
        for (i = 0; i < 16; i++)
            mean += sums[i];
        mean /= (float)16;
        m = v_set1(mean);

        for (i = 0; i < 16; i += 16) {
            t = v_sub(v_load(x + i + 0), m);
            v_store(y + i + 0, t);
            p0 = v_fma(t, t, p0);
            t = v_sub(v_load(x + i + 4), m);
            v_store(y + i + 4, t);
            p1 = v_fma(t, t, p1);
            t = v_sub(v_load(x + i + 8), m);
            v_store(y + i + 8, t);
            p2 = v_fma(t, t, p2);
            t = v_sub(v_load(x + i + 12), m);
            v_store(y + i + 12, t);
            p3 = v_fma(t, t, p3);
        }
        v_store(sums + 0, p0);
        v_store(sums + 4, p1);
        v_store(sums + 8, p2);
        v_store(sums + 12, p3);
        for (i = 0; i < 16; i++)
            var += sums[i];
        r = 1.0f / sqrtf(var / (float)16 + 1e-05f);

        for (i = 0; i + V <= 16; i += V) {
            t = v_mul(v_load(y + i), v_set1(*s * r));
            t = v_add(t, v_set1(*b));
            v_store(y + i, t);
        }
        for (; i < 16; i++) {
            const float d = y[i] * (s[i * 0] * r);
            y[i] = d + b[i * 0];
        }
    }
    }
}

/* 4 pixels x 3 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_2(const float *x, ptrdiff_t at, const float *w, const float *b,
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

/* Convolution, 4 rows in register tiles along each, by panels of output channels.
 */
NET_FN void conv_c_3(const float *xs, const float *ws, const float *bs,
    float *ys, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 1, t.xc = 16, t.panel = 48, t.ahead = 0;
    t.yw = 3, t.sw = 0, t.add = 0;
    for (int n = 0; n < 2; n++)
    for (int g = 0; g < 1; g++) {
    const float *x = xs + n * (ptrdiff_t)48 + g * 48, *w = ws + g * 24;
    const float *b = bs + g * 16;
    float *y = ys + n * (ptrdiff_t)48 + g * 3;
    for (int row = (int)NET_ROW_FROM(2, 4);
         row < (int)NET_ROW_TO(2, 4); row++) {
    for (int c = 0; c < 3; c += 3) {
        const ptrdiff_t at = row * (ptrdiff_t)4 - 0;
        const float *wc = w + (ptrdiff_t)c * 3;
        float *yr = y + row * (ptrdiff_t)12 + c;
        for (int i = 0; i < 4; i += 4)
            tile_c_2(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
    }
    }
    }
}

/* y = (x - mean) / sqrt(variance + eps) scale + bias, mean and variance over 16 elements. */
NET_FN void instance_norm_c_4(const float *x0, const float *s0,
    const float *b0,
    float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *x1 = x0 + i0 * 48, *s1 = s0 + i0 * 0;
        const float *b1 = b0 + i0 * 0;
        float *y1 = y0 + i0 * 48;
        const ptrdiff_t end = 3;
        ptrdiff_t i = 0;
        for (; i + V <= end; i += V) {
            const int n = V;
            const float *x = x1 + i, *s = s1 + i * 1;
            const float *b = b1 + i * 1;
            float *y = y1 + i;
            const v_f32 count = v_set1((float)16);
            v_f32 m = v_set1(0.0f), r = v_set1(0.0f), t;

            for (ptrdiff_t k0 = 0; k0 < 16; k0++)
                m = v_add(m, v_load_n(x
                    + k0 * 3
                    , n));
            m = v_div(m, count);

            for (ptrdiff_t k0 = 0; k0 < 16; k0++)
            {
                t = v_sub(v_load_n(x
                    + k0 * 3
                    , n), m);
                r = v_fma(t, t, r);
            }
            r = v_add(v_div(r, count), v_set1(1e-05f));
            r = v_div(v_set1(1.0f), v_sqrt(r));

            for (ptrdiff_t k0 = 0; k0 < 16; k0++)
            {
                const float *sk = s
                    + k0 * 0
                    ;
                const float *bk = b
                    + k0 * 0
                    ;
                t = v_sub(v_load_n(x
                    + k0 * 3
                    , n), m);
                t = v_mul(t, v_mul(v_load_n(sk, n), r));
                t = v_add(t, v_load_n(bk, n));
                v_store_n(y
                    + k0 * 3
                    , t, n);
            }
        }
        if (i < end) {
            const int n = 3;
            const float *x = x1 + i, *s = s1 + i * 1;
            const float *b = b1 + i * 1;
            float *y = y1 + i;
            const v_f32 count = v_set1((float)16);
            v_f32 m = v_set1(0.0f), r = v_set1(0.0f), t;

            for (ptrdiff_t k0 = 0; k0 < 16; k0++)
                m = v_add(m, v_load_n(x
                    + k0 * 3
                    , n));
            m = v_div(m, count);

            for (ptrdiff_t k0 = 0; k0 < 16; k0++)
            {
                t = v_sub(v_load_n(x
                    + k0 * 3
                    , n), m);
                r = v_fma(t, t, r);
            }
            r = v_add(v_div(r, count), v_set1(1e-05f));
            r = v_div(v_set1(1.0f), v_sqrt(r));

            for (ptrdiff_t k0 = 0; k0 < 16; k0++)
            {
                const float *sk = s
                    + k0 * 0
                    ;
                const float *bk = b
                    + k0 * 0
                    ;
                t = v_sub(v_load_n(x
                    + k0 * 3
                    , n), m);
                t = v_mul(t, v_mul(v_load_n(sk, n), r));
                t = v_add(t, v_load_n(bk, n));
                v_store_n(y
                    + k0 * 3
                    , t, n);
            }
        }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_5(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *x1 = x0 + i0 * 48;
        float *y1 = y0 + i0 * 48;
    for (ptrdiff_t i1 = 0; i1 < 3; i1++) {
        const float *x2 = x1 + i1 * 1;
        float *y2 = y1 + i1 * 16;
    for (ptrdiff_t i2 = 0; i2 < 16; i2++) {
        const float *x3 = x2 + i2 * 3;
        float *y3 = y2 + i2 * 1;
        float x = *x3;
        *y3 = (float)(x);
    }
    }
    }
}

