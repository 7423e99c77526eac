//# Per channel, in double.  COUNT: pixels of each rank, in PARTS parts; 0: the parts are sums.
//# OTHERS: there are other ranks, and a way to them.
//@ params NAME T C PARTS COUNT RANKS OTHERS
//@ if COUNT
/* Means, and sums of squared distances from them, of ${PARTS} parts (Chan, Golub, LeVeque 1979); of
 * ${RANKS} ranks by their moments, n mean and sum x^2: in double, the difference of two large
 * numbers keeps more digits than x has. */
//@ else
/* The sums of ${PARTS} parts and ${RANKS} ranks. */
//@ end
NET_FN void ${NAME}(const ${T} *x,
//@ if OTHERS
    const mnc_ranks *others,
//@ end
    ${T} *y, double *t)
{
    for (int c = 0; c < ${C}; c++) {
//@ if COUNT
//@ include bn_parts.c.t
        t[c] = n * m;
        t[${C} + c] = squares + n * m * m;
//@ else
        t[c] = t[${C} + c] = 0;
        for (ptrdiff_t k = 0; k < ${PARTS}; k++) {
            t[c] += (double)x[k * ${2 * C} + c];
            t[${C} + c] += (double)x[k * ${2 * C} + ${C} + c];
        }
//@ end
    }
//@ if OTHERS
    others->sum(others->user, t, ${2 * C});
//@ end
    for (int c = 0; c < ${C}; c++) {
//@ if COUNT
        const double m = t[c] / (double)${COUNT * RANKS}, squares = t[${C} + c] - t[c] * m;

        y[c] = (${T})m;
        y[${C} + c] = (${T})(squares > 0 ? squares : 0);
//@ else
        y[c] = (${T})t[c];
        y[${C} + c] = (${T})t[${C} + c];
//@ end
    }
}
