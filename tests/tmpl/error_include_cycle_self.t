//@ params
//@ include error_include_cycle_self.t
//# error
error_include_cycle_self.t:2:13: error: 'error_include_cycle_self.t' includes itself
    //@ include error_include_cycle_self.t
                ^~~~~~~~~~~~~~~~~~~~~~~~~~
