/* SPDX-License-Identifier: 0BSD */
/* y = (x - mean) scale / sqrt(variance + eps) + bias, per channel. */
NET_FN void batch_norm_c_1(const float *x0, const float *s0, const float *b0, const float *m0, const float *r0,
    float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *x1 = x0 + i0 * 3;
        const float *s1 = s0 + i0 * 0, *b1 = b0 + i0 * 0;
        const float *m1 = m0 + i0 * 0, *r1 = r0 + i0 * 0;
        float *y1 = y0 + i0 * 3;
    for (ptrdiff_t i1 = 0; i1 < 3; i1++) {
        const float *x2 = x1 + i1 * 1;
        const float *s2 = s1 + i1 * 1, *b2 = b1 + i1 * 1;
        const float *m2 = m1 + i1 * 1, *r2 = r1 + i1 * 1;
        float *y2 = y1 + i1 * 1;
        const float scale = *s2 / sqrtf(*r2 + 1e-05f);

        *y2 = ((*x2 - *m2) * scale + *b2);
    }
    }
}

