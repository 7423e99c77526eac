//@ params
//@ for i in -9223372036854775807..9223372036854775807
//@ end
//# error
error_rounds_overflow.t:2:36: error: the loop from -9223372036854775807 to 9223372036854775807 has more than 4096 rounds
    //@ for i in -9223372036854775807..9223372036854775807
                                       ^~~~~~~~~~~~~~~~~~~
