//# BAND: the caller asks for some rows, between others; x and y may be rings of that many rows.
//@ params NAME BAND XRING YRING BATCH C LANES VW ROWS R S W H STRIDE STEP PAD PADQ DIL DILQ XN XH XW XFIRST YN YH YW COL[] TIMES[] M[] INNER[] COLUMNS_OUTER ACT PUT STREAM
//@ for t in 0..len(COL)
/* Depthwise ${R}x${S}: ${M[t]} columns of output x ${LANES} channels. */
NET_FN void ${NAME}_${t}(const float *x, ptrdiff_t at, const float *w, const float *b, float *y,
//@ if XRING
    int top,
//@ end
    int r0, int r1)
{
//@ if LANES < VW
    const v_f32 bias = v_load_n(b, ${LANES});
//@ else
    const v_f32 bias = v_load(b);
//@ end
//@ for i in 0..M[t]
    v_f32 a${i} = bias;
//@ end
    for (int r = r0; r < r1; r++) {
//@ if XRING
        const float *xr = x + at + NET_RING(top + r * ${DIL}, ${XRING}) * ${XH};
//@ else
        const float *xr = x + at + r * (ptrdiff_t)${DIL * XH};
//@ end
        const float *wr = w + r * ${S * C};
        NET_UNUSED v_f32 p;
//@ for q in 0..S
//@ if LANES < VW
        NET_UNUSED const v_f32 w${q} = v_load_n(wr + ${q * C}, ${LANES});
//@ else
        NET_UNUSED const v_f32 w${q} = v_load(wr + ${q * C});
//@ end
//@ end
//@ for j in 0..(M[t] - 1) * STEP + (S - 1) * DILQ + 1
//@ if INNER[t] || (COL[t] * STEP - PADQ + j >= 0 && COL[t] * STEP - PADQ + j < W)
//@ if LANES < VW
        p = v_load_n(xr + ${j * XW}, ${LANES});
//@ else
        p = v_load(xr + ${j * XW});
//@ end
//@ for i in 0..M[t]
//@ if j - i * STEP >= 0 && j - i * STEP <= (S - 1) * DILQ && (j - i * STEP) % DILQ == 0
        a${i} = v_fma(p, w${(j - i * STEP) / DILQ}, a${i});
//@ end
//@ end
//@ end
//@ end
    }
//@ for i in 0..M[t]
//@ if LANES < VW
    v_store_n(y + ${i * YW}, ${ACT}(a${i}), ${LANES});
//@ else
    ${PUT}(y + ${i * YW}, ${ACT}(a${i}));
//@ end
//@ end
}

//@ end
//@ if BAND
/* Some of ${ROWS} rows of output, blocks of channels, tiles of columns.  The last block may
//@ else
/* ${BATCH} x ${ROWS} rows of output, blocks of channels, tiles of columns.  The last block may
//@ end
 * overlap the one before it, so that all are whole vectors. */
NET_FN void ${NAME}(const float *x, const float *w, const float *b, float *y,
//@ if BAND
    int from, int to)
//@ else
    int part, int parts)
//@ end
{
    for (int n = 0; n < ${BATCH}; n++)
//@ if BAND
    for (int row = from; row < to; row++) {
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
        const float *xn = x + n * (ptrdiff_t)${XN};
//@ if YRING
        float *yr = y + NET_RING(row, ${YRING}) * ${YH};
//@ else
        float *yr = y + n * (ptrdiff_t)${YN} + row * (ptrdiff_t)${YH};
//@ end

//@ if !COLUMNS_OUTER
        for (int k = 0; k < ${C}; k += ${LANES}) {
//@ if C % LANES
            const int c = k > ${C - LANES} ? ${C - LANES} : k;
//@ else
            const int c = k;
//@ end
//@ end
//@ for t in 0..len(COL)
            for (int i = ${COL[t]}; i < ${COL[t] + TIMES[t] * M[t]}; i += ${M[t]})
//@ if COLUMNS_OUTER
            for (int k = 0; k < ${C}; k += ${LANES}) {
//@ if C % LANES
                const int c = k > ${C - LANES} ? ${C - LANES} : k;
//@ else
                const int c = k;
//@ end
//@ end
                ${NAME}_${t}(xn, at + i * (ptrdiff_t)${STEP * XW} + c, w + c, b + c,
                    yr + i * (ptrdiff_t)${YW} + c,
//@ if XRING
                    top,
//@ end
                    r0, r1);
//@ if COLUMNS_OUTER
            }
//@ end
//@ end
//@ if !COLUMNS_OUTER
        }
//@ end
    }
//@ if STREAM
    v_fence();
//@ end
}
