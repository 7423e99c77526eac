//# N=-9223372036854775808
//@ params N
${-N}
//# error
error_overflow_neg.t:3:3: error: the result does not fit in 64 bits
    ${-N}
      ^
