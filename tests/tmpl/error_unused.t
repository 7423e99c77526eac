//# A=1 B=2 X=[3]
//@ params A B X[]
B and X are words of this text only: ${A}
//# error
error_unused.t:2:14: error: 'B' is never used
    //@ params A B X[]
                 ^
error_unused.t:2:16: error: 'X' is never used
    //@ params A B X[]
                   ^
