//@ params NAME RANK DIM[] A[] B[] Y[] T D VECTOR
/* y = ${D}(a, b), element by element. */
NET_FN void ${NAME}(const ${T} *a0, const ${T} *b0, ${T} *y0, int part, int parts)
{
//@ for d in 0..RANK - VECTOR
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${T} *a${d + 1} = a${d} + i${d} * ${A[d]}, *b${d + 1} = b${d} + i${d} * ${B[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
//@ if VECTOR
//@ if RANK == 1
        const ptrdiff_t end = NET_TO16(${DIM[0]});
        ptrdiff_t i = NET_FROM16(${DIM[0]});
//@ else
        const ptrdiff_t end = ${DIM[RANK - 1]};
        ptrdiff_t i = 0;
//@ end
        const float *a = a${RANK - 1}, *b = b${RANK - 1};
        float *y = y${RANK - 1};

        for (; i + V <= end; i += V)
            v_store(y + i, ${D}(v_load(a + i), v_load(b + i)));
        if (i < end) {
            const int n = (int)(end - i);
            v_store_n(y + i, ${D}(v_load_n(a + i, n), v_load_n(b + i, n)), n);
        }
//@ else
        *y${RANK} = ${D}(*a${RANK}, *b${RANK});
//@ end
//@ for d in 0..RANK - VECTOR
    }
//@ end
}
