//# A=1
//@ params A B C[]
${A} ${B} ${C[0]}
//# error
error_no_value.t:2:14: error: 'B' gets no value
    //@ params A B C[]
                 ^
error_no_value.t:2:16: error: 'C' gets no value
    //@ params A B C[]
                   ^
