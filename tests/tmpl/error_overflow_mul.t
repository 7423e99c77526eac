//# N=4294967296
//@ params N
${1 ? 3 : 0} ${N * N}
//# error
error_overflow_mul.t:3:18: error: the result does not fit in 64 bits
    ${1 ? 3 : 0} ${N * N}
                     ^
