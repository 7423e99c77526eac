//@ params NAME M NV VW LDW EDGE
/* Adds the products of n channels of one tap to ${M} pixels' sums of ${NV * VW} channels. */
NET_INLINE void ${NAME}(const float *xq, const float *wq, float *y, int n,
    const net_tile t)
{
    v_f32 a[${M}][${NV}];

    NET_UNROLL
    for (int i = 0; i < ${M}; i++)
        NET_UNROLL
        for (int j = 0; j < ${NV}; j++)
            a[i][j] = v_load(y + (i * ${NV} + j) * V);
    for (int k = 0; k < n; k++) {
//@ include conv_step.c.t
    }
    NET_UNROLL
    for (int i = 0; i < ${M}; i++)
        NET_UNROLL
        for (int j = 0; j < ${NV}; j++)
            v_store(y + (i * ${NV} + j) * V, a[i][j]);
}
