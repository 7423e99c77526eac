//@ params NAME T RANK DIM[] Y[] A[] B[] N YS AS BS
/* dx = y (dy - sum of y dy) along one dimension of ${N}. */
NET_FN void ${NAME}(const ${T} *a0, const ${T} *b0, ${T} *y0, int part, int parts)
{
//@ for d in 0..RANK
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${T} *a${d + 1} = a${d} + i${d} * ${A[d]}, *b${d + 1} = b${d} + i${d} * ${B[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
        double dot = 0;

        for (ptrdiff_t k = 0; k < ${N}; k++)
            dot += (double)a${RANK}[k * ${AS}] * (double)b${RANK}[k * ${BS}];
        for (ptrdiff_t k = 0; k < ${N}; k++)
            y${RANK}[k * ${YS}] = (${T})((double)a${RANK}[k * ${AS}]
                * ((double)b${RANK}[k * ${BS}] - dot));
//@ for d in 0..RANK
    }
//@ end
}
