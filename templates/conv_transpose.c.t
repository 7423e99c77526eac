//# SP: spatial dimensions; the lists have one number for each.  X, Y, W with N, C, K behind: steps
//# of input, result, weights.  K, C: channels of a group; WG: step from one group's weights to the
//# next.  GAP: step between the kernel's elements that meet an output.  VECTOR: lanes are channels
//# of the result, side by side in w, b and y, in pieces of NV vectors, COUNT of them from START on,
//# the last vector of LAST lanes.
//@ params NAME T FMA SP N GROUPS K C OUT[] IN[] KERNEL[] STRIDE[] PAD[] DIL[] GAP[] XN XC X[] WG WK WC W[] YN YC Y[] BIAS BK VECTOR VW NV[] START[] COUNT[] LAST[]
/* Transposed convolution.  Output o gets input i by the kernel's element r where i * stride + r *
 * dilation = o + pad. */
NET_FN void ${NAME}(const ${T} *x, const ${T} *w,
//@ if BIAS
    const ${T} *b,
//@ end
    ${T} *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < ${N}; n++)
    for (ptrdiff_t g = 0; g < ${GROUPS}; g++)
//@ for d in 0..SP
//@ if d == 0
    for (ptrdiff_t o0 = NET_FROM(${OUT[0]}); o0 < NET_TO(${OUT[0]}); o0++) {
//@ else
    for (ptrdiff_t o${d} = 0; o${d} < ${OUT[d]}; o${d}++) {
//@ end
        const ptrdiff_t t${d} = o${d} + ${PAD[d]}, past${d} = t${d} - ${(IN[d] - 1) * STRIDE[d]};
        const ptrdiff_t room${d} = t${d} / ${DIL[d]} + 1;
        const ptrdiff_t end${d} = room${d} < ${KERNEL[d]} ? room${d} : ${KERNEL[d]};
        ptrdiff_t first${d} = past${d} > 0 ? (past${d} + ${DIL[d] - 1}) / ${DIL[d]} : 0;
//@ end
        const ${T} *xg = x + n * ${XN} + g * ${C * XC}, *wg = w + g * ${WG};
        ${T} *yo = y + n * ${YN} + g * ${K * YC}
//@ for d in 0..SP
            + o${d} * ${Y[d]}
//@ end
            ;

//@ for d in 0..SP
        while (first${d} < end${d} && (t${d} - first${d} * ${DIL[d]}) % ${STRIDE[d]})
            first${d}++;
//@ end
//@ for p in 0..VECTOR ? len(NV) : 1
//@ if VECTOR
        for (ptrdiff_t i = 0; i < ${COUNT[p]}; i++) {
            const ptrdiff_t k = ${START[p]} + i * ${NV[p] * VW};
//@ for j in 0..NV[p]
//@ if BIAS
            v_f32 s${j} = v_load_n(b + g * ${K} + k + ${j * VW}, ${j == NV[p] - 1 ? LAST[p] : VW});
//@ else
            v_f32 s${j} = v_set1(0.0f);
//@ end
//@ end
//@ else
        for (ptrdiff_t k = 0; k < ${K}; k++) {
//@ if BIAS
            ${T} sum = b[(g * ${K} + k) * ${BK}];
//@ else
            ${T} sum = 0;
//@ end
//@ end

//@ for d in 0..SP
            for (ptrdiff_t r${d} = first${d}; r${d} < end${d}; r${d} += ${GAP[d]})
//@ end
            for (ptrdiff_t c = 0; c < ${C}; c++) {
                const ${T} p = xg[c * ${XC}
//@ for d in 0..SP
                    + (t${d} - r${d} * ${DIL[d]}) / ${STRIDE[d]} * ${X[d]}
//@ end
                    ];
                const ${T} *q = wg + c * ${WC} + k * ${WK}
//@ for d in 0..SP
                    + r${d} * ${W[d]}
//@ end
                    ;

//@ if VECTOR
                const v_f32 pv = v_set1(p);
//@ for j in 0..NV[p]
//@ if j == NV[p] - 1
                s${j} = v_fma(pv, v_load_n(q + ${j * VW}, ${LAST[p]}), s${j});
//@ else
                s${j} = v_fma(pv, v_load(q + ${j * VW}), s${j});
//@ end
//@ end
//@ else
                sum = ${FMA}(p, *q, sum);
//@ end
            }
//@ if VECTOR
//@ for j in 0..NV[p]
            v_store_n(yo + k + ${j * VW}, s${j}, ${j == NV[p] - 1 ? LAST[p] : VW});
//@ end
//@ else
            yo[k * ${YC}] = sum;
//@ end
        }
//@ end
//@ for d in 0..SP
    }
//@ end
}
