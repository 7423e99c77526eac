//# P, VT: as in channels.c.t.  A, B: the activation's numbers.
//@ params NAME P VT OP A B
/* The gradient at the operand z, or where that tells as much the result,
 * of ${OP}. */
NET_FN ${VT} ${NAME}(${VT} z, ${VT} dy)
{
    NET_UNUSED const ${VT} zero = ${P}_set1(0);

//@ if OP == relu
    return ${P}_if_less(zero, z, dy, zero);
//@ elif OP == clip
    return ${P}_if_less(z, ${P}_set1(${B}), ${P}_if_less(${P}_set1(${A}), z, dy, zero), zero);
//@ elif OP == leaky_relu
    return ${P}_if_less(zero, z, dy, ${P}_mul(dy, ${P}_set1(${A})));
//@ elif OP == elu
    return ${P}_if_less(z, zero, ${P}_mul(dy, ${P}_mul(${P}_exp(z), ${P}_set1(${A}))), dy);
//@ elif OP == selu
    dy = ${P}_mul(dy, ${P}_set1(${B}));
    return ${P}_if_less(zero, z, dy, ${P}_mul(dy, ${P}_mul(${P}_exp(z), ${P}_set1(${A}))));
//@ elif OP == celu
    return ${P}_if_less(z, zero, ${P}_mul(dy, ${P}_exp(${P}_div(z, ${P}_set1(${A})))), dy);
//@ elif OP == sigmoid
    return ${P}_mul(dy, ${P}_mul(z, ${P}_sub(${P}_set1(1), z)));
//@ elif OP == tanh
    return ${P}_mul(dy, ${P}_sub(${P}_set1(1), ${P}_mul(z, z)));
//@ elif OP == hard_sigmoid
    const ${VT} y = ${P}_fma(z, ${P}_set1(${A}), ${P}_set1(${B}));

    dy = ${P}_mul(dy, ${P}_set1(${A}));
    return ${P}_if_less(y, ${P}_set1(1), ${P}_if_less(zero, y, dy, zero), zero);
//@ elif OP == hard_swish
    const ${VT} slope = ${P}_add(${P}_div(z, ${P}_set1(3)), ${P}_set1(0.5f));

    z = ${P}_if_less(z, ${P}_set1(3), ${P}_mul(dy, slope), dy);
    return ${P}_if_less(${P}_set1(-0.5f), slope, z, zero);
//@ elif OP == silu
    const ${VT} one = ${P}_set1(1);
    const ${VT} s = ${P}_div(one, ${P}_add(one, ${P}_exp(${P}_neg(z))));

    return ${P}_mul(dy, ${P}_mul(s, ${P}_fma(z, ${P}_sub(one, s), one)));
//@ end
}
