//# START: the sum, product, extreme of nothing; a mean is divided by DIVISOR.  ACC: double for floats,
//# where NaN is an extreme.
//@ params NAME RANK DIM[] X[] Y[] INNER LOOP[] XR[] COUNT T ACC OP START DIVISOR VECTOR
/* y = ${OP} of x over ${COUNT} elements each. */
NET_FN void ${NAME}(const ${T} *x0, ${T} *y0, int part, int parts)
{
//@ for d in 0..RANK - VECTOR
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${T} *x${d + 1} = x${d} + i${d} * ${X[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
//@ if VECTOR && RANK == 1
    const ptrdiff_t end = NET_TO16(${DIM[RANK - 1]});
    for (ptrdiff_t i = NET_FROM16(${DIM[RANK - 1]}); i < end; i += V) {
//@ elif VECTOR
    const ptrdiff_t end = ${DIM[RANK - 1]};
    for (ptrdiff_t i = 0; i < end; i += V) {
//@ end
//@ if VECTOR
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x${RANK - 1} + i;
        v_f32 a = v_set1(${START}), p;
//@ else
        const ${T} *r0 = x${RANK};
        ${ACC} a = ${START};
//@ end
//@ for d in 0..INNER
        for (ptrdiff_t k${d} = 0; k${d} < ${LOOP[d]}; k${d}++) {
            const ${T} *r${d + 1} = r${d} + k${d} * ${XR[d]};
//@ end
//@ if VECTOR
            p = n == V ? v_load(r${INNER}) : v_load_n(r${INNER}, n);
//@ if OP == max
            a = v_most(p, a);
//@ elif OP == min
            a = v_least(p, a);
//@ elif OP == prod
            a = v_mul(a, p);
//@ else
            a = v_add(a, p);
//@ end
//@ else
            const ${ACC} p = (${ACC})*r${INNER};
//@ if OP == max && ACC == double
            a = a < p || p != p ? p : a;
//@ elif OP == max
            a = a < p ? p : a;
//@ elif OP == min && ACC == double
            a = p < a || p != p ? p : a;
//@ elif OP == min
            a = p < a ? p : a;
//@ elif OP == prod
            a *= p;
//@ else
            a += p;
//@ end
//@ end
//@ for d in 0..INNER
        }
//@ end
//@ if VECTOR
//@ if OP == mean
        a = v_div(a, v_set1(${DIVISOR}));
//@ end
        if (n == V)
            v_store(y${RANK - 1} + i, a);
        else
            v_store_n(y${RANK - 1} + i, a, n);
    }
//@ else
//@ if OP == mean
        a /= ${DIVISOR};
//@ end
        *y${RANK} = (${T})a;
//@ end
//@ for d in 0..RANK - VECTOR
    }
//@ end
}
