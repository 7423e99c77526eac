//# One of two ways through a product of matrices: tiles of vectors, or plain loops.
//# TILED: MT x NT elements in a tile; FULL, RIGHT, LOW, CORNER number the tile functions for inner
//# ones, the last columns, the last rows, both.  Otherwise: ACC is the sum's type, SUM adds p q.
//@ params NAME T M N K RANK DIM[] A[] B[] Y[] AM AK BK BN YM YN TILED TILE MT NT FULL RIGHT LOW CORNER ACC SUM
/* y = a b, (${M},${K}) x (${K},${N}), each sum in the order of k. */
NET_FN void ${NAME}(const ${T} *a0, const ${T} *b0, ${T} *y0)
{
//@ for d in 0..RANK
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
        const ${T} *a${d + 1} = a${d} + i${d} * ${A[d]}, *b${d + 1} = b${d} + i${d} * ${B[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
        const ${T} *a = a${RANK}, *b = b${RANK};
        ${T} *y = y${RANK};

//@ if TILED
//@ if N >= NT
        for (ptrdiff_t n = 0; n < ${N / NT * NT}; n += ${NT}) {
            for (ptrdiff_t m = 0; m < ${M / MT * MT}; m += ${MT})
                ${TILE}_${FULL}(a + m * ${AM}, b + n, y + m * ${YM} + n);
//@ if M % MT
            ${TILE}_${LOW}(a + ${M / MT * MT * AM}, b + n, y + ${M / MT * MT * YM} + n);
//@ end
        }
//@ end
//@ if N % NT
        b += ${N / NT * NT};
        y += ${N / NT * NT};
        for (ptrdiff_t m = 0; m < ${M / MT * MT}; m += ${MT})
            ${TILE}_${RIGHT}(a + m * ${AM}, b, y + m * ${YM});
//@ if M % MT
        ${TILE}_${CORNER}(a + ${M / MT * MT * AM}, b, y + ${M / MT * MT * YM});
//@ end
//@ end
//@ else
        for (ptrdiff_t m = 0; m < ${M}; m++)
        for (ptrdiff_t n = 0; n < ${N}; n++) {
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
