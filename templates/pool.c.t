//# SP: spatial dimensions; the lists have one number for each.  X, Y with N, C behind: steps.
//# OP: max or avg; START is its first value, ACC the type of the sums.  REAL: floats, of which NaN
//# is the largest.  COUNT_PAD: a mean counts the pads too; END_PAD is then how far they reach behind
//# the image.  VECTOR: lanes are channels.
//@ params NAME T OP ACC REAL START SP N C OUT[] IN[] KERNEL[] STRIDE[] PAD[] END_PAD[] DIL[] XN XC X[] YN YC Y[] COUNT_PAD VECTOR VW
/* Pooling (${OP}).  Output o reads the inputs i + r * dilation, i = o * stride - pad, for the r in
 * [first, end) that lie inside the image. */
NET_FN void ${NAME}(const ${T} *x, ${T} *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < ${N}; n++)
//@ if !VECTOR
    for (ptrdiff_t c = 0; c < ${C}; c++)
//@ end
//@ for d in 0..SP
//@ if d == 0 && N > 1
    for (ptrdiff_t o0 = NET_ROW_FROM(${N}, ${OUT[0]}); o0 < NET_ROW_TO(${N}, ${OUT[0]}); o0++) {
//@ elif d == 0
    for (ptrdiff_t o0 = NET_FROM(${OUT[0]}); o0 < NET_TO(${OUT[0]}); o0++) {
//@ else
    for (ptrdiff_t o${d} = 0; o${d} < ${OUT[d]}; o${d}++) {
//@ end
//@ include pool_window.c.t
//@ end
        const ptrdiff_t from = n * ${XN}
//@ for d in 0..SP
            + i${d} * ${X[d]}
//@ end
            ;
        ${T} *yo = y + n * ${YN}
//@ for d in 0..SP
            + o${d} * ${Y[d]}
//@ end
            ;
//@ if OP == avg
        const ${ACC} count = (${ACC})(count0
//@ for d in 1..SP
            * count${d}
//@ end
            );
//@ end

//@ if VECTOR
//@ for tail in 0..C % VW ? 2 : 1
//@ if tail
        {
            const ptrdiff_t c = ${C / VW * VW};
//@ else
        for (ptrdiff_t c = 0; c < ${C / VW * VW}; c += ${VW}) {
//@ end
            v_f32 a = v_set1(${START});

//@ for d in 0..SP
            for (ptrdiff_t r${d} = first${d}; r${d} < end${d}; r${d}++)
//@ end
            {
                const float *p = x + from + c
//@ for d in 0..SP
                    + r${d} * ${DIL[d] * X[d]}
//@ end
                    ;
//@ if tail && OP == max
                a = v_most(v_load_n(p, ${C % VW}), a);
//@ elif tail
                a = v_add(a, v_load_n(p, ${C % VW}));
//@ elif OP == max
                a = v_most(v_load(p), a);
//@ else
                a = v_add(a, v_load(p));
//@ end
            }
//@ if OP == avg
            a = v_div(a, v_set1(count));
//@ end
//@ if tail
            v_store_n(yo + c, a, ${C % VW});
//@ else
            v_store(yo + c, a);
//@ end
        }
//@ end
//@ else
        ${ACC} a = ${START};
//@ for d in 0..SP
        for (ptrdiff_t r${d} = first${d}; r${d} < end${d}; r${d}++)
//@ end
        {
            const ${T} p = x[from + c * ${XC}
//@ for d in 0..SP
                + r${d} * ${DIL[d] * X[d]}
//@ end
                ];
//@ if OP == max
//@ if REAL
            a = a < p || p != p ? p : a;
//@ else
            a = a < p ? p : a;
//@ end
//@ else
            a += (${ACC})p;
//@ end
        }
//@ if OP == avg
        a /= count;
//@ end
        yo[c * ${YC}] = (${T})a;
//@ end
//@ for d in 0..SP
    }
//@ end
}
