//@ params NAME T RANK DIM[] C[] A[] B[] Y[]
/* y = c ? a : b, element by element, broadcast by steps of 0. */
NET_FN void ${NAME}(const unsigned char *c0, const ${T} *a0, const ${T} *b0, ${T} *y0,
    int part, int parts)
{
//@ for d in 0..RANK
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const unsigned char *c${d + 1} = c${d} + i${d} * ${C[d]};
        const ${T} *a${d + 1} = a${d} + i${d} * ${A[d]}, *b${d + 1} = b${d} + i${d} * ${B[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
        *y${RANK} = *c${RANK} ? *a${RANK} : *b${RANK};
//@ for d in 0..RANK
    }
//@ end
}
