//# A=1 N=0
//@ params A N
//@ for i in 0..3
//@ include b.t
//@ end
${N}
//# file b.t
//@ params A i
text
//@ include c.t
//# file c.t
//@ params A i
${A / (2 - i)}
//# error
c.t:2:5: error: division by zero
    ${A / (2 - i)}
        ^
    with i = 2
b.t:3:13: note: included from here
    //@ include c.t
                ^~~
error_include_value.t:4:13: note: included from here
    //@ include b.t
                ^~~
