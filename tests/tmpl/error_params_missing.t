//# A=1
x
//@ params A
//# error
error_params_missing.t:2:1: error: a template begins with //@ params
    x
    ^
