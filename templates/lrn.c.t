//# QUARTERS: beta is 0.75, a matter of square roots; else POW computes it.  VECTOR: lanes are
//# channels, where the whole window is inside.
//@ params NAME T FMA SQRT POW RANK DIM[] X[] Y[] C XC YC BEFORE BEHIND BIAS ALPHA BETA QUARTERS VECTOR
/* Channel c of one pixel. */
NET_FN ${T} ${NAME}_one(const ${T} *x, ptrdiff_t c)
{
    const ptrdiff_t first = c > ${BEFORE} ? c - ${BEFORE} : 0;
    const ptrdiff_t end = c + ${BEHIND} < ${C} ? c + ${BEHIND + 1} : ${C};
    ${T} sum = 0, base;

    for (ptrdiff_t k = first; k < end; k++)
        sum = ${FMA}(x[k * ${XC}], x[k * ${XC}], sum);
    base = ${FMA}(sum, ${ALPHA}, ${BIAS});
//@ if QUARTERS
    base = ${SQRT}(base);
    return x[c * ${XC}] / (base * ${SQRT}(base));
//@ else
    return x[c * ${XC}] / ${POW}(base, ${BETA});
//@ end
}

/* y = x / (bias + alpha sum of x^2)^beta, the sum over the channel itself, ${BEFORE} before it and
 * ${BEHIND} behind. */
NET_FN void ${NAME}(const ${T} *x0, ${T} *y0, int part, int parts)
{
//@ for d in 0..RANK
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${T} *x${d + 1} = x${d} + i${d} * ${X[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
        ptrdiff_t c = 0;

//@ if VECTOR
        for (; c < ${min(BEFORE, C)}; c++)
            y${RANK}[c] = ${NAME}_one(x${RANK}, c);
        for (; c + V + ${BEHIND} <= ${C}; c += V) {
            v_f32 sum = v_set1(0.0f), base;

            for (ptrdiff_t k = c - ${BEFORE}; k <= c + ${BEHIND}; k++)
                sum = v_fma(v_load(x${RANK} + k), v_load(x${RANK} + k), sum);
            base = v_sqrt(v_fma(sum, v_set1(${ALPHA}), v_set1(${BIAS})));
            v_store(y${RANK} + c, v_div(v_load(x${RANK} + c), v_mul(base, v_sqrt(base))));
        }
//@ end
        for (; c < ${C}; c++)
            y${RANK}[c * ${YC}] = ${NAME}_one(x${RANK}, c);
//@ for d in 0..RANK
    }
//@ end
}
