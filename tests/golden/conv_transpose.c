/* SPDX-License-Identifier: 0BSD */
/* Transposed convolution.  Output o gets input i by the kernel's element r where i * stride + r *
 * dilation = o + pad. */
NET_FN void conv_transpose_c_1(const float *x, const float *w,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 1; n++)
    for (ptrdiff_t g = 0; g < 1; g++)
    for (ptrdiff_t o0 = NET_FROM(6); o0 < NET_TO(6); o0++) {
        const ptrdiff_t t0 = o0 + 0, past0 = t0 - 4;
        const ptrdiff_t room0 = t0 / 1 + 1;
        const ptrdiff_t end0 = room0 < 2 ? room0 : 2;
        ptrdiff_t first0 = past0 > 0 ? (past0 + 0) / 1 : 0;
    for (ptrdiff_t o1 = 0; o1 < 6; o1++) {
        const ptrdiff_t t1 = o1 + 0, past1 = t1 - 4;
        const ptrdiff_t room1 = t1 / 1 + 1;
        const ptrdiff_t end1 = room1 < 2 ? room1 : 2;
        ptrdiff_t first1 = past1 > 0 ? (past1 + 0) / 1 : 0;
        const float *xg = x + n * 18 + g * 18, *wg = w + g * 24;
        float *yo = y + n * 108 + g * 3
            + o0 * 18
            + o1 * 3
            ;

        while (first0 < end0 && (t0 - first0 * 1) % 2)
            first0++;
        while (first1 < end1 && (t1 - first1 * 1) % 2)
            first1++;
        for (ptrdiff_t k = 0; k < 3; k++) {
            float sum = 0;

            for (ptrdiff_t r0 = first0; r0 < end0; r0 += 2)
            for (ptrdiff_t r1 = first1; r1 < end1; r1 += 2)
            for (ptrdiff_t c = 0; c < 2; c++) {
                const float p = xg[c * 9
                    + (t0 - r0 * 1) / 2 * 3
                    + (t1 - r1 * 1) / 2 * 1
                    ];
                const float *q = wg + c * 12 + k * 4
                    + r0 * 2
                    + r1 * 1
                    ;

                sum = s_fma(p, *q, sum);
            }
            yo[k * 1] = sum;
        }
    }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_2(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(3); i0 < NET_TO(3); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 36;
    for (ptrdiff_t i1 = 0; i1 < 36; i1++) {
        const float *x2 = x1 + i1 * 3;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

