//@ params
//@ if 1
//@ else
//@ elif 1
//@ else
//@ end
//@ for i in 0..1
//@ else
//@ elif 1
//@ end
//# error
error_else.t:4:5: error: follows the else of its if
    //@ elif 1
        ^~~~
error_else.t:5:5: error: follows the else of its if
    //@ else
        ^~~~
error_else.t:8:5: error: does not belong to an if
    //@ else
        ^~~~
error_else.t:9:5: error: does not belong to an if
    //@ elif 1
        ^~~~
