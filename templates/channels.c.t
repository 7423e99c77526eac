//# P: the words of vectors or of numbers; VT: their type; LD, ST, RD: what stands around the
//# address of a load and a store.  ACT: of bn_apply; D: the derivative of the activation, or none.
//# XS, GS, YS: steps from pixel to pixel; XC, GC, YC: from channel to channel.
//@ params NAME P T VT STEP FROM TO C LD ST RD OP ACT D XS GS YS XC GC YC HAS_G CH PUT
/* ${OP} of n pixels, channels ${FROM} to ${TO}, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void ${NAME}(const ${T} *x,
//@ if HAS_G
    const ${T} *g,
//@ end
//@ for i in 0..CH
    const ${T} *c${i},
//@ end
    ${T} *y, ptrdiff_t n, ptrdiff_t before)
{
//@ if OP == bn_grad_sums
    ${VT} sum[${(TO - FROM + STEP - 1) / STEP}], moment[${(TO - FROM + STEP - 1) / STEP}];

    for (int k = 0; k < ${(TO - FROM + STEP - 1) / STEP}; k++)
        sum[k] = moment[k] = ${P}_set1(0);
//@ elif OP == bn_stats
    /* the block's own mean first: squares of what is far from 0 would lose their digits; what is
     * left of it is the rounding of the mean */
    ${VT} mean[${(TO - FROM + STEP - 1) / STEP}], left[${(TO - FROM + STEP - 1) / STEP}];
    ${VT} squares[${(TO - FROM + STEP - 1) / STEP}], old, d;
    const ${T} all = (${T})(before + n);

    for (int k = 0; k < ${(TO - FROM + STEP - 1) / STEP}; k++)
        mean[k] = left[k] = squares[k] = ${P}_set1(0);
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = ${FROM}, k = 0; c < ${TO}; c += ${STEP}, k++)
            mean[k] = ${P}_add(mean[k], ${LD}x + i * ${XS} + c * ${XC}${RD});
    for (int k = 0; k < ${(TO - FROM + STEP - 1) / STEP}; k++)
        mean[k] = ${P}_mul(mean[k], ${P}_set1(1 / (${T})n));
//@ end
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = ${FROM}, k = 0; c < ${TO}; c += ${STEP}, k++) {
            const ${VT} v = ${LD}x + i * ${XS} + c * ${XC}${RD};
//@ if HAS_G
            ${VT} z = ${LD}g + i * ${GS} + c * ${GC}${RD};
//@ end
//@ for j in 0..CH
            NET_UNUSED const ${VT} k${j} = ${LD}c${j} + c${RD};
//@ end
//@ if HAS_G && D != none
            z = ${D}(${P}_fma(${P}_sub(v, k0), k1, k2), z);
//@ end
            (void)k;
//@ if OP == bn_apply
            ${PUT}y + i * ${YS} + c * ${YC}, ${ACT}(${P}_fma(${P}_sub(v, k0), k1, k2))${RD};
//@ elif OP == bn_grad
            z = ${P}_fma(z, k1, ${P}_fma(${P}_sub(v, k0), k3, k4));
            ${ST}y + i * ${YS} + c * ${YC}, z${RD};
//@ elif OP == bn_grad_sums
            sum[k] = ${P}_add(sum[k], z);
            moment[k] = ${P}_fma(z, ${P}_sub(v, k0), moment[k]);
//@ elif OP == bn_stats
            d = ${P}_sub(v, mean[k]);
            left[k] = ${P}_add(left[k], d);
            squares[k] = ${P}_fma(d, d, squares[k]);
//@ end
        }
//@ if OP == bn_grad_sums
    for (ptrdiff_t c = ${FROM}, k = 0; c < ${TO}; c += ${STEP}, k++) {
        ${ST}y + c, ${P}_add(${LD}y + c${RD}, sum[k])${RD};
        ${ST}y + ${C} + c, ${P}_add(${LD}y + ${C} + c${RD}, moment[k])${RD};
    }
//@ elif OP == bn_stats
    for (ptrdiff_t c = ${FROM}, k = 0; c < ${TO}; c += ${STEP}, k++) {
        mean[k] = ${P}_fma(left[k], ${P}_set1(1 / (${T})n), mean[k]);
        old = ${LD}y + c${RD};
        d = ${P}_sub(mean[k], old);
        squares[k] = ${P}_add(squares[k], ${LD}y + ${C} + c${RD});
        squares[k] = ${P}_fma(${P}_mul(d, d),
            ${P}_set1((${T})before * ((${T})n / all)), squares[k]);
        ${ST}y + c, ${P}_fma(d, ${P}_set1((${T})n / all), old)${RD};
        ${ST}y + ${C} + c, squares[k]${RD};
    }
//@ end
}
