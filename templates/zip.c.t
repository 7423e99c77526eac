//@ params NAME RANK DIM[] A[] B[] Y[] TA TB TY WA WB TR OP ACT EXPR POST VECTOR
/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void ${NAME}(const ${TA} *a0, const ${TB} *b0, ${TY} *y0, int part, int parts)
{
//@ for d in 0..RANK - VECTOR
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${TA} *a${d + 1} = a${d} + i${d} * ${A[d]};
        const ${TB} *b${d + 1} = b${d} + i${d} * ${B[d]};
        ${TY} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
//@ if VECTOR && RANK == 1
        const ptrdiff_t n = NET_TO16(${DIM[RANK - 1]});
        ptrdiff_t i = NET_FROM16(${DIM[RANK - 1]});
//@ elif VECTOR
        const ptrdiff_t n = ${DIM[RANK - 1]};
        ptrdiff_t i = 0;
//@ end
//@ if VECTOR
//@ if !A[RANK - 1]
        const v_f32 a = v_set1(*a${RANK - 1});
//@ end
//@ if !B[RANK - 1]
        const v_f32 b = v_set1(*b${RANK - 1});
//@ end
        for (; i + V <= n; i += V) {
//@ if A[RANK - 1]
            const v_f32 a = v_load(a${RANK - 1} + i);
//@ end
//@ if B[RANK - 1]
            const v_f32 b = v_load(b${RANK - 1} + i);
//@ end
            v_store(y${RANK - 1} + i, ${ACT}(${OP}(a, b)));
        }
        if (i < n) {
            const int left = (int)(n - i);
//@ if A[RANK - 1]
            const v_f32 a = v_load_n(a${RANK - 1} + i, left);
//@ end
//@ if B[RANK - 1]
            const v_f32 b = v_load_n(b${RANK - 1} + i, left);
//@ end
            v_store_n(y${RANK - 1} + i, ${ACT}(${OP}(a, b)), left);
        }
//@ else
        const ${WA} a = *a${RANK};
        const ${WB} b = *b${RANK};
        const ${TR} x = (${TR})(${EXPR});
        *y${RANK} = (${TY})(${POST});
//@ end
//@ for d in 0..RANK - VECTOR
    }
//@ end
}
