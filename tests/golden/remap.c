/* SPDX-License-Identifier: 0BSD */
/* y = elements of x, in 1 dimensions those that a table names. */
NET_FN void pad_c_1(const float *x, const int32_t *t, float *y, int part, int parts)
{
    for (ptrdiff_t j0 = NET_FROM(7); j0 < NET_TO(7); j0++)
    {
        const float *x0 = x
            + t[0 + j0]
            ;
        float *y0 = y
            + j0 * 1
            ;

        for (ptrdiff_t i0 = 0; i0 < 1; i0++) {
            const float *x1 = x0 + i0 * 0;
            float *y1 = y0 + i0 * 0;
            *y1 = *x1;
        }
    }
}

