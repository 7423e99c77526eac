/* SPDX-License-Identifier: 0BSD */
/* y = f(x), element by element. */
NET_FN void map_c_1(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(7); i0 < NET_TO(7); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 32;
    for (ptrdiff_t i1 = 0; i1 < 32; i1++) {
        const float *x2 = x1 + i1 * 7;
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

/* 2 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_3(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const float *next,
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
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                v_prefetch(next + k * t.share + j * t.panel);
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
            v_store(y + i * t.yw + j * V, relu_c_2(a[i][j]));
        }
}

/* 1 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_4(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const float *next,
    const net_tile t)
{
    v_f32 a[1][4];

    NET_UNROLL
    for (int i = 0; i < 1; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                v_prefetch(next + k * t.share + j * t.panel);
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
        for (int j = 0; j < 4; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, relu_c_2(a[i][j]));
        }
}

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void conv_c_5(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 32, t.xw = 32, t.xc = 1, t.panel = 512, t.ahead = 8;
    /* few threads share the pixels, so that no core reads what another wrote; many share panels */
    const int few = parts <= 2;

    t.share = few ? NET_LEAST(4 * parts, 16) : 4;
    t.yw = 32, t.sw = 0, t.add = 0;
    for (int k = few ? 0 : (int)NET_FROM(2);
         k < (few ? 2 : (int)NET_TO(2)); k++) {
        const int from = few ? (int)NET_FROM(4) : 0;
        const int to = few ? (int)NET_TO(4) : 4;
        const int c = 0 + k * 16;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)224 - 0;
        const float *wc = w + (ptrdiff_t)c * 32;
        float *yr = y + row * (ptrdiff_t)224 + c;
        for (int j = from > 0 ? from : 0,
             i = 0 + (j - 0) * 2;
             j < NET_LEAST(to, 3); j++, i += 2)
            tile_c_3(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, wc + 512
                    + (j - from) * (ptrdiff_t)32 / (to - from) * 16, t);
        for (int j = from > 3 ? from : 3,
             i = 6 + (j - 3) * 1;
             j < NET_LEAST(to, 4); j++, i += 1)
            tile_c_4(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, wc + 512
                    + (j - from) * (ptrdiff_t)32 / (to - from) * 16, t);
        }
    }
}

/* 2 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_6(const float *x, ptrdiff_t at, const float *w, const float *b,
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

/* 1 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_7(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[1][4];

    NET_UNROLL
    for (int i = 0; i < 1; i++)
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
        for (int j = 0; j < 4; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* 4 pixels x 3 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_8(const float *x, ptrdiff_t at, const float *w, const float *b,
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

/* 3 pixels x 3 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_9(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[3][1];

    NET_UNROLL
    for (int i = 0; i < 3; i++)
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
            for (int i = 0; i < 3; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 3; i++)
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
NET_FN void conv_c_10(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 32, t.xw = 32, t.xc = 1, t.panel = 512, t.ahead = 8;
    /* few threads share the pixels, so that no core reads what another wrote; many share panels */
    const int few = parts <= 2;

    t.yw = 19, t.sw = 0, t.add = 0;
    for (int k = few ? 0 : (int)NET_FROM(1);
         k < (few ? 1 : (int)NET_TO(1)); k++) {
        const int from = few ? (int)NET_FROM(4) : 0;
        const int to = few ? (int)NET_TO(4) : 4;
        const int c = 0 + k * 16;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)224 - 0;
        const float *wc = w + (ptrdiff_t)c * 32;
        float *yr = y + row * (ptrdiff_t)133 + c;
        for (int j = from > 0 ? from : 0,
             i = 0 + (j - 0) * 2;
             j < NET_LEAST(to, 3); j++, i += 2)
            tile_c_6(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        for (int j = from > 3 ? from : 3,
             i = 6 + (j - 3) * 1;
             j < NET_LEAST(to, 4); j++, i += 1)
            tile_c_7(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
    for (int k = few ? 0 : (int)NET_FROM(1);
         k < (few ? 1 : (int)NET_TO(1)); k++) {
        const int from = few ? (int)NET_FROM(2) : 0;
        const int to = few ? (int)NET_TO(2) : 2;
        const int c = 16 + k * 3;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)224 - 0;
        const float *wc = w + (ptrdiff_t)c * 32;
        float *yr = y + row * (ptrdiff_t)133 + c;
        for (int j = from > 0 ? from : 0,
             i = 0 + (j - 0) * 4;
             j < NET_LEAST(to, 1); j++, i += 4)
            tile_c_8(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        for (int j = from > 1 ? from : 1,
             i = 4 + (j - 1) * 3;
             j < NET_LEAST(to, 2); j++, i += 3)
            tile_c_9(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_11(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(19); i0 < NET_TO(19); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 7;
    for (ptrdiff_t i1 = 0; i1 < 7; i1++) {
        const float *x2 = x1 + i1 * 19;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

