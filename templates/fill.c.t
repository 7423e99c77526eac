//@ params NAME T RANK DIM[] Y[] VALUE
NET_FN void ${NAME}(${T} *y0)
{
//@ for d in 0..RANK
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
        *y${RANK} = ${VALUE};
//@ for d in 0..RANK
    }
//@ end
}
