/* SPDX-License-Identifier: 0BSD */
/* y = c ? a : b, element by element, broadcast by steps of 0. */
NET_FN void where_c_1(const unsigned char *c0, const float *a0, const float *b0, float *y0,
    int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const unsigned char *c1 = c0 + i0 * 0;
        const float *a1 = a0 + i0 * 3, *b1 = b0 + i0 * 0;
        float *y1 = y0 + i0 * 3;
    for (ptrdiff_t i1 = 0; i1 < 3; i1++) {
        const unsigned char *c2 = c1 + i1 * 1;
        const float *a2 = a1 + i1 * 1, *b2 = b1 + i1 * 0;
        float *y2 = y1 + i1 * 1;
        *y2 = *c2 ? *a2 : *b2;
    }
    }
}

