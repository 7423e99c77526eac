//# N=9223372036854775807
//@ params N
${N + 1}
//# error
error_overflow.t:3:5: error: the result does not fit in 64 bits
    ${N + 1}
        ^
