//# Lists by piece p of the output channels, COUNT times STEP of them from START on, PASS steps at a
//# time, LAST in the last: functions for M tiles (FN), for those left over (REST; 0: none) and OUT.
//# WORKERS: threads that there is memory for; they share tiles, or channels if they are WIDE.
//@ params NAME SIDE P TILE IN FN_IN OUT BATCH H W OH OW PAD PADQ C CP AHEAD ROWS COLS M BLOCK WIDE EACH EACHW MEACH MROW WORK WORKERS XN XROW XSTEP YN YROW YSTEP ADD SN SROW SSTEP STREAM START[] COUNT[] STEP[] PASS[] LAST[] FN[] REST[] FN_OUT[]
/* Convolution by Winograd's F(${SIDE}x${SIDE}, 3x3): patches of ${P} x ${P} pixels, ${BLOCK} at a
 * time, become rows of ${P * P} matrices v, whose products m with as many matrices of weights
 * become ${SIDE} x ${SIDE} pixels of y. */
NET_FN void ${NAME}(const float *x, const float *w, const float *b,
//@ if ADD
    const float *s,
//@ end
    float *y, float *work, int part, int parts)
{
    const int tiles = ${BATCH * ROWS * COLS};
    float *v, *m;
    net_tile t;

    if (part >= ${WORKERS})
        return;
    parts = NET_LEAST(parts, ${WORKERS});
    v = work + part * (ptrdiff_t)${WORK};
    m = v + ${P * P * EACH};
    t.c = ${C}, t.xw = ${CP}, t.xc = 1, t.panel = ${16 * C}, t.ahead = 0;
    t.yw = ${MROW};
//@ if WIDE
    for (int from = 0; from < tiles; from += ${BLOCK}) {
        const int n = NET_LEAST(${BLOCK}, tiles - from);
//@ else
    const int units = ${(BATCH * ROWS * COLS + M - 1) / M}, begin = (int)NET_FROM(units) * ${M};
    const int to = NET_LEAST((int)NET_TO(units) * ${M}, tiles);
    for (int from = begin; from < to; from += ${BLOCK}) {
        const int n = NET_LEAST(${BLOCK}, to - from);
//@ end

        for (int i = 0; i < n; i++) {
            const int top = (from + i) / ${COLS} % ${ROWS} * ${SIDE} - ${PAD};
            const int left = (from + i) % ${COLS} * ${SIDE} - ${PADQ};
            const ptrdiff_t at = (from + i) / ${ROWS * COLS} * (ptrdiff_t)${XN}
                               + top * (ptrdiff_t)${XROW} + left * (ptrdiff_t)${XSTEP};

            if (top >= 0 && top + ${P} <= ${H} && left >= 0 && left + ${P} <= ${W})
                ${IN}_${FN_IN}(x, at, 0, ${P}, 0, ${P}, v + i * ${CP});
            else
                ${IN}_${FN_IN}(x, at, -top, ${H} - top, -left, ${W} - left, v + i * ${CP});
        }
//@ for p in 0..len(START)
//@ if WIDE
        for (int k = (int)NET_FROM(${COUNT[p]}); k < (int)NET_TO(${COUNT[p]}); k += ${PASS[p]}) {
            const int steps = NET_LEAST(${PASS[p]}, (int)NET_TO(${COUNT[p]}) - k);
//@ else
        for (int k = 0; k < ${COUNT[p]}; k += ${PASS[p]}) {
            const int steps = NET_LEAST(${PASS[p]}, ${COUNT[p]} - k);
//@ end
            const int c = ${START[p]} + k * ${STEP[p]};

            for (int e = 0; e < ${P * P}; e++)
            for (int j = 0; j < steps; j++) {
                const float *ve = v + e * ${EACH};
                const float *we = w + e * (ptrdiff_t)${EACHW} + (c + j * ${STEP[p]}) * ${C};
                float *me = m + e * ${MEACH} + j * ${STEP[p]};
                int i = 0;

//@ if AHEAD
                const float *next = j + 1 < steps ? we + ${STEP[p] * C}
                                  : w + (e + 1) * (ptrdiff_t)${EACHW} + c * ${C};
                for (; i + ${M} <= n; i += ${M}) {
                    ${TILE}_${FN[p]}(ve + i * ${CP}, we, next, me + i * ${MROW}, t);
                    next = i < ${(STEP[p] / 16 / AHEAD - 1) * M} ? next + ${AHEAD * 16 * C} : we;
                }
//@ else
                for (; i + ${M} <= n; i += ${M})
                    ${TILE}_${FN[p]}(ve + i * ${CP}, we, me + i * ${MROW}, t);
//@ end
//@ if REST[p] && AHEAD
                if (i < n)
                    ${TILE}_${REST[p]}(ve + i * ${CP}, we, next, me + i * ${MROW}, t);
//@ elif REST[p]
                if (i < n)
                    ${TILE}_${REST[p]}(ve + i * ${CP}, we, me + i * ${MROW}, t);
//@ end
            }
            for (int i = 0; i < n; i++) {
                const int image = (from + i) / ${ROWS * COLS};
                const int row = (from + i) / ${COLS} % ${ROWS} * ${SIDE};
                const int col = (from + i) % ${COLS} * ${SIDE};
                float *yi = y + image * (ptrdiff_t)${YN} + row * (ptrdiff_t)${YROW}
                          + col * ${YSTEP} + c;
//@ if ADD
                const float *si = s + image * (ptrdiff_t)${SN} + row * (ptrdiff_t)${SROW}
                                + col * ${SSTEP} + c;
//@ end

                if (row + ${SIDE} <= ${OH} && col + ${SIDE} <= ${OW})
                    ${OUT}_${FN_OUT[p]}(m + i * ${MROW}, b + c,
//@ if ADD
                        si,
//@ end
                        yi, steps * ${STEP[p]} - ${STEP[p] - LAST[p]}, ${SIDE}, ${SIDE});
                else
                    ${OUT}_${FN_OUT[p]}(m + i * ${MROW}, b + c,
//@ if ADD
                        si,
//@ end
                        yi, steps * ${STEP[p]} - ${STEP[p] - LAST[p]}, ${OH} - row, ${OW} - col);
            }
        }
//@ end
    }
//@ if STREAM
    v_fence();
//@ end
}
