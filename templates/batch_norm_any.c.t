//# Parameters that are computed at run time; S, B, M, R: steps of scale, bias, mean, variance.
//@ params NAME T SQRT EPS RANK DIM[] X[] S[] B[] M[] R[] Y[] ONE
/* y = (x - mean) scale / sqrt(variance + eps) + bias, per channel. */
NET_FN void ${NAME}(const ${T} *x0, const ${T} *s0, const ${T} *b0, const ${T} *m0, const ${T} *r0,
    ${T} *y0, int part, int parts)
{
//@ for d in 0..RANK
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${T} *x${d + 1} = x${d} + i${d} * ${X[d]};
        const ${T} *s${d + 1} = s${d} + i${d} * ${S[d]}, *b${d + 1} = b${d} + i${d} * ${B[d]};
        const ${T} *m${d + 1} = m${d} + i${d} * ${M[d]}, *r${d + 1} = r${d} + i${d} * ${R[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
        const ${T} scale = *s${RANK} / ${SQRT}(*r${RANK} + ${EPS});

        *y${RANK} = ${ONE}((*x${RANK} - *m${RANK}) * scale + *b${RANK});
//@ for d in 0..RANK
    }
//@ end
}
