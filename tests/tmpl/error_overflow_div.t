//# N=-9223372036854775808
//@ params N
${N % 1} ${N / -1}
//# error
error_overflow_div.t:3:14: error: the result does not fit in 64 bits
    ${N % 1} ${N / -1}
                 ^
