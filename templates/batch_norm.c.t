//@ params NAME T FMA RANK DIM[] X[] S[] Y[] VECTOR ACT
/* y = x s + t, s and t per channel, and what is fused to it. */
NET_FN void ${NAME}(const ${T} *x0, const ${T} *s0, const ${T} *t0, ${T} *y0,
    int part, int parts)
{
//@ for d in 0..RANK - VECTOR
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${T} *x${d + 1} = x${d} + i${d} * ${X[d]};
        const ${T} *s${d + 1} = s${d} + i${d} * ${S[d]}, *t${d + 1} = t${d} + i${d} * ${S[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
//@ if VECTOR
        const float *x = x${RANK - 1}, *s = s${RANK - 1}, *t = t${RANK - 1};
        float *y = y${RANK - 1};
//@ if RANK == 1
        const ptrdiff_t end = NET_TO16(${DIM[0]});
        ptrdiff_t i = NET_FROM16(${DIM[0]});
//@ else
        const ptrdiff_t end = ${DIM[RANK - 1]};
        ptrdiff_t i = 0;
//@ end

//@ if S[RANK - 1]
        for (; i + V <= end; i += V)
            v_store(y + i, ${ACT}(v_fma(v_load(x + i), v_load(s + i), v_load(t + i))));
        if (i < end) {
            const int left = (int)(end - i);
            const v_f32 sv = v_load_n(s + i, left), tv = v_load_n(t + i, left);
            v_store_n(y + i, ${ACT}(v_fma(v_load_n(x + i, left), sv, tv)), left);
        }
//@ else
        const v_f32 sv = v_set1(*s), tv = v_set1(*t);
        for (; i + V <= end; i += V)
            v_store(y + i, ${ACT}(v_fma(v_load(x + i), sv, tv)));
        if (i < end) {
            const int left = (int)(end - i);
            v_store_n(y + i, ${ACT}(v_fma(v_load_n(x + i, left), sv, tv)), left);
        }
//@ end
//@ else
        *y${RANK} = ${ACT}(${FMA}(*x${RANK}, *s${RANK}, *t${RANK}));
//@ end
//@ for d in 0..RANK - VECTOR
    }
//@ end
}
