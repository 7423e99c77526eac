//@ params NAME OP T SIGNED HAS_LOW LOW HAS_HIGH HIGH
/* ${OP} of an integer. */
NET_FN ${T} ${NAME}(${T} x)
{
//@ if OP == clip
//@ if HAS_LOW
    x = x < ${LOW} ? ${LOW} : x;
//@ end
//@ if HAS_HIGH
    x = x > ${HIGH} ? ${HIGH} : x;
//@ end
    return x;
//@ elif OP == not
    return !x;
//@ elif OP == neg
    return (${T})(0 - (uint64_t)x);
//@ elif OP == sign && SIGNED
    return (${T})((x > 0) - (x < 0));
//@ elif OP == sign
    return x > 0;
//@ elif OP == abs && SIGNED
    return x < 0 ? (${T})(0 - (uint64_t)x) : x;
//@ elif OP == relu && SIGNED
    return x < 0 ? 0 : x;
//@ else
    return x;
//@ end
}
