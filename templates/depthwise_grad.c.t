//# As depthwise.c.t; the result is [r][s][channel].  LO, HI: for each kernel column the outputs
//# whose input exists.  FAR: the next rows are asked for while this one is worked on, in the order
//# in which they lie in memory, which is not that of the loops.
//# PARTS: in so many sums, over runs of rows; dw has room for them.
//@ params NAME PARTS BATCH C VW R S H OH STRIDE STEP PAD PADQ DIL DILQ XN XH XW YN YH YW LO[] HI[] OW FAR
//@ for tail in 0..C % VW ? 2 : 1
//@ if tail || C >= VW
/* Row o of dy, all taps of one block of channels. */
NET_FN void ${NAME}_${tail}(const float *x, const float *g, float *dw, int o)
{
    for (int r = 0; r < ${R}; r++) {
        const int h = o * ${STRIDE} - ${PAD} + r * ${DIL};
        const float *xr = x + h * (ptrdiff_t)${XH};

        if (h < 0 || h >= ${H})
            continue;
//@ for q in 0..S
        if (${LO[q]} < ${HI[q]}) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (${LO[q] * STEP - PADQ + q * DILQ}) * (ptrdiff_t)${XW};
            const float *gq = g + ${LO[q]} * (ptrdiff_t)${YW};
            float *p = dw + (r * ${S} + ${q}) * (ptrdiff_t)${C};
            int i = ${LO[q]};

//@ if tail
            for (; i + 4 <= ${HI[q]}; i += 4, xq += ${4 * STEP * XW}, gq += ${4 * YW}) {
                a = v_fma(v_load_n(xq, ${C % VW}), v_load_n(gq, ${C % VW}), a);
                b = v_fma(v_load_n(xq + ${STEP * XW}, ${C % VW}),
                    v_load_n(gq + ${YW}, ${C % VW}), b);
                c = v_fma(v_load_n(xq + ${2 * STEP * XW}, ${C % VW}),
                    v_load_n(gq + ${2 * YW}, ${C % VW}), c);
                d = v_fma(v_load_n(xq + ${3 * STEP * XW}, ${C % VW}),
                    v_load_n(gq + ${3 * YW}, ${C % VW}), d);
            }
            for (; i < ${HI[q]}; i++, xq += ${STEP * XW}, gq += ${YW})
                a = v_fma(v_load_n(xq, ${C % VW}), v_load_n(gq, ${C % VW}), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store_n(p, v_add(v_load_n(p, ${C % VW}), a), ${C % VW});
//@ else
            for (; i + 4 <= ${HI[q]}; i += 4, xq += ${4 * STEP * XW}, gq += ${4 * YW}) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + ${STEP * XW}), v_load(gq + ${YW}), b);
                c = v_fma(v_load(xq + ${2 * STEP * XW}), v_load(gq + ${2 * YW}), c);
                d = v_fma(v_load(xq + ${3 * STEP * XW}), v_load(gq + ${3 * YW}), d);
            }
            for (; i < ${HI[q]}; i++, xq += ${STEP * XW}, gq += ${YW})
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
//@ end
        }
//@ end
    }
}

//@ end
//@ end
//@ if PARTS > 1
/* Gradient of depthwise weights in ${PARTS} parts, which threads share. */
NET_FN void ${NAME}(const float *x, const float *g, float *sums, int part, int parts)
{
    const int from = 0, to = ${(C + VW - 1) / VW};

    for (int q = (int)NET_FROM(${PARTS}); q < (int)NET_TO(${PARTS}); q++) {
    const int last = (int)(${BATCH * OH} * (ptrdiff_t)(q + 1) / ${PARTS});
    float *dw = sums + q * (ptrdiff_t)${R * S * C};

    memset(dw, 0, ${R * S * C} * sizeof *dw);
    for (int line = (int)(${BATCH * OH} * (ptrdiff_t)q / ${PARTS}); line < last; line++) {
        const int n = line / ${OH}, o = line % ${OH};
//@ else
/* Gradient of depthwise weights: threads share channels, each of which is one sum per tap. */
NET_FN void ${NAME}(const float *x, const float *g, float *dw, int part, int parts)
{
    const int from = (int)NET_FROM(${(C + VW - 1) / VW}), to = (int)NET_TO(${(C + VW - 1) / VW});

    for (int k = from; k < to; k++)
        for (int t = 0; t < ${R * S}; t++)
            for (int c = k * ${VW}; c < (k + 1) * ${VW} && c < ${C}; c++)
                dw[t * ${C} + c] = 0.0f;
    for (int n = 0; n < ${BATCH}; n++)
    for (int o = 0; o < ${OH}; o++) {
//@ end
        const float *xn = x + n * (ptrdiff_t)${XN};
        const float *gn = g + n * (ptrdiff_t)${YN} + o * (ptrdiff_t)${YH};
//@ if FAR
        const float *next = xn
            + ((o + 1) * ${STRIDE} - ${PAD} + ${(R - 1) * DIL}) * (ptrdiff_t)${XH};
//@ end

//@ if FAR
        for (int i = 0; i < ${OW * YW}; i += 16)
            v_prefetch(gn + ${YH} + i);
        for (int i = 0; i < ${STRIDE * XH}; i += 16)
            v_prefetch(next + i);
//@ end
        for (int k = from; k < to; k++)
//@ if C % VW && C >= VW
            if (k == ${C / VW})
                ${NAME}_1(xn + k * ${VW}, gn + k * ${VW}, dw + k * ${VW}, o);
            else
                ${NAME}_0(xn + k * ${VW}, gn + k * ${VW}, dw + k * ${VW}, o);
//@ elif C % VW
            ${NAME}_1(xn + k * ${VW}, gn + k * ${VW}, dw + k * ${VW}, o);
//@ else
            ${NAME}_0(xn + k * ${VW}, gn + k * ${VW}, dw + k * ${VW}, o);
//@ end
    }
//@ if PARTS > 1
    }
//@ end
}
