//# Results are the loops DIM, with steps X, Y, S, B of input, result, scale, bias; LOOP with XR,
//# YR, SR, BR are the elements of one.  MODE: row, lanes along one result's elements; lanes, across
//# results; each, one by one in double.
//@ params NAME T EPS RANK DIM[] X[] S[] B[] Y[] INNER LOOP[] XR[] SR[] BR[] YR[] COUNT BIAS MODE VW
/* y = (x - mean) / sqrt(variance + eps) scale + bias, mean and variance over ${COUNT} elements. */
NET_FN void ${NAME}(const ${T} *x0, const ${T} *s0,
//@ if BIAS
    const ${T} *b0,
//@ end
    ${T} *y0, int part, int parts)
{
//@ for d in 0..MODE == lanes ? RANK - 1 : RANK
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${T} *x${d + 1} = x${d} + i${d} * ${X[d]}, *s${d + 1} = s${d} + i${d} * ${S[d]};
//@ if BIAS
        const ${T} *b${d + 1} = b${d} + i${d} * ${B[d]};
//@ end
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
//@ if MODE == row
//@ include norm_row.c.t
//@ else
//@ if MODE == lanes
//@ if RANK == 1
        const ptrdiff_t end = NET_TO16(${DIM[0]});
        ptrdiff_t i = NET_FROM16(${DIM[0]});
//@ else
        const ptrdiff_t end = ${DIM[RANK - 1]};
        ptrdiff_t i = 0;
//@ end
//@ for tail in 0..DIM[RANK - 1] % VW ? 2 : 1
//@ if tail
        if (i < end) {
            const int n = ${DIM[RANK - 1] % VW};
//@ else
        for (; i + V <= end; i += V) {
            const int n = V;
//@ end
            const float *x = x${RANK - 1} + i, *s = s${RANK - 1} + i * ${S[RANK - 1]};
//@ if BIAS
            const float *b = b${RANK - 1} + i * ${B[RANK - 1]};
//@ end
            float *y = y${RANK - 1} + i;
//@ include norm_lanes.c.t
        }
//@ end
//@ else
        const ${T} *x = x${RANK}, *s = s${RANK};
//@ if BIAS
        const ${T} *b = b${RANK};
//@ end
        ${T} *y = y${RANK};
//@ include norm_each.c.t
//@ end
//@ end
//@ for d in 0..MODE == lanes ? RANK - 1 : RANK
    }
//@ end
}
