/* SPDX-License-Identifier: 0BSD */
/* y = e^(x - max) / sum over 10 elements, or the logarithm of it.  Every sum has a fixed
 * order: along the axis, or 16 partial sums that are then added one after the other. */
NET_FN void softmax_c_1(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *x1 = x0 + i0 * 10;
        float *y1 = y0 + i0 * 10;
        const float *x = x1;
        float *y = y1, sums[16], most = x[0], sum = 0;
        v_f32 m = v_set1(x[0]);
        ptrdiff_t i = 0;
        v_f32 s0 = v_set1(0.0f);
        v_f32 s1 = v_set1(0.0f);
        v_f32 s2 = v_set1(0.0f);
        v_f32 s3 = v_set1(0.0f);

        for (; i + V <= 10; i += V)
            m = v_max(v_load(x + i), m);
        v_store(sums, m);
        for (int j = 0; j < V; j++)
            most = sums[j] > most ? sums[j] : most;
        for (; i < 10; i++)
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
            const int n = 4;
            const ptrdiff_t k = 0;

            v_store_n(y + k, v_exp(v_sub(v_load_n(x + k, n), m)), n);
            s0 = v_add(s0, v_load_n(y + k, n));
        }
        {
            const int n = 4;
            const ptrdiff_t k = 4;

            v_store_n(y + k, v_exp(v_sub(v_load_n(x + k, n), m)), n);
            s1 = v_add(s1, v_load_n(y + k, n));
        }
        {
            const int n = 2;
            const ptrdiff_t k = 8;

            v_store_n(y + k, v_exp(v_sub(v_load_n(x + k, n), m)), n);
            s2 = v_add(s2, v_load_n(y + k, n));
        }
        v_store(sums + 0, s0);
        v_store(sums + 4, s1);
        v_store(sums + 8, s2);
        v_store(sums + 12, s3);
        for (int j = 0; j < 16; j++)
            sum += sums[j];
        m = v_set1(sum);
        for (i = 0; i + V <= 10; i += V)
            v_store(y + i, v_div(v_load(y + i), m));
        for (; i < 10; i++)
            y[i] /= sum;
    }
}

/* y = e^(x - max) / sum over 2 elements, or the logarithm of it.  Every sum has a fixed
 * order: along the axis, or 16 partial sums that are then added one after the other. */
NET_FN void log_softmax_c_2(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t end = NET_TO16(10);
        ptrdiff_t i = NET_FROM16(10);
        for (; i + V <= end; i += V) {
            const int n = V;
            const float *x = x0 + i;
            float *y = y0 + i;
            v_f32 m = v_load_n(x, n), s = v_set1(0.0f), t;

            for (ptrdiff_t k = 1; k < 2; k++)
                m = v_max(v_load_n(x + k * 10, n), m);
            for (ptrdiff_t k = 0; k < 2; k++) {
                t = v_exp(v_sub(v_load_n(x + k * 10, n), m));
                s = v_add(s, t);
                v_store_n(y + k * 10, t, n);
            }
            s = v_each(logf, s);
            for (ptrdiff_t k = 0; k < 2; k++) {
                t = v_sub(v_load_n(x + k * 10, n), m);
                v_store_n(y + k * 10, v_sub(t, s), n);
            }
        }
        if (i < end) {
            const int n = 2;
            const float *x = x0 + i;
            float *y = y0 + i;
            v_f32 m = v_load_n(x, n), s = v_set1(0.0f), t;

            for (ptrdiff_t k = 1; k < 2; k++)
                m = v_max(v_load_n(x + k * 10, n), m);
            for (ptrdiff_t k = 0; k < 2; k++) {
                t = v_exp(v_sub(v_load_n(x + k * 10, n), m));
                s = v_add(s, t);
                v_store_n(y + k * 10, t, n);
            }
            s = v_each(logf, s);
            for (ptrdiff_t k = 0; k < 2; k++) {
                t = v_sub(v_load_n(x + k * 10, n), m);
                v_store_n(y + k * 10, v_sub(t, s), n);
            }
        }
}

