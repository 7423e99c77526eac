//# P: the words of vectors or of numbers; VT: their type; LD, ST, RD: what stands around the
//# address of a load and a store.  ACT: of bn_apply; D: the derivative of the activation, or none.
//# XS, GS, YS: steps from pixel to pixel; XC, GC, YC: from channel to channel.
//@ params NAME P T VT STEP FROM TO C LD ST RD OP ACT D XS GS YS XC GC YC HAS_G CH
/* ${OP} of n pixels, channels ${FROM} to ${TO}. */
NET_FN void ${NAME}(const ${T} *x,
//@ if HAS_G
    const ${T} *g,
//@ end
//@ for i in 0..CH
    const ${T} *c${i},
//@ end
    ${T} *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t c = ${FROM}; c < ${TO}; c += ${STEP}) {
        const ${T} *xc = x + c * ${XC};
//@ if HAS_G
        const ${T} *gc = g + c * ${GC};
//@ end
//@ for i in 0..CH
        NET_UNUSED const ${VT} k${i} = ${LD}c${i} + c${RD};
//@ end
//@ if OP == bn_apply
        ${T} *yc = y + c * ${YC};

        for (ptrdiff_t i = 0; i < n; i++) {
            const ${VT} v = ${LD}xc + i * ${XS}${RD};
            ${ST}yc + i * ${YS}, ${ACT}(${P}_fma(${P}_sub(v, k0), k1, k2))${RD};
        }
//@ elif OP == bn_grad
        ${T} *yc = y + c * ${YC};

        for (ptrdiff_t i = 0; i < n; i++) {
            const ${VT} v = ${LD}xc + i * ${XS}${RD};
            ${VT} d = ${LD}gc + i * ${GS}${RD};
//@ if D != none
            d = ${D}(${P}_fma(${P}_sub(v, k0), k1, k2), d);
//@ end
            d = ${P}_fma(d, k1, ${P}_fma(${P}_sub(v, k0), k3, k4));
            ${ST}yc + i * ${YS}, d${RD};
        }
//@ elif OP == bn_grad_sums
        ${VT} sum = ${P}_set1(0), moment = ${P}_set1(0);

        for (ptrdiff_t i = 0; i < n; i++) {
            const ${VT} v = ${LD}xc + i * ${XS}${RD};
            ${VT} d = ${LD}gc + i * ${GS}${RD};
//@ if D != none
            d = ${D}(${P}_fma(${P}_sub(v, k0), k1, k2), d);
//@ end
            sum = ${P}_add(sum, d);
            moment = ${P}_fma(d, ${P}_sub(v, k0), moment);
        }
        ${ST}y + c, ${P}_add(${LD}y + c${RD}, sum)${RD};
        ${ST}y + ${C} + c, ${P}_add(${LD}y + ${C} + c${RD}, moment)${RD};
//@ elif OP == bn_stats
        /* the block's own mean first: squares of what is far from 0 would lose their digits; what
         * is left of it is the rounding of the mean */
        const ${T} all = (${T})(before + n);
        ${VT} mean = ${P}_set1(0), left = ${P}_set1(0), squares = ${P}_set1(0), old, d;

        for (ptrdiff_t i = 0; i < n; i++)
            mean = ${P}_add(mean, ${LD}xc + i * ${XS}${RD});
        mean = ${P}_mul(mean, ${P}_set1(1 / (${T})n));
        for (ptrdiff_t i = 0; i < n; i++) {
            d = ${P}_sub(${LD}xc + i * ${XS}${RD}, mean);
            left = ${P}_add(left, d);
            squares = ${P}_fma(d, d, squares);
        }
        mean = ${P}_fma(left, ${P}_set1(1 / (${T})n), mean);
        old = ${LD}y + c${RD};
        d = ${P}_sub(mean, old);
        squares = ${P}_add(squares, ${LD}y + ${C} + c${RD});
        squares = ${P}_fma(${P}_mul(d, d),
            ${P}_set1((${T})before * ((${T})n / all)), squares);
        ${ST}y + c, ${P}_fma(d, ${P}_set1((${T})n / all), old)${RD};
        ${ST}y + ${C} + c, squares${RD};
//@ end
    }
}
