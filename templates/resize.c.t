//# TDIM, TY: loops over the resized dimensions, whose tables begin at TFIRST: in lo and hi the
//# steps in x to both neighbours, in w the weight of the second.  DIM: the loops over the others.
//# CORNERS = 2^TRANK neighbours meet; a corner's bit BIT[d] chooses between lo and hi.
//@ params NAME T TI TRANK TDIM[] TFIRST[] TY[] BIT[] CORNERS RANK DIM[] X[] Y[] VECTOR
/* Linear interpolation in ${TRANK} dimensions. */
NET_FN void ${NAME}(const ${T} *x, const ${TI} *lo, const ${TI} *hi, const ${T} *w,
    ${T} *y, int part, int parts)
{
//@ for d in 0..TRANK
//@ if d == 0
    for (ptrdiff_t j0 = NET_FROM(${TDIM[0]}); j0 < NET_TO(${TDIM[0]}); j0++) {
//@ else
    for (ptrdiff_t j${d} = 0; j${d} < ${TDIM[d]}; j${d}++) {
//@ end
        const ptrdiff_t lo${d} = lo[${TFIRST[d]} + j${d}], hi${d} = hi[${TFIRST[d]} + j${d}];
        const ${T} w${d} = w[${TFIRST[d]} + j${d}];
//@ end
        const ${T} *x0 = x;
        ${T} *y0 = y
//@ for d in 0..TRANK
            + j${d} * ${TY[d]}
//@ end
            ;

//@ for d in 0..RANK - VECTOR
        for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
            const ${T} *x${d + 1} = x${d} + i${d} * ${X[d]};
            ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
//@ if VECTOR
            for (ptrdiff_t i = 0; i < ${DIM[RANK - 1]}; i += V) {
                const int n = (int)(${DIM[RANK - 1]} - i < V ? ${DIM[RANK - 1]} - i : V);
                const float *p = x${RANK - 1} + i;
//@ for c in 0..CORNERS
                v_f32 p${c} = v_load_n(p
//@ for d in 0..TRANK
//@ if c / BIT[d] % 2
                    + hi${d}
//@ else
                    + lo${d}
//@ end
//@ end
                    , n);
//@ end
//@ for d in 0..TRANK
//@ for c in 0..BIT[d]
                p${c} = v_fma(v_set1(w${d}), v_sub(p${c + BIT[d]}, p${c}), p${c});
//@ end
//@ end
                v_store_n(y${RANK - 1} + i, p0, n);
            }
//@ else
//@ for c in 0..CORNERS
            ${T} p${c} = x${RANK}[0
//@ for d in 0..TRANK
//@ if c / BIT[d] % 2
                + hi${d}
//@ else
                + lo${d}
//@ end
//@ end
                ];
//@ end
//@ for d in 0..TRANK
//@ for c in 0..BIT[d]
            p${c} += w${d} * (p${c + BIT[d]} - p${c});
//@ end
//@ end
            *y${RANK} = p0;
//@ end
//@ for d in 0..RANK - VECTOR
        }
//@ end
//@ for d in 0..TRANK
    }
//@ end
}
