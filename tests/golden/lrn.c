/* SPDX-License-Identifier: 0BSD */
/* Channel c of one pixel. */
NET_FN float lrn_c_1_one(const float *x, ptrdiff_t c)
{
    const ptrdiff_t first = c > 1 ? c - 1 : 0;
    const ptrdiff_t end = c + 1 < 5 ? c + 2 : 5;
    float sum = 0, base;

    for (ptrdiff_t k = first; k < end; k++)
        sum = s_fma(x[k * 4], x[k * 4], sum);
    base = s_fma(sum, 3.3333334e-05f, 1.0f);
    base = sqrtf(base);
    return x[c * 4] / (base * sqrtf(base));
}

/* y = x / (bias + alpha sum of x^2)^beta, the sum over the channel itself, 1 before it and
 * 1 behind. */
NET_FN void lrn_c_1(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 1;
        ptrdiff_t c = 0;

        for (; c < 5; c++)
            y1[c * 4] = lrn_c_1_one(x1, c);
    }
}

