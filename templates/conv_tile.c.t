//@ params NAME M NV VW LDW PANEL LAST TAPS C S XR XQ XW XC YW SW ADD ACT
/* ${M} pixels x ${(NV - 1) * VW + LAST} channels, the sum over ${C} channels of each tap in order.
 * x: pixel step ${XW}, channel step ${XC}; w: rows of ${LDW} channels. */
NET_FN void ${NAME}(const float *x, ptrdiff_t at, const float *w, const float *b,
//@ if ADD
    const float *s,
//@ end
//@ if TAPS
    int r0, int r1, int q0, int q1,
//@ end
    float *y)
{
//@ for i in 0..M
//@ for j in 0..NV
    v_f32 a${i}_${j} = v_load(b + ${j * VW});
//@ end
//@ end

//@ if TAPS
    for (int r = r0; r < r1; r++)
    for (int q = q0; q < q1; q++) {
        const float *xq = x + at + r * (ptrdiff_t)${XR} + q * ${XQ}, *wq = w + (r * ${S} + q) * ${C * LDW};
//@ else
    {
        const float *xq = x + at, *wq = w;
//@ end
        for (int k = 0; k < ${C}; k++) {
            v_f32 p;
//@ for j in 0..NV
//@ if j == NV - 1 && LDW % VW
            const v_f32 w${j} = v_load_n(wq + ${j * VW}, ${LDW % VW});
//@ else
            const v_f32 w${j} = v_load(wq + ${j * VW / 16 * PANEL + j * VW % 16});
//@ end
//@ end
//@ for i in 0..M
            p = v_set1(xq[${i * XW}]);
//@ for j in 0..NV
            a${i}_${j} = v_fma(p, w${j}, a${i}_${j});
//@ end
//@ end
            xq += ${XC};
            wq += ${LDW};
        }
    }

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
    v_store(y + ${i * YW + j * VW}, ${ACT}(a${i}_${j}));
//@ end
//@ end
//@ end
}
