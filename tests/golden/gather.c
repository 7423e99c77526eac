/* SPDX-License-Identifier: 0BSD */
/* y = parts of x, chosen by index; one below 0 counts from the end, one outside is moved inside. */
NET_FN void gather_c_1(const float *x, const int64_t *k0, float *y, int part, int parts)
{
    for (ptrdiff_t j0 = NET_FROM(2); j0 < NET_TO(2); j0++) {
        const int64_t *k1 = k0 + j0 * 1;
        const int64_t from_end = *k1 < 0 ? 4 : 0;
        const int64_t index = *k1 + from_end;
        const float *x0 = x + (index < 0 ? 0 : index < 4 ? (ptrdiff_t)index : 3) * 3;
        float *y0 = y
            + j0 * 3
            ;

        for (ptrdiff_t i0 = 0; i0 < 3; i0++) {
            const float *x1 = x0 + i0 * 1;
            float *y1 = y0 + i0 * 1;
            *y1 = *x1;
        }
    }
}

