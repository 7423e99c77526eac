/* SPDX-License-Identifier: 0BSD */
/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void conv_c_1(const float *x, const float *w,
    const float *b,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 2; n++)
    for (ptrdiff_t o0 = NET_FROM(4); o0 < NET_TO(4); o0++) {
        const ptrdiff_t i0 = o0 * 1 - 0;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (6 - i0) / 1;
        const ptrdiff_t end0 = room0 < 3 ? room0 : 3;
    for (ptrdiff_t o1 = 0; o1 < 4; o1++) {
        const ptrdiff_t i1 = o1 * 1 - 0;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (6 - i1) / 1;
        const ptrdiff_t end1 = room1 < 3 ? room1 : 3;
        for (ptrdiff_t k = 0; k < 4; k++) {
            const ptrdiff_t c0 = 0;
            float sum = b[k * 1];

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            for (ptrdiff_t c = 0; c < 3; c++)
                sum = s_fma(x[n * 108 + (c0 + c) * 36
                    + (i0 + r0 * 1) * 6
                    + (i1 + r1 * 1) * 1
                    ], w[k * 27 + c * 9
                    + r0 * 3
                    + r1 * 1
                    ], sum);
            y[n * 64 + k * 1
                + o0 * 16
                + o1 * 4
                ] = (sum);
        }
    }
    }
}

NET_FN v_f32 relu_c_2(v_f32 x)
{
    return v_max(v_set1(0.0f), x);
}

/* y = f(x), element by element. */
NET_FN void map_c_3(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(128);
        ptrdiff_t i = NET_FROM16(128);
        for (; i + V <= n; i += V)
            v_store(y0 + i, relu_c_2(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, relu_c_2(v_load_n(x0 + i, left)), left);
        }
}

/* Pooling (max).  Output o reads the inputs i + r * dilation, i = o * stride - pad, for the r in
 * [first, end) that lie inside the image. */
NET_FN void max_pool_c_4(const float *x, float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 2; n++)
    for (ptrdiff_t c = 0; c < 4; c++)
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
        float *yo = y + n * 16
            + o0 * 8
            + o1 * 4
            ;

        float a = (float)-INFINITY;
        for (ptrdiff_t r0 = first0; r0 < end0; r0++)
        for (ptrdiff_t r1 = first1; r1 < end1; r1++)
        {
            const float p = x[from + c * 1
                + r0 * 16
                + r1 * 4
                ];
            a = a < p || p != p ? p : a;
        }
        yo[c * 1] = (float)a;
    }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_5(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *x1 = x0 + i0 * 16;
        float *y1 = y0 + i0 * 16;
    for (ptrdiff_t i1 = 0; i1 < 4; i1++) {
        const float *x2 = x1 + i1 * 1;
        float *y2 = y1 + i1 * 4;
    for (ptrdiff_t i2 = 0; i2 < 4; i2++) {
        const float *x3 = x2 + i2 * 4;
        float *y3 = y2 + i2 * 1;
        float x = *x3;
        *y3 = (float)(x);
    }
    }
    }
}

/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void dense_c_6(const float *x, const float *w,
    const float *b,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 2; n++)
        for (ptrdiff_t k = NET_FROM(3); k < NET_TO(3); k++) {
            const ptrdiff_t c0 = 0;
            float sum = b[k * 1];

            for (ptrdiff_t c = 0; c < 16; c++)
                sum = s_fma(x[n * 16 + (c0 + c) * 1
                    ], w[k * 16 + c * 1
                    ], sum);
            y[n * 3 + k * 1
                ] = (sum);
        }
}

/* Mean over 2 rows of the cross-entropy of softmax(x) with the labels, and its gradient.  A
 * label that is none has no loss. */
NET_FN void cross_entropy_c_7(const float *x, const int32_t *labels,
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

/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void dense_c_8(const float *x, const float *w,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 2; n++)
        for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
            const ptrdiff_t c0 = 0;
            float sum = 0;

            for (ptrdiff_t c = 0; c < 3; c++)
                sum = s_fma(x[n * 3 + (c0 + c) * 1
                    ], w[k * 1 + c * 16
                    ], sum);
            y[n * 16 + k * 1
                ] = (sum);
        }
}

