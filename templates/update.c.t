//# W[], G[]: steps of the parameter and what lies as it does, and of the gradient; the last is a run.
//# RUN: does whole vectors, or none; REST: numbers.
//@ params NAME T RANK DIM[] W[] G[] MOMENTS FACTOR RUN REST
/* A parameter and its moments, by its gradient. */
NET_FN void ${NAME}(${T} *w,
//@ for i in 0..MOMENTS
    ${T} *m${i},
//@ end
    const ${T} *g,
//@ if FACTOR
    const ${T} *f,
//@ end
    const mnc_head *h, int part, int parts)
{
//@ for d in 0..RANK - 1
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++)
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++)
//@ end
//@ end
    {
        const ptrdiff_t wi = 0
//@ for d in 0..RANK - 1
            + i${d} * ${W[d]}
//@ end
            , gi = 0
//@ for d in 0..RANK - 1
            + i${d} * ${G[d]}
//@ end
            ;
//@ if RANK == 1
        const ptrdiff_t from = NET_FROM16(${DIM[0]}), to = NET_TO16(${DIM[0]});
//@ else
        const ptrdiff_t from = 0, to = ${DIM[RANK - 1]};
//@ end
//@ if RUN == none
        const ptrdiff_t whole = from;
//@ else
        const ptrdiff_t whole = from + (to - from) / V * V;

        ${RUN}(w + wi,
//@ for i in 0..MOMENTS
            m${i} + wi,
//@ end
            g + gi,
//@ if FACTOR
            f,
//@ end
            h, from, whole);
//@ end
        ${REST}(w + wi,
//@ for i in 0..MOMENTS
            m${i} + wi,
//@ end
            g + gi,
//@ if FACTOR
            f,
//@ end
            h, whole, to);
    }
}
