//# EDGE: the columns left .. right of those that the tile meets are in the image; else all are.
//# NEXT: a share of the next panel is fetched.
//# PARTIAL: so many products are added up at a time, and then these sums; 0: one after the other.
//@ params NAME M NV VW LDW LAST TAPS EDGE PARTIAL NEXT ACT PUT
/* ${M} pixels x ${(NV - 1) * VW + LAST} channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void ${NAME}(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
//@ if TAPS
    int r0, int r1, int top,
//@ end
//@ if EDGE
    int left, int right,
//@ end
//@ if NEXT
    const float *next,
//@ end
    const net_tile t)
{
    v_f32 a[${M}][${NV}];

    NET_UNROLL
    for (int i = 0; i < ${M}; i++)
        NET_UNROLL
        for (int j = 0; j < ${NV}; j++)
            a[i][j] = v_load(b + j * V);

//@ if TAPS
    for (int r = r0; r < r1; r++)
//@ if EDGE
    NET_UNROLL
//@ end
    for (int q = 0; q < t.s; q++) {
        const ptrdiff_t row = t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r;
        const float *xq = x + at + row * t.xr + q * t.xq, *wq = w + (r * t.s + q) * t.c * ${LDW};
        NET_ROLLED
        for (int k = 0; k < t.c; k++) {
//@ include conv_step.c.t
        }
    }
//@ elif PARTIAL
    const float *xq = x + at, *wq = w;
    for (int from = 0; from < t.c; from += ${PARTIAL}) {
        const int to = NET_LEAST(from + ${PARTIAL}, t.c);
        v_f32 sum[${M}][${NV}];

        NET_UNROLL
        for (int i = 0; i < ${M}; i++)
            NET_UNROLL
            for (int j = 0; j < ${NV}; j++)
                sum[i][j] = a[i][j], a[i][j] = v_set1(0.0f);
        for (int k = from; k < to; k++) {
//@ include conv_step.c.t
        }
        NET_UNROLL
        for (int i = 0; i < ${M}; i++)
            NET_UNROLL
            for (int j = 0; j < ${NV}; j++)
                a[i][j] = v_add(sum[i][j], a[i][j]);
    }
//@ else
    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
//@ if NEXT
            NET_UNROLL
            for (int j = 0; j < ${(NV * VW + 15) / 16}; j++)
                v_prefetch(next + k * t.share + j * t.panel);
//@ end
//@ include conv_step.c.t
    }
//@ end

    NET_UNROLL
    for (int i = 0; i < ${M}; i++)
        NET_UNROLL
        for (int j = 0; j < ${NV}; j++) {
            v_hold(a[i][j]);
//@ if LAST < VW
            if (j == ${NV - 1}) {
                if (t.add)
                    a[i][j] = v_add(a[i][j], v_load_n(s + i * t.sw + j * V, ${LAST}));
                v_store_n(y + i * t.yw + j * V, ${ACT}(a[i][j]), ${LAST});
                continue;
            }
//@ end
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            ${PUT}(y + i * t.yw + j * V, ${ACT}(a[i][j]));
        }
}
