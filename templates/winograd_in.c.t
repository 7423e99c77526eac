//# ROW, STEP: floats from one pixel of x to the next, down and across; EACH: from one of the
//# results to the next.  C: channels.  P: pixels of a patch's side.
//@ params NAME SIDE P C VW ROW STEP EACH
//@ if SIDE == 4
/* Six numbers, s apart, become B^T d: the interpolation points are 0, 3/4, -3/4, 3/2, -3/2 and
 * infinity, so all factors are exact. */
NET_INLINE void ${NAME}_line(v_f32 *d, int s)
{
    const v_f32 d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s], d4 = d[4 * s], d5 = d[5 * s];
    const v_f32 e1 = v_fma(v_set1(-2.25f), d2, d4), o1 = v_fma(v_set1(-2.25f), d1, d3);
    const v_f32 e2 = v_fma(v_set1(-0.5625f), d2, d4), o2 = v_fma(v_set1(-0.5625f), d1, d3);

    d[0] = v_fma(v_set1(1.265625f), d0, v_fma(v_set1(-2.8125f), d2, d4));
    d[s] = v_fma(v_set1(0.75f), o1, e1);
    d[2 * s] = v_fma(v_set1(-0.75f), o1, e1);
    d[3 * s] = v_fma(v_set1(1.5f), o2, e2);
    d[4 * s] = v_fma(v_set1(-1.5f), o2, e2);
    d[5 * s] = v_fma(v_set1(1.265625f), d1, v_fma(v_set1(-2.8125f), d3, d5));
}
//@ else
/* Four numbers, s apart, become B^T d: the interpolation points are 0, 1, -1 and infinity. */
NET_INLINE void ${NAME}_line(v_f32 *d, int s)
{
    const v_f32 d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s];

    d[0] = v_sub(d2, d0);
    d[s] = v_add(d1, d2);
    d[2 * s] = v_sub(d2, d1);
    d[3 * s] = v_sub(d3, d1);
}
//@ end

/* B^T d B of ${P} x ${P} pixels d from x + at on, channel by channel; those outside of rows
 * r0 .. r1 and columns q0 .. q1 are zero. */
NET_INLINE void ${NAME}(const float *x, ptrdiff_t at, int r0, int r1, int q0, int q1, float *y)
{
    NET_ROLLED
    for (int c = 0; c < ${C}; c += V) {
        v_f32 t[${P * P}];

        NET_UNROLL
        for (int i = 0; i < ${P * P}; i++) {
            const int r = i / ${P}, q = i % ${P};
            const ptrdiff_t p = at + r * (ptrdiff_t)${ROW} + q * (ptrdiff_t)${STEP} + c;

            if (r < r0 || r >= r1 || q < q0 || q >= q1)
                t[i] = v_set1(0.0f);
//@ if C % VW
            else if (c + V > ${C})
                t[i] = v_load_n(x + p, ${C % VW});
//@ end
            else
                t[i] = v_load(x + p);
        }
        NET_UNROLL
        for (int q = 0; q < ${P}; q++)
            ${NAME}_line(t + q, ${P});
        NET_UNROLL
        for (int r = 0; r < ${P}; r++)
            ${NAME}_line(t + ${P} * r, 1);
        NET_UNROLL
        for (int i = 0; i < ${P * P}; i++)
            v_store(y + i * (ptrdiff_t)${EACH} + c, t[i]);
    }
}
