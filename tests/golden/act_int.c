/* SPDX-License-Identifier: 0BSD */
/* relu of an integer. */
NET_FN int32_t relu_c_1(int32_t x)
{
    return x < 0 ? 0 : x;
}

/* y = f(x), element by element. */
NET_FN void map_c_2(const int32_t *x0, int32_t *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(5); i0 < NET_TO(5); i0++) {
        const int32_t *x1 = x0 + i0 * 1;
        int32_t *y1 = y0 + i0 * 1;
        int32_t x = *x1;
        *y1 = (int32_t)(relu_c_1(x));
    }
}

/* clip of an integer. */
NET_FN int32_t clip_c_3(int32_t x)
{
    x = x < -1 ? -1 : x;
    x = x > 7 ? 7 : x;
    return x;
}

/* y = f(x), element by element. */
NET_FN void map_c_4(const int32_t *x0, int32_t *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(5); i0 < NET_TO(5); i0++) {
        const int32_t *x1 = x0 + i0 * 1;
        int32_t *y1 = y0 + i0 * 1;
        int32_t x = *x1;
        *y1 = (int32_t)(clip_c_3(x));
    }
}

