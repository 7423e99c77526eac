//# As pool.c.t; x* of the pooling's operand, whose gradient is dx, laid out by D*.  ACT: the
//# derivative of the activation whose result x is; none.
//@ params NAME T OP ACT SP N C OUT[] IN[] KERNEL[] STRIDE[] PAD[] END_PAD[] DIL[] XN XC X[] YN YC Y[] DN DC D[] COUNT_PAD
/* Gradient of pooling (${OP}): each window gives back to what it saw, image by image. */
NET_FN void ${NAME}(
//@ if OP == max
    const ${T} *x,
//@ end
    const ${T} *g, ${T} *dx, int part, int parts)
{
    for (ptrdiff_t n = NET_FROM(${N}); n < NET_TO(${N}); n++) {
//@ for d in 0..SP
        for (ptrdiff_t i${d} = 0; i${d} < ${IN[d]}; i${d}++)
//@ end
            for (ptrdiff_t c = 0; c < ${C}; c++)
                dx[n * ${DN} + c * ${DC}
//@ for d in 0..SP
                    + i${d} * ${D[d]}
//@ end
                    ] = 0;
//@ for d in 0..SP
        for (ptrdiff_t o${d} = 0; o${d} < ${OUT[d]}; o${d}++) {
//@ include pool_window.c.t
//@ end
            const ${T} *go = g + n * ${YN}
//@ for d in 0..SP
                + o${d} * ${Y[d]}
//@ end
                ;
            ${T} *to = dx + n * ${DN}
//@ for d in 0..SP
                + i${d} * ${D[d]}
//@ end
                ;
//@ if OP == max
            const ${T} *from = x + n * ${XN}
//@ for d in 0..SP
                + i${d} * ${X[d]}
//@ end
                ;

            for (ptrdiff_t c = 0; c < ${C}; c++) {
                ${T} best = 0;
                ptrdiff_t at = -1;

//@ for d in 0..SP
                for (ptrdiff_t r${d} = first${d}; r${d} < end${d}; r${d}++)
//@ end
                {
                    const ${T} v = from[c * ${XC}
//@ for d in 0..SP
                        + r${d} * ${DIL[d] * X[d]}
//@ end
                        ];
                    if (at < 0 || v > best || (v != v && best == best)) {
                        best = v;
                        at = 0
//@ for d in 0..SP
                            + r${d} * ${DIL[d] * D[d]}
//@ end
                            ;
                    }
                }
//@ if ACT != none
                if (at >= 0)
                    to[at + c * ${DC}] += ${ACT}(best, go[c * ${YC}]);
//@ else
                if (at >= 0)
                    to[at + c * ${DC}] += go[c * ${YC}];
//@ end
            }
//@ else
            const ${T} share = (${T})(1 / (double)(count0
//@ for d in 1..SP
                * count${d}
//@ end
                ));

//@ for d in 0..SP
            for (ptrdiff_t r${d} = first${d}; r${d} < end${d}; r${d}++)
//@ end
                for (ptrdiff_t c = 0; c < ${C}; c++)
                    to[c * ${DC}
//@ for d in 0..SP
                        + r${d} * ${DIL[d] * D[d]}
//@ end
                        ] += go[c * ${YC}] * share;
//@ end
//@ for d in 0..SP
        }
//@ end
    }
}
