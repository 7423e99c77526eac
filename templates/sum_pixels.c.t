//@ params NAME C PIXELS PARTS VW
/* The sums of ${C} channels over ${PIXELS} pixels in ${PARTS} parts, which threads share. */
NET_FN void ${NAME}(const float *x, float *sums, int part, int parts)
{
    for (int q = (int)NET_FROM(${PARTS}); q < (int)NET_TO(${PARTS}); q++) {
        const ptrdiff_t from = ${PIXELS} * (ptrdiff_t)q / ${PARTS};
        const ptrdiff_t to = ${PIXELS} * (ptrdiff_t)(q + 1) / ${PARTS};
        float *y = sums + q * (ptrdiff_t)${C};

//@ for tail in 0..C % VW ? 2 : 1
//@ if tail || C >= VW
//@ if tail
        {
            const int k = ${C / VW * VW};
//@ else
        for (int k = 0; k < ${C / VW * VW}; k += ${VW}) {
//@ end
            const float *p = x + from * ${C} + k;
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            ptrdiff_t i = from;

//@ if tail
            for (; i + 4 <= to; i += 4, p += ${4 * C}) {
                a = v_add(a, v_load_n(p, ${C % VW}));
                b = v_add(b, v_load_n(p + ${C}, ${C % VW}));
                c = v_add(c, v_load_n(p + ${2 * C}, ${C % VW}));
                d = v_add(d, v_load_n(p + ${3 * C}, ${C % VW}));
            }
            for (; i < to; i++, p += ${C})
                a = v_add(a, v_load_n(p, ${C % VW}));
            v_store_n(y + k, v_add(v_add(a, b), v_add(c, d)), ${C % VW});
//@ else
            for (; i + 4 <= to; i += 4, p += ${4 * C}) {
                a = v_add(a, v_load(p));
                b = v_add(b, v_load(p + ${C}));
                c = v_add(c, v_load(p + ${2 * C}));
                d = v_add(d, v_load(p + ${3 * C}));
            }
            for (; i < to; i++, p += ${C})
                a = v_add(a, v_load(p));
            v_store(y + k, v_add(v_add(a, b), v_add(c, d)));
//@ end
        }
//@ end
//@ end
    }
}
