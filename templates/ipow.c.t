//# MOST: the largest number of the result's type, for 1 / 0.
//@ params NAME TB SIGNED MOST
/* x^n for integers, by squaring, modulo 2^64. */
NET_FN uint64_t ${NAME}(uint64_t x, ${TB} n)
{
    uint64_t y = 1;

//@ if SIGNED
    if (n < 0)
        return x == 0 ? ${MOST} : x == 1 ? 1 : x + 1 != 0 ? 0 : n % 2 ? x : 1;
//@ end
    for (; n; n /= 2) {
        if (n % 2)
            y *= x;
        x *= x;
    }
    return y;
}
