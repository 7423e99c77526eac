//# SP: spatial dimensions; the lists have one number for each.  X, Y, W, S with N, C, K behind:
//# steps of input, result, weights, residual.  K, C: channels of a group.
//@ params NAME T FMA SP N GROUPS K C OUT[] IN[] KERNEL[] STRIDE[] PAD[] DIL[] XN XC X[] WK WC W[] YN YC Y[] SN SC S[] BIAS BK ADD ACT
/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void ${NAME}(const ${T} *x, const ${T} *w,
//@ if BIAS
    const ${T} *b,
//@ end
//@ if ADD
    const ${T} *s,
//@ end
    ${T} *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < ${N}; n++)
//@ for d in 0..SP
//@ if d == 0
    for (ptrdiff_t o0 = NET_FROM(${OUT[0]}); o0 < NET_TO(${OUT[0]}); o0++) {
//@ else
    for (ptrdiff_t o${d} = 0; o${d} < ${OUT[d]}; o${d}++) {
//@ end
        const ptrdiff_t i${d} = o${d} * ${STRIDE[d]} - ${PAD[d]};
        const ptrdiff_t first${d} = i${d} < 0 ? (${DIL[d] - 1} - i${d}) / ${DIL[d]} : 0;
        const ptrdiff_t room${d} = (${IN[d] + DIL[d] - 1} - i${d}) / ${DIL[d]};
        const ptrdiff_t end${d} = room${d} < ${KERNEL[d]} ? room${d} : ${KERNEL[d]};
//@ end
//@ if SP
        for (ptrdiff_t k = 0; k < ${GROUPS * K}; k++) {
//@ else
        for (ptrdiff_t k = NET_FROM(${K}); k < NET_TO(${K}); k++) {
//@ end
//@ if GROUPS > 1
            const ptrdiff_t c0 = k / ${K} * ${C};
//@ else
            const ptrdiff_t c0 = 0;
//@ end
//@ if BIAS
            ${T} sum = b[k * ${BK}];
//@ else
            ${T} sum = 0;
//@ end

//@ for d in 0..SP
            for (ptrdiff_t r${d} = first${d}; r${d} < end${d}; r${d}++)
//@ end
            for (ptrdiff_t c = 0; c < ${C}; c++)
                sum = ${FMA}(x[n * ${XN} + (c0 + c) * ${XC}
//@ for d in 0..SP
                    + (i${d} + r${d} * ${DIL[d]}) * ${X[d]}
//@ end
                    ], w[k * ${WK} + c * ${WC}
//@ for d in 0..SP
                    + r${d} * ${W[d]}
//@ end
                    ], sum);
//@ if ADD
            sum += s[n * ${SN} + k * ${SC}
//@ for d in 0..SP
                + o${d} * ${S[d]}
//@ end
                ];
//@ end
            y[n * ${YN} + k * ${YC}
//@ for d in 0..SP
                + o${d} * ${Y[d]}
//@ end
                ] = ${ACT}(sum);
        }
//@ for d in 0..SP
    }
//@ end
}
