/* SPDX-License-Identifier: 0BSD */
/* y = f(x), element by element. */
NET_FN void map_c_1(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(63); i0 < NET_TO(63); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 5;
    for (ptrdiff_t i1 = 0; i1 < 5; i1++) {
        const float *x2 = x1 + i1 * 63;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

NET_FN v_f32 clip_c_2(v_f32 x)
{
    return v_min(v_set1(6.0f), v_max(v_set1(0.0f), x));
}

/* 2 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_3(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    int r0, int r1, int top,
    int left, int right,
    const net_tile t)
{
    v_f32 a[2][4];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            a[i][j] = v_load(b + j * V);

    for (int r = r0; r < r1; r++)
    NET_UNROLL
    for (int q = 0; q < t.s; q++) {
        const ptrdiff_t row = t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r;
        const float *xq = x + at + row * t.xr + q * t.xq, *wq = w + (r * t.s + q) * t.c * 16;
        NET_ROLLED
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
                if (i * t.step + q * t.dil < left || i * t.step + q * t.dil >= right)
                    continue;
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 4; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 16;
        }
    }

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, clip_c_2(a[i][j]));
        }
}

/* 2 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_4(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    int r0, int r1, int top,
    const net_tile t)
{
    v_f32 a[2][4];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            a[i][j] = v_load(b + j * V);

    for (int r = r0; r < r1; r++)
    for (int q = 0; q < t.s; q++) {
        const ptrdiff_t row = t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r;
        const float *xq = x + at + row * t.xr + q * t.xq, *wq = w + (r * t.s + q) * t.c * 16;
        NET_ROLLED
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
    }

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, clip_c_2(a[i][j]));
        }
}

/* 1 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_5(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    int r0, int r1, int top,
    int left, int right,
    const net_tile t)
{
    v_f32 a[1][4];

    NET_UNROLL
    for (int i = 0; i < 1; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++)
            a[i][j] = v_load(b + j * V);

    for (int r = r0; r < r1; r++)
    NET_UNROLL
    for (int q = 0; q < t.s; q++) {
        const ptrdiff_t row = t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r;
        const float *xq = x + at + row * t.xr + q * t.xq, *wq = w + (r * t.s + q) * t.c * 16;
        NET_ROLLED
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
                if (i * t.step + q * t.dil < left || i * t.step + q * t.dil >= right)
                    continue;
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 4; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 16;
        }
    }

    NET_UNROLL
    for (int i = 0; i < 1; i++)
        NET_UNROLL
        for (int j = 0; j < 4; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, clip_c_2(a[i][j]));
        }
}

/* 3 pixels x 3 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_6(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    int r0, int r1, int top,
    int left, int right,
    const net_tile t)
{
    v_f32 a[3][1];

    NET_UNROLL
    for (int i = 0; i < 3; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    for (int r = r0; r < r1; r++)
    NET_UNROLL
    for (int q = 0; q < t.s; q++) {
        const ptrdiff_t row = t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r;
        const float *xq = x + at + row * t.xr + q * t.xq, *wq = w + (r * t.s + q) * t.c * 8;
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
            for (int i = 0; i < 3; i++) {
                if (i * t.step + q * t.dil < left || i * t.step + q * t.dil >= right)
                    continue;
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
    for (int i = 0; i < 3; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++) {
            v_hold(a[i][j]);
            if (j == 0) {
                if (t.add)
                    a[i][j] = v_add(a[i][j], v_load_n(s + i * t.sw + j * V, 3));
                v_store_n(y + i * t.yw + j * V, clip_c_2(a[i][j]), 3);
                continue;
            }
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, clip_c_2(a[i][j]));
        }
}

/* 2 pixels x 3 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_c_7(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    int r0, int r1, int top,
    int left, int right,
    const net_tile t)
{
    v_f32 a[2][1];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    for (int r = r0; r < r1; r++)
    NET_UNROLL
    for (int q = 0; q < t.s; q++) {
        const ptrdiff_t row = t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r;
        const float *xq = x + at + row * t.xr + q * t.xq, *wq = w + (r * t.s + q) * t.c * 8;
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
            for (int i = 0; i < 2; i++) {
                if (i * t.step + q * t.dil < left || i * t.step + q * t.dil >= right)
                    continue;
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
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++) {
            v_hold(a[i][j]);
            if (j == 0) {
                if (t.add)
                    a[i][j] = v_add(a[i][j], v_load_n(s + i * t.sw + j * V, 3));
                v_store_n(y + i * t.yw + j * V, clip_c_2(a[i][j]), 3);
                continue;
            }
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, clip_c_2(a[i][j]));
        }
}

/* Convolution, 4 rows in register tiles along each, by panels of output channels.
 * Tiles at the border leave out kernel columns, rows at the border kernel rows.
 */
NET_FN void conv_c_8(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 5, t.xw = 10, t.xc = 1, t.panel = 720, t.ahead = 0;
    t.s = 3, t.xr = 45, t.xq = 5, t.ring = 0, t.dil_h = 1;
    t.step = 2, t.dil = 1;
    t.yw = 19, t.sw = 0, t.add = 0;
    for (int row = (int)NET_FROM(4); row < (int)NET_TO(4); row++) {
    for (int c = 0; c < 16; c += 16) {
        const int top = row * 2 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 7 ? 3 : (7 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)90 - 50;
        const float *wc = w + (ptrdiff_t)c * 45;
        float *yr = y + row * (ptrdiff_t)95 + c;
        for (int i = 0; i < 2; i += 2)
            tile_c_3(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, 1, 5, t);
        for (int i = 2; i < 4; i += 2)
            tile_c_4(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, t);
        for (int i = 4; i < 5; i += 1)
            tile_c_5(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, 0, 2, t);
    }
    for (int c = 16; c < 19; c += 3) {
        const int top = row * 2 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 7 ? 3 : (7 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)90 - 50;
        const float *wc = w + (ptrdiff_t)c * 45;
        float *yr = y + row * (ptrdiff_t)95 + c;
        for (int i = 0; i < 3; i += 3)
            tile_c_6(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, 1, 7, t);
        for (int i = 3; i < 5; i += 2)
            tile_c_7(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, 0, 4, t);
    }
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_9(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 2;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 19; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 20 ? end : 20;
            const ptrdiff_t last = c + 16 < 19 ? c + 16 : 19;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 20 + i] = x0[i * 19 + j];
        }
}

