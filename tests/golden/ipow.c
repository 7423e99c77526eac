/* SPDX-License-Identifier: 0BSD */
/* x^n for integers, by squaring, modulo 2^64. */
NET_FN uint64_t ipow_c_1(uint64_t x, int64_t n)
{
    uint64_t y = 1;

    if (n < 0)
        return x == 0 ? 2147483647 : x == 1 ? 1 : x + 1 != 0 ? 0 : n % 2 ? x : 1;
    for (; n; n /= 2) {
        if (n % 2)
            y *= x;
        x *= x;
    }
    return y;
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_2(const int32_t *a0, const int32_t *b0, int32_t *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const int32_t *a1 = a0 + i0 * 1;
        const int32_t *b1 = b0 + i0 * 1;
        int32_t *y1 = y0 + i0 * 1;
        const int64_t a = *a1;
        const int64_t b = *b1;
        const int32_t x = (int32_t)(ipow_c_1((uint64_t)a, b));
        *y1 = (int32_t)((x));
    }
}

