//# As pool_grad.c.t, for f32 whose channels lie side by side: lanes are channels.  WHOLE: windows
//# cover each element once, so that it is stored once, and rows of windows can be shared by threads.
//# ACT: the derivative of the activation whose result x is; none.
//@ params NAME OP ACT SP N C VW OUT[] IN[] KERNEL[] STRIDE[] PAD[] END_PAD[] DIL[] XN X[] YN Y[] DN D[] COUNT_PAD WHOLE
/* Gradient of pooling (${OP}): each window gives back to what it saw. */
NET_FN void ${NAME}(
//@ if OP == max
    const float *x,
//@ end
    const float *g, float *dx, int part, int parts)
{
//@ if WHOLE
    for (ptrdiff_t row = NET_FROM(${N * OUT[0]}); row < NET_TO(${N * OUT[0]}); row++) {
        const ptrdiff_t n = row / ${OUT[0]}, o0 = row % ${OUT[0]}, i0 = o0 * ${STRIDE[0]};
//@ for d in 1..SP
        for (ptrdiff_t o${d} = 0; o${d} < ${OUT[d]}; o${d}++) {
        const ptrdiff_t i${d} = o${d} * ${STRIDE[d]};
//@ end
//@ else
    for (ptrdiff_t n = NET_FROM(${N}); n < NET_TO(${N}); n++) {
//@ for d in 0..SP
        for (ptrdiff_t i${d} = 0; i${d} < ${IN[d]}; i${d}++)
//@ end
            memset(dx + n * ${DN}
//@ for d in 0..SP
                + i${d} * ${D[d]}
//@ end
                , 0, ${C} * sizeof *dx);
//@ for d in 0..SP
        for (ptrdiff_t o${d} = 0; o${d} < ${OUT[d]}; o${d}++) {
//@ include pool_window.c.t
//@ end
//@ end
        const float *go = g + n * ${YN}
//@ for d in 0..SP
            + o${d} * ${Y[d]}
//@ end
            ;
        float *to = dx + n * ${DN}
//@ for d in 0..SP
            + i${d} * ${D[d]}
//@ end
            ;
//@ if OP == max
        const float *from = x + n * ${XN}
//@ for d in 0..SP
            + i${d} * ${X[d]}
//@ end
            ;
//@ elif WHOLE
        const v_f32 share = v_set1(1 / (float)(1
//@ for d in 0..SP
            * ${KERNEL[d]}
//@ end
            ));
//@ else
        const v_f32 share = v_set1(1 / (float)(count0
//@ for d in 1..SP
            * count${d}
//@ end
            ));
//@ end

//@ for tail in 0..C % VW ? 2 : 1
//@ if tail || C >= VW
//@ if tail
        {
            const ptrdiff_t c = ${C / VW * VW};
            v_f32 left = v_load_n(go + c, ${C % VW});
//@ else
        for (ptrdiff_t c = 0; c < ${C / VW * VW}; c += ${VW}) {
            v_f32 left = v_load(go + c);
//@ end
//@ if OP == max
            const v_f32 zero = v_set1(0.0f);
            v_f32 best = v_set1(-INFINITY);

//@ for d in 0..SP
//@ if WHOLE
            NET_UNROLL
            for (ptrdiff_t r${d} = 0; r${d} < ${KERNEL[d]}; r${d}++)
//@ else
            for (ptrdiff_t r${d} = first${d}; r${d} < end${d}; r${d}++)
//@ end
//@ end
            {
                const float *p = from + c
//@ for d in 0..SP
                    + r${d} * ${DIL[d] * X[d]}
//@ end
                    ;
//@ if tail
                best = v_most(v_load_n(p, ${C % VW}), best);
//@ else
                best = v_most(v_load(p), best);
//@ end
            }
//@ else
            left = v_mul(left, share);
//@ end
//@ for d in 0..SP
//@ if WHOLE
            NET_UNROLL
            for (ptrdiff_t r${d} = 0; r${d} < ${KERNEL[d]}; r${d}++)
//@ else
            for (ptrdiff_t r${d} = first${d}; r${d} < end${d}; r${d}++)
//@ end
//@ end
            {
                float *q = to + c
//@ for d in 0..SP
                    + r${d} * ${DIL[d] * D[d]}
//@ end
                    ;
//@ if OP == max
                const float *p = from + c
//@ for d in 0..SP
                    + r${d} * ${DIL[d] * X[d]}
//@ end
                    ;
//@ if tail
                const v_f32 z = v_load_n(p, ${C % VW});
//@ else
                const v_f32 z = v_load(p);
//@ end
                /* the first of the largest takes all; of NaN, which is the largest, the first */
                v_f32 give = v_if_number(z, v_if_number(best,
                    v_if_less(z, best, zero, left), zero), left);

                left = v_if_number(z, v_if_number(best,
                    v_if_less(z, best, left, zero), left), zero);
//@ if ACT != none
                give = ${ACT}(z, give);
//@ end
//@ else
                v_f32 give = left;
//@ end
//@ if tail && !WHOLE
                give = v_add(v_load_n(q, ${C % VW}), give);
//@ elif !WHOLE
                give = v_add(v_load(q), give);
//@ end
//@ if tail
                v_store_n(q, give, ${C % VW});
//@ else
                v_store(q, give);
//@ end
            }
        }
//@ end
//@ end
//@ for d in 0..SP
//@ if !WHOLE || d > 0
        }
//@ end
//@ end
    }
}
