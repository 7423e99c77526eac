//@ params NAME M S VW LANES ACT PUT
//@ if LANES < VW
/* Depthwise: ${M} columns of output x ${LANES} channels, row by row and tap by tap of the kernel.
//@ else
/* Depthwise: ${M} columns of output x V channels, row by row and tap by tap of the kernel.
//@ end
 * Of the columns of x that meet the tile those from left to right are in the image. */
NET_INLINE void ${NAME}(const float *x, ptrdiff_t at, const float *w, const float *b, float *y,
    int r0, int r1, int top, int left, int right, const net_tile t)
{
    v_f32 a[${M}], wq[${S}];

    NET_UNROLL
    for (int i = 0; i < ${M}; i++)
//@ if LANES < VW
        a[i] = v_load_n(b, ${LANES});
//@ else
        a[i] = v_load(b);
//@ end
    for (int r = r0; r < r1; r++) {
        const float *xj = x + at + (t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r) * t.xr;

        NET_UNROLL
        for (int q = 0; q < ${S}; q++)
//@ if LANES < VW
            wq[q] = v_load_n(w + (r * ${S} + q) * t.panel, ${LANES});
//@ else
            wq[q] = v_load(w + (r * ${S} + q) * t.panel);
//@ end
        NET_UNROLL
        for (int j = left; j < right; j++) {
//@ if LANES < VW
            v_f32 p = v_load_n(xj + j * t.xw, ${LANES});
//@ else
            v_f32 p = v_load(xj + j * t.xw);
//@ end
            v_hold(p);      /* or it is loaded again for each product */
            NET_UNROLL
            for (int q = 0; q < ${S}; q++)
                if (j >= q * t.dil && (j - q * t.dil) % t.step == 0
                    && (j - q * t.dil) / t.step < ${M})
                    a[(j - q * t.dil) / t.step] = v_fma(p, wq[q], a[(j - q * t.dil) / t.step]);
        }
    }
    NET_UNROLL
    for (int i = 0; i < ${M}; i++)
//@ if LANES < VW
        v_store_n(y + i * t.yw, ${ACT}(a[i]), ${LANES});
//@ else
        ${PUT}(y + i * t.yw, ${ACT}(a[i]));
//@ end
}
