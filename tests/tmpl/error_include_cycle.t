//@ params
//@ include b.t
//# file b.t
//@ params
//@ include c.t
//# file c.t
//@ params
//@ include b.t
//# error
c.t:2:13: error: 'b.t' includes itself
    //@ include b.t
                ^~~
b.t:2:13: note: included from here
    //@ include c.t
                ^~~
error_include_cycle.t:2:13: note: included from here
    //@ include b.t
                ^~~
