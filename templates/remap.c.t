//# TDIM, TY: loops over the dimensions with a table, which begins at TFIRST in t: steps in x.
//# DIM: the loops over the others.
//@ params NAME T TI TRANK TDIM[] TFIRST[] TY[] RANK DIM[] X[] Y[]
/* y = elements of x, in ${TRANK} dimensions those that a table names. */
NET_FN void ${NAME}(const ${T} *x, const ${TI} *t, ${T} *y, int part, int parts)
{
//@ for d in 0..TRANK
//@ if d == 0
    for (ptrdiff_t j0 = NET_FROM(${TDIM[0]}); j0 < NET_TO(${TDIM[0]}); j0++)
//@ else
    for (ptrdiff_t j${d} = 0; j${d} < ${TDIM[d]}; j${d}++)
//@ end
//@ end
    {
        const ${T} *x0 = x
//@ for d in 0..TRANK
            + t[${TFIRST[d]} + j${d}]
//@ end
            ;
        ${T} *y0 = y
//@ for d in 0..TRANK
            + j${d} * ${TY[d]}
//@ end
            ;

//@ for d in 0..RANK
        for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
            const ${T} *x${d + 1} = x${d} + i${d} * ${X[d]};
            ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
            *y${RANK} = *x${RANK};
//@ for d in 0..RANK
        }
//@ end
    }
}
