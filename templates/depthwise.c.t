//# BAND: the caller asks for some rows, between others; x and y may be rings of that many rows.
//@ params NAME TILE FN[] BAND XRING YRING BATCH C LANES ROWS R H STRIDE STEP PAD DIL DILQ XN XH XR XW XFIRST YN YH YW BLOCK COL[] TIMES[] M[] LEFT[] RIGHT[] COLUMNS_OUTER STREAM
/* Depthwise, ${ROWS} rows of output, blocks of channels, tiles of columns.  A last block that is
//@ if BLOCK < C
 * not whole overlaps the one before it, so that all are whole vectors.
 * All rows for ${BLOCK} channels, then for the next: what kernels share stays in the L1 cache. */
//@ else
 * not whole overlaps the one before it, so that all are whole vectors. */
//@ end
//@ if BATCH > 1
NET_FN void ${NAME}(const float *xs, const float *w, const float *b, float *ys,
//@ else
NET_FN void ${NAME}(const float *x, const float *w, const float *b, float *y,
//@ end
//@ if BAND
    int from, int to)
//@ else
    int part, int parts)
//@ end
{
    net_tile t;

    t.xr = ${XR}, t.xw = ${XW}, t.panel = ${C}, t.yw = ${YW};
    t.step = ${STEP}, t.dil = ${DILQ}, t.ring = ${XRING}, t.dil_h = ${DIL};
//@ if BATCH > 1
    for (int n = 0; n < ${BATCH}; n++) {
    const float *x = xs + n * (ptrdiff_t)${XN};
    float *y = ys + n * (ptrdiff_t)${YN};
//@ end
//@ if BLOCK < C
    for (int first = 0; first < ${C}; first += ${BLOCK})
//@ end
//@ if BAND
    for (int row = from; row < to; row++) {
//@ elif BATCH > 1
    for (int row = (int)NET_ROW_FROM(${BATCH}, ${ROWS});
         row < (int)NET_ROW_TO(${BATCH}, ${ROWS}); row++) {
//@ else
    for (int row = (int)NET_FROM(${ROWS}); row < (int)NET_TO(${ROWS}); row++) {
//@ end
        const int top = row * ${STRIDE} - ${PAD};
        const int r0 = top < 0 ? (-top + ${DIL - 1}) / ${DIL} : 0;
        const int r1 = top + ${(R - 1) * DIL} < ${H} ? ${R} : (${H - 1 + DIL} - top) / ${DIL};
//@ if XRING
        const ptrdiff_t at = -(ptrdiff_t)${XFIRST};
//@ else
        const ptrdiff_t at = row * (ptrdiff_t)${STRIDE * XH} - ${XFIRST};
//@ end
//@ if YRING
        float *yr = y + NET_RING(row, ${YRING}) * ${YH};
//@ else
        float *yr = y + row * (ptrdiff_t)${YH};
//@ end

//@ if !COLUMNS_OUTER
//@ if BLOCK < C
        for (int k = first; k < NET_LEAST(first + ${BLOCK}, ${C}); k += ${LANES}) {
//@ else
        for (int k = 0; k < ${C}; k += ${LANES}) {
//@ end
//@ if C % LANES
            const int c = NET_LEAST(k, ${C - LANES});
//@ else
            const int c = k;
//@ end
//@ end
//@ for t in 0..len(COL)
            for (int i = ${COL[t]}; i < ${COL[t] + TIMES[t] * M[t]}; i += ${M[t]})
//@ if COLUMNS_OUTER
//@ if BLOCK < C
            for (int k = first; k < NET_LEAST(first + ${BLOCK}, ${C}); k += ${LANES}) {
//@ else
            for (int k = 0; k < ${C}; k += ${LANES}) {
//@ end
//@ if C % LANES
                const int c = NET_LEAST(k, ${C - LANES});
//@ else
                const int c = k;
//@ end
//@ end
                ${TILE}_${FN[t]}(x, at + i * t.step * t.xw + c, w + c, b + c,
                    yr + i * t.yw + c, r0, r1, top, ${LEFT[t]}, ${RIGHT[t]}, t);
//@ if COLUMNS_OUTER
            }
//@ end
//@ end
//@ if !COLUMNS_OUTER
        }
//@ end
    }
//@ if BATCH > 1
    }
//@ end
//@ if STREAM
    v_fence();
//@ end
}
