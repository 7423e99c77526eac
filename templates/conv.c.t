//# BAND: the caller asks for some rows, between others; x, y and s may be rings of that many rows.
//# FAR: the next row of x is asked for while this one is worked on.
//@ params NAME TILE BAND XRING YRING SRING BATCH GROUPS ROWS TAPS R H STRIDE PAD DIL XN XG XROW XFIRST XT YN YG YROW YW SN SROW SW ADD WG BG K START[] COUNT[] STEP[] FIRST[] FN[] COL[] M[] TIMES[] PANELS_OUTER FAR STREAM
//@ if BAND
/* Convolution: some of ${GROUPS} x ${ROWS} rows of output, each in register tiles along the row,
//@ else
/* Convolution: ${BATCH} x ${GROUPS} x ${ROWS} rows of output, each in register tiles along the row,
//@ end
 * by panels of output channels.  Tiles at the border leave out the kernel columns that fall
 * outside; rows at the border shorten the loop over the kernel's rows. */
NET_FN void ${NAME}(const float *x, const float *w, const float *b,
//@ if ADD
    const float *s,
//@ end
//@ if BAND
    float *y, int from, int to)
//@ else
    float *y, int part, int parts)
//@ end
{
    for (int n = 0; n < ${BATCH}; n++)
    for (int g = 0; g < ${GROUPS}; g++) {
        const float *xg = x + n * (ptrdiff_t)${XN} + g * ${XG}, *wg = w + g * ${WG};
        const float *bg = b + g * ${BG};
        float *yg = y + n * (ptrdiff_t)${YN} + g * ${YG};
//@ if ADD
        const float *sg = s + n * (ptrdiff_t)${SN} + g * ${YG};
//@ end
//@ if BAND
        for (int row = from; row < to; row++) {
//@ elif !PANELS_OUTER
        for (int row = (int)NET_FROM(${ROWS}); row < (int)NET_TO(${ROWS}); row++) {
//@ end
//@ if FAR
        for (int i = 0; i < ${XROW}; i += 16)
            v_prefetch(xg + (row + 1) * (ptrdiff_t)${XROW} + i);
//@ end
//@ for p in 0..len(START)
//@ if PANELS_OUTER
        for (int k = (int)NET_FROM(${COUNT[p]}); k < (int)NET_TO(${COUNT[p]}); k++) {
            const int c = ${START[p]} + k * ${STEP[p]};
            for (int row = 0; row < ${ROWS}; row++) {
//@ else
        for (int c = ${START[p]}; c < ${START[p] + COUNT[p] * STEP[p]}; c += ${STEP[p]}) {
//@ end
//@ if TAPS
            const int top = row * ${STRIDE} - ${PAD};
            const int r0 = top < 0 ? (-top + ${DIL - 1}) / ${DIL} : 0;
            const int r1 = top + ${(R - 1) * DIL} < ${H} ? ${R} : (${H - 1 + DIL} - top) / ${DIL};
//@ end
//@ if XRING && TAPS
            const ptrdiff_t at = -(ptrdiff_t)${XFIRST};
//@ elif XRING
            const ptrdiff_t at = NET_RING(row * ${STRIDE}, ${XRING}) * ${XROW};
//@ else
            const ptrdiff_t at = row * (ptrdiff_t)${XROW} - ${XFIRST};
//@ end
            const float *wc = wg + (ptrdiff_t)c * ${K};
//@ if YRING
            float *yr = yg + NET_RING(row, ${YRING}) * ${YROW} + c;
//@ else
            float *yr = yg + row * (ptrdiff_t)${YROW} + c;
//@ end
//@ if ADD && SRING
            const float *sr = sg + NET_RING(row, ${SRING}) * ${SROW} + c;
//@ elif ADD
            const float *sr = sg + row * (ptrdiff_t)${SROW} + c;
//@ end
//@ for t in FIRST[p]..FIRST[p + 1]
            for (int i = ${COL[t]}; i < ${COL[t] + TIMES[t] * M[t]}; i += ${M[t]})
                ${TILE}_${FN[t]}(xg, at + i * (ptrdiff_t)${XT}, wc, bg + c,
//@ if ADD
                    sr + i * (ptrdiff_t)${SW},
//@ end
//@ if TAPS
                    r0, r1,
//@ end
//@ if TAPS && XRING
                    top,
//@ end
                    yr + i * (ptrdiff_t)${YW});
//@ end
//@ if PANELS_OUTER
            }
//@ end
        }
//@ end
//@ if !PANELS_OUTER
        }
//@ end
    }
//@ if STREAM
    v_fence();
//@ end
}
