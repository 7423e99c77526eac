/* SPDX-License-Identifier: 0BSD */
/* y = (x - mean) / sqrt(variance + eps) scale + bias, mean and variance over 8 elements. */
NET_FN void layer_norm_c_1(const float *x0, const float *s0,
    const float *b0,
    float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(6); i0 < NET_TO(6); i0++) {
        const float *x1 = x0 + i0 * 8, *s1 = s0 + i0 * 0;
        const float *b1 = b0 + i0 * 0;
        float *y1 = y0 + i0 * 8;
        const float *x = x1, *s = s1;
        const float *b = b1;
        float *y = y1, sums[16], mean = 0, var = 0, r;
        v_f32 m, t;
        ptrdiff_t i;
        v_f32 p0 = v_set1(0.0f);
        v_f32 p1 = v_set1(0.0f);
        v_f32 p2 = v_set1(0.0f);
        v_f32 p3 = v_set1(0.0f);

        for (i = 0; i < 0; i += 16) {
            p0 = v_add(p0, v_load(x + i + 0));
            p1 = v_add(p1, v_load(x + i + 4));
            p2 = v_add(p2, v_load(x + i + 8));
            p3 = v_add(p3, v_load(x + i + 12));
        }
        t = v_load_n(x + 0, 4);
        p0 = v_add(p0, t);
        t = v_load_n(x + 4, 4);
        p1 = v_add(p1, t);
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
        mean /= (float)8;
        m = v_set1(mean);

        for (i = 0; i < 0; i += 16) {
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
        t = v_sub(v_load_n(x + 0, 4), m);
        v_store_n(y + 0, t, 4);
        t = v_load_n(y + 0, 4);
        p0 = v_fma(t, t, p0);
        t = v_sub(v_load_n(x + 4, 4), m);
        v_store_n(y + 4, t, 4);
        t = v_load_n(y + 4, 4);
        p1 = v_fma(t, t, p1);
        v_store(sums + 0, p0);
        v_store(sums + 4, p1);
        v_store(sums + 8, p2);
        v_store(sums + 12, p3);
        for (i = 0; i < 16; i++)
            var += sums[i];
        r = 1.0f / sqrtf(var / (float)8 + 1e-05f);

        for (i = 0; i + V <= 8; i += V) {
            t = v_mul(v_load(y + i), v_mul(v_load(s + i), v_set1(r)));
            t = v_add(t, v_load(b + i));
            v_store(y + i, t);
        }
        for (; i < 8; i++) {
            const float d = y[i] * (s[i * 1] * r);
            y[i] = d + b[i * 1];
        }
    }
}