/* Gradient of weights in plain loops: any types, layouts, groups and dimensions. */
NET_FN void conv_grad_c_9(const float *x, const float *g, float *dw, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(3); k < NET_TO(3); k++)
    for (ptrdiff_t c = 0; c < 16; c++)
    {
        const ptrdiff_t xc = (k / 3 * 16 + c) * 1, yc = k * 1;
        double sum = 0;

        for (ptrdiff_t n = 0; n < 2; n++)
        {
            ptrdiff_t xi = n * 16 + xc, yi = n * 3 + yc;
            sum = d_fma((double)x[xi], (double)g[yi], sum);
        }
        dw[k * 16 + c * 1
            ] = (float)sum;
    }
}

/* y = sum of x over 2 elements each. */
NET_FN void reduce_c_10(const float *x0, float *y0, int part, int parts)
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

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_c_11(float *w,
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
NET_FN void update_c_12(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(48), to = NET_TO16(48);
        const ptrdiff_t whole = from;
        sgd_c_11(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_13(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(3), to = NET_TO16(3);
        const ptrdiff_t whole = from;
        sgd_c_11(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* The gradient at the operand z, or where that tells as much the result,
 * of relu. */
NET_FN float d_relu_c_14(float z, float dy)
{
    NET_UNUSED const float zero = s_set1(0);

    return s_if_less(zero, z, dy, zero);
}

/* Gradient of pooling (max): each window gives back to what it saw, image by image. */
NET_FN void max_pool_grad_c_15(
    const float *x,
    const float *g, float *dx, int part, int parts)
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
            const float *go = g + n * 16
                + o0 * 8
                + o1 * 4
                ;
            float *to = dx + n * 64
                + i0 * 16
                + i1 * 4
                ;
            const float *from = x + n * 64
                + i0 * 16
                + i1 * 4
                ;

            for (ptrdiff_t c = 0; c < 4; c++) {
                float best = 0;
                ptrdiff_t at = -1;

                for (ptrdiff_t r0 = first0; r0 < end0; r0++)
                for (ptrdiff_t r1 = first1; r1 < end1; r1++)
                {
                    const float v = from[c * 1
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
                    to[at + c * 1] += d_relu_c_14(best, go[c * 1]);
            }
        }
        }
    }
}

/* Gradient of weights in plain loops: any types, layouts, groups and dimensions. */
NET_FN void conv_grad_c_16(const float *x, const float *g, float *dw, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(4); k < NET_TO(4); k++)
    for (ptrdiff_t c = 0; c < 3; c++)
    for (ptrdiff_t r0 = 0; r0 < 3; r0++)
    for (ptrdiff_t r1 = 0; r1 < 3; r1++)
    {
        const ptrdiff_t xc = (k / 4 * 3 + c) * 36, yc = k * 1;
        double sum = 0;

        for (ptrdiff_t n = 0; n < 2; n++)
        for (ptrdiff_t o0 = 0; o0 < 4; o0++)
        for (ptrdiff_t o1 = 0; o1 < 4; o1++)
        {
            ptrdiff_t xi = n * 108 + xc, yi = n * 64 + yc;
            const ptrdiff_t i0 = o0 * 1 - 0 + r0 * 1;
            if (i0 < 0 || i0 >= 6)
                continue;
            xi += i0 * 6;
            yi += o0 * 16;
            const ptrdiff_t i1 = o1 * 1 - 0 + r1 * 1;
            if (i1 < 0 || i1 >= 6)
                continue;
            xi += i1 * 1;
            yi += o1 * 4;
            sum = d_fma((double)x[xi], (double)g[yi], sum);
        }
        dw[k * 1 + c * 4
            + r0 * 36
            + r1 * 12
            ] = (float)sum;
    }
}

/* y = sum of x over 32 elements each. */
NET_FN void reduce_c_17(const float *x0, float *y0, int part, int parts)
{
    const ptrdiff_t end = NET_TO16(4);
    for (ptrdiff_t i = NET_FROM16(4); i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x0 + i;
        v_f32 a = v_set1(0.0f), p;
        for (ptrdiff_t k0 = 0; k0 < 32; k0++) {
            const float *r1 = r0 + k0 * 4;
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
NET_FN void sgd_c_18(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const float step = s_set1((float)-h->rate), decay = s_set1((float)h->decay);

    for (ptrdiff_t i = from; i < to; i += 1) {
        float x = s_load(w + i), d = s_load(g + i * 12);

        d = s_fma(x, decay, d);
        x = s_fma(d, step, x);
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_19(float *w,
    const float *g,
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
        sgd_c_18(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_c_20(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(4), to = NET_TO16(4);
        const ptrdiff_t whole = from;
        sgd_c_11(w + wi,
            g + gi,
            h, whole, to);
    }
}

