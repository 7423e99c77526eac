//# ACT=relu
//@ params ACT
x = ${ATC};
${ACT} ${i} ${ACT} ${ACT} and ${J + 1}
//# error
error_name.t:3:7: error: unknown name 'ATC'
    x = ${ATC};
          ^~~
    did you mean 'ACT'?
error_name.t:4:10: error: unknown name 'i'
    ${ACT} ${i} ${ACT} ${ACT} and ${J + 1}
             ^
