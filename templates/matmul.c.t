//# TILED: MT x NT elements in a tile; FULL, RIGHT, LOW, CORNER number the tile functions for inner
//# ones, the last columns, the last rows, both; 0: there are none.  Otherwise plain loops: ACC is
//# the sum's type, SUM adds p q.
//@ params NAME T M N K RANK DIM[] A[] B[] Y[] AM AK BK BN YM YN TILED TILE MT NT FULL RIGHT LOW CORNER ACC SUM
/* y = a b, (${M},${K}) x (${K},${N}), each sum in the order of k. */
NET_FN void ${NAME}(const ${T} *a0, const ${T} *b0, ${T} *y0, int part, int parts)
{
//@ for d in 0..RANK
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
        const ${T} *a${d + 1} = a${d} + i${d} * ${A[d]}, *b${d + 1} = b${d} + i${d} * ${B[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
        const ${T} *a = a${RANK}, *b = b${RANK};
        ${T} *y = y${RANK};

//@ if TILED
        /* tiles one below the other, then those to the right of them */
        const ptrdiff_t high = ${(M + MT - 1) / MT}, all = high * ${(N + NT - 1) / NT};
        for (ptrdiff_t i = NET_FROM(all); i < NET_TO(all); i++) {
            const ptrdiff_t m = i % high * ${MT}, n = i / high * ${NT};
            const float *am = a + m * ${AM}, *bn = b + n;
            float *yt = y + m * ${YM} + n;

//@ if FULL
            if (m + ${MT} <= ${M} && n + ${NT} <= ${N})
                ${TILE}_${FULL}(am, bn, yt);
//@ end
//@ if RIGHT
            if (m + ${MT} <= ${M} && n + ${NT} > ${N})
                ${TILE}_${RIGHT}(am, bn, yt);
//@ end
//@ if LOW
            if (m + ${MT} > ${M} && n + ${NT} <= ${N})
                ${TILE}_${LOW}(am, bn, yt);
//@ end
//@ if CORNER
            if (m + ${MT} > ${M} && n + ${NT} > ${N})
                ${TILE}_${CORNER}(am, bn, yt);
//@ end
        }
//@ else
//@ if M > 1
        for (ptrdiff_t m = NET_FROM(${M}); m < NET_TO(${M}); m++)
        for (ptrdiff_t n = 0; n < ${N}; n++) {
//@ else
        const ptrdiff_t m = 0;
        for (ptrdiff_t n = NET_FROM(${N}); n < NET_TO(${N}); n++) {
//@ end
            ${ACC} sum = 0;

            for (ptrdiff_t k = 0; k < ${K}; k++) {
                const ${T} p = a[m * ${AM} + k * ${AK}], q = b[k * ${BK} + n * ${BN}];
                sum = ${SUM};
            }
            y[m * ${YM} + n * ${YN}] = (${T})sum;
        }
//@ end
//@ for d in 0..RANK
    }
//@ end
}
