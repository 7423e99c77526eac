//# AHEAD: lines of the weights that come next, asked for with each row.
//@ params NAME M NV VW LDW EDGE AHEAD
/* ${M} patches by ${NV * VW} output channels: the sums over the input channels, in their order. */
//@ if AHEAD
NET_INLINE void ${NAME}(const float *xq, const float *wq, const float *next, float *y,
    const net_tile t)
//@ else
NET_INLINE void ${NAME}(const float *xq, const float *wq, float *y, const net_tile t)
//@ end
{
    v_f32 a[${M}][${NV}];

    NET_UNROLL
    for (int i = 0; i < ${M}; i++)
        NET_UNROLL
        for (int j = 0; j < ${NV}; j++)
            a[i][j] = v_set1(0.0f);
    for (int k = 0; k < t.c; k++) {
//@ if AHEAD
//@ for j in 0..AHEAD
            v_prefetch(next + ${j * 16});
//@ end
            next += ${16 * AHEAD};
//@ end
//@ include conv_step.c.t
    }
    NET_UNROLL
    for (int i = 0; i < ${M}; i++)
        NET_UNROLL
        for (int j = 0; j < ${NV}; j++)
            v_store(y + i * t.yw + j * V, a[i][j]);
}
