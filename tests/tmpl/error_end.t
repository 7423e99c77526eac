//@ params
//@ end
x
//@ else
//@ elif 1
//@ if 1
//@ end
//@ end
//# error
error_end.t:2:5: error: there is no open block here
    //@ end
        ^~~
error_end.t:4:5: error: there is no open block here
    //@ else
        ^~~~
error_end.t:5:5: error: there is no open block here
    //@ elif 1
        ^~~~
error_end.t:8:5: error: there is no open block here
    //@ end
        ^~~
