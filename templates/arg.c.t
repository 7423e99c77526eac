//# OP: max, min; LAST: of equal elements the last instead of the first; REAL: there may be NaNs,
//# which come before all numbers.
//@ params NAME T OP LAST REAL RANK DIM[] X[] Y[] COUNT XA
/* y = index of the ${OP}imum of ${COUNT} elements. */
NET_FN void ${NAME}(const ${T} *x0, int64_t *y0, int part, int parts)
{
//@ for d in 0..RANK
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${T} *x${d + 1} = x${d} + i${d} * ${X[d]};
        int64_t *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
        ${T} best = *x${RANK};
        ptrdiff_t at = 0;

        for (ptrdiff_t k = 1; k < ${COUNT}; k++) {
            const ${T} x = x${RANK}[k * ${XA}];
//@ if OP == max && LAST
            const int better = x >= best;
//@ elif OP == max
            const int better = x > best;
//@ elif LAST
            const int better = x <= best;
//@ else
            const int better = x < best;
//@ end
//@ if REAL && LAST
            if (better || x != x) {
//@ elif REAL
            if (better || (x != x && best == best)) {
//@ else
            if (better) {
//@ end
                best = x;
                at = k;
            }
        }
        *y${RANK} = at;
//@ for d in 0..RANK
    }
//@ end
}
