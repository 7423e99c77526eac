//# Nothing but a remark.
//# error
error_params_empty.t:1:1: error: a template begins with //@ params
    //# Nothing but a remark.
    ^
