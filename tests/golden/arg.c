/* SPDX-License-Identifier: 0BSD */
/* y = index of the maximum of 5 elements. */
NET_FN void argmax_c_1(const float *x0, int64_t *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *x1 = x0 + i0 * 15;
        int64_t *y1 = y0 + i0 * 3;
    for (ptrdiff_t i1 = 0; i1 < 3; i1++) {
        const float *x2 = x1 + i1 * 1;
        int64_t *y2 = y1 + i1 * 1;
        float best = *x2;
        ptrdiff_t at = 0;

        for (ptrdiff_t k = 1; k < 5; k++) {
            const float x = x2[k * 3];
            const int better = x > best;
            if (better || (x != x && best == best)) {
                best = x;
                at = k;
            }
        }
        *y2 = at;
    }
    }
}

