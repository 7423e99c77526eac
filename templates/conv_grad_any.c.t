//# Steps: X*, Y*, W* of x (N,C,..), dy (N,K,..), dw (K,C,..); K, C: of one group.
//@ params NAME T SP N GROUPS K C IN[] OUT[] KERNEL[] STRIDE[] PAD[] DIL[] XN XC X[] YN YC Y[] WK WC W[]
/* Gradient of weights in plain loops: any types, layouts, groups and dimensions. */
NET_FN void ${NAME}(const ${T} *x, const ${T} *g, ${T} *dw, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(${K * GROUPS}); k < NET_TO(${K * GROUPS}); k++)
    for (ptrdiff_t c = 0; c < ${C}; c++)
//@ for d in 0..SP
    for (ptrdiff_t r${d} = 0; r${d} < ${KERNEL[d]}; r${d}++)
//@ end
    {
        const ptrdiff_t xc = (k / ${K} * ${C} + c) * ${XC}, yc = k * ${YC};
        double sum = 0;

        for (ptrdiff_t n = 0; n < ${N}; n++)
//@ for d in 0..SP
        for (ptrdiff_t o${d} = 0; o${d} < ${OUT[d]}; o${d}++)
//@ end
        {
            ptrdiff_t xi = n * ${XN} + xc, yi = n * ${YN} + yc;
//@ for d in 0..SP
            const ptrdiff_t i${d} = o${d} * ${STRIDE[d]} - ${PAD[d]} + r${d} * ${DIL[d]};
            if (i${d} < 0 || i${d} >= ${IN[d]})
                continue;
            xi += i${d} * ${X[d]};
            yi += o${d} * ${Y[d]};
//@ end
            sum = d_fma((double)x[xi], (double)g[yi], sum);
        }
        dw[k * ${WK} + c * ${WC}
//@ for d in 0..SP
            + r${d} * ${W[d]}
//@ end
            ] = (${T})sum;
    }
}
