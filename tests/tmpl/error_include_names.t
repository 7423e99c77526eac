//# A=1 B=2
//@ params A B
//@ for i in 0..1
//@ end
//@ include b.t
${A + B}
//# file b.t
//@ params A i
${A + B + i}
//# error
b.t:1:14: error: 'i' gets no value
    //@ params A i
                 ^
b.t:2:7: error: unknown name 'B'
    ${A + B + i}
          ^
error_include_names.t:5:13: note: included from here
    //@ include b.t
                ^~~
