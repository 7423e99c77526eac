//# I, with step XI in x, lies side by side in y; J, with step YJ in y, in x; DIM: the other loops.
//@ params NAME T RANK DIM[] X[] Y[] I XI J YJ BLOCK
/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void ${NAME}(const ${T} *x0, ${T} *y0, int part, int parts)
{
//@ for d in 0..RANK
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
        const ${T} *x${d + 1} = x${d} + i${d} * ${X[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
        const ptrdiff_t blocks = ${(I + BLOCK - 1) / BLOCK};
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < ${J}; c += ${BLOCK}) {
            const ptrdiff_t end = b * ${BLOCK} + ${BLOCK}, most = end < ${I} ? end : ${I};
            const ptrdiff_t last = c + ${BLOCK} < ${J} ? c + ${BLOCK} : ${J};

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * ${BLOCK}; i < most; i++)
                    y${RANK}[j * ${YJ} + i] = x${RANK}[i * ${XI} + j];
        }
//@ for d in 0..RANK
    }
//@ end
}
