//# A=1 B=2
//@ params A, B
${A + B}
//# error
error_params_text.t:2:13: error: this does not belong to the directive
    //@ params A, B
                ^~~
error_params_text.t:3:7: error: unknown name 'B'
    ${A + B}
          ^
error_params_text.t:2:5: error: 'B' gets a value and is not named here
    //@ params A, B
        ^~~~~~
