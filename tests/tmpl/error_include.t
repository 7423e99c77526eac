//# A=1
//@ params A
${A}
//@ include
//@ include ../x.t
//@ include none.t
//@ include b.t c.t
//# file b.t
//@ params
//# error
error_include.t:4:12: error: '' is not the plain name of a template
    //@ include
               ^
error_include.t:5:13: error: '../x.t' is not the plain name of a template
    //@ include ../x.t
                ^~~~~~
error_include.t:6:13: error: there is no template 'none.t'
    //@ include none.t
                ^~~~~~
error_include.t:7:17: error: this does not belong to the directive
    //@ include b.t c.t
                    ^~~
error_include.t:7:13: note: included from here
    //@ include b.t c.t
                ^~~
