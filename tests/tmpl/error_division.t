//# N=0
//@ params N
ok
    ${12 / (N + 1) / N}
//# error
error_division.t:4:20: error: division by zero
        ${12 / (N + 1) / N}
                       ^
