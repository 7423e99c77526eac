//# K: the loops over the indices; XA: step from one of the N choices to the next; DIM: the loops
//# over what is taken.
//@ params NAME T TI KRANK KDIM[] K[] KY[] RANK DIM[] X[] Y[] N XA
/* y = parts of x, chosen by index; one below 0 counts from the end, one outside is moved inside. */
NET_FN void ${NAME}(const ${T} *x, const ${TI} *k0, ${T} *y, int part, int parts)
{
//@ for d in 0..KRANK
//@ if d == 0
    for (ptrdiff_t j0 = NET_FROM(${KDIM[0]}); j0 < NET_TO(${KDIM[0]}); j0++) {
//@ else
    for (ptrdiff_t j${d} = 0; j${d} < ${KDIM[d]}; j${d}++) {
//@ end
        const ${TI} *k${d + 1} = k${d} + j${d} * ${K[d]};
//@ end
        const int64_t from_end = *k${KRANK} < 0 ? ${N} : 0;
        const int64_t index = *k${KRANK} + from_end;
        const ${T} *x0 = x + (index < 0 ? 0 : index < ${N} ? (ptrdiff_t)index : ${N - 1}) * ${XA};
        ${T} *y0 = y
//@ for d in 0..KRANK
            + j${d} * ${KY[d]}
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
//@ for d in 0..KRANK
    }
//@ end
}
