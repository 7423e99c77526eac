//@ params NAME T RANK DIM[] Y[] VALUE
NET_FN void ${NAME}(${T} *y0, int part, int parts)
{
//@ for d in 0..RANK
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
        *y${RANK} = ${VALUE};
//@ for d in 0..RANK
    }
//@ end
}
