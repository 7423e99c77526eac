//# A=1
//@ params A
//@ for A in 0..1
//@ end
//@ for i of 0..1
${i}
//@ end
//@ for i in 0 1
//@ end
//@ for i in 0..1..2
//@ end
//@ for
//@ end
//@ for i in ..3
//@ end
${i} is known inside of its loop only; ${A}
//# error
error_for.t:3:9: error: 'A' has a value already
    //@ for A in 0..1
            ^
error_for.t:5:9: error: expected: for NAME in FIRST..END
    //@ for i of 0..1
            ^
error_for.t:8:16: error: expected '..'
    //@ for i in 0 1
                   ^
error_for.t:10:18: error: this does not belong to the directive
    //@ for i in 0..1..2
                     ^~~
error_for.t:12:8: error: expected: for NAME in FIRST..END
    //@ for
           ^
error_for.t:14:14: error: expected a value
    //@ for i in ..3
                 ^~
error_for.t:16:3: error: unknown name 'i'
    ${i} is known inside of its loop only; ${A}
      ^
