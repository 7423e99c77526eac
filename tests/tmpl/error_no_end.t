//# A=1
//@ params A
//@ for i in 0..A
//@ if i
x
//@ end
//# error
error_no_end.t:3:5: error: has no //@ end
    //@ for i in 0..A
        ^~~
