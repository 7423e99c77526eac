//# The result has ROWS x COLS numbers per tap.  Rows are cut into tiles: HIGH of M + 1, then LOW of M;
//# FN: the tile functions of each piece of columns, those of M + 1 first.
//# FAR: a row is asked for as a whole, in the order in which it lies in memory, which is not that of
//# the tiles.  x is operand a (X_IS_A) or b.  LO, HI: for each kernel column the outputs whose input exists.
//# PARTS: in so many sums, over runs of rows; dw has room for them.
//@ params NAME TILE PARTS BATCH R S H OH STRIDE PAD DIL XN XH XW XFIRST XSTEP YN YH YW X_IS_A ROWS COLS M HIGH LOW AC LO[] HI[] LASTHI START[] COUNT[] STEP[] FN[] FAR
/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
//@ if PARTS > 1
 * a row of pixels at a time, in ${PARTS} parts, which threads share. */
NET_FN void ${NAME}(const float *x, const float *g, float *sums, int part, int parts)
//@ else
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void ${NAME}(const float *x, const float *g, float *dw, int part, int parts)
//@ end
{
    static const int lo[] = {
//@ for s in 0..S
        ${LO[s]},
//@ end
    }, hi[] = {
//@ for s in 0..S
        ${HI[s]},
//@ end
    };
//@ if PARTS > 1

    for (int q = (int)NET_FROM(${PARTS}); q < (int)NET_TO(${PARTS}); q++) {
    const int last = (int)(${BATCH * OH} * (ptrdiff_t)(q + 1) / ${PARTS});
    float *dw = sums + q * (ptrdiff_t)${R * S * ROWS * COLS};

    memset(dw, 0, ${R * S * ROWS * COLS} * sizeof *dw);
    for (int line = (int)(${BATCH * OH} * (ptrdiff_t)q / ${PARTS}); line < last; line++) {
    const int from = 0, to = ${R * S * (HIGH + LOW)}, n = line / ${OH}, o = line % ${OH};
//@ else
    const int from = (int)NET_FROM(${R * S * (HIGH + LOW)});
    const int to = (int)NET_TO(${R * S * (HIGH + LOW)});

    for (int k = from; k < to; k++) {
        const int tap = k / ${HIGH + LOW}, t = k % ${HIGH + LOW};
        const int row = t * ${M} + (t < ${HIGH} ? t : ${HIGH});
        memset(dw + tap * (ptrdiff_t)${ROWS * COLS} + row * (ptrdiff_t)${COLS}, 0,
            (size_t)(t < ${HIGH} ? ${M + 1} : ${M}) * ${COLS} * sizeof *dw);
    }
    for (int n = 0; n < ${BATCH}; n++)
    for (int o = 0; o < ${OH}; o++) {
//@ end
//@ if FAR
    for (int i = 0; i < hi[0] * ${XSTEP}; i += 16)
        v_prefetch(x + n * (ptrdiff_t)${XN} + o * (ptrdiff_t)${XH} + i);
    for (int i = 0; i < hi[0] * ${YW}; i += 16)
        v_prefetch(g + n * (ptrdiff_t)${YN} + o * (ptrdiff_t)${YH} + i);
//@ end
    for (int k = from; k < to; k++) {
        const int tap = k / ${HIGH + LOW}, t = k % ${HIGH + LOW};
        const int r = tap / ${S}, s = tap % ${S}, h = o * ${STRIDE} - ${PAD} + r * ${DIL};
        const int row = t * ${M} + (t < ${HIGH} ? t : ${HIGH}), first = lo[s];
//@ if LASTHI
        const ptrdiff_t count = (o == ${OH - 1} ? ${LASTHI} : hi[s]) - first;
//@ else
        const ptrdiff_t count = hi[s] - first;
//@ end
        const ptrdiff_t at = n * (ptrdiff_t)${XN} + h * (ptrdiff_t)${XH} - ${XFIRST}
            + first * (ptrdiff_t)${XSTEP} + s * (ptrdiff_t)${XW};
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)${YN} + o * (ptrdiff_t)${YH}
            + first * (ptrdiff_t)${YW};
        float *y = dw + tap * (ptrdiff_t)${ROWS * COLS} + row * (ptrdiff_t)${COLS};

        if (h < 0 || h >= ${H} || count <= 0)
            continue;
//@ if X_IS_A
        xr += row * (ptrdiff_t)${AC};
//@ else
        gr += row * (ptrdiff_t)${AC};
//@ end
//@ for p in 0..len(START)
        for (int c = ${START[p]}; c < ${START[p] + COUNT[p] * STEP[p]}; c += ${STEP[p]})
//@ if HIGH && LOW
            if (t < ${HIGH})
//@ end
//@ if HIGH
//@ if X_IS_A
                ${TILE}_${FN[2 * p]}(xr, gr + c, y + c, count);
//@ else
                ${TILE}_${FN[2 * p]}(gr, xr + c, y + c, count);
//@ end
//@ end
//@ if HIGH && LOW
            else
//@ end
//@ if LOW
//@ if X_IS_A
                ${TILE}_${FN[2 * p + 1]}(xr, gr + c, y + c, count);
//@ else
                ${TILE}_${FN[2 * p + 1]}(gr, xr + c, y + c, count);
//@ end
//@ end
//@ end
    }
    }
//@ if PARTS > 1
    }
//@ end
}
