//@ params NAME RANK DIM[] X[] Y[] TX TY ACT EXPR VECTOR
/* y = f(x), element by element. */
NET_FN void ${NAME}(const ${TX} *x0, ${TY} *y0)
{
//@ for d in 0..RANK - VECTOR
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
        const ${TX} *x${d + 1} = x${d} + i${d} * ${X[d]};
        ${TY} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
//@ if VECTOR
//@ if X[RANK - 1]
        ptrdiff_t i = 0;
        for (; i + V <= ${DIM[RANK - 1]}; i += V)
            v_store(y${RANK - 1} + i, ${ACT}(v_load(x${RANK - 1} + i)));
        if (i < ${DIM[RANK - 1]}) {
            int n = (int)(${DIM[RANK - 1]} - i);
            v_store_n(y${RANK - 1} + i, ${ACT}(v_load_n(x${RANK - 1} + i, n)), n);
        }
//@ else
        v_f32 a = ${ACT}(v_set1(*x${RANK - 1}));
        ptrdiff_t i = 0;
        for (; i + V <= ${DIM[RANK - 1]}; i += V)
            v_store(y${RANK - 1} + i, a);
        if (i < ${DIM[RANK - 1]})
            v_store_n(y${RANK - 1} + i, a, (int)(${DIM[RANK - 1]} - i));
//@ end
//@ else
        ${TX} x = *x${RANK};
        *y${RANK} = (${TY})(${EXPR});
//@ end
//@ for d in 0..RANK - VECTOR
    }
//@ end
}
