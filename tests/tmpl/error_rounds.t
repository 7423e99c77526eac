//# A=4096
//@ params A
//@ for i in 1..A + 1
//@ end
//@ for i in 0..2
//@ for j in -A..i
//@ end
//@ end
//# error
error_rounds.t:6:18: error: the loop from -4096 to 1 has more than 4096 rounds
    //@ for j in -A..i
                     ^
    with i = 1
