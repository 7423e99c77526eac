//# BAND: the caller asks for some rows, between others; x, y and s may be rings of that many rows.
//# TILES: so many of each piece, which few threads share, though panels are outside; ORDER: the place
//#   of a list's first tile among them.
//# FAR: the next row of x is asked for while this one is worked on.
//# LEFT, RIGHT: of a tile at the border, which of its columns of x are in the image; else RIGHT 0.
//@ params NAME TILE BAND XRING YRING SRING BATCH GROUPS ROWS TAPS R S H STRIDE PAD DIL STEP DILQ C XN XG XROW XFIRST XR XQ XW XC YN YG YROW YW SN SROW SW ADD WG BG K PANEL AHEAD SHARE ROW START[] COUNT[] STEPS[] FIRST[] FN[] COL[] M[] TIMES[] LEFT[] RIGHT[] PANELS_OUTER TILES[] ORDER[] FAR STREAM
/* Convolution, ${ROWS} rows in register tiles along each, by panels of output channels.
//@ if TAPS
 * Tiles at the border leave out kernel columns, rows at the border kernel rows.
//@ end
 */
//@ if BATCH * GROUPS > 1
NET_FN void ${NAME}(const float *xs, const float *ws, const float *bs,
//@ else
NET_FN void ${NAME}(const float *x, const float *w, const float *b,
//@ end
//@ if ADD && BATCH * GROUPS > 1
    const float *ss,
//@ elif ADD
    const float *s,
//@ end
//@ if BAND
    float *y, int from, int to)
//@ elif BATCH * GROUPS > 1
    float *ys, int part, int parts)
//@ else
    float *y, int part, int parts)
//@ end
{
    net_tile t;

    t.c = ${C}, t.xw = ${XW}, t.xc = ${XC}, t.panel = ${PANEL}, t.ahead = ${AHEAD};
//@ if TAPS
    t.s = ${S}, t.xr = ${XR}, t.xq = ${XQ}, t.ring = ${TAPS ? XRING : 0}, t.dil_h = ${DIL};
    t.step = ${STEP}, t.dil = ${DILQ};
//@ end
//@ if len(TILES)
    /* few threads share the pixels, so that no core reads what another wrote; many share panels */
    const int few = parts <= ${TILES[0] / 2};

//@ end
//@ if SHARE && len(TILES)
    t.share = few ? NET_LEAST(${SHARE} * parts, 16) : ${SHARE};
//@ elif SHARE
    t.share = ${SHARE};
//@ end
    t.yw = ${YW}, t.sw = ${SW}, t.add = ${ADD};
//@ if BATCH * GROUPS > 1
    for (int n = 0; n < ${BATCH}; n++)
    for (int g = 0; g < ${GROUPS}; g++) {
    const float *x = xs + n * (ptrdiff_t)${XN} + g * ${XG}, *w = ws + g * ${WG};
    const float *b = bs + g * ${BG};
    float *y = ys + n * (ptrdiff_t)${YN} + g * ${YG};
//@ if ADD
    const float *s = ss + n * (ptrdiff_t)${SN} + g * ${YG};
//@ end
//@ end
//@ if BAND
    for (int row = from; row < to; row++) {
//@ elif !PANELS_OUTER && BATCH > 1
    for (int row = (int)NET_ROW_FROM(${BATCH}, ${ROWS});
         row < (int)NET_ROW_TO(${BATCH}, ${ROWS}); row++) {
//@ elif !PANELS_OUTER
    for (int row = (int)NET_FROM(${ROWS}); row < (int)NET_TO(${ROWS}); row++) {
//@ end
//@ if FAR
    for (int i = 0; i < ${XROW}; i += 16)
        v_prefetch(x + (row + 1) * (ptrdiff_t)${XROW} + i);
//@ end
//@ for p in 0..len(START)
//@ if len(TILES)
    for (int k = few ? 0 : (int)NET_FROM(${COUNT[p]});
         k < (few ? ${COUNT[p]} : (int)NET_TO(${COUNT[p]})); k++) {
        const int from = few ? (int)NET_FROM(${TILES[p]}) : 0;
        const int to = few ? (int)NET_TO(${TILES[p]}) : ${TILES[p]};
//@ elif PANELS_OUTER
    for (int k = (int)NET_FROM(${COUNT[p]}); k < (int)NET_TO(${COUNT[p]}); k++) {
//@ end
//@ if PANELS_OUTER
        const int c = ${START[p]} + k * ${STEPS[p]};
        for (int row = 0; row < ${ROWS}; row++) {
//@ else
    for (int c = ${START[p]}; c < ${START[p] + COUNT[p] * STEPS[p]}; c += ${STEPS[p]}) {
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
        const float *wc = w + (ptrdiff_t)c * ${K};
//@ if YRING
        float *yr = y + NET_RING(row, ${YRING}) * ${YROW} + c;
//@ else
        float *yr = y + row * (ptrdiff_t)${YROW} + c;
//@ end
//@ if ADD && SRING
        const float *sr = s + NET_RING(row, ${SRING}) * ${SROW} + c;
//@ elif ADD
        const float *sr = s + row * (ptrdiff_t)${SROW} + c;
//@ end
//@ for t in FIRST[p]..FIRST[p + 1]
//@ if len(TILES)
        for (int j = from > ${ORDER[t]} ? from : ${ORDER[t]},
             i = ${COL[t]} + (j - ${ORDER[t]}) * ${M[t]};
             j < NET_LEAST(to, ${ORDER[t] + TIMES[t]}); j++, i += ${M[t]})
//@ else
        for (int i = ${COL[t]}; i < ${COL[t] + TIMES[t] * M[t]}; i += ${M[t]})
//@ end
            ${TILE}_${FN[t]}(x, at + i * t.xw, wc, b + c,
//@ if ADD
                sr + i * t.sw,
//@ else
                NULL,
//@ end
//@ if RIGHT[t]
                yr + i * t.yw, r0, r1, top, ${LEFT[t]}, ${RIGHT[t]}, t);
//@ elif TAPS
                yr + i * t.yw, r0, r1, top, t);
//@ elif SHARE && len(TILES)
                yr + i * t.yw, wc + ${STEPS[p] * K}
                    + (j - from) * (ptrdiff_t)${C} / (to - from) * 16, t);
//@ elif SHARE
                yr + i * t.yw, wc + ${STEPS[p] * K}
                    + (row * ${ROW} + i) * (ptrdiff_t)${C} / ${ROW * ROWS} * 16, t);
//@ else
                yr + i * t.yw, t);
//@ end
//@ end
//@ if PANELS_OUTER
        }
//@ end
    }
//@ end
//@ if !PANELS_OUTER
    }
//@ end
//@ if BATCH * GROUPS > 1
    }
//@ end
//@ if STREAM
    v_fence();
//@ end
}
