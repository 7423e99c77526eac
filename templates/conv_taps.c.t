//# Lists by piece p of the output channels: START, COUNT, STEP; by p and kernel column q the tiles
//# FIRST[p * S + q] .. of the output columns whose input is inside of the image: FN, COL, M, TIMES.
//@ params NAME TILE BATCH GROUPS ROWS COLS LINES C CHUNK R S H STRIDE PAD PADQ DIL DILQ XN XG XH XW XT XC YN YG YH YW SN SH SW ADD ACT PUT STREAM WG BG K LDW VW AHEAD START[] COUNT[] STEP[] FIRST[] FN[] COL[] M[] TIMES[]
/* Convolution whose weights are too large for a cache: a panel's are passed over tap by tap, in
 * parts that stay in the L1 cache while ${LINES} rows of output go by, whose sums wait. */
NET_FN void ${NAME}(const float *x, const float *w, const float *b,
//@ if ADD
    const float *s,
//@ end
    float *y, int part, int parts)
{
    net_tile t;

    t.xw = ${XT}, t.xc = ${XC}, t.panel = ${K * LDW}, t.ahead = 0;
    for (int n = 0; n < ${BATCH}; n++)
    for (int g = 0; g < ${GROUPS}; g++) {
        const float *xg = x + n * (ptrdiff_t)${XN} + g * ${XG}, *bg = b + g * ${BG};
        const float *wg = w + g * ${WG};
        float *yg = y + n * (ptrdiff_t)${YN} + g * ${YG};
//@ if ADD
        const float *sg = s + n * (ptrdiff_t)${SN} + g * ${YG};
//@ end

//@ for p in 0..len(START)
        for (int k = (int)NET_FROM(${COUNT[p]}); k < (int)NET_TO(${COUNT[p]}); k++)
        for (int top = 0; top < ${ROWS}; top += ${LINES}) {
            const int c = ${START[p]} + k * ${STEP[p]}, end = NET_LEAST(top + ${LINES}, ${ROWS});
            const float *wc = wg + (ptrdiff_t)c * ${K};
            NET_ALIGN(64) float sums[${LINES * COLS * STEP[p]}];

            for (int i = 0; i < (end - top) * ${COLS}; i++)
                for (int j = 0; j < ${STEP[p]}; j += ${VW})
                    v_store(sums + i * ${STEP[p]} + j, v_load(bg + c + j));
            for (int r = 0; r < ${R}; r++) {
//@ for q in 0..S
                for (int from = 0; from < ${C}; from += ${CHUNK}) {
                    const float *wq = wc + ((r * ${S} + ${q}) * ${C} + from) * ${LDW};
                    const float *next = wq + ${CHUNK * LDW};
                    const int count = NET_LEAST(${CHUNK}, ${C} - from);

                    for (int row = top; row < end; row++) {
                        const int h = row * ${STRIDE} - ${PAD} + r * ${DIL};
                        const ptrdiff_t at = h * (ptrdiff_t)${XH} + ${(q * DILQ - PADQ) * XW};

                        for (int i = 0; i < ${AHEAD}; i += 16) {
//@ for j in 0..STEP[p] / LDW
                            v_prefetch(next + ${j * K * LDW} + i);
//@ end
                        }
                        next += ${AHEAD};
                        if (h < 0 || h >= ${H})
                            continue;
//@ for f in FIRST[p * S + q]..FIRST[p * S + q + 1]
                        for (int i = ${COL[f]}; i < ${COL[f] + TIMES[f] * M[f]}; i += ${M[f]})
                            ${TILE}_${FN[f]}(xg + at + i * (ptrdiff_t)${XT} + from * ${XC}, wq,
                                sums + ((row - top) * ${COLS} + i) * ${STEP[p]}, count, t);
//@ end
                    }
                }
//@ end
            }
            for (int row = top; row < end; row++)
                for (int i = 0; i < ${COLS}; i++)
                    for (int j = 0; j < ${STEP[p]}; j += ${VW}) {
                        v_f32 a = v_load(sums + ((row - top) * ${COLS} + i) * ${STEP[p]} + j);
//@ if ADD
                        a = v_add(a, v_load(sg + row * (ptrdiff_t)${SH} + i * ${SW} + c + j));
//@ end
                        ${PUT}(yg + row * (ptrdiff_t)${YH} + i * ${YW} + c + j, ${ACT}(a));
                    }
        }
//@ end
    }
//@ if STREAM
    v_fence();
//@ end
}
