//@ params
//@ els
//@ while 1
//@
//@ params
x; //@ if 1
//@ end if
//@ if 1
//@ else 1
//@ end if
//# error
error_directive.t:2:5: error: unknown directive
    //@ els
        ^~~
    did you mean 'else'?
error_directive.t:3:5: error: unknown directive
    //@ while 1
        ^~~~~
error_directive.t:4:4: error: unknown directive
    //@
       ^
error_directive.t:5:5: error: params stands at the top, and only once
    //@ params
        ^~~~~~
error_directive.t:6:4: error: a directive stands alone on its line
    x; //@ if 1
       ^~~
error_directive.t:7:5: error: there is no open block here
    //@ end if
        ^~~
error_directive.t:7:9: error: this does not belong to the directive
    //@ end if
            ^~
error_directive.t:9:10: error: this does not belong to the directive
    //@ else 1
             ^
error_directive.t:10:9: error: this does not belong to the directive
    //@ end if
            ^~
