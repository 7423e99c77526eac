//@ params NAME M NV VW LDW PANEL LAST TAPS INNER COL STEP PADQ DILQ W C S XR XQ XW XC YW SW ADD AHEAD PARTIAL RING DIL ACT PUT
/* ${M} pixels x ${(NV - 1) * VW + LAST} channels, the sum over ${C} channels of each tap in order.
 * x: pixel step ${XW}, channel step ${XC}; w: rows of ${LDW} channels. */
NET_FN void ${NAME}(const float *x, ptrdiff_t at, const float *w, const float *b,
//@ if ADD
    const float *s,
//@ end
//@ if TAPS
    int r0, int r1,
//@ end
//@ if RING
    int top,
//@ end
    float *y)
{
//@ for i in 0..M
//@ for j in 0..NV
    v_f32 a${i}_${j} = v_load(b + ${j * VW});
//@ end
//@ end

//@ if TAPS && INNER
    for (int r = r0; r < r1; r++)
    for (int q = 0; q < ${S}; q++) {
//@ if RING
        const float *xq = x + at + NET_RING(top + r * ${DIL}, ${RING}) * ${XR} + q * ${XQ};
//@ else
        const float *xq = x + at + r * (ptrdiff_t)${XR} + q * ${XQ};
//@ end
        const float *wq = w + (r * ${S} + q) * ${C * LDW};
        NET_ROLLED
        for (int k = 0; k < ${C}; k++) {
//@ include conv_step.c.t
        }
    }
//@ elif TAPS
    for (int r = r0; r < r1; r++) {
//@ if RING
        const float *xr = x + at + NET_RING(top + r * ${DIL}, ${RING}) * ${XR};
//@ else
        const float *xr = x + at + r * (ptrdiff_t)${XR};
//@ end
        const float *wr = w + r * ${S * C * LDW};
//@ for q in 0..S
//@ if (COL + M - 1) * STEP - PADQ + q * DILQ >= 0 && COL * STEP - PADQ + q * DILQ < W
        NET_ROLLED
        for (int k = 0; k < ${C}; k++) {
            const float *xq = xr + ${q * XQ} + k * ${XC}, *wq = wr + ${q * C * LDW} + k * ${LDW};
//@ include conv_weights.c.t
//@ for i in 0..M
//@ if (COL + i) * STEP - PADQ + q * DILQ >= 0 && (COL + i) * STEP - PADQ + q * DILQ < W
            p = v_set1(xq[${i * XW}]);
//@ for j in 0..NV
            a${i}_${j} = v_fma(p, w${j}, a${i}_${j});
//@ end
//@ end
//@ end
        }
//@ end
//@ end
    }
//@ elif PARTIAL
    const float *xq = x + at, *wq = w;
    v_f32 t[] = {
//@ for i in 0..M
//@ for j in 0..NV
        a${i}_${j},
//@ end
//@ end
    };
    for (int from = 0; from < ${C}; from += ${PARTIAL}) {
        const int to = from + ${PARTIAL} < ${C} ? from + ${PARTIAL} : ${C};
//@ for i in 0..M
//@ for j in 0..NV
        a${i}_${j} = v_set1(0.0f);
//@ end
//@ end
        for (int k = from; k < to; k++) {
//@ include conv_step.c.t
        }
//@ for i in 0..M
//@ for j in 0..NV
        t[${i * NV + j}] = v_add(t[${i * NV + j}], a${i}_${j});
//@ end
//@ end
    }
//@ for i in 0..M
//@ for j in 0..NV
    a${i}_${j} = t[${i * NV + j}];
//@ end
//@ end
//@ else
    const float *xq = x + at, *wq = w;
    for (int k = 0; k < ${C}; k++) {
//@ include conv_step.c.t
    }
//@ end

//@ for i in 0..M
//@ for j in 0..NV
//@ if j == NV - 1 && LAST < VW
//@ if ADD
    a${i}_${j} = v_add(a${i}_${j}, v_load_n(s + ${i * SW + j * VW}, ${LAST}));
//@ end
    v_store_n(y + ${i * YW + j * VW}, ${ACT}(a${i}_${j}), ${LAST});
//@ else
//@ if ADD
    a${i}_${j} = v_add(a${i}_${j}, v_load(s + ${i * SW + j * VW}));
//@ end
    ${PUT}(y + ${i * YW + j * VW}, ${ACT}(a${i}_${j}));
//@ end
//@ end
//@ end
}
