//# LAST: channels in the last vector; EACH: floats from one of the operands to the next; ROW, STEP,
//# SROW, SSTEP: from one pixel of y and of s to the next, down and across.
//@ params NAME SIDE P LAST VW EACH ROW STEP ADD SROW SSTEP ACT PUT
//@ if SIDE == 4
/* Six numbers, s apart, become A^T m, four, without powers of 3/4. */
NET_INLINE void ${NAME}_line(v_f32 *m, int s)
{
    const v_f32 e1 = v_add(m[s], m[2 * s]), o1 = v_sub(m[s], m[2 * s]);
    const v_f32 e2 = v_add(m[3 * s], m[4 * s]), o2 = v_sub(m[3 * s], m[4 * s]);

    m[0] = v_add(v_add(m[0], e1), e2);
    m[s] = v_fma(v_set1(2.0f), o2, o1);
    m[2 * s] = v_fma(v_set1(4.0f), e2, e1);
    m[3 * s] = v_add(v_fma(v_set1(8.0f), o2, o1), m[5 * s]);
}
//@ else
/* Four numbers, s apart, become A^T m, two. */
NET_INLINE void ${NAME}_line(v_f32 *m, int s)
{
    m[0] = v_add(v_add(m[0], m[s]), m[2 * s]);
    m[s] = v_add(v_sub(m[s], m[2 * s]), m[3 * s]);
}
//@ end

/* A^T m A of n channels: ${SIDE} x ${SIDE} pixels, of which rows x cols are in the image. */
NET_INLINE void ${NAME}(const float *m, const float *b,
//@ if ADD
    const float *s,
//@ end
    float *y, int n, int rows, int cols)
{
//@ if SIDE == 4
    static const float scale[] = { 1.0f, 0.75f, 0.5625f, 0.421875f, 0.31640625f, 0.2373046875f,
                                   0.177978515625f };

//@ end
    NET_ROLLED
    for (int c = 0; c < n; c += V) {
        const v_f32 bias = v_load(b + c);
        v_f32 t[${P * P}];

        NET_UNROLL
        for (int i = 0; i < ${P * P}; i++)
            t[i] = v_load(m + i * (ptrdiff_t)${EACH} + c);
        NET_UNROLL
        for (int q = 0; q < ${P}; q++)
            ${NAME}_line(t + q, ${P});
        NET_UNROLL
        for (int r = 0; r < ${SIDE}; r++)
            ${NAME}_line(t + ${P} * r, 1);
        NET_UNROLL
        for (int i = 0; i < ${SIDE * SIDE}; i++) {
            const int r = i / ${SIDE}, q = i % ${SIDE};
            float *p = y + r * (ptrdiff_t)${ROW} + q * (ptrdiff_t)${STEP} + c;
//@ if SIDE == 4
            v_f32 a = v_fma(v_set1(scale[r + q]), t[6 * r + q], bias);
//@ else
            v_f32 a = v_add(t[4 * r + q], bias);
//@ end

            if (r >= rows || q >= cols)
                continue;
//@ if LAST < VW
            if (c + V > n) {
//@ if ADD
                a = v_add(a, v_load_n(s + r * (ptrdiff_t)${SROW} + q * (ptrdiff_t)${SSTEP} + c,
                                      ${LAST}));
//@ end
                v_store_n(p, ${ACT}(a), ${LAST});
                continue;
            }
//@ end
//@ if ADD
            a = v_add(a, v_load(s + r * (ptrdiff_t)${SROW} + q * (ptrdiff_t)${SSTEP} + c));
//@ end
            ${PUT}(p, ${ACT}(a));
        }
    }
}
