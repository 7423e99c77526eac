//# MODE: direct, tiles that read b as it is; packed, tiles of panels of b, DEPTH rows at a time;
//# plain, loops.  MT x NT elements in a tile; FULL, RIGHT, LOW, CORNER number the tile functions for
//# inner ones, the last columns, the last rows, both; 0: there are none.  ACC is the plain sum's
//# type, SUM adds p q.  WIDE: threads share the columns; else the rows.
//@ params NAME T M N K RANK DIM[] A[] B[] Y[] AM AK BK BN YM YN MODE TILE MT NT DEPTH WIDE FULL RIGHT LOW CORNER ACC SUM
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
//@ if WIDE
        const ptrdiff_t m0 = 0, m1 = ${M};
        const ptrdiff_t n0 = NET_FROM(${(N + NT - 1) / NT}) * ${NT};
        const ptrdiff_t n1 = part + 1 == parts ? ${N} : NET_TO(${(N + NT - 1) / NT}) * ${NT};
//@ else
        const ptrdiff_t m0 = NET_FROM(${(M + MT - 1) / MT}) * ${MT}, n0 = 0, n1 = ${N};
        const ptrdiff_t m1 = part + 1 == parts ? ${M} : NET_TO(${(M + MT - 1) / MT}) * ${MT};
//@ end

//@ if MODE == plain
        for (ptrdiff_t m = m0; m < m1; m++)
        for (ptrdiff_t n = n0; n < n1; n++) {
            ${ACC} sum = 0;

            for (ptrdiff_t k = 0; k < ${K}; k++) {
                const ${T} p = a[m * ${AM} + k * ${AK}], q = b[k * ${BK} + n * ${BN}];
                sum = ${SUM};
            }
            y[m * ${YM} + n * ${YN}] = (${T})sum;
        }
//@ else
        for (ptrdiff_t n = n0; n < n1; n += ${NT}) {
//@ if MODE == packed
        for (ptrdiff_t k = 0; k < ${K}; k += ${DEPTH}) {
            const ptrdiff_t depth = ${K} - k < ${DEPTH} ? ${K} - k : ${DEPTH};
            const ptrdiff_t width = ${N} - n < ${NT} ? ${N} - n : ${NT};
            float panel[${DEPTH * NT}];

            for (ptrdiff_t j = 0; j < width; j++)
                for (ptrdiff_t i = 0; i < depth; i++)
                    panel[i * ${NT} + j] = b[(k + i) * ${BK} + (n + j) * ${BN}];
//@ end
            for (ptrdiff_t m = m0; m < m1; m += ${MT}) {
//@ if MODE == packed
                const float *am = a + m * ${AM} + k * ${AK}, *bn = panel;
//@ else
                const float *am = a + m * ${AM}, *bn = b + n;
                const ptrdiff_t k = 0, depth = ${K};
//@ end
                float *yt = y + m * ${YM} + n;

//@ if FULL
                if (m + ${MT} <= ${M} && n + ${NT} <= ${N})
                    ${TILE}_${FULL}(am, bn, yt, depth, k == 0);
//@ end
//@ if RIGHT
                if (m + ${MT} <= ${M} && n + ${NT} > ${N})
                    ${TILE}_${RIGHT}(am, bn, yt, depth, k == 0);
//@ end
//@ if LOW
                if (m + ${MT} > ${M} && n + ${NT} <= ${N})
                    ${TILE}_${LOW}(am, bn, yt, depth, k == 0);
//@ end
//@ if CORNER
                if (m + ${MT} > ${M} && n + ${NT} > ${N})
                    ${TILE}_${CORNER}(am, bn, yt, depth, k == 0);
//@ end
            }
//@ if MODE == packed
        }
//@ end
        }
//@ end
//@ for d in 0..RANK
    }
//@ end
}
