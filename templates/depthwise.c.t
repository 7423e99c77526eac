//@ params NAME BATCH C LANES VW ROWS R S H STRIDE STEP PAD DIL DILQ XN XH XW XFIRST YN YH YW COL[] TIMES[] WIDTH[] Q0[] Q1[] ACT
//@ for t in 0..len(COL)
/* Depthwise ${R}x${S}: ${WIDTH[t]} columns of output x ${LANES} channels, kernel columns ${Q0[t]} to ${Q1[t] - 1}. */
NET_FN void ${NAME}_${t}(const float *x, ptrdiff_t at, const float *w, const float *b, float *y,
    int r0, int r1)
{
//@ if LANES < VW
    const v_f32 bias = v_load_n(b, ${LANES});
//@ else
    const v_f32 bias = v_load(b);
//@ end
//@ for i in 0..WIDTH[t]
    v_f32 a${i} = bias;
//@ end
//@ if Q0[t] < Q1[t]
    for (int r = r0; r < r1; r++) {
        const float *xr = x + at + r * (ptrdiff_t)${DIL * XH}, *wr = w + r * ${S * C};
        v_f32 p;
//@ for q in Q0[t]..Q1[t]
//@ if LANES < VW
        const v_f32 w${q} = v_load_n(wr + ${q * C}, ${LANES});
//@ else
        const v_f32 w${q} = v_load(wr + ${q * C});
//@ end
//@ end
//@ for j in Q0[t] * DILQ..(WIDTH[t] - 1) * STEP + (Q1[t] - 1) * DILQ + 1
//@ if LANES < VW
        p = v_load_n(xr + ${j * XW}, ${LANES});
//@ else
        p = v_load(xr + ${j * XW});
//@ end
//@ for i in 0..WIDTH[t]
//@ if j - i * STEP >= Q0[t] * DILQ && j - i * STEP <= (Q1[t] - 1) * DILQ && (j - i * STEP) % DILQ == 0
        a${i} = v_fma(p, w${(j - i * STEP) / DILQ}, a${i});
//@ end
//@ end
//@ end
    }
//@ else
    (void)x, (void)at, (void)w, (void)r0, (void)r1;
//@ end
//@ for i in 0..WIDTH[t]
//@ if LANES < VW
    v_store_n(y + ${i * YW}, ${ACT}(a${i}), ${LANES});
//@ else
    v_store(y + ${i * YW}, ${ACT}(a${i}));
//@ end
//@ end
}

//@ end
/* ${BATCH} x ${ROWS} rows of output, blocks of channels, tiles of columns.  The last block may
 * overlap the one before it, so that all are whole vectors. */
NET_FN void ${NAME}(const float *x, const float *w, const float *b, float *y)
{
    for (int n = 0; n < ${BATCH}; n++)
    for (int row = 0; row < ${ROWS}; row++) {
        const int top = row * ${STRIDE} - ${PAD};
        const int r0 = top < 0 ? (-top + ${DIL - 1}) / ${DIL} : 0;
        const int r1 = top + ${(R - 1) * DIL} < ${H} ? ${R} : (${H - 1} - top) / ${DIL} + 1;
        const ptrdiff_t at = row * (ptrdiff_t)${STRIDE * XH} - ${XFIRST};
        const float *xn = x + n * (ptrdiff_t)${XN};
        float *yr = y + n * (ptrdiff_t)${YN} + row * (ptrdiff_t)${YH};

        for (int k = 0; k < ${C}; k += ${LANES}) {
//@ if C % LANES
            const int c = k > ${C - LANES} ? ${C - LANES} : k;
//@ else
            const int c = k;
//@ end
//@ for t in 0..len(COL)
            for (int i = ${COL[t]}; i < ${COL[t] + TIMES[t] * WIDTH[t]}; i += ${WIDTH[t]})
                ${NAME}_${t}(xn, at + i * (ptrdiff_t)${STEP * XW} + c, w + c, b + c,
                    yr + i * (ptrdiff_t)${YW} + c, r0, r1);
//@ end
        }
    }
}
