//# x (N,C,H,W), w as [r][s][channel], y (N,C,OH,OW), the larger: y[i] sums the x[o] with
//# i = o STRIDE - PAD + r DIL.
//@ params NAME BATCH C VW R S H W OH OW STRIDE STEP PAD PADQ DIL DILQ XN XH XW YN YH YW
/* Transposed depthwise convolution: for each pixel the list of what it meets, then channel by
 * channel. */
NET_FN void ${NAME}(const float *x, const float *w, float *y, int part, int parts)
{
    for (int n = 0; n < ${BATCH}; n++)
    for (int h = (int)NET_ROW_FROM(${BATCH}, ${OH}); h < (int)NET_ROW_TO(${BATCH}, ${OH}); h++)
    for (int i = 0; i < ${OW}; i++) {
        const float *xs[${R * S}], *ws[${R * S}];
        float *p = y + n * (ptrdiff_t)${YN} + h * (ptrdiff_t)${YH} + i * (ptrdiff_t)${YW};
        int count = 0;

        for (int r = 0; r < ${R}; r++) {
            const int oh = h + ${PAD} - r * ${DIL};
            if (oh < 0 || oh % ${STRIDE} || oh / ${STRIDE} >= ${H})
                continue;
            for (int s = 0; s < ${S}; s++) {
                const int ow = i + ${PADQ} - s * ${DILQ};
                if (ow < 0 || ow % ${STEP} || ow / ${STEP} >= ${W})
                    continue;
                xs[count] = x + n * (ptrdiff_t)${XN} + oh / ${STRIDE} * (ptrdiff_t)${XH}
                    + ow / ${STEP} * (ptrdiff_t)${XW};
                ws[count++] = w + (r * ${S} + s) * ${C};
            }
        }
        for (int c = 0; c < ${C / VW * VW}; c += ${VW}) {
            v_f32 a = v_set1(0.0f);
            for (int k = 0; k < count; k++)
                a = v_fma(v_load(xs[k] + c), v_load(ws[k] + c), a);
            v_store(p + c, a);
        }
//@ if C % VW
        {
            v_f32 a = v_set1(0.0f);
            for (int k = 0; k < count; k++)
                a = v_fma(v_load_n(xs[k] + ${C / VW * VW}, ${C % VW}),
                    v_load_n(ws[k] + ${C / VW * VW}, ${C % VW}), a);
            v_store_n(p + ${C / VW * VW}, a, ${C % VW});
        }
//@ end
    }
}
