//@ params
${9223372036854775808}
${017}
${12ab}
${0x10}
//@ for i in 0..08
//@ end
//# error
error_number.t:2:3: error: the number does not fit in 64 bits
    ${9223372036854775808}
      ^~~~~~~~~~~~~~~~~~~
error_number.t:3:3: error: not a decimal number
    ${017}
      ^~~
error_number.t:4:3: error: not a decimal number
    ${12ab}
      ^~~~
error_number.t:5:3: error: not a decimal number
    ${0x10}
      ^~~~
error_number.t:6:17: error: not a decimal number
    //@ for i in 0..08
                    ^~
