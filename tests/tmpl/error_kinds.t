//# A=1 L=[2] W=relu
//@ params A[] L W[]
${A[0]} ${L} ${W[0]}
//# error
error_kinds.t:2:12: error: 'A' gets an integer and is named as a list
    //@ params A[] L W[]
               ^
error_kinds.t:2:16: error: 'L' gets a list and is named without []
    //@ params A[] L W[]
                   ^
error_kinds.t:2:18: error: 'W' gets a word and is named as a list
    //@ params A[] L W[]
                     ^
