//@ params NAME RANK DIM[] X[] Y[] TX TY ACT EXPR VECTOR
/* y = f(x), element by element. */
NET_FN void ${NAME}(const ${TX} *x0, ${TY} *y0, int part, int parts)
{
//@ for d in 0..RANK - VECTOR
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${TX} *x${d + 1} = x${d} + i${d} * ${X[d]};
        ${TY} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
//@ if VECTOR && RANK == 1
        const ptrdiff_t n = NET_TO16(${DIM[RANK - 1]});
        ptrdiff_t i = NET_FROM16(${DIM[RANK - 1]});
//@ elif VECTOR
        const ptrdiff_t n = ${DIM[RANK - 1]};
        ptrdiff_t i = 0;
//@ end
//@ if VECTOR && X[RANK - 1]
        for (; i + V <= n; i += V)
            v_store(y${RANK - 1} + i, ${ACT}(v_load(x${RANK - 1} + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y${RANK - 1} + i, ${ACT}(v_load_n(x${RANK - 1} + i, left)), left);
        }
//@ elif VECTOR
        const v_f32 a = ${ACT}(v_set1(*x${RANK - 1}));
        for (; i + V <= n; i += V)
            v_store(y${RANK - 1} + i, a);
        if (i < n)
            v_store_n(y${RANK - 1} + i, a, (int)(n - i));
//@ else
        ${TX} x = *x${RANK};
        *y${RANK} = (${TY})(${EXPR});
//@ end
//@ for d in 0..RANK - VECTOR
    }
//@ end
}
