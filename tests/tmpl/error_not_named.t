//# A=1 B=2
//# The line of params is shown.
//@ params A
${A}
//# error
error_not_named.t:3:5: error: 'B' gets a value and is not named here
    //@ params A
        ^~~~~~
