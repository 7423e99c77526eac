//# A=1
//@ params A A
${A}
//# error
error_twice.t:2:14: error: 'A' is named twice
    //@ params A A
                 ^
