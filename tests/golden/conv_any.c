/* SPDX-License-Identifier: 0BSD */
/* y = f(x), element by element. */
NET_FN void map_c_1(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(9); i0 < NET_TO(9); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 2;
    for (ptrdiff_t i1 = 0; i1 < 2; i1++) {
        const float *x2 = x1 + i1 * 9;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void conv_c_2(const float *x, const float *w,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 1; n++)
    for (ptrdiff_t o0 = NET_FROM(3); o0 < NET_TO(3); o0++) {
        const ptrdiff_t i0 = o0 * 1 - 1;
        const ptrdiff_t first0 = i0 < 0 ? (1 - i0) / 2 : 0;
        const ptrdiff_t room0 = (4 - i0) / 2;
        const ptrdiff_t end0 = room0 < 2 ? room0 : 2;
    for (ptrdiff_t o1 = 0; o1 < 3; o1++) {
        const ptrdiff_t i1 = o1 * 1 - 1;
        const ptrdiff_t first1 = i1 < 0 ? (1 - i1) / 2 : 0;
        const ptrdiff_t room1 = (4 - i1) / 2;
        const ptrdiff_t end1 = room1 < 2 ? room1 : 2;
        for (ptrdiff_t k = 0; k < 4; k++) {
            const ptrdiff_t c0 = k / 2 * 1;
            float sum = 0;

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            for (ptrdiff_t c = 0; c < 1; c++)
                sum = s_fma(x[n * 18 + (c0 + c) * 1
                    + (i0 + r0 * 2) * 6
                    + (i1 + r1 * 2) * 2
                    ], w[k * 4 + c * 4
                    + r0 * 2
                    + r1 * 1
                    ], sum);
            y[n * 36 + k * 1
                + o0 * 12
                + o1 * 4
                ] = (sum);
        }
    }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_3(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 9;
    for (ptrdiff_t i1 = 0; i1 < 9; i1++) {
        const float *x2 = x1 + i1 * 4;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

