//@ params NAME COUNT PARTS VW
/* ${PARTS} sums of ${COUNT} numbers each become one, in the first one's place, in their order. */
NET_FN void ${NAME}(float *y, int part, int parts)
{
    const ptrdiff_t to = NET_TO16(${COUNT});

    for (ptrdiff_t i = NET_FROM16(${COUNT}); i < to; i += ${VW}) {
        const int n = (int)NET_LEAST(to - i, ${VW});
        v_f32 a = v_load_n(y + i, n);

        for (int k = 1; k < ${PARTS}; k++)
            a = v_add(a, v_load_n(y + k * (ptrdiff_t)${COUNT} + i, n));
        v_store_n(y + i, a, n);
    }
}
